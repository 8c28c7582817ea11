/**
 * Random programs that run alike on the built-in processor and in QEMU's user mode: cases of a state and a run of
 * instructions, each with a block of memory of its own, in one ELF file at the address of RAM.
 *
 *     block    +0 x0 … x31   +256 f0 … f31   +512 fcsr   +1024 scratch, what x31 points to   +1536 the same after the case
 */
import { disassemble } from '../../src/emu/riscv/disassembler.ts';
import { encode, type Operands } from '../../src/emu/riscv/encoding.ts';
import { INSTRUCTIONS, type Instruction } from '../../src/emu/riscv/isa.table.ts';
import { Program } from '../../src/emu/riscv/program.ts';

export const BASE = 0x80000000;
const BLOCKS_AT = 0x100000;
export const BLOCK_BYTES = 0x1000;
const SCRATCH = 1024;
const OUT = 512;
const HEADER_BYTES = 0x1000;

/** Numbers of 32 bits, the same for the same seed (Marsaglia's xorshift). */
export class Random {
  #state: number;
  constructor(seed: number) {
    this.#state = seed | 1;
  }
  next(): number {
    let x = this.#state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.#state = x;
    return x >>> 0;
  }
  below(limit: number): number {
    return this.next() % limit;
  }
  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T;
  }
}

/** One instruction of a case. */
export interface Step {
  readonly row: Instruction;
  readonly operands: Operands;
}

/** A state to begin with, and what is done to it. */
export interface Case {
  readonly x: readonly bigint[];
  readonly f: readonly bigint[];
  readonly fcsr: number;
  readonly scratch: Uint8Array;
  readonly steps: readonly Step[];
}

const WHOLE = [
  0n,
  1n,
  2n,
  63n,
  64n,
  -1n,
  -2n,
  1n << 31n,
  (1n << 31n) - 1n,
  -(1n << 31n),
  1n << 32n,
  1n << 63n,
  (1n << 63n) - 1n,
];
const DOUBLES = [0n, 1n << 63n, 0x3ff0000000000000n, 0xbff0000000000000n, 0x7ff0000000000000n, 0xfff0000000000000n, 0x7ff8000000000000n, 0x7ff0000000000001n, 1n, 0x000fffffffffffffn, 0x0010000000000000n, 0x7fefffffffffffffn, 0x3ca0000000000000n, 0x41dfffffffc00000n, 0x43e0000000000000n, 0x3fe0000000000000n]; // prettier-ignore
const SINGLES = [0n, 0x80000000n, 0x3f800000n, 0xbf800000n, 0x7f800000n, 0xff800000n, 0x7fc00000n, 0x7f800001n, 1n, 0x007fffffn, 0x00800000n, 0x7f7fffffn, 0x33800000n, 0x4f000000n, 0x5f000000n, 0x3f000000n]; // prettier-ignore
const BOX = 0xffffffff00000000n;

function long(random: Random): bigint {
  return (BigInt(random.next()) << 32n) | BigInt(random.next());
}

function integer(random: Random): bigint {
  const special = BigInt.asUintN(64, random.pick(WHOLE) + BigInt(random.below(3)) - 1n);
  return random.pick([special, long(random), long(random) >> BigInt(random.below(64))]);
}

function float(random: Random): bigint {
  // Exponents near each other, so that sums and products are of interest.
  const near =
    (BigInt(random.below(2)) << 63n) | (BigInt(1023 - 60 + random.below(120)) << 52n) | (long(random) >> 12n);
  const short =
    BOX | (BigInt(random.below(2)) << 31n) | (BigInt(127 - 30 + random.below(60)) << 23n) | (long(random) >> 41n);
  // Few digits, so that results are exact.
  const plain = near & ~((1n << BigInt(20 + random.below(32))) - 1n);
  return random.pick([
    random.pick(DOUBLES),
    BOX | random.pick(SINGLES),
    near,
    short,
    plain,
    short & ~0xffffn,
    long(random),
  ]);
}

const STRAIGHT = INSTRUCTIONS.filter(({ format, name }) => {
  if (['B', 'J', 'JR', 'N', 'SF', 'C', 'CI', 'FE'].includes(format)) return false;
  // QEMU 7.2 takes bits above the word into account in CTZW, against the specification.
  // Whether SC.W succeeds after LR.D, or the other way round, is anyone's choice.
  return !['auipc', 'ctzw', 'lr.d', 'sc.d'].includes(name);
});

function step(random: Random): Step {
  const row = random.pick(STRAIGHT);
  const isMemory = ['L', 'S', 'FL', 'FS', 'A', 'LR'].includes(row.format);
  const isAtomic = row.format === 'A' || row.format === 'LR';
  const operands: Operands = {
    // x31 keeps pointing to the scratch memory.
    rd: random.below(31),
    rs1: isMemory ? 31 : random.below(32),
    rs2: random.below(32),
    rs3: random.below(32),
    rm: random.pick([0, 1, 2, 3, 4, 7, 7, 7]),
    imm: isAtomic
      ? 0
      : isMemory
        ? random.below(500)
        : row.format === 'U'
          ? random.next() & ~0xfff
          : (random.next() << 20) >> 20,
  };
  return { row, operands: row.format === 'SH5' ? { ...operands, imm: random.below(32) } : operands };
}

/** A case of so many instructions. */
export function randomCase(random: Random, length: number): Case {
  return {
    x: Array.from({ length: 32 }, () => integer(random)),
    f: Array.from({ length: 32 }, () => float(random)),
    fcsr: (random.pick([0, 0, 0, 1, 2, 3, 4]) << 5) | random.pick([0, 1, random.below(32)]),
    scratch: Uint8Array.from({ length: 512 }, () => random.below(256)),
    steps: Array.from({ length }, () => step(random)),
  };
}

/** The ELF file of cases; it writes all blocks to its standard output and ends. Entry is at `BASE + 0x1000`. */
export function programOf(cases: readonly Case[]): Uint8Array {
  const program = new Program();
  cases.forEach((it, i) => writeCase(program.label(`case${i}`), it, i));
  program.label(`case${cases.length}`);
  program.add('addi', { rd: 10, imm: 1 });
  address(program, 11, BASE + BLOCKS_AT);
  program
    .constant(12, cases.length * BLOCK_BYTES)
    .add('addi', { rd: 17, imm: 64 })
    .add('ecall');
  program.add('addi', { rd: 10, imm: 0 }).add('addi', { rd: 17, imm: 93 }).add('ecall');
  const words = program.toWords();
  if (HEADER_BYTES + words.length * 4 > BLOCKS_AT) throw new Error('too many cases for one program');

  const file = new Uint8Array(BLOCKS_AT + cases.length * BLOCK_BYTES);
  const view = new DataView(file.buffer);
  writeElfHeader(file, HEADER_BYTES);
  new Uint32Array(file.buffer, HEADER_BYTES, words.length).set(words);
  cases.forEach((it, i) => {
    const at = BLOCKS_AT + i * BLOCK_BYTES;
    it.x.forEach((value, r) => view.setBigUint64(at + r * 8, value, true));
    it.f.forEach((value, r) => view.setBigUint64(at + 256 + r * 8, value, true));
    view.setUint32(at + 512, it.fcsr, true);
    file.set(it.scratch, at + SCRATCH);
  });
  return file;
}

/** Makes a file a program for Linux that is wholly at `BASE`, all of which may be written and executed, and begins at an offset. */
export function writeElfHeader(file: Uint8Array, entry: number): void {
  const view = new DataView(file.buffer, file.byteOffset);
  file.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  view.setUint16(16, 2, true);
  view.setUint16(18, 243, true);
  view.setUint32(20, 1, true);
  view.setBigUint64(24, BigInt(BASE + entry), true);
  view.setBigUint64(32, 64n, true);
  view.setUint32(48, 5, true);
  view.setUint16(52, 64, true);
  view.setUint16(54, 56, true);
  view.setUint16(56, 1, true);
  view.setUint32(64, 1, true);
  view.setUint32(68, 7, true);
  view.setBigUint64(80, BigInt(BASE), true);
  view.setBigUint64(88, BigInt(BASE), true);
  view.setBigUint64(96, BigInt(file.length), true);
  view.setBigUint64(104, BigInt(file.length), true);
  view.setBigUint64(112, 0x1000n, true);
}

/** Blocks of a file or of RAM that begins like it. */
export function blocksIn(bytes: Uint8Array, count: number): Uint8Array {
  return bytes.subarray(BLOCKS_AT, BLOCKS_AT + count * BLOCK_BYTES);
}

function address(program: Program, rd: number, value: number): void {
  program
    .constant(rd, value | 0)
    .add('slli', { rd, rs1: rd, imm: 32 })
    .add('srli', { rd, rs1: rd, imm: 32 });
}

function writeCase(program: Program, it: Case, index: number): void {
  address(program, 31, BASE + BLOCKS_AT + index * BLOCK_BYTES);
  for (let r = 0; r < 32; r++) program.add('fld', { rd: r, rs1: 31, imm: 256 + r * 8 });
  program.add('lw', { rd: 1, rs1: 31, imm: 512 }).add('csrrw', { rs1: 1, csr: 3 });
  for (let r = 1; r < 31; r++) program.add('ld', { rd: r, rs1: 31, imm: r * 8 });
  program.add('addi', { rd: 31, rs1: 31, imm: SCRATCH });
  for (const { row, operands } of it.steps) program.word(encode(row, operands));
  for (let r = 1; r < 31; r++) program.add('sd', { rs1: 31, rs2: r, imm: OUT + r * 8 });
  for (let r = 0; r < 32; r++) program.add('fsd', { rs1: 31, rs2: r, imm: OUT + 256 + r * 8 });
  program.add('csrrs', { rd: 1, csr: 3 }).add('sd', { rs1: 31, rs2: 1, imm: OUT + 512 });
  program.add('jal', {}, `case${index + 1}`);
}

/** A step for people. */
export function printStep({ row, operands }: Step): string {
  return disassemble(encode(row, operands));
}
