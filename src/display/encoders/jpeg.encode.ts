import type Sharp from 'sharp';
import { HostError, messageOf } from '../../base/errors.ts';
import type { LossyEncoder } from './encoder.ts';

/** Loads the library, without its cache: no image comes twice. */
async function loadSharp(): Promise<typeof Sharp> {
  const { default: sharp } = await import('sharp');
  sharp.cache(false);
  return sharp;
}

let loading: Promise<typeof Sharp> | null = null;

/** JFIF by libvips, in its own threads. The library is loaded with the first image: many a screen never needs it. */
export const jpegEncoder: LossyEncoder = {
  encoding: 'jpeg',
  isLossy: true,
  minPixels: 16384,
  costs: { text: { nsPerPixel: 14, bytesPerPixel: 0.5 }, photo: { nsPerPixel: 14, bytesPerPixel: 0.35 } },
  prepare: () => {
    loading ??= loadSharp();
    loading.catch(() => {});
  },
  encode: async (picture, rect, quality) => {
    // A copy, for the picture goes on while the library works.
    const pixels = Buffer.from(picture.kernels.packedRgb(picture.width, rect));
    try {
      loading ??= loadSharp();
      const sharp = await loading;
      const raw = { width: rect.width, height: rect.height, channels: 3 } as const;
      return await sharp(pixels, { raw }).jpeg({ quality }).toBuffer();
    } catch (error) {
      throw new HostError('jpeg', `JPEG encoding failed: ${messageOf(error)}`, { cause: error });
    }
  },
};
