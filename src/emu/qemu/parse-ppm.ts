import { LIMITS } from '../../base/limits.ts';
import { WireError } from '../../wire/wire-error.ts';

/** Where the pixels of a picture are: rows of R, G, B bytes from `offset` on. */
export interface PpmHeader {
  readonly width: number;
  readonly height: number;
  readonly offset: number;
}

/** Reads the start of a binary PPM with 255 as its largest value. Throws WireError. */
export function parsePpmHeader(bytes: Uint8Array): PpmHeader {
  const start = String.fromCharCode(...bytes.subarray(0, 64));
  const match = /^P6\s(\d{1,5})\s(\d{1,5})\s255\s/.exec(start);
  if (match === null) throw new WireError('value', 'picture header', 0);
  const [whole] = match;
  const width = Number(match[1]);
  const height = Number(match[2]);
  if (width < 1 || height < 1 || width > LIMITS.maxScreenSide || height > LIMITS.maxScreenSide) {
    throw new WireError('limit', 'picture size', 0);
  }
  if (width * height > LIMITS.maxScreenPixels) throw new WireError('limit', 'picture size', 0);
  if (bytes.length - whole.length < width * height * 3) throw new WireError('truncated', 'picture', bytes.length);
  return { width, height, offset: whole.length };
}

/** Turns R, G, B from `offset` of `from` into B, G, R, X; `to` has room for `pixels` times 4 bytes. */
export function rgbToBgrx(from: Uint8Array, offset: number, to: Uint8Array, pixels: number): void {
  for (let at = 0, end = pixels * 4; at < end; at += 4, offset += 3) {
    to[at] = from[offset + 2] ?? 0;
    to[at + 1] = from[offset + 1] ?? 0;
    to[at + 2] = from[offset] ?? 0;
  }
}
