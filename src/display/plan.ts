/**
 * Turns what a viewer lacks into few drawing steps: fills where a tile has one colour, else images, merged into large ones as
 * long as sending some pixels in vain is cheaper than an image more.
 */
import { containsRect, type Rect } from '../base/rect.ts';
import { TILE_SIDE } from './tile-grid.ts';
import type { ImageEncoder } from './encoders/encoder.ts';
import type { Content, Picture } from './picture.ts';
import type { Profile } from './profile.ts';

/** Set in a packed box: the tile was shown with loss and is now wanted exactly. */
export const WANTED_EXACT = 0x80000000;

/** What an image costs beside its pixels, in pixels: message, header, call, and work at the viewer. */
const IMAGE_COST_PIXELS = 16384;
/** The same for a lossy one, which costs a trip through a thread pool. */
const LOSSY_IMAGE_COST_PIXELS = 32768;
/** Larger images are cut, so that buffers stay moderate. */
const MAX_IMAGE_PIXELS = 1 << 20;
/** So many pieces are compared all with all; of more, each with its latest neighbours only. */
const MAX_PAIRED = 96;

/** A fill of one colour. */
export interface PlannedFill {
  readonly rect: Rect;
  readonly color: number;
}

/** An image to be encoded. */
export interface PlannedImage {
  readonly rect: Rect;
  readonly encoder: ImageEncoder;
}

/** Steps in no order: images show the present picture also where they cover more than was asked. */
export interface Plan {
  readonly fills: readonly PlannedFill[];
  readonly images: readonly PlannedImage[];
}

/** Plans for the boxes (one a tile, packed, perhaps with WANTED_EXACT). */
export function planSteps(picture: Picture, boxes: Uint32Array, profile: Profile): Plan {
  const fills: Fill[] = [];
  const text: Piece[] = [];
  const photo: Piece[] = [];
  const lossy: Piece[] = [];
  for (let tile = 0; tile < boxes.length; tile++) {
    const wanted = boxes[tile]!;
    if (wanted === 0) continue;
    const box = wanted & ~WANTED_EXACT;
    const rect = picture.boxRect(tile, box);
    const color = colourOf(picture, tile, box, rect);
    if (color >= 0) {
      addFill(fills, rect, color);
      continue;
    }
    const content = picture.tileContent(tile);
    const isExact = (wanted & WANTED_EXACT) !== 0;
    if (content === 'photo' && !isExact && profile.lossy !== null) addPiece(lossy, rect);
    else addPiece(content === 'photo' ? photo : text, rect);
  }
  const images: PlannedImage[] = [];
  if (profile.lossy !== null) {
    for (const piece of merge(lossy, LOSSY_IMAGE_COST_PIXELS)) {
      if (areaOf(piece) >= profile.lossy.minPixels) cut(images, piece, profile.lossy);
      else photo.push(piece);
    }
  }
  const exact: readonly (readonly [Piece[], Content])[] = [
    [text, 'text'],
    [photo, 'photo'],
  ];
  for (const [pieces, content] of exact) {
    for (const piece of merge(pieces, IMAGE_COST_PIXELS)) cut(images, piece, profile.lossless[content]);
  }
  return {
    fills: mergeFills(fills).filter((fill) => !images.some(({ rect }) => containsRect(rect, fill.rect))),
    images,
  };
}

function colourOf(picture: Picture, tile: number, box: number, rect: Rect): number {
  const color = picture.tileColour(tile);
  if (color >= 0 || box === picture.fullBox(tile)) return color;
  return picture.kernels.solidColour(picture.width, rect);
}

interface Piece {
  x: number;
  y: number;
  width: number;
  height: number;
}

interface Fill {
  rect: Piece;
  readonly color: number;
}

function areaOf(piece: Piece): number {
  return piece.width * piece.height;
}

/** Adds a tile's part; the run to its left in the same row of tiles takes it in where that costs next to nothing. */
function addPiece(pieces: Piece[], rect: Rect): void {
  const last = pieces.at(-1);
  const isNext =
    last !== undefined &&
    Math.floor(last.y / TILE_SIDE) === Math.floor(rect.y / TILE_SIDE) &&
    rect.x - (last.x + last.width) < TILE_SIDE;
  if (isNext && wasteOf(last, rect) <= IMAGE_COST_PIXELS) grow(last, rect);
  else pieces.push({ ...rect });
}

/** Pixels sent in vain when both become one. */
function wasteOf(a: Piece, b: Piece): number {
  const width = Math.max(a.x + a.width, b.x + b.width) - Math.min(a.x, b.x);
  const height = Math.max(a.y + a.height, b.y + b.height) - Math.min(a.y, b.y);
  return width * height - areaOf(a) - areaOf(b);
}

function grow(piece: Piece, by: Piece): void {
  const right = Math.max(piece.x + piece.width, by.x + by.width);
  const bottom = Math.max(piece.y + piece.height, by.y + by.height);
  piece.x = Math.min(piece.x, by.x);
  piece.y = Math.min(piece.y, by.y);
  piece.width = right - piece.x;
  piece.height = bottom - piece.y;
}

function merge(pieces: readonly Piece[], spare: number): Piece[] {
  let merged = mergeOnce(pieces, spare);
  // Each merge may bring others within reach.
  for (let before = pieces.length; merged.length < before && merged.length <= MAX_PAIRED;) {
    before = merged.length;
    merged = mergeOnce(merged, spare);
  }
  return merged;
}

function mergeOnce(pieces: readonly Piece[], spare: number): Piece[] {
  const merged: Piece[] = [];
  for (const piece of pieces) {
    let best: Piece | null = null;
    let bestWaste = spare;
    for (let i = merged.length - 1; i >= 0 && i >= merged.length - MAX_PAIRED; i--) {
      const waste = wasteOf(merged[i]!, piece);
      if (waste <= bestWaste) {
        best = merged[i]!;
        bestWaste = waste;
      }
    }
    if (best === null) merged.push({ ...piece });
    else grow(best, piece);
  }
  return merged;
}

function cut(images: PlannedImage[], piece: Piece, encoder: ImageEncoder): void {
  const rows = Math.max(1, Math.floor(MAX_IMAGE_PIXELS / piece.width));
  for (let y = 0; y < piece.height; y += rows) {
    const height = Math.min(rows, piece.height - y);
    images.push({ rect: { x: piece.x, y: piece.y + y, width: piece.width, height }, encoder });
  }
}

function addFill(fills: Fill[], rect: Rect, color: number): void {
  const last = fills.at(-1);
  const isNext =
    last !== undefined &&
    last.color === color &&
    last.rect.y === rect.y &&
    last.rect.height === rect.height &&
    last.rect.x + last.rect.width === rect.x;
  if (isNext) last.rect.width += rect.width;
  else fills.push({ rect: { ...rect }, color });
}

/** Joins runs with equal ones right above. */
function mergeFills(fills: readonly Fill[]): Fill[] {
  const merged: Fill[] = [];
  /** The fill that ends at a place, by left edge and bottom. */
  const ends = new Map<string, Fill>();
  for (const fill of fills) {
    const { rect, color } = fill;
    const above = ends.get(`${rect.x},${rect.y}`);
    if (above !== undefined && above.color === color && above.rect.width === rect.width) {
      above.rect.height += rect.height;
      ends.set(`${rect.x},${rect.y + rect.height}`, above);
    } else {
      merged.push(fill);
      ends.set(`${rect.x},${rect.y + rect.height}`, fill);
    }
  }
  return merged;
}
