import { readFileSync } from 'node:fs';
import process from 'node:process';
import { describe, expect, test } from 'vitest';
import * as fc from 'fast-check';
import { HostError } from '../../base/errors.ts';
import { isElf, readElfDynamics, readModuleInfo } from './elf.ts';
import { makeKernelModule } from './module-fixture.ts';

const BASE = 0x10000;

/** A 64-bit shared object: one loaded segment over the whole file, an interpreter, and these dynamic entries. */
function sharedObject(interpreter: string, entries: readonly (readonly [tag: number, text: string])[]): Buffer {
  const strings = Buffer.from(`\0${entries.map(([, text]) => `${text}\0`).join('')}`);
  const interp = Buffer.from(`${interpreter}\0`);
  const interpAt = 64 + 3 * 56;
  const stringsAt = interpAt + interp.length;
  const dynamicAt = stringsAt + strings.length;
  const dynamic: bigint[] = [];
  let offset = 1;
  for (const [tag, text] of entries) {
    dynamic.push(BigInt(tag), BigInt(offset));
    offset += text.length + 1;
  }
  dynamic.push(5n, BigInt(BASE + stringsAt), 10n, BigInt(strings.length), 0n, 0n);
  const bytes = Buffer.alloc(dynamicAt + dynamic.length * 8);
  bytes.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  bytes.writeBigUInt64LE(64n, 32);
  bytes.writeUInt16LE(56, 54);
  bytes.writeUInt16LE(3, 56);
  const segment = (index: number, type: number, at: number, size: number): void => {
    const header = 64 + index * 56;
    bytes.writeUInt32LE(type, header);
    bytes.writeBigUInt64LE(BigInt(at), header + 8);
    bytes.writeBigUInt64LE(BigInt(BASE + at), header + 16);
    bytes.writeBigUInt64LE(BigInt(size), header + 32);
  };
  segment(0, 1, 0, bytes.length);
  segment(1, 3, interpAt, interp.length);
  segment(2, 2, dynamicAt, dynamic.length * 8);
  bytes.set(interp, interpAt);
  bytes.set(strings, stringsAt);
  dynamic.forEach((value, index) => bytes.writeBigUInt64LE(value, dynamicAt + index * 8));
  return bytes;
}

describe('readElfDynamics', () => {
  test('gives interpreter, needed libraries in order, and search paths', () => {
    const bytes = sharedObject('/lib64/ld.so', [
      [1, 'libb.so.1'],
      [1, 'liba.so.2'],
      [29, '$ORIGIN/x:/opt/lib'],
    ]);
    expect(readElfDynamics(bytes, 'x')).toEqual({
      interpreter: '/lib64/ld.so',
      needed: ['libb.so.1', 'liba.so.2'],
      runPaths: ['$ORIGIN/x', '/opt/lib'],
    });
  });

  test('DT_RUNPATH wins over DT_RPATH', () => {
    const bytes = sharedObject('/ld', [
      [15, '/old'],
      [29, '/new'],
    ]);
    expect(readElfDynamics(bytes, 'x').runPaths).toEqual(['/new']);
  });

  test('reads the program that runs this test', () => {
    const { interpreter, needed } = readElfDynamics(readFileSync(process.execPath), 'node');
    expect(interpreter).toMatch(/^\/lib.*\/ld-/);
    expect(needed).toContain('libc.so.6');
  });

  test('says what is wrong with a file that is cut short', () => {
    const bytes = sharedObject('/ld', [[1, 'liba.so']]);
    expect(() => readElfDynamics(bytes.subarray(0, 100), '/usr/lib/liba.so')).toThrow(
      '/usr/lib/liba.so is not a usable ELF file: its program header table lies outside the file.',
    );
  });

  test('damaged files end in a value or a HostError, nothing else', () => {
    const good = sharedObject('/lib64/ld.so', [
      [1, 'libb.so.1'],
      [29, '/opt/lib'],
    ]);
    const damage = fc.array(fc.tuple(fc.nat(good.length - 1), fc.integer({ min: 0, max: 255 })), { maxLength: 12 });
    fc.assert(
      fc.property(damage, fc.nat(good.length), (changes, length) => {
        const bytes = Buffer.from(good);
        for (const [at, value] of changes) bytes[at] = value;
        valueOrHostError(() => readElfDynamics(bytes.subarray(0, length), 'x'));
        valueOrHostError(() => readElfDynamics(bytes, 'x'));
      }),
      { numRuns: 3000 },
    );
  });

  test('random bytes behind a right beginning end in a value or a HostError', () => {
    fc.assert(
      fc.property(fc.constantFrom(1, 2), fc.uint8Array({ maxLength: 400 }), (kind, tail) => {
        const bytes = Buffer.concat([Buffer.from([0x7f, 0x45, 0x4c, 0x46, kind, 1, 1]), tail]);
        expect(isElf(bytes)).toBe(true);
        valueOrHostError(() => readElfDynamics(bytes, 'x'));
        valueOrHostError(() => readModuleInfo(bytes, 'x'));
      }),
      { numRuns: 3000 },
    );
  });
});

describe('readModuleInfo', () => {
  test('gives the pairs in order', () => {
    expect(readModuleInfo(makeKernelModule('license=GPL\0depends=a,b\0alias=x=y\0'), 'x.ko')).toEqual([
      ['license', 'GPL'],
      ['depends', 'a,b'],
      ['alias', 'x=y'],
    ]);
  });

  test('damaged modules end in a value or a HostError, nothing else', () => {
    const good = makeKernelModule('license=GPL\0depends=a,b\0');
    const damage = fc.array(fc.tuple(fc.nat(good.length - 1), fc.integer({ min: 0, max: 255 })), { maxLength: 12 });
    fc.assert(
      fc.property(damage, (changes) => {
        const bytes = Buffer.from(good);
        for (const [at, value] of changes) bytes[at] = value;
        valueOrHostError(() => readModuleInfo(bytes, 'x'));
      }),
      { numRuns: 3000 },
    );
  });
});

function valueOrHostError(read: () => unknown): void {
  try {
    read();
  } catch (error) {
    if (!(error instanceof HostError) || error.code !== 'bad-elf') throw error;
  }
}
