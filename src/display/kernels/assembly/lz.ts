// The pixel stream of SPICE's LZ images with 3-byte pixels (its shape is drawn in encoders/lz.decode.ts).

import { hashPair, matchEnd, tableBits } from './match';

const FAR: usize = 8191;
const MAX_DISTANCE: usize = 65535 + 8191;

/** Codes pixels (X bytes 0) from `src` to `out`; returns the coded size, at most 3 bytes and 1/32 a pixel. */
export function lzEncode(src: usize, pixels: u32, out: usize, table: usize): usize {
  const start = out;
  const end = src + ((<usize>pixels) << 2);
  const bits = tableBits(pixels);
  const shift = 64 - bits;
  memory.fill(table, 0, (<usize>4) << bits);
  let anchor = src;
  let at = src + 4;
  let misses: usize = 0;
  while (at + 8 <= end) {
    const pair = load<u64>(at);
    const place = table + ((<usize>hashPair(pair, shift)) << 2);
    let ref = src + load<u32>(place);
    store<u32>(place, <u32>(at - src));
    // A run costs the least of all and needs no dictionary.
    if (load<u64>(at - 4) == pair) ref = at - 4;
    const distance = (at - ref) >> 2;
    // Far away, 4 bytes must stand for more than one pixel and a half.
    if (
      load<u64>(ref) != pair ||
      distance > MAX_DISTANCE ||
      (distance > FAR && (at + 12 > end || load<u32>(ref, 8) != load<u32>(at, 8)))
    ) {
      misses++;
      at += ((misses >> 6) + 1) << 2;
      continue;
    }
    misses = 0;
    const to = matchEnd(at + 8, ref + 8, end);
    while (at > anchor && ref > src && load<u32>(at - 4) == load<u32>(ref - 4)) {
      at -= 4;
      ref -= 4;
    }
    out = putPixels(out, anchor, at);
    out = putMatch(out, distance - 1, (to - at) >> 2);
    at = to;
    anchor = to;
    if (at + 8 <= end) store<u32>(table + ((<usize>hashPair(load<u64>(at - 4), shift)) << 2), <u32>(at - 4 - src));
  }
  return putPixels(out, anchor, end) - start;
}

/** Writes pixels as they are, in runs of up to 32; may write 4 bytes more. */
function putPixels(out: usize, from: usize, end: usize): usize {
  while (from < end) {
    const pixels = min<usize>(32, (end - from) >> 2);
    store<u8>(out++, <u8>(pixels - 1));
    let i: usize = 0;
    for (; i + 4 <= pixels; i += 4) {
      const v = v128.load(from + (i << 2));
      v128.store(out, i8x16.swizzle(v, i8x16(0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, 15, 15, 15, 15)));
      out += 12;
    }
    for (; i < pixels; i++) {
      store<u32>(out, load<u32>(from + (i << 2)));
      out += 3;
    }
    from += pixels << 2;
  }
  return out;
}

function putMatch(out: usize, offset: usize, pixels: usize): usize {
  const isFar = offset >= FAR;
  const high: usize = isFar ? 31 : offset >> 8;
  if (pixels < 7) {
    store<u8>(out++, <u8>((pixels << 5) | high));
  } else {
    store<u8>(out++, <u8>((7 << 5) | high));
    let rest = pixels - 7;
    while (rest >= 255) {
      store<u8>(out++, 255);
      rest -= 255;
    }
    store<u8>(out++, <u8>rest);
  }
  if (!isFar) {
    store<u8>(out++, <u8>offset);
    return out;
  }
  const beyond = offset - FAR;
  store<u8>(out, 255);
  store<u8>(out, <u8>(beyond >> 8), 1);
  store<u8>(out, <u8>beyond, 2);
  return out + 3;
}
