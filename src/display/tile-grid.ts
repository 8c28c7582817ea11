/**
 * A frame cut into tiles of 64 × 64 pixels (smaller at the right and lower edge), numbered row by row, and sets of tiles
 * as bits in 32-bit words: tile `i` is bit `i & 31` of word `i >> 5`. The words may lie in shared memory.
 */
import { LIMITS } from '../base/limits.ts';
import type { Rect } from '../base/rect.ts';

/** Side of a tile in pixels. */
export const TILE_SIDE = 64;

/** Words that a set of tiles needs for the largest frame that LIMITS allows. */
export const MAX_TILE_WORDS = Math.ceil(
  (Math.floor(LIMITS.maxScreenPixels / (TILE_SIDE * TILE_SIDE)) + 2 * (LIMITS.maxScreenSide / TILE_SIDE) + 1) / 32,
);

/** Whether a frame may have this size: whole numbers, both 0 (off) or both at least 1, within LIMITS. */
export function isFrameSize(width: number, height: number): boolean {
  if (!Number.isInteger(width) || !Number.isInteger(height)) return false;
  if (width === 0 && height === 0) return true;
  return (
    width > 0 &&
    height > 0 &&
    width <= LIMITS.maxScreenSide &&
    height <= LIMITS.maxScreenSide &&
    width * height <= LIMITS.maxScreenPixels
  );
}

/** The tiles of a frame of one size. */
export class TileGrid {
  readonly width: number;
  readonly height: number;
  readonly columns: number;
  readonly rows: number;
  /** Tiles in all. */
  readonly count: number;
  /** Words of a set of these tiles. */
  readonly words: number;

  constructor(width: number, height: number) {
    this.width = width;
    this.height = height;
    this.columns = Math.ceil(width / TILE_SIDE);
    this.rows = Math.ceil(height / TILE_SIDE);
    this.count = this.columns * this.rows;
    this.words = (this.count + 31) >> 5;
  }

  /** The pixels of a tile. */
  tileRect(tile: number): Rect {
    const x = (tile % this.columns) * TILE_SIDE;
    const y = Math.floor(tile / this.columns) * TILE_SIDE;
    return { x, y, width: Math.min(TILE_SIDE, this.width - x), height: Math.min(TILE_SIDE, this.height - y) };
  }

  /** Puts every tile into the set. */
  addAll(set: Uint32Array): void {
    set.fill(0xffffffff, 0, this.words);
    const rest = this.count & 31;
    if (rest !== 0) set[this.words - 1] = (1 << rest) - 1;
  }

  /** Puts the tiles that `rect` touches into the set; `rect` lies inside the frame and is not empty. */
  addTouched(set: Uint32Array, rect: Rect): void {
    const firstColumn = Math.floor(rect.x / TILE_SIDE);
    const lastColumn = Math.floor((rect.x + rect.width - 1) / TILE_SIDE);
    const lastRow = Math.floor((rect.y + rect.height - 1) / TILE_SIDE);
    for (let row = Math.floor(rect.y / TILE_SIDE); row <= lastRow; row++) {
      for (let column = firstColumn; column <= lastColumn; column++) {
        const tile = row * this.columns + column;
        set[tile >> 5]! |= 1 << (tile & 31);
      }
    }
  }

  /** Takes the tiles that lie wholly inside `rect` out of the set; `rect` lies inside the frame and is not empty. */
  removeCovered(set: Uint32Array, rect: Rect): void {
    const right = rect.x + rect.width;
    const bottom = rect.y + rect.height;
    const endColumn = right === this.width ? this.columns : Math.floor(right / TILE_SIDE);
    const endRow = bottom === this.height ? this.rows : Math.floor(bottom / TILE_SIDE);
    for (let row = Math.ceil(rect.y / TILE_SIDE); row < endRow; row++) {
      for (let column = Math.ceil(rect.x / TILE_SIDE); column < endColumn; column++) {
        const tile = row * this.columns + column;
        set[tile >> 5]! &= ~(1 << (tile & 31));
      }
    }
  }
}

/** Whether tile `tile` is in the set. */
export function hasTile(set: Uint32Array, tile: number): boolean {
  return ((set[tile >> 5]! >>> (tile & 31)) & 1) !== 0;
}
