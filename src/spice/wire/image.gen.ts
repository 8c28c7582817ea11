// Generated from image.table.ts by `npm run gen`. Do not edit.
import type { Reader } from '../../wire/reader.ts';
import type { Writer } from '../../wire/writer.ts';
import { type Point, type SpiceRect } from './common.gen.ts';

export const ClipType = {
  /** SPICE_CLIP_TYPE_NONE */
  none: 0,
  /** SPICE_CLIP_TYPE_RECTS */
  rects: 1,
} as const;
export type ClipType = (typeof ClipType)[keyof typeof ClipType];
/** Refuses a number that is no `ClipType`. */
export function checkClipType(r: Reader, x: number, path: string): ClipType {
  switch (x) {
    case 0:
    case 1:
      return x as ClipType;
    default:
      throw r.refuse('value', path);
  }
}

/** `Clip` of type `none`. */
export interface ClipNone {
  readonly type: typeof ClipType.none;
}
/** `Clip` of type `rects`. */
export interface ClipRects {
  readonly type: typeof ClipType.rects;
  readonly rects: readonly SpiceRect[];
}
export type Clip = ClipNone | ClipRects;
/** Reads a `Clip`. Throws WireError. Byte fields are borrowed. */
export function readClip(r: Reader): Clip {
  const v = r.view;
  const o1 = r.take(1, 'Clip');
  const type = checkClipType(r, v.getUint8(o1), 'Clip.type');
  switch (type) {
    case 0: {
      return { type };
    }
    case 1: {
      const o3 = r.take(4, 'Clip.rects');
      const n2 = v.getUint32(o3, true);
      const n4 = r.list(n2, 65536, 16, 'Clip.rects.rects');
      const rects: SpiceRect[] = [];
      let p6 = r.take(n4 * 16, 'Clip.rects.rects');
      for (let i5 = 0; i5 < n4; i5++, p6 += 16) {
        rects.push({ top: v.getInt32(p6, true), left: v.getInt32(p6 + 4, true), bottom: v.getInt32(p6 + 8, true), right: v.getInt32(p6 + 12, true) });
      }
      return { type, rects };
    }
  }
}
/** Writes a `Clip`. */
export function writeClip(w: Writer, m: Clip): void {
  const o1 = w.take(1);
  const v2 = w.view;
  v2.setUint8(o1, m.type);
  switch (m.type) {
    case 0: {
      return;
    }
    case 1: {
      const o3 = w.take(4);
      const v4 = w.view;
      v4.setUint32(o3, w.count(m.rects.length, 65536, 'Clip.rects.rects'), true);
      let o6 = w.take(m.rects.length * 16);
      const v7 = w.view;
      for (const x5 of m.rects) {
        v7.setInt32(o6, x5.top, true);
        v7.setInt32(o6 + 4, x5.left, true);
        v7.setInt32(o6 + 8, x5.bottom, true);
        v7.setInt32(o6 + 12, x5.right, true);
        o6 += 16;
      }
      return;
    }
  }
}

export const ImageType = {
  /** SPICE_IMAGE_TYPE_BITMAP */
  bitmap: 0,
  /** SPICE_IMAGE_TYPE_QUIC */
  quic: 1,
  /** SPICE_IMAGE_TYPE_LZ_PLT */
  lzPlt: 100,
  /** SPICE_IMAGE_TYPE_LZ_RGB */
  lzRgb: 101,
  /** SPICE_IMAGE_TYPE_GLZ_RGB */
  glzRgb: 102,
  /** SPICE_IMAGE_TYPE_FROM_CACHE */
  fromCache: 103,
  /** SPICE_IMAGE_TYPE_SURFACE */
  surface: 104,
  /** SPICE_IMAGE_TYPE_JPEG */
  jpeg: 105,
  /** SPICE_IMAGE_TYPE_FROM_CACHE_LOSSLESS */
  fromCacheLossless: 106,
  /** SPICE_IMAGE_TYPE_ZLIB_GLZ_RGB */
  zlibGlzRgb: 107,
  /** SPICE_IMAGE_TYPE_JPEG_ALPHA */
  jpegAlpha: 108,
  /** SPICE_IMAGE_TYPE_LZ4 */
  lz4: 109,
} as const;
export type ImageType = (typeof ImageType)[keyof typeof ImageType];
/** Refuses a number that is no `ImageType`. */
export function checkImageType(r: Reader, x: number, path: string): ImageType {
  switch (x) {
    case 0:
    case 1:
    case 100:
    case 101:
    case 102:
    case 103:
    case 104:
    case 105:
    case 106:
    case 107:
    case 108:
    case 109:
      return x as ImageType;
    default:
      throw r.refuse('value', path);
  }
}

export const ImageFlags = {
  /** SPICE_IMAGE_FLAGS_CACHE_ME */
  cacheMe: 1,
  /** SPICE_IMAGE_FLAGS_HIGH_BITS_SET */
  highBitsSet: 2,
  /** SPICE_IMAGE_FLAGS_CACHE_REPLACE_ME */
  cacheReplaceMe: 4,
} as const;

export const BitmapFormat = {
  /** SPICE_BITMAP_FMT_INVALID */
  invalid: 0,
  /** SPICE_BITMAP_FMT_1BIT_LE */
  oneBitLe: 1,
  /** SPICE_BITMAP_FMT_1BIT_BE */
  oneBitBe: 2,
  /** SPICE_BITMAP_FMT_4BIT_LE */
  fourBitLe: 3,
  /** SPICE_BITMAP_FMT_4BIT_BE */
  fourBitBe: 4,
  /** SPICE_BITMAP_FMT_8BIT */
  eightBit: 5,
  /** SPICE_BITMAP_FMT_16BIT */
  sixteenBit: 6,
  /** SPICE_BITMAP_FMT_24BIT */
  twentyFourBit: 7,
  /** SPICE_BITMAP_FMT_32BIT */
  thirtyTwoBit: 8,
  /** SPICE_BITMAP_FMT_RGBA */
  rgba: 9,
  /** SPICE_BITMAP_FMT_8BIT_A */
  eightBitAlpha: 10,
} as const;
export type BitmapFormat = (typeof BitmapFormat)[keyof typeof BitmapFormat];
/** Refuses a number that is no `BitmapFormat`. */
export function checkBitmapFormat(r: Reader, x: number, path: string): BitmapFormat {
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
      return x as BitmapFormat;
    default:
      throw r.refuse('value', path);
  }
}

export const BitmapFlags = {
  /** SPICE_BITMAP_FLAGS_PAL_CACHE_ME */
  palCacheMe: 1,
  /** SPICE_BITMAP_FLAGS_PAL_FROM_CACHE */
  palFromCache: 2,
  /** SPICE_BITMAP_FLAGS_TOP_DOWN */
  topDown: 4,
} as const;

/** Colours as 0x00RRGGBB. */
export interface Palette {
  readonly unique: bigint;
  readonly entries: readonly number[];
}
/** Reads a `Palette`. Throws WireError. Byte fields are borrowed. */
export function readPalette(r: Reader): Palette {
  const v = r.view;
  const o2 = r.take(10, 'Palette');
  const unique = v.getBigUint64(o2, true);
  const n1 = v.getUint16(o2 + 8, true);
  const n3 = r.list(n1, 256, 4, 'Palette.entries');
  const entries: number[] = [];
  let p5 = r.take(n3 * 4, 'Palette.entries');
  for (let i4 = 0; i4 < n3; i4++, p5 += 4) {
    entries.push(v.getUint32(p5, true));
  }
  return { unique, entries };
}
/** Writes a `Palette`. */
export function writePalette(w: Writer, m: Palette): void {
  const o1 = w.take(10);
  const v2 = w.view;
  v2.setBigUint64(o1, m.unique, true);
  v2.setUint16(o1 + 8, w.count(m.entries.length, 256, 'Palette.entries'), true);
  let o4 = w.take(m.entries.length * 4);
  const v5 = w.view;
  for (const x3 of m.entries) {
    v5.setUint32(o4, x3, true);
    o4 += 4;
  }
}

/** Pixels as they are, rows `stride` bytes apart, the lowest row first unless `topDown`. */
export interface Bitmap {
  readonly format: BitmapFormat;
  readonly flags: number;
  readonly width: number;
  readonly height: number;
  readonly stride: number;
  readonly paletteId: bigint | null;
  readonly palette: Palette | null;
  readonly data: Uint8Array;
}
/** Reads a `Bitmap`. Throws WireError. Byte fields are borrowed. */
export function readBitmap(r: Reader): Bitmap {
  const v = r.view;
  const o1 = r.take(14, 'Bitmap');
  const format = checkBitmapFormat(r, v.getUint8(o1), 'Bitmap.format');
  const flags = r.flags(v.getUint8(o1 + 1), 7, 'Bitmap.flags');
  const width = v.getUint32(o1 + 2, true);
  const height = v.getUint32(o1 + 6, true);
  const stride = v.getUint32(o1 + 10, true);
  let paletteId: bigint | null = null;
  if ((flags & 2) !== 0) {
    const o3 = r.take(8, 'Bitmap.paletteId');
    const paletteId_2 = v.getBigUint64(o3, true);
    paletteId = paletteId_2;
  }
  let palette: Palette | null = null;
  if ((flags & 2) === 0) {
    const o5 = r.take(4, 'Bitmap.palette');
    const palette_4 = r.followOrNull(v.getUint32(o5, true), readPalette, 'Bitmap.palette');
    palette = palette_4;
  }
  const data = r.bytes(r.rows(8, stride, height, 'Bitmap.data'), 268435456, 'Bitmap.data');
  return { format, flags, width, height, stride, paletteId, palette, data };
}
/** Writes a `Bitmap`. */
export function writeBitmap(w: Writer, m: Bitmap): void {
  const o1 = w.take(14);
  const v2 = w.view;
  v2.setUint8(o1, m.format);
  v2.setUint8(o1 + 1, m.flags);
  v2.setUint32(o1 + 2, m.width, true);
  v2.setUint32(o1 + 6, m.height, true);
  v2.setUint32(o1 + 10, m.stride, true);
  if ((m.flags & 2) !== 0) {
    const x3 = w.present(m.paletteId, 'Bitmap.paletteId');
    const o4 = w.take(8);
    const v5 = w.view;
    v5.setBigUint64(o4, x3, true);
  }
  else w.absent(m.paletteId, 'Bitmap.paletteId');
  if ((m.flags & 2) === 0) {
    const o6 = w.take(4);
    const v7 = w.view;
    w.point(v7, o6, writePalette, m.palette);
  }
  else w.absent(m.palette, 'Bitmap.palette');
  w.exact(m.data.byteLength, Math.ceil((8 * m.stride) / 8) * m.height, 'Bitmap.data');
  w.bytes(m.data);
}

/** LZ-compressed pixels that are indices into a palette. */
export interface LzPlt {
  readonly flags: number;
  readonly paletteId: bigint | null;
  readonly palette: Palette | null;
  readonly data: Uint8Array;
}
/** Reads a `LzPlt`. Throws WireError. Byte fields are borrowed. */
export function readLzPlt(r: Reader): LzPlt {
  const v = r.view;
  const o1 = r.take(5, 'LzPlt');
  const flags = r.flags(v.getUint8(o1), 7, 'LzPlt.flags');
  const dataBytes = v.getUint32(o1 + 1, true);
  let paletteId: bigint | null = null;
  if ((flags & 2) !== 0) {
    const o3 = r.take(8, 'LzPlt.paletteId');
    const paletteId_2 = v.getBigUint64(o3, true);
    paletteId = paletteId_2;
  }
  let palette: Palette | null = null;
  if ((flags & 2) === 0) {
    const o5 = r.take(4, 'LzPlt.palette');
    const palette_4 = r.follow(v.getUint32(o5, true), readPalette, 'LzPlt.palette');
    palette = palette_4;
  }
  const data = r.bytes(dataBytes, 268435456, 'LzPlt.data');
  return { flags, paletteId, palette, data };
}
/** Writes a `LzPlt`. */
export function writeLzPlt(w: Writer, m: LzPlt): void {
  const o1 = w.take(5);
  const v2 = w.view;
  v2.setUint8(o1, m.flags);
  v2.setUint32(o1 + 1, w.count(m.data.byteLength, 268435456, 'LzPlt.data'), true);
  if ((m.flags & 2) !== 0) {
    const x3 = w.present(m.paletteId, 'LzPlt.paletteId');
    const o4 = w.take(8);
    const v5 = w.view;
    v5.setBigUint64(o4, x3, true);
  }
  else w.absent(m.paletteId, 'LzPlt.paletteId');
  if ((m.flags & 2) === 0) {
    const x6 = w.present(m.palette, 'LzPlt.palette');
    const o7 = w.take(4);
    const v8 = w.view;
    w.point(v8, o7, writePalette, x6);
  }
  else w.absent(m.palette, 'LzPlt.palette');
  w.bytes(m.data);
}

export const JpegAlphaFlags = {
  /** SPICE_JPEG_ALPHA_FLAGS_TOP_DOWN */
  topDown: 1,
} as const;

/** `Image` of type `bitmap`. */
export interface ImageBitmap {
  readonly id: bigint;
  readonly flags: number;
  readonly width: number;
  readonly height: number;
  readonly type: typeof ImageType.bitmap;
  readonly bitmap: Bitmap;
}
/** `Image` of type `quic`. */
export interface ImageQuic {
  readonly id: bigint;
  readonly flags: number;
  readonly width: number;
  readonly height: number;
  readonly type: typeof ImageType.quic;
  readonly data: Uint8Array;
}
/** `Image` of type `lzPlt`. */
export interface ImageLzPlt {
  readonly id: bigint;
  readonly flags: number;
  readonly width: number;
  readonly height: number;
  readonly type: typeof ImageType.lzPlt;
  readonly lzPlt: LzPlt;
}
/** `Image` of type `lzRgb`. */
export interface ImageLzRgb {
  readonly id: bigint;
  readonly flags: number;
  readonly width: number;
  readonly height: number;
  readonly type: typeof ImageType.lzRgb;
  readonly data: Uint8Array;
}
/** `Image` of type `glzRgb`. */
export interface ImageGlzRgb {
  readonly id: bigint;
  readonly flags: number;
  readonly width: number;
  readonly height: number;
  readonly type: typeof ImageType.glzRgb;
  readonly data: Uint8Array;
}
/** `Image` of type `fromCache`. */
export interface ImageFromCache {
  readonly id: bigint;
  readonly flags: number;
  readonly width: number;
  readonly height: number;
  readonly type: typeof ImageType.fromCache;
}
/** `Image` of type `surface`. */
export interface ImageSurface {
  readonly id: bigint;
  readonly flags: number;
  readonly width: number;
  readonly height: number;
  readonly type: typeof ImageType.surface;
  readonly surfaceId: number;
}
/** `Image` of type `jpeg`. */
export interface ImageJpeg {
  readonly id: bigint;
  readonly flags: number;
  readonly width: number;
  readonly height: number;
  readonly type: typeof ImageType.jpeg;
  readonly data: Uint8Array;
}
/** `Image` of type `fromCacheLossless`. */
export interface ImageFromCacheLossless {
  readonly id: bigint;
  readonly flags: number;
  readonly width: number;
  readonly height: number;
  readonly type: typeof ImageType.fromCacheLossless;
}
/** `Image` of type `zlibGlzRgb`. */
export interface ImageZlibGlzRgb {
  readonly id: bigint;
  readonly flags: number;
  readonly width: number;
  readonly height: number;
  readonly type: typeof ImageType.zlibGlzRgb;
  readonly glzBytes: number;
  readonly data: Uint8Array;
}
/** `Image` of type `jpegAlpha`. */
export interface ImageJpegAlpha {
  readonly id: bigint;
  readonly flags: number;
  readonly width: number;
  readonly height: number;
  readonly type: typeof ImageType.jpegAlpha;
  readonly alphaFlags: number;
  readonly jpegBytes: number;
  readonly data: Uint8Array;
}
/** `Image` of type `lz4`. */
export interface ImageLz4 {
  readonly id: bigint;
  readonly flags: number;
  readonly width: number;
  readonly height: number;
  readonly type: typeof ImageType.lz4;
  readonly data: Uint8Array;
}
/** An image: its descriptor (18 bytes), then data as its type says. `id` names it in the caches. */
export type Image = ImageBitmap | ImageQuic | ImageLzPlt | ImageLzRgb | ImageGlzRgb | ImageFromCache | ImageSurface | ImageJpeg | ImageFromCacheLossless | ImageZlibGlzRgb | ImageJpegAlpha | ImageLz4;
/** Reads a `Image`. Throws WireError. Byte fields are borrowed. */
export function readImage(r: Reader): Image {
  const v = r.view;
  const o1 = r.take(18, 'Image');
  const id = v.getBigUint64(o1, true);
  const type = checkImageType(r, v.getUint8(o1 + 8), 'Image.type');
  const flags = r.flags(v.getUint8(o1 + 9), 7, 'Image.flags');
  const width = v.getUint32(o1 + 10, true);
  const height = v.getUint32(o1 + 14, true);
  switch (type) {
    case 0: {
      const bitmap = readBitmap(r);
      return { id, type, flags, width, height, bitmap };
    }
    case 1: {
      const o3 = r.take(4, 'Image.quic');
      const n2 = v.getUint32(o3, true);
      const data = r.bytes(n2, 268435456, 'Image.quic.data');
      return { id, type, flags, width, height, data };
    }
    case 100: {
      const lzPlt = readLzPlt(r);
      return { id, type, flags, width, height, lzPlt };
    }
    case 101: {
      const o5 = r.take(4, 'Image.lzRgb');
      const n4 = v.getUint32(o5, true);
      const data = r.bytes(n4, 268435456, 'Image.lzRgb.data');
      return { id, type, flags, width, height, data };
    }
    case 102: {
      const o7 = r.take(4, 'Image.glzRgb');
      const n6 = v.getUint32(o7, true);
      const data = r.bytes(n6, 268435456, 'Image.glzRgb.data');
      return { id, type, flags, width, height, data };
    }
    case 103: {
      return { id, type, flags, width, height };
    }
    case 104: {
      const o8 = r.take(4, 'Image.surface');
      const surfaceId = v.getUint32(o8, true);
      return { id, type, flags, width, height, surfaceId };
    }
    case 105: {
      const o10 = r.take(4, 'Image.jpeg');
      const n9 = v.getUint32(o10, true);
      const data = r.bytes(n9, 268435456, 'Image.jpeg.data');
      return { id, type, flags, width, height, data };
    }
    case 106: {
      return { id, type, flags, width, height };
    }
    case 107: {
      const o12 = r.take(8, 'Image.zlibGlzRgb');
      const glzBytes = v.getUint32(o12, true);
      const n11 = v.getUint32(o12 + 4, true);
      const data = r.bytes(n11, 268435456, 'Image.zlibGlzRgb.data');
      return { id, type, flags, width, height, glzBytes, data };
    }
    case 108: {
      const o14 = r.take(9, 'Image.jpegAlpha');
      const alphaFlags = r.flags(v.getUint8(o14), 1, 'Image.jpegAlpha.alphaFlags');
      const jpegBytes = v.getUint32(o14 + 1, true);
      const n13 = v.getUint32(o14 + 5, true);
      const data = r.bytes(n13, 268435456, 'Image.jpegAlpha.data');
      return { id, type, flags, width, height, alphaFlags, jpegBytes, data };
    }
    case 109: {
      const o16 = r.take(4, 'Image.lz4');
      const n15 = v.getUint32(o16, true);
      const data = r.bytes(n15, 268435456, 'Image.lz4.data');
      return { id, type, flags, width, height, data };
    }
  }
}
/** Writes a `Image`. */
export function writeImage(w: Writer, m: Image): void {
  const o1 = w.take(18);
  const v2 = w.view;
  v2.setBigUint64(o1, m.id, true);
  v2.setUint8(o1 + 8, m.type);
  v2.setUint8(o1 + 9, m.flags);
  v2.setUint32(o1 + 10, m.width, true);
  v2.setUint32(o1 + 14, m.height, true);
  switch (m.type) {
    case 0: {
      writeBitmap(w, m.bitmap);
      return;
    }
    case 1: {
      const o3 = w.take(4);
      const v4 = w.view;
      v4.setUint32(o3, w.count(m.data.byteLength, 268435456, 'Image.quic.data'), true);
      w.bytes(m.data);
      return;
    }
    case 100: {
      writeLzPlt(w, m.lzPlt);
      return;
    }
    case 101: {
      const o5 = w.take(4);
      const v6 = w.view;
      v6.setUint32(o5, w.count(m.data.byteLength, 268435456, 'Image.lzRgb.data'), true);
      w.bytes(m.data);
      return;
    }
    case 102: {
      const o7 = w.take(4);
      const v8 = w.view;
      v8.setUint32(o7, w.count(m.data.byteLength, 268435456, 'Image.glzRgb.data'), true);
      w.bytes(m.data);
      return;
    }
    case 103: {
      return;
    }
    case 104: {
      const o9 = w.take(4);
      const v10 = w.view;
      v10.setUint32(o9, m.surfaceId, true);
      return;
    }
    case 105: {
      const o11 = w.take(4);
      const v12 = w.view;
      v12.setUint32(o11, w.count(m.data.byteLength, 268435456, 'Image.jpeg.data'), true);
      w.bytes(m.data);
      return;
    }
    case 106: {
      return;
    }
    case 107: {
      const o13 = w.take(8);
      const v14 = w.view;
      v14.setUint32(o13, m.glzBytes, true);
      v14.setUint32(o13 + 4, w.count(m.data.byteLength, 268435456, 'Image.zlibGlzRgb.data'), true);
      w.bytes(m.data);
      return;
    }
    case 108: {
      const o15 = w.take(9);
      const v16 = w.view;
      v16.setUint8(o15, m.alphaFlags);
      v16.setUint32(o15 + 1, m.jpegBytes, true);
      v16.setUint32(o15 + 5, w.count(m.data.byteLength, 268435456, 'Image.jpegAlpha.data'), true);
      w.bytes(m.data);
      return;
    }
    case 109: {
      const o17 = w.take(4);
      const v18 = w.view;
      v18.setUint32(o17, w.count(m.data.byteLength, 268435456, 'Image.lz4.data'), true);
      w.bytes(m.data);
      return;
    }
  }
}

export const BrushType = {
  /** SPICE_BRUSH_TYPE_NONE */
  none: 0,
  /** SPICE_BRUSH_TYPE_SOLID */
  solid: 1,
  /** SPICE_BRUSH_TYPE_PATTERN */
  pattern: 2,
} as const;
export type BrushType = (typeof BrushType)[keyof typeof BrushType];
/** Refuses a number that is no `BrushType`. */
export function checkBrushType(r: Reader, x: number, path: string): BrushType {
  switch (x) {
    case 0:
    case 1:
    case 2:
      return x as BrushType;
    default:
      throw r.refuse('value', path);
  }
}

/** `Brush` of type `none`. */
export interface BrushNone {
  readonly type: typeof BrushType.none;
}
/** `Brush` of type `solid`. */
export interface BrushSolid {
  readonly type: typeof BrushType.solid;
  readonly color: number;
}
/** `Brush` of type `pattern`. */
export interface BrushPattern {
  readonly type: typeof BrushType.pattern;
  readonly pattern: Image;
  readonly position: Point;
}
/** What an area is filled with. Colour as 0x00RRGGBB. */
export type Brush = BrushNone | BrushSolid | BrushPattern;
/** Reads a `Brush`. Throws WireError. Byte fields are borrowed. */
export function readBrush(r: Reader): Brush {
  const v = r.view;
  const o1 = r.take(1, 'Brush');
  const type = checkBrushType(r, v.getUint8(o1), 'Brush.type');
  switch (type) {
    case 0: {
      return { type };
    }
    case 1: {
      const o2 = r.take(4, 'Brush.solid');
      const color = v.getUint32(o2, true);
      return { type, color };
    }
    case 2: {
      const o3 = r.take(12, 'Brush.pattern');
      const pattern = r.follow(v.getUint32(o3, true), readImage, 'Brush.pattern.pattern');
      const position = { x: v.getInt32(o3 + 4, true), y: v.getInt32(o3 + 8, true) };
      return { type, pattern, position };
    }
  }
}
/** Writes a `Brush`. */
export function writeBrush(w: Writer, m: Brush): void {
  const o1 = w.take(1);
  const v2 = w.view;
  v2.setUint8(o1, m.type);
  switch (m.type) {
    case 0: {
      return;
    }
    case 1: {
      const o3 = w.take(4);
      const v4 = w.view;
      v4.setUint32(o3, m.color, true);
      return;
    }
    case 2: {
      const o5 = w.take(12);
      const v6 = w.view;
      w.point(v6, o5, writeImage, m.pattern);
      v6.setInt32(o5 + 4, m.position.x, true);
      v6.setInt32(o5 + 8, m.position.y, true);
      return;
    }
  }
}

export const MaskFlags = {
  /** SPICE_MASK_FLAGS_INVERS */
  invers: 1,
} as const;

/** A 1-bit image that says which pixels are drawn; none when `bitmap` is null. */
export interface Mask {
  readonly flags: number;
  readonly position: Point;
  readonly bitmap: Image | null;
}
/** Reads a `Mask`. Throws WireError. Byte fields are borrowed. */
export function readMask(r: Reader): Mask {
  const v = r.view;
  const o1 = r.take(13, 'Mask');
  const flags = r.flags(v.getUint8(o1), 1, 'Mask.flags');
  const position = { x: v.getInt32(o1 + 1, true), y: v.getInt32(o1 + 5, true) };
  const bitmap = r.followOrNull(v.getUint32(o1 + 9, true), readImage, 'Mask.bitmap');
  return { flags, position, bitmap };
}
/** Writes a `Mask`. */
export function writeMask(w: Writer, m: Mask): void {
  const o1 = w.take(13);
  const v2 = w.view;
  v2.setUint8(o1, m.flags);
  v2.setInt32(o1 + 1, m.position.x, true);
  v2.setInt32(o1 + 5, m.position.y, true);
  w.point(v2, o1 + 9, writeImage, m.bitmap);
}

export const LineFlags = {
  /** SPICE_LINE_FLAGS_START_WITH_GAP */
  startWithGap: 4,
  /** SPICE_LINE_FLAGS_STYLED */
  styled: 8,
} as const;

/** Lengths are 28.4 fixed point. */
export interface LineAttributes {
  readonly flags: number;
  readonly style: { readonly lengths: readonly number[] | null; } | null;
}
/** Reads a `LineAttributes`. Throws WireError. Byte fields are borrowed. */
export function readLineAttributes(r: Reader): LineAttributes {
  const v = r.view;
  const o1 = r.take(1, 'LineAttributes');
  const flags = r.flags(v.getUint8(o1), 12, 'LineAttributes.flags');
  let style: { readonly lengths: readonly number[] | null; } | null = null;
  if ((flags & 8) !== 0) {
    const o4 = r.take(5, 'LineAttributes.style');
    const style_2_segments = v.getUint8(o4);
    const at3 = v.getUint32(o4 + 1, true);
    let style_2_lengths: readonly number[] | null = null;
    if (at3 !== 0) {
      const back6 = r.enter(at3, 'LineAttributes.style.lengths');
      const n7 = r.list(style_2_segments, 255, 4, 'LineAttributes.style.lengths');
      const style_2_lengths_5: number[] = [];
      let p9 = r.take(n7 * 4, 'LineAttributes.style.lengths');
      for (let i8 = 0; i8 < n7; i8++, p9 += 4) {
        style_2_lengths_5.push(v.getInt32(p9, true));
      }
      r.leave(back6);
      style_2_lengths = style_2_lengths_5;
    }
    const style_2 = { lengths: style_2_lengths };
    style = style_2;
  }
  return { flags, style };
}
function writeLineAttributesStyleLengths(w: Writer, m: readonly number[]): void {
  let o2 = w.take(m.length * 4);
  const v3 = w.view;
  for (const x1 of m) {
    v3.setInt32(o2, x1, true);
    o2 += 4;
  }
}
/** Writes a `LineAttributes`. */
export function writeLineAttributes(w: Writer, m: LineAttributes): void {
  const o1 = w.take(1);
  const v2 = w.view;
  v2.setUint8(o1, m.flags);
  if ((m.flags & 8) !== 0) {
    const x3 = w.present(m.style, 'LineAttributes.style');
    const o4 = w.take(5);
    const v5 = w.view;
    v5.setUint8(o4, w.count(x3.lengths?.length ?? 0, 255, 'LineAttributes.style.lengths'));
    w.point(v5, o4 + 1, writeLineAttributesStyleLengths, x3.lengths);
  }
  else w.absent(m.style, 'LineAttributes.style');
}

export const PathFlags = {
  /** SPICE_PATH_BEGIN */
  begin: 1,
  /** SPICE_PATH_END */
  end: 2,
  /** SPICE_PATH_CLOSE */
  close: 8,
  /** SPICE_PATH_BEZIER */
  bezier: 16,
} as const;

/** 28.4 fixed point. */
export interface PointFix {
  readonly x: number;
  readonly y: number;
}
/** Reads a `PointFix`. Throws WireError. Byte fields are borrowed. */
export function readPointFix(r: Reader): PointFix {
  const v = r.view;
  const o1 = r.take(8, 'PointFix');
  const x = v.getInt32(o1, true);
  const y = v.getInt32(o1 + 4, true);
  return { x, y };
}
/** Writes a `PointFix`. */
export function writePointFix(w: Writer, m: PointFix): void {
  const o1 = w.take(8);
  const v2 = w.view;
  v2.setInt32(o1, m.x, true);
  v2.setInt32(o1 + 4, m.y, true);
}

export interface PathSegment {
  readonly flags: number;
  readonly points: readonly PointFix[];
}
/** Reads a `PathSegment`. Throws WireError. Byte fields are borrowed. */
export function readPathSegment(r: Reader): PathSegment {
  const v = r.view;
  const o2 = r.take(5, 'PathSegment');
  const flags = r.flags(v.getUint8(o2), 27, 'PathSegment.flags');
  const n1 = v.getUint32(o2 + 1, true);
  const n3 = r.list(n1, 1048576, 8, 'PathSegment.points');
  const points: PointFix[] = [];
  let p5 = r.take(n3 * 8, 'PathSegment.points');
  for (let i4 = 0; i4 < n3; i4++, p5 += 8) {
    points.push({ x: v.getInt32(p5, true), y: v.getInt32(p5 + 4, true) });
  }
  return { flags, points };
}
/** Writes a `PathSegment`. */
export function writePathSegment(w: Writer, m: PathSegment): void {
  const o1 = w.take(5);
  const v2 = w.view;
  v2.setUint8(o1, m.flags);
  v2.setUint32(o1 + 1, w.count(m.points.length, 1048576, 'PathSegment.points'), true);
  let o4 = w.take(m.points.length * 8);
  const v5 = w.view;
  for (const x3 of m.points) {
    v5.setInt32(o4, x3.x, true);
    v5.setInt32(o4 + 4, x3.y, true);
    o4 += 8;
  }
}

export interface Path {
  readonly segments: readonly PathSegment[];
}
/** Reads a `Path`. Throws WireError. Byte fields are borrowed. */
export function readPath(r: Reader): Path {
  const v = r.view;
  const o2 = r.take(4, 'Path');
  const n1 = v.getUint32(o2, true);
  const n3 = r.list(n1, 65536, 5, 'Path.segments');
  const segments: PathSegment[] = [];
  for (let i4 = 0; i4 < n3; i4++) {
    const x5 = readPathSegment(r);
    segments.push(x5);
  }
  return { segments };
}
/** Writes a `Path`. */
export function writePath(w: Writer, m: Path): void {
  const o1 = w.take(4);
  const v2 = w.view;
  v2.setUint32(o1, w.count(m.segments.length, 65536, 'Path.segments'), true);
  for (const x3 of m.segments) {
    writePathSegment(w, x3);
  }
}

export const StringFlags = {
  /** SPICE_STRING_FLAGS_RASTER_A1 */
  rasterA1: 1,
  /** SPICE_STRING_FLAGS_RASTER_A4 */
  rasterA4: 2,
  /** SPICE_STRING_FLAGS_RASTER_A8 */
  rasterA8: 4,
  /** SPICE_STRING_FLAGS_RASTER_TOP_DOWN */
  rasterTopDown: 8,
} as const;

/** A glyph of 1 bits a pixel, rows padded to bytes. */
export interface GlyphA1 {
  readonly renderPosition: Point;
  readonly origin: Point;
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}
/** Reads a `GlyphA1`. Throws WireError. Byte fields are borrowed. */
export function readGlyphA1(r: Reader): GlyphA1 {
  const v = r.view;
  const o1 = r.take(20, 'GlyphA1');
  const renderPosition = { x: v.getInt32(o1, true), y: v.getInt32(o1 + 4, true) };
  const origin = { x: v.getInt32(o1 + 8, true), y: v.getInt32(o1 + 12, true) };
  const width = v.getUint16(o1 + 16, true);
  const height = v.getUint16(o1 + 18, true);
  const data = r.bytes(r.rows(1, width, height, 'GlyphA1.data'), 16777216, 'GlyphA1.data');
  return { renderPosition, origin, width, height, data };
}
/** Writes a `GlyphA1`. */
export function writeGlyphA1(w: Writer, m: GlyphA1): void {
  const o1 = w.take(20);
  const v2 = w.view;
  v2.setInt32(o1, m.renderPosition.x, true);
  v2.setInt32(o1 + 4, m.renderPosition.y, true);
  v2.setInt32(o1 + 8, m.origin.x, true);
  v2.setInt32(o1 + 12, m.origin.y, true);
  v2.setUint16(o1 + 16, m.width, true);
  v2.setUint16(o1 + 18, m.height, true);
  w.exact(m.data.byteLength, Math.ceil((1 * m.width) / 8) * m.height, 'GlyphA1.data');
  w.bytes(m.data);
}

/** A glyph of 4 bits a pixel, rows padded to bytes. */
export interface GlyphA4 {
  readonly renderPosition: Point;
  readonly origin: Point;
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}
/** Reads a `GlyphA4`. Throws WireError. Byte fields are borrowed. */
export function readGlyphA4(r: Reader): GlyphA4 {
  const v = r.view;
  const o1 = r.take(20, 'GlyphA4');
  const renderPosition = { x: v.getInt32(o1, true), y: v.getInt32(o1 + 4, true) };
  const origin = { x: v.getInt32(o1 + 8, true), y: v.getInt32(o1 + 12, true) };
  const width = v.getUint16(o1 + 16, true);
  const height = v.getUint16(o1 + 18, true);
  const data = r.bytes(r.rows(4, width, height, 'GlyphA4.data'), 16777216, 'GlyphA4.data');
  return { renderPosition, origin, width, height, data };
}
/** Writes a `GlyphA4`. */
export function writeGlyphA4(w: Writer, m: GlyphA4): void {
  const o1 = w.take(20);
  const v2 = w.view;
  v2.setInt32(o1, m.renderPosition.x, true);
  v2.setInt32(o1 + 4, m.renderPosition.y, true);
  v2.setInt32(o1 + 8, m.origin.x, true);
  v2.setInt32(o1 + 12, m.origin.y, true);
  v2.setUint16(o1 + 16, m.width, true);
  v2.setUint16(o1 + 18, m.height, true);
  w.exact(m.data.byteLength, Math.ceil((4 * m.width) / 8) * m.height, 'GlyphA4.data');
  w.bytes(m.data);
}

/** A glyph of 8 bits a pixel, rows padded to bytes. */
export interface GlyphA8 {
  readonly renderPosition: Point;
  readonly origin: Point;
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}
/** Reads a `GlyphA8`. Throws WireError. Byte fields are borrowed. */
export function readGlyphA8(r: Reader): GlyphA8 {
  const v = r.view;
  const o1 = r.take(20, 'GlyphA8');
  const renderPosition = { x: v.getInt32(o1, true), y: v.getInt32(o1 + 4, true) };
  const origin = { x: v.getInt32(o1 + 8, true), y: v.getInt32(o1 + 12, true) };
  const width = v.getUint16(o1 + 16, true);
  const height = v.getUint16(o1 + 18, true);
  const data = r.bytes(r.rows(8, width, height, 'GlyphA8.data'), 16777216, 'GlyphA8.data');
  return { renderPosition, origin, width, height, data };
}
/** Writes a `GlyphA8`. */
export function writeGlyphA8(w: Writer, m: GlyphA8): void {
  const o1 = w.take(20);
  const v2 = w.view;
  v2.setInt32(o1, m.renderPosition.x, true);
  v2.setInt32(o1 + 4, m.renderPosition.y, true);
  v2.setInt32(o1 + 8, m.origin.x, true);
  v2.setInt32(o1 + 12, m.origin.y, true);
  v2.setUint16(o1 + 16, m.width, true);
  v2.setUint16(o1 + 18, m.height, true);
  w.exact(m.data.byteLength, Math.ceil((8 * m.width) / 8) * m.height, 'GlyphA8.data');
  w.bytes(m.data);
}

/** Exactly one of the three raster flags is set. */
export interface GlyphString {
  readonly flags: number;
  readonly glyphsA1: readonly GlyphA1[] | null;
  readonly glyphsA4: readonly GlyphA4[] | null;
  readonly glyphsA8: readonly GlyphA8[] | null;
}
/** Reads a `GlyphString`. Throws WireError. Byte fields are borrowed. */
export function readGlyphString(r: Reader): GlyphString {
  const v = r.view;
  const o1 = r.take(3, 'GlyphString');
  const length = v.getUint16(o1, true);
  const flags = r.flags(v.getUint8(o1 + 2), 15, 'GlyphString.flags');
  let glyphsA1: readonly GlyphA1[] | null = null;
  if ((flags & 1) !== 0) {
    const n3 = r.list(length, 65535, 20, 'GlyphString.glyphsA1');
    const glyphsA1_2: GlyphA1[] = [];
    for (let i4 = 0; i4 < n3; i4++) {
      const x5 = readGlyphA1(r);
      glyphsA1_2.push(x5);
    }
    glyphsA1 = glyphsA1_2;
  }
  let glyphsA4: readonly GlyphA4[] | null = null;
  if ((flags & 2) !== 0) {
    const n7 = r.list(length, 65535, 20, 'GlyphString.glyphsA4');
    const glyphsA4_6: GlyphA4[] = [];
    for (let i8 = 0; i8 < n7; i8++) {
      const x9 = readGlyphA4(r);
      glyphsA4_6.push(x9);
    }
    glyphsA4 = glyphsA4_6;
  }
  let glyphsA8: readonly GlyphA8[] | null = null;
  if ((flags & 4) !== 0) {
    const n11 = r.list(length, 65535, 20, 'GlyphString.glyphsA8');
    const glyphsA8_10: GlyphA8[] = [];
    for (let i12 = 0; i12 < n11; i12++) {
      const x13 = readGlyphA8(r);
      glyphsA8_10.push(x13);
    }
    glyphsA8 = glyphsA8_10;
  }
  return { flags, glyphsA1, glyphsA4, glyphsA8 };
}
/** Writes a `GlyphString`. */
export function writeGlyphString(w: Writer, m: GlyphString): void {
  const n1 = w.count(m.glyphsA1?.length ?? m.glyphsA4?.length ?? m.glyphsA8?.length ?? 0, 65535, 'GlyphString.glyphsA1');
  w.exact(m.glyphsA1?.length ?? n1, n1, 'GlyphString.glyphsA1');
  w.exact(m.glyphsA4?.length ?? n1, n1, 'GlyphString.glyphsA4');
  w.exact(m.glyphsA8?.length ?? n1, n1, 'GlyphString.glyphsA8');
  const o2 = w.take(3);
  const v3 = w.view;
  v3.setUint16(o2, n1, true);
  v3.setUint8(o2 + 2, m.flags);
  if ((m.flags & 1) !== 0) {
    const x4 = w.present(m.glyphsA1, 'GlyphString.glyphsA1');
    for (const x5 of x4) {
      writeGlyphA1(w, x5);
    }
  }
  else w.absent(m.glyphsA1, 'GlyphString.glyphsA1');
  if ((m.flags & 2) !== 0) {
    const x6 = w.present(m.glyphsA4, 'GlyphString.glyphsA4');
    for (const x7 of x6) {
      writeGlyphA4(w, x7);
    }
  }
  else w.absent(m.glyphsA4, 'GlyphString.glyphsA4');
  if ((m.flags & 4) !== 0) {
    const x8 = w.present(m.glyphsA8, 'GlyphString.glyphsA8');
    for (const x9 of x8) {
      writeGlyphA8(w, x9);
    }
  }
  else w.absent(m.glyphsA8, 'GlyphString.glyphsA8');
}

/** The upper two rows of a matrix, 16.16 fixed point. */
export interface Transform {
  readonly t00: number;
  readonly t01: number;
  readonly t02: number;
  readonly t10: number;
  readonly t11: number;
  readonly t12: number;
}
/** Reads a `Transform`. Throws WireError. Byte fields are borrowed. */
export function readTransform(r: Reader): Transform {
  const v = r.view;
  const o1 = r.take(24, 'Transform');
  const t00 = v.getUint32(o1, true);
  const t01 = v.getUint32(o1 + 4, true);
  const t02 = v.getUint32(o1 + 8, true);
  const t10 = v.getUint32(o1 + 12, true);
  const t11 = v.getUint32(o1 + 16, true);
  const t12 = v.getUint32(o1 + 20, true);
  return { t00, t01, t02, t10, t11, t12 };
}
/** Writes a `Transform`. */
export function writeTransform(w: Writer, m: Transform): void {
  const o1 = w.take(24);
  const v2 = w.view;
  v2.setUint32(o1, m.t00, true);
  v2.setUint32(o1 + 4, m.t01, true);
  v2.setUint32(o1 + 8, m.t02, true);
  v2.setUint32(o1 + 12, m.t10, true);
  v2.setUint32(o1 + 16, m.t11, true);
  v2.setUint32(o1 + 20, m.t12, true);
}
