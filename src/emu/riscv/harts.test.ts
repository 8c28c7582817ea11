import { mkdtempDisposableSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { HotCode } from './jit/hot-code.ts';
import { HartsSource, type Harts, type HartsOptions } from './harts.ts';
import { ATTENTION } from './layout.ts';
import { Program } from './program.ts';

const RAM = 0x80000000n;
const SBI = { rfence: 0x52464e43, hsm: 0x48534d, ipi: 0x735049, pmu: 0x504d55 } as const;

/** A bus that lets a shared word be stored to at 0x1000_0000, and wakes who waits for it. */
const BUS = `data:text/javascript,${encodeURIComponent(`
  export const openBus = (words) => ({
    load: (address) => (address === 0x10000000 ? Atomics.load(words, 0) : -1),
    store: (address, size, value) => {
      if (address === 0x20000000) throw new Error('the bus broke');
      if (address < 0x10000000 || address > 0x1000000c) return false;
      const index = (address - 0x10000000) / 4;
      Atomics.store(words, index, value);
      Atomics.notify(words, index);
      return true;
    },
  });`)}`;

function sbi(program: Program, extension: number, functionNumber: number, ...args: readonly number[]): void {
  args.forEach((value, i) => program.constant(10 + i, value));
  program.constant(17, extension).constant(16, functionNumber).add('ecall');
}

interface Machine extends AsyncDisposable {
  readonly harts: Harts;
  readonly words: Int32Array;
  /** Resolves with the value when word `index` is no longer 0. */
  stored(index: number): Promise<number>;
  interrupt(hart: number, bits: number): void;
  /** Resolves when the hart has seen what was asked of it. */
  attended(hart: number): Promise<void>;
}

async function machine(hartCount: number, write: (program: Program) => void, options?: HartsOptions): Promise<Machine> {
  const source = new HartsSource(0x100000, hartCount, options);
  const program = new Program();
  write(program);
  new Uint32Array(source.buffer, source.ramOffset).set(program.toWords());
  const words = new Int32Array(new SharedArrayBuffer(16));
  const harts = await source.create({ moduleUrl: BUS, handle: words });
  const interrupts = new Int32Array(source.buffer);
  return {
    harts,
    words,
    stored: async (index) => {
      while (Atomics.load(words, index) === 0) await Atomics.waitAsync(words, index, 0).value;
      return Atomics.load(words, index);
    },
    interrupt: (hart, bits) => {
      const place = source.interruptPlaces[hart] ?? 0;
      Atomics.or(interrupts, place, bits);
      Atomics.notify(interrupts, place);
    },
    attended: async (hart) => {
      const place = source.interruptPlaces[hart] ?? 0;
      while ((Atomics.load(interrupts, place) & ATTENTION) !== 0) await new Promise((resolve) => setImmediate(resolve));
    },
    [Symbol.asyncDispose]: () => harts[Symbol.asyncDispose](),
  };
}

it('harts start each other, count together with atomic adds and fence each other', async () => {
  const write = (program: Program): void => {
    // Where the program is, and the counters behind it.
    program.add('auipc', { rd: 9 }).constant(21, 0x1000).add('add', { rd: 21, rs1: 21, rs2: 9 });
    program.add('bne', { rs1: 10 }, 'second');
    program
      .add('addi', { rd: 10, imm: 1 })
      .add('addi', { rd: 11, rs1: 9 })
      .constant(17, SBI.hsm)
      .constant(16, 0)
      .add('ecall');
    program.add('jal', { rd: 1 }, 'count');
    // The other hart counts while it is fenced.
    for (let i = 0; i < 3; i++) sbi(program, SBI.rfence, i % 2, 2, 0);
    program.label('wait').add('lw', { rd: 5, rs1: 21, imm: 8 }).add('beq', { rs1: 5 }, 'wait');
    program.add('lw', { rd: 6, rs1: 21 }).constant(7, 0x10000000).add('sw', { rs1: 7, rs2: 6, imm: 4 });
    program.label('end').add('wfi').add('jal', {}, 'end');
    program.label('second').add('jal', { rd: 1 }, 'count');
    program.add('addi', { rd: 5, imm: 1 }).add('sw', { rs1: 21, rs2: 5, imm: 8 }).add('jal', {}, 'end');
    program.label('count').constant(20, 20000).add('addi', { rd: 5, imm: 1 });
    program.label('again').add('amoadd.w', { rs1: 21, rs2: 5 }).add('addi', { rd: 20, rs1: 20, imm: -1 });
    program.add('bne', { rs1: 20 }, 'again').add('jalr', { rs1: 1 });
  };
  // One that was told of nothing would sleep for longer than this test may take.
  await using two = await machine(2, write, { maxSleepMs: 2 ** 31 });
  // The second hart starts at the same program, with its number in a0.
  two.harts.start(0, { pc: RAM, a0: 0n, a1: 0n });
  expect(await two.stored(1)).toBe(40000);
});

/** Tells its first word that it sleeps in WFI, and its second that it does no more. */
function sleeper(program: Program): void {
  // SEIE, no interrupt taken: SIE stays off and WFI is merely left.
  program
    .constant(5, 0x200)
    .add('csrrw', { rs1: 5, csr: 0x104 })
    .constant(7, 0x10000000)
    .add('addi', { rd: 8, rs1: 8, imm: 1 });
  program.add('sw', { rs1: 7, rs2: 8, imm: 0 }).add('wfi').add('sw', { rs1: 7, rs2: 8, imm: 4 });
  program.label('spin').add('jal', {}, 'spin');
}

it('sleeps in WFI until the board interrupts, pauses and begins anew', async () => {
  await using one = await machine(1, sleeper);
  one.harts.start(0, { pc: RAM, a0: 0n, a1: 0n });
  await one.stored(0);
  // What asks for the thread's attention is no interrupt of the guest's.
  for (let i = 0; i < 30; i++) {
    await one.harts.pause();
    one.harts.resume();
    one.interrupt(0, ATTENTION);
  }
  await one.harts.pause();
  expect(Atomics.load(one.words, 1)).toBe(0);
  one.harts.resume();
  one.interrupt(0, 0x200);
  expect(await one.stored(1)).toBe(1);

  await one.harts.pause();
  const before = one.harts.instructionsRetired(0);
  Atomics.store(one.words, 1, 0);
  expect(one.harts.instructionsRetired(0)).toBe(before);
  one.harts.resume();
  await one.harts.stop();
  one.harts.start(0, { pc: RAM, a0: 0n, a1: 0n });
  expect(await one.stored(1)).toBe(1);
});

it('goes on elsewhere in the WFI in which it was saved', async () => {
  await using one = await machine(1, sleeper);
  one.harts.start(0, { pc: RAM, a0: 0n, a1: 0n });
  await one.stored(0);
  await one.harts.pause();
  await using other = await machine(1, sleeper);
  other.harts.restore(one.harts.save());
  for (let i = 0; i < 30; i++) {
    other.harts.resume();
    await other.attended(0);
    await other.harts.pause();
  }
  expect(Atomics.load(other.words, 1)).toBe(0);
  other.harts.resume();
  other.interrupt(0, 0x200);
  expect(await other.stored(1)).toBe(1);
});

it('suspends a hart until an interrupt, behind the call or where it says, with all forgotten', async () => {
  await using two = await machine(2, (program) => {
    program.add('auipc', { rd: 9 }).constant(7, 0x10000000).add('bne', { rs1: 10 }, 'second');
    program.add('addi', { rd: 10, imm: 1 }).add('addi', { rd: 11, rs1: 9 }).constant(17, SBI.hsm).constant(16, 0);
    program.add('ecall');
    for (const [i, round] of ['first', 'then'].entries()) {
      program.label(round);
      sbi(program, SBI.hsm, 2, 1);
      // Until it says that it is suspended (4).
      program.add('addi', { rd: 11, rs1: 11, imm: -4 }).add('bne', { rs1: 11 }, round);
      sbi(program, SBI.ipi, 0, 2, 0);
      program
        .label(`awaits${i}`)
        .add('lw', { rd: 6, rs1: 9, imm: 1024 + 4 * i })
        .add('beq', { rs1: 6 }, `awaits${i}`);
    }
    program.add('sw', { rs1: 7, rs2: 6, imm: 4 }).label('end').add('wfi').add('jal', {}, 'end');

    program.label('second').constant(5, 2).add('csrrw', { rs1: 5, csr: 0x104 }).constant(20, 77);
    sbi(program, SBI.hsm, 3, 0);
    program.add('bne', { rs1: 10 }, 'end').constant(6, 1).add('csrrc', { rs1: 5, csr: 0x144 });
    program.constant(5, 2).add('csrrc', { rs1: 5, csr: 0x144 }).add('sw', { rs1: 9, rs2: 6, imm: 1024 });
    program.add('lui', { rd: 10, imm: 0x80000000 | 0 }).add('slli', { rd: 10, rs1: 10, imm: 32 });
    program
      .add('srli', { rd: 10, rs1: 10, imm: 32 })
      .add('auipc', { rd: 11 })
      .add('addi', { rd: 11, rs1: 11, imm: 32 });
    program.add('addi', { rd: 12, rs1: 9 }).constant(17, SBI.hsm).constant(16, 3).add('ecall');
    // Here a1 is what was given, the hart's number is in a0, and x20 is forgotten.
    program.add('add', { rd: 6, rs1: 10, rs2: 20 }).add('sw', { rs1: 11, rs2: 6, imm: 1028 }).add('jal', {}, 'end');
  });
  two.harts.start(0, { pc: RAM, a0: 0n, a1: 0n });
  expect(await two.stored(1)).toBe(1);
});

it('counts instructions for the supervisor', async () => {
  await using one = await machine(1, (program) => {
    program.constant(7, 0x10000000);
    // The counter for retired instructions (2), from 1000 on.
    sbi(program, SBI.pmu, 2, 0, 5, 0, 2);
    program.add('sw', { rs1: 7, rs2: 11, imm: 4 });
    sbi(program, SBI.pmu, 3, 0, 4, 1, 1000);
    program.add('csrrs', { rd: 6, csr: 0xc02 }).add('csrrs', { rd: 8, csr: 0xc02 });
    sbi(program, SBI.pmu, 2, 0, 5, 0, 3);
    program.add('sub', { rd: 8, rs1: 8, rs2: 6 }).add('sw', { rs1: 7, rs2: 8, imm: 8 });
    program.add('sub', { rd: 6, rs1: 6, rs2: 10 }).add('sw', { rs1: 7, rs2: 6, imm: 12 });
    program.label('end').add('wfi').add('jal', {}, 'end');
  });
  one.harts.start(0, { pc: RAM, a0: 0n, a1: 0n });
  // From 1000 on, less the -2 of an event that there is not.
  expect([await one.stored(3), one.words[1], one.words[2]]).toEqual([1002, 2, 1]);
});

it('gives firmware its timer, and interrupts from hart to hart', async () => {
  const clint = 0x2000000;
  await using two = await machine(
    2,
    (program) => {
      // Interrupts of the timer and of other harts are enabled, but none is taken: WFI is merely left.
      program.constant(5, 0x88).add('csrrw', { rs1: 5, csr: 0x304 }).constant(6, clint).constant(7, 0x10000000);
      program.add('bne', { rs1: 10 }, 'second');
      // mtimecmp = mtime + 20000: two milliseconds.
      program
        .constant(8, clint + 0xbff8)
        .add('ld', { rd: 20, rs1: 8 })
        .constant(9, 20000);
      program
        .add('add', { rd: 9, rs1: 9, rs2: 20 })
        .constant(21, clint + 0x4000)
        .add('sd', { rs1: 21, rs2: 9 });
      program
        .label('asleep')
        .add('wfi')
        .add('csrrs', { rd: 22, csr: 0x344 })
        .add('andi', { rd: 22, rs1: 22, imm: 0x80 });
      program.add('beq', { rs1: 22 }, 'asleep').add('ld', { rd: 23, rs1: 8 }).add('sub', { rd: 23, rs1: 23, rs2: 20 });
      program.add('sw', { rs1: 7, rs2: 23, imm: 4 });
      // msip of the other hart, and back.
      program.add('addi', { rd: 24, imm: 1 }).add('sw', { rs1: 6, rs2: 24, imm: 4 });
      program.label('end').add('jal', {}, 'end');
      program.label('second').add('wfi').add('csrrs', { rd: 22, csr: 0x344 }).add('lw', { rd: 23, rs1: 6, imm: 4 });
      program
        .add('sw', { rs1: 6, imm: 4 })
        .add('csrrs', { rd: 25, csr: 0x344 })
        .add('sub', { rd: 22, rs1: 22, rs2: 25 });
      program.add('slli', { rd: 23, rs1: 23, imm: 8 }).add('add', { rd: 22, rs1: 22, rs2: 23 });
      program.add('slli', { rd: 12, rs1: 12, imm: 16 }).add('add', { rd: 22, rs1: 22, rs2: 12 });
      program.add('sw', { rs1: 7, rs2: 22, imm: 8 }).add('jal', {}, 'end');
    },
    { hasFirmware: true },
  );
  two.harts.start(1, { pc: RAM, a0: 1n, a1: 0n, a2: 7n });
  two.harts.start(0, { pc: RAM, a0: 0n, a1: 0n });
  expect(await two.stored(1)).toBeGreaterThanOrEqual(20000);
  // a2, what msip read, and its bit in mip, which went when msip was cleared.
  expect(await two.stored(2)).toBe(0x70108);
});

it('tells when the thread of a hart has failed, and lets nobody wait for it', async () => {
  await using two = await machine(2, (program) => {
    program.constant(7, 0x20000000).add('sw', { rs1: 7 }).label('end').add('jal', {}, 'end');
  });
  const failure = new Promise<Error>((resolve) => void two.harts.onError.subscribe(resolve));
  two.harts.start(0, { pc: RAM, a0: 0n, a1: 0n });
  expect((await failure).message).toBe(
    'Processor 0 of the guest has failed: the bus broke (last known in supervisor mode, 0x80000000: lui x7, 0x20000).',
  );
  await expect(two.harts.pause()).rejects.toThrow('the bus broke');
  await expect(two.harts.stop()).rejects.toThrow('the bus broke');
});

it('writes down what was hot at the end, and has it in the next run', async () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'harts-'));
  const hotCodeFile = join(folder.path, 'hot-code');
  const run = async (): Promise<number> => {
    await using one = await machine(
      1,
      (program) => {
        program.constant(5, 100_000).constant(7, 0x10000000).label('again').add('addi', { rd: 6, rs1: 6, imm: 3 });
        program.add('addi', { rd: 5, rs1: 5, imm: -1 }).add('bne', { rs1: 5 }, 'again');
        program.add('sw', { rs1: 7, rs2: 6 }).label('end').add('wfi').add('jal', {}, 'end');
      },
      { hotCodeFile },
    );
    one.harts.start(0, { pc: RAM, a0: 0n, a1: 0n });
    return await one.stored(0);
  };
  expect(await run()).toBe(300_000);
  expect(HotCode.open(hotCodeFile).fingerprints).toHaveLength(1);
  expect(await run()).toBe(300_000);
  expect(readdirSync(folder.path)).toEqual(['hot-code']);
});
