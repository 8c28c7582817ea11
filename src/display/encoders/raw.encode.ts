import type { LosslessEncoder } from './encoder.ts';

/** Uncompressed rows, as encoders/raw.decode.ts reads them. */
export const rawEncoder: LosslessEncoder = {
  encoding: 'raw',
  isLossy: false,
  costs: { text: { nsPerPixel: 0.2, bytesPerPixel: 4 }, photo: { nsPerPixel: 0.2, bytesPerPixel: 4 } },
  encode: (picture, rect) => picture.kernels.packed(picture.width, rect),
};
