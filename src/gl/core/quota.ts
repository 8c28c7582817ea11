/** Counts what is taken of something limited. */
import { assert } from '../../base/assert.ts';
import { GpuError } from './gpu-error.ts';

/** What several guests share. */
export interface Budget {
  /** False, with nothing taken, when so much is not left. */
  take(amount: number): boolean;
  release(amount: number): void;
}

/** An amount that may not pass its limit. */
export class Quota {
  readonly #what: string;
  readonly #limit: number;
  readonly #budget: Budget | null;
  #used = 0;

  /** `what` is named in refusals, such as "bytes of resources". All that is taken is taken of `budget` as well. */
  constructor(what: string, limit: number, budget: Budget | null = null) {
    this.#what = what;
    this.#limit = limit;
    this.#budget = budget;
  }

  get used(): number {
    return this.#used;
  }

  /** Throws GpuError `quota`, and takes nothing, when so much is not left. */
  take(amount = 1): void {
    if (amount > this.#limit - this.#used) {
      throw new GpuError('quota', `${amount} more ${this.#what} than ${this.#used} pass the limit of ${this.#limit}`);
    }
    if (this.#budget?.take(amount) === false) {
      throw new GpuError('quota', `${amount} more ${this.#what} pass the limit of all together`);
    }
    this.#used += amount;
  }

  /** Gives back what was taken. */
  release(amount = 1): void {
    assert(amount <= this.#used, `more ${this.#what} given back than taken`);
    this.#used -= amount;
    this.#budget?.release(amount);
  }
}

/** Things of which there may be so many, and that take memory besides. */
export class Allowance {
  readonly #count: Quota;
  readonly #bytes: Quota;

  constructor(count: Quota, bytes: Quota) {
    this.#count = count;
    this.#bytes = bytes;
  }

  /** How many there are. */
  get used(): number {
    return this.#count.used;
  }

  /** Takes one of so many bytes. Throws GpuError `quota`, and takes nothing, when that is not left. */
  take(bytes: number): void {
    this.#count.take();
    try {
      this.#bytes.take(bytes);
    } catch (error) {
      this.#count.release();
      throw error;
    }
  }

  /** Gives one back. */
  release(bytes: number): void {
    this.#count.release();
    this.#bytes.release(bytes);
  }
}
