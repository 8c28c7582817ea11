import { expect, test } from 'vitest';
import { Reconnect } from './reconnect.ts';

function setUp() {
  let attempts = 0;
  let timer: { readonly fire: () => void } | null = null;
  const reconnect = new Reconnect(
    () => attempts++,
    (fire) => {
      timer = { fire };
      return () => (timer = null);
    },
    () => 0.999,
  );
  return {
    reconnect,
    attempts: () => attempts,
    fire: () => timer?.fire(),
    hasTimer: () => timer !== null,
  };
}

test('waits twice as long each time, up to a bound, and briefly again after a success', () => {
  const { reconnect, fire, attempts } = setUp();
  const delays: number[] = [];
  for (let i = 0; i < 8; i++) {
    delays.push(reconnect.lost());
    fire();
  }
  expect(delays.map((delay) => Math.round(delay / 500))).toEqual([1, 2, 4, 8, 16, 30, 30, 30]);
  expect(attempts()).toBe(8);
  reconnect.succeeded();
  expect(reconnect.lost()).toBe(500);
});

test('tries at once when the network is back, but only if it was waiting', () => {
  const { reconnect, attempts, hasTimer } = setUp();
  reconnect.hurry();
  expect(attempts()).toBe(0);
  reconnect.lost();
  reconnect.hurry();
  reconnect.hurry();
  expect(attempts()).toBe(1);
  expect(hasTimer()).toBe(false);
});

test('stops when told to', () => {
  const { reconnect, attempts, hasTimer } = setUp();
  reconnect.lost();
  reconnect.stop();
  expect(hasTimer()).toBe(false);
  expect(reconnect.isWaiting).toBe(false);
  expect(attempts()).toBe(0);
});
