import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { silentLogger } from '../../base/log.ts';
import { ShaderStore } from './shader-store.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'saffron-shaders-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const keyOf = (number: number): string => number.toString(16).padStart(40, '0');

/** A record with a payload of `size` bytes. */
function recordOf(number: number, size: number): Buffer {
  const record = Buffer.alloc(56 + size, number);
  record.write(keyOf(number), 'latin1');
  record.writeUInt32LE(size, 40);
  return record;
}

function storeWith(at: string | null, count: number, size: number, maxBytes?: number): ShaderStore {
  const store = ShaderStore.open(at, silentLogger, maxBytes);
  for (let i = 1; i <= count; i++) store.add(keyOf(i), recordOf(i, size));
  return store;
}

test('what was saved is there in the next run, for this user only', () => {
  const at = join(folder, 'of', 'a guest');
  storeWith(at, 3, 100).save();
  expect(statSync(at).mode & 0o777).toBe(0o700);
  expect(readdirSync(at).map((name) => statSync(join(at, name)).mode & 0o777)).toEqual([0o600]);
  const records = ShaderStore.open(at, silentLogger).after(0);
  expect(records.map(({ key }) => key)).toEqual([1, 2, 3].map(keyOf));
  expect(records.map(({ bytes }) => Buffer.from(bytes))).toEqual([1, 2, 3].map((i) => recordOf(i, 100)));
});

test('without a folder nothing is written', () => {
  storeWith(null, 3, 100).save();
  expect(readdirSync(folder)).toEqual([]);
});

test('the newest stay within the limit, in memory and in the file', () => {
  const store = storeWith(folder, 20, 44, 1000);
  expect(store.totalBytes).toBe(1000);
  expect(store.after(0).map(({ key }) => key)).toEqual(Array.from({ length: 10 }, (_, i) => keyOf(i + 11)));
  store.add(keyOf(21), recordOf(21, 1000));
  expect(store.has(keyOf(21))).toBe(false);
  store.save();
  expect(statSync(join(folder, 'shaders.foz')).size).toBe(1016);
});

test('a file that is broken gives what is whole', () => {
  storeWith(folder, 3, 100).save();
  const file = join(folder, 'shaders.foz');
  const whole = readFileSync(file);
  const keysOf = (): string[] =>
    ShaderStore.open(folder, silentLogger)
      .after(0)
      .map(({ key }) => key);
  truncateSync(file, whole.length - 1);
  expect(keysOf()).toEqual([1, 2].map(keyOf));
  writeFileSync(file, whole);
  appendFileSync(file, Buffer.alloc(100, 0xff));
  expect(keysOf()).toEqual([1, 2, 3].map(keyOf));
  whole.writeUInt32LE(0xffff_ffff, 16 + 156 + 40);
  writeFileSync(file, whole);
  expect(keysOf()).toEqual([keyOf(1)]);
  writeFileSync(file, Buffer.alloc(200, 'x'));
  expect(keysOf()).toEqual([]);
});

test('a folder that cannot be written costs one line of the log, and nothing else', () => {
  const file = join(folder, 'file');
  writeFileSync(file, '');
  const lines: string[] = [];
  const log = { ...silentLogger, warn: (message: string) => void lines.push(message) };
  const store = ShaderStore.open(join(file, 'below'), log);
  store.add(keyOf(1), recordOf(1, 10));
  store.save();
  store.add(keyOf(2), recordOf(2, 10));
  store.save();
  expect(lines).toEqual(['compiled shaders are not kept for the next run']);
  expect(store.has(keyOf(1))).toBe(true);
});
