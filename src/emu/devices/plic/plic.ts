/**
 * The platform-level interrupt controller: RISC-V PLIC specification 1.0.0, with the sizes of QEMU's `virt` board. Its
 * registers live in shared memory, so that a hart claims and completes without waiting for the thread of the devices; every
 * thread makes an object of its own over the same words.
 *
 * Sources are level-sensitive: a source is pending while its line is high and no hart is at it, and again when a hart has
 * completed it and the line is still high. A line that falls before a claim takes its request back.
 *
 *     words   0        lock
 *             1        number of contexts
 *             16 …     levels, pending, in service: a bit a source, 4 words each
 *             32 …     priority of each source
 *             160 …    for each context: 4 words of enables, threshold, whether it is raised, 2 unused
 */
import { SharedLock } from '../shared-lock.ts';

/** Sources are 1 to this (`riscv,ndev`). */
export const PLIC_SOURCES = 96;
/** Bytes of address space. */
export const PLIC_BYTES = 0x60_0000;

const MAX_PRIORITY = 7;
const LEVELS = 16;
const PENDING = 20;
const IN_SERVICE = 24;
const PRIORITY = 32;
const CONTEXTS = 160;
const CONTEXT_WORDS = 8;
const THRESHOLD = 4;
const RAISED = 5;
const SOURCE_WORDS = 4;

const PENDING_AT = 0x1000;
const ENABLE_AT = 0x2000;
const ENABLE_STRIDE = 0x80;
const CONTEXT_AT = 0x20_0000;
const CONTEXT_STRIDE = 0x1000;

/** Words of shared memory for that many contexts. */
export function plicWords(contexts: number): number {
  return CONTEXTS + CONTEXT_WORDS * contexts;
}

/** The controller as one thread sees it. */
export class Plic {
  readonly #words: Int32Array;
  readonly #contexts: number;
  readonly #lock: SharedLock;
  readonly #onContext: (context: number, isRaised: boolean) => void;

  /**
   * `words` is shared memory of `plicWords(contexts)`. `onContext` is called with the lock held, when the interrupt of a
   * context begins or ends: it must be quick and must not come back here.
   */
  constructor(words: Int32Array, onContext: (context: number, isRaised: boolean) => void) {
    this.#words = words;
    this.#contexts = Math.floor((words.length - CONTEXTS) / CONTEXT_WORDS);
    this.#lock = new SharedLock(words, 0);
    this.#onContext = onContext;
  }

  /** A source's line follows `isRaised`, which is asked while no one else can set the line. */
  follow(source: number, isRaised: () => boolean): void {
    this.#lock.acquire();
    const bit = 1 << (source & 31);
    const word = source >>> 5;
    if (isRaised()) {
      this.#words[LEVELS + word]! |= bit;
      if ((this.#words[IN_SERVICE + word]! & bit) === 0) this.#words[PENDING + word]! |= bit;
    } else {
      this.#words[LEVELS + word]! &= ~bit;
      this.#words[PENDING + word]! &= ~bit;
    }
    this.#update();
    this.#lock.release();
  }

  /** Reads the word at a byte offset; what is not there is 0. */
  load(offset: number, size: number): number {
    if (size !== 4 || offset % 4 !== 0) return 0;
    if (offset < PENDING_AT) return this.#isSource(offset / 4) ? this.#words[PRIORITY + offset / 4]! : 0;
    if (offset < ENABLE_AT) {
      const word = (offset - PENDING_AT) / 4;
      return word < SOURCE_WORDS ? this.#words[PENDING + word]! >>> 0 : 0;
    }
    if (offset < CONTEXT_AT) {
      const at = this.#enableWord(offset);
      return at === null ? 0 : this.#words[at]! >>> 0;
    }
    const context = Math.floor((offset - CONTEXT_AT) / CONTEXT_STRIDE);
    if (context >= this.#contexts) return 0;
    const register = (offset - CONTEXT_AT) % CONTEXT_STRIDE;
    if (register === 0) return this.#words[this.#context(context) + THRESHOLD]!;
    return register === 4 ? this.#claim(context) : 0;
  }

  /** Writes the word at a byte offset; what cannot be written is dropped. */
  store(offset: number, size: number, value: number): void {
    if (size !== 4 || offset % 4 !== 0) return;
    this.#lock.acquire();
    this.#set(offset, value);
    this.#update();
    this.#lock.release();
  }

  /** As at power-on; lines keep their level. */
  reset(): void {
    this.#lock.acquire();
    this.#words.fill(0, PENDING);
    for (let word = 0; word < SOURCE_WORDS; word++) this.#words[PENDING + word] = this.#words[LEVELS + word]!;
    for (let context = 0; context < this.#contexts; context++) this.#onContext(context, false);
    this.#lock.release();
  }

  /** Everything it knows, as plain numbers, while nothing runs. */
  save(): readonly number[] {
    return [...this.#words];
  }

  /** Goes on from what `save` gave; contexts are told what is raised. */
  restore(words: readonly number[]): void {
    this.#lock.acquire();
    this.#words.set(words.slice(1, this.#words.length), 1);
    for (let context = 0; context < this.#contexts; context++) {
      this.#onContext(context, this.#words[this.#context(context) + RAISED] !== 0);
    }
    this.#lock.release();
  }

  #set(offset: number, value: number): void {
    const words = this.#words;
    if (offset < PENDING_AT) {
      if (this.#isSource(offset / 4)) words[PRIORITY + offset / 4] = value & MAX_PRIORITY;
      return;
    }
    if (offset < ENABLE_AT) return;
    if (offset < CONTEXT_AT) {
      const at = this.#enableWord(offset);
      // Source 0 does not exist.
      if (at !== null) words[at] = offset % ENABLE_STRIDE === 0 ? value & ~1 : value;
      return;
    }
    const context = Math.floor((offset - CONTEXT_AT) / CONTEXT_STRIDE);
    if (context >= this.#contexts) return;
    const register = (offset - CONTEXT_AT) % CONTEXT_STRIDE;
    if (register === 0) words[this.#context(context) + THRESHOLD] = value & MAX_PRIORITY;
    else if (register === 4) this.#complete(context, value >>> 0);
  }

  #isSource(number: number): boolean {
    return number >= 1 && number <= PLIC_SOURCES;
  }

  #context(context: number): number {
    return CONTEXTS + CONTEXT_WORDS * context;
  }

  #enableWord(offset: number): number | null {
    const context = Math.floor((offset - ENABLE_AT) / ENABLE_STRIDE);
    const word = ((offset - ENABLE_AT) % ENABLE_STRIDE) / 4;
    return context < this.#contexts && word < SOURCE_WORDS ? this.#context(context) + word : null;
  }

  #claim(context: number): number {
    this.#lock.acquire();
    // A claim does not heed the threshold (§9).
    const source = this.#best(context, 0);
    if (source !== 0) {
      const bit = 1 << (source & 31);
      this.#words[PENDING + (source >>> 5)]! &= ~bit;
      this.#words[IN_SERVICE + (source >>> 5)]! |= bit;
      this.#update();
    }
    this.#lock.release();
    return source;
  }

  /** A completion of what the context has not enabled is dropped (§10). */
  #complete(context: number, source: number): void {
    if (!this.#isSource(source)) return;
    const words = this.#words;
    const bit = 1 << (source & 31);
    const word = source >>> 5;
    if ((words[this.#context(context) + word]! & bit) === 0) return;
    words[IN_SERVICE + word]! &= ~bit;
    if ((words[LEVELS + word]! & bit) !== 0) words[PENDING + word]! |= bit;
  }

  /** The pending source of the highest priority above `least`, of equals the lowest number; 0: none. */
  #best(context: number, least: number): number {
    const words = this.#words;
    const at = this.#context(context);
    let best = 0;
    let bestPriority = least;
    for (let word = 0; word < SOURCE_WORDS; word++) {
      for (let bits = words[PENDING + word]! & words[at + word]!; bits !== 0; bits &= bits - 1) {
        const source = 32 * word + 31 - Math.clz32(bits & -bits);
        const priority = words[PRIORITY + source]!;
        if (priority > bestPriority) {
          best = source;
          bestPriority = priority;
        }
      }
    }
    return best;
  }

  #update(): void {
    for (let context = 0; context < this.#contexts; context++) {
      const at = this.#context(context);
      const isRaised = this.#best(context, this.#words[at + THRESHOLD]!) === 0 ? 0 : 1;
      if (isRaised === this.#words[at + RAISED]) continue;
      this.#words[at + RAISED] = isRaised;
      this.#onContext(context, isRaised === 1);
    }
  }
}
