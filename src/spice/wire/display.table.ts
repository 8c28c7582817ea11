/** The display channel: surfaces, draws, image cache, video streams, monitors, and shared GL buffers. */
import {
  bytes,
  count,
  enumOf,
  flags,
  i32,
  i64,
  list,
  message,
  openEnum,
  pointer,
  reference,
  struct,
  u16,
  u32,
  u64,
  u8,
  whenSet,
  type MessageTable,
  type WireModule,
} from '../../wire/schema.ts';
import {
  commonClient,
  commonServer,
  Data,
  MAX_BODY_BYTES,
  Nothing,
  Point,
  Point16,
  SpiceRect,
  WaitForChannels,
} from './common.table.ts';
import { Brush, Clip, GlyphString, Image, LineAttributes, Mask, Path, Transform } from './image.table.ts';

const DisplayCap = enumOf('DisplayCap', u32, 'SPICE_DISPLAY_CAP_', {
  sizedStream: 0,
  monitorsConfig: 1,
  composite: 2,
  a8Surface: 3,
  streamReport: 4,
  lz4Compression: 5,
  prefCompression: 6,
  glScanout: 7,
  multiCodec: 8,
  codecMjpeg: 9,
  codecVp8: 10,
  codecH264: 11,
  prefVideoCodecType: 12,
  codecVp9: 13,
  codecH265: 14,
});
const cap = DisplayCap.values;

const VideoCodec = openEnum('VideoCodec', u8, 'SPICE_VIDEO_CODEC_TYPE_', {
  mjpeg: 1,
  vp8: 2,
  h264: 3,
  vp9: 4,
  h265: 5,
});
const StreamFlags = flags('StreamFlags', u8, 'SPICE_STREAM_FLAGS_', { topDown: 0 });
const ImageCompression = openEnum('ImageCompression', u8, 'SPICE_IMAGE_COMPRESSION_', {
  invalid: 0,
  off: 1,
  autoGlz: 2,
  autoLz: 3,
  quic: 4,
  glz: 5,
  lz: 6,
  lz4: 7,
});
const ScaleMode = enumOf('ScaleMode', u8, 'SPICE_IMAGE_SCALE_MODE_', { interpolate: 0, nearest: 1 });
const Rop = flags('Rop', u16, 'SPICE_ROPD_', {
  inversSrc: 0,
  inversBrush: 1,
  inversDest: 2,
  opPut: 3,
  opOr: 4,
  opAnd: 5,
  opXor: 6,
  opBlackness: 7,
  opWhiteness: 8,
  opInvers: 9,
  inversRes: 10,
});
const SurfaceFlags = flags('SurfaceFlags', u32, 'SPICE_SURFACE_FLAGS_', { primary: 0, streamingMode: 1 });
const SurfaceFormat = enumOf(
  'SurfaceFormat',
  u32,
  {
    prefix: 'SPICE_SURFACE_FMT_',
    words: { a1: '1_A', a8: '8_A', rgb555: '16_555', xrgb32: '32_xRGB', rgb565: '16_565', argb32: '32_ARGB' },
  },
  { invalid: 0, a1: 1, a8: 8, rgb555: 16, xrgb32: 32, rgb565: 80, argb32: 96 },
);
const AlphaFlags = flags('AlphaFlags', u8, 'SPICE_ALPHA_FLAGS_', { destHasAlpha: 0, srcSurfaceHasAlpha: 1 });
const ResourceType = openEnum('ResourceType', u8, 'SPICE_RES_TYPE_', { invalid: 0, pixmap: 1 });
const GlScanoutFlags = flags('GlScanoutFlags', u32, 'SPICE_GL_SCANOUT_FLAGS_', { y0top: 0 }, { tolerant: true });
const CompositeFlags = flags(
  'CompositeFlags',
  u32,
  { prefix: 'SPICE_COMPOSITE_', words: { maskFilter1: 'MASK_FITLER1' } },
  {
    op0: 0,
    op1: 1,
    op2: 2,
    op3: 3,
    op4: 4,
    op5: 5,
    op6: 6,
    op7: 7,
    srcFilter0: 8,
    srcFilter1: 9,
    srcFilter2: 10,
    maskFilter0: 11,
    maskFilter1: 12,
    maskFilter2: 13,
    srcRepeat0: 14,
    srcRepeat1: 15,
    maskRepeat0: 16,
    maskRepeat1: 17,
    componentAlpha: 18,
    hasMask: 19,
    hasSrcTransform: 20,
    hasMaskTransform: 21,
    sourceOpaque: 22,
    maskOpaque: 23,
    destOpaque: 24,
  },
);

/** What every draw begins with: the surface, the rectangle drawn on, and the part of it that may change. */
const base = { surfaceId: u32, box: SpiceRect, clip: Clip };
const frame = { count: u32, max: MAX_BODY_BYTES };

function maskOnly(name: string) {
  return struct(name, { ...base, mask: Mask });
}
const copyFields = { ...base, src: pointer(Image), srcArea: SpiceRect, rop: Rop, scaleMode: ScaleMode, mask: Mask };

const ResourceId = struct('ResourceId', { type: ResourceType, id: u64 });
const Head = struct('Head', { monitorId: u32, surfaceId: u32, width: u32, height: u32, x: u32, y: u32, flags: u32 });

/** Server to client. */
export const displayServer = {
  ...commonServer,
  mode: message(
    101,
    'SPICE_MSG_DISPLAY_MODE',
    'The only surface, of servers before surfaces.',
    struct('DisplayMode', { width: u32, height: u32, bits: u32 }),
  ),
  mark: message(102, 'SPICE_MSG_DISPLAY_MARK', 'The primary surface is complete: show it.', Nothing),
  reset: message(103, 'SPICE_MSG_DISPLAY_RESET', 'Forget all surfaces.', Nothing),
  copyBits: message(
    104,
    'SPICE_MSG_DISPLAY_COPY_BITS',
    'Copy within a surface.',
    struct('CopyBits', { ...base, srcPosition: Point }),
  ),
  invalList: message(
    105,
    'SPICE_MSG_DISPLAY_INVAL_LIST',
    'Forget these cached images.',
    struct('InvalList', { resources: list(ResourceId, { count: u16, max: 65535 }) }),
  ),
  invalAllPixmaps: message(
    106,
    'SPICE_MSG_DISPLAY_INVAL_ALL_PIXMAPS',
    'Wait for these, then forget all cached images.',
    WaitForChannels,
  ),
  invalPalette: message(
    107,
    'SPICE_MSG_DISPLAY_INVAL_PALETTE',
    'Forget a cached palette.',
    struct('InvalPalette', { id: u64 }),
  ),
  invalAllPalettes: message(108, 'SPICE_MSG_DISPLAY_INVAL_ALL_PALETTES', 'Forget all cached palettes.', Nothing),
  streamCreate: message(
    122,
    'SPICE_MSG_DISPLAY_STREAM_CREATE',
    'A video stream begins.',
    struct('StreamCreate', {
      surfaceId: u32,
      id: u32,
      flags: StreamFlags,
      codec: VideoCodec,
      stamp: u64,
      streamWidth: u32,
      streamHeight: u32,
      srcWidth: u32,
      srcHeight: u32,
      dest: SpiceRect,
      clip: Clip,
    }),
  ),
  streamData: message(
    123,
    'SPICE_MSG_DISPLAY_STREAM_DATA',
    'One encoded frame of a stream.',
    struct('StreamData', { id: u32, multiMediaTime: u32, data: bytes(frame) }, { hot: true }),
  ),
  streamClip: message(
    124,
    'SPICE_MSG_DISPLAY_STREAM_CLIP',
    'The visible part of a stream.',
    struct('StreamClip', { id: u32, clip: Clip }),
  ),
  streamDestroy: message(
    125,
    'SPICE_MSG_DISPLAY_STREAM_DESTROY',
    'A stream ends.',
    struct('StreamDestroy', { id: u32 }),
  ),
  streamDestroyAll: message(126, 'SPICE_MSG_DISPLAY_STREAM_DESTROY_ALL', 'All streams end.', Nothing),
  drawFill: message(
    302,
    'SPICE_MSG_DISPLAY_DRAW_FILL',
    'Fill with a brush.',
    struct('DrawFill', { ...base, brush: Brush, rop: Rop, mask: Mask }),
  ),
  drawOpaque: message(
    303,
    'SPICE_MSG_DISPLAY_DRAW_OPAQUE',
    'Copy an image combined with a brush.',
    struct('DrawOpaque', {
      ...base,
      src: pointer(Image),
      srcArea: SpiceRect,
      brush: Brush,
      rop: Rop,
      scaleMode: ScaleMode,
      mask: Mask,
    }),
  ),
  drawCopy: message(304, 'SPICE_MSG_DISPLAY_DRAW_COPY', 'Copy an image.', struct('DrawCopy', copyFields)),
  drawBlend: message(
    305,
    'SPICE_MSG_DISPLAY_DRAW_BLEND',
    'Combine an image with the surface.',
    struct('DrawBlend', copyFields),
  ),
  drawBlackness: message(306, 'SPICE_MSG_DISPLAY_DRAW_BLACKNESS', 'Fill with zeros.', maskOnly('DrawBlackness')),
  drawWhiteness: message(307, 'SPICE_MSG_DISPLAY_DRAW_WHITENESS', 'Fill with ones.', maskOnly('DrawWhiteness')),
  drawInvers: message(308, 'SPICE_MSG_DISPLAY_DRAW_INVERS', 'Invert.', maskOnly('DrawInvers')),
  drawRop3: message(
    309,
    'SPICE_MSG_DISPLAY_DRAW_ROP3',
    'Combine image, brush and surface by a ternary raster operation.',
    struct('DrawRop3', {
      ...base,
      src: pointer(Image),
      srcArea: SpiceRect,
      brush: Brush,
      rop3: u8,
      scaleMode: ScaleMode,
      mask: Mask,
    }),
  ),
  drawStroke: message(
    310,
    'SPICE_MSG_DISPLAY_DRAW_STROKE',
    'Draw lines.',
    struct('DrawStroke', {
      ...base,
      path: reference(Path),
      attributes: LineAttributes,
      brush: Brush,
      foreMode: Rop,
      backMode: Rop,
    }),
  ),
  drawText: message(
    311,
    'SPICE_MSG_DISPLAY_DRAW_TEXT',
    'Draw glyphs.',
    struct('DrawText', {
      ...base,
      string: reference(GlyphString),
      backArea: SpiceRect,
      foreBrush: Brush,
      backBrush: Brush,
      foreMode: Rop,
      backMode: Rop,
    }),
  ),
  drawTransparent: message(
    312,
    'SPICE_MSG_DISPLAY_DRAW_TRANSPARENT',
    'Copy an image but for one colour.',
    struct('DrawTransparent', { ...base, src: pointer(Image), srcArea: SpiceRect, srcColor: u32, trueColor: u32 }),
  ),
  drawAlphaBlend: message(
    313,
    'SPICE_MSG_DISPLAY_DRAW_ALPHA_BLEND',
    'Blend an image by its alpha and a constant.',
    struct('DrawAlphaBlend', { ...base, alphaFlags: AlphaFlags, alpha: u8, src: pointer(Image), srcArea: SpiceRect }),
  ),
  surfaceCreate: message(
    314,
    'SPICE_MSG_DISPLAY_SURFACE_CREATE',
    'A new surface, filled with zeros.',
    struct('SurfaceCreate', { surfaceId: u32, width: u32, height: u32, format: SurfaceFormat, flags: SurfaceFlags }),
  ),
  surfaceDestroy: message(
    315,
    'SPICE_MSG_DISPLAY_SURFACE_DESTROY',
    'A surface is gone.',
    struct('SurfaceDestroy', { surfaceId: u32 }),
  ),
  streamDataSized: message(
    316,
    'SPICE_MSG_DISPLAY_STREAM_DATA_SIZED',
    'One encoded frame of another size or place than the stream.',
    struct('StreamDataSized', {
      id: u32,
      multiMediaTime: u32,
      width: u32,
      height: u32,
      dest: SpiceRect,
      data: bytes(frame),
    }),
    { since: cap.sizedStream },
  ),
  monitorsConfig: message(
    317,
    'SPICE_MSG_DISPLAY_MONITORS_CONFIG',
    'Which parts of which surfaces are monitors.',
    struct('MonitorsConfig', {
      count: count(u16),
      maxAllowed: u16,
      heads: list(Head, { countedBy: 'count', max: 256 }),
    }),
    { since: cap.monitorsConfig },
  ),
  drawComposite: message(
    318,
    'SPICE_MSG_DISPLAY_DRAW_COMPOSITE',
    'Porter-Duff composition, with masks and transforms.',
    struct('DrawComposite', {
      ...base,
      flags: CompositeFlags,
      src: pointer(Image),
      maskBitmap: whenSet('flags', CompositeFlags, 'hasMask', pointer(Image)),
      srcTransform: whenSet('flags', CompositeFlags, 'hasSrcTransform', Transform),
      maskTransform: whenSet('flags', CompositeFlags, 'hasMaskTransform', Transform),
      srcOrigin: Point16,
      maskOrigin: Point16,
    }),
    { since: cap.composite },
  ),
  streamActivateReport: message(
    319,
    'SPICE_MSG_DISPLAY_STREAM_ACTIVATE_REPORT',
    'Asks for reports on a stream.',
    struct('StreamActivateReport', { streamId: u32, uniqueId: u32, maxWindowSize: u32, timeoutMs: u32 }),
    { since: cap.streamReport },
  ),
  glScanoutUnix: message(
    320,
    'SPICE_MSG_DISPLAY_GL_SCANOUT_UNIX',
    'A GL buffer to show; its file descriptor comes beside the bytes.',
    struct('GlScanoutUnix', { width: u32, height: u32, stride: u32, drmFourcc: u32, flags: GlScanoutFlags }),
    { since: cap.glScanout },
  ),
  glDraw: message(
    321,
    'SPICE_MSG_DISPLAY_GL_DRAW',
    'Part of the GL buffer changed.',
    struct('GlDraw', { x: u32, y: u32, width: u32, height: u32 }),
    {
      since: cap.glScanout,
    },
  ),
  qualityIndicator: message(322, 'SPICE_MSG_DISPLAY_QUALITY_INDICATOR', 'Not used by anyone.', Data),
} as const satisfies MessageTable;

/** Client to server. */
export const displayClient = {
  ...commonClient,
  init: message(
    101,
    'SPICE_MSGC_DISPLAY_INIT',
    'The first message: sizes of the caches, in pixels.',
    struct('DisplayInit', {
      pixmapCacheId: u8,
      pixmapCacheSize: i64,
      glzDictionaryId: u8,
      glzDictionaryWindowSize: i32,
    }),
  ),
  streamReport: message(
    102,
    'SPICE_MSGC_DISPLAY_STREAM_REPORT',
    'How a stream arrives. No frames and 2^32 - 1 drops: it cannot be shown.',
    struct('StreamReport', {
      streamId: u32,
      uniqueId: u32,
      startFrameTime: u32,
      endFrameTime: u32,
      frames: u32,
      drops: u32,
      lastFrameDelayMs: i32,
      audioDelayMs: u32,
    }),
    { since: cap.streamReport },
  ),
  preferredCompression: message(
    103,
    'SPICE_MSGC_DISPLAY_PREFERRED_COMPRESSION',
    'Which image compression the client would like.',
    struct('PreferredCompression', { compression: ImageCompression }),
    { since: cap.prefCompression },
  ),
  glDrawDone: message(104, 'SPICE_MSGC_DISPLAY_GL_DRAW_DONE', 'The answer to GL_DRAW.', Nothing, {
    since: cap.glScanout,
  }),
  preferredVideoCodecType: message(
    105,
    'SPICE_MSGC_DISPLAY_PREFERRED_VIDEO_CODEC_TYPE',
    'Which video codecs the client would like, best first.',
    struct('PreferredVideoCodecType', { codecs: list(VideoCodec, { count: u8, max: 255 }) }),
    { since: cap.prefVideoCodecType },
  ),
} as const satisfies MessageTable;

/** The display channel. */
export const displayModule: WireModule = {
  name: 'display',
  title: 'Display channel',
  doc: 'Surfaces, draws, image cache, video streams, monitors and shared GL buffers.',
  constants: { displayLimits: { maxStreams: 64 } },
  types: [DisplayCap],
  tables: { displayServer, displayClient },
};
