/**
 * The part of the board that lives in shared memory: what harts use in their own threads, and the line by which they ask the
 * thread of the devices for the rest.
 *
 *     word 0   bell: counts what the thread of the devices is to look at
 *          1   lock of the call line
 *          2   call line: 0 free, 1 asked, 2 answered
 *          3   bytes of the access, 8 added for a store
 *          4   address
 *          5   value
 *          6   whether something was there
 *          8   lines of the virtio slots, 2 words each
 *          64  interrupt controller
 *          …   serial port
 */
import { Plic, plicWords } from '../../devices/plic/plic.ts';
import { SharedLock } from '../../devices/shared-lock.ts';
import { Uart, UART_WORDS } from '../../devices/uart/uart.ts';
import { MMIO_LINE_WORDS, MmioLines } from '../../virtio/mmio-lines.ts';
import { MEMORY_MAP, VIRTIO_SLOTS, virtioSlot } from './memory-map.ts';

const BELL = 0;
const CALL_LOCK = 1;
const CALL = 2;
const ACCESS = 3;
const ADDRESS = 4;
const VALUE = 5;
const IS_THERE = 6;
const STORE = 8;
const LINES = 8;
const PLIC = 64;

const FREE = 0;
const ASKED = 1;
const ANSWERED = 2;

/** Interrupts of a hart, bits as in `mip`: to its supervisor, to its machine mode. */
const SUPERVISOR_EXTERNAL = 1 << 9;
const MACHINE_EXTERNAL = 1 << 11;

/** The shared memory of a board: plain data, for every thread. */
export interface BoardHandle {
  readonly words: Int32Array;
  /** The words by which harts are interrupted, and the place of each hart's among them. */
  readonly interrupts: Int32Array;
  readonly interruptPlaces: readonly number[];
  /**
   * Whether a hart waits after each word to a device until that has done all that follows from it, so that runs are equal.
   * There is one hart then, whose time is counted in instructions.
   */
  readonly isPaced: boolean;
}

/** New shared memory for a board with these harts. */
export function createBoardHandle(
  interrupts: Int32Array,
  interruptPlaces: readonly number[],
  isPaced = false,
): BoardHandle {
  const words = PLIC + plicWords(2 * interruptPlaces.length) + UART_WORDS;
  return { words: new Int32Array(new SharedArrayBuffer(4 * words)), interrupts, interruptPlaces, isPaced };
}

/** An access that a hart asks the thread of the devices for. */
export interface BoardAccess {
  readonly isStore: boolean;
  readonly size: number;
  readonly address: number;
  readonly value: number;
}

/** The registers as one thread sees them. */
export class BoardRegisters {
  readonly plic: Plic;
  readonly uart: Uart;
  /** By slot. */
  readonly lines: readonly MmioLines[];
  readonly isPaced: boolean;
  readonly #words: Int32Array;
  readonly #interrupts: Int32Array;
  readonly #interruptPlaces: readonly number[];
  readonly #callLock: SharedLock;

  constructor(handle: BoardHandle) {
    const { words, interrupts, interruptPlaces } = handle;
    this.#words = words;
    this.isPaced = handle.isPaced;
    this.#interrupts = interrupts;
    this.#interruptPlaces = interruptPlaces;
    this.#callLock = new SharedLock(words, CALL_LOCK);
    const plicEnd = PLIC + plicWords(2 * interruptPlaces.length);
    const plic = new Plic(words.subarray(PLIC, plicEnd), (context, isRaised) => this.#interrupt(context, isRaised));
    const ring = (): void => this.ring();
    const uart: Uart = new Uart(
      words.subarray(plicEnd, plicEnd + UART_WORDS),
      () => plic.follow(MEMORY_MAP.uart.interrupt, () => uart.isRaised),
      ring,
    );
    this.plic = plic;
    this.uart = uart;
    this.lines = Array.from({ length: VIRTIO_SLOTS }, (_, slot) => {
      const at = LINES + MMIO_LINE_WORDS * slot;
      const { interrupt } = virtioSlot(slot);
      const lines: MmioLines = new MmioLines(
        words.subarray(at, at + MMIO_LINE_WORDS),
        () => plic.follow(interrupt, () => lines.isRaised),
        ring,
      );
      return lines;
    });
  }

  /** Has the thread of the devices look at everything. */
  ring(): void {
    Atomics.add(this.#words, BELL, 1);
    Atomics.notify(this.#words, BELL);
  }

  /** What the bell stands at. */
  get bell(): number {
    return Atomics.load(this.#words, BELL);
  }

  /** Waits, in an event loop, until the bell no longer stands at `seen`; null: it does not already. */
  waitForBell(seen: number): Promise<unknown> | null {
    const { async, value } = Atomics.waitAsync(this.#words, BELL, seen);
    return async ? value : null;
  }

  /** A hart's side of the call line: waits for the answer. −1: nothing is there. */
  call(isStore: boolean, address: number, size: number, value: number): number {
    const words = this.#words;
    this.#callLock.acquire();
    words[ACCESS] = size | (isStore ? STORE : 0);
    words[ADDRESS] = address;
    words[VALUE] = value;
    Atomics.store(words, CALL, ASKED);
    this.ring();
    while (Atomics.load(words, CALL) !== ANSWERED) Atomics.wait(words, CALL, ASKED);
    const result = words[IS_THERE] === 0 ? -1 : words[VALUE]! >>> 0;
    Atomics.store(words, CALL, FREE);
    this.#callLock.release();
    return result;
  }

  /** The other side: what is asked, if anything is. */
  get asked(): BoardAccess | null {
    const words = this.#words;
    if (Atomics.load(words, CALL) !== ASKED) return null;
    const access = words[ACCESS]!;
    return {
      isStore: (access & STORE) !== 0,
      size: access & (STORE - 1),
      address: words[ADDRESS]! >>> 0,
      value: words[VALUE]! >>> 0,
    };
  }

  /** Answers what was asked; −1: nothing is there. */
  answer(value: number): void {
    this.#words[IS_THERE] = value < 0 ? 0 : 1;
    this.#words[VALUE] = value;
    Atomics.store(this.#words, CALL, ANSWERED);
    Atomics.notify(this.#words, CALL);
  }

  #interrupt(context: number, isRaised: boolean): void {
    const place = this.#interruptPlaces[context >>> 1]!;
    const bit = (context & 1) === 0 ? MACHINE_EXTERNAL : SUPERVISOR_EXTERNAL;
    if (isRaised) {
      Atomics.or(this.#interrupts, place, bit);
      Atomics.notify(this.#interrupts, place);
    } else {
      Atomics.and(this.#interrupts, place, ~bit);
    }
  }
}
