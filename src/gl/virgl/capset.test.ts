import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readCapabilities } from '../egl/capabilities.ts';
import type { GlCapabilities } from '../egl/capabilities.ts';
import { GlDisplay } from '../egl/display.ts';
import { glFeatures } from '../egl/gl-features.table.ts';
import { glLimits } from '../egl/gl-limits.table.ts';
import type { GlLimitRow } from '../egl/gl-limits.table.ts';
import { hasEgl } from '../egl/test-device.ts';
import { readCapset, writeCapset } from './capset.ts';
import {
  CAPABILITY_BITS,
  CAPABILITY_BITS2,
  CAPSET1_BYTES,
  CAPSET2_BYTES,
  CAPSET_FLAGS,
  capsetFields,
} from './capset.table.ts';
import type { CapsetField, CapsetValues } from './capset.table.ts';
import { capsetValues, PLAIN_PROMISES } from './capset-values.ts';
import { probeDeviceFormats } from './device-formats.ts';
import type { DeviceFormats } from './device-formats.ts';
import { FormatMask } from './format-mask.ts';

const fields: readonly CapsetField[] = capsetFields;

function offsetOf(name: string): number {
  let at = 0;
  for (const field of fields) {
    if (field.name === name) return at;
    at += 4 * field.count;
  }
  throw new Error(name);
}

/** A device that has all features, or none, with limits that differ from one another. */
function capabilities(hasAll: boolean, flavour: 'gl' | 'es' = 'gl'): GlCapabilities {
  let next = 32;
  const limit = (row: GlLimitRow): number | number[] => {
    next += 4;
    if (row.kind === 'floatPair') return [1, next];
    return row.kind === 'indexed3' ? [next, next + 1, next + 2] : next;
  };
  return {
    flavour,
    version: hasAll ? 46 : 33,
    glslVersion: hasAll ? 460 : 330,
    vendor: 'nobody',
    renderer: 'llvmpipe (LLVM 1.0, 128 bits)',
    versionText: '',
    isSoftware: true,
    tellsReset: false,
    extensions: [],
    features: Object.fromEntries(Object.keys(glFeatures).map((name) => [name, hasAll])) as GlCapabilities['features'],
    limits: Object.fromEntries(
      Object.entries(glLimits).map(([name, row]) => [name, limit(row)]),
    ) as unknown as GlCapabilities['limits'],
  };
}

const FORMATS: DeviceFormats = {
  byNumber: [],
  sampler: FormatMask.of([1, 2, 67, 311]),
  render: FormatMask.of([1, 2]),
  depthStencil: FormatMask.of([20]),
  vertex: FormatMask.of([124]),
  scanout: FormatMask.of([2]),
  readback: FormatMask.of([67]),
  multisample: FormatMask.of([1]),
  maxSamples: 4,
  sampleLocations: new Map([[2, [0.375, 0.125, 0.875, 0.375]]]),
  canMixColors: true,
};

describe('the layout', () => {
  test.each([
    ['sampler', 4],
    ['render', 68],
    ['depthStencil', 132],
    ['vertexBuffer', 196],
    ['flags', 260],
    ['glslLevel', 264],
    ['primitiveMask', 288],
    ['maxTextureGatherComponents', 304],
    ['minAliasedPointSize', CAPSET1_BYTES],
    ['maxTextureLodBias', 340],
    ['minTexelOffset', 364],
    ['capabilityBits', 392],
    ['sampleLocations', 396],
    ['maxVertexAttribStride', 428],
    ['maxComputeGridSize', 460],
    ['maxTexture2dSize', 484],
    ['maxAtomicCounters', 500],
    ['hostFeatureCheckVersion', 556],
    ['readback', 560],
    ['scanout', 624],
    ['capabilityBits2', 688],
    ['renderer', 696],
    ['maxAnisotropy', 760],
    ['multisample', 768],
    ['maxConstBufferSize', 832],
    ['videoCapCount', 856],
    ['maxUniformBlockSize', 1372],
    ['maxShaderStorageBlocks', 1384],
  ])('has %s at %i', (name, offset) => {
    expect(offsetOf(name)).toBe(offset);
  });

  test('ends where the public one does', () => {
    expect(fields.reduce((sum, field) => sum + 4 * field.count, 0)).toBe(CAPSET2_BYTES);
  });

  test('has words for 32 flags, 32 bits and 19 more', () => {
    for (const [table, count] of [
      [CAPSET_FLAGS, 32],
      [CAPABILITY_BITS, 32],
      [CAPABILITY_BITS2, 19],
    ] as const) {
      expect(Object.values(table)).toEqual(Array.from({ length: count }, (_, i) => i));
    }
  });
});

describe('a capability set', () => {
  test('is read as it was written, whatever is in it', () => {
    const word = fc.nat(0xffffffff);
    const float = fc.float({ noNaN: true });
    const of = (field: CapsetField): fc.Arbitrary<unknown> => {
      const words = fc.array(word, { minLength: field.count, maxLength: field.count });
      if (field.kind === 'text') return fc.stringMatching(/^[\x20-\x7e]{0,63}$/);
      if (field.kind === 'formats') return words.map((list) => Uint32Array.from(list));
      if (field.count > 1) return words;
      return field.kind === 'f32' ? float : field.kind === 'i32' ? fc.integer() : word;
    };
    const any = fc.record(Object.fromEntries(fields.map((field) => [field.name, of(field)])));
    fc.assert(
      fc.property(any, (record) => {
        const values = { ...record, maxVersion: 2 } as unknown as CapsetValues;
        expect(readCapset(writeCapset(values, 2))).toEqual(values);
      }),
      { numRuns: 30 },
    );
  });

  test('of version 1 is the beginning of version 2, but for its number', () => {
    const values = capsetValues(capabilities(true), FORMATS);
    const [first, second] = [writeCapset(values, 1), writeCapset(values, 2)];
    expect([first.length, second.length]).toEqual([308, 1408]);
    expect([first[0], second[0]]).toEqual([1, 2]);
    expect(first.subarray(4)).toEqual(second.subarray(4, CAPSET1_BYTES));
  });

  test('has bytes at known places', () => {
    const bytes = writeCapset(capsetValues(capabilities(true), FORMATS), 2);
    const view = new DataView(bytes.buffer);
    expect(view.getUint32(4, true)).toBe(0b110);
    expect(view.getUint32(4 + 4 * 9, true)).toBe(1 << 23);
    expect(view.getUint32(264, true)).toBe(460);
    expect(view.getUint32(284, true)).toBe(4);
    // x and y of the first sample of two are 6 and 2 sixteenths, of the second 14 and 6.
    expect(view.getUint32(396, true)).toBe(0xe662);
    expect(new TextDecoder().decode(bytes.subarray(696, 704))).toBe('LLVMPIPE');
    expect(bytes[759]).toBe(0);
    expect(view.getUint32(768, true)).toBe(0b11);
  });

  test('cuts a long name of the renderer, and ends it with a zero', () => {
    const values = capsetValues({ ...capabilities(true), renderer: 'é'.repeat(60) }, FORMATS);
    const bytes = writeCapset(values, 2);
    expect(bytes[696 + 63]).toBe(0);
    expect(readCapset(bytes).renderer).toBe('é'.repeat(31));
  });

  test('of an older renderer ends in zeros', () => {
    const bytes = writeCapset(capsetValues(capabilities(true), FORMATS), 2);
    const old = readCapset(bytes.subarray(0, 1376));
    expect(old.maxUniformBlockSize).toBeGreaterThan(0);
    expect(old.maxTessControlOutputs).toBe(0);
    expect(() => readCapset(bytes.subarray(0, 100))).toThrow('bytes of a capability set');
  });
});

describe('promises', () => {
  const bitsOf = (word: number, table: Readonly<Record<string, number>>): string[] =>
    Object.keys(table).filter((name) => ((word >>> (table[name] ?? 0)) & 1) === 1);

  test('of a device with nothing extra are few', () => {
    const values = capsetValues(capabilities(false), { ...FORMATS, canMixColors: false });
    expect(bitsOf(values.flags, CAPSET_FLAGS)).toEqual([
      'primitiveRestart',
      'instanceId',
      'seamlessCubeMap',
      'occlusionQuery',
      'fragmentCoordConventions',
    ]);
    expect(bitsOf(values.capabilityBits, CAPABILITY_BITS)).toEqual([
      'tgsiInvariant',
      'tgsiComponents',
      'guestMayInitLog',
      'transfer',
      'indirectInputAddress',
      'copyTransfer',
      'appTweaks',
    ]);
    expect(bitsOf(values.capabilityBits2, CAPABILITY_BITS2)).toEqual(['copyTransferBothDirections']);
    expect(values).toMatchObject({
      primitiveMask: 0x7f,
      maxViewports: 1,
      maxTextureGatherComponents: 0,
      maxAnisotropy: 0,
    });
  });

  test('the renderer adds to them, and keeps back what it needs', () => {
    const device = capabilities(true);
    const plain = capsetValues(device, FORMATS);
    const more = capsetValues(device, FORMATS, {
      ...PLAIN_PROMISES,
      reservedUniformBlocks: 3,
      drawsQuads: true,
      stipples: true,
      clampsColors: true,
      mapsBuffers: true,
      typesResources: true,
      videoMemoryMiB: 512,
    });
    expect(more.primitiveMask).toBe(0x7fff);
    expect(plain.primitiveMask).toBe(0x7c7f);
    const added = (a: number, b: number, table: Readonly<Record<string, number>>): string[] =>
      bitsOf((a ^ b) >>> 0, table);
    expect(added(plain.flags, more.flags, CAPSET_FLAGS)).toEqual(['colorClamping', 'polygonStipple']);
    expect(added(plain.capabilityBits, more.capabilityBits, CAPABILITY_BITS)).toEqual(['bufferStorage']);
    expect(added(plain.capabilityBits2, more.capabilityBits2, CAPABILITY_BITS2)).toEqual([
      'untypedResource',
      'videoMemory',
    ]);
    expect(more.maxVideoMemory).toBe(512);
  });

  test('keep within the arrays of guests', () => {
    const device = capabilities(true);
    const limits = Object.fromEntries(
      Object.entries(device.limits).map(([name, value]) => [name, Array.isArray(value) ? value : 1000]),
    );
    const values = capsetValues({ ...device, limits: limits as unknown as GlCapabilities['limits'] }, FORMATS);
    expect(values).toMatchObject({
      maxStreamoutBuffers: 4,
      maxRenderTargets: 8,
      maxUniformBlocks: 32,
      maxViewports: 16,
      maxVertexAttribs: 32,
      maxTextureSamplers: 32,
      maxShaderBufferFragmentCompute: 32,
      maxShaderImageOtherStages: 32,
      maxAnisotropy: 16,
    });
  });

  test('of OpenGL ES tell what it is, and leave atomic counters to storage buffers', () => {
    const values = capsetValues(capabilities(true, 'es'), FORMATS);
    expect(bitsOf(values.capabilityBits, CAPABILITY_BITS)).toContain('hostIsGles');
    expect(values.maxAtomicCounters).toEqual([0, 0, 0, 0, 0, 0]);
  });

  test('keep room in each stage for what a guest’s driver computes itself', () => {
    const device = capabilities(true);
    const limits = { ...device.limits, maxVertexUniformComponents: 16384, maxFragmentUniformComponents: 1024 };
    const [vertex, fragment] = capsetValues({ ...device, limits }, FORMATS).maxConstBufferSize;
    expect([vertex, fragment]).toEqual([65536 - 256, 4096]);
  });

  test.skipIf(!hasEgl)('of a real device of OpenGL ES promise nothing that wants OpenGL', () => {
    using display = GlDisplay.open({ renderNode: 'software', flavour: 'es' });
    using context = display.createContext();
    context.makeCurrent();
    const device = readCapabilities(display.gl);
    const values = capsetValues(device, probeDeviceFormats(display.gl, device));
    const promised = [
      ...bitsOf(values.flags, CAPSET_FLAGS),
      ...bitsOf(values.capabilityBits, CAPABILITY_BITS),
      ...bitsOf(values.capabilityBits2, CAPABILITY_BITS2),
    ];
    expect(promised).toEqual(expect.arrayContaining(['hostIsGles', 'computeShader', 'tessellation']));
    // What no OpenGL ES has, not even by an extension.
    const desktop = [
      'fp64',
      'colorClamping',
      'polygonStipple',
      'conditionalRenderInverted',
      'transformFeedbackOverflowQuery',
      'textureQueryLod',
      'derivativeControl',
      'queryBuffer',
      'indirectParameters',
      'transformFeedback3',
      'pipelineStatisticsQuery',
      'drawParameters',
    ];
    expect(promised.filter((name) => desktop.includes(name))).toEqual([]);
    expect(values.maxDualSourceRenderTargets).toBeLessThanOrEqual(1);
    expect(values.primitiveMask & 0x380).toBe(0);
    expect(values.glslLevel).toBeLessThanOrEqual(430);
  });

  test.skipIf(!hasEgl)('of a real device hold together', () => {
    using display = GlDisplay.open({ renderNode: 'software' });
    using context = display.createContext();
    context.makeCurrent();
    const device = readCapabilities(display.gl);
    const values = capsetValues(device, probeDeviceFormats(display.gl, device));
    expect(readCapset(writeCapset(values, 2))).toEqual({ ...values, sampleLocations: [...values.sampleLocations] });
    expect(values.glslLevel).toBe(device.glslVersion);
    expect(values.maxSamples).toBeGreaterThanOrEqual(1);
    expect(values.maxTexture2dSize).toBe(device.limits.maxTextureSize);
  });
});
