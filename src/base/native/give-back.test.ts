import { expect, test } from 'vitest';
import { readFileSync } from 'node:fs';
import { giveBack } from './give-back.ts';
import { SharedMemory } from './shared-memory.ts';

const MIB = 1 << 20;

/** What this process holds in memory, in bytes. */
function residentBytes(): number {
  return 1024 * Number(/VmRSS:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'latin1'))![1]);
}

test.each([
  ['a memory of WebAssembly', false],
  ['one that other processes map too', true],
])('%s is given back in part, and can be used again', (_, isShared) => {
  const pages = (64 * MIB) / 65536;
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true }) as unknown as {
    readonly buffer: SharedArrayBuffer;
    grow(pages: number): number;
  };
  const shared = isShared ? SharedMemory.createUnder('give-back', memory, 0, 64 * MIB) : null;
  const bytes = new Uint8Array(memory.buffer);
  bytes.fill(7);
  const before = residentBytes();
  expect(giveBack(bytes.subarray(MIB, 33 * MIB), isShared)).toBe(true);
  expect(before - residentBytes()).toBeGreaterThan(24 * MIB);
  expect([bytes[MIB - 1], bytes[MIB], bytes[33 * MIB - 1], bytes[33 * MIB]]).toEqual([7, 0, 0, 7]);
  bytes[MIB] = 9;
  expect([bytes[MIB], giveBack(bytes.subarray(1, 5000), isShared), bytes[1]]).toEqual([9, false, 7]);
  shared?.close();
});
