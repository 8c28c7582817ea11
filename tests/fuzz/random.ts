/** Numbers at random from a seed: the same seed gives the same numbers, everywhere. */

/** A source of numbers. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** 32 bits (the mixing of splitmix32). */
  u32(): number {
    this.#state = (this.#state + 0x9e3779b9) >>> 0;
    let z = this.#state;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return (z ^ (z >>> 15)) >>> 0;
  }

  /** A whole number from 0 on, below `most`. */
  below(most: number): number {
    return Math.floor((this.u32() / 2 ** 32) * most);
  }

  /** From `least` to `most`, both included. */
  between(least: number, most: number): number {
    return least + this.below(most - least + 1);
  }

  /** True so often of a hundred times. */
  percent(chance: number): boolean {
    return this.below(100) < chance;
  }

  /** One of the list, which is not empty. */
  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!;
  }

  /** A number as wrong as numbers get. */
  absurd(): number {
    return this.percent(30) ? this.u32() : this.pick(ABSURD);
  }

  /** A number that something may trip over: about a limit, or about a power of two. */
  near(limit: number): number {
    return Math.max(0, limit + this.between(-2, 2)) >>> 0;
  }
}

const ABSURD = [
  0, 1, 2, 3, 0xff, 0x100, 0x7fff, 0x8000, 0xffff, 0x10000, 0xffffff, 0x1000000, 0x7ffffffe, 0x7fffffff, 0x80000000,
  0x80000001, 0xfffffff0, 0xfffffffc, 0xfffffffe, 0xffffffff,
] as const;
