import { expect, test } from 'vitest';
import { RateBudget } from './rate-budget.ts';

/** Uses so much in pieces of `pieceMs` for ten seconds, waiting as told; all that was used. */
function used(perSecond: number, perPiece: number, pieceMs: number): number {
  const budget = new RateBudget(perSecond);
  let now = 5000;
  let sum = 0;
  while (now < 15_000) {
    now += pieceMs;
    sum += perPiece;
    now += budget.spend(perPiece, pieceMs, now);
  }
  return sum;
}

test.each([
  [100, 5],
  [100, 400],
  [500, 16],
  [900, 16],
])('%i ms of each second are worked, in pieces of %i ms', (busyMs, pieceMs) => {
  expect(used(busyMs, pieceMs, pieceMs) / 10).toBeGreaterThan(busyMs * 0.9);
  expect(used(busyMs, pieceMs, pieceMs) / 10).toBeLessThan(busyMs * 1.1 + pieceMs);
});

test.each([
  [1_000_000, 100, 0.01],
  [1_000_000, 100_000, 50],
  [1_000_000, 4_000_000, 0],
])('%i things of each second are used, in pieces of %i', (perSecond, perPiece, pieceMs) => {
  const rate = used(perSecond, perPiece, pieceMs) / 10;
  expect(rate).toBeGreaterThan(perSecond * 0.9);
  expect(rate).toBeLessThan(perSecond * 1.1 + perPiece / 10);
});

test('who uses less than there is waits for nothing', () => {
  expect(used(1_000_000, 900, 1)).toBe(9_000_000);
});

test('no limit, no waiting', () => {
  expect(used(Infinity, 50, 50)).toBe(10_000);
});

test('who rested may begin at once, but saves up no more than a quarter of a second', () => {
  const budget = new RateBudget(500);
  expect(budget.spend(1, 1, 1000)).toBe(0);
  expect(budget.spend(1, 1, 100_000)).toBe(0);
  expect(budget.spend(200, 200, 100_200)).toBe(0);
  expect(budget.spend(1000, 1000, 101_200)).toBeGreaterThan(500);
});
