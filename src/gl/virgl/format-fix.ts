/**
 * Moves the bits of depth and stencil between where guests have them and where OpenGL does, in place. OpenGL wants 24-bit
 * depth in the high bits of a number, with stencil or nothing below; some formats of guests have it in the low bits.
 */
import { assert } from '../../base/assert.ts';
import type { TransferFix } from './format-storage.ts';

/** From the guest's layout to OpenGL's. `pixels` are numbers of 32 bits. */
export function fixForGl(fix: TransferFix, pixels: Uint32Array): void {
  if (fix === 'none') return;
  // The low bits repeat the high ones, so that all of 24 bits becomes all of 32: 1.0 stays 1.0.
  const isStencilBelow = fix === 'depthInLow24Stencil';
  for (let i = 0; i < pixels.length; i++) {
    const value = pixels[i] ?? 0;
    pixels[i] = (value << 8) | (isStencilBelow ? value >>> 24 : (value >>> 16) & 0xff);
  }
}

/** From OpenGL's layout to the guest's. `pixels` are numbers of 32 bits. */
export function fixForGuest(fix: TransferFix, pixels: Uint32Array): void {
  if (fix === 'none') return;
  const isStencilBelow = fix === 'depthInLow24Stencil';
  for (let i = 0; i < pixels.length; i++) {
    const value = pixels[i] ?? 0;
    pixels[i] = (value >>> 8) | (isStencilBelow ? value << 24 : 0);
  }
}

/** The 32-bit numbers in bytes that begin at a multiple of four in their buffer. */
export function wordsOf(bytes: Uint8Array): Uint32Array {
  assert(bytes.byteOffset % 4 === 0 && bytes.byteLength % 4 === 0, 'whole words');
  return new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
}
