/**
 * The messages of the vtest protocol (VCMD_*), which carries virgl over a Unix socket: two words of header, then words.
 *
 *     +----------------------+---------+---------------------------+
 *     |  words of payload    | command |  payload ...              |
 *     +----------------------+---------+---------------------------+
 *
 * The payload of `createRenderer` is counted in bytes. That of `transferPut` ends with bytes that are not padded, though the
 * header counts them in words; that of `transferPut2` counts them too, and has none.
 */
import { fixed, kinded, MAX_WORDS, repeating, small, word } from '../virgl/word-table.ts';
import type { WordRow } from '../virgl/word-table.ts';

/** A message of a client: its number, the version of the protocol that brought it, and its payload. */
export interface VtestRow extends WordRow {
  readonly id: number;
  readonly since: number;
}

const row = (id: number, since: number, words: WordRow): VtestRow => ({ id, since, ...words });

const anything = (spec: string, doc: string): WordRow => ({
  spec,
  doc,
  words: { min: 0, max: MAX_WORDS, step: 1 },
  fields: [],
  repeated: kinded('bits', 'word'),
});
const resource = kinded('resource', 'resource');
const create = [
  ...resource,
  word('target', 9),
  ...kinded('format', 'format'),
  ...kinded('bits', 'bind'),
  ...small('width', 'height', 'depth', 'arraySize', 'lastLevel', 'samples'),
];
const box = small('x', 'y', 'z', 'width', 'height', 'depth');

export const vtestTable = {
  getCaps: row(1, 0, fixed('VCMD_GET_CAPS', 'Asks for capability set 1.')),
  resourceCreate: row(2, 0, fixed('VCMD_RESOURCE_CREATE', 'Makes a resource.', ...create)),
  resourceUnref: row(3, 0, fixed('VCMD_RESOURCE_UNREF', 'Destroys a resource.', ...resource)),
  transferGet: row(
    4,
    0,
    fixed(
      'VCMD_TRANSFER_GET',
      'Asks for texels.',
      ...resource,
      word('level', 16),
      ...small('stride', 'layerStride'),
      ...box,
      word('bytes', 4096),
    ),
  ),
  transferPut: row(
    5,
    0,
    fixed(
      'VCMD_TRANSFER_PUT',
      'Brings texels.',
      ...resource,
      word('level', 16),
      ...small('stride', 'layerStride'),
      ...box,
      word('bytes', 4096),
    ),
  ),
  submitCmd: row(6, 0, anything('VCMD_SUBMIT_CMD', 'Commands of virgl.')),
  resourceBusyWait: row(
    7,
    0,
    fixed('VCMD_RESOURCE_BUSY_WAIT', 'Asks whether all is done, or waits for it.', ...resource, word('flags', 2)),
  ),
  createRenderer: row(8, 0, anything('VCMD_CREATE_RENDERER', 'Begins, with the name of the program.')),
  getCaps2: row(9, 0, fixed('VCMD_GET_CAPS2', 'Asks for capability set 2.')),
  pingProtocolVersion: row(10, 0, fixed('VCMD_PING_PROTOCOL_VERSION', 'Asks whether versions are spoken of.')),
  protocolVersion: row(11, 0, fixed('VCMD_PROTOCOL_VERSION', 'Agrees on a version.', word('version', 5))),
  resourceCreate2: row(
    12,
    2,
    fixed('VCMD_RESOURCE_CREATE2', 'Makes a resource with shared memory.', ...create, word('bytes', 4096)),
  ),
  transferGet2: row(
    13,
    2,
    fixed(
      'VCMD_TRANSFER_GET2',
      'Copies texels to the shared memory.',
      ...resource,
      word('level', 16),
      ...box,
      word('bytes', 4096),
      ...small('offset'),
    ),
  ),
  transferPut2: row(
    14,
    2,
    fixed(
      'VCMD_TRANSFER_PUT2',
      'Copies texels from the shared memory.',
      ...resource,
      word('level', 16),
      ...box,
      word('bytes', 4096),
      ...small('offset'),
    ),
  ),
  getParam: row(15, 3, fixed('VCMD_GET_PARAM', 'Asks what the server can do.', word('param', 3))),
  getCapset: row(16, 3, fixed('VCMD_GET_CAPSET', 'Asks for a capability set.', word('capset', 5), word('version', 4))),
  contextInit: row(17, 3, fixed('VCMD_CONTEXT_INIT', 'Says which capability set is spoken.', word('capset', 4))),
  resourceCreateBlob: row(
    18,
    3,
    fixed(
      'VCMD_RESOURCE_CREATE_BLOB',
      'Makes a resource of bytes, with shared memory.',
      word('type', 4),
      word('flags', 8),
      word('bytes', 65536),
      word('high', 1),
      ...small('blobId', 'blobIdHigh'),
    ),
  ),
  syncCreate: row(19, 3, fixed('VCMD_SYNC_CREATE', 'Makes a sync object.', ...small('value'), word('high', 2))),
  syncUnref: row(20, 3, fixed('VCMD_SYNC_UNREF', 'Destroys a sync object.', word('sync', 8))),
  syncRead: row(21, 3, fixed('VCMD_SYNC_READ', 'Asks how far a sync object is.', word('sync', 8))),
  syncWrite: row(
    22,
    3,
    fixed('VCMD_SYNC_WRITE', 'Sets how far a sync object is.', word('sync', 8), ...small('value'), word('high', 2)),
  ),
  syncWait: row(
    23,
    3,
    repeating(
      'VCMD_SYNC_WAIT',
      'Asks for a descriptor that is readable when sync objects are so far.',
      [word('flags', 2), word('timeout', 1000)],
      [word('sync', 8), ...small('value'), word('high', 2)],
      256,
    ),
  ),
  submitCmd2: row(
    24,
    3,
    repeating(
      'VCMD_SUBMIT_CMD2',
      'Commands of virgl in batches, and sync objects that are set after them. Offsets and sizes are words of the payload.',
      [word('batches', 4)],
      kinded('bits', 'word'),
      MAX_WORDS,
    ),
  ),
} as const satisfies Readonly<Record<string, VtestRow>>;

/** The name of a message. */
export type VtestMessage = keyof typeof vtestTable;

/** Names by number. */
export const vtestMessages: ReadonlyMap<number, VtestMessage> = new Map(
  Object.entries(vtestTable).map(([name, { id }]) => [id, name as VtestMessage]),
);

/** The newest version that is spoken here. */
export const VTEST_VERSION = 3;
