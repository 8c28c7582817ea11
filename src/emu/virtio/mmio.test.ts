import { expect, test } from 'vitest';
import * as fc from 'fast-check';
import { DescriptorChain } from './descriptor-chain.ts';
import type { VirtioDevice, VirtioDriverSide } from './device.ts';
import { DEVICE_STATUS, MMIO_REGISTERS as R } from './mmio.table.ts';
import { TestVirtioGuest } from './test-guest.ts';

/** Gives each buffer back with what was sent in it; takes `turn` buffers at a time. */
class EchoDevice implements VirtioDevice {
  readonly deviceId = 42;
  readonly features = 1n << 5n;
  readonly queueSizes: readonly number[] = [64, 4];
  onConfigChange: (() => void) | null = null;
  readonly config: Uint8Array = Uint8Array.of(1, 2, 3, 4, 5, 6);
  readonly configSize = 6;
  turn = Infinity;
  starts = 0;
  resets = 0;
  driver: VirtioDriverSide | null = null;
  readonly #chain = new DescriptorChain();

  readConfig(offset: number, into: Uint8Array): void {
    into.set(this.config.subarray(offset, offset + into.length));
  }
  writeConfig(offset: number, bytes: Uint8Array): void {
    this.config.set(bytes, offset);
  }
  start(driver: VirtioDriverSide): void {
    this.starts++;
    this.driver = driver;
  }
  handleQueue(index: number): boolean {
    const queue = this.driver?.queues[index];
    if (queue === null || queue === undefined) return false;
    const { readable, writable } = this.#chain;
    for (let n = 0; n < this.turn; n++) {
      if (!queue.take(this.#chain)) return false;
      const size = Math.min(readable.totalBytes, writable.totalBytes);
      const bytes = new Uint8Array(size);
      readable.copyOut(0, bytes, 0, size);
      writable.copyIn(0, bytes, 0, size);
      queue.complete(this.#chain.head, size);
      if (queue.takeInterruptWish()) this.driver?.interrupt(index);
    }
    return true;
  }
  stop(): void {
    this.driver = null;
  }
  reset(): void {
    this.resets++;
  }
}

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);

test('a driver finds the device, agrees on features and gets its buffers served', async () => {
  const device = new EchoDevice();
  const guest = new TestVirtioGuest(device);
  expect([guest.read(R.magicValue), guest.read(R.version), guest.read(R.deviceId)]).toEqual([0x7472_6976, 2, 42]);
  guest.write(R.deviceFeaturesSel, 0);
  expect(guest.read(R.deviceFeatures)).toBe((1 << 5) | (1 << 28) | (1 << 29));
  guest.write(R.deviceFeaturesSel, 1);
  expect(guest.read(R.deviceFeatures)).toBe(1);
  guest.write(R.deviceFeaturesSel, 2);
  expect(guest.read(R.deviceFeatures)).toBe(0);
  guest.start(1 << 5);
  expect(device.driver?.features).toBe((1n << 32n) | (1n << 5n));
  expect(await guest.send(0, [bytes(7, 8), bytes(9)], [2, 4])).toMatchObject({ written: 3, bytes: bytes(7, 8, 9) });
  expect(await guest.send(1, [bytes(1)], [1])).toMatchObject({ written: 1, bytes: bytes(1) });
  expect(guest.read(R.interruptStatus)).toBe(0);
  expect(guest.isGuarded).toBe(true);
});

test('queues tell their size, and a number without a queue has none', () => {
  const guest = new TestVirtioGuest(new EchoDevice());
  const sizes = [0, 1, 2, 0xffff_ffff].map((index) => {
    guest.write(R.queueSel, index);
    return guest.read(R.queueSizeMax);
  });
  expect(sizes).toEqual([64, 4, 0, 0]);
  guest.write(R.queueReady, 1);
  expect(guest.read(R.queueReady)).toBe(0);
});

test('there are no shared memory regions', () => {
  const guest = new TestVirtioGuest(new EchoDevice());
  guest.write(R.shmSel, 1);
  expect([R.shmLenLow, R.shmLenHigh, R.shmBaseLow, R.shmBaseHigh].map((at) => guest.read(at))).toEqual([
    0xffff_ffff, 0xffff_ffff, 0xffff_ffff, 0xffff_ffff,
  ]);
});

test.each([
  ['a feature that was not offered', 1 << 6, 1],
  ['no VERSION_1', 1 << 5, 0],
  ['a feature above the first 32', 0, 1 | (1 << 4)],
])('FEATURES_OK stays off for %s, and starting then needs a reset', (_, low, high) => {
  const device = new EchoDevice();
  const guest = new TestVirtioGuest(device);
  guest.write(R.status, DEVICE_STATUS.acknowledge | DEVICE_STATUS.driver);
  guest.write(R.driverFeaturesSel, 0);
  guest.write(R.driverFeatures, low);
  guest.write(R.driverFeaturesSel, 1);
  guest.write(R.driverFeatures, high);
  guest.write(R.status, guest.read(R.status) | DEVICE_STATUS.featuresOk);
  expect(guest.read(R.status)).toBe(DEVICE_STATUS.acknowledge | DEVICE_STATUS.driver);
  guest.write(R.status, guest.read(R.status) | DEVICE_STATUS.driverOk);
  expect(guest.read(R.status) & DEVICE_STATUS.needsReset).toBe(DEVICE_STATUS.needsReset);
  expect([device.starts, guest.troubles.length]).toEqual([0, 1]);
  guest.start();
  expect([device.starts, guest.read(R.status)]).toEqual([1, 15]);
});

test('features cannot change once they are agreed on', () => {
  const device = new EchoDevice();
  const guest = new TestVirtioGuest(device);
  guest.start(1 << 5);
  guest.write(R.driverFeaturesSel, 0);
  guest.write(R.driverFeatures, 0);
  guest.write(R.queueSel, 0);
  guest.write(R.queueReady, 0);
  expect(device.driver?.features).toBe((1n << 32n) | (1n << 5n));
});

test('a second start is no start', () => {
  const device = new EchoDevice();
  const guest = new TestVirtioGuest(device);
  guest.start();
  guest.write(R.status, 15);
  guest.write(R.status, 15);
  expect([device.starts, device.resets]).toEqual([1, 1]);
});

test.each([
  ['a size that is no power of two', (guest: TestVirtioGuest) => guest.setUp(0, guest.queues[0]!, 12)],
  ['a size beyond the most', (guest: TestVirtioGuest) => guest.setUp(0, guest.queues[0]!, 128)],
  ['a size of 0', (guest: TestVirtioGuest) => guest.setUp(0, guest.queues[0]!, 0)],
  [
    'a ring outside RAM',
    (guest: TestVirtioGuest) => {
      guest.write(R.queueSel, 0);
      guest.write(R.queueDescHigh, 0xffff_ffff);
      guest.setUp(0, guest.queues[0]!);
    },
  ],
])('%s puts the device in need of a reset, which it tells by an interrupt', async (_, setUp) => {
  const device = new EchoDevice();
  const guest = new TestVirtioGuest(device);
  guest.start();
  for (const index of [0, 1]) {
    guest.write(R.queueSel, index);
    guest.write(R.queueReady, 0);
  }
  setUp(guest);
  expect(guest.transport.needsReset).toBe(true);
  expect(guest.read(R.interruptStatus)).toBe(2);
  expect(guest.troubles.map(String)).toEqual([expect.stringContaining('VirtqueueError')]);
  guest.post(0, [bytes(1)], [1]);
  expect(guest.take(0)).toBeNull();
  guest.start();
  expect(await guest.send(0, [bytes(5)], [1])).toMatchObject({ bytes: bytes(5) });
});

test('a damaged ring stops the device until it is reset', async () => {
  const guest = new TestVirtioGuest(new EchoDevice());
  guest.start();
  guest.queues[0]!.publish(999);
  guest.write(R.queueNotify, 0);
  expect([guest.transport.needsReset, guest.troubles.length]).toEqual([true, 1]);
  guest.write(R.queueNotify, 0);
  expect(guest.troubles.length).toBe(1);
  guest.start();
  expect(await guest.send(0, [bytes(5)], [1])).toMatchObject({ bytes: bytes(5) });
});

test('a queue in use cannot be moved', async () => {
  const guest = new TestVirtioGuest(new EchoDevice());
  guest.start();
  guest.write(R.queueSel, 0);
  guest.write(R.queueDescLow, 0);
  guest.write(R.queueSize, 3);
  expect(guest.read(R.queueReady)).toBe(1);
  expect(await guest.send(0, [bytes(6)], [1])).toMatchObject({ bytes: bytes(6) });
});

test('buffers notified of before the start are served by it', async () => {
  const guest = new TestVirtioGuest(new EchoDevice());
  guest.start();
  guest.write(R.status, 0);
  guest.write(R.status, 3);
  guest.write(R.driverFeaturesSel, 1);
  guest.write(R.driverFeatures, 1);
  guest.write(R.status, 11);
  guest.layOut();
  for (const [index, queue] of guest.queues.entries()) guest.setUp(index, queue);
  guest.post(0, [bytes(3)], [1]);
  expect(guest.take(0)).toBeNull();
  guest.write(R.status, 15);
  expect(await guest.answer(0)).toMatchObject({ bytes: bytes(3) });
});

test('a device that stops with buffers left goes on by itself', async () => {
  const device = new EchoDevice();
  device.turn = 1;
  const guest = new TestVirtioGuest(device);
  guest.start();
  guest.queues[0]!.setFlags(1);
  for (let i = 0; i < 5; i++) {
    const address = guest.allocate(2);
    guest.queues[0]!.add([
      { address, length: 1, isWritable: false },
      { address: address + 1, length: 1, isWritable: true },
    ]);
  }
  guest.queues[0]!.setFlags(0);
  guest.write(R.queueNotify, 0);
  for (let i = 0; i < 5; i++) expect((await guest.answer(0)).written).toBe(1);
});

test('while it is paused nothing is served, and nothing is lost', async () => {
  const guest = new TestVirtioGuest(new EchoDevice());
  guest.start();
  guest.transport.pause();
  guest.post(0, [bytes(3)], [1]);
  expect(guest.take(0)).toBeNull();
  guest.transport.resume();
  expect(await guest.answer(0)).toMatchObject({ bytes: bytes(3) });
});

test('configuration is read and written by any width inside it, and tells that it changed', () => {
  const device = new EchoDevice();
  const guest = new TestVirtioGuest(device);
  guest.start();
  expect([guest.read(R.config, 4), guest.read(R.config + 4, 2), guest.read(R.config + 5, 1)]).toEqual([
    0x0403_0201, 0x0605, 6,
  ]);
  expect([guest.read(R.config + 4, 4), guest.read(R.config + 6, 1), guest.read(R.config + 0xf_0000, 4)]).toEqual([
    0, 0, 0,
  ]);
  guest.write(R.config + 1, 0xaabb, 2);
  guest.write(R.config + 4, 0x1122_3344, 4);
  expect([...device.config]).toEqual([1, 0xbb, 0xaa, 4, 5, 6]);
  const before = guest.read(R.configGeneration);
  device.onConfigChange?.();
  expect([guest.read(R.configGeneration), guest.read(R.interruptStatus)]).toEqual([before + 1, 2]);
});

test('what was saved goes on elsewhere', async () => {
  const first = new TestVirtioGuest(new EchoDevice());
  first.start(1 << 5);
  expect((await first.send(0, [bytes(1)], [1])).bytes).toEqual(bytes(1));
  first.transport.pause();
  first.post(0, [bytes(2)], [1]);
  const state = structuredClone(first.transport.save());
  const device = new EchoDevice();
  const second = new TestVirtioGuest(device);
  second.layOut();
  second.ram.set(first.ram);
  second.transport.restore(state);
  expect(device.driver?.features).toBe((1n << 32n) | (1n << 5n));
  expect(second.transport.save()).toMatchObject({ status: 15, queues: [{ nextAvailable: 2 }, { nextAvailable: 0 }] });
  expect(second.queues[0]!.takeUsed()).toMatchObject({ written: 1 });
  expect(second.queues[0]!.takeUsed()).toMatchObject({ written: 1 });
  expect(second.isGuarded).toBe(true);
});

test('whatever is written to the registers, the device can be reset and used', async () => {
  const registers = Object.values(R);
  const value = fc.oneof(
    fc.nat(16),
    fc.constantFrom(0x8000_0000, 0x8000_1000, 0xffff_ffff, 0x8010_0000),
    fc.integer({ min: 0, max: 0xffff_ffff }),
  );
  const access = fc.tuple(
    fc.oneof({ weight: 6, arbitrary: fc.constantFrom(...registers) }, { weight: 1, arbitrary: fc.nat(0x300) }),
    fc.constantFrom(4, 4, 4, 4, 1, 2),
    value,
  );
  await fc.assert(
    fc.asyncProperty(fc.array(access, { maxLength: 80 }), fc.boolean(), async (accesses, isStarted) => {
      const guest = new TestVirtioGuest(new EchoDevice(), { ramBytes: 0x1_0000 });
      if (isStarted) guest.start();
      for (const [offset, size, value] of accesses) {
        guest.write(offset, value, size);
        const read = guest.read(offset, size);
        expect(read >= 0 && read <= 0xffff_ffff).toBe(true);
      }
      guest.start();
      expect(await guest.send(0, [bytes(5)], [1])).toMatchObject({ bytes: bytes(5) });
      expect(guest.isGuarded).toBe(true);
    }),
    { numRuns: 150 },
  );
});
