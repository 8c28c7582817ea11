// What a rectangle of the picture holds (X bytes are 0 there), and copies of it without gaps.

/** The colour of a rectangle of one colour, else -1. */
export function solidColour(at: usize, stride: usize, width: u32, height: u32): i32 {
  const colour = load<u32>(at);
  const wanted = i32x4.splat(colour);
  for (let y: u32 = 0; y < height; y++) {
    let x: u32 = 0;
    for (; x + 4 <= width; x += 4) {
      if (v128.any_true(v128.xor(v128.load(at + ((<usize>x) << 2)), wanted))) return -1;
    }
    for (; x < width; x++) {
      if (load<u32>(at + ((<usize>x) << 2)) != colour) return -1;
    }
    at += stride;
  }
  return colour;
}

/**
 * How a rectangle's pixels go together: in bits 0–15 the thousandths that equal their left or upper neighbour, in bits 16–31
 * about how many colours every eighth row holds, up to 256.
 */
export function classify(at: usize, stride: usize, width: u32, height: u32): u32 {
  if (width < 2 || height < 2) return 1000;
  const total = (width - 1) * (height - 1);
  let sums = i32x4.splat(0);
  let flat: u32 = 0;
  let row = at;
  for (let y: u32 = 1; y < height; y++) {
    row += stride;
    let x: u32 = 1;
    for (; x + 4 <= width; x += 4) {
      const here = row + ((<usize>x) << 2);
      const v = v128.load(here);
      const same = v128.or(i32x4.eq(v, v128.load(here - 4)), i32x4.eq(v, v128.load(here - stride)));
      sums = i32x4.sub(sums, same);
    }
    for (; x < width; x++) {
      const here = row + ((<usize>x) << 2);
      const v = load<u32>(here);
      if (v == load<u32>(here - 4) || v == load<u32>(here - stride)) flat++;
    }
  }
  flat +=
    i32x4.extract_lane(sums, 0) +
    i32x4.extract_lane(sums, 1) +
    i32x4.extract_lane(sums, 2) +
    i32x4.extract_lane(sums, 3);
  const permille = <u32>((<u64>flat * 1000) / <u64>total);
  // Flat content is text whatever its colours are: they need no count.
  if (permille >= 700) return permille;
  return permille | (distinctColours(at, stride, width, height) << 16);
}

function distinctColours(at: usize, stride: usize, width: u32, height: u32): u32 {
  let a: u64 = 0;
  let b: u64 = 0;
  let c: u64 = 0;
  let d: u64 = 0;
  for (let y: u32 = 0; y < height; y += 8) {
    for (let x: u32 = 0; x < width; x++) {
      const hash = (load<u32>(at + ((<usize>x) << 2)) * 0x9e3779b1) >> 24;
      const bit = (<u64>1) << (hash & 63);
      const group = hash >> 6;
      // Branches would be guessed wrong three times of four.
      a |= select<u64>(bit, 0, group == 0);
      b |= select<u64>(bit, 0, group == 1);
      c |= select<u64>(bit, 0, group == 2);
      d |= select<u64>(bit, 0, group == 3);
    }
    at += stride << 3;
  }
  return <u32>(popcnt(a) + popcnt(b) + popcnt(c) + popcnt(d));
}

/** Copies a rectangle to `out` as rows without gaps. */
export function packRect(at: usize, stride: usize, width: u32, height: u32, out: usize): void {
  const bytes = (<usize>width) << 2;
  if (bytes == stride) {
    memory.copy(out, at, bytes * height);
    return;
  }
  for (let y: u32 = 0; y < height; y++) {
    memory.copy(out, at, bytes);
    at += stride;
    out += bytes;
  }
}

/** Copies a rectangle to `out` as R, G, B without gaps; may write 4 bytes more. */
export function packRgb(at: usize, stride: usize, width: u32, height: u32, out: usize): void {
  for (let y: u32 = 0; y < height; y++) {
    let x: u32 = 0;
    for (; x + 4 <= width; x += 4) {
      const v = v128.load(at + ((<usize>x) << 2));
      v128.store(out, i8x16.swizzle(v, i8x16(2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, 15, 15, 15, 15)));
      out += 12;
    }
    for (; x < width; x++) {
      const v = load<u32>(at + ((<usize>x) << 2));
      store<u8>(out, <u8>(v >> 16));
      store<u8>(out, <u8>(v >> 8), 1);
      store<u8>(out, <u8>v, 2);
      out += 3;
    }
    at += stride;
  }
}

function mix(state: v128, v: v128, factor: i32, shift: i32): v128 {
  const product = i32x4.mul(v128.xor(state, v), i32x4.splat(factor));
  // Without the shift a change in the high bits never reaches the low ones, and two such changes can cancel out.
  return v128.xor(product, i32x4.shr_u(product, shift));
}

/** A 128-bit hash of a rectangle, to `out`. Not for secrets: for pictures that are the same by intent. */
export function hashRect(at: usize, stride: usize, width: u32, height: u32, out: usize): void {
  let s = i32x4(0x2545f491, 0x1b873593, 0x68e31da4, 0x7feb352d);
  let t = i32x4(0x31415927, 0x5bd1e995, 0x4cf5ad43, 0x297a2d39);
  for (let y: u32 = 0; y < height; y++) {
    let x: u32 = 0;
    for (; x + 4 <= width; x += 4) {
      const v = v128.load(at + ((<usize>x) << 2));
      s = mix(s, v, 0x9e3779b1, 15);
      t = mix(t, v, 0x85ebca77, 13);
    }
    for (; x < width; x++) {
      const v = i32x4.splat(load<u32>(at + ((<usize>x) << 2)));
      s = mix(s, v, 0x9e3779b1, 15);
      t = mix(t, v, 0x85ebca77, 13);
    }
    at += stride;
  }
  let low: u64 = ((<u64>width) << 32) | height;
  let high: u64 = 0x9e3779b97f4a7c15;
  low = finish(low ^ i64x2.extract_lane(s, 0));
  high = finish(high ^ i64x2.extract_lane(s, 1));
  low = finish(low ^ i64x2.extract_lane(t, 0) ^ (high << 1));
  high = finish(high ^ i64x2.extract_lane(t, 1) ^ (low << 1));
  store<u64>(out, low);
  store<u64>(out, high, 8);
}

function finish(v: u64): u64 {
  v = (v ^ (v >> 32)) * 0xd6e8feb86659fd93;
  v = (v ^ (v >> 32)) * 0xd6e8feb86659fd93;
  return v ^ (v >> 32);
}
