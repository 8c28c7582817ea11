import { expect, test } from 'vitest';
import { closeFd } from '../../base/native/fd.ts';
import { receiveMessage, sendMessage, socketPair } from '../../base/native/socket.ts';
import { FdStream } from './fd-stream.ts';

/** A stream to a peer, and what it heard when it is closed. */
function streamTo(): { readonly stream: FdStream; readonly peer: number; readonly heard: Promise<string | Error> } {
  const [ours, peer] = socketPair();
  const buffer = new Uint8Array(8);
  const heard = Promise.withResolvers<string | Error>();
  let text = '';
  const stream = new FdStream(ours, {
    space: () => buffer,
    received: (count) => (text += Buffer.from(buffer.subarray(0, count)).toString()),
    drained: () => {},
    closed: (error) => heard.resolve(error ?? text),
  });
  return { stream, peer, heard: heard.promise };
}

const LAST_WORDS = 'farewell, and thanks for all';

test('hears what a peer said that hung up without reading', async () => {
  const { stream, peer, heard } = streamTo();
  stream.send(Buffer.from('unread'));
  sendMessage(peer, Buffer.from(LAST_WORDS));
  closeFd(peer);
  expect(await heard).toBe(LAST_WORDS);
});

test('hears what a peer said before a write to it failed', async () => {
  const { stream, peer, heard } = streamTo();
  sendMessage(peer, Buffer.from(LAST_WORDS));
  closeFd(peer);
  stream.send(Buffer.from('too late'));
  stream.send(Buffer.from('too late'));
  expect(await heard).toBe(LAST_WORDS);
});

test('hears what a peer said that hung up while bytes waited', async () => {
  const { stream, peer, heard } = streamTo();
  for (let i = 0; i < 12; i++) stream.send(new Uint8Array(65536));
  expect(receiveMessage(peer, new Uint8Array(64), [])).toBe(64);
  sendMessage(peer, Buffer.from(LAST_WORDS));
  closeFd(peer);
  expect(await heard).toBe(LAST_WORDS);
});
