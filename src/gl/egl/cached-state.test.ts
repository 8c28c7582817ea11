import * as fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { Bindings } from './bindings.ts';
import * as GL from './gl-constants.ts';
import type { GlApi, GlFunctionName } from './gl-loader.ts';
import { RasterState } from './raster-state.ts';

const calls: string[] = [];

function recordingGl(missing: readonly GlFunctionName[] = []): GlApi {
  const has = (name: unknown): boolean => !missing.includes(name as GlFunctionName);
  return new Proxy({} as GlApi, {
    get: (_target, name) => {
      if (name === 'available') return { has };
      if (name === 'offered') return { flavour: 'gl', version: 33, extensions: new Set() };
      return (...values: unknown[]) => void calls.push(`${String(name)}(${values.join(', ')})`);
    },
  });
}

function taken(): string[] {
  return calls.splice(0);
}

beforeEach(() => void calls.splice(0));

describe('bindings', () => {
  test('a texture is bound once, on its unit', () => {
    const bindings = new Bindings(recordingGl());
    bindings.bindTexture(3, GL.TEXTURE_2D, 7);
    bindings.bindTexture(3, GL.TEXTURE_2D, 7);
    expect(taken()).toEqual([`activeTexture(${GL.TEXTURE0 + 3})`, `bindTexture(${GL.TEXTURE_2D}, 7)`]);
    bindings.bindTexture(3, GL.TEXTURE_3D, 7);
    expect(taken()).toEqual([`bindTexture(${GL.TEXTURE_3D}, 7)`]);
    bindings.activateTexture(2, GL.TEXTURE_2D, 0);
    bindings.activateTexture(3, GL.TEXTURE_2D, 7);
    expect(taken()).toEqual([
      `activeTexture(${GL.TEXTURE0 + 2})`,
      `bindTexture(${GL.TEXTURE_2D}, 0)`,
      `activeTexture(${GL.TEXTURE0 + 3})`,
    ]);
  });

  test('a name that was deleted is bound anew', () => {
    const bindings = new Bindings(recordingGl());
    bindings.bindTexture(0, GL.TEXTURE_2D, 7);
    bindings.bindImageTexture(1, 7, 0, false, 0, GL.READ_ONLY, GL.RGBA8);
    bindings.bindBufferRange(GL.UNIFORM_BUFFER, 2, 7, 0, 64);
    bindings.bindSampler(4, 7);
    bindings.useProgram(7);
    bindings.bindFramebuffer(GL.FRAMEBUFFER, 7);
    taken();
    bindings.forgetTexture(7);
    bindings.forgetBuffer(7);
    bindings.forgetSampler(7);
    bindings.forgetProgram(7);
    bindings.forgetFramebuffer(7);
    bindings.bindTexture(0, GL.TEXTURE_2D, 7);
    bindings.bindImageTexture(1, 7, 0, false, 0, GL.READ_ONLY, GL.RGBA8);
    bindings.bindBufferRange(GL.UNIFORM_BUFFER, 2, 7, 0, 64);
    bindings.bindSampler(4, 7);
    bindings.useProgram(7);
    bindings.bindFramebuffer(GL.FRAMEBUFFER, 7);
    expect(taken()).toHaveLength(6);
  });

  test('both framebuffers are one binding, and either alone', () => {
    const bindings = new Bindings(recordingGl());
    bindings.bindFramebuffer(GL.FRAMEBUFFER, 1);
    bindings.bindFramebuffer(GL.READ_FRAMEBUFFER, 1);
    bindings.bindFramebuffer(GL.DRAW_FRAMEBUFFER, 1);
    expect(taken()).toHaveLength(1);
    bindings.bindFramebuffer(GL.READ_FRAMEBUFFER, 2);
    bindings.bindFramebuffer(GL.FRAMEBUFFER, 1);
    expect(taken()).toHaveLength(2);
  });

  test('a vertex array brings its own element array buffer', () => {
    const bindings = new Bindings(recordingGl());
    bindings.bindVertexArray(1);
    bindings.bindBuffer(GL.ELEMENT_ARRAY_BUFFER, 5);
    bindings.bindVertexArray(2);
    bindings.bindBuffer(GL.ELEMENT_ARRAY_BUFFER, 5);
    expect(taken()).toHaveLength(4);
  });

  test('an indexed binding differs by range, and is the plain binding as well', () => {
    const bindings = new Bindings(recordingGl());
    bindings.bindBufferRange(GL.UNIFORM_BUFFER, 0, 5, 0, 256);
    bindings.bindBufferRange(GL.UNIFORM_BUFFER, 0, 5, 0, 256);
    bindings.bindBufferRange(GL.UNIFORM_BUFFER, 0, 5, 256, 256);
    bindings.bindBufferBase(GL.UNIFORM_BUFFER, 0, 5);
    bindings.bindBufferBase(GL.UNIFORM_BUFFER, 0, 5);
    bindings.bindBuffer(GL.UNIFORM_BUFFER, 5);
    expect(taken()).toHaveLength(3);
    bindings.bindBufferRange(GL.TRANSFORM_FEEDBACK_BUFFER, 0, 5, 0, 256);
    bindings.bindBufferRange(GL.TRANSFORM_FEEDBACK_BUFFER, 0, 5, 0, 256);
    expect(taken()).toHaveLength(2);
  });

  test('a target that is none is a mistake', () => {
    const bindings = new Bindings(recordingGl());
    expect(() => bindings.bindTexture(0, GL.ARRAY_BUFFER, 1)).toThrow('texture target');
    expect(() => bindings.bindTexture(192, GL.TEXTURE_2D, 1)).toThrow('texture unit');
    expect(() => bindings.bindBuffer(GL.TEXTURE_2D, 1)).toThrow('buffer target');
  });
});

describe('raster state', () => {
  test('what is the case already is not said again, until it is forgotten', () => {
    const state = new RasterState(recordingGl());
    const set = (): void => {
      state.set(GL.DEPTH_TEST, true);
      state.depthFunc(GL.LESS);
      state.depthMask(false);
      state.stencilFunc(GL.FRONT, GL.ALWAYS, 1, 0xff);
      state.stencilOp(GL.BACK, GL.KEEP, GL.KEEP, GL.REPLACE);
      state.blendColor(0, 0.5, 1, 1);
      state.viewport(0, 0, 0, 640, 480);
      state.scissor(1, 1, 2, 3, 4);
      state.depthRange(0, 0, 1);
      state.polygonOffset(1, 2, 0);
      state.pixelStore(GL.UNPACK_ALIGNMENT, 1);
      state.pixelStore(GL.PACK_ALIGNMENT, 1);
    };
    set();
    expect(taken()).toHaveLength(12);
    set();
    expect(taken()).toEqual([]);
    state.invalidate();
    set();
    expect(taken()).toHaveLength(12);
  });

  test('blending of one colour buffer leaves the others alone', () => {
    const state = new RasterState(recordingGl());
    state.set(GL.BLEND, true);
    state.setIndexed(GL.BLEND, 2, true);
    state.setIndexed(GL.BLEND, 2, false);
    state.set(GL.BLEND, true);
    expect(taken()).toEqual([`enable(${GL.BLEND})`, `disablei(${GL.BLEND}, 2)`, `enable(${GL.BLEND})`]);
    state.blendFunc(GL.ONE, GL.ZERO, GL.ONE, GL.ZERO);
    state.blendFuncAt(1, GL.ONE, GL.ZERO, GL.ONE, GL.ZERO);
    state.blendFuncAt(1, GL.ONE, GL.ONE, GL.ONE, GL.ZERO);
    state.blendFunc(GL.ONE, GL.ZERO, GL.ONE, GL.ZERO);
    expect(taken()).toHaveLength(3);
    state.colorMask(0b1111);
    state.colorMaskAt(0, 0b1111);
    state.colorMaskAt(0, 0b0111);
    expect(taken()).toEqual(['colorMask(true, true, true, true)', 'colorMaski(0, true, true, true, false)']);
  });

  test('numbers that are none always reach the driver', () => {
    const state = new RasterState(recordingGl());
    state.lineWidth(Number.NaN);
    state.lineWidth(Number.NaN);
    expect(taken()).toHaveLength(2);
  });

  test('without viewport arrays only the first viewport is set', () => {
    const state = new RasterState(recordingGl(['viewportIndexedf', 'depthRangeIndexed', 'polygonOffsetClamp']));
    state.viewport(0, 0.4, 0.6, 99.6, 50);
    state.viewport(1, 0, 0, 1, 1);
    state.scissor(0, 1, 2, 3, 4);
    state.scissor(1, 1, 2, 3, 4);
    state.depthRange(0, 0, 1);
    state.polygonOffset(1, 2, 3);
    expect(taken()).toEqual([
      'viewport(0, 1, 100, 50)',
      'scissor(1, 2, 3, 4)',
      'depthRange(0, 1)',
      'polygonOffset(1, 2)',
    ]);
  });

  test('names of pixel storage do not share a place', () => {
    const names = [
      ...Array.from({ length: 6 }, (_, i) => GL.UNPACK_SWAP_BYTES + i),
      ...Array.from({ length: 6 }, (_, i) => GL.PACK_SWAP_BYTES + i),
      GL.PACK_SKIP_IMAGES,
      GL.PACK_IMAGE_HEIGHT,
      GL.UNPACK_SKIP_IMAGES,
      GL.UNPACK_IMAGE_HEIGHT,
      ...Array.from({ length: 8 }, (_, i) => GL.UNPACK_COMPRESSED_BLOCK_WIDTH + i),
    ];
    const state = new RasterState(recordingGl());
    for (const name of names) state.pixelStore(name, 1);
    expect(taken()).toHaveLength(names.length);
  });

  test('whatever is set in whatever order, the driver ends with what was set last', () => {
    const names = [GL.BLEND, GL.DEPTH_TEST, GL.SCISSOR_TEST] as const;
    const step = fc.record({
      name: fc.constantFrom(...names),
      index: fc.nat(7),
      all: fc.boolean(),
      isOn: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const driver = new Map<string, boolean>();
        const wanted = new Map<string, boolean>();
        const all = (map: Map<string, boolean>, name: number, isOn: boolean): void => {
          for (let i = 0; i < 8; i++) map.set(`${name} ${i}`, isOn);
        };
        const gl = {
          available: new Set(),
          enable: (name: number) => all(driver, name, true),
          disable: (name: number) => all(driver, name, false),
          enablei: (name: number, index: number) => driver.set(`${name} ${index}`, true),
          disablei: (name: number, index: number) => driver.set(`${name} ${index}`, false),
        } as unknown as GlApi;
        const state = new RasterState(gl);
        for (const { name, index, all: isAll, isOn } of steps) {
          if (isAll || name === GL.DEPTH_TEST) {
            state.set(name, isOn);
            all(wanted, name, isOn);
          } else {
            state.setIndexed(name, index, isOn);
            wanted.set(`${name} ${index}`, isOn);
          }
        }
        expect(driver).toEqual(wanted);
      }),
    );
  });
});
