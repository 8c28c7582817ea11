import { openSync, readlinkSync } from 'node:fs';
import { afterEach, expect, test } from 'vitest';
import { StateError } from '../../../base/errors.ts';
import { socketPair } from '../../../base/native/socket.ts';
import { WireError } from '../../../wire/wire-error.ts';
import { FdStream } from '../fd-stream.ts';
import { DbusConnection, DONE } from './dbus-connection.ts';
import type { DbusConnectionOptions } from './dbus-connection.ts';
import { writeMessage } from './dbus-message.ts';
import type { DbusHeader } from './dbus-message.ts';
import { DbusWriter } from './dbus-writer.ts';

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

/** The other side: answers the handshake with `hello` and tells what it gets after it. */
function peer(options: Partial<DbusConnectionOptions>, hello = 'OK 0123\r\nAGREE_UNIX_FD\r\n') {
  const [ours, theirs] = socketPair();
  const closed = Promise.withResolvers<Error | null>();
  const buffer = new Uint8Array(65536);
  const got: Buffer[] = [];
  const waiting: (() => void)[] = [];
  const stream = new FdStream(theirs, {
    space: () => buffer,
    received: (count) => {
      got.push(Buffer.from(buffer.subarray(0, count)));
      for (const wake of waiting.splice(0)) wake();
    },
    drained: () => {},
    closed: () => {},
  });
  const connection = new DbusConnection(ours, {
    maxMessageBytes: 4096,
    onClose: (error) => closed.resolve(error),
    ...options,
  });
  closers.push(() => {
    connection.close();
    stream.close();
  });
  stream.send(Buffer.from(hello));
  return {
    connection,
    closed: closed.promise,
    bytes: (): Buffer => Buffer.concat(got),
    more: (): Promise<void> => new Promise((resolve) => waiting.push(resolve)),
    sendBytes: (bytes: Uint8Array, fds?: readonly number[]) => stream.send(bytes, fds),
  };
}

function message(header: DbusHeader, serial = 1, body: (writer: DbusWriter) => void = () => {}): Buffer {
  const content = new DbusWriter();
  body(content);
  const writer = new DbusWriter();
  writeMessage(writer, header, serial, content.bytes);
  return Buffer.from(writer.bytes);
}

const TARGET = { path: '/a', interface: 'a.b', member: 'C' };

test('a call is answered, though the answer comes byte by byte', async () => {
  const { connection, sendBytes } = peer({});
  const answer = connection.call(
    TARGET,
    'u',
    (body) => body.u32(7),
    's',
    (body) => body.string(),
  );
  const bytes = message({ kind: 'return', replySerial: 1, signature: 's', fdCount: 0 }, 9, (body) =>
    body.string('yes'),
  );
  for (const byte of bytes) sendBytes(Uint8Array.of(byte));
  await expect(answer).resolves.toBe('yes');
});

test('it introduces itself and sends at once', async () => {
  const { connection, bytes, more } = peer({});
  void connection
    .call(
      TARGET,
      '',
      () => {},
      '',
      () => {},
    )
    .catch(() => {});
  while (!bytes().includes('BEGIN\r\n') || bytes().indexOf(0x6c, bytes().indexOf('BEGIN\r\n')) < 0) await more();
  const uid = Buffer.from(String(process.getuid?.())).toString('hex');
  expect(bytes().toString('latin1')).toContain(`\0AUTH EXTERNAL ${uid}\r\nNEGOTIATE_UNIX_FD\r\nBEGIN\r\n`);
});

test('an error answer, and an answer of another type, reject the call alone', async () => {
  const { connection, sendBytes } = peer({});
  const calls = [1, 2, 3].map(() =>
    connection.call(
      TARGET,
      '',
      () => {},
      'u',
      (body) => body.u32(),
    ),
  );
  const text = (body: DbusWriter): void => body.string('no such console');
  sendBytes(message({ kind: 'error', errorName: 'x.Bad', replySerial: 1, signature: 's', fdCount: 0 }, 1, text));
  sendBytes(message({ kind: 'return', replySerial: 2, signature: 's', fdCount: 0 }, 2, text));
  sendBytes(message({ kind: 'return', replySerial: 3, signature: 'u', fdCount: 0 }, 3, (body) => body.u32(5)));
  const [first, second, third] = await Promise.allSettled(calls);
  expect(first).toMatchObject({ reason: expect.any(StateError) as unknown });
  expect(String((first as PromiseRejectedResult).reason)).toContain('no such console');
  expect(second).toMatchObject({ reason: expect.any(WireError) as unknown });
  expect(third).toEqual({ status: 'fulfilled', value: 5 });
});

test('descriptors reach the call they came with, and are closed after it', async () => {
  const seen = Promise.withResolvers<readonly number[]>();
  const { sendBytes } = peer({
    onCall: (call, fds) => {
      seen.resolve([call.body.u32(), ...fds]);
      expect(readlinkSync(`/proc/self/fd/${fds[0]}`)).toBe('/dev/null');
      return DONE;
    },
  });
  const call: DbusHeader = { kind: 'call', ...TARGET, signature: 'h', fdCount: 1 };
  sendBytes(
    message(call, 1, (body) => body.u32(0)),
    [openSync('/dev/null', 'r')],
  );
  const [index, fd] = await seen.promise;
  expect(index).toBe(0);
  await new Promise(setImmediate);
  expect(() => readlinkSync(`/proc/self/fd/${fd}`)).toThrow('ENOENT');
});

test('what a handler throws is the answer, and the next call works', async () => {
  const both = Promise.withResolvers<void>();
  const { bytes, more, sendBytes } = peer({
    onCall: (call) => {
      if (call.serial === 1) throw new WireError('value', 'size', 0);
      both.resolve();
      return DONE;
    },
  });
  const call: DbusHeader = { kind: 'call', wantsReply: true, ...TARGET, signature: '', fdCount: 0 };
  sendBytes(Buffer.concat([message(call, 1), message(call, 2)]));
  await both.promise;
  while (!bytes().includes('DBus.Error.Failed')) await more();
  expect(bytes().toString('latin1')).toContain('size at byte 0');
});

test.each([
  ['rubbish', Buffer.from('GET / HTTP/1.1\r\n\r\n')],
  [
    'a message over the limit',
    message({ kind: 'signal', signature: 's', fdCount: 0 }, 1, (b) => b.string('x'.repeat(5000))),
  ],
  [
    'a descriptor that did not come',
    message({ kind: 'call', ...TARGET, signature: 'h', fdCount: 1 }, 1, (b) => b.u32(0)),
  ],
])('%s closes the connection with a WireError', async (_, bytes) => {
  const { connection, closed, sendBytes } = peer({});
  const call = connection.call(
    TARGET,
    '',
    () => {},
    '',
    () => {},
  );
  sendBytes(bytes);
  await expect(closed).resolves.toBeInstanceOf(WireError);
  await expect(call).rejects.toThrow('closed');
  expect(connection.isOpen).toBe(false);
});

test('a refused handshake is told', async () => {
  const { closed } = peer({}, 'REJECTED EXTERNAL\r\n');
  await expect(closed).resolves.toMatchObject({ code: 'dbus-refused' });
});

test('an endless handshake ends', async () => {
  const { closed } = peer({}, 'x'.repeat(10_000));
  await expect(closed).resolves.toBeInstanceOf(WireError);
});
