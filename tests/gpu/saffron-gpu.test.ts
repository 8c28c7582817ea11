import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  bindObject,
  command,
  COVERING_VERTEX,
  createObject,
  createShader,
  drawVbo,
  f32,
  FORMAT,
  TRIANGLES,
} from '../../src/gl/virgl/test-guest.ts';
import { STAGE } from '../../src/gl/virgl/virgl-limits.ts';
import { GpuServerProcess, VTEST, VtestClient } from './vtest-client.ts';

const SIDE = 64;
let server: GpuServerProcess;

beforeAll(async () => {
  server = await GpuServerProcess.start();
});
afterAll(() => server[Symbol.asyncDispose]());

describe('saffron gpu', () => {
  it('tells programs what it can do', async () => {
    using client = new VtestClient(server.path);
    client.send(VTEST.getCaps);
    const head = await client.read(12);
    expect([head.readUInt32LE(4), head.readUInt32LE(8)]).toEqual([VTEST.getCaps, 1]);
  });

  it('draws for several programs at once, each its own picture', async () => {
    using one = new VtestClient(server.path);
    using two = new VtestClient(server.path);
    one.createTexture();
    two.createTexture();
    one.clear([1, 0, 0, 1]);
    two.clear([0, 0.5, 1, 1]);
    const [red, blue] = await Promise.all([one.pixels(), two.pixels()]);
    expect(red.equals(Buffer.alloc(SIDE * SIDE * 4, Buffer.from([255, 0, 0, 255])))).toBe(true);
    expect([...blue.subarray(0, 4)]).toEqual([0, 128, 255, 255]);
  });

  it('gives fresh textures zeroed', async () => {
    using client = new VtestClient(server.path);
    client.createTexture();
    expect((await client.pixels()).every((byte) => byte === 0)).toBe(true);
  });

  it('ends a program that sends nonsense, and no other', async () => {
    using good = new VtestClient(server.path);
    good.createTexture();
    using bad = new VtestClient(server.path);
    bad.createTexture();
    bad.send(VTEST.transferGet, 1, 99, 0, 0, 0xffffffff, 0, 0, 0xffff, 0xffff, 1, 0x7fffffff);
    await bad.untilClosed();
    good.clear([0, 1, 0, 1]);
    expect([...(await good.pixels()).subarray(0, 4)]).toEqual([0, 255, 0, 255]);
  });

  it('lets a program have what others compiled where it is told so, and nowhere else', async () => {
    vi.stubEnv('MESA_GLSL', 'cache_info');
    const folder = mkdtempSync(join(tmpdir(), 'saffron-shaders-'));
    const [shared, apart] = await Promise.all([drawTwice('--shader-cache', folder), drawTwice()]);
    expect(shared).toEqual({ put: 1, found: 1 });
    expect(apart).toEqual({ put: 2, found: 0 });
    expect(readdirSync(folder)).toEqual(['shaders.foz']);
    rmSync(folder, { recursive: true });
    vi.unstubAllEnvs();
  });
});

const GREEN = 'FRAG\nDCL OUT[0], COLOR\nIMM[0] FLT32 { 0.0, 1.0, 0.25, 1.0 }\nMOV OUT[0], IMM[0]\nEND\n';
const DRAW_GREEN = [
  createObject('surface', 7, 1, FORMAT.rgba8, 0, 0),
  command('setFramebufferState', 1, 0, 7),
  command('setViewportState', 0, ...f32(SIDE / 2, SIDE / 2, 0.5, SIDE / 2, SIDE / 2, 0.5)),
  createObject('vertexElements', 4),
  bindObject('vertexElements', 4),
  createShader(1, 'vertex', COVERING_VERTEX),
  createShader(2, 'fragment', GREEN),
  command('bindShader', 1, STAGE.vertex),
  command('bindShader', 2, STAGE.fragment),
  drawVbo(TRIANGLES, 3),
];
const PUT = 'putting program metadata in cache: ';
const FOUND = 'loading shader program meta data from cache: ';

/** Two programs, one after another, draw with the same shaders: how often those were compiled, and were there. */
async function drawTwice(...options: readonly string[]): Promise<{ put: number; found: number }> {
  const own = await GpuServerProcess.start(...options);
  {
    await using _ = own;
    for (const name of ['one', 'two']) {
      {
        using client = new VtestClient(own.path, name);
        client.createTexture();
        client.send(VTEST.submit, ...DRAW_GREEN.flat());
        expect([...(await client.pixels()).subarray(0, 4)]).toEqual([0, 255, 64, 255]);
      }
      await own.event(({ change, name: gone }) => change === 'disconnected' && gone === name);
    }
  }
  // The rehearsal's came before it.
  const key = own.stderr.slice(own.stderr.lastIndexOf(PUT) + PUT.length).slice(0, 40);
  const count = (words: string): number => own.stderr.split(words + key).length - 1;
  return { put: count(PUT), found: count(FOUND) };
}
