/** Guest RAM as it is mapped here, on either side: regions of shared memory, and the pieces of them behind resources. */
import { SharedMemory } from '../../base/native/shared-memory.ts';
import { SegmentBacking } from '../core/backing.ts';
import type { BackingPiece, GuestRamRegion } from '../core/guest-gpu.ts';

// A mapping begins at a page, whatever the size of pages here.
const ALIGNMENT = 64 << 10;

/** Regions of guest RAM, mapped. */
export class GuestRam implements Disposable {
  /** With descriptors of this object's own, closed with it. */
  readonly regions: readonly GuestRamRegion[];
  readonly #memories: SharedMemory[] = [];
  readonly #bytes: Uint8Array[] = [];

  /** Maps them; the descriptors stay the caller's. Throws HostError when one cannot be mapped. */
  constructor(regions: readonly GuestRamRegion[]) {
    try {
      for (const { fd, offset, sizeBytes } of regions) {
        const before = offset % ALIGNMENT;
        const memory = SharedMemory.map(fd, offset - before, sizeBytes + before);
        this.#memories.push(memory);
        this.#bytes.push(memory.bytes.subarray(before, before + sizeBytes));
      }
    } catch (error) {
      this.close();
      throw error;
    }
    this.regions = regions.map(({ offset, sizeBytes }, i) => ({ fd: this.#memories[i]!.fd, offset, sizeBytes }));
  }

  /** The memory of pieces, or null when one does not lie in these regions. */
  backing(pieces: readonly BackingPiece[]): SegmentBacking | null {
    const segments: Uint8Array[] = [];
    for (const { region, offset, length } of pieces) {
      const bytes = this.#bytes[region];
      if (bytes === undefined || offset + length > bytes.length) return null;
      segments.push(bytes.subarray(offset, offset + length));
    }
    return new SegmentBacking(segments);
  }

  /** Unmaps them; backings made of them become empty. Twice is once. */
  close(): void {
    for (const memory of this.#memories.splice(0)) memory.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

/** The pieces in the payload of `attachBacking`. */
export function piecesOf(words: Uint32Array): BackingPiece[] {
  const pieces: BackingPiece[] = [];
  for (let at = 1; at + 4 <= words.length; at += 4) {
    pieces.push({ region: words[at]!, offset: words[at + 1]! + words[at + 2]! * 2 ** 32, length: words[at + 3]! });
  }
  return pieces;
}
