import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { HostError, UsageError } from '../../../base/errors.ts';
import { silentLogger } from '../../../base/log.ts';
import { Signal } from '../../../base/signal.ts';
import { createFrameChannel } from '../../../display/frame-channel.ts';
import type { GpuNews, MachineEnd, MachineState } from '../../contract.ts';
import type { HartsState } from '../contract.ts';
import { readDrive } from './drive.ts';
import {
  VirtMachine,
  type HartStart,
  type Processor,
  type ProcessorSource,
  type VirtMachineOptions,
} from './machine.ts';

const MIB = 2 ** 20;
const RAM_BYTES = 16 * MIB;
const UART = 0x1000_0000;
const FINISHER = 0x10_0000;

/** A thread in the place of harts: it does the accesses that a test gives it, through the bus as harts do. */
class ScriptedProcessor implements Processor, ProcessorSource {
  readonly isa = 'rv64ima';
  readonly mmu = 'riscv,sv39';
  readonly timebaseHz = 10_000_000;
  readonly ramOffset = 65536;
  readonly ramBytes = RAM_BYTES;
  readonly buffer = new SharedArrayBuffer(65536 + RAM_BYTES);
  readonly ram = new Uint8Array(this.buffer, 65536);
  readonly interruptPlaces: readonly number[] = [16];
  readonly onError: Signal<HostError> = new Signal();
  readonly log: string[] = [];
  readonly starts: HartStart[] = [];
  hangs = false;
  #worker: Worker | null = null;

  async create(bus: { readonly moduleUrl: string; readonly handle: unknown }): Promise<Processor> {
    const code = `
      const { workerData, parentPort } = require('node:worker_threads');
      import(workerData.moduleUrl).then(({ openBus }) => {
        const bus = openBus(workerData.handle);
        parentPort.on('message', (accesses) => {
          parentPort.postMessage(accesses.map(([address, size, value]) =>
            value === undefined ? bus.load(address, size) : bus.store(address, size, value)));
        });
      });`;
    this.#worker = new Worker(code, { eval: true, workerData: bus });
    return this;
  }
  start(hart: number, start: HartStart): void {
    this.log.push(`start ${hart}`);
    this.starts.push(start);
  }
  async pause(): Promise<void> {
    this.log.push('pause');
    if (this.hangs) await new Promise(() => {});
  }
  resume(): void {
    this.log.push('resume');
  }
  async stop(): Promise<void> {
    this.log.push('stop');
  }
  instructionsRetired(): number {
    return 7;
  }
  save(): HartsState {
    return { harts: [new Uint8Array(1)], clockTicks: 0 };
  }
  restore(): void {
    this.log.push('restore');
  }
  async [Symbol.asyncDispose](): Promise<void> {
    this.log.push('dispose');
    await this.#worker?.terminate();
  }

  /** Loads `[address, size]` and stores `[address, size, value]`. */
  async run(...accesses: readonly (readonly number[])[]): Promise<unknown[]> {
    this.#worker!.postMessage(accesses);
    const [results] = (await once(this.#worker!, 'message')) as [unknown[]];
    return results;
  }

  /** A store after which there may be no thread to answer. */
  finish(value: number): void {
    this.#worker!.postMessage([[FINISHER, 4, value]]);
  }

  async print(text: string): Promise<void> {
    await this.run(...[...Buffer.from(text)].map((byte) => [UART, 1, byte]));
  }
}

let folder: string;
let kernel: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'saffron-machine-'));
  kernel = join(folder, 'Image');
  const image = new Uint8Array(4096).fill(0x13);
  new DataView(image.buffer).setBigUint64(8, BigInt(2 * MIB), true);
  new DataView(image.buffer).setBigUint64(16, 8192n, true);
  new DataView(image.buffer).setBigUint64(24, 0n, true);
  new DataView(image.buffer).setUint32(56, 0x0543_5352, true);
  await writeFile(kernel, image);
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

class Guest {
  readonly processor = new ScriptedProcessor();
  readonly machine: VirtMachine;
  readonly states: MachineState[] = [];
  readonly ended: Promise<MachineEnd>;

  constructor(options: Partial<VirtMachineOptions> = {}) {
    this.machine = new VirtMachine({
      name: 'guest',
      processor: this.processor,
      boot: { firmware: null, kernel, initrd: null, append: 'quiet' },
      drives: [],
      serial: 'off',
      size: { width: 640, height: 480 },
      heads: [createFrameChannel()],
      log: silentLogger,
      ...options,
    });
    this.machine.onState.subscribe((state) => this.states.push(state));
    this.ended = new Promise((resolve) => void this.machine.onEnd.subscribe(resolve));
    guests.push(this);
  }
}

const guests: Guest[] = [];
afterEach(async () => {
  for (const { machine } of guests.splice(0)) await machine.kill();
});

test('a guest begins at its kernel, writes to its serial port and shuts down', async () => {
  const log = join(folder, 'serial.log');
  const { machine, processor, ended, states } = new Guest({ serial: `file:${log}` });
  await machine.start();
  expect(processor.starts).toEqual([{ pc: 0x8020_0000n, a0: 0n, a1: 0x80e0_0000n, a2: 0n }]);
  expect([processor.ram[2 * MIB], new DataView(processor.buffer).getUint32(65536 + 14 * MIB)]).toEqual([
    0x13, 0xd00d_feed,
  ]);
  await processor.print('goodbye\n');
  processor.finish(0x5555);
  expect(await ended).toEqual({ reason: 'powerdown', message: 'The guest has shut down.' });
  expect([states, machine.state]).toEqual([['running', 'stopped'], 'stopped']);
  expect(await readFile(log, 'latin1')).toBe('goodbye\n');
});

test('a guest whose memory no other process can have gets a 2D screen and a reason, or does not start', async () => {
  const render = { renderNode: 'software', limits: {} };
  const ramFile = 'there is no file.';
  const guest = new Guest({ screen: { kind: 'auto', render, ramFile } });
  const news: GpuNews[] = [];
  guest.machine.onGpu.subscribe((told) => news.push(told));
  await guest.machine.start();
  expect(news).toEqual([{ kind: '2d', reason: 'there is no file.' }]);
  // Neither VIRGL among the device's features, nor a set of capabilities.
  const [features, capsets] = await guest.processor.run([0x1000_1010, 4], [0x1000_110c, 4]);
  expect([Number(features) & 1, capsets]).toEqual([0, 0]);
  const other = new Guest({ screen: { kind: '3d', render, ramFile } });
  await expect(other.machine.start()).rejects.toThrow('The guest cannot have 3D: there is no file.');
});

test('a guest that gives up says so', async () => {
  const { machine, processor, ended } = new Guest();
  await machine.start();
  processor.finish(0x2_3333);
  expect(await ended).toEqual({ reason: 'error', message: 'The guest has given up with code 2.' });
});

test('all slots of the devices are there', async () => {
  const disk = join(folder, 'disk.img');
  await writeFile(disk, new Uint8Array(4096));
  const drives = [readDrive(`file=${disk},readonly=on`), readDrive(`file=${disk},snapshot=on`)];
  const { machine, processor } = new Guest({ drives });
  await machine.start();
  const ids = await processor.run(...Array.from({ length: 11 }, (_, slot) => [0x1000_1008 + 0x1000 * slot, 4]));
  expect(ids).toEqual([16, 18, 18, 18, 18, 3, 4, 2, 2, 5, 0]);
});

test('a reset by the guest begins anew, with what is booted whole again', async () => {
  const { machine, processor } = new Guest();
  await machine.start();
  const begun = new Promise<void>((resolve) => {
    const start = processor.start.bind(processor);
    processor.start = (hart, at) => {
      start(hart, at);
      resolve();
    };
  });
  processor.ram.fill(0, 2 * MIB, 3 * MIB);
  await processor.run([UART + 7, 1, 0x77], [FINISHER, 4, 0x7777]);
  await begun;
  expect([processor.log, processor.ram[2 * MIB]]).toEqual([['start 0', 'stop', 'start 0'], 0x13]);
  expect([await processor.run([UART + 7, 1]), machine.state]).toEqual([[0], 'running']);
});

test('a machine is paused and resumed, and a reset lets a paused one run', async () => {
  const { machine, processor, states } = new Guest();
  await machine.start();
  await machine.pause();
  await machine.pause();
  await machine.resume();
  await machine.pause();
  await machine.reset();
  expect(processor.log).toEqual(['start 0', 'pause', 'resume', 'pause', 'stop', 'start 0']);
  expect(states).toEqual(['running', 'paused', 'running', 'paused', 'running']);
});

test('what cannot be started says why, and leaves nothing behind', async () => {
  const socket = join(folder, 'serial.sock');
  const boot = { firmware: null, initrd: null, append: '' };
  const failure = async (options: Partial<VirtMachineOptions>): Promise<string> => {
    const guest = new Guest({ serial: `unix:${socket}`, ...options });
    const message = await guest.machine.start().then(
      () => 'started',
      (error: unknown) => (error as Error).message.replaceAll(`${folder}/`, ''),
    );
    expect([(await guest.ended).reason, guest.machine.state, existsSync(socket)]).toEqual(['error', 'stopped', false]);
    return message;
  };
  expect(await failure({ boot: { ...boot, kernel: join(folder, 'none') } })).toMatch(
    /^The kernel none cannot be read: ENOENT/,
  );
  expect(await failure({ drives: [readDrive(join(folder, 'none.img'))] })).toBe(
    'The disk none.img cannot be opened: there is no such file.',
  );
  expect(await failure({ serial: `unix:${join(folder, 'no', 'folder')}` })).toMatch(
    /^The serial port cannot listen on/,
  );
  const bad = join(folder, 'bad');
  await writeFile(bad, 'this is no kernel'.repeat(10));
  expect(await failure({ boot: { ...boot, kernel: bad } })).toBe(
    'bad is no kernel for this machine: it is neither a RISC-V Linux Image nor an ELF file.',
  );
});

test('the serial port on a socket carries bytes both ways', async () => {
  const path = join(folder, 'line.sock');
  const { machine, processor } = new Guest({ serial: `unix:${path}` });
  await machine.start();
  const socket = createConnection(path);
  await once(socket, 'connect');
  socket.write('ab');
  let got: unknown[] = [];
  while (got[0] !== 0x61) got = await processor.run([UART, 1]);
  const heard = once(socket, 'data');
  await processor.print('hi');
  expect(String((await heard)[0])[0]).toBe('h');
  await machine.kill();
  if (!socket.destroyed) await once(socket, 'close');
  expect(existsSync(path)).toBe(false);
});

test('a machine is killed in any state, more than once', async () => {
  const unborn = new Guest();
  await unborn.machine.kill();
  await unborn.machine.kill();
  expect(await unborn.ended).toEqual({ reason: 'killed', message: 'The guest was switched off.' });
  await expect(unborn.machine.start()).rejects.toThrow('A machine can be started once.');
  const starting = new Guest();
  const start = starting.machine.start();
  const kill = starting.machine.kill();
  await expect(start).rejects.toThrow('The guest was switched off.');
  await kill;
  expect(starting.machine.state).toBe('stopped');
  const running = new Guest();
  await running.machine.start();
  await Promise.all([running.machine.kill(), running.machine.kill()]);
  expect(running.processor.log).toEqual(['start 0', 'dispose']);
  await expect(running.machine.pause()).rejects.toThrow('cannot be changed');
});

test('a processor that answers nothing any more ends the machine; one that only waits does not', async () => {
  const { machine, processor, ended } = new Guest({ watch: { everyMs: 20, answerMs: 200 } });
  await machine.start();
  while (processor.log.filter((word) => word === 'resume').length < 2) await processor.run([UART, 1]);
  expect(machine.state).toBe('running');
  processor.hangs = true;
  expect(await ended).toEqual({ reason: 'error', message: 'The processor of the guest has hung.' });
});

test('a processor that fails ends the machine, with its reason', async () => {
  const { machine, processor, ended } = new Guest();
  await machine.start();
  processor.onError.emit(new HostError('hart', 'Processor 0 of the guest has failed: why.'));
  expect(await ended).toEqual({ reason: 'error', message: 'Processor 0 of the guest has failed: why.' });
  expect(processor.log).toEqual(['start 0', 'dispose']);
});

test('drives are read as paths or as settings', () => {
  expect(readDrive('/a,b.img')).toEqual({ path: '/a,b.img', isReadOnly: false, isSnapshot: false });
  expect(readDrive('file=/a,,b=c.img,format=raw,snapshot=on,readonly=on,if=virtio')).toEqual({
    path: '/a,b=c.img',
    isReadOnly: true,
    isSnapshot: true,
  });
  for (const text of [
    'file=x,format=qcow2',
    'file=x,if=ide',
    'file=x,cache=none',
    'format=raw',
    'file=x,readonly=yes',
  ]) {
    expect(() => readDrive(text)).toThrow(UsageError);
  }
});
