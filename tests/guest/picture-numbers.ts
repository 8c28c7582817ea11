/** Reading the numbers that the test guest draws as 16 black and white cells. */
import type { NumberBlock } from './layout.ts';

/** Pixels as red, green, blue of the low 24 bits, row by row without gaps. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint32Array;
}

/**
 * The number of a block, or null where the block is not wholly inside the picture or a cell is neither black nor white
 * (darker than 64 or lighter than 192), as it is while another program's picture is there.
 */
export function decodeNumber(picture: Picture, block: NumberBlock): number | null {
  const right = block.x + block.cellWidth * block.columns;
  const bottom = block.y + (block.cellHeight * 16) / block.columns;
  if (block.x < 0 || block.y < 0 || right > picture.width || bottom > picture.height) return null;
  let value = 0;
  for (let i = 0; i < 16; i++) {
    const x = block.x + (i % block.columns) * block.cellWidth + (block.cellWidth >> 1);
    const y = block.y + Math.floor(i / block.columns) * block.cellHeight + (block.cellHeight >> 1);
    const pixel = picture.pixels[y * picture.width + x] ?? 0;
    const level = (((pixel >> 16) & 255) + ((pixel >> 8) & 255) + (pixel & 255)) / 3;
    if (level >= 64 && level < 192) return null;
    value = value * 2 + (level >= 192 ? 1 : 0);
  }
  return value;
}
