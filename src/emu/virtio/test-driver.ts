/**
 * The driver's side of a split virtqueue, for tests: lays rings and buffers out in guest memory as a guest would, and lets
 * a test write any of it wrong.
 */
import { assert } from '../../base/assert.ts';

/** A buffer of a chain. */
export interface TestBuffer {
  readonly address: number;
  readonly length: number;
  readonly isWritable: boolean;
}

/** What the device gave back. */
export interface TestUsed {
  readonly head: number;
  readonly written: number;
}

/** A queue at `base` of the memory: descriptors, available ring, used ring. */
export class TestQueue {
  readonly size: number;
  readonly descriptors: number;
  readonly available: number;
  readonly used: number;
  /** The first address after the queue. */
  readonly end: number;
  readonly view: DataView;
  readonly #base: number;
  #next = 0;
  #availableIndex = 0;
  #usedSeen = 0;

  /** `memory` is RAM from guest address `guestBase` on. */
  constructor(memory: Uint8Array, guestBase: number, address: number, size: number) {
    this.view = new DataView(memory.buffer, memory.byteOffset, memory.byteLength);
    this.#base = guestBase;
    this.size = size;
    this.descriptors = address;
    this.available = address + 16 * size;
    this.used = Math.ceil((this.available + 6 + 2 * size) / 4) * 4;
    this.end = Math.ceil((this.used + 6 + 8 * size) / 16) * 16;
  }

  /** Writes a descriptor into the table, or into one at `table`. */
  describe(
    index: number,
    address: number | bigint,
    length: number,
    flags: number,
    next: number,
    table = this.descriptors,
  ): void {
    const at = table - this.#base + 16 * index;
    this.view.setBigUint64(at, BigInt(address), true);
    this.view.setUint32(at + 8, length, true);
    this.view.setUint16(at + 12, flags, true);
    this.view.setUint16(at + 14, next, true);
  }

  /** Makes a chain available in consecutive descriptors and returns its head. */
  add(buffers: readonly TestBuffer[]): number {
    assert(buffers.length <= this.size, 'a chain too long for a test');
    const head = this.#next;
    for (const [i, buffer] of buffers.entries()) {
      const index = (head + i) % this.size;
      const isLast = i === buffers.length - 1;
      this.describe(
        index,
        buffer.address,
        buffer.length,
        (buffer.isWritable ? 2 : 0) | (isLast ? 0 : 1),
        isLast ? 0 : (index + 1) % this.size,
      );
    }
    this.#next = (head + buffers.length) % this.size;
    this.publish(head);
    return head;
  }

  /** Makes a chain available through a table of its own at `table`, which holds 16 bytes for each buffer. */
  addIndirect(buffers: readonly TestBuffer[], table: number): number {
    for (const [i, buffer] of buffers.entries()) {
      const isLast = i === buffers.length - 1;
      this.describe(i, buffer.address, buffer.length, (buffer.isWritable ? 2 : 0) | (isLast ? 0 : 1), i + 1, table);
    }
    const head = this.#next;
    this.describe(head, table, 16 * buffers.length, 4, 0);
    this.#next = (head + 1) % this.size;
    this.publish(head);
    return head;
  }

  /** Puts a head into the available ring. */
  publish(head: number): void {
    this.view.setUint16(this.available - this.#base + 4 + 2 * (this.#availableIndex % this.size), head, true);
    this.setAvailableIndex(this.#availableIndex + 1);
  }

  setAvailableIndex(index: number): void {
    this.#availableIndex = index & 0xffff;
    this.view.setUint16(this.available - this.#base + 2, this.#availableIndex, true);
  }

  /** Flags of the available ring. */
  setFlags(flags: number): void {
    this.view.setUint16(this.available - this.#base, flags, true);
  }

  /** Asks for an interrupt once the used index passes `index` (with event indexes). */
  setUsedEvent(index: number): void {
    this.view.setUint16(this.available - this.#base + 4 + 2 * this.size, index, true);
  }

  /** When the device wants to be notified (with event indexes). */
  get availableEvent(): number {
    return this.view.getUint16(this.used - this.#base + 4 + 8 * this.size, true);
  }

  get availableIndex(): number {
    return this.#availableIndex;
  }

  /** The next thing the device gave back, or null. */
  takeUsed(): TestUsed | null {
    if (this.view.getUint16(this.used - this.#base + 2, true) === this.#usedSeen) return null;
    const at = this.used - this.#base + 4 + 8 * (this.#usedSeen % this.size);
    this.#usedSeen = (this.#usedSeen + 1) & 0xffff;
    return { head: this.view.getUint32(at, true), written: this.view.getUint32(at + 4, true) };
  }
}
