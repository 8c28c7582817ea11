/**
 * The real-time clock `google,goldfish-rtc`, as QEMU's `virt` board has it (registers: "Goldfish Virtual Platform", RTC).
 * Time is nanoseconds since 1970; reading the low half latches the high one. An alarm interrupts once.
 */

/** Registers, offsets in bytes. */
export const RTC_REGISTERS = {
  timeLow: 0x00,
  timeHigh: 0x04,
  alarmLow: 0x08,
  alarmHigh: 0x0c,
  irqEnabled: 0x10,
  clearAlarm: 0x14,
  alarmStatus: 0x18,
  clearInterrupt: 0x1c,
} as const;

const R = RTC_REGISTERS;
/** A timer of the host cannot sleep longer. */
const MAX_SLEEP_MS = 0x7fff_ffff;

/** Its state as plain data. Nanoseconds are decimal digits. */
export interface RtcState {
  readonly offsetNs: string;
  readonly alarmNs: string | null;
  readonly alarmHigh: number;
  readonly latchedHigh: number;
  readonly isEnabled: boolean;
  readonly isPending: boolean;
}

/** The clock. It runs in the thread of the devices. */
export class Rtc {
  readonly #now: () => bigint;
  readonly #onInterrupt: () => void;
  /** What the guest has set its clock ahead of the host's by. */
  #offset = 0n;
  #alarm: bigint | null = null;
  #alarmHigh = 0;
  #latchedHigh = 0;
  #isEnabled = false;
  #isPending = false;
  #timer: NodeJS.Timeout | null = null;

  /** `now` gives nanoseconds since 1970. `onInterrupt`: the interrupt line is to follow `isRaised`. */
  constructor(now: () => bigint, onInterrupt: () => void) {
    this.#now = now;
    this.#onInterrupt = onInterrupt;
  }

  get isRaised(): boolean {
    return this.#isEnabled && this.#isPending;
  }

  load(offset: number, size: number): number {
    if (size !== 4) return 0;
    switch (offset) {
      case R.timeLow: {
        const time = this.#time;
        this.#latchedHigh = high(time);
        return low(time);
      }
      case R.timeHigh:
        return this.#latchedHigh;
      case R.alarmLow:
        return low(this.#alarm ?? 0n);
      case R.alarmHigh:
        return high(this.#alarm ?? 0n);
      case R.irqEnabled:
        return this.#isEnabled ? 1 : 0;
      case R.alarmStatus:
        return this.#alarm === null ? 0 : 1;
      default:
        return 0;
    }
  }

  store(offset: number, size: number, value: number): void {
    if (size !== 4) return;
    const word = BigInt(value >>> 0);
    switch (offset) {
      case R.timeHigh:
        this.#setTime((word << 32n) | (this.#time & 0xffff_ffffn));
        return;
      case R.timeLow:
        this.#setTime((this.#time & ~0xffff_ffffn) | word);
        return;
      case R.alarmHigh:
        this.#alarmHigh = value >>> 0;
        return;
      case R.alarmLow:
        this.#alarm = (BigInt(this.#alarmHigh) << 32n) | word;
        this.#sleep();
        return;
      case R.irqEnabled:
        this.#isEnabled = (value & 1) !== 0;
        this.#onInterrupt();
        return;
      case R.clearAlarm:
        this.#alarm = null;
        this.#sleep();
        return;
      case R.clearInterrupt:
        this.#isPending = false;
        this.#onInterrupt();
    }
  }

  /** As at power-on. The time the guest has set stays, as in a clock with a battery. */
  reset(): void {
    this.#alarm = null;
    this.#alarmHigh = 0;
    this.#latchedHigh = 0;
    this.#isEnabled = false;
    this.#isPending = false;
    this.#sleep();
    this.#onInterrupt();
  }

  save(): RtcState {
    return {
      offsetNs: String(this.#offset),
      alarmNs: this.#alarm === null ? null : String(this.#alarm),
      alarmHigh: this.#alarmHigh,
      latchedHigh: this.#latchedHigh,
      isEnabled: this.#isEnabled,
      isPending: this.#isPending,
    };
  }

  restore(state: RtcState): void {
    this.#offset = BigInt(state.offsetNs);
    this.#alarm = state.alarmNs === null ? null : BigInt(state.alarmNs);
    this.#alarmHigh = state.alarmHigh;
    this.#latchedHigh = state.latchedHigh;
    this.#isEnabled = state.isEnabled;
    this.#isPending = state.isPending;
    this.#sleep();
    this.#onInterrupt();
  }

  /** Ends its timer. */
  close(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  get #time(): bigint {
    return BigInt.asUintN(64, this.#now() + this.#offset);
  }

  #setTime(time: bigint): void {
    this.#offset = time - this.#now();
    this.#sleep();
  }

  /** Sleeps until the alarm, if there is one. */
  #sleep(): void {
    this.close();
    if (this.#alarm === null) return;
    const left = this.#alarm - this.#time;
    if (left <= 0n) {
      this.#alarm = null;
      this.#isPending = true;
      this.#onInterrupt();
      return;
    }
    const ms = Math.min(Number(left / 1_000_000n) + 1, MAX_SLEEP_MS);
    this.#timer = setTimeout(() => this.#sleep(), ms);
    this.#timer.unref();
  }
}

function low(time: bigint): number {
  return Number(time & 0xffff_ffffn);
}

function high(time: bigint): number {
  return Number((time >> 32n) & 0xffff_ffffn);
}
