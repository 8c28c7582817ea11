import type { Rect } from '../../../base/rect.ts';

const MAX_PIXELS = 64 * 64;

/**
 * Finds updates that change nothing. QEMU's VGA draws the text cursor's cell anew 33 times a second, so the last small
 * rectangle and its pixels are remembered, until anything else is drawn.
 */
export class RepeatFilter {
  #rect: Rect | null = null;
  readonly #bytes = new Uint8Array(MAX_PIXELS * 4);

  /** Whether these rectangles of `pixels` are one small one that is as it was when last asked about. */
  isRepeat(pixels: Uint8Array, strideBytes: number, rects: readonly Rect[]): boolean {
    const [rect, ...others] = rects;
    if (rect === undefined || rect.width * rect.height > MAX_PIXELS || others.some((other) => !isSame(rect, other))) {
      this.#rect = null;
      return false;
    }
    let isRepeat = this.#rect !== null && isSame(rect, this.#rect);
    this.#rect = rect;
    const rowBytes = rect.width * 4;
    for (let row = 0; row < rect.height; row++) {
      const from = (rect.y + row) * strideBytes + rect.x * 4;
      const now = pixels.subarray(from, from + rowBytes);
      const before = this.#bytes.subarray(row * rowBytes, (row + 1) * rowBytes);
      if (isRepeat && Buffer.compare(now, before) === 0) continue;
      isRepeat = false;
      before.set(now);
    }
    return isRepeat;
  }

  /** Forgets what it remembers: the picture is another. */
  clear(): void {
    this.#rect = null;
  }
}

function isSame(a: Rect, b: Rect): boolean {
  return a.x === b.x && a.y === b.y && a.width === b.width && a.height === b.height;
}
