/**
 * Between instruction words and their operands, from the rows of isa.table.ts: the encoder, the expansion of compressed
 * instructions, and the tables by which interpreter and translator decode.
 */
import { assert } from '../../base/assert.ts';
import { COMPRESSED, INSTRUCTIONS, type CompressedRegister, type Format, type Instruction } from './isa.table.ts';
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
  if (row === undefined || row.to === null) return 0xffffffff;
  const register = (which: CompressedRegister | undefined): number => {
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
  };
  let imm = 0;
  let top = 0;
  for (const [from, bits] of row.imm ?? []) {
    let at = from;
    for (const run of bits.split('|')) {
      const [high = 0, low = high] = run.split(':').map(Number);
      for (let bit = high; bit >= low; bit--) {
        imm |= ((half >> at--) & 1) << bit;
        top = Math.max(top, bit);
      }
    }
  }
  if (row.isSigned === true) imm = (imm << (31 - top)) >> (31 - top);
  const instruction = instructionOf(OPERATION.get(row.to) ?? 0);
  return encode(instruction, { rd: register(row.rd), rs1: register(row.rs1), rs2: register(row.rs2), imm });
}

/** The tables of the decoder; see layout.ts. */
export interface DecodeTables {
  readonly expansions: Uint32Array;
  readonly decode: Uint16Array;
  readonly byRs2: Uint16Array;
}

const RS2_FIELD = 0x01f00000;

/** Makes the decoder's tables. */
export function makeDecodeTables(): DecodeTables {
  const expansions = Uint32Array.from({ length: 0x10000 }, (_, half) =>
    (half & 3) === 3 ? 0 : expandCompressed(half),
  );
  const decode = new Uint16Array(0x8000);
  const byRs2: number[] = [];
  INSTRUCTIONS.forEach((row, i) => {
    const isByRs2 = (row.mask & RS2_FIELD) !== 0 && row.format !== 'SH6';
    for (let key = 0; key < 0x8000; key++) {
      const word = ((key >> 8) << 25) | (((key >> 5) & 7) << 12) | ((key & 31) << 2) | 3;
      if (((word ^ row.match) & row.mask & 0xfe00707f) !== 0) continue;
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

/** The operation of a word of 32 bits, 0 when it is none. */
export function decodeOperation(tables: DecodeTables, word: number): number {
  const first = tables.decode[((word >>> 25) << 8) | (((word >>> 12) & 7) << 5) | ((word >>> 2) & 31)] ?? 0;
  if ((first & DECODE_BY_RS2) === 0) return first;
  return tables.byRs2[(first & ~DECODE_BY_RS2) * 32 + ((word >>> 20) & 31)] ?? 0;
}
