import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { WireError } from '../../../wire/wire-error.ts';
import { messageLength, readMessage, writeMessage } from './dbus-message.ts';
import { DbusWriter } from './dbus-writer.ts';

function aCall(): Uint8Array {
  const body = new DbusWriter();
  body.u32(28);
  const message = new DbusWriter();
  const header = {
    kind: 'call',
    wantsReply: true,
    path: '/org/qemu/Display1/Console_0',
    interface: 'org.qemu.Display1.Keyboard',
    member: 'Press',
    signature: 'u',
    fdCount: 0,
  } as const;
  writeMessage(message, header, 5, body.bytes);
  return message.bytes.slice();
}

// A call as another program writes it: no reply wanted, serial 3, its fields in another order.
const FROM_ELSEWHERE =
  '6c 01 01 01 08000000 03000000 45000000' + // little endian, call, flags, version, body 8, serial, fields 69
  '08 01 67 00 02 6969 00' + // signature "ii"
  '01 01 6f 00 06000000 2f6c2f4c6973 00 00' + // path "/l/Lis"
  '03 01 73 00 09000000 557064617465416c6c 00 000000000000' + // member "UpdateAll"
  '02 01 73 00 0c000000 6f72672e746573742e416263 00' + // interface "org.test.Abc"
  '000000' +
  '01000000 02000000'; // body 1, 2

test('what is written is read again', () => {
  const bytes = aCall();
  expect(messageLength(bytes, 1000)).toBe(bytes.length);
  const { body, ...message } = readMessage(bytes);
  expect(message).toEqual({
    kind: 'call',
    serial: 5,
    wantsReply: true,
    path: '/org/qemu/Display1/Console_0',
    interface: 'org.qemu.Display1.Keyboard',
    member: 'Press',
    errorName: '',
    replySerial: 0,
    signature: 'u',
    fdCount: 0,
  });
  expect(body.u32()).toBe(28);
});

test('fields are taken in any order', () => {
  const bytes = Buffer.from(FROM_ELSEWHERE.replaceAll(/\s/g, ''), 'hex');
  expect(messageLength(bytes, 1000)).toBe(bytes.length);
  const message = readMessage(bytes);
  expect(message).toMatchObject({
    wantsReply: false,
    path: '/l/Lis',
    member: 'UpdateAll',
    interface: 'org.test.Abc',
    signature: 'ii',
  });
  expect([message.body.i32(), message.body.i32()]).toEqual([1, 2]);
});

test.each([
  ['byte order', 0, 0x78],
  ['type', 1, 9],
  ['version', 3, 2],
  ['serial', 8, 0],
  ['length of the body', 4, 200],
])('a wrong %s is refused', (_, at, value) => {
  const bytes = aCall();
  bytes[at] = value;
  expect(() => readMessage(bytes)).toThrow(WireError);
});

test('a message over the limit is refused before it has arrived', () => {
  expect(() => messageLength(aCall(), 100)).toThrow(WireError);
  expect(() =>
    messageLength(Buffer.from('6c01000100000000 01000000 ffffffff'.replaceAll(' ', ''), 'hex'), 2 ** 27),
  ).toThrow(WireError);
});

test('damaged messages end in a message or a WireError', () => {
  const change = fc.tuple(fc.nat(200), fc.nat(255));
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 8 }), (changes) => {
      const bytes = aCall();
      for (const [at, value] of changes) bytes[at % bytes.length] = value;
      try {
        readMessage(bytes).body.value('u');
      } catch (error) {
        expect(error).toBeInstanceOf(WireError);
      }
    }),
    { numRuns: 3000 },
  );
});
