/**
 * A page of memory in which a GPU process shows that it lives: whether it is at work, and how often it got somewhere. The
 * process that watches it needs no answer from one that hangs in a driver.
 */
import { SharedMemory } from '../../base/native/shared-memory.ts';

const PAGE_BYTES = 4096;
const BUSY = 0;
const COUNT = 1;
const MEMORY = 2;

/** The page, mapped. */
export class ProgressPage implements Disposable {
  readonly fd: number;
  readonly #memory: SharedMemory;
  readonly #words: Int32Array;

  private constructor(memory: SharedMemory) {
    this.#memory = memory;
    this.fd = memory.fd;
    this.#words = new Int32Array(memory.bytes.buffer, 0, 3);
  }

  /** A new page, all zero. */
  static create(): ProgressPage {
    return new ProgressPage(SharedMemory.create('saffron-progress', PAGE_BYTES));
  }

  /** The page behind a descriptor, which stays the caller's. */
  static map(fd: number): ProgressPage {
    return new ProgressPage(SharedMemory.map(fd, 0, PAGE_BYTES));
  }

  /** Work begins, or goes on. */
  enter(): void {
    this.#words[BUSY] = 1;
    this.#words[COUNT] = (this.#words[COUNT]! + 1) | 0;
  }

  /** Work is done for now. */
  leave(): void {
    this.#words[BUSY] = 0;
  }

  /** Whether it is at work. */
  get isBusy(): boolean {
    return this.#words[BUSY] !== 0;
  }

  /** Changes whenever work goes on. */
  get count(): number {
    return this.#words[COUNT]!;
  }

  /** What the process has of the memory of all (memory-ledger.ts). */
  get memoryPages(): number {
    return this.#words[MEMORY]!;
  }

  set memoryPages(pages: number) {
    this.#words[MEMORY] = pages;
  }

  /** Unmaps it. Twice is once. */
  close(): void {
    this.#memory.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
