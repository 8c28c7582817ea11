import { afterAll, describe, expect, test } from 'vitest';
import { TestDevice } from '../test-device.ts';
import type { OpcodeName } from '../tgsi/opcodes.table.ts';
import { opcodeOf } from '../tgsi/opcodes.table.ts';

/** Four components as bits. */
type Words = number[];
type Vectors = readonly Words[];

const view = new DataView(new ArrayBuffer(8));
const f2w = (value: number): number => (view.setFloat32(0, value), view.getUint32(0));
const w2f = (word: number): number => (view.setUint32(0, word), view.getFloat32(0));
const d2w = (value: number): Words => (view.setFloat64(0, value), [view.getUint32(4), view.getUint32(0)]);
const w2d = (low: number, high: number): number => (
  view.setUint32(4, low),
  view.setUint32(0, high),
  view.getFloat64(0)
);
const l2w = (value: bigint): Words => (
  view.setBigUint64(0, BigInt.asUintN(64, value)),
  [view.getUint32(4), view.getUint32(0)]
);
const w2l = (low: number, high: number): bigint => (
  view.setUint32(4, low),
  view.setUint32(0, high),
  view.getBigInt64(0)
);
const w2q = (low: number, high: number): bigint => BigInt.asUintN(64, w2l(low, high));

/** A test of one opcode: what it gives for sources, and how far floats may be off, relative to their size. */
interface Row {
  readonly expect: (srcs: Vectors) => Vectors;
  readonly inputs: readonly Kind[];
  readonly tolerance: number;
}

/** What a source is filled with. */
type Kind =
  | 'f'
  | 'positive'
  | 'small'
  | 'angle'
  | 'i'
  | 'u'
  | 'mask'
  | 'count'
  | 'address'
  | 'd'
  | 'dpositive'
  | 'l'
  | 'q'
  | 'half';

const each = (expect: (...words: number[]) => number, inputs: readonly Kind[], tolerance = 0): Row => ({
  expect: (srcs) => [[0, 1, 2, 3].map((lane) => expect(...srcs.map((src) => src[lane] ?? 0)))],
  inputs,
  tolerance,
});

const floats = (expect: (...values: number[]) => number, inputs: readonly Kind[], tolerance = 0): Row =>
  each((...words) => f2w(expect(...words.map(w2f))), inputs, tolerance);

const whole = (expect: (...srcs: number[][]) => number[], inputs: readonly Kind[], tolerance = 0): Row => ({
  expect: (srcs) => [expect(...srcs.map((src) => src.map(w2f))).map(f2w)],
  inputs,
  tolerance,
});

const replicated = (expect: (...srcs: number[][]) => number, inputs: readonly Kind[], tolerance = 0): Row =>
  whole((...srcs) => Array.from({ length: 4 }, () => expect(...srcs)), inputs, tolerance);

const pairs = (expect: (a: Words, b: Words, c: Words) => Words, inputs: readonly Kind[], tolerance = 0): Row => ({
  expect: (srcs) => {
    const pair = (i: number, at: number): Words => srcs[i]?.slice(at, at + 2) ?? [];
    return [[...expect(pair(0, 0), pair(1, 0), pair(2, 0)), ...expect(pair(0, 2), pair(1, 2), pair(2, 2))]];
  },
  inputs,
  tolerance,
});

const doubles = (expect: (a: number, b: number, c: number) => number, inputs: readonly Kind[], tolerance = 0): Row =>
  pairs(
    (a, b, c) => {
      const value = (words: Words): number => w2d(words[0] ?? 0, words[1] ?? 0);
      return d2w(expect(value(a), value(b), value(c)));
    },
    inputs,
    tolerance,
  );

const longs = (expect: (a: bigint, b: bigint) => bigint, inputs: readonly Kind[]): Row =>
  pairs(([a0 = 0, a1 = 0], [b0 = 0, b1 = 0]) => l2w(expect(w2l(a0, a1), w2l(b0, b1))), inputs);
const unsignedLongs = (expect: (a: bigint, b: bigint) => bigint, inputs: readonly Kind[]): Row =>
  pairs(([a0 = 0, a1 = 0], [b0 = 0, b1 = 0]) => l2w(expect(w2q(a0, a1), w2q(b0, b1))), inputs);

const truth = (is: boolean): number => (is ? 0xffffffff : 0);

/** Comparisons of 64-bit values: the first to x and y, the second to z and w. */
const wideCompare = (compare: (a: Words, b: Words) => boolean, inputs: readonly Kind[]): Row => ({
  expect: ([a = [], b = []]) => {
    const first = truth(compare(a.slice(0, 2), b.slice(0, 2)));
    const second = truth(compare(a.slice(2), b.slice(2)));
    return [[first, first, second, second]];
  },
  inputs,
  tolerance: 0,
});

/** Narrowing: components in order take the values in order, the last again where there are no more. */
const narrow = (convert: (low: number, high: number) => number, inputs: readonly Kind[]): Row => ({
  expect: ([a = []]) => {
    const first = convert(a[0] ?? 0, a[1] ?? 0);
    const second = convert(a[2] ?? 0, a[3] ?? 0);
    return [[first, second, second, second]];
  },
  inputs,
  tolerance: 0,
});

/** Widening: x makes the first value, y the second. */
const widen = (convert: (word: number) => Words, inputs: readonly Kind[]): Row => ({
  expect: ([a = []]) => [[...convert(a[0] ?? 0), ...convert(a[1] ?? 0)]],
  inputs,
  tolerance: 0,
});

const roundEven = (x: number): number => {
  const floor = Math.floor(x);
  const rest = x - floor;
  if (rest !== 0.5) return Math.round(x);
  return floor % 2 === 0 ? floor : floor + 1;
};
const saturate32 = (value: bigint): number => Number(BigInt.asUintN(32, value));
const clz = Math.clz32;
const msb = (word: number): number => (word === 0 ? 0xffffffff : 31 - clz(word));
const reverse = (word: number): number => {
  let result = 0;
  for (let i = 0; i < 32; i++) result |= ((word >>> i) & 1) << (31 - i);
  return result >>> 0;
};
const popcount = (word: number): number => word.toString(2).replaceAll('0', '').length;
const fraction = (x: number): number => x - Math.floor(x);
const dot = (a: number[], b: number[], n: number): number =>
  a.slice(0, n).reduce((sum, x, i) => sum + x * (b[i] ?? 0), 0);
const mantissa = (x: number): number => x / 2 ** (Math.floor(Math.log2(Math.abs(x))) + 1);
const bitsBetween = (word: number, offset: number, count: number): number =>
  count === 0 ? 0 : Number((BigInt(word) >> BigInt(offset)) & ((1n << BigInt(count)) - 1n));
const signed = (word: number, count: number): number =>
  count === 0 ? 0 : ((word << (32 - count)) >> (32 - count)) >>> 0;
const abs64 = (x: bigint): bigint => (x < 0n ? -x : x);
const min64 = (a: bigint, b: bigint): bigint => (a < b ? a : b);
const max64 = (a: bigint, b: bigint): bigint => (a > b ? a : b);

const LOOSE = 2e-6;
/** Host approximations of transcendental functions. */
const APPROXIMATE = 3e-4;

const ROWS: Partial<Record<OpcodeName, Row>> = {
  MOV: each((a) => a, ['u']),
  ADD: floats((a, b) => a + b, ['f', 'f']),
  SUB: floats((a, b) => a - b, ['f', 'f']),
  MUL: floats((a, b) => a * b, ['f', 'f']),
  DIV: floats((a, b) => a / b, ['f', 'positive'], LOOSE),
  MAD: floats((a, b, c) => a * b + c, ['f', 'f', 'f'], LOOSE),
  FMA: floats((a, b, c) => a * b + c, ['f', 'f', 'f'], LOOSE),
  LRP: floats((a, b, c) => a * b + (1 - a) * c, ['f', 'f', 'f'], LOOSE),
  MIN: floats(Math.min, ['f', 'f']),
  MAX: floats(Math.max, ['f', 'f']),
  ABS: floats(Math.abs, ['f']),
  FRC: floats(fraction, ['f']),
  FLR: floats(Math.floor, ['f']),
  CEIL: floats(Math.ceil, ['f']),
  TRUNC: floats(Math.trunc, ['f']),
  ROUND: floats(roundEven, ['f']),
  SSG: floats(Math.sign, ['f']),
  SLT: floats((a, b) => Number(a < b), ['f', 'f']),
  SGE: floats((a, b) => Number(a >= b), ['f', 'f']),
  SEQ: floats((a, b) => Number(a === b), ['small', 'small']),
  SNE: floats((a, b) => Number(a !== b), ['small', 'small']),
  SGT: floats((a, b) => Number(a > b), ['f', 'f']),
  SLE: floats((a, b) => Number(a <= b), ['f', 'f']),
  CMP: floats((a, b, c) => (a < 0 ? b : c), ['f', 'f', 'f']),
  RCP: replicated(([x = 0]) => 1 / x, ['positive'], LOOSE),
  RSQ: replicated(([x = 0]) => 1 / Math.sqrt(x), ['positive'], LOOSE),
  SQRT: replicated(([x = 0]) => Math.sqrt(x), ['positive'], LOOSE),
  EX2: replicated(([x = 0]) => 2 ** x, ['small'], APPROXIMATE),
  LG2: replicated(([x = 0]) => Math.log2(x), ['positive'], APPROXIMATE),
  POW: replicated(([x = 0], [y = 0]) => x ** y, ['positive', 'small'], 3e-3),
  SIN: replicated(([x = 0]) => Math.sin(x), ['angle'], APPROXIMATE),
  COS: replicated(([x = 0]) => Math.cos(x), ['angle'], APPROXIMATE),
  DP2: replicated((a, b) => dot(a, b, 2), ['small', 'small'], LOOSE),
  DP3: replicated((a, b) => dot(a, b, 3), ['small', 'small'], LOOSE),
  DP4: replicated((a, b) => dot(a, b, 4), ['small', 'small'], LOOSE),
  DPH: replicated((a, b) => dot(a, b, 3) + (b[3] ?? 0), ['small', 'small'], LOOSE),
  DST: whole((a, b) => [1, (a[1] ?? 0) * (b[1] ?? 0), a[2] ?? 0, b[3] ?? 0], ['f', 'f']),
  XPD: whole(
    ([ax = 0, ay = 0, az = 0], [bx = 0, by = 0, bz = 0]) => [
      ay * bz - az * by,
      az * bx - ax * bz,
      ax * by - ay * bx,
      1,
    ],
    ['small', 'small'],
    LOOSE,
  ),
  SCS: whole(([x = 0]) => [Math.cos(x), Math.sin(x), 0, 1], ['angle'], APPROXIMATE),
  EXP: whole(([x = 0]) => [2 ** Math.floor(x), fraction(x), 2 ** x, 1], ['small'], APPROXIMATE),
  LOG: whole(
    ([x = 0]) => {
      const exponent = Math.floor(Math.log2(Math.abs(x)));
      return [exponent, Math.abs(x) / 2 ** exponent, Math.log2(Math.abs(x)), 1];
    },
    ['positive'],
    APPROXIMATE,
  ),
  LIT: whole(
    ([x = 0, y = 0, , w = 0]) => [1, Math.max(x, 0), x > 0 ? Math.max(y, 0) ** Math.min(Math.max(w, -128), 128) : 0, 1],
    ['positive'],
    3e-3,
  ),
  ARL: floats(Math.floor, ['address']),
  ARR: floats(roundEven, ['address']),
  UARL: each((a) => a & 15, ['u']),
  FSEQ: each((a, b) => truth(w2f(a) === w2f(b)), ['small', 'small']),
  FSNE: each((a, b) => truth(w2f(a) !== w2f(b)), ['small', 'small']),
  FSLT: each((a, b) => truth(w2f(a) < w2f(b)), ['f', 'f']),
  FSGE: each((a, b) => truth(w2f(a) >= w2f(b)), ['f', 'f']),
  I2F: each((a) => f2w(a | 0), ['i'], LOOSE),
  U2F: each((a) => f2w(a), ['u'], LOOSE),
  F2I: each((a) => Math.trunc(w2f(a)) >>> 0, ['small']),
  F2U: each((a) => Math.trunc(w2f(a)) >>> 0, ['positive']),
  UADD: each((a, b) => (a + b) >>> 0, ['u', 'u']),
  UMUL: each((a, b) => Math.imul(a, b) >>> 0, ['u', 'u']),
  UMAD: each((a, b, c) => (Math.imul(a, b) + c) >>> 0, ['u', 'u', 'u']),
  UDIV: each((a, b) => (b === 0 ? 0xffffffff : Math.floor(a / b)), ['u', 'count']),
  UMOD: each((a, b) => (b === 0 ? 0xffffffff : a % b), ['u', 'count']),
  IDIV: each((a, b) => ((b | 0) === 0 ? 0 : Math.trunc((a | 0) / (b | 0)) >>> 0), ['i', 'i']),
  MOD: each((a, b) => ((b | 0) === 0 ? 0xffffffff : ((a | 0) % (b | 0)) >>> 0), ['i', 'i']),
  UMIN: each(Math.min, ['u', 'u']),
  UMAX: each(Math.max, ['u', 'u']),
  IMIN: each((a, b) => Math.min(a | 0, b | 0) >>> 0, ['i', 'i']),
  IMAX: each((a, b) => Math.max(a | 0, b | 0) >>> 0, ['i', 'i']),
  INEG: each((a) => -(a | 0) >>> 0, ['i']),
  IABS: each((a) => Math.abs(a | 0) >>> 0, ['i']),
  ISSG: each((a) => Math.sign(a | 0) >>> 0, ['i']),
  AND: each((a, b) => (a & b) >>> 0, ['u', 'u']),
  OR: each((a, b) => (a | b) >>> 0, ['u', 'u']),
  XOR: each((a, b) => (a ^ b) >>> 0, ['u', 'u']),
  NOT: each((a) => ~a >>> 0, ['u']),
  // Shift counts beyond 31 count their low five bits.
  SHL: each((a, b) => (a << b) >>> 0, ['u', 'u']),
  ISHR: each((a, b) => (a >> b) >>> 0, ['i', 'u']),
  USHR: each((a, b) => a >>> b, ['u', 'u']),
  ISLT: each((a, b) => truth((a | 0) < (b | 0)), ['i', 'i']),
  ISGE: each((a, b) => truth((a | 0) >= (b | 0)), ['i', 'i']),
  USEQ: each((a, b) => truth(a === b), ['count', 'count']),
  USNE: each((a, b) => truth(a !== b), ['count', 'count']),
  USLT: each((a, b) => truth(a < b), ['u', 'u']),
  USGE: each((a, b) => truth(a >= b), ['u', 'u']),
  UCMP: each((a, b, c) => (a === 0 ? c : b), ['mask', 'u', 'u']),
  IMUL_HI: each((a, b) => saturate32((BigInt(a | 0) * BigInt(b | 0)) >> 32n), ['i', 'i']),
  UMUL_HI: each((a, b) => saturate32((BigInt(a) * BigInt(b)) >> 32n), ['u', 'u']),
  UBFE: each((a, o, n) => bitsBetween(a, o, Math.min(n, 32 - o)), ['u', 'count', 'count']),
  IBFE: each((a, o, n) => signed(bitsBetween(a, o, Math.min(n, 32 - o)), Math.min(n, 32 - o)), ['i', 'count', 'count']),
  BFI: each(
    (base, insert, o, n) => {
      const mask = ((1n << BigInt(Math.min(n, 32 - o))) - 1n) << BigInt(o);
      return saturate32((BigInt(base) & ~mask) | ((BigInt(insert) << BigInt(o)) & mask));
    },
    ['u', 'u', 'count', 'count'],
  ),
  BREV: each(reverse, ['u']),
  POPC: each(popcount, ['u']),
  LSB: each((a) => (a === 0 ? 0xffffffff : 31 - clz(a & -a)), ['mask']),
  UMSB: each(msb, ['mask']),
  IMSB: each((a) => msb(((a | 0) < 0 ? ~a : a) >>> 0), ['i']),
  PK2H: whole(([x = 0, y = 0]) => Array.from({ length: 4 }, () => w2f(packHalf(x) | (packHalf(y) << 16))), ['half']),
  UP2H: {
    expect: ([a = []]) => {
      const word = a[0] ?? 0;
      const halves = [unpackHalf(word & 0xffff), unpackHalf(word >>> 16)].map(f2w);
      return [[...halves, ...halves]];
    },
    inputs: ['mask'],
    tolerance: 0,
  },
  F2D: widen((a) => d2w(w2f(a)), ['f']),
  I2D: widen((a) => d2w(a | 0), ['i']),
  U2D: widen((a) => d2w(a), ['u']),
  D2F: narrow((low, high) => f2w(w2d(low, high)), ['d']),
  D2I: narrow((low, high) => Math.trunc(w2d(low, high)) >>> 0, ['d']),
  D2U: narrow((low, high) => Math.trunc(w2d(low, high)) >>> 0, ['dpositive']),
  DADD: doubles((a, b) => a + b, ['d', 'd']),
  DMUL: doubles((a, b) => a * b, ['d', 'd']),
  DMAD: doubles((a, b, c) => a * b + c, ['d', 'd', 'd'], 1e-12),
  DFMA: doubles((a, b, c) => a * b + c, ['d', 'd', 'd'], 1e-12),
  DDIV: doubles((a, b) => a / b, ['d', 'dpositive'], 1e-12),
  DRCP: doubles((a) => 1 / a, ['dpositive'], 1e-12),
  DSQRT: doubles((a) => Math.sqrt(a), ['dpositive'], 1e-12),
  DRSQ: doubles((a) => 1 / Math.sqrt(a), ['dpositive'], 1e-7),
  DABS: doubles(Math.abs, ['d']),
  DNEG: doubles((a) => -a, ['d']),
  DMIN: doubles((a, b) => Math.min(a, b), ['d', 'd']),
  DMAX: doubles((a, b) => Math.max(a, b), ['d', 'd']),
  DFRAC: doubles(fraction, ['d']),
  DFLR: doubles(Math.floor, ['d']),
  DCEIL: doubles(Math.ceil, ['d']),
  DTRUNC: doubles(Math.trunc, ['d']),
  DROUND: doubles(roundEven, ['d']),
  DSSG: doubles(Math.sign, ['d']),
  DLDEXP: pairs(([a0 = 0, a1 = 0], [b = 0]) => d2w(w2d(a0, a1) * 2 ** (b | 0)), ['d', 'count']),
  DFRACEXP: {
    expect: ([a = []]) => {
      const values = [w2d(a[0] ?? 0, a[1] ?? 0), w2d(a[2] ?? 0, a[3] ?? 0)];
      const exponents = values.map((x) => (Math.floor(Math.log2(Math.abs(x))) + 1) >>> 0);
      const [first = 0, second = 0] = exponents;
      return [values.flatMap((x) => d2w(mantissa(x))), [first, second, second, second]];
    },
    inputs: ['dpositive'],
    tolerance: 0,
  },
  DSEQ: wideCompare(([a = 0, b = 0], [c = 0, d = 0]) => w2d(a, b) === w2d(c, d), ['d', 'd']),
  DSNE: wideCompare(([a = 0, b = 0], [c = 0, d = 0]) => w2d(a, b) !== w2d(c, d), ['d', 'd']),
  DSLT: wideCompare(([a = 0, b = 0], [c = 0, d = 0]) => w2d(a, b) < w2d(c, d), ['d', 'd']),
  DSGE: wideCompare(([a = 0, b = 0], [c = 0, d = 0]) => w2d(a, b) >= w2d(c, d), ['d', 'd']),
  I64ABS: longs(abs64, ['l']),
  I64NEG: longs((a) => -a, ['l']),
  I64SSG: longs((a) => (a > 0n ? 1n : a < 0n ? -1n : 0n), ['l']),
  I64MIN: longs(min64, ['l', 'l']),
  I64MAX: longs(max64, ['l', 'l']),
  I64DIV: longs((a, b) => (b === 0n ? 0n : a / b), ['l', 'l']),
  I64MOD: longs((a, b) => (b === 0n ? -1n : a % b), ['l', 'l']),
  I64SHR: pairs(([a0 = 0, a1 = 0], [b = 0]) => l2w(w2l(a0, a1) >> BigInt(b & 63)), ['l', 'u']),
  I64SLT: wideCompare(([a = 0, b = 0], [c = 0, d = 0]) => w2l(a, b) < w2l(c, d), ['l', 'l']),
  I64SGE: wideCompare(([a = 0, b = 0], [c = 0, d = 0]) => w2l(a, b) >= w2l(c, d), ['l', 'l']),
  U64ADD: unsignedLongs((a, b) => a + b, ['q', 'q']),
  U64MUL: unsignedLongs((a, b) => a * b, ['q', 'q']),
  U64MIN: unsignedLongs(min64, ['q', 'q']),
  U64MAX: unsignedLongs(max64, ['q', 'q']),
  U64DIV: unsignedLongs((a, b) => (b === 0n ? -1n : a / b), ['q', 'q']),
  U64MOD: unsignedLongs((a, b) => (b === 0n ? -1n : a % b), ['q', 'q']),
  U64SHL: pairs(([a0 = 0, a1 = 0], [b = 0]) => l2w(w2q(a0, a1) << BigInt(b & 63)), ['q', 'u']),
  U64SHR: pairs(([a0 = 0, a1 = 0], [b = 0]) => l2w(w2q(a0, a1) >> BigInt(b & 63)), ['q', 'u']),
  U64SEQ: wideCompare(([a = 0, b = 0], [c = 0, d = 0]) => w2q(a, b) === w2q(c, d), ['q', 'q']),
  U64SNE: wideCompare(([a = 0, b = 0], [c = 0, d = 0]) => w2q(a, b) !== w2q(c, d), ['q', 'q']),
  U64SLT: wideCompare(([a = 0, b = 0], [c = 0, d = 0]) => w2q(a, b) < w2q(c, d), ['q', 'q']),
  U64SGE: wideCompare(([a = 0, b = 0], [c = 0, d = 0]) => w2q(a, b) >= w2q(c, d), ['q', 'q']),
  F2I64: widen((a) => l2w(BigInt(Math.trunc(w2f(a)))), ['small']),
  F2U64: widen((a) => l2w(BigInt(Math.trunc(w2f(a)))), ['positive']),
  I2I64: widen((a) => l2w(BigInt(a | 0)), ['i']),
  U2I64: widen((a) => l2w(BigInt(a)), ['u']),
  D2I64: pairs(([a0 = 0, a1 = 0]) => l2w(BigInt(Math.trunc(w2d(a0, a1)))), ['d']),
  D2U64: pairs(([a0 = 0, a1 = 0]) => l2w(BigInt(Math.trunc(w2d(a0, a1)))), ['dpositive']),
  I642F: narrow((low, high) => f2w(Number(w2l(low, high))), ['l']),
  U642F: narrow((low, high) => f2w(Number(w2q(low, high))), ['q']),
  I642D: pairs(([a0 = 0, a1 = 0]) => d2w(Number(w2l(a0, a1))), ['l']),
  U642D: pairs(([a0 = 0, a1 = 0]) => d2w(Number(w2q(a0, a1))), ['q']),
};

function packHalf(value: number): number {
  const word = f2w(value);
  const sign = (word >>> 16) & 0x8000;
  const exponent = ((word >>> 23) & 0xff) - 112;
  return sign | (exponent << 10) | ((word >>> 13) & 0x3ff);
}

function unpackHalf(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >>> 10) & 31;
  const fractionBits = half & 0x3ff;
  if (exponent === 0) return sign * fractionBits * 2 ** -24;
  if (exponent === 31) return fractionBits === 0 ? sign * Infinity : NaN;
  return sign * (1 + fractionBits / 1024) * 2 ** (exponent - 15);
}

/** Numbers that repeat from run to run. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

const CASES = 32;

function vector(kind: Kind, random: () => number, place: number): Words {
  const pick = (list: readonly number[]): number => list[Math.floor(random() * list.length)] ?? 0;
  const word = (): number => Math.floor(random() * 2 ** 32);
  const long = (): bigint => {
    const shift = BigInt(Math.floor(random() * 60));
    const value = ((BigInt(word()) << 32n) | BigInt(word())) >> shift;
    return place % 7 === 0 ? BigInt(Math.floor(random() * 3) - 1) : value;
  };
  const one: Readonly<Record<Kind, () => number>> = {
    f: () => f2w(place % 5 === 0 ? pick([0, 1, -1, 0.5, -0.5, 1.5, 2.5, -2.5, 1e6]) : (random() - 0.5) * 200),
    positive: () => f2w(random() * 20 + 0.01),
    small: () => f2w(Math.floor(random() * 16 - 8) / 2),
    angle: () => f2w((random() - 0.5) * 6),
    half: () => f2w(Math.floor(random() * 2048 - 1024) / 8 + 0.0625),
    i: () => (place % 4 === 0 ? pick([0, 1, 0xffffffff, 0x80000000, 0x7fffffff]) : word()),
    u: () => (place % 4 === 0 ? pick([0, 1, 31, 32, 0xffffffff, 0x80000000]) : word()),
    mask: () => (random() < 0.3 ? 0 : word() >>> Math.floor(random() * 32)),
    count: () => Math.floor(random() * 31),
    address: () => f2w(Math.floor(random() * 60) / 4),
    d: () => 0,
    dpositive: () => 0,
    l: () => 0,
    q: () => 0,
  };
  if (kind === 'd') return [...d2w(pick([0.5, 1.5, -2.5, (random() - 0.5) * 1e6])), ...d2w(Math.floor(random() * 4))];
  if (kind === 'dpositive') return [...d2w(random() * 1000 + 0.1), ...d2w(random() * 1000 + 0.1)];
  if (kind === 'l') return [...l2w(long() - long()), ...l2w(place % 3 === 0 ? -(2n ** 63n) : long())];
  if (kind === 'q') return [...l2w(long()), ...l2w(long())];
  return Array.from({ length: 4 }, one[kind]);
}

/** A compute shader that runs `opcode` once an invocation: 64 bytes of sources in, 32 bytes of results out. */
function shaderOf(opcode: OpcodeName): string {
  const { srcs, dsts } = opcodeOf(opcode);
  const sources = Array.from({ length: srcs }, (_, i) => `TEMP[${i + 1}]`);
  const isAddress = opcode === 'ARL' || opcode === 'ARR' || opcode === 'UARL';
  const targets = isAddress ? ['ADDR[0]'] : Array.from({ length: dsts }, (_, i) => `TEMP[${i + 5}]`);
  const body = [
    'UMAD TEMP[0].x, SV[0].xxxx, IMM[0].xxxx, SV[1].xxxx',
    'UMUL TEMP[0].y, TEMP[0].xxxx, IMM[0].yyyy',
    'UMUL TEMP[0].z, TEMP[0].xxxx, IMM[0].zzzz',
    'MOV TEMP[6], IMM[1]',
    ...sources.flatMap((temp) => [
      `LOAD ${temp}, BUFFER[0], TEMP[0].yyyy`,
      'UADD TEMP[0].y, TEMP[0].yyyy, IMM[0].wwww',
    ]),
    ...(opcode === 'UARL' ? ['AND TEMP[1], TEMP[1], IMM[1].wwww'] : []),
    `${opcode} ${[...targets, ...sources].join(', ')}`,
    ...(isAddress ? ADDRESS_TO_WORDS(opcode) : []),
    'STORE BUFFER[1], TEMP[0].zzzz, TEMP[5]',
    'UADD TEMP[0].z, TEMP[0].zzzz, IMM[0].wwww',
    'STORE BUFFER[1], TEMP[0].zzzz, TEMP[6]',
    'END',
  ];
  return [
    'COMP',
    'PROPERTY CS_FIXED_BLOCK_WIDTH 16',
    'PROPERTY CS_FIXED_BLOCK_HEIGHT 1',
    'PROPERTY CS_FIXED_BLOCK_DEPTH 1',
    'DCL SV[0], BLOCK_ID',
    'DCL SV[1], THREAD_ID',
    'DCL BUFFER[0]',
    'DCL BUFFER[1]',
    'DCL ADDR[0]',
    'DCL TEMP[0..7]',
    'DCL TEMP[8..23], ARRAY(1), LOCAL',
    'IMM[0] UINT32 {16, 64, 32, 16}',
    'IMM[1] UINT32 {0, 0, 0, 15}',
    'IMM[2] UINT32 {0, 1, 2, 3}',
    'IMM[3] UINT32 {4, 5, 6, 7}',
    'IMM[4] UINT32 {8, 9, 10, 11}',
    'IMM[5] UINT32 {12, 13, 14, 15}',
    ...body.map((line, i) => `${i}: ${line}`),
  ].join('\n');
}

/** Addresses can only be seen by what they reach: an array whose elements hold their own number. */
function ADDRESS_TO_WORDS(opcode: OpcodeName): string[] {
  const fill = Array.from({ length: 16 }, (_, i) => {
    const imm = `IMM[${2 + (i >> 2)}].${'xyzw'[i & 3]?.repeat(4)}`;
    return opcode === 'UARL' ? `MOV TEMP[${8 + i}], ${imm}` : `U2F TEMP[${8 + i}], ${imm}`;
  });
  const read = ['x', 'y', 'z', 'w'].map((lane) => `MOV TEMP[5].${lane}, TEMP[ADDR[0].${lane}+8](1)`);
  return [...fill, ...read];
}

const DOUBLE_RESULTS = /^(?:D(?!2|S[A-Z]{2}$|P)|[FIU]2D|[IU]642D)/;

function close(opcode: OpcodeName, got: Words, want: Words, tolerance: number): boolean {
  if (got.every((word, i) => word === want[i])) return true;
  const isFloat = opcodeOf(opcode).dstType === 'f';
  if (DOUBLE_RESULTS.test(opcode) && opcodeOf(opcode).dstType === 'd') {
    return [0, 2].every((i) => near(w2d(got[i] ?? 0, got[i + 1] ?? 0), w2d(want[i] ?? 0, want[i + 1] ?? 0), tolerance));
  }
  return isFloat && got.every((word, i) => near(w2f(word), w2f(want[i] ?? 0), tolerance));
}

function near(got: number, want: number, tolerance: number): boolean {
  if (Object.is(got, want) || got === want || (Number.isNaN(got) && Number.isNaN(want))) return true;
  return Math.abs(got - want) <= tolerance * Math.max(1, Math.abs(want));
}

const device = TestDevice.open();
afterAll(() => device?.[Symbol.dispose]());

const TESTED = Object.keys(ROWS) as OpcodeName[];

describe.skipIf(device === null)('arithmetic opcodes on the host', () => {
  test.each(TESTED)('%s', (opcode) => {
    const row = ROWS[opcode];
    if (device === null || row === undefined) return;
    const random = generator(opcode.length * 7919 + opcode.charCodeAt(0));
    const cases = Array.from({ length: CASES }, (_, place) => row.inputs.map((kind) => vector(kind, random, place)));
    const input = new Uint32Array(CASES * 16);
    for (const [i, srcs] of cases.entries()) for (const [k, src] of srcs.entries()) input.set(src, i * 16 + k * 4);
    const output = new Uint32Array(CASES * 8);
    device.compute(shaderOf(opcode), CASES / 16, { buffers: [input, output] });
    for (const [i, srcs] of cases.entries()) {
      for (const [k, want] of row.expect(srcs).entries()) {
        const got = [...output.subarray(i * 8 + k * 4, i * 8 + k * 4 + 4)];
        const shown = want.map((word) => word >>> 0);
        if (close(k === 0 ? opcode : 'MOV', got, shown, row.tolerance)) continue;
        expect({ case: i, srcs, got: got.map((word) => [word, w2f(word)]) }).toEqual({
          case: i,
          srcs,
          got: shown.map((word) => [word, w2f(word)]),
        });
      }
    }
  });
});
