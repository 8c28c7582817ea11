import { expect, test } from 'vitest';
import { TestVirtioGuest } from '../../virtio/test-guest.ts';
import { RngDevice } from './device.ts';

test('buffers are filled with bytes that are not the same twice', async () => {
  const guest = new TestVirtioGuest(new RngDevice());
  guest.start();
  const first = await guest.send(0, [], [20, 44]);
  const second = await guest.send(0, [], [64]);
  expect([first.written, second.written]).toEqual([64, 64]);
  expect(Buffer.compare(first.bytes, second.bytes)).not.toBe(0);
  expect(new Set(first.bytes).size).toBeGreaterThan(30);
  expect(guest.isGuarded).toBe(true);
});

test('a buffer as large as memory gets a piece, and one to read nothing', async () => {
  const guest = new TestVirtioGuest(new RngDevice());
  guest.start();
  expect((await guest.send(0, [], [600_000])).written).toBe(4096);
  expect((await guest.send(0, [Uint8Array.of(1)], [])).written).toBe(0);
});

test('many buffers are filled in turns', async () => {
  const guest = new TestVirtioGuest(new RngDevice(), { queueSize: 64 });
  guest.start();
  for (let i = 0; i < 60; i++) guest.post(0, [], [8192]);
  for (let i = 0; i < 60; i++) expect((await guest.answer(0)).written).toBe(4096);
});
