// The floating-point instructions (extensions F and D), operands and results as registers hold them. Native operations where
// they give what IEEE 754 asks: rounding to nearest, result normal, and either NX set already or the result proven exact.
import { H_FCSR } from '../layout';
import { get32, raiseFlags } from './hart';
import {
  classify,
  classMask,
  FINITE,
  QUIET,
  quietNaN,
  RNE,
  SIGNALLING,
  signOf,
  softAdd,
  softConvert,
  softDiv,
  softFma,
  softFromInteger,
  softMul,
  softSqrt,
  softToInteger,
} from './soft-float';

const BOX: u64 = 0xffffffff00000000;

function unbox(a: u64): u64 {
  return a >= BOX ? a & 0xffffffff : 0x7fc00000;
}
function mode(rm: i32): i32 {
  return rm == 7 ? (get32(H_FCSR) >> 5) & 7 : rm;
}
function isInexactSet(): bool {
  return (get32(H_FCSR) & 1) != 0;
}
/** Whether a double is finite, normal and not the smallest normal one. */
function isPlainD(a: f64): bool {
  const magnitude = abs<f64>(a);
  return magnitude > 2.2250738585072014e-308 && magnitude < Infinity;
}
function isPlainS(a: f32): bool {
  const magnitude = abs<f32>(a);
  return magnitude > <f32>1.1754943508222875e-38 && magnitude < <f32>Infinity;
}
function D(a: u64): f64 {
  return reinterpret<f64>(a);
}
function S(a: u64): f32 {
  return reinterpret<f32>(<u32>a);
}
function ofD(a: f64): u64 {
  return reinterpret<u64>(a);
}
function ofS(a: f32): u64 {
  return <u64>reinterpret<u32>(a) | BOX;
}

/** Significant bits of a normal double without trailing zeros. */
function oddPart(a: u64): u64 {
  const m = (a & 0xfffffffffffff) | 0x10000000000000;
  return m >> ctz<u64>(m);
}

/** Whether the product of two normal doubles has at most 53 significant bits. */
function isExactProduct(a: u64, b: u64): bool {
  const x = oddPart(a);
  const y = oddPart(b);
  const bits = 128 - <i32>clz<u64>(x) - <i32>clz<u64>(y);
  return bits <= 54 && (bits <= 53 || x * y < (<u64>1) << 53);
}

export function fadd_d(a: u64, b: u64, rm: i32): u64 {
  const m = mode(rm);
  if (m == RNE) {
    const x = D(a);
    const y = D(b);
    const r = x + y;
    // A sum cannot underflow inexactly: zero and subnormal sums are exact.
    if (abs<f64>(r) < Infinity) {
      if (!isInexactSet()) {
        const v = r - x;
        if (x - (r - v) + (y - v) != 0) raiseFlags(1);
      }
      return ofD(r);
    }
  }
  return softAdd(a, b, 1, m);
}

export function fsub_d(a: u64, b: u64, rm: i32): u64 {
  // A NaN with its sign turned is a NaN of the same kind.
  return fadd_d(a, b ^ 0x8000000000000000, rm);
}

export function fmul_d(a: u64, b: u64, rm: i32): u64 {
  const m = mode(rm);
  if (m == RNE) {
    const r = D(a) * D(b);
    if (isPlainD(r) && (isInexactSet() || (isPlainD(D(a)) && isPlainD(D(b)) && isExactProduct(a, b)))) return ofD(r);
  }
  return softMul(a, b, 1, m);
}

export function fdiv_d(a: u64, b: u64, rm: i32): u64 {
  const m = mode(rm);
  if (m == RNE) {
    const r = D(a) / D(b);
    if (isPlainD(r) && isPlainD(D(b))) {
      if (isInexactSet()) return ofD(r);
      if (isExactProduct(ofD(r), b) && r * D(b) == D(a) && isPlainD(D(a))) return ofD(r);
    }
  }
  return softDiv(a, b, 1, m);
}

export function fsqrt_d(a: u64, rm: i32): u64 {
  const m = mode(rm);
  if (m == RNE) {
    const r = sqrt<f64>(D(a));
    if (isPlainD(r) && (isInexactSet() || (isExactProduct(ofD(r), ofD(r)) && r * r == D(a)))) return ofD(r);
  }
  return softSqrt(a, 1, m);
}

function fma_d(a: u64, b: u64, c: u64, rm: i32, negate: i32): u64 {
  return softFma(a, b, c, negate, 1, mode(rm));
}
export function fmadd_d(a: u64, b: u64, c: u64, rm: i32): u64 {
  return fma_d(a, b, c, rm, 0);
}
export function fmsub_d(a: u64, b: u64, c: u64, rm: i32): u64 {
  return fma_d(a, b, c, rm, 2);
}
export function fnmsub_d(a: u64, b: u64, c: u64, rm: i32): u64 {
  return fma_d(a, b, c, rm, 1);
}
export function fnmadd_d(a: u64, b: u64, c: u64, rm: i32): u64 {
  return fma_d(a, b, c, rm, 3);
}

export function fadd_s(a: u64, b: u64, rm: i32): u64 {
  const m = mode(rm);
  const x = unbox(a);
  const y = unbox(b);
  if (m == RNE) {
    const r = S(x) + S(y);
    if (abs<f32>(r) < <f32>Infinity) {
      if (!isInexactSet()) {
        // The sum of two singles rounded to a double is exact, or the rest is seen by the second step.
        const p = <f64>S(x);
        const q = <f64>S(y);
        const s = p + q;
        const v = s - p;
        if (<f64>r != s || p - (s - v) + (q - v) != 0) raiseFlags(1);
      }
      return ofS(r);
    }
  }
  return softAdd(x, y, 0, m) | BOX;
}

export function fsub_s(a: u64, b: u64, rm: i32): u64 {
  return fadd_s(a, b >= BOX ? b ^ 0x80000000 : b, rm);
}

export function fmul_s(a: u64, b: u64, rm: i32): u64 {
  const m = mode(rm);
  const x = unbox(a);
  const y = unbox(b);
  if (m == RNE) {
    const r = S(x) * S(y);
    if (isPlainS(r)) {
      if (!isInexactSet() && <f64>r != <f64>S(x) * <f64>S(y)) raiseFlags(1);
      return ofS(r);
    }
  }
  return softMul(x, y, 0, m) | BOX;
}

export function fdiv_s(a: u64, b: u64, rm: i32): u64 {
  const m = mode(rm);
  const x = unbox(a);
  const y = unbox(b);
  if (m == RNE) {
    const r = S(x) / S(y);
    if (isPlainS(r) && abs<f32>(S(y)) < <f32>Infinity && S(y) != 0) {
      if (!isInexactSet() && <f64>r * <f64>S(y) != <f64>S(x)) raiseFlags(1);
      return ofS(r);
    }
  }
  return softDiv(x, y, 0, m) | BOX;
}

export function fsqrt_s(a: u64, rm: i32): u64 {
  const m = mode(rm);
  const x = unbox(a);
  if (m == RNE) {
    const r = sqrt<f32>(S(x));
    if (isPlainS(r)) {
      if (!isInexactSet() && <f64>r * <f64>r != <f64>S(x)) raiseFlags(1);
      return ofS(r);
    }
  }
  return softSqrt(x, 0, m) | BOX;
}

function fma_s(a: u64, b: u64, c: u64, rm: i32, negate: i32): u64 {
  return softFma(unbox(a), unbox(b), unbox(c), negate, 0, mode(rm)) | BOX;
}
export function fmadd_s(a: u64, b: u64, c: u64, rm: i32): u64 {
  return fma_s(a, b, c, rm, 0);
}
export function fmsub_s(a: u64, b: u64, c: u64, rm: i32): u64 {
  return fma_s(a, b, c, rm, 2);
}
export function fnmsub_s(a: u64, b: u64, c: u64, rm: i32): u64 {
  return fma_s(a, b, c, rm, 1);
}
export function fnmadd_s(a: u64, b: u64, c: u64, rm: i32): u64 {
  return fma_s(a, b, c, rm, 3);
}

/** -1 less, 0 equal, 1 greater, 2 unordered. */
function order(a: u64, b: u64, format: i32): i32 {
  const x = format ? D(a) : <f64>S(a);
  const y = format ? D(b) : <f64>S(b);
  return x < y ? -1 : x == y ? 0 : x > y ? 1 : 2;
}
function isSignalling(a: u64, b: u64, format: i32): bool {
  return classify(a, format) == SIGNALLING || classify(b, format) == SIGNALLING;
}
function equal(a: u64, b: u64, format: i32): i64 {
  const o = order(a, b, format);
  if (o == 2 && isSignalling(a, b, format)) raiseFlags(16);
  return i64(o == 0);
}
function less(a: u64, b: u64, format: i32, orEqual: bool): i64 {
  const o = order(a, b, format);
  if (o == 2) raiseFlags(16);
  return i64(o == -1 || (orEqual && o == 0));
}
export function feq_d(a: u64, b: u64): i64 {
  return equal(a, b, 1);
}
export function flt_d(a: u64, b: u64): i64 {
  return less(a, b, 1, false);
}
export function fle_d(a: u64, b: u64): i64 {
  return less(a, b, 1, true);
}
export function feq_s(a: u64, b: u64): i64 {
  return equal(unbox(a), unbox(b), 0);
}
export function flt_s(a: u64, b: u64): i64 {
  return less(unbox(a), unbox(b), 0, false);
}
export function fle_s(a: u64, b: u64): i64 {
  return less(unbox(a), unbox(b), 0, true);
}

function extreme(a: u64, b: u64, format: i32, isMax: bool): u64 {
  const o = order(a, b, format);
  if (o == 2) {
    if (isSignalling(a, b, format)) raiseFlags(16);
    const isANumber = classify(a, format) < QUIET;
    return isANumber ? a : classify(b, format) < QUIET ? b : quietNaN(format);
  }
  // -0 is less than +0 here.
  const isALess = o == -1 || (o == 0 && signOf(a, format) != 0);
  return isALess != isMax ? a : b;
}
export function fmin_d(a: u64, b: u64): u64 {
  return extreme(a, b, 1, false);
}
export function fmax_d(a: u64, b: u64): u64 {
  return extreme(a, b, 1, true);
}
export function fmin_s(a: u64, b: u64): u64 {
  return extreme(unbox(a), unbox(b), 0, false) | BOX;
}
export function fmax_s(a: u64, b: u64): u64 {
  return extreme(unbox(a), unbox(b), 0, true) | BOX;
}

export function fsgnj_s(a: u64, b: u64): u64 {
  return (unbox(a) & 0x7fffffff) | (unbox(b) & 0x80000000) | BOX;
}
export function fsgnjn_s(a: u64, b: u64): u64 {
  return (unbox(a) & 0x7fffffff) | (~unbox(b) & 0x80000000) | BOX;
}
export function fsgnjx_s(a: u64, b: u64): u64 {
  return (unbox(a) ^ (unbox(b) & 0x80000000)) | BOX;
}

export function fclass_s(a: u64): i64 {
  return <i64>classMask(unbox(a), 0);
}
export function fclass_d(a: u64): i64 {
  return <i64>classMask(a, 1);
}

export function fcvt_s_d(a: u64, rm: i32): u64 {
  return softConvert(a, 1, 0, mode(rm)) | BOX;
}
export function fcvt_d_s(a: u64, rm: i32): u64 {
  const x = unbox(a);
  if (classify(x, 0) <= FINITE) return ofD(<f64>S(x));
  return softConvert(x, 0, 1, mode(rm));
}

export function fcvt_w_s(a: u64, rm: i32): i64 {
  return softToInteger(unbox(a), 0, true, 32, mode(rm));
}
export function fcvt_wu_s(a: u64, rm: i32): i64 {
  return softToInteger(unbox(a), 0, false, 32, mode(rm));
}
export function fcvt_l_s(a: u64, rm: i32): i64 {
  return softToInteger(unbox(a), 0, true, 64, mode(rm));
}
export function fcvt_lu_s(a: u64, rm: i32): i64 {
  return softToInteger(unbox(a), 0, false, 64, mode(rm));
}
export function fcvt_w_d(a: u64, rm: i32): i64 {
  return softToInteger(a, 1, true, 32, mode(rm));
}
export function fcvt_wu_d(a: u64, rm: i32): i64 {
  return softToInteger(a, 1, false, 32, mode(rm));
}
export function fcvt_l_d(a: u64, rm: i32): i64 {
  return softToInteger(a, 1, true, 64, mode(rm));
}
export function fcvt_lu_d(a: u64, rm: i32): i64 {
  return softToInteger(a, 1, false, 64, mode(rm));
}

function fromSigned(a: i64, format: i32, rm: i32): u64 {
  return softFromInteger(i32(a < 0), <u64>(a < 0 ? 0 - a : a), format, mode(rm));
}
export function fcvt_s_w(a: i64, rm: i32): u64 {
  return fromSigned(<i64>(<i32>a), 0, rm) | BOX;
}
export function fcvt_s_wu(a: i64, rm: i32): u64 {
  return softFromInteger(0, <u64>(<u32>a), 0, mode(rm)) | BOX;
}
export function fcvt_s_l(a: i64, rm: i32): u64 {
  return fromSigned(a, 0, rm) | BOX;
}
export function fcvt_s_lu(a: i64, rm: i32): u64 {
  return softFromInteger(0, <u64>a, 0, mode(rm)) | BOX;
}
export function fcvt_d_w(a: i64): u64 {
  return ofD(<f64>(<i32>a));
}
export function fcvt_d_wu(a: i64): u64 {
  return ofD(<f64>(<u32>a));
}
export function fcvt_d_l(a: i64, rm: i32): u64 {
  return fromSigned(a, 1, rm);
}
export function fcvt_d_lu(a: i64, rm: i32): u64 {
  return softFromInteger(0, <u64>a, 1, mode(rm));
}
