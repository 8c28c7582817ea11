/** Arithmetic opcodes to IR. Each formula is the one of Gallium's instruction reference. */
import { assert } from '../../../base/assert.ts';
import {
  binary,
  bits,
  compare,
  construct,
  convert,
  float,
  integer,
  many,
  maskOf,
  select,
  swizzle,
  unary,
} from '../ir/build.ts';
import type { BinaryOp, CompareOp, Expression, Lanes, Statement, UnaryOp } from '../ir/ir.ts';
import type { OpcodeName } from '../tgsi/opcodes.table.ts';
import { opcodeOf, srcTypeOf } from '../tgsi/opcodes.table.ts';
import type { Instruction } from '../tgsi/tgsi.ts';
import type { Operands } from './lower-operand.ts';
import { isNotZero, lanesOf } from './lower-operand.ts';

type Table<T> = Partial<Readonly<Record<OpcodeName, T>>>;

const UNARY: Table<UnaryOp> = {
  FRC: 'fract',
  FLR: 'floor',
  ROUND: 'roundEven',
  CEIL: 'ceil',
  TRUNC: 'trunc',
  ABS: 'abs',
  SSG: 'sign',
  DDX: 'ddx',
  DDY: 'ddy',
  DDX_FINE: 'ddxFine',
  DDY_FINE: 'ddyFine',
  NOT: 'not',
  INEG: 'neg',
  IABS: 'abs',
  ISSG: 'sign',
  BREV: 'bitReverse',
  POPC: 'bitCount',
  LSB: 'findLsb',
  IMSB: 'findMsb',
  UMSB: 'findMsb',
};

const BINARY: Table<BinaryOp> = {
  ADD: 'add',
  SUB: 'sub',
  MUL: 'mul',
  DIV: 'div',
  MIN: 'min',
  MAX: 'max',
  UADD: 'add',
  UMUL: 'mul',
  UDIV: 'div',
  UMOD: 'mod',
  UMIN: 'min',
  UMAX: 'max',
  IDIV: 'div',
  MOD: 'mod',
  IMIN: 'min',
  IMAX: 'max',
  AND: 'and',
  OR: 'or',
  XOR: 'xor',
  IMUL_HI: 'mulHigh',
  UMUL_HI: 'mulHigh',
};

/** Comparisons that give all ones or zero. */
const MASKS: Table<CompareOp> = {
  FSEQ: 'eq',
  FSGE: 'ge',
  FSLT: 'lt',
  FSNE: 'ne',
  ISGE: 'ge',
  ISLT: 'lt',
  USEQ: 'eq',
  USGE: 'ge',
  USLT: 'lt',
  USNE: 'ne',
};

/** Comparisons that give 1.0 or 0.0. */
const FLAGS: Table<CompareOp> = { SLT: 'lt', SGE: 'ge', SEQ: 'eq', SGT: 'gt', SLE: 'le', SNE: 'ne' };

const CONVERSIONS: Table<'f32' | 'i32' | 'u32'> = { I2F: 'f32', U2F: 'f32', F2I: 'i32', F2U: 'u32' };

/** Functions of one scalar whose result every component gets. */
const SCALARS: Table<UnaryOp> = {
  RCP: 'rcp',
  RSQ: 'rsqrt',
  SQRT: 'sqrt',
  EX2: 'exp2',
  LG2: 'log2',
  SIN: 'sin',
  COS: 'cos',
};

/** Everything a formula needs: `read(i, lanes)` is source i, `x(i)` its first component. */
interface Inputs {
  readonly mulZero: boolean;
  readonly lanes: Lanes;
  read(index: number, lanes?: Lanes): Expression;
  component(index: number, lane: number): Expression;
}

const XYZ: Lanes = [0, 1, 2];

function multiply({ mulZero }: Inputs, a: Expression, b: Expression): Expression {
  return binary(mulZero ? 'mulZero' : 'mul', a, b);
}

function dot(inputs: Inputs, lanes: Lanes): Expression {
  const a = inputs.read(0, lanes);
  const b = inputs.read(1, lanes);
  if (!inputs.mulZero) return binary('dot', a, b);
  return binary('dot', binary('mulZero', a, b), float(1, lanes.length));
}

/** Four parts of which those in the mask are kept. */
function pick(inputs: Inputs, parts: readonly Expression[]): Expression {
  return construct(
    inputs.lanes.map((lane) => {
      const part = parts[lane];
      assert(part !== undefined, 'there are four parts');
      return part;
    }),
  );
}

function lit(inputs: Inputs): Expression {
  const x = inputs.component(0, 0);
  const power = binary('min', binary('max', inputs.component(0, 3), float(-128)), float(128));
  const raised = binary('pow', binary('max', inputs.component(0, 1), float(0)), power);
  // 0 to the 0 is 1 here; the host's pow does not say.
  const specular = select(compare('eq', power, float(0)), float(1), raised);
  const lit = select(compare('gt', x, float(0)), specular, float(0));
  return pick(inputs, [float(1), binary('max', x, float(0)), lit, float(1)]);
}

function log(inputs: Inputs): Expression {
  const x = unary('abs', inputs.component(0, 0));
  const exponent = unary('floor', unary('log2', x));
  return pick(inputs, [exponent, binary('div', x, unary('exp2', exponent)), unary('log2', x), float(1)]);
}

function cross(inputs: Inputs): Expression {
  const term = (a: number, b: number): Expression =>
    binary(
      'sub',
      multiply(inputs, inputs.component(0, a), inputs.component(1, b)),
      multiply(inputs, inputs.component(0, b), inputs.component(1, a)),
    );
  return pick(inputs, [term(1, 2), term(2, 0), term(0, 1), float(1)]);
}

function exp(inputs: Inputs): Expression {
  const x = inputs.component(0, 0);
  return pick(inputs, [unary('exp2', unary('floor', x)), unary('fract', x), unary('exp2', x), float(1)]);
}

/** Formulas that fit no table. */
const FORMULAS: Table<(inputs: Inputs) => Expression> = {
  MOV: (i) => i.read(0),
  ARL: (i) => convert('i32', unary('floor', i.read(0))),
  ARR: (i) => convert('i32', unary('roundEven', i.read(0))),
  UARL: (i) => i.read(0),
  LIT: lit,
  EXP: exp,
  LOG: log,
  XPD: cross,
  MUL: (i) => multiply(i, i.read(0), i.read(1)),
  MAD: (i) => binary('add', multiply(i, i.read(0), i.read(1)), i.read(2)),
  FMA: (i) => many('fma', i.read(0), i.read(1), i.read(2)),
  UMAD: (i) => binary('add', binary('mul', i.read(0), i.read(1)), i.read(2)),
  LRP: (i) => many('mix', i.read(2), i.read(1), i.read(0)),
  DP2: (i) => dot(i, [0, 1]),
  DP3: (i) => dot(i, XYZ),
  DP4: (i) => dot(i, [0, 1, 2, 3]),
  DPH: (i) => binary('add', dot(i, XYZ), i.component(1, 3)),
  DST: (i) =>
    pick(i, [float(1), multiply(i, i.component(0, 1), i.component(1, 1)), i.component(0, 2), i.component(1, 3)]),
  SCS: (i) => pick(i, [unary('cos', i.component(0, 0)), unary('sin', i.component(0, 0)), float(0), float(1)]),
  POW: (i) => binary('pow', i.component(0, 0), i.component(1, 0)),
  CMP: (i) => select(compare('lt', i.read(0), float(0, i.lanes.length)), i.read(1), i.read(2)),
  UCMP: (i) => select(compare('ne', i.read(0), integer('u32', 0, i.lanes.length)), i.read(1), i.read(2)),
  SHL: (i) => binary('shl', i.read(0), i.read(1)),
  USHR: (i) => binary('shr', i.read(0), i.read(1)),
  ISHR: (i) => binary('shr', i.read(0), bits('u32', i.read(1))),
  IBFE: (i) => many('bitExtract', i.read(0), i.read(1), i.read(2)),
  UBFE: (i) => many('bitExtract', i.read(0), i.read(1), i.read(2)),
  BFI: (i) => many('bitInsert', i.read(0), i.read(1), i.read(2), i.read(3)),
  PK2H: (i) => unary('packHalf', i.read(0, [0, 1])),
  UP2H: (i) =>
    swizzle(
      unary('unpackHalf', i.component(0, 0)),
      i.lanes.map((lane) => lane & 1),
    ),
  VOTE_ANY: (i) => maskOf(unary('voteAny', isNotZero(i.component(0, 0)))),
  VOTE_ALL: (i) => maskOf(unary('voteAll', isNotZero(i.component(0, 0)))),
  VOTE_EQ: (i) => maskOf(unary('voteEqual', isNotZero(i.component(0, 0)))),
  CLOCK: (i) =>
    swizzle(
      { kind: 'clock', type: { base: 'u32', width: 2 } },
      i.lanes.map((lane) => lane & 1),
    ),
};

function evaluate(opcode: OpcodeName, inputs: Inputs): Expression | null {
  const formula = FORMULAS[opcode];
  if (formula !== undefined) return formula(inputs);
  const one = UNARY[opcode];
  if (one !== undefined) return unary(one, inputs.read(0));
  const two = BINARY[opcode];
  if (two !== undefined) return binary(two, inputs.read(0), inputs.read(1));
  const mask = MASKS[opcode];
  if (mask !== undefined) return maskOf(compare(mask, inputs.read(0), inputs.read(1)));
  const flag = FLAGS[opcode];
  if (flag !== undefined) return convert('f32', compare(flag, inputs.read(0), inputs.read(1)));
  const scalar = SCALARS[opcode];
  if (scalar !== undefined) return unary(scalar, inputs.component(0, 0));
  const base = CONVERSIONS[opcode];
  if (base !== undefined) return convert(base, inputs.read(0));
  return null;
}

/** The statement of a 32-bit arithmetic instruction, or null if it is none. */
export function lowerArithmetic(instruction: Instruction, operands: Operands, mulZero: boolean): Statement | null {
  const [dst] = instruction.dsts;
  if (dst === undefined) return null;
  const opcode = opcodeOf(instruction.opcode);
  const lanes = lanesOf(dst.mask);
  const read = (index: number, wanted: Lanes = lanes): Expression => {
    const src = instruction.srcs[index];
    assert(src !== undefined, `${instruction.opcode} has a source ${index}`);
    return operands.read(src, srcTypeOf(opcode, index), wanted);
  };
  const value = evaluate(instruction.opcode, { mulZero, lanes, read, component: (index, lane) => read(index, [lane]) });
  return value === null ? null : operands.write(dst, instruction, value);
}
