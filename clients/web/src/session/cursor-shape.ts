/** Pointer images as SPICE carries them, decoded to what a canvas takes: bytes R, G, B, A, colour not premultiplied. */
import { LIMITS } from '../../../../src/base/limits.ts';
import { CursorType, type CursorHeader } from '../../../../src/spice/wire/cursor.gen.ts';
import { WireError } from '../../../../src/wire/wire-error.ts';

/** A pointer image. */
export interface CursorShape {
  readonly width: number;
  readonly height: number;
  readonly hotX: number;
  readonly hotY: number;
  readonly pixels: Uint8ClampedArray<ArrayBuffer>;
}

/**
 * Decodes a shape; null for one without pixels and for the palette types, which no guest of this century has. Throws
 * WireError when it is too large or has too few bytes.
 */
export function decodeCursorShape(header: CursorHeader, data: Uint8Array): CursorShape | null {
  const { width, height, type } = header;
  if (width > LIMITS.maxCursorSide || height > LIMITS.maxCursorSide) throw new WireError('limit', 'Cursor.width', 0);
  if (width === 0 || height === 0) return null;
  const pixels = decodePixels(type, width, height, data);
  if (pixels === null) return null;
  const hotX = Math.min(header.hotSpotX, width - 1);
  const hotY = Math.min(header.hotSpotY, height - 1);
  return { width, height, hotX, hotY, pixels };
}

function decodePixels(
  type: CursorType,
  width: number,
  height: number,
  data: Uint8Array,
): Uint8ClampedArray<ArrayBuffer> | null {
  switch (type) {
    case CursorType.alpha:
      return decodeAlpha(width * height, data);
    case CursorType.mono:
      return decodeMono(width, height, data);
    case CursorType.color32:
      return decodeColor(width, height, data, 4, (at) => [at(2), at(1), at(0)]);
    case CursorType.color24:
      return decodeColor(width, height, data, 3, (at) => [at(2), at(1), at(0)]);
    case CursorType.color16:
      return decodeColor(width, height, data, 2, (at) => {
        const word = at(0) | (at(1) << 8);
        return [(word >> 10) & 31, (word >> 5) & 31, word & 31].map((part) => (part << 3) | (part >> 2));
      });
    case CursorType.color4:
    case CursorType.color8:
    default:
      return null;
  }
}

function wantBytes(data: Uint8Array, wanted: number): void {
  if (data.byteLength < wanted) throw new WireError('truncated', 'Cursor.data', data.byteLength);
}

/** Bytes B, G, R, A; the colour is not premultiplied, as spice-gtk takes it too. */
function decodeAlpha(count: number, data: Uint8Array): Uint8ClampedArray<ArrayBuffer> {
  wantBytes(data, count * 4);
  const pixels = new Uint8ClampedArray(count * 4);
  for (let i = 0; i < count * 4; i += 4) {
    pixels[i] = data[i + 2] ?? 0;
    pixels[i + 1] = data[i + 1] ?? 0;
    pixels[i + 2] = data[i] ?? 0;
    pixels[i + 3] = data[i + 3] ?? 0;
  }
  return pixels;
}

function isBitSet(data: Uint8Array, start: number, rowBytes: number, x: number, y: number): boolean {
  return ((data[start + y * rowBytes + (x >> 3)] ?? 0) & (0x80 >> (x & 7))) !== 0;
}

/** An AND mask and a XOR mask. What would invert the screen is drawn black, as a canvas can not invert. */
function decodeMono(width: number, height: number, data: Uint8Array): Uint8ClampedArray<ArrayBuffer> {
  const rowBytes = (width + 7) >> 3;
  const xorStart = rowBytes * height;
  wantBytes(data, 2 * xorStart);
  const pixels = new Uint8ClampedArray(width * height * 4);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const isAnd = isBitSet(data, 0, rowBytes, x, y);
      const isXor = isBitSet(data, xorStart, rowBytes, x, y);
      const at = (y * width + x) * 4;
      pixels.fill(isXor && !isAnd ? 255 : 0, at, at + 3);
      pixels[at + 3] = isAnd && !isXor ? 0 : 255;
    }
  }
  return pixels;
}

/** Colours, then an AND mask. */
function decodeColor(
  width: number,
  height: number,
  data: Uint8Array,
  pixelBytes: number,
  rgb: (at: (offset: number) => number) => readonly number[],
): Uint8ClampedArray<ArrayBuffer> {
  const rowBytes = (width + 7) >> 3;
  const maskStart = width * height * pixelBytes;
  wantBytes(data, maskStart + rowBytes * height);
  const pixels = new Uint8ClampedArray(width * height * 4);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const from = (y * width + x) * pixelBytes;
      const to = (y * width + x) * 4;
      pixels.set(
        rgb((offset) => data[from + offset] ?? 0),
        to,
      );
      pixels[to + 3] = isBitSet(data, maskStart, rowBytes, x, y) ? 0 : 255;
    }
  }
  return pixels;
}
