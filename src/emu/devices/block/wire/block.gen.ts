// Generated from block.table.ts by `npm run gen`. Do not edit.
import type { Reader } from '../../../../wire/reader.ts';
import type { Writer } from '../../../../wire/writer.ts';

/** Begins a request; data to write follows, data read comes after it, the last byte is the status. */
export interface BlockRequest {
  readonly type: number;
  readonly sector: bigint;
}
/** Reads a `BlockRequest`. Throws WireError. Byte fields are borrowed. */
export function readBlockRequest(r: Reader): BlockRequest {
  const v = r.view;
  const o1 = r.take(16, 'BlockRequest');
  const type = v.getUint32(o1, true);
  const sector = v.getBigUint64(o1 + 8, true);
  return { type, sector };
}
/** Writes a `BlockRequest`. */
export function writeBlockRequest(w: Writer, m: BlockRequest): void {
  const o1 = w.take(16);
  const v2 = w.view;
  v2.setUint32(o1, m.type, true);
  v2.setBigUint64(o1 + 8, m.sector, true);
}

export const BlockRequestType = {
  /** VIRTIO_BLK_T_IN */
  in: 0,
  /** VIRTIO_BLK_T_OUT */
  out: 1,
  /** VIRTIO_BLK_T_FLUSH */
  flush: 4,
  /** VIRTIO_BLK_T_GET_ID */
  getId: 8,
  /** VIRTIO_BLK_T_DISCARD */
  discard: 11,
  /** VIRTIO_BLK_T_WRITE_ZEROES */
  writeZeroes: 13,
} as const;
export type BlockRequestType = (typeof BlockRequestType)[keyof typeof BlockRequestType];
/** Refuses a number that is no `BlockRequestType`. */
export function checkBlockRequestType(r: Reader, x: number, path: string): BlockRequestType {
  switch (x) {
    case 0:
    case 1:
    case 4:
    case 8:
    case 11:
    case 13:
      return x as BlockRequestType;
    default:
      throw r.refuse('value', path);
  }
}

export const BlockStatus = {
  /** VIRTIO_BLK_S_OK */
  ok: 0,
  /** VIRTIO_BLK_S_IOERR */
  ioerr: 1,
  /** VIRTIO_BLK_S_UNSUPP */
  unsupp: 2,
} as const;
export type BlockStatus = (typeof BlockStatus)[keyof typeof BlockStatus];
/** Refuses a number that is no `BlockStatus`. */
export function checkBlockStatus(r: Reader, x: number, path: string): BlockStatus {
  switch (x) {
    case 0:
    case 1:
    case 2:
      return x as BlockStatus;
    default:
      throw r.refuse('value', path);
  }
}

/** What discard and write-zeroes are about; bit 0 of the flags allows to unmap. */
export interface BlockRange {
  readonly sector: bigint;
  readonly sectors: number;
  readonly flags: number;
}
/** Reads a `BlockRange`. Throws WireError. Byte fields are borrowed. */
export function readBlockRange(r: Reader): BlockRange {
  const v = r.view;
  const o1 = r.take(16, 'BlockRange');
  const sector = v.getBigUint64(o1, true);
  const sectors = v.getUint32(o1 + 8, true);
  const flags = v.getUint32(o1 + 12, true);
  return { sector, sectors, flags };
}
/** Writes a `BlockRange`. */
export function writeBlockRange(w: Writer, m: BlockRange): void {
  const o1 = w.take(16);
  const v2 = w.view;
  v2.setBigUint64(o1, m.sector, true);
  v2.setUint32(o1 + 8, m.sectors, true);
  v2.setUint32(o1 + 12, m.flags, true);
}

/** Configuration space (§5.2.4). */
export interface BlockConfig {
  readonly capacity: number;
  readonly sizeMax: number;
  readonly segmentsMax: number;
  readonly cylinders: number;
  readonly heads: number;
  readonly sectors: number;
  readonly blockSize: number;
  readonly physicalBlockExponent: number;
  readonly alignmentOffset: number;
  readonly minIoSize: number;
  readonly optIoSize: number;
  readonly writeback: number;
  readonly queueCount: number;
  readonly maxDiscardSectors: number;
  readonly maxDiscardSegments: number;
  readonly discardSectorAlignment: number;
  readonly maxWriteZeroesSectors: number;
  readonly maxWriteZeroesSegments: number;
  readonly writeZeroesMayUnmap: number;
}
/** Reads a `BlockConfig`. Throws WireError. Byte fields are borrowed. */
export function readBlockConfig(r: Reader): BlockConfig {
  const v = r.view;
  const o1 = r.take(60, 'BlockConfig');
  const capacity = r.safe(v.getBigUint64(o1, true), 'BlockConfig.capacity');
  const sizeMax = v.getUint32(o1 + 8, true);
  const segmentsMax = v.getUint32(o1 + 12, true);
  const cylinders = v.getUint16(o1 + 16, true);
  const heads = v.getUint8(o1 + 18);
  const sectors = v.getUint8(o1 + 19);
  const blockSize = v.getUint32(o1 + 20, true);
  const physicalBlockExponent = v.getUint8(o1 + 24);
  const alignmentOffset = v.getUint8(o1 + 25);
  const minIoSize = v.getUint16(o1 + 26, true);
  const optIoSize = v.getUint32(o1 + 28, true);
  const writeback = v.getUint8(o1 + 32);
  const queueCount = v.getUint16(o1 + 34, true);
  const maxDiscardSectors = v.getUint32(o1 + 36, true);
  const maxDiscardSegments = v.getUint32(o1 + 40, true);
  const discardSectorAlignment = v.getUint32(o1 + 44, true);
  const maxWriteZeroesSectors = v.getUint32(o1 + 48, true);
  const maxWriteZeroesSegments = v.getUint32(o1 + 52, true);
  const writeZeroesMayUnmap = v.getUint8(o1 + 56);
  return { capacity, sizeMax, segmentsMax, cylinders, heads, sectors, blockSize, physicalBlockExponent, alignmentOffset, minIoSize, optIoSize, writeback, queueCount, maxDiscardSectors, maxDiscardSegments, discardSectorAlignment, maxWriteZeroesSectors, maxWriteZeroesSegments, writeZeroesMayUnmap };
}
/** Writes a `BlockConfig`. */
export function writeBlockConfig(w: Writer, m: BlockConfig): void {
  const o1 = w.take(60);
  const v2 = w.view;
  v2.setBigUint64(o1, BigInt(m.capacity), true);
  v2.setUint32(o1 + 8, m.sizeMax, true);
  v2.setUint32(o1 + 12, m.segmentsMax, true);
  v2.setUint16(o1 + 16, m.cylinders, true);
  v2.setUint8(o1 + 18, m.heads);
  v2.setUint8(o1 + 19, m.sectors);
  v2.setUint32(o1 + 20, m.blockSize, true);
  v2.setUint8(o1 + 24, m.physicalBlockExponent);
  v2.setUint8(o1 + 25, m.alignmentOffset);
  v2.setUint16(o1 + 26, m.minIoSize, true);
  v2.setUint32(o1 + 28, m.optIoSize, true);
  v2.setUint8(o1 + 32, m.writeback);
  v2.setUint16(o1 + 34, m.queueCount, true);
  v2.setUint32(o1 + 36, m.maxDiscardSectors, true);
  v2.setUint32(o1 + 40, m.maxDiscardSegments, true);
  v2.setUint32(o1 + 44, m.discardSectorAlignment, true);
  v2.setUint32(o1 + 48, m.maxWriteZeroesSectors, true);
  v2.setUint32(o1 + 52, m.maxWriteZeroesSegments, true);
  v2.setUint8(o1 + 56, m.writeZeroesMayUnmap);
}
