/** A set of formats as guests are told of it: 16 words of 32 bits, bit n % 32 of word n / 32 for format n. */

const WORDS = 16;

/** A set of formats, by number. */
export class FormatMask {
  /** The bits, in the order of the wire. */
  readonly words: Uint32Array;

  private constructor(words: Uint32Array) {
    this.words = words;
  }

  /** The set of these numbers. Those that the words have no room for are left out. */
  static of(numbers: Iterable<number>): FormatMask {
    const words = new Uint32Array(WORDS);
    for (const number of numbers) {
      const at = number >>> 5;
      if (at < WORDS) words[at] = (words[at] ?? 0) | (1 << (number & 31));
    }
    return new FormatMask(words);
  }

  /** Whether a format is in the set. */
  has(number: number): boolean {
    return (((this.words[number >>> 5] ?? 0) >>> (number & 31)) & 1) === 1;
  }

  /** The numbers in the set, ascending. */
  numbers(): number[] {
    return Array.from({ length: WORDS * 32 }, (_, number) => number).filter((number) => this.has(number));
  }
}
