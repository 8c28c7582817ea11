/** The driver of a virtio GPU that steps are done by: it lends buffers to the device and looks at what comes back. */
import { assert } from '../../src/base/assert.ts';
import { GpuResponse } from '../../src/emu/devices/gpu/wire/gpu.gen.ts';
import type { GpuDevice } from '../../src/emu/devices/gpu/device.ts';
import { VIRTIO_FEATURES } from '../../src/emu/virtio/device.ts';
import { MMIO_REGISTERS } from '../../src/emu/virtio/mmio.table.ts';
import { TestVirtioGuest } from '../../src/emu/virtio/test-guest.ts';
import { GUEST_RAM } from './gpu-steps.ts';

/** In the place of a buffer: a table of descriptors, the command, and then the answer. */
const SLOT_BYTES = 0x4000;
const COMMAND_AT = 0x400;
const ANSWER_AT = 0x2800;
const HEADER_BYTES = 24;
const FENCE = 1;
const RING_INDEX = 2;
const CONTROL = 0;
const RESPONSES: ReadonlySet<number> = new Set(Object.values(GpuResponse));

/** A command that was sent. */
export interface Lent {
  readonly queue: number;
  readonly head: number;
  readonly bytes: Uint8Array;
  readonly answerAt: number;
  readonly answerBytes: number;
  readonly descriptors: readonly number[];
  /** Its number once it has come back; 0 where there was no room to say it. */
  type: number | null;
}

/** See above. */
export class GpuDriver implements Disposable {
  readonly guest: TestVirtioGuest;
  readonly #features: number;
  #free: number[][] = [];
  #lent: Lent[] = [];
  /** Rings and registers are as a good driver sets them up: all that is lent comes back, once. */
  #isTidy = true;
  #troubles = 0;
  #interrupts = 0;

  constructor(device: GpuDevice, features: number) {
    const { sizeBytes: ramBytes, queueSize } = GUEST_RAM;
    this.guest = new TestVirtioGuest(device, { ramBytes, queueSize, isMapped: true });
    assert(this.guest.base === GUEST_RAM.base, 'RAM is where steps say');
    this.#features = features;
    this.start();
  }

  /** From the beginning: nothing is lent any more. */
  start(): void {
    this.#lent = [];
    this.#isTidy = true;
    this.guest.start(this.#features);
    this.#free = this.guest.queues.map(({ size }) => Array.from({ length: size }, (_, i) => i));
    this.#troubles = this.guest.troubles.length;
  }

  /** Rings or registers are wrong from now on, until the next start. */
  spoil(): void {
    this.#isTidy = false;
  }

  get isTidy(): boolean {
    return this.#isTidy;
  }

  /** How many commands have not come back. */
  get lent(): number {
    return this.#lent.length;
  }

  /** Lends a command; null when the queue has no room for it. */
  send(
    queue: number,
    bytes: Uint8Array,
    {
      cuts = [],
      answer = [0x1600],
      isIndirect = true,
    }: Partial<Readonly<Record<'cuts' | 'answer', readonly number[]>>> & {
      readonly isIndirect?: boolean;
    } = {},
  ): Lent | null {
    const free = this.#free[queue];
    const ring = this.guest.queues[queue];
    if (free === undefined || ring === undefined || bytes.length > ANSWER_AT - COMMAND_AT) return null;
    const sizes = [
      ...split(bytes.length, cuts).map((length) => ({ length, isWritable: false })),
      ...answer.map((length) => ({ length, isWritable: true })),
    ];
    const needed = isIndirect ? 1 : sizes.length;
    if (sizes.length === 0 || free.length < needed) return null;
    const descriptors = free.splice(0, needed);
    const head = descriptors[0]!;
    const slot = GUEST_RAM.slots + (queue * GUEST_RAM.queueSize + head) * SLOT_BYTES;
    this.guest.bytesAt(slot + COMMAND_AT, bytes.length).set(bytes);
    let [readAt, writeAt] = [slot + COMMAND_AT, slot + ANSWER_AT];
    for (const [i, { length, isWritable }] of sizes.entries()) {
      const isLast = i === sizes.length - 1;
      const index = isIndirect ? i : descriptors[i]!;
      const next = isLast ? 0 : isIndirect ? i + 1 : descriptors[i + 1]!;
      const flags = (isWritable ? 2 : 0) | (isLast ? 0 : 1);
      ring.describe(index, isWritable ? writeAt : readAt, length, flags, next, isIndirect ? slot : ring.descriptors);
      if (isWritable) writeAt += length;
      else readAt += length;
    }
    if (isIndirect) ring.describe(head, slot, 16 * sizes.length, 4, 0);
    const answerAt = slot + ANSWER_AT;
    const lent: Lent = { queue, head, bytes, answerAt, answerBytes: writeAt - answerAt, descriptors, type: null };
    this.#lent.push(lent);
    ring.publish(head);
    this.guest.write(MMIO_REGISTERS.queueNotify, queue);
    return lent;
  }

  /** Looks at what the device has given back. Throws when it is not what it should be. */
  collect(): void {
    if (!this.#isTidy) return;
    const { guest } = this;
    assert(guest.troubles.length === this.#troubles, `no fault is found where there is none: ${guest.troubles.at(-1)}`);
    let count = 0;
    for (const [queue, ring] of guest.queues.entries()) {
      for (let used = ring.takeUsed(); used !== null; used = ring.takeUsed()) {
        this.#take(queue, used.head, used.written);
        count++;
      }
    }
    const isSuppressed = (this.#features & Number(VIRTIO_FEATURES.eventIndex)) !== 0;
    const isTold = guest.interrupts > this.#interrupts || (guest.read(MMIO_REGISTERS.interruptStatus) & 1) !== 0;
    assert(count === 0 || isSuppressed || isTold, 'what comes back is told of');
    this.#interrupts = guest.interrupts;
  }

  [Symbol.dispose](): void {
    this.guest[Symbol.dispose]();
  }

  #take(queue: number, head: number, written: number): void {
    const at = this.#lent.findIndex((each) => each.queue === queue && each.head === head);
    const [lent] = at < 0 ? [] : this.#lent.splice(at, 1);
    assert(lent !== undefined, `buffer ${head} of queue ${queue} was given back, which was not lent`);
    this.#free[queue]?.push(...lent.descriptors);
    lent.type = this.#checked(lent, written);
    if (queue !== CONTROL || !isFenced(lent)) return;
    const before = this.#lent.slice(0, at).find((each) => each.queue === CONTROL && isFenced(each));
    assert(before === undefined, 'fences come in the order of their commands');
  }

  #checked({ bytes, answerAt, answerBytes }: Lent, written: number): number {
    if (bytes.length < HEADER_BYTES || answerBytes < HEADER_BYTES) {
      assert(written === 0, 'where no answer can be, none is said to be');
      return 0;
    }
    assert(written >= HEADER_BYTES && written <= answerBytes, `an answer of ${written} bytes in ${answerBytes}`);
    const answer = Buffer.from(this.guest.bytesAt(answerAt, HEADER_BYTES));
    const asked = Buffer.from(bytes.subarray(0, HEADER_BYTES));
    const type = answer.readUInt32LE(0);
    assert(RESPONSES.has(type), `a command is answered with ${type}`);
    asked.writeUInt32LE(type, 0);
    asked.writeUInt32LE(asked.readUInt32LE(4) & (FENCE | RING_INDEX), 4);
    if ((asked.readUInt32LE(4) & FENCE) === 0) asked.fill(0, 8);
    assert(answer.equals(asked), 'an answer has the fence of its command');
    return type;
  }
}

function isFenced({ bytes }: Lent): boolean {
  return bytes.length >= HEADER_BYTES && (bytes[4]! & FENCE) !== 0;
}

/** The sizes of the pieces, and what is left after them. */
function split(length: number, cuts: readonly number[]): number[] {
  const sizes: number[] = [];
  let left = length;
  for (const cut of cuts) {
    const size = Math.min(cut, left);
    if (size > 0) sizes.push(size);
    left -= size;
  }
  return left > 0 ? [...sizes, left] : sizes;
}
