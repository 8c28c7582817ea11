// LZ4 blocks (lz4_Block_format.md) of 32-bit pixels: matches begin and end at whole pixels, which makes the search four times
// as short and the format no different.

import { hashPair, matchEnd, tableBits } from './match';

const MAX_OFFSET: usize = 65535;

/** Codes `bytes` (a multiple of 4) from `src` to `out`; returns the coded size, at most bytes + bytes / 255 + 16. */
export function lz4Encode(src: usize, bytes: usize, out: usize, table: usize): usize {
  const start = out;
  const end = src + bytes;
  let anchor = src;
  if (bytes >= 32) {
    const bits = tableBits(<u32>(bytes >> 2));
    const shift = 64 - bits;
    memory.fill(table, 0, (<usize>4) << bits);
    // The format: the last match starts 12 bytes before the end or earlier, the last 5 bytes are literals.
    const lastStart = end - 16;
    const lastEnd = end - 8;
    let at = src + 4;
    let misses: usize = 0;
    while (at <= lastStart) {
      const pair = load<u64>(at);
      const place = table + ((<usize>hashPair(pair, shift)) << 2);
      let ref = src + load<u32>(place);
      store<u32>(place, <u32>(at - src));
      if (at - ref > MAX_OFFSET || load<u64>(ref) != pair) {
        misses++;
        at += ((misses >> 6) + 1) << 2;
        continue;
      }
      misses = 0;
      const to = matchEnd(at + 8, ref + 8, lastEnd);
      while (at > anchor && ref > src && load<u32>(at - 4) == load<u32>(ref - 4)) {
        at -= 4;
        ref -= 4;
      }
      out = putSequence(out, anchor, at - anchor, at - ref, to - at);
      at = to;
      anchor = to;
      if (at <= lastStart) {
        store<u32>(table + ((<usize>hashPair(load<u64>(at - 4), shift)) << 2), <u32>(at - 4 - src));
      }
    }
  }
  return putLiterals(out, anchor, end - anchor, 0) - start;
}

/** Writes token and literals. The token's low half is `low`. */
function putLiterals(out: usize, from: usize, length: usize, low: u32): usize {
  if (length < 15) {
    store<u8>(out++, <u8>((length << 4) | low));
  } else {
    store<u8>(out++, <u8>(0xf0 | low));
    out = putLength(out, length - 15);
  }
  if (length <= 32) {
    // Up to 31 bytes of what is overwritten next; the output has room for them.
    v128.store(out, v128.load(from));
    v128.store(out, v128.load(from, 16), 16);
  } else {
    memory.copy(out, from, length);
  }
  return out + length;
}

function putLength(out: usize, rest: usize): usize {
  while (rest >= 255) {
    store<u8>(out++, 255);
    rest -= 255;
  }
  store<u8>(out++, <u8>rest);
  return out;
}

function putSequence(out: usize, from: usize, literals: usize, offset: usize, length: usize): usize {
  const biased = length - 4;
  out = putLiterals(out, from, literals, <u32>min<usize>(biased, 15));
  store<u16>(out, <u16>offset);
  out += 2;
  return biased < 15 ? out : putLength(out, biased - 15);
}
