/** Reading the numbers that the test guest draws as 16 black and white cells. */
import type { CellStrip } from './layout.ts';

/** Pixels as red, green, blue of the low 24 bits, row by row without gaps. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint32Array;
}

/**
 * The number of a strip, or null where the strip is not wholly inside the picture or a cell is neither black nor white
 * (darker than 64 or lighter than 192), as it is while another program's picture is there.
 */
export function decodeCells(picture: Picture, strip: CellStrip): number | null {
  const right = strip.x + strip.cellWidth * 16;
  if (strip.x < 0 || strip.y < 0 || right > picture.width || strip.y + strip.cellHeight > picture.height) return null;
  let value = 0;
  for (let i = 0; i < 16; i++) {
    const x = strip.x + i * strip.cellWidth + (strip.cellWidth >> 1);
    const pixel = picture.pixels[(strip.y + (strip.cellHeight >> 1)) * picture.width + x] ?? 0;
    const level = (((pixel >> 16) & 255) + ((pixel >> 8) & 255) + (pixel & 255)) / 3;
    if (level >= 64 && level < 192) return null;
    value = value * 2 + (level >= 192 ? 1 : 0);
  }
  return value;
}
