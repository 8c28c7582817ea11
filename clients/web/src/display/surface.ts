/**
 * The guest's screen in memory: 32-bit pixels, bytes R, G, B, A as a canvas has them, alpha always 255, rows top to
 * bottom. Every drawing is clipped to the surface, so no rectangle of a server can reach outside it.
 */
import { assert } from '../../../../src/base/assert.ts';
import { StateError } from '../../../../src/base/errors.ts';
import { LIMITS } from '../../../../src/base/limits.ts';
import { intersectRect, isEmptyRect, type Rect } from '../../../../src/base/rect.ts';
import { DirtyRegion } from './dirty-region.ts';

/** A decoded image: bytes R, G, B, A, tightly packed. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly words: Uint32Array;
}

/** How many times over one message may draw the surface. Clips of honest servers do not overlap. */
const MAX_OVERDRAW = 4;
const OPAQUE = 0xff000000;

/** Whether a server may ask for a surface of this size. */
export function isSurfaceSizeAllowed(width: number, height: number): boolean {
  const sides = width > 0 && height > 0 && width <= LIMITS.maxScreenSide && height <= LIMITS.maxScreenSide;
  return sides && width * height <= LIMITS.maxScreenPixels;
}

export class Surface {
  readonly width: number;
  readonly height: number;
  readonly bytes: Uint8ClampedArray<ArrayBuffer>;
  readonly dirty = new DirtyRegion();
  readonly #words: Uint32Array;
  readonly #bounds: Rect;

  /** A black surface of an allowed size. */
  constructor(width: number, height: number) {
    assert(isSurfaceSizeAllowed(width, height), 'the size of a surface is checked before it is made');
    this.width = width;
    this.height = height;
    this.#bounds = { x: 0, y: 0, width, height };
    this.#words = new Uint32Array(width * height).fill(OPAQUE);
    this.bytes = new Uint8ClampedArray(this.#words.buffer as ArrayBuffer);
    this.dirty.add(this.#bounds);
  }

  /** The whole surface as a source of pixels; not a copy. */
  get picture(): Picture {
    return { width: this.width, height: this.height, words: this.#words };
  }

  /** Fills with 0x00RRGGBB, within each of the clips. */
  fillRect(rect: Rect, color: number, clips: readonly Rect[] | null): void {
    const word = (OPAQUE | ((color & 0xff) << 16) | (color & 0xff00) | ((color >>> 16) & 0xff)) >>> 0;
    this.#eachClip(rect, clips, (part) => {
      for (let y = part.y; y < part.y + part.height; y++) {
        const at = y * this.width + part.x;
        this.#words.fill(word, at, at + part.width);
      }
    });
  }

  /** Moves pixels of the surface to `rect` from the equal rectangle at `fromX`, `fromY`; the two may overlap. */
  copyRect(rect: Rect, fromX: number, fromY: number, clips: readonly Rect[] | null): void {
    const dx = fromX - rect.x;
    const dy = fromY - rect.y;
    // Only what the source has: pixels outside the surface move nowhere.
    const source = intersectRect({ x: fromX, y: fromY, width: rect.width, height: rect.height }, this.#bounds);
    const target = { ...source, x: source.x - dx, y: source.y - dy };
    this.#eachClip(target, clips, (part) => {
      const downwards = dy >= 0;
      for (let i = 0; i < part.height; i++) {
        const y = downwards ? part.y + i : part.y + part.height - 1 - i;
        const from = (y + dy) * this.width + part.x + dx;
        this.#words.copyWithin(y * this.width + part.x, from, from + part.width);
      }
    });
  }

  /**
   * Draws `area` of `picture` onto `rect`; sizes that differ are scaled by the nearest pixel. `area` must lie inside the
   * picture.
   */
  put(picture: Picture, area: Rect, rect: Rect, clips: readonly Rect[] | null): void {
    assert(picture.words.length >= picture.width * picture.height, 'a picture has all its pixels');
    if (isEmptyRect(area)) return;
    const scales = area.width !== rect.width || area.height !== rect.height;
    this.#eachClip(rect, clips, (part) => {
      for (let y = part.y; y < part.y + part.height; y++) {
        const to = y * this.width + part.x;
        if (!scales) {
          const from = (area.y + y - rect.y) * picture.width + area.x + part.x - rect.x;
          this.#words.set(picture.words.subarray(from, from + part.width), to);
          continue;
        }
        const row = (area.y + Math.floor(((y - rect.y) * area.height) / rect.height)) * picture.width + area.x;
        for (let x = 0; x < part.width; x++) {
          const column = Math.floor(((part.x + x - rect.x) * area.width) / rect.width);
          this.#words[to + x] = picture.words[row + column] ?? OPAQUE;
        }
      }
    });
  }

  /**
   * Where a picture as wide as the surface may be decoded in place, saving a copy: the words of whole rows. Null when
   * `rect` is not such a band. The caller writes all of it at once.
   */
  band(rect: Rect): Uint32Array | null {
    if (rect.x !== 0 || rect.width !== this.width || rect.y < 0 || rect.y + rect.height > this.height) return null;
    this.dirty.add(rect);
    return this.#words.subarray(rect.y * this.width, (rect.y + rect.height) * this.width);
  }

  /** A copy of the pixels of `rect`, clipped to the surface, as R, G, B, A bytes. */
  read(rect: Rect): { readonly rect: Rect; readonly bytes: Uint8ClampedArray<ArrayBuffer> } {
    const part = intersectRect(rect, this.#bounds);
    const words = new Uint32Array(part.width * part.height);
    for (let y = 0; y < part.height; y++) {
      const from = (part.y + y) * this.width + part.x;
      words.set(this.#words.subarray(from, from + part.width), y * part.width);
    }
    return { rect: part, bytes: new Uint8ClampedArray(words.buffer) };
  }

  #eachClip(rect: Rect, clips: readonly Rect[] | null, draw: (part: Rect) => void): void {
    const inside = intersectRect(rect, this.#bounds);
    if (isEmptyRect(inside)) return;
    if (clips === null) {
      draw(inside);
      this.dirty.add(inside);
      return;
    }
    let pixels = 0;
    for (const clip of clips) {
      const part = intersectRect(inside, clip);
      if (isEmptyRect(part)) continue;
      pixels += part.width * part.height;
      if (pixels > MAX_OVERDRAW * this.width * this.height) {
        throw new StateError('clips', 'the server draws the same pixels again and again');
      }
      draw(part);
      this.dirty.add(part);
    }
  }
}
