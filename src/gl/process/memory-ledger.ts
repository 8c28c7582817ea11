/**
 * What all clients of one server have of its memory together: a page that their processes share. Each notes its own part in
 * its progress page as well, so that the server can give it back when the process was killed.
 */
import { SharedMemory } from '../../base/native/shared-memory.ts';
import type { Budget } from '../core/quota.ts';
import type { ProgressPage } from './progress-page.ts';

const PAGE_BYTES = 4096;
const USED = 0;
const LIMIT = 1;

/** The page, mapped. It counts in units of 4096 bytes. */
export class MemoryLedger implements Disposable {
  readonly fd: number;
  readonly #memory: SharedMemory;
  readonly #words: Int32Array;

  private constructor(memory: SharedMemory) {
    this.#memory = memory;
    this.fd = memory.fd;
    this.#words = new Int32Array(memory.bytes.buffer, memory.bytes.byteOffset, 2);
  }

  /** A new one, with nothing taken. */
  static create(limitBytes: number): MemoryLedger {
    const ledger = new MemoryLedger(SharedMemory.create('saffron-ledger', PAGE_BYTES));
    ledger.#words[LIMIT] = Math.min(2 ** 31 - 1, Math.floor(limitBytes / PAGE_BYTES));
    return ledger;
  }

  /** The ledger behind a descriptor, which stays the caller's. */
  static map(fd: number): MemoryLedger {
    return new MemoryLedger(SharedMemory.map(fd, 0, PAGE_BYTES));
  }

  /** Bytes that are taken, by the page. */
  get usedBytes(): number {
    return Atomics.load(this.#words, USED) * PAGE_BYTES;
  }

  /** The part of one process. */
  shareOf(progress: ProgressPage): Budget {
    let bytes = 0;
    const change = (amount: number): boolean => {
      const pages = Math.ceil((bytes + amount) / PAGE_BYTES) - Math.ceil(bytes / PAGE_BYTES);
      const before = pages === 0 ? 0 : Atomics.add(this.#words, USED, pages);
      if (pages > 0 && before > this.#words[LIMIT]! - pages) {
        Atomics.sub(this.#words, USED, pages);
        return false;
      }
      bytes += amount;
      progress.memoryPages += pages;
      return true;
    };
    return { take: change, release: (amount) => void change(-amount) };
  }

  /** Gives back what a process had that is gone. */
  giveBack(progress: ProgressPage): void {
    Atomics.sub(this.#words, USED, Math.max(0, Math.min(progress.memoryPages, this.#words[USED]!)));
    progress.memoryPages = 0;
  }

  /** Unmaps it. Twice is once. */
  close(): void {
    this.#memory.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
