import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SegmentBacking } from '../core/backing.ts';
import { layoutOf, partsOf, ShadowTexels } from './shadow-texels.ts';

/** The payload of `createResource`. */
function args(target: number, format: number, ...sizes: readonly number[]): Uint32Array {
  const [width = 1, height = 1, depth = 1, arraySize = 1, lastLevel = 0, samples = 0] = sizes;
  return Uint32Array.of(1, target, format, 0, width, height, depth, arraySize, lastLevel, samples, 0);
}

describe('contents of resources in memory', () => {
  it('lie level after level, as Mesa lays them', () => {
    const offsets = (payload: Uint32Array): unknown => layoutOf(payload)?.levels.map(({ offset }) => offset);
    // 2D of 4 bytes, 3D of 1 byte, a cube, blocks of 4 × 4 texels in 8 bytes, a buffer.
    expect(offsets(args(2, 67, 10, 6, 1, 1, 3))).toEqual([0, 240, 300, 308]);
    expect(offsets(args(3, 64, 8, 8, 4, 1, 2))).toEqual([0, 256, 288]);
    expect(offsets(args(4, 67, 4, 4, 1, 6, 2))).toEqual([0, 384, 480]);
    expect(offsets(args(2, 105, 10, 10, 1, 1, 3))).toEqual([0, 72, 104, 112]);
    expect(layoutOf(args(0, 64, 1000))?.sizeBytes).toBe(1000);
    expect(layoutOf(args(2, 67, 8, 8, 1, 1, 0, 4))).toBeNull();
    expect(layoutOf(args(2, 9999, 8, 8))).toBeNull();
    expect(layoutOf(args(2, 67, 0xffff_ffff, 0xffff_ffff))).toBeNull();
  });

  it('take boxes from any memory, and nothing that does not fit', () => {
    const small = fc.nat(9);
    const box = fc.record({
      level: fc.nat(2),
      strideBytes: fc.oneof(fc.constant(0), fc.nat(64)),
      layerBytes: fc.oneof(fc.constant(0), fc.nat(400)),
      x: small,
      y: small,
      z: fc.nat(3),
      width: small,
      height: small,
      depth: fc.nat(3),
    });
    const payload = args(7, 67, 8, 8, 1, 3, 1);
    fc.assert(
      fc.property(box, fc.nat(600), (asked, offset) => {
        const layout = layoutOf(payload)!;
        const texels = new ShadowTexels(layout);
        const bytes = Uint8Array.from({ length: 1500 }, (_, i) => (i % 251) + 1);
        const memory = new SegmentBacking([bytes.subarray(0, 333), bytes.subarray(333)]);
        const { x, y, z, width, height, depth } = asked;
        const level = layout.levels[asked.level];
        const stride = asked.strideBytes === 0 ? 4 * (level?.width ?? 0) : asked.strideBytes;
        const layerBytes = asked.layerBytes === 0 ? stride * (level?.height ?? 0) : asked.layerBytes;
        const expected = new Uint8Array(layout.sizeBytes);
        const end = offset + (depth - 1) * layerBytes + (height - 1) * stride + 4 * width;
        const fits =
          level !== undefined &&
          width * height * depth > 0 &&
          x + width <= level.width &&
          y + height <= level.height &&
          z + depth <= level.layers &&
          end <= bytes.length;
        for (let layer = 0; fits && layer < depth; layer++) {
          for (let row = 0; row < height; row++) {
            const from = offset + layer * layerBytes + row * stride;
            const into = level.offset + (z + layer) * level.layerBytes + (y + row) * level.strideBytes + 4 * x;
            expected.set(bytes.subarray(from, from + 4 * width), into);
          }
        }
        texels.write(asked, memory, offset);
        expect(texels.bytes).toEqual(expected);
        expect(texels.isKnown.includes(true)).toBe(fits);
      }),
      { numRuns: 500 },
    );
  });

  it('are cut into parts that cover each level once', () => {
    const sizes = fc.tuple(
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 1, max: 5 }),
    );
    fc.assert(
      fc.property(
        sizes,
        fc.constantFrom(67, 105),
        fc.integer({ min: 1, max: 4000 }),
        ([width, height, layers], format, most) => {
          const layout = layoutOf(args(7, format, width, height, 1, layers, 1))!;
          for (const [number, level] of layout.levels.entries()) {
            let at = level.offset;
            for (const part of partsOf(layout, number, most)) {
              expect(part.offset).toBe(at);
              expect(part.sizeBytes <= Math.max(most, level.strideBytes)).toBe(true);
              expect(part.y + part.height).toBeLessThanOrEqual(level.height);
              at += part.sizeBytes;
            }
            expect(at).toBe(level.offset + level.sizeBytes);
          }
        },
      ),
      { numRuns: 200 },
    );
  });
});
