import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { DescriptorChain } from './descriptor-chain.ts';
import { GuestMemory } from './guest-memory.ts';
import { Virtqueue } from './queue.ts';
import { TestQueue } from './test-driver.ts';
import { VirtqueueError } from './virtqueue-error.ts';

const BASE = 0x4000_0000;
const DATA = BASE + 0x8000;
const GUARD = 4096;

/** 64 KiB of RAM between guard bytes, with a queue at its beginning. */
function setUp(size = 8, options: { readonly hasEventIndex?: boolean; readonly nextAvailable?: number } = {}) {
  const host = new Uint8Array(GUARD + 0x1_0000 + GUARD).fill(0xa5);
  const ram = host.subarray(GUARD, GUARD + 0x1_0000).fill(0);
  const memory = new GuestMemory([{ guestAddress: BASE, bytes: ram }]);
  const driver = new TestQueue(ram, BASE, BASE, size);
  const queue = new Virtqueue({
    memory,
    size,
    descriptors: driver.descriptors,
    available: driver.available,
    used: driver.used,
    hasEventIndex: options.hasEventIndex ?? false,
    nextAvailable: options.nextAvailable ?? 0,
  });
  const isGuarded = (): boolean =>
    host.subarray(0, GUARD).every((b) => b === 0xa5) && host.subarray(-GUARD).every((b) => b === 0xa5);
  return { ram, memory, driver, queue, chain: new DescriptorChain(), isGuarded };
}

const read = (address: number, length: number) => ({ address, length, isWritable: false });
const write = (address: number, length: number) => ({ address, length, isWritable: true });

test('a chain is read, answered and given back', () => {
  const { ram, driver, queue, chain } = setUp();
  ram.set([1, 2, 3, 4, 5, 6], DATA - BASE);
  const head = driver.add([read(DATA, 2), read(DATA + 2, 4), write(DATA + 100, 3), write(DATA + 200, 3)]);
  expect(queue.take(chain)).toBe(true);
  expect([chain.readable.totalBytes, chain.writable.totalBytes]).toEqual([6, 6]);
  const got = new Uint8Array(6);
  chain.readable.copyOut(1, got, 0, 5);
  expect([...got]).toEqual([2, 3, 4, 5, 6, 0]);
  chain.writable.copyIn(1, Uint8Array.of(9, 8, 7, 6), 0, 4);
  expect([...ram.subarray(DATA - BASE + 100, DATA - BASE + 103)]).toEqual([0, 9, 8]);
  expect([...ram.subarray(DATA - BASE + 200, DATA - BASE + 203)]).toEqual([7, 6, 0]);
  queue.complete(chain.head, 5);
  expect(driver.takeUsed()).toEqual({ head, written: 5 });
  expect(queue.take(chain)).toBe(false);
});

test('an indirect table holds more descriptors than the queue', () => {
  const { ram, driver, queue, chain } = setUp(2);
  const buffers = Array.from({ length: 20 }, (_, i) => read(DATA + 2 * i, 1));
  ram.set(
    Array.from({ length: 40 }, (_, i) => i),
    DATA - BASE,
  );
  driver.addIndirect([...buffers, write(DATA + 100, 8)], BASE + 0x4000);
  expect(queue.take(chain)).toBe(true);
  expect(chain.readable.totalBytes).toBe(20);
  const got = new Uint8Array(20);
  chain.readable.copyOut(0, got, 0, 20);
  expect([...got]).toEqual(buffers.map((_, i) => 2 * i));
});

test('rings wrap around, also past 65536', () => {
  const { driver, queue, chain } = setUp(4, { nextAvailable: 65533 });
  driver.setAvailableIndex(65533);
  for (let i = 0; i < 10; i++) {
    const head = driver.add([read(DATA, 1), write(DATA, 1)]);
    expect(queue.take(chain)).toBe(true);
    queue.complete(chain.head, i);
    expect(driver.takeUsed()).toEqual({ head, written: i });
  }
  expect(queue.nextAvailable).toBe((65533 + 10) & 0xffff);
});

test('the driver is interrupted unless it asked not to be', () => {
  const { driver, queue, chain } = setUp();
  expect(queue.takeInterruptWish()).toBe(false);
  const answerOne = (): boolean => {
    driver.add([write(DATA, 1)]);
    queue.take(chain);
    queue.complete(chain.head, 0);
    return queue.takeInterruptWish();
  };
  expect(answerOne()).toBe(true);
  expect(queue.takeInterruptWish()).toBe(false);
  driver.setFlags(1);
  expect(answerOne()).toBe(false);
});

test('with event indexes both sides say when they want to hear', () => {
  const { driver, queue, chain } = setUp(8, { hasEventIndex: true });
  const answerOne = (): boolean => {
    driver.add([write(DATA, 1)]);
    queue.take(chain);
    queue.complete(chain.head, 0);
    return queue.takeInterruptWish();
  };
  expect(queue.take(chain)).toBe(false);
  expect(driver.availableEvent).toBe(0);
  driver.setUsedEvent(1);
  expect([answerOne(), answerOne(), answerOne()]).toEqual([false, true, false]);
  expect(driver.availableEvent).toBe(0);
  expect(queue.take(chain)).toBe(false);
  expect(driver.availableEvent).toBe(3);
});

test('a buffer may cross from one region into the next, but not into a hole', () => {
  const a = new Uint8Array(0x4000);
  const b = new Uint8Array(0x1000);
  const memory = new GuestMemory([
    { guestAddress: BASE + 0x4000, bytes: b },
    { guestAddress: BASE, bytes: a },
  ]);
  const driver = new TestQueue(a, BASE, BASE, 4);
  const { size, descriptors, available, used } = driver;
  const setup = { memory, size, descriptors, available, used, hasEventIndex: false, nextAvailable: 0 };
  const queue = new Virtqueue(setup);
  const chain = new DescriptorChain();
  driver.add([read(BASE + 0x3ffe, 4), write(BASE + 0x4ffc, 4)]);
  a.set([1, 2], 0x3ffe);
  b.set([3, 4], 0);
  expect(queue.take(chain)).toBe(true);
  const got = new Uint8Array(4);
  chain.readable.copyOut(0, got, 0, 4);
  expect([...got]).toEqual([1, 2, 3, 4]);
  driver.add([read(BASE + 0x3ffe, 0x1004)]);
  expect(() => queue.take(chain)).toThrow(expect.objectContaining({ code: 'buffer' }));
});

test.each([
  ['size', 0, BASE],
  ['size', 3, BASE],
  ['size', 65536, BASE],
  ['address', 8, BASE + 8],
  ['address', 8, BASE + 0x1_0000 - 64],
  ['address', 8, BASE - 16],
  ['address', 8, Number.MAX_SAFE_INTEGER - 15],
] as const)('a queue with a wrong %s is refused (%#)', (code, size, address) => {
  const { memory } = setUp();
  expect(
    () =>
      new Virtqueue({
        memory,
        size,
        descriptors: address,
        available: BASE + 0x200,
        used: BASE + 0x400,
        hasEventIndex: false,
        nextAvailable: 0,
      }),
  ).toThrow(expect.objectContaining({ name: 'VirtqueueError', code }));
});

const damages: Record<string, (driver: TestQueue) => void> = {
  'available-index': (q) => q.setAvailableIndex(9),
  head: (q) => q.publish(8),
  next: (q) => {
    q.describe(0, DATA, 4, 1, 8);
    q.publish(0);
  },
  loop: (q) => {
    q.describe(0, DATA, 4, 1, 1);
    q.describe(1, DATA, 4, 1, 0);
    q.publish(0);
  },
  buffer: (q) => {
    q.describe(0, BASE + 0xffff, 2, 0, 0);
    q.publish(0);
  },
  'empty-buffer': (q) => {
    q.describe(0, DATA, 0, 0, 0);
    q.publish(0);
  },
  order: (q) => {
    q.describe(0, DATA, 4, 3, 1);
    q.describe(1, DATA, 4, 0, 0);
    q.publish(0);
  },
  'indirect-table': (q) => {
    q.describe(0, DATA, 24, 4, 0);
    q.publish(0);
  },
  'indirect-flags': (q) => {
    q.describe(0, DATA, 16, 5, 1);
    q.publish(0);
  },
  'chain-length': (q) => {
    q.describe(0, DATA, 4, 1, 1, BASE + 0x4000);
    q.describe(1, DATA, 4, 1, 0, BASE + 0x4000);
    q.describe(0, BASE + 0x4000, 32, 4, 0);
    q.publish(0);
  },
};

test.each(Object.entries(damages))('damage is told by its name: %s', (code, damage) => {
  const { driver, queue, chain } = setUp();
  damage(driver);
  expect(() => queue.take(chain)).toThrow(expect.objectContaining({ name: 'VirtqueueError', code }));
});

test.each([
  ['an address of 2^53', 2n ** 53n, 4],
  ['an address of 2^64 − 1', 2n ** 64n - 1n, 4],
  ['a length of 4 GiB', BigInt(DATA), 0xffff_ffff],
  ['an address below RAM', BigInt(BASE - 1), 4],
])('a buffer with %s is refused', (_, address, length) => {
  const { driver, queue, chain } = setUp();
  driver.describe(0, address, length, 0, 0);
  driver.publish(0);
  expect(() => queue.take(chain)).toThrow(expect.objectContaining({ code: 'buffer' }));
});

test('an indirect table in an indirect table is refused', () => {
  const { driver, queue, chain } = setUp();
  driver.describe(0, BASE + 0x5000, 16, 4, 0, BASE + 0x4000);
  driver.describe(0, BASE + 0x4000, 16, 4, 0);
  driver.publish(0);
  expect(() => queue.take(chain)).toThrow(expect.objectContaining({ code: 'indirect-flags' }));
});

test('whatever lies in the rings, a queue yields chains inside RAM or a typed error', () => {
  const near = fc.oneof(
    fc.integer({ min: BASE - 64, max: BASE + 0x1_0040 }).map(BigInt),
    fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  );
  const length = fc.oneof(fc.integer({ min: 0, max: 64 }), fc.integer({ min: 0, max: 0xffff_ffff }));
  const descriptor = fc.tuple(near, length, fc.integer({ min: 0, max: 7 }), fc.integer({ min: 0, max: 9 }));
  fc.assert(
    fc.property(
      fc.array(descriptor, { minLength: 8, maxLength: 8 }),
      fc.array(descriptor, { minLength: 4, maxLength: 4 }),
      fc.array(fc.integer({ min: 0, max: 8 }), { minLength: 1, maxLength: 8 }),
      (direct, indirect, heads) => {
        const { driver, queue, chain, ram, isGuarded } = setUp();
        for (const [i, d] of direct.entries()) driver.describe(i, ...d);
        for (const [i, d] of indirect.entries()) driver.describe(i, ...d, BASE + 0x4000);
        driver.describe(7, BASE + 0x4000, 64, 4, 0);
        for (const head of heads) driver.publish(head);
        try {
          while (queue.take(chain)) {
            const size = chain.readable.totalBytes;
            chain.readable.copyOut(0, new Uint8Array(size), 0, size);
            chain.writable.copyIn(0, new Uint8Array(chain.writable.totalBytes), 0, chain.writable.totalBytes);
            queue.complete(chain.head, 0);
          }
        } catch (error) {
          expect(error).toBeInstanceOf(VirtqueueError);
        }
        expect(isGuarded()).toBe(true);
        expect(ram.length).toBe(0x1_0000);
      },
    ),
    { numRuns: 2000 },
  );
});
