/**
 * ArrayBuffers that go back and forth between threads instead of being made anew. Sizes are powers of two; what is kept at
 * rest is bounded.
 */

const MIN_BYTES = 4096;
const MAX_IDLE_BYTES = 32 << 20;

/** See the file's head. */
export class BufferPool {
  readonly #free = new Map<number, ArrayBuffer[]>();
  #idleBytes = 0;

  /** A buffer of at least so many bytes, with old content. */
  take(bytes: number): ArrayBuffer {
    const size = Math.max(MIN_BYTES, 2 ** Math.ceil(Math.log2(bytes)));
    const buffer = this.#free.get(size)?.pop();
    if (buffer === undefined) return new ArrayBuffer(size);
    this.#idleBytes -= size;
    return buffer;
  }

  /** Gives a buffer back. */
  give(buffer: ArrayBuffer): void {
    const size = buffer.byteLength;
    // A buffer that was sent away is empty here.
    if (size === 0 || this.#idleBytes + size > MAX_IDLE_BYTES) return;
    const list = this.#free.get(size);
    if (list === undefined) this.#free.set(size, [buffer]);
    else list.push(buffer);
    this.#idleBytes += size;
  }
}

/** Bytes gathered one after the other in one pooled buffer, which grows as needed. */
export class GatheredBytes {
  readonly #pool: BufferPool;
  #bytes: Uint8Array<ArrayBuffer> | null = null;
  #length = 0;

  constructor(pool: BufferPool) {
    this.#pool = pool;
  }

  /** Copies bytes to the end; returns where they begin. */
  add(bytes: Uint8Array): number {
    const offset = this.#length;
    const end = offset + bytes.length;
    let target = this.#bytes;
    if (target === null || end > target.length) {
      const grown = new Uint8Array(this.#pool.take(end));
      if (target !== null) {
        grown.set(target.subarray(0, offset));
        this.#pool.give(target.buffer);
      }
      target = grown;
      this.#bytes = grown;
    }
    target.set(bytes, offset);
    this.#length = end;
    return offset;
  }

  /** The buffer, or null when nothing was added. */
  get buffer(): ArrayBuffer | null {
    return this.#bytes?.buffer ?? null;
  }
}
