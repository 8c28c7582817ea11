// Generated from gpu.table.ts by `npm run gen`. Do not edit.
import { byId, EMPTY, type Empty, type Handlers } from '../../../../wire/codec.ts';
import type { Reader } from '../../../../wire/reader.ts';
import type { Writer } from '../../../../wire/writer.ts';

export const gpuWireLimits = {
  maxBackingEntries: 262144,
  edidBytes: 1024,
  scanouts: 16,
} as const;

/** VIRTIO_GPU_FLAG_FENCE (1): tell when done, with the same fence; VIRTIO_GPU_FLAG_INFO_RING_IDX (2): ringIndex counts. */
export interface ControlHeader {
  readonly type: number;
  readonly flags: number;
  readonly fenceLow: number;
  readonly fenceHigh: number;
  readonly contextId: number;
  readonly ringIndex: number;
}
/** Reads a `ControlHeader`. Throws WireError. Byte fields are borrowed. */
export function readControlHeader(r: Reader): ControlHeader {
  const v = r.view;
  const o1 = r.take(24, 'ControlHeader');
  const type = v.getUint32(o1, true);
  const flags = v.getUint32(o1 + 4, true);
  const fenceLow = v.getUint32(o1 + 8, true);
  const fenceHigh = v.getUint32(o1 + 12, true);
  const contextId = v.getUint32(o1 + 16, true);
  const ringIndex = v.getUint8(o1 + 20);
  return { type, flags, fenceLow, fenceHigh, contextId, ringIndex };
}
/** Reads a `ControlHeader` into `t` and returns it: nothing is allocated but views of bytes. */
export function readControlHeaderInto(r: Reader, t: { -readonly [K in keyof ControlHeader]: ControlHeader[K] }): ControlHeader {
  const v = r.view;
  const o1 = r.take(24, 'ControlHeader');
  const type = v.getUint32(o1, true);
  const flags = v.getUint32(o1 + 4, true);
  const fenceLow = v.getUint32(o1 + 8, true);
  const fenceHigh = v.getUint32(o1 + 12, true);
  const contextId = v.getUint32(o1 + 16, true);
  const ringIndex = v.getUint8(o1 + 20);
  t.type = type;
  t.flags = flags;
  t.fenceLow = fenceLow;
  t.fenceHigh = fenceHigh;
  t.contextId = contextId;
  t.ringIndex = ringIndex;
  return t;
}
/** Writes a `ControlHeader`. */
export function writeControlHeader(w: Writer, m: ControlHeader): void {
  const o1 = w.take(24);
  const v2 = w.view;
  v2.setUint32(o1, m.type, true);
  v2.setUint32(o1 + 4, m.flags, true);
  v2.setUint32(o1 + 8, m.fenceLow, true);
  v2.setUint32(o1 + 12, m.fenceHigh, true);
  v2.setUint32(o1 + 16, m.contextId, true);
  v2.setUint8(o1 + 20, m.ringIndex);
}

export const GpuResponse = {
  /** VIRTIO_GPU_RESP_OK_NODATA */
  okNodata: 4352,
  /** VIRTIO_GPU_RESP_OK_DISPLAY_INFO */
  okDisplayInfo: 4353,
  /** VIRTIO_GPU_RESP_OK_CAPSET_INFO */
  okCapsetInfo: 4354,
  /** VIRTIO_GPU_RESP_OK_CAPSET */
  okCapset: 4355,
  /** VIRTIO_GPU_RESP_OK_EDID */
  okEdid: 4356,
  /** VIRTIO_GPU_RESP_ERR_UNSPEC */
  errUnspec: 4608,
  /** VIRTIO_GPU_RESP_ERR_OUT_OF_MEMORY */
  errOutOfMemory: 4609,
  /** VIRTIO_GPU_RESP_ERR_INVALID_SCANOUT_ID */
  errInvalidScanoutId: 4610,
  /** VIRTIO_GPU_RESP_ERR_INVALID_RESOURCE_ID */
  errInvalidResourceId: 4611,
  /** VIRTIO_GPU_RESP_ERR_INVALID_CONTEXT_ID */
  errInvalidContextId: 4612,
  /** VIRTIO_GPU_RESP_ERR_INVALID_PARAMETER */
  errInvalidParameter: 4613,
} as const;
export type GpuResponse = (typeof GpuResponse)[keyof typeof GpuResponse];
/** Refuses a number that is no `GpuResponse`. */
export function checkGpuResponse(r: Reader, x: number, path: string): GpuResponse {
  switch (x) {
    case 4352:
    case 4353:
    case 4354:
    case 4355:
    case 4356:
    case 4608:
    case 4609:
    case 4610:
    case 4611:
    case 4612:
    case 4613:
      return x as GpuResponse;
    default:
      throw r.refuse('value', path);
  }
}

/** Configuration space (§5.7.4). */
export interface GpuConfig {
  readonly eventsRead: number;
  readonly eventsClear: number;
  readonly scanoutCount: number;
  readonly capsetCount: number;
}
/** Reads a `GpuConfig`. Throws WireError. Byte fields are borrowed. */
export function readGpuConfig(r: Reader): GpuConfig {
  const v = r.view;
  const o1 = r.take(16, 'GpuConfig');
  const eventsRead = v.getUint32(o1, true);
  const eventsClear = v.getUint32(o1 + 4, true);
  const scanoutCount = v.getUint32(o1 + 8, true);
  const capsetCount = v.getUint32(o1 + 12, true);
  return { eventsRead, eventsClear, scanoutCount, capsetCount };
}
/** Writes a `GpuConfig`. */
export function writeGpuConfig(w: Writer, m: GpuConfig): void {
  const o1 = w.take(16);
  const v2 = w.view;
  v2.setUint32(o1, m.eventsRead, true);
  v2.setUint32(o1 + 4, m.eventsClear, true);
  v2.setUint32(o1 + 8, m.scanoutCount, true);
  v2.setUint32(o1 + 12, m.capsetCount, true);
}

/** What monitors are there? */
export type Nothing = Empty;
/** Reads a `Nothing`. Throws WireError. Byte fields are borrowed. */
export function readNothing(_r: Reader): Nothing {
  return EMPTY;
}
/** Writes a `Nothing`. */
export function writeNothing(_w: Writer, _m: Nothing): void {}

export const GpuFormat = {
  /** VIRTIO_GPU_FORMAT_B8G8R8A8_UNORM */
  b8g8r8a8Unorm: 1,
  /** VIRTIO_GPU_FORMAT_B8G8R8X8_UNORM */
  b8g8r8x8Unorm: 2,
  /** VIRTIO_GPU_FORMAT_A8R8G8B8_UNORM */
  a8r8g8b8Unorm: 3,
  /** VIRTIO_GPU_FORMAT_X8R8G8B8_UNORM */
  x8r8g8b8Unorm: 4,
  /** VIRTIO_GPU_FORMAT_R8G8B8A8_UNORM */
  r8g8b8a8Unorm: 67,
  /** VIRTIO_GPU_FORMAT_X8B8G8R8_UNORM */
  x8b8g8r8Unorm: 68,
  /** VIRTIO_GPU_FORMAT_A8B8G8R8_UNORM */
  a8b8g8r8Unorm: 121,
  /** VIRTIO_GPU_FORMAT_R8G8B8X8_UNORM */
  r8g8b8x8Unorm: 134,
} as const;
export type GpuFormat = (typeof GpuFormat)[keyof typeof GpuFormat];
/** Refuses a number that is no `GpuFormat`. */
export function checkGpuFormat(r: Reader, x: number, path: string): GpuFormat {
  switch (x) {
    case 1:
    case 2:
    case 3:
    case 4:
    case 67:
    case 68:
    case 121:
    case 134:
      return x as GpuFormat;
    default:
      throw r.refuse('value', path);
  }
}

/** Makes a picture on the host, under a number of the guest’s choosing. */
export interface ResourceCreate2d {
  readonly resourceId: number;
  readonly format: GpuFormat;
  readonly width: number;
  readonly height: number;
}
/** Reads a `ResourceCreate2d`. Throws WireError. Byte fields are borrowed. */
export function readResourceCreate2d(r: Reader): ResourceCreate2d {
  const v = r.view;
  const o1 = r.take(16, 'ResourceCreate2d');
  const resourceId = v.getUint32(o1, true);
  const format = checkGpuFormat(r, v.getUint32(o1 + 4, true), 'ResourceCreate2d.format');
  const width = v.getUint32(o1 + 8, true);
  const height = v.getUint32(o1 + 12, true);
  return { resourceId, format, width, height };
}
/** Writes a `ResourceCreate2d`. */
export function writeResourceCreate2d(w: Writer, m: ResourceCreate2d): void {
  const o1 = w.take(16);
  const v2 = w.view;
  v2.setUint32(o1, m.resourceId, true);
  v2.setUint32(o1 + 4, m.format, true);
  v2.setUint32(o1 + 8, m.width, true);
  v2.setUint32(o1 + 12, m.height, true);
}

/** Ends a resource. */
export interface ResourceCommand {
  readonly resourceId: number;
}
/** Reads a `ResourceCommand`. Throws WireError. Byte fields are borrowed. */
export function readResourceCommand(r: Reader): ResourceCommand {
  const v = r.view;
  const o1 = r.take(8, 'ResourceCommand');
  const resourceId = v.getUint32(o1, true);
  return { resourceId };
}
/** Writes a `ResourceCommand`. */
export function writeResourceCommand(w: Writer, m: ResourceCommand): void {
  const o1 = w.take(8);
  const v2 = w.view;
  v2.setUint32(o1, m.resourceId, true);
}

export interface GpuRect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}
/** Reads a `GpuRect`. Throws WireError. Byte fields are borrowed. */
export function readGpuRect(r: Reader): GpuRect {
  const v = r.view;
  const o1 = r.take(16, 'GpuRect');
  const x = v.getUint32(o1, true);
  const y = v.getUint32(o1 + 4, true);
  const width = v.getUint32(o1 + 8, true);
  const height = v.getUint32(o1 + 12, true);
  return { x, y, width, height };
}
/** Writes a `GpuRect`. */
export function writeGpuRect(w: Writer, m: GpuRect): void {
  const o1 = w.take(16);
  const v2 = w.view;
  v2.setUint32(o1, m.x, true);
  v2.setUint32(o1 + 4, m.y, true);
  v2.setUint32(o1 + 8, m.width, true);
  v2.setUint32(o1 + 12, m.height, true);
}

/** Shows a part of a resource on a head; resource 0 turns the head off. */
export interface SetScanout {
  readonly rect: GpuRect;
  readonly scanoutId: number;
  readonly resourceId: number;
}
/** Reads a `SetScanout`. Throws WireError. Byte fields are borrowed. */
export function readSetScanout(r: Reader): SetScanout {
  const v = r.view;
  const o1 = r.take(24, 'SetScanout');
  const rect = { x: v.getUint32(o1, true), y: v.getUint32(o1 + 4, true), width: v.getUint32(o1 + 8, true), height: v.getUint32(o1 + 12, true) };
  const scanoutId = v.getUint32(o1 + 16, true);
  const resourceId = v.getUint32(o1 + 20, true);
  return { rect, scanoutId, resourceId };
}
/** Writes a `SetScanout`. */
export function writeSetScanout(w: Writer, m: SetScanout): void {
  const o1 = w.take(24);
  const v2 = w.view;
  v2.setUint32(o1, m.rect.x, true);
  v2.setUint32(o1 + 4, m.rect.y, true);
  v2.setUint32(o1 + 8, m.rect.width, true);
  v2.setUint32(o1 + 12, m.rect.height, true);
  v2.setUint32(o1 + 16, m.scanoutId, true);
  v2.setUint32(o1 + 20, m.resourceId, true);
}

/** A part of a resource is to be seen now. */
export interface ResourceFlush {
  readonly rect: GpuRect;
  readonly resourceId: number;
}
/** Reads a `ResourceFlush`. Throws WireError. Byte fields are borrowed. */
export function readResourceFlush(r: Reader): ResourceFlush {
  const v = r.view;
  const o1 = r.take(24, 'ResourceFlush');
  const rect = { x: v.getUint32(o1, true), y: v.getUint32(o1 + 4, true), width: v.getUint32(o1 + 8, true), height: v.getUint32(o1 + 12, true) };
  const resourceId = v.getUint32(o1 + 16, true);
  return { rect, resourceId };
}
/** Writes a `ResourceFlush`. */
export function writeResourceFlush(w: Writer, m: ResourceFlush): void {
  const o1 = w.take(24);
  const v2 = w.view;
  v2.setUint32(o1, m.rect.x, true);
  v2.setUint32(o1 + 4, m.rect.y, true);
  v2.setUint32(o1 + 8, m.rect.width, true);
  v2.setUint32(o1 + 12, m.rect.height, true);
  v2.setUint32(o1 + 16, m.resourceId, true);
}

/** Copies a part from guest memory; `offset` is where its first pixel stands in the backing, rows are as far apart as in the resource. */
export interface TransferToHost2d {
  readonly rect: GpuRect;
  readonly offset: number;
  readonly resourceId: number;
}
/** Reads a `TransferToHost2d`. Throws WireError. Byte fields are borrowed. */
export function readTransferToHost2d(r: Reader): TransferToHost2d {
  const v = r.view;
  const o1 = r.take(32, 'TransferToHost2d');
  const rect = { x: v.getUint32(o1, true), y: v.getUint32(o1 + 4, true), width: v.getUint32(o1 + 8, true), height: v.getUint32(o1 + 12, true) };
  const offset = r.safe(v.getBigUint64(o1 + 16, true), 'TransferToHost2d.offset');
  const resourceId = v.getUint32(o1 + 24, true);
  return { rect, offset, resourceId };
}
/** Writes a `TransferToHost2d`. */
export function writeTransferToHost2d(w: Writer, m: TransferToHost2d): void {
  const o1 = w.take(32);
  const v2 = w.view;
  v2.setUint32(o1, m.rect.x, true);
  v2.setUint32(o1 + 4, m.rect.y, true);
  v2.setUint32(o1 + 8, m.rect.width, true);
  v2.setUint32(o1 + 12, m.rect.height, true);
  v2.setBigUint64(o1 + 16, BigInt(m.offset), true);
  v2.setUint32(o1 + 24, m.resourceId, true);
}

export interface BackingEntry {
  readonly address: number;
  readonly length: number;
}
/** Reads a `BackingEntry`. Throws WireError. Byte fields are borrowed. */
export function readBackingEntry(r: Reader): BackingEntry {
  const v = r.view;
  const o1 = r.take(16, 'BackingEntry');
  const address = r.safe(v.getBigUint64(o1, true), 'BackingEntry.address');
  const length = v.getUint32(o1 + 8, true);
  return { address, length };
}
/** Writes a `BackingEntry`. */
export function writeBackingEntry(w: Writer, m: BackingEntry): void {
  const o1 = w.take(16);
  const v2 = w.view;
  v2.setBigUint64(o1, BigInt(m.address), true);
  v2.setUint32(o1 + 8, m.length, true);
}

/** Gives a resource its guest memory, piece by piece. */
export interface ResourceAttachBacking {
  readonly resourceId: number;
  readonly entries: readonly BackingEntry[];
}
/** Reads a `ResourceAttachBacking`. Throws WireError. Byte fields are borrowed. */
export function readResourceAttachBacking(r: Reader): ResourceAttachBacking {
  const v = r.view;
  const o1 = r.take(8, 'ResourceAttachBacking');
  const resourceId = v.getUint32(o1, true);
  const entryCount = v.getUint32(o1 + 4, true);
  const n2 = r.list(entryCount, 262144, 16, 'ResourceAttachBacking.entries');
  const entries: BackingEntry[] = [];
  let p4 = r.take(n2 * 16, 'ResourceAttachBacking.entries');
  for (let i3 = 0; i3 < n2; i3++, p4 += 16) {
    entries.push({ address: r.safe(v.getBigUint64(p4, true), 'ResourceAttachBacking.entries.address'), length: v.getUint32(p4 + 8, true) });
  }
  return { resourceId, entries };
}
/** Writes a `ResourceAttachBacking`. */
export function writeResourceAttachBacking(w: Writer, m: ResourceAttachBacking): void {
  const o1 = w.take(8);
  const v2 = w.view;
  v2.setUint32(o1, m.resourceId, true);
  v2.setUint32(o1 + 4, w.count(m.entries.length, 262144, 'ResourceAttachBacking.entries'), true);
  let o4 = w.take(m.entries.length * 16);
  const v5 = w.view;
  for (const x3 of m.entries) {
    v5.setBigUint64(o4, BigInt(x3.address), true);
    v5.setUint32(o4 + 8, x3.length, true);
    o4 += 16;
  }
}

/** Which capability set has this index? */
export interface GetCapsetInfo {
  readonly capsetIndex: number;
}
/** Reads a `GetCapsetInfo`. Throws WireError. Byte fields are borrowed. */
export function readGetCapsetInfo(r: Reader): GetCapsetInfo {
  const v = r.view;
  const o1 = r.take(8, 'GetCapsetInfo');
  const capsetIndex = v.getUint32(o1, true);
  return { capsetIndex };
}
/** Writes a `GetCapsetInfo`. */
export function writeGetCapsetInfo(w: Writer, m: GetCapsetInfo): void {
  const o1 = w.take(8);
  const v2 = w.view;
  v2.setUint32(o1, m.capsetIndex, true);
}

/** Asks for a capability set. */
export interface GetCapset {
  readonly capsetId: number;
  readonly capsetVersion: number;
}
/** Reads a `GetCapset`. Throws WireError. Byte fields are borrowed. */
export function readGetCapset(r: Reader): GetCapset {
  const v = r.view;
  const o1 = r.take(8, 'GetCapset');
  const capsetId = v.getUint32(o1, true);
  const capsetVersion = v.getUint32(o1 + 4, true);
  return { capsetId, capsetVersion };
}
/** Writes a `GetCapset`. */
export function writeGetCapset(w: Writer, m: GetCapset): void {
  const o1 = w.take(8);
  const v2 = w.view;
  v2.setUint32(o1, m.capsetId, true);
  v2.setUint32(o1 + 4, m.capsetVersion, true);
}

/** Asks for the EDID of a head’s monitor. */
export interface GetEdid {
  readonly scanoutId: number;
}
/** Reads a `GetEdid`. Throws WireError. Byte fields are borrowed. */
export function readGetEdid(r: Reader): GetEdid {
  const v = r.view;
  const o1 = r.take(8, 'GetEdid');
  const scanoutId = v.getUint32(o1, true);
  return { scanoutId };
}
/** Writes a `GetEdid`. */
export function writeGetEdid(w: Writer, m: GetEdid): void {
  const o1 = w.take(8);
  const v2 = w.view;
  v2.setUint32(o1, m.scanoutId, true);
}

/** Makes a 3D context, under the number in the header. */
export interface ContextCreate {
  readonly nameLength: number;
  readonly contextInit: number;
  readonly debugName: Uint8Array;
}
/** Reads a `ContextCreate`. Throws WireError. Byte fields are borrowed. */
export function readContextCreate(r: Reader): ContextCreate {
  const v = r.view;
  const o1 = r.take(72, 'ContextCreate');
  const nameLength = v.getUint32(o1, true);
  const contextInit = v.getUint32(o1 + 4, true);
  const debugName = new Uint8Array(v.buffer, o1 + 8, 64);
  return { nameLength, contextInit, debugName };
}
/** Writes a `ContextCreate`. */
export function writeContextCreate(w: Writer, m: ContextCreate): void {
  const o1 = w.take(72);
  const v2 = w.view;
  v2.setUint32(o1, m.nameLength, true);
  v2.setUint32(o1 + 4, m.contextInit, true);
  w.exact(m.debugName.byteLength, 64, 'ContextCreate.debugName');
  new Uint8Array(v2.buffer).set(m.debugName, o1 + 8);
}

/** Makes a texture or buffer on the host, under a number of the guest’s choosing. The numbers are those of virgl. */
export interface ResourceCreate3d {
  readonly resourceId: number;
  readonly target: number;
  readonly format: number;
  readonly bind: number;
  readonly width: number;
  readonly height: number;
  readonly depth: number;
  readonly arraySize: number;
  readonly lastLevel: number;
  readonly samples: number;
  readonly flags: number;
}
/** Reads a `ResourceCreate3d`. Throws WireError. Byte fields are borrowed. */
export function readResourceCreate3d(r: Reader): ResourceCreate3d {
  const v = r.view;
  const o1 = r.take(48, 'ResourceCreate3d');
  const resourceId = v.getUint32(o1, true);
  const target = v.getUint32(o1 + 4, true);
  const format = v.getUint32(o1 + 8, true);
  const bind = v.getUint32(o1 + 12, true);
  const width = v.getUint32(o1 + 16, true);
  const height = v.getUint32(o1 + 20, true);
  const depth = v.getUint32(o1 + 24, true);
  const arraySize = v.getUint32(o1 + 28, true);
  const lastLevel = v.getUint32(o1 + 32, true);
  const samples = v.getUint32(o1 + 36, true);
  const flags = v.getUint32(o1 + 40, true);
  return { resourceId, target, format, bind, width, height, depth, arraySize, lastLevel, samples, flags };
}
/** Writes a `ResourceCreate3d`. */
export function writeResourceCreate3d(w: Writer, m: ResourceCreate3d): void {
  const o1 = w.take(48);
  const v2 = w.view;
  v2.setUint32(o1, m.resourceId, true);
  v2.setUint32(o1 + 4, m.target, true);
  v2.setUint32(o1 + 8, m.format, true);
  v2.setUint32(o1 + 12, m.bind, true);
  v2.setUint32(o1 + 16, m.width, true);
  v2.setUint32(o1 + 20, m.height, true);
  v2.setUint32(o1 + 24, m.depth, true);
  v2.setUint32(o1 + 28, m.arraySize, true);
  v2.setUint32(o1 + 32, m.lastLevel, true);
  v2.setUint32(o1 + 36, m.samples, true);
  v2.setUint32(o1 + 40, m.flags, true);
}

/** Copies a box from guest memory. A box of a level of a resource, and where it lies in the backing; strides of 0: as tight as can be. */
export interface Transfer3d {
  readonly x: number;
  readonly y: number;
  readonly z: number;
  readonly width: number;
  readonly height: number;
  readonly depth: number;
  readonly offset: number;
  readonly resource: number;
  readonly level: number;
  readonly stride: number;
  readonly layerStride: number;
}
/** Reads a `Transfer3d`. Throws WireError. Byte fields are borrowed. */
export function readTransfer3d(r: Reader): Transfer3d {
  const v = r.view;
  const o1 = r.take(48, 'Transfer3d');
  const x = v.getUint32(o1, true);
  const y = v.getUint32(o1 + 4, true);
  const z = v.getUint32(o1 + 8, true);
  const width = v.getUint32(o1 + 12, true);
  const height = v.getUint32(o1 + 16, true);
  const depth = v.getUint32(o1 + 20, true);
  const offset = r.safe(v.getBigUint64(o1 + 24, true), 'Transfer3d.offset');
  const resource = v.getUint32(o1 + 32, true);
  const level = v.getUint32(o1 + 36, true);
  const stride = v.getUint32(o1 + 40, true);
  const layerStride = v.getUint32(o1 + 44, true);
  return { x, y, z, width, height, depth, offset, resource, level, stride, layerStride };
}
/** Reads a `Transfer3d` into `t` and returns it: nothing is allocated but views of bytes. */
export function readTransfer3dInto(r: Reader, t: { -readonly [K in keyof Transfer3d]: Transfer3d[K] }): Transfer3d {
  const v = r.view;
  const o1 = r.take(48, 'Transfer3d');
  const x = v.getUint32(o1, true);
  const y = v.getUint32(o1 + 4, true);
  const z = v.getUint32(o1 + 8, true);
  const width = v.getUint32(o1 + 12, true);
  const height = v.getUint32(o1 + 16, true);
  const depth = v.getUint32(o1 + 20, true);
  const offset = r.safe(v.getBigUint64(o1 + 24, true), 'Transfer3d.offset');
  const resource = v.getUint32(o1 + 32, true);
  const level = v.getUint32(o1 + 36, true);
  const stride = v.getUint32(o1 + 40, true);
  const layerStride = v.getUint32(o1 + 44, true);
  t.x = x;
  t.y = y;
  t.z = z;
  t.width = width;
  t.height = height;
  t.depth = depth;
  t.offset = offset;
  t.resource = resource;
  t.level = level;
  t.stride = stride;
  t.layerStride = layerStride;
  return t;
}
/** Writes a `Transfer3d`. */
export function writeTransfer3d(w: Writer, m: Transfer3d): void {
  const o1 = w.take(48);
  const v2 = w.view;
  v2.setUint32(o1, m.x, true);
  v2.setUint32(o1 + 4, m.y, true);
  v2.setUint32(o1 + 8, m.z, true);
  v2.setUint32(o1 + 12, m.width, true);
  v2.setUint32(o1 + 16, m.height, true);
  v2.setUint32(o1 + 20, m.depth, true);
  v2.setBigUint64(o1 + 24, BigInt(m.offset), true);
  v2.setUint32(o1 + 32, m.resource, true);
  v2.setUint32(o1 + 36, m.level, true);
  v2.setUint32(o1 + 40, m.stride, true);
  v2.setUint32(o1 + 44, m.layerStride, true);
}

/** Commands of the virgl protocol for the context in the header; `size` bytes of them follow. */
export interface Submit3d {
  readonly size: number;
}
/** Reads a `Submit3d`. Throws WireError. Byte fields are borrowed. */
export function readSubmit3d(r: Reader): Submit3d {
  const v = r.view;
  const o1 = r.take(8, 'Submit3d');
  const size = v.getUint32(o1, true);
  return { size };
}
/** Reads a `Submit3d` into `t` and returns it: nothing is allocated but views of bytes. */
export function readSubmit3dInto(r: Reader, t: { -readonly [K in keyof Submit3d]: Submit3d[K] }): Submit3d {
  const v = r.view;
  const o1 = r.take(8, 'Submit3d');
  const size = v.getUint32(o1, true);
  t.size = size;
  return t;
}
/** Writes a `Submit3d`. */
export function writeSubmit3d(w: Writer, m: Submit3d): void {
  const o1 = w.take(8);
  const v2 = w.view;
  v2.setUint32(o1, m.size, true);
}

/** The pointer takes its image from a resource (0: none), and its place. */
export interface CursorCommand {
  readonly scanoutId: number;
  readonly x: number;
  readonly y: number;
  readonly resourceId: number;
  readonly hotX: number;
  readonly hotY: number;
}
/** Reads a `CursorCommand`. Throws WireError. Byte fields are borrowed. */
export function readCursorCommand(r: Reader): CursorCommand {
  const v = r.view;
  const o1 = r.take(32, 'CursorCommand');
  const scanoutId = v.getUint32(o1, true);
  const x = v.getUint32(o1 + 4, true);
  const y = v.getUint32(o1 + 8, true);
  const resourceId = v.getUint32(o1 + 16, true);
  const hotX = v.getUint32(o1 + 20, true);
  const hotY = v.getUint32(o1 + 24, true);
  return { scanoutId, x, y, resourceId, hotX, hotY };
}
/** Writes a `CursorCommand`. */
export function writeCursorCommand(w: Writer, m: CursorCommand): void {
  const o1 = w.take(32);
  const v2 = w.view;
  v2.setUint32(o1, m.scanoutId, true);
  v2.setUint32(o1 + 4, m.x, true);
  v2.setUint32(o1 + 8, m.y, true);
  v2.setUint32(o1 + 16, m.resourceId, true);
  v2.setUint32(o1 + 20, m.hotX, true);
  v2.setUint32(o1 + 24, m.hotY, true);
}

export interface DisplayMode {
  readonly rect: GpuRect;
  readonly enabled: number;
  readonly flags: number;
}
/** Reads a `DisplayMode`. Throws WireError. Byte fields are borrowed. */
export function readDisplayMode(r: Reader): DisplayMode {
  const v = r.view;
  const o1 = r.take(24, 'DisplayMode');
  const rect = { x: v.getUint32(o1, true), y: v.getUint32(o1 + 4, true), width: v.getUint32(o1 + 8, true), height: v.getUint32(o1 + 12, true) };
  const enabled = v.getUint32(o1 + 16, true);
  const flags = v.getUint32(o1 + 20, true);
  return { rect, enabled, flags };
}
/** Writes a `DisplayMode`. */
export function writeDisplayMode(w: Writer, m: DisplayMode): void {
  const o1 = w.take(24);
  const v2 = w.view;
  v2.setUint32(o1, m.rect.x, true);
  v2.setUint32(o1 + 4, m.rect.y, true);
  v2.setUint32(o1 + 8, m.rect.width, true);
  v2.setUint32(o1 + 12, m.rect.height, true);
  v2.setUint32(o1 + 16, m.enabled, true);
  v2.setUint32(o1 + 20, m.flags, true);
}

/** The monitors and where they stand. */
export interface DisplayInfo {
  readonly modes: readonly DisplayMode[];
}
/** Reads a `DisplayInfo`. Throws WireError. Byte fields are borrowed. */
export function readDisplayInfo(r: Reader): DisplayInfo {
  const v = r.view;
  const modes: DisplayMode[] = [];
  let p2 = r.take(16 * 24, 'DisplayInfo.modes');
  for (let i1 = 0; i1 < 16; i1++, p2 += 24) {
    modes.push({ rect: { x: v.getUint32(p2, true), y: v.getUint32(p2 + 4, true), width: v.getUint32(p2 + 8, true), height: v.getUint32(p2 + 12, true) }, enabled: v.getUint32(p2 + 16, true), flags: v.getUint32(p2 + 20, true) });
  }
  return { modes };
}
/** Writes a `DisplayInfo`. */
export function writeDisplayInfo(w: Writer, m: DisplayInfo): void {
  w.exact(m.modes.length, 16, 'DisplayInfo.modes');
  let o2 = w.take(m.modes.length * 24);
  const v3 = w.view;
  for (const x1 of m.modes) {
    v3.setUint32(o2, x1.rect.x, true);
    v3.setUint32(o2 + 4, x1.rect.y, true);
    v3.setUint32(o2 + 8, x1.rect.width, true);
    v3.setUint32(o2 + 12, x1.rect.height, true);
    v3.setUint32(o2 + 16, x1.enabled, true);
    v3.setUint32(o2 + 20, x1.flags, true);
    o2 += 24;
  }
}

/** A capability set, by its number. */
export interface CapsetInfo {
  readonly capsetId: number;
  readonly maxVersion: number;
  readonly maxSize: number;
}
/** Reads a `CapsetInfo`. Throws WireError. Byte fields are borrowed. */
export function readCapsetInfo(r: Reader): CapsetInfo {
  const v = r.view;
  const o1 = r.take(16, 'CapsetInfo');
  const capsetId = v.getUint32(o1, true);
  const maxVersion = v.getUint32(o1 + 4, true);
  const maxSize = v.getUint32(o1 + 8, true);
  return { capsetId, maxVersion, maxSize };
}
/** Writes a `CapsetInfo`. */
export function writeCapsetInfo(w: Writer, m: CapsetInfo): void {
  const o1 = w.take(16);
  const v2 = w.view;
  v2.setUint32(o1, m.capsetId, true);
  v2.setUint32(o1 + 4, m.maxVersion, true);
  v2.setUint32(o1 + 8, m.maxSize, true);
}

/** What 3D contexts can do; virgl says what the bytes mean. */
export interface Capset {
  readonly data: Uint8Array;
}
/** Reads a `Capset`. Throws WireError. Byte fields are borrowed. */
export function readCapset(r: Reader): Capset {
  const data = r.rest(65536, 'Capset.data');
  return { data };
}
/** Writes a `Capset`. */
export function writeCapset(w: Writer, m: Capset): void {
  w.count(m.data.byteLength, 65536, 'Capset.data');
  w.bytes(m.data);
}

/** An EDID. */
export interface EdidAnswer {
  readonly size: number;
  readonly edid: Uint8Array;
}
/** Reads a `EdidAnswer`. Throws WireError. Byte fields are borrowed. */
export function readEdidAnswer(r: Reader): EdidAnswer {
  const v = r.view;
  const o1 = r.take(1032, 'EdidAnswer');
  const size = v.getUint32(o1, true);
  const edid = new Uint8Array(v.buffer, o1 + 8, 1024);
  return { size, edid };
}
/** Writes a `EdidAnswer`. */
export function writeEdidAnswer(w: Writer, m: EdidAnswer): void {
  const o1 = w.take(1032);
  const v2 = w.view;
  v2.setUint32(o1, m.size, true);
  w.exact(m.edid.byteLength, 1024, 'EdidAnswer.edid');
  new Uint8Array(v2.buffer).set(m.edid, o1 + 8);
}

/** Messages of `gpuCommands` by name. */
export const gpuCommands = {
  /** VIRTIO_GPU_CMD_GET_DISPLAY_INFO (256): What monitors are there? */
  getDisplayInfo: { id: 256, name: 'getDisplayInfo', cap: null, read: readNothing, write: writeNothing },
  /** VIRTIO_GPU_CMD_RESOURCE_CREATE_2D (257): Makes a picture on the host, under a number of the guest’s choosing. */
  resourceCreate2d: { id: 257, name: 'resourceCreate2d', cap: null, read: readResourceCreate2d, write: writeResourceCreate2d },
  /** VIRTIO_GPU_CMD_RESOURCE_UNREF (258): Ends a resource. */
  resourceUnref: { id: 258, name: 'resourceUnref', cap: null, read: readResourceCommand, write: writeResourceCommand },
  /** VIRTIO_GPU_CMD_SET_SCANOUT (259): Shows a part of a resource on a head; resource 0 turns the head off. */
  setScanout: { id: 259, name: 'setScanout', cap: null, read: readSetScanout, write: writeSetScanout },
  /** VIRTIO_GPU_CMD_RESOURCE_FLUSH (260): A part of a resource is to be seen now. */
  resourceFlush: { id: 260, name: 'resourceFlush', cap: null, read: readResourceFlush, write: writeResourceFlush },
  /** VIRTIO_GPU_CMD_TRANSFER_TO_HOST_2D (261): Copies a part from guest memory; `offset` is where its first pixel stands in the backing, rows are as far apart as in the resource. */
  transferToHost2d: { id: 261, name: 'transferToHost2d', cap: null, read: readTransferToHost2d, write: writeTransferToHost2d },
  /** VIRTIO_GPU_CMD_RESOURCE_ATTACH_BACKING (262): Gives a resource its guest memory, piece by piece. */
  resourceAttachBacking: { id: 262, name: 'resourceAttachBacking', cap: null, read: readResourceAttachBacking, write: writeResourceAttachBacking },
  /** VIRTIO_GPU_CMD_RESOURCE_DETACH_BACKING (263): Takes a resource its guest memory. */
  resourceDetachBacking: { id: 263, name: 'resourceDetachBacking', cap: null, read: readResourceCommand, write: writeResourceCommand },
  /** VIRTIO_GPU_CMD_GET_CAPSET_INFO (264): Which capability set has this index? */
  getCapsetInfo: { id: 264, name: 'getCapsetInfo', cap: null, read: readGetCapsetInfo, write: writeGetCapsetInfo },
  /** VIRTIO_GPU_CMD_GET_CAPSET (265): Asks for a capability set. */
  getCapset: { id: 265, name: 'getCapset', cap: null, read: readGetCapset, write: writeGetCapset },
  /** VIRTIO_GPU_CMD_GET_EDID (266): Asks for the EDID of a head’s monitor. */
  getEdid: { id: 266, name: 'getEdid', cap: null, read: readGetEdid, write: writeGetEdid },
  /** VIRTIO_GPU_CMD_CTX_CREATE (512): Makes a 3D context, under the number in the header. */
  contextCreate: { id: 512, name: 'contextCreate', cap: null, read: readContextCreate, write: writeContextCreate },
  /** VIRTIO_GPU_CMD_CTX_DESTROY (513): Ends a 3D context. */
  contextDestroy: { id: 513, name: 'contextDestroy', cap: null, read: readNothing, write: writeNothing },
  /** VIRTIO_GPU_CMD_CTX_ATTACH_RESOURCE (514): Lets a context use a resource. */
  contextAttachResource: { id: 514, name: 'contextAttachResource', cap: null, read: readResourceCommand, write: writeResourceCommand },
  /** VIRTIO_GPU_CMD_CTX_DETACH_RESOURCE (515): Takes a resource from a context. */
  contextDetachResource: { id: 515, name: 'contextDetachResource', cap: null, read: readResourceCommand, write: writeResourceCommand },
  /** VIRTIO_GPU_CMD_RESOURCE_CREATE_3D (516): Makes a texture or buffer on the host, under a number of the guest’s choosing. The numbers are those of virgl. */
  resourceCreate3d: { id: 516, name: 'resourceCreate3d', cap: null, read: readResourceCreate3d, write: writeResourceCreate3d },
  /** VIRTIO_GPU_CMD_TRANSFER_TO_HOST_3D (517): Copies a box from guest memory. */
  transferToHost3d: { id: 517, name: 'transferToHost3d', cap: null, read: readTransfer3d, write: writeTransfer3d },
  /** VIRTIO_GPU_CMD_TRANSFER_FROM_HOST_3D (518): Copies a box into guest memory. */
  transferFromHost3d: { id: 518, name: 'transferFromHost3d', cap: null, read: readTransfer3d, write: writeTransfer3d },
  /** VIRTIO_GPU_CMD_SUBMIT_3D (519): Commands of the virgl protocol for the context in the header; `size` bytes of them follow. */
  submit3d: { id: 519, name: 'submit3d', cap: null, read: readSubmit3d, write: writeSubmit3d },
  /** VIRTIO_GPU_CMD_UPDATE_CURSOR (768): The pointer takes its image from a resource (0: none), and its place. */
  updateCursor: { id: 768, name: 'updateCursor', cap: null, read: readCursorCommand, write: writeCursorCommand },
  /** VIRTIO_GPU_CMD_MOVE_CURSOR (769): The pointer has moved. */
  moveCursor: { id: 769, name: 'moveCursor', cap: null, read: readCursorCommand, write: writeCursorCommand },
} as const;

/** Messages of `gpuCommands` by number. */
export const gpuCommandsById = /* @__PURE__ */ byId(gpuCommands);

/** Reads message `id` of `gpuCommands` and gives it to its handler. Throws WireError, also for unknown numbers. */
export function dispatchGpuCommands<R>(id: number, r: Reader, handlers: Handlers<typeof gpuCommands, R>): R {
  switch (id) {
    case 256:
      return handlers.getDisplayInfo(readNothing(r));
    case 257:
      return handlers.resourceCreate2d(readResourceCreate2d(r));
    case 258:
      return handlers.resourceUnref(readResourceCommand(r));
    case 259:
      return handlers.setScanout(readSetScanout(r));
    case 260:
      return handlers.resourceFlush(readResourceFlush(r));
    case 261:
      return handlers.transferToHost2d(readTransferToHost2d(r));
    case 262:
      return handlers.resourceAttachBacking(readResourceAttachBacking(r));
    case 263:
      return handlers.resourceDetachBacking(readResourceCommand(r));
    case 264:
      return handlers.getCapsetInfo(readGetCapsetInfo(r));
    case 265:
      return handlers.getCapset(readGetCapset(r));
    case 266:
      return handlers.getEdid(readGetEdid(r));
    case 512:
      return handlers.contextCreate(readContextCreate(r));
    case 513:
      return handlers.contextDestroy(readNothing(r));
    case 514:
      return handlers.contextAttachResource(readResourceCommand(r));
    case 515:
      return handlers.contextDetachResource(readResourceCommand(r));
    case 516:
      return handlers.resourceCreate3d(readResourceCreate3d(r));
    case 517:
      return handlers.transferToHost3d(readTransfer3d(r));
    case 518:
      return handlers.transferFromHost3d(readTransfer3d(r));
    case 519:
      return handlers.submit3d(readSubmit3d(r));
    case 768:
      return handlers.updateCursor(readCursorCommand(r));
    case 769:
      return handlers.moveCursor(readCursorCommand(r));
    default:
      throw r.refuse('message', 'gpuCommands');
  }
}

/** Messages of `gpuAnswers` by name. */
export const gpuAnswers = {
  /** VIRTIO_GPU_RESP_OK_DISPLAY_INFO (4353): The monitors and where they stand. */
  displayInfo: { id: 4353, name: 'displayInfo', cap: null, read: readDisplayInfo, write: writeDisplayInfo },
  /** VIRTIO_GPU_RESP_OK_CAPSET_INFO (4354): A capability set, by its number. */
  capsetInfo: { id: 4354, name: 'capsetInfo', cap: null, read: readCapsetInfo, write: writeCapsetInfo },
  /** VIRTIO_GPU_RESP_OK_CAPSET (4355): What 3D contexts can do; virgl says what the bytes mean. */
  capset: { id: 4355, name: 'capset', cap: null, read: readCapset, write: writeCapset },
  /** VIRTIO_GPU_RESP_OK_EDID (4356): An EDID. */
  edid: { id: 4356, name: 'edid', cap: null, read: readEdidAnswer, write: writeEdidAnswer },
} as const;

/** Messages of `gpuAnswers` by number. */
export const gpuAnswersById = /* @__PURE__ */ byId(gpuAnswers);

/** Reads message `id` of `gpuAnswers` and gives it to its handler. Throws WireError, also for unknown numbers. */
export function dispatchGpuAnswers<R>(id: number, r: Reader, handlers: Handlers<typeof gpuAnswers, R>): R {
  switch (id) {
    case 4353:
      return handlers.displayInfo(readDisplayInfo(r));
    case 4354:
      return handlers.capsetInfo(readCapsetInfo(r));
    case 4355:
      return handlers.capset(readCapset(r));
    case 4356:
      return handlers.edid(readEdidAnswer(r));
    default:
      throw r.refuse('message', 'gpuAnswers');
  }
}
