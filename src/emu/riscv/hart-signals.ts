/**
 * How threads and harts call on each other: words of the harts' areas that are only touched with Atomics (layout.ts, from
 * H_INTERRUPTS on). A hart looks at its word between slices of instructions, and sleeps on it.
 */
import type { GuestMemory, HartStart } from './contract.ts';
import { hartArea } from './guest-memory.ts';
import * as layout from './layout.ts';

/** See the file's head. Made by every thread for itself. */
export class HartSignals {
  readonly #words: Int32Array;
  readonly #longs: BigUint64Array;
  readonly #guest: GuestMemory;

  constructor(guest: GuestMemory) {
    this.#guest = guest;
    this.#words = new Int32Array(guest.memory.buffer);
    this.#longs = new BigUint64Array(guest.memory.buffer, 0, guest.ramOffset / 8);
  }

  /** Index of the hart's interrupt word in an Int32Array over the memory. */
  interruptIndex(hart: number): number {
    return this.#index(hart, layout.H_INTERRUPTS);
  }

  /** The interrupt word as it is. */
  interrupts(hart: number): number {
    return Atomics.load(this.#words, this.interruptIndex(hart));
  }

  /** Sets bits of the hart's interrupt word, as in mip, and wakes it. */
  interrupt(hart: number, bits: number): void {
    const index = this.interruptIndex(hart);
    Atomics.or(this.#words, index, bits);
    Atomics.notify(this.#words, index);
  }

  /** The interrupt word; the request to look at the others is taken back. */
  takeInterrupts(hart: number): number {
    return Atomics.and(this.#words, this.interruptIndex(hart), ~layout.ATTENTION) & ~layout.ATTENTION;
  }

  /** Sleeps until the interrupt word is no longer `seen`, or the time is over. */
  sleep(hart: number, seen: number, timeoutMs: number): void {
    Atomics.wait(this.#words, this.interruptIndex(hart), seen, timeoutMs);
  }

  command(hart: number): number {
    return Atomics.load(this.#words, this.#index(hart, layout.H_COMMAND));
  }

  setCommand(hart: number, command: number): void {
    Atomics.store(this.#words, this.#index(hart, layout.H_COMMAND), command);
    this.interrupt(hart, layout.ATTENTION);
  }

  /** Tells whether the hart may execute from now on. */
  setActive(hart: number, isActive: boolean): void {
    const index = this.#index(hart, layout.H_IS_ACTIVE);
    Atomics.store(this.#words, index, isActive ? 1 : 0);
    if (!isActive) Atomics.notify(this.#words, index);
  }

  /** Resolves when the hart does not execute. */
  async untilInactive(hart: number): Promise<void> {
    const index = this.#index(hart, layout.H_IS_ACTIVE);
    while (Atomics.load(this.#words, index) !== 0) {
      const { async: isAsync, value } = Atomics.waitAsync(this.#words, index, 1);
      if (isAsync) await value;
    }
  }

  state(hart: number): number {
    return Atomics.load(this.#words, this.#index(hart, layout.H_HSM));
  }

  setState(hart: number, state: number): void {
    Atomics.store(this.#words, this.#index(hart, layout.H_HSM), state);
  }

  /** Starts a stopped hart; false when it is not stopped. */
  start(hart: number, start: Omit<HartStart, 'mode'>): boolean {
    if (this.state(hart) !== layout.HSM_STOPPED) return false;
    this.setStart(hart, start);
    this.setState(hart, layout.HSM_START_PENDING);
    this.interrupt(hart, layout.ATTENTION);
    return true;
  }

  setStart(hart: number, start: Omit<HartStart, 'mode'>): void {
    const at = (hartArea(hart) + layout.H_START) / 8;
    this.#longs.set([start.pc, start.a0, start.a1, start.a2 ?? 0n], at);
  }

  /** What the hart is to be started with. */
  startOf(hart: number): Omit<HartStart, 'mode'> {
    const [pc = 0n, a0 = 0n, a1 = 0n, a2 = 0n] = this.#longs.subarray((hartArea(hart) + layout.H_START) / 8);
    return { pc, a0, a1, a2 };
  }

  /** Asks other harts to do something before their next instruction and waits until they have; `meanwhile` serves one's own. */
  request(harts: readonly number[], bits: number, meanwhile: () => void): void {
    for (const hart of harts) {
      Atomics.or(this.#words, this.#index(hart, layout.H_REQUESTS), bits);
      this.interrupt(hart, layout.ATTENTION);
    }
    for (const hart of harts) {
      const index = this.#index(hart, layout.H_REQUESTS);
      const isActive = this.#index(hart, layout.H_IS_ACTIVE);
      // One that does not execute will look before it does.
      for (;;) {
        const pending = Atomics.load(this.#words, index);
        if ((pending & bits) === 0 || Atomics.load(this.#words, isActive) === 0) break;
        meanwhile();
        Atomics.wait(this.#words, index, pending, 1);
      }
    }
  }

  /** Notes requests of a hart that does not execute: it will look before it does. */
  addRequests(hart: number, bits: number): void {
    Atomics.or(this.#words, this.#index(hart, layout.H_REQUESTS), bits);
  }

  /** Requests to this hart; they count as done. */
  takeRequests(hart: number): number {
    const index = this.#index(hart, layout.H_REQUESTS);
    const bits = Atomics.exchange(this.#words, index, 0);
    if (bits !== 0) Atomics.notify(this.#words, index);
    return bits;
  }

  get hartCount(): number {
    return this.#guest.hartCount;
  }

  #index(hart: number, offset: number): number {
    return (hartArea(hart) + offset) / 4;
  }

  /** When the hart's timer of machine mode goes off, in ticks. */
  machineTimer(hart: number): bigint {
    return Atomics.load(this.#longs, (hartArea(hart) + layout.H_MTIMECMP) / 8);
  }

  setMachineTimer(hart: number, ticks: bigint): void {
    Atomics.store(this.#longs, (hartArea(hart) + layout.H_MTIMECMP) / 8, ticks);
    this.interrupt(hart, layout.ATTENTION);
  }

  /** Clears bits of the hart's interrupt word. */
  withdraw(hart: number, bits: number): void {
    Atomics.and(this.#words, this.interruptIndex(hart), ~bits);
  }
}
