import type { ImageEncoding } from '../contract.ts';
import type { ImageEncoder } from './encoder.ts';
import { jpegEncoder } from './jpeg.encode.ts';
import { lz4Encoder } from './lz4.encode.ts';
import { lzEncoder } from './lz.encode.ts';
import { rawEncoder } from './raw.encode.ts';

/** Every encoder there is. Viewers name those they can take; `raw` all can. */
export const ENCODERS: Readonly<Record<ImageEncoding, ImageEncoder>> = {
  raw: rawEncoder,
  lz: lzEncoder,
  lz4: lz4Encoder,
  jpeg: jpegEncoder,
};
