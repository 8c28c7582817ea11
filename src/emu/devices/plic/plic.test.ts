import { Worker } from 'node:worker_threads';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { Plic, plicWords, PLIC_BYTES } from './plic.ts';

const PRIORITY = 0;
const ENABLE = 0x2000;
const THRESHOLD = 0x20_0000;
const CLAIM = 0x20_0004;

class Board {
  readonly words: Int32Array;
  readonly plic: Plic;
  readonly raised = new Map<number, boolean>();

  constructor(contexts = 2) {
    this.words = new Int32Array(new SharedArrayBuffer(4 * plicWords(contexts)));
    this.plic = new Plic(this.words, (context, isRaised) => void this.raised.set(context, isRaised));
  }

  /** Gives sources 1 to 31 priority 1 and enables them in a context. */
  enableAll(context = 0): this {
    for (let source = 1; source < 32; source++) this.plic.store(PRIORITY + 4 * source, 4, 1);
    this.plic.store(ENABLE + 0x80 * context, 4, 0xffff_ffff);
    return this;
  }

  line(source: number, isHigh: boolean): void {
    this.plic.follow(source, () => isHigh);
  }

  claim(context = 0): number {
    return this.plic.load(CLAIM + 0x1000 * context, 4);
  }

  complete(source: number, context = 0): void {
    this.plic.store(CLAIM + 0x1000 * context, 4, source);
  }
}

test('a source that is enabled interrupts, is claimed once, and again when its line is still high', () => {
  const board = new Board().enableAll();
  board.line(5, true);
  expect(board.raised.get(0)).toBe(true);
  expect(board.plic.load(0x1000, 4)).toBe(1 << 5);
  expect([board.claim(), board.claim(), board.raised.get(0)]).toEqual([5, 0, false]);
  board.complete(5);
  expect([board.raised.get(0), board.claim()]).toEqual([true, 5]);
  board.line(5, false);
  board.complete(5);
  expect([board.raised.get(0), board.claim()]).toEqual([false, 0]);
});

test('a line that falls before the claim takes its request back', () => {
  const board = new Board().enableAll();
  board.line(7, true);
  board.line(7, false);
  expect([board.raised.get(0), board.claim()]).toEqual([false, 0]);
});

test('the higher priority goes first, of equals the lower number', () => {
  const board = new Board().enableAll();
  board.plic.store(PRIORITY + 4 * 9, 4, 3);
  for (const source of [20, 4, 9]) board.line(source, true);
  expect([board.claim(), board.claim(), board.claim(), board.claim()]).toEqual([9, 4, 20, 0]);
});

test('what is not above the threshold does not interrupt, but can be claimed', () => {
  const board = new Board().enableAll();
  board.plic.store(THRESHOLD, 4, 1);
  board.line(3, true);
  expect(board.raised.get(0)).toBeUndefined();
  board.plic.store(PRIORITY + 4 * 3, 4, 2);
  expect(board.raised.get(0)).toBe(true);
  board.plic.store(THRESHOLD, 4, 7);
  expect([board.raised.get(0), board.claim()]).toEqual([false, 3]);
});

test('priority 0 never interrupts, and source 0 does not exist', () => {
  const board = new Board();
  board.plic.store(ENABLE, 4, 0xffff_ffff);
  board.plic.store(PRIORITY, 4, 7);
  board.line(3, true);
  expect([board.raised.get(0), board.plic.load(PRIORITY, 4), board.plic.load(ENABLE, 4)]).toEqual([
    undefined,
    0,
    0xffff_fffe,
  ]);
});

test('contexts are served apart, and one cannot complete what it has not enabled', () => {
  const board = new Board().enableAll(1);
  board.line(6, true);
  expect([board.raised.get(0), board.raised.get(1), board.claim(0), board.claim(1)]).toEqual([undefined, true, 0, 6]);
  board.complete(6, 0);
  expect(board.claim(1)).toBe(0);
  board.complete(6, 1);
  expect(board.claim(1)).toBe(6);
});

test('sources above 31 have their own words', () => {
  const board = new Board();
  board.plic.store(PRIORITY + 4 * 96, 4, 1);
  board.plic.store(ENABLE + 12, 4, 1);
  board.line(96, true);
  expect([board.plic.load(0x100c, 4), board.claim()]).toEqual([1, 96]);
});

test('a reset forgets what the guest has set, not the lines', () => {
  const board = new Board().enableAll();
  board.line(5, true);
  board.plic.reset();
  expect([board.raised.get(0), board.plic.load(ENABLE, 4), board.plic.load(PRIORITY + 20, 4)]).toEqual([false, 0, 0]);
  board.enableAll();
  expect([board.raised.get(0), board.claim()]).toEqual([true, 5]);
});

test('what was saved goes on elsewhere', () => {
  const board = new Board().enableAll();
  board.line(5, true);
  board.line(6, true);
  expect(board.claim()).toBe(5);
  const other = new Board();
  other.plic.restore(structuredClone(board.plic.save()));
  expect(other.raised.get(0)).toBe(true);
  other.complete(5);
  expect([other.claim(), other.claim(), other.claim()]).toEqual([5, 6, 0]);
});

test('registers that are not there read 0, whatever is written', () => {
  const offset = fc.oneof(fc.nat(PLIC_BYTES), fc.nat(0x3000), fc.integer({ min: THRESHOLD, max: THRESHOLD + 0x3000 }));
  const access = fc.tuple(offset, fc.constantFrom(1, 2, 4), fc.integer({ min: 0, max: 0xffff_ffff }));
  fc.assert(
    fc.property(fc.array(access, { maxLength: 60 }), (accesses) => {
      const board = new Board();
      board.line(5, true);
      for (const [offset, size, value] of accesses) {
        board.plic.store(offset, size, value);
        const read = board.plic.load(offset, size);
        expect(Number.isInteger(read) && read >= 0 && read <= 0xffff_ffff).toBe(true);
      }
      board.plic.reset();
      board.enableAll();
      expect([board.claim(), board.claim()]).toEqual([5, 0]);
    }),
    { numRuns: 200 },
  );
});

test('two threads that claim and complete never have a source at a time', async () => {
  const board = new Board(2).enableAll(0).enableAll(1);
  const holders = new Int32Array(new SharedArrayBuffer(4 * 32));
  const rounds = 3000;
  for (let source = 1; source < 9; source++) board.line(source, true);
  const code = `
    const { workerData, parentPort } = require('node:worker_threads');
    import(workerData.module).then(({ Plic }) => {
      const { words, holders, rounds } = workerData;
      const plic = new Plic(words, () => {});
      Atomics.store(holders, 0, 1);
      Atomics.notify(holders, 0);
      let clashes = 0;
      for (let n = 0; n < rounds;) {
        const source = plic.load(0x201004, 4);
        if (source === 0) continue;
        if (Atomics.add(holders, source, 1) !== 0) clashes++;
        Atomics.sub(holders, source, 1);
        plic.store(0x201004, 4, source);
        n++;
      }
      parentPort.postMessage(clashes);
    });`;
  const worker = new Worker(code, {
    eval: true,
    workerData: { words: board.words, holders, rounds, module: new URL('./plic.ts', import.meta.url).href },
  });
  const clashesThere = new Promise<number>((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
  Atomics.wait(holders, 0, 0);
  let clashes = 0;
  for (let n = 0; n < rounds;) {
    const source = board.claim(0);
    if (source === 0) continue;
    if (Atomics.add(holders, source, 1) !== 0) clashes++;
    Atomics.sub(holders, source, 1);
    board.complete(source, 0);
    n++;
  }
  expect([clashes, await clashesThere]).toEqual([0, 0]);
});
