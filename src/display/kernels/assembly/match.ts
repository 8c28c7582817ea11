// What both dictionary coders need: pairs of pixels found again, and how long they stay equal.

export function hashPair(pair: u64, shift: u32): u32 {
  return <u32>((pair * 0x9e3779b97f4a7c15) >> <u64>shift);
}

/** The end, at most `limit`, up to which whole pixels from `at` on equal those from `ref` on. */
export function matchEnd(at: usize, ref: usize, limit: usize): usize {
  while (at + 16 <= limit) {
    const differing = i32x4.bitmask(i32x4.ne(v128.load(at), v128.load(ref)));
    if (differing) return at + ((<usize>ctz(differing)) << 2);
    at += 16;
    ref += 16;
  }
  while (at < limit && load<u32>(at) == load<u32>(ref)) {
    at += 4;
    ref += 4;
  }
  return at;
}

/** Bits of a hash table that suits so many pixels: small images must not pay for clearing a large one. */
export function tableBits(pixels: u32): u32 {
  return min<u32>(14, max<u32>(6, 32 - clz<u32>(pixels)));
}
