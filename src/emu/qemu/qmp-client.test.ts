import { openSync, readlinkSync } from 'node:fs';
import * as fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import { closeFd } from '../../base/native/fd.ts';
import { socketPair } from '../../base/native/socket.ts';
import { WireError } from '../../wire/wire-error.ts';
import { FdStream } from './fd-stream.ts';
import { QmpClient } from './qmp-client.ts';
import { LineSplitter, parseQmpLine } from './qmp-line.ts';

const GREETING = '{"QMP": {"version": {"qemu": {"micro": 2, "minor": 0, "major": 10}}, "capabilities": ["oob"]}}\r\n';
const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

/** A QEMU that answers what `answer` says to each command; a string of an answer is sent as it is. */
function qemu(answer: (command: string, id: number, fds: readonly number[]) => string, greeting = GREETING) {
  const [ours, theirs] = socketPair();
  const buffer = new Uint8Array(65536);
  const lines = new LineSplitter(65536);
  const events: string[] = [];
  const closed = Promise.withResolvers<Error | null>();
  const stream = new FdStream(theirs, {
    space: () => buffer,
    received: (count, fds) => {
      for (const line of lines.push(buffer.subarray(0, count))) {
        const { execute, id } = JSON.parse(line) as { execute: string; id: number };
        const text = execute === 'qmp_capabilities' ? `{"return": {}, "id": ${id}}\n` : answer(execute, id, fds);
        if (text !== '') stream.send(Buffer.from(text));
      }
    },
    drained: () => {},
    closed: () => {},
  });
  stream.send(Buffer.from(greeting));
  const client = new QmpClient(ours, {
    onEvent: (event) => events.push(event),
    onClose: (error) => closed.resolve(error),
    maxLineBytes: 4096,
  });
  closers.push(() => {
    client.close();
    stream.close();
  });
  return { client, stream, events, closed: closed.promise };
}

test('greets, negotiates and answers out of order', async () => {
  const held: string[] = [];
  const { client } = qemu((command, id) => {
    if (command === 'first') {
      held.push(`{"return": 1, "id": ${id}}\n`);
      return '';
    }
    return `{"return": 2, "id": ${id}}\r\n{"event": "STOP", "timestamp": {}}\r\n${held.join('')}`;
  });
  await client.ready;
  const [first, second] = await Promise.all([client.execute('first'), client.execute('second')]);
  expect([first, second]).toEqual([1, 2]);
});

test('events are told', async () => {
  const { client, events } = qemu(
    (_, id) => `{"event": "RESET", "data": {"guest": false}}\n{"return": {}, "id": ${id}}\n`,
  );
  await client.ready;
  await client.execute('system_reset');
  expect(events).toEqual(['RESET']);
});

test('QEMU’s own words come with its error', async () => {
  const { client } = qemu((_, id) => `{"error": {"class": "GenericError", "desc": "no such file"}, "id": ${id}}\n`);
  await client.ready;
  await expect(client.execute('screendump')).rejects.toMatchObject({ code: 'qmp', message: 'no such file' });
});

test('a descriptor goes along and is closed here', async () => {
  let seen = '';
  const { client } = qemu((_, id, fds) => {
    seen = readlinkSync(`/proc/self/fd/${fds[0]}`);
    for (const fd of fds) closeFd(fd);
    return `{"return": {}, "id": ${id}}\n`;
  });
  await client.ready;
  const fd = openSync('/dev/null', 'r');
  await client.execute('getfd', { fdname: 'x' }, fd);
  expect(seen).toBe('/dev/null');
  expect(() => readlinkSync(`/proc/self/fd/${fd}`)).toThrow('ENOENT');
});

test.each([
  ['is not JSON', 'hello\n'],
  ['is not an object', '[1]\n'],
  ['answers nothing', '{"return": {}}\n'],
  ['never ends', 'x'.repeat(5000)],
])('a line that %s ends the connection', async (_, text) => {
  const { client, closed } = qemu(() => text);
  await client.ready;
  await expect(client.execute('query-status')).rejects.toMatchObject({ code: 'qmp-closed' });
  await expect(closed).resolves.toBeInstanceOf(WireError);
});

test('QEMU that goes away fails what waits', async () => {
  const { client, stream, closed } = qemu(() => '');
  await client.ready;
  const waiting = client.execute('stop');
  stream.close();
  await expect(waiting).rejects.toMatchObject({ code: 'qmp-closed' });
  await expect(closed).resolves.toBeNull();
  await expect(client.execute('cont')).rejects.toMatchObject({ code: 'qmp-closed' });
});

test('QEMU that goes away before its greeting is told', async () => {
  const { client, stream } = qemu(() => '', ' ');
  stream.close();
  await expect(client.ready).rejects.toMatchObject({ code: 'qmp-closed' });
});

test('whatever line comes ends in a message or a WireError', () => {
  const line = fc.oneof(
    fc.string(),
    fc.json(),
    fc.json().map((json) => `{"return": ${json}, "id": 1}`),
  );
  fc.assert(
    fc.property(line, (text) => {
      try {
        parseQmpLine(text);
      } catch (error) {
        expect(error).toBeInstanceOf(WireError);
      }
    }),
  );
});
