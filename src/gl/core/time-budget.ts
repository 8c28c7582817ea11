/**
 * Time that one guest's work may take of each second. Whoever works longer waits until so much time has passed that the work
 * was within its share: nothing is lost, answers only come later, and others get the processors and the GPU meanwhile.
 */

/** How much may be saved up, and owed: a second's worth. */
const WINDOW_MS = 1000;

/** The time of one guest. */
export class TimeBudget {
  readonly #share: number;
  #owedMs = 0;
  #at = 0;

  /** `busyMs` of each second may be worked; from 1000 on there is no limit. */
  constructor(busyMs: number) {
    this.#share = busyMs / WINDOW_MS;
  }

  /** Whether there is a limit. */
  get isLimited(): boolean {
    return this.#share < 1;
  }

  /** Notes work that ended now, in milliseconds of any clock. How long to wait, in milliseconds, before there is more. */
  spend(workedMs: number, nowMs: number): number {
    if (!this.isLimited) return 0;
    const passed = Math.max(0, nowMs - this.#at);
    this.#at = nowMs;
    // What was not used is kept for a burst of a quarter of a second, such as a program that starts.
    this.#owedMs = Math.max(-BURST_MS * this.#share, this.#owedMs - (passed - workedMs) * this.#share);
    this.#owedMs += workedMs * (1 - this.#share);
    return this.#owedMs <= 0 ? 0 : this.#owedMs / this.#share;
  }
}

const BURST_MS = 250;
