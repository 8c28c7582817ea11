/**
 * The memory of a guest behind a resource. It may change at any time under the guest's hand, so nothing that is checked may
 * be read from it twice.
 */
import { assert } from '../../base/assert.ts';

/** Bytes in pieces. All offsets and lengths that callers give lie inside; they have checked. */
export interface Backing {
  readonly sizeBytes: number;
  /** The bytes themselves where they lie in one piece, for as long as the backing is attached; else null. */
  view(offset: number, length: number): Uint8Array | null;
  /** Copies out. */
  read(offset: number, into: Uint8Array): void;
  /** Copies in. */
  write(offset: number, from: Uint8Array): void;
}

/** Pieces of memory, one after another. One piece is the usual case and costs nothing. */
export class SegmentBacking implements Backing {
  readonly sizeBytes: number;
  readonly #segments: readonly Uint8Array[];

  constructor(segments: readonly Uint8Array[]) {
    this.#segments = segments;
    this.sizeBytes = segments.reduce((sum, segment) => sum + segment.length, 0);
  }

  view(offset: number, length: number): Uint8Array | null {
    let start = 0;
    for (const segment of this.#segments) {
      if (offset < start + segment.length) {
        const at = offset - start;
        return at + length <= segment.length ? segment.subarray(at, at + length) : null;
      }
      start += segment.length;
    }
    return null;
  }

  read(offset: number, into: Uint8Array): void {
    this.#walk(offset, into.length, (segment, at, n, done) => into.set(segment.subarray(at, at + n), done));
  }

  write(offset: number, from: Uint8Array): void {
    this.#walk(offset, from.length, (segment, at, n, done) => segment.set(from.subarray(done, done + n), at));
  }

  #walk(
    offset: number,
    length: number,
    each: (segment: Uint8Array, at: number, n: number, done: number) => void,
  ): void {
    assert(offset >= 0 && offset + length <= this.sizeBytes, 'a range of the backing');
    let start = 0;
    let done = 0;
    for (const segment of this.#segments) {
      if (done === length) return;
      const at = offset + done - start;
      if (at < segment.length) {
        const n = Math.min(segment.length - at, length - done);
        each(segment, at, n, done);
        done += n;
      }
      start += segment.length;
    }
  }
}
