/** Makers of IR expressions that keep types right, so that lowering reads like the formulas it stands for. */
import { assert } from '../../../base/assert.ts';
import type {
  Base,
  BinaryOp,
  CompareOp,
  ConstantExpression,
  Expression,
  Lanes,
  ManyOp,
  OperationExpression,
  RegisterRef,
  Type,
  UnaryOp,
  Width,
} from './ir.ts';

const words = new DataView(new ArrayBuffer(8));

/** A count of components as a width. */
function widthOf(count: number): Width {
  assert(count === 1 || count === 2 || count === 3 || count === 4, `a vector has no ${count} components`);
  return count;
}

export function typeOf(base: Base, width: number): Type {
  return { base, width: widthOf(width) };
}

/** Literal components of one word each. */
export function constant(base: Base, bits: readonly number[]): ConstantExpression {
  return { kind: 'constant', type: typeOf(base, bits.length), words: bits };
}

/** A float32 literal, repeated. */
export function float(value: number, width = 1): ConstantExpression {
  words.setFloat32(0, value);
  return constant(
    'f32',
    Array.from({ length: width }, () => words.getUint32(0)),
  );
}

/** An int32 or uint32 literal, repeated. */
export function integer(base: 'i32' | 'u32', value: number, width = 1): ConstantExpression {
  return constant(
    base,
    Array.from({ length: width }, () => value >>> 0),
  );
}

/** A float64 literal. */
export function double(value: number): ConstantExpression {
  words.setFloat64(0, value);
  return { kind: 'constant', type: typeOf('f64', 1), words: [words.getUint32(4), words.getUint32(0)] };
}

/** Reads a register. */
export function load(base: 'f32' | 'i32' | 'u32', register: RegisterRef, lanes: Lanes): Expression {
  return { kind: 'load', type: typeOf(base, lanes.length), register, lanes };
}

function operation(op: OperationExpression['op'], type: Type, args: readonly Expression[]): Expression {
  return { kind: 'operation', op, type, args };
}

const TO_INT: ReadonlySet<UnaryOp> = new Set<UnaryOp>(['bitCount', 'findLsb', 'findMsb', 'frexpExponent']);

export function unary(op: UnaryOp, arg: Expression): Expression {
  const { base, width } = arg.type;
  if (op === 'any' || op === 'voteAny' || op === 'voteAll' || op === 'voteEqual') {
    return operation(op, typeOf('bool', 1), [arg]);
  }
  if (op === 'packHalf') return operation(op, typeOf('u32', 1), [arg]);
  if (op === 'unpackHalf') return operation(op, typeOf('f32', 2), [arg]);
  return operation(op, typeOf(TO_INT.has(op) ? 'i32' : base, width), [arg]);
}

export function binary(op: BinaryOp, a: Expression, b: Expression): Expression {
  assert(a.type.width === b.type.width, `${op} of ${a.type.width} and ${b.type.width} components`);
  if (op === 'dot') return operation(op, typeOf(a.type.base, 1), [a, b]);
  return operation(op, a.type, [a, b]);
}

export function compare(op: CompareOp, a: Expression, b: Expression): Expression {
  assert(a.type.width === b.type.width && a.type.base === b.type.base, `${op} of unlike operands`);
  return operation(op, typeOf('bool', a.type.width), [a, b]);
}

export function many(op: ManyOp, ...args: readonly Expression[]): Expression {
  const value = op === 'select' ? args[1] : args[0];
  assert(value !== undefined, `${op} without operands`);
  return operation(op, value.type, args);
}

/** `condition ? a : b`, component by component. */
export function select(condition: Expression, a: Expression, b: Expression): Expression {
  return many('select', condition, a, b);
}

/** Numbers of another type. */
export function convert(base: Base, arg: Expression): Expression {
  if (arg.type.base === base) return arg;
  return { kind: 'convert', how: 'value', type: typeOf(base, arg.type.width), arg };
}

/** The same bits read otherwise, of 32-bit types. */
export function bits(base: 'f32' | 'i32' | 'u32', arg: Expression): Expression {
  if (arg.type.base === base) return arg;
  if (arg.kind === 'constant') return constant(base, arg.words);
  if (arg.kind === 'load') return load(base, arg.register, arg.lanes);
  return { kind: 'convert', how: 'bits', type: typeOf(base, arg.type.width), arg };
}

/** One 64-bit value from two words. */
export function join64(base: 'f64' | 'i64' | 'u64', pair: Expression): Expression {
  assert(pair.type.width === 2, 'a 64-bit value has two words');
  if (pair.kind === 'constant') return { kind: 'constant', type: typeOf(base, 1), words: pair.words };
  return { kind: 'convert', how: 'bits', type: typeOf(base, 1), arg: bits('u32', pair) };
}

/** The two words of a 64-bit value. */
export function split64(value: Expression): Expression {
  if (value.kind === 'constant') return constant('u32', value.words);
  return { kind: 'convert', how: 'bits', type: typeOf('u32', 2), arg: value };
}

export function swizzle(arg: Expression, lanes: Lanes): Expression {
  if (arg.type.width === lanes.length && lanes.every((lane, i) => lane === i)) return arg;
  if (arg.kind === 'load')
    return { ...arg, type: typeOf(arg.type.base, lanes.length), lanes: lanes.map((i) => arg.lanes[i] ?? 0) };
  if (arg.kind === 'constant' && arg.words.length === arg.type.width) {
    return constant(
      arg.type.base,
      lanes.map((lane) => arg.words[lane] ?? 0),
    );
  }
  if (arg.type.width === 1) return construct([arg], lanes.length);
  return { kind: 'swizzle', type: typeOf(arg.type.base, lanes.length), arg, lanes };
}

/** Parts side by side; one part of width 1 repeats to `width`. */
export function construct(parts: readonly Expression[], width?: number): Expression {
  const [first] = parts;
  assert(first !== undefined, 'a vector has parts');
  const total = width ?? parts.reduce((sum, part) => sum + part.type.width, 0);
  if (parts.length === 1 && first.type.width === total) return first;
  if (parts.every((part) => part.kind === 'constant') && parts.length === total) {
    return constant(
      first.type.base,
      parts.map((part) => part.words[0] ?? 0),
    );
  }
  if (parts.length === 1 && first.kind === 'constant') {
    return constant(
      first.type.base,
      Array.from({ length: total }, () => first.words[0] ?? 0),
    );
  }
  return { kind: 'construct', type: typeOf(first.type.base, total), parts };
}

/** A condition as TGSI keeps it: all ones or zero. */
export function maskOf(condition: Expression): Expression {
  return unary('neg', convert('i32', condition));
}
