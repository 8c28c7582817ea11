/**
 * The payload of one command, in words. It lies in memory of ours that the guest cannot reach, and is BORROWED: whoever
 * keeps something of it copies.
 */

/** Words 1 to `length` of a command, as the protocol counts them. Reading past them is a mistake of ours. */
export class Words {
  /** All of the memory that the submission lies in. */
  #u32: Uint32Array = new Uint32Array(0);
  #f32: Float32Array = new Float32Array(0);
  #i32: Int32Array = new Int32Array(0);
  /** Where the submission begins in it, and where word 0 of the command, the header, stands. */
  #start = 0;
  #header = 0;
  /** Words after the header. */
  length = 0;

  /** Takes up a submission. `words` stays unchanged until the next. */
  load(words: Uint32Array): void {
    const { buffer } = words;
    // Submissions come in the same memory again and again: views of it are made once.
    if (buffer !== this.#u32.buffer || buffer.byteLength !== this.#u32.byteLength) {
      const count = buffer.byteLength >>> 2;
      this.#u32 = new Uint32Array(buffer, 0, count);
      this.#f32 = new Float32Array(buffer, 0, count);
      this.#i32 = new Int32Array(buffer, 0, count);
    }
    this.#start = words.byteOffset >>> 2;
  }

  /** Goes to a command of the submission. */
  seek(header: number, length: number): void {
    this.#header = this.#start + header;
    this.length = length;
  }

  u32(n: number): number {
    return this.#u32[this.#header + n]!;
  }

  i32(n: number): number {
    return this.#i32[this.#header + n]!;
  }

  f32(n: number): number {
    return this.#f32[this.#header + n]!;
  }

  /** Words n and n + 1, the low half first. */
  f64(n: number): number {
    wide[0] = this.u32(n);
    wide[1] = this.u32(n + 1);
    return wideFloat[0]!;
  }

  /** Words from n on, as they are. */
  slice(n: number, count = this.length - n + 1): Uint32Array {
    return this.#u32.subarray(this.#header + n, this.#header + n + count);
  }

  /** Words from n on, as floats. */
  floats(n: number, count = this.length - n + 1): Float32Array {
    return this.#f32.subarray(this.#header + n, this.#header + n + count);
  }

  /** Bytes from word n on. */
  bytes(n: number, count = (this.length - n + 1) * 4): Uint8Array {
    return new Uint8Array(this.#u32.buffer, this.#u32.byteOffset + (this.#header + n) * 4, count);
  }
}

const wide = new Uint32Array(2);
const wideFloat = new Float64Array(wide.buffer);

/** `count` bits of a word from bit `at` on. */
export function bits(word: number, at: number, count: number): number {
  return (word >>> at) & ((1 << count) - 1);
}

/** Whether one bit is set. */
export function bit(word: number, at: number): boolean {
  return ((word >>> at) & 1) !== 0;
}
