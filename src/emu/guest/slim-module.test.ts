import { describe, expect, test } from 'vitest';
import * as fc from 'fast-check';
import { HostError } from '../../base/errors.ts';
import { slimModule } from './slim-module.ts';

const NAMES = ['', '.text', '.rela.text', '.BTF', '.bss', '.symtab', '.strtab', '.shstrtab'] as const;
const CODE = Buffer.from('code of a module');
/** Name, value; the first four are local. */
const SYMBOLS = [
  ['', 0],
  ['.L1', 4],
  ['$xrv64i2p1', 6],
  ['.L2', 8],
  ['helper', 10],
  ['init_module', 12],
  ['printk', 0],
] as const;
const FIRST_GLOBAL = 5;

interface Read {
  readonly sections: ReadonlyMap<string, { readonly type: number; readonly info: number; readonly data: Buffer }>;
  readonly symbols: readonly (readonly [name: string, value: number])[];
}

function textAt(table: Buffer, at: number): string {
  return table.toString('latin1', at, table.indexOf(0, at));
}

function read(file: Uint8Array): Read {
  const bytes = Buffer.from(file);
  const at = Number(bytes.readBigUInt64LE(40));
  const headers = Array.from({ length: bytes.readUInt16LE(60) }, (_, i) =>
    bytes.subarray(at + i * 64, at + i * 64 + 64),
  );
  const dataOf = (header: Buffer): Buffer => {
    const [offset, size] = [Number(header.readBigUInt64LE(24)), Number(header.readBigUInt64LE(32))];
    return header.readUInt32LE(4) === 8 ? Buffer.alloc(0) : bytes.subarray(offset, offset + size);
  };
  const names = dataOf(headers[bytes.readUInt16LE(62)] ?? Buffer.alloc(64));
  const sections = new Map(
    headers.map((header) => [
      textAt(names, header.readUInt32LE(0)),
      { type: header.readUInt32LE(4), info: header.readUInt32LE(44), data: dataOf(header) },
    ]),
  );
  const [table, texts] = [sections.get('.symtab')?.data, sections.get('.strtab')?.data];
  if (table === undefined || texts === undefined) throw new Error('no symbols');
  const symbols = Array.from(
    { length: table.length / 24 },
    (_, i) => [textAt(texts, table.readUInt32LE(i * 24)), Number(table.readBigUInt64LE(i * 24 + 8))] as const,
  );
  return { sections, symbols };
}

/** A module with one relocation to each of these symbols. */
function makeModule(uses: readonly number[]): Buffer {
  let strings = '\0';
  const symbols = SYMBOLS.map(([name, value]) => {
    const entry = Buffer.alloc(24);
    entry.writeUInt32LE(name === '' ? 0 : strings.length, 0);
    if (name !== '') strings += `${name}\0`;
    entry.writeBigUInt64LE(BigInt(value), 8);
    return entry;
  });
  const relocations = uses.map((symbol, i) => {
    const entry = Buffer.alloc(24);
    entry.writeBigUInt64LE(BigInt(i), 0);
    entry.writeBigUInt64LE((BigInt(symbol) << 32n) | 18n, 8);
    return entry;
  });
  const texts = `${NAMES.join('\0')}\0`;
  const data = [
    Buffer.alloc(0),
    CODE,
    Buffer.concat(relocations),
    Buffer.from('types'),
    Buffer.alloc(0),
    Buffer.concat(symbols),
    Buffer.from(strings),
    Buffer.from(texts),
  ];
  const types = [0, 1, 4, 1, 8, 2, 3, 3];
  const bodies: Buffer[] = [Buffer.alloc(64)];
  let end = 64;
  const headers = data.map((body, i) => {
    const header = Buffer.alloc(64);
    const name = NAMES[i] ?? '';
    header.writeUInt32LE(name === '' ? 0 : texts.indexOf(`\0${name}\0`) + 1, 0);
    header.writeUInt32LE(types[i] ?? 0, 4);
    header.writeBigUInt64LE(BigInt(i === 0 ? 0 : end), 24);
    header.writeBigUInt64LE(BigInt(types[i] === 8 ? 4096 : body.length), 32);
    header.writeUInt32LE(types[i] === 4 ? 5 : types[i] === 2 ? 6 : 0, 40);
    header.writeUInt32LE(types[i] === 2 ? FIRST_GLOBAL : types[i] === 4 ? 1 : 0, 44);
    header.writeBigUInt64LE(1n, 48);
    bodies.push(body);
    end += body.length;
    return header;
  });
  const file = Buffer.concat([...bodies, ...headers]);
  file.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  file.writeUInt16LE(1, 16);
  file.writeBigUInt64LE(BigInt(end), 40);
  file.writeUInt16LE(64, 58);
  file.writeUInt16LE(data.length, 60);
  file.writeUInt16LE(7, 62);
  return file;
}

describe('slimModule', () => {
  test('leaves out labels that no relocation refers to, and empties the types', () => {
    const { sections, symbols } = read(slimModule(makeModule([3, 6]), 'x.ko'));
    expect(symbols).toEqual([
      ['', 0],
      ['', 8],
      ['helper', 10],
      ['init_module', 12],
      ['printk', 0],
    ]);
    expect([...sections.keys()]).toEqual(NAMES);
    expect(sections.get('.symtab')?.info).toBe(3);
    expect(sections.get('.BTF')?.data).toHaveLength(0);
    expect(sections.get('.text')?.data).toEqual(CODE);
    const relocations = sections.get('.rela.text');
    expect(relocations?.info).toBe(1);
    expect([0, 24].map((at) => relocations?.data.readBigUInt64LE(at + 8))).toEqual([
      (1n << 32n) | 18n,
      (4n << 32n) | 18n,
    ]);
  });

  test('whatever relocations refer to stays, where it was', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(SYMBOLS.length - 1)), (uses) => {
        const { sections, symbols } = read(slimModule(makeModule(uses), 'x.ko'));
        const data = sections.get('.rela.text')?.data ?? Buffer.alloc(0);
        expect(data).toHaveLength(uses.length * 24);
        const values = uses.map((_, i) => symbols[data.readUInt32LE(i * 24 + 12)]?.[1]);
        expect(values).toEqual(uses.map((use) => SYMBOLS[use]?.[1]));
      }),
    );
  });

  test('leaves other files alone', () => {
    const program = makeModule([]);
    program.writeUInt16LE(2, 16);
    for (const file of [program, Buffer.from('text'), Buffer.alloc(0), makeModule([]).subarray(0, 40)])
      expect(slimModule(file, 'x')).toBe(file);
  });

  test('says what is wrong with a relocation that refers to no symbol', () => {
    expect(() => slimModule(makeModule([SYMBOLS.length]), 'x.ko')).toThrow(
      'x.ko is not a usable ELF file: a symbol is missing.',
    );
  });

  test('damaged modules end in a value or a HostError, nothing else', () => {
    const good = makeModule([1, 3, 6]);
    const damage = fc.array(fc.tuple(fc.nat(good.length - 1), fc.integer({ min: 0, max: 255 })), { maxLength: 12 });
    fc.assert(
      fc.property(damage, fc.nat(good.length), (changes, length) => {
        const bytes = Buffer.from(good);
        for (const [at, value] of changes) bytes[at] = value;
        for (const file of [bytes, bytes.subarray(0, length)]) {
          try {
            slimModule(file, 'x');
          } catch (error) {
            if (!(error instanceof HostError) || error.code !== 'bad-elf') throw error;
          }
        }
      }),
      { numRuns: 3000 },
    );
  });
});
