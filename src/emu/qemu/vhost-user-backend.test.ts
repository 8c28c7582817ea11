import * as fc from 'fast-check';
import { readdirSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { closeFd } from '../../base/native/fd.ts';
import { SharedMemory } from '../../base/native/shared-memory.ts';
import { socketPair } from '../../base/native/socket.ts';
import { GpuDevice } from '../devices/gpu/device.ts';
import { commandBytes, TestSink } from '../devices/gpu/test-guest.ts';
import { GpuFormat, GpuResponse } from '../devices/gpu/wire/gpu.gen.ts';
import { VhostUserBackend } from './vhost-user-backend.ts';
import { RAM_BASE, RAM_BYTES, USER_BASE, VhostUserTestPeer } from './vhost-user-test-peer.ts';
import { readVhostUserConfig, readVhostUserU64, readVringState } from './vhost-user-wire.gen.ts';

const { okNodata, errInvalidResourceId } = GpuResponse;
const create = commandBytes('resourceCreate2d', {
  resourceId: 1,
  format: GpuFormat.b8g8r8x8Unorm,
  width: 8,
  height: 8,
});

let fdsBefore: number;
let peer: VhostUserTestPeer;
let device: GpuDevice;
let backend: VhostUserBackend;
let troubles: string[];
let ends: (string | null)[];
let ended: Promise<void>;

const countFds = (): number => readdirSync('/proc/self/fd').length;
const typeOf = (answer: Uint8Array): number => new DataView(answer.buffer, answer.byteOffset).getUint32(0, true);

beforeEach(() => {
  fdsBefore = countFds();
  const [a, b] = socketPair();
  peer = new VhostUserTestPeer(a);
  device = new GpuDevice({ heads: [new TestSink()], width: 1280, height: 800 });
  troubles = [];
  ends = [];
  ended = new Promise((resolve) => {
    backend = new VhostUserBackend(b, device, {
      onTrouble: (error) => troubles.push(error.message),
      onEnd: (error) => {
        ends.push(error?.message ?? null);
        resolve();
      },
    });
  });
});

afterEach(() => {
  peer.close();
  backend.close();
  device.close();
  expect(countFds()).toBe(fdsBefore);
});

test('features are offered, and those of others tolerated', async () => {
  const offered = readVhostUserU64(await peer.ask('getFeatures', {})).value;
  expect(offered).toBe((1n << 32n) | (1n << 30n) | (1n << 29n) | (1n << 28n) | 2n);
  const protocol = readVhostUserU64(await peer.ask('getProtocolFeatures', {})).value;
  expect(protocol).toBe((1n << 3n) | (1n << 9n) | (1n << 13n));
  expect(readVhostUserU64(await peer.ask('getQueueCount', {})).value).toBe(2n);
  expect(await peer.order('setProtocolFeatures', { value: protocol })).toBe(0);
  expect(await peer.order('setProtocolFeatures', { value: 1n << 15n })).toBe(1);
  expect(await peer.order('setFeatures', { value: 0x101_7000_0003n })).toBe(0);
  expect(await peer.order('setOwner', {})).toBe(0);
});

test('configuration space is read, and written where it can be', async () => {
  const ask = async (offset: number, size: number) =>
    readVhostUserConfig(await peer.ask('getConfig', { offset, flags: 0, data: new Uint8Array(size) }));
  expect([...(await ask(0, 20)).data]).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
  device.setSize(0, 800, 600);
  expect([...(await ask(0, 4)).data]).toEqual([1, 0, 0, 0]);
  expect(await peer.order('setConfig', { offset: 4, flags: 0, data: Uint8Array.of(1, 0, 0, 0) })).toBe(0);
  expect([...(await ask(0, 4)).data]).toEqual([0, 0, 0, 0]);
  expect(await peer.order('setConfig', { offset: 14, flags: 0, data: new Uint8Array(4) })).toBe(1);
});

test('commands go through shared memory, and their answers ring', async () => {
  await peer.startQueues();
  expect(typeOf(await peer.command(create))).toBe(okNodata);
  expect(typeOf(await peer.command(create))).toBe(errInvalidResourceId);
  const move = commandBytes('moveCursor', { scanoutId: 0, x: 1, y: 2, resourceId: 0, hotX: 0, hotY: 0 });
  expect(typeOf(await peer.command(move, 1))).toBe(okNodata);
  expect(troubles).toEqual([]);
});

test('a pause keeps what the guest has set up, and what came meanwhile is done afterwards', async () => {
  await peer.startQueues();
  await peer.command(create);
  expect(await peer.order('setVringEnable', { index: 0, value: 0 })).toBe(0);
  expect(readVringState(await peer.ask('getVringBase', { index: 0, value: 0 }))).toEqual({ index: 0, value: 1 });
  expect(readVringState(await peer.ask('getVringBase', { index: 1, value: 0 })).value).toBe(0);
  const again = peer.command(create);
  peer.kicks[0]!.take();
  for (const index of [0, 1]) {
    peer.send('setVringBase', { index, value: index === 0 ? 1 : 0 });
    peer.send('setVringKick', { value: BigInt(index) }, [peer.kicks[index]!.fd]);
    await peer.order('setVringEnable', { index, value: 1 });
  }
  expect(typeOf(await again)).toBe(errInvalidResourceId);
});

test('a driver that starts over finds an empty device, with and without being told', async () => {
  await peer.startQueues();
  await peer.command(create);
  await peer.ask('getVringBase', { index: 0, value: 0 });
  await peer.ask('getVringBase', { index: 1, value: 0 });
  peer.makeQueues();
  await peer.startQueues();
  expect(typeOf(await peer.command(create))).toBe(okNodata);
  expect(await peer.order('resetDevice', {})).toBe(0);
  peer.makeQueues();
  await peer.startQueues();
  expect(typeOf(await peer.command(create))).toBe(okNodata);
});

test('memory can be exchanged under running queues', async () => {
  await peer.startQueues();
  await peer.command(create);
  const region = { guestAddress: RAM_BASE, size: RAM_BYTES, userAddress: USER_BASE, mmapOffset: 8192 };
  const more = { guestAddress: 0x8000_0000, size: 4096, userAddress: USER_BASE + 0x100_0000n, mmapOffset: 0 };
  expect(await peer.order('setMemoryTable', { regions: [more, region] }, [peer.memory.fd, peer.memory.fd])).toBe(0);
  expect(typeOf(await peer.command(create))).toBe(errInvalidResourceId);
});

test('a damaged queue is given up, QEMU is told, and a reset mends it', async () => {
  await peer.startQueues();
  const rung = peer.rung(peer.errors[0]!);
  peer.queues[0]!.describe(0, 0, 64, 0, 0);
  peer.queues[0]!.publish(0);
  peer.kicks[0]!.signal();
  await rung;
  expect(troubles).toEqual(['queue 0: Descriptor 0: A buffer does not lie wholly in guest memory.']);
  expect(await peer.order('setVringEnable', { index: 1, value: 1 })).toBe(0);
  expect(troubles).toHaveLength(1);
  await peer.order('resetDevice', {});
  peer.makeQueues();
  await peer.startQueues();
  expect(typeOf(await peer.command(create))).toBe(okNodata);
});

const region = { guestAddress: RAM_BASE, size: RAM_BYTES, userAddress: USER_BASE, mmapOffset: 8192 };
test.each([
  ['no descriptors', [region], 0],
  ['too many descriptors', [region], 2],
  ['an empty region', [{ ...region, size: 0 }], 1],
  ['a region longer than its file', [{ ...region, size: RAM_BYTES + 1 }], 1],
  ['overlapping regions', [region, { ...region, guestAddress: RAM_BASE + 4096 }], 2],
  ['a region beyond 2^53', [{ ...region, guestAddress: 2 ** 53 - 2 }], 1],
])('a memory table with %s is refused, and the old one stays', async (_, regions, count) => {
  await peer.startQueues();
  const fds = Array.from({ length: count }, () => peer.memory.fd);
  expect(await peer.order('setMemoryTable', { regions }, fds)).toBe(1);
  expect(troubles).toHaveLength(1);
  expect(typeOf(await peer.command(create))).toBe(okNodata);
});

test('queues that cannot be are refused, and good ones run afterwards', async () => {
  await peer.startQueues();
  expect(await peer.order('setVringSize', { index: 2, value: 16 })).toBe(1);
  expect(await peer.order('setVringKick', { value: 0n })).toBe(1);
  expect(readVringState(await peer.ask('getVringBase', { index: 9, value: 0 })).value).toBe(0);
  expect(await peer.order('setVringKick', { value: 0x101n })).toBe(0);
  await peer.order('setVringSize', { index: 0, value: 15 });
  await peer.order('setVringEnable', { index: 0, value: 1 });
  expect(troubles.at(-1)).toContain('power of two');
  await peer.order('resetDevice', {});
  peer.makeQueues();
  await peer.startQueues();
  expect(typeOf(await peer.command(create))).toBe(okNodata);
});

test('a doorbell that is none gives its queue up', async () => {
  await peer.startQueues();
  expect(await peer.order('setVringKick', { value: 0n }, [peer.memory.fd])).toBe(0);
  expect(troubles).toEqual([expect.stringMatching(/^queue 0: .*EPERM/)]);
  const [a, b] = socketPair();
  closeFd(a);
  expect(await peer.order('setVringCall', { value: 1n }, [b])).toBe(0);
  closeFd(b);
  const move = commandBytes('moveCursor', { scanoutId: 0, x: 1, y: 2, resourceId: 0, hotX: 0, hotY: 0 });
  peer.ram.set(move, 0x1_0000);
  peer.queues[1]!.add([{ address: RAM_BASE + 0x1_0000, length: move.length, isWritable: false }]);
  peer.kicks[1]!.signal();
  await peer.order('setOwner', {});
  expect(troubles[1]).toMatch(/^the interrupt of queue 1: .*EPIPE/);
  expect(peer.queues[1]!.takeUsed()).toMatchObject({ written: 0 });
  peer.send('setVringCall', { value: 1n }, [peer.calls[1]!.fd]);
  expect(typeOf(await peer.command(move, 1))).toBe(okNodata);
});

test('unknown requests are answered if they want to be, and their descriptors closed', async () => {
  const before = countFds();
  const bytes = new Uint8Array(new Uint32Array([40, 9, 8, 1, 2]).buffer);
  peer.sendBytes(bytes, [peer.memory.fd, peer.memory.fd]);
  expect(new DataView((await peer.receive()).payload.buffer).getUint32(0, true)).toBe(1);
  expect(countFds()).toBe(before);
  expect(troubles).toHaveLength(1);
  const short = new Uint8Array(new Uint32Array([2, 9, 4, 1]).buffer);
  peer.sendBytes(short);
  expect(new DataView((await peer.receive()).payload.buffer).getUint32(0, true)).toBe(1);
});

test('a message may come byte by byte', async () => {
  const bytes = new Uint8Array(new Uint32Array([1, 1, 0]).buffer);
  for (let i = 0; i < bytes.length; i++) {
    peer.sendBytes(bytes.subarray(i, i + 1));
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect((await peer.receive()).flags).toBe(5);
});

test('the socket to draw with is held until the end', async () => {
  const [a, b] = socketPair();
  expect(await peer.order('setGpuSocket', {}, [b])).toBe(0);
  expect(await peer.order('setGpuSocket', {}, [b])).toBe(0);
  closeFd(a);
  closeFd(b);
});

test('QEMU hangs up: everything is let go', async () => {
  await peer.startQueues();
  peer.hangUp();
  await ended;
  expect(ends).toEqual([null]);
});

test.each([
  ['a payload of 4 GiB', [1, 1, 0xffff_ffff]],
  ['another version', [1, 2, 0]],
  ['an answer', [1, 5, 0]],
])('%s ends the connection', async (_, words) => {
  peer.sendBytes(new Uint8Array(new Uint32Array(words).buffer));
  await ended;
  expect(ends[0]).toMatch(/not sound/);
});

test('whatever is said, the backend answers or refuses, and ends cleanly', async () => {
  const word = fc.oneof(fc.nat(20), fc.integer({ min: 0, max: 0xffff_ffff }));
  const message = fc.record({
    request: fc.oneof(fc.integer({ min: 1, max: 35 }), fc.nat(60)),
    words: fc.array(word, { maxLength: 12 }),
    fds: fc.nat(3),
  });
  const memory = SharedMemory.create('fuzz', 1 << 16);
  await fc.assert(
    fc.asyncProperty(fc.array(message, { maxLength: 25 }), async (messages) => {
      const before = countFds();
      const [a, b] = socketPair();
      const sut = new GpuDevice({ heads: [new TestSink()], width: 640, height: 480 });
      const over = Promise.withResolvers<void>();
      const fuzzed = new VhostUserBackend(b, sut, { onTrouble: () => {}, onEnd: () => over.resolve() });
      const other = new VhostUserTestPeer(a);
      for (const { request, words, fds } of messages) {
        const bytes = new Uint8Array(new Uint32Array([request, 1, words.length * 4, ...words]).buffer);
        other.sendBytes(
          bytes,
          Array.from({ length: fds }, (_, i) => (i === 1 ? other.kicks[0]!.fd : memory.fd)),
        );
      }
      other.hangUp();
      await over.promise;
      fuzzed.close();
      sut.close();
      other.close();
      expect(countFds()).toBe(before);
    }),
    { numRuns: 200 },
  );
  memory.close();
});
