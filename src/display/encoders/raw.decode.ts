/**
 * Uncompressed images as SPICE_IMAGE_TYPE_BITMAP carries them here: rows top to bottom, 4 bytes a pixel in the order
 * B, G, R, X, without gaps. Decoded pixels are R, G, B, 255. Runs in a browser.
 */
import { WireError } from '../../wire/wire-error.ts';
import { imageBytes } from './decoded-image.decode.ts';

/**
 * Decodes `bytes` into the first `width * height * 4` bytes of `out`. Throws WireError when there are too few or too many
 * bytes.
 */
export function decodeRaw(bytes: Uint8Array, width: number, height: number, out: Uint8Array): void {
  const size = imageBytes(width, height, out);
  if (bytes.length < size) throw new WireError('truncated', 'raw.pixels', bytes.length);
  if (bytes.length > size) throw new WireError('value', 'raw.pixels', size);
  for (let i = 0; i < size; i += 4) {
    out[i] = bytes[i + 2]!;
    out[i + 1] = bytes[i + 1]!;
    out[i + 2] = bytes[i]!;
    out[i + 3] = 255;
  }
}
