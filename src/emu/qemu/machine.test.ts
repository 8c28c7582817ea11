/** With the real QEMU: machines whose GPU is ours. */
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { UsageError } from '../../base/errors.ts';
import { silentLogger } from '../../base/log.ts';
import type { Machine, MachineEnd } from '../contract.ts';
import { createQemuMachine } from './machine.ts';
import type { QemuOptions } from './machine.ts';
import { echoDisk, showsEchoRow } from './test-programs.ts';
import { lightPixels, TestScreen } from './test-screen.ts';

let folder = '';
let echoPath = '';
const running: { readonly machine: Machine; readonly screen: TestScreen }[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'saffron-machine-'));
  echoPath = join(folder, 'echo.img');
  await writeFile(echoPath, echoDisk());
});
afterAll(() => rm(folder, { recursive: true }));
afterEach(async () => {
  for (const { machine, screen } of running.splice(0)) {
    await machine.kill();
    screen.close();
  }
});

async function machineOf(options: Partial<QemuOptions> = {}) {
  const machine = await createQemuMachine({
    name: 'test',
    accel: 'tcg',
    memory: '64M',
    cpus: 1,
    drives: [echoPath],
    size: { width: 1024, height: 768 },
    rawArguments: [],
    log: silentLogger,
    ...options,
  });
  const [source] = machine.heads;
  if (source === undefined) throw new Error('a machine has a head');
  const screen = new TestScreen(source);
  running.push({ machine, screen });
  const ended = new Promise<MachineEnd>((resolve) => machine.onEnd.subscribe(resolve));
  return { machine, screen, ended };
}

const hasBooted = (screen: TestScreen): Promise<unknown> => screen.until(showsEchoRow);

test('the firmware’s picture is shown, keys change it, and it comes back after a reset', async () => {
  const { machine, screen } = await machineOf();
  await machine.start();
  const first = await screen.until((shown) => lightPixels(shown) > 500);
  expect([640, 720]).toContain(first.width);
  await hasBooted(screen);
  const before = lightPixels(screen.picture);
  machine.input.key(0x32, true);
  machine.input.key(0x32, false);
  await screen.until((shown) => Math.abs(lightPixels(shown) - before) > 24);
  // The reboot may be over between two looks at the screen: that the letter is gone tells of it.
  await machine.reset();
  await screen.until(showsEchoRow);
});

test('the power button ends the guest', async () => {
  const { machine, screen, ended } = await machineOf();
  await machine.start();
  await hasBooted(screen);
  await machine.powerdown();
  expect(await ended).toEqual({ reason: 'powerdown', message: 'The guest has shut down.' });
});

test('a wish for a size in any state, and of any numbers, does no harm', async () => {
  const { machine } = await machineOf();
  machine.suggestSize(0, 800, 600);
  await machine.start();
  for (const [head, width, height] of [
    [0, 0, 0],
    [0, -5, 100],
    [9, 800, 600],
    [0, 16384, 16384],
    [0, Number.NaN, 1.5],
  ] as const) {
    machine.suggestSize(head, width, height);
  }
  machine.suggestSize(0, 1600, 900);
  await machine.kill();
  machine.suggestSize(0, 800, 600);
});

test('a machine of another architecture gets our GPU too', async () => {
  const { machine } = await machineOf({ arch: 'riscv64', drives: [], heads: 2 });
  await machine.start();
  expect(machine.heads).toHaveLength(2);
  expect(machine.agent?.isOpen).toBe(false);
  expect(machine.input.hasTouch).toBe(true);
  await machine.kill();
});

test('machines leave no descriptor behind', async () => {
  const openFds = async (): Promise<number> => (await readdir('/proc/self/fd')).length;
  const cycle = async (): Promise<void> => {
    const { machine, screen } = await machineOf();
    await machine.start();
    await screen.until((shown) => shown.width > 0);
    await machine.kill();
  };
  await cycle();
  const first = await openFds();
  await cycle();
  await cycle();
  await expect.poll(openFds).toBeLessThanOrEqual(first);
});

test.each<[string, Partial<QemuOptions>]>([
  ['no screen', { heads: 0 }],
  ['a display of QEMU’s', { rawArguments: ['-display', 'gtk'] }],
  ['memory that is no size', { memory: 'much' }],
  ['our GPU in a board that takes none', { machine: 'raspi2b', screen: 'gpu', drives: [] }],
])('%s is a mistake of the user', async (_, options) => {
  await expect(machineOf(options)).rejects.toBeInstanceOf(UsageError);
});
