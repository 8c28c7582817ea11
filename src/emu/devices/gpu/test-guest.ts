/** A guest with a GPU driver, for tests: memory, two queues, and commands as bytes. */
import { SharedMemory } from '../../../base/native/shared-memory.ts';
import type { Rect } from '../../../base/rect.ts';
import type { FrameSink } from '../../../display/contract.ts';
import { Reader } from '../../../wire/reader.ts';
import { joinBytes, Writer } from '../../../wire/writer.ts';
import { GuestMemory } from '../../virtio/guest-memory.ts';
import { Virtqueue } from '../../virtio/queue.ts';
import { TestQueue } from '../../virtio/test-driver.ts';
import { GpuDevice, type GpuDeviceOptions } from './device.ts';
import { gpuCommands, readControlHeader, writeControlHeader, type ControlHeader } from './wire/gpu.gen.ts';

const QUEUE_BYTES = 0x2000;
const RAM_BASE = 0x4000_0000;
const GUARD_BYTES = 4096;

/** Keeps what was published, as a viewer would see it. */
export class TestSink implements FrameSink {
  isWanted = true;
  onWanted: (() => void) | null = null;
  width = 0;
  height = 0;
  pixels: Uint32Array = new Uint32Array(0);
  readonly published: Rect[] = [];
  readonly sizes: string[] = [];
  isClosed = false;

  configure(width: number, height: number): void {
    this.width = width;
    this.height = height;
    this.pixels = new Uint32Array(width * height);
    this.sizes.push(`${width}x${height}`);
  }

  publish(pixels: Uint8Array, strideBytes: number, rects: readonly Rect[]): void {
    const view = new DataView(pixels.buffer, pixels.byteOffset, pixels.byteLength);
    for (const rect of rects) {
      this.published.push(rect);
      for (let y = rect.y; y < rect.y + rect.height; y++) {
        for (let x = rect.x; x < rect.x + rect.width; x++) {
          this.pixels[y * this.width + x] = view.getUint32(y * strideBytes + x * 4, true);
        }
      }
    }
  }

  close(): void {
    this.isClosed = true;
  }

  /** The pixel as 0xAARRGGBB. */
  at(x: number, y: number): number {
    return this.pixels[y * this.width + x]!;
  }
}

type Commands = typeof gpuCommands;
type Body<K extends keyof Commands> = Parameters<Commands[K]['write']>[1];

/** An answer: its header, and a reader over what follows. */
export interface TestAnswer {
  readonly header: ControlHeader;
  readonly body: Reader;
  readonly written: number;
}

/** Guest RAM between guard bytes, a device with sinks, and both queues set up. */
export class TestGuest {
  readonly ram: Uint8Array;
  readonly device: GpuDevice;
  readonly sinks: readonly TestSink[];
  queues: readonly [TestQueue, TestQueue];
  interrupts = 0;
  /** Where tests may put pixels and lists: after queues and command buffers. */
  readonly data: number = RAM_BASE + 0x8_0000;
  readonly #host: Uint8Array;
  /** There when a 3D GPU must reach the memory, too. */
  readonly #shared: SharedMemory | null;
  readonly #commandAt = RAM_BASE + 2 * QUEUE_BYTES;
  readonly #answerAt = RAM_BASE + 0x7_0000;

  constructor(options: Partial<GpuDeviceOptions> & { readonly ramBytes?: number; readonly headCount?: number } = {}) {
    const ramBytes = options.ramBytes ?? 1 << 20;
    const hostBytes = ramBytes + 2 * GUARD_BYTES;
    this.#shared = (options.gpu ?? null) === null ? null : SharedMemory.create('test-guest', hostBytes);
    this.#host = (this.#shared?.bytes ?? new Uint8Array(hostBytes)).fill(0xa5);
    this.ram = this.#host.subarray(GUARD_BYTES, GUARD_BYTES + ramBytes).fill(0);
    this.sinks = Array.from({ length: options.headCount ?? 1 }, () => new TestSink());
    this.device = new GpuDevice({ width: 1280, height: 800, ...options, heads: this.sinks });
    this.queues = this.#makeQueues();
    this.start();
  }

  /** The guest begins anew, with empty memory and new queues. */
  restart(): void {
    this.ram.fill(0);
    this.queues = this.#makeQueues();
    this.start();
  }

  #makeQueues(): [TestQueue, TestQueue] {
    return [
      new TestQueue(this.ram, RAM_BASE, RAM_BASE, 16),
      new TestQueue(this.ram, RAM_BASE, RAM_BASE + QUEUE_BYTES, 16),
    ];
  }

  /** Its memory in one region. */
  get memory(): GuestMemory {
    const file = this.#shared === null ? {} : { file: { fd: this.#shared.fd, offset: GUARD_BYTES } };
    return new GuestMemory([{ guestAddress: RAM_BASE, bytes: this.ram, ...file }]);
  }

  /** Ends the device and gives shared memory back. */
  [Symbol.dispose](): void {
    this.device.close();
    this.#shared?.close();
  }

  /** Hands the queues, as they are now, to the device. */
  start(memory: GuestMemory = this.memory): void {
    const queues = this.queues.map(
      (q) =>
        new Virtqueue({
          memory,
          size: q.size,
          descriptors: q.descriptors,
          available: q.available,
          used: q.used,
          hasEventIndex: false,
          nextAvailable: q.availableIndex,
        }),
    );
    this.device.start({
      features: 0n,
      memory,
      queues,
      interrupt: () => void this.interrupts++,
      wake: (queue) => void this.device.handleQueue(queue),
    });
  }

  /** Whether nothing beside RAM was written. */
  get isGuarded(): boolean {
    const isWhole = (bytes: Uint8Array): boolean => bytes.every((byte) => byte === 0xa5);
    return isWhole(this.#host.subarray(0, GUARD_BYTES)) && isWhole(this.#host.subarray(-GUARD_BYTES));
  }

  /** Bytes of RAM at a guest address. */
  bytesAt(address: number, length: number): Uint8Array {
    return this.ram.subarray(address - RAM_BASE, address - RAM_BASE + length);
  }

  /** Sends a command and returns the answer's number. */
  send<K extends keyof Commands>(name: K, body: Body<K>, header: Partial<ControlHeader> = {}): number {
    return this.ask(name, body, header).header.type;
  }

  /** Sends a command and returns its answer. */
  ask<K extends keyof Commands>(name: K, body: Body<K>, header: Partial<ControlHeader> = {}): TestAnswer {
    const queue = gpuCommands[name].id >= 0x300 ? 1 : 0;
    return this.sendBytes(commandBytes(name, body, header), queue);
  }

  /** Sends whatever bytes, scattered over two buffers. */
  sendBytes(bytes: Uint8Array, queue = 0, answerBytes = 0x1000): TestAnswer {
    this.bytesAt(this.#commandAt, bytes.length).set(bytes);
    this.bytesAt(this.#answerAt, answerBytes).fill(0xee);
    const first = Math.min(bytes.length, 24);
    const buffers = [
      { address: this.#commandAt, length: first, isWritable: false },
      { address: this.#commandAt + first, length: bytes.length - first, isWritable: false },
      { address: this.#answerAt, length: answerBytes, isWritable: true },
    ].filter(({ length }) => length > 0);
    this.queues[queue]!.add(buffers);
    while (this.device.handleQueue(queue));
    const used = this.queues[queue]!.takeUsed();
    if (used === null) throw new Error('the device did not answer');
    const body = new Reader(this.bytesAt(this.#answerAt, answerBytes).slice());
    const header = answerBytes < 24 ? readControlHeader(new Reader(new Uint8Array(24))) : readControlHeader(body);
    return { header, body, written: used.written };
  }
}

/** A command with its header. */
export function commandBytes<K extends keyof Commands>(
  name: K,
  body: Body<K>,
  header: Partial<ControlHeader> = {},
): Uint8Array {
  const writer = new Writer();
  const { id, write } = gpuCommands[name];
  writeControlHeader(writer, {
    type: id,
    flags: 0,
    fenceLow: 0,
    fenceHigh: 0,
    contextId: 0,
    ringIndex: 0,
    ...header,
  });
  (write as (writer: Writer, body: Body<K>) => void)(writer, body);
  return joinBytes(writer.finish());
}
