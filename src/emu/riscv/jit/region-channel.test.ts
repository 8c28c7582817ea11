import { mkdtempDisposableSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads';
import { expect, it } from 'vitest';
import type { GuestMemory } from '../contract.ts';
import { decodeTablesIn, createGuestMemory, hartArea } from '../guest-memory.ts';
import { Hart } from '../hart.ts';
import * as layout from '../layout.ts';
import { Program } from '../program.ts';
import { allocateWaiting, RegionChannel, type MetPage, type RegionAnswer } from './region-channel.ts';
import { fingerprintOf } from './fingerprint.ts';
import { CodeKeeper } from './code-keeper.ts';
import { HotCode } from './hot-code.ts';
import { KnownPages } from './known-pages.ts';
import { NativeCode } from './native-code.ts';
import { RegionCompiler, type RegionRequest } from './region-compiler.ts';
import { RegionServer, type RegionServerOptions } from './region-server.ts';

const RAM = 0x80000000;
const ROUNDS = 20_000;

/** A hart whose regions are compiled when the test says so. */
class Machine {
  readonly #guest: GuestMemory;
  readonly #hartId: number;
  readonly #ram: Uint32Array;
  readonly requests: RegionRequest[] = [];
  readonly met: MetPage[] = [];
  readonly #answers: RegionAnswer[] = [];
  readonly hart: Hart;

  constructor(ramBytes = 0x100000, hartId = 0) {
    this.#guest = createGuestMemory(ramBytes, hartId + 1);
    this.#hartId = hartId;
    this.#ram = new Uint32Array(this.#guest.memory.buffer, this.#guest.ramOffset, ramBytes / 4);
    const regions = {
      request: (request: RegionRequest) => void this.requests.push(request),
      recall: (page: MetPage) => void this.met.push(page),
      take: () => this.#answers.shift() ?? null,
    };
    const bus = { load: () => -1, store: () => false };
    this.hart = new Hart({ guest: this.#guest, hartId, bus, time: 'host', hasSbi: false, hotAfter: 100, regions });
  }

  /** Puts a program there: x6 becomes so much larger in each of ROUNDS rounds; then WFI. */
  load(step: number): void {
    const program = new Program();
    program.add('fence.i').constant(5, ROUNDS).label('again').add('addi', { rd: 6, rs1: 6, imm: step });
    program.add('addi', { rd: 5, rs1: 5, imm: -1 }).add('bne', { rs1: 5 }, 'again').add('wfi');
    this.#ram.set(program.toWords());
  }

  /** The page that the program lies in. */
  get page(): Uint8Array {
    return new Uint8Array(this.#guest.memory.buffer, this.#guest.ramOffset, 0x1000);
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
    return this.server().answer(0, this.lastRequest);
  }

  /** A server of regions for this machine. */
  server(hot: HotCode = HotCode.open(null), native: RegionServerOptions['native'] = null): RegionServer {
    const tables = decodeTablesIn(this.#guest);
    const compilers = Array.from(
      { length: this.#hartId + 1 },
      (_, hartId) => new RegionCompiler({ guest: this.#guest, hart: hartArea(hartId), tables, hasHeat: true }),
    );
    return new RegionServer({ compilers, hot, native });
  }

  /** Who keeps machine code of this machine's regions. */
  native(): NonNullable<RegionServerOptions['native']> {
    const code = NativeCode.open();
    if (code === null) throw new Error('there is no machine code to be had');
    return { code, keeper: new CodeKeeper(code, this.#guest.memory) };
  }

  get lastRequest(): RegionRequest {
    const request = this.requests.at(-1);
    if (request === undefined) throw new Error('nothing was asked for');
    return request;
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

it('tells of a page without translations once, and again when it holds something else', async () => {
  const machine = new Machine();
  machine.load(1);
  machine.begin();
  machine.finish();
  expect(machine.met).toEqual([
    { place: expect.any(Number) as number, mode: 3, fingerprint: fingerprintOf(machine.page) },
  ]);
  machine.begin();
  machine.finish();
  expect(machine.met).toHaveLength(2);
  machine.page[0xf8] = 1;
  machine.beginAgain();
  machine.finish();
  expect(machine.met.at(-1)?.fingerprint).toBe(fingerprintOf(machine.page));
  expect(machine.met.at(-1)?.fingerprint).not.toBe(machine.met[0]?.fingerprint);
});

/** What was hot in a run of a program, in a file of this folder; optimised, or only compiled. */
async function learn(folder: string, step: number, isOptimized = true): Promise<string> {
  const file = join(folder, 'deeper', 'hot-code');
  const machine = new Machine();
  machine.load(step);
  machine.begin();
  machine.hart.runSlice(1000);
  const hot = HotCode.open(file);
  const native = machine.native();
  expect(machine.server(hot, native).answer(0, machine.lastRequest).region).not.toBeNull();
  if (isOptimized) await native.keeper.optimize();
  hot.save();
  expect(hot.isChanged).toBe(false);
  return file;
}

/** Has what was hot recalled as soon as its page is met, and runs the program; the answers. */
function recall(machine: Machine, step: number, server: RegionServer, hartId = 0): readonly RegionAnswer[] {
  machine.load(step);
  machine.begin();
  machine.hart.runSlice(30);
  expect(machine.requests).toEqual([]);
  const [met] = machine.met;
  if (met === undefined) throw new Error('nothing was met');
  const answers = server.recall(hartId, met);
  answers.forEach((answer) => machine.answer(answer));
  expect(machine.finish()).toBe(BigInt(ROUNDS * step));
  return answers;
}

it('has what was hot in an earlier run before it is hot, as machine code', async () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'hot-code-'));
  const file = await learn(folder.path, 1);
  expect(readdirSync(join(file, '..'))).toEqual(['hot-code']);
  expect(statSync(file).mode & 0o777).toBe(0o600);

  const machine = new Machine();
  const hot = HotCode.open(file);
  const native = machine.native();
  const answers = recall(machine, 1, machine.server(hot, native));
  expect(hot.fingerprints).toEqual([fingerprintOf(machine.page)]);
  expect(answers).toHaveLength(1);
  expect(machine.hart.regionCount).toBe(1);
  expect(machine.requests).toEqual([]);
  // Nothing is left to be compiled, or to be written down.
  expect(native.keeper.take(Infinity)).toBe(false);
  expect(hot.isChanged).toBe(false);
});

it('optimises in a later run what was not optimised in the first', async () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'hot-code-'));
  const file = await learn(folder.path, 1, false);
  const before = statSync(file).size;
  const machine = new Machine();
  const hot = HotCode.open(file);
  const native = machine.native();
  expect(recall(machine, 1, machine.server(hot, native))).toHaveLength(1);
  await native.keeper.optimize();
  hot.save();
  expect(statSync(file).size).toBeGreaterThan(before);
});

it.each([
  { what: 'of another size', ramBytes: 0x200000, hartId: 0 },
  { what: 'with another hart, which has code of its own', ramBytes: 0x100000, hartId: 1 },
])('has it on a machine $what', async ({ ramBytes, hartId }) => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'hot-code-'));
  const file = await learn(folder.path, 1);
  const machine = new Machine(ramBytes, hartId);
  expect(recall(machine, 1, machine.server(HotCode.open(file), machine.native()), hartId)).toHaveLength(1);
  expect(machine.hart.regionCount).toBe(1);
});

it('has it where there is no machine code to be had', async () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'hot-code-'));
  const machine = new Machine();
  expect(recall(machine, 1, machine.server(HotCode.open(await learn(folder.path, 1))))).toHaveLength(1);
});

it('answers with what was hot when a hart asks before it was recalled', async () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'hot-code-'));
  const machine = new Machine();
  const hot = HotCode.open(await learn(folder.path, 1));
  const native = machine.native();
  const server = machine.server(hot, native);
  machine.load(1);
  machine.begin();
  machine.hart.runSlice(1000);
  machine.answer(server.answer(0, machine.lastRequest));
  expect(machine.finish()).toBe(BigInt(ROUNDS));
  expect(machine.hart.regionCount).toBe(1);
  expect(hot.isChanged).toBe(false);
});

it('recalls nothing for code that differs where the fingerprint does not look', async () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'hot-code-'));
  const file = await learn(folder.path, 1);
  const machine = new Machine();
  const server = machine.server(HotCode.open(file), machine.native());
  expect(recall(machine, 2, server)).toEqual([]);
  expect(machine.met[0]?.fingerprint).toBe(server.fingerprints[0]);
});

it('does without a file that is damaged', async () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'hot-code-'));
  const file = await learn(folder.path, 1);
  const whole = readFileSync(file);
  for (let at = 0; at < whole.length; at++) {
    const damaged = Buffer.from(whole);
    damaged[at] = (damaged[at] ?? 0) ^ 0x55;
    writeFileSync(file, damaged);
    expect(HotCode.open(file).fingerprints).toEqual([]);
    writeFileSync(file, whole.subarray(0, at));
    expect(HotCode.open(file).fingerprints).toEqual([]);
  }
});

it('does not let a guest that changes its pages all the time fill the channel', () => {
  const { port1, port2 } = new MessageChannel();
  const channel = new RegionChannel({ port: port1, waiting: allocateWaiting(), known: KnownPages.allocate() });
  for (let fingerprint = 0; fingerprint < 10_000; fingerprint++)
    channel.recall({ place: 0x1000, mode: 0, fingerprint });
  let count = 0;
  while (receiveMessageOnPort(port2) !== undefined) count++;
  expect(count).toBeGreaterThan(0);
  expect(count).toBeLessThan(1000);
  port1.close();
});
