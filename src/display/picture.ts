/**
 * The present picture of a head, in the memory it shares with the producer: takes frames over, tells exactly what changed
 * and what merely moved, and knows of each tile when it changed and what it holds.
 */
import { type Rect, uniteRect } from '../base/rect.ts';
import type { TakenFrame } from './frame-mailbox.ts';
import type { Kernels } from './kernels/kernels.ts';
import { findScroll, type Scroll } from './scroll.ts';
import { TILE_SIDE, TileGrid } from './tile-grid.ts';

/** What a tile holds: text and other flat drawing, or photographs, video and noise. */
export type Content = 'text' | 'photo';

/** Changes of a tile that follow each other within this time are one movement. */
const MOVING_MS = 300;
/** A tile moves from so many such changes on: a menu that opens and closes at once does not. */
const MOVING_CHANGES = 3;

/** Scroll searches that found nothing in quick succession let that many frames pass, at most. */
const MAX_SKIPPED_SEARCHES = 8;

/** How a picture came from the one before. */
export interface PictureChange {
  readonly isResized: boolean;
  /** Packed boxes of what differs from the picture before; BORROWED until the next take. Null when nothing does. */
  readonly boxes: Uint32Array | null;
  /** What moved, and the boxes that differ after moving it, BORROWED likewise. */
  readonly scroll: Scroll | null;
  readonly residual: Uint32Array | null;
}

const UNCHANGED: PictureChange = { isResized: false, boxes: null, scroll: null, residual: null };
const RESIZED: PictureChange = { isResized: true, boxes: null, scroll: null, residual: null };

const UNKNOWN = -2;
const MIXED = -1;

/** See the file's head. */
export class Picture {
  readonly kernels: Kernels;
  grid = new TileGrid(0, 0);
  /** The frame shown, and when it was published (ms since 1970). */
  frame = 0;
  publishedMs = 0;
  /** When each tile changed last, on the caller's clock, and how many changes came soon after another. */
  #changedMs = new Float64Array(0);
  #quickChanges = new Uint8Array(0);
  /** Colour of each tile of one colour, MIXED or UNKNOWN. */
  #colours = new Int32Array(0);
  /** Thousandths and colours as Kernels.classify tells them, or UNKNOWN. */
  #classes = new Int32Array(0);
  #failedSearches = 0;
  #skipSearches = 0;
  #lastSearchMs = 0;

  constructor(kernels: Kernels) {
    this.kernels = kernels;
  }

  get width(): number {
    return this.grid.width;
  }

  get height(): number {
    return this.grid.height;
  }

  /** Takes a frame over. Costs little for what did not change. */
  take(frame: TakenFrame, nowMs: number): PictureChange {
    this.frame = frame.frame;
    this.publishedMs = frame.publishedMs;
    const { width, height } = frame;
    const { kernels } = this;
    if (width !== this.width || height !== this.height) {
      this.#resize(width, height, nowMs);
      kernels.copyPicture(frame.offset, width, height);
      return RESIZED;
    }
    const found = kernels.compare(frame.offset, width, height, frame.damage.byteOffset, false);
    if (found === 0) return UNCHANGED;
    const boxes = kernels.boxes.subarray(0, this.grid.count);
    const scroll = this.#searchScroll(frame, boxes, nowMs);
    if (scroll === null) {
      kernels.copyBoxes(frame.offset, width, height, false);
      this.#noteChanges(boxes, nowMs);
      return { isResized: false, boxes, scroll: null, residual: null };
    }
    kernels.move(width, scroll.rect, scroll.fromX, scroll.fromY);
    const tiles = kernels.tiles;
    tiles.fill(0);
    for (let tile = 0; tile < boxes.length; tile++) {
      if (boxes[tile] !== 0) tiles[tile >> 5]! |= 1 << (tile & 31);
    }
    this.grid.addTouched(tiles, scroll.rect);
    kernels.compare(frame.offset, width, height, tiles.byteOffset, true);
    kernels.copyBoxes(frame.offset, width, height, true);
    for (let tile = 0; tile < boxes.length; tile++) {
      if (((tiles[tile >> 5]! >>> (tile & 31)) & 1) !== 0) this.#noteChange(tile, nowMs);
    }
    return { isResized: false, boxes, scroll, residual: kernels.residual.subarray(0, this.grid.count) };
  }

  /** When a tile changed last. */
  changedMs(tile: number): number {
    return this.#changedMs[tile]!;
  }

  /** Whether a tile keeps changing. */
  isMoving(tile: number, nowMs: number): boolean {
    return this.#quickChanges[tile]! >= MOVING_CHANGES && nowMs - this.#changedMs[tile]! < MOVING_MS;
  }

  /** The colour of a tile of one colour, else negative. */
  tileColour(tile: number): number {
    let colour = this.#colours[tile]!;
    if (colour === UNKNOWN) {
      colour = this.kernels.solidColour(this.width, this.grid.tileRect(tile));
      this.#colours[tile] = colour < 0 ? MIXED : colour;
    }
    return colour;
  }

  /** What a tile holds. */
  tileContent(tile: number): Content {
    let code = this.#classes[tile]!;
    if (code === UNKNOWN) {
      code = this.kernels.classify(this.width, this.grid.tileRect(tile));
      this.#classes[tile] = code;
    }
    // Few pixels like their neighbours and many colours: seen so in photographs and noise, not in anti-aliased text.
    return (code & 0xffff) < 450 && code >>> 16 > 48 ? 'photo' : 'text';
  }

  /** The pixels of a packed box. */
  boxRect(tile: number, box: number): Rect {
    const x = (tile % this.grid.columns) * TILE_SIDE;
    const y = Math.floor(tile / this.grid.columns) * TILE_SIDE;
    const left = box & 0xff;
    const top = (box >>> 8) & 0xff;
    return { x: x + left, y: y + top, width: ((box >>> 16) & 0xff) - left, height: ((box >>> 24) & 0x7f) - top };
  }

  /** The packed box of a whole tile. */
  fullBox(tile: number): number {
    const { width, height } = this.grid.tileRect(tile);
    return (width << 16) | (height << 24);
  }

  #resize(width: number, height: number, nowMs: number): void {
    this.grid = new TileGrid(width, height);
    const { count } = this.grid;
    this.#changedMs = new Float64Array(count).fill(nowMs);
    this.#quickChanges = new Uint8Array(count);
    this.#colours = new Int32Array(count).fill(UNKNOWN);
    this.#classes = new Int32Array(count).fill(UNKNOWN);
  }

  #noteChanges(boxes: Uint32Array, nowMs: number): void {
    for (let tile = 0; tile < boxes.length; tile++) if (boxes[tile] !== 0) this.#noteChange(tile, nowMs);
  }

  #noteChange(tile: number, nowMs: number): void {
    const isQuick = nowMs - this.#changedMs[tile]! < MOVING_MS;
    this.#quickChanges[tile] = isQuick ? Math.min(MOVING_CHANGES, this.#quickChanges[tile]! + 1) : 0;
    this.#changedMs[tile] = nowMs;
    this.#colours[tile] = UNKNOWN;
    this.#classes[tile] = UNKNOWN;
  }

  #searchScroll(frame: TakenFrame, boxes: Uint32Array, nowMs: number): Scroll | null {
    let region: Rect = { x: 0, y: 0, width: 0, height: 0 };
    for (let tile = 0; tile < boxes.length; tile++) {
      const box = boxes[tile]!;
      if (box !== 0) region = uniteRect(region, this.boxRect(tile, box));
    }
    const sinceLastMs = nowMs - this.#lastSearchMs;
    this.#lastSearchMs = nowMs;
    if (sinceLastMs > MOVING_MS) this.#failedSearches = 0;
    else if (this.#skipSearches > 0) {
      this.#skipSearches--;
      return null;
    }
    const scroll = findScroll(this.kernels, frame.offset, this.grid, boxes, region);
    if (scroll === undefined) return null;
    this.#failedSearches = scroll === null ? this.#failedSearches + 1 : 0;
    this.#skipSearches = Math.min(this.#failedSearches, MAX_SKIPPED_SEARCHES);
    return scroll;
  }
}
