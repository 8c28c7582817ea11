/**
 * Draws what a display channel says onto surfaces in memory. Messages act strictly in the order they came, also behind a
 * JPEG that is still being decoded, and count as taken only then: a slow viewer slows the server down, not its memory up.
 */
import { StateError } from '../../../../src/base/errors.ts';
import { LIMITS } from '../../../../src/base/limits.ts';
import type { Rect } from '../../../../src/base/rect.ts';
import type { SpiceRect } from '../../../../src/spice/wire/common.gen.ts';
import {
  dispatchDisplayServer,
  Rop,
  SurfaceFlags,
  SurfaceFormat,
  VideoCodec,
  type DrawCopy,
  type displayServer,
  type StreamCreate,
} from '../../../../src/spice/wire/display.gen.ts';
import { BrushType, ClipType, ImageFlags, ImageType, type Clip } from '../../../../src/spice/wire/image.gen.ts';
import type { Handlers } from '../../../../src/wire/codec.ts';
import type { Reader } from '../../../../src/wire/reader.ts';
import { WireError } from '../../../../src/wire/wire-error.ts';
import type { CommonHandlers } from '../session/channel.ts';
import { emptyDisplayStats, type CodecName, type DisplayStats } from './display-stats.ts';
import { ImageCache } from './image-cache.ts';
import { inPlaceImage, JpegDecoder, type DecodeJpeg } from './image-decoder.ts';
import { InOrder } from './in-order.ts';
import { isSurfaceSizeAllowed, Surface, type Picture } from './surface.ts';

/** Pixels of images that the server may ask to keep: 64 MiB. */
export const CACHE_PIXELS = 1 << 24;

const MAX_SURFACES = 256;
const MAX_SURFACE_PIXELS = 2 * LIMITS.maxScreenPixels;
const MAX_STREAMS = 64;
/** Bytes of messages that may wait for a JPEG before them. A server within its acknowledgement window stays far below. */
const MAX_WAITING_BYTES = 1 << 28;

/** Where the picture goes. */
export interface DisplayTarget {
  readonly decodeJpeg: DecodeJpeg;
  /** The screen is another one now; null: there is none. */
  surfaceChanged(surface: Surface | null): void;
  /** The screen's pixels changed, and nothing that came waits to be drawn. */
  drawn(): void;
  /** An image came in an encoding that this viewer does not know; its place stays as it was. */
  unknownImage(): void;
  /** One message has acted. */
  taken(): void;
  /** Something the server sent makes no sense; nothing is drawn any more. */
  failed(error: unknown): void;
}

interface Stream {
  readonly created: StreamCreate;
  clip: readonly Rect[] | null;
}

export class DisplayRenderer {
  readonly stats: DisplayStats;
  readonly #target: DisplayTarget;
  readonly #jpeg: JpegDecoder;
  readonly #steps: InOrder;
  readonly #cache = new ImageCache(CACHE_PIXELS);
  readonly #surfaces = new Map<number, Surface>();
  readonly #streams = new Map<number, Stream>();
  readonly #handlers: Handlers<typeof displayServer>;
  #primary: { readonly id: number; readonly surface: Surface } | null = null;
  #surfacePixels = 0;
  #scratch = new Uint32Array(0);
  #bodyBytes = 0;
  #waitingBytes = 0;
  #hasStep = false;

  /** Counts on in `stats`. */
  constructor(target: DisplayTarget, commonHandlers: CommonHandlers, stats: DisplayStats = emptyDisplayStats()) {
    this.#target = target;
    this.stats = stats;
    this.#jpeg = new JpegDecoder(target.decodeJpeg);
    this.#steps = new InOrder(
      (error) => target.failed(error),
      () => this.settled(),
    );
    this.#handlers = {
      ...commonHandlers,
      ...this.#drawHandlers(),
      // The answer says that all before is drawn: servers measure by it how fast this viewer is.
      ping: (message) => this.#step(() => commonHandlers.ping(message)),
    };
  }

  /** What the screen shows, if there is one. */
  get surface(): Surface | null {
    return this.#primary?.surface ?? null;
  }

  /** Acts on one message now or in its turn. Throws WireError and StateError. */
  dispatch(type: number, reader: Reader): void {
    this.#bodyBytes = reader.remaining;
    this.#hasStep = false;
    dispatchDisplayServer(type, reader, this.#handlers);
    // Messages that draw nothing count as taken in their turn as well.
    if (!this.#hasStep) this.#step(() => {});
  }

  /** Tells the target when all that came has been drawn. */
  settled(): void {
    if (this.#steps.waiting === 0 && this.#primary?.surface.dirty.isEmpty === false) this.#target.drawn();
  }

  /** Forgets everything that waits. */
  close(): void {
    this.#steps.close();
  }

  #drawHandlers(): Omit<Handlers<typeof displayServer>, keyof CommonHandlers> {
    const unsupported = (): void => void this.stats.unsupported++;
    return {
      surfaceCreate: ({ surfaceId, width, height, format, flags }) =>
        this.#step(() => {
          const isKnown = format === SurfaceFormat.xrgb32 || format === SurfaceFormat.argb32;
          if (!isKnown) throw new StateError('surface-format', `the server wants a screen of format ${format}`);
          this.#createSurface(surfaceId, width, height, (flags & SurfaceFlags.primary) !== 0);
        }),
      surfaceDestroy: ({ surfaceId }) => this.#step(() => this.#destroySurface(surfaceId)),
      mode: ({ width, height }) => this.#step(() => this.#createSurface(0, width, height, true)),
      reset: () =>
        this.#step(() => {
          for (const id of this.#surfaces.keys()) this.#destroySurface(id);
        }),
      mark: () => {},
      monitorsConfig: () => {},

      copyBits: ({ surfaceId, box, clip, srcPosition }) =>
        this.#draw((now) => {
          this.#surfaceOf(surfaceId).copyRect(toRect(box), srcPosition.x, srcPosition.y, clipsOf(clip));
          now(null);
        }),
      drawFill: ({ surfaceId, box, clip, brush, rop, mask }) => {
        if (brush.type !== BrushType.solid || (rop & Rop.opPut) === 0 || mask.bitmap !== null) return unsupported();
        return this.#fill(surfaceId, box, clip, brush.color);
      },
      drawBlackness: ({ surfaceId, box, clip }) => this.#fill(surfaceId, box, clip, 0),
      drawWhiteness: ({ surfaceId, box, clip }) => this.#fill(surfaceId, box, clip, 0xffffff),
      drawCopy: (message) => this.#drawCopy(message),

      invalList: ({ resources }) =>
        this.#step(() => {
          for (const { id } of resources) this.#cache.delete(id);
        }),
      invalAllPixmaps: () => this.#step(() => this.#cache.clear()),
      invalPalette: () => {},
      invalAllPalettes: () => {},

      streamCreate: (created) =>
        this.#step(() => {
          if (created.codec !== VideoCodec.mjpeg) {
            throw new StateError('stream-codec', `the server streams in the codec ${created.codec}`);
          }
          if (this.#streams.size >= MAX_STREAMS) throw new StateError('streams', 'the server opens too many streams');
          this.#streams.set(created.id, { created, clip: clipsOf(created.clip) });
        }),
      streamClip: ({ id, clip }) => this.#step(() => (this.#streamOf(id).clip = clipsOf(clip))),
      streamDestroy: ({ id }) => this.#step(() => void this.#streams.delete(id)),
      streamDestroyAll: () => this.#step(() => this.#streams.clear()),
      streamData: ({ id, data }) => this.#drawVideo(id, data, null),
      streamDataSized: ({ id, data, dest }) => this.#drawVideo(id, data, dest),
      streamActivateReport: () => {},

      // Drawn by guests with a QXL driver only, or told only to viewers that announce it.
      drawOpaque: unsupported,
      drawBlend: unsupported,
      drawInvers: unsupported,
      drawRop3: unsupported,
      drawStroke: unsupported,
      drawText: unsupported,
      drawTransparent: unsupported,
      drawAlphaBlend: unsupported,
      drawComposite: unsupported,
      glScanoutUnix: unsupported,
      glDraw: unsupported,
      qualityIndicator: unsupported,
    };
  }

  #fill(surfaceId: number, box: SpiceRect, clip: Clip, color: number): void {
    this.#draw((now) => {
      this.#surfaceOf(surfaceId).fillRect(toRect(box), color, clipsOf(clip));
      now(null);
    });
  }

  #drawCopy(message: DrawCopy): void {
    const { src: image, surfaceId } = message;
    if (image === null || (message.rop & Rop.opPut) === 0 || message.mask.bitmap !== null) {
      this.stats.unsupported++;
      return;
    }
    const rect = toRect(message.box);
    const area = toRect(message.srcArea);
    const clips = clipsOf(message.clip);
    const keeps = (image.flags & (ImageFlags.cacheMe | ImageFlags.cacheReplaceMe)) !== 0;
    const put = (picture: Picture): void => {
      const isInside =
        area.x >= 0 && area.y >= 0 && area.x + area.width <= picture.width && area.y + area.height <= picture.height;
      if (!isInside) throw new WireError('limit', 'DrawCopy.srcArea', 0);
      this.#surfaceOf(surfaceId).put(picture, area, rect, clips);
    };

    if (image.type === ImageType.fromCache || image.type === ImageType.fromCacheLossless) {
      this.#draw((now) => {
        put(this.#cache.get(image.id));
        now('cached');
      });
    } else if (image.type === ImageType.surface) {
      this.#draw((now) => {
        put(this.#surfaceOf(image.surfaceId).picture);
        now(null);
      });
    } else if (image.type === ImageType.jpeg) {
      this.#drawDecoded(this.#jpeg.decode(image.data, image), 'jpeg', (picture) => {
        put(picture);
        if (keeps) this.#cache.set(image.id, picture);
      });
    } else {
      const { width, height } = image;
      const inPlace = inPlaceImage(image);
      if (inPlace === null) {
        this.stats.unsupported++;
        this.#target.unknownImage();
        return;
      }
      const isWhole = area.x === 0 && area.y === 0 && area.width === width && area.height === height;
      const isPlain = isWhole && rect.width === width && rect.height === height && clips === null && !keeps;
      this.#draw((now) => {
        const band = isPlain ? this.#surfaceOf(surfaceId).band(rect) : null;
        if (band !== null) inPlace.decode(band);
        else {
          const words = keeps ? new Uint32Array(width * height) : this.#scratchOf(width * height);
          inPlace.decode(words);
          const picture = { width, height, words };
          put(picture);
          if (keeps) this.#cache.set(image.id, picture);
        }
        now(inPlace.codec);
      });
    }
  }

  #drawVideo(id: number, data: Uint8Array, sizedDest: SpiceRect | null): void {
    // The picture starts to be decoded before its stream is looked up: only the draw has to wait its turn.
    this.#drawDecoded(this.#jpeg.decode(data, null), 'mjpeg', (picture) => {
      const { created, clip } = this.#streamOf(id);
      const area = { x: 0, y: 0, width: picture.width, height: picture.height };
      this.#surfaceOf(created.surfaceId).put(picture, area, toRect(sizedDest ?? created.dest), clip);
    });
  }

  /** A draw that needs nothing; it calls `now` with the codec when done. */
  #draw(draw: (now: (codec: CodecName | null) => void) => void): void {
    this.#step(() => {
      const startMs = performance.now();
      draw((codec) => this.#countDraw(codec, performance.now() - startMs));
    });
  }

  /** A draw that waits for a picture. */
  #drawDecoded(picture: Promise<Picture>, codec: CodecName, draw: (picture: Picture) => void): void {
    const startMs = performance.now();
    let decodeMs = 0;
    const timed = picture.then((decoded) => {
      decodeMs = performance.now() - startMs;
      return decoded;
    });
    this.#step((decoded: Picture) => {
      const drawStartMs = performance.now();
      draw(decoded);
      this.#countDraw(codec, decodeMs + performance.now() - drawStartMs);
    }, timed);
  }

  #countDraw(codec: CodecName | null, ms: number): void {
    this.stats.draws++;
    this.stats.decodeMs += ms;
    if (codec !== null) this.stats.codecs[codec] = (this.stats.codecs[codec] ?? 0) + 1;
  }

  #step(act: () => void): void;
  #step<T>(act: (value: T) => void, after: Promise<T>): void;
  #step<T>(act: (value?: T) => void, after?: Promise<T>): void {
    this.#hasStep = true;
    const bytes = this.#bodyBytes;
    this.#waitingBytes += bytes;
    if (this.#waitingBytes > MAX_WAITING_BYTES) {
      throw new StateError('flood', 'the server sends more than it may before it is acknowledged');
    }
    const run = (value?: T): void => {
      this.#waitingBytes -= bytes;
      act(value);
      this.#target.taken();
    };
    if (after === undefined) this.#steps.push(run);
    else this.#steps.pushAfter(after, run);
  }

  #createSurface(id: number, width: number, height: number, isPrimary: boolean): void {
    if (!isSurfaceSizeAllowed(width, height)) {
      throw new StateError('surface-size', `the server wants a screen of ${width} × ${height} pixels`);
    }
    if (this.#surfaces.has(id)) this.#destroySurface(id);
    this.#surfacePixels += width * height;
    if (this.#surfaces.size >= MAX_SURFACES || this.#surfacePixels > MAX_SURFACE_PIXELS) {
      throw new StateError('surfaces', 'the server creates too many surfaces');
    }
    const surface = new Surface(width, height);
    this.#surfaces.set(id, surface);
    if (!isPrimary) return;
    this.#primary = { id, surface };
    this.#target.surfaceChanged(surface);
  }

  #destroySurface(id: number): void {
    const surface = this.#surfaceOf(id);
    this.#surfaces.delete(id);
    this.#surfacePixels -= surface.width * surface.height;
    if (this.#primary?.id !== id) return;
    this.#primary = null;
    this.#target.surfaceChanged(null);
  }

  #surfaceOf(id: number): Surface {
    const surface = this.#surfaces.get(id);
    if (surface === undefined)
      throw new StateError('surface', `the server draws on the surface ${id}, which is not there`);
    return surface;
  }

  #streamOf(id: number): Stream {
    const stream = this.#streams.get(id);
    if (stream === undefined) throw new StateError('stream', `the server uses the stream ${id}, which is not there`);
    return stream;
  }

  #scratchOf(pixels: number): Uint32Array {
    if (this.#scratch.length < pixels) this.#scratch = new Uint32Array(pixels);
    return this.#scratch.subarray(0, pixels);
  }
}

/** Throws WireError for a rectangle whose right is left of its left. Edges are i32, so nothing overflows. */
function toRect(rect: SpiceRect): Rect {
  if (rect.right < rect.left || rect.bottom < rect.top) throw new WireError('value', 'SpiceRect', 0);
  return { x: rect.left, y: rect.top, width: rect.right - rect.left, height: rect.bottom - rect.top };
}

function clipsOf(clip: Clip): readonly Rect[] | null {
  return clip.type === ClipType.rects ? clip.rects.map(toRect) : null;
}
