import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseCommandLine } from './command-line.ts';
import { guestShaderFolder } from './guest-shaders.ts';
import { readRunConfig } from './run-config.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'saffron-shaders-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function disk(name: string): string {
  const path = join(folder, name);
  writeFileSync(path, name);
  return path;
}

function folderFor(...words: readonly string[]): string | null {
  const parsed = parseCommandLine(['run', '--cache-dir', join(folder, 'cache'), ...words], '0');
  if (parsed.kind !== 'command') throw new Error('expected a command');
  return guestShaderFolder(readRunConfig(parsed.line), null);
}

describe('the folder for compiled shaders of a guest', () => {
  it('is the same in each run, for this user only', () => {
    const first = folderFor('--drive', disk('one.img'));
    expect(first).toContain(join(folder, 'cache', 'shaders'));
    expect(folderFor('--drive', join(folder, 'one.img'), '--size', '800x600')).toBe(first);
    expect(statSync(first ?? '').mode & 0o777).toBe(0o700);
  });

  it('is another for whatever is another guest', () => {
    const [one, two] = [disk('one.img'), disk('two.img')];
    const all = [
      folderFor('--drive', one),
      folderFor('--drive', two),
      folderFor('--drive', one, '--name', 'other'),
      folderFor('--drive', one, '--drive', two),
      folderFor('--cdrom', one),
      folderFor('--drive', `file=${one},if=virtio`),
      folderFor('--drive', one, '--', '-snapshot'),
    ];
    expect(all).not.toContain(null);
    expect(new Set(all).size).toBe(all.length);
  });

  it('is another when another file has taken the name', () => {
    const path = disk('one.img');
    const first = folderFor('--drive', path);
    copyFileSync(path, join(folder, 'new.img'));
    renameSync(join(folder, 'new.img'), path);
    expect(folderFor('--drive', path)).not.toBe(first);
  });

  it('is none where nothing says which guest it is, or none is wanted', () => {
    const path = disk('one.img');
    expect(folderFor('--', '-S')).toBeNull();
    expect(folderFor('--drive', 'file=nbd:localhost:10809,format=raw')).toBeNull();
    expect(folderFor('--drive', path, '--shader-cache', 'off')).toBeNull();
    expect(folderFor('--engine', 'qemu', '--drive', path, '--gpu', '2d')).toBeNull();
    expect(existsSync(join(folder, 'cache'))).toBe(false);
    expect(folderFor('--drive', path, '--shader-cache', folder)).toBe(folder);
  });

  it('is there for the hot code of a guest that draws nothing in 3D', () => {
    const words = ['--engine', 'built-in', '--kernel', disk('kernel'), '--gpu', '2d'];
    expect(folderFor(...words)).toContain(join(folder, 'cache', 'shaders'));
    expect(folderFor(...words, '--shader-cache', 'off')).toBeNull();
  });

  it('goes when it was not used for longest', () => {
    const path = disk('one.img');
    const folders = Array.from({ length: 16 }, (_, i) => folderFor('--drive', path, '--name', `guest${i}`) ?? '');
    for (const [i, each] of folders.entries()) utimesSync(each, 1000 + i, 1000 + i);
    folderFor('--drive', path, '--name', 'guest0');
    const fresh = folderFor('--drive', path, '--name', 'guest16') ?? '';
    const left = readdirSync(join(folder, 'cache', 'shaders')).map((name) => join(folder, 'cache', 'shaders', name));
    expect(left.toSorted()).toEqual([...folders, fresh].filter((each) => each !== folders[1]).toSorted());
  });
});
