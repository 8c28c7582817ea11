/** Saffron as its users start it, seen by standard clients. */
import { describe, expect, test } from 'vitest';
import { KEYS_BLOCKS, LAYOUT } from '../guest/layout.ts';
import { firstDifference, testPattern } from '../guest/pattern.ts';
import { processesNaming, SaffronServer } from './saffron-server.ts';
import { SpiceClient } from './spice-client.ts';
import { describeSpiceServer } from './spice-server.contract.ts';

const SCREEN = { width: 1280, height: 800 };

describeSpiceServer({
  name: 'Saffron',
  transports: ['unix', 'tcp', 'tls'],
  hasManyViewers: true,
  // A viewer that gets no processor paints in the middle of a frame: one in six on a machine with nine times its load.
  maxTornShare: 0.5,
  start: (program, transports) => SaffronServer.start({ program, transports, password: 'correct horse' }),
});

describe('Saffron run from the command line', { timeout: 300_000 }, () => {
  test('tells who comes and goes, and lets a watcher only watch', async () => {
    const watch = ['--spice', 'tcp:127.0.0.1:0?view-only'];
    await using server = await SaffronServer.start({ program: 'keys', transports: ['unix'], args: watch });
    await using typist = new SpiceClient();
    await typist.connect(server.target('unix'));
    await typist.surface(SCREEN);
    await typist.opened('inputs');
    await typist.awaitNumber(KEYS_BLOCKS.ready, LAYOUT.keysReadyValue);
    await server.event(
      ({ event, change, transport }) => event === 'viewer' && change === 'connected' && transport === 'unix',
    );

    await using watcher = new SpiceClient();
    await watcher.connect(server.target('tcp'));
    await watcher.surface(SCREEN);
    const came = await server.event(({ event, viewOnly }) => event === 'viewer' && viewOnly === true);
    expect(came).toMatchObject({ change: 'connected', transport: 'tcp' });
    await watcher.tap(31).catch(() => undefined);
    await typist.tap(30);
    // A frame may come as several draws, so each number is waited for.
    await watcher.awaitNumber(KEYS_BLOCKS.logged, 2);
    await watcher.awaitNumber(KEYS_BLOCKS.count, 1);
    await watcher.awaitNumber(KEYS_BLOCKS.last, 30);

    await watcher.disconnect();
    await server.event(
      ({ event, change, viewOnly }) => event === 'viewer' && change === 'disconnected' && viewOnly === true,
    );
  });

  test('lets a viewer resize the guest', async () => {
    await using server = await SaffronServer.start({ program: 'resize', transports: ['tcp'] });
    await using client = new SpiceClient();
    await client.connect(server.target('tcp'), testPattern(SCREEN.width, SCREEN.height));
    await client.picture();
    await client.event(({ event, on }) => event === 'agent' && on === true);
    for (const [width, height] of [
      [1024, 768],
      [1600, 900],
    ] as const) {
      const pattern = testPattern(width, height);
      await client.expect(pattern);
      await client.resize(width, height);
      await client.surface({ width, height });
      await client.picture();
      expect(firstDifference(await client.pixels({ x: 0, y: 0, width, height }), pattern)).toBeNull();
    }
  });

  test('powers the guest down when asked, and leaves nothing', async () => {
    await using server = await SaffronServer.start({ program: 'pattern', transports: ['unix', 'tls'] });
    await using client = new SpiceClient();
    await client.connect(server.target('unix'), testPattern(SCREEN.width, SCREEN.height));
    await client.picture();
    const asked = await server.command('powerdown', server.name);
    expect(asked.end.status).toBe(0);
    expect(await server.ended()).toEqual({ status: 0, signal: null });
    expect(server.events.at(-1)).toMatchObject({ event: 'stopped', reason: 'powerdown' });
    expect(await server.leftovers()).toEqual([]);
  });

  test.for(['SIGTERM', 'SIGINT'] as const)(
    'ends in order at %s with viewers there, and leaves nothing',
    async (signal) => {
      await using server = await SaffronServer.start({ program: 'scroll', transports: ['unix', 'tcp'], hasPage: true });
      await using client = new SpiceClient();
      await client.connect(server.target('tcp'));
      await client.surface(SCREEN);
      expect(await server.endBy(signal)).toEqual({ status: 0, signal: null });
      expect(server.events.at(-1)).toMatchObject({ event: 'stopped', reason: 'killed' });
      expect(await server.leftovers()).toEqual([]);
    },
  );

  test('says so when QEMU dies, and leaves nothing', async () => {
    await using server = await SaffronServer.start({ program: 'idle', transports: ['unix'] });
    const qemu = (await processesNaming(server.name)).filter(({ command }) => /^\S*qemu-system/.test(command));
    expect(qemu).toHaveLength(1);
    process.kill(qemu[0]?.pid ?? 0, 'SIGKILL');
    expect(await server.ended()).toEqual({ status: 1, signal: null });
    expect(server.events.at(-1)).toMatchObject({ event: 'stopped', reason: 'error' });
    expect(await server.leftovers()).toEqual([]);
  });
});
