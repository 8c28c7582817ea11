import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { closeFd } from './fd.ts';
import { SharedMemory } from './shared-memory.ts';
import { receiveMessage, sendMessage, socketPair, WOULD_BLOCK } from './socket.ts';

function countOpenFds(): number {
  return readdirSync('/proc/self/fd').length;
}

test('bytes go through a pair, and its end is told', () => {
  const [a, b] = socketPair();
  const into = new Uint8Array(16);
  expect(receiveMessage(b, into, [])).toBe(WOULD_BLOCK);
  expect(sendMessage(a, Uint8Array.of(1, 2, 3))).toBe(3);
  expect(receiveMessage(b, into.subarray(4), [])).toBe(3);
  expect([...into.subarray(4, 7)]).toEqual([1, 2, 3]);
  closeFd(a);
  expect(receiveMessage(b, into, [])).toBe(0);
  closeFd(b);
});

test('descriptors go with the bytes and name the same open file', () => {
  const [a, b] = socketPair();
  const before = countOpenFds();
  const memory = SharedMemory.create('test', 4096);
  memory.bytes.set([7, 8], 100);
  sendMessage(a, Uint8Array.of(1), [memory.fd, memory.fd]);
  const fds: number[] = [];
  expect(receiveMessage(b, new Uint8Array(8), fds)).toBe(1);
  expect(fds).toHaveLength(2);
  const other = SharedMemory.map(fds[1]!, 0, 4096);
  expect([...other.bytes.subarray(100, 102)]).toEqual([7, 8]);
  other.bytes[100] = 9;
  expect(memory.bytes[100]).toBe(9);
  for (const fd of fds) closeFd(fd);
  other.close();
  memory.close();
  expect(countOpenFds()).toBe(before);
  closeFd(a);
  closeFd(b);
});

test('a full socket says so instead of waiting', () => {
  const [a, b] = socketPair();
  const chunk = new Uint8Array(65536);
  let sent = 0;
  for (let n = sendMessage(a, chunk); n !== WOULD_BLOCK; n = sendMessage(a, chunk)) sent += n;
  expect(sent).toBeGreaterThan(0);
  closeFd(b);
  expect(() => sendMessage(a, chunk)).toThrow(expect.objectContaining({ name: 'HostError', code: 'EPIPE' }));
  closeFd(a);
});

test('a descriptor closed twice is an error with the name of the reason', () => {
  const [a, b] = socketPair();
  closeFd(a);
  closeFd(b);
  expect(() => closeFd(a)).toThrow(expect.objectContaining({ name: 'HostError', code: 'EBADF' }));
});
