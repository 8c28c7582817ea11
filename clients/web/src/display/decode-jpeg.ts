/** JPEG by the browser's own decoder, which works outside this thread, read back as plain pixels. */
import type { Picture } from './surface.ts';

let scratch: OffscreenCanvasRenderingContext2D | null = null;

/** Decodes a JPEG without colour correction. Rejects when it is broken. */
export async function decodeJpeg(bytes: Uint8Array<ArrayBuffer>): Promise<Picture> {
  const bitmap = await createImageBitmap(new Blob([bytes], { type: 'image/jpeg' }), {
    colorSpaceConversion: 'none',
    premultiplyAlpha: 'none',
  });
  try {
    const { width, height } = bitmap;
    const context = scratchOf(width, height);
    context.drawImage(bitmap, 0, 0);
    const { data } = context.getImageData(0, 0, width, height);
    return { width, height, words: new Uint32Array(data.buffer) };
  } finally {
    bitmap.close();
  }
}

/** A canvas in memory, at least of that size, kept between pictures. */
function scratchOf(width: number, height: number): OffscreenCanvasRenderingContext2D {
  if (scratch === null || scratch.canvas.width < width || scratch.canvas.height < height) {
    const canvas = new OffscreenCanvas(
      Math.max(width, scratch?.canvas.width ?? 0),
      Math.max(height, scratch?.canvas.height ?? 0),
    );
    scratch = canvas.getContext('2d', { alpha: false, willReadFrequently: true });
    if (scratch === null) throw new TypeError('This browser draws on no canvas.');
  }
  return scratch;
}
