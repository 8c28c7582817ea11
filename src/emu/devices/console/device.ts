/**
 * The virtio console with several ports: Virtio 1.3 §5.3, VIRTIO_CONSOLE_F_MULTIPORT. Each port is a byte stream with a name
 * by which the guest finds it (/dev/virtio-ports/NAME). Port 0 is kept for a console and absent without one, as in QEMU.
 *
 *     queue 0, 1   port 0: to the guest, from the guest
 *           2, 3   control: to the guest, from the guest
 *           4, 5   port 1, and so on
 */
import { assert } from '../../../base/assert.ts';
import { Signal } from '../../../base/signal.ts';
import type { AgentPort } from '../../../display/contract.ts';
import { Reader } from '../../../wire/reader.ts';
import { joinBytes, Writer } from '../../../wire/writer.ts';
import { DescriptorChain } from '../../virtio/descriptor-chain.ts';
import type { VirtioDevice, VirtioDriverSide } from '../../virtio/device.ts';
import type { Virtqueue } from '../../virtio/queue.ts';
import { ConsoleEvent, readConsoleControl, writeConsoleConfig, writeConsoleControl } from './wire/console.gen.ts';

/** VIRTIO_CONSOLE_F_MULTIPORT */
const MULTIPORT = 1n << 1n;
const CONFIG_BYTES = 12;
const CONTROL_BYTES = 8;
const CONTROL_IN = 2;
const CONTROL_OUT = 3;
const PIECE_BYTES = 65536;
/** How long a queue keeps the thread before other work gets its turn. */
const TURN_MS = 4;
/** Bytes that wait for the guest before a writer is asked to wait, and before its bytes are dropped. */
const HIGH_WATER_BYTES = 1 << 18;
const MAX_WAITING_BYTES = 1 << 22;
/** Control messages that wait for a guest that makes no buffers for them available; more are of no use to it. */
const MAX_MESSAGES = 1024;

/** What the device remembers of its ports, as plain data. */
export interface ConsoleState {
  readonly messages: readonly Uint8Array[];
  readonly ports: readonly { readonly isOpen: boolean; readonly waiting: readonly Uint8Array[] }[];
}

/** A port: one end of a byte stream to a program of the guest. */
export class ConsolePort implements AgentPort {
  readonly name: string;
  readonly onOpen: Signal<boolean> = new Signal();
  readonly onData: Signal<Uint8Array> = new Signal();
  readonly onDrain: Signal<void> = new Signal();
  readonly #onWaiting: () => void;
  #isOpen = false;
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  /** Bytes of the first of `#waiting` that the guest has. */
  #done = 0;
  #isHigh = false;

  constructor(name: string, onWaiting: () => void) {
    this.name = name;
    this.#onWaiting = onWaiting;
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Sends bytes (copied). What is sent to a port that the guest has not open is dropped. */
  write(bytes: Uint8Array): boolean {
    if (!this.#isOpen) return true;
    // A caller that does not heed `false` loses its bytes rather than our memory.
    if (bytes.length > 0 && this.#waitingBytes <= MAX_WAITING_BYTES) {
      this.#waiting.push(bytes.slice());
      this.#waitingBytes += bytes.length;
      this.#onWaiting();
    }
    this.#isHigh ||= this.#waitingBytes > HIGH_WATER_BYTES;
    return !this.#isHigh;
  }

  /** The guest has opened or closed it. */
  setOpen(isOpen: boolean): void {
    if (isOpen === this.#isOpen) return;
    this.#isOpen = isOpen;
    if (!isOpen) this.#forget();
    this.onOpen.emit(isOpen);
  }

  /** Puts what waits into a buffer of the guest; returns how much. */
  fill(chain: DescriptorChain): number {
    const { writable } = chain;
    let at = 0;
    while (at < writable.totalBytes) {
      const [first] = this.#waiting;
      if (first === undefined) break;
      const size = Math.min(writable.totalBytes - at, first.length - this.#done);
      writable.copyIn(at, first, this.#done, size);
      at += size;
      this.#done += size;
      this.#waitingBytes -= size;
      if (this.#done < first.length) break;
      this.#done = 0;
      this.#waiting.shift();
    }
    return at;
  }

  /** Whether bytes wait for the guest. */
  get hasWaiting(): boolean {
    return this.#waitingBytes > 0;
  }

  /** Tells a writer that was asked to wait when it may go on. */
  settle(): void {
    if (!this.#isHigh || this.#waitingBytes > 0) return;
    this.#isHigh = false;
    this.onDrain.emit();
  }

  save(): ConsoleState['ports'][number] {
    const [first, ...rest] = this.#waiting;
    return { isOpen: this.#isOpen, waiting: first === undefined ? [] : [first.slice(this.#done), ...rest] };
  }

  restore({ isOpen, waiting }: ConsoleState['ports'][number]): void {
    this.#forget();
    this.#waiting = [...waiting];
    this.#waitingBytes = waiting.reduce((sum, { length }) => sum + length, 0);
    if (isOpen !== this.#isOpen) {
      this.#isOpen = isOpen;
      this.onOpen.emit(isOpen);
    }
  }

  #forget(): void {
    this.#waiting = [];
    this.#waitingBytes = 0;
    this.#done = 0;
    this.settle();
  }
}

/** The device. */
export class ConsoleDevice implements VirtioDevice {
  readonly deviceId = 3;
  readonly features: bigint = MULTIPORT;
  readonly queueSizes: readonly number[];
  readonly configSize = CONFIG_BYTES;
  onConfigChange: (() => void) | null = null;
  /** Ports 1 and on, in the order of their names. */
  readonly ports: readonly ConsolePort[];
  readonly #config: Uint8Array;
  readonly #chain = new DescriptorChain();
  readonly #reader = new Reader();
  readonly #scratch = new Uint8Array(PIECE_BYTES);
  #driver: VirtioDriverSide | null = null;
  /** Control messages for the guest. */
  #messages: Uint8Array[] = [];

  /** One port for each name. */
  constructor(names: readonly string[]) {
    assert(names.length > 0 && names.length <= 14, 'a console has 1 to 14 ports');
    this.ports = names.map((name, i) => new ConsolePort(name, () => this.#driver?.wake(inputQueue(i + 1))));
    this.queueSizes = Array.from({ length: 2 * (names.length + 2) }, () => 64);
    const writer = new Writer();
    writeConsoleConfig(writer, { columns: 0, rows: 0, maxPorts: names.length + 1, emergencyWrite: 0 });
    this.#config = joinBytes(writer.finish());
  }

  readConfig(offset: number, into: Uint8Array): void {
    into.set(this.#config.subarray(offset, offset + into.length));
  }

  writeConfig(): void {
    // Emergency writes are not offered.
  }

  start(driver: VirtioDriverSide): void {
    this.#driver = driver;
  }

  handleQueue(index: number): boolean {
    const driver = this.#driver;
    const queue = driver?.queues[index];
    if (driver === null || queue === null || queue === undefined) return false;
    try {
      if (index === CONTROL_IN) return this.#sendMessages(queue);
      if (index === CONTROL_OUT) return this.#takeMessages(queue);
      const port = this.ports[portOf(index) - 1];
      // Port 0 is not there; a driver that uses it all the same gets its buffers back.
      return index % 2 === 0 ? this.#send(queue, port ?? null) : this.#receive(queue, port ?? null);
    } finally {
      if (queue.takeInterruptWish()) driver.interrupt(index);
    }
  }

  stop(): void {
    this.#driver = null;
    this.#chain.readable.release();
    this.#chain.writable.release();
  }

  reset(): void {
    this.#messages = [];
    for (const port of this.ports) port.setOpen(false);
  }

  save(): ConsoleState {
    return { messages: this.#messages, ports: this.ports.map((port) => port.save()) };
  }

  restore(state: ConsoleState): void {
    this.#messages = [...state.messages];
    for (const [i, port] of this.ports.entries()) {
      const saved = state.ports[i];
      if (saved !== undefined) port.restore(saved);
    }
  }

  #send(queue: Virtqueue, port: ConsolePort | null): boolean {
    const deadline = performance.now() + TURN_MS;
    while (port?.hasWaiting === true && queue.take(this.#chain)) {
      queue.complete(this.#chain.head, port.fill(this.#chain));
      if (performance.now() > deadline) return true;
    }
    port?.settle();
    return false;
  }

  #receive(queue: Virtqueue, port: ConsolePort | null): boolean {
    const deadline = performance.now() + TURN_MS;
    while (queue.take(this.#chain)) {
      const { readable, head } = this.#chain;
      if (port?.isOpen === true) {
        for (let at = 0; at < readable.totalBytes; at += PIECE_BYTES) {
          const size = Math.min(PIECE_BYTES, readable.totalBytes - at);
          readable.copyOut(at, this.#scratch, 0, size);
          port.onData.emit(this.#scratch.subarray(0, size));
        }
      }
      queue.complete(head, 0);
      if (performance.now() > deadline) return true;
    }
    return false;
  }

  #sendMessages(queue: Virtqueue): boolean {
    while (this.#messages.length > 0 && queue.take(this.#chain)) {
      const { writable, head } = this.#chain;
      const message = this.#messages.shift()!;
      const size = Math.min(message.length, writable.totalBytes);
      writable.copyIn(0, message, 0, size);
      queue.complete(head, size);
    }
    return false;
  }

  #takeMessages(queue: Virtqueue): boolean {
    const deadline = performance.now() + TURN_MS;
    while (queue.take(this.#chain)) {
      const { readable, head } = this.#chain;
      if (readable.totalBytes >= CONTROL_BYTES) {
        readable.copyOut(0, this.#scratch, 0, CONTROL_BYTES);
        const { port, event, value } = readConsoleControl(this.#reader.reset(this.#scratch.subarray(0, CONTROL_BYTES)));
        this.#handle(port, event, value);
      }
      queue.complete(head, 0);
      if (performance.now() > deadline) return true;
    }
    return false;
  }

  #handle(number: number, event: number, value: number): void {
    if (event === ConsoleEvent.deviceReady) {
      if (value === 1) for (let i = 1; i <= this.ports.length; i++) this.#tell(i, ConsoleEvent.deviceAdd, 1);
      return;
    }
    const port = this.ports[number - 1];
    if (port === undefined) return;
    if (event === ConsoleEvent.portOpen) {
      port.setOpen(value === 1);
    } else if (event === ConsoleEvent.portReady && value === 1) {
      this.#tell(number, ConsoleEvent.portName, 1, port.name);
      this.#tell(number, ConsoleEvent.portOpen, 1);
    }
  }

  #tell(port: number, event: ConsoleEvent, value: number, text = ''): void {
    if (this.#messages.length >= MAX_MESSAGES) return;
    const writer = new Writer();
    writeConsoleControl(writer, { port, event, value });
    this.#messages.push(Buffer.concat([joinBytes(writer.finish()), Buffer.from(text)]));
    this.#driver?.wake(CONTROL_IN);
  }
}

/** The queue of bytes to the guest of a port; the next one is that of bytes from it. */
function inputQueue(port: number): number {
  return port === 0 ? 0 : 2 + 2 * port;
}

function portOf(queue: number): number {
  return queue < 2 ? 0 : (queue >>> 1) - 1;
}
