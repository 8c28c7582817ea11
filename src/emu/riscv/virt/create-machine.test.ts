import { mkdtemp, readdir, readFile, readlink, rm, writeFile } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { UsageError } from '../../../base/errors.ts';
import { silentLogger } from '../../../base/log.ts';
import type { GpuNews, Machine, MachineEnd } from '../../contract.ts';
import { kernelImage, Program } from '../program.ts';
import { createVirtMachine, type VirtOptions } from './create-machine.ts';

const UART = 0x1000_0000;
const PLIC = 0xc00_0000;
const FINISHER = 0x10_0000;
const OPENSBI = '/usr/share/qemu/opensbi-riscv64-generic-fw_dynamic.bin';
const U_BOOT = '/usr/lib/u-boot/qemu-riscv64/u-boot.bin';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'saffron-built-in-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

const options = (kernel: string, more: Partial<VirtOptions> = {}): VirtOptions => ({
  name: 'guest',
  memory: '64M',
  cpus: 1,
  kernel,
  drives: [],
  size: { width: 640, height: 480 },
  log: silentLogger,
  ...more,
});

/** A kernel Image that does what `write` says. */
async function image(name: string, write: (program: Program) => void): Promise<string> {
  const program = new Program();
  write(program);
  const path = join(folder, name);
  await writeFile(path, kernelImage(program));
  return path;
}

function put(program: Program, text: string): void {
  program.constant(5, UART);
  for (const byte of Buffer.from(text)) program.constant(6, byte).add('sb', { rs1: 5, rs2: 6 });
}

function finish(program: Program, value: number): void {
  program.constant(5, FINISHER).constant(6, value).add('sw', { rs1: 5, rs2: 6 });
  program.label('end').add('wfi').add('jal', {}, 'end');
}

const end = (machine: Machine): Promise<MachineEnd> => new Promise((resolve) => void machine.onEnd.subscribe(resolve));

test('a kernel runs on real harts, sees its device tree and its devices, prints and shuts down', async () => {
  const kernel = await image('hello', (program) => {
    // The device tree's magic, as bytes: d0 0d fe ed.
    program.add('lbu', { rd: 7, rs1: 11 }).add('lbu', { rd: 8, rs1: 11, imm: 1 });
    put(program, 'tree ');
    program
      .constant(5, UART)
      .constant(9, 0x30 - 0xd0)
      .add('add', { rd: 7, rs1: 7, rs2: 9 })
      .add('sb', { rs1: 5, rs2: 7 });
    program
      .constant(9, 0x30 - 0x0d)
      .add('add', { rd: 8, rs1: 8, rs2: 9 })
      .add('sb', { rs1: 5, rs2: 8 });
    // The first slot is the GPU: device id 16.
    put(program, ' slot ');
    program.constant(5, 0x1000_1008).add('lw', { rd: 7, rs1: 5 });
    program.constant(5, UART).constant(9, 0x41).add('add', { rd: 7, rs1: 7, rs2: 9 }).add('sb', { rs1: 5, rs2: 7 });
    put(program, '\n');
    finish(program, 0x5555);
  });
  const log = join(folder, 'serial.log');
  const machine = await createVirtMachine(options(kernel, { serial: `file:${log}` }));
  const ended = end(machine);
  await machine.start();
  expect(await ended).toEqual({ reason: 'powerdown', message: 'The guest has shut down.' });
  expect(await readFile(log, 'latin1')).toBe(`tree 00 slot ${String.fromCharCode(0x41 + 16)}\n`);
});

test('a hart that sleeps is woken by the interrupt controller', async () => {
  // The transmitter of the serial port is empty: allowing its interrupt raises it at once.
  const kernel = await image('wake', (program) => {
    const store = (address: number, value: number): void =>
      void program.constant(5, address).constant(6, value).add('sw', { rs1: 5, rs2: 6 });
    store(PLIC + 4 * 10, 1);
    store(PLIC + 0x2080, 1 << 10);
    // sie.SEIE; interrupts stay off, so that WFI goes on behind itself.
    program.constant(5, 1 << 9).add('csrrs', { rs1: 5, csr: 0x104 });
    program.constant(5, UART).constant(6, 2).add('sb', { rs1: 5, rs2: 6, imm: 1 });
    program.add('wfi');
    program.constant(5, PLIC + 0x20_1004).add('lw', { rd: 7, rs1: 5 });
    program.constant(5, UART).constant(9, 0x41).add('add', { rd: 7, rs1: 7, rs2: 9 }).add('sb', { rs1: 5, rs2: 7 });
    finish(program, 0x3333);
  });
  const log = join(folder, 'wake.log');
  const machine = await createVirtMachine(options(kernel, { serial: `file:${log}` }));
  const ended = end(machine);
  await machine.start();
  expect(await ended).toEqual({ reason: 'error', message: 'The guest has given up with code 0.' });
  expect(await readFile(log, 'latin1')).toBe(String.fromCharCode(0x41 + 10));
});

test('a guest is offered 3D, and its memory is given back when it ends', async () => {
  const kernel = await image('capsets', (program) => {
    put(program, 'sets ');
    program.constant(5, 0x1000_110c).add('lw', { rd: 7, rs1: 5 });
    program.constant(5, UART).constant(9, 0x30).add('add', { rd: 7, rs1: 7, rs2: 9 }).add('sb', { rs1: 5, rs2: 7 });
    finish(program, 0x5555);
  });
  const log = join(folder, 'capsets.log');
  const settings = { serial: `file:${log}`, gpu: '3d', renderNode: 'software' } as const;
  const machine = await createVirtMachine(options(kernel, settings));
  expect(await memoryFiles()).toHaveLength(1);
  const news: GpuNews[] = [];
  machine.onGpu.subscribe((told) => news.push(told));
  const ended = end(machine);
  await machine.start();
  expect((await ended).reason).toBe('powerdown');
  expect(news).toEqual([{ kind: 'rendering', renderer: expect.stringContaining('llvmpipe') }]);
  expect(await readFile(log, 'latin1')).toBe('sets 2');
  expect(await memoryFiles()).toEqual([]);
});

/** Descriptors of this process that are guests' memory. */
async function memoryFiles(): Promise<string[]> {
  const fds = await readdir('/proc/self/fd');
  const targets = await Promise.all(fds.map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => '')));
  return targets.filter((target) => target.includes('saffron-ram'));
}

test('OpenSBI runs in machine mode and starts a kernel, which starts the other hart by it', async () => {
  const kernel = await image('supervisor', (program) => {
    const call = (extension: number, functionNumber: number, ...args: readonly number[]): void => {
      args.forEach((value, i) => program.constant(10 + i, value));
      program.constant(17, extension).constant(16, functionNumber).add('ecall');
    };
    program.add('auipc', { rd: 9 }).add('bne', { rs1: 10 }, 'second');
    // Hart state management: the other hart starts here too, with its number in a0.
    program.add('addi', { rd: 11, rs1: 9 }).add('addi', { rd: 10, imm: 1 }).constant(17, 0x48534d).constant(16, 0);
    program.add('ecall').label('end').add('wfi').add('jal', {}, 'end');
    program.label('second');
    for (const byte of Buffer.from('second\n')) call(0x4442434e, 2, byte);
    call(0x53525354, 0, 0, 0);
    program.add('jal', {}, 'end');
  });
  const log = join(folder, 'opensbi.log');
  const machine = await createVirtMachine(options(kernel, { cpus: 2, firmware: OPENSBI, serial: `file:${log}` }));
  const ended = end(machine);
  await machine.start();
  expect(await ended).toEqual({ reason: 'powerdown', message: 'The guest has shut down.' });
  const text = await readFile(log, 'latin1');
  expect(text).toContain('Domain0 HARTs             : 0*,1*');
  expect(text.trimEnd().split('\n').at(-1)).toBe('second');
});

test('U-Boot comes to its prompt without a kernel', async () => {
  const socket = join(folder, 'u-boot.sock');
  const { kernel: _, ...rest } = options('');
  const machine = await createVirtMachine({ ...rest, firmware: U_BOOT, serial: `unix:${socket}` });
  await machine.start();
  const line = createConnection(socket);
  let text = '';
  for await (const bytes of line) {
    text += String(bytes);
    if (text.includes('Hit any key')) line.write(' ');
    if (text.includes('=> ')) break;
  }
  expect(text).toContain('Model: Saffron virt');
  await machine.kill();
});

test('a guest that spins is paused, reset and killed', async () => {
  const kernel = await image('spin', (program) => void program.label('spin').add('jal', {}, 'spin'));
  const machine = await createVirtMachine(options(kernel, { cpus: 2 }));
  await machine.start();
  await machine.pause();
  expect(machine.state).toBe('paused');
  await machine.resume();
  await machine.reset();
  expect(machine.state).toBe('running');
  await machine.kill();
  expect(machine.state).toBe('stopped');
});

test.each([
  [{ memory: '16M' }, 'The built-in machine has 64M to 3G of memory, not 16M: --engine qemu has more.'],
  [{ memory: '4G' }, 'The built-in machine has 64M to 3G of memory, not 4G: --engine qemu has more.'],
  [{ cpus: 9 }, 'The built-in machine has 1 to 8 processors, not 9: --engine qemu has more.'],
  [{ drives: ['file=x,format=qcow2'] }, 'has disks of format raw only, not qcow2'],
])('%j is refused before anything is made', async (more, message) => {
  const created = createVirtMachine(options('kernel', more));
  await expect(created).rejects.toThrow(UsageError);
  await expect(created).rejects.toThrow(message);
});
