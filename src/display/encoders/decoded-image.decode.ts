/** What the decoders share: an image of 4 bytes a pixel that they fill. Runs in a browser. */
import { assert } from '../../base/assert.ts';

/** Bytes of a decoded image; the caller has bounded the size and `out` holds it. */
export function imageBytes(width: number, height: number, out: Uint8Array): number {
  const size = width * height * 4;
  assert(Number.isInteger(width) && Number.isInteger(height) && width > 0 && height > 0, 'an image has a size');
  assert(out.length >= size, 'the image does not fit its output');
  return size;
}

/** Repeats `length` bytes from `offset` before `to`, which may overlap; returns the new end. */
export function repeatBytes(out: Uint8Array, to: number, offset: number, length: number): number {
  const end = to + length;
  if (length < 32) {
    for (let i = to; i < end; i++) out[i] = out[i - offset]!;
    return end;
  }
  // Each copy doubles what is known to repeat.
  const from = to - offset;
  let at = to;
  while (at < end) {
    const chunk = Math.min(at - from, end - at);
    out.copyWithin(at, from, from + chunk);
    at += chunk;
  }
  return end;
}

/** Turns rows told from the bottom upside down. */
export function flipRows(out: Uint8Array, rowBytes: number, height: number): void {
  const spare = new Uint8Array(rowBytes);
  for (let top = 0, bottom = height - 1; top < bottom; top++, bottom--) {
    spare.set(out.subarray(top * rowBytes, (top + 1) * rowBytes));
    out.copyWithin(top * rowBytes, bottom * rowBytes, (bottom + 1) * rowBytes);
    out.set(spare, bottom * rowBytes);
  }
}
