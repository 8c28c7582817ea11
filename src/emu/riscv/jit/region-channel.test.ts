import { expect, it } from 'vitest';
import { decodeTablesIn, createGuestMemory, hartArea } from '../guest-memory.ts';
import { Hart } from '../hart.ts';
import * as layout from '../layout.ts';
import { Program } from '../program.ts';
import type { RegionAnswer } from './region-channel.ts';
import { RegionCompiler, type RegionRequest } from './region-compiler.ts';

const RAM = 0x80000000;
const ROUNDS = 20_000;

/** A hart whose regions are compiled when the test says so. */
class Machine {
  readonly #guest = createGuestMemory(0x100000, 1);
  readonly #ram = new Uint32Array(this.#guest.memory.buffer, this.#guest.ramOffset, this.#guest.ramBytes / 4);
  readonly requests: RegionRequest[] = [];
  readonly #answers: RegionAnswer[] = [];
  readonly hart: Hart;

  constructor() {
    const regions = {
      request: (request: RegionRequest) => void this.requests.push(request),
      take: () => this.#answers.shift() ?? null,
    };
    const bus = { load: () => -1, store: () => false };
    this.hart = new Hart({ guest: this.#guest, hartId: 0, bus, time: 'host', hasSbi: false, hotAfter: 100, regions });
  }

  /** Puts a program there: x6 becomes so much larger in each of ROUNDS rounds; then WFI. */
  load(step: number): void {
    const program = new Program();
    program.add('fence.i').constant(5, ROUNDS).label('again').add('addi', { rd: 6, rs1: 6, imm: step });
    program.add('addi', { rd: 5, rs1: 5, imm: -1 }).add('bne', { rs1: 5 }, 'again').add('wfi');
    this.#ram.set(program.toWords());
  }

  begin(): void {
    this.hart.reset({ pc: BigInt(RAM), a0: 0n, a1: 0n, mode: 'machine' });
  }

  /** From the first instruction, with all that is translated. */
  beginAgain(): void {
    this.hart.set64(layout.H_PC, BigInt(RAM));
    this.hart.set64(layout.H_X + 6 * 8, 0n);
  }

  /** What the compiler makes of RAM as it is now, for the last request. */
  compile(): RegionAnswer {
    const request = this.requests.at(-1);
    if (request === undefined) throw new Error('nothing was asked for');
    const tables = decodeTablesIn(this.#guest);
    const compiler = new RegionCompiler({ guest: this.#guest, hart: hartArea(0), tables, hasHeat: true });
    return { request, region: compiler.compile(request) };
  }

  answer(answer: RegionAnswer): void {
    this.#answers.push(answer);
  }

  /** Runs to the WFI; returns x6. */
  finish(): bigint {
    while (this.hart.runSlice(1000) !== layout.EXIT_WFI);
    return this.hart.get64(layout.H_X + 6 * 8);
  }
}

it('goes on while a region is compiled, and then in that region', () => {
  const machine = new Machine();
  machine.load(1);
  machine.begin();
  machine.hart.runSlice(1000);
  expect(machine.requests.length).toBeGreaterThan(0);
  expect(machine.hart.regionCount).toBe(0);
  machine.answer(machine.compile());
  machine.hart.runSlice(1000);
  expect(machine.hart.regionCount).toBe(1);
  const asked = machine.requests.length;
  expect(machine.finish()).toBe(BigInt(ROUNDS));
  expect(machine.requests.length).toBe(asked);
});

it('refuses a region whose code has changed since, and takes one of what is there now', () => {
  const machine = new Machine();
  machine.load(1);
  machine.begin();
  machine.hart.runSlice(1000);
  const stale = machine.compile();
  machine.load(2);
  machine.begin();
  machine.answer(stale);
  machine.hart.runSlice(1000);
  expect(machine.hart.regionCount).toBe(0);
  machine.answer(machine.compile());
  expect(machine.finish()).toBe(BigInt(ROUNDS * 2));
  expect(machine.hart.regionCount).toBe(1);
});

it('drops a region when its code changes afterwards', () => {
  const machine = new Machine();
  machine.load(1);
  machine.begin();
  machine.hart.runSlice(1000);
  machine.answer(machine.compile());
  expect(machine.finish()).toBe(BigInt(ROUNDS));
  machine.load(3);
  machine.beginAgain();
  expect(machine.finish()).toBe(BigInt(ROUNDS * 3));
});

it('goes on interpreting where nothing can be translated', () => {
  const machine = new Machine();
  machine.load(1);
  machine.begin();
  machine.hart.runSlice(1000);
  machine.answer({ request: machine.compile().request, region: null });
  expect(machine.finish()).toBe(BigInt(ROUNDS));
  expect(machine.hart.regionCount).toBe(0);
});
