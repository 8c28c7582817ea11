import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { WireError } from '../../wire/wire-error.ts';
import { parsePpmHeader, rgbToBgrx } from './parse-ppm.ts';

test('a picture is found and turned round', () => {
  const bytes = Buffer.concat([Buffer.from('P6\n2 1\n255\n'), Buffer.from([1, 2, 3, 4, 5, 6])]);
  const { width, height, offset } = parsePpmHeader(bytes);
  const pixels = new Uint8Array(8);
  rgbToBgrx(bytes, offset, pixels, width * height);
  expect([width, height, [...pixels]]).toEqual([2, 1, [3, 2, 1, 0, 6, 5, 4, 0]]);
});

test.each([
  '',
  'P5\n1 1\n255\n0',
  'P6\n0 1\n255\n',
  'P6\n99999 1\n255\n',
  'P6\n2 2\n255\n123',
  'P6\n1 1\n65535\n123456',
])('%j is refused', (text) => expect(() => parsePpmHeader(Buffer.from(text))).toThrow(WireError));

test('whatever comes ends in a size or a WireError', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      try {
        parsePpmHeader(Buffer.concat([Buffer.from('P6\n'), bytes]));
      } catch (error) {
        expect(error).toBeInstanceOf(WireError);
      }
    }),
  );
});
