import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HostError } from '../../../base/errors.ts';
import { parseParagraphs } from './control.ts';

describe('parseParagraphs', () => {
  test('reads fields, lines that go on, comments and empty lines', () => {
    const text =
      '\n\nPackage: a\nDescription: short\n long one\n .\n# a comment\n more\n\r\n\nPackage:b\nSection:\n x\n';
    expect(parseParagraphs(text).map((paragraph) => [...paragraph])).toEqual([
      [
        ['package', 'a'],
        ['description', 'short\nlong one\n.\nmore'],
      ],
      [
        ['package', 'b'],
        ['section', '\nx'],
      ],
    ]);
  });

  test.each([' goes on with nothing', 'no colon', ': no name', 'two words: x', 'A: 1\na: 2'])(
    'refuses "%s"',
    (text) => {
      expect(() => parseParagraphs(text)).toThrow(HostError);
    },
  );

  test('reads back what is written, and ends in a HostError or a value for anything else', () => {
    const value = fc.stringMatching(/^[!-~]{1,20}$/);
    const paragraph = fc.dictionary(fc.stringMatching(/^[a-z][a-z0-9-]{0,10}$/), value, { minKeys: 1, maxKeys: 5 });
    fc.assert(
      fc.property(fc.array(paragraph), (paragraphs) => {
        const text = paragraphs
          .map((fields) =>
            Object.entries(fields)
              .map(([name, words]) => `${name}: ${words}\n`)
              .join(''),
          )
          .join('\n');
        expect(parseParagraphs(text).map((fields) => Object.fromEntries(fields))).toEqual(
          paragraphs.map((fields) => ({ ...fields })),
        );
      }),
    );
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...Array.from('ab: \n\t#.\r')), maxLength: 60 }), (text) => {
        try {
          parseParagraphs(text);
        } catch (error) {
          expect(error).toBeInstanceOf(HostError);
        }
      }),
      { numRuns: 1000 },
    );
  });
});
