import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HostError } from '../../../base/errors.ts';
import { isVersionMeant, parseRelations } from './relations.ts';

describe('parseRelations', () => {
  test('reads alternatives, versions, architectures and the old signs', () => {
    expect(parseRelations('libc6 (>= 2.41), a:any | b(<<1:2~) ,perl (> 5), x [amd64 !i386] <!nocheck>,')).toEqual([
      [{ name: 'libc6', operator: '>=', version: '2.41' }],
      [
        { name: 'a', operator: null, version: '' },
        { name: 'b', operator: '<<', version: '1:2~' },
      ],
      [{ name: 'perl', operator: '>=', version: '5' }],
      [{ name: 'x', operator: null, version: '' }],
    ]);
    expect(parseRelations('')).toEqual([]);
  });

  test.each(['a (1)', 'a (>= )', 'a b', '| a', 'a (>= 1', 'A', '$(x)'])('refuses "%s"', (text) => {
    expect(() => parseRelations(text)).toThrow(HostError);
  });

  test('ends soon in a HostError or a value for anything', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...Array.from('ab (>=<)|,:[]~1 ')), maxLength: 200 }), (text) => {
        try {
          for (const relation of parseRelations(text).flat()) expect(relation.name).toMatch(/^[a-z0-9]/);
        } catch (error) {
          expect(error).toBeInstanceOf(HostError);
        }
      }),
      { numRuns: 1000 },
    );
  });
});

test.each([
  ['a (<< 2)', ['1'], ['2', '3']],
  ['a (<= 2)', ['1', '2'], ['3']],
  ['a (= 2)', ['2', '0:2'], ['1', '2-1']],
  ['a (>= 2)', ['2', '3'], ['1', '2~rc1']],
  ['a (>> 2)', ['3', '2+b1'], ['2', '1']],
  ['a', ['1'], []],
])('%s means %s and not %s', (text, right, wrong) => {
  const [relation] = parseRelations(text).flat();
  if (relation === undefined) throw new Error('no relation');
  for (const version of right) expect(isVersionMeant(relation, version)).toBe(true);
  for (const version of wrong) expect(isVersionMeant(relation, version)).toBe(false);
});
