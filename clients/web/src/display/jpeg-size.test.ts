import * as fc from 'fast-check';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { readJpegSize } from './jpeg-size.ts';

test.each([true, false])('reads the size of a real JPEG, progressive: %s', async (progressive) => {
  const image = sharp({ create: { width: 321, height: 45, channels: 3, background: 'orange' } });
  expect(readJpegSize(await image.jpeg({ progressive }).withMetadata().toBuffer())).toEqual({ width: 321, height: 45 });
});

test('finds none in what is no JPEG, and stays inside the bytes', () => {
  expect(readJpegSize(new Uint8Array(0))).toBeNull();
  expect(readJpegSize(new Uint8Array([0xff, 0xd8, 0xff, 0xc0, 0, 11, 8, 0]))).toBeNull();
  expect(readJpegSize(new Uint8Array([0xff, 0xd8, 0xff, 0xe0, 0, 1, 0, 0, 0]))).toBeNull();
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (tail) => {
      const size = readJpegSize(new Uint8Array([0xff, 0xd8, 0xff, ...tail]));
      expect(size === null || (size.width > 0 && size.height > 0)).toBe(true);
    }),
  );
});
