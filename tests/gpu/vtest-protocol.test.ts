/** Sessions of the vtest protocol without a process of their own. */
import { writeSync } from 'node:fs';
import { expect, test } from 'vitest';
import { duplicateFd } from '../../src/base/native/fd.ts';
import { EventFd } from '../../src/base/native/eventfd.ts';
import { SharedMemory } from '../../src/base/native/shared-memory.ts';
import { silentLogger } from '../../src/base/log.ts';
import type { RenderLimits } from '../../src/gl/core/limits.ts';
import { command, softwareDevice } from '../../src/gl/virgl/test-guest.ts';
import { BIND, TARGET } from '../../src/gl/virgl/virgl-limits.ts';
import { VirglRenderer } from '../../src/gl/virgl/renderer.ts';
import { VtestSession } from '../../src/gl/vtest/vtest-session.ts';
import { assert } from '../../src/base/assert.ts';
import { WireError } from '../../src/wire/wire-error.ts';
import { RawVtestClient, type VtestTransport } from './raw-vtest-client.ts';
import { runVtestProtocol } from './vtest-protocol.contract.ts';

/** A session that answers in the call. */
function connectDirectly(limits: Partial<RenderLimits> = {}): VtestTransport {
  const device = softwareDevice();
  assert(device !== null, 'there is a software device');
  const { display, capabilities, formats } = device;
  const renderer = new VirglRenderer({ device: display, capabilities, formats, limits });
  let [answers, isHungUp] = [Buffer.alloc(0), false];
  const fds: number[] = [];
  const answer = (bytes: Uint8Array): void => {
    answers = Buffer.concat([answers, bytes]);
  };
  const peer = {
    isBlocked: false,
    send: answer,
    sendFd: (fd: number) => {
      fds.push(duplicateFd(fd));
      answer(Uint8Array.of(0));
    },
    createShared: (sizeBytes: number) => SharedMemory.createUnmapped('saffron-test', sizeBytes),
    createEvent: () => EventFd.create(),
  };
  const session = new VtestSession(renderer, peer, silentLogger);
  return {
    write: (bytes) => {
      try {
        for (let at = 0; at < bytes.length && !isHungUp;) {
          const room = session.room();
          const count = Math.min(room.length, bytes.length - at);
          room.set(bytes.subarray(at, at + count));
          session.received(count);
          at += count;
        }
      } catch (error) {
        if (!(error instanceof WireError)) throw error;
        isHungUp = true;
      }
    },
    receive: (into, received) => {
      const count = Math.min(into.length, answers.length);
      assert(count > 0 || isHungUp, 'an answer, as a session does not wait');
      into.set(answers.subarray(0, count));
      answers = answers.subarray(count);
      received.push(...fds.splice(0));
      return count;
    },
    close: () => {
      session.close();
      renderer.close();
      const { bytes, resources } = renderer.quotas;
      assert(bytes.used + resources.used === 0, 'all was given back');
    },
  };
}

runVtestProtocol('a session', async () => ({
  connect: () => connectDirectly(),
  [Symbol.asyncDispose]: async () => {},
}));

const [R8, GUEST] = [64, 1];
const BUFFER = [TARGET.buffer, R8, BIND.vertexBuffer, 64, 1, 1, 1, 0, 0] as const;

test('messages of version 3 end a session of version 2', () => {
  using client = RawVtestClient.open(connectDirectly(), 2);
  expect(client.isHungUpFor('getParam', 1)).toBe(true);
});

test.each([3, 4, 6, 77])('a context of capability set %i is refused', (capset) => {
  using client = RawVtestClient.open(connectDirectly());
  expect(client.isHungUpFor('contextInit', capset)).toBe(true);
});

test('a context of no set said is one of set 2', () => {
  for (const [capset, isRefused] of [
    [2, false],
    [1, true],
  ] as const) {
    using client = RawVtestClient.open(connectDirectly());
    client.ask('resourceCreate', 0, ...BUFFER);
    expect(client.isHungUpFor('contextInit', capset)).toBe(isRefused);
  }
});

test('what a client writes into a blob can be copied into resources', () => {
  using client = RawVtestClient.open(connectDirectly());
  const [buffer = 0] = client.ask('resourceCreate', 0, ...BUFFER);
  const [blob = 0] = client.ask('resourceCreateBlob', GUEST, 1, 64, 0, 0, 0);
  const bytes = Uint8Array.from({ length: 16 }, (_, i) => 100 + i);
  expect(writeSync(client.readFd(), bytes, 0, 16, 32)).toBe(16);
  client.send('submitCmd', ...command('copyTransfer3d', buffer, 0, 0, 0, 0, 4, 0, 0, 16, 1, 1, blob, 32, 1));
  client.send('transferGet', buffer, 0, 0, 0, 4, 0, 0, 16, 1, 1, 16);
  expect(client.read(16)).toEqual(bytes);
});

test.each([
  ['flags that are none', [GUEST, 8, 64, 0]],
  ['no bytes', [GUEST, 1, 0, 0]],
  ['4 GiB', [GUEST, 1, 0, 1]],
])('a blob of %s is refused', (_, payload) => {
  using client = RawVtestClient.open(connectDirectly());
  expect(client.isHungUpFor('resourceCreateBlob', ...payload, 0, 0)).toBe(true);
});

test('a resource beyond the quota is none, and the next one is one', () => {
  using client = RawVtestClient.open(connectDirectly({ maxResourceBytes: 4_000_000 }));
  const [refused = 0] = client.ask('resourceCreate', 0, ...BUFFER.with(3, 8 << 20));
  const [blob = 0] = client.ask('resourceCreateBlob', GUEST, 1, 8 << 20, 0, 0, 0);
  client.readFd();
  const [buffer = 0] = client.ask('resourceCreate', 0, ...BUFFER);
  expect(new Set([refused, blob, buffer]).size).toBe(3);
  client.send('transferPut', buffer, 0, 0, 0, 0, 0, 0, 4, 1, 1, 4, 0x04030201);
  client.send('transferGet', buffer, 0, 0, 0, 0, 0, 0, 4, 1, 1, 4);
  expect([...client.read(4)]).toEqual([1, 2, 3, 4]);
  client.send('transferGet', refused, 0, 0, 0, 0, 0, 0, 4, 1, 1, 4);
  expect([...client.read(4)]).toEqual([0, 0, 0, 0]);
});

test('memory of more bytes than there may be is none for a resource, and the client goes on', () => {
  using client = RawVtestClient.open(connectDirectly());
  for (const ask of [
    () => client.ask('resourceCreate2', 0, ...BUFFER, 0xffffffff),
    () => client.ask('resourceCreateBlob', GUEST, 1, 0xffffffff, 0, 0, 0),
  ]) {
    const [refused = 0] = ask();
    client.readFd();
    client.send('transferGet', refused, 0, 0, 0, 0, 0, 0, 4, 1, 1, 4);
    expect([...client.read(4)]).toEqual([0, 0, 0, 0]);
  }
});

test('a wait with flags that are none, and a batch with such, are refused', () => {
  for (const [message, ...payload] of [
    ['syncWait', 2, 0],
    ['submitCmd2', 1, 2, 9, 0, 9, 0, 0, 0, 0],
    ['submitCmd2', 1, 1, 9, 0, 9, 0, 1, 0, 0],
  ] as const) {
    using client = RawVtestClient.open(connectDirectly());
    expect(client.isHungUpFor(message, ...payload)).toBe(true);
  }
});

test('batches that name more words than there are, each of them within what there is, are refused', () => {
  using client = RawVtestClient.open(connectDirectly());
  // Commands that do nothing (NOP, no words).
  const nops = Array.from({ length: 40 }, () => 0);
  const naming = (count: number): number[] => [0, 17, count, 0, 0, 0, 0, 0];
  client.send('submitCmd2', 2, ...naming(40), ...naming(10), ...nops);
  expect(client.isServed()).toBe(true);
  expect(client.isHungUpFor('submitCmd2', 2, ...naming(40), ...naming(40), ...nops)).toBe(true);
});
