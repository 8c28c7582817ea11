import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readFile, readdir, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { makeDiskImage } from './disk-image.ts';
import { readElfDynamics } from './elf.ts';
import { pickFiles } from './pick-files.ts';
import { makeMergedUsr } from './unpack-packages.ts';

let folder = '';
let tree = '';
let destination = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'saffron-test-'));
  tree = join(folder, 'tree');
  destination = join(folder, 'root');
  for (const root of [tree, destination]) {
    await mkdir(root);
    await makeMergedUsr(root);
  }
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

async function put(path: string, text = path): Promise<void> {
  await mkdir(dirname(join(tree, path)), { recursive: true });
  await writeFile(join(tree, path), text);
}

async function pick(...roots: readonly string[]): Promise<readonly string[]> {
  return (await pickFiles({ tree, destination, triplet: 'x86_64-linux-gnu', roots })).missingLibraries;
}

describe('pickFiles', () => {
  test('takes files by name, by pattern and whole folders, and nothing else', async () => {
    for (const path of [
      'usr/bin/a',
      'usr/bin/b',
      'usr/lib/x-1/m.so',
      'usr/share/d/1',
      'usr/share/d/e/2',
      'usr/share/f',
    ])
      await put(path);
    await pick('usr/bin/a', 'usr/lib/x-*/m.so', 'usr/share/d/');
    const files = (await readdir(destination, { recursive: true, withFileTypes: true }))
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(destination.length + 1));
    expect(files.sort()).toEqual(['usr/bin/a', 'usr/lib/x-1/m.so', 'usr/share/d/1', 'usr/share/d/e/2']);
  });

  test('keeps symbolic links and takes what they point to, absolute ones too', async () => {
    await put('usr/lib/real');
    await symlink('../lib/mid', join(tree, 'usr/bin/first'));
    await symlink('/lib/real', join(tree, 'usr/lib/mid'));
    await pick('usr/bin/first');
    expect(await readlink(join(destination, 'usr/bin/first'))).toBe('../lib/mid');
    expect(await readFile(join(destination, 'usr/lib/real'), 'utf8')).toBe('usr/lib/real');
  });

  test('a link that points out of the tree, to itself or to nothing brings nothing', async () => {
    await symlink('../../../../../etc/passwd', join(tree, 'usr/bin/out'));
    await symlink('loop', join(tree, 'usr/bin/loop'));
    await symlink('gone', join(tree, 'usr/bin/gone'));
    await pick('usr/bin/');
    expect((await readdir(join(destination, 'usr/bin'))).sort()).toEqual(['gone', 'loop', 'out']);
    expect(existsSync(join(folder, 'etc'))).toBe(false);
  });

  test('something that must be there and is not is named; with a question mark it may be missing', async () => {
    await expect(pick('usr/bin/gone-*')).rejects.toThrow('hold no usr/bin/gone-*');
    expect(await pick('?usr/bin/gone-*')).toEqual([]);
  });

  test('takes the loader and libraries of a program, and names those that are nowhere', async () => {
    const { interpreter, needed } = readElfDynamics(await readFile(process.execPath), 'node');
    await mkdir(join(tree, 'usr/bin'), { recursive: true });
    await copyFile(process.execPath, join(tree, 'usr/bin/node'));
    await put(`usr${interpreter}`);
    await put('usr/lib/x86_64-linux-gnu/libc.so.6');
    const missing = await pick('usr/bin/node');
    expect(missing).toEqual(needed.filter((name) => name !== 'libc.so.6' && !interpreter?.endsWith(name)).sort());
    expect(existsSync(join(destination, 'usr/lib/x86_64-linux-gnu/libc.so.6'))).toBe(true);
    expect(existsSync(join(destination, `usr${interpreter}`))).toBe(true);
  });
});

test('a disk image carries its label and the files, which belong to root', async () => {
  await put('usr/bin/a');
  await pick('usr/bin/a');
  const image = join(folder, 'disk.ext4');
  await makeDiskImage(destination, image, 'saffron-guest');
  const label = (await readFile(image)).subarray(1144, 1160).toString('latin1').replaceAll('\0', '');
  expect(label).toBe('saffron-guest');
  const env = { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin:/sbin` };
  const shown = execFileSync('debugfs', ['-R', 'stat /usr/bin/a', image], { env, stdio: ['ignore', 'pipe', 'ignore'] });
  expect(shown.toString()).toMatch(/User: +0 +Group: +0/);
});
