import { createHash, randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  mkdtempDisposableSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { expect, it } from 'vitest';
import { compileWasm, instantiateWasm } from '../../../wasm/api.ts';
import { Code } from '../../../wasm/code.ts';
import { ModuleBuilder } from '../../../wasm/module-builder.ts';
import { op, valueType } from '../../../wasm/opcodes.table.ts';
import { fingerprintOf } from './fingerprint.ts';
import { HotCode } from './hot-code.ts';
import type { HotRegion } from './hot-page.ts';
import { NativeCode } from './native-code.ts';

const REGION: HotRegion = { entry: 0x10, from: 0x10, to: 0x1000, entries: [0x10, 0x40], warm: [0x40] };

/** A page that is like no other. */
function pageOf(number: number): Uint8Array {
  const bytes = new Uint8Array(0x1000);
  new DataView(bytes.buffer).setUint32(0xf8, number, true);
  return bytes;
}

/** A file with one page that has one region. */
function write(file: string): void {
  const hot = HotCode.open(file);
  hot.add(pageOf(1), 1, REGION)?.keep(REGION, 0, { wasm: Uint8Array.of(1, 2), native: Uint8Array.of(3) });
  hot.save();
}

it('keeps pages, regions and code', () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'hot-code-'));
  const file = join(folder.path, 'hot-code');
  write(file);
  const [page] = HotCode.open(file).find(fingerprintOf(pageOf(1)), 1);
  expect(page?.bytes).toEqual(pageOf(1));
  expect(page?.regions).toEqual([REGION]);
  const [region = REGION] = page?.regions ?? [];
  expect(page?.codeOf(region, 0)).toEqual({ wasm: Buffer.of(1, 2), native: Buffer.of(3) });
  expect(page?.codeOf(region, 1)).toBeNull();
  expect(HotCode.open(file).find(fingerprintOf(pageOf(1)), 0)).toEqual([]);
});

it('adds to what is in the file', () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'hot-code-'));
  const file = join(folder.path, 'hot-code');
  write(file);
  const hot = HotCode.open(file);
  const more = { ...REGION, entry: 0x40 };
  const page = hot.add(pageOf(1), 1, more);
  page?.keep(more, 1, { wasm: Uint8Array.of(4), native: new Uint8Array() });
  expect(hot.add(pageOf(1), 1, REGION)).toBeNull();
  expect(hot.pack(Infinity)).toBe(false);
  hot.save();
  const [kept] = HotCode.open(file).find(fingerprintOf(pageOf(1)), 1);
  expect(kept?.regions).toEqual([REGION, more]);
  const codes = kept?.regions.map((region) => [0, 1].map((hart) => kept.codeOf(region, hart)?.wasm));
  expect(codes).toEqual([
    [Buffer.of(1, 2), undefined],
    [undefined, Buffer.of(4)],
  ]);
});

it('trusts no file that somebody else can have written', () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'hot-code-'));
  const file = join(folder.path, 'hot-code');
  write(file);
  const isRead = (path = file): boolean => HotCode.open(path).fingerprints.length > 0;
  expect(isRead()).toBe(true);
  for (const mode of [0o620, 0o602]) {
    chmodSync(file, mode);
    expect(isRead()).toBe(false);
  }
  chmodSync(file, 0o600);
  symlinkSync(file, join(folder.path, 'link'));
  expect(isRead(join(folder.path, 'link'))).toBe(false);
  expect(isRead()).toBe(true);
  if (process.getuid?.() !== 0) return;
  chownSync(file, 12345, 0);
  expect(isRead()).toBe(false);
});

it('uses no file of another version', () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'hot-code-'));
  const file = join(folder.path, 'hot-code');
  write(file);
  const content = readFileSync(file);
  // Behind the magic number and the digest.
  content.writeUInt8(content.readUInt8(40) ^ 1, 40);
  createHash('sha256').update(content.subarray(40)).digest().copy(content, 8);
  writeFileSync(file, content);
  expect(HotCode.open(file).fingerprints).toEqual([]);
});

it('keeps the file small by forgetting what was not used for longest', () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'hot-code-'));
  const file = join(folder.path, 'hot-code');
  const limit = 1 << 20;
  const random = randomBytes(limit / 16);
  const fill = (first: number, count: number): void => {
    const hot = HotCode.open(file, limit);
    for (let i = first; i < first + count; i++) {
      hot.add(pageOf(i), 1, REGION)?.keep(REGION, 0, { wasm: random, native: new Uint8Array() });
    }
    hot.save();
  };
  fill(0, 10);
  fill(10, 10);
  expect(statSync(file).size).toBeLessThanOrEqual(limit);
  expect(HotCode.open(file, limit / 2).fingerprints).toEqual([]);
  const kept = HotCode.open(file, limit);
  const left = Array.from({ length: 20 }, (_, i) => kept.find(fingerprintOf(pageOf(i)), 1).length);
  expect(left.slice(10)).toEqual(Array.from({ length: 10 }, () => 1));
  expect(left.slice(0, 10)).toEqual(Array.from({ length: 10 }, (_, i) => (i < 5 ? 0 : 1)));
});

/** A module with a function that adds 1. */
function incrementer(): Uint8Array {
  const { i32 } = valueType;
  const builder = new ModuleBuilder();
  const code = new Code(1).get(0).i32(1).op(op.i32Add);
  builder.exportFunction('run', builder.function(builder.type([i32], [i32]), code));
  return builder.toBytes();
}

it('makes a module of its machine code, and none of code of another version of V8', () => {
  const code = NativeCode.open();
  const wasm = incrementer();
  const module = compileWasm(wasm);
  const { run } = instantiateWasm(module) as { run: (value: number) => number };
  expect(code?.serialize(module, run)).toBeNull();
  code?.optimize(run);
  const native = code?.serialize(module, run) ?? new Uint8Array();
  const again = code?.deserialize({ wasm, native });
  if (again === null || again === undefined) throw new Error('there is no module');
  const instance = instantiateWasm(again) as { run: (value: number) => number };
  expect(instance.run(41)).toBe(42);
  expect(code?.serialize(again, instance.run)).not.toBeNull();
  // Magic number, version, processor, flags.
  for (const word of [0, 1, 3]) {
    const other = native.slice();
    other[word * 4] = (other[word * 4] ?? 0) ^ 1;
    expect(code?.deserialize({ wasm, native: other })).toBeNull();
  }
});

it.each([
  { what: 'are unknown to V8', source: 'return { optimize: (f) => %NoSuchIntrinsic(f) }' },
  {
    what: 'make nothing',
    source: 'return { optimize() {}, isOptimized: () => true, serialize() {}, deserialize() {} }',
  },
])('has no machine code where intrinsics $what', ({ source }) => {
  expect(NativeCode.open(source)).toBeNull();
  expect(NativeCode.open()).not.toBeNull();
});
