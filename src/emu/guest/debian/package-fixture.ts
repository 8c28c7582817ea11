/** Makes Debian packages and the archives that they consist of, for tests. */
import { gzipSync, zstdCompressSync } from 'node:zlib';

/** What is put into an archive of tar; a file unless `type` says otherwise. */
export interface TarFixture {
  readonly path: string;
  readonly data?: string | Uint8Array;
  /** The letter in the header. */
  readonly type?: string;
  readonly target?: string;
  readonly mode?: number;
  readonly prefix?: string;
  readonly major?: number;
  readonly minor?: number;
}

/** One entry of an archive of tar. */
export function makeTarEntry(it: TarFixture): Buffer {
  const data = Buffer.from(it.data ?? '');
  const header = Buffer.alloc(512);
  const octal = (value: number, at: number, size: number): void =>
    void header.write(value.toString(8).padStart(size - 1, '0'), at, 'latin1');
  header.write(it.path, 0, 100);
  octal(it.mode ?? 0o644, 100, 8);
  octal(0, 108, 8);
  octal(0, 116, 8);
  octal(data.length, 124, 12);
  octal(1_700_000_000, 136, 12);
  header.write(it.type ?? '0', 156);
  header.write(it.target ?? '', 157, 100);
  header.write('ustar\x0000', 257, 'latin1');
  octal(it.major ?? 0, 329, 8);
  octal(it.minor ?? 0, 337, 8);
  header.write(it.prefix ?? '', 345, 155);
  return Buffer.concat([sealHeader(header), data, Buffer.alloc((512 - (data.length % 512)) % 512)]);
}

/** Puts the right sum into a header. */
export function sealHeader(header: Buffer): Buffer {
  header.fill(' ', 148, 156);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return header;
}

/** An archive of tar. */
export function makeTar(entries: readonly TarFixture[]): Buffer {
  return Buffer.concat([...entries.map(makeTarEntry), Buffer.alloc(1024)]);
}

/** An archive of ar. */
export function makeAr(members: readonly { readonly name: string; readonly data: Uint8Array }[]): Buffer {
  const parts = members.map(({ name, data }) => {
    const header = `${name.padEnd(16)}${'0'.padEnd(12)}${'0'.padEnd(6)}${'0'.padEnd(6)}${'100644'.padEnd(8)}`;
    return Buffer.concat([
      Buffer.from(`${header}${String(data.length).padEnd(10)}\`\n`),
      data,
      Buffer.alloc(data.length % 2, '\n'),
    ]);
  });
  return Buffer.concat([Buffer.from('!<arch>\n'), ...parts]);
}

/** A package with these files. */
export function makeDeb(files: readonly TarFixture[], packing: 'gz' | 'zst' | '' = 'gz'): Buffer {
  const tar = makeTar(files);
  const data = packing === '' ? tar : packing === 'gz' ? gzipSync(tar) : zstdCompressSync(tar);
  return makeAr([
    { name: 'debian-binary', data: Buffer.from('2.0\n') },
    { name: 'control.tar.gz', data: gzipSync(makeTar([])) },
    { name: packing === '' ? 'data.tar' : `data.tar.${packing}`, data },
  ]);
}
