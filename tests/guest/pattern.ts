/** The picture that the test guest's program `pattern` draws, recomputed: bit for bit the same at every size. */
import type { Picture } from './picture-numbers.ts';

function bandPixel(band: number, x: number, y: number, width: number): number {
  const ramp = Math.trunc((x * 255) / (width - 1));
  if (band === 0) return ramp << 16;
  if (band === 1) return ramp << 8;
  if (band === 2) return ramp;
  if (band === 3) return ((x + y) & 255) * 0x010101;
  if (band === 4) return x & 1 ? 0xffffff : 0;
  if (band === 5) return y & 1 ? 0x00ffff : 0xff0000;
  return (Math.imul(x >> 6, 2654435761) >>> 8) & 0xffffff;
}

/**
 * Eight bands from top to bottom: a ramp of red, of green, of blue, slanting greys, columns of one pixel, rows of one
 * pixel, noise, flat blocks of 64 pixels; a magenta frame of one pixel around all.
 */
export function testPattern(width: number, height: number): Picture {
  const pixels = new Uint32Array(width * height);
  for (let y = 0; y < height; y++) {
    const band = Math.floor((y * 8) / height);
    let state = Math.imul(y, 2654435761);
    const row = y * width;
    for (let x = 0; x < width; x++) {
      if (band === 6) {
        state = (Math.imul(state, 1664525) + 1013904223) | 0;
        pixels[row + x] = state >>> 8;
      } else {
        pixels[row + x] = bandPixel(band, x, y, width);
      }
    }
    pixels[row] = pixels[row + width - 1] = 0xff00ff;
    if (y === 0 || y === height - 1) pixels.fill(0xff00ff, row, row + width);
  }
  return { width, height, pixels };
}

/** The first place where two pictures differ, as a sentence; null when they are the same. */
export function firstDifference(actual: Picture, expected: Picture): string | null {
  if (actual.width !== expected.width || actual.height !== expected.height)
    return `size ${actual.width}x${actual.height}, expected ${expected.width}x${expected.height}`;
  let first = -1;
  let wrong = 0;
  for (let i = 0; i < expected.pixels.length; i++) {
    if (actual.pixels[i] === expected.pixels[i]) continue;
    if (first < 0) first = i;
    wrong++;
  }
  if (first < 0) return null;
  const hex = (value: number | undefined): string => (value ?? 0).toString(16).padStart(6, '0');
  const place = `(${first % actual.width}, ${Math.floor(first / actual.width)})`;
  return `${wrong} pixels differ, first at ${place}: ${hex(actual.pixels[first])}, expected ${hex(expected.pixels[first])}`;
}
