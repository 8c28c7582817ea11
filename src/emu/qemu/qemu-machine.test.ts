/** With the real QEMU: machines whose screen QEMU draws itself. */
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { HostError } from '../../base/errors.ts';
import { silentLogger } from '../../base/log.ts';
import { createFrameChannel } from '../../display/frame-channel.ts';
import type { MachineEnd, MachineState } from '../contract.ts';
import { planMachine } from './plan-machine.ts';
import { QemuMachine } from './qemu-machine.ts';
import type { QemuOptions } from './qemu-options.ts';
import { echoDisk, showsEchoRow, twoColourPi } from './test-programs.ts';
import { lightPixels, TestScreen, type TestPicture } from './test-screen.ts';

let folder = '';
let echoPath = '';
let piPath = '';
const running: { readonly machine: QemuMachine; readonly screen: TestScreen }[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'saffron-qemu-'));
  echoPath = join(folder, 'echo.img');
  piPath = join(folder, 'pi.img');
  await writeFile(echoPath, echoDisk());
  await writeFile(piPath, twoColourPi());
});
afterAll(() => rm(folder, { recursive: true }));
afterEach(async () => {
  for (const { machine, screen } of running.splice(0)) {
    await machine.kill();
    screen.close();
  }
});

async function machineOf(options: Partial<QemuOptions>) {
  const { plan, path } = await planMachine({
    name: 'test',
    accel: 'tcg',
    memory: '64M',
    cpus: 1,
    drives: [],
    size: { width: 1024, height: 768 },
    rawArguments: ['-device', 'VGA'],
    log: silentLogger,
    ...options,
  });
  const startGpu = (): never => {
    throw new HostError('test', 'QEMU’s own screen was to be used.');
  };
  const machine = new QemuMachine({ plan, path, heads: [createFrameChannel()], startGpu });
  const [source] = machine.heads;
  if (source === undefined) throw new Error('a machine has a head');
  const screen = new TestScreen(source);
  running.push({ machine, screen });
  const states: MachineState[] = [];
  const ends: MachineEnd[] = [];
  machine.onState.subscribe((state) => states.push(state));
  machine.onEnd.subscribe((end) => ends.push(end));
  const ended = new Promise<MachineEnd>((resolve) => machine.onEnd.subscribe(resolve));
  return { machine, screen, states, ends, ended };
}

/** The boot sector has drawn its row of blocks, and waits for keys. */
async function untilBooted(screen: TestScreen): Promise<void> {
  await screen.until(showsEchoRow);
}

const openFds = async (): Promise<number> => (await readdir('/proc/self/fd')).length;

test('firmware shows that there is nothing to boot', async () => {
  const { machine, screen, states } = await machineOf({});
  await machine.start();
  const picture = await screen.until((shown) => shown.height === 400 && lightPixels(shown) > 4000);
  expect(picture.width).toBe(720);
  await machine.kill();
  expect(states).toEqual(['running', 'stopped']);
});

test('keys reach the guest in order, one picture a letter', async () => {
  const { machine, screen } = await machineOf({ drives: [echoPath] });
  await machine.start();
  await untilBooted(screen);
  for (let column = 0; column < 3; column++) {
    machine.input.key(0x32, true);
    machine.input.key(0x32, false);
    const shown = await screen.until((picture) => lightInCell(picture, column) > CURSOR_PIXELS);
    expect(lightInCell(shown, column + 1)).toBeLessThanOrEqual(CURSOR_PIXELS);
  }
});

/** The blinking cursor of a text screen is two lines of a cell. */
const CURSOR_PIXELS = 2 * 9;

/** Light pixels of a character's place in the second row of a text screen. */
function lightInCell({ width, pixels }: TestPicture, column: number): number {
  const rows = Array.from({ length: 16 }, (_, y) => {
    const start = ((16 + y) * width + 9 * column) * 4;
    return pixels.slice(start, start + 9 * 4);
  });
  return lightPixels({ width: 9, height: 16, pixels: Buffer.concat(rows) });
}

test('the power button ends a guest that heeds it', async () => {
  const { machine, screen, ended } = await machineOf({ drives: [echoPath] });
  await machine.start();
  await untilBooted(screen);
  await machine.powerdown();
  expect(await ended).toEqual({ reason: 'powerdown', message: 'The guest has shut down.' });
  expect(machine.state).toBe('stopped');
});

test('pause, resume and reset', async () => {
  const { machine, screen } = await machineOf({ drives: [echoPath] });
  await machine.start();
  await untilBooted(screen);
  await machine.pause();
  expect(machine.state).toBe('paused');
  await machine.resume();
  expect(machine.state).toBe('running');
  const before = lightPixels(screen.picture);
  machine.input.key(0x32, true);
  machine.input.key(0x32, false);
  await screen.until((shown) => Math.abs(lightPixels(shown) - before) > 24);
  // The reboot may be over between two looks at the screen: that the letter is gone tells of it.
  await machine.reset();
  await screen.until(showsEchoRow);
});

test('a Raspberry Pi shows its framebuffer', async () => {
  const { machine, screen } = await machineOf({ machine: 'raspi2b', kernel: piPath, rawArguments: [] });
  await machine.start();
  const last = 320 * 200 * 4 - 4;
  const { pixels } = await screen.until((shown) => shown.width === 320 && shown.pixels[last] === 0xff);
  expect([...pixels.subarray(0, 3), ...pixels.subarray(last, last + 3)]).toEqual([0, 0x80, 0xff, 0xff, 0x40, 0]);
  expect(machine.input.hasTouch).toBe(false);
  expect(machine.agent).toBeNull();
});

describe('ends', () => {
  test('QEMU that is killed ends the machine with one sentence', async () => {
    const { machine, ended, states } = await machineOf({});
    await machine.start();
    process.kill(machine.processId ?? 0, 'SIGKILL');
    expect(await ended).toEqual({ reason: 'error', message: 'QEMU ended unexpectedly by signal SIGKILL.' });
    expect(states.at(-1)).toBe('stopped');
    await expect(machine.pause()).rejects.toMatchObject({ code: 'machine-off' });
    await machine.kill();
  });

  test('QEMU that is told to end by somebody else', async () => {
    const { machine, ended } = await machineOf({});
    await machine.start();
    process.kill(machine.processId ?? 0, 'SIGTERM');
    expect(await ended).toMatchObject({ reason: 'killed' });
  });

  test('a machine that was never started can be switched off, twice', async () => {
    const { machine, ends, states } = await machineOf({});
    await Promise.all([machine.kill(), machine.kill()]);
    expect([states, ends]).toEqual([['stopped'], [{ reason: 'killed', message: 'The guest was switched off.' }]]);
    await expect(machine.start()).rejects.toMatchObject({ code: 'machine-started' });
  });

  test('a machine that is switched off while it starts leaves nothing', async () => {
    const { machine, ends } = await machineOf({});
    const start = machine.start();
    await Promise.all([machine.kill(), expect(start).rejects.toBeInstanceOf(HostError)]);
    expect(ends).toEqual([{ reason: 'killed', message: 'The guest was switched off.' }]);
  });

  test('machines leave no descriptor, process or file behind', async () => {
    const cycle = async (): Promise<void> => {
      const { machine, screen } = await machineOf({ serial: `unix:${folder}/serial` });
      await machine.start();
      await screen.until((shown) => shown.width > 0);
      const pid = machine.processId;
      expect(existsSync(`${folder}/serial`)).toBe(true);
      await machine.kill();
      expect(existsSync(`/proc/${pid}`)).toBe(false);
      expect(existsSync(`${folder}/serial`)).toBe(false);
    };
    await cycle();
    const first = await openFds();
    await cycle();
    await cycle();
    await expect.poll(openFds).toBeLessThanOrEqual(first);
  });
});

describe('starts that fail', () => {
  test.each<[string, Partial<QemuOptions>, RegExp]>([
    [
      'a bad argument',
      { rawArguments: ['-device', 'VGA', '-device', 'nonsense'] },
      /^QEMU did not start: .*nonsense.*\.$/,
    ],
    ['a disk that is no qcow2', { drives: ['file=/dev/null,format=qcow2'] }, /^QEMU did not start: .*qcow2.*\.$/],
    ['an unknown machine', { machine: 'teapot' }, /^QEMU did not start: .*teapot.*\.$/],
  ])('%s: QEMU’s own words, and nothing is left', async (_, options, message) => {
    const { machine, ends } = await machineOf(options);
    const before = await openFds();
    await expect(machine.start()).rejects.toMatchObject({
      name: 'HostError',
      message: expect.stringMatching(message) as unknown,
    });
    expect(machine.state).toBe('stopped');
    expect(ends).toHaveLength(1);
    expect(ends[0]).toMatchObject({ reason: 'error', message: expect.stringMatching(message) as unknown });
    await expect.poll(openFds).toBeLessThanOrEqual(before);
  });

  test('a disk that is not there is told before anything is started', async () => {
    await expect(machineOf({ drives: [`${folder}/none.qcow2`] })).rejects.toThrow(
      `The disk image ${folder}/none.qcow2 does not exist.`,
    );
  });

  test('KVM where it cannot be', async () => {
    await expect(machineOf({ accel: 'kvm', arch: 'riscv64', rawArguments: [] })).rejects.toMatchObject({ code: 'kvm' });
  });
});
