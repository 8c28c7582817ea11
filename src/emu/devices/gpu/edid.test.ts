import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { makeEdid } from './edid.ts';
import { reducedBlankingTiming } from './timing.ts';

const sumOf = (bytes: Uint8Array): number => bytes.reduce((sum, byte) => (sum + byte) & 0xff, 0);

/** The size that a system which reads it takes from an EDID. */
function preferredSize(edid: Uint8Array): [number, number] {
  if (edid[126] === 0) {
    return [edid[56]! | ((edid[58]! & 0xf0) << 4), edid[59]! | ((edid[61]! & 0xf0) << 4)];
  }
  const view = new DataView(edid.buffer, 128);
  let at = 5;
  while (view.getUint8(at) !== 3) at += 3 + view.getUint8(at + 2);
  expect(view.getUint8(at + 6) & 0x80).toBe(0x80);
  return [view.getUint16(at + 7, true) + 1, view.getUint16(at + 15, true) + 1];
}

test('every size is told exactly, with right checksums', () => {
  const side = fc.oneof(fc.integer({ min: 1, max: 16384 }), fc.integer({ min: 4000, max: 4200 }));
  fc.assert(
    fc.property(side, side, fc.integer({ min: 0, max: 15 }), (width, height, head) => {
      const edid = makeEdid(width, height, head);
      expect(edid.length).toBe(128 * (1 + edid[126]!));
      expect(preferredSize(edid)).toEqual([width, height]);
      expect(sumOf(edid.subarray(0, 128))).toBe(0);
      expect(sumOf(edid.subarray(128))).toBe(0);
      if (edid.length > 128) expect(sumOf(edid.subarray(129, 255))).toBe(0);
      expect(edid[12]).toBe(head + 1);
    }),
  );
});

test('a size beyond the descriptor has a second block, and offers 1920 × 1080 to those who cannot read it', () => {
  expect(makeEdid(4095, 2160, 0).length).toBe(128);
  const edid = makeEdid(7680, 4320, 0);
  expect(edid.length).toBe(256);
  expect(edid[56]! | ((edid[58]! & 0xf0) << 4)).toBe(1920);
});

test('the monitor has a name', () => {
  expect(String.fromCharCode(...makeEdid(800, 600, 0).subarray(75, 90))).toBe('\u00fc\u0000Saffron\n     ');
});

// From the tables of VESA CVT 1.2, reduced blanking.
test.each([
  [1920, 1080, 13850, 160, 31, 5],
  [2560, 1440, 24150, 160, 41, 5],
  [3840, 2160, 53325, 160, 62, 5],
  [1280, 800, 7100, 160, 23, 6],
  [1280, 1024, 9100, 160, 30, 7],
])('the timing of %i × %i is the standard’s', (width, height, clock10kHz, horizontalBlank, verticalBlank, sync) => {
  expect(reducedBlankingTiming(width, height, 60)).toMatchObject({
    clock10kHz,
    horizontalBlank,
    verticalBlank,
    verticalSync: sync,
  });
});
