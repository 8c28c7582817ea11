/** What changed on a surface since the last paint: a few rectangles, merged where keeping them apart does not pay. */
import { isEmptyRect, uniteRect, type Rect } from '../../../../src/base/rect.ts';

const MAX_RECTS = 12;
/** How much more may be painted for being one rectangle instead of two. */
const MERGE_WASTE = 1.25;

function area(rect: Rect): number {
  return rect.width * rect.height;
}

export class DirtyRegion {
  #rects: Rect[] = [];

  get isEmpty(): boolean {
    return this.#rects.length === 0;
  }

  /** Adds a rectangle; an empty one adds nothing. */
  add(rect: Rect): void {
    if (isEmptyRect(rect)) return;
    let grown = rect;
    for (let i = 0; i < this.#rects.length;) {
      const other = this.#rects[i] ?? grown;
      const both = uniteRect(grown, other);
      if (area(both) <= (area(grown) + area(other)) * MERGE_WASTE) {
        grown = both;
        this.#rects.splice(i, 1);
        i = 0;
      } else i++;
    }
    this.#rects.push(grown);
    if (this.#rects.length > MAX_RECTS) this.#rects = [this.#rects.reduce(uniteRect)];
  }

  /** The rectangles, which may overlap; empty afterwards. */
  take(): readonly Rect[] {
    const rects = this.#rects;
    this.#rects = [];
    return rects;
  }
}
