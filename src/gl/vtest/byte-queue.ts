/** Bytes that have arrived and are not yet used, in one piece. */

const SMALLEST = 64 << 10;

/** A queue of bytes. */
export class ByteQueue {
  #bytes: Uint8Array<ArrayBuffer> = new Uint8Array(new ArrayBuffer(SMALLEST));
  #start = 0;
  #end = 0;

  get length(): number {
    return this.#end - this.#start;
  }

  /** Room to receive into, at least `least` bytes of it; `added` says how much was. */
  room(least: number): Uint8Array {
    if (this.#start === this.#end) {
      this.#start = 0;
      this.#end = 0;
    }
    if (this.#bytes.length - this.#end < least) {
      const { length } = this;
      const size = Math.max(SMALLEST, 2 ** Math.ceil(Math.log2(length + least)));
      const larger = size > this.#bytes.length ? new Uint8Array(new ArrayBuffer(size)) : this.#bytes;
      larger.set(this.#bytes.subarray(this.#start, this.#end));
      this.#bytes = larger;
      this.#start = 0;
      this.#end = length;
    }
    return this.#bytes.subarray(this.#end);
  }

  /** So many bytes were received into the room. */
  added(count: number): void {
    this.#end += count;
  }

  /** The word at an offset, little endian. */
  word(at: number): number {
    const b = this.#bytes;
    const i = this.#start + at;
    return (b[i]! | (b[i + 1]! << 8) | (b[i + 2]! << 16) | (b[i + 3]! << 24)) >>> 0;
  }

  /** Bytes of the queue. BORROWED: they stay until the next `room`. */
  peek(at: number, count: number): Uint8Array {
    return this.#bytes.subarray(this.#start + at, this.#start + at + count);
  }

  /** As `peek`, as words. They are copied to a multiple of four first where they do not begin at one. */
  words(at: number, count: number): Uint32Array {
    const from = this.#start + at;
    if (from % 4 === 0) return new Uint32Array(this.#bytes.buffer, from, count);
    return new Uint32Array(this.#bytes.slice(from, from + 4 * count).buffer);
  }

  /** Forgets the first bytes. */
  drop(count: number): void {
    this.#start += count;
    // Memory that one large message took is given back after it.
    if (this.#start === this.#end && this.#bytes.length > 32 * SMALLEST) {
      this.#bytes = new Uint8Array(new ArrayBuffer(SMALLEST));
      this.#start = 0;
      this.#end = 0;
    }
  }
}
