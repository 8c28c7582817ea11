import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { VirtqueueError } from '../../virtio/virtqueue-error.ts';
import { commandBytes, TestGuest } from './test-guest.ts';
import { GpuFormat, GpuResponse, gpuCommands } from './wire/gpu.gen.ts';

const RAM_BASE = 0x4000_0000;
const LIMITS = { maxHostBytes: 1 << 20, maxResources: 8, maxBackingEntries: 64 };

const u32 = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 0, max: 40 }) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 0xffff_ffff }) },
  { weight: 1, arbitrary: fc.constantFrom(0xffff_ffff, 0x8000_0000, 0x7fff_ffff, 16384, 16385) },
);
const address = fc.oneof(
  fc.integer({ min: RAM_BASE + 0x8_0000, max: RAM_BASE + 0x10_0000 }),
  fc.integer({ min: 0, max: 2 ** 53 - 1 }),
);
const rect = fc.record({ x: u32, y: u32, width: u32, height: u32 });
const resourceId = fc.integer({ min: 0, max: 10 });
const scanoutId = fc.integer({ min: 0, max: 3 });
const cursor = fc.record({ scanoutId, x: u32, y: u32, resourceId, hotX: u32, hotY: u32 });
const format = fc.constantFrom(...Object.values(GpuFormat));
const entry = fc.record({ address, length: u32 });

/** Any command of the table, with fields that are right, nearly right or absurd. */
const anyCommand = fc.oneof(
  fc.record({ resourceId, format, width: u32, height: u32 }).map((m) => commandBytes('resourceCreate2d', m)),
  fc.record({ resourceId }).map((m) => commandBytes('resourceUnref', m)),
  fc.record({ rect, scanoutId, resourceId }).map((m) => commandBytes('setScanout', m)),
  fc.record({ rect, resourceId }).map((m) => commandBytes('resourceFlush', m)),
  fc
    .record({ rect, resourceId, offset: fc.oneof(u32, fc.integer({ min: 0, max: 2 ** 53 - 1 })) })
    .map((m) => commandBytes('transferToHost2d', m)),
  fc
    .record({ resourceId, entries: fc.array(entry, { maxLength: 5 }) })
    .map((m) => commandBytes('resourceAttachBacking', m)),
  fc.record({ resourceId }).map((m) => commandBytes('resourceDetachBacking', m)),
  fc.record({ scanoutId }).map((m) => commandBytes('getEdid', m)),
  fc.constant(commandBytes('getDisplayInfo', {})),
  cursor.map((m) => commandBytes('updateCursor', m)),
  cursor.map((m) => commandBytes('moveCursor', m)),
);

/** The same, cut short, made longer, or with bytes turned over. */
const damagedCommand = fc
  .tuple(anyCommand, fc.integer({ min: 1, max: 120 }), fc.array(fc.tuple(fc.nat(200), fc.nat(255)), { maxLength: 4 }))
  .map(([bytes, length, flips]) => {
    const damaged = new Uint8Array(length);
    damaged.set(bytes.subarray(0, length));
    for (const [at, value] of flips) if (at < length) damaged[at] = value;
    return damaged;
  });

function checkThatItStillWorks(guest: TestGuest): void {
  for (let id = 0; id <= 10; id++) guest.send('resourceUnref', { resourceId: id });
  const whole = { x: 0, y: 0, width: 4, height: 4 };
  const { okNodata } = GpuResponse;
  guest.bytesAt(guest.data, 64).fill(0x5a);
  const entries = [{ address: guest.data, length: 64 }];
  expect([
    guest.send('resourceCreate2d', { resourceId: 1, format: GpuFormat.b8g8r8x8Unorm, width: 4, height: 4 }),
    guest.send('resourceAttachBacking', { resourceId: 1, entries }),
    guest.send('setScanout', { scanoutId: 0, resourceId: 1, rect: whole }),
    guest.send('transferToHost2d', { resourceId: 1, rect: whole, offset: 0 }),
    guest.send('resourceFlush', { resourceId: 1, rect: whole }),
  ]).toEqual([okNodata, okNodata, okNodata, okNodata, okNodata]);
  expect(guest.sinks[0]!.at(3, 3)).toBe(0x5a5a_5a5a);
  expect(guest.isGuarded).toBe(true);
}

test('whatever commands come, each is answered, and good ones work afterwards', () => {
  const command = fc.oneof({ weight: 4, arbitrary: anyCommand }, { weight: 1, arbitrary: damagedCommand });
  fc.assert(
    fc.property(fc.array(fc.tuple(command, fc.nat(1)), { maxLength: 30 }), (commands) => {
      const guest = new TestGuest({ headCount: 2, limits: LIMITS });
      for (const [bytes, queue] of commands) {
        const { header, written } = guest.sendBytes(bytes, queue);
        if (bytes.length < 24) expect(written).toBe(0);
        else expect(Object.values(GpuResponse)).toContain(header.type);
      }
      checkThatItStillWorks(guest);
      guest.device.close();
    }),
    { numRuns: 300 },
  );
});

test('whatever lies in the rings, the device ends in a typed error or answers, and works after a reset', () => {
  const descriptor = fc.record({
    index: fc.nat(15),
    address: fc.oneof(fc.integer({ min: RAM_BASE - 64, max: RAM_BASE + 0x10_0040 }), address),
    length: fc.oneof(fc.nat(256), u32),
    flags: fc.nat(7),
    next: fc.nat(17),
  });
  fc.assert(
    fc.property(
      fc.array(descriptor, { maxLength: 16 }),
      fc.array(fc.nat(17), { minLength: 1, maxLength: 4 }),
      fc.array(anyCommand, { minLength: 1, maxLength: 4 }),
      (descriptors, heads, commands) => {
        const guest = new TestGuest({ limits: LIMITS });
        const [queue] = guest.queues;
        for (const [i, bytes] of commands.entries()) guest.bytesAt(guest.data + 256 * i, bytes.length).set(bytes);
        for (const d of descriptors) queue.describe(d.index, d.address, d.length, d.flags, d.next);
        for (const head of heads) queue.publish(head);
        try {
          while (guest.device.handleQueue(0));
        } catch (error) {
          expect(error).toBeInstanceOf(VirtqueueError);
        }
        expect(guest.isGuarded).toBe(true);
        guest.device.stop();
        guest.device.reset();
        expect(guest.sinks[0]!.width).toBe(0);
        guest.restart();
        checkThatItStillWorks(guest);
      },
    ),
    { numRuns: 300 },
  );
});

test('the fuzzers know every command of 2D that changes something', () => {
  const covered = new Set(fc.sample(anyCommand, 500).map((bytes) => bytes[0]! | (bytes[1]! << 8)));
  const ids = Object.values(gpuCommands)
    .map(({ id }) => id)
    .filter((id) => id < 0x200 || id >= 0x300);
  expect(ids.filter((id) => !covered.has(id))).toEqual([gpuCommands.getCapsetInfo.id, gpuCommands.getCapset.id]);
});
