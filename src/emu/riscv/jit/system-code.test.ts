import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createGuestMemory, hartArea } from '../guest-memory.ts';
import { Hart } from '../hart.ts';
import * as layout from '../layout.ts';
import { Program } from '../program.ts';

const RAM = 0x80000000;
const CSR = {
  sstatus: 0x100, sie: 0x104, stvec: 0x105, scounteren: 0x106, senvcfg: 0x10a, sscratch: 0x140, sepc: 0x141, scause: 0x142,
  stval: 0x143, sip: 0x144, stimecmp: 0x14d, satp: 0x180, fflags: 1, frm: 2, fcsr: 3, cycle: 0xc00, time: 0xc01,
  instret: 0xc02, hpmcounter3: 0xc03, mstatus: 0x300, misa: 0x301, medeleg: 0x302, mtvec: 0x305, mcounteren: 0x306,
  mscratch: 0x340, mepc: 0x341, mcause: 0x342, mtval: 0x343, mcycle: 0xb00, mhartid: 0xf14, mvendorid: 0xf11, none: 0x8ff,
} as const; // prettier-ignore
const NAMES = ['csrrw', 'csrrs', 'csrrc', 'csrrwi', 'csrrsi', 'csrrci'];
/** Left as they are: where traps go to, and what would bring others or change the mode or addresses of the program. */
const KEPT: readonly number[] = [CSR.stvec, CSR.mtvec, CSR.satp, CSR.sie, CSR.stimecmp, CSR.medeleg, CSR.mstatus];
/** What operands are made of: bits of sstatus, one at a time and together, and anything. */
const VALUES = [0, 0x2, 0x20, 0x100, 0x6000, 0x2000, 0x40000, 0x40002, 0x80000, 0xc6122, 0x5a5a5a5a, -1];

const guest = createGuestMemory(0x100000, 1);
const ram = new Uint32Array(guest.memory.buffer, guest.ramOffset, guest.ramBytes / 4);
const bus = { load: () => -1, store: () => false };
const makeHart = (hotAfter: number, hasSbi: boolean): Hart =>
  new Hart({ guest, hartId: 0, bus, time: { instructionsPerTick: 1 }, hasSbi, hotAfter });
const [interpreter, translator] = [makeHart(0, true), makeHart(1, true)];
const [bareInterpreter, bareTranslator] = [makeHart(0, false), makeHart(1, false)];

interface Access {
  readonly name: string;
  readonly csr: number;
  readonly rd: number;
  readonly rs1: number;
  readonly value: number;
}

const access: fc.Arbitrary<Access> = fc.record({
  name: fc.constantFrom(...NAMES),
  csr: fc.constantFrom(...Object.values(CSR), CSR.sstatus, CSR.sstatus, CSR.sstatus),
  rd: fc.nat(9),
  rs1: fc.nat(9),
  value: fc.constantFrom(...VALUES),
});

/** Runs a program to its WFI; its state, which all hangs on. */
function stateAfter(hart: Hart, program: Program, mode: 'machine' | 'supervisor'): bigint[] {
  ram.fill(0);
  ram.set(program.toWords());
  hart.reset({ pc: BigInt(RAM), a0: 0n, a1: 0n, mode });
  // Belongs to whoever interrupts, so it outlives a reset.
  new Int32Array(guest.memory.buffer)[(hartArea(0) + layout.H_INTERRUPTS) / 4] = 0;
  for (let i = 0; i < 200; i++) {
    if (hart.runSlice(1000) !== layout.EXIT_WFI) continue;
    const state = Array.from({ length: layout.H_BUDGET / 8 }, (_, i) => hart.get64(i * 8));
    const csrs = Array.from({ length: 24 }, (_, i) => hart.get64(layout.H_MSTATUS + i * 8));
    return [...state, ...csrs, hart.instructionsRetired];
  }
  throw new Error(`it never waits: ${hart.describePlace()}`);
}

/** Does all of `list` some times over; every trap goes on behind its instruction. Registers up to x9 are the list's. */
function programOf(list: readonly Access[], isMachine: boolean): Program {
  const [tvec, epc, cause] = isMachine ? [CSR.mtvec, CSR.mepc, CSR.mcause] : [CSR.stvec, CSR.sepc, CSR.scause];
  const program = new Program();
  program.add('auipc', { rd: 29 }).add('addi', { rd: 29, rs1: 29, imm: 12 }).add('jal', {}, 'begin');
  program.add('csrrs', { rd: 30, csr: epc }).add('addi', { rd: 30, rs1: 30, imm: 4 });
  program.add('csrrw', { rs1: 30, csr: epc }).add('csrrs', { rd: 30, csr: cause });
  program.add('add', { rd: 28, rs1: 28, rs2: 30 }).add(isMachine ? 'mret' : 'sret');
  program.label('begin').add('csrrw', { rs1: 29, csr: tvec }).add('addi', { rd: 27, imm: 4 }).label('again');
  for (const { name, csr, rd, rs1, value } of list) {
    const isRead = KEPT.includes(csr);
    const isImmediate = name.endsWith('i');
    if (!isImmediate && !isRead && rs1 !== 0) program.constant(rs1, value);
    program.add(isRead ? (isImmediate ? 'csrrsi' : 'csrrs') : name, { rd, rs1: isRead ? 0 : rs1, csr });
    program.add('slli', { rd: 31, rs1: 26, imm: 5 }).add('add', { rd: 26, rs1: 26, rs2: 31 });
    program.add('add', { rd: 26, rs1: 26, rs2: rd });
  }
  return program.add('addi', { rd: 27, rs1: 27, imm: -1 }).add('bne', { rs1: 27 }, 'again').add('wfi');
}

describe('instructions of the system in translated code', () => {
  it('do in supervisor mode what the interpreter does', () => {
    fc.assert(
      fc.property(fc.array(access, { minLength: 1, maxLength: 20 }), (list) => {
        const program = programOf(list, false);
        const expected = stateAfter(interpreter, program, 'supervisor');
        expect(stateAfter(translator, program, 'supervisor')).toEqual(expected);
      }),
      { numRuns: 40 },
    );
  });

  it('do in machine mode what the interpreter does', () => {
    fc.assert(
      fc.property(fc.array(access, { minLength: 1, maxLength: 20 }), (list) => {
        const program = programOf(list, true);
        const expected = stateAfter(bareInterpreter, program, 'machine');
        expect(stateAfter(bareTranslator, program, 'machine')).toEqual(expected);
      }),
      { numRuns: 40 },
    );
  });

  it.each([
    ['CSRRSI', (program: Program) => program.add('csrrsi', { rs1: 2, csr: CSR.sstatus })],
    ['CSRRS', (program: Program) => program.add('csrrs', { rd: 9, rs1: 8, csr: CSR.sstatus })],
  ])('take an interrupt that is pending where %s lets it through, in the instruction behind', (_, enable) => {
    for (const raise of [
      // Software's own, and the timer's.
      (program: Program) => program.add('csrrsi', { rs1: 2, csr: CSR.sip }),
      (program: Program) => program.add('csrrw', { rs1: 0, csr: CSR.stimecmp }),
    ]) {
      const program = new Program().add('auipc', { rd: 5 }).add('addi', { rd: 5, rs1: 5, imm: 12 });
      program.add('jal', {}, 'begin');
      program.add('csrrs', { rd: 10, csr: CSR.sepc }).add('csrrwi', { rs1: 0, csr: CSR.sie }).add('wfi');
      program.label('begin').add('csrrw', { rs1: 5, csr: CSR.stvec }).add('addi', { rd: 8, imm: 2 });
      program.add('addi', { rd: 6, imm: 0x22 }).add('csrrw', { rs1: 6, csr: CSR.sie });
      raise(program).add('addi', { rd: 7, imm: 1 });
      enable(program).label('behind');
      const behind = RAM + program.toWords().length * 4;
      program.add('addi', { rd: 7, imm: 2 }).add('wfi');
      for (const hart of [interpreter, translator]) {
        stateAfter(hart, program, 'supervisor');
        expect([hart.get64(layout.H_X + 80), hart.get64(layout.H_X + 56)]).toEqual([BigInt(behind), 1n]);
      }
    }
  });
});
