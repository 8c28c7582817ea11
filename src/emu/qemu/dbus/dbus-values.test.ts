import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { WireError } from '../../../wire/wire-error.ts';
import { DbusReader } from './dbus-reader.ts';
import { DbusWriter } from './dbus-writer.ts';
import { alignmentOf, checkSignature, endOfType } from './signature.ts';

const bytesOf = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.replaceAll(/\s/g, ''), 'hex'));

describe('signatures', () => {
  test('end where their type ends', () => {
    expect(endOfType('a{oa{sa{sv}}}u', 0)).toBe(13);
    expect(endOfType('u(iay)s', 1)).toBe(6);
  });

  test.each(['a', '(', '()', '(i', 'a{i}', 'a{vi}', 'a{iii}', '{is}', ')', 'z', 'a'.repeat(40) + 'y', 'y'.repeat(256)])(
    '%s is refused',
    (signature) => expect(() => checkSignature(signature)).toThrow(WireError),
  );

  test('whatever is given ends in an answer or a WireError', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...Array.from('ybnqiuxtdsoghva(){}z')), maxLength: 60 }),
        (signature) => {
          try {
            checkSignature(signature);
          } catch (error) {
            expect(error).toBeInstanceOf(WireError);
          }
        },
      ),
    );
  });
});

describe('values', () => {
  test('are aligned from the start of the message', () => {
    const writer = new DbusWriter();
    writer.u8(1);
    writer.u16(2);
    writer.u64(3n);
    writer.u8(4);
    writer.string('ab');
    expect(Buffer.from(writer.bytes)).toEqual(
      Buffer.from(bytesOf('01 00 0200 00000000 0300000000000000 04 000000 02000000 6162 00')),
    );
  });

  test('come back as they were written, of every type', () => {
    const writer = new DbusWriter();
    writer.array(8, () => {
      writer.align(8);
      writer.string('Width');
      writer.signature('u');
      writer.u32(1280);
      writer.align(8);
      writer.string('Interfaces');
      writer.signature('as');
      writer.array(4, () => writer.string('x'));
    });
    writer.f64(0.5);
    writer.i32(-7);
    const reader = new DbusReader(writer.bytes, true);
    expect(reader.value('a{sv}')).toEqual([
      ['Width', 1280],
      ['Interfaces', ['x']],
    ]);
    expect(reader.value('d')).toBe(0.5);
    expect(reader.i32()).toBe(-7);
    expect(reader.isAtEnd).toBe(true);
  });

  test('are read in either byte order', () => {
    expect(new DbusReader(bytesOf('00000102'), false).u32()).toBe(0x102);
    expect(new DbusReader(bytesOf('02010000'), true).u32()).toBe(0x102);
  });

  test.each([
    ['a string longer than the message', 's', '10000000 6100'],
    ['a string without its zero', 's', '01000000 6162'],
    ['a string that is not UTF-8', 's', '01000000 ff00'],
    ['a boolean of 2', 'b', '02000000'],
    ['an array longer than the message', 'au', '08000000 01000000'],
    ['an array longer than 64 MiB', 'ay', '01000004'],
    ['an array whose last element sticks out', 'au', '02000000 01000000'],
    ['a variant of two types', 'v', '02 7575 00 0000000000000000'],
    ['a variant of none', 'v', '00 00 00'],
    ['a cut number', 'u', '010203'],
  ])('%s is refused', (_, type, hex) => {
    expect(() => new DbusReader(bytesOf(hex), true).value(type)).toThrow(WireError);
  });

  test('variants in variants end before the stack does', () => {
    expect(() => new DbusReader(bytesOf('01 76 00'.repeat(5000)), true).variant()).toThrow(WireError);
  });

  test('random bytes of every type end in a value or a WireError', () => {
    const type = fc.constantFrom('a{oa{sa{sv}}}', 'v', 'a(sv)', 'as', 'aay', '(ybnqiuxtdsog)', 'a{sv}', 'h');
    fc.assert(
      fc.property(type, fc.uint8Array({ maxLength: 200 }), fc.boolean(), (signature, bytes, isLittleEndian) => {
        try {
          new DbusReader(bytes, isLittleEndian).value(signature);
        } catch (error) {
          expect(error).toBeInstanceOf(WireError);
        }
      }),
      { numRuns: 2000 },
    );
  });

  test('the alignment of a type is that of the specification', () => {
    expect(Array.from('ynqiuxtdsoghbav({', alignmentOf)).toEqual([1, 2, 2, 4, 4, 8, 8, 8, 4, 4, 1, 4, 4, 4, 1, 8, 8]);
  });
});
