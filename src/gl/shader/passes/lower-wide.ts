/** Opcodes of 64-bit floats and integers to IR. A value is two components, xy the first and zw the second. */
import { assert } from '../../../base/assert.ts';
import { binary, compare, construct, convert, double, many, maskOf, unary } from '../ir/build.ts';
import type { BinaryOp, CompareOp, Expression, Statement, UnaryOp } from '../ir/ir.ts';
import type { OpcodeName } from '../tgsi/opcodes.table.ts';
import { opcodeOf, srcTypeOf } from '../tgsi/opcodes.table.ts';
import type { Instruction } from '../tgsi/tgsi.ts';
import type { Operands } from './lower-operand.ts';
import { lanesOf } from './lower-operand.ts';

type Table<T> = Partial<Readonly<Record<OpcodeName, T>>>;

const UNARY: Table<UnaryOp> = {
  DABS: 'abs',
  DNEG: 'neg',
  DSQRT: 'sqrt',
  DFRAC: 'fract',
  DRSQ: 'rsqrt',
  DTRUNC: 'trunc',
  DCEIL: 'ceil',
  DFLR: 'floor',
  DROUND: 'roundEven',
  DSSG: 'sign',
  I64ABS: 'abs',
  I64NEG: 'neg',
  I64SSG: 'sign',
};

const BINARY: Table<BinaryOp> = {
  DADD: 'add',
  DMUL: 'mul',
  DMAX: 'max',
  DMIN: 'min',
  DDIV: 'div',
  DLDEXP: 'ldexp',
  I64MIN: 'min',
  I64MAX: 'max',
  I64SHR: 'shr',
  I64DIV: 'div',
  I64MOD: 'mod',
  U64ADD: 'add',
  U64MUL: 'mul',
  U64MIN: 'min',
  U64MAX: 'max',
  U64SHL: 'shl',
  U64SHR: 'shr',
  U64DIV: 'div',
  U64MOD: 'mod',
};

const COMPARISONS: Table<CompareOp> = {
  DSLT: 'lt',
  DSGE: 'ge',
  DSEQ: 'eq',
  DSNE: 'ne',
  I64SLT: 'lt',
  I64SGE: 'ge',
  U64SEQ: 'eq',
  U64SNE: 'ne',
  U64SLT: 'lt',
  U64SGE: 'ge',
};

const WIDENING = { d: 'f64', l: 'i64', q: 'u64' } as const;
const isWide = (type: string): type is 'd' | 'l' | 'q' => type === 'd' || type === 'l' || type === 'q';

/** Source `index` of the first or second value; 32-bit operands beside 64-bit ones are taken from x and z. */
function source(instruction: Instruction, operands: Operands, index: number, pair: number): Expression {
  const src = instruction.srcs[index];
  assert(src !== undefined, `${instruction.opcode} has a source ${index}`);
  const type = srcTypeOf(opcodeOf(instruction.opcode), index);
  return isWide(type) ? operands.readWide(src, type, pair) : operands.read(src, type, [pair * 2]);
}

function wideValue(instruction: Instruction, operands: Operands, pair: number): Expression {
  const { opcode } = instruction;
  const read = (index: number): Expression => source(instruction, operands, index, pair);
  const one = UNARY[opcode];
  if (one !== undefined) return unary(one, read(0));
  const two = BINARY[opcode];
  if (two !== undefined) return binary(two, read(0), read(1));
  if (opcode === 'DRCP') return binary('div', double(1), read(0));
  if (opcode === 'DMAD') return binary('add', binary('mul', read(0), read(1)), read(2));
  if (opcode === 'DFMA') return many('fma', read(0), read(1), read(2));
  const { dstType, srcType } = opcodeOf(opcode);
  assert(isWide(dstType), `${opcode} is not lowered`);
  const [src] = instruction.srcs;
  assert(src !== undefined, `${opcode} has a source`);
  const from = isWide(srcType) ? read(0) : operands.read(src, srcType, [pair]);
  return convert(WIDENING[dstType], from);
}

/**
 * 64-bit values to 32 bits: the components in the mask take the values in order; those of several comparisons have x, y and
 * z, w.
 */
function narrowValue(instruction: Instruction, operands: Operands, mask: number): Expression {
  const comparison = COMPARISONS[instruction.opcode];
  const lanes = lanesOf(mask);
  const parts = lanes.map((lane, place) => {
    if (comparison !== undefined) {
      const pair = lanes.length === 1 ? 0 : lane >> 1;
      const [a, b] = [0, 1].map((index) => source(instruction, operands, index, pair));
      assert(a !== undefined && b !== undefined, 'a comparison has two sources');
      return maskOf(compare(comparison, a, b));
    }
    const { dstType } = opcodeOf(instruction.opcode);
    const base = dstType === 'f' ? 'f32' : dstType === 'i' ? 'i32' : 'u32';
    return convert(base, source(instruction, operands, 0, Math.min(place, 1)));
  });
  return construct(parts);
}

/** Mantissa to the first destination, exponent to the second. */
function splitExponent(instruction: Instruction, operands: Operands): Statement[] {
  const [mantissa, exponent] = instruction.dsts;
  assert(mantissa !== undefined && exponent !== undefined, 'DFRACEXP has two destinations');
  const exponents = lanesOf(exponent.mask).map((_, place) =>
    unary('frexpExponent', source(instruction, operands, 0, Math.min(place, 1))),
  );
  const statements = [
    operands.write(exponent, instruction, construct(exponents)),
    operands.writeWide(mantissa, instruction, (pair) => unary('frexpMantissa', source(instruction, operands, 0, pair))),
  ];
  // The source is read twice: the destination that overwrites it comes last.
  const [src] = instruction.srcs;
  const overwrites =
    src?.file === exponent.file &&
    src.bracket.index === exponent.bracket.index &&
    src.swizzle.some((lane) => ((exponent.mask >> lane) & 1) === 1);
  return overwrites ? statements.toReversed() : statements;
}

/** The statements of an instruction that reads or writes 64-bit values, or null if it does not. */
export function lowerWide(instruction: Instruction, operands: Operands): Statement[] | null {
  const { dstType, srcType } = opcodeOf(instruction.opcode);
  const [dst] = instruction.dsts;
  if (dst === undefined || (!isWide(dstType) && !isWide(srcType))) return null;
  if (instruction.opcode === 'DFRACEXP') return splitExponent(instruction, operands);
  if (isWide(dstType)) return [operands.writeWide(dst, instruction, (pair) => wideValue(instruction, operands, pair))];
  return [operands.write(dst, instruction, narrowValue(instruction, operands, dst.mask))];
}
