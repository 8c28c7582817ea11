import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readElf } from './elf.ts';
import { createGuestMemory } from './guest-memory.ts';
import { Hart } from './hart.ts';
import * as layout from './layout.ts';
import { Program } from './program.ts';

const RAM = 0x80000000;
const guest = createGuestMemory(0x100000, 1);
const ram = new Uint32Array(guest.memory.buffer, guest.ramOffset, guest.ramBytes / 4);
const stores: [number, number, number][] = [];
const bus = {
  load: (address: number, sizeBytes: number) => (address < 0x1000 ? -1 : (address & 0xff) + (sizeBytes << 4)),
  store: (address: number, sizeBytes: number, value: number) =>
    address >= 0x1000 && stores.push([address, sizeBytes, value]) > 0,
};
const makeHart = (hotAfter: number): Hart =>
  new Hart({ guest, hartId: 0, bus, time: { instructionsPerTick: 1 }, hasSbi: true, hotAfter });
let hart = makeHart(0);

/** Puts a program at the start of RAM and runs it to its WFI. */
function run(
  write: (program: Program) => void,
  mode: 'machine' | 'supervisor' = 'machine',
): (register: number) => bigint {
  const program = new Program();
  write(program);
  program.add('wfi');
  ram.set(program.toWords());
  hart.reset({ pc: BigInt(RAM), a0: 0n, a1: 0n, mode });
  let exit: number = layout.EXIT_SLICE;
  for (let i = 0; i < 100 && exit === layout.EXIT_SLICE; i++) exit = hart.runSlice(1000);
  expect(exit).toBe(layout.EXIT_WFI);
  return (register) => hart.get64(layout.H_X + register * 8);
}

describe.each([
  ['interpreting', 0],
  ['translating all', 1],
])('a hart, %s,', (_, hotAfter) => {
  beforeAll(() => {
    hart = makeHart(hotAfter);
  });

  beforeEach(() => {
    ram.fill(0);
    stores.length = 0;
  });

  it('sums in a loop', () => {
    const x = run((program) => {
      program.add('addi', { rd: 5, imm: 1000 }).label('again').add('add', { rd: 6, rs1: 6, rs2: 5 });
      program.add('addi', { rd: 5, rs1: 5, imm: -1 }).add('bne', { rs1: 5 }, 'again');
    });
    expect(x(6)).toBe(500500n);
    expect(hart.instructionsRetired).toBe(3002n);
    expect(hart.regionCount > 0).toBe(hotAfter > 0);
  });

  it('reads and writes devices with the width asked for, 8 bytes as two of 4', () => {
    const x = run((program) => {
      program.constant(5, 0x10000000).add('lbu', { rd: 6, rs1: 5, imm: 5 }).add('ld', { rd: 7, rs1: 5, imm: 8 });
      program.constant(8, 0x12345678).add('sh', { rs1: 5, rs2: 8, imm: 2 }).add('sd', { rs1: 5, rs2: 8, imm: 16 });
    });
    expect(x(6)).toBe(0x15n);
    expect(x(7)).toBe(0x0000004c_00000048n);
    expect(stores).toEqual([
      [0x10000002, 2, 0x5678],
      [0x10000010, 4, 0x12345678],
      [0x10000014, 4, 0],
    ]);
  });

  it('traps precisely where nothing answers, and says where', () => {
    const x = run((program) => {
      program
        .add('auipc', { rd: 5, imm: 0 })
        .add('addi', { rd: 5, rs1: 5, imm: 24 })
        .add('csrrw', { rs1: 5, csr: 0x305 });
      program.add('addi', { rd: 6, imm: 7 }).add('ld', { rd: 6, imm: 64 }).add('addi', { rd: 6, imm: 8 });
      program
        .add('csrrs', { rd: 10, csr: 0x342 })
        .add('csrrs', { rd: 11, csr: 0x341 })
        .add('csrrs', { rd: 12, csr: 0x343 });
    });
    expect([x(6), x(10), x(11), x(12)]).toEqual([7n, 5n, BigInt(RAM + 16), 64n]);
  });

  it('comes back from a slice though its trap handler cannot be fetched', () => {
    hart.reset({ pc: 0x1000n, a0: 0n, a1: 0n, mode: 'machine' });
    expect(hart.runSlice(1000)).toBe(layout.EXIT_SLICE);
    expect(hart.get64(layout.H_MCAUSE)).toBe(1n);
    expect(hart.get64(layout.H_MEPC)).toBe(0n);
  });

  it('takes a timer interrupt when stimecmp has come', () => {
    const x = run((program) => {
      program
        .add('auipc', { rd: 5, imm: 0 })
        .add('addi', { rd: 5, rs1: 5, imm: 44 })
        .add('csrrw', { rs1: 5, csr: 0x105 });
      program.add('addi', { rd: 5, imm: 500 }).add('csrrw', { rs1: 5, csr: 0x14d });
      program
        .add('addi', { rd: 5, imm: 32 })
        .add('csrrw', { rs1: 5, csr: 0x104 })
        .add('csrrsi', { rs1: 2, csr: 0x100 });
      program.label('wait').add('addi', { rd: 6, rs1: 6, imm: 1 }).add('jal', {}, 'wait').add('wfi');
      program.add('csrrs', { rd: 10, csr: 0x142 }).add('csrrwi', { rs1: 0, csr: 0x104 });
    }, 'supervisor');
    expect(x(10)).toBe((1n << 63n) | 5n);
    expect(x(6)).toBeGreaterThan(200n);
  });

  it('lets programs read the time, as a kernel relies on its firmware to allow', () => {
    // sret to user mode at `user`; an illegal instruction there would end in the supervisor's trap, at `trap`.
    const x = run((program) => {
      program.add('auipc', { rd: 5 }).add('addi', { rd: 6, rs1: 5, imm: 44 }).add('csrrw', { rs1: 6, csr: 0x105 });
      program.add('addi', { rd: 6, rs1: 5, imm: 32 }).add('csrrw', { rs1: 6, csr: 0x141 });
      program.add('addi', { rd: 9, imm: 0 }).word(0x10200073).add('addi', { rd: 10, imm: 1 });
      // user: rdtime, rdcycle, then ecall
      program.add('csrrs', { rd: 7, csr: 0xc01 }).add('csrrs', { rd: 8, csr: 0xc00 }).word(0x00000073);
      program.add('csrrs', { rd: 11, csr: 0x142 });
    }, 'supervisor');
    expect(x(11)).toBe(8n);
    expect(x(8)).toBeGreaterThan(0n);
  });

  it('sign-extends words that it reads atomically', () => {
    const x = run((program) => {
      program.add('auipc', { rd: 5, imm: 0x1000 }).add('addi', { rd: 6, imm: -1 }).add('sw', { rs1: 5, rs2: 6 });
      program
        .add('lr.w', { rd: 7, rs1: 5 })
        .add('sc.w', { rd: 8, rs1: 5, rs2: 6 })
        .add('amomax.w', { rd: 9, rs1: 5, rs2: 6 });
      program.add('amoadd.w', { rd: 10, rs1: 5 });
    });
    expect([x(7), x(8), x(9), x(10)]).toEqual([(1n << 64n) - 1n, 0n, (1n << 64n) - 1n, (1n << 64n) - 1n]);
  });

  it('gives a call of the SBI to its thread and goes on behind it', () => {
    ram.set(
      new Program().add('addi', { rd: 17, imm: 16 }).add('ecall').add('addi', { rd: 5, imm: 9 }).add('wfi').toWords(),
    );
    hart.reset({ pc: BigInt(RAM), a0: 3n, a1: 4n, mode: 'supervisor' });
    expect(hart.runSlice(1000)).toBe(layout.EXIT_SBI);
    expect([hart.get64(layout.H_X + 17 * 8), hart.get64(layout.H_X + 80)]).toEqual([16n, 3n]);
    expect(hart.runSlice(1000)).toBe(layout.EXIT_WFI);
    expect(hart.get64(layout.H_X + 40)).toBe(9n);
  });
});

it('an ELF file that is none is refused', () => {
  expect(() => readElf(new Uint8Array(64))).toThrow('no 64-bit ELF');
});
