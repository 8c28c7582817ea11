import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { FrameSink } from '../../display/contract.ts';
import type { VirtioDevice } from '../virtio/device.ts';
import { MMIO_REGISTERS as R } from '../virtio/mmio.table.ts';
import { TestVirtioGuest } from '../virtio/test-guest.ts';
import { VirtqueueError } from '../virtio/virtqueue-error.ts';
import { BalloonDevice } from './balloon/device.ts';
import { BlockDevice } from './block/device.ts';
import type { Disk } from './block/disk.ts';
import { ConsoleDevice } from './console/device.ts';
import { GpuDevice } from './gpu/device.ts';
import { InputDevice } from './input/device.ts';
import { KEYBOARD } from './input/profiles.ts';
import { RngDevice } from './rng/device.ts';

/** How long each device is worked on. */
const BUDGET_MS = 250;
const MIN_TURNS = 20;
const RAM_BYTES = 0x2_0000;

/** Another hart of the guest, which writes into rings, tables and buffers while the device reads them. */
let scribbler: Worker;
beforeAll(() => {
  scribbler = new Worker(
    `const { parentPort } = require('node:worker_threads');
    let seed = 1;
    const random = (n) => { seed = (seed * 1103515245 + 12345) & 0x7fffffff; return (seed >>> 8) % n; };
    parentPort.on('message', ({ ram, control, pieces, base }) => {
      const view = new DataView(ram.buffer, ram.byteOffset, ram.byteLength);
      parentPort.postMessage('begun');
      while (Atomics.load(control, 0) === 0) {
        for (let i = 0; i < 2000; i++) {
          const { descriptors, available, size } = pieces[random(pieces.length)];
          const at = descriptors - base + 16 * random(size);
          switch (random(6)) {
            case 0:
              view.setBigUint64(at, BigInt(base + random(ram.length + 64)), true);
              break;
            case 1:
              view.setUint32(at + 8, random(4) === 0 ? random(0x7fffffff) : random(600), true);
              break;
            case 2:
              view.setUint16(at + 12, random(8), true);
              break;
            case 3:
              view.setUint16(at + 14, random(size + 1), true);
              break;
            case 4:
              view.setUint16(available - base + 4 + 2 * random(size), random(size + (random(20) === 0 ? 2 : 0)), true);
              break;
            default:
              view.setUint32(4 * random(ram.length / 4), random(0x7fffffff), true);
          }
        }
      }
      parentPort.postMessage('ended');
    });`,
    { eval: true },
  );
});
afterAll(async () => {
  await scribbler.terminate();
});

const hear = (): Promise<unknown> => once(scribbler, 'message');

const ones = new Uint8Array(64 * 512).fill(1);
const disk: Disk = {
  bytes: 64 * 512,
  isReadOnly: false,
  readNow: (at, into, bytes) => {
    // All of it, half of it, or nothing.
    const count = (at / 512) % 3 === 0 ? bytes : (at / 512) % 3 === 1 ? Math.floor(bytes / 1024) * 512 : 0;
    into.copyIn(0, ones, 0, count);
    return count;
  },
  read: async (_, into) => void into.fill(1),
  write: async () => {},
  flush: async () => {},
  writeZeroes: async () => {},
  close: async () => {},
};
const sink: FrameSink = { isWanted: true, onWanted: null, configure: () => {}, publish: () => {}, close: () => {} };

const makers: Readonly<Record<string, () => VirtioDevice>> = {
  disk: () => new BlockDevice({ disk, serial: '' }),
  console: () => new ConsoleDevice(['a', 'b']),
  keyboard: () => new InputDevice(KEYBOARD),
  entropy: () => new RngDevice(),
  balloon: () => new BalloonDevice(() => {}),
  gpu: () =>
    new GpuDevice({
      heads: [sink],
      width: 640,
      height: 480,
      limits: { maxHostBytes: 1 << 20, maxCommandBytes: 4096, maxResources: 16, maxBackingEntries: 64 },
    }),
};

test.each(Object.keys(makers))(
  '%s: rings that change while they are read end in a typed error or in answers',
  async (name) => {
    const device = makers[name]!();
    const guest = new TestVirtioGuest(device, { ramBytes: RAM_BYTES, queueSize: 8 });
    const control = new Int32Array(new SharedArrayBuffer(4));
    guest.start();
    const begun = hear();
    scribbler.postMessage({
      ram: guest.ram,
      control,
      pieces: guest.queues.map(({ descriptors, available, size }) => ({ descriptors, available, size })),
      base: guest.base,
    });
    await begun;
    const deadline = performance.now() + BUDGET_MS;
    let turns = 0;
    while (performance.now() < deadline || turns < MIN_TURNS) {
      for (const [index, queue] of guest.queues.entries()) {
        for (let i = 0; i < 4; i++) queue.publish((turns + i) % 8);
        guest.write(R.queueNotify, index);
      }
      if (device instanceof InputDevice) device.report([{ type: 1, code: 2, value: turns & 1 }], false);
      // Disks answer in turns of their own.
      await new Promise((resolve) => setImmediate(resolve));
      if (guest.transport.needsReset) guest.start();
      turns++;
    }
    Atomics.store(control, 0, 1);
    await hear();
    expect(guest.troubles.length).toBeGreaterThan(0);
    for (const error of guest.troubles) expect(error).toBeInstanceOf(VirtqueueError);
    expect(guest.isGuarded).toBe(true);
    guest.start();
    expect(guest.read(R.status)).toBe(15);
  },
);
