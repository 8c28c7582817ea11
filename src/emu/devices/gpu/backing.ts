import type { GuestMemory, GuestMemoryPiece } from '../../virtio/guest-memory.ts';
import { SegmentList } from '../../virtio/segment-list.ts';
import type { BackingEntry } from './wire/gpu.gen.ts';

/**
 * The guest memory of a resource. It keeps the guest's addresses beside the host memory they lead to, since a machine may
 * exchange its memory while a resource lives.
 */
export class Backing {
  readonly entryCount: number;
  /** The host memory, where `relocate` has found it. */
  readonly segments: SegmentList = new SegmentList();
  readonly #addresses: Float64Array;
  readonly #lengths: Uint32Array;

  constructor(entries: readonly BackingEntry[]) {
    this.entryCount = entries.length;
    this.#addresses = new Float64Array(entries.length);
    this.#lengths = new Uint32Array(entries.length);
    for (const [i, entry] of entries.entries()) {
      this.#addresses[i] = entry.address;
      this.#lengths[i] = entry.length;
    }
  }

  /** What it was made of. */
  get entries(): readonly BackingEntry[] {
    return Array.from(this.#addresses, (address, i) => ({ address, length: this.#lengths[i]! }));
  }

  /** Looks the addresses up in a memory. False, and nothing is left to copy from, when they are not all there. */
  relocate(memory: GuestMemory): boolean {
    this.segments.release();
    for (let i = 0; i < this.entryCount; i++) {
      if (!memory.append(this.#addresses[i]!, this.#lengths[i]!, this.segments)) {
        this.segments.release();
        return false;
      }
    }
    return true;
  }

  /** The same as pieces of the memory's regions, for those who map them elsewhere; null when a byte is not there. */
  locate(memory: GuestMemory): readonly GuestMemoryPiece[] | null {
    const pieces: GuestMemoryPiece[] = [];
    for (let i = 0; i < this.entryCount; i++) {
      if (!memory.locate(this.#addresses[i]!, this.#lengths[i]!, pieces)) return null;
    }
    return pieces;
  }

  /** Lets go of the host memory, before it is unmapped. */
  release(): void {
    this.segments.release();
  }
}
