import { gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { decompressWhole } from './decompress.ts';

const text = Buffer.from('Saffron '.repeat(100_000));
/** "Saffron" a hundred times, as xz packs it. */
const XZ = Buffer.from(
  '/Td6WFoAAAFpIt42AgAhARYAAAB0L+Wj4AMfABJdACmYSNhyORNyjDAm1l1e43wAAAAAAP1x5v8AASqgBgAAAMcyLjA+MA2LAgAAAAABWVo=',
  'base64',
);

describe('decompressWhole', () => {
  test.each([
    ['a.gz', gzipSync(text)],
    ['a.zst', zstdCompressSync(text)],
    ['a', text],
  ])('unpacks %s', async (name, bytes) => {
    expect((await decompressWhole(name, bytes, text.length)).equals(text)).toBe(true);
    await expect(decompressWhole(name, bytes, text.length - 1)).rejects.toThrow('more than it may');
  });

  test('unpacks xz', async () => {
    expect((await decompressWhole('a.xz', XZ, 1000)).toString()).toBe('Saffron '.repeat(100));
    await expect(decompressWhole('a.xz', XZ, 799)).rejects.toThrow('more than it may');
  });

  test.each([
    ['a.gz', gzipSync(text)],
    ['a.zst', zstdCompressSync(text)],
    ['a.xz', XZ],
  ])('refuses %s that is cut short, damaged, or something else', async (name, bytes) => {
    for (let length = 0; length < bytes.length - 1; length += Math.ceil(bytes.length / 40))
      await expect(decompressWhole(name, bytes.subarray(0, length), 1e6)).rejects.toThrow('cannot be unpacked');
    await expect(decompressWhole(name, Buffer.from('<html>not found</html>'), 1e6)).rejects.toThrow(
      'cannot be unpacked',
    );
    const damaged = Buffer.from(bytes);
    damaged.fill(0x55, 12, 24);
    await expect(decompressWhole(name, damaged, 1e6)).rejects.toThrow('cannot be unpacked');
  });
});
