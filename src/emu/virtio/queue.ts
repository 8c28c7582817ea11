/**
 * The device's side of a split virtqueue: Virtio 1.3 §2.7, with indirect descriptors (§2.7.5.3) and suppression of
 * notifications by index (VIRTIO_F_EVENT_IDX, §2.7.7).
 *
 *     descriptor   + 0 u64 address  + 8 u32 length  + 12 u16 flags (1 next, 2 write, 4 indirect)  + 14 u16 next
 *     available    + 0 u16 flags (1: no interrupt)  + 2 u16 index  + 4 u16 head[size]          + 4 + 2·size u16 used event
 *     used         + 0 u16 flags                    + 2 u16 index  + 4 { u32 head, u32 written }[size]
 *                  + 4 + 8·size u16 available event
 *
 * The driver is the guest's: it may write anything, anywhere, at any time. Each field is read once and checked before use.
 * Damage ends in a VirtqueueError, after which the queue is not to be used again. Little-endian hosts only.
 */
import { assert } from '../../base/assert.ts';
import type { DescriptorChain } from './descriptor-chain.ts';
import type { GuestMemory, GuestMemoryPart } from './guest-memory.ts';
import { VirtqueueError } from './virtqueue-error.ts';

const NEXT = 1;
const WRITE = 2;
const INDIRECT = 4;
const NO_INTERRUPT = 1;
const DESCRIPTOR_BYTES = 16;
const MAX_QUEUE_SIZE = 32768;

/**
 * The most descriptors of a chain in an indirect table. The specification allows no more than the queue has, but Linux
 * does not keep to that when it sends a command whose bytes are scattered.
 */
export const MAX_INDIRECT_CHAIN = 1024;

/** Where a queue lies and how it is used. Addresses are guest physical. */
export interface VirtqueueSetup {
  readonly memory: GuestMemory;
  /** Descriptors: a power of two. */
  readonly size: number;
  readonly descriptors: number;
  readonly available: number;
  readonly used: number;
  /** VIRTIO_F_EVENT_IDX was negotiated. */
  readonly hasEventIndex: boolean;
  /** The available index to go on from: 0 for a new queue. */
  readonly nextAvailable: number;
}

/** A queue in use. Throws VirtqueueError where the driver has broken the rules. */
export class Virtqueue {
  readonly size: number;
  readonly #memory: GuestMemory;
  readonly #mask: number;
  readonly #table: GuestMemoryPart;
  readonly #tableOffset: number;
  readonly #available: Uint16Array;
  readonly #usedWords: Uint16Array;
  readonly #usedRing: Uint32Array;
  readonly #hasEventIndex: boolean;
  /** Next entry of the available ring to take, modulo 65536. */
  #nextAvailable: number;
  /** The used index as published, and as it was when the driver was last asked whether it wants to know. */
  #usedIndex: number;
  #signalled: number;

  constructor(setup: VirtqueueSetup) {
    const { memory, size } = setup;
    if (!Number.isInteger(size) || size < 1 || size > MAX_QUEUE_SIZE || (size & (size - 1)) !== 0) {
      throw new VirtqueueError('size');
    }
    this.size = size;
    this.#memory = memory;
    this.#mask = size - 1;
    this.#table = partAt(memory, setup.descriptors, DESCRIPTOR_BYTES * size, 16);
    this.#tableOffset = setup.descriptors - this.#table.guestAddress;
    const available = partAt(memory, setup.available, 6 + 2 * size, 2);
    const used = partAt(memory, setup.used, 6 + 8 * size, 4);
    const availableAt = available.bytes.byteOffset + setup.available - available.guestAddress;
    const usedAt = used.bytes.byteOffset + setup.used - used.guestAddress;
    this.#available = new Uint16Array(available.bytes.buffer, availableAt, 3 + size);
    this.#usedWords = new Uint16Array(used.bytes.buffer, usedAt, 3 + 4 * size);
    this.#usedRing = new Uint32Array(used.bytes.buffer, usedAt, 1 + 2 * size);
    this.#hasEventIndex = setup.hasEventIndex;
    this.#nextAvailable = setup.nextAvailable & 0xffff;
    this.#usedIndex = Atomics.load(this.#usedWords, 1);
    this.#signalled = this.#usedIndex;
  }

  /** The available index to go on from after a stop. */
  get nextAvailable(): number {
    return this.#nextAvailable;
  }

  /** Whether the driver has buffers waiting. */
  hasAvailable(): boolean {
    return Atomics.load(this.#available, 1) !== this.#nextAvailable;
  }

  /**
   * Fills `chain` with the next buffer; false when there is none, and then the driver will notify of the next one. Throws
   * VirtqueueError.
   */
  take(chain: DescriptorChain): boolean {
    let waiting = this.#waiting();
    if (waiting === 0) {
      if (!this.#hasEventIndex) return false;
      // The driver looks at this word after it has published its index: so we look at the index again after the word.
      Atomics.store(this.#usedWords, 2 + 4 * this.size, this.#nextAvailable);
      waiting = this.#waiting();
      if (waiting === 0) return false;
    }
    const head = this.#available[2 + (this.#nextAvailable & this.#mask)]!;
    if (head >= this.size) throw new VirtqueueError('head', head);
    this.#collect(head, chain);
    this.#nextAvailable = (this.#nextAvailable + 1) & 0xffff;
    return true;
  }

  /**
   * Fills `chain` with a buffer that was taken before and not given back, by a queue that this one continues: memory may
   * have moved meanwhile. Throws VirtqueueError.
   */
  takeAgain(head: number, chain: DescriptorChain): void {
    if (head >= this.size) throw new VirtqueueError('head', head);
    this.#collect(head, chain);
  }

  /** Gives a buffer back, with the number of bytes written into it from its beginning. */
  complete(head: number, writtenBytes: number): void {
    assert(head >= 0 && head < this.size, 'a buffer is given back that was never taken');
    const slot = this.#usedIndex & this.#mask;
    this.#usedRing[1 + 2 * slot] = head;
    this.#usedRing[2 + 2 * slot] = writtenBytes;
    this.#usedIndex = (this.#usedIndex + 1) & 0xffff;
    Atomics.store(this.#usedWords, 1, this.#usedIndex);
  }

  /** Whether the driver wants an interrupt for what was given back since the last call. */
  takeInterruptWish(): boolean {
    const last = this.#signalled;
    const now = this.#usedIndex;
    if (last === now) return false;
    this.#signalled = now;
    if (!this.#hasEventIndex) return (Atomics.load(this.#available, 0) & NO_INTERRUPT) === 0;
    const event = Atomics.load(this.#available, 2 + this.size);
    return ((now - event - 1) & 0xffff) < ((now - last) & 0xffff);
  }

  #waiting(): number {
    const waiting = (Atomics.load(this.#available, 1) - this.#nextAvailable) & 0xffff;
    if (waiting > this.size) throw new VirtqueueError('available-index');
    return waiting;
  }

  #collect(head: number, chain: DescriptorChain): void {
    chain.head = head;
    chain.readable.clear();
    chain.writable.clear();
    let part = this.#table;
    let offset = this.#tableOffset;
    let entries = this.size;
    let index = head;
    let budget = this.size;
    let isIndirect = false;
    for (;;) {
      const at = offset + DESCRIPTOR_BYTES * index;
      const { view } = part;
      const low = view.getUint32(at, true);
      const high = view.getUint32(at + 4, true);
      const length = view.getUint32(at + 8, true);
      const tail = view.getUint32(at + 12, true);
      const flags = tail & 0xffff;
      if (high > 0x1f_ffff) throw new VirtqueueError('buffer', index);
      const address = high * 0x1_0000_0000 + low;
      if ((flags & INDIRECT) !== 0) {
        if (isIndirect || (flags & NEXT) !== 0) throw new VirtqueueError('indirect-flags', index);
        const table = this.#memory.partOf(address, length);
        if (table === null || length === 0 || length % DESCRIPTOR_BYTES !== 0) {
          throw new VirtqueueError('indirect-table', index);
        }
        part = table;
        offset = address - table.guestAddress;
        entries = Math.min(length / DESCRIPTOR_BYTES, 0x1_0000);
        index = 0;
        budget = MAX_INDIRECT_CHAIN;
        isIndirect = true;
        continue;
      }
      if (budget-- === 0) throw new VirtqueueError(isIndirect ? 'chain-length' : 'loop', index);
      if (length === 0) throw new VirtqueueError('empty-buffer', index);
      const isWritable = (flags & WRITE) !== 0;
      if (!isWritable && chain.writable.totalBytes > 0) throw new VirtqueueError('order', index);
      if (!this.#memory.append(address, length, isWritable ? chain.writable : chain.readable)) {
        throw new VirtqueueError('buffer', index);
      }
      if ((flags & NEXT) === 0) return;
      index = tail >>> 16;
      if (index >= entries) throw new VirtqueueError('next', index);
    }
  }
}

function partAt(memory: GuestMemory, address: number, length: number, alignment: number): GuestMemoryPart {
  const part =
    Number.isSafeInteger(address) && address >= 0 && address % alignment === 0 ? memory.partOf(address, length) : null;
  // Host memory is mapped in pages, so that an aligned guest address is aligned here too.
  if (part === null || (part.bytes.byteOffset + address - part.guestAddress) % Math.min(alignment, 4) !== 0) {
    throw new VirtqueueError('address');
  }
  return part;
}
