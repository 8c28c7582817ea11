import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { PointerButton, TouchPhase } from '../../display/contract.ts';
import { QemuInput, qemuKeyCode } from './qemu-input.ts';
import type { InputTarget } from './qemu-input.ts';

function setUp() {
  const told: (readonly unknown[])[] = [];
  const tell =
    (name: string) =>
    (...values: readonly unknown[]): Promise<void> => {
      told.push([name, ...values]);
      return Promise.resolve();
    };
  const target: InputTarget = {
    key: tell('key'),
    button: tell('button'),
    position: tell('position'),
    motion: tell('motion'),
    touch: tell('touch'),
  };
  const input = new QemuInput({ hasTouch: true, onActivity: () => {}, onRefused: () => {} });
  input.setTarget(target);
  input.setConsoleSize(0, 640, 480);
  input.setFrameSize(0, 1280, 960);
  return { input, told };
}

test.each([
  ['a', 0x1e, 0x1e],
  ['right control', 0xe01d, 0x9d],
  ['delete', 0xe053, 0xd3],
  ['Pause', 0xe046, 0xc6],
  ['Print', 0xe037, 0xb7],
])('%s', (_, scancode, code) => expect(qemuKeyCode(scancode)).toBe(code));

test.each([0, -1, 0x80, 0xe080, 0xe11d, 1.5, Number.NaN, 2 ** 40])('%d is no key', (scancode) => {
  expect(qemuKeyCode(scancode)).toBeNull();
});

test.each([
  [640, 480, 320, 240],
  [5000, -3, 639, 0],
])('place %d, %d is scaled to the console and stays inside it', (x, y, consoleX, consoleY) => {
  const { input, told } = setUp();
  input.position(0, 5, 5);
  input.setAbsolute(true);
  input.position(0, x, y);
  expect(told).toEqual([['position', 0, consoleX, consoleY]]);
});

test('the last place is told again when the console has another size, and only then', async () => {
  const { input, told } = setUp();
  input.setAbsolute(true);
  input.position(0, 640, 480);
  input.setConsoleSize(0, 640, 480);
  input.setConsoleSize(1, 100, 100);
  input.setConsoleSize(0, 1280, 960);
  await expect
    .poll(() => told)
    .toEqual([
      ['position', 0, 320, 240],
      ['position', 0, 640, 480],
    ]);
});

test('the wheel clicks once a notch and keeps fractions', () => {
  const { input, told } = setUp();
  input.wheel(0, 0.5);
  input.wheel(0, 0.5);
  input.wheel(-1, 0);
  expect(told).toEqual([
    ['button', 0, 3, true],
    ['button', 0, 3, false],
    ['button', 0, 7, true],
    ['button', 0, 7, false],
  ]);
});

test('buttons have QEMU’s numbers', () => {
  const { input, told } = setUp();
  for (const button of ['left', 'middle', 'right', 'side', 'extra'] as const) input.button(button, true);
  expect(told.map(([, , button]) => button)).toEqual([0, 1, 2, 5, 6]);
});

test('a change of lights and of the pointer’s mode is told once', () => {
  const { input } = setUp();
  const lights: unknown[] = [];
  const modes: unknown[] = [];
  input.onLockLights.subscribe((value) => lights.push(value));
  input.onPointerMode.subscribe((value) => modes.push(value));
  for (const bits of [0, 4, 4, 7]) input.setModifiers(bits);
  for (const isAbsolute of [false, true, true]) input.setAbsolute(isAbsolute);
  expect(lights).toEqual([
    { scroll: false, num: false, caps: true },
    { scroll: true, num: true, caps: true },
  ]);
  expect(modes).toEqual([{ isAbsolute: true }]);
});

test('without a target nothing is kept', () => {
  const { input, told } = setUp();
  input.setTarget(null);
  input.key(30, true);
  expect(told).toEqual([]);
});

test('hostile values are dropped or brought into range', () => {
  const number = fc.oneof(fc.integer(), fc.double(), fc.constantFrom(Number.NaN, Infinity, -Infinity));
  fc.assert(
    fc.property(number, number, number, number, fc.string(), (a, b, c, d, text) => {
      const { input, told } = setUp();
      input.setAbsolute(true);
      input.key(a, true);
      input.motion(a, b);
      input.position(a, b, c);
      input.position(0, b, c);
      input.button(text as PointerButton, true);
      input.wheel(a, b);
      input.touch(text as TouchPhase, a, b, c, d);
      input.touch('down', a, 0, c, d);
      for (const [, ...values] of told) {
        for (const value of values) expect(typeof value === 'boolean' || Number.isFinite(value)).toBe(true);
      }
    }),
  );
});
