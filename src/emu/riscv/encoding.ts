/**
 * Between instruction words and their operands, from the rows of isa.table.ts: the encoder, the expansion of compressed
 * instructions, and the tables by which interpreter and translator decode.
 */
import { assert } from '../../base/assert.ts';
import {
  COMPRESSED,
  INSTRUCTIONS,
  type CompressedInstruction,
  type CompressedRegister,
  type Format,
  type Instruction,
} from './isa.table.ts';
import { DECODE_BY_RS2 } from './layout.ts';

/** Operands of an instruction; what the format lacks is ignored. `imm` is the value, sign-extended; of lui the shifted one. */
export interface Operands {
  readonly rd?: number;
  readonly rs1?: number;
  readonly rs2?: number;
  readonly rs3?: number;
  readonly imm?: number;
  /** Rounding mode. */
  readonly rm?: number;
  readonly csr?: number;
}

/** Number of the operation of each name, from 1; 0 is an illegal instruction. */
export const OPERATION: ReadonlyMap<string, number> = new Map(INSTRUCTIONS.map(({ name }, i) => [name, i + 1]));

/** The row of an operation number above 0. */
export function instructionOf(operation: number): Instruction {
  const row = INSTRUCTIONS[operation - 1];
  assert(row !== undefined, 'an operation has a row');
  return row;
}

/** The instruction word of a row with these operands, which must fit. */
export function encode(row: Instruction, operands: Operands): number {
  const { rd = 0, rs1 = 0, rs2 = 0, rs3 = 0, imm = 0, rm = 0, csr = 0 } = operands;
  return (row.match | placeOperands(row.format, { rd, rs1, rs2, rs3, imm, rm, csr })) >>> 0;
}

function placeOperands(format: Format, it: Required<Operands>): number {
  const rd = it.rd << 7;
  const rs1 = it.rs1 << 15;
  const rs2 = it.rs2 << 20;
  const rm = it.rm << 12;
  switch (format) {
    case 'R':
    case 'A':
    case 'F2':
    case 'FC':
      return rd | rs1 | rs2;
    case 'R1':
    case 'LR':
    case 'FX':
    case 'XF':
      return rd | rs1;
    case 'I':
    case 'L':
    case 'JR':
    case 'FL':
      return rd | rs1 | (it.imm << 20);
    case 'SH6':
    case 'SH5':
      return rd | rs1 | ((it.imm & 63) << 20);
    case 'S':
    case 'FS':
      return rs1 | rs2 | ((it.imm & 0x1f) << 7) | ((it.imm >> 5) << 25);
    case 'B':
      return (
        rs1 |
        rs2 |
        (((it.imm >> 12) & 1) << 31) |
        (((it.imm >> 5) & 0x3f) << 25) |
        (((it.imm >> 1) & 0xf) << 8) |
        (((it.imm >> 11) & 1) << 7)
      );
    case 'U':
      return rd | (it.imm & 0xfffff000);
    case 'J':
      return (
        rd |
        (((it.imm >> 20) & 1) << 31) |
        (((it.imm >> 1) & 0x3ff) << 21) |
        (((it.imm >> 11) & 1) << 20) |
        (((it.imm >> 12) & 0xff) << 12)
      );
    case 'C':
    case 'CI':
      return rd | rs1 | (it.csr << 20);
    case 'SF':
      return rs1 | rs2;
    case 'FE':
      return it.imm << 20;
    case 'N':
      return 0;
    case 'G1':
    case 'GX':
    case 'XG':
      return rd | rs1 | rm;
    case 'G2':
      return rd | rs1 | rs2 | rm;
    case 'G3':
      return rd | rs1 | rs2 | rm | (it.rs3 << 27);
  }
}

/** The immediate of a word, as `Operands.imm`; 0 where the format has none. */
export function immediateOf(format: Format, word: number): number {
  switch (format) {
    case 'I':
    case 'L':
    case 'JR':
    case 'FL':
      return word >> 20;
    case 'SH6':
      return (word >>> 20) & 63;
    case 'SH5':
      return (word >>> 20) & 31;
    case 'S':
    case 'FS':
      return ((word >> 25) << 5) | ((word >>> 7) & 0x1f);
    case 'B':
      return (
        ((word >> 31) << 12) | (((word >>> 7) & 1) << 11) | (((word >>> 25) & 0x3f) << 5) | (((word >>> 8) & 0xf) << 1)
      );
    case 'U':
      return word & 0xfffff000;
    case 'J':
      return ((word >> 31) << 20) | (word & 0xff000) | (((word >>> 20) & 1) << 11) | (((word >>> 21) & 0x3ff) << 1);
    case 'FE':
      return (word >>> 20) & 0xfff;
    default:
      return 0;
  }
}

/** What a compressed instruction stands for: a word of 32 bits, or all ones (which is no instruction) when it is illegal. */
export function expandCompressed(half: number): number {
  const row = COMPRESSED.find(({ match, mask }) => (half & mask) === match);
  return row === undefined ? ILLEGAL : expanderOf(row)(half);
}

const ILLEGAL = 0xffffffff;

/** Gives the expansion of instructions of a row. */
function expanderOf(row: CompressedInstruction): (half: number) => number {
  if (row.to === null) return () => ILLEGAL;
  const instruction = instructionOf(OPERATION.get(row.to) ?? 0);
  const moves = immediateMoves(row);
  const top = Math.max(0, ...moves.map(({ to }) => to));
  const unused = row.isSigned === true ? 31 - top : 0;
  return (half) => {
    let imm = 0;
    for (const { from, to } of moves) imm |= ((half >> from) & 1) << to;
    const [rd, rs1, rs2] = [row.rd, row.rs1, row.rs2].map((which) => compressedRegister(half, which)) as [
      number,
      number,
      number,
    ];
    return encode(instruction, { rd, rs1, rs2, imm: (imm << unused) >> unused });
  };
}

/** Which bit of the instruction is which bit of the immediate. */
function immediateMoves(row: CompressedInstruction): { readonly from: number; readonly to: number }[] {
  return (row.imm ?? []).flatMap(([first, bits]) => {
    let from = first;
    return bits.split('|').flatMap((run) => {
      const [high = 0, low = high] = run.split(':').map(Number);
      return Array.from({ length: high - low + 1 }, (_, i) => ({ from: from--, to: high - i }));
    });
  });
}

function compressedRegister(half: number, which: CompressedRegister | undefined): number {
  switch (which) {
    case 'rd':
      return (half >> 7) & 31;
    case 'rs2':
      return (half >> 2) & 31;
    case "rd'":
    case "rs2'":
      return 8 + ((half >> 2) & 7);
    case "rs1'":
      return 8 + ((half >> 7) & 7);
    default:
      return which ?? 0;
  }
}

/** The tables of the decoder; see layout.ts. */
export interface DecodeTables {
  readonly expansions: Uint32Array;
  readonly decode: Uint16Array;
  readonly byRs2: Uint16Array;
}

const RS2_FIELD = 0x01f00000;

/** Numbers whose bits outside of `mask` are those of `match`, and any within `free`. */
function* fitting(match: number, free: number): Generator<number> {
  let bits = 0;
  do {
    yield match | bits;
    bits = (bits - free) & free;
  } while (bits !== 0);
}

function highestBit(bits: number): number {
  return 1 << (31 - Math.clz32(bits));
}

/** Makes the decoder's tables. Every machine does at its start, so rows go through what fits them, not all words through rows. */
export function makeDecodeTables(): DecodeTables {
  const expansions = new Uint32Array(0x10000);
  for (let half = 0; half < 0x10000; half++) expansions[half] = (half & 3) === 3 ? 0 : ILLEGAL;
  for (const row of COMPRESSED.toReversed()) {
    const expand = expanderOf(row);
    const first = expand(row.match);
    // Each bit of the instruction turns bits of its own in the expansion.
    const turns = Array.from({ length: 16 }, (_, bit) => expand(row.match | (1 << bit)) ^ first);
    // Earlier rows go before later ones, so they come last.
    for (const half of fitting(row.match, ~row.mask & 0xffff)) {
      const bits = half ^ row.match;
      const turn = turns[31 - Math.clz32(bits)] ?? 0;
      expansions[half] = bits === 0 ? first : (expansions[half ^ highestBit(bits)] ?? 0) ^ turn;
    }
  }
  const decode = new Uint16Array(0x8000);
  const byRs2: number[] = [];
  INSTRUCTIONS.forEach((row, i) => {
    const isByRs2 = (row.mask & RS2_FIELD) !== 0 && row.format !== 'SH6';
    for (const key of fitting(keyOf(row.match), ~keyOf(row.mask) & 0x7fff)) {
      // Rounding modes 5 and 6 are reserved.
      if (/G/.test(row.format) && ((key >> 5) & 7) > 4 && ((key >> 5) & 7) < 7) continue;
      if (!isByRs2) {
        decode[key] = i + 1;
        continue;
      }
      if (decode[key] === 0) {
        decode[key] = DECODE_BY_RS2 | (byRs2.length / 32);
        byRs2.push(...Array.from({ length: 32 }, () => 0));
      }
      byRs2[((decode[key] ?? 0) & ~DECODE_BY_RS2) * 32 + ((row.match >>> 20) & 31)] = i + 1;
    }
  });
  return { expansions, decode, byRs2: Uint16Array.from(byRs2) };
}

/** What the first table is indexed with: funct7, funct3 and the opcode without the bits that say that it is long. */
function keyOf(word: number): number {
  return ((word >>> 25) << 8) | (((word >>> 12) & 7) << 5) | ((word >>> 2) & 31);
}

/** The operation of a word of 32 bits, 0 when it is none. */
export function decodeOperation(tables: DecodeTables, word: number): number {
  const first = tables.decode[keyOf(word)] ?? 0;
  if ((first & DECODE_BY_RS2) === 0) return first;
  return tables.byRs2[(first & ~DECODE_BY_RS2) * 32 + ((word >>> 20) & 31)] ?? 0;
}
