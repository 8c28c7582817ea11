/** Machines whose time is counted in instructions, on real harts: runs are equal, also of one that goes on elsewhere. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { silentLogger } from '../../../base/log.ts';
import { createFrameChannel } from '../../../display/frame-channel.ts';
import type { MachineEnd } from '../../contract.ts';
import { HartsSource } from '../harts.ts';
import { kernelImage, Program } from '../program.ts';
import { VirtMachine, type VirtState } from './machine.ts';

const UART = 0x1000_0000;
const RTC = 0x10_1000;
const FINISHER = 0x10_0000;
const TIME = 0xc01;
const STIMECMP = 0x14d;
const SIE = 0x104;
const SSTATUS = 0x100;

let folder: string;
let kernel: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'saffron-paced-'));
  kernel = join(folder, 'kernel');
  await writeFile(kernel, kernelImage(clockwork()));
});
afterAll(() => rm(folder, { recursive: true }));

/** Sleeps by the timer and counts between, prints letters that hang on the time, then on a sum, and switches itself off. */
function clockwork(): Program {
  const program = new Program();
  program.constant(5, 1 << 5).add('csrrs', { rs1: 5, csr: SIE });
  program.constant(5, 0x6000).add('csrrs', { rs1: 5, csr: SSTATUS }).add('fcvt.d.w', { rd: 2, rs1: 0 });
  program.constant(8, 40).label('again').add('fcvt.d.w', { rd: 1, rs1: 8 }).add('fadd.d', { rd: 2, rs1: 2, rs2: 1 });
  // The timer's interrupt stays off: WFI goes on behind itself.
  program.add('csrrs', { rd: 6, csr: TIME }).constant(7, 5_000_000).add('add', { rd: 6, rs1: 6, rs2: 7 });
  program.add('csrrw', { rs1: 6, csr: STIMECMP }).add('wfi');
  program.constant(9, 100_000).label('count').add('addi', { rd: 9, rs1: 9, imm: -1 }).add('bne', { rs1: 9 }, 'count');
  program.constant(5, RTC).add('lw', { rd: 10, rs1: 5 }).add('csrrs', { rd: 11, csr: TIME });
  program.add('add', { rd: 10, rs1: 10, rs2: 11 }).add('srli', { rd: 10, rs1: 10, imm: 3 });
  program.add('andi', { rd: 10, rs1: 10, imm: 15 }).add('addi', { rd: 10, rs1: 10, imm: 65 });
  program.constant(5, UART).add('sb', { rs1: 5, rs2: 10 });
  program.add('addi', { rd: 8, rs1: 8, imm: -1 }).add('bne', { rs1: 8 }, 'again');
  program.add('fcvt.w.d', { rd: 10, rs1: 2 }).add('andi', { rd: 10, rs1: 10, imm: 15 });
  program.add('addi', { rd: 10, rs1: 10, imm: 97 }).constant(5, UART).add('sb', { rs1: 5, rs2: 10 });
  program.constant(5, FINISHER).constant(6, 0x5555).add('sw', { rs1: 5, rs2: 6 });
  return program.label('end').add('jal', {}, 'end');
}

function machineOf(name: string, hotAfter: number, state?: VirtState): VirtMachine {
  const serial = join(folder, name);
  return new VirtMachine({
    name,
    processor: new HartsSource(64 << 20, 1, { time: { instructionsPerTick: 10 }, hotAfter }),
    boot: { firmware: null, kernel, initrd: null, append: '' },
    drives: [],
    serial: `file:${serial}`,
    size: { width: 640, height: 480 },
    heads: [createFrameChannel()],
    log: silentLogger,
    ...(state === undefined ? {} : { state }),
  });
}

function printedBy(name: string): Promise<string> {
  return readFile(join(folder, name), 'latin1');
}

async function run(machine: VirtMachine): Promise<{ readonly end: MachineEnd; readonly printed: string }> {
  const ended = new Promise<MachineEnd>((resolve) => void machine.onEnd.subscribe(resolve));
  await machine.start();
  return { end: await ended, printed: await printedBy(machine.name) };
}

/** A machine that has done a part of its work. One that had done all of it before it could be paused is no help. */
async function pausedAtWork(base: string): Promise<VirtMachine> {
  for (let n = 1; ; n++) {
    const machine = machineOf(`${base}${n}`, 0);
    const { name } = machine;
    await machine.start();
    while ((await printedBy(name)).length < 5) await new Promise((resolve) => setImmediate(resolve));
    const refusal = await machine.save().catch(String);
    const isPaused = await machine.pause().then(
      () => true,
      () => false,
    );
    if (isPaused && (await printedBy(name)).length < 40) {
      expect(refusal).toContain('A machine that is running cannot be saved.');
      return machine;
    }
    await machine.kill();
  }
}

test('translated, two runs are equal, and 20 seconds of sleep take none', async () => {
  const [first, second] = await Promise.all([run(machineOf('one', 100)), run(machineOf('other', 100))]);
  expect(first.end).toMatchObject({ reason: 'powerdown', run: { instructions: expect.any(Number) } });
  expect(first.end.run!.instructions).toBeGreaterThan(40 * 200_000);
  expect(first.printed).toMatch(/^[A-P]{40}e$/);
  expect(new Set(first.printed).size).toBeGreaterThan(2);
  expect(second).toEqual(first);
});

test('interpreted, a guest that is saved while it works goes on elsewhere, and comes to the same as without', async () => {
  const whole = await run(machineOf('whole', 0));
  const first = await pausedAtWork('first');
  // Nothing is shared with what comes after.
  const { ram, ...rest } = await first.save();
  const state: VirtState = { ...structuredClone(rest), ram: ram.slice() };
  await first.kill();

  const second = await run(machineOf('second', 0, state));
  const printed = await printedBy(first.name);
  expect({ ...second, printed: printed + second.printed }).toEqual(whole);
});

test('a state of another machine is refused', async () => {
  const machine = machineOf('small', 0);
  await machine.start();
  await machine.pause();
  const state = await machine.save();
  const other = machineOf('larger', 0, { ...state, ram: state.ram.subarray(65536) });
  await expect(other.start()).rejects.toThrow('another memory size');
  await machine.kill();
});
