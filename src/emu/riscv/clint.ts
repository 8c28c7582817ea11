/**
 * Timers and software interrupts of machine mode: the registers of SiFive's CLINT, which are those of ACLINT's MTIMER and
 * MSWI. They are harts' own: this stands before the bus in each hart's thread.
 *
 *     0x0000 + 4 × hart   u32  bit 0: software interrupt
 *     0x4000 + 8 × hart   u64  mtimecmp
 *     0xbff8              u64  mtime
 */
import type { GuestMemory, PhysicalBus } from './contract.ts';
import type { HartSignals } from './hart-signals.ts';

/** Where it lies: QEMU's place. */
export const CLINT = { base: 0x200_0000, bytes: 0x1_0000 } as const;

const COMPARE = 0x4000;
const TIME = 0xbff8;
const MACHINE_SOFTWARE = 1 << 3;

/** What it works on. */
export interface ClintOptions {
  readonly guest: GuestMemory;
  readonly signals: HartSignals;
  /** What is elsewhere. */
  readonly bus: PhysicalBus;
  /** The counter `time`. */
  readonly time: () => bigint;
}

/** The bus with the registers before it. */
export class Clint implements PhysicalBus {
  readonly #options: ClintOptions;

  constructor(options: ClintOptions) {
    this.#options = options;
  }

  load(address: number, sizeBytes: 1 | 2 | 4): number {
    const offset = address - CLINT.base;
    if (!(offset >= 0 && offset < CLINT.bytes)) return this.#options.bus.load(address, sizeBytes);
    if (sizeBytes !== 4) return -1;
    const { guest, signals, time } = this.#options;
    if (offset < 4 * guest.hartCount) return (signals.interrupts(offset / 4) & MACHINE_SOFTWARE) !== 0 ? 1 : 0;
    const hart = this.#timerOf(offset);
    if (hart !== null) return half(signals.machineTimer(hart), offset);
    return offset >= TIME && offset < TIME + 8 ? half(time(), offset) : 0;
  }

  store(address: number, sizeBytes: 1 | 2 | 4, value: number): boolean {
    const offset = address - CLINT.base;
    if (!(offset >= 0 && offset < CLINT.bytes)) return this.#options.bus.store(address, sizeBytes, value);
    if (sizeBytes !== 4) return false;
    const { guest, signals } = this.#options;
    const hart = this.#timerOf(offset);
    if (offset < 4 * guest.hartCount) {
      if ((value & 1) !== 0) signals.interrupt(offset / 4, MACHINE_SOFTWARE);
      else signals.withdraw(offset / 4, MACHINE_SOFTWARE);
    } else if (hart !== null) {
      const before = signals.machineTimer(hart);
      const word = BigInt(value >>> 0);
      const isHigh = (offset & 4) !== 0;
      const now = isHigh ? (before & 0xffff_ffffn) | (word << 32n) : ((before >> 32n) << 32n) | word;
      signals.setMachineTimer(hart, now);
    }
    return true;
  }

  /** The hart whose mtimecmp lies there. */
  #timerOf(offset: number): number | null {
    const hart = Math.floor((offset - COMPARE) / 8);
    return hart >= 0 && hart < this.#options.guest.hartCount ? hart : null;
  }
}

function half(value: bigint, offset: number): number {
  return Number(((offset & 4) !== 0 ? value >> 32n : value) & 0xffff_ffffn);
}
