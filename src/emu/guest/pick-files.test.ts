import { readFile } from 'node:fs/promises';
import process from 'node:process';
import { beforeEach, describe, expect, test } from 'vitest';
import { readElfDynamics } from './elf.ts';
import { FileTree } from './file-tree.ts';
import { pickFiles } from './pick-files.ts';

let tree = new FileTree();
let picked = new FileTree();

beforeEach(() => {
  tree = new FileTree();
});

function put(path: string, data: string | Uint8Array = path): void {
  tree.addFile(path, Buffer.from(data));
}

function pick(...roots: readonly string[]): readonly string[] {
  const result = pickFiles({ tree, triplet: 'x86_64-linux-gnu', roots });
  picked = result.picked;
  return result.missingLibraries;
}

/** Paths of all that was picked, besides folders and the links of a merged /usr. */
function pickedPaths(): readonly string[] {
  return picked
    .entries()
    .filter(([path, { kind }]) => kind !== 'folder' && path.includes('/'))
    .map(([path]) => path);
}

describe('pickFiles', () => {
  test('takes files by name, by pattern and whole folders, and nothing else', () => {
    for (const path of [
      'usr/bin/a',
      'usr/bin/b',
      'usr/lib/x-1/m.so',
      'usr/lib/x-1/y/m.so',
      'usr/share/d/1',
      'usr/share/d/e/2',
      'usr/share/f',
    ])
      put(path);
    pick('usr/bin/a', 'usr/{lib,libexec}/x-*/m.so', 'usr/share/d/');
    expect(pickedPaths()).toEqual(['usr/bin/a', 'usr/lib/x-1/m.so', 'usr/share/d/1', 'usr/share/d/e/2']);
  });

  test('finds what lies in a folder that is merged into /usr', () => {
    put('bin/a');
    put('lib64/b');
    pick('bin/a', 'usr/lib64/b');
    expect(pickedPaths()).toEqual(['usr/bin/a', 'usr/lib64/b']);
    expect(picked.get('lib64/b')).toBe(tree.get('usr/lib64/b'));
  });

  test('keeps symbolic links and takes what they point to, absolute ones too', () => {
    put('usr/lib/real');
    tree.addLink('usr/bin/first', '../lib/mid');
    tree.addLink('usr/lib/mid', '/lib/real');
    pick('usr/bin/first');
    expect(picked.get('usr/bin/first')).toMatchObject({ kind: 'link', target: '../lib/mid' });
    expect(Buffer.from(picked.read('usr/lib/real')).toString()).toBe('usr/lib/real');
  });

  test('a link that points out of the tree, to itself or to nothing brings nothing', () => {
    tree.addLink('usr/bin/out', '../../../../../etc/passwd');
    tree.addLink('usr/bin/loop', 'loop');
    tree.addLink('usr/bin/gone', 'gone-too');
    pick('usr/bin/');
    expect(pickedPaths()).toEqual(['usr/bin/gone', 'usr/bin/loop', 'usr/bin/out']);
  });

  test('something that must be there and is not is named; with a question mark it may be missing', () => {
    expect(() => pick('usr/bin/gone-*')).toThrow('hold no usr/bin/gone-*');
    expect(pick('?usr/bin/gone-*')).toEqual([]);
  });

  test('takes the loader and libraries of a program, and names those that are nowhere', async () => {
    const program = await readFile(process.execPath);
    const { interpreter, needed } = readElfDynamics(program, 'node');
    put('usr/bin/node', program);
    put(`usr${interpreter}`);
    put('usr/lib/x86_64-linux-gnu/libc.so.6');
    const missing = pick('usr/bin/node');
    expect(missing).toEqual(needed.filter((name) => name !== 'libc.so.6' && !interpreter?.endsWith(name)).sort());
    expect(pickedPaths()).toEqual(expect.arrayContaining(['usr/lib/x86_64-linux-gnu/libc.so.6', `usr${interpreter}`]));
  });
});
