/**
 * Flattened device trees: Devicetree Specification 0.4, chapter 5, version 17. All numbers are big-endian.
 *
 *     header   40 bytes: magic, total size, offsets of structure, strings and reservations, versions, boot CPU, two sizes
 *     reservations   { u64 address, u64 size } …, ended by zeros
 *     structure      tokens: 1 begin node (name), 2 end node, 3 property (length, name's offset, value), 4 nothing, 9 end
 *     strings        names of properties, each once
 */
import { HostError } from '../../base/errors.ts';

/** A property: nothing, text, several texts, 32-bit cells, or bytes. */
export type FdtValue = true | string | readonly string[] | readonly number[] | Uint8Array;

/** A node to be written. Names have their unit address: `memory@80000000`. */
export interface FdtNode {
  readonly properties: Readonly<Record<string, FdtValue>>;
  readonly children?: Readonly<Record<string, FdtNode>>;
}

/** A node that was read. */
export interface FdtRead {
  readonly properties: ReadonlyMap<string, Uint8Array>;
  readonly children: ReadonlyMap<string, FdtRead>;
}

const MAGIC = 0xd00d_feed;
const VERSION = 17;
const LAST_COMPATIBLE = 16;
const HEADER_BYTES = 40;
const RESERVATIONS_BYTES = 16;
const BEGIN_NODE = 1;
const END_NODE = 2;
const PROPERTY = 3;
const NOP = 4;
const END = 9;
const MAX_DEPTH = 64;

/** The 64-bit number as two cells, as `reg` has it with #address-cells and #size-cells 2. */
export function cells64(value: number): readonly [high: number, low: number] {
  return [Math.floor(value / 0x1_0000_0000), value % 0x1_0000_0000];
}

/** Writes a tree; its root has no name. */
export function writeFdt(root: FdtNode, options: { readonly bootCpu?: number } = {}): Uint8Array {
  const structure = new Bytes();
  const strings = new Map<string, number>();
  let stringBytes = 0;
  const nameOffset = (name: string): number => {
    const known = strings.get(name);
    if (known !== undefined) return known;
    const at = stringBytes;
    strings.set(name, at);
    stringBytes += Buffer.byteLength(name) + 1;
    return at;
  };
  const writeNode = (name: string, node: FdtNode): void => {
    structure.u32(BEGIN_NODE);
    structure.bytes(Buffer.from(`${name}\0`));
    for (const [key, value] of Object.entries(node.properties)) {
      const bytes = valueBytes(value);
      structure.u32(PROPERTY);
      structure.u32(bytes.length);
      structure.u32(nameOffset(key));
      structure.bytes(bytes);
    }
    for (const [child, below] of Object.entries(node.children ?? {})) writeNode(child, below);
    structure.u32(END_NODE);
  };
  writeNode('', root);
  structure.u32(END);

  const structureAt = HEADER_BYTES + RESERVATIONS_BYTES;
  const stringsAt = structureAt + structure.length;
  const total = Math.ceil((stringsAt + stringBytes) / 8) * 8;
  const out = new Bytes();
  const header = [
    MAGIC,
    total,
    structureAt,
    stringsAt,
    HEADER_BYTES,
    VERSION,
    LAST_COMPATIBLE,
    options.bootCpu ?? 0,
    stringBytes,
    structure.length,
  ];
  for (const word of header) out.u32(word);
  out.bytes(new Uint8Array(RESERVATIONS_BYTES));
  out.bytes(structure.finish());
  for (const name of strings.keys()) out.raw(Buffer.from(`${name}\0`));
  out.raw(new Uint8Array(total - out.length));
  return out.finish();
}

/** Reads a tree. Throws HostError `bad-fdt` for everything that is not one, whatever the bytes. */
export function readFdt(bytes: Uint8Array): FdtRead {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < HEADER_BYTES || view.getUint32(0) !== MAGIC) throw bad('it does not begin as one');
  const total = view.getUint32(4);
  const structureAt = view.getUint32(8);
  const stringsAt = view.getUint32(12);
  if (view.getUint32(24) > VERSION || view.getUint32(20) < LAST_COMPATIBLE) throw bad('its version is unknown');
  const stringsEnd = stringsAt + view.getUint32(32);
  const structureEnd = structureAt + view.getUint32(36);
  if (total > bytes.length || stringsEnd > total || structureEnd > total || structureAt % 4 !== 0) {
    throw bad('a part lies outside of it');
  }
  let at = structureAt;
  const word = (): number => {
    if (at + 4 > structureEnd) throw bad('it ends within a node');
    at += 4;
    return view.getUint32(at - 4);
  };
  const text = (from: number, end: number): string => {
    const stop = bytes.subarray(from, end).indexOf(0);
    if (stop < 0) throw bad('a name has no end');
    return Buffer.from(bytes.subarray(from, from + stop)).toString('latin1');
  };
  const readNode = (depth: number): { readonly name: string; readonly node: FdtRead } => {
    if (depth > MAX_DEPTH) throw bad('it is too deep');
    const name = text(at, structureEnd);
    at += Math.ceil((name.length + 1) / 4) * 4;
    const properties = new Map<string, Uint8Array>();
    const children = new Map<string, FdtRead>();
    for (;;) {
      switch (word()) {
        case BEGIN_NODE: {
          const child = readNode(depth + 1);
          children.set(child.name, child.node);
          break;
        }
        case PROPERTY: {
          const length = word();
          const key = text(stringsAt + word(), stringsEnd);
          if (length > structureEnd - at) throw bad('a property is longer than the tree');
          properties.set(key, bytes.slice(at, at + length));
          at += Math.ceil(length / 4) * 4;
          break;
        }
        case END_NODE:
          return { name, node: { properties, children } };
        case NOP:
          break;
        default:
          throw bad('it has an unknown token');
      }
    }
  };
  if (word() !== BEGIN_NODE) throw bad('it has no root');
  return readNode(0).node;
}

/** The cells of a property. */
export function readCells(value: Uint8Array): number[] {
  const view = new DataView(value.buffer, value.byteOffset, value.byteLength);
  return Array.from({ length: Math.floor(value.length / 4) }, (_, i) => view.getUint32(4 * i));
}

function bad(what: string): HostError {
  return new HostError('bad-fdt', `This is no flattened device tree: ${what}.`);
}

function valueBytes(value: FdtValue): Uint8Array {
  if (value === true) return new Uint8Array(0);
  if (typeof value === 'string') return Buffer.from(`${value}\0`);
  if (value instanceof Uint8Array) return value;
  const bytes = new Bytes();
  for (const item of value) {
    if (typeof item === 'string') bytes.raw(Buffer.from(`${item}\0`));
    else bytes.u32(item);
  }
  return bytes.finish();
}

/** Bytes that grow. */
class Bytes {
  readonly #parts: Uint8Array[] = [];
  length = 0;

  u32(value: number): void {
    const word = new Uint8Array(4);
    new DataView(word.buffer).setUint32(0, value);
    this.raw(word);
  }

  raw(bytes: Uint8Array): void {
    this.#parts.push(bytes);
    this.length += bytes.length;
  }

  /** Bytes, and zeros up to a multiple of 4. */
  bytes(bytes: Uint8Array): void {
    this.raw(bytes);
    if (bytes.length % 4 !== 0) this.raw(new Uint8Array(4 - (bytes.length % 4)));
  }

  finish(): Uint8Array {
    const all = new Uint8Array(this.length);
    let at = 0;
    for (const part of this.#parts) {
      all.set(part, at);
      at += part.length;
    }
    return all;
  }
}
