/** What draw messages are made of: images in all encodings, palettes, clips, brushes, masks, paths, strings. */
import {
  bytes,
  count,
  enumOf,
  flags,
  group,
  i32,
  list,
  pointer,
  reference,
  struct,
  u16,
  u32,
  u64,
  u8,
  variant,
  whenClear,
  whenSet,
  type WireModule,
} from '../../wire/schema.ts';
import { MAX_BODY_BYTES, Point, SpiceRect } from './common.table.ts';

const data = { count: u32, max: MAX_BODY_BYTES };

const ClipType = enumOf('ClipType', u8, 'SPICE_CLIP_TYPE_', { none: 0, rects: 1 });
export const Clip = variant('Clip', { type: ClipType }, 'type', {
  none: {},
  rects: { rects: list(SpiceRect, { count: u32, max: 65536 }) },
});

const ImageType = enumOf('ImageType', u8, 'SPICE_IMAGE_TYPE_', {
  bitmap: 0,
  quic: 1,
  lzPlt: 100,
  lzRgb: 101,
  glzRgb: 102,
  fromCache: 103,
  surface: 104,
  jpeg: 105,
  fromCacheLossless: 106,
  zlibGlzRgb: 107,
  jpegAlpha: 108,
  lz4: 109,
});
const ImageFlags = flags('ImageFlags', u8, 'SPICE_IMAGE_FLAGS_', { cacheMe: 0, highBitsSet: 1, cacheReplaceMe: 2 });

const BitmapFormat = enumOf(
  'BitmapFormat',
  u8,
  {
    prefix: 'SPICE_BITMAP_FMT_',
    words: {
      oneBitLe: '1BIT_LE',
      oneBitBe: '1BIT_BE',
      fourBitLe: '4BIT_LE',
      fourBitBe: '4BIT_BE',
      eightBit: '8BIT',
      sixteenBit: '16BIT',
      twentyFourBit: '24BIT',
      thirtyTwoBit: '32BIT',
      eightBitAlpha: '8BIT_A',
    },
  },
  {
    invalid: 0,
    oneBitLe: 1,
    oneBitBe: 2,
    fourBitLe: 3,
    fourBitBe: 4,
    eightBit: 5,
    sixteenBit: 6,
    twentyFourBit: 7,
    thirtyTwoBit: 8,
    rgba: 9,
    eightBitAlpha: 10,
  },
);
const BitmapFlags = flags('BitmapFlags', u8, 'SPICE_BITMAP_FLAGS_', { palCacheMe: 0, palFromCache: 1, topDown: 2 });
const JpegAlphaFlags = flags('JpegAlphaFlags', u8, 'SPICE_JPEG_ALPHA_FLAGS_', { topDown: 0 });

const Palette = struct(
  'Palette',
  { unique: u64, entries: list(u32, { count: u16, max: 256 }) },
  {
    doc: 'Colours as 0x00RRGGBB.',
  },
);

const Bitmap = struct(
  'Bitmap',
  {
    format: BitmapFormat,
    flags: BitmapFlags,
    width: u32,
    height: u32,
    stride: u32,
    paletteId: whenSet('flags', BitmapFlags, 'palFromCache', u64),
    palette: whenClear('flags', BitmapFlags, 'palFromCache', pointer(Palette)),
    data: bytes({ rows: { bits: 8, width: 'stride', height: 'height' }, max: MAX_BODY_BYTES }),
  },
  { doc: 'Pixels as they are, rows `stride` bytes apart, the lowest row first unless `topDown`.' },
);

const LzPlt = struct(
  'LzPlt',
  {
    flags: BitmapFlags,
    dataBytes: count(u32),
    paletteId: whenSet('flags', BitmapFlags, 'palFromCache', u64),
    palette: whenClear('flags', BitmapFlags, 'palFromCache', reference(Palette)),
    data: bytes({ countedBy: 'dataBytes', max: MAX_BODY_BYTES }),
  },
  { doc: 'LZ-compressed pixels that are indices into a palette.' },
);

const Image = variant(
  'Image',
  { id: u64, type: ImageType, flags: ImageFlags, width: u32, height: u32 },
  'type',
  {
    bitmap: { bitmap: Bitmap },
    quic: { data: bytes(data) },
    lzPlt: { lzPlt: LzPlt },
    lzRgb: { data: bytes(data) },
    glzRgb: { data: bytes(data) },
    fromCache: {},
    surface: { surfaceId: u32 },
    jpeg: { data: bytes(data) },
    fromCacheLossless: {},
    zlibGlzRgb: { glzBytes: u32, data: bytes(data) },
    jpegAlpha: { alphaFlags: JpegAlphaFlags, jpegBytes: u32, data: bytes(data) },
    lz4: { data: bytes(data) },
  },
  { doc: 'An image: its descriptor (18 bytes), then data as its type says. `id` names it in the caches.' },
);
export { Image };

const BrushType = enumOf('BrushType', u8, 'SPICE_BRUSH_TYPE_', { none: 0, solid: 1, pattern: 2 });
export const Brush = variant(
  'Brush',
  { type: BrushType },
  'type',
  { none: {}, solid: { color: u32 }, pattern: { pattern: reference(Image), position: Point } },
  { doc: 'What an area is filled with. Colour as 0x00RRGGBB.' },
);

const MaskFlags = flags('MaskFlags', u8, 'SPICE_MASK_FLAGS_', { invers: 0 });
export const Mask = struct(
  'Mask',
  { flags: MaskFlags, position: Point, bitmap: pointer(Image) },
  {
    doc: 'A 1-bit image that says which pixels are drawn; none when `bitmap` is null.',
  },
);

const LineFlags = flags('LineFlags', u8, 'SPICE_LINE_FLAGS_', { startWithGap: 2, styled: 3 });
export const LineAttributes = struct(
  'LineAttributes',
  {
    flags: LineFlags,
    style: whenSet(
      'flags',
      LineFlags,
      'styled',
      group({ segments: count(u8), lengths: pointer(list(i32, { countedBy: 'segments', max: 255 })) }),
    ),
  },
  { doc: 'Lengths are 28.4 fixed point.' },
);

const PathFlags = flags('PathFlags', u8, 'SPICE_PATH_', { begin: 0, end: 1, close: 3, bezier: 4 });
const PointFix = struct('PointFix', { x: i32, y: i32 }, { doc: '28.4 fixed point.' });
const PathSegment = struct('PathSegment', { flags: PathFlags, points: list(PointFix, { count: u32, max: 1 << 20 }) });
export const Path = struct('Path', { segments: list(PathSegment, { count: u32, max: 1 << 16 }) });

const StringFlags = flags('StringFlags', u8, 'SPICE_STRING_FLAGS_', {
  rasterA1: 0,
  rasterA4: 1,
  rasterA8: 2,
  rasterTopDown: 3,
});

function glyph(name: string, bits: number) {
  return struct(
    name,
    {
      renderPosition: Point,
      origin: Point,
      width: u16,
      height: u16,
      data: bytes({ rows: { bits, width: 'width', height: 'height' }, max: 1 << 24 }),
    },
    { doc: `A glyph of ${bits} bits a pixel, rows padded to bytes.` },
  );
}

export const GlyphString = struct(
  'GlyphString',
  {
    length: count(u16),
    flags: StringFlags,
    glyphsA1: whenSet('flags', StringFlags, 'rasterA1', list(glyph('GlyphA1', 1), { countedBy: 'length', max: 65535 })),
    glyphsA4: whenSet('flags', StringFlags, 'rasterA4', list(glyph('GlyphA4', 4), { countedBy: 'length', max: 65535 })),
    glyphsA8: whenSet('flags', StringFlags, 'rasterA8', list(glyph('GlyphA8', 8), { countedBy: 'length', max: 65535 })),
  },
  { doc: 'Exactly one of the three raster flags is set.' },
);

export const Transform = struct(
  'Transform',
  { t00: u32, t01: u32, t02: u32, t10: u32, t11: u32, t12: u32 },
  {
    doc: 'The upper two rows of a matrix, 16.16 fixed point.',
  },
);

export { ImageType, ImageFlags, BitmapFormat };

/** Images and what else draw messages are made of. */
export const imageModule: WireModule = {
  name: 'image',
  title: 'Images, brushes, paths',
  doc: 'Parts of draw messages.',
  types: [Clip, Image, Brush, Mask, LineAttributes, Path, GlyphString, Transform],
};
