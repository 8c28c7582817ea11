/**
 * The size that a JPEG says it has (ISO 10918-1 B.2.2, frame header), read before a decoder allocates memory for it.
 */
const START_OF_IMAGE = 0xd8;
const START_OF_SCAN = 0xda;
/** Markers C0–CF begin a frame, but for these: Huffman tables, extensions, arithmetic conditioning. */
const NO_FRAME = new Set([0xc4, 0xc8, 0xcc]);

/** Width and height, or null when the bytes are no JPEG with a frame before its pixels. */
export function readJpegSize(bytes: Uint8Array): { readonly width: number; readonly height: number } | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.byteLength < 4 || bytes[0] !== 0xff || bytes[1] !== START_OF_IMAGE) return null;
  let at = 2;
  while (at + 4 <= bytes.byteLength) {
    if (bytes[at] !== 0xff) return null;
    const marker = bytes[at + 1] ?? 0;
    // Any number of fill bytes may stand before a marker.
    if (marker === 0xff) {
      at++;
      continue;
    }
    if (marker === START_OF_SCAN) return null;
    if (marker >= 0xc0 && marker <= 0xcf && !NO_FRAME.has(marker)) {
      if (at + 9 > bytes.byteLength) return null;
      const size = { width: view.getUint16(at + 7), height: view.getUint16(at + 5) };
      return size.width > 0 && size.height > 0 ? size : null;
    }
    const length = view.getUint16(at + 2);
    if (length < 2) return null;
    at += 2 + length;
  }
  return null;
}
