import { mkdtempDisposableSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { createGuestMemory, decodeTablesIn, hartArea } from '../guest-memory.ts';
import { Hart } from '../hart.ts';
import * as layout from '../layout.ts';
import { Program } from '../program.ts';
import { footprintOf } from './footprint.ts';
import { HotCode } from './hot-code.ts';
import type { MetPage, RegionAnswer } from './region-channel.ts';
import { RegionCompiler, type RegionRequest } from './region-compiler.ts';
import { RegionServer } from './region-server.ts';

const RAM = 0x80000000;
const PAGE = 0x1000;
const PAGES = 100;
const ROUNDS = 5;
/** For less than half of the pages, of which each has two regions. */
const MAX_CODE_BYTES = 80 * footprintOf(new Uint8Array());

/** What a hart asks is answered at once, and noted. */
class Machine {
  readonly requests: RegionRequest[] = [];
  readonly met: MetPage[] = [];
  readonly modules: WeakRef<object>[] = [];
  readonly hart: Hart;
  readonly #ram: Uint32Array;
  readonly #answers: RegionAnswer[] = [];

  /** `hot`: what the other thread keeps of pages; null: the hart compiles itself. */
  constructor(hot: HotCode | null) {
    const guest = createGuestMemory((PAGES + 1) * PAGE + 0x10000 - (((PAGES + 1) * PAGE) % 0x10000), 1);
    this.#ram = new Uint32Array(guest.memory.buffer, guest.ramOffset, guest.ramBytes / 4);
    const tables = decodeTablesIn(guest);
    const compiler = new RegionCompiler({ guest, hart: hartArea(0), tables, hasHeat: false });
    const server = hot === null ? null : new RegionServer({ compilers: [compiler], hot, native: null });
    const say = (answer: RegionAnswer): void => {
      if (answer.region !== null) this.modules.push(new WeakRef(answer.region.module));
      this.#answers.push(answer);
    };
    const regions = {
      request: (request: RegionRequest) => {
        if (this.#answers.some((answer) => answer.request.place === request.place)) return;
        this.requests.push(request);
        if (server !== null) say(server.answer(0, request));
      },
      recall: (page: MetPage) => {
        this.met.push(page);
        server?.recall(0, page).forEach(say);
      },
      take: () => this.#answers.shift() ?? null,
    };
    const bus = { load: () => -1, store: () => false };
    this.hart = new Hart({
      guest,
      hartId: 0,
      bus,
      time: 'host',
      hasSbi: false,
      hotAfter: 2,
      regions: server === null ? undefined : regions,
      maxCodeBytes: MAX_CODE_BYTES,
    });
  }

  /** In each round, x6 becomes 1 larger in each page, and x7 in the page behind them all, which is called from each. */
  load(): void {
    for (let page = 0; page < PAGES; page++) {
      const program = new Program().add('addi', { rd: 6, rs1: 6, imm: 1 });
      const toLast = (PAGES - page) * PAGE - 4;
      program.add('jal', { rd: 1, imm: toLast });
      if (page < PAGES - 1) program.add('jal', { imm: PAGE - 8 });
      else {
        program.add('addi', { rd: 5, rs1: 5, imm: -1 }).add('beq', { rs1: 5, imm: 8 });
        program.add('jal', { imm: -page * PAGE - 16 }).add('wfi');
      }
      this.#ram.set(program.toWords(), (page * PAGE) / 4);
    }
    const last = new Program().add('addi', { rd: 7, rs1: 7, imm: 1 }).add('jalr', { rs1: 1 });
    this.#ram.set(last.toWords(), (PAGES * PAGE) / 4);
  }

  /** Runs so many rounds; the largest size that code had between two slices. */
  run(): number {
    this.load();
    this.hart.reset({ pc: BigInt(RAM), a0: 0n, a1: 0n, mode: 'machine' });
    this.hart.set64(layout.H_X + 5 * 8, BigInt(ROUNDS));
    let peak = 0;
    while (this.hart.runSlice(50) !== layout.EXIT_WFI) peak = Math.max(peak, this.hart.codeBytes);
    const [x6, x7] = [6, 7].map((register) => this.hart.get64(layout.H_X + register * 8));
    expect([x6, x7]).toEqual([BigInt(PAGES * ROUNDS), BigInt(PAGES * ROUNDS)]);
    return peak;
  }

  /** How often code was made or loaded for a page, by its number. */
  count(list: readonly { readonly place: number }[], page: number): number {
    const first = Math.min(...this.met.map(({ place }) => place - (place % PAGE)));
    return list.filter(({ place }) => place - (place % PAGE) === first + page * PAGE).length;
  }
}

it('runs more code than there is room for, within the bound', () => {
  const machine = new Machine(null);
  const peak = machine.run();
  expect(peak).toBeLessThanOrEqual(MAX_CODE_BYTES);
  expect(peak).toBeGreaterThan(MAX_CODE_BYTES / 2);
  // Most of it had to be made again.
  expect(machine.hart.regionCount).toBeGreaterThan(2 * PAGES);
});

it('keeps what is in use, and is given at once what it had dropped', () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'hot-code-'));
  const machine = new Machine(HotCode.open(join(folder.path, 'hot-code')));
  expect(machine.run()).toBeLessThanOrEqual(MAX_CODE_BYTES);
  const others = Array.from({ length: PAGES }, (_, page) => page);
  expect(machine.count(machine.met, PAGES)).toBe(1);
  for (const page of others) expect(machine.count(machine.met, page)).toBeGreaterThan(1);
  // Two places of a page are jumped to; no page is asked for anew when it was dropped.
  for (const page of [...others, PAGES]) expect(machine.count(machine.requests, page)).toBeLessThanOrEqual(3);
});

it('lets go of all that it drops', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  setFlagsFromString('--no-expose-gc');
  const machine = new Machine(HotCode.open(null));
  machine.run();
  // What a weak reference was made of stays until then.
  await setImmediate();
  collect();
  const left = machine.modules.filter((module) => module.deref() !== undefined).length;
  expect(machine.modules.length).toBeGreaterThan(2 * PAGES);
  expect(left * footprintOf(new Uint8Array())).toBeLessThanOrEqual(MAX_CODE_BYTES);
});
