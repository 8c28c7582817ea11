import { Worker } from 'node:worker_threads';
import * as fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import type { GuestWish } from '../../devices/finisher/finisher.ts';
import { RngDevice } from '../../devices/rng/device.ts';
import type { VirtioDevice } from '../../virtio/device.ts';
import { GuestMemory } from '../../virtio/guest-memory.ts';
import { MMIO_REGISTERS as R } from '../../virtio/mmio.table.ts';
import { TestQueue } from '../../virtio/test-driver.ts';
import { Board } from './board.ts';
import { BoardRegisters, createBoardHandle, type BoardHandle } from './board-registers.ts';
import { RAM_BASE } from './memory-map.ts';

const SEIP = 1 << 9;
const SLOT = 0x1000_1000;
const PLIC = 0xc00_0000;
const UART = 0x1000_0000;

/** One access of a hart: `load address size`, `store address size value`. */
type Access = readonly ['load', number, number] | readonly ['store', number, number, number];

/** A board, and a thread that does what a hart would. */
class Machine implements AsyncDisposable {
  readonly ram = new Uint8Array(new SharedArrayBuffer(1 << 16));
  readonly interrupts = new Int32Array(new SharedArrayBuffer(64));
  readonly handle: BoardHandle = createBoardHandle(this.interrupts, [3, 7]);
  readonly board: Board;
  readonly wishes: GuestWish[] = [];
  readonly troubles: Error[] = [];
  serial = '';
  readonly #hart: Worker;
  readonly #run: Promise<void>;

  constructor(devices: readonly (VirtioDevice | null)[] = [new RngDevice(), new RngDevice()]) {
    const memory = new GuestMemory([{ guestAddress: RAM_BASE, bytes: this.ram }]);
    this.board = new Board({ handle: this.handle, memory, devices });
    this.board.onWish.subscribe((wish) => this.wishes.push(wish));
    this.board.onTrouble.subscribe((error) => this.troubles.push(error));
    this.board.onSerial.subscribe((bytes) => {
      this.serial += Buffer.from(bytes).toString('latin1');
    });
    this.#run = this.board.run();
    const code = `
      const { workerData, parentPort } = require('node:worker_threads');
      const opening = import(workerData.module).then(({ openBus }) => openBus(workerData.handle));
      parentPort.on('message', async (accesses) => {
        const bus = await opening;
        const results = accesses.map(([kind, address, size, value]) =>
          kind === 'load' ? bus.load(address, size) : bus.store(address, size, value) ? 0 : -1);
        parentPort.postMessage(results);
      });`;
    this.#hart = new Worker(code, {
      eval: true,
      workerData: { handle: this.handle, module: new URL('./hart-bus.ts', import.meta.url).href },
    });
  }

  /** Does accesses in the hart's thread, one after another; stores that reach something give 0, nothing gives −1. */
  async hart(...accesses: readonly Access[]): Promise<number[]> {
    const { promise, resolve, reject } = Promise.withResolvers<number[]>();
    this.#hart.once('message', resolve);
    this.#hart.once('error', reject);
    this.#hart.postMessage(accesses);
    const results = await promise;
    this.#hart.off('error', reject);
    return results;
  }

  async load(address: number, size = 4): Promise<number> {
    return (await this.hart(['load', address, size]))[0]!;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.board.close();
    await this.#run;
    await this.#hart.terminate();
  }
}

let machines: Machine[] = [];
function machine(devices?: readonly (VirtioDevice | null)[]): Machine {
  const made = new Machine(devices);
  machines.push(made);
  return made;
}
afterEach(async () => {
  for (const made of machines) await made[Symbol.asyncDispose]();
  machines = [];
});

/** What a driver writes to start the device of a slot with one queue. */
function startSlot(base: number, queue: TestQueue): Access[] {
  const write = (register: number, value: number): Access => ['store', base + register, 4, value];
  return [
    write(R.status, 0),
    write(R.status, 3),
    write(R.driverFeaturesSel, 1),
    write(R.driverFeatures, 1),
    write(R.status, 11),
    write(R.queueSel, 0),
    write(R.queueSize, queue.size),
    write(R.queueDescLow, queue.descriptors),
    write(R.queueDriverLow, queue.available),
    write(R.queueDeviceLow, queue.used),
    write(R.queueReady, 1),
    write(R.status, 15),
  ];
}

const enable = (source: number): Access[] => [
  ['store', PLIC + 4 * source, 4, 1],
  ['store', PLIC + 0x2080 + 4 * (source >>> 5), 4, 1 << (source & 31)],
];

test('a hart finds slots with a device, empty ones, and nothing beyond', async () => {
  const it = machine();
  expect(
    await it.hart(
      ['load', SLOT, 4],
      ['load', SLOT + R.deviceId, 4],
      ['load', SLOT + 0x2000, 4],
      ['load', SLOT + 0x2000 + R.deviceId, 4],
      ['load', SLOT + 24 * 0x1000, 4],
      ['store', 0x3000_0000, 4, 1],
      ['store', SLOT + 0x2000 + R.status, 4, 1],
    ),
  ).toEqual([0x7472_6976, 4, 0x7472_6976, 0, -1, -1, 0]);
});

test('a hart waits for a device that is still to come, and not for others', async () => {
  const it = machine([null, new RngDevice()]);
  expect(await it.load(SLOT + 0x1000 + R.deviceId)).toBe(4);
  const answer = it.load(SLOT + R.deviceId);
  const registers = new BoardRegisters(it.handle);
  while (registers.asked === null) await new Promise((resolve) => setImmediate(resolve));
  it.board.serve();
  it.board.plug(0, new RngDevice());
  expect(await answer).toBe(4);
});

test('a device serves a hart from doorbell to interrupt', async () => {
  const it = machine();
  const queue = new TestQueue(it.ram, RAM_BASE, RAM_BASE, 16);
  await it.hart(...startSlot(SLOT, queue), ...enable(1));
  queue.add([{ address: RAM_BASE + 0x8000, length: 32, isWritable: true }]);
  await it.hart(['store', SLOT + R.queueNotify, 4, 0]);
  while ((Atomics.load(it.interrupts, 3) & SEIP) === 0) await it.load(SLOT);
  expect(queue.takeUsed()).toEqual({ head: 0, written: 32 });
  expect(it.interrupts[7]).toBe(0);
  expect(
    await it.hart(
      ['load', PLIC + 0x20_1004, 4],
      ['load', SLOT + R.interruptStatus, 4],
      ['store', SLOT + R.interruptAck, 4, 1],
      ['load', SLOT + R.interruptStatus, 4],
      ['store', PLIC + 0x20_1004, 4, 1],
      ['load', PLIC + 0x20_1004, 4],
    ),
  ).toEqual([1, 1, 0, 0, 0, 0]);
  expect(Atomics.load(it.interrupts, 3) & SEIP).toBe(0);
});

test('the serial port carries characters both ways, and interrupts', async () => {
  const it = machine();
  await it.hart(
    ['store', UART + 1, 1, 1],
    ...enable(10),
    ...[...Buffer.from('login: ')].map((c): Access => ['store', UART, 1, c]),
  );
  while (it.serial.length < 7) await it.load(SLOT);
  it.board.giveSerial(Buffer.from('ro'));
  expect(Atomics.load(it.interrupts, 3) & SEIP).toBe(SEIP);
  expect(await it.hart(['load', UART, 1], ['load', UART, 1], ['load', UART + 5, 1])).toEqual([0x72, 0x6f, 0x60]);
  expect([it.serial, Atomics.load(it.interrupts, 3)]).toEqual(['login: ', 0]);
});

test('more serial input than the port holds arrives whole', async () => {
  const it = machine();
  const text = Uint8Array.from({ length: 6000 }, (_, i) => i);
  it.board.giveSerial(text);
  const got: number[] = [];
  while (got.length < text.length) {
    const [status = 0, value = 0] = await it.hart(['load', UART + 5, 1], ['load', UART, 1]);
    if ((status & 1) !== 0) got.push(value);
    if ((status & 1) !== 0) {
      const more = await it.hart(
        ...Array.from({ length: 500 }, (): Access[] => [
          ['load', UART + 5, 1],
          ['load', UART, 1],
        ]).flat(),
      );
      for (let i = 0; i < more.length; i += 2) if ((more[i]! & 1) !== 0) got.push(more[i + 1]!);
    }
  }
  expect(Buffer.compare(Uint8Array.from(got), text)).toBe(0);
});

test('the clock tells the time, and the finisher what the guest wants', async () => {
  const it = machine();
  const before = Date.now();
  const [low = 0, high = 0] = await it.hart(['load', 0x10_1000, 4], ['load', 0x10_1004, 4]);
  const told = (high * 2 ** 32 + low) / 1e6;
  // It runs on by itself, so the host's own may be set meanwhile.
  expect(told).toBeGreaterThan(before - 5000);
  expect(told).toBeLessThan(Date.now() + 5000);
  await it.hart(['store', 0x10_0000, 4, 0x5555], ['store', 0x10_0000, 4, 0x7777], ['store', 0x10_0000, 4, 0x1_3333]);
  expect(it.wishes).toEqual([
    { kind: 'poweroff', code: 0 },
    { kind: 'reset', code: 0 },
    { kind: 'failure', code: 1 },
  ]);
});

test('a reset board is as it was, and what was saved goes on on another', async () => {
  const it = machine();
  const queue = new TestQueue(it.ram, RAM_BASE, RAM_BASE, 16);
  await it.hart(...startSlot(SLOT, queue), ...enable(1));
  it.board.pause();
  queue.add([{ address: RAM_BASE + 0x8000, length: 32, isWritable: true }]);
  const state = structuredClone(it.board.save());
  const other = machine();
  other.ram.set(it.ram);
  other.board.restore(state);
  expect(new TestQueue(other.ram, RAM_BASE, RAM_BASE, 16).takeUsed()).toEqual({ head: 0, written: 32 });
  expect(Atomics.load(other.interrupts, 3) & SEIP).toBe(SEIP);
  it.board.reset();
  it.board.resume();
  expect(await it.load(SLOT + R.status)).toBe(0);
  expect([queue.takeUsed(), Atomics.load(it.interrupts, 3)]).toEqual([null, 0]);
  await it.hart(...startSlot(SLOT, queue), ['store', SLOT + R.queueNotify, 4, 0]);
  while (queue.takeUsed() === null) await it.load(SLOT);
});

test('whatever a hart writes wherever, the board answers and can be reset', async () => {
  const base = fc.constantFrom(SLOT, SLOT + 0x1000, SLOT + 0x2000, PLIC, PLIC + 0x20_0000, UART, 0x10_1000);
  const access = fc.tuple(base, fc.nat(0x300), fc.constantFrom(1, 2, 4), fc.integer({ min: 0, max: 0xffff_ffff }));
  const it = machine();
  await fc.assert(
    fc.asyncProperty(fc.array(access, { maxLength: 40 }), async (accesses) => {
      const results = await it.hart(
        ...accesses.flatMap(([base, offset, size, value]): Access[] => {
          const address = base + (base === UART ? offset & 0xff : offset);
          return [
            ['store', address, size, value],
            ['load', address, size],
          ];
        }),
      );
      expect(results.every((value) => value >= 0 && value <= 0xffff_ffff)).toBe(true);
      it.board.reset();
      expect(await it.load(SLOT + R.status)).toBe(0);
    }),
    { numRuns: 60 },
  );
  const queue = new TestQueue(it.ram.fill(0), RAM_BASE, RAM_BASE, 16);
  queue.add([{ address: RAM_BASE + 0x8000, length: 32, isWritable: true }]);
  await it.hart(...startSlot(SLOT, queue));
  while (queue.takeUsed() === null) await it.load(SLOT);
});
