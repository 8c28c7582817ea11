import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readCapabilities } from './capabilities.ts';
import { GlContext } from './context.ts';
import { contextAttributes, contextKinds } from './context-attributes.ts';
import { GlDisplay } from './display.ts';
import { loadEgl } from './egl-api.ts';
import * as EGL from './egl-constants.ts';
import * as GL from './gl-constants.ts';
import { drainErrors, GlMessages } from './gl-errors.ts';
import { drawTriangle, hasEgl } from './test-device.ts';
import { readReset } from './reset.ts';

test('without EGL there is one sentence that says what to install', () => {
  expect(() => loadEgl('libEGL-that-is-not-there.so.1')).toThrow(
    expect.objectContaining({ name: 'HostError', code: 'NO_EGL', message: expect.stringContaining('libgl1-mesa-dri') }),
  );
});

test('kinds of context go from the best down', () => {
  const kinds = contextKinds();
  expect(kinds[0]).toEqual({ flavour: 'gl', version: 46, isRobust: true });
  expect(kinds.at(-1)).toEqual({ flavour: 'es', version: 30, isRobust: false });
  expect(contextKinds('es').every((kind) => kind.flavour === 'es')).toBe(true);
  const pairs = [
    [EGL.CONTEXT_MAJOR_VERSION, 3],
    [EGL.CONTEXT_MINOR_VERSION, 3],
    [EGL.CONTEXT_OPENGL_PROFILE_MASK, EGL.CONTEXT_OPENGL_CORE_PROFILE_BIT],
  ];
  const attributes = contextAttributes({ flavour: 'gl', version: 33, isRobust: false }, false);
  expect([...attributes]).toEqual([...pairs.flat(), EGL.NONE]);
});

test('a reset is told as the driver tells it', () => {
  const asked = (status: number): unknown =>
    readReset({ available: new Set(['getGraphicsResetStatus']), getGraphicsResetStatus: () => status } as never);
  expect(asked(GL.NO_ERROR)).toBeNull();
  expect(asked(GL.GUILTY_CONTEXT_RESET)).toBe('guilty');
  expect(asked(GL.INNOCENT_CONTEXT_RESET)).toBe('innocent');
  expect(asked(GL.UNKNOWN_CONTEXT_RESET)).toBe('unknown');
  expect(readReset({ available: new Set() } as never)).toBeNull();
});

describe('a context whose GPU is reset', () => {
  const lostError = expect.objectContaining({ name: 'HostError', code: 'GL_CONTEXT_LOST' });

  function contextOf(status: number, eglError: number): GlContext {
    const gl = { available: new Set(['getGraphicsResetStatus']), getGraphicsResetStatus: () => status };
    const egl = { makeCurrent: () => Number(eglError === 0), destroyContext: () => 1, getError: () => eglError };
    return new GlContext({ gl, egl, handle: 1 } as unknown as GlDisplay, 2, undefined, () => {});
  }

  test('says so when it is asked, and from then on', () => {
    using context = contextOf(GL.GUILTY_CONTEXT_RESET, 0);
    context.makeCurrent();
    expect(() => context.checkReset()).toThrow(lostError);
    expect(context.lost).toBe('guilty');
    expect(() => context.checkReset()).toThrow('its own commands');
    expect(() => context.makeCurrent()).toThrow(lostError);
  });

  test('says so when EGL will not make it current', () => {
    using context = contextOf(GL.NO_ERROR, EGL.CONTEXT_LOST);
    expect(() => context.makeCurrent()).toThrow(lostError);
    expect(context.lost).toBe('unknown');
  });

  test('is not lost because EGL refuses it for another reason', () => {
    using context = contextOf(GL.NO_ERROR, 0x3002);
    expect(() => context.makeCurrent()).toThrow(expect.objectContaining({ code: 'GL_NO_CONTEXT' }));
    expect(context.lost).toBeNull();
  });
});

test('errors are drained, those of a lost context not for ever', () => {
  const waiting = [GL.INVALID_ENUM, GL.OUT_OF_MEMORY];
  expect(drainErrors({ getError: () => waiting.shift() ?? GL.NO_ERROR })).toBe(GL.INVALID_ENUM);
  expect(waiting).toEqual([]);
  let asked = 0;
  const getError = (): number => {
    asked++;
    return GL.CONTEXT_LOST;
  };
  expect(drainErrors({ getError })).toBe(GL.CONTEXT_LOST);
  expect(asked).toBe(1);
});

describe.skipIf(!hasEgl)('on a software device', () => {
  let display: GlDisplay;
  let context: GlContext;

  beforeAll(() => {
    display = GlDisplay.open({ renderNode: 'software', isDebug: true });
    context = display.createContext();
    context.makeCurrent();
  });

  afterAll(() => display.close());

  test('a triangle is drawn without a window', () => {
    context.makeCurrent();
    const pixels = drawTriangle(context, 64, 64);
    const at = (x: number, y: number): number[] => [...pixels.subarray(4 * (64 * y + x), 4 * (64 * y + x) + 4)];
    expect(at(32, 16)).toEqual([255, 51, 0, 255]);
    expect(at(1, 62)).toEqual([0, 0, 0, 255]);
    expect(display.gl.getError()).toBe(GL.NO_ERROR);
  });

  test('what the device can do is plain data', () => {
    context.makeCurrent();
    const capabilities = readCapabilities(display.gl);
    expect(structuredClone(capabilities)).toEqual(capabilities);
    expect(capabilities).toMatchObject({ flavour: 'gl', isSoftware: true });
    expect(capabilities.version).toBeGreaterThanOrEqual(33);
    expect(capabilities.glslVersion).toBeGreaterThanOrEqual(330);
    expect(capabilities.limits.maxTextureSize).toBeGreaterThanOrEqual(1024);
    expect(capabilities.limits.pointSizeRange).toHaveLength(2);
    expect(display.gl.getError()).toBe(GL.NO_ERROR);
  });

  test('contexts that share see the same textures; others do not', () => {
    using sharing = display.createContext({ share: context });
    using alone = display.createContext();
    context.makeCurrent();
    const names = new Uint32Array(1);
    display.gl.genTextures(1, names);
    context.bindings.bindTexture(0, GL.TEXTURE_2D, names[0]!);
    sharing.makeCurrent();
    expect(display.gl.isTexture(names[0]!)).toBe(true);
    alone.makeCurrent();
    expect(display.gl.isTexture(names[0]!)).toBe(false);
    expect([context.isCurrent, alone.isCurrent]).toEqual([false, true]);
  });

  test('a texture that one context deletes is forgotten by those that share it', () => {
    using sharing = display.createContext({ share: context });
    const { gl } = display;
    const names = new Uint32Array(1);
    context.makeCurrent();
    gl.genTextures(1, names);
    const name = names[0]!;
    sharing.makeCurrent();
    sharing.bindings.bindTexture(0, GL.TEXTURE_2D, name);
    context.makeCurrent();
    gl.deleteTextures(1, names);
    context.forgetTexture(name);
    gl.genTextures(1, names);
    context.bindings.bindTexture(0, GL.TEXTURE_2D, names[0]!);
    gl.texImage2D(GL.TEXTURE_2D, 0, GL.RGBA8, 8, 8, 0, GL.RGBA, GL.UNSIGNED_BYTE, null);
    sharing.makeCurrent();
    sharing.bindings.activateTexture(0, GL.TEXTURE_2D, names[0]!);
    const width = new Int32Array(1);
    gl.getTexLevelParameteriv(GL.TEXTURE_2D, 0, GL.TEXTURE_WIDTH, width);
    expect(width[0]).toBe(8);
  });

  test('the driver tells what was wrong, and with which call', () => {
    context.makeCurrent();
    using messages = new GlMessages(display.gl);
    display.gl.enable(0x1234);
    expect(messages.take()).toEqual([
      expect.objectContaining({ isError: true, text: expect.stringContaining('glEnable') }),
    ]);
    expect(messages.take()).toEqual([]);
    expect(drainErrors(display.gl)).toBe(GL.INVALID_ENUM);
  });

  test('a function that the device lacks is not called', () => {
    const es = GlDisplay.open({ renderNode: 'software', flavour: 'es' });
    expect(es.gl.available.has('polygonMode')).toBe(false);
    expect(() => es.gl.polygonMode(GL.FRONT_AND_BACK, GL.LINE)).toThrow('glPolygonMode was called');
    es.close();
    context.makeCurrent();
  });

  test('one display that closes leaves another on the same device alone', () => {
    context.makeCurrent();
    using other = GlDisplay.open({ renderNode: 'software' });
    expect(other.handle).toBe(display.handle);
    using second = other.createContext();
    second.makeCurrent();
    expect(drawTriangle(second, 8, 8)[3]).toBe(255);
    other.close();
    context.makeCurrent();
    expect(drawTriangle(context, 8, 8)[3]).toBe(255);
    expect(drainErrors(display.gl)).toBe(GL.NO_ERROR);
  });

  test('a path that is no device is told with those that are', () => {
    expect(() => GlDisplay.open({ renderNode: '/dev/dri/renderD250' })).toThrow(
      expect.objectContaining({ name: 'HostError', code: 'NO_RENDER_NODE' }),
    );
  });

  test('opening and closing leaves no descriptor behind', () => {
    const count = (): number => readdirSync('/proc/self/fd').length;
    GlDisplay.open({ renderNode: 'software' }).close();
    const before = count();
    for (let i = 0; i < 3; i++) GlDisplay.open({ renderNode: 'software' }).close();
    expect(count()).toBe(before);
    context.makeCurrent();
  });
});
