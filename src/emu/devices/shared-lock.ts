/**
 * A lock in shared memory, for registers that several harts and the thread of the devices use in place. It is held for a few
 * dozen instructions; a thread that finds it taken sleeps until it is given back. Not for the main thread.
 *
 *     0   free
 *     1   taken
 *     2   taken, and someone may sleep on it
 */
export class SharedLock {
  readonly #words: Int32Array;
  readonly #index: number;

  /** The lock is word `index` of `words`, in shared memory; 0 at first. */
  constructor(words: Int32Array, index: number) {
    this.#words = words;
    this.#index = index;
  }

  acquire(): void {
    if (Atomics.compareExchange(this.#words, this.#index, 0, 1) === 0) return;
    while (Atomics.exchange(this.#words, this.#index, 2) !== 0) Atomics.wait(this.#words, this.#index, 2);
  }

  release(): void {
    if (Atomics.exchange(this.#words, this.#index, 0) === 2) Atomics.notify(this.#words, this.#index, 1);
  }
}
