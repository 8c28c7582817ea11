/** Pictures of screens: reading PNG, and finding a known part of one in another. */
import sharp from 'sharp';
import type { Rect } from '../../src/base/rect.ts';
import type { Picture } from '../guest/picture-numbers.ts';

/** Decodes an image; transparency is dropped. */
export async function readPicture(image: Uint8Array | string): Promise<Picture> {
  const { data, info } = await sharp(image)
    .removeAlpha()
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  const pixels = new Uint32Array(info.width * info.height);
  for (let i = 0; i < pixels.length; i++) {
    const at = i * info.channels;
    pixels[i] = ((data[at] ?? 0) << 16) | ((data[at + 1] ?? 0) << 8) | (data[at + 2] ?? 0);
  }
  return { width: info.width, height: info.height, pixels };
}

/** Copies a rectangle, which must be inside. */
export function cropPicture(picture: Picture, rect: Rect): Picture {
  const pixels = new Uint32Array(rect.width * rect.height);
  for (let y = 0; y < rect.height; y++) {
    const from = (rect.y + y) * picture.width + rect.x;
    pixels.set(picture.pixels.subarray(from, from + rect.width), y * rect.width);
  }
  return { width: rect.width, height: rect.height, pixels };
}

/** Where a part stands in a picture, every pixel equal; null when nowhere. */
export function locatePicture(picture: Picture, part: Picture): { x: number; y: number } | null {
  for (let y = 0; y + part.height <= picture.height; y++)
    for (let x = 0; x + part.width <= picture.width; x++) if (isAt(picture, part, x, y)) return { x, y };
  return null;
}

function isAt(picture: Picture, part: Picture, left: number, top: number): boolean {
  for (let y = 0; y < part.height; y++) {
    const row = (top + y) * picture.width + left;
    for (let x = 0; x < part.width; x++) if (picture.pixels[row + x] !== part.pixels[y * part.width + x]) return false;
  }
  return true;
}
