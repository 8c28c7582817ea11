import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HostError } from '../../../base/errors.ts';
import { makeTar, makeTarEntry, sealHeader, type TarFixture } from './package-fixture.ts';
import { TarReader, type TarEntry } from './tar.ts';

interface Read {
  readonly entry: TarEntry;
  readonly data: string;
}

/** Reads an archive that comes in pieces of so many bytes. */
function read(archive: Uint8Array, pieceBytes = archive.length): readonly Read[] {
  const found: { entry: TarEntry; pieces: Uint8Array[] }[] = [];
  const reader = new TarReader((entry) => {
    const pieces: Uint8Array[] = [];
    found.push({ entry, pieces });
    return (piece) => void pieces.push(piece.slice());
  });
  for (let at = 0; at < archive.length; at += pieceBytes) reader.push(archive.subarray(at, at + pieceBytes));
  reader.end();
  return found.map(({ entry, pieces }) => ({ entry, data: Buffer.concat(pieces).toString() }));
}

function pax(key: string, value: string): TarFixture {
  const body = ` ${key}=${value}\n`;
  let length = Buffer.byteLength(body) + 1;
  while (String(length).length + Buffer.byteLength(body) !== length) length++;
  return { path: 'pax', type: 'x', data: `${length}${body}` };
}

describe('TarReader', () => {
  const long = `usr/${'long/'.repeat(60)}näme`;

  test.each([1, 7, 512, 100_000])('reads every kind of entry, in pieces of %i bytes', (pieceBytes) => {
    const archive = makeTar([
      { path: './', type: '5', mode: 0o755 },
      { path: './usr/bin/a', data: 'program', mode: 0o4755 },
      { path: 'usr/bin/b', type: '1', target: './usr/bin/a' },
      { path: 'usr/lib', type: '2', target: '../x' },
      { path: 'dev/null', type: '3', major: 1, minor: 3 },
      { path: 'name', prefix: 'a/long/prefix', data: 'x'.repeat(513) },
      { path: '@LongLink', type: 'L', data: `${long}\0` },
      { path: 'cut', data: 'gnu' },
      pax('linkpath', 'zïel'),
      { path: 'cut', type: '2', target: 'cut' },
      { path: 'last', data: 'end' },
    ]);
    const found = read(archive, pieceBytes);
    expect(
      found.map(({ entry: { kind, path, target, mode }, data }) => [kind, path, target, mode & 0o7000, data]),
    ).toEqual([
      ['folder', '', '', 0, ''],
      ['file', 'usr/bin/a', '', 0o4000, 'program'],
      ['hard-link', 'usr/bin/b', 'usr/bin/a', 0, ''],
      ['link', 'usr/lib', '../x', 0, ''],
      ['character', 'dev/null', '', 0, ''],
      ['file', 'a/long/prefix/name', '', 0, 'x'.repeat(513)],
      ['file', long, '', 0, 'gnu'],
      ['link', 'cut', 'zïel', 0, ''],
      ['file', 'last', '', 0, 'end'],
    ]);
    expect(found[4]?.entry).toMatchObject({ major: 1, minor: 3, time: 1_700_000_000 });
  });

  test('reads numbers of base 256', () => {
    const entry = makeTarEntry({ path: 'a' });
    entry.writeUInt32BE(0x80000000, 108);
    entry.writeUInt32BE(3_000_000_000, 112);
    sealHeader(entry.subarray(0, 512));
    expect(read(entry)[0]?.entry.uid).toBe(3_000_000_000);
  });

  test.each([
    ['a name that leaves it', [{ path: 'a/../../b' }]],
    ['a hard link that leaves it', [{ path: 'a', type: '1', target: '../b' }]],
    ['an unknown type', [{ path: 'a', type: 'S' }]],
    ['a file with holes', [pax('GNU.sparse.major', '1'), { path: 'a' }]],
    ['a damaged extra header', [{ path: 'p', type: 'x', data: '99 path=a\n' }, { path: 'a' }]],
    ['a size that is none', [pax('size', '-5'), { path: 'a' }]],
  ] satisfies (readonly [string, readonly TarFixture[]])[])('refuses %s', (_, entries) => {
    expect(() => read(makeTar(entries))).toThrow(HostError);
  });

  test('refuses an archive that ends too early, and a damaged header', () => {
    const archive = makeTar([{ path: 'a', data: 'x'.repeat(600) }]);
    expect(() => read(archive.subarray(0, 700))).toThrow('ends too early');
    expect(() => read(archive.subarray(0, 100))).toThrow('ends too early');
    archive[0] = 0x62;
    expect(() => read(archive)).toThrow('damaged');
  });

  test('ends in a HostError or a value for damaged archives, and gives no more than there is', () => {
    const archive = makeTar([pax('path', 'x'), { path: 'a', data: 'x'.repeat(700) }, { path: 'b', type: '5' }]);
    const change = fc.tuple(fc.nat(archive.length - 1), fc.nat(255));
    fc.assert(
      fc.property(fc.array(change, { maxLength: 6 }), fc.boolean(), (changes, isSealed) => {
        const bytes = Buffer.from(archive);
        for (const [at, value] of changes) bytes[at] = value;
        if (isSealed)
          for (let at = 0; at + 512 <= bytes.length - 1024; at += 512) sealHeader(bytes.subarray(at, at + 512));
        try {
          for (const { data } of read(bytes, 300)) expect(data.length).toBeLessThanOrEqual(bytes.length);
        } catch (error) {
          expect(error).toBeInstanceOf(HostError);
        }
      }),
      { numRuns: 500 },
    );
  });
});
