/**
 * A ring of orders in shared memory: one side writes whole orders, the other reads them in place. An order never runs over
 * the end of the memory; what would is moved to its start, and a word 0 stands where the rest is left out.
 *
 * `tail` and `head` count words and wrap at 2^32; `head` moves when an order is done, so whoever writes knows which order a
 * reader that died was at. Neither side trusts the other's counter further than the size of the memory.
 */
import { assert } from '../../base/assert.ts';
import { ORDER_HEADER_WORDS } from './order.table.ts';

/** Where the counters stand. */
export interface RingCounters {
  readonly words: Int32Array;
  readonly tail: number;
  readonly head: number;
}

/** The side that writes. */
export class OrderWriter {
  readonly data: Uint32Array;
  readonly bytes: Uint8Array;
  readonly #counters: RingCounters;
  readonly #mask: number;
  #tail = 0;
  #skipped = 0;

  /** `data` has a power of two of words. */
  constructor(counters: RingCounters, data: Uint32Array) {
    this.data = data;
    this.bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    this.#counters = counters;
    this.#mask = data.length - 1;
    this.#tail = Atomics.load(counters.words, counters.tail) >>> 0;
  }

  /** Words of the longest payload of one order. */
  get maxPayload(): number {
    return this.data.length / 4 - ORDER_HEADER_WORDS;
  }

  /** Whether the reader has done everything. */
  get isEmpty(): boolean {
    return this.#used() === 0;
  }

  /** Where in `data` an order of so many words, header included, may be written now; −1 when there is no room. */
  reserve(words: number): number {
    assert(words <= this.data.length / 4, 'an order that fits');
    const at = (this.#tail & this.#mask) >>> 0;
    const left = this.data.length - at;
    const skipped = words > left ? left : 0;
    if (this.data.length - this.#used() < words + skipped) return -1;
    this.#skipped = skipped;
    return skipped > 0 ? 0 : at;
  }

  /** Hands over the order that was reserved last. */
  commit(words: number): void {
    if (this.#skipped > 0) this.data[(this.#tail & this.#mask) >>> 0] = 0;
    this.#tail = (this.#tail + words + this.#skipped) >>> 0;
    this.#skipped = 0;
    Atomics.store(this.#counters.words, this.#counters.tail, this.#tail | 0);
  }

  /** Words that are not yet done. A counter that means nothing counts as none done. */
  #used(): number {
    const head = Atomics.load(this.#counters.words, this.#counters.head) >>> 0;
    const used = (this.#tail - head) >>> 0;
    return Math.min(used, this.data.length);
  }
}

/** The side that reads. */
export class OrderReader {
  readonly data: Uint32Array;
  readonly #counters: RingCounters;
  readonly #mask: number;
  #head = 0;
  #words = 0;

  constructor(counters: RingCounters, data: Uint32Array) {
    this.data = data;
    this.#counters = counters;
    this.#mask = data.length - 1;
    this.#head = Atomics.load(counters.words, counters.head) >>> 0;
  }

  /** Whether an order waits. */
  get hasNext(): boolean {
    return Atomics.load(this.#counters.words, this.#counters.tail) >>> 0 !== this.#head;
  }

  /** Where in `data` the next order begins; −1 when there is none. It stays until `done`. */
  next(): number {
    if (!this.hasNext) return -1;
    let at = (this.#head & this.#mask) >>> 0;
    if (this.data[at] === 0) {
      this.#head = (this.#head + this.data.length - at) >>> 0;
      at = 0;
    }
    this.#words = ORDER_HEADER_WORDS + this.data[at + 1]!;
    return at;
  }

  /** The order is done; its memory may be used again. */
  done(): void {
    this.#head = (this.#head + this.#words) >>> 0;
    Atomics.store(this.#counters.words, this.#counters.head, this.#head | 0);
  }
}
