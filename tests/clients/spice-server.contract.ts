/**
 * What every SPICE server that shows the test guest must do for a standard client. Run against QEMU's own server it
 * proves the client and the guest; run against Saffron it proves Saffron.
 */
import { describe, expect, test } from 'vitest';
import type { TestProgram } from '../guest/build-test-guest.ts';
import { KEYS_BLOCKS, LAYOUT, keyLogBlock, scrollLineBlock, scrollBlocks, videoBlocks } from '../guest/layout.ts';
import { firstDifference, testPattern } from '../guest/pattern.ts';
import { SpiceClient, type FrameCounts, type SpiceTarget, type SpiceTransport } from './spice-client.ts';

/** A server with a running test guest of 1280x800. */
export interface RunningSpiceServer extends AsyncDisposable {
  /** Where a transport's listener is, the right password included. */
  target(transport: SpiceTransport): SpiceTarget;
}

/** How the suite gets its servers. */
export interface SpiceServerSubject {
  readonly name: string;
  readonly transports: readonly SpiceTransport[];
  /** Whether the server takes several viewers at once. */
  readonly hasManyViewers: boolean;
  /** How many torn pictures to a whole one are still right: a viewer on a busy machine may fall behind. */
  readonly maxTornShare: number;
  /** Starts a server with these listeners and a password on each. */
  start(program: TestProgram, transports: readonly SpiceTransport[]): Promise<RunningSpiceServer>;
}

const SCREEN = { width: 1280, height: 800 };
const WHOLE = { x: 0, y: 0, ...SCREEN };
const PATTERN = testPattern(SCREEN.width, SCREEN.height);

async function connected(target: SpiceTarget): Promise<SpiceClient> {
  const client = new SpiceClient();
  try {
    await client.connect(target);
    await client.surface(SCREEN);
    await client.opened('inputs');
  } catch (error) {
    await client[Symbol.asyncDispose]();
    throw error;
  }
  return client;
}

async function seesPattern(target: SpiceTarget): Promise<void> {
  await using client = new SpiceClient();
  await client.connect(target, PATTERN);
  await client.picture();
  expect(firstDifference(await client.pixels(WHOLE), PATTERN)).toBeNull();
}

/** Defines the suite. A guest boots in some ten seconds on an idle machine, in a minute on a busy one. */
export function describeSpiceServer(subject: SpiceServerSubject): void {
  describe(`${subject.name} with a standard client`, { timeout: 300_000 }, () => {
    const groups = subject.hasManyViewers ? [subject.transports] : subject.transports.map((one) => [one]);
    test.for(groups.map((group) => [group.join(', '), group] as const))(
      'shows the pattern bit for bit by %s',
      async ([, group]) => {
        await using server = await subject.start('pattern', group);
        await Promise.all(group.map((transport) => seesPattern(server.target(transport))));
      },
    );

    test('refuses a wrong password, then lets the right one in, and the guest gets every key and place', async () => {
      await using server = await subject.start('keys', ['tcp']);
      await using wrong = new SpiceClient();
      await wrong.connect({ ...server.target('tcp'), password: 'wrong' });
      await expect(wrong.opened('main')).rejects.toThrow('error-auth');

      await using client = await connected(server.target('tcp'));
      await client.awaitNumber(KEYS_BLOCKS.ready, LAYOUT.keysReadyValue);
      await typesExactly(client);
      await pointsExactly(client);
      const options = { block: KEYS_BLOCKS.count, presses: 20, scancode: 30, gapMs: 20, timeoutMs: 60_000 };
      expect(await client.latency(options)).toHaveLength(20);
      if (!subject.hasManyViewers) return;
      await using second = await connected(server.target('tcp'));
      const [presses] = await client.numbers(KEYS_BLOCKS.count);
      await second.awaitNumber(KEYS_BLOCKS.count, presses ?? -1);
      await second.tap(57);
      await client.awaitNumber(KEYS_BLOCKS.last, 57);
    });

    test('shows scrolling text frame by frame', async () => {
      await using server = await subject.start('scroll', ['tcp']);
      await using client = await connected(server.target('tcp'));
      const lines = [0, 20, 40].map((offset) => ({ block: scrollLineBlock(offset), offset }));
      await client.count(1000, scrollBlocks(SCREEN.width, SCREEN.height), lines);
      const counts = await client.count(3000, scrollBlocks(SCREEN.width, SCREEN.height), lines);
      expectFrames(counts, subject);
    });

    test('shows video', async () => {
      await using server = await subject.start('video', ['tcp']);
      await using client = await connected(server.target('tcp'));
      await client.count(1000, videoBlocks());
      const counts = await client.count(3000, videoBlocks());
      expectFrames(counts, subject);
    });
  });
}

function expectFrames(counts: FrameCounts, subject: SpiceServerSubject): void {
  const summary = JSON.stringify(counts);
  expect(counts.whole + counts.torn, summary).toBeGreaterThan(0);
  expect(counts.torn, summary).toBeLessThanOrEqual(counts.whole * subject.maxTornShare);
}

async function typesExactly(client: SpiceClient): Promise<void> {
  // Scancodes of set 1 up to 88 are also Linux's key codes; the extended 0x148 is the arrow up, KEY_UP 103.
  for (const scancode of [30, 31, 32, 0x148]) await client.tap(scancode);
  // A frame may come as several draws: the count can be on the screen before the log is.
  const log = [30, 31, 32, 103].flatMap((code) => [0x8000 | code, code]);
  for (const [index, event] of log.entries()) await client.awaitNumber(keyLogBlock(index), event);
  await client.awaitNumber(KEYS_BLOCKS.logged, log.length);
}

async function pointsExactly(client: SpiceClient): Promise<void> {
  await client.mouseMode(2);
  // Tablets count to 32767 and servers round differently: one pixel off is right.
  for (const [x, y] of [
    [1000, 700],
    [3, 795],
    [1279, 0],
  ] as const) {
    await client.pointer(x, y);
    await client.awaitNumber(KEYS_BLOCKS.x, x, { within: 1 });
    await client.awaitNumber(KEYS_BLOCKS.y, y, { within: 1 });
  }
  await client.button(1, true);
  await client.awaitNumber(KEYS_BLOCKS.buttons, 1);
  await client.button(3, true);
  await client.awaitNumber(KEYS_BLOCKS.buttons, 3);
  await client.button(1, false);
  await client.button(3, false);
  await client.awaitNumber(KEYS_BLOCKS.buttons, 0);
  for (let i = 0; i < 3; i++) {
    await client.button(4, true);
    await client.button(4, false);
  }
  await client.awaitNumber(KEYS_BLOCKS.wheel, 3);
  await client.button(5, true);
  await client.button(5, false);
  await client.awaitNumber(KEYS_BLOCKS.wheel, 2);
}
