import { chmodSync, chownSync, lstatSync, mkdirSync, mkdtempDisposableSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { expect, it } from 'vitest';
import { isOursAlone } from './ownership.ts';

it.each([
  { what: 'a file', make: (path: string) => writeFileSync(path, '') },
  { what: 'a folder', make: (path: string) => mkdirSync(path) },
])('$what is ours alone while no group and nobody else may write there', ({ make }) => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'ownership-'));
  const path = join(folder.path, 'it');
  make(path);
  const isOurs = (mode: number): boolean => {
    chmodSync(path, mode);
    return isOursAlone(lstatSync(path));
  };
  expect([0o600, 0o700, 0o755, 0o644, 0o400].map(isOurs)).toEqual([true, true, true, true, true]);
  expect([0o720, 0o702, 0o777, 0o775, 0o622].map(isOurs)).toEqual([false, false, false, false, false]);
});

it('a link is not, wherever it leads', () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'ownership-'));
  const link = join(folder.path, 'link');
  symlinkSync(folder.path, link);
  expect(isOursAlone(lstatSync(folder.path))).toBe(true);
  expect(isOursAlone(lstatSync(link))).toBe(false);
});

it('what another user has is not', () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'ownership-'));
  const { uid, mode } = lstatSync(folder.path);
  expect(isOursAlone({ uid, mode })).toBe(true);
  expect(isOursAlone({ uid: uid + 1, mode })).toBe(false);
  if (process.getuid?.() !== 0) return;
  chownSync(folder.path, 12345, 0);
  expect(isOursAlone(lstatSync(folder.path))).toBe(false);
});
