import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SharedMemory } from '../../base/native/shared-memory.ts';
import type { Rect } from '../../base/rect.ts';
import { readCapabilities } from './capabilities.ts';
import type { GlCapabilities } from './capabilities.ts';
import type { GlContext } from './context.ts';
import { GlDisplay } from './display.ts';
import * as GL from './gl-constants.ts';
import type { GlFlavour } from './gl-loader.ts';
import { Readback } from './readback.ts';
import type { ReadbackMethod, ReadbackSource } from './readback.ts';
import { createFramebuffer, hasEgl } from './test-device.ts';

const WIDTH = 37;
const HEIGHT = 23;
const STRIDE = 4 * (WIDTH + 3);

/** B, G, R, X of a pixel of the framebuffer, by its row from the first in memory. */
function pixelAt(x: number, row: number): number[] {
  return [x, row, x ^ row, 0xc0];
}

function paint(context: GlContext, isUpsideDown: boolean): ReadbackSource {
  const { framebuffer, texture } = createFramebuffer(context, WIDTH, HEIGHT);
  const pixels = new Uint8Array(WIDTH * HEIGHT * 4);
  for (let row = 0; row < HEIGHT; row++) {
    for (let x = 0; x < WIDTH; x++) {
      const [b = 0, g = 0, r = 0, a = 0] = pixelAt(x, row);
      pixels.set([r, g, b, a], 4 * (row * WIDTH + x));
    }
  }
  context.bindings.activateTexture(0, GL.TEXTURE_2D, texture);
  context.gl.texSubImage2D(GL.TEXTURE_2D, 0, 0, 0, WIDTH, HEIGHT, GL.RGBA, GL.UNSIGNED_BYTE, pixels);
  return { framebuffer, width: WIDTH, height: HEIGHT, isUpsideDown };
}

describe.skipIf(!hasEgl).each<[GlFlavour, ReadbackMethod]>([
  ['gl', 'deferred'],
  ['gl', 'buffers'],
  ['es', 'deferred'],
  ['es', 'buffers'],
])('readback on %s, %s', (flavour, method) => {
  let display: GlDisplay;
  let context: GlContext;
  let capabilities: GlCapabilities;

  beforeAll(() => {
    display = GlDisplay.open({ renderNode: 'software', flavour });
    context = display.createContext();
    context.makeCurrent();
    capabilities = readCapabilities(display.gl);
  });

  afterAll(() => display.close());

  function expectOnly(pixels: Uint8Array, rects: readonly Rect[], isUpsideDown: boolean): void {
    for (let y = 0; y < HEIGHT; y++) {
      for (let x = 0; x < WIDTH; x++) {
        const isInside = rects.some((r) => x >= r.x && x < r.x + r.width && y >= r.y && y < r.y + r.height);
        const expected = isInside ? pixelAt(x, isUpsideDown ? HEIGHT - 1 - y : y) : [9, 9, 9, 9];
        const at = y * STRIDE + 4 * x;
        expect([...pixels.subarray(at, at + 4)], `pixel ${x}, ${y}`).toEqual(expected);
      }
    }
  }

  test.each([false, true])('brings the rectangles asked for and no others (upside down: %s)', async (isUpsideDown) => {
    using readback = new Readback(context, capabilities, method);
    const source = paint(context, isUpsideDown);
    const pixels = new Uint8Array(STRIDE * HEIGHT).fill(9);
    const rects = [
      { x: 1, y: 2, width: 5, height: 7 },
      { x: 30, y: 20, width: 7, height: 3 },
      { x: 0, y: 22, width: 1, height: 1 },
    ];
    const order: string[] = [];
    const done = (name: string) => (error: Error | null) => void order.push(error === null ? name : error.message);
    readback.start(source, rects.slice(0, 2), { pixels, strideBytes: STRIDE }, done('first'));
    readback.start(source, rects.slice(2), { pixels, strideBytes: STRIDE }, done('second'));
    expect(readback.pending).toBe(2);
    while (readback.poll() > 0) await new Promise((resolve) => setImmediate(resolve));
    expect(order).toEqual(['first', 'second']);
    expectOnly(pixels, rects, isUpsideDown);
  });

  test('settles what was asked of a framebuffer before it changes', () => {
    using readback = new Readback(context, capabilities, method);
    const source = paint(context, false);
    const pixels = new Uint8Array(STRIDE * HEIGHT).fill(9);
    const rect = { x: 0, y: 0, width: WIDTH, height: HEIGHT };
    readback.start(source, [rect], { pixels, strideBytes: STRIDE }, () => {});
    readback.settle(source.framebuffer + 1000);
    readback.settle(source.framebuffer);
    context.bindings.bindFramebuffer(GL.FRAMEBUFFER, source.framebuffer);
    context.gl.clear(GL.COLOR_BUFFER_BIT);
    expect(readback.pending).toBe(0);
    expectOnly(pixels, [rect], false);
  });

  test('leaves memory alone that was taken away', () => {
    using readback = new Readback(context, capabilities, method);
    const memory = SharedMemory.create('test', STRIDE * HEIGHT);
    const rects = [{ x: 0, y: 0, width: 8, height: 8 }];
    let isDone = false;
    readback.start(paint(context, false), rects, { pixels: memory.bytes, strideBytes: STRIDE }, () => (isDone = true));
    memory.close();
    readback.settle();
    expect(isDone).toBe(true);
  });

  test('tells what the driver refused', () => {
    using readback = new Readback(context, capabilities, method);
    const source = { ...paint(context, false), framebuffer: 0 };
    const pixels = new Uint8Array(STRIDE * HEIGHT);
    let told: unknown = null;
    readback.start(source, [{ x: 0, y: 0, width: 1, height: 1 }], { pixels, strideBytes: STRIDE }, (error) => {
      told = error;
    });
    readback.settle();
    expect(told).toMatchObject({ name: 'HostError', code: 'GL_READ' });
  });

  test('gives up what is under way when it is closed', () => {
    const readback = new Readback(context, capabilities, method);
    const pixels = new Uint8Array(STRIDE * HEIGHT);
    const errors: unknown[] = [];
    readback.start(paint(context, false), [], { pixels, strideBytes: STRIDE }, (error) => errors.push(error));
    readback.close();
    readback.close();
    expect(errors).toEqual([expect.objectContaining({ code: 'GL_CLOSED' })]);
  });

  test('refuses rectangles that do not fit', () => {
    using readback = new Readback(context, capabilities, method);
    const source = paint(context, false);
    const target = { pixels: new Uint8Array(STRIDE * HEIGHT - 4 * 3), strideBytes: STRIDE };
    const ask = (rect: Rect, into = target) => readback.start(source, [rect], into, () => {});
    expect(() => ask({ x: 0, y: 0, width: WIDTH + 1, height: 1 })).toThrow('within the source');
    expect(() => ask({ x: -1, y: 0, width: 1, height: 1 })).toThrow('whole pixels');
    expect(() => ask({ x: 0, y: 0, width: 1.5, height: 1 })).toThrow('whole pixels');
    expect(() => ask({ x: 0, y: 0, width: WIDTH, height: 1 }, { ...target, strideBytes: 4 })).toThrow('stride');
    const short = { ...target, pixels: target.pixels.subarray(0, STRIDE) };
    expect(() => ask({ x: 0, y: 0, width: WIDTH, height: 2 }, short)).toThrow('within the target');
    expect(readback.pending).toBe(0);
  });
});
