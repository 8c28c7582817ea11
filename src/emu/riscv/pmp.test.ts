/** Physical memory protection, as firmware sets it up for the modes below it. */
import { beforeEach, describe, expect, it } from 'vitest';
import { createGuestMemory } from './guest-memory.ts';
import { Hart } from './hart.ts';
import * as layout from './layout.ts';
import { Program } from './program.ts';

const RAM = 0x80000000;
const guest = createGuestMemory(0x100000, 1);
const ram = new Uint32Array(guest.memory.buffer, guest.ramOffset, guest.ramBytes / 4);
const bus = { load: () => 0, store: () => true };
const CSR = { mstatus: 0x300, mtvec: 0x305, mepc: 0x341, mcause: 0x342, mtval: 0x343, pmpcfg0: 0x3a0, pmpaddr0: 0x3b0 };
const TOR = 8;
const NA4 = 16;
const NAPOT = 24;
const LOCKED = 0x80;
const READ_WRITE_EXECUTE = 7;

beforeEach(() => void ram.fill(0));

describe.each([
  ['interpreting', 0],
  ['translating all', 1],
])('a hart with firmware, %s,', (_, hotAfter) => {
  const time = { instructionsPerTick: 1 };
  const hart = new Hart({ guest, hartId: 0, bus, time, hasSbi: false, hotAfter });

  /** Runs a program of machine mode to its WFI, to which traps go too. */
  function run(write: (program: Program) => void): (register: number) => bigint {
    const program = new Program();
    program.add('auipc', { rd: 31 }).constant(30, 0x1000).add('add', { rd: 31, rs1: 31, rs2: 30 });
    program.add('csrrw', { rs1: 31, csr: CSR.mtvec });
    write(program);
    program.add('wfi');
    ram.set(program.toWords());
    // mcause and mtval to x28 and x29.
    const trap = new Program()
      .add('csrrs', { rd: 28, csr: CSR.mcause })
      .add('csrrs', { rd: 29, csr: CSR.mtval })
      .add('wfi');
    ram.set(trap.toWords(), 0x1000 / 4);
    hart.reset({ pc: BigInt(RAM), a0: 0n, a1: 0n, mode: 'machine' });
    let exit: number = layout.EXIT_SLICE;
    for (let i = 0; i < 100 && exit === layout.EXIT_SLICE; i++) exit = hart.runSlice(1000);
    expect(exit).toBe(layout.EXIT_WFI);
    return (register) => hart.get64(layout.H_X + register * 8);
  }

  /** Entries by address register and configuration. */
  function protect(program: Program, ...entries: readonly (readonly [address: number, config: number])[]): void {
    entries.forEach(([address], i) => program.constant(5, address).add('csrrw', { rs1: 5, csr: CSR.pmpaddr0 + i }));
    const word = entries.reduce((sum, [, config], i) => sum + config * 2 ** (8 * i), 0);
    program.constant(5, word).add('csrrw', { rs1: 5, csr: CSR.pmpcfg0 });
  }

  /** Goes on in supervisor mode. */
  function leave(program: Program): void {
    program.constant(5, 0x1800).add('csrrc', { rs1: 5, csr: CSR.mstatus });
    program.constant(5, 0x800).add('csrrs', { rs1: 5, csr: CSR.mstatus });
    program.add('auipc', { rd: 5 }).add('addi', { rd: 5, rs1: 5, imm: 16 }).add('csrrw', { rs1: 5, csr: CSR.mepc });
    // mret
    program.word(0x30200073);
  }

  /** Puts an address of RAM into x6: constants are sign-extended. */
  function address(program: Program, value: number): Program {
    return program.constant(6, value).add('slli', { rd: 6, rs1: 6, imm: 32 }).add('srli', { rd: 6, rs1: 6, imm: 32 });
  }

  /** What is shifted into an address register for a region of so many bytes. */
  const region = (start: number, bytes: number): number => (start + bytes / 2 - 1 - ((start + bytes / 2 - 1) % 4)) / 4;

  it('lets the modes below do what the first entry that fits allows, and nothing where none fits', () => {
    const all = [-1, NAPOT + READ_WRITE_EXECUTE] as const;
    const denied = (
      entries: readonly (readonly [number, number])[],
      use: (program: Program) => void,
    ): (bigint | number)[] => {
      const x = run((program) => {
        protect(program, ...entries);
        leave(program);
        use(program);
      });
      return [x(28), x(29)];
    };
    const at = RAM + 0x8000;
    const load = (program: Program): void => void address(program, at).add('lw', { rd: 7, rs1: 6, imm: 8 });
    const store = (program: Program): void => void address(program, at).add('sw', { rs1: 6, rs2: 6, imm: 8 });
    const jump = (program: Program): void => void address(program, at).add('jalr', { rs1: 6 });
    const place = BigInt(at + 8);
    ram.set(new Program().add('wfi').toWords(), 0x8000 / 4);
    for (const [config, loads, stores] of [
      [0, 5n, 7n],
      [1, 0n, 7n],
      [3, 0n, 0n],
    ] as const) {
      const entries = [[region(at, 0x1000), NAPOT + config], all] as const;
      expect(denied(entries, load)).toEqual([loads, loads === 0n ? 0n : place]);
      expect(denied(entries, store)).toEqual([stores, stores === 0n ? 0n : place]);
      expect(denied(entries, jump)).toEqual([1n, BigInt(at)]);
    }
    // From the first entry's address up to the second's.
    const between = [[at / 4, 0], [(at + 0x1000) / 4, TOR + 4], all] as const;
    expect(denied(between, load)).toEqual([5n, place]);
    expect(denied(between, (program) => void address(program, at + 0x1000).add('lw', { rs1: 6 }))).toEqual([0n, 0n]);
    // The program itself is all that may be used.
    expect(denied([[region(RAM, 0x1000), NAPOT + 7]], load)).toEqual([5n, place]);
    // An access that was allowed before, and so is remembered, is not any more.
    const x = run((program) => {
      protect(program, [region(at, 0x1000), LOCKED + NAPOT + 1]);
      load(program);
      program.add('addi', { rd: 8, imm: 1 });
      store(program);
    });
    expect([x(8), x(28), x(29)]).toEqual([1n, 7n, place]);
  });

  it('tells the parts of a page apart, for data and for code', () => {
    const at = RAM + 0x8000;
    const all = [-1, NAPOT + READ_WRITE_EXECUTE] as const;
    const attempt = (entries: readonly (readonly [number, number])[], use: (program: Program) => void): bigint[] => {
      const x = run((program) => {
        protect(program, ...entries);
        leave(program);
        address(program, at);
        use(program);
      });
      return [x(28), x(29), x(7)];
    };
    const load = (imm: number) => (program: Program) => void program.add('ld', { rd: 7, rs1: 6, imm });
    const readOnly = [[(at + 16) / 4, NA4 + 1], all] as const;
    expect(attempt(readOnly, (program) => void program.add('sw', { rs1: 6, imm: 12 }))).toEqual([0n, 0n, 0n]);
    expect(attempt(readOnly, (program) => void program.add('sw', { rs1: 6, imm: 16 }))).toEqual([
      7n,
      BigInt(at + 16),
      0n,
    ]);
    // Half of it lies in one entry, half in another.
    expect(attempt(readOnly, load(16))).toEqual([5n, BigInt(at + 16), 0n]);
    const hidden = [[(at + 8) / 4, 0], [(at + 24) / 4, TOR], all] as const;
    expect(attempt(hidden, load(0))[0]).toBe(0n);
    expect(attempt(hidden, load(16))).toEqual([5n, BigInt(at + 16), 0n]);
    expect(attempt(hidden, load(24))[0]).toBe(0n);

    // Code runs up to what may not be executed, again and again; then from behind it.
    ram.fill(0x00138393, 0x8000 / 4, 0x8000 / 4 + 8); // addi x7, x7, 1
    const jump = (offset: number) => (program: Program) =>
      void program.add('addi', { rd: 6, rs1: 6, imm: offset }).add('jalr', { rs1: 6 });
    expect(attempt(hidden, jump(0))).toEqual([1n, BigInt(at + 8), 2n]);
    ram.set(new Program().add('wfi').toWords(), (0x8000 + 32) / 4);
    ram.fill(0x00138393, 0x8000 / 4, 0x8000 / 4 + 8);
    expect(attempt(hidden, jump(24))).toEqual([0n, 0n, 2n]);
  });

  it('keeps what is locked', () => {
    const x = run((program) => {
      const read = (rd: number, csr: number): void => void program.add('csrrs', { rd, csr });
      const write = (csr: number, value: number): void => void program.constant(5, value).add('csrrw', { rs1: 5, csr });
      write(CSR.pmpaddr0, 2 ** 30 + 5);
      read(10, CSR.pmpaddr0);
      write(CSR.pmpcfg0, NAPOT);
      read(11, CSR.pmpaddr0);
      // Writing without reading cannot be had.
      write(CSR.pmpcfg0, NA4 + 2);
      read(12, CSR.pmpcfg0);
      // The second is locked, and begins where the first ends.
      write(CSR.pmpcfg0, (LOCKED + TOR + 7) * 256);
      write(CSR.pmpcfg0, 0);
      write(CSR.pmpaddr0, 0);
      write(CSR.pmpaddr0 + 1, 0x4000);
      read(13, CSR.pmpcfg0);
      read(14, CSR.pmpaddr0);
      read(15, CSR.pmpaddr0 + 1);
      write(CSR.pmpaddr0 + 16, 0x4000);
      read(16, CSR.pmpaddr0 + 16);
    });
    expect([x(10), x(11), x(12)]).toEqual([2n ** 30n + 5n, 2n ** 30n + 5n, BigInt(NA4)]);
    expect([x(13), x(14), x(15), x(16)]).toEqual([BigInt((LOCKED + TOR + 7) * 256), 2n ** 30n + 5n, 0n, 0n]);
  });
});
