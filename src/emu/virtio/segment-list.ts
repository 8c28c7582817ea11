/**
 * A run of bytes that lies scattered in guest RAM: what a descriptor chain or a resource's backing is. One list is filled
 * again and again; in the steady state it allocates nothing.
 *
 * Neighbours that turn out to touch are joined when they are added, so that copies run as long as they can.
 */
import { assert } from '../../base/assert.ts';

/** Below this a loop is faster than making views for `set`. */
const LOOP_BELOW_BYTES = 64;

/** Scattered bytes in order, addressed by their place in the whole. */
export class SegmentList {
  #count = 0;
  #total = 0;
  readonly #bytes: Uint8Array[] = [];
  readonly #starts: number[] = [];
  readonly #lengths: number[] = [];
  /** Where each segment begins in the whole. */
  readonly #places: number[] = [];
  /** The segment the last copy ended in: copies mostly go on from there. */
  #hint = 0;

  /** How many pieces. */
  get count(): number {
    return this.#count;
  }

  /** All bytes. */
  get totalBytes(): number {
    return this.#total;
  }

  /** Empties the list; its room is kept for the next filling. */
  clear(): void {
    this.#count = 0;
    this.#total = 0;
    this.#hint = 0;
  }

  /** Appends `length` bytes of `bytes` from `start` on, which must lie in it. Nothing is copied. */
  add(bytes: Uint8Array, start: number, length: number): void {
    assert(start >= 0 && length >= 0 && start + length <= bytes.length, 'a segment lies outside its memory');
    if (length === 0) return;
    const last = this.#count - 1;
    if (last >= 0 && this.#bytes[last] === bytes && start === this.#starts[last]! + this.#lengths[last]!) {
      this.#lengths[last]! += length;
    } else {
      const i = this.#count++;
      this.#bytes[i] = bytes;
      this.#starts[i] = start;
      this.#lengths[i] = length;
      this.#places[i] = this.#total;
    }
    this.#total += length;
  }

  /** Gives up the memory that earlier fillings needed, and every reference to guest memory. */
  release(): void {
    this.#bytes.length = 0;
    this.#starts.length = 0;
    this.#lengths.length = 0;
    this.#places.length = 0;
    this.#count = 0;
    this.#total = 0;
    this.#hint = 0;
  }

  /** The pieces in order: a region's bytes, and where in them the piece lies. */
  *pieces(): Generator<{ readonly bytes: Uint8Array; readonly start: number; readonly length: number }> {
    for (let i = 0; i < this.#count; i++) {
      yield { bytes: this.#bytes[i]!, start: this.#starts[i]!, length: this.#lengths[i]! };
    }
  }

  /** Calls `visit` with each piece of the first `length` bytes, which must be there. */
  visit(length: number, visit: (bytes: Uint8Array, start: number, length: number) => void): void {
    assert(length >= 0 && length <= this.#total, 'a walk past the end of the segments');
    for (let i = 0, left = length; left > 0; i++) {
      const size = Math.min(left, this.#lengths[i]!);
      visit(this.#bytes[i]!, this.#starts[i]!, size);
      left -= size;
    }
  }

  /** Copies `length` bytes from place `at` on into `into` at `intoAt`. The range must lie inside both. */
  copyOut(at: number, into: Uint8Array, intoAt: number, length: number): void {
    assert(at >= 0 && length >= 0 && at + length <= this.#total, 'a read past the end of the segments');
    let i = this.#find(at);
    let to = intoAt;
    let skip = at - (this.#places[i] ?? 0);
    for (let left = length; left > 0; i++) {
      const bytes = this.#bytes[i]!;
      const from = this.#starts[i]! + skip;
      const size = Math.min(left, this.#lengths[i]! - skip);
      if (size < LOOP_BELOW_BYTES) for (let k = 0; k < size; k++) into[to + k] = bytes[from + k]!;
      else into.set(bytes.subarray(from, from + size), to);
      to += size;
      left -= size;
      skip = 0;
      this.#hint = i;
    }
  }

  /** Copies `length` bytes of `from` at `fromAt` to place `at`. The range must lie inside both. */
  copyIn(at: number, from: Uint8Array, fromAt: number, length: number): void {
    assert(at >= 0 && length >= 0 && at + length <= this.#total, 'a write past the end of the segments');
    let i = this.#find(at);
    let source = fromAt;
    let skip = at - (this.#places[i] ?? 0);
    for (let left = length; left > 0; i++) {
      const bytes = this.#bytes[i]!;
      const to = this.#starts[i]! + skip;
      const size = Math.min(left, this.#lengths[i]! - skip);
      if (size < LOOP_BELOW_BYTES) for (let k = 0; k < size; k++) bytes[to + k] = from[source + k]!;
      else bytes.set(from.subarray(source, source + size), to);
      source += size;
      left -= size;
      skip = 0;
      this.#hint = i;
    }
  }

  /** The segment that holds place `at`. */
  #find(at: number): number {
    const places = this.#places;
    for (let i = this.#hint; i < this.#count && i <= this.#hint + 1; i++) {
      if (at >= places[i]! && at < places[i]! + this.#lengths[i]!) return i;
    }
    let low = 0;
    let high = this.#count;
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if (places[middle]! <= at) low = middle;
      else high = middle;
    }
    return low;
  }
}
