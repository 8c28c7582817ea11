import { HostError, messageOf } from '../../base/errors.ts';
import type { LossyEncoder } from './encoder.ts';

/** JFIF by libvips, in its own threads. The library is loaded with the first image: many a screen never needs it. */
export const jpegEncoder: LossyEncoder = {
  encoding: 'jpeg',
  isLossy: true,
  minPixels: 16384,
  costs: { text: { nsPerPixel: 14, bytesPerPixel: 0.5 }, photo: { nsPerPixel: 14, bytesPerPixel: 0.35 } },
  encode: async (picture, rect, quality) => {
    // A copy, for the picture goes on while the library works.
    const pixels = Buffer.from(picture.kernels.packedRgb(picture.width, rect));
    try {
      const { default: sharp } = await import('sharp');
      const raw = { width: rect.width, height: rect.height, channels: 3 } as const;
      return await sharp(pixels, { raw }).jpeg({ quality }).toBuffer();
    } catch (error) {
      throw new HostError('jpeg', `JPEG encoding failed: ${messageOf(error)}`, { cause: error });
    }
  },
};
