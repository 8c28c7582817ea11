import type { LosslessEncoder } from './encoder.ts';

const MAGIC = 0x20205a4c;
const VERSION = 0x00010001;
const TYPE_RGB32 = 8;
const HEADER_BYTES = 28;

/** SPICE's LZ images of 32-bit pixels, as encoders/lz.decode.ts reads them. */
export const lzEncoder: LosslessEncoder = {
  encoding: 'lz',
  isLossy: false,
  costs: { text: { nsPerPixel: 1.7, bytesPerPixel: 0.16 }, photo: { nsPerPixel: 0.8, bytesPerPixel: 2.9 } },
  encode: (picture, rect) => {
    const bytes = picture.kernels.lz(picture.width, rect, HEADER_BYTES);
    const header = new DataView(bytes.buffer, bytes.byteOffset, HEADER_BYTES);
    header.setUint32(0, MAGIC);
    header.setUint32(4, VERSION);
    header.setUint32(8, TYPE_RGB32);
    header.setUint32(12, rect.width);
    header.setUint32(16, rect.height);
    header.setUint32(20, rect.width * 4);
    header.setUint32(24, 1);
    return bytes;
  },
};
