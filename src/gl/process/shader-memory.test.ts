import { closeSync, fstatSync, openSync, readFileSync, writeSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLogger } from '../../base/log.ts';
import { lockFile, unlockFile } from '../../base/native/memory-file.ts';
import { FOZ_MAGIC } from './fossilize.ts';
import { ShaderMemory } from './shader-memory.ts';
import { ShaderStore } from './shader-store.ts';

const MAX_BYTES = 4096;
const keyOf = (number: number): string => number.toString(16).padStart(40, 'a');

let memory: ShaderMemory;
let store: ShaderStore;
beforeEach(() => {
  memory = freshMemory();
  store = ShaderStore.open(null, silentLogger);
});
afterEach(() => memory.close());

/** As a process has it when it is ready. */
function freshMemory(): ShaderMemory {
  const fresh = new ShaderMemory(MAX_BYTES);
  for (const fd of fresh.fds) writeSync(fd, FOZ_MAGIC, 0, FOZ_MAGIC.length, 0);
  return fresh;
}

function readEntryAt(index: number, number: number): string {
  return readFileSync(`/proc/self/fd/${index}`, 'latin1').slice(16 + 64 * number, 56 + 64 * number);
}

/** Writes as Mesa does: the record, then the entry. What is told of it may be wrong. */
function compile(
  key: string,
  payload: Buffer,
  told: { offset?: bigint; size?: number; recordKey?: string } = {},
): void {
  const [data, index] = memory.fds;
  const record = Buffer.alloc(56 + payload.length);
  record.write(told.recordKey ?? key, 'latin1');
  record.writeUInt32LE(told.size ?? payload.length, 40);
  payload.copy(record, 56);
  const at = fstatSync(data).size;
  writeSync(data, record, 0, record.length, at);
  const entry = Buffer.alloc(64);
  entry.write(key, 'latin1');
  entry.writeUInt32LE(8, 40);
  entry.writeBigUInt64LE(told.offset ?? BigInt(at + 40), 56);
  writeSync(index, entry, 0, entry.length, fstatSync(index).size);
}

function keys(): string[] {
  return store.after(0).map(({ key }) => key);
}

describe('the shaders of one process', () => {
  it('come to the next, but for what was there before a guest', () => {
    compile(keyOf(1), Buffer.from('of the rehearsal'));
    expect(memory.give(store)).toBe(true);
    compile(keyOf(2), Buffer.from('of the guest'));
    memory.collect(store);
    expect(keys()).toEqual([keyOf(2)]);
    memory.close();
    memory = freshMemory();
    compile(keyOf(1), Buffer.from('of the rehearsal, again'));
    expect(memory.give(store)).toBe(true);
    // Who starts to look only now sees what was given as if it had been compiled there.
    const [data, index] = memory.fds;
    expect(readEntryAt(index, 1)).toBe(keyOf(2));
    expect(readFileSync(`/proc/self/fd/${data}`, 'latin1')).toContain('of the guest');
  });

  it('are taken once, and what others add meanwhile is given once', () => {
    memory.give(store);
    compile(keyOf(1), Buffer.from('one'));
    memory.collect(store);
    const { size } = fstatSync(memory.fds[0]);
    store.add(keyOf(2), Buffer.alloc(60));
    memory.give(store);
    const grown = fstatSync(memory.fds[0]).size;
    expect(grown).toBeGreaterThan(size);
    memory.give(store);
    memory.collect(store);
    expect(fstatSync(memory.fds[0]).size).toBe(grown);
    expect(store.serial).toBe(2);
  });

  it('are left alone while the process writes', () => {
    const writer = openSync(`/proc/self/fd/${memory.fds[0]}`, 'r+');
    lockFile(writer);
    store.add(keyOf(1), Buffer.alloc(60));
    expect(memory.give(store)).toBe(false);
    unlockFile(writer);
    closeSync(writer);
    expect(memory.give(store)).toBe(true);
  });

  const payload = Buffer.from('payload');
  it.each([
    ['an offset beyond all numbers', keyOf(1), { offset: 2n ** 63n }],
    ['an offset before all records', keyOf(1), { offset: 3n }],
    ['no key', 'not a key'.padEnd(40, '.'), {}],
  ])('are not looked at behind an entry with %s', (_, key, told) => {
    memory.give(store);
    compile(key, payload, told);
    compile(keyOf(2), payload);
    memory.collect(store);
    expect(keys()).toEqual([]);
  });

  it('are left out where a record is not what its entry says', () => {
    memory.give(store);
    compile(keyOf(4), payload, { size: 0xffff_ffff });
    compile(keyOf(5), payload, { size: 1 << 20 });
    compile(keyOf(6), payload, { offset: 1n << 40n });
    compile(keyOf(7), payload, { recordKey: keyOf(8) });
    compile(keyOf(9), payload);
    memory.collect(store);
    expect(keys()).toEqual([keyOf(9)]);
  });

  it('stop growing at their limit', () => {
    memory.give(store);
    compile(keyOf(1), Buffer.alloc(1000));
    memory.bound();
    compile(keyOf(2), Buffer.alloc(MAX_BYTES));
    memory.bound();
    expect(() => compile(keyOf(3), Buffer.alloc(1))).toThrow('EPERM');
    memory.collect(store);
    expect(keys()).toEqual([1, 2].map(keyOf));
    store.add(keyOf(4), Buffer.alloc(60));
    expect(memory.give(store)).toBe(true);
  });
});
