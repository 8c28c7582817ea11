/**
 * The pixel formats of 2D resources (Virtio 1.3 §5.7.6.8). Their names give the bytes in memory order; all have four. A
 * resource keeps its pixels as B, G, R, A, whatever its format: they are turned around as they arrive, in place.
 */
import { GpuFormat } from './wire/gpu.gen.ts';

type Turn = (pixels: Uint32Array, start: number, end: number) => void;

/** How the bytes of each format become B, G, R, A; null: they are already. */
const turns: Readonly<Record<GpuFormat, Turn | null>> = {
  [GpuFormat.b8g8r8a8Unorm]: null,
  [GpuFormat.b8g8r8x8Unorm]: null,
  [GpuFormat.a8r8g8b8Unorm]: reverseBytes,
  [GpuFormat.x8r8g8b8Unorm]: reverseBytes,
  [GpuFormat.r8g8b8a8Unorm]: swapRedAndBlue,
  [GpuFormat.r8g8b8x8Unorm]: swapRedAndBlue,
  [GpuFormat.a8b8g8r8Unorm]: rotateBytes,
  [GpuFormat.x8b8g8r8Unorm]: rotateBytes,
};

/**
 * What turns a run of pixels from `format` to B, G, R, A in place, or null when there is nothing to do. `pixels` are
 * little-endian words; the run is from index `start` up to `end`.
 */
export function turnToBgra(format: GpuFormat): Turn | null {
  return turns[format];
}

function reverseBytes(pixels: Uint32Array, start: number, end: number): void {
  for (let i = start; i < end; i++) {
    const v = pixels[i]!;
    pixels[i] = (v << 24) | ((v & 0xff00) << 8) | ((v >>> 8) & 0xff00) | (v >>> 24);
  }
}

function swapRedAndBlue(pixels: Uint32Array, start: number, end: number): void {
  for (let i = start; i < end; i++) {
    const v = pixels[i]!;
    pixels[i] = (v & 0xff00_ff00) | ((v & 0xff) << 16) | ((v >>> 16) & 0xff);
  }
}

/** The first byte becomes the last. */
function rotateBytes(pixels: Uint32Array, start: number, end: number): void {
  for (let i = start; i < end; i++) {
    const v = pixels[i]!;
    pixels[i] = (v >>> 8) | (v << 24);
  }
}
