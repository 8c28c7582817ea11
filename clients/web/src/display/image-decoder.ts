/**
 * From an image of a draw message to pixels. Everything but JPEG is decoded in place when its turn comes; JPEGs start as
 * soon as they are there and are waited for.
 */
import { LIMITS } from '../../../../src/base/limits.ts';
import { decodeLz } from '../../../../src/display/encoders/lz.decode.ts';
import { decodeLz4 } from '../../../../src/display/encoders/lz4.decode.ts';
import { decodeRaw } from '../../../../src/display/encoders/raw.decode.ts';
import { BitmapFlags, BitmapFormat, ImageType, type Bitmap, type Image } from '../../../../src/spice/wire/image.gen.ts';
import { WireError } from '../../../../src/wire/wire-error.ts';
import type { CodecName } from './display-stats.ts';
import { readJpegSize } from './jpeg-size.ts';
import { PixelGate } from './pixel-gate.ts';
import { isSurfaceSizeAllowed, type Picture } from './surface.ts';

/** Decodes a JPEG whose size is known to be allowed. Rejects when it is broken. */
export type DecodeJpeg = (bytes: Uint8Array<ArrayBuffer>) => Promise<Picture>;

/** Decodes into words of R, G, B, A bytes, as many as the image has pixels. */
export interface InPlaceImage {
  readonly codec: CodecName;
  decode(out: Uint32Array): void;
}

/** Largest images decoded at the same time, together: two whole screens. */
const MAX_PIXELS_AT_ONCE = 2 * LIMITS.maxScreenPixels;

/** How to decode `image` in place; null when it is of another kind. Throws WireError for a size that no screen has. */
export function inPlaceImage(image: Image): InPlaceImage | null {
  const { width, height } = image;
  if (image.type === ImageType.bitmap) {
    const { bitmap } = image;
    if (bitmap.format !== BitmapFormat.thirtyTwoBit && bitmap.format !== BitmapFormat.rgba) return null;
    checkImageSize(width, height);
    const decode = (out: Uint32Array): void => decodeRaw(tightRows(bitmap, width, height), width, height, bytesOf(out));
    return { codec: 'raw', decode };
  }
  if (image.type === ImageType.lzRgb) {
    checkImageSize(width, height);
    return { codec: 'lz', decode: (out) => decodeLz(image.data, width, height, bytesOf(out)) };
  }
  if (image.type === ImageType.lz4) {
    checkImageSize(width, height);
    return { codec: 'lz4', decode: (out) => decodeLz4(image.data, width, height, bytesOf(out)) };
  }
  return null;
}

/** Decodes JPEGs with bounds on their size and on how many are on the way. */
export class JpegDecoder {
  readonly #decode: DecodeJpeg;
  readonly #gate = new PixelGate(MAX_PIXELS_AT_ONCE);

  constructor(decode: DecodeJpeg) {
    this.#decode = decode;
  }

  /** Throws WireError when the bytes are no JPEG of an allowed size, or not of the size that is told. */
  decode(data: Uint8Array, told: { readonly width: number; readonly height: number } | null): Promise<Picture> {
    const size = readJpegSize(data);
    if (size === null) throw new WireError('value', 'jpeg.header', 0);
    checkImageSize(size.width, size.height);
    const isAsTold = told === null || (size.width === told.width && size.height === told.height);
    if (!isAsTold) throw new WireError('value', 'jpeg.size', 0);
    return this.#gate.run(size.width * size.height, async () => {
      const picture = await this.#decode(data as Uint8Array<ArrayBuffer>);
      const isWhole = picture.width === size.width && picture.height === size.height;
      if (!isWhole) throw new WireError('value', 'jpeg.size', 0);
      return picture;
    });
  }
}

/** Throws WireError when no screen has an image of that size. */
export function checkImageSize(width: number, height: number): void {
  if (!isSurfaceSizeAllowed(width, height)) throw new WireError('limit', 'Image.width', 0);
}

function bytesOf(words: Uint32Array): Uint8Array {
  return new Uint8Array(words.buffer, words.byteOffset, words.byteLength);
}

/** Rows from the top without gaps. */
function tightRows(bitmap: Bitmap, width: number, height: number): Uint8Array {
  const rowBytes = width * 4;
  const isSized = bitmap.width === width && bitmap.height === height && bitmap.stride >= rowBytes;
  if (!isSized) throw new WireError('value', 'Bitmap.stride', 0);
  const isTopDown = (bitmap.flags & BitmapFlags.topDown) !== 0;
  if (isTopDown && bitmap.stride === rowBytes) return bitmap.data;
  const rows = new Uint8Array(rowBytes * height);
  for (let y = 0; y < height; y++) {
    const from = (isTopDown ? y : height - 1 - y) * bitmap.stride;
    rows.set(bitmap.data.subarray(from, from + rowBytes), y * rowBytes);
  }
  return rows;
}
