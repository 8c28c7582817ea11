/**
 * Reads one message body. Every field is bounds-checked before use, offsets lead only into the body, and the bytes read in
 * all are bounded by the body's size, so that offsets cannot multiply it. Byte fields are BORROWED: views of the receive
 * buffer, valid until its owner reuses it. A Reader may serve any number of bodies, one after another.
 */
import { WireError, type WireErrorCode } from './wire-error.ts';

const EMPTY = new Uint8Array(0);

/** A cursor over one message body, little endian. Generated code uses it; others read with `reset` and a read function. */
export class Reader {
  /** Over the whole buffer that holds the body; positions are absolute in it. */
  view: DataView;
  /** Where the next field is read. */
  pos = 0;
  /** Agreed features, a bit mask; fields that depend on one ask here. */
  features: number;
  #start = 0;
  #end = 0;
  #budget = 0;

  constructor(body: Uint8Array = EMPTY, features = 0) {
    this.view = new DataView(body.buffer);
    this.features = features;
    this.reset(body);
  }

  /** Starts over with another body: `body`, or the first `length` bytes of it. */
  reset(body: Uint8Array, length: number = body.byteLength): this {
    if (length > body.byteLength) throw new RangeError('a body longer than its bytes');
    if (this.view.buffer !== body.buffer) this.view = new DataView(body.buffer);
    this.#start = body.byteOffset;
    this.#end = body.byteOffset + length;
    this.pos = this.#start;
    this.#budget = 4 * length + 64;
    return this;
  }

  /** Bytes of the body. */
  get length(): number {
    return this.#end - this.#start;
  }

  /** Bytes left after the position. */
  get remaining(): number {
    return this.#end - this.pos;
  }

  /** Moves past `n` bytes and returns where they begin in `view`. */
  take(n: number, path: string): number {
    const at = this.pos;
    if (n > this.#end - at) throw this.refuse('truncated', path);
    if ((this.#budget -= n) < 0) throw this.refuse('budget', path);
    this.pos = at + n;
    return at;
  }

  /** The next `n` bytes, borrowed. */
  bytes(n: number, max: number, path: string): Uint8Array {
    if (n > max) throw this.refuse('limit', path);
    const at = this.take(n, path);
    return new Uint8Array(this.view.buffer, at, n);
  }

  /** All bytes that are left, borrowed. */
  rest(max: number, path: string): Uint8Array {
    return this.bytes(this.#end - this.pos, max, path);
  }

  /** Checks a count against its limit and against the bytes left, before anything is allocated for it. */
  list(n: number, max: number, elementBytes: number, path: string): number {
    if (n > max) throw this.refuse('limit', path);
    if (n * elementBytes > this.#end - this.pos) throw this.refuse('truncated', path);
    return n;
  }

  /** How many elements of a fixed size fill the rest; a part of one is refused. */
  fill(max: number, elementBytes: number, path: string): number {
    const n = (this.#end - this.pos) / elementBytes;
    if (!Number.isInteger(n)) throw this.refuse('truncated', path);
    if (n > max) throw this.refuse('limit', path);
    return n;
  }

  /** Bytes of an image: ceil(bits × width / 8) × height. */
  rows(bits: number, width: number, height: number, path: string): number {
    const n = Math.ceil((bits * width) / 8) * height;
    if (!Number.isSafeInteger(n)) throw this.refuse('limit', path);
    return n;
  }

  /** Goes to offset `at` of the body and returns the place to come back to with `leave`. */
  enter(at: number, path: string): number {
    if (at === 0 || at > this.#end - this.#start) throw this.refuse('pointer', path);
    const back = this.pos;
    this.pos = this.#start + at;
    return back;
  }

  /** Returns from `enter`. */
  leave(back: number): void {
    this.pos = back;
  }

  /** Reads what lies at offset `at` of the body. */
  follow<T>(at: number, read: (r: Reader) => T, path: string): T {
    const back = this.enter(at, path);
    const value = read(this);
    this.pos = back;
    return value;
  }

  /** Like `follow`; offset 0 is null. */
  followOrNull<T>(at: number, read: (r: Reader) => T, path: string): T | null {
    return at === 0 ? null : this.follow(at, read, path);
  }

  /** Refuses bits outside `mask`. */
  flags(x: number, mask: number, path: string): number {
    if ((x & ~mask) !== 0) throw this.refuse('flags', path);
    return x;
  }

  /** A 64-bit number as a number, where it is one exactly. */
  safe(x: bigint, path: string): number {
    if (x > 0x1f_ffff_ffff_ffffn) throw this.refuse('limit', path);
    return Number(x);
  }

  /** A WireError for the present position; the caller throws it. */
  refuse(code: WireErrorCode, path: string): WireError {
    return new WireError(code, path, this.pos - this.#start);
  }
}
