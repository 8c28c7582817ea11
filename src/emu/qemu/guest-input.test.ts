/** With the real QEMU and a Linux guest that shows what it was given as numbers. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { silentLogger } from '../../base/log.ts';
import type { LockLights } from '../../display/contract.ts';
import { buildTestGuest, testGuestAppend } from '../../../tests/guest/build-test-guest.ts';
import { KEYS_BLOCKS, LAYOUT } from '../../../tests/guest/layout.ts';
import { decodeNumber } from '../../../tests/guest/picture-numbers.ts';
import type { Machine, MachineEnd } from '../contract.ts';
import { createQemuMachine } from './machine.ts';
import { TestScreen } from './test-screen.ts';
import type { TestPicture } from './test-screen.ts';

const BOOT_MS = 240_000;
let machine: Machine;
let screen: TestScreen;

beforeAll(async () => {
  const { kernel, initrd } = await buildTestGuest();
  machine = await createQemuMachine({
    name: 'input',
    accel: 'tcg',
    memory: '256M',
    cpus: 1,
    kernel,
    initrd,
    append: testGuestAppend('keys'),
    drives: [],
    size: { width: 1280, height: 800 },
    rawArguments: [],
    log: silentLogger,
  });
  const [source] = machine.heads;
  if (source === undefined) throw new Error('a machine has a head');
  screen = new TestScreen(source);
  await machine.start();
  await shows({ ready: LAYOUT.keysReadyValue });
}, BOOT_MS);

afterAll(async () => {
  await machine.kill();
  screen.close();
});

type Shown = Readonly<Partial<Record<keyof typeof KEYS_BLOCKS, number>>>;

function read({ width, height, pixels }: TestPicture, name: keyof typeof KEYS_BLOCKS): number | null {
  const words = new Uint32Array(pixels.buffer, pixels.byteOffset, width * height);
  return decodeNumber({ width, height, pixels: words }, KEYS_BLOCKS[name]);
}

/** Resolves when the guest shows these numbers. */
async function shows(wanted: Shown): Promise<void> {
  const entries = Object.entries(wanted) as [keyof typeof KEYS_BLOCKS, number][];
  await screen.until((shown) => entries.every(([name, value]) => read(shown, name) === value));
}

test('the pointer is where it was put, to the pixel', async () => {
  expect(machine.input.hasAbsolutePointer).toBe(true);
  for (const [x, y] of [
    [100, 100],
    [101, 100],
    [102, 101],
    [1279, 799],
    [0, 0],
    [641, 401],
  ] as const) {
    machine.input.position(0, x, y);
    await shows({ x, y });
  }
});

test('sixty keys typed at once arrive, all of them', async () => {
  const before = read(screen.picture, 'count') ?? 0;
  for (let i = 0; i < 60; i++) {
    machine.input.key(i % 2 === 0 ? 0x1e : 0x30, true);
    machine.input.key(i % 2 === 0 ? 0x1e : 0x30, false);
  }
  await shows({ count: before + 60, last: 0x30 });
});

test('keys with the prefix are others than those without', async () => {
  machine.input.key(0xe01d, true);
  machine.input.key(0xe01d, false);
  await shows({ last: 97 });
  machine.input.key(0x1d, true);
  machine.input.key(0x1d, false);
  await shows({ last: 29 });
});

test('the guest’s lights are told', async () => {
  const lit = new Promise<LockLights>((resolve) => void machine.input.onLockLights.subscribe(resolve));
  machine.input.key(0x3a, true);
  machine.input.key(0x3a, false);
  expect(await lit).toEqual({ scroll: false, num: false, caps: true });
});

test('buttons, wheel, and a finger that leaves the buttons alone', async () => {
  machine.input.button('left', true);
  machine.input.button('extra', true);
  await shows({ buttons: 0b10001 });
  machine.input.button('left', false);
  machine.input.button('extra', false);
  machine.input.wheel(0, 3);
  await shows({ buttons: 0, wheel: 3 });
  for (const phase of ['down', 'move', 'up'] as const) machine.input.touch(phase, 0, 0, 300, 300);
  machine.input.button('right', true);
  await shows({ buttons: 0b10 });
  machine.input.button('right', false);
  await shows({ buttons: 0 });
});

test('the power button ends it', async () => {
  const ended = new Promise<MachineEnd>((resolve) => void machine.onEnd.subscribe(resolve));
  await machine.powerdown();
  expect(await ended).toMatchObject({ reason: 'powerdown' });
});
