// Traps, interrupts and the counters (privileged specification, "Machine-Level ISA").
import {
  H_BUDGET,
  H_HAS_SBI,
  H_INTERRUPTS,
  H_MASKED,
  H_MCAUSE,
  H_MEDELEG,
  H_MENVCFG,
  H_MEPC,
  H_MIDELEG,
  H_MIE,
  H_MIP,
  H_MODE,
  H_MSTATUS,
  H_MTIMECMP,
  H_MTVAL,
  H_MTVEC,
  H_PC,
  H_RESERVED,
  H_SCAUSE,
  H_SEPC,
  H_SLICE_END,
  H_STIMECMP,
  H_STVAL,
  H_STVEC,
  H_TICK_INSTRUCTIONS,
  H_TIME_BASE,
} from '../layout';
import { now } from './imports';
import { at, get32, get64, refreshFpState, set32, set64 } from './hart';
import { chooseCaches, fetchPlace, forgetUserPages, refreshJumpKey } from './mmu';

export const STIP: i64 = 1 << 5;
const MTIP: i64 = 1 << 7;
const STCE: u64 = 1 << 63;
const SUM: i64 = 1 << 18;

/** Instructions retired, without the one that asks. */
export function retired(): i64 {
  return get64(H_SLICE_END) - <i64>get32(H_BUDGET) - 1;
}

/** The counter `time`. */
export function time(): i64 {
  const tick = get32(H_TICK_INSTRUCTIONS);
  const ticks = tick ? (get64(H_SLICE_END) - <i64>get32(H_BUDGET)) / <i64>tick : <i64>now();
  return ticks + get64(H_TIME_BASE);
}

export function hasStimecmp(): bool {
  return (<u64>get64(H_MENVCFG) & STCE) != 0;
}

export function readMip(): i64 {
  let bits = (<i64>atomic.load<i32>(at(H_INTERRUPTS)) & 0xaaa) | get64(H_MIP);
  const hasMachineTimer = get32(H_HAS_SBI) == 0;
  if (!hasStimecmp() && !hasMachineTimer) return bits;
  const ticks = <u64>time();
  if (hasStimecmp()) bits = (bits & ~STIP) | (ticks >= <u64>get64(H_STIMECMP) ? STIP : 0);
  if (hasMachineTimer && ticks >= atomic.load<u64>(at(H_MTIMECMP))) bits |= MTIP;
  return bits;
}

/** Sets mstatus and all that hangs on it and on the mode. */
export function writeStatus(value: i64): void {
  const before = get64(H_MSTATUS);
  set64(H_MSTATUS, value);
  if (before & ~value & SUM) forgetUserPages();
  refreshFpState();
  chooseCaches();
  refreshJumpKey();
}

/** Takes a trap: what is left to do is to go on at H_PC. */
export function trap(cause: i64, value: i64, epc: i64): void {
  const mode = get32(H_MODE);
  const number = cause & 63;
  const isInterrupt = cause < 0;
  const delegated = get64(isInterrupt ? H_MIDELEG : H_MEDELEG);
  const status = get64(H_MSTATUS);
  let vector: i64;
  set32(H_RESERVED, 0);
  if (mode <= 1 && ((delegated >> number) & 1) != 0) {
    set64(H_SCAUSE, cause);
    set64(H_SEPC, epc);
    set64(H_STVAL, value);
    set32(H_MODE, 1);
    // SPIE = SIE, SIE = 0, SPP = mode.
    writeStatus((status & ~0x122) | ((status & 2) << 4) | ((<i64>mode) << 8));
    vector = get64(H_STVEC);
  } else {
    set64(H_MCAUSE, cause);
    set64(H_MEPC, epc);
    set64(H_MTVAL, value);
    set32(H_MODE, 3);
    writeStatus((status & ~0x1888) | ((status & 8) << 4) | ((<i64>mode) << 11));
    vector = get64(H_MTVEC);
  }
  set64(H_PC, (vector & ~3) + ((vector & 1) != 0 && isInterrupt ? number << 2 : 0));
}

/** Takes the interrupt of highest rank that is pending and enabled, for the instruction at H_PC. Tells whether there was one. */
export function takeInterrupt(): i32 {
  set32(H_MASKED, 0);
  const enabled = get64(H_MIE);
  if (enabled == 0) return 0;
  const pending = readMip() & enabled;
  if (pending == 0) return 0;
  const mode = get32(H_MODE);
  const status = get64(H_MSTATUS);
  const delegated = get64(H_MIDELEG);
  const machine = mode < 3 || (status & 8) != 0 ? pending & ~delegated : 0;
  const supervisor = mode < 1 || (mode == 1 && (status & 2) != 0) ? pending & delegated : 0;
  const ready = machine != 0 ? machine : supervisor;
  if (ready == 0) {
    set32(H_MASKED, 1);
    return 0;
  }
  // MEI, MSI, MTI, SEI, SSI, STI.
  const number: i64 =
    (ready & 0x800) != 0
      ? 11
      : (ready & 8) != 0
        ? 3
        : (ready & 0x80) != 0
          ? 7
          : (ready & 0x200) != 0
            ? 9
            : (ready & 2) != 0
              ? 1
              : 5;
  trap(number | ((<i64>1) << 63), 0, get64(H_PC));
  return 1;
}

/** The instruction at `pc` is none: traps with its bits. */
export function illegal(pc: i64): i32 {
  let bits: i64 = 0;
  const place = fetchPlace(pc);
  if (place != 0) {
    bits = <i64>load<u16>(<usize>(<u32>place));
    if ((bits & 3) == 3) {
      const rest = fetchPlace(pc + 2);
      if (rest != 0) bits |= (<i64>load<u16>(<usize>(<u32>rest))) << 16;
    }
  }
  trap(2, bits, pc);
  return 1;
}
