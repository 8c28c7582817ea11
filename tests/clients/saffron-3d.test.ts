/** A guest's 3D, drawn here and seen by a standard client, pixel for pixel; also when who renders it is killed. */
import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { scrollBlocks } from '../guest/layout.ts';
import { firstDifference } from '../guest/pattern.ts';
import { renderedFrame } from '../guest/rendered.ts';
import { processesNaming, SaffronServer } from './saffron-server.ts';
import { SpiceClient } from './spice-client.ts';

const SCREEN = { width: 1280, height: 800 };
/** How long a picture is waited for between two looks at the number of the one that is shown. */
const LOOK_MS = 500;
const MOST_TRIES = 20;
/** How long a frame may take. */
const PATIENCE_MS = 100_000;
const [NUMBER] = scrollBlocks(SCREEN.width, SCREEN.height);

/** Waits until a frame that is yet to come was seen, every pixel of it, and returns its number. */
async function seesFrames(client: SpiceClient): Promise<number> {
  for (let tries = 0; ; tries++) {
    const [now] = await client.numbers(NUMBER);
    const frame = (now ?? 0) + 2 + tries;
    await client.expect(renderedFrame(frame, SCREEN.width, SCREEN.height));
    const end = performance.now() + PATIENCE_MS;
    for (let shown = 0; shown <= frame;) {
      if (performance.now() > end) throw new Error(`the guest stays at frame ${shown}`);
      shown = (await client.numbers(NUMBER))[0] ?? 0;
      const isSeen = await client.picture(LOOK_MS).then(
        () => true,
        () => false,
      );
      if (isSeen) return frame;
    }
    // On a busy machine the frame may have gone by before it was waited for, or together with the next.
    if (tries < MOST_TRIES) continue;
    const seen = await client.pixels({ x: 0, y: 0, ...SCREEN });
    const [number] = await client.numbers(NUMBER);
    const difference = firstDifference(seen, renderedFrame(number ?? 0, SCREEN.width, SCREEN.height));
    throw new Error(`frame ${frame} was not seen, but ${number}: ${difference}`);
  }
}

/** The process that renders for a program: of its own children, the one that was started first. Numbers of processes wrap. */
async function renderProcessOf(parent: number): Promise<number> {
  const children: { readonly pid: number; readonly startedAt: number }[] = [];
  for (const { pid } of await processesNaming('guest-program.ts')) {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
    // proc(5): what follows the name in brackets begins with field 3, the state.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (Number(fields[1]) === parent) children.push({ pid, startedAt: Number(fields[19]) });
  }
  const [first] = children.sort((one, other) => one.startedAt - other.startedAt);
  if (first === undefined) throw new Error('nothing renders for the guest');
  return first.pid;
}

test.each(['qemu', 'built-in'] as const)(
  'a guest of %s draws with virgl, and goes on when who renders is killed',
  { timeout: 300_000 },
  async (engine) => {
    await using server = await SaffronServer.start({
      engine,
      program: 'render',
      programOptions: { fps: 2 },
      transports: ['unix'],
      args: ['--gpu', '3d', '--render-node', 'software'],
    });
    expect(await server.event(({ event }) => event === 'gpu')).toMatchObject({ change: 'rendering' });
    await using client = new SpiceClient();
    await client.connect(server.target('unix'));
    await client.surface(SCREEN);
    const first = await seesFrames(client);

    process.kill(await renderProcessOf(server.pid), 'SIGKILL');
    const restart = await server.event(({ event, change }) => event === 'gpu' && change === 'restarted');
    expect(restart.reason).toContain('SIGKILL');
    expect(await seesFrames(client)).toBeGreaterThan(first);
    expect(server.events.filter(({ event, change }) => event === 'viewer' && change === 'disconnected')).toEqual([]);
  },
);
