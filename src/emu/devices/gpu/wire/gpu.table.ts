/** Commands and answers of the virtio GPU: Virtio 1.3 §5.7.6. Each begins with a `ControlHeader`, then comes its body. */
import {
  array,
  blob,
  bytes,
  count,
  enumOf,
  list,
  message,
  padding,
  struct,
  u32,
  u64n,
  u8,
  type MessageTable,
  type WireModule,
} from '../../../../wire/schema.ts';

/** The most entries a resource's backing may have in one command: 1 GiB in pages of 4 KiB. */
export const MAX_BACKING_ENTRIES = 262_144;
/** Bytes that an answer has for an EDID. */
const EDID_BYTES = 1024;
/** Heads an answer tells of (VIRTIO_GPU_MAX_SCANOUTS). */
const SCANOUTS = 16;
/** The most bytes of a capability set. */
const MAX_CAPSET_BYTES = 65_536;
const DEBUG_NAME_BYTES = 64;

const ControlHeader = struct(
  'ControlHeader',
  {
    type: u32,
    flags: u32,
    fenceLow: u32,
    fenceHigh: u32,
    contextId: u32,
    ringIndex: u8,
    unused: padding(3),
  },
  {
    hot: true,
    doc: 'VIRTIO_GPU_FLAG_FENCE (1): tell when done, with the same fence; VIRTIO_GPU_FLAG_INFO_RING_IDX (2): ringIndex counts.',
  },
);

const GpuFormat = enumOf('GpuFormat', u32, 'VIRTIO_GPU_FORMAT_', {
  b8g8r8a8Unorm: 1,
  b8g8r8x8Unorm: 2,
  a8r8g8b8Unorm: 3,
  x8r8g8b8Unorm: 4,
  r8g8b8a8Unorm: 67,
  x8b8g8r8Unorm: 68,
  a8b8g8r8Unorm: 121,
  r8g8b8x8Unorm: 134,
});

const GpuRect = struct('GpuRect', { x: u32, y: u32, width: u32, height: u32 });

const BackingEntry = struct('BackingEntry', { address: u64n, length: u32, unused: padding(4) });

const CursorCommand = struct('CursorCommand', {
  scanoutId: u32,
  x: u32,
  y: u32,
  unused: padding(4),
  resourceId: u32,
  hotX: u32,
  hotY: u32,
  unusedTail: padding(4),
});

const Transfer3d = struct(
  'Transfer3d',
  {
    x: u32,
    y: u32,
    z: u32,
    width: u32,
    height: u32,
    depth: u32,
    offset: u64n,
    resource: u32,
    level: u32,
    stride: u32,
    layerStride: u32,
  },
  {
    hot: true,
    doc: 'A box of a level of a resource, and where it lies in the backing; strides of 0: as tight as can be.',
  },
);

const Nothing = struct('Nothing', {});

const ResourceCommand = struct('ResourceCommand', { resourceId: u32, unused: padding(4) });

/** Control queue, and cursor queue from 0x300 on. */
const gpuCommands = {
  getDisplayInfo: message(0x100, 'VIRTIO_GPU_CMD_GET_DISPLAY_INFO', 'What monitors are there?', Nothing),
  resourceCreate2d: message(
    0x101,
    'VIRTIO_GPU_CMD_RESOURCE_CREATE_2D',
    'Makes a picture on the host, under a number of the guest’s choosing.',
    struct('ResourceCreate2d', { resourceId: u32, format: GpuFormat, width: u32, height: u32 }),
  ),
  resourceUnref: message(0x102, 'VIRTIO_GPU_CMD_RESOURCE_UNREF', 'Ends a resource.', ResourceCommand),
  setScanout: message(
    0x103,
    'VIRTIO_GPU_CMD_SET_SCANOUT',
    'Shows a part of a resource on a head; resource 0 turns the head off.',
    struct('SetScanout', { rect: GpuRect, scanoutId: u32, resourceId: u32 }),
  ),
  resourceFlush: message(
    0x104,
    'VIRTIO_GPU_CMD_RESOURCE_FLUSH',
    'A part of a resource is to be seen now.',
    struct('ResourceFlush', { rect: GpuRect, resourceId: u32, unused: padding(4) }),
  ),
  transferToHost2d: message(
    0x105,
    'VIRTIO_GPU_CMD_TRANSFER_TO_HOST_2D',
    'Copies a part from guest memory; `offset` is where its first pixel stands in the backing, rows are as far apart as in the resource.',
    struct('TransferToHost2d', { rect: GpuRect, offset: u64n, resourceId: u32, unused: padding(4) }),
  ),
  resourceAttachBacking: message(
    0x106,
    'VIRTIO_GPU_CMD_RESOURCE_ATTACH_BACKING',
    'Gives a resource its guest memory, piece by piece.',
    struct('ResourceAttachBacking', {
      resourceId: u32,
      entryCount: count(u32),
      entries: list(BackingEntry, { countedBy: 'entryCount', max: MAX_BACKING_ENTRIES }),
    }),
  ),
  resourceDetachBacking: message(
    0x107,
    'VIRTIO_GPU_CMD_RESOURCE_DETACH_BACKING',
    'Takes a resource its guest memory.',
    ResourceCommand,
  ),
  getCapsetInfo: message(
    0x108,
    'VIRTIO_GPU_CMD_GET_CAPSET_INFO',
    'Which capability set has this index?',
    struct('GetCapsetInfo', { capsetIndex: u32, unused: padding(4) }),
  ),
  getCapset: message(
    0x109,
    'VIRTIO_GPU_CMD_GET_CAPSET',
    'Asks for a capability set.',
    struct('GetCapset', { capsetId: u32, capsetVersion: u32 }),
  ),
  getEdid: message(
    0x10a,
    'VIRTIO_GPU_CMD_GET_EDID',
    'Asks for the EDID of a head’s monitor.',
    struct('GetEdid', { scanoutId: u32, unused: padding(4) }),
  ),
  contextCreate: message(
    0x200,
    'VIRTIO_GPU_CMD_CTX_CREATE',
    'Makes a 3D context, under the number in the header.',
    struct('ContextCreate', { nameLength: u32, contextInit: u32, debugName: blob(DEBUG_NAME_BYTES) }),
  ),
  contextDestroy: message(0x201, 'VIRTIO_GPU_CMD_CTX_DESTROY', 'Ends a 3D context.', Nothing),
  contextAttachResource: message(
    0x202,
    'VIRTIO_GPU_CMD_CTX_ATTACH_RESOURCE',
    'Lets a context use a resource.',
    ResourceCommand,
  ),
  contextDetachResource: message(
    0x203,
    'VIRTIO_GPU_CMD_CTX_DETACH_RESOURCE',
    'Takes a resource from a context.',
    ResourceCommand,
  ),
  resourceCreate3d: message(
    0x204,
    'VIRTIO_GPU_CMD_RESOURCE_CREATE_3D',
    'Makes a texture or buffer on the host, under a number of the guest’s choosing. The numbers are those of virgl.',
    struct('ResourceCreate3d', {
      resourceId: u32,
      target: u32,
      format: u32,
      bind: u32,
      width: u32,
      height: u32,
      depth: u32,
      arraySize: u32,
      lastLevel: u32,
      samples: u32,
      flags: u32,
      unused: padding(4),
    }),
  ),
  transferToHost3d: message(0x205, 'VIRTIO_GPU_CMD_TRANSFER_TO_HOST_3D', 'Copies a box from guest memory.', Transfer3d),
  transferFromHost3d: message(
    0x206,
    'VIRTIO_GPU_CMD_TRANSFER_FROM_HOST_3D',
    'Copies a box into guest memory.',
    Transfer3d,
  ),
  submit3d: message(
    0x207,
    'VIRTIO_GPU_CMD_SUBMIT_3D',
    'Commands of the virgl protocol for the context in the header; `size` bytes of them follow.',
    struct('Submit3d', { size: u32, unused: padding(4) }, { hot: true }),
  ),
  updateCursor: message(
    0x300,
    'VIRTIO_GPU_CMD_UPDATE_CURSOR',
    'The pointer takes its image from a resource (0: none), and its place.',
    CursorCommand,
  ),
  moveCursor: message(0x301, 'VIRTIO_GPU_CMD_MOVE_CURSOR', 'The pointer has moved.', CursorCommand),
} satisfies MessageTable;

const DisplayMode = struct('DisplayMode', { rect: GpuRect, enabled: u32, flags: u32 });

/** What a command is answered with when it has more to say than a number. */
const gpuAnswers = {
  displayInfo: message(
    0x1101,
    'VIRTIO_GPU_RESP_OK_DISPLAY_INFO',
    'The monitors and where they stand.',
    struct('DisplayInfo', { modes: array(DisplayMode, SCANOUTS) }),
  ),
  capsetInfo: message(
    0x1102,
    'VIRTIO_GPU_RESP_OK_CAPSET_INFO',
    'A capability set, by its number.',
    struct('CapsetInfo', { capsetId: u32, maxVersion: u32, maxSize: u32, unused: padding(4) }),
  ),
  capset: message(
    0x1103,
    'VIRTIO_GPU_RESP_OK_CAPSET',
    'What 3D contexts can do; virgl says what the bytes mean.',
    struct('Capset', { data: bytes({ toEnd: true, max: MAX_CAPSET_BYTES }) }),
  ),
  edid: message(
    0x1104,
    'VIRTIO_GPU_RESP_OK_EDID',
    'An EDID.',
    struct('EdidAnswer', { size: u32, unused: padding(4), edid: blob(EDID_BYTES) }),
  ),
} satisfies MessageTable;

const GpuResponse = enumOf('GpuResponse', u32, 'VIRTIO_GPU_RESP_', {
  okNodata: 0x1100,
  okDisplayInfo: 0x1101,
  okCapsetInfo: 0x1102,
  okCapset: 0x1103,
  okEdid: 0x1104,
  errUnspec: 0x1200,
  errOutOfMemory: 0x1201,
  errInvalidScanoutId: 0x1202,
  errInvalidResourceId: 0x1203,
  errInvalidContextId: 0x1204,
  errInvalidParameter: 0x1205,
});

const GpuConfig = struct(
  'GpuConfig',
  { eventsRead: u32, eventsClear: u32, scanoutCount: u32, capsetCount: u32 },
  { doc: 'Configuration space (§5.7.4).' },
);

/** The generator's view of this file. */
export const gpuModule: WireModule = {
  name: 'gpu',
  title: 'Virtio GPU',
  doc: 'Commands of the virtio GPU (Virtio 1.3 §5.7). Command and answer begin with a `ControlHeader`; its type is the number.',
  types: [ControlHeader, GpuResponse, GpuConfig],
  tables: { gpuCommands, gpuAnswers },
  constants: { gpuWireLimits: { maxBackingEntries: MAX_BACKING_ENTRIES, edidBytes: EDID_BYTES, scanouts: SCANOUTS } },
};
