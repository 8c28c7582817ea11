import type { LosslessEncoder } from './encoder.ts';

const FORMAT_32BIT = 8;
const HEADER_BYTES = 6;

/** SPICE's LZ4 images of a single block, as encoders/lz4.decode.ts reads them. */
export const lz4Encoder: LosslessEncoder = {
  encoding: 'lz4',
  isLossy: false,
  costs: { text: { nsPerPixel: 1.6, bytesPerPixel: 0.25 }, photo: { nsPerPixel: 0.5, bytesPerPixel: 3.8 } },
  encode: (picture, rect) => {
    const bytes = picture.kernels.lz4(picture.width, rect, HEADER_BYTES);
    const size = bytes.length - HEADER_BYTES;
    bytes[0] = 1;
    bytes[1] = FORMAT_32BIT;
    bytes[2] = size >>> 24;
    bytes[3] = size >>> 16;
    bytes[4] = size >>> 8;
    bytes[5] = size;
    return bytes;
  },
};
