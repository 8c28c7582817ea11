/**
 * Instructions of the major opcode SYSTEM in translated code: the kernel (assembly/system.ts) does them, called from where they
 * stand. In place is done what a kernel does all the time: reading and writing registers that only hold a value, and setting
 * and clearing SIE and SUM of sstatus, in supervisor mode.
 *
 * An interrupt that comes while SIE is 0 is taken when it is set: the kernel is called for that when H_INTERRUPTS has bits, or
 * when H_MASKED says that one was found pending when interrupts were last looked at. A timer that goes off between is found
 * between two slices, as one is that goes off while SIE is 1.
 */
import { op } from '../../../wasm/opcodes.table.ts';
import { CSR_KIND, CSRS, type CsrRow } from '../csr.table.ts';
import * as layout from '../layout.ts';
import type { PlacedInstruction } from './region.ts';
import type { TranslationSite } from './translation-site.ts';

const SSTATUS = 0x100;
const SIE = 0x2n;
const SUM = 0x40000n;
/** Bits of mstatus that sstatus shows, without SD, and those that it can change. */
const SSTATUS_READ = 0x3000de162n;
const SSTATUS_WRITE = 0xc6122n;
const SUPERVISOR = 1;
/** Interrupts in H_INTERRUPTS, as in mip. */
const INTERRUPTS = 0xaaa;

const ROWS: ReadonlyMap<number, CsrRow> = new Map(CSRS.map((row) => [row.number, row]));
/** What is pending hangs on these, though they only hold a value. */
const WATCHED: readonly number[] = [layout.H_MIE, layout.H_MIDELEG];

/** Whether translated code does the instruction, or else the interpreter. */
export function isTranslatedSystem({ row }: PlacedInstruction): boolean {
  return row.name !== 'ecall' && row.name !== 'ebreak' && row.name !== 'wfi';
}

/** Whether code goes on behind the instruction as a rule. */
export function isCsrInstruction({ row }: PlacedInstruction): boolean {
  return row.format === 'C' || row.format === 'CI';
}

/** What a CSR instruction wants. */
interface CsrAccess {
  readonly number: number;
  /** CSRRW, CSRRS, CSRRC. */
  readonly kind: 'write' | 'set' | 'clear';
  readonly isWrite: boolean;
  /** Null: it is in register rs1. */
  readonly immediate: bigint | null;
}

function accessOf({ word, rs1 }: PlacedInstruction): CsrAccess {
  const funct = (word >>> 12) & 7;
  const kind = (funct & 3) === 1 ? 'write' : (funct & 3) === 2 ? 'set' : 'clear';
  const immediate = (funct & 4) === 0 ? null : BigInt(rs1);
  return { number: word >>> 20, kind, isWrite: kind === 'write' || rs1 !== 0, immediate };
}

/** Does the instruction by the kernel: pushes 0 to go on behind it, or not 0 to go on at H_PC. All registers are in memory. */
export function emitSystemCall(s: TranslationSite, it: PlacedInstruction): void {
  s.code.i32(0).get(s.budget).memory(op.i32Store, s.state(layout.H_BUDGET));
  it.semantics.emit(s);
}

/**
 * Does a CSR instruction, with the source register in its local. `leave` writes the way on at H_PC. Destination and memory are
 * alike behind it.
 */
export function emitCsr(s: TranslationSite, it: PlacedInstruction, mode: number, leave: () => void): void {
  const access = accessOf(it);
  const byKernel = (): void => {
    emitSystemCall(s, it);
    s.code.if(null, false);
    leave();
    s.code.end();
    s.reloadX(it.rd);
  };
  const row = ROWS.get(access.number);
  if (row !== undefined && isPlain(row, access, mode)) emitPlain(s, it, row, access);
  else if (access.number === SSTATUS && mode === SUPERVISOR && access.kind !== 'write')
    emitStatus(s, it, access, byKernel);
  else byKernel();
}

/** Whether a register may be accessed in a mode, whatever else is set, and does nothing but hold a value. */
function isPlain({ kind, place, number }: CsrRow, { isWrite }: CsrAccess, mode: number): boolean {
  const isAllowed = mode >= ((number >>> 8) & 3) && !(isWrite && number >>> 10 === 3);
  return isAllowed && kind === CSR_KIND.plain && place !== 0 && !WATCHED.includes(place);
}

function emitPlain(s: TranslationSite, it: PlacedInstruction, row: CsrRow, access: CsrAccess): void {
  const { code } = s;
  code.i32(0).memory(op.i64Load, s.state(row.place)).set(s.a);
  if (access.isWrite) {
    code.i32(0);
    code.get(s.a).i64(~row.writeMask).op(op.i64And);
    emitResult(s, access);
    code.i64(row.writeMask).op(op.i64And).op(op.i64Or);
    code.memory(op.i64Store, s.state(row.place));
  }
  if (it.rd === 0) return;
  code.get(s.a);
  s.setX();
}

/** Pushes what a register with the value in local `a` gets. */
function emitResult(s: TranslationSite, { kind, immediate }: CsrAccess): void {
  const { code } = s;
  if (kind !== 'write') code.get(s.a);
  if (immediate === null) s.x1();
  else code.i64(immediate);
  if (kind === 'set') code.op(op.i64Or);
  if (kind === 'clear') code.i64(-1).op(op.i64Xor).op(op.i64And);
}

/** CSRRS and CSRRC of sstatus: only SIE and SUM may change, SUM not to 0. */
function emitStatus(s: TranslationSite, it: PlacedInstruction, access: CsrAccess, byKernel: () => void): void {
  const { code } = s;
  const show = (): void => {
    if (it.rd === 0) return;
    code.get(s.a).i64(SSTATUS_READ).op(op.i64And);
    code.get(s.a).i64(13).op(op.i64ShrU).i64(3).op(op.i64And).i64(3).op(op.i64Eq);
    code.op(op.i64ExtendI32U).i64(63).op(op.i64Shl).op(op.i64Or);
    s.setX();
  };
  code.i32(0).memory(op.i64Load, s.state(layout.H_MSTATUS)).set(s.a);
  if (!access.isWrite) {
    show();
    return;
  }
  // What becomes of mstatus, in b.
  code.get(s.a).i64(~SSTATUS_WRITE).op(op.i64And);
  emitResult(s, access);
  code.i64(SSTATUS_WRITE).op(op.i64And).op(op.i64Or).set(s.b);
  const isSet = access.kind === 'set';
  code.get(s.a).get(s.b).op(op.i64Xor);
  code
    .i64(~(isSet ? SIE | SUM : SIE))
    .op(op.i64And)
    .op(op.i64Eqz);
  if (isSet) {
    code.get(s.b).i64(SIE).op(op.i64And).op(op.i64Eqz);
    emitNothingPends(s);
    code.op(op.i32Or).op(op.i32And);
  }
  code.if(null, true);
  code.i32(0).get(s.b).memory(op.i64Store, s.state(layout.H_MSTATUS));
  const held = s.heldX;
  show();
  code.else();
  s.heldX = held;
  byKernel();
  code.end();
}

/** Pushes whether no interrupt is known to be pending, i32. */
function emitNothingPends(s: TranslationSite): void {
  const { code } = s;
  s.load32(layout.H_INTERRUPTS);
  code.i32(INTERRUPTS).op(op.i32And);
  s.load32(layout.H_MASKED);
  code.op(op.i32Or).op(op.i32Eqz);
}
