import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HostError } from '../../../base/errors.ts';
import { readAr } from './ar.ts';
import { makeAr } from './package-fixture.ts';

describe('readAr', () => {
  test('gives the members with their bytes, whatever their lengths', () => {
    const name = fc.stringMatching(/^[a-z][a-z.-]{0,14}$/);
    const member = fc.record({ name, data: fc.uint8Array({ maxLength: 20 }) });
    fc.assert(
      fc.property(fc.array(member, { maxLength: 8 }), (members) => {
        expect(readAr(makeAr(members)).map(({ name, data }) => [name, [...data]])).toEqual(
          members.map(({ name, data }) => [name, [...data]]),
        );
      }),
    );
  });

  test('refuses what is none, and members that end after it', () => {
    const archive = makeAr([{ name: 'debian-binary', data: Buffer.from('2.0\n') }]);
    expect(() => readAr(Buffer.from('<html>'))).toThrow('no archive of ar');
    expect(() => readAr(archive.subarray(0, archive.length - 1))).toThrow('ends after it');
    expect(() => readAr(archive.subarray(0, 40))).toThrow('no right header');
  });

  test('ends in a HostError or a value for damaged bytes', () => {
    const archive = makeAr([
      { name: 'a', data: Buffer.alloc(5) },
      { name: 'b', data: Buffer.alloc(6) },
    ]);
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(archive.length - 1), fc.nat(255)), { maxLength: 5 }), (changes) => {
        const bytes = Buffer.from(archive);
        for (const [at, value] of changes) bytes[at] = value;
        try {
          for (const { data } of readAr(bytes)) expect(data.length).toBeLessThanOrEqual(bytes.length);
        } catch (error) {
          expect(error).toBeInstanceOf(HostError);
        }
      }),
      { numRuns: 500 },
    );
  });
});
