import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Rect } from '../../../../src/base/rect.ts';
import { DirtyRegion } from './dirty-region.ts';
import { isSurfaceSizeAllowed, Surface } from './surface.ts';

const whole = (surface: Surface): Rect => ({ x: 0, y: 0, width: surface.width, height: surface.height });
const wordsOf = (surface: Surface): number[] => [...new Uint32Array(surface.read(whole(surface)).bytes.buffer)];
const numbered = (width: number, height: number) => ({
  width,
  height,
  words: Uint32Array.from({ length: width * height }, (_, i) => 0xff000000 + i),
});

describe('Surface', () => {
  test('fills with the colour in canvas byte order, only inside clip and surface', () => {
    const surface = new Surface(4, 2);
    surface.fillRect({ x: -5, y: -5, width: 100, height: 6 }, 0x112233, [{ x: 1, y: 0, width: 2, height: 9 }]);
    expect([...surface.read({ x: 1, y: 0, width: 1, height: 1 }).bytes]).toEqual([0x11, 0x22, 0x33, 0xff]);
    const black = 0xff000000;
    const color = 0xff332211;
    expect(wordsOf(surface)).toEqual([black, color, color, black, black, black, black, black]);
  });

  test('moves overlapping pixels like a copy through a second buffer would', () => {
    const side = 9;
    const place = fc.integer({ min: -12, max: 12 });
    const size = fc.integer({ min: 0, max: 14 });
    fc.assert(
      fc.property(place, place, size, size, place, place, (x, y, width, height, fromX, fromY) => {
        const surface = new Surface(side, side);
        const picture = numbered(side, side);
        surface.put(picture, whole(surface), whole(surface), null);
        surface.copyRect({ x, y, width, height }, fromX, fromY, null);
        const wanted = [...picture.words];
        for (let row = 0; row < height; row++) {
          for (let column = 0; column < width; column++) {
            const [tx, ty, sx, sy] = [x + column, y + row, fromX + column, fromY + row];
            if ([tx, ty, sx, sy].some((n) => n < 0 || n >= side)) continue;
            wanted[ty * side + tx] = picture.words[sy * side + sx] ?? 0;
          }
        }
        expect(wordsOf(surface)).toEqual(wanted);
      }),
    );
  });

  test('draws a part of a picture, and scales when sizes differ', () => {
    const surface = new Surface(4, 4);
    const picture = numbered(3, 3);
    surface.put(picture, { x: 1, y: 1, width: 2, height: 2 }, { x: 2, y: 2, width: 2, height: 2 }, null);
    expect(wordsOf(surface).slice(10, 12)).toEqual([0xff000004, 0xff000005]);
    surface.put(picture, { x: 0, y: 0, width: 2, height: 2 }, { x: 0, y: 0, width: 4, height: 4 }, null);
    expect(wordsOf(surface)).toEqual([0, 0, 1, 1, 0, 0, 1, 1, 3, 3, 4, 4, 3, 3, 4, 4].map((n) => 0xff000000 + n));
  });

  test('offers whole rows for decoding in place', () => {
    const surface = new Surface(4, 4);
    surface.dirty.take();
    expect(surface.band({ x: 0, y: 1, width: 4, height: 2 })?.length).toBe(8);
    expect(surface.dirty.take()).toEqual([{ x: 0, y: 1, width: 4, height: 2 }]);
    expect(surface.band({ x: 0, y: 3, width: 4, height: 2 })).toBeNull();
    expect(surface.band({ x: 1, y: 0, width: 3, height: 2 })).toBeNull();
    expect(surface.band({ x: 0, y: -1, width: 4, height: 2 })).toBeNull();
  });

  test('refuses sizes that no screen has', () => {
    expect(isSurfaceSizeAllowed(1920, 1080)).toBe(true);
    expect(isSurfaceSizeAllowed(0, 5)).toBe(false);
    expect(isSurfaceSizeAllowed(65536, 1)).toBe(false);
    expect(isSurfaceSizeAllowed(16384, 16384)).toBe(false);
  });
});

describe('DirtyRegion', () => {
  test('covers everything that was added, with few rectangles', () => {
    const coordinate = fc.nat(200);
    const rect = fc.record({ x: coordinate, y: coordinate, width: fc.nat(40), height: fc.nat(40) });
    fc.assert(
      fc.property(fc.array(rect, { maxLength: 60 }), (rects) => {
        const dirty = new DirtyRegion();
        for (const one of rects) dirty.add(one);
        const covered = dirty.take();
        expect(covered.length).toBeLessThanOrEqual(12);
        for (const one of rects.filter(({ width, height }) => width > 0 && height > 0)) {
          const corners = [
            [one.x, one.y],
            [one.x + one.width - 1, one.y + one.height - 1],
          ];
          for (const [x = 0, y = 0] of corners) {
            const isIn = covered.some((c) => x >= c.x && y >= c.y && x < c.x + c.width && y < c.y + c.height);
            expect(isIn).toBe(true);
          }
        }
        expect(dirty.isEmpty).toBe(true);
      }),
    );
  });

  test('keeps two far corners apart', () => {
    const dirty = new DirtyRegion();
    dirty.add({ x: 0, y: 0, width: 2, height: 2 });
    dirty.add({ x: 1000, y: 700, width: 2, height: 2 });
    expect(dirty.take()).toHaveLength(2);
  });
});
