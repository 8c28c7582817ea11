/**
 * Which pages are known from earlier runs, in memory that the thread that compiles shares with the harts: one bit for all
 * fingerprints (fingerprint.ts) with the same low bits, and one that tells whether it knows itself by now.
 */
const BITS = 65536;
const WORDS = BITS / 32;

/** See the file's head. */
export class KnownPages {
  readonly #words: Int32Array;

  constructor(buffer: SharedArrayBuffer) {
    this.#words = new Int32Array(buffer);
  }

  /** Memory for it. */
  static allocate(): SharedArrayBuffer {
    return new SharedArrayBuffer((WORDS + 1) * 4);
  }

  /** All that is known is told. */
  tell(fingerprints: Iterable<number>): void {
    for (const fingerprint of fingerprints) {
      const bit = fingerprint & (BITS - 1);
      Atomics.or(this.#words, bit >>> 5, 1 << (bit & 31));
    }
    Atomics.store(this.#words, WORDS, 1);
  }

  /** False when such a page is not known for certain. */
  mayHave(fingerprint: number): boolean {
    if (Atomics.load(this.#words, WORDS) === 0) return true;
    const bit = fingerprint & (BITS - 1);
    return ((Atomics.load(this.#words, bit >>> 5) >>> (bit & 31)) & 1) !== 0;
  }
}
