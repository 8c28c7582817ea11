/**
 * SPICE_IMAGE_TYPE_LZ_RGB with 32-bit pixels. Seven big-endian u32: magic 0x20205a4c, version 0x00010001, type 8 (RGB32),
 * width, height, stride (width × 4), top_down; then a stream of whole pixels:
 *
 *     0 … 31                n + 1 pixels follow, 3 bytes each: B, G, R
 *     LLLooooo [n …] oooooooo              L = 1 … 6: repeat L pixels; L = 7: repeat 7 + all n, the last n is below 255
 *     LLL11111 [n …] 11111111 hi lo        as above, far
 *
 * from `offset + 1` pixels back, where the far offset is 8191 + (hi << 8 | lo). Decoded pixels are R, G, B, 255. Runs in a
 * browser.
 */
import { WireError } from '../../wire/wire-error.ts';
import { flipRows, imageBytes, repeatBytes } from './decoded-image.decode.ts';

const HEADER_BYTES = 28;
const MAGIC = 0x20205a4c;
const VERSION = 0x00010001;
const TYPE_RGB32 = 8;
const FAR_OFFSET = 8191;

/**
 * Decodes `bytes` into the first `width * height * 4` bytes of `out`. Throws WireError for whatever is not exactly an image
 * of that size; `out` then holds rubbish, and nothing beyond the image was touched.
 */
export function decodeLz(bytes: Uint8Array, width: number, height: number, out: Uint8Array): void {
  const size = imageBytes(width, height, out);
  const isTopDown = checkHeader(bytes, width, height);
  const length = bytes.length;
  let at = HEADER_BYTES;
  let to = 0;
  while (to < size) {
    if (at >= length) throw new WireError('truncated', 'lz.control', at);
    const control = bytes[at++]!;
    if (control < 32) {
      const pixels = control + 1;
      if (pixels * 3 > length - at) throw new WireError('truncated', 'lz.literals', at);
      if (pixels * 4 > size - to) throw new WireError('limit', 'lz.literals', at);
      for (let i = 0; i < pixels; i++) {
        out[to] = bytes[at + 2]!;
        out[to + 1] = bytes[at + 1]!;
        out[to + 2] = bytes[at]!;
        out[to + 3] = 255;
        to += 4;
        at += 3;
      }
      continue;
    }
    let pixels = control >> 5;
    if (pixels === 7) {
      let more = 255;
      while (more === 255) {
        if (at >= length) throw new WireError('truncated', 'lz.length', at);
        more = bytes[at++]!;
        pixels += more;
      }
    }
    if (at >= length) throw new WireError('truncated', 'lz.offset', at);
    const low = bytes[at++]!;
    let offset = ((control & 31) << 8) + low;
    if (offset === FAR_OFFSET) {
      if (length - at < 2) throw new WireError('truncated', 'lz.offset', at);
      offset += (bytes[at]! << 8) | bytes[at + 1]!;
      at += 2;
    }
    const back = (offset + 1) * 4;
    if (back > to) throw new WireError('pointer', 'lz.offset', at);
    if (pixels * 4 > size - to) throw new WireError('limit', 'lz.match', at);
    to = repeatBytes(out, to, back, pixels * 4);
  }
  if (at !== length) throw new WireError('value', 'lz.end', at);
  if (!isTopDown) flipRows(out, width * 4, height);
}

function checkHeader(bytes: Uint8Array, width: number, height: number): boolean {
  if (bytes.length < HEADER_BYTES) throw new WireError('truncated', 'lz.header', bytes.length);
  const view = new DataView(bytes.buffer, bytes.byteOffset, HEADER_BYTES);
  if (view.getUint32(0) !== MAGIC) throw new WireError('value', 'lz.magic', 0);
  if (view.getUint32(4) !== VERSION) throw new WireError('value', 'lz.version', 4);
  if (view.getUint32(8) !== TYPE_RGB32) throw new WireError('value', 'lz.type', 8);
  if (view.getUint32(12) !== width) throw new WireError('value', 'lz.width', 12);
  if (view.getUint32(16) !== height) throw new WireError('value', 'lz.height', 16);
  if (view.getUint32(20) !== width * 4) throw new WireError('value', 'lz.stride', 20);
  const topDown = view.getUint32(24);
  if (topDown > 1) throw new WireError('value', 'lz.topDown', 24);
  return topDown === 1;
}
