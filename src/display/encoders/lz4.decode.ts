/**
 * SPICE_IMAGE_TYPE_LZ4: byte top_down, byte bitmap format (8: 32 bits a pixel), then blocks, each a big-endian u32 size and
 * that many bytes of an LZ4 block (lz4_Block_format.md). The blocks decode one behind the other and may refer to up to
 * 65535 bytes of what the blocks before gave. Decoded pixels are R, G, B, 255. Runs in a browser.
 */
import { WireError } from '../../wire/wire-error.ts';
import { flipRows, imageBytes, repeatBytes } from './decoded-image.decode.ts';

const FORMAT_32BIT = 8;
const FORMAT_RGBA = 9;

/**
 * Decodes `bytes` into the first `width * height * 4` bytes of `out`. Throws WireError for whatever is not exactly an image
 * of that size; `out` then holds rubbish, and nothing beyond the image was touched.
 */
export function decodeLz4(bytes: Uint8Array, width: number, height: number, out: Uint8Array): void {
  const size = imageBytes(width, height, out);
  if (bytes.length < 2) throw new WireError('truncated', 'lz4.header', bytes.length);
  if (bytes[0]! > 1) throw new WireError('value', 'lz4.topDown', 0);
  if (bytes[1] !== FORMAT_32BIT && bytes[1] !== FORMAT_RGBA) throw new WireError('value', 'lz4.format', 1);
  let at = 2;
  let filled = 0;
  while (at < bytes.length) {
    if (bytes.length - at < 4) throw new WireError('truncated', 'lz4.blockSize', at);
    const blockBytes = ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;
    at += 4;
    if (blockBytes > bytes.length - at) throw new WireError('truncated', 'lz4.block', at);
    filled = decodeBlock(bytes, at, at + blockBytes, out, filled, size);
    at += blockBytes;
  }
  if (filled !== size) throw new WireError('truncated', 'lz4.pixels', at);
  toRgba(out, size);
  if (bytes[0] === 0) flipRows(out, width * 4, height);
}

/** Decodes one block to `out[into…]`, at most up to `limit`; returns where it ended. */
function decodeBlock(
  bytes: Uint8Array,
  start: number,
  end: number,
  out: Uint8Array,
  into: number,
  limit: number,
): number {
  let at = start;
  let to = into;
  while (at < end) {
    const token = bytes[at++]!;
    let literals = token >> 4;
    if (literals === 15) {
      let more = 255;
      while (more === 255) {
        if (at >= end) throw new WireError('truncated', 'lz4.literalLength', at);
        more = bytes[at++]!;
        literals += more;
      }
    }
    if (literals > end - at) throw new WireError('truncated', 'lz4.literals', at);
    if (literals > limit - to) throw new WireError('limit', 'lz4.literals', at);
    // Short runs are faster byte by byte than through a view.
    if (literals > 32) {
      out.set(bytes.subarray(at, at + literals), to);
      at += literals;
      to += literals;
    } else {
      for (let i = 0; i < literals; i++) out[to++] = bytes[at++]!;
    }
    if (at === end) return to;
    if (end - at < 2) throw new WireError('truncated', 'lz4.offset', at);
    const offset = bytes[at]! | (bytes[at + 1]! << 8);
    if (offset === 0 || offset > to) throw new WireError('pointer', 'lz4.offset', at);
    at += 2;
    let length = (token & 15) + 4;
    if (length === 19) {
      let more = 255;
      while (more === 255) {
        if (at >= end) throw new WireError('truncated', 'lz4.matchLength', at);
        more = bytes[at++]!;
        length += more;
      }
    }
    if (length > limit - to) throw new WireError('limit', 'lz4.match', at);
    to = repeatBytes(out, to, offset, length);
  }
  // A block ends with literals; one that ends with a match is broken off.
  throw new WireError('truncated', 'lz4.token', at);
}

/** Turns B, G, R, X into R, G, B, 255 in place. */
function toRgba(out: Uint8Array, size: number): void {
  for (let i = 0; i < size; i += 4) {
    const blue = out[i]!;
    out[i] = out[i + 2]!;
    out[i + 2] = blue;
    out[i + 3] = 255;
  }
}
