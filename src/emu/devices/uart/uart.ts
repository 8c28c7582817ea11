/**
 * The serial port: National Semiconductor 16550A ("PC16550D, Universal Asynchronous Receiver/Transmitter with FIFOs"). Its
 * registers and both of its queues live in shared memory, so that a hart writes and reads characters without waiting for the
 * thread of the devices; every thread makes an object of its own over the same words.
 *
 * The line is as fast as whoever is at its other end: what is written is gone at once as long as there is room, so the
 * transmitter is empty unless the other end does not take it. A character received is told at once; there is no time-out of
 * a FIFO that holds less than its trigger level, and neither breaks nor errors.
 *
 *     word 0   lock
 *          1–7 IER, FCR, LCR, MCR, SCR, DLL, DLM
 *          8   whether an interrupt "transmitter is empty" waits to be seen
 *          9   bytes put into the queue of what is sent, ever; 10 taken from it
 *          11  bytes put into the queue of what is received, ever; 12 taken from it
 *          16  4096 bytes to send, 4096 bytes received
 */
import { SharedLock } from '../shared-lock.ts';

/** Bytes of address space. */
export const UART_BYTES = 0x100;
const QUEUE_BYTES = 4096;
const QUEUES_AT = 16;
/** Words of shared memory. */
export const UART_WORDS: number = QUEUES_AT + (2 * QUEUE_BYTES) / 4;

const IER = 1;
const FCR = 2;
const LCR = 3;
const MCR = 4;
const SCR = 5;
const DLL = 6;
const DLM = 7;
const EMPTY_TOLD = 8;
const SENT = 9;
const TAKEN = 10;
const RECEIVED = 11;
const READ = 12;

const DIVISOR_LATCH = 0x80;
const LOOP = 0x10;
const FIFO_ON = 0x01;
/** A FIFO's worth: a driver that sees an empty transmitter writes so many at once. */
const FIFO_BYTES = 16;
const TRIGGERS = [1, 4, 8, 14] as const;

const IIR_NONE = 0x01;
const IIR_EMPTY = 0x02;
const IIR_RECEIVED = 0x04;
const IIR_TIMEOUT = 0x0c;
const IER_RECEIVED = 0x01;
const IER_EMPTY = 0x02;
const LSR_DATA = 0x01;
const LSR_EMPTY = 0x60;
/** Carrier, ready, clear to send: somebody is there. */
const MSR_CONNECTED = 0xb0;

/** The port as one thread sees it. */
export class Uart {
  readonly #words: Int32Array;
  readonly #toSend: Uint8Array;
  readonly #received: Uint8Array;
  readonly #lock: SharedLock;
  readonly #onInterrupt: () => void;
  readonly #onSent: () => void;

  /**
   * `words` is shared memory of `UART_WORDS`. `onInterrupt` is called when the interrupt line may have changed: it is to
   * follow `isRaised`. `onSent` is called when the guest has sent something: `take` has it.
   */
  constructor(words: Int32Array, onInterrupt: () => void, onSent: () => void) {
    this.#words = words;
    const at = words.byteOffset + 4 * QUEUES_AT;
    this.#toSend = new Uint8Array(words.buffer, at, QUEUE_BYTES);
    this.#received = new Uint8Array(words.buffer, at + QUEUE_BYTES, QUEUE_BYTES);
    this.#lock = new SharedLock(words, 0);
    this.#onInterrupt = onInterrupt;
    this.#onSent = onSent;
  }

  /** Whether the port interrupts now. */
  get isRaised(): boolean {
    return this.#cause() !== IIR_NONE;
  }

  /** Reads the register at a byte offset. Wider reads give the register in their low byte. */
  load(offset: number): number {
    this.#lock.acquire();
    const value = this.#load(offset & 7);
    this.#lock.release();
    if ((offset & 7) === 0 || (offset & 7) === 2) this.#onInterrupt();
    return value;
  }

  /** Writes the low byte of `value` to the register at a byte offset. */
  store(offset: number, value: number): void {
    this.#lock.acquire();
    const before = this.#words[SENT]!;
    this.#store(offset & 7, value & 0xff);
    const hasSent = this.#words[SENT] !== before;
    this.#lock.release();
    this.#onInterrupt();
    if (hasSent) this.#onSent();
  }

  /** Takes up to `into.length` bytes that the guest has sent; returns how many. */
  take(into: Uint8Array): number {
    this.#lock.acquire();
    const words = this.#words;
    const taken = words[TAKEN]!;
    const count = Math.min((words[SENT]! - taken) >>> 0, into.length);
    for (let i = 0; i < count; i++) into[i] = this.#toSend[((taken + i) >>> 0) % QUEUE_BYTES]!;
    const wasFull = !this.#isEmpty();
    words[TAKEN] = (taken + count) | 0;
    if (wasFull && this.#isEmpty()) words[EMPTY_TOLD] = 1;
    this.#lock.release();
    if (count > 0) this.#onInterrupt();
    return count;
  }

  /** Gives the guest bytes; returns how many there was room for. */
  give(bytes: Uint8Array): number {
    this.#lock.acquire();
    const count = this.#receive(bytes);
    this.#lock.release();
    if (count > 0) this.#onInterrupt();
    return count;
  }

  /** Room for bytes to the guest. */
  get room(): number {
    return QUEUE_BYTES - ((Atomics.load(this.#words, RECEIVED) - Atomics.load(this.#words, READ)) >>> 0);
  }

  /** As at power-on. What the guest has sent is still to be taken. */
  reset(): void {
    this.#lock.acquire();
    this.#words.fill(0, IER, EMPTY_TOLD + 1);
    this.#words[READ] = this.#words[RECEIVED]!;
    this.#lock.release();
    this.#onInterrupt();
  }

  /** Everything it knows, as plain numbers, while nothing runs. */
  save(): readonly number[] {
    return [...this.#words];
  }

  /** Goes on from what `save` gave. */
  restore(words: readonly number[]): void {
    this.#lock.acquire();
    this.#words.set(words.slice(1, this.#words.length), 1);
    this.#lock.release();
    this.#onInterrupt();
  }

  get #waiting(): number {
    return (this.#words[RECEIVED]! - this.#words[READ]!) >>> 0;
  }

  #isEmpty(): boolean {
    return QUEUE_BYTES - ((this.#words[SENT]! - this.#words[TAKEN]!) >>> 0) >= FIFO_BYTES;
  }

  #isLatch(): boolean {
    return (this.#words[LCR]! & DIVISOR_LATCH) !== 0;
  }

  /** What the interrupt identification register says, without the bits of the FIFOs. */
  #cause(): number {
    const enabled = this.#words[IER]!;
    const waiting = this.#waiting;
    if ((enabled & IER_RECEIVED) !== 0 && waiting > 0) {
      const trigger = (this.#words[FCR]! & FIFO_ON) === 0 ? 1 : TRIGGERS[(this.#words[FCR]! >>> 6) & 3]!;
      return waiting >= trigger ? IIR_RECEIVED : IIR_TIMEOUT;
    }
    return (enabled & IER_EMPTY) !== 0 && this.#words[EMPTY_TOLD] !== 0 ? IIR_EMPTY : IIR_NONE;
  }

  #load(register: number): number {
    const words = this.#words;
    switch (register) {
      case 0:
        if (this.#isLatch()) return words[DLL]!;
        if (this.#waiting === 0) return 0;
        words[READ] = (words[READ]! + 1) | 0;
        return this.#received[((words[READ] - 1) >>> 0) % QUEUE_BYTES]!;
      case 1:
        return this.#isLatch() ? words[DLM]! : words[IER]!;
      case 2: {
        const cause = this.#cause();
        if (cause === IIR_EMPTY) words[EMPTY_TOLD] = 0;
        return cause | ((words[FCR]! & FIFO_ON) === 0 ? 0 : 0xc0);
      }
      case 3:
        return words[LCR]!;
      case 4:
        return words[MCR]!;
      case 5:
        return (this.#waiting > 0 ? LSR_DATA : 0) | (this.#isEmpty() ? LSR_EMPTY : 0);
      case 6:
        return this.#modemStatus();
      default:
        return words[SCR]!;
    }
  }

  #store(register: number, value: number): void {
    const words = this.#words;
    switch (register) {
      case 0:
        if (this.#isLatch()) words[DLL] = value;
        else this.#send(value);
        return;
      case 1:
        if (this.#isLatch()) {
          words[DLM] = value;
          return;
        }
        // Allowing the interrupt while the transmitter is empty makes it.
        if ((value & IER_EMPTY) !== 0 && (words[IER]! & IER_EMPTY) === 0 && this.#isEmpty()) words[EMPTY_TOLD] = 1;
        words[IER] = value & 0x0f;
        return;
      case 2:
        if ((value & 2) !== 0) words[READ] = words[RECEIVED]!;
        words[FCR] = value & 0xc9;
        return;
      case 3:
        words[LCR] = value;
        return;
      case 4:
        words[MCR] = value & 0x1f;
        return;
      case 7:
        words[SCR] = value;
    }
  }

  #send(value: number): void {
    const words = this.#words;
    if ((words[MCR]! & LOOP) !== 0) {
      this.#receive(Uint8Array.of(value));
    } else if ((words[SENT]! - words[TAKEN]!) >>> 0 < QUEUE_BYTES) {
      this.#toSend[(words[SENT]! >>> 0) % QUEUE_BYTES] = value;
      words[SENT] = (words[SENT]! + 1) | 0;
    }
    words[EMPTY_TOLD] = this.#isEmpty() ? 1 : 0;
  }

  #receive(bytes: Uint8Array): number {
    const words = this.#words;
    const count = Math.min(bytes.length, QUEUE_BYTES - this.#waiting);
    for (let i = 0; i < count; i++) this.#received[((words[RECEIVED]! + i) >>> 0) % QUEUE_BYTES] = bytes[i]!;
    words[RECEIVED] = (words[RECEIVED]! + count) | 0;
    return count;
  }

  /** In loopback the outputs of the modem control are its inputs. */
  #modemStatus(): number {
    const control = this.#words[MCR]!;
    if ((control & LOOP) === 0) return MSR_CONNECTED;
    return (
      ((control & 2) !== 0 ? 0x10 : 0) |
      ((control & 1) !== 0 ? 0x20 : 0) |
      ((control & 4) !== 0 ? 0x40 : 0) |
      ((control & 8) !== 0 ? 0x80 : 0)
    );
  }
}
