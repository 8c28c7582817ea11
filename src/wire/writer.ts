/**
 * Writes messages as lists of byte ranges. Small fields go into a slab, large payloads are passed on by reference. A slab's
 * bytes are never written again once handed out, so the ranges stay good until a socket has sent them and one Writer may
 * write message after message; it keeps no reference to what it handed out but the present slab.
 */
import { assert } from '../base/assert.ts';

const SLAB_BYTES = 16384;
const COPY_BELOW_BYTES = 256;

type WriteFunction = (w: Writer, value: never) => void;

/** Collects one message at a time: `reserve` a header, write the body, `settle`, then `finish`. */
export class Writer {
  /** Over the present slab. Asked for anew after each `take`, for that may start another slab. */
  view: DataView;
  /** Agreed features, a bit mask; fields that depend on one ask here. */
  features: number;
  #slab: Uint8Array;
  #from = 0;
  #used = 0;
  #length = 0;
  #parts: Uint8Array[] = [];
  // Parts with an offset still to be written: where the offset stands, and what it leads to. Parallel, to allocate nothing.
  readonly #pendingView: DataView[] = [];
  readonly #pendingAt: number[] = [];
  readonly #pendingWrite: WriteFunction[] = [];
  readonly #pendingValue: unknown[] = [];

  constructor(features = 0) {
    this.features = features;
    this.#slab = new Uint8Array(SLAB_BYTES);
    this.view = new DataView(this.#slab.buffer);
  }

  /** Bytes of the body so far. */
  get length(): number {
    return this.#length;
  }

  /** Leaves room for a header before the body and returns where it begins in `view`; it is no part of the body. */
  reserve(n: number): number {
    assert(this.#length === 0, 'a header is reserved before the body');
    const at = this.take(n);
    this.#length = 0;
    return at;
  }

  /** Makes room for `n` bytes and returns where they begin in `view`. */
  take(n: number): number {
    let at = this.#used;
    if (at + n > this.#slab.byteLength) {
      this.#flush();
      this.#slab = new Uint8Array(Math.max(SLAB_BYTES, n));
      this.view = new DataView(this.#slab.buffer);
      this.#from = 0;
      at = 0;
    }
    this.#used = at + n;
    this.#length += n;
    return at;
  }

  /** Adds bytes. From 256 on by reference: they must not change until the message is sent. */
  bytes(source: Uint8Array): void {
    const n = source.byteLength;
    if (n < COPY_BELOW_BYTES) {
      const at = this.take(n);
      this.#slab.set(source, at);
      return;
    }
    this.#flush();
    this.#parts.push(source);
    this.#length += n;
  }

  /** Writes at `at` of `view` the offset of `value`, which `settle` puts after the body; null is 0. */
  point<T>(view: DataView, at: number, write: (w: Writer, value: T) => void, value: T | null): void {
    view.setUint32(at, 0, true);
    if (value === null) return;
    this.#pendingView.push(view);
    this.#pendingAt.push(at);
    this.#pendingWrite.push(write);
    this.#pendingValue.push(value);
  }

  /** Puts everything offsets lead to after the body. The body is complete and `length` final afterwards. */
  settle(): void {
    for (let i = 0; i < this.#pendingWrite.length; i++) {
      this.#pendingView[i]?.setUint32(this.#pendingAt[i] ?? 0, this.#length, true);
      this.#pendingWrite[i]?.(this, this.#pendingValue[i] as never);
    }
    this.#pendingView.length = 0;
    this.#pendingAt.length = 0;
    this.#pendingWrite.length = 0;
    this.#pendingValue.length = 0;
  }

  /** Settles, returns the message's parts in order, and starts the next message. */
  finish(): Uint8Array[] {
    this.settle();
    this.#flush();
    const parts = this.#parts;
    this.#parts = [];
    this.#length = 0;
    return parts;
  }

  /** Forgets a message that was begun. */
  abandon(): void {
    // Padding is never written, so what is handed out again must be zero.
    this.#slab.fill(0, this.#from, this.#used);
    this.#used = this.#from;
    this.#parts = [];
    this.#length = 0;
    this.#pendingView.length = 0;
    this.#pendingAt.length = 0;
    this.#pendingWrite.length = 0;
    this.#pendingValue.length = 0;
  }

  /** Checks a count against what the field may hold. */
  count(n: number, max: number, path: string): number {
    assert(n <= max, `${path} has ${n} entries or bytes, ${max} are allowed`);
    return n;
  }

  /** Checks a size that follows from other fields. */
  exact(n: number, wanted: number, path: string): void {
    assert(n === wanted, `${path} has ${n} entries or bytes, other fields say ${wanted}`);
  }

  /** A part that a flag says is there. */
  present<T>(value: T | null, path: string): T {
    assert(value !== null, `${path} is missing though the message says it is there`);
    return value;
  }

  /** A part that a flag says is not there. */
  absent(value: unknown, path: string): void {
    assert(value === null, `${path} is given though the message says it is not there`);
  }

  #flush(): void {
    if (this.#used > this.#from) this.#parts.push(this.#slab.subarray(this.#from, this.#used));
    this.#from = this.#used;
  }
}

/** All parts in one array: for tests and for transports that take only one. */
export function joinBytes(parts: readonly Uint8Array[]): Uint8Array {
  let n = 0;
  for (const part of parts) n += part.byteLength;
  const all = new Uint8Array(n);
  n = 0;
  for (const part of parts) {
    all.set(part, n);
    n += part.byteLength;
  }
  return all;
}
