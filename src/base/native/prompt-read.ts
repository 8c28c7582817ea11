/**
 * Reads of files that never wait: preadv2(2) with RWF_NOWAIT gives what the host has in memory, and into scattered memory at
 * once.
 *
 *     iovec   + 0 u64 address   + 8 u64 bytes
 */
import { addressOf, libc } from './libc.ts';

const RWF_NOWAIT = 8;
/** UIO_MAXIOV of Linux. */
const MAX_PIECES = 1024;
const WORDS_A_PIECE = 4;
const HIGH = 0x1_0000_0000;

/** Gathers pieces of memory and reads into them. */
export class PromptReader {
  readonly #pieces = new Uint32Array(MAX_PIECES * WORDS_A_PIECE);
  #count = 0;
  /** Pieces mostly lie in the same memory as the one before. */
  #memory: Uint8Array | null = null;
  #address = 0;

  /** Adds `length` bytes of `memory` from `start` on, which lie in it; dropped when there are too many pieces. */
  add(memory: Uint8Array, start: number, length: number): void {
    if (this.#count === MAX_PIECES) return;
    if (memory !== this.#memory) {
      this.#memory = memory;
      this.#address = Number(addressOf(memory));
    }
    const address = this.#address + start;
    const at = this.#count++ * WORDS_A_PIECE;
    this.#pieces[at] = address;
    this.#pieces[at + 1] = address / HIGH;
    this.#pieces[at + 2] = length;
    this.#pieces[at + 3] = length / HIGH;
  }

  /**
   * Reads what a file has from `offset` on into the pieces, one after another, and forgets them. Returns how many bytes it
   * has read: as far as the host has the file in memory, or the file goes; 0 too where files cannot be read so.
   */
  read(fd: number, offset: number): number {
    const read = libc.preadv2(fd, this.#pieces, this.#count, offset, RWF_NOWAIT);
    this.#count = 0;
    this.#memory = null;
    return Math.max(read, 0);
  }
}
