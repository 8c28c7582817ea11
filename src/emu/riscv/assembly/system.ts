// The instructions of the major opcode SYSTEM and FENCE.I. Each gives how the interpreter goes on: 0 with the next
// instruction, 1 at H_PC, 2 not at all: `run` comes back with H_EXIT.
import {
  CSR_INDEX,
  CSR_ROW_BYTES,
  CSR_ROWS,
  EXIT_SBI,
  EXIT_WFI,
  H_CYCLE_BASE,
  H_EXIT,
  H_FCSR,
  H_HAS_SBI,
  H_INSTRET_BASE,
  H_INTERRUPTS,
  H_MCOUNTEREN,
  H_MEPC,
  H_MIDELEG,
  H_MIE,
  H_MIP,
  H_MODE,
  H_MSTATUS,
  H_PC,
  H_RESERVED,
  H_SATP,
  H_SCOUNTEREN,
  H_SEPC,
  H_STIMECMP,
  H_X,
} from '../layout';
import { at, get32, get64, set32, set64, writeFcsr } from './hart';
import { doubtCode, flushPage, flushTranslations } from './mmu';
import { writePmpAddress, writePmpConfig } from './pmp';
import { hasStimecmp, illegal, readMip, retired, takeInterrupt, time, trap, writeStatus } from './trap';

// Kinds of CSR rows; the same in ../csr.table.ts.
const FFLAGS = 1;
const FRM = 2;
const FCSR = 3;
const CYCLE = 4;
const TIME = 5;
const INSTRET = 6;
const MSTATUS = 7;
const SSTATUS = 8;
const MIP = 9;
const SIP = 10;
const SIE = 11;
const SATP = 12;
const STIMECMP = 13;
const MCYCLE = 14;
const MINSTRET = 15;
const FLUSHES = 16;
const PMPCFG = 17;
const PMPADDR = 18;

const FS: i64 = 3 << 13;
const MXR: i64 = 1 << 19;
const TVM: i64 = 1 << 20;
const TW: i64 = 1 << 21;
const TSR: i64 = 1 << 22;
const SSTATUS_READ: i64 = 0x80000003000de162;
const SSTATUS_WRITE: i64 = 0xc6122;

function mayCount(counter: i32): bool {
  const mode = get32(H_MODE);
  if (mode == 3) return true;
  if (!((get64(H_MCOUNTEREN) >> counter) & 1)) return false;
  return mode == 1 || ((get64(H_SCOUNTEREN) >> counter) & 1) != 0;
}

function mayAccess(number: i32, kind: i32): bool {
  const mode = get32(H_MODE);
  if (mode < ((number >> 8) & 3)) return false;
  switch (kind) {
    case FFLAGS:
    case FRM:
    case FCSR:
      return (get64(H_MSTATUS) & FS) != 0;
    case CYCLE:
      return mayCount(number & 31);
    case TIME:
      return mayCount(1);
    case INSTRET:
      return mayCount(2);
    case SATP:
      return mode == 3 || !(get64(H_MSTATUS) & TVM);
    case STIMECMP:
      return mode == 3 || (hasStimecmp() && (get64(H_MCOUNTEREN) & 2) != 0);
    default:
      return true;
  }
}

function withSummary(status: i64): i64 {
  return (status & FS) == FS ? status | ((<i64>1) << 63) : status;
}

function read(kind: i32, offset: i32): i64 {
  switch (kind) {
    case FFLAGS:
      return <i64>(get32(H_FCSR) & 31);
    case FRM:
      return <i64>((get32(H_FCSR) >> 5) & 7);
    case FCSR:
      return <i64>get32(H_FCSR);
    case CYCLE:
    case MCYCLE:
      return offset ? retired() + get64(H_CYCLE_BASE) : 0;
    case INSTRET:
    case MINSTRET:
      return retired() + get64(H_INSTRET_BASE);
    case TIME:
      return time();
    case MSTATUS:
      return withSummary(get64(H_MSTATUS));
    case SSTATUS:
      return withSummary(get64(H_MSTATUS)) & SSTATUS_READ;
    case MIP:
      return readMip();
    case SIP:
      return readMip() & get64(H_MIDELEG);
    case SIE:
      return get64(H_MIE) & get64(H_MIDELEG);
    default:
      return offset ? get64(offset) : 0;
  }
}

/** Writes mip bits that software owns. */
function writePending(value: i64, mask: i64): void {
  if (mask & 2) {
    if (value & 2) atomic.or<i32>(at(H_INTERRUPTS), 2);
    else atomic.and<i32>(at(H_INTERRUPTS), ~2);
  }
  const own = mask & (hasStimecmp() ? 0x200 : 0x220);
  set64(H_MIP, (get64(H_MIP) & ~own) | (value & own));
}

/** Whether anything else than the register itself changed, so that the interpreter must look anew. */
function write(kind: i32, offset: i32, value: i64, mask: i64, touched: i64): bool {
  switch (kind) {
    case FFLAGS:
      writeFcsr((get32(H_FCSR) & 0xe0) | (<i32>value & 31));
      break;
    case FRM:
      writeFcsr((get32(H_FCSR) & 31) | ((<i32>value & 7) << 5));
      break;
    case FCSR:
      writeFcsr(<i32>value);
      break;
    case MSTATUS:
    case SSTATUS: {
      const before = get64(H_MSTATUS);
      const writable = kind == MSTATUS ? mask : SSTATUS_WRITE;
      let after = (before & ~writable) | (value & writable);
      // MPP holds no mode that there is not.
      if (((after >> 11) & 3) == 2) after &= ~0x1800;
      writeStatus(after);
      if ((before ^ after) & MXR) flushTranslations();
      return true;
    }
    case MIP:
      writePending(value, 0x222 & touched);
      return true;
    case SIP:
      writePending(value, 2 & touched & get64(H_MIDELEG));
      return true;
    case SIE: {
      const delegated = get64(H_MIDELEG);
      set64(H_MIE, (get64(H_MIE) & ~delegated) | (value & delegated));
      return true;
    }
    case SATP: {
      const scheme = <u64>value >> 60;
      if (scheme != 0 && scheme != 8 && scheme != 9) break;
      set64(H_SATP, value & mask);
      flushTranslations();
      return true;
    }
    case STIMECMP:
      set64(H_STIMECMP, value);
      return true;
    case MCYCLE:
      set64(H_CYCLE_BASE, value - retired() - 1);
      break;
    case MINSTRET:
      set64(H_INSTRET_BASE, value - retired() - 1);
      break;
    case FLUSHES:
      set64(offset, (get64(offset) & ~mask) | (value & mask));
      flushTranslations();
      return true;
    case PMPCFG:
      if (offset) writePmpConfig(offset, value);
      return true;
    case PMPADDR:
      if (offset) writePmpAddress(offset, value & mask);
      return true;
    default:
      if (offset) set64(offset, (get64(offset) & ~mask) | (value & mask));
      return offset == H_MIE || offset == H_MIDELEG;
  }
  return false;
}

/** After something that interrupts, caches or the mode hang on: goes on at `pc`. */
function settle(pc: i64): i32 {
  set64(H_PC, pc);
  takeInterrupt();
  return 1;
}

/** CSRRW and its kin. */
export function csr(word: i32, pc: i64): i32 {
  const number = <i32>(<u32>word >> 20);
  const row = <i32>load<u8>(CSR_INDEX + number);
  if (row == 0) return illegal(pc);
  const at0 = <usize>(CSR_ROWS + row * CSR_ROW_BYTES);
  const offset = load<i32>(at0);
  const kind = load<i32>(at0, 4);
  const funct = (word >> 12) & 7;
  const source = (word >> 15) & 31;
  const isWrite = (funct & 3) == 1 || source != 0;
  if (!mayAccess(number, kind) || (isWrite && number >> 10 == 3)) return illegal(pc);
  const operand: i64 = funct & 4 ? <i64>source : get64(H_X + source * 8);
  let old = read(kind, offset);
  const shown = old & load<i64>(at0, 8);
  let hasMore = false;
  if (isWrite) {
    // SEIP as read holds the line of the interrupt controller, which must not become software's bit.
    if (kind == MIP && (funct & 3) != 1) old = get64(H_MIP) | (<i64>load<i32>(at(H_INTERRUPTS)) & 2);
    const value = (funct & 3) == 1 ? operand : (funct & 3) == 2 ? old | operand : old & ~operand;
    if (kind <= FCSR && kind >= FFLAGS) writeStatus(get64(H_MSTATUS) | FS);
    hasMore = write(kind, offset, value, load<i64>(at0, 16), (funct & 3) == 1 ? -1 : operand);
  }
  const rd = (word >> 7) & 31;
  if (rd) set64(H_X + rd * 8, shown);
  return hasMore ? settle(pc + 4) : 0;
}

/** Floating point is off or not dirty, or frm is not valid: 1 when the instruction may be done, 0 after a trap. */
export function prepareFloat(word: i32, pc: i64): i32 {
  const status = get64(H_MSTATUS);
  if ((status & FS) == 0) return 1 - illegal(pc);
  writeStatus(status | FS);
  // Loads, stores, moves, comparisons and the like have no rounding mode, but other things where its field is.
  const opcode = word & 0x7f;
  const five = <i32>(<u32>word >> 27);
  const isRounded =
    opcode >= 0x43 && opcode <= 0x4f
      ? true
      : opcode == 0x53 && (five <= 3 || five == 8 || five == 11 || five == 24 || five == 26);
  if (isRounded && ((word >> 12) & 7) == 7 && ((get32(H_FCSR) >> 5) & 7) > 4) return 1 - illegal(pc);
  return 1;
}

export function ecall(pc: i64): i32 {
  const mode = get32(H_MODE);
  if (mode == 1 && get32(H_HAS_SBI) != 0) {
    set64(H_PC, pc + 4);
    set32(H_EXIT, EXIT_SBI);
    return 2;
  }
  trap(<i64>(8 + mode), 0, pc);
  return 1;
}

export function ebreak(pc: i64): i32 {
  trap(3, pc, pc);
  return 1;
}

export function sret(pc: i64): i32 {
  const mode = get32(H_MODE);
  const status = get64(H_MSTATUS);
  if (mode < 1 || (mode == 1 && (status & TSR) != 0)) return illegal(pc);
  const to = <i32>((status >> 8) & 1);
  set32(H_MODE, to);
  set32(H_RESERVED, 0);
  // SIE = SPIE, SPIE = 1, SPP = user, MPRV = 0.
  writeStatus((status & ~0x20122) | ((status >> 4) & 2) | 0x20);
  return settle(get64(H_SEPC));
}

export function mret(pc: i64): i32 {
  if (get32(H_MODE) != 3) return illegal(pc);
  const status = get64(H_MSTATUS);
  const to = <i32>((status >> 11) & 3);
  set32(H_MODE, to);
  set32(H_RESERVED, 0);
  writeStatus((status & (to == 3 ? ~0x1888 : ~0x21888)) | ((status >> 4) & 8) | 0x80);
  return settle(get64(H_MEPC));
}

export function wfi(pc: i64): i32 {
  const mode = get32(H_MODE);
  if (mode == 0 || (mode == 1 && (get64(H_MSTATUS) & TW) != 0)) return illegal(pc);
  set64(H_PC, pc + 4);
  if ((readMip() & get64(H_MIE)) != 0) {
    takeInterrupt();
    return 1;
  }
  set32(H_EXIT, EXIT_WFI);
  return 2;
}

export function sfence_vma(word: i32, pc: i64): i32 {
  const mode = get32(H_MODE);
  if (mode == 0 || (mode == 1 && (get64(H_MSTATUS) & TVM) != 0)) return illegal(pc);
  const rs1 = (word >> 15) & 31;
  if (rs1) flushPage(get64(H_X + rs1 * 8));
  else flushTranslations();
  set64(H_PC, pc + 4);
  return 1;
}

export function fence_i(pc: i64): i32 {
  doubtCode();
  set64(H_PC, pc + 4);
  return 1;
}
