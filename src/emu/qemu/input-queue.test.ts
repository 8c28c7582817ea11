import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { InputQueue } from './input-queue.ts';
import type { InputEvent } from './input-queue.ts';

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
  const settle = async (): Promise<void> => {
    while (open.length > 0) {
      open.shift()?.();
      await Promise.resolve();
      await Promise.resolve();
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
  expect(delivered).toEqual([at(1), at(2), at(4), key(30, true), at(6)]);
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
