import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareVersions } from './version.ts';

/** Each older than the next: the examples of Debian Policy 5.6.12, and what follows from its rules. */
const RISING = [
  ['~~', '~~a', '~', '', 'a'],
  ['1.0~beta1~svn1245', '1.0~beta1', '1.0', '1.0-1', '1.0a', '1.0+b1', '1.0.1'],
  ['0.9', '0.10', '1', '1:0.1', '1:0.1-1', '1:0.1-1+b1', '10:0'],
  ['19.1.7-3', '19.1.7-3+b1', '19.1.7-10'],
];

describe('compareVersions', () => {
  test.each(RISING.map((versions) => ({ versions })))('orders $versions', ({ versions }) => {
    for (const [i, a] of versions.entries())
      for (const [j, b] of versions.entries()) expect(Math.sign(compareVersions(a, b))).toBe(Math.sign(i - j));
  });

  test.each([
    ['1.0', '0:1.0'],
    ['1.0', '1.00'],
    ['1.0', '1.0-0'],
    ['12345678901234567890123', '012345678901234567890123'],
  ])('%s is as old as %s', (a, b) => {
    expect(compareVersions(a, b)).toBe(0);
  });

  test('numbers are longer than a machine word', () => {
    expect(compareVersions('20000000000000000000001', '20000000000000000000002')).toBeLessThan(0);
  });

  test('is an order, whatever the texts', () => {
    const text = fc.string({ unit: fc.constantFrom(...Array.from('0129aZ.+-:~')), maxLength: 8 });
    fc.assert(
      fc.property(text, text, text, (a, b, c) => {
        expect(Math.sign(compareVersions(a, b))).toBe(0 - Math.sign(compareVersions(b, a)));
        if (compareVersions(a, b) <= 0 && compareVersions(b, c) <= 0)
          expect(compareVersions(a, c)).toBeLessThanOrEqual(0);
      }),
      { numRuns: 2000 },
    );
  });
});
