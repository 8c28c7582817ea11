/**
 * What driver and device of a memory-mapped virtio slot say to each other while they run: doorbells and interrupts. It lives
 * in shared memory, so that a hart's thread rings, reads and acknowledges without waiting for the thread of the devices.
 *
 *     word 0   InterruptStatus (Virtio 1.3 §4.2.2)
 *     word 1   doorbells: bit n, queue n has been notified
 */

/** Words of shared memory that a slot needs. */
export const MMIO_LINE_WORDS = 2;
/** Queues that can ring; a device has no more. */
export const MMIO_MAX_QUEUES = 32;

/** The lines of one slot, as one thread sees them. */
export class MmioLines {
  readonly #words: Int32Array;
  readonly #onInterrupt: () => void;
  readonly #onDoorbell: () => void;

  /**
   * `words` is the slot's own piece of shared memory. `onInterrupt` is called after InterruptStatus has changed here: the
   * interrupt line is to follow `isRaised`. `onDoorbell` is called when a queue was notified here.
   */
  constructor(words: Int32Array, onInterrupt: () => void, onDoorbell: () => void) {
    this.#words = words;
    this.#onInterrupt = onInterrupt;
    this.#onDoorbell = onDoorbell;
  }

  /** InterruptStatus. */
  get status(): number {
    return Atomics.load(this.#words, 0);
  }

  /** Whether the slot interrupts now. */
  get isRaised(): boolean {
    return this.status !== 0;
  }

  /** The device has news: bit 0 used buffers, bit 1 configuration. */
  raise(bits: number): void {
    Atomics.or(this.#words, 0, bits);
    this.#onInterrupt();
  }

  /** The driver has seen these. */
  acknowledge(bits: number): void {
    Atomics.and(this.#words, 0, ~bits);
    this.#onInterrupt();
  }

  /** The driver notifies a queue; numbers that no device has are dropped. */
  ring(queue: number): void {
    if (queue >= MMIO_MAX_QUEUES) return;
    Atomics.or(this.#words, 1, 1 << queue);
    this.#onDoorbell();
  }

  /** The queues that have rung since the last call, as bits. */
  takeDoorbells(): number {
    return Atomics.exchange(this.#words, 1, 0) >>> 0;
  }

  /** Nothing rings and nothing interrupts. */
  clear(): void {
    Atomics.store(this.#words, 1, 0);
    Atomics.store(this.#words, 0, 0);
    this.#onInterrupt();
  }
}
