/**
 * What one guest may use of something each second: time of the GPU, commands. Whoever uses more waits until so much time has
 * passed that it was within its share: nothing is lost, answers only come later, and others get the processors and the GPU
 * meanwhile.
 */

/** What was not used is kept for a burst of this long, such as a program that starts. */
const BURST_MS = 250;

/** The use of one thing by one guest. */
export class RateBudget {
  readonly #perMs: number;
  #owed = 0;
  #at = 0;

  /** `perSecond` may be used each second, in units of any kind; Infinity is no limit. */
  constructor(perSecond: number) {
    this.#perMs = perSecond / 1000;
  }

  /** Whether there is a limit. */
  get isLimited(): boolean {
    return this.#perMs < Infinity;
  }

  /**
   * Notes that so much was used by work that took so long and ended now, in milliseconds of any clock. How long to wait, in
   * milliseconds, before there is more.
   */
  spend(amount: number, workedMs: number, nowMs: number): number {
    if (!this.isLimited) return 0;
    const rested = Math.max(0, nowMs - this.#at - workedMs);
    this.#at = nowMs;
    this.#owed = Math.max(-BURST_MS * this.#perMs, this.#owed - rested * this.#perMs);
    this.#owed += amount - workedMs * this.#perMs;
    return this.#owed <= 0 ? 0 : this.#owed / this.#perMs;
  }
}
