/**
 * Moves the bits of depth and stencil between where guests have them and where OpenGL does, in place. OpenGL wants 24-bit
 * depth in the high bits of a number, with stencil below; some formats of guests have it in the low bits. Depth alone is a
 * number of all 32 bits: below the 24 that count stand the highest of them again, so that 1.0 stays 1.0 and rounding
 * changes nothing.
 */
import { assert } from '../../base/assert.ts';
import type { TransferFix } from './format-storage.ts';

/** From the guest's layout to OpenGL's. `pixels` are numbers of 32 bits. */
export function fixForGl(fix: TransferFix, pixels: Uint32Array): void {
  switch (fix) {
    case 'none':
      return;
    case 'depthInHigh24':
      for (let i = 0; i < pixels.length; i++) pixels[i] = (at(pixels, i) & ~0xff) | (at(pixels, i) >>> 24);
      return;
    case 'depthInLow24':
      for (let i = 0; i < pixels.length; i++) pixels[i] = (at(pixels, i) << 8) | ((at(pixels, i) >>> 16) & 0xff);
      return;
    case 'depthInLow24Stencil':
      for (let i = 0; i < pixels.length; i++) pixels[i] = (at(pixels, i) << 8) | (at(pixels, i) >>> 24);
  }
}

/** From OpenGL's layout to the guest's; bits that mean nothing are 0. `pixels` are numbers of 32 bits. */
export function fixForGuest(fix: TransferFix, pixels: Uint32Array): void {
  switch (fix) {
    case 'none':
      return;
    case 'depthInHigh24':
      for (let i = 0; i < pixels.length; i++) pixels[i] = at(pixels, i) & ~0xff;
      return;
    case 'depthInLow24':
      for (let i = 0; i < pixels.length; i++) pixels[i] = at(pixels, i) >>> 8;
      return;
    case 'depthInLow24Stencil':
      for (let i = 0; i < pixels.length; i++) pixels[i] = (at(pixels, i) >>> 8) | (at(pixels, i) << 24);
  }
}

function at(pixels: Uint32Array, i: number): number {
  return pixels[i] ?? 0;
}

/** The 32-bit numbers in bytes that begin at a multiple of four in their buffer. */
export function wordsOf(bytes: Uint8Array): Uint32Array {
  assert(bytes.byteOffset % 4 === 0 && bytes.byteLength % 4 === 0, 'whole words');
  return new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
}
