import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as GL from '../egl/gl-constants.ts';
import { fixForGl, fixForGuest, wordsOf } from './format-fix.ts';
import { glFormatOf } from './format-gl.ts';
import { FormatMask } from './format-mask.ts';
import { blockRows, boxBytes, isAtBlocks, minify, rowBytes, stridesFit, textureBytes } from './format-size.ts';
import { outputKindOf } from './format-storage.ts';
import { compose, IDENTITY, swizzle } from './format-swizzle.ts';
import { vertexFormatOf } from './format-vertex.ts';
import { viewClassOf } from './format-view-class.ts';
import { formatNamed, formatOf, formats } from './formats.ts';
import type { FormatInfo } from './formats.ts';
import { FORMAT_COUNT, formatNames } from './formats.table.ts';

const TIGHT = { strideBytes: 0, layerStrideBytes: 0 };

function named(name: string): FormatInfo {
  const info = formatNamed(name);
  if (info === undefined) throw new Error(name);
  return info;
}

describe('the table', () => {
  test('has every name once, and finds formats by number and by name', () => {
    expect(new Set(formatNames.values()).size).toBe(formatNames.size);
    expect(formats).toHaveLength(formatNames.size);
    for (const info of formats) {
      expect(formatOf(info.number)).toBe(info);
      expect(formatNamed(info.name)).toBe(info);
    }
    expect([formatOf(73), formatOf(307), formatOf(FORMAT_COUNT), formatOf(-1), formatOf(0.5)]).toEqual(
      Array.from({ length: 5 }, () => undefined),
    );
  });

  test('says where components are', () => {
    expect(named('B5G6R5_UNORM')).toMatchObject({ blockBytes: 2, numeric: 'float', hasAlpha: false });
    expect(named('B5G6R5_UNORM').channels.map((c) => [c.name, c.shift, c.bits])).toEqual([
      ['B', 0, 5],
      ['G', 5, 6],
      ['R', 11, 5],
    ]);
    expect(named('S8_UINT_Z24_UNORM').channels.map((c) => [c.name, c.type, c.shift])).toEqual([
      ['S', 'uint', 0],
      ['Z', 'unorm', 8],
    ]);
    expect(named('Z32_FLOAT_S8X24_UINT')).toMatchObject({ blockBytes: 8, hasDepth: true, hasStencil: true });
    expect(named('X24S8_UINT')).toMatchObject({ blockBytes: 4, numeric: 'uint', hasDepth: false, hasStencil: true });
    expect(named('R8G8B8X8_SINT')).toMatchObject({ numeric: 'sint', hasAlpha: false });
    expect(named('I16_FLOAT')).toMatchObject({ blockBytes: 2, hasAlpha: true });
    expect(named('R8G8B8A8_SRGB')).toMatchObject({ isSrgb: true });
    expect(named('ASTC_10x6_SRGB')).toMatchObject({ blockWidth: 10, blockHeight: 6, blockBytes: 16, isSrgb: true });
    expect(named('ASTC_4x3x3')).toMatchObject({ blockWidth: 4, blockHeight: 3, blockDepth: 3 });
    expect(named('DXT1_RGB')).toMatchObject({ kind: 'compressed', blockBytes: 8, hasAlpha: false });
    expect(named('U8Y8V8Y8_422_UNORM')).toMatchObject({ kind: 'video', blockWidth: 2, blockBytes: 4 });
    expect(named('Y8_U8V8_420_UNORM')).toMatchObject({ kind: 'video', blockBytes: 0 });
  });

  test('gives plain formats whole bytes, without holes', () => {
    for (const info of formats.filter(({ kind }) => kind === 'plain')) {
      expect(info.channels.length, info.name).toBeGreaterThan(0);
      let shift = 0;
      for (const channel of info.channels) {
        expect(channel.shift, info.name).toBe(shift);
        shift += channel.bits;
      }
      expect(info.blockBytes * 8, info.name).toBe(shift);
      expect(Number.isInteger(info.blockBytes), info.name).toBe(true);
    }
  });
});

describe('storage', () => {
  test('is refused for video and what OpenGL has nothing for', () => {
    for (const info of formats) {
      if (info.kind === 'video' || info.kind === 'opaque')
        expect(glFormatOf(info.name, info, 'gl'), info.name).toBeNull();
    }
    for (const name of ['L4A4_UNORM', 'R64_FLOAT', 'R32_UNORM', 'R8_USCALED', 'L8A8_SRGB', 'R10G10B10A2_SNORM']) {
      expect(glFormatOf(name, named(name), 'gl'), name).toBeNull();
    }
  });

  test('keeps the size of a pixel', () => {
    for (const flavour of ['gl', 'es'] as const) {
      for (const info of formats) {
        const gl = glFormatOf(info.name, info, flavour);
        if (gl === null || info.kind === 'compressed') continue;
        expect(info.blockBytes % gl.elementBytes, info.name).toBe(0);
        expect(TRANSFER_BYTES.get(gl.type) ?? componentsOf(gl.format) * gl.elementBytes, info.name).toBe(
          info.blockBytes,
        );
      }
    }
  });

  test('moves components where OpenGL core has no format for them', () => {
    const sampleOf = (name: string, flavour: 'gl' | 'es' = 'gl'): unknown =>
      glFormatOf(name, named(name), flavour)?.sample;
    const outputOf = (name: string, flavour: 'gl' | 'es' = 'gl'): unknown => {
      const gl = glFormatOf(name, named(name), flavour);
      return gl === null ? null : outputKindOf(gl);
    };
    expect(sampleOf('A8_UNORM')).toEqual(swizzle('000x'));
    expect(outputOf('A8_UNORM')).toBe('alphaInRed');
    expect(sampleOf('L8_UNORM')).toEqual(swizzle('xxx1'));
    expect(outputOf('L8_UNORM')).toBe('same');
    expect(sampleOf('I8_UNORM')).toEqual(swizzle('xxxx'));
    expect(sampleOf('L8A8_UNORM')).toEqual(swizzle('xxxy'));
    expect(outputOf('L8A8_UNORM')).toBe('other');
    expect(sampleOf('R8A8_UNORM')).toEqual(swizzle('x00y'));
    expect(sampleOf('G8R8_UNORM')).toEqual(swizzle('yx01'));
    expect(sampleOf('B8G8R8X8_UNORM')).toEqual(swizzle('xyz1'));
    expect(sampleOf('B8G8R8A8_UNORM')).toEqual(IDENTITY);
    expect(sampleOf('B8G8R8A8_UNORM', 'es')).toEqual(swizzle('zyxw'));
    expect(outputOf('B8G8R8A8_UNORM', 'es')).toBe('bgra');
    expect(sampleOf('A8R8G8B8_SRGB', 'es')).toBeUndefined();
    expect(sampleOf('LATC2_UNORM')).toEqual(swizzle('xxxy'));
  });

  test('a view on a moved format moves twice', () => {
    expect(compose(swizzle('wzyx'), swizzle('xxx1'))).toEqual(swizzle('1xxx'));
    expect(compose(swizzle('x0z1'), swizzle('zyxw'))).toEqual(swizzle('z0x1'));
    fc.assert(
      fc.property(fc.array(fc.nat(5), { minLength: 4, maxLength: 4 }), (list) => {
        const any = list as unknown as typeof IDENTITY;
        expect(compose(any, IDENTITY)).toEqual(any);
        expect(compose(IDENTITY, any)).toEqual(any);
      }),
    );
  });

  test('views stay in their class', () => {
    expect(viewClassOf(GL.RGBA8)).toBe(viewClassOf(GL.R32F));
    expect(viewClassOf(GL.RGBA8)).not.toBe(viewClassOf(GL.RGBA16));
    expect(viewClassOf(GL.DEPTH24_STENCIL8)).toBeNull();
    expect(viewClassOf(GL.COMPRESSED_RGBA_ASTC_4x4 + 3)).toBe(viewClassOf(GL.COMPRESSED_SRGB8_ALPHA8_ASTC_4x4 + 3));
  });
});

// Types whose size says how large a pixel is, whatever its components.
const TRANSFER_BYTES: ReadonlyMap<number, number> = new Map([
  [GL.UNSIGNED_BYTE_3_3_2, 1],
  [GL.UNSIGNED_BYTE_2_3_3_REV, 1],
  [GL.UNSIGNED_SHORT_5_6_5, 2],
  [GL.UNSIGNED_SHORT_5_6_5_REV, 2],
  [GL.UNSIGNED_SHORT_4_4_4_4, 2],
  [GL.UNSIGNED_SHORT_4_4_4_4_REV, 2],
  [GL.UNSIGNED_SHORT_5_5_5_1, 2],
  [GL.UNSIGNED_SHORT_1_5_5_5_REV, 2],
  [GL.UNSIGNED_INT_8_8_8_8, 4],
  [GL.UNSIGNED_INT_10_10_10_2, 4],
  [GL.UNSIGNED_INT_2_10_10_10_REV, 4],
  [GL.UNSIGNED_INT_24_8, 4],
  [GL.UNSIGNED_INT_10F_11F_11F_REV, 4],
  [GL.UNSIGNED_INT_5_9_9_9_REV, 4],
  [GL.FLOAT_32_UNSIGNED_INT_24_8_REV, 8],
]);

function componentsOf(format: number): number {
  if ([GL.RGBA, GL.BGRA, GL.RGBA_INTEGER, GL.BGRA_INTEGER].includes(format as never)) return 4;
  if (format === GL.RGB || format === GL.RGB_INTEGER) return 3;
  return format === GL.RG || format === GL.RG_INTEGER ? 2 : 1;
}

describe('vertices', () => {
  test.each([
    ['R32G32B32_FLOAT', { size: 3, type: GL.FLOAT, isNormalized: false, isInteger: false, isBgra: false }],
    ['R8G8B8A8_UNORM', { size: 4, type: GL.UNSIGNED_BYTE, isNormalized: true, isInteger: false, isBgra: false }],
    ['B8G8R8A8_UNORM', { size: 4, type: GL.UNSIGNED_BYTE, isNormalized: true, isInteger: false, isBgra: true }],
    ['R16G16_SSCALED', { size: 2, type: GL.SHORT, isNormalized: false, isInteger: false, isBgra: false }],
    ['R32_UINT', { size: 1, type: GL.UNSIGNED_INT, isNormalized: false, isInteger: true, isBgra: false }],
    ['R64G64_FLOAT', { size: 2, type: GL.DOUBLE, isNormalized: false, isInteger: false, isBgra: false }],
    ['R32_FIXED', { size: 1, type: GL.FIXED, isNormalized: false, isInteger: false, isBgra: false }],
    ['B10G10R10A2_SNORM', { size: 4, type: GL.INT_2_10_10_10_REV, isNormalized: true, isInteger: false, isBgra: true }],
    ['R11G11B10_FLOAT', { size: 3, type: GL.UNSIGNED_INT_10F_11F_11F_REV, isNormalized: false, isInteger: false }],
  ])('of %s', (name, expected) => {
    expect(vertexFormatOf(name, named(name))).toMatchObject(expected);
  });

  test('are not made of what has no type', () => {
    for (const name of [
      'A8R8G8B8_UNORM',
      'B5G6R5_UNORM',
      'R8G8B8A8_SRGB',
      'R10G10B10A2_UINT',
      'R64_UINT',
      'DXT1_RGB',
    ]) {
      expect(vertexFormatOf(name, named(name)), name).toBeNull();
    }
  });
});

describe('sizes', () => {
  test('count blocks', () => {
    const dxt = named('DXT1_RGB');
    expect(rowBytes(dxt, 5)).toBe(16);
    expect(blockRows(dxt, 5)).toBe(2);
    expect(boxBytes(dxt, { width: 5, height: 5, depth: 2 }, TIGHT)).toBe(64);
    expect(
      boxBytes(named('R8_UNORM'), { width: 3, height: 2, depth: 2 }, { strideBytes: 8, layerStrideBytes: 100 }),
    ).toBe(111);
    expect(boxBytes(dxt, { width: 0, height: 5, depth: 1 }, TIGHT)).toBe(0);
    expect([minify(5, 1), minify(1, 9), minify(16384, 14)]).toEqual([2, 1, 1]);
    expect(textureBytes(named('R8G8B8A8_UNORM'), { width: 4, height: 4, depth: 1 }, 3, 6, false)).toBe(6 * 4 * 21);
    expect(textureBytes(named('R8_UNORM'), { width: 4, height: 4, depth: 4 }, 3, 1, true)).toBe(64 + 8 + 1);
  });

  test('of whatever a guest asks are exact, or greater than any limit', () => {
    const u32 = fc.nat(0xffffffff);
    const any = fc.constantFrom(...formats.filter((info) => info.blockBytes > 0));
    fc.assert(
      fc.property(any, u32, u32, u32, u32, u32, (info, width, height, depth, strideBytes, layerStrideBytes) => {
        const bytes = boxBytes(info, { width, height, depth }, { strideBytes, layerStrideBytes });
        if (width * height * depth === 0) return bytes === 0;
        const up = (n: number, block: number): bigint => (BigInt(n) + BigInt(block) - 1n) / BigInt(block);
        const row = up(width, info.blockWidth) * BigInt(info.blockBytes);
        const rows = up(height, info.blockHeight);
        const stride = strideBytes === 0 ? row : BigInt(strideBytes);
        const layer = layerStrideBytes === 0 ? stride * rows : BigInt(layerStrideBytes);
        const exact = (up(depth, info.blockDepth) - 1n) * layer + (rows - 1n) * stride + row;
        return exact <= BigInt(Number.MAX_SAFE_INTEGER) ? BigInt(bytes) === exact : bytes > 2 ** 52;
      }),
    );
  });

  test('strides hold their rows and layers', () => {
    const info = named('R8G8B8A8_UNORM');
    const box = { width: 4, height: 3, depth: 2 };
    expect(stridesFit(info, box, TIGHT)).toBe(true);
    expect(stridesFit(info, box, { strideBytes: 15, layerStrideBytes: 0 })).toBe(false);
    expect(stridesFit(info, box, { strideBytes: 16, layerStrideBytes: 47 })).toBe(false);
    expect(stridesFit(info, { ...box, height: 1, depth: 1 }, { strideBytes: 1, layerStrideBytes: 1 })).toBe(true);
  });

  test('compressed boxes lie on blocks or end with the level', () => {
    const dxt = named('DXT5_RGBA');
    const level = { width: 10, height: 10, depth: 1 };
    const at = (x: number, width: number): boolean =>
      isAtBlocks(dxt, { width: x, height: 0, depth: 0 }, { width, height: 4, depth: 1 }, level);
    expect([at(0, 4), at(8, 2), at(4, 6), at(0, 2), at(2, 4)]).toEqual([true, true, true, false, false]);
  });
});

describe('bits of depth', () => {
  test('move to where OpenGL has them, and back', () => {
    const pixels = Uint32Array.of(0xab123456, 0xff_ffffff, 0);
    fixForGl('depthInLow24Stencil', pixels);
    expect([...pixels]).toEqual([0x123456ab, 0xffffffff, 0]);
    fixForGuest('depthInLow24Stencil', pixels);
    expect([...pixels]).toEqual([0xab123456, 0xffffffff, 0]);
    const depth = Uint32Array.of(0xffffff, 0x800000, 0xcc000001);
    fixForGl('depthInLow24', depth);
    expect([...depth]).toEqual([0xffffffff, 0x80000080, 0x00000100]);
    fixForGuest('depthInLow24', depth);
    expect([...depth]).toEqual([0xffffff, 0x800000, 1]);
    const high = Uint32Array.of(0xffffff12, 0x80000034);
    fixForGl('depthInHigh24', high);
    expect([...high]).toEqual([0xffffffff, 0x80000080]);
    fixForGuest('depthInHigh24', high);
    expect([...high]).toEqual([0xffffff00, 0x80000000]);
  });

  test('are words of whole bytes', () => {
    expect(wordsOf(new Uint8Array(8)).length).toBe(2);
    expect(() => wordsOf(new Uint8Array(8).subarray(1, 5))).toThrow('whole words');
  });
});

test('a set of formats has a bit for each', () => {
  const mask = FormatMask.of([1, 32, 480, 600]);
  expect([mask.words[0], mask.words[1], mask.words[15]]).toEqual([2, 1, 1]);
  expect(mask.numbers()).toEqual([1, 32, 480]);
  expect([mask.has(32), mask.has(33), mask.has(9999)]).toEqual([true, false, false]);
});
