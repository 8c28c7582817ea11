/** Counts what is taken of something limited. */
import { assert } from '../../base/assert.ts';
import { GpuError } from './gpu-error.ts';

/** An amount that may not pass its limit. */
export class Quota {
  readonly #what: string;
  readonly #limit: number;
  #used = 0;

  /** `what` is named in refusals, such as "bytes of resources". */
  constructor(what: string, limit: number) {
    this.#what = what;
    this.#limit = limit;
  }

  get used(): number {
    return this.#used;
  }

  /** Throws GpuError `quota`, and takes nothing, when so much is not left. */
  take(amount = 1): void {
    if (amount > this.#limit - this.#used) {
      throw new GpuError('quota', `${amount} more ${this.#what} than ${this.#used} pass the limit of ${this.#limit}`);
    }
    this.#used += amount;
  }

  /** Gives back what was taken. */
  release(amount = 1): void {
    assert(amount <= this.#used, `more ${this.#what} given back than taken`);
    this.#used -= amount;
  }
}
