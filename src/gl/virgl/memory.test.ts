import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import {
  bindObject,
  command,
  createObject,
  createShader,
  drawVbo,
  f32,
  FORMAT,
  pair,
  PLAIN_FRAGMENT,
  PLAIN_VERTEX,
  softwareDevice,
  TestGuest,
  TRIANGLES,
} from './test-guest.ts';
import { BIND, STAGE } from './virgl-limits.ts';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

const MB = 2 ** 20;
const [TEXTURE, BUFFER] = [1, 2];
/** Levels of a sampler view, and swizzle as it is: r, g, b, a. */
const ONE_LEVEL = 0;
const AS_IT_IS = 0 | (1 << 3) | (2 << 6) | (3 << 9);
const IDS = Array.from({ length: 11 }, (_, i) => i + 1);

/** Every kind of object, one handle each. */
const CREATE_ALL = [
  createObject('blend', 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
  createObject('rasterizer', 2, 0, ...f32(1), 0, 0, ...f32(1, 0, 0, 0)),
  createObject('depthStencilAlpha', 3, 0, 0, 0, 0),
  createShader(4, 'vertex', PLAIN_VERTEX),
  createShader(5, 'fragment', PLAIN_FRAGMENT),
  createObject('vertexElements', 6, 0, 0, 0, FORMAT.rgba32Float),
  createObject('samplerView', 7, TEXTURE, FORMAT.rgba8, pair(0, 0), ONE_LEVEL, AS_IT_IS),
  createObject('samplerState', 8, 0, ...f32(0, 0, 0), 0, 0, 0, 0),
  createObject('surface', 9, TEXTURE, FORMAT.rgba8, 0, 0),
  createObject('query', 10, 0, 0, BUFFER),
  createObject('streamoutTarget', 11, BUFFER, 0, 64),
];
const DESTROY_ALL = IDS.map((handle) => command('destroyObject', handle));
/** Binds them, so that what OpenGL keeps of them is made, and draws. */
const DRAW_WITH_ALL = [
  bindObject('blend', 1),
  bindObject('rasterizer', 2),
  bindObject('depthStencilAlpha', 3),
  command('bindShader', 4, STAGE.vertex),
  command('bindShader', 5, STAGE.fragment),
  bindObject('vertexElements', 6),
  command('setSamplerViews', STAGE.fragment, 0, 7),
  command('bindSamplerStates', STAGE.fragment, 0, 8),
  command('setFramebufferState', 1, 0, 9),
  command('setViewportState', 0, ...f32(2, 0.5, 0.5, 2, 0.5, 0.5)),
  command('setVertexBuffers', 16, 0, BUFFER),
  command('beginQuery', 10),
  drawVbo(TRIANGLES, 3),
  command('endQuery', 10),
];
const UNBIND_ALL = [
  bindObject('vertexElements', 0),
  command('bindShader', 0, STAGE.vertex),
  command('bindShader', 0, STAGE.fragment),
  command('setSamplerViews', STAGE.fragment, 0, 0),
  command('bindSamplerStates', STAGE.fragment, 0, 0),
  command('setFramebufferState', 0, 0),
  command('setVertexBuffers', 0, 0, 0),
];

/** How much memory grew, of this process and of its heap, from the first fifth of the rounds to the last. */
function growth(rounds: number, round: () => void): { process: number; heap: number } {
  const part = Math.ceil(rounds / 20);
  let before = process.memoryUsage();
  for (let i = 0; i < rounds; i++) {
    // Regularly, so that garbage does not decide what is measured.
    if (i % part === 0) collect();
    if (i === 4 * part) before = process.memoryUsage();
    round();
  }
  collect();
  const after = process.memoryUsage();
  return { process: (after.rss - before.rss) / MB, heap: (after.heapUsed - before.heapUsed) / MB };
}

/** Makes what objects need, has commands done, and destroys it again. */
function withResources(guest: TestGuest, commands: Uint32Array): void {
  guest.create(TEXTURE, {});
  guest.createBuffer(BUFFER, 256, BIND.vertexBuffer | BIND.streamOutput | BIND.queryBuffer);
  guest.context.submit(commands);
  guest.renderer.destroyResource(TEXTURE);
  guest.renderer.destroyResource(BUFFER);
}

describe.skipIf(softwareDevice() === null)('memory stays what it was', { timeout: 120_000 }, () => {
  test('over 10,000 rounds of every kind of object', () => {
    using guest = new TestGuest();
    const round = Uint32Array.from([...CREATE_ALL, ...DESTROY_ALL].flat());
    const grown = growth(10_000, () => withResources(guest, round));
    expect(guest.context.errorCount).toBe(0);
    expect(grown.heap).toBeLessThan(1);
    // Tables of the driver grow by steps of 20 MB; a leak of 4 KB a round shows.
    expect(grown.process).toBeLessThan(32);
  });

  test('when they are drawn with', () => {
    using guest = new TestGuest();
    const round = Uint32Array.from([...CREATE_ALL, ...DRAW_WITH_ALL, ...UNBIND_ALL, ...DESTROY_ALL].flat());
    const grown = growth(300, () => withResources(guest, round));
    expect(guest.context.errorCount).toBe(0);
    expect(grown.heap).toBeLessThan(1);
    expect(grown.process).toBeLessThan(16);
  });

  test('over 100 sub-contexts', () => {
    using guest = new TestGuest();
    const round = [command('createSubCtx', 1), command('setSubCtx', 1), command('destroySubCtx', 1)];
    const grown = growth(100, () => void guest.run(...round));
    expect(guest.context.errorCount).toBe(0);
    expect(grown.heap).toBeLessThan(1);
    expect(grown.process).toBeLessThan(16);
  });
});
