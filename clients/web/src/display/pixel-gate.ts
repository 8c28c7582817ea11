/**
 * Bounds how many pixels are being decoded at the same time: work beyond that waits its turn, in order. One piece of work
 * that is larger than the bound goes alone.
 */
export class PixelGate {
  readonly #maxPixels: number;
  readonly #waiting: { readonly pixels: number; readonly start: () => void }[] = [];
  #busy = 0;

  constructor(maxPixels: number) {
    this.#maxPixels = maxPixels;
  }

  /** Runs `work` when there is room for its pixels. */
  async run<T>(pixels: number, work: () => Promise<T>): Promise<T> {
    if (this.#waiting.length === 0 && this.#hasRoom(pixels)) this.#busy += pixels;
    else await new Promise<void>((start) => this.#waiting.push({ pixels, start }));
    try {
      return await work();
    } finally {
      this.#busy -= pixels;
      this.#startWaiting();
    }
  }

  #hasRoom(pixels: number): boolean {
    return this.#busy === 0 || this.#busy + pixels <= this.#maxPixels;
  }

  #startWaiting(): void {
    for (;;) {
      const first = this.#waiting[0];
      if (first === undefined || !this.#hasRoom(first.pixels)) return;
      this.#waiting.shift();
      this.#busy += first.pixels;
      first.start();
    }
  }
}
