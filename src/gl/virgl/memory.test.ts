import { describe, expect, test } from 'vitest';
import { growthOf, MEMORY_ROUNDS } from './memory-rounds.ts';
import { softwareDevice, TestGuest } from './test-guest.ts';

const NAMES = Object.keys(MEMORY_ROUNDS) as (keyof typeof MEMORY_ROUNDS)[];

describe.skipIf(softwareDevice() === null)('memory stays what it was', () => {
  test.each(NAMES)('over rounds of %s', (name) => {
    using guest = new TestGuest();
    const { daily, slack } = MEMORY_ROUNDS[name];
    const grown = growthOf(guest, name, daily);
    expect(grown.heap).toBeLessThan(1);
    // Over 10,000 rounds a leak of 4 KB each shows.
    expect(grown.process).toBeLessThan(slack);
  });
});
