import * as fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { InputQueue } from './input-queue.ts';
import type { InputEvent } from './input-queue.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function setUp(maxUnderWay = 2, maxWaiting = 4) {
  const delivered: InputEvent[] = [];
  const open: (() => void)[] = [];
  const queue = new InputQueue({
    deliver: (event) => {
      delivered.push(event);
      return new Promise((resolve) => open.push(resolve));
    },
    onRefused: () => {},
    maxUnderWay,
    maxWaiting,
  });
  /** Lets QEMU take everything, and time go by, until nothing is left. */
  const settle = async (): Promise<void> => {
    for (let quiet = 0; quiet < 3; quiet++) {
      if (open.length > 0) quiet = 0;
      for (const resolve of open.splice(0)) resolve();
      await vi.advanceTimersByTimeAsync(5);
    }
  };
  return { queue, delivered, settle };
}

const key = (code: number, isDown: boolean): InputEvent => ({ kind: 'key', code, isDown });
const at = (x: number): InputEvent => ({ kind: 'position', head: 0, x, y: 0 });

test('motion that waits is replaced by motion that follows, never across a key', async () => {
  const { queue, delivered, settle } = setUp();
  for (const event of [at(1), at(2), at(3), at(4), key(30, true), at(5), at(6)]) queue.push(event);
  await settle();
  expect(delivered).toEqual([at(1), at(4), key(30, true), at(6)]);
});

test('the first event of all goes at once', () => {
  for (const event of [at(1), key(30, true)]) {
    const { queue, delivered } = setUp();
    queue.push(event);
    expect(delivered).toEqual([event]);
  }
});

test('motion goes at a mouse’s rate, and at once when a key follows', async () => {
  const { queue, delivered } = setUp(100);
  for (let ms = 0; ms < 100; ms++) {
    queue.push(at(ms));
    await vi.advanceTimersByTimeAsync(1);
  }
  expect(delivered.length).toBeLessThanOrEqual(27);
  expect(delivered.length).toBeGreaterThan(18);
  queue.push(at(1000));
  queue.push(key(30, true));
  expect(delivered.slice(-2)).toEqual([at(1000), key(30, true)]);
});

test('a flood of keys is spread, after a burst', async () => {
  const { queue, delivered } = setUp(100, 100);
  for (let i = 0; i < 30; i++) queue.push(key(1 + (i >> 1), i % 2 === 0));
  expect(delivered).toHaveLength(12);
  await vi.advanceTimersByTimeAsync(30);
  expect(delivered.length).toBeGreaterThan(17);
  expect(delivered.length).toBeLessThan(24);
  await vi.advanceTimersByTimeAsync(60);
  expect(delivered).toHaveLength(30);
});

test('relative motion adds up', async () => {
  const { queue, delivered, settle } = setUp(1);
  for (let i = 0; i < 5; i++) queue.push({ kind: 'motion', dx: 1, dy: -2 });
  await settle();
  expect(delivered).toEqual([
    { kind: 'motion', dx: 1, dy: -2 },
    { kind: 'motion', dx: 4, dy: -8 },
  ]);
});

test('a full queue drops presses but lets go of what is down', async () => {
  const { queue, delivered, settle } = setUp(1, 2);
  for (const event of [key(1, true), key(2, true), key(3, true), key(4, true)]) queue.push(event);
  for (const event of [key(1, false), key(2, false), key(3, false), key(4, false)]) queue.push(event);
  await settle();
  const dropped = delivered.filter((event) => event.kind === 'key' && event.code === 4);
  expect(dropped).toEqual([]);
  expect(delivered).toHaveLength(6);
});

test('a repeat that is dropped does not take the release along', async () => {
  const { queue, delivered, settle } = setUp(1, 1);
  for (const event of [key(1, true), key(2, true), key(1, true), key(1, false)]) queue.push(event);
  await settle();
  expect(delivered).toEqual([key(1, true), key(2, true), key(1, false)]);
});

test('whatever comes: keys stay in order, nothing stays down, the queue stays short', async () => {
  const event = fc.oneof(
    fc.record({ kind: fc.constant('key' as const), code: fc.integer({ min: 1, max: 5 }), isDown: fc.boolean() }),
    fc.record({ kind: fc.constant('motion' as const), dx: fc.integer(), dy: fc.integer() }),
    fc.nat(9).map(at),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(event, { maxLength: 60 }), async (events) => {
      const { queue, delivered, settle } = setUp(2, 4);
      for (const one of events) queue.push(one);
      for (let code = 1; code <= 5; code++) queue.push(key(code, false));
      await settle();
      const down = new Set<number>();
      const keys = events.filter((one) => one.kind === 'key');
      let place = 0;
      for (const one of delivered) {
        if (one.kind !== 'key') continue;
        if (one.isDown) down.add(one.code);
        else down.delete(one.code);
        const found = keys.findIndex((sent, i) => i >= place && sent.code === one.code && sent.isDown === one.isDown);
        if (found >= 0) place = found + 1;
        else expect(one.isDown).toBe(false);
      }
      expect(down.size).toBe(0);
    }),
  );
});
