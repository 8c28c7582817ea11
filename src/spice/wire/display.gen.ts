// Generated from display.table.ts by `npm run gen`. Do not edit.
import { byId, type Handlers } from '../../wire/codec.ts';
import type { Reader } from '../../wire/reader.ts';
import type { Writer } from '../../wire/writer.ts';
import { type Brush, type Clip, type GlyphString, type Image, type LineAttributes, type Mask, type Path, type Transform, readBrush, readClip, readGlyphString, readImage, readLineAttributes, readPath, writeBrush, writeClip, writeGlyphString, writeImage, writeLineAttributes, writePath } from './image.gen.ts';
import { type Point, type Point16, type SpiceRect, readAckSync, readData, readDisconnecting, readMigrate, readNothing, readNotify, readPing, readPong, readSetAck, readWaitForChannels, writeAckSync, writeData, writeDisconnecting, writeMigrate, writeNothing, writeNotify, writePing, writePong, writeSetAck, writeWaitForChannels } from './common.gen.ts';

export const displayLimits = {
  maxStreams: 64,
} as const;

export const DisplayCap = {
  /** SPICE_DISPLAY_CAP_SIZED_STREAM */
  sizedStream: 0,
  /** SPICE_DISPLAY_CAP_MONITORS_CONFIG */
  monitorsConfig: 1,
  /** SPICE_DISPLAY_CAP_COMPOSITE */
  composite: 2,
  /** SPICE_DISPLAY_CAP_A8_SURFACE */
  a8Surface: 3,
  /** SPICE_DISPLAY_CAP_STREAM_REPORT */
  streamReport: 4,
  /** SPICE_DISPLAY_CAP_LZ4_COMPRESSION */
  lz4Compression: 5,
  /** SPICE_DISPLAY_CAP_PREF_COMPRESSION */
  prefCompression: 6,
  /** SPICE_DISPLAY_CAP_GL_SCANOUT */
  glScanout: 7,
  /** SPICE_DISPLAY_CAP_MULTI_CODEC */
  multiCodec: 8,
  /** SPICE_DISPLAY_CAP_CODEC_MJPEG */
  codecMjpeg: 9,
  /** SPICE_DISPLAY_CAP_CODEC_VP8 */
  codecVp8: 10,
  /** SPICE_DISPLAY_CAP_CODEC_H264 */
  codecH264: 11,
  /** SPICE_DISPLAY_CAP_PREF_VIDEO_CODEC_TYPE */
  prefVideoCodecType: 12,
  /** SPICE_DISPLAY_CAP_CODEC_VP9 */
  codecVp9: 13,
  /** SPICE_DISPLAY_CAP_CODEC_H265 */
  codecH265: 14,
} as const;
export type DisplayCap = (typeof DisplayCap)[keyof typeof DisplayCap];
/** Refuses a number that is no `DisplayCap`. */
export function checkDisplayCap(r: Reader, x: number, path: string): DisplayCap {
  switch (x) {
    case 0:
    case 1:
    case 2:
    case 3:
    case 4:
    case 5:
    case 6:
    case 7:
    case 8:
    case 9:
    case 10:
    case 11:
    case 12:
    case 13:
    case 14:
      return x as DisplayCap;
    default:
      throw r.refuse('value', path);
  }
}

/** The only surface, of servers before surfaces. */
export interface DisplayMode {
  readonly width: number;
  readonly height: number;
  readonly bits: number;
}
/** Reads a `DisplayMode`. Throws WireError. Byte fields are borrowed. */
export function readDisplayMode(r: Reader): DisplayMode {
  const v = r.view;
  const o1 = r.take(12, 'DisplayMode');
  const width = v.getUint32(o1, true);
  const height = v.getUint32(o1 + 4, true);
  const bits = v.getUint32(o1 + 8, true);
  return { width, height, bits };
}
/** Writes a `DisplayMode`. */
export function writeDisplayMode(w: Writer, m: DisplayMode): void {
  const o1 = w.take(12);
  const v2 = w.view;
  v2.setUint32(o1, m.width, true);
  v2.setUint32(o1 + 4, m.height, true);
  v2.setUint32(o1 + 8, m.bits, true);
}

/** Copy within a surface. */
export interface CopyBits {
  readonly surfaceId: number;
  readonly box: SpiceRect;
  readonly clip: Clip;
  readonly srcPosition: Point;
}
/** Reads a `CopyBits`. Throws WireError. Byte fields are borrowed. */
export function readCopyBits(r: Reader): CopyBits {
  const v = r.view;
  const o1 = r.take(20, 'CopyBits');
  const surfaceId = v.getUint32(o1, true);
  const box = { top: v.getInt32(o1 + 4, true), left: v.getInt32(o1 + 8, true), bottom: v.getInt32(o1 + 12, true), right: v.getInt32(o1 + 16, true) };
  const clip = readClip(r);
  const o2 = r.take(8, 'CopyBits');
  const srcPosition = { x: v.getInt32(o2, true), y: v.getInt32(o2 + 4, true) };
  return { surfaceId, box, clip, srcPosition };
}
/** Writes a `CopyBits`. */
export function writeCopyBits(w: Writer, m: CopyBits): void {
  const o1 = w.take(20);
  const v2 = w.view;
  v2.setUint32(o1, m.surfaceId, true);
  v2.setInt32(o1 + 4, m.box.top, true);
  v2.setInt32(o1 + 8, m.box.left, true);
  v2.setInt32(o1 + 12, m.box.bottom, true);
  v2.setInt32(o1 + 16, m.box.right, true);
  writeClip(w, m.clip);
  const o3 = w.take(8);
  const v4 = w.view;
  v4.setInt32(o3, m.srcPosition.x, true);
  v4.setInt32(o3 + 4, m.srcPosition.y, true);
}

export const ResourceType = {
  /** SPICE_RES_TYPE_INVALID */
  invalid: 0,
  /** SPICE_RES_TYPE_PIXMAP */
  pixmap: 1,
} as const;

export interface ResourceId {
  readonly type: number;
  readonly id: bigint;
}
/** Reads a `ResourceId`. Throws WireError. Byte fields are borrowed. */
export function readResourceId(r: Reader): ResourceId {
  const v = r.view;
  const o1 = r.take(9, 'ResourceId');
  const type = v.getUint8(o1);
  const id = v.getBigUint64(o1 + 1, true);
  return { type, id };
}
/** Writes a `ResourceId`. */
export function writeResourceId(w: Writer, m: ResourceId): void {
  const o1 = w.take(9);
  const v2 = w.view;
  v2.setUint8(o1, m.type);
  v2.setBigUint64(o1 + 1, m.id, true);
}

/** Forget these cached images. */
export interface InvalList {
  readonly resources: readonly ResourceId[];
}
/** Reads a `InvalList`. Throws WireError. Byte fields are borrowed. */
export function readInvalList(r: Reader): InvalList {
  const v = r.view;
  const o2 = r.take(2, 'InvalList');
  const n1 = v.getUint16(o2, true);
  const n3 = r.list(n1, 65535, 9, 'InvalList.resources');
  const resources: ResourceId[] = [];
  let p5 = r.take(n3 * 9, 'InvalList.resources');
  for (let i4 = 0; i4 < n3; i4++, p5 += 9) {
    resources.push({ type: v.getUint8(p5), id: v.getBigUint64(p5 + 1, true) });
  }
  return { resources };
}
/** Writes a `InvalList`. */
export function writeInvalList(w: Writer, m: InvalList): void {
  const o1 = w.take(2);
  const v2 = w.view;
  v2.setUint16(o1, w.count(m.resources.length, 65535, 'InvalList.resources'), true);
  let o4 = w.take(m.resources.length * 9);
  const v5 = w.view;
  for (const x3 of m.resources) {
    v5.setUint8(o4, x3.type);
    v5.setBigUint64(o4 + 1, x3.id, true);
    o4 += 9;
  }
}

/** Forget a cached palette. */
export interface InvalPalette {
  readonly id: bigint;
}
/** Reads a `InvalPalette`. Throws WireError. Byte fields are borrowed. */
export function readInvalPalette(r: Reader): InvalPalette {
  const v = r.view;
  const o1 = r.take(8, 'InvalPalette');
  const id = v.getBigUint64(o1, true);
  return { id };
}
/** Writes a `InvalPalette`. */
export function writeInvalPalette(w: Writer, m: InvalPalette): void {
  const o1 = w.take(8);
  const v2 = w.view;
  v2.setBigUint64(o1, m.id, true);
}

export const StreamFlags = {
  /** SPICE_STREAM_FLAGS_TOP_DOWN */
  topDown: 1,
} as const;

export const VideoCodec = {
  /** SPICE_VIDEO_CODEC_TYPE_MJPEG */
  mjpeg: 1,
  /** SPICE_VIDEO_CODEC_TYPE_VP8 */
  vp8: 2,
  /** SPICE_VIDEO_CODEC_TYPE_H264 */
  h264: 3,
  /** SPICE_VIDEO_CODEC_TYPE_VP9 */
  vp9: 4,
  /** SPICE_VIDEO_CODEC_TYPE_H265 */
  h265: 5,
} as const;

/** A video stream begins. */
export interface StreamCreate {
  readonly surfaceId: number;
  readonly id: number;
  readonly flags: number;
  readonly codec: number;
  readonly stamp: bigint;
  readonly streamWidth: number;
  readonly streamHeight: number;
  readonly srcWidth: number;
  readonly srcHeight: number;
  readonly dest: SpiceRect;
  readonly clip: Clip;
}
/** Reads a `StreamCreate`. Throws WireError. Byte fields are borrowed. */
export function readStreamCreate(r: Reader): StreamCreate {
  const v = r.view;
  const o1 = r.take(50, 'StreamCreate');
  const surfaceId = v.getUint32(o1, true);
  const id = v.getUint32(o1 + 4, true);
  const flags = r.flags(v.getUint8(o1 + 8), 1, 'StreamCreate.flags');
  const codec = v.getUint8(o1 + 9);
  const stamp = v.getBigUint64(o1 + 10, true);
  const streamWidth = v.getUint32(o1 + 18, true);
  const streamHeight = v.getUint32(o1 + 22, true);
  const srcWidth = v.getUint32(o1 + 26, true);
  const srcHeight = v.getUint32(o1 + 30, true);
  const dest = { top: v.getInt32(o1 + 34, true), left: v.getInt32(o1 + 38, true), bottom: v.getInt32(o1 + 42, true), right: v.getInt32(o1 + 46, true) };
  const clip = readClip(r);
  return { surfaceId, id, flags, codec, stamp, streamWidth, streamHeight, srcWidth, srcHeight, dest, clip };
}
/** Writes a `StreamCreate`. */
export function writeStreamCreate(w: Writer, m: StreamCreate): void {
  const o1 = w.take(50);
  const v2 = w.view;
  v2.setUint32(o1, m.surfaceId, true);
  v2.setUint32(o1 + 4, m.id, true);
  v2.setUint8(o1 + 8, m.flags);
  v2.setUint8(o1 + 9, m.codec);
  v2.setBigUint64(o1 + 10, m.stamp, true);
  v2.setUint32(o1 + 18, m.streamWidth, true);
  v2.setUint32(o1 + 22, m.streamHeight, true);
  v2.setUint32(o1 + 26, m.srcWidth, true);
  v2.setUint32(o1 + 30, m.srcHeight, true);
  v2.setInt32(o1 + 34, m.dest.top, true);
  v2.setInt32(o1 + 38, m.dest.left, true);
  v2.setInt32(o1 + 42, m.dest.bottom, true);
  v2.setInt32(o1 + 46, m.dest.right, true);
  writeClip(w, m.clip);
}

/** One encoded frame of a stream. */
export interface StreamData {
  readonly id: number;
  readonly multiMediaTime: number;
  readonly data: Uint8Array;
}
/** Reads a `StreamData`. Throws WireError. Byte fields are borrowed. */
export function readStreamData(r: Reader): StreamData {
  const v = r.view;
  const o2 = r.take(12, 'StreamData');
  const id = v.getUint32(o2, true);
  const multiMediaTime = v.getUint32(o2 + 4, true);
  const n1 = v.getUint32(o2 + 8, true);
  const data = r.bytes(n1, 268435456, 'StreamData.data');
  return { id, multiMediaTime, data };
}
/** Reads a `StreamData` into `t` and returns it: nothing is allocated but views of bytes. */
export function readStreamDataInto(r: Reader, t: { -readonly [K in keyof StreamData]: StreamData[K] }): StreamData {
  const v = r.view;
  const o2 = r.take(12, 'StreamData');
  const id = v.getUint32(o2, true);
  const multiMediaTime = v.getUint32(o2 + 4, true);
  const n1 = v.getUint32(o2 + 8, true);
  const data = r.bytes(n1, 268435456, 'StreamData.data');
  t.id = id;
  t.multiMediaTime = multiMediaTime;
  t.data = data;
  return t;
}
/** Writes a `StreamData`. */
export function writeStreamData(w: Writer, m: StreamData): void {
  const o1 = w.take(12);
  const v2 = w.view;
  v2.setUint32(o1, m.id, true);
  v2.setUint32(o1 + 4, m.multiMediaTime, true);
  v2.setUint32(o1 + 8, w.count(m.data.byteLength, 268435456, 'StreamData.data'), true);
  w.bytes(m.data);
}

/** The visible part of a stream. */
export interface StreamClip {
  readonly id: number;
  readonly clip: Clip;
}
/** Reads a `StreamClip`. Throws WireError. Byte fields are borrowed. */
export function readStreamClip(r: Reader): StreamClip {
  const v = r.view;
  const o1 = r.take(4, 'StreamClip');
  const id = v.getUint32(o1, true);
  const clip = readClip(r);
  return { id, clip };
}
/** Writes a `StreamClip`. */
export function writeStreamClip(w: Writer, m: StreamClip): void {
  const o1 = w.take(4);
  const v2 = w.view;
  v2.setUint32(o1, m.id, true);
  writeClip(w, m.clip);
}

/** A stream ends. */
export interface StreamDestroy {
  readonly id: number;
}
/** Reads a `StreamDestroy`. Throws WireError. Byte fields are borrowed. */
export function readStreamDestroy(r: Reader): StreamDestroy {
  const v = r.view;
  const o1 = r.take(4, 'StreamDestroy');
  const id = v.getUint32(o1, true);
  return { id };
}
/** Writes a `StreamDestroy`. */
export function writeStreamDestroy(w: Writer, m: StreamDestroy): void {
  const o1 = w.take(4);
  const v2 = w.view;
  v2.setUint32(o1, m.id, true);
}

export const Rop = {
  /** SPICE_ROPD_INVERS_SRC */
  inversSrc: 1,
  /** SPICE_ROPD_INVERS_BRUSH */
  inversBrush: 2,
  /** SPICE_ROPD_INVERS_DEST */
  inversDest: 4,
  /** SPICE_ROPD_OP_PUT */
  opPut: 8,
  /** SPICE_ROPD_OP_OR */
  opOr: 16,
  /** SPICE_ROPD_OP_AND */
  opAnd: 32,
  /** SPICE_ROPD_OP_XOR */
  opXor: 64,
  /** SPICE_ROPD_OP_BLACKNESS */
  opBlackness: 128,
  /** SPICE_ROPD_OP_WHITENESS */
  opWhiteness: 256,
  /** SPICE_ROPD_OP_INVERS */
  opInvers: 512,
  /** SPICE_ROPD_INVERS_RES */
  inversRes: 1024,
} as const;

/** Fill with a brush. */
export interface DrawFill {
  readonly surfaceId: number;
  readonly box: SpiceRect;
  readonly clip: Clip;
  readonly brush: Brush;
  readonly rop: number;
  readonly mask: Mask;
}
/** Reads a `DrawFill`. Throws WireError. Byte fields are borrowed. */
export function readDrawFill(r: Reader): DrawFill {
  const v = r.view;
  const o1 = r.take(20, 'DrawFill');
  const surfaceId = v.getUint32(o1, true);
  const box = { top: v.getInt32(o1 + 4, true), left: v.getInt32(o1 + 8, true), bottom: v.getInt32(o1 + 12, true), right: v.getInt32(o1 + 16, true) };
  const clip = readClip(r);
  const brush = readBrush(r);
  const o2 = r.take(15, 'DrawFill');
  const rop = r.flags(v.getUint16(o2, true), 2047, 'DrawFill.rop');
  const mask = { flags: r.flags(v.getUint8(o2 + 2), 1, 'DrawFill.mask.flags'), position: { x: v.getInt32(o2 + 3, true), y: v.getInt32(o2 + 7, true) }, bitmap: r.followOrNull(v.getUint32(o2 + 11, true), readImage, 'DrawFill.mask.bitmap') };
  return { surfaceId, box, clip, brush, rop, mask };
}
/** Writes a `DrawFill`. */
export function writeDrawFill(w: Writer, m: DrawFill): void {
  const o1 = w.take(20);
  const v2 = w.view;
  v2.setUint32(o1, m.surfaceId, true);
  v2.setInt32(o1 + 4, m.box.top, true);
  v2.setInt32(o1 + 8, m.box.left, true);
  v2.setInt32(o1 + 12, m.box.bottom, true);
  v2.setInt32(o1 + 16, m.box.right, true);
  writeClip(w, m.clip);
  writeBrush(w, m.brush);
  const o3 = w.take(15);
  const v4 = w.view;
  v4.setUint16(o3, m.rop, true);
  v4.setUint8(o3 + 2, m.mask.flags);
  v4.setInt32(o3 + 3, m.mask.position.x, true);
  v4.setInt32(o3 + 7, m.mask.position.y, true);
  w.point(v4, o3 + 11, writeImage, m.mask.bitmap);
}

export const ScaleMode = {
  /** SPICE_IMAGE_SCALE_MODE_INTERPOLATE */
  interpolate: 0,
  /** SPICE_IMAGE_SCALE_MODE_NEAREST */
  nearest: 1,
} as const;
export type ScaleMode = (typeof ScaleMode)[keyof typeof ScaleMode];
/** Refuses a number that is no `ScaleMode`. */
export function checkScaleMode(r: Reader, x: number, path: string): ScaleMode {
  switch (x) {
    case 0:
    case 1:
      return x as ScaleMode;
    default:
      throw r.refuse('value', path);
  }
}

/** Copy an image combined with a brush. */
export interface DrawOpaque {
  readonly surfaceId: number;
  readonly box: SpiceRect;
  readonly clip: Clip;
  readonly src: Image | null;
  readonly srcArea: SpiceRect;
  readonly brush: Brush;
  readonly rop: number;
  readonly scaleMode: ScaleMode;
  readonly mask: Mask;
}
/** Reads a `DrawOpaque`. Throws WireError. Byte fields are borrowed. */
export function readDrawOpaque(r: Reader): DrawOpaque {
  const v = r.view;
  const o1 = r.take(20, 'DrawOpaque');
  const surfaceId = v.getUint32(o1, true);
  const box = { top: v.getInt32(o1 + 4, true), left: v.getInt32(o1 + 8, true), bottom: v.getInt32(o1 + 12, true), right: v.getInt32(o1 + 16, true) };
  const clip = readClip(r);
  const o2 = r.take(20, 'DrawOpaque');
  const src = r.followOrNull(v.getUint32(o2, true), readImage, 'DrawOpaque.src');
  const srcArea = { top: v.getInt32(o2 + 4, true), left: v.getInt32(o2 + 8, true), bottom: v.getInt32(o2 + 12, true), right: v.getInt32(o2 + 16, true) };
  const brush = readBrush(r);
  const o3 = r.take(16, 'DrawOpaque');
  const rop = r.flags(v.getUint16(o3, true), 2047, 'DrawOpaque.rop');
  const scaleMode = checkScaleMode(r, v.getUint8(o3 + 2), 'DrawOpaque.scaleMode');
  const mask = { flags: r.flags(v.getUint8(o3 + 3), 1, 'DrawOpaque.mask.flags'), position: { x: v.getInt32(o3 + 4, true), y: v.getInt32(o3 + 8, true) }, bitmap: r.followOrNull(v.getUint32(o3 + 12, true), readImage, 'DrawOpaque.mask.bitmap') };
  return { surfaceId, box, clip, src, srcArea, brush, rop, scaleMode, mask };
}
/** Writes a `DrawOpaque`. */
export function writeDrawOpaque(w: Writer, m: DrawOpaque): void {
  const o1 = w.take(20);
  const v2 = w.view;
  v2.setUint32(o1, m.surfaceId, true);
  v2.setInt32(o1 + 4, m.box.top, true);
  v2.setInt32(o1 + 8, m.box.left, true);
  v2.setInt32(o1 + 12, m.box.bottom, true);
  v2.setInt32(o1 + 16, m.box.right, true);
  writeClip(w, m.clip);
  const o3 = w.take(20);
  const v4 = w.view;
  w.point(v4, o3, writeImage, m.src);
  v4.setInt32(o3 + 4, m.srcArea.top, true);
  v4.setInt32(o3 + 8, m.srcArea.left, true);
  v4.setInt32(o3 + 12, m.srcArea.bottom, true);
  v4.setInt32(o3 + 16, m.srcArea.right, true);
  writeBrush(w, m.brush);
  const o5 = w.take(16);
  const v6 = w.view;
  v6.setUint16(o5, m.rop, true);
  v6.setUint8(o5 + 2, m.scaleMode);
  v6.setUint8(o5 + 3, m.mask.flags);
  v6.setInt32(o5 + 4, m.mask.position.x, true);
  v6.setInt32(o5 + 8, m.mask.position.y, true);
  w.point(v6, o5 + 12, writeImage, m.mask.bitmap);
}

/** Copy an image. */
export interface DrawCopy {
  readonly surfaceId: number;
  readonly box: SpiceRect;
  readonly clip: Clip;
  readonly src: Image | null;
  readonly srcArea: SpiceRect;
  readonly rop: number;
  readonly scaleMode: ScaleMode;
  readonly mask: Mask;
}
/** Reads a `DrawCopy`. Throws WireError. Byte fields are borrowed. */
export function readDrawCopy(r: Reader): DrawCopy {
  const v = r.view;
  const o1 = r.take(20, 'DrawCopy');
  const surfaceId = v.getUint32(o1, true);
  const box = { top: v.getInt32(o1 + 4, true), left: v.getInt32(o1 + 8, true), bottom: v.getInt32(o1 + 12, true), right: v.getInt32(o1 + 16, true) };
  const clip = readClip(r);
  const o2 = r.take(36, 'DrawCopy');
  const src = r.followOrNull(v.getUint32(o2, true), readImage, 'DrawCopy.src');
  const srcArea = { top: v.getInt32(o2 + 4, true), left: v.getInt32(o2 + 8, true), bottom: v.getInt32(o2 + 12, true), right: v.getInt32(o2 + 16, true) };
  const rop = r.flags(v.getUint16(o2 + 20, true), 2047, 'DrawCopy.rop');
  const scaleMode = checkScaleMode(r, v.getUint8(o2 + 22), 'DrawCopy.scaleMode');
  const mask = { flags: r.flags(v.getUint8(o2 + 23), 1, 'DrawCopy.mask.flags'), position: { x: v.getInt32(o2 + 24, true), y: v.getInt32(o2 + 28, true) }, bitmap: r.followOrNull(v.getUint32(o2 + 32, true), readImage, 'DrawCopy.mask.bitmap') };
  return { surfaceId, box, clip, src, srcArea, rop, scaleMode, mask };
}
/** Writes a `DrawCopy`. */
export function writeDrawCopy(w: Writer, m: DrawCopy): void {
  const o1 = w.take(20);
  const v2 = w.view;
  v2.setUint32(o1, m.surfaceId, true);
  v2.setInt32(o1 + 4, m.box.top, true);
  v2.setInt32(o1 + 8, m.box.left, true);
  v2.setInt32(o1 + 12, m.box.bottom, true);
  v2.setInt32(o1 + 16, m.box.right, true);
  writeClip(w, m.clip);
  const o3 = w.take(36);
  const v4 = w.view;
  w.point(v4, o3, writeImage, m.src);
  v4.setInt32(o3 + 4, m.srcArea.top, true);
  v4.setInt32(o3 + 8, m.srcArea.left, true);
  v4.setInt32(o3 + 12, m.srcArea.bottom, true);
  v4.setInt32(o3 + 16, m.srcArea.right, true);
  v4.setUint16(o3 + 20, m.rop, true);
  v4.setUint8(o3 + 22, m.scaleMode);
  v4.setUint8(o3 + 23, m.mask.flags);
  v4.setInt32(o3 + 24, m.mask.position.x, true);
  v4.setInt32(o3 + 28, m.mask.position.y, true);
  w.point(v4, o3 + 32, writeImage, m.mask.bitmap);
}

/** Combine an image with the surface. */
export interface DrawBlend {
  readonly surfaceId: number;
  readonly box: SpiceRect;
  readonly clip: Clip;
  readonly src: Image | null;
  readonly srcArea: SpiceRect;
  readonly rop: number;
  readonly scaleMode: ScaleMode;
  readonly mask: Mask;
}
/** Reads a `DrawBlend`. Throws WireError. Byte fields are borrowed. */
export function readDrawBlend(r: Reader): DrawBlend {
  const v = r.view;
  const o1 = r.take(20, 'DrawBlend');
  const surfaceId = v.getUint32(o1, true);
  const box = { top: v.getInt32(o1 + 4, true), left: v.getInt32(o1 + 8, true), bottom: v.getInt32(o1 + 12, true), right: v.getInt32(o1 + 16, true) };
  const clip = readClip(r);
  const o2 = r.take(36, 'DrawBlend');
  const src = r.followOrNull(v.getUint32(o2, true), readImage, 'DrawBlend.src');
  const srcArea = { top: v.getInt32(o2 + 4, true), left: v.getInt32(o2 + 8, true), bottom: v.getInt32(o2 + 12, true), right: v.getInt32(o2 + 16, true) };
  const rop = r.flags(v.getUint16(o2 + 20, true), 2047, 'DrawBlend.rop');
  const scaleMode = checkScaleMode(r, v.getUint8(o2 + 22), 'DrawBlend.scaleMode');
  const mask = { flags: r.flags(v.getUint8(o2 + 23), 1, 'DrawBlend.mask.flags'), position: { x: v.getInt32(o2 + 24, true), y: v.getInt32(o2 + 28, true) }, bitmap: r.followOrNull(v.getUint32(o2 + 32, true), readImage, 'DrawBlend.mask.bitmap') };
  return { surfaceId, box, clip, src, srcArea, rop, scaleMode, mask };
}
/** Writes a `DrawBlend`. */
export function writeDrawBlend(w: Writer, m: DrawBlend): void {
  const o1 = w.take(20);
  const v2 = w.view;
  v2.setUint32(o1, m.surfaceId, true);
  v2.setInt32(o1 + 4, m.box.top, true);
  v2.setInt32(o1 + 8, m.box.left, true);
  v2.setInt32(o1 + 12, m.box.bottom, true);
  v2.setInt32(o1 + 16, m.box.right, true);
  writeClip(w, m.clip);
  const o3 = w.take(36);
  const v4 = w.view;
  w.point(v4, o3, writeImage, m.src);
  v4.setInt32(o3 + 4, m.srcArea.top, true);
  v4.setInt32(o3 + 8, m.srcArea.left, true);
  v4.setInt32(o3 + 12, m.srcArea.bottom, true);
  v4.setInt32(o3 + 16, m.srcArea.right, true);
  v4.setUint16(o3 + 20, m.rop, true);
  v4.setUint8(o3 + 22, m.scaleMode);
  v4.setUint8(o3 + 23, m.mask.flags);
  v4.setInt32(o3 + 24, m.mask.position.x, true);
  v4.setInt32(o3 + 28, m.mask.position.y, true);
  w.point(v4, o3 + 32, writeImage, m.mask.bitmap);
}

/** Fill with zeros. */
export interface DrawBlackness {
  readonly surfaceId: number;
  readonly box: SpiceRect;
  readonly clip: Clip;
  readonly mask: Mask;
}
/** Reads a `DrawBlackness`. Throws WireError. Byte fields are borrowed. */
export function readDrawBlackness(r: Reader): DrawBlackness {
  const v = r.view;
  const o1 = r.take(20, 'DrawBlackness');
  const surfaceId = v.getUint32(o1, true);
  const box = { top: v.getInt32(o1 + 4, true), left: v.getInt32(o1 + 8, true), bottom: v.getInt32(o1 + 12, true), right: v.getInt32(o1 + 16, true) };
  const clip = readClip(r);
  const o2 = r.take(13, 'DrawBlackness');
  const mask = { flags: r.flags(v.getUint8(o2), 1, 'DrawBlackness.mask.flags'), position: { x: v.getInt32(o2 + 1, true), y: v.getInt32(o2 + 5, true) }, bitmap: r.followOrNull(v.getUint32(o2 + 9, true), readImage, 'DrawBlackness.mask.bitmap') };
  return { surfaceId, box, clip, mask };
}
/** Writes a `DrawBlackness`. */
export function writeDrawBlackness(w: Writer, m: DrawBlackness): void {
  const o1 = w.take(20);
  const v2 = w.view;
  v2.setUint32(o1, m.surfaceId, true);
  v2.setInt32(o1 + 4, m.box.top, true);
  v2.setInt32(o1 + 8, m.box.left, true);
  v2.setInt32(o1 + 12, m.box.bottom, true);
  v2.setInt32(o1 + 16, m.box.right, true);
  writeClip(w, m.clip);
  const o3 = w.take(13);
  const v4 = w.view;
  v4.setUint8(o3, m.mask.flags);
  v4.setInt32(o3 + 1, m.mask.position.x, true);
  v4.setInt32(o3 + 5, m.mask.position.y, true);
  w.point(v4, o3 + 9, writeImage, m.mask.bitmap);
}

/** Fill with ones. */
export interface DrawWhiteness {
  readonly surfaceId: number;
  readonly box: SpiceRect;
  readonly clip: Clip;
  readonly mask: Mask;
}
/** Reads a `DrawWhiteness`. Throws WireError. Byte fields are borrowed. */
export function readDrawWhiteness(r: Reader): DrawWhiteness {
  const v = r.view;
  const o1 = r.take(20, 'DrawWhiteness');
  const surfaceId = v.getUint32(o1, true);
  const box = { top: v.getInt32(o1 + 4, true), left: v.getInt32(o1 + 8, true), bottom: v.getInt32(o1 + 12, true), right: v.getInt32(o1 + 16, true) };
  const clip = readClip(r);
  const o2 = r.take(13, 'DrawWhiteness');
  const mask = { flags: r.flags(v.getUint8(o2), 1, 'DrawWhiteness.mask.flags'), position: { x: v.getInt32(o2 + 1, true), y: v.getInt32(o2 + 5, true) }, bitmap: r.followOrNull(v.getUint32(o2 + 9, true), readImage, 'DrawWhiteness.mask.bitmap') };
  return { surfaceId, box, clip, mask };
}
/** Writes a `DrawWhiteness`. */
export function writeDrawWhiteness(w: Writer, m: DrawWhiteness): void {
  const o1 = w.take(20);
  const v2 = w.view;
  v2.setUint32(o1, m.surfaceId, true);
  v2.setInt32(o1 + 4, m.box.top, true);
  v2.setInt32(o1 + 8, m.box.left, true);
  v2.setInt32(o1 + 12, m.box.bottom, true);
  v2.setInt32(o1 + 16, m.box.right, true);
  writeClip(w, m.clip);
  const o3 = w.take(13);
  const v4 = w.view;
  v4.setUint8(o3, m.mask.flags);
  v4.setInt32(o3 + 1, m.mask.position.x, true);
  v4.setInt32(o3 + 5, m.mask.position.y, true);
  w.point(v4, o3 + 9, writeImage, m.mask.bitmap);
}

/** Invert. */
export interface DrawInvers {
  readonly surfaceId: number;
  readonly box: SpiceRect;
  readonly clip: Clip;
  readonly mask: Mask;
}
/** Reads a `DrawInvers`. Throws WireError. Byte fields are borrowed. */
export function readDrawInvers(r: Reader): DrawInvers {
  const v = r.view;
  const o1 = r.take(20, 'DrawInvers');
  const surfaceId = v.getUint32(o1, true);
  const box = { top: v.getInt32(o1 + 4, true), left: v.getInt32(o1 + 8, true), bottom: v.getInt32(o1 + 12, true), right: v.getInt32(o1 + 16, true) };
  const clip = readClip(r);
  const o2 = r.take(13, 'DrawInvers');
  const mask = { flags: r.flags(v.getUint8(o2), 1, 'DrawInvers.mask.flags'), position: { x: v.getInt32(o2 + 1, true), y: v.getInt32(o2 + 5, true) }, bitmap: r.followOrNull(v.getUint32(o2 + 9, true), readImage, 'DrawInvers.mask.bitmap') };
  return { surfaceId, box, clip, mask };
}
/** Writes a `DrawInvers`. */
export function writeDrawInvers(w: Writer, m: DrawInvers): void {
  const o1 = w.take(20);
  const v2 = w.view;
  v2.setUint32(o1, m.surfaceId, true);
  v2.setInt32(o1 + 4, m.box.top, true);
  v2.setInt32(o1 + 8, m.box.left, true);
  v2.setInt32(o1 + 12, m.box.bottom, true);
  v2.setInt32(o1 + 16, m.box.right, true);
  writeClip(w, m.clip);
  const o3 = w.take(13);
  const v4 = w.view;
  v4.setUint8(o3, m.mask.flags);
  v4.setInt32(o3 + 1, m.mask.position.x, true);
  v4.setInt32(o3 + 5, m.mask.position.y, true);
  w.point(v4, o3 + 9, writeImage, m.mask.bitmap);
}

/** Combine image, brush and surface by a ternary raster operation. */
export interface DrawRop3 {
  readonly surfaceId: number;
  readonly box: SpiceRect;
  readonly clip: Clip;
  readonly src: Image | null;
  readonly srcArea: SpiceRect;
  readonly brush: Brush;
  readonly rop3: number;
  readonly scaleMode: ScaleMode;
  readonly mask: Mask;
}
/** Reads a `DrawRop3`. Throws WireError. Byte fields are borrowed. */
export function readDrawRop3(r: Reader): DrawRop3 {
  const v = r.view;
  const o1 = r.take(20, 'DrawRop3');
  const surfaceId = v.getUint32(o1, true);
  const box = { top: v.getInt32(o1 + 4, true), left: v.getInt32(o1 + 8, true), bottom: v.getInt32(o1 + 12, true), right: v.getInt32(o1 + 16, true) };
  const clip = readClip(r);
  const o2 = r.take(20, 'DrawRop3');
  const src = r.followOrNull(v.getUint32(o2, true), readImage, 'DrawRop3.src');
  const srcArea = { top: v.getInt32(o2 + 4, true), left: v.getInt32(o2 + 8, true), bottom: v.getInt32(o2 + 12, true), right: v.getInt32(o2 + 16, true) };
  const brush = readBrush(r);
  const o3 = r.take(15, 'DrawRop3');
  const rop3 = v.getUint8(o3);
  const scaleMode = checkScaleMode(r, v.getUint8(o3 + 1), 'DrawRop3.scaleMode');
  const mask = { flags: r.flags(v.getUint8(o3 + 2), 1, 'DrawRop3.mask.flags'), position: { x: v.getInt32(o3 + 3, true), y: v.getInt32(o3 + 7, true) }, bitmap: r.followOrNull(v.getUint32(o3 + 11, true), readImage, 'DrawRop3.mask.bitmap') };
  return { surfaceId, box, clip, src, srcArea, brush, rop3, scaleMode, mask };
}
/** Writes a `DrawRop3`. */
export function writeDrawRop3(w: Writer, m: DrawRop3): void {
  const o1 = w.take(20);
  const v2 = w.view;
  v2.setUint32(o1, m.surfaceId, true);
  v2.setInt32(o1 + 4, m.box.top, true);
  v2.setInt32(o1 + 8, m.box.left, true);
  v2.setInt32(o1 + 12, m.box.bottom, true);
  v2.setInt32(o1 + 16, m.box.right, true);
  writeClip(w, m.clip);
  const o3 = w.take(20);
  const v4 = w.view;
  w.point(v4, o3, writeImage, m.src);
  v4.setInt32(o3 + 4, m.srcArea.top, true);
  v4.setInt32(o3 + 8, m.srcArea.left, true);
  v4.setInt32(o3 + 12, m.srcArea.bottom, true);
  v4.setInt32(o3 + 16, m.srcArea.right, true);
  writeBrush(w, m.brush);
  const o5 = w.take(15);
  const v6 = w.view;
  v6.setUint8(o5, m.rop3);
  v6.setUint8(o5 + 1, m.scaleMode);
  v6.setUint8(o5 + 2, m.mask.flags);
  v6.setInt32(o5 + 3, m.mask.position.x, true);
  v6.setInt32(o5 + 7, m.mask.position.y, true);
  w.point(v6, o5 + 11, writeImage, m.mask.bitmap);
}

/** Draw lines. */
export interface DrawStroke {
  readonly surfaceId: number;
  readonly box: SpiceRect;
  readonly clip: Clip;
  readonly path: Path;
  readonly attributes: LineAttributes;
  readonly brush: Brush;
  readonly foreMode: number;
  readonly backMode: number;
}
/** Reads a `DrawStroke`. Throws WireError. Byte fields are borrowed. */
export function readDrawStroke(r: Reader): DrawStroke {
  const v = r.view;
  const o1 = r.take(20, 'DrawStroke');
  const surfaceId = v.getUint32(o1, true);
  const box = { top: v.getInt32(o1 + 4, true), left: v.getInt32(o1 + 8, true), bottom: v.getInt32(o1 + 12, true), right: v.getInt32(o1 + 16, true) };
  const clip = readClip(r);
  const o2 = r.take(4, 'DrawStroke');
  const path = r.follow(v.getUint32(o2, true), readPath, 'DrawStroke.path');
  const attributes = readLineAttributes(r);
  const brush = readBrush(r);
  const o3 = r.take(4, 'DrawStroke');
  const foreMode = r.flags(v.getUint16(o3, true), 2047, 'DrawStroke.foreMode');
  const backMode = r.flags(v.getUint16(o3 + 2, true), 2047, 'DrawStroke.backMode');
  return { surfaceId, box, clip, path, attributes, brush, foreMode, backMode };
}
/** Writes a `DrawStroke`. */
export function writeDrawStroke(w: Writer, m: DrawStroke): void {
  const o1 = w.take(20);
  const v2 = w.view;
  v2.setUint32(o1, m.surfaceId, true);
  v2.setInt32(o1 + 4, m.box.top, true);
  v2.setInt32(o1 + 8, m.box.left, true);
  v2.setInt32(o1 + 12, m.box.bottom, true);
  v2.setInt32(o1 + 16, m.box.right, true);
  writeClip(w, m.clip);
  const o3 = w.take(4);
  const v4 = w.view;
  w.point(v4, o3, writePath, m.path);
  writeLineAttributes(w, m.attributes);
  writeBrush(w, m.brush);
  const o5 = w.take(4);
  const v6 = w.view;
  v6.setUint16(o5, m.foreMode, true);
  v6.setUint16(o5 + 2, m.backMode, true);
}

/** Draw glyphs. */
export interface DrawText {
  readonly surfaceId: number;
  readonly box: SpiceRect;
  readonly clip: Clip;
  readonly string: GlyphString;
  readonly backArea: SpiceRect;
  readonly foreBrush: Brush;
  readonly backBrush: Brush;
  readonly foreMode: number;
  readonly backMode: number;
}
/** Reads a `DrawText`. Throws WireError. Byte fields are borrowed. */
export function readDrawText(r: Reader): DrawText {
  const v = r.view;
  const o1 = r.take(20, 'DrawText');
  const surfaceId = v.getUint32(o1, true);
  const box = { top: v.getInt32(o1 + 4, true), left: v.getInt32(o1 + 8, true), bottom: v.getInt32(o1 + 12, true), right: v.getInt32(o1 + 16, true) };
  const clip = readClip(r);
  const o2 = r.take(20, 'DrawText');
  const string = r.follow(v.getUint32(o2, true), readGlyphString, 'DrawText.string');
  const backArea = { top: v.getInt32(o2 + 4, true), left: v.getInt32(o2 + 8, true), bottom: v.getInt32(o2 + 12, true), right: v.getInt32(o2 + 16, true) };
  const foreBrush = readBrush(r);
  const backBrush = readBrush(r);
  const o3 = r.take(4, 'DrawText');
  const foreMode = r.flags(v.getUint16(o3, true), 2047, 'DrawText.foreMode');
  const backMode = r.flags(v.getUint16(o3 + 2, true), 2047, 'DrawText.backMode');
  return { surfaceId, box, clip, string, backArea, foreBrush, backBrush, foreMode, backMode };
}
/** Writes a `DrawText`. */
export function writeDrawText(w: Writer, m: DrawText): void {
  const o1 = w.take(20);
  const v2 = w.view;
  v2.setUint32(o1, m.surfaceId, true);
  v2.setInt32(o1 + 4, m.box.top, true);
  v2.setInt32(o1 + 8, m.box.left, true);
  v2.setInt32(o1 + 12, m.box.bottom, true);
  v2.setInt32(o1 + 16, m.box.right, true);
  writeClip(w, m.clip);
  const o3 = w.take(20);
  const v4 = w.view;
  w.point(v4, o3, writeGlyphString, m.string);
  v4.setInt32(o3 + 4, m.backArea.top, true);
  v4.setInt32(o3 + 8, m.backArea.left, true);
  v4.setInt32(o3 + 12, m.backArea.bottom, true);
  v4.setInt32(o3 + 16, m.backArea.right, true);
  writeBrush(w, m.foreBrush);
  writeBrush(w, m.backBrush);
  const o5 = w.take(4);
  const v6 = w.view;
  v6.setUint16(o5, m.foreMode, true);
  v6.setUint16(o5 + 2, m.backMode, true);
}

/** Copy an image but for one colour. */
export interface DrawTransparent {
  readonly surfaceId: number;
  readonly box: SpiceRect;
  readonly clip: Clip;
  readonly src: Image | null;
  readonly srcArea: SpiceRect;
  readonly srcColor: number;
  readonly trueColor: number;
}
/** Reads a `DrawTransparent`. Throws WireError. Byte fields are borrowed. */
export function readDrawTransparent(r: Reader): DrawTransparent {
  const v = r.view;
  const o1 = r.take(20, 'DrawTransparent');
  const surfaceId = v.getUint32(o1, true);
  const box = { top: v.getInt32(o1 + 4, true), left: v.getInt32(o1 + 8, true), bottom: v.getInt32(o1 + 12, true), right: v.getInt32(o1 + 16, true) };
  const clip = readClip(r);
  const o2 = r.take(28, 'DrawTransparent');
  const src = r.followOrNull(v.getUint32(o2, true), readImage, 'DrawTransparent.src');
  const srcArea = { top: v.getInt32(o2 + 4, true), left: v.getInt32(o2 + 8, true), bottom: v.getInt32(o2 + 12, true), right: v.getInt32(o2 + 16, true) };
  const srcColor = v.getUint32(o2 + 20, true);
  const trueColor = v.getUint32(o2 + 24, true);
  return { surfaceId, box, clip, src, srcArea, srcColor, trueColor };
}
/** Writes a `DrawTransparent`. */
export function writeDrawTransparent(w: Writer, m: DrawTransparent): void {
  const o1 = w.take(20);
  const v2 = w.view;
  v2.setUint32(o1, m.surfaceId, true);
  v2.setInt32(o1 + 4, m.box.top, true);
  v2.setInt32(o1 + 8, m.box.left, true);
  v2.setInt32(o1 + 12, m.box.bottom, true);
  v2.setInt32(o1 + 16, m.box.right, true);
  writeClip(w, m.clip);
  const o3 = w.take(28);
  const v4 = w.view;
  w.point(v4, o3, writeImage, m.src);
  v4.setInt32(o3 + 4, m.srcArea.top, true);
  v4.setInt32(o3 + 8, m.srcArea.left, true);
  v4.setInt32(o3 + 12, m.srcArea.bottom, true);
  v4.setInt32(o3 + 16, m.srcArea.right, true);
  v4.setUint32(o3 + 20, m.srcColor, true);
  v4.setUint32(o3 + 24, m.trueColor, true);
}

export const AlphaFlags = {
  /** SPICE_ALPHA_FLAGS_DEST_HAS_ALPHA */
  destHasAlpha: 1,
  /** SPICE_ALPHA_FLAGS_SRC_SURFACE_HAS_ALPHA */
  srcSurfaceHasAlpha: 2,
} as const;

/** Blend an image by its alpha and a constant. */
export interface DrawAlphaBlend {
  readonly surfaceId: number;
  readonly box: SpiceRect;
  readonly clip: Clip;
  readonly alphaFlags: number;
  readonly alpha: number;
  readonly src: Image | null;
  readonly srcArea: SpiceRect;
}
/** Reads a `DrawAlphaBlend`. Throws WireError. Byte fields are borrowed. */
export function readDrawAlphaBlend(r: Reader): DrawAlphaBlend {
  const v = r.view;
  const o1 = r.take(20, 'DrawAlphaBlend');
  const surfaceId = v.getUint32(o1, true);
  const box = { top: v.getInt32(o1 + 4, true), left: v.getInt32(o1 + 8, true), bottom: v.getInt32(o1 + 12, true), right: v.getInt32(o1 + 16, true) };
  const clip = readClip(r);
  const o2 = r.take(22, 'DrawAlphaBlend');
  const alphaFlags = r.flags(v.getUint8(o2), 3, 'DrawAlphaBlend.alphaFlags');
  const alpha = v.getUint8(o2 + 1);
  const src = r.followOrNull(v.getUint32(o2 + 2, true), readImage, 'DrawAlphaBlend.src');
  const srcArea = { top: v.getInt32(o2 + 6, true), left: v.getInt32(o2 + 10, true), bottom: v.getInt32(o2 + 14, true), right: v.getInt32(o2 + 18, true) };
  return { surfaceId, box, clip, alphaFlags, alpha, src, srcArea };
}
/** Writes a `DrawAlphaBlend`. */
export function writeDrawAlphaBlend(w: Writer, m: DrawAlphaBlend): void {
  const o1 = w.take(20);
  const v2 = w.view;
  v2.setUint32(o1, m.surfaceId, true);
  v2.setInt32(o1 + 4, m.box.top, true);
  v2.setInt32(o1 + 8, m.box.left, true);
  v2.setInt32(o1 + 12, m.box.bottom, true);
  v2.setInt32(o1 + 16, m.box.right, true);
  writeClip(w, m.clip);
  const o3 = w.take(22);
  const v4 = w.view;
  v4.setUint8(o3, m.alphaFlags);
  v4.setUint8(o3 + 1, m.alpha);
  w.point(v4, o3 + 2, writeImage, m.src);
  v4.setInt32(o3 + 6, m.srcArea.top, true);
  v4.setInt32(o3 + 10, m.srcArea.left, true);
  v4.setInt32(o3 + 14, m.srcArea.bottom, true);
  v4.setInt32(o3 + 18, m.srcArea.right, true);
}

export const SurfaceFormat = {
  /** SPICE_SURFACE_FMT_INVALID */
  invalid: 0,
  /** SPICE_SURFACE_FMT_1_A */
  a1: 1,
  /** SPICE_SURFACE_FMT_8_A */
  a8: 8,
  /** SPICE_SURFACE_FMT_16_555 */
  rgb555: 16,
  /** SPICE_SURFACE_FMT_32_xRGB */
  xrgb32: 32,
  /** SPICE_SURFACE_FMT_16_565 */
  rgb565: 80,
  /** SPICE_SURFACE_FMT_32_ARGB */
  argb32: 96,
} as const;
export type SurfaceFormat = (typeof SurfaceFormat)[keyof typeof SurfaceFormat];
/** Refuses a number that is no `SurfaceFormat`. */
export function checkSurfaceFormat(r: Reader, x: number, path: string): SurfaceFormat {
  switch (x) {
    case 0:
    case 1:
    case 8:
    case 16:
    case 32:
    case 80:
    case 96:
      return x as SurfaceFormat;
    default:
      throw r.refuse('value', path);
  }
}

export const SurfaceFlags = {
  /** SPICE_SURFACE_FLAGS_PRIMARY */
  primary: 1,
  /** SPICE_SURFACE_FLAGS_STREAMING_MODE */
  streamingMode: 2,
} as const;

/** A new surface, filled with zeros. */
export interface SurfaceCreate {
  readonly surfaceId: number;
  readonly width: number;
  readonly height: number;
  readonly format: SurfaceFormat;
  readonly flags: number;
}
/** Reads a `SurfaceCreate`. Throws WireError. Byte fields are borrowed. */
export function readSurfaceCreate(r: Reader): SurfaceCreate {
  const v = r.view;
  const o1 = r.take(20, 'SurfaceCreate');
  const surfaceId = v.getUint32(o1, true);
  const width = v.getUint32(o1 + 4, true);
  const height = v.getUint32(o1 + 8, true);
  const format = checkSurfaceFormat(r, v.getUint32(o1 + 12, true), 'SurfaceCreate.format');
  const flags = r.flags(v.getUint32(o1 + 16, true), 3, 'SurfaceCreate.flags');
  return { surfaceId, width, height, format, flags };
}
/** Writes a `SurfaceCreate`. */
export function writeSurfaceCreate(w: Writer, m: SurfaceCreate): void {
  const o1 = w.take(20);
  const v2 = w.view;
  v2.setUint32(o1, m.surfaceId, true);
  v2.setUint32(o1 + 4, m.width, true);
  v2.setUint32(o1 + 8, m.height, true);
  v2.setUint32(o1 + 12, m.format, true);
  v2.setUint32(o1 + 16, m.flags, true);
}

/** A surface is gone. */
export interface SurfaceDestroy {
  readonly surfaceId: number;
}
/** Reads a `SurfaceDestroy`. Throws WireError. Byte fields are borrowed. */
export function readSurfaceDestroy(r: Reader): SurfaceDestroy {
  const v = r.view;
  const o1 = r.take(4, 'SurfaceDestroy');
  const surfaceId = v.getUint32(o1, true);
  return { surfaceId };
}
/** Writes a `SurfaceDestroy`. */
export function writeSurfaceDestroy(w: Writer, m: SurfaceDestroy): void {
  const o1 = w.take(4);
  const v2 = w.view;
  v2.setUint32(o1, m.surfaceId, true);
}

/** One encoded frame of another size or place than the stream. */
export interface StreamDataSized {
  readonly id: number;
  readonly multiMediaTime: number;
  readonly width: number;
  readonly height: number;
  readonly dest: SpiceRect;
  readonly data: Uint8Array;
}
/** Reads a `StreamDataSized`. Throws WireError. Byte fields are borrowed. */
export function readStreamDataSized(r: Reader): StreamDataSized {
  const v = r.view;
  const o2 = r.take(36, 'StreamDataSized');
  const id = v.getUint32(o2, true);
  const multiMediaTime = v.getUint32(o2 + 4, true);
  const width = v.getUint32(o2 + 8, true);
  const height = v.getUint32(o2 + 12, true);
  const dest = { top: v.getInt32(o2 + 16, true), left: v.getInt32(o2 + 20, true), bottom: v.getInt32(o2 + 24, true), right: v.getInt32(o2 + 28, true) };
  const n1 = v.getUint32(o2 + 32, true);
  const data = r.bytes(n1, 268435456, 'StreamDataSized.data');
  return { id, multiMediaTime, width, height, dest, data };
}
/** Writes a `StreamDataSized`. */
export function writeStreamDataSized(w: Writer, m: StreamDataSized): void {
  const o1 = w.take(36);
  const v2 = w.view;
  v2.setUint32(o1, m.id, true);
  v2.setUint32(o1 + 4, m.multiMediaTime, true);
  v2.setUint32(o1 + 8, m.width, true);
  v2.setUint32(o1 + 12, m.height, true);
  v2.setInt32(o1 + 16, m.dest.top, true);
  v2.setInt32(o1 + 20, m.dest.left, true);
  v2.setInt32(o1 + 24, m.dest.bottom, true);
  v2.setInt32(o1 + 28, m.dest.right, true);
  v2.setUint32(o1 + 32, w.count(m.data.byteLength, 268435456, 'StreamDataSized.data'), true);
  w.bytes(m.data);
}

export interface Head {
  readonly monitorId: number;
  readonly surfaceId: number;
  readonly width: number;
  readonly height: number;
  readonly x: number;
  readonly y: number;
  readonly flags: number;
}
/** Reads a `Head`. Throws WireError. Byte fields are borrowed. */
export function readHead(r: Reader): Head {
  const v = r.view;
  const o1 = r.take(28, 'Head');
  const monitorId = v.getUint32(o1, true);
  const surfaceId = v.getUint32(o1 + 4, true);
  const width = v.getUint32(o1 + 8, true);
  const height = v.getUint32(o1 + 12, true);
  const x = v.getUint32(o1 + 16, true);
  const y = v.getUint32(o1 + 20, true);
  const flags = v.getUint32(o1 + 24, true);
  return { monitorId, surfaceId, width, height, x, y, flags };
}
/** Writes a `Head`. */
export function writeHead(w: Writer, m: Head): void {
  const o1 = w.take(28);
  const v2 = w.view;
  v2.setUint32(o1, m.monitorId, true);
  v2.setUint32(o1 + 4, m.surfaceId, true);
  v2.setUint32(o1 + 8, m.width, true);
  v2.setUint32(o1 + 12, m.height, true);
  v2.setUint32(o1 + 16, m.x, true);
  v2.setUint32(o1 + 20, m.y, true);
  v2.setUint32(o1 + 24, m.flags, true);
}

/** Which parts of which surfaces are monitors. */
export interface MonitorsConfig {
  readonly maxAllowed: number;
  readonly heads: readonly Head[];
}
/** Reads a `MonitorsConfig`. Throws WireError. Byte fields are borrowed. */
export function readMonitorsConfig(r: Reader): MonitorsConfig {
  const v = r.view;
  const o1 = r.take(4, 'MonitorsConfig');
  const count = v.getUint16(o1, true);
  const maxAllowed = v.getUint16(o1 + 2, true);
  const n2 = r.list(count, 256, 28, 'MonitorsConfig.heads');
  const heads: Head[] = [];
  let p4 = r.take(n2 * 28, 'MonitorsConfig.heads');
  for (let i3 = 0; i3 < n2; i3++, p4 += 28) {
    heads.push({ monitorId: v.getUint32(p4, true), surfaceId: v.getUint32(p4 + 4, true), width: v.getUint32(p4 + 8, true), height: v.getUint32(p4 + 12, true), x: v.getUint32(p4 + 16, true), y: v.getUint32(p4 + 20, true), flags: v.getUint32(p4 + 24, true) });
  }
  return { maxAllowed, heads };
}
/** Writes a `MonitorsConfig`. */
export function writeMonitorsConfig(w: Writer, m: MonitorsConfig): void {
  const o1 = w.take(4);
  const v2 = w.view;
  v2.setUint16(o1, w.count(m.heads.length, 256, 'MonitorsConfig.heads'), true);
  v2.setUint16(o1 + 2, m.maxAllowed, true);
  let o4 = w.take(m.heads.length * 28);
  const v5 = w.view;
  for (const x3 of m.heads) {
    v5.setUint32(o4, x3.monitorId, true);
    v5.setUint32(o4 + 4, x3.surfaceId, true);
    v5.setUint32(o4 + 8, x3.width, true);
    v5.setUint32(o4 + 12, x3.height, true);
    v5.setUint32(o4 + 16, x3.x, true);
    v5.setUint32(o4 + 20, x3.y, true);
    v5.setUint32(o4 + 24, x3.flags, true);
    o4 += 28;
  }
}

export const CompositeFlags = {
  /** SPICE_COMPOSITE_OP0 */
  op0: 1,
  /** SPICE_COMPOSITE_OP1 */
  op1: 2,
  /** SPICE_COMPOSITE_OP2 */
  op2: 4,
  /** SPICE_COMPOSITE_OP3 */
  op3: 8,
  /** SPICE_COMPOSITE_OP4 */
  op4: 16,
  /** SPICE_COMPOSITE_OP5 */
  op5: 32,
  /** SPICE_COMPOSITE_OP6 */
  op6: 64,
  /** SPICE_COMPOSITE_OP7 */
  op7: 128,
  /** SPICE_COMPOSITE_SRC_FILTER0 */
  srcFilter0: 256,
  /** SPICE_COMPOSITE_SRC_FILTER1 */
  srcFilter1: 512,
  /** SPICE_COMPOSITE_SRC_FILTER2 */
  srcFilter2: 1024,
  /** SPICE_COMPOSITE_MASK_FILTER0 */
  maskFilter0: 2048,
  /** SPICE_COMPOSITE_MASK_FITLER1 */
  maskFilter1: 4096,
  /** SPICE_COMPOSITE_MASK_FILTER2 */
  maskFilter2: 8192,
  /** SPICE_COMPOSITE_SRC_REPEAT0 */
  srcRepeat0: 16384,
  /** SPICE_COMPOSITE_SRC_REPEAT1 */
  srcRepeat1: 32768,
  /** SPICE_COMPOSITE_MASK_REPEAT0 */
  maskRepeat0: 65536,
  /** SPICE_COMPOSITE_MASK_REPEAT1 */
  maskRepeat1: 131072,
  /** SPICE_COMPOSITE_COMPONENT_ALPHA */
  componentAlpha: 262144,
  /** SPICE_COMPOSITE_HAS_MASK */
  hasMask: 524288,
  /** SPICE_COMPOSITE_HAS_SRC_TRANSFORM */
  hasSrcTransform: 1048576,
  /** SPICE_COMPOSITE_HAS_MASK_TRANSFORM */
  hasMaskTransform: 2097152,
  /** SPICE_COMPOSITE_SOURCE_OPAQUE */
  sourceOpaque: 4194304,
  /** SPICE_COMPOSITE_MASK_OPAQUE */
  maskOpaque: 8388608,
  /** SPICE_COMPOSITE_DEST_OPAQUE */
  destOpaque: 16777216,
} as const;

/** Porter-Duff composition, with masks and transforms. */
export interface DrawComposite {
  readonly surfaceId: number;
  readonly box: SpiceRect;
  readonly clip: Clip;
  readonly flags: number;
  readonly src: Image | null;
  readonly maskBitmap: Image | null;
  readonly srcTransform: Transform | null;
  readonly maskTransform: Transform | null;
  readonly srcOrigin: Point16;
  readonly maskOrigin: Point16;
}
/** Reads a `DrawComposite`. Throws WireError. Byte fields are borrowed. */
export function readDrawComposite(r: Reader): DrawComposite {
  const v = r.view;
  const o1 = r.take(20, 'DrawComposite');
  const surfaceId = v.getUint32(o1, true);
  const box = { top: v.getInt32(o1 + 4, true), left: v.getInt32(o1 + 8, true), bottom: v.getInt32(o1 + 12, true), right: v.getInt32(o1 + 16, true) };
  const clip = readClip(r);
  const o2 = r.take(8, 'DrawComposite');
  const flags = r.flags(v.getUint32(o2, true), 33554431, 'DrawComposite.flags');
  const src = r.followOrNull(v.getUint32(o2 + 4, true), readImage, 'DrawComposite.src');
  let maskBitmap: Image | null = null;
  if ((flags & 524288) !== 0) {
    const o4 = r.take(4, 'DrawComposite.maskBitmap');
    const maskBitmap_3 = r.followOrNull(v.getUint32(o4, true), readImage, 'DrawComposite.maskBitmap');
    maskBitmap = maskBitmap_3;
  }
  let srcTransform: Transform | null = null;
  if ((flags & 1048576) !== 0) {
    const o6 = r.take(24, 'DrawComposite.srcTransform');
    const srcTransform_5 = { t00: v.getUint32(o6, true), t01: v.getUint32(o6 + 4, true), t02: v.getUint32(o6 + 8, true), t10: v.getUint32(o6 + 12, true), t11: v.getUint32(o6 + 16, true), t12: v.getUint32(o6 + 20, true) };
    srcTransform = srcTransform_5;
  }
  let maskTransform: Transform | null = null;
  if ((flags & 2097152) !== 0) {
    const o8 = r.take(24, 'DrawComposite.maskTransform');
    const maskTransform_7 = { t00: v.getUint32(o8, true), t01: v.getUint32(o8 + 4, true), t02: v.getUint32(o8 + 8, true), t10: v.getUint32(o8 + 12, true), t11: v.getUint32(o8 + 16, true), t12: v.getUint32(o8 + 20, true) };
    maskTransform = maskTransform_7;
  }
  const o9 = r.take(8, 'DrawComposite');
  const srcOrigin = { x: v.getInt16(o9, true), y: v.getInt16(o9 + 2, true) };
  const maskOrigin = { x: v.getInt16(o9 + 4, true), y: v.getInt16(o9 + 6, true) };
  return { surfaceId, box, clip, flags, src, maskBitmap, srcTransform, maskTransform, srcOrigin, maskOrigin };
}
/** Writes a `DrawComposite`. */
export function writeDrawComposite(w: Writer, m: DrawComposite): void {
  const o1 = w.take(20);
  const v2 = w.view;
  v2.setUint32(o1, m.surfaceId, true);
  v2.setInt32(o1 + 4, m.box.top, true);
  v2.setInt32(o1 + 8, m.box.left, true);
  v2.setInt32(o1 + 12, m.box.bottom, true);
  v2.setInt32(o1 + 16, m.box.right, true);
  writeClip(w, m.clip);
  const o3 = w.take(8);
  const v4 = w.view;
  v4.setUint32(o3, m.flags, true);
  w.point(v4, o3 + 4, writeImage, m.src);
  if ((m.flags & 524288) !== 0) {
    const o5 = w.take(4);
    const v6 = w.view;
    w.point(v6, o5, writeImage, m.maskBitmap);
  }
  else w.absent(m.maskBitmap, 'DrawComposite.maskBitmap');
  if ((m.flags & 1048576) !== 0) {
    const x7 = w.present(m.srcTransform, 'DrawComposite.srcTransform');
    const o8 = w.take(24);
    const v9 = w.view;
    v9.setUint32(o8, x7.t00, true);
    v9.setUint32(o8 + 4, x7.t01, true);
    v9.setUint32(o8 + 8, x7.t02, true);
    v9.setUint32(o8 + 12, x7.t10, true);
    v9.setUint32(o8 + 16, x7.t11, true);
    v9.setUint32(o8 + 20, x7.t12, true);
  }
  else w.absent(m.srcTransform, 'DrawComposite.srcTransform');
  if ((m.flags & 2097152) !== 0) {
    const x10 = w.present(m.maskTransform, 'DrawComposite.maskTransform');
    const o11 = w.take(24);
    const v12 = w.view;
    v12.setUint32(o11, x10.t00, true);
    v12.setUint32(o11 + 4, x10.t01, true);
    v12.setUint32(o11 + 8, x10.t02, true);
    v12.setUint32(o11 + 12, x10.t10, true);
    v12.setUint32(o11 + 16, x10.t11, true);
    v12.setUint32(o11 + 20, x10.t12, true);
  }
  else w.absent(m.maskTransform, 'DrawComposite.maskTransform');
  const o13 = w.take(8);
  const v14 = w.view;
  v14.setInt16(o13, m.srcOrigin.x, true);
  v14.setInt16(o13 + 2, m.srcOrigin.y, true);
  v14.setInt16(o13 + 4, m.maskOrigin.x, true);
  v14.setInt16(o13 + 6, m.maskOrigin.y, true);
}

/** Asks for reports on a stream. */
export interface StreamActivateReport {
  readonly streamId: number;
  readonly uniqueId: number;
  readonly maxWindowSize: number;
  readonly timeoutMs: number;
}
/** Reads a `StreamActivateReport`. Throws WireError. Byte fields are borrowed. */
export function readStreamActivateReport(r: Reader): StreamActivateReport {
  const v = r.view;
  const o1 = r.take(16, 'StreamActivateReport');
  const streamId = v.getUint32(o1, true);
  const uniqueId = v.getUint32(o1 + 4, true);
  const maxWindowSize = v.getUint32(o1 + 8, true);
  const timeoutMs = v.getUint32(o1 + 12, true);
  return { streamId, uniqueId, maxWindowSize, timeoutMs };
}
/** Writes a `StreamActivateReport`. */
export function writeStreamActivateReport(w: Writer, m: StreamActivateReport): void {
  const o1 = w.take(16);
  const v2 = w.view;
  v2.setUint32(o1, m.streamId, true);
  v2.setUint32(o1 + 4, m.uniqueId, true);
  v2.setUint32(o1 + 8, m.maxWindowSize, true);
  v2.setUint32(o1 + 12, m.timeoutMs, true);
}

export const GlScanoutFlags = {
  /** SPICE_GL_SCANOUT_FLAGS_Y0TOP */
  y0top: 1,
} as const;

/** A GL buffer to show; its file descriptor comes beside the bytes. */
export interface GlScanoutUnix {
  readonly width: number;
  readonly height: number;
  readonly stride: number;
  readonly drmFourcc: number;
  readonly flags: number;
}
/** Reads a `GlScanoutUnix`. Throws WireError. Byte fields are borrowed. */
export function readGlScanoutUnix(r: Reader): GlScanoutUnix {
  const v = r.view;
  const o1 = r.take(20, 'GlScanoutUnix');
  const width = v.getUint32(o1, true);
  const height = v.getUint32(o1 + 4, true);
  const stride = v.getUint32(o1 + 8, true);
  const drmFourcc = v.getUint32(o1 + 12, true);
  const flags = v.getUint32(o1 + 16, true);
  return { width, height, stride, drmFourcc, flags };
}
/** Writes a `GlScanoutUnix`. */
export function writeGlScanoutUnix(w: Writer, m: GlScanoutUnix): void {
  const o1 = w.take(20);
  const v2 = w.view;
  v2.setUint32(o1, m.width, true);
  v2.setUint32(o1 + 4, m.height, true);
  v2.setUint32(o1 + 8, m.stride, true);
  v2.setUint32(o1 + 12, m.drmFourcc, true);
  v2.setUint32(o1 + 16, m.flags, true);
}

/** Part of the GL buffer changed. */
export interface GlDraw {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}
/** Reads a `GlDraw`. Throws WireError. Byte fields are borrowed. */
export function readGlDraw(r: Reader): GlDraw {
  const v = r.view;
  const o1 = r.take(16, 'GlDraw');
  const x = v.getUint32(o1, true);
  const y = v.getUint32(o1 + 4, true);
  const width = v.getUint32(o1 + 8, true);
  const height = v.getUint32(o1 + 12, true);
  return { x, y, width, height };
}
/** Writes a `GlDraw`. */
export function writeGlDraw(w: Writer, m: GlDraw): void {
  const o1 = w.take(16);
  const v2 = w.view;
  v2.setUint32(o1, m.x, true);
  v2.setUint32(o1 + 4, m.y, true);
  v2.setUint32(o1 + 8, m.width, true);
  v2.setUint32(o1 + 12, m.height, true);
}

/** The first message: sizes of the caches, in pixels. */
export interface DisplayInit {
  readonly pixmapCacheId: number;
  readonly pixmapCacheSize: bigint;
  readonly glzDictionaryId: number;
  readonly glzDictionaryWindowSize: number;
}
/** Reads a `DisplayInit`. Throws WireError. Byte fields are borrowed. */
export function readDisplayInit(r: Reader): DisplayInit {
  const v = r.view;
  const o1 = r.take(14, 'DisplayInit');
  const pixmapCacheId = v.getUint8(o1);
  const pixmapCacheSize = v.getBigInt64(o1 + 1, true);
  const glzDictionaryId = v.getUint8(o1 + 9);
  const glzDictionaryWindowSize = v.getInt32(o1 + 10, true);
  return { pixmapCacheId, pixmapCacheSize, glzDictionaryId, glzDictionaryWindowSize };
}
/** Writes a `DisplayInit`. */
export function writeDisplayInit(w: Writer, m: DisplayInit): void {
  const o1 = w.take(14);
  const v2 = w.view;
  v2.setUint8(o1, m.pixmapCacheId);
  v2.setBigInt64(o1 + 1, m.pixmapCacheSize, true);
  v2.setUint8(o1 + 9, m.glzDictionaryId);
  v2.setInt32(o1 + 10, m.glzDictionaryWindowSize, true);
}

/** How a stream arrives. No frames and 2^32 - 1 drops: it cannot be shown. */
export interface StreamReport {
  readonly streamId: number;
  readonly uniqueId: number;
  readonly startFrameTime: number;
  readonly endFrameTime: number;
  readonly frames: number;
  readonly drops: number;
  readonly lastFrameDelayMs: number;
  readonly audioDelayMs: number;
}
/** Reads a `StreamReport`. Throws WireError. Byte fields are borrowed. */
export function readStreamReport(r: Reader): StreamReport {
  const v = r.view;
  const o1 = r.take(32, 'StreamReport');
  const streamId = v.getUint32(o1, true);
  const uniqueId = v.getUint32(o1 + 4, true);
  const startFrameTime = v.getUint32(o1 + 8, true);
  const endFrameTime = v.getUint32(o1 + 12, true);
  const frames = v.getUint32(o1 + 16, true);
  const drops = v.getUint32(o1 + 20, true);
  const lastFrameDelayMs = v.getInt32(o1 + 24, true);
  const audioDelayMs = v.getUint32(o1 + 28, true);
  return { streamId, uniqueId, startFrameTime, endFrameTime, frames, drops, lastFrameDelayMs, audioDelayMs };
}
/** Writes a `StreamReport`. */
export function writeStreamReport(w: Writer, m: StreamReport): void {
  const o1 = w.take(32);
  const v2 = w.view;
  v2.setUint32(o1, m.streamId, true);
  v2.setUint32(o1 + 4, m.uniqueId, true);
  v2.setUint32(o1 + 8, m.startFrameTime, true);
  v2.setUint32(o1 + 12, m.endFrameTime, true);
  v2.setUint32(o1 + 16, m.frames, true);
  v2.setUint32(o1 + 20, m.drops, true);
  v2.setInt32(o1 + 24, m.lastFrameDelayMs, true);
  v2.setUint32(o1 + 28, m.audioDelayMs, true);
}

export const ImageCompression = {
  /** SPICE_IMAGE_COMPRESSION_INVALID */
  invalid: 0,
  /** SPICE_IMAGE_COMPRESSION_OFF */
  off: 1,
  /** SPICE_IMAGE_COMPRESSION_AUTO_GLZ */
  autoGlz: 2,
  /** SPICE_IMAGE_COMPRESSION_AUTO_LZ */
  autoLz: 3,
  /** SPICE_IMAGE_COMPRESSION_QUIC */
  quic: 4,
  /** SPICE_IMAGE_COMPRESSION_GLZ */
  glz: 5,
  /** SPICE_IMAGE_COMPRESSION_LZ */
  lz: 6,
  /** SPICE_IMAGE_COMPRESSION_LZ4 */
  lz4: 7,
} as const;

/** Which image compression the client would like. */
export interface PreferredCompression {
  readonly compression: number;
}
/** Reads a `PreferredCompression`. Throws WireError. Byte fields are borrowed. */
export function readPreferredCompression(r: Reader): PreferredCompression {
  const v = r.view;
  const o1 = r.take(1, 'PreferredCompression');
  const compression = v.getUint8(o1);
  return { compression };
}
/** Writes a `PreferredCompression`. */
export function writePreferredCompression(w: Writer, m: PreferredCompression): void {
  const o1 = w.take(1);
  const v2 = w.view;
  v2.setUint8(o1, m.compression);
}

/** Which video codecs the client would like, best first. */
export interface PreferredVideoCodecType {
  readonly codecs: readonly number[];
}
/** Reads a `PreferredVideoCodecType`. Throws WireError. Byte fields are borrowed. */
export function readPreferredVideoCodecType(r: Reader): PreferredVideoCodecType {
  const v = r.view;
  const o2 = r.take(1, 'PreferredVideoCodecType');
  const n1 = v.getUint8(o2);
  const n3 = r.list(n1, 255, 1, 'PreferredVideoCodecType.codecs');
  const codecs: number[] = [];
  let p5 = r.take(n3 * 1, 'PreferredVideoCodecType.codecs');
  for (let i4 = 0; i4 < n3; i4++, p5 += 1) {
    codecs.push(v.getUint8(p5));
  }
  return { codecs };
}
/** Writes a `PreferredVideoCodecType`. */
export function writePreferredVideoCodecType(w: Writer, m: PreferredVideoCodecType): void {
  const o1 = w.take(1);
  const v2 = w.view;
  v2.setUint8(o1, w.count(m.codecs.length, 255, 'PreferredVideoCodecType.codecs'));
  let o4 = w.take(m.codecs.length * 1);
  const v5 = w.view;
  for (const x3 of m.codecs) {
    v5.setUint8(o4, x3);
    o4 += 1;
  }
}

/** Messages of `displayServer` by name. */
export const displayServer = {
  /** SPICE_MSG_MIGRATE (1): The channel moves to another server. */
  migrate: { id: 1, name: 'migrate', cap: null, read: readMigrate, write: writeMigrate },
  /** SPICE_MSG_MIGRATE_DATA (2): State to hand to the next server. */
  migrateData: { id: 2, name: 'migrateData', cap: null, read: readData, write: writeData },
  /** SPICE_MSG_SET_ACK (3): How many messages the client takes before it acknowledges. */
  setAck: { id: 3, name: 'setAck', cap: null, read: readSetAck, write: writeSetAck },
  /** SPICE_MSG_PING (4): To be answered with the same id and time; data only fills the line. */
  ping: { id: 4, name: 'ping', cap: null, read: readPing, write: writePing },
  /** SPICE_MSG_WAIT_FOR_CHANNELS (5): Wait until other channels got so far. */
  waitForChannels: { id: 5, name: 'waitForChannels', cap: null, read: readWaitForChannels, write: writeWaitForChannels },
  /** SPICE_MSG_DISCONNECTING (6): The server is about to close. */
  disconnecting: { id: 6, name: 'disconnecting', cap: null, read: readDisconnecting, write: writeDisconnecting },
  /** SPICE_MSG_NOTIFY (7): A text for the person at the client. */
  notify: { id: 7, name: 'notify', cap: null, read: readNotify, write: writeNotify },
  /** SPICE_MSG_LIST (8): A SubMessageList and what it points to. */
  list: { id: 8, name: 'list', cap: null, read: readData, write: writeData },
  /** SPICE_MSG_DISPLAY_MODE (101): The only surface, of servers before surfaces. */
  mode: { id: 101, name: 'mode', cap: null, read: readDisplayMode, write: writeDisplayMode },
  /** SPICE_MSG_DISPLAY_MARK (102): The primary surface is complete: show it. */
  mark: { id: 102, name: 'mark', cap: null, read: readNothing, write: writeNothing },
  /** SPICE_MSG_DISPLAY_RESET (103): Forget all surfaces. */
  reset: { id: 103, name: 'reset', cap: null, read: readNothing, write: writeNothing },
  /** SPICE_MSG_DISPLAY_COPY_BITS (104): Copy within a surface. */
  copyBits: { id: 104, name: 'copyBits', cap: null, read: readCopyBits, write: writeCopyBits },
  /** SPICE_MSG_DISPLAY_INVAL_LIST (105): Forget these cached images. */
  invalList: { id: 105, name: 'invalList', cap: null, read: readInvalList, write: writeInvalList },
  /** SPICE_MSG_DISPLAY_INVAL_ALL_PIXMAPS (106): Wait for these, then forget all cached images. */
  invalAllPixmaps: { id: 106, name: 'invalAllPixmaps', cap: null, read: readWaitForChannels, write: writeWaitForChannels },
  /** SPICE_MSG_DISPLAY_INVAL_PALETTE (107): Forget a cached palette. */
  invalPalette: { id: 107, name: 'invalPalette', cap: null, read: readInvalPalette, write: writeInvalPalette },
  /** SPICE_MSG_DISPLAY_INVAL_ALL_PALETTES (108): Forget all cached palettes. */
  invalAllPalettes: { id: 108, name: 'invalAllPalettes', cap: null, read: readNothing, write: writeNothing },
  /** SPICE_MSG_DISPLAY_STREAM_CREATE (122): A video stream begins. */
  streamCreate: { id: 122, name: 'streamCreate', cap: null, read: readStreamCreate, write: writeStreamCreate },
  /** SPICE_MSG_DISPLAY_STREAM_DATA (123): One encoded frame of a stream. */
  streamData: { id: 123, name: 'streamData', cap: null, read: readStreamData, write: writeStreamData },
  /** SPICE_MSG_DISPLAY_STREAM_CLIP (124): The visible part of a stream. */
  streamClip: { id: 124, name: 'streamClip', cap: null, read: readStreamClip, write: writeStreamClip },
  /** SPICE_MSG_DISPLAY_STREAM_DESTROY (125): A stream ends. */
  streamDestroy: { id: 125, name: 'streamDestroy', cap: null, read: readStreamDestroy, write: writeStreamDestroy },
  /** SPICE_MSG_DISPLAY_STREAM_DESTROY_ALL (126): All streams end. */
  streamDestroyAll: { id: 126, name: 'streamDestroyAll', cap: null, read: readNothing, write: writeNothing },
  /** SPICE_MSG_DISPLAY_DRAW_FILL (302): Fill with a brush. */
  drawFill: { id: 302, name: 'drawFill', cap: null, read: readDrawFill, write: writeDrawFill },
  /** SPICE_MSG_DISPLAY_DRAW_OPAQUE (303): Copy an image combined with a brush. */
  drawOpaque: { id: 303, name: 'drawOpaque', cap: null, read: readDrawOpaque, write: writeDrawOpaque },
  /** SPICE_MSG_DISPLAY_DRAW_COPY (304): Copy an image. */
  drawCopy: { id: 304, name: 'drawCopy', cap: null, read: readDrawCopy, write: writeDrawCopy },
  /** SPICE_MSG_DISPLAY_DRAW_BLEND (305): Combine an image with the surface. */
  drawBlend: { id: 305, name: 'drawBlend', cap: null, read: readDrawBlend, write: writeDrawBlend },
  /** SPICE_MSG_DISPLAY_DRAW_BLACKNESS (306): Fill with zeros. */
  drawBlackness: { id: 306, name: 'drawBlackness', cap: null, read: readDrawBlackness, write: writeDrawBlackness },
  /** SPICE_MSG_DISPLAY_DRAW_WHITENESS (307): Fill with ones. */
  drawWhiteness: { id: 307, name: 'drawWhiteness', cap: null, read: readDrawWhiteness, write: writeDrawWhiteness },
  /** SPICE_MSG_DISPLAY_DRAW_INVERS (308): Invert. */
  drawInvers: { id: 308, name: 'drawInvers', cap: null, read: readDrawInvers, write: writeDrawInvers },
  /** SPICE_MSG_DISPLAY_DRAW_ROP3 (309): Combine image, brush and surface by a ternary raster operation. */
  drawRop3: { id: 309, name: 'drawRop3', cap: null, read: readDrawRop3, write: writeDrawRop3 },
  /** SPICE_MSG_DISPLAY_DRAW_STROKE (310): Draw lines. */
  drawStroke: { id: 310, name: 'drawStroke', cap: null, read: readDrawStroke, write: writeDrawStroke },
  /** SPICE_MSG_DISPLAY_DRAW_TEXT (311): Draw glyphs. */
  drawText: { id: 311, name: 'drawText', cap: null, read: readDrawText, write: writeDrawText },
  /** SPICE_MSG_DISPLAY_DRAW_TRANSPARENT (312): Copy an image but for one colour. */
  drawTransparent: { id: 312, name: 'drawTransparent', cap: null, read: readDrawTransparent, write: writeDrawTransparent },
  /** SPICE_MSG_DISPLAY_DRAW_ALPHA_BLEND (313): Blend an image by its alpha and a constant. */
  drawAlphaBlend: { id: 313, name: 'drawAlphaBlend', cap: null, read: readDrawAlphaBlend, write: writeDrawAlphaBlend },
  /** SPICE_MSG_DISPLAY_SURFACE_CREATE (314): A new surface, filled with zeros. */
  surfaceCreate: { id: 314, name: 'surfaceCreate', cap: null, read: readSurfaceCreate, write: writeSurfaceCreate },
  /** SPICE_MSG_DISPLAY_SURFACE_DESTROY (315): A surface is gone. */
  surfaceDestroy: { id: 315, name: 'surfaceDestroy', cap: null, read: readSurfaceDestroy, write: writeSurfaceDestroy },
  /** SPICE_MSG_DISPLAY_STREAM_DATA_SIZED (316): One encoded frame of another size or place than the stream. */
  streamDataSized: { id: 316, name: 'streamDataSized', cap: 0, read: readStreamDataSized, write: writeStreamDataSized },
  /** SPICE_MSG_DISPLAY_MONITORS_CONFIG (317): Which parts of which surfaces are monitors. */
  monitorsConfig: { id: 317, name: 'monitorsConfig', cap: 1, read: readMonitorsConfig, write: writeMonitorsConfig },
  /** SPICE_MSG_DISPLAY_DRAW_COMPOSITE (318): Porter-Duff composition, with masks and transforms. */
  drawComposite: { id: 318, name: 'drawComposite', cap: 2, read: readDrawComposite, write: writeDrawComposite },
  /** SPICE_MSG_DISPLAY_STREAM_ACTIVATE_REPORT (319): Asks for reports on a stream. */
  streamActivateReport: { id: 319, name: 'streamActivateReport', cap: 4, read: readStreamActivateReport, write: writeStreamActivateReport },
  /** SPICE_MSG_DISPLAY_GL_SCANOUT_UNIX (320): A GL buffer to show; its file descriptor comes beside the bytes. */
  glScanoutUnix: { id: 320, name: 'glScanoutUnix', cap: 7, read: readGlScanoutUnix, write: writeGlScanoutUnix },
  /** SPICE_MSG_DISPLAY_GL_DRAW (321): Part of the GL buffer changed. */
  glDraw: { id: 321, name: 'glDraw', cap: 7, read: readGlDraw, write: writeGlDraw },
  /** SPICE_MSG_DISPLAY_QUALITY_INDICATOR (322): Not used by anyone. */
  qualityIndicator: { id: 322, name: 'qualityIndicator', cap: null, read: readData, write: writeData },
} as const;

/** Messages of `displayServer` by number. */
export const displayServerById = /* @__PURE__ */ byId(displayServer);

/** Reads message `id` of `displayServer` and gives it to its handler. Throws WireError, also for unknown numbers. */
export function dispatchDisplayServer<R>(id: number, r: Reader, handlers: Handlers<typeof displayServer, R>): R {
  switch (id) {
    case 1:
      return handlers.migrate(readMigrate(r));
    case 2:
      return handlers.migrateData(readData(r));
    case 3:
      return handlers.setAck(readSetAck(r));
    case 4:
      return handlers.ping(readPing(r));
    case 5:
      return handlers.waitForChannels(readWaitForChannels(r));
    case 6:
      return handlers.disconnecting(readDisconnecting(r));
    case 7:
      return handlers.notify(readNotify(r));
    case 8:
      return handlers.list(readData(r));
    case 101:
      return handlers.mode(readDisplayMode(r));
    case 102:
      return handlers.mark(readNothing(r));
    case 103:
      return handlers.reset(readNothing(r));
    case 104:
      return handlers.copyBits(readCopyBits(r));
    case 105:
      return handlers.invalList(readInvalList(r));
    case 106:
      return handlers.invalAllPixmaps(readWaitForChannels(r));
    case 107:
      return handlers.invalPalette(readInvalPalette(r));
    case 108:
      return handlers.invalAllPalettes(readNothing(r));
    case 122:
      return handlers.streamCreate(readStreamCreate(r));
    case 123:
      return handlers.streamData(readStreamData(r));
    case 124:
      return handlers.streamClip(readStreamClip(r));
    case 125:
      return handlers.streamDestroy(readStreamDestroy(r));
    case 126:
      return handlers.streamDestroyAll(readNothing(r));
    case 302:
      return handlers.drawFill(readDrawFill(r));
    case 303:
      return handlers.drawOpaque(readDrawOpaque(r));
    case 304:
      return handlers.drawCopy(readDrawCopy(r));
    case 305:
      return handlers.drawBlend(readDrawBlend(r));
    case 306:
      return handlers.drawBlackness(readDrawBlackness(r));
    case 307:
      return handlers.drawWhiteness(readDrawWhiteness(r));
    case 308:
      return handlers.drawInvers(readDrawInvers(r));
    case 309:
      return handlers.drawRop3(readDrawRop3(r));
    case 310:
      return handlers.drawStroke(readDrawStroke(r));
    case 311:
      return handlers.drawText(readDrawText(r));
    case 312:
      return handlers.drawTransparent(readDrawTransparent(r));
    case 313:
      return handlers.drawAlphaBlend(readDrawAlphaBlend(r));
    case 314:
      return handlers.surfaceCreate(readSurfaceCreate(r));
    case 315:
      return handlers.surfaceDestroy(readSurfaceDestroy(r));
    case 316:
      return handlers.streamDataSized(readStreamDataSized(r));
    case 317:
      return handlers.monitorsConfig(readMonitorsConfig(r));
    case 318:
      return handlers.drawComposite(readDrawComposite(r));
    case 319:
      return handlers.streamActivateReport(readStreamActivateReport(r));
    case 320:
      return handlers.glScanoutUnix(readGlScanoutUnix(r));
    case 321:
      return handlers.glDraw(readGlDraw(r));
    case 322:
      return handlers.qualityIndicator(readData(r));
    default:
      throw r.refuse('message', 'displayServer');
  }
}

/** Messages of `displayClient` by name. */
export const displayClient = {
  /** SPICE_MSGC_ACK_SYNC (1): The answer to SET_ACK. */
  ackSync: { id: 1, name: 'ackSync', cap: null, read: readAckSync, write: writeAckSync },
  /** SPICE_MSGC_ACK (2): One window of messages was taken. */
  ack: { id: 2, name: 'ack', cap: null, read: readNothing, write: writeNothing },
  /** SPICE_MSGC_PONG (3): The answer to PING. */
  pong: { id: 3, name: 'pong', cap: null, read: readPong, write: writePong },
  /** SPICE_MSGC_MIGRATE_FLUSH_MARK (4): All before migration was sent. */
  migrateFlushMark: { id: 4, name: 'migrateFlushMark', cap: null, read: readNothing, write: writeNothing },
  /** SPICE_MSGC_MIGRATE_DATA (5): State brought from the last server. */
  migrateData: { id: 5, name: 'migrateData', cap: null, read: readData, write: writeData },
  /** SPICE_MSGC_DISCONNECTING (6): The client is about to close. */
  disconnecting: { id: 6, name: 'disconnecting', cap: null, read: readDisconnecting, write: writeDisconnecting },
  /** SPICE_MSGC_DISPLAY_INIT (101): The first message: sizes of the caches, in pixels. */
  init: { id: 101, name: 'init', cap: null, read: readDisplayInit, write: writeDisplayInit },
  /** SPICE_MSGC_DISPLAY_STREAM_REPORT (102): How a stream arrives. No frames and 2^32 - 1 drops: it cannot be shown. */
  streamReport: { id: 102, name: 'streamReport', cap: 4, read: readStreamReport, write: writeStreamReport },
  /** SPICE_MSGC_DISPLAY_PREFERRED_COMPRESSION (103): Which image compression the client would like. */
  preferredCompression: { id: 103, name: 'preferredCompression', cap: 6, read: readPreferredCompression, write: writePreferredCompression },
  /** SPICE_MSGC_DISPLAY_GL_DRAW_DONE (104): The answer to GL_DRAW. */
  glDrawDone: { id: 104, name: 'glDrawDone', cap: 7, read: readNothing, write: writeNothing },
  /** SPICE_MSGC_DISPLAY_PREFERRED_VIDEO_CODEC_TYPE (105): Which video codecs the client would like, best first. */
  preferredVideoCodecType: { id: 105, name: 'preferredVideoCodecType', cap: 12, read: readPreferredVideoCodecType, write: writePreferredVideoCodecType },
} as const;

/** Messages of `displayClient` by number. */
export const displayClientById = /* @__PURE__ */ byId(displayClient);

/** Reads message `id` of `displayClient` and gives it to its handler. Throws WireError, also for unknown numbers. */
export function dispatchDisplayClient<R>(id: number, r: Reader, handlers: Handlers<typeof displayClient, R>): R {
  switch (id) {
    case 1:
      return handlers.ackSync(readAckSync(r));
    case 2:
      return handlers.ack(readNothing(r));
    case 3:
      return handlers.pong(readPong(r));
    case 4:
      return handlers.migrateFlushMark(readNothing(r));
    case 5:
      return handlers.migrateData(readData(r));
    case 6:
      return handlers.disconnecting(readDisconnecting(r));
    case 101:
      return handlers.init(readDisplayInit(r));
    case 102:
      return handlers.streamReport(readStreamReport(r));
    case 103:
      return handlers.preferredCompression(readPreferredCompression(r));
    case 104:
      return handlers.glDrawDone(readNothing(r));
    case 105:
      return handlers.preferredVideoCodecType(readPreferredVideoCodecType(r));
    default:
      throw r.refuse('message', 'displayClient');
  }
}
