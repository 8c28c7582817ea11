/**
 * A guest's driver of a memory-mapped virtio device, for tests: RAM between guard bytes, the registers as Linux uses them,
 * and buffers sent through real queues.
 */
import { assert } from '../../base/assert.ts';
import { SharedMemory } from '../../base/native/shared-memory.ts';
import type { VirtioDevice } from './device.ts';
import { GuestMemory } from './guest-memory.ts';
import { MMIO_LINE_WORDS, MmioLines } from './mmio-lines.ts';
import { MmioTransport } from './mmio.ts';
import { DEVICE_STATUS, MMIO_REGISTERS as R } from './mmio.table.ts';
import { TestQueue } from './test-driver.ts';

const RAM_BASE = 0x8000_0000;
const QUEUE_BYTES = 0x4000;
const GUARD_BYTES = 4096;
/** VIRTIO_F_VERSION_1 among the upper 32 features. */
const VERSION_1_HIGH = 1;

/** A buffer that the device gave back. */
export interface TestAnswer {
  readonly head: number;
  readonly written: number;
  /** What the device wrote: `written` bytes. */
  readonly bytes: Uint8Array;
}

/** What a guest is made of; its RAM can be `isMapped`, for a 3D GPU to reach it too. */
export interface TestVirtioGuestOptions {
  readonly ramBytes?: number;
  readonly queueSize?: number;
  readonly isMapped?: boolean;
}

/** RAM, a slot with the device, and its driver. */
export class TestVirtioGuest implements Disposable {
  readonly ram: Uint8Array;
  readonly memory: GuestMemory;
  readonly transport: MmioTransport;
  readonly troubles: Error[] = [];
  readonly queues: TestQueue[] = [];
  /** How often the interrupt line went from low to high. */
  interrupts = 0;
  readonly #host: Uint8Array;
  readonly #mapped: SharedMemory | null;
  readonly #lines: MmioLines;
  readonly #queueSize: number;
  #isRaised = false;
  #free = 0;
  /** Writable buffers under way, by head. */
  readonly #posted = new Map<number, { readonly address: number; readonly length: number }[]>();
  readonly #done: (() => void)[] = [];

  constructor(
    device: VirtioDevice,
    { ramBytes = 1 << 20, queueSize = 16, isMapped = false }: TestVirtioGuestOptions = {},
  ) {
    this.#queueSize = queueSize;
    const hostBytes = ramBytes + 2 * GUARD_BYTES;
    this.#mapped = isMapped ? SharedMemory.create('test-guest', hostBytes) : null;
    this.#host = (this.#mapped?.bytes ?? new Uint8Array(new SharedArrayBuffer(hostBytes))).fill(0xa5);
    this.ram = this.#host.subarray(GUARD_BYTES, GUARD_BYTES + ramBytes).fill(0);
    const file = this.#mapped === null ? {} : { file: { fd: this.#mapped.fd, offset: GUARD_BYTES } };
    this.memory = new GuestMemory([{ guestAddress: RAM_BASE, bytes: this.ram, ...file }]);
    const words = new Int32Array(new SharedArrayBuffer(4 * MMIO_LINE_WORDS));
    this.#lines = new MmioLines(
      words,
      () => this.#followLine(),
      () => this.transport.serveDoorbells(),
    );
    this.transport = new MmioTransport({ device, memory: this.memory, lines: this.#lines, vendorId: 0x5346 });
    this.transport.onTrouble.subscribe((error) => void this.troubles.push(error));
  }

  /** Gives mapped memory back, after the device. */
  [Symbol.dispose](): void {
    this.#mapped?.close();
  }

  /** Base of RAM. */
  get base(): number {
    return RAM_BASE;
  }

  read(register: number, size = 4): number {
    return this.transport.load(register, size);
  }

  write(register: number, value: number, size = 4): void {
    this.transport.store(register, size, value);
  }

  /** Resets, agrees on features (`features`: bits below 32 and VERSION_1), sets every queue up and starts. */
  start(features = 0): void {
    this.write(R.status, 0);
    assert(this.read(R.magicValue) === 0x7472_6976 && this.read(R.version) === 2, 'this is no virtio slot');
    this.write(R.status, DEVICE_STATUS.acknowledge);
    this.write(R.status, this.read(R.status) | DEVICE_STATUS.driver);
    this.write(R.driverFeaturesSel, 0);
    this.write(R.driverFeatures, features);
    this.write(R.driverFeaturesSel, 1);
    this.write(R.driverFeatures, VERSION_1_HIGH);
    this.write(R.status, this.read(R.status) | DEVICE_STATUS.featuresOk);
    assert((this.read(R.status) & DEVICE_STATUS.featuresOk) !== 0, 'the device refused the features');
    this.layOut();
    for (const [index, queue] of this.queues.entries()) this.setUp(index, queue);
    this.write(R.status, this.read(R.status) | DEVICE_STATUS.driverOk);
  }

  /** Empties RAM and lays new queues out in it. */
  layOut(): void {
    this.ram.fill(0);
    this.#posted.clear();
    const { queueSizes } = this.transport.device;
    this.queues.length = 0;
    for (const [i, most] of queueSizes.entries()) {
      const size = Math.min(most, this.#queueSize);
      this.queues.push(new TestQueue(this.ram, RAM_BASE, RAM_BASE + i * QUEUE_BYTES, size));
    }
    this.#free = RAM_BASE + queueSizes.length * QUEUE_BYTES;
  }

  /** Tells the device where a queue is. */
  setUp(index: number, queue: TestQueue, size: number = queue.size): void {
    this.write(R.queueSel, index);
    this.write(R.queueSize, size);
    this.write(R.queueDescLow, queue.descriptors);
    this.write(R.queueDriverLow, queue.available);
    this.write(R.queueDeviceLow, queue.used);
    this.write(R.queueReady, 1);
  }

  /** Memory of the guest that nothing else uses. */
  allocate(bytes: number): number {
    const address = this.#free;
    this.#free += Math.ceil(bytes / 16) * 16;
    assert(this.#free <= RAM_BASE + this.ram.length, 'a test needs more guest memory');
    return address;
  }

  /** Memory that `post` has handed out since the start may be handed out again, after the buffers of a queue are done. */
  layOutAgain(queue: number): void {
    this.#free = RAM_BASE + this.queues.length * QUEUE_BYTES;
    for (const key of this.#posted.keys()) if (Math.floor(key / 256) === queue) this.#posted.delete(key);
  }

  /** Bytes of RAM at a guest address. */
  bytesAt(address: number, length: number): Uint8Array {
    return this.ram.subarray(address - RAM_BASE, address - RAM_BASE + length);
  }

  /** Makes a chain available and notifies; returns its head. */
  post(queue: number, readable: readonly Uint8Array[], writable: readonly number[] = []): number {
    const buffers = [
      ...readable.map((bytes) => {
        const address = this.allocate(bytes.length);
        this.bytesAt(address, bytes.length).set(bytes);
        return { address, length: bytes.length, isWritable: false };
      }),
      ...writable.map((length) => ({ address: this.allocate(length), length, isWritable: true })),
    ];
    const head = this.queues[queue]!.add(buffers);
    this.#posted.set(
      256 * queue + head,
      buffers.filter(({ isWritable }) => isWritable),
    );
    this.write(R.queueNotify, queue);
    return head;
  }

  /** What the device has given back next, or null. */
  take(queue: number): TestAnswer | null {
    const used = this.queues[queue]!.takeUsed();
    if (used === null) return null;
    const parts = this.#posted.get(256 * queue + used.head) ?? [];
    const whole = Buffer.concat(parts.map(({ address, length }) => this.bytesAt(address, length)));
    return { head: used.head, written: used.written, bytes: new Uint8Array(whole.subarray(0, used.written)) };
  }

  /** The last byte that the device could write of a chain: where a disk puts its status. */
  lastByte(queue: number, head: number): number {
    const last = this.#posted.get(256 * queue + head)?.at(-1);
    return last === undefined ? -1 : this.bytesAt(last.address + last.length - 1, 1)[0]!;
  }

  /** Sends a chain and waits until the device has given it back. */
  async send(queue: number, readable: readonly Uint8Array[], writable: readonly number[] = []): Promise<TestAnswer> {
    this.post(queue, readable, writable);
    return this.answer(queue);
  }

  /** Waits for the next thing that the device gives back. */
  async answer(queue: number): Promise<TestAnswer> {
    for (;;) {
      const answer = this.take(queue);
      if (answer !== null) return answer;
      await new Promise<void>((resolve) => this.#done.push(resolve));
    }
  }

  /** Whether nothing beside RAM was written. */
  get isGuarded(): boolean {
    const isWhole = (bytes: Uint8Array): boolean => bytes.every((byte) => byte === 0xa5);
    return isWhole(this.#host.subarray(0, GUARD_BYTES)) && isWhole(this.#host.subarray(-GUARD_BYTES));
  }

  #followLine(): void {
    const { isRaised } = this.#lines;
    if (isRaised && !this.#isRaised) this.interrupts++;
    this.#isRaised = isRaised;
    if (!isRaised) return;
    // The interrupt handler of a driver: it acknowledges, then looks at its queues.
    queueMicrotask(() => {
      this.write(R.interruptAck, this.read(R.interruptStatus));
      for (const resolve of this.#done.splice(0)) resolve();
    });
  }
}
