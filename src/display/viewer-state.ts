/** What the display worker knows of one viewer: what it may be sent, what it lacks, and what it shows with loss. */
import type { Rect } from '../base/rect.ts';
import type { ViewerNeeds } from './contract.ts';
import type { ImageCache } from './image-cache.ts';
import { WANTED_EXACT } from './plan.ts';
import type { Picture } from './picture.ts';
import { type Profile, profileOf } from './profile.ts';
import type { Scroll } from './scroll.ts';
import { hasTile, MAX_TILE_WORDS, type TileGrid } from './tile-grid.ts';

/** More batches than any line needs: keeps a wild grant from growing beyond whole numbers. */
const MAX_CREDIT = 1 << 20;
const MAX_CACHE_PIXELS = 1 << 30;

/** See the file's head. */
export class ViewerState {
  readonly id: number;
  readonly cache: ImageCache;
  profile: Profile;
  credit = 0;
  /** A batch is being made: nothing else may be sent before it. */
  isBusy = false;
  isGone = false;
  /** The size the viewer was told last; what it lacks and shows with loss is told in tiles of it. */
  grid: TileGrid | null = null;
  /** One packed box a tile of what the viewer lacks, perhaps with WANTED_EXACT. */
  pending = new Uint32Array(0);
  pendingTiles = 0;
  /** To be told before the pending boxes. */
  scroll: Scroll | null = null;
  lossyTiles = 0;
  #lossy = new Uint32Array(MAX_TILE_WORDS);
  #lossyBefore = new Uint32Array(MAX_TILE_WORDS);
  #needs: ViewerNeeds;

  constructor(id: number, needs: ViewerNeeds, cache: ImageCache, hasLossy: boolean) {
    this.id = id;
    this.cache = cache;
    this.#needs = needs;
    this.profile = profileOf(needs, hasLossy);
    this.setNeeds(needs, hasLossy);
  }

  setNeeds(needs: ViewerNeeds, hasLossy: boolean): void {
    this.#needs = needs;
    this.refreshProfile(hasLossy);
    const { cachePixels } = needs;
    this.cache.setCapacity(cachePixels > 0 ? Math.min(Math.floor(cachePixels), MAX_CACHE_PIXELS) : 0);
  }

  /** Chooses the encoders anew. */
  refreshProfile(hasLossy: boolean): void {
    this.profile = profileOf(this.#needs, hasLossy);
  }

  grant(batches: number): void {
    if (batches > 0) this.credit = Math.min(MAX_CREDIT, this.credit + Math.floor(batches));
  }

  /** Whether a batch may be made for the viewer now. */
  get isReady(): boolean {
    return this.credit > 0 && !this.isBusy;
  }

  /** The viewer has the size of `grid` from now on and shows nothing. */
  reset(grid: TileGrid, picture: Picture): void {
    this.grid = grid;
    this.pending = new Uint32Array(grid.count);
    for (let tile = 0; tile < grid.count; tile++) this.pending[tile] = picture.fullBox(tile);
    this.pendingTiles = grid.count;
    this.scroll = null;
    this.#lossy.fill(0);
    this.lossyTiles = 0;
  }

  /** Adds packed boxes, one a tile, to what the viewer lacks. */
  addPending(boxes: Uint32Array): void {
    const { pending } = this;
    for (let tile = 0; tile < boxes.length; tile++) {
      const box = boxes[tile]!;
      if (box === 0) continue;
      const old = pending[tile]!;
      if (old === 0) this.pendingTiles++;
      // A tile that changes again may be shown with loss again: it does not rest.
      pending[tile] = old === 0 ? box : uniteBoxes(old & ~WANTED_EXACT, box);
    }
  }

  /** Wants rested lossy tiles exactly, up to so many pixels; returns when the first of the others will have rested. */
  addRepairs(picture: Picture, nowMs: number, restMs: number, maxPixels: number): number {
    let earliestMs = Infinity;
    let pixels = 0;
    if (this.lossyTiles === 0) return earliestMs;
    for (let tile = 0; tile < this.pending.length; tile++) {
      if (!hasTile(this.#lossy, tile)) continue;
      const restedMs = picture.changedMs(tile) + restMs;
      if (restedMs > nowMs || pixels >= maxPixels) {
        earliestMs = Math.min(earliestMs, restedMs);
        continue;
      }
      const { width, height } = picture.grid.tileRect(tile);
      pixels += width * height;
      if (this.pending[tile] === 0) this.pendingTiles++;
      this.pending[tile] = (picture.fullBox(tile) | WANTED_EXACT) >>> 0;
    }
    return earliestMs;
  }

  /** Loss moves along with what moves. */
  moveLossy(scroll: Scroll): void {
    const { grid } = this;
    if (this.lossyTiles === 0 || grid === null) return;
    const before = this.#lossyBefore;
    before.set(this.#lossy);
    grid.removeCovered(this.#lossy, scroll.rect);
    const { rect } = scroll;
    const dx = scroll.fromX - rect.x;
    const dy = scroll.fromY - rect.y;
    for (let tile = 0; tile < grid.count; tile++) {
      if (!hasTile(before, tile)) continue;
      // The part of the lossy tile that is moved, where it comes to lie.
      const source = grid.tileRect(tile);
      const left = Math.max(rect.x, source.x - dx);
      const top = Math.max(rect.y, source.y - dy);
      const right = Math.min(rect.x + rect.width, source.x - dx + source.width);
      const bottom = Math.min(rect.y + rect.height, source.y - dy + source.height);
      if (left >= right || top >= bottom) continue;
      grid.addTouched(this.#lossy, { x: left, y: top, width: right - left, height: bottom - top });
    }
    this.#countLossy(grid);
  }

  /** Nothing is lacking any more: the steps were made, these of them lossy and those exact. */
  settle(lossy: readonly Rect[], exact: readonly Rect[]): void {
    this.pending.fill(0);
    this.pendingTiles = 0;
    this.scroll = null;
    const { grid } = this;
    if (grid === null || (this.lossyTiles === 0 && lossy.length === 0)) return;
    for (const rect of exact) grid.removeCovered(this.#lossy, rect);
    for (const rect of lossy) grid.addTouched(this.#lossy, rect);
    this.#countLossy(grid);
  }

  /** Whether both lack the same and can take the same bytes. */
  isLike(other: ViewerState): boolean {
    if (this.profile.key !== other.profile.key || this.scroll !== other.scroll) return false;
    if (this.pendingTiles !== other.pendingTiles) return false;
    for (let tile = 0; tile < this.pending.length; tile++) {
      if (this.pending[tile] !== other.pending[tile]) return false;
    }
    return true;
  }

  #countLossy(grid: TileGrid): void {
    this.lossyTiles = 0;
    for (let tile = 0; tile < grid.count; tile++) if (hasTile(this.#lossy, tile)) this.lossyTiles++;
  }
}

function uniteBoxes(a: number, b: number): number {
  const left = Math.min(a & 0xff, b & 0xff);
  const top = Math.min((a >>> 8) & 0xff, (b >>> 8) & 0xff);
  const right = Math.max((a >>> 16) & 0xff, (b >>> 16) & 0xff);
  const bottom = Math.max(a >>> 24, b >>> 24);
  return left | (top << 8) | (right << 16) | (bottom << 24);
}
