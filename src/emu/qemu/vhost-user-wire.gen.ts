// Generated from vhost-user-wire.table.ts by `npm run gen`. Do not edit.
import { byId, EMPTY, type Empty, type Handlers } from '../../wire/codec.ts';
import type { Reader } from '../../wire/reader.ts';
import type { Writer } from '../../wire/writer.ts';

/** Flags: bits 0–1 version (1), bit 2 an answer, bit 3 an answer is wanted. `size` counts the payload. */
export interface VhostUserHeader {
  readonly request: number;
  readonly flags: number;
  readonly size: number;
}
/** Reads a `VhostUserHeader`. Throws WireError. Byte fields are borrowed. */
export function readVhostUserHeader(r: Reader): VhostUserHeader {
  const v = r.view;
  const o1 = r.take(12, 'VhostUserHeader');
  const request = v.getUint32(o1, true);
  const flags = v.getUint32(o1 + 4, true);
  const size = v.getUint32(o1 + 8, true);
  return { request, flags, size };
}
/** Reads a `VhostUserHeader` into `t` and returns it: nothing is allocated but views of bytes. */
export function readVhostUserHeaderInto(r: Reader, t: { -readonly [K in keyof VhostUserHeader]: VhostUserHeader[K] }): VhostUserHeader {
  const v = r.view;
  const o1 = r.take(12, 'VhostUserHeader');
  const request = v.getUint32(o1, true);
  const flags = v.getUint32(o1 + 4, true);
  const size = v.getUint32(o1 + 8, true);
  t.request = request;
  t.flags = flags;
  t.size = size;
  return t;
}
/** Writes a `VhostUserHeader`. */
export function writeVhostUserHeader(w: Writer, m: VhostUserHeader): void {
  const o1 = w.take(12);
  const v2 = w.view;
  v2.setUint32(o1, m.request, true);
  v2.setUint32(o1 + 4, m.flags, true);
  v2.setUint32(o1 + 8, m.size, true);
}

/** Which features are there? Answered with a number. */
export type Nothing = Empty;
/** Reads a `Nothing`. Throws WireError. Byte fields are borrowed. */
export function readNothing(_r: Reader): Nothing {
  return EMPTY;
}
/** Writes a `Nothing`. */
export function writeNothing(_w: Writer, _m: Nothing): void {}

/** The features that the driver accepted. */
export interface VhostUserU64 {
  readonly value: bigint;
}
/** Reads a `VhostUserU64`. Throws WireError. Byte fields are borrowed. */
export function readVhostUserU64(r: Reader): VhostUserU64 {
  const v = r.view;
  const o1 = r.take(8, 'VhostUserU64');
  const value = v.getBigUint64(o1, true);
  return { value };
}
/** Writes a `VhostUserU64`. */
export function writeVhostUserU64(w: Writer, m: VhostUserU64): void {
  const o1 = w.take(8);
  const v2 = w.view;
  v2.setBigUint64(o1, m.value, true);
}

export interface MemoryRegion {
  readonly guestAddress: number;
  readonly size: number;
  readonly userAddress: bigint;
  readonly mmapOffset: number;
}
/** Reads a `MemoryRegion`. Throws WireError. Byte fields are borrowed. */
export function readMemoryRegion(r: Reader): MemoryRegion {
  const v = r.view;
  const o1 = r.take(32, 'MemoryRegion');
  const guestAddress = r.safe(v.getBigUint64(o1, true), 'MemoryRegion.guestAddress');
  const size = r.safe(v.getBigUint64(o1 + 8, true), 'MemoryRegion.size');
  const userAddress = v.getBigUint64(o1 + 16, true);
  const mmapOffset = r.safe(v.getBigUint64(o1 + 24, true), 'MemoryRegion.mmapOffset');
  return { guestAddress, size, userAddress, mmapOffset };
}
/** Writes a `MemoryRegion`. */
export function writeMemoryRegion(w: Writer, m: MemoryRegion): void {
  const o1 = w.take(32);
  const v2 = w.view;
  v2.setBigUint64(o1, BigInt(m.guestAddress), true);
  v2.setBigUint64(o1 + 8, BigInt(m.size), true);
  v2.setBigUint64(o1 + 16, m.userAddress, true);
  v2.setBigUint64(o1 + 24, BigInt(m.mmapOffset), true);
}

/** Guest memory, one descriptor a region. */
export interface SetMemoryTable {
  readonly regions: readonly MemoryRegion[];
}
/** Reads a `SetMemoryTable`. Throws WireError. Byte fields are borrowed. */
export function readSetMemoryTable(r: Reader): SetMemoryTable {
  const v = r.view;
  const o1 = r.take(8, 'SetMemoryTable');
  const regionCount = v.getUint32(o1, true);
  const n2 = r.list(regionCount, 8, 32, 'SetMemoryTable.regions');
  const regions: MemoryRegion[] = [];
  let p4 = r.take(n2 * 32, 'SetMemoryTable.regions');
  for (let i3 = 0; i3 < n2; i3++, p4 += 32) {
    regions.push({ guestAddress: r.safe(v.getBigUint64(p4, true), 'SetMemoryTable.regions.guestAddress'), size: r.safe(v.getBigUint64(p4 + 8, true), 'SetMemoryTable.regions.size'), userAddress: v.getBigUint64(p4 + 16, true), mmapOffset: r.safe(v.getBigUint64(p4 + 24, true), 'SetMemoryTable.regions.mmapOffset') });
  }
  return { regions };
}
/** Writes a `SetMemoryTable`. */
export function writeSetMemoryTable(w: Writer, m: SetMemoryTable): void {
  const o1 = w.take(8);
  const v2 = w.view;
  v2.setUint32(o1, w.count(m.regions.length, 8, 'SetMemoryTable.regions'), true);
  let o4 = w.take(m.regions.length * 32);
  const v5 = w.view;
  for (const x3 of m.regions) {
    v5.setBigUint64(o4, BigInt(x3.guestAddress), true);
    v5.setBigUint64(o4 + 8, BigInt(x3.size), true);
    v5.setBigUint64(o4 + 16, x3.userAddress, true);
    v5.setBigUint64(o4 + 24, BigInt(x3.mmapOffset), true);
    o4 += 32;
  }
}

/** The size of a queue. */
export interface VringState {
  readonly index: number;
  readonly value: number;
}
/** Reads a `VringState`. Throws WireError. Byte fields are borrowed. */
export function readVringState(r: Reader): VringState {
  const v = r.view;
  const o1 = r.take(8, 'VringState');
  const index = v.getUint32(o1, true);
  const value = v.getUint32(o1 + 4, true);
  return { index, value };
}
/** Writes a `VringState`. */
export function writeVringState(w: Writer, m: VringState): void {
  const o1 = w.take(8);
  const v2 = w.view;
  v2.setUint32(o1, m.index, true);
  v2.setUint32(o1 + 4, m.value, true);
}

/** Where a queue lies, in the machine’s own addresses. */
export interface SetVringAddresses {
  readonly index: number;
  readonly flags: number;
  readonly descriptors: bigint;
  readonly used: bigint;
  readonly available: bigint;
  readonly log: bigint;
}
/** Reads a `SetVringAddresses`. Throws WireError. Byte fields are borrowed. */
export function readSetVringAddresses(r: Reader): SetVringAddresses {
  const v = r.view;
  const o1 = r.take(40, 'SetVringAddresses');
  const index = v.getUint32(o1, true);
  const flags = v.getUint32(o1 + 4, true);
  const descriptors = v.getBigUint64(o1 + 8, true);
  const used = v.getBigUint64(o1 + 16, true);
  const available = v.getBigUint64(o1 + 24, true);
  const log = v.getBigUint64(o1 + 32, true);
  return { index, flags, descriptors, used, available, log };
}
/** Writes a `SetVringAddresses`. */
export function writeSetVringAddresses(w: Writer, m: SetVringAddresses): void {
  const o1 = w.take(40);
  const v2 = w.view;
  v2.setUint32(o1, m.index, true);
  v2.setUint32(o1 + 4, m.flags, true);
  v2.setBigUint64(o1 + 8, m.descriptors, true);
  v2.setBigUint64(o1 + 16, m.used, true);
  v2.setBigUint64(o1 + 24, m.available, true);
  v2.setBigUint64(o1 + 32, m.log, true);
}

/** Asks for a part of configuration space; answered alike. */
export interface VhostUserConfig {
  readonly offset: number;
  readonly flags: number;
  readonly data: Uint8Array;
}
/** Reads a `VhostUserConfig`. Throws WireError. Byte fields are borrowed. */
export function readVhostUserConfig(r: Reader): VhostUserConfig {
  const v = r.view;
  const o1 = r.take(12, 'VhostUserConfig');
  const offset = v.getUint32(o1, true);
  const size = v.getUint32(o1 + 4, true);
  const flags = v.getUint32(o1 + 8, true);
  const data = r.bytes(size, 256, 'VhostUserConfig.data');
  return { offset, flags, data };
}
/** Writes a `VhostUserConfig`. */
export function writeVhostUserConfig(w: Writer, m: VhostUserConfig): void {
  const o1 = w.take(12);
  const v2 = w.view;
  v2.setUint32(o1, m.offset, true);
  v2.setUint32(o1 + 4, w.count(m.data.byteLength, 256, 'VhostUserConfig.data'), true);
  v2.setUint32(o1 + 8, m.flags, true);
  w.bytes(m.data);
}

/** Messages of `vhostUserRequests` by name. */
export const vhostUserRequests = {
  /** VHOST_USER_GET_FEATURES (1): Which features are there? Answered with a number. */
  getFeatures: { id: 1, name: 'getFeatures', cap: null, read: readNothing, write: writeNothing },
  /** VHOST_USER_SET_FEATURES (2): The features that the driver accepted. */
  setFeatures: { id: 2, name: 'setFeatures', cap: null, read: readVhostUserU64, write: writeVhostUserU64 },
  /** VHOST_USER_SET_OWNER (3): A session begins. */
  setOwner: { id: 3, name: 'setOwner', cap: null, read: readNothing, write: writeNothing },
  /** VHOST_USER_RESET_OWNER (4): Out of use. */
  resetOwner: { id: 4, name: 'resetOwner', cap: null, read: readNothing, write: writeNothing },
  /** VHOST_USER_SET_MEM_TABLE (5): Guest memory, one descriptor a region. */
  setMemoryTable: { id: 5, name: 'setMemoryTable', cap: null, read: readSetMemoryTable, write: writeSetMemoryTable },
  /** VHOST_USER_SET_VRING_NUM (8): The size of a queue. */
  setVringSize: { id: 8, name: 'setVringSize', cap: null, read: readVringState, write: writeVringState },
  /** VHOST_USER_SET_VRING_ADDR (9): Where a queue lies, in the machine’s own addresses. */
  setVringAddresses: { id: 9, name: 'setVringAddresses', cap: null, read: readSetVringAddresses, write: writeSetVringAddresses },
  /** VHOST_USER_SET_VRING_BASE (10): The available index to go on from. */
  setVringBase: { id: 10, name: 'setVringBase', cap: null, read: readVringState, write: writeVringState },
  /** VHOST_USER_GET_VRING_BASE (11): Stops a queue; answered with its next available index. */
  getVringBase: { id: 11, name: 'getVringBase', cap: null, read: readVringState, write: writeVringState },
  /** VHOST_USER_SET_VRING_KICK (12): The doorbell of a queue: bits 0–7 its number, bit 8 set when no descriptor comes along. */
  setVringKick: { id: 12, name: 'setVringKick', cap: null, read: readVhostUserU64, write: writeVhostUserU64 },
  /** VHOST_USER_SET_VRING_CALL (13): The interrupt of a queue, likewise. */
  setVringCall: { id: 13, name: 'setVringCall', cap: null, read: readVhostUserU64, write: writeVhostUserU64 },
  /** VHOST_USER_SET_VRING_ERR (14): Where to tell that a queue is broken, likewise. */
  setVringError: { id: 14, name: 'setVringError', cap: null, read: readVhostUserU64, write: writeVhostUserU64 },
  /** VHOST_USER_GET_PROTOCOL_FEATURES (15): Answered with a number. */
  getProtocolFeatures: { id: 15, name: 'getProtocolFeatures', cap: null, read: readNothing, write: writeNothing },
  /** VHOST_USER_SET_PROTOCOL_FEATURES (16): Those of them that are used. */
  setProtocolFeatures: { id: 16, name: 'setProtocolFeatures', cap: null, read: readVhostUserU64, write: writeVhostUserU64 },
  /** VHOST_USER_GET_QUEUE_NUM (17): How many queues are there? Answered with a number. */
  getQueueCount: { id: 17, name: 'getQueueCount', cap: null, read: readNothing, write: writeNothing },
  /** VHOST_USER_SET_VRING_ENABLE (18): Turns a queue on (1) or off (0). */
  setVringEnable: { id: 18, name: 'setVringEnable', cap: null, read: readVringState, write: writeVringState },
  /** VHOST_USER_GET_CONFIG (24): Asks for a part of configuration space; answered alike. */
  getConfig: { id: 24, name: 'getConfig', cap: null, read: readVhostUserConfig, write: writeVhostUserConfig },
  /** VHOST_USER_SET_CONFIG (25): The driver writes configuration space. */
  setConfig: { id: 25, name: 'setConfig', cap: null, read: readVhostUserConfig, write: writeVhostUserConfig },
  /** VHOST_USER_GPU_SET_SOCKET (33): A socket to draw on the machine’s own displays. */
  setGpuSocket: { id: 33, name: 'setGpuSocket', cap: null, read: readNothing, write: writeNothing },
  /** VHOST_USER_RESET_DEVICE (34): The device forgets everything. */
  resetDevice: { id: 34, name: 'resetDevice', cap: null, read: readNothing, write: writeNothing },
} as const;

/** Messages of `vhostUserRequests` by number. */
export const vhostUserRequestsById = /* @__PURE__ */ byId(vhostUserRequests);

/** Reads message `id` of `vhostUserRequests` and gives it to its handler. Throws WireError, also for unknown numbers. */
export function dispatchVhostUserRequests<R>(id: number, r: Reader, handlers: Handlers<typeof vhostUserRequests, R>): R {
  switch (id) {
    case 1:
      return handlers.getFeatures(readNothing(r));
    case 2:
      return handlers.setFeatures(readVhostUserU64(r));
    case 3:
      return handlers.setOwner(readNothing(r));
    case 4:
      return handlers.resetOwner(readNothing(r));
    case 5:
      return handlers.setMemoryTable(readSetMemoryTable(r));
    case 8:
      return handlers.setVringSize(readVringState(r));
    case 9:
      return handlers.setVringAddresses(readSetVringAddresses(r));
    case 10:
      return handlers.setVringBase(readVringState(r));
    case 11:
      return handlers.getVringBase(readVringState(r));
    case 12:
      return handlers.setVringKick(readVhostUserU64(r));
    case 13:
      return handlers.setVringCall(readVhostUserU64(r));
    case 14:
      return handlers.setVringError(readVhostUserU64(r));
    case 15:
      return handlers.getProtocolFeatures(readNothing(r));
    case 16:
      return handlers.setProtocolFeatures(readVhostUserU64(r));
    case 17:
      return handlers.getQueueCount(readNothing(r));
    case 18:
      return handlers.setVringEnable(readVringState(r));
    case 24:
      return handlers.getConfig(readVhostUserConfig(r));
    case 25:
      return handlers.setConfig(readVhostUserConfig(r));
    case 33:
      return handlers.setGpuSocket(readNothing(r));
    case 34:
      return handlers.resetDevice(readNothing(r));
    default:
      throw r.refuse('message', 'vhostUserRequests');
  }
}
