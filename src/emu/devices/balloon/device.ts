/**
 * The virtio balloon: Virtio 1.3 §5.5. The guest puts pages of its memory into it, as many as it is asked to, and gets them
 * back; what is in it is given back to the host as far as the host can take it.
 *
 * Pages are named by 32-bit numbers of 4 KiB. Neighbours are joined before they are given back. Besides, the guest reports
 * what it has free by itself (VIRTIO_BALLOON_F_REPORTING): it lends those very bytes until they have been given back.
 */
import { DescriptorChain } from '../../virtio/descriptor-chain.ts';
import type { VirtioDevice, VirtioDriverSide } from '../../virtio/device.ts';

const INFLATE = 0;
/** The statistics' and the hints' queues are not there, and drivers count those that are. */
const REPORTING = 2;
const CONFIG_BYTES = 8;
const ACTUAL_AT = 4;
/** Bytes of a page. */
const BALLOON_PAGE_BYTES = 4096;
/** VIRTIO_BALLOON_F_MUST_TELL_HOST, VIRTIO_BALLOON_F_DEFLATE_ON_OOM, VIRTIO_BALLOON_F_REPORTING */
const FEATURES = (1n << 0n) | (1n << 2n) | (1n << 5n);
/** Page numbers taken from a buffer; a driver sends 256 at a time. */
const MAX_PAGES = 65_536;
const PIECE_BYTES = 4096;
const TURN_MS = 4;

/** What the device remembers, as plain data. */
export interface BalloonState {
  readonly target: number;
  readonly actual: number;
}

/** The device. */
export class BalloonDevice implements VirtioDevice {
  readonly deviceId = 5;
  readonly features: bigint = FEATURES;
  readonly queueSizes: readonly number[] = [128, 128, 128];
  readonly configSize = CONFIG_BYTES;
  onConfigChange: (() => void) | null = null;
  readonly #giveBack: (bytes: Uint8Array) => void;
  readonly #config = new Uint8Array(CONFIG_BYTES);
  readonly #view = new DataView(this.#config.buffer);
  readonly #chain = new DescriptorChain();
  readonly #numbers = new Uint8Array(PIECE_BYTES);
  readonly #numbersView = new DataView(this.#numbers.buffer);
  #driver: VirtioDriverSide | null = null;

  /** `giveBack` gets guest memory, whole pages of RAM, whose contents the guest does not need any more. */
  constructor(giveBack: (bytes: Uint8Array) => void) {
    this.#giveBack = giveBack;
  }

  /** Asks the guest to keep that many bytes of its memory in the balloon; it may take its time. */
  setTarget(bytes: number): void {
    this.#view.setUint32(0, Math.floor(bytes / BALLOON_PAGE_BYTES), true);
    this.onConfigChange?.();
  }

  /** Bytes that the guest says are in the balloon. */
  get actualBytes(): number {
    return this.#view.getUint32(ACTUAL_AT, true) * BALLOON_PAGE_BYTES;
  }

  readConfig(offset: number, into: Uint8Array): void {
    into.set(this.#config.subarray(offset, offset + into.length));
  }

  writeConfig(offset: number, bytes: Uint8Array): void {
    // The driver tells how full the balloon is.
    if (offset >= ACTUAL_AT) this.#config.set(bytes, offset);
  }

  start(driver: VirtioDriverSide): void {
    this.#driver = driver;
  }

  handleQueue(index: number): boolean {
    const driver = this.#driver;
    const queue = driver?.queues[index];
    if (driver === null || queue === null || queue === undefined) return false;
    const deadline = performance.now() + TURN_MS;
    let isMore = true;
    try {
      while (performance.now() < deadline) {
        isMore = queue.take(this.#chain);
        if (!isMore) break;
        // Memory that is given back is there again when it is touched: deflating asks for nothing.
        if (index === INFLATE) this.#inflate(driver);
        else if (index === REPORTING) this.#report();
        queue.complete(this.#chain.head, 0);
      }
    } finally {
      if (queue.takeInterruptWish()) driver.interrupt(index);
    }
    return isMore;
  }

  stop(): void {
    this.#driver = null;
    this.#chain.readable.release();
    this.#chain.writable.release();
  }

  reset(): void {
    this.#view.setUint32(ACTUAL_AT, 0, true);
  }

  save(): BalloonState {
    return { target: this.#view.getUint32(0, true), actual: this.#view.getUint32(ACTUAL_AT, true) };
  }

  restore({ target, actual }: BalloonState): void {
    this.#view.setUint32(0, target, true);
    this.#view.setUint32(ACTUAL_AT, actual, true);
  }

  #inflate(driver: VirtioDriverSide): void {
    const { memory } = driver;
    const { readable } = this.#chain;
    const total = Math.min(readable.totalBytes - (readable.totalBytes % 4), 4 * MAX_PAGES);
    let start = 0;
    let pages = 0;
    for (let at = 0; at < total; at += PIECE_BYTES) {
      const size = Math.min(PIECE_BYTES, total - at);
      readable.copyOut(at, this.#numbers, 0, size);
      for (let i = 0; i < size; i += 4) {
        const page = this.#numbersView.getUint32(i, true);
        if (memory.partOf(page * BALLOON_PAGE_BYTES, BALLOON_PAGE_BYTES) === null) continue;
        // Linux names the pages of a block from either end.
        if (pages > 0 && page === start + pages) pages++;
        else if (pages > 0 && page === start - 1) {
          start--;
          pages++;
        } else {
          this.#give(driver, start, pages);
          start = page;
          pages = 1;
        }
      }
    }
    this.#give(driver, start, pages);
  }

  #give({ memory }: VirtioDriverSide, page: number, pages: number): void {
    const address = page * BALLOON_PAGE_BYTES;
    // Neighbours in two regions are kept: there is no such board.
    const part = pages > 0 ? memory.partOf(address, pages * BALLOON_PAGE_BYTES) : null;
    const start = address - (part?.guestAddress ?? 0);
    if (part !== null) this.#giveBack(part.bytes.subarray(start, start + pages * BALLOON_PAGE_BYTES));
  }

  /** Buffers are the free memory itself. */
  #report(): void {
    for (const { bytes, start, length } of this.#chain.writable.pieces()) {
      const from = Math.ceil(start / BALLOON_PAGE_BYTES) * BALLOON_PAGE_BYTES;
      const to = Math.floor((start + length) / BALLOON_PAGE_BYTES) * BALLOON_PAGE_BYTES;
      if (to > from) this.#giveBack(bytes.subarray(from, to));
    }
  }
}
