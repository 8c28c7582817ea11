/**
 * When to try again after a connection was lost: after half a second at first, then twice as long each time up to 15 s,
 * with some chance in it so that many pages do not come back at the same moment. When the network or the page wakes up,
 * at once.
 */
import type { StartTimer } from '../input/keyboard.ts';

const FIRST_DELAY_MS = 500;
const MAX_DELAY_MS = 15_000;

export class Reconnect {
  readonly #attempt: () => void;
  readonly #startTimer: StartTimer;
  readonly #random: () => number;
  #failures = 0;
  #stopTimer: (() => void) | null = null;

  /** `attempt` starts a connection; its end is told with `lost` or `succeeded`. `random` gives 0 ≤ x < 1. */
  constructor(attempt: () => void, startTimer: StartTimer, random: () => number) {
    this.#attempt = attempt;
    this.#startTimer = startTimer;
    this.#random = random;
  }

  /** Whether an attempt is due later. */
  get isWaiting(): boolean {
    return this.#stopTimer !== null;
  }

  /** The connection was lost or did not come about. Returns after how many milliseconds the next attempt follows. */
  lost(): number {
    this.stop();
    const full = Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.min(this.#failures, 16));
    const delayMs = Math.round(full * (0.75 + this.#random() / 4));
    this.#failures++;
    this.#stopTimer = this.#startTimer(() => {
      this.#stopTimer = null;
      this.#attempt();
    }, delayMs);
    return delayMs;
  }

  /** The next loss waits as briefly as the first. */
  succeeded(): void {
    this.stop();
    this.#failures = 0;
  }

  /** Does not wait any longer, if an attempt is due at all. */
  hurry(): void {
    if (!this.isWaiting) return;
    this.stop();
    this.#failures = 0;
    this.#attempt();
  }

  /** No attempt is due any more. */
  stop(): void {
    this.#stopTimer?.();
    this.#stopTimer = null;
  }
}
