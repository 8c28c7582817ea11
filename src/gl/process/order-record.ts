/** Orders on their way to a ring: written into words once, header first, kept only if the ring has no room. */
import type { GuestRam } from './guest-ram.ts';
import { ORDER_HEADER_WORDS } from './order.table.ts';

/** An order that waits. */
export interface WaitingOrder {
  /** Header and payload. */
  readonly words: Uint32Array;
  /** What its answer will be one of. */
  readonly kind: number;
  /** 0 for one that wants no answer. */
  readonly serial: number;
  /** What goes with it through the socket. */
  readonly ram: GuestRam | null;
  readonly fd: number | null;
  /** Words of the payload that went ahead as parts. */
  sent: number;
  /** Whether the shadow knows of it. */
  isNoted: boolean;
}

/** Writes one order after another, in memory that is used again. */
export class OrderScratch {
  words = new Uint32Array(1024);
  /** Words written so far, header included. */
  length = 0;

  /** Begins an order. */
  begin(id: number): this {
    this.words[0] = id;
    this.length = ORDER_HEADER_WORDS;
    return this;
  }

  /** Adds a word. */
  add(word: number): this {
    if (this.length === this.words.length) this.#grow(1);
    this.words[this.length++] = word;
    return this;
  }

  /** Adds a number below 2^53, low word first. */
  addLong(value: number): this {
    return this.add(value >>> 0).add(Math.floor(value / 2 ** 32));
  }

  /** Adds words. */
  addWords(words: Uint32Array): this {
    this.#grow(words.length);
    this.words.set(words, this.length);
    this.length += words.length;
    return this;
  }

  /** Adds bytes, with zeros up to the next word. */
  addBytes(bytes: Uint8Array): this {
    const count = Math.ceil(bytes.length / 4);
    this.#grow(count);
    this.words.fill(0, this.length, this.length + count);
    new Uint8Array(this.words.buffer).set(bytes, this.length * 4);
    this.length += count;
    return this;
  }

  #grow(count: number): void {
    if (this.length + count <= this.words.length) return;
    const larger = new Uint32Array(2 ** Math.ceil(Math.log2(this.length + count + 1)));
    larger.set(this.words.subarray(0, this.length));
    this.words = larger;
  }
}
