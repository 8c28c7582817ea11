// IEEE 754 arithmetic on bits, in every rounding mode, with flags: what the native operations of WebAssembly leave out. A
// format is 0 for binary32 and 1 for binary64. Significands in work have their leading one in bit 62 and everything that was
// shifted out ORed into bit 0; the value is sig × 2^(exp - 62). Tininess is found after rounding, as RISC-V asks.
import { raiseFlags } from './hart';

export const RNE = 0;
const RDN = 2;
const RUP = 3;
const RMM = 4;

const NX = 1;
const UF = 2;
const OF = 4;
const DZ = 8;
const NV = 16;

export const ZERO = 0;
export const FINITE = 1;
export const INFINITE = 2;
export const QUIET = 3;
export const SIGNALLING = 4;

// What `unpack` found.
let kind: i32 = 0;
let exp: i32 = 0;
let sig: u64 = 0;

function fractionBits(format: i32): i32 {
  return format ? 52 : 23;
}
function bias(format: i32): i32 {
  return format ? 1023 : 127;
}
function exponentMask(format: i32): i32 {
  return format ? 0x7ff : 0xff;
}
export function signOf(a: u64, format: i32): i32 {
  return <i32>((a >> (format ? 63 : 31)) & 1);
}
export function quietNaN(format: i32): u64 {
  return format ? 0x7ff8000000000000 : 0x7fc00000;
}
function signed(sign: i32, format: i32, magnitude: u64): u64 {
  return ((<u64>sign) << (format ? 63 : 31)) | magnitude;
}
function infinity(sign: i32, format: i32): u64 {
  return signed(sign, format, (<u64>exponentMask(format)) << fractionBits(format));
}

function unpack(a: u64, format: i32): void {
  const f = fractionBits(format);
  const e = <i32>(a >> f) & exponentMask(format);
  const m = a & (((<u64>1) << f) - 1);
  if (e == exponentMask(format)) {
    kind = m == 0 ? INFINITE : m >> (f - 1) != 0 ? QUIET : SIGNALLING;
    return;
  }
  if (e == 0) {
    if (m == 0) {
      kind = ZERO;
      exp = -100000;
      sig = 0;
      return;
    }
    const shift = <i32>clz<u64>(m) - 1;
    sig = m << shift;
    exp = 1 - bias(format) - f + 62 - shift;
  } else {
    sig = (m | ((<u64>1) << f)) << (62 - f);
    exp = e - bias(format);
  }
  kind = FINITE;
}

/** What a value is: one of the constants above. */
export function classify(a: u64, format: i32): i32 {
  unpack(a, format);
  return kind;
}

/** The mask of FCLASS. */
export function classMask(a: u64, format: i32): i32 {
  unpack(a, format);
  const sign = signOf(a, format);
  if (kind == SIGNALLING) return 1 << 8;
  if (kind == QUIET) return 1 << 9;
  if (kind == INFINITE) return sign ? 1 : 1 << 7;
  if (kind == ZERO) return sign ? 1 << 3 : 1 << 4;
  if (exp < 1 - bias(format)) return sign ? 1 << 2 : 1 << 5;
  return sign ? 1 << 1 : 1 << 6;
}

function jam(a: u64, by: i32): u64 {
  if (by <= 0) return a;
  if (by >= 64) return u64(a != 0);
  return (a >> by) | u64((a & (((<u64>1) << by) - 1)) != 0);
}

/** Whether a magnitude with the remainder `rest` of `half` × 2 goes up. */
function goesUp(sign: i32, isOdd: bool, rest: u64, half: u64, rm: i32): bool {
  switch (rm) {
    case RNE:
      return rest > half || (rest == half && isOdd);
    case RMM:
      return rest >= half;
    case RDN:
      return sign != 0 && rest != 0;
    case RUP:
      return sign == 0 && rest != 0;
    default:
      return false;
  }
}

function pack(sign: i32, e: i32, s: u64, format: i32, rm: i32): u64 {
  const f = fractionBits(format);
  const drop = 62 - f;
  const mask = ((<u64>1) << drop) - 1;
  const half = (<u64>1) << (drop - 1);
  const least = 1 - bias(format);
  let isTiny = false;
  let biased = e + bias(format);
  if (e < least) {
    const up = goesUp(sign, ((s >> drop) & 1) != 0, s & mask, half, rm);
    isTiny = !(e == least - 1 && ((s & ~mask) + (up ? mask + 1 : 0)) >> 63 != 0);
    s = jam(s, least - e);
    biased = 1;
  }
  const rest = s & mask;
  s >>= drop;
  if (rest != 0) {
    raiseFlags(isTiny ? NX | UF : NX);
    if (goesUp(sign, (s & 1) != 0, rest, half, rm)) s++;
  }
  const bits = ((<u64>(biased - 1)) << f) + s;
  if (biased > 0 && <i64>(bits >> f) >= <i64>exponentMask(format)) {
    raiseFlags(OF | NX);
    const isInfinite = rm == RNE || rm == RMM || (rm == RUP && sign == 0) || (rm == RDN && sign != 0);
    return isInfinite ? infinity(sign, format) : infinity(sign, format) - 1;
  }
  return signed(sign, format, bits);
}

function invalid(format: i32): u64 {
  raiseFlags(NV);
  return quietNaN(format);
}

export function softAdd(a: u64, b: u64, format: i32, rm: i32): u64 {
  const aSign = signOf(a, format);
  const bSign = signOf(b, format);
  unpack(a, format);
  const aKind = kind;
  const aExp = exp;
  const aSig = sig;
  unpack(b, format);
  if (aKind >= QUIET || kind >= QUIET)
    return aKind == SIGNALLING || kind == SIGNALLING ? invalid(format) : quietNaN(format);
  if (aKind == INFINITE) return kind == INFINITE && aSign != bSign ? invalid(format) : a;
  if (kind == INFINITE) return b;
  if (aKind == ZERO && kind == ZERO) return aSign == bSign ? a : signed(i32(rm == RDN), format, 0);
  if (aKind == ZERO) return b;
  if (kind == ZERO) return a;
  if (aSign == bSign) {
    const e = max(aExp, exp);
    let s = jam(aSig, e - aExp) + jam(sig, e - exp);
    if (s >> 63) return pack(aSign, e + 1, jam(s, 1), format, rm);
    return pack(aSign, e, s, format, rm);
  }
  const isALarger = aExp > exp || (aExp == exp && aSig >= sig);
  const e = isALarger ? aExp : exp;
  const s = isALarger ? aSig - jam(sig, aExp - exp) : sig - jam(aSig, exp - aExp);
  if (s == 0) return signed(i32(rm == RDN), format, 0);
  const shift = <i32>clz<u64>(s) - 1;
  return pack(isALarger ? aSign : bSign, e - shift, s << shift, format, rm);
}

let low: u64 = 0;

/** The high half of a product of 128 bits; the other is `low`. */
function wide(a: u64, b: u64): u64 {
  const al = a & 0xffffffff;
  const ah = a >> 32;
  const bl = b & 0xffffffff;
  const bh = b >> 32;
  const t = al * bl;
  const k = ah * bl + (t >> 32);
  const w = al * bh + (k & 0xffffffff);
  low = (w << 32) | (t & 0xffffffff);
  return ah * bh + (k >> 32) + (w >> 32);
}

/** High half of the unsigned product. */
export function mulhu(a: i64, b: i64): i64 {
  return <i64>wide(<u64>a, <u64>b);
}

export function softMul(a: u64, b: u64, format: i32, rm: i32): u64 {
  const sign = signOf(a, format) ^ signOf(b, format);
  unpack(a, format);
  const aKind = kind;
  const aExp = exp;
  const aSig = sig;
  unpack(b, format);
  if (aKind >= QUIET || kind >= QUIET)
    return aKind == SIGNALLING || kind == SIGNALLING ? invalid(format) : quietNaN(format);
  if (aKind == INFINITE || kind == INFINITE) {
    return aKind == ZERO || kind == ZERO ? invalid(format) : infinity(sign, format);
  }
  if (aKind == ZERO || kind == ZERO) return signed(sign, format, 0);
  let e = aExp + exp + 1;
  let high = wide(aSig << 1, sig);
  if (!(high >> 62)) {
    high = (high << 1) | (low >> 63);
    low <<= 1;
    e--;
  }
  return pack(sign, e, high | u64(low != 0), format, rm);
}

export function softDiv(a: u64, b: u64, format: i32, rm: i32): u64 {
  const sign = signOf(a, format) ^ signOf(b, format);
  unpack(a, format);
  const aKind = kind;
  const aExp = exp;
  const aSig = sig;
  unpack(b, format);
  if (aKind >= QUIET || kind >= QUIET)
    return aKind == SIGNALLING || kind == SIGNALLING ? invalid(format) : quietNaN(format);
  if (aKind == INFINITE) return kind == INFINITE ? invalid(format) : infinity(sign, format);
  if (kind == INFINITE) return signed(sign, format, 0);
  if (kind == ZERO) {
    if (aKind == ZERO) return invalid(format);
    raiseFlags(DZ);
    return infinity(sign, format);
  }
  if (aKind == ZERO) return signed(sign, format, 0);
  let e = aExp - exp;
  let rest = aSig;
  if (rest < sig) {
    rest <<= 1;
    e--;
  }
  let quotient: u64 = 0;
  for (let i = 0; i < 63; i++) {
    quotient <<= 1;
    if (rest >= sig) {
      rest -= sig;
      quotient |= 1;
    }
    rest <<= 1;
  }
  return pack(sign, e, quotient | u64(rest != 0), format, rm);
}

export function softSqrt(a: u64, format: i32, rm: i32): u64 {
  unpack(a, format);
  if (kind >= QUIET) return kind == SIGNALLING ? invalid(format) : quietNaN(format);
  if (kind == ZERO) return a;
  if (signOf(a, format)) return invalid(format);
  if (kind == INFINITE) return a;
  const isOdd = (exp & 1) != 0;
  const e = (exp - i32(isOdd)) / 2;
  // Two bits before the point, 62 behind it; zeros follow.
  let radicand = isOdd ? sig << 1 : sig;
  let root: u64 = 0;
  let rest: u64 = 0;
  for (let i = 0; i < 60; i++) {
    rest = (rest << 2) | (radicand >> 62);
    radicand <<= 2;
    const trial = (root << 2) | 1;
    root <<= 1;
    if (rest >= trial) {
      rest -= trial;
      root |= 1;
    }
  }
  return pack(0, e, (root << 3) | u64(rest != 0), format, rm);
}

/** a × b + c with one rounding; `negate` 1: the product's sign turned, 2: that of c. */
export function softFma(a: u64, b: u64, c: u64, negate: i32, format: i32, rm: i32): u64 {
  const pSign = signOf(a, format) ^ signOf(b, format) ^ (negate & 1);
  const cSign = signOf(c, format) ^ (negate >> 1);
  unpack(a, format);
  const aKind = kind;
  const aExp = exp;
  const aSig = sig;
  unpack(b, format);
  const bKind = kind;
  const bExp = exp;
  const bSig = sig;
  unpack(c, format);
  const isInvalid = (aKind == INFINITE && bKind == ZERO) || (aKind == ZERO && bKind == INFINITE);
  if (aKind == SIGNALLING || bKind == SIGNALLING || kind == SIGNALLING || isInvalid) return invalid(format);
  if (aKind == QUIET || bKind == QUIET || kind == QUIET) return quietNaN(format);
  if (aKind == INFINITE || bKind == INFINITE) {
    return kind == INFINITE && cSign != pSign ? invalid(format) : infinity(pSign, format);
  }
  if (kind == INFINITE) return infinity(cSign, format);
  if (aKind == ZERO || bKind == ZERO) {
    if (kind == ZERO) return signed(pSign == cSign ? pSign : i32(rm == RDN), format, 0);
    return signed(cSign, format, c & (format ? 0x7fffffffffffffff : 0x7fffffff));
  }
  let pExp = aExp + bExp + 1;
  let pHigh = wide(aSig << 1, bSig);
  let pLow = low;
  if (!(pHigh >> 62)) {
    pHigh = (pHigh << 1) | (pLow >> 63);
    pLow <<= 1;
    pExp--;
  }
  if (kind == ZERO) return pack(pSign, pExp, pHigh | u64(pLow != 0), format, rm);
  let cHigh = sig;
  let cLow: u64 = 0;
  const e = max(pExp, exp);
  shiftRight(pHigh, pLow, e - pExp);
  pHigh = outHigh;
  pLow = outLow;
  shiftRight(cHigh, cLow, e - exp);
  cHigh = outHigh;
  cLow = outLow;
  if (pSign == cSign) {
    const l = pLow + cLow;
    const h = pHigh + cHigh + u64(l < pLow);
    if (h >> 63) return pack(pSign, e + 1, jam(h, 1) | u64(l != 0), format, rm);
    return pack(pSign, e, h | u64(l != 0), format, rm);
  }
  const isPLarger = pHigh > cHigh || (pHigh == cHigh && pLow >= cLow);
  let l = isPLarger ? pLow - cLow : cLow - pLow;
  let h = isPLarger ? pHigh - cHigh - u64(pLow < cLow) : cHigh - pHigh - u64(cLow < pLow);
  if (h == 0 && l == 0) return signed(i32(rm == RDN), format, 0);
  let re = e;
  if (h == 0) {
    h = l;
    l = 0;
    re -= 64;
    if (h >> 63) {
      l = h << 63;
      h >>= 1;
      re++;
    }
  }
  const shift = <i32>clz<u64>(h) - 1;
  if (shift > 0) {
    h = (h << shift) | (l >> (64 - shift));
    l <<= shift;
    re -= shift;
  }
  return pack(isPLarger ? pSign : cSign, re, h | u64(l != 0), format, rm);
}

let outHigh: u64 = 0;
let outLow: u64 = 0;

function shiftRight(h: u64, l: u64, by: i32): void {
  if (by == 0) {
    outHigh = h;
    outLow = l;
  } else if (by < 64) {
    outHigh = h >> by;
    outLow = (h << (64 - by)) | jam(l, by);
  } else if (by < 128) {
    outHigh = 0;
    outLow = jam(h, by - 64) | u64(l != 0);
  } else {
    outHigh = 0;
    outLow = 1;
  }
}

/** From one format to the other. */
export function softConvert(a: u64, from: i32, to: i32, rm: i32): u64 {
  const sign = signOf(a, from);
  unpack(a, from);
  if (kind >= QUIET) return kind == SIGNALLING ? invalid(to) : quietNaN(to);
  if (kind == INFINITE) return infinity(sign, to);
  if (kind == ZERO) return signed(sign, to, 0);
  return pack(sign, exp, sig, to, rm);
}

/** From an integer. */
export function softFromInteger(sign: i32, magnitude: u64, format: i32, rm: i32): u64 {
  if (magnitude == 0) return 0;
  const zeros = <i32>clz<u64>(magnitude);
  const s = zeros == 0 ? jam(magnitude, 1) : magnitude << (zeros - 1);
  return pack(sign, 63 - zeros, s, format, rm);
}

/** To an integer of 32 or 64 bits, signed or not; out of range or NaN: NV and the nearest end. Sign-extended from 32. */
export function softToInteger(a: u64, format: i32, isSigned: bool, bits: i32, rm: i32): i64 {
  const sign = signOf(a, format);
  unpack(a, format);
  const greatest: u64 = isSigned ? ((<u64>1) << (bits - 1)) - 1 : bits == 64 ? <u64>-1 : 0xffffffff;
  const least: u64 = isSigned ? greatest + 1 : 0;
  let magnitude: u64 = 0;
  let rest: u64 = 0;
  let isOut = kind >= INFINITE;
  if (kind == FINITE) {
    if (exp > 63) isOut = true;
    else if (exp == 63) magnitude = sig << 1;
    else if (exp == 62) magnitude = sig;
    else {
      // Two bits under the point: the half, and whether there is less.
      const by = 62 - exp;
      const s = by == 1 ? sig << 1 : jam(sig, by - 2);
      magnitude = s >> 2;
      rest = s & 3;
      if (rest != 0 && goesUp(sign, (magnitude & 1) != 0, rest, 2, rm)) magnitude++;
    }
  }
  if (!isOut) isOut = sign ? magnitude > least : magnitude > greatest;
  if (isOut) {
    raiseFlags(NV);
    const isLow = sign != 0 && kind < QUIET;
    const value = isLow ? <i64>(0 - least) : <i64>greatest;
    return bits == 32 ? <i64>(<i32>value) : value;
  }
  if (rest != 0) raiseFlags(NX);
  const value = sign ? <i64>(0 - magnitude) : <i64>magnitude;
  return bits == 32 ? <i64>(<i32>value) : value;
}
