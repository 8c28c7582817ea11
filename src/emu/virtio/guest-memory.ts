/**
 * Guest RAM as devices see it: pieces of host memory at guest physical addresses. Every access names an address and a
 * length of the guest's choosing; what does not lie wholly in RAM is refused here, before anything is touched.
 *
 * The guest runs meanwhile and may change any byte at any time: copy out once what is to be checked.
 */
import { assert } from '../../base/assert.ts';
import type { SegmentList } from './segment-list.ts';

/** A piece of RAM: `bytes` (never empty) begin at `guestAddress`. */
export interface GuestMemoryRegion {
  readonly guestAddress: number;
  readonly bytes: Uint8Array;
  /** Where the same bytes are for other processes: a descriptor, open as long as the bytes are, and the place in it. */
  readonly file?: { readonly fd: number; readonly offset: number };
}

/** Others keep lengths in 32 bits. */
const MAX_PIECE_BYTES = 0xffff_ffff;

/** A run of bytes within one region, which is named by its place among `GuestMemory.parts`. */
export interface GuestMemoryPiece {
  readonly region: number;
  readonly offset: number;
  readonly length: number;
}

/** A region with what the queues need to read it field by field. */
export interface GuestMemoryPart extends GuestMemoryRegion {
  readonly view: DataView;
  /** The address after the last byte. */
  readonly end: number;
}

/** All RAM of a guest. Immutable: a guest whose memory changes gets a new one. */
export class GuestMemory {
  /** In order of address. */
  readonly parts: readonly GuestMemoryPart[];

  /** Regions in any order. They must not overlap; touching ones are one range to the guest. */
  constructor(regions: readonly GuestMemoryRegion[]) {
    this.parts = regions
      .map(({ guestAddress, bytes, file }) => ({
        guestAddress,
        bytes,
        ...(file === undefined ? {} : { file }),
        view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength),
        end: guestAddress + bytes.byteLength,
      }))
      .sort((a, b) => a.guestAddress - b.guestAddress);
    for (const [i, part] of this.parts.entries()) {
      assert(part.bytes.length > 0 && Number.isSafeInteger(part.guestAddress) && part.guestAddress >= 0, 'a region');
      assert(Number.isSafeInteger(part.end), 'a region beyond 2^53');
      assert(i === 0 || this.parts[i - 1]!.end <= part.guestAddress, 'regions overlap');
    }
  }

  /** The region that holds all of `length` bytes from `address` on, or null. */
  partOf(address: number, length: number): GuestMemoryPart | null {
    const part = this.#partAt(address);
    return part !== null && length <= part.end - address ? part : null;
  }

  /**
   * Appends the host memory of `length` bytes from `address` on to `segments`: one segment, or several where regions
   * touch. False, with nothing appended, when a byte of it is not RAM. Both numbers are non-negative integers.
   */
  append(address: number, length: number, segments: SegmentList): boolean {
    const first = this.#partAt(address);
    if (first === null) return length === 0;
    if (length <= first.end - address) {
      segments.add(first.bytes, address - first.guestAddress, length);
      return true;
    }
    const end = address + length;
    for (let part: GuestMemoryPart | null = first; part.end < end;) {
      part = this.#partAt(part.end);
      if (part === null) return false;
    }
    for (let at = address; at < end;) {
      const part = this.#partAt(at)!;
      const size = Math.min(end, part.end) - at;
      segments.add(part.bytes, at - part.guestAddress, size);
      at += size;
    }
    return true;
  }

  /** Appends the pieces of `length` bytes from `address` on. False, with some of them appended, when a byte is not RAM. */
  locate(address: number, length: number, pieces: GuestMemoryPiece[]): boolean {
    let at = address;
    for (let left = length; left > 0;) {
      const part = this.#partAt(at);
      if (part === null) return false;
      const size = Math.min(left, part.end - at);
      const region = this.parts.indexOf(part);
      const offset = at - part.guestAddress;
      const last = pieces.at(-1);
      const isNext = last !== undefined && last.region === region && last.offset + last.length === offset;
      if (isNext && last.length + size <= MAX_PIECE_BYTES) {
        pieces[pieces.length - 1] = { region, offset: last.offset, length: last.length + size };
      } else {
        pieces.push({ region, offset, length: size });
      }
      at += size;
      left -= size;
    }
    return true;
  }

  // A guest has a handful of regions: a walk beats a search.
  #partAt(address: number): GuestMemoryPart | null {
    const { parts } = this;
    for (let i = 0; i < parts.length; i++) {
      const part = parts[i]!;
      if (address < part.end) return address >= part.guestAddress ? part : null;
    }
    return null;
  }
}
