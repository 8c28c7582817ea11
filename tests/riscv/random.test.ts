/**
 * Random instructions on random state, in interpreter, translator and QEMU's user mode: all must agree in every register, flag
 * and byte. What differs is cut down to the shortest beginning of its case that still does. SAFFRON_RISCV_SECONDS asks for
 * more rounds than a daily run has, SAFFRON_RISCV_SEED for others.
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, expect, it } from 'vitest';
import { createGuestMemory } from '../../src/emu/riscv/guest-memory.ts';
import { Hart } from '../../src/emu/riscv/hart.ts';
import * as layout from '../../src/emu/riscv/layout.ts';
import { Program } from '../../src/emu/riscv/program.ts';
import { BASE, BLOCK_BYTES, blocksIn, printStep, programOf, Random, randomCase, type Case } from './random-program.ts';

const SECONDS = Number(process.env['SAFFRON_RISCV_SECONDS'] ?? 20);
/** However slow the machine is. */
const LEAST_ROUNDS = 6;
const SEED = Number(process.env['SAFFRON_RISCV_SEED'] ?? 20_240_229);
const CASES = 150;
const STEPS = 40;

const folder = mkdtempSync(join(tmpdir(), 'saffron-riscv-'));
afterAll(() => rmSync(folder, { recursive: true }));

const guest = createGuestMemory(0x200000, 1);
const ram = new Uint8Array(guest.memory.buffer, guest.ramOffset, guest.ramBytes);
const nowhere = { load: () => -1, store: () => false };
const harts = [0, 1].map((hotAfter) => {
  return new Hart({ guest, hartId: 0, bus: nowhere, time: { instructionsPerTick: 1 }, hasSbi: true, hotAfter });
});

function inQemu(file: Uint8Array): Uint8Array {
  const path = join(folder, 'program');
  writeFileSync(path, file);
  chmodSync(path, 0o755);
  return execFileSync('qemu-riscv64', [path], { maxBuffer: 2 * file.length });
}

/** Runs a program up to its first system call. */
function onHart(hart: Hart, file: Uint8Array, count: number): Uint8Array {
  ram.fill(0);
  ram.set(file);
  // Floating point has to be switched on first.
  const start = new Program().constant(5, 0x6000).add('csrrs', { rs1: 5, csr: 0x100 });
  start.add('auipc', { rd: 5, imm: 0x1000 }).add('jalr', { rs1: 5, imm: -12 });
  ram.set(new Uint8Array(start.toWords().buffer), 0);
  hart.reset({ pc: BigInt(BASE), a0: 0n, a1: 0n, mode: 'supervisor' });
  let exit: number = layout.EXIT_SLICE;
  for (let i = 0; i < 100 && exit === layout.EXIT_SLICE; i++) exit = hart.runSlice(10_000);
  expect(exit).toBe(layout.EXIT_SBI);
  return blocksIn(ram, count).slice();
}

function firstDifference(a: Uint8Array, b: Uint8Array): number {
  return a.length === b.length ? a.findIndex((byte, i) => byte !== b[i]) : 0;
}

/** The beginnings of a case, one step longer each. */
function beginningsOf(it: Case): Case[] {
  return it.steps.map((_, i) => ({ ...it, steps: it.steps.slice(0, i + 1) }));
}

/** Says how the engines differ in a case. */
function explain(it: Case, hart: Hart): string {
  const shorter = beginningsOf(it);
  const file = programOf(shorter);
  const wanted = inQemu(file);
  const got = onHart(hart, file, shorter.length);
  const at = firstDifference(got, wanted);
  const steps = (shorter[Math.floor(at / BLOCK_BYTES)] ?? it).steps.slice(-6).map(printStep);
  const word = at - (at % 8);
  const show = (bytes: Uint8Array): string => Buffer.from(bytes.slice(word, word + 8).toReversed()).toString('hex');
  return `${steps.join('\n')}\nat ${(word % BLOCK_BYTES) - 1536} behind the block: ${show(got)}, QEMU ${show(wanted)}`;
}

it('random programs do on the built-in processor what they do in QEMU', { timeout: 120_000 + 2000 * SECONDS }, () => {
  const end = performance.now() + 1000 * SECONDS;
  for (let round = 0; round < LEAST_ROUNDS || performance.now() < end; round++) {
    const random = new Random(SEED + round);
    const cases = Array.from({ length: CASES }, () => randomCase(random, STEPS));
    const file = programOf(cases);
    const wanted = inQemu(file);
    for (const [engine, hart] of harts.entries()) {
      const at = firstDifference(onHart(hart, file, CASES), wanted);
      const differs = cases[Math.floor(at / BLOCK_BYTES)];
      if (at < 0 || differs === undefined) continue;
      const name = engine === 0 ? 'interpreter' : 'translator';
      expect.fail(`seed ${SEED + round}, ${name}:\n${explain(differs, hart)}`);
    }
  }
  expect(harts[1]?.regionCount).toBeGreaterThan(0);
});
