import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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
});
