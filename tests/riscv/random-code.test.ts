/**
 * Random programs that change their own code, in functions that lie over the borders of pages, and say so by FENCE.I: in QEMU's
 * user mode, in the interpreter and in translated code; in the latter two while a timer interrupts them, whose handler
 * overwrites every register before it puts them back. SAFFRON_RISCV_ROUNDS and SAFFRON_RISCV_SEED are as in random-loops.test.ts.
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, expect, it } from 'vitest';
import { encode, instructionOf, OPERATION, type Operands } from '../../src/emu/riscv/encoding.ts';
import { createGuestMemory } from '../../src/emu/riscv/guest-memory.ts';
import { Hart } from '../../src/emu/riscv/hart.ts';
import * as layout from '../../src/emu/riscv/layout.ts';
import { Program } from '../../src/emu/riscv/program.ts';
import { BASE, Random, writeElfHeader } from './random-program.ts';

const ROUNDS = Number(process.env['SAFFRON_RISCV_ROUNDS'] ?? 12);
const SEED = Number(process.env['SAFFRON_RISCV_SEED'] ?? 20_260_307);

// Offsets in RAM.
const HANDLER = 0x800;
const MAIN = 0x1000;
const FUNCTIONS = 0x10000;
const DATA = 0x20000;
const DATA_BYTES = 0x400;
const SAVED = 0x21000;
const END = 0x22000;

const PAGE = 0x1000;
const FUNCTION_COUNT = 6;
const STEPS = 40;
/** Instructions between two interrupts: a prime, so that they come anywhere. */
const PERIOD = 1709;

const LINK = 1;
const [ADDRESS, VALUE, CALLS, TURNS] = [5, 6, 7, 8];
/** Registers that functions compute with. */
const FREE = [9, 10, 11, 12, 13, 14, 15];
/** The handler's own: where registers are saved, what it computes with, its period, how often it was called. */
const [SAVES, TEMPORARY, EVERY, INTERRUPTS] = [26, 27, 28, 29];
const [RAM, POINTER] = [30, 31];

const STIMECMP = 0x14d;
const TIME = 0xc01;

const folder = mkdtempSync(join(tmpdir(), 'saffron-riscv-code-'));
afterAll(() => rmSync(folder, { recursive: true }));

const guest = createGuestMemory(0x40000, 1);
const ram = new Uint8Array(guest.memory.buffer, guest.ramOffset, guest.ramBytes);
const nowhere = { load: () => -1, store: () => false };
const engines = [0, 1, 100].map((hotAfter) => {
  return new Hart({ guest, hartId: 0, bus: nowhere, time: { instructionsPerTick: 1 }, hasSbi: true, hotAfter });
});

/** An instruction of 4 bytes, or two of 2, that may be replaced. */
interface Slot {
  readonly at: number;
}

interface Subroutine {
  readonly at: number;
  readonly slots: readonly Slot[];
}

class Writer {
  readonly #random: Random;
  readonly #file = new Uint8Array(END);
  readonly #view = new DataView(this.#file.buffer);
  readonly #main = new Program();
  #loops = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  /** An ELF file that looks in RAM as in memory. Its data is what it writes to its standard output. */
  write(): Uint8Array {
    const random = this.#random;
    const main = this.#main;
    writeElfHeader(this.#file, MAIN);
    for (let at = DATA; at < DATA + DATA_BYTES; at++) this.#file[at] = random.below(256);
    const functions = Array.from({ length: FUNCTION_COUNT }, (_, i) => this.#writeFunction(i));
    main.constant(RAM, BASE | 0).add('slli', { rd: RAM, rs1: RAM, imm: 32 });
    main.add('srli', { rd: RAM, rs1: RAM, imm: 32 });
    this.#point(POINTER, DATA);
    for (const rd of FREE) main.constant(rd, random.next() | 0);
    for (let i = 0; i < STEPS; i++) {
      for (let changes = random.below(4); changes > 0; changes--) this.#change(random.pick(functions));
      main.add('fence.i');
      this.#call(random.pick(functions));
    }
    FREE.forEach((rs2, i) => main.add('sd', { rs1: POINTER, rs2, imm: i * 8 }));
    main.add('addi', { rd: 10, imm: 1 }).add('addi', { rd: 11, rs1: POINTER }).add('addi', { rd: 12, imm: DATA_BYTES });
    main.add('addi', { rd: 17, imm: 64 }).add('ecall');
    main.add('addi', { rd: 10 }).add('addi', { rd: 17, imm: 93 }).add('ecall');
    this.#file.set(new Uint8Array(main.toWords().buffer), MAIN);
    return this.#file;
  }

  /** A loop of some turns, most of the time over the end of a page, often with an instruction that is in both. */
  #writeFunction(index: number): Subroutine {
    const random = this.#random;
    const border = FUNCTIONS + (2 * index + 1) * PAGE;
    const at = random.below(5) === 0 ? border : border - 2 * random.below(random.pick([60, 60, 400]));
    let end = at;
    const put = (name: string, operands: Operands): void => {
      this.#view.setUint32(end, wordOf(name, operands), true);
      end += 4;
    };
    put('addi', { rd: TURNS, imm: 1 + random.below(random.pick([6, 60])) });
    const loop = end;
    const slots: Slot[] = [];
    for (let i = 5 + random.below(20); i > 0; i--) {
      if (random.below(3) === 0) {
        this.#view.setUint16(end, this.#half(), true);
        end += 2;
      } else {
        this.#view.setUint32(end, this.#word(), true);
        slots.push({ at: end });
        end += 4;
      }
    }
    put('addi', { rd: TURNS, rs1: TURNS, imm: -1 });
    put('bne', { rs1: TURNS, imm: loop - end });
    put('jalr', { rs1: LINK });
    return { at, slots };
  }

  /** An instruction of 2 bytes: c.addi or c.add. */
  #half(): number {
    const random = this.#random;
    const rd = random.pick(FREE) << 7;
    if (random.below(2) === 0) return 0x0001 | rd | ((1 + random.below(31)) << 2);
    return 0x9002 | rd | (random.pick(FREE) << 2);
  }

  #word(): number {
    const random = this.#random;
    const [rd, rs1, rs2] = [random.pick(FREE), random.pick(FREE), random.pick(FREE)];
    const place = { rs1: POINTER, imm: 64 + random.below(DATA_BYTES - 72) };
    switch (random.below(7)) {
      case 0:
        return wordOf('addi', { rd, rs1, imm: random.below(4096) - 2048 });
      case 1:
        return wordOf(random.pick(['lbu', 'lw', 'ld']), { rd, ...place });
      case 2:
        return wordOf(random.pick(['sb', 'sw', 'sd']), { rs2, ...place });
      case 3:
        return ((this.#half() << 16) | this.#half()) >>> 0;
      default:
        return wordOf(random.pick(['add', 'sub', 'xor', 'mul', 'sltu', 'srl', 'addw', 'divu', 'mulh']), {
          rd,
          rs1,
          rs2,
        });
    }
  }

  #point(rd: number, offset: number): void {
    this.#main.constant(rd, offset).add('add', { rd, rs1: rd, rs2: RAM });
  }

  #change({ slots }: Subroutine): void {
    const main = this.#main;
    this.#point(ADDRESS, this.#random.pick(slots).at);
    main.constant(VALUE, this.#word() | 0);
    if (this.#random.below(2) === 0) {
      main.add('sw', { rs1: ADDRESS, rs2: VALUE });
      return;
    }
    main.add('sh', { rs1: ADDRESS, rs2: VALUE }).add('srli', { rd: VALUE, rs1: VALUE, imm: 16 });
    main.add('sh', { rs1: ADDRESS, rs2: VALUE, imm: 2 });
  }

  #call({ at }: Subroutine): void {
    const label = `loop${this.#loops++}`;
    this.#point(ADDRESS, at);
    this.#main.add('addi', { rd: CALLS, imm: 1 + this.#random.below(this.#random.pick([3, 300])) }).label(label);
    this.#main.add('jalr', { rd: LINK, rs1: ADDRESS }).add('addi', { rd: CALLS, rs1: CALLS, imm: -1 });
    this.#main.add('bne', { rs1: CALLS }, label);
  }
}

function wordOf(name: string, operands: Operands): number {
  return encode(instructionOf(OPERATION.get(name) ?? 0), operands) >>> 0;
}

/** Sets the timer and jumps to the program. */
function startOf(): Uint32Array {
  const start = new Program().add('auipc', { rd: RAM });
  start.constant(SAVES, SAVED).add('add', { rd: SAVES, rs1: SAVES, rs2: RAM });
  start.constant(ADDRESS, HANDLER).add('add', { rd: ADDRESS, rs1: ADDRESS, rs2: RAM });
  start.add('csrrw', { rs1: ADDRESS, csr: 0x105 }).constant(EVERY, PERIOD);
  start.add('csrrw', { rs1: EVERY, csr: STIMECMP }).add('addi', { rd: INTERRUPTS });
  start.constant(ADDRESS, 0x20).add('csrrs', { rs1: ADDRESS, csr: 0x104 }).add('csrrsi', { rs1: 2, csr: 0x100 });
  start.constant(ADDRESS, MAIN).add('add', { rd: ADDRESS, rs1: ADDRESS, rs2: RAM }).add('jalr', { rs1: ADDRESS });
  return start.toWords();
}

function handler(): Uint32Array {
  const program = new Program();
  const registers = [...Array.from({ length: 25 }, (_, i) => i + 1), RAM, POINTER];
  for (const rs2 of registers) program.add('sd', { rs1: SAVES, rs2, imm: rs2 * 8 });
  for (const rd of registers) program.add('addi', { rd, imm: -rd });
  program.add('csrrs', { rd: TEMPORARY, csr: TIME }).add('add', { rd: TEMPORARY, rs1: TEMPORARY, rs2: EVERY });
  program.add('csrrw', { rs1: TEMPORARY, csr: STIMECMP }).add('addi', { rd: INTERRUPTS, rs1: INTERRUPTS, imm: 1 });
  for (const rd of registers) program.add('ld', { rd, rs1: SAVES, imm: rd * 8 });
  return program.add('sret').toWords();
}

function inQemu(file: Uint8Array): Buffer {
  const path = join(folder, 'program');
  writeFileSync(path, file);
  chmodSync(path, 0o755);
  return execFileSync('qemu-riscv64', [path]);
}

/** Runs a program to its first system call: its data, and how often it was interrupted. */
function onHart(hart: Hart, file: Uint8Array): { readonly data: Buffer; readonly interrupts: number } {
  ram.fill(0);
  ram.set(file);
  ram.set(new Uint8Array(startOf().buffer));
  ram.set(new Uint8Array(handler().buffer), HANDLER);
  hart.reset({ pc: BigInt(BASE), a0: 0n, a1: 0n, mode: 'supervisor' });
  let exit: number = layout.EXIT_SLICE;
  for (let i = 0; i < 100_000 && exit === layout.EXIT_SLICE; i++) exit = hart.runSlice(997);
  expect(exit).toBe(layout.EXIT_SBI);
  const interrupts = Number(hart.get64(layout.H_X + 8 * INTERRUPTS));
  return { data: Buffer.from(ram.slice(DATA, DATA + DATA_BYTES)), interrupts };
}

it('code that changes and is interrupted does on the built-in processor what it does in QEMU', () => {
  for (let round = 0; round < ROUNDS; round++) {
    const file = new Writer(new Random(SEED + round)).write();
    const wanted = inQemu(file);
    expect(wanted.length).toBe(DATA_BYTES);
    for (const [engine, hart] of engines.entries()) {
      const { data, interrupts } = onHart(hart, file);
      expect(data.toString('hex'), `seed ${SEED + round}, engine ${engine}`).toBe(wanted.toString('hex'));
      expect(interrupts).toBeGreaterThan(10);
    }
  }
  for (const hart of engines.slice(1)) expect(hart.regionCount).toBeGreaterThan(FUNCTION_COUNT);
});
