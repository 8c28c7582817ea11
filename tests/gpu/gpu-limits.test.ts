/** What one program of `saffron gpu` may take, and that nothing one does reaches another. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  bindObject,
  command,
  createObject,
  createShader,
  drawVbo,
  f32,
  FORMAT,
  PLAIN_FRAGMENT,
  PLAIN_VERTEX,
  TRIANGLES,
} from '../../src/gl/virgl/test-guest.ts';
import { GpuServerProcess, VTEST } from './vtest-client.ts';
import type { VtestClient } from './vtest-client.ts';

/** 16 MiB of texels. */
const LARGE = 2048;
let server: GpuServerProcess;

beforeAll(async () => {
  // Time of the processor is compared with that of the wall, of which one thread can have no more.
  vi.stubEnv('LP_NUM_THREADS', '1');
  server = await GpuServerProcess.start(
    '--memory-limit=64M',
    '--total-memory-limit=96M',
    '--hang-timeout=2',
    '--time-limit=300',
    '--command-limit=20000',
  );
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  vi.unstubAllEnvs();
});

/** Draws more triangles than any device does in minutes. (Loops of shaders end by themselves where this device runs them.) */
function drawWithoutEnd(client: VtestClient): void {
  const [buffer, bind] = [0, 1 << 4];
  client.send(VTEST.resourceCreate, 90, buffer, FORMAT.r8, bind, 48, 1, 1, 1, 0, 0);
  const corners = f32(-1, -1, 0, 1, 3, -1, 0, 1, -1, 3, 0, 1);
  const commands = [
    command('resourceInlineWrite', 90, 0, 0, 0, 0, 0, 0, 0, 48, 1, 1, ...corners),
    createShader(1, 'vertex', PLAIN_VERTEX),
    createShader(2, 'fragment', PLAIN_FRAGMENT),
    command('bindShader', 1, 0),
    command('bindShader', 2, 1),
    createObject('surface', 3, 1, FORMAT.rgba8, 0, 0),
    createObject('vertexElements', 4, 0, 0, 0, FORMAT.rgba32Float),
    bindObject('vertexElements', 4),
    command('setFramebufferState', 1, 0, 3),
    command('setViewportState', 0, ...f32(32, 32, 0.5, 32, 32, 0.5)),
    command('setVertexBuffers', 16, 0, 90),
    drawVbo(TRIANGLES, 0x7fffffff),
  ];
  client.send(VTEST.submit, ...commands.flat());
}

/** Bytes of memory that a process holds. */
function residentBytes(pid: number): number {
  return 1024 * Number(/VmRSS:\s*(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1]);
}

describe('limits of saffron gpu', () => {
  it('refuses memory past the limit, keeps what there was, and tells it', async () => {
    const { client, pid } = await server.connect('greedy');
    using _closed = client;
    client.createTexture();
    for (let id = 2; id < 12; id++) client.createTexture(id, LARGE);
    expect(await client.draws(10)).toBe(true);
    const { name, reason } = await server.event(({ event, pid: own }) => event === 'quota' && own === pid);
    expect(name).toBe('greedy');
    expect(reason).toContain('more bytes than');
    // One that went can be had again.
    client.send(VTEST.resourceUnref, 2);
    client.createTexture(20, LARGE);
    expect((await client.pixels(20)).every((byte) => byte === 0)).toBe(true);
    expect(await client.draws(20)).toBe(true);
    // However often it is refused, that is told once a second.
    expect(server.events.filter(({ event, pid: own }) => event === 'quota' && own === pid).length).toBeLessThan(4);
  });

  it('bounds what all have together, and gives back what a killed one had', async () => {
    const one = await server.connect('one');
    using _one = one.client;
    one.client.createTexture();
    for (let id = 2; id < 5; id++) one.client.createTexture(id, LARGE);
    expect(await one.client.draws(30)).toBe(true);
    const two = await server.connect('two');
    using _two = two.client;
    two.client.createTexture();
    for (let id = 2; id < 5; id++) two.client.createTexture(id, LARGE);
    const { reason } = await server.event(({ event, pid }) => event === 'quota' && pid === two.pid);
    expect(reason).toContain('the limit of all together');
    process.kill(one.pid, 'SIGKILL');
    await server.event(({ change, pid }) => change === 'disconnected' && pid === one.pid);
    for (let id = 5; id < 7; id++) two.client.createTexture(id, LARGE);
    expect((await two.client.pixels(5)).every((byte) => byte === 0)).toBe(true);
    expect(await two.client.draws(40)).toBe(true);
  });

  it('asks a program that reads no answers for patience, not the host for memory', async () => {
    const { client, pid } = await server.connect('deaf');
    using _closed = client;
    const before = residentBytes(pid);
    client.pause();
    const size = LARGE * LARGE * 4;
    client.createTexture(2, LARGE);
    for (let i = 0; i < 300; i++) client.send(VTEST.transferGet, 2, 0, 0, 0, 0, 0, 0, LARGE, LARGE, 1, size);
    const other = await server.connect('hearing');
    using _other = other.client;
    other.client.createTexture();
    for (let i = 0; i < 20; i++) expect(await other.client.draws(i)).toBe(true);
    expect(residentBytes(pid) - before).toBeLessThan(256 << 20);
  });

  it('lets a program wait that gives more commands than it may', async () => {
    const { client } = await server.connect('hasty');
    using _closed = client;
    client.createTexture();
    expect(await client.draws(1)).toBe(true);
    const begun = performance.now();
    client.send(VTEST.submit, ...Array.from({ length: 25_000 }, () => command('nop')).flat());
    expect(await client.draws(2)).toBe(true);
    // What was read together with too much is done with it; what comes after that waits.
    expect(await client.draws(3)).toBe(true);
    // A quarter of a second's worth may be saved up, and the turn that does these may have begun with what was asked before.
    expect(performance.now() - begun).toBeGreaterThan(500);
  });

  it('lets a program that works all the time do so for its share of each second', async () => {
    const { client, pid } = await server.connect('busy');
    using _closed = client;
    client.createTexture(1, LARGE);
    const cpu = (): number => {
      const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1]!.split(' ');
      return 10 * (Number(fields[11]) + Number(fields[12]));
    };
    await client.draws(1);
    const before = cpu();
    const begun = performance.now();
    for (let i = 0; i < 60; i++) await client.draws(i);
    const passed = performance.now() - begun;
    // The clock of the limit is that of the wall, on which a busy machine gives less.
    expect((cpu() - before) / passed).toBeLessThan(0.9);
  });
});

describe('programs of saffron gpu', () => {
  it('are not touched when others are killed, stopped, crash, or draw without end', async () => {
    const names = ['good', 'killed', 'stopped', 'crashed', 'endless'];
    const served = await Promise.all(names.map((name) => server.connect(name)));
    using _closed = new DisposableStack();
    for (const { client } of served) {
      _closed.use(client);
      client.createTexture();
      expect(await client.draws(50)).toBe(true);
    }
    const [good, killed, stopped, crashed, endless] = served;
    process.kill(killed!.pid, 'SIGKILL');
    process.kill(stopped!.pid, 'SIGSTOP');
    process.kill(crashed!.pid, 'SIGSEGV');
    drawWithoutEnd(endless!.client);
    for (let i = 0; i < 10; i++) expect(await good!.client.draws(70 + i)).toBe(true);
    for (const { pid, client } of served.slice(1)) {
      await server.event(({ change, pid: own }) => change === 'disconnected' && own === pid);
      await client.untilClosed();
      expect(await good!.client.draws(pid % 255)).toBe(true);
    }
    const reasons = server.events
      .filter(({ change }) => change === 'disconnected')
      .map(({ name, reason }) => [name, reason]);
    expect(Object.fromEntries(reasons)).toMatchObject({
      killed: 'ended by SIGKILL',
      stopped: 'stopped by a signal',
      crashed: 'ended by SIGSEGV',
      endless: expect.stringContaining('hung'),
    });
    const next = await server.connect('next');
    _closed.use(next.client).createTexture();
    expect(await next.client.draws(90)).toBe(true);
  });
});
