/**
 * The virtio entropy device: Virtio 1.3 §5.4. One queue, whose buffers are filled with random bytes, of this host unless told
 * otherwise.
 */
import { getRandomValues } from 'node:crypto';
import { DescriptorChain } from '../../virtio/descriptor-chain.ts';
import type { VirtioDevice, VirtioDriverSide } from '../../virtio/device.ts';

/** The most that one buffer gets, and that is made in one turn: a driver that wants more asks again. */
const PIECE_BYTES = 4096;
const TURN_BYTES = 1 << 18;

/** The device. It remembers nothing. `fill` gives up to 4096 bytes. */
export class RngDevice implements VirtioDevice {
  readonly deviceId = 4;
  readonly features = 0n;
  readonly queueSizes: readonly number[] = [64];
  readonly configSize = 0;
  onConfigChange: (() => void) | null = null;
  readonly #chain = new DescriptorChain();
  readonly #bytes = new Uint8Array(PIECE_BYTES);
  readonly #fill: (into: Uint8Array) => unknown;
  #driver: VirtioDriverSide | null = null;

  constructor(fill: (into: Uint8Array) => unknown = getRandomValues) {
    this.#fill = fill;
  }

  readConfig(): void {
    // There is none.
  }

  writeConfig(): void {
    // There is none.
  }

  start(driver: VirtioDriverSide): void {
    this.#driver = driver;
  }

  handleQueue(): boolean {
    const driver = this.#driver;
    const queue = driver?.queues[0];
    if (driver === null || queue === null || queue === undefined) return false;
    let made = 0;
    let isMore = true;
    try {
      while (made < TURN_BYTES) {
        isMore = queue.take(this.#chain);
        if (!isMore) break;
        const { writable, head } = this.#chain;
        const size = Math.min(writable.totalBytes, PIECE_BYTES);
        this.#fill(this.#bytes.subarray(0, size));
        writable.copyIn(0, this.#bytes, 0, size);
        queue.complete(head, size);
        made += size + 64;
      }
    } finally {
      if (queue.takeInterruptWish()) driver.interrupt(0);
    }
    return isMore;
  }

  stop(): void {
    this.#driver = null;
    this.#chain.writable.release();
    this.#chain.readable.release();
  }

  reset(): void {
    // Nothing to forget.
  }
}
