/** Finds the part of a picture that merely moved since the one before, so that a viewer can be told to move its copy. */
import { type Rect, uniteRect } from '../base/rect.ts';
import type { Kernels } from './kernels/kernels.ts';
import { TILE_SIDE, type TileGrid } from './tile-grid.ts';

/** Pixels of `rect` stood `fromX`, `fromY` before. Both places lie inside the picture. */
export interface Scroll {
  readonly rect: Rect;
  readonly fromX: number;
  readonly fromY: number;
}

/** Changes smaller than this are sent as they are: the search would cost more than it saves. */
const MIN_REGION_PIXELS = 16384;
const MIN_REGION_SIDE = 24;
/** Lines and pixels that a shift must foretell to be used. */
const MIN_GAIN_LINES = 8;
const MIN_GAIN_PIXELS = 8192;

/**
 * Searches `region`, which bounds the changed `boxes`, and then the largest connected part of it. Returns undefined when the
 * change is too small to search, null when nothing moved. What it returns is foretold by hashes: compare afterwards.
 */
export function findScroll(
  kernels: Kernels,
  slot: number,
  grid: TileGrid,
  boxes: Uint32Array,
  region: Rect,
): Scroll | null | undefined {
  if (!isWorthwhile(region)) return undefined;
  const whole = findShift(kernels, slot, grid.width, region);
  if (whole !== null) return whole;
  const part = largestPart(grid, boxes);
  if (!isWorthwhile(part) || part.width * part.height > 0.7 * region.width * region.height) return null;
  return findShift(kernels, slot, grid.width, part);
}

function isWorthwhile({ width, height }: Rect): boolean {
  return width * height >= MIN_REGION_PIXELS && width >= MIN_REGION_SIDE && height >= MIN_REGION_SIDE;
}

function findShift(kernels: Kernels, slot: number, pictureWidth: number, region: Rect): Scroll | null {
  const rows = kernels.findShift(slot, pictureWidth, region, false);
  if (isGain(rows.shift, rows.gain, region.width)) {
    const y = region.y + rows.start;
    const rect = { x: region.x, y, width: region.width, height: rows.end - rows.start };
    return { rect, fromX: region.x, fromY: y - rows.shift };
  }
  const columns = kernels.findShift(slot, pictureWidth, region, true);
  if (isGain(columns.shift, columns.gain, region.height)) {
    const x = region.x + columns.start;
    const rect = { x, y: region.y, width: columns.end - columns.start, height: region.height };
    return { rect, fromX: x - columns.shift, fromY: region.y };
  }
  return null;
}

function isGain(shift: number, lines: number, lineLength: number): boolean {
  return shift !== 0 && lines >= MIN_GAIN_LINES && lines * lineLength >= MIN_GAIN_PIXELS;
}

/** The bounds of the largest set of changed tiles that touch each other, at corners too. */
function largestPart(grid: TileGrid, boxes: Uint32Array): Rect {
  const seen = new Uint8Array(grid.count);
  let best: Rect = { x: 0, y: 0, width: 0, height: 0 };
  let bestTiles = 0;
  const stack: number[] = [];
  for (let first = 0; first < grid.count; first++) {
    if (boxes[first] === 0 || seen[first] === 1) continue;
    let tiles = 0;
    let bounds: Rect = { x: 0, y: 0, width: 0, height: 0 };
    seen[first] = 1;
    stack.push(first);
    for (let tile = stack.pop(); tile !== undefined; tile = stack.pop()) {
      tiles++;
      const column = tile % grid.columns;
      const row = Math.floor(tile / grid.columns);
      bounds = uniteRect(bounds, boxBounds(column, row, boxes[tile]!));
      for (let y = Math.max(0, row - 1); y <= Math.min(grid.rows - 1, row + 1); y++) {
        for (let x = Math.max(0, column - 1); x <= Math.min(grid.columns - 1, column + 1); x++) {
          const next = y * grid.columns + x;
          if (boxes[next] === 0 || seen[next] === 1) continue;
          seen[next] = 1;
          stack.push(next);
        }
      }
    }
    if (tiles > bestTiles) {
      bestTiles = tiles;
      best = bounds;
    }
  }
  return best;
}

function boxBounds(column: number, row: number, box: number): Rect {
  const left = box & 0xff;
  const top = (box >>> 8) & 0xff;
  return {
    x: column * TILE_SIDE + left,
    y: row * TILE_SIDE + top,
    width: ((box >>> 16) & 0xff) - left,
    height: ((box >>> 24) & 0x7f) - top,
  };
}
