import { expect, test } from 'vitest';
import { TimeBudget } from './time-budget.ts';

/** Works in pieces of `pieceMs` for ten seconds, waiting as told; the milliseconds worked. */
function worked(busyMs: number, pieceMs: number): number {
  const budget = new TimeBudget(busyMs);
  let now = 5000;
  let sum = 0;
  while (now < 15_000) {
    now += pieceMs;
    sum += pieceMs;
    now += budget.spend(pieceMs, now);
  }
  return sum;
}

test.each([
  [100, 5],
  [100, 400],
  [500, 16],
  [900, 16],
])('%i ms of each second are worked, in pieces of %i ms', (busyMs, pieceMs) => {
  expect(worked(busyMs, pieceMs) / 10).toBeGreaterThan(busyMs * 0.9);
  expect(worked(busyMs, pieceMs) / 10).toBeLessThan(busyMs * 1.1 + pieceMs);
});

test('no limit, no waiting', () => {
  expect(worked(1000, 50)).toBe(10_000);
});

test('who rested may begin at once, but saves up no more than a quarter of a second', () => {
  const budget = new TimeBudget(500);
  expect(budget.spend(1, 1000)).toBe(0);
  expect(budget.spend(1, 100_000)).toBe(0);
  expect(budget.spend(200, 100_200)).toBe(0);
  expect(budget.spend(1000, 101_200)).toBeGreaterThan(500);
});
