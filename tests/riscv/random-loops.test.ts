/**
 * Random nested loops with branches, calls, and accesses that fault now and then, in the interpreter and in translated code,
 * the latter with all that can be reached and with what was seen to be run only. A trap handler writes down every register
 * at each fault: state must be whole wherever code is left. SAFFRON_RISCV_ROUNDS and SAFFRON_RISCV_SEED are as in random.test.ts.
 */
import process from 'node:process';
import { expect, it } from 'vitest';
import { createGuestMemory } from '../../src/emu/riscv/guest-memory.ts';
import { Hart } from '../../src/emu/riscv/hart.ts';
import * as layout from '../../src/emu/riscv/layout.ts';
import { Program } from '../../src/emu/riscv/program.ts';
import { Random } from './random-program.ts';

const ROUNDS = Number(process.env['SAFFRON_RISCV_ROUNDS'] ?? 20);
const SEED = Number(process.env['SAFFRON_RISCV_SEED'] ?? 20_260_101);
const RAM = 0x80000000;
/** What x31 points to, and where faults are written down. */
const DATA = 0x8000;
const LOG = 0x10000;

const guest = createGuestMemory(0x100000, 1);
const ram = new Uint8Array(guest.memory.buffer, guest.ramOffset, guest.ramBytes);
const nowhere = { load: () => -1, store: () => false };
const engines = [0, 1, 100].map((hotAfter) => {
  return new Hart({ guest, hartId: 0, bus: nowhere, time: { instructionsPerTick: 1 }, hasSbi: false, hotAfter });
});

const ALU = [
  'add',
  'sub',
  'xor',
  'or',
  'and',
  'mul',
  'mulhu',
  'sll',
  'sra',
  'addw',
  'sltu',
  'div',
  'remu',
  'max',
  'sh2add',
];
const LOADS = ['lb', 'lhu', 'lw', 'ld'];
const STORES = ['sb', 'sh', 'sw', 'sd'];
const BRANCHES = ['beq', 'bne', 'blt', 'bgeu'];
/** Registers that bodies may write; the others count loops, return, point, or are the handler's. */
const FREE = 20;
const COUNTERS = [21, 22, 23];
const LINK = 24;
const POINTER = 31;

/** Writes random programs. Each case ends; x25 to x30 are the handler's (x27 where its log begins, x28 how many faults there were). */
class Writer {
  readonly program = new Program();
  readonly #random: Random;
  #labels = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  write(): Uint32Array {
    const { program } = this;
    program.add('jal', {}, 'start');
    this.#writeHandler();
    program.label('leaf');
    for (let i = 0; i < 3; i++) this.#writeAlu();
    program.add('jalr', { rs1: LINK });
    program.label('start').add('auipc', { rd: 1 });
    // The handler is the second instruction of RAM.
    program.constant(2, 1).add('slli', { rd: 2, rs1: 2, imm: 31 });
    program.add('addi', { rd: 25, rs1: 2, imm: 4 }).add('csrrw', { rs1: 25, csr: 0x305 });
    program.constant(25, DATA).add('add', { rd: POINTER, rs1: 2, rs2: 25 });
    program.constant(25, LOG).add('add', { rd: 27, rs1: 2, rs2: 25 }).add('addi', { rd: 30, rs1: 27 });
    program.constant(25, 0x6000).add('csrrs', { rs1: 25, csr: 0x300 });
    for (let r = 3; r <= FREE; r++) program.constant(r, this.#random.next() | 0);
    this.#writeRun(0);
    program.add('wfi');
    return program.toWords();
  }

  /** Writes down x1 to x24, cause and place, then goes on behind the instruction. */
  #writeHandler(): void {
    const { program } = this;
    for (let r = 1; r <= 24; r++) program.add('sd', { rs1: 30, rs2: r, imm: r * 8 });
    program.add('csrrs', { rd: 25, csr: 0x342 }).add('sd', { rs1: 30, rs2: 25 });
    program.add('csrrs', { rd: 25, csr: 0x341 }).add('sd', { rs1: 30, rs2: 25, imm: 200 });
    program.add('csrrs', { rd: 26, csr: 0xb02 }).add('sd', { rs1: 30, rs2: 26, imm: 208 });
    program.add('addi', { rd: 25, rs1: 25, imm: 4 }).add('csrrw', { rs1: 25, csr: 0x341 });
    // The log begins anew at its end.
    program.add('addi', { rd: 28, rs1: 28, imm: 1 }).add('addi', { rd: 29, rs1: 29, imm: 256 });
    program.add('slli', { rd: 29, rs1: 29, imm: 47 }).add('srli', { rd: 29, rs1: 29, imm: 47 });
    program.add('add', { rd: 30, rs1: 27, rs2: 29 }).add('mret');
  }

  #register(): number {
    return 1 + this.#random.below(FREE);
  }

  #writeAlu(): void {
    const [rd, rs1, rs2] = [this.#register(), this.#register(), this.#register()];
    this.program.add(this.#random.pick(ALU), { rd, rs1, rs2 });
  }

  #writeRun(depth: number): void {
    const random = this.#random;
    const { program } = this;
    const length = 2 + random.below(5);
    for (let i = 0; i < length; i++) {
      const label = `l${this.#labels++}`;
      switch (random.below(depth < COUNTERS.length ? 8 : 6)) {
        case 0:
          program.add(random.pick(LOADS), { rd: this.#register(), rs1: POINTER, imm: random.below(256) });
          break;
        case 1:
          program.add(random.pick(STORES), { rs1: POINTER, rs2: this.#register(), imm: random.below(256) });
          break;
        case 2:
          // Near 0, where nothing is: it faults when its turn comes.
          program.add('andi', { rd: 26, rs1: this.#register(), imm: 15 }).add('bne', { rs1: 26 }, label);
          program.add(random.pick([...LOADS, ...STORES]), {
            rd: this.#register(),
            rs1: 0,
            rs2: 3,
            imm: random.below(256),
          });
          program.label(label);
          break;
        case 3:
          program.add(random.pick(BRANCHES), { rs1: this.#register(), rs2: this.#register() }, label);
          this.#writeAlu();
          this.#writeAlu();
          program.label(label);
          break;
        case 4:
          if (random.below(4) === 0) program.add('jal', { rd: LINK }, 'leaf');
          else this.#writeAlu();
          break;
        case 5:
          this.#writeAlu();
          break;
        default: {
          const counter = COUNTERS[depth] ?? 0;
          program.add('addi', { rd: counter, imm: 2 + random.below([80, 5, 3][depth] ?? 1) });
          if (random.below(3) === 0) program.add('jal', {}, `${label}b`);
          program.label(label);
          this.#writeRun(depth + 1);
          program.label(`${label}b`);
          this.#writeRun(COUNTERS.length);
          program.add('addi', { rd: counter, rs1: counter, imm: -1 }).add('blt', { rs2: counter }, label);
        }
      }
    }
  }
}

function runOn(hart: Hart, words: Uint32Array): string {
  ram.fill(0);
  ram.set(new Uint8Array(words.buffer));
  hart.reset({ pc: BigInt(RAM), a0: 0n, a1: 0n, mode: 'machine' });
  let exit: number = layout.EXIT_SLICE;
  // Slices of an odd length end anywhere.
  for (let i = 0; i < 10_000 && exit === layout.EXIT_SLICE; i++) exit = hart.runSlice(997);
  const registers = Array.from({ length: 24 }, (_, r) => hart.get64(layout.H_X + 8 * (r + 1)).toString(16));
  expect(exit).toBe(layout.EXIT_WFI);
  const faults = Number(hart.get64(layout.H_X + 28 * 8));
  return JSON.stringify({ faults, retired: Number(hart.instructionsRetired), registers });
}

it('random loops do in translated code what they do in the interpreter, faults included', () => {
  let faults = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const words = new Writer(new Random(SEED + round)).write();
    const [wanted, ...others] = engines.map((hart) => ({ end: runOn(hart, words), memory: ram.slice() }));
    if (wanted === undefined) continue;
    for (const [i, got] of others.entries()) {
      const name = `seed ${SEED + round}, engine ${i + 1}`;
      expect(got.end, name).toBe(wanted.end);
      const at = got.memory.findIndex((byte, place) => byte !== wanted.memory[place]);
      expect(at, name).toBe(-1);
    }
    faults += (JSON.parse(wanted.end) as { faults: number }).faults;
  }
  expect(faults).toBeGreaterThan(ROUNDS);
  for (const hart of engines.slice(1)) expect(hart.regionCount).toBeGreaterThan(0);
});
