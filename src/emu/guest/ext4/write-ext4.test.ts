import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, open, readFile, readdir, readlink, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FileTree, type FileNode } from '../file-tree.ts';
import { writeExt4 } from './write-ext4.ts';

const MIB = 1024 * 1024;
const env = { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin:/sbin` };
let folder = '';
let image = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'saffron-test-'));
  image = join(folder, 'disk.ext4');
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

/** Throws with what it found when the file system is not clean. */
function check(): void {
  execFileSync('e2fsck', ['-fn', image], { env, stdio: 'pipe' });
}

function debugfs(request: string): string {
  return execFileSync('debugfs', ['-R', request, image], { env, stdio: ['ignore', 'pipe', 'ignore'] }).toString();
}

async function make(tree: FileTree, freeBytes = MIB): Promise<void> {
  await writeExt4(tree, image, { label: 'saffron-guest', freeBytes });
}

describe('writeExt4', () => {
  test('keeps files, folders, links, devices, modes, owners and times', async () => {
    const tree = new FileTree();
    const owned = { mode: 0o4751, uid: 70_000, gid: 80_000, time: 1_700_000_000 };
    const file: FileNode = { ...owned, kind: 'file', data: Buffer.from('program') };
    tree.set('usr/bin/a', file);
    tree.set('usr/bin/same', file);
    tree.set('etc', { ...owned, kind: 'folder', mode: 0o1770 });
    tree.addLink('etc/fast', '../usr/bin/a');
    tree.addLink('etc/slow', 'x'.repeat(200));
    tree.set('dev/small', { ...owned, kind: 'character', mode: 0o600, major: 5, minor: 1 });
    tree.set('dev/large', { ...owned, kind: 'block', mode: 0o600, major: 259, minor: 300 });
    tree.set('dev/pipe', { ...owned, kind: 'fifo', time: 5_000_000_000 });
    await make(tree);
    check();
    expect(debugfs('cat /usr/bin/same')).toBe('program');
    const shown = debugfs('stat /usr/bin/a');
    expect(shown).toMatch(/Mode: +04751/);
    expect(shown).toMatch(/User: +70000 +Group: +80000 .*Size: 7\n/);
    expect(shown).toMatch(/Links: 2/);
    expect(shown).toMatch(/mtime: 0x6553f100/);
    expect(debugfs('stat /etc')).toMatch(/Type: directory +Mode: +01770/);
    expect(debugfs('stat /etc/fast')).toContain('Fast link dest: "../usr/bin/a"');
    expect(debugfs('stat /dev/small')).toMatch(/character special[^]*Device major\/minor number: 05:01/);
    expect(debugfs('stat /dev/large')).toMatch(/block special[^]*Device major\/minor number: 259:300/);
    expect(debugfs('stat /dev/pipe')).toMatch(/Type: FIFO[^]*mtime: 0x2a05f200:00000001/);
    expect(debugfs('ls -p /lost+found')).toMatch(/\/040755\/0\/0\/\.\.\//);
    debugfs(`rdump /etc ${folder}`);
    expect(await readlink(join(folder, 'etc/slow'))).toBe('x'.repeat(200));
  });

  test('carries its label where the guest looks for it, and does not take room for what is free', async () => {
    await make(new FileTree(), 512 * MIB);
    check();
    await using disk = await open(image, 'r');
    const { buffer } = await disk.read(Buffer.alloc(16), 0, 16, 1144);
    expect(buffer.toString('latin1').replaceAll('\0', '')).toBe('saffron-guest');
    const { size, blocks } = await stat(image);
    expect(size).toBeGreaterThan(512 * MIB);
    expect(blocks * 512).toBeLessThan(MIB);
  });

  test('a large folder, a file of many extents, and contents that lie packed in another file', async () => {
    const tree = new FileTree();
    for (let index = 0; index < 3000; index++)
      tree.addFile(`many/${'n'.repeat(index % 250)}${index}`, Buffer.from('x'));
    // A sparse file stands in for 600 MB: more extents than an inode holds.
    const pack = join(folder, 'pack');
    const bytes = 600 * MIB;
    await using packed = await open(pack, 'w');
    await packed.truncate(bytes + 5);
    await packed.write(Buffer.from('begin'), 0, 5, 5);
    await packed.write(Buffer.from('end'), 0, 3, bytes + 2);
    tree.set('huge', { kind: 'file', mode: 0o644, uid: 0, gid: 0, time: 0, data: { pack, offset: 5, bytes } });
    try {
      await make(tree);
    } finally {
      tree[Symbol.dispose]();
    }
    check();
    expect(debugfs('ls -p /many').match(/^\/\d+\/100644/gm)).toHaveLength(3000);
    expect(debugfs('stat /huge')).toMatch(new RegExp(`Size: ${bytes}\n[^]*EXTENTS:\n\\(ETB0\\)`));
    const start = /\(0-32767\):(\d+)-/.exec(debugfs('stat /huge'))?.[1];
    await using disk = await open(image, 'r');
    const found = Buffer.alloc(5);
    await disk.read(found, 0, 5, Number(start) * 4096);
    expect(found.toString()).toBe('begin');
    await disk.read(found, 0, 3, Number(start) * 4096 + bytes - 3);
    expect(found.toString('latin1', 0, 3)).toBe('end');
  });

  test('the same files give the same bytes', async () => {
    const digests = [];
    for (const order of [
      ['a', 'b/c', 'd'],
      ['d', 'b/c', 'a'],
    ]) {
      const tree = new FileTree();
      for (const path of order) tree.addFile(path, Buffer.from(path));
      await make(tree);
      digests.push(
        createHash('sha256')
          .update(await readFile(image))
          .digest('hex'),
      );
    }
    expect(digests[0]).toBe(digests[1]);
  });

  test('random trees come back as they went in', async () => {
    const name = fc.stringMatching(/^[A-Za-z0-9_.+-]{1,30}$/).filter((text) => !/^\.{1,2}$/.test(text));
    const files = fc.dictionary(
      fc.array(name, { minLength: 1, maxLength: 3 }).map((parts) => `top/${parts.join('/')}`),
      fc.oneof(fc.nat(9000), fc.constantFrom(0, 4095, 4096, 4097)),
      { maxKeys: 30 },
    );
    await fc.assert(
      fc.asyncProperty(files, async (sizes) => {
        const tree = new FileTree();
        tree.addFolder('top');
        for (const [path, bytes] of Object.entries(sizes)) {
          const isBelowFile = Object.keys(sizes).some((other) => path.startsWith(`${other}/`));
          if (!isBelowFile) tree.addFile(path, randomBytes(bytes));
        }
        await make(tree);
        check();
        const out = await mkdtemp(join(folder, 'out-'));
        debugfs(`rdump /top ${out}`);
        const expected = tree.entries().filter(([path, { kind }]) => kind === 'file' && path.startsWith('top/'));
        const found = (await readdir(out, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
        expect(found).toHaveLength(expected.length);
        for (const [path] of expected) expect((await readFile(join(out, path))).equals(tree.read(path))).toBe(true);
      }),
      { numRuns: 12 },
    );
  });

  test('stops when it is told to, and refuses names that no disk can hold', async () => {
    const stop = new AbortController();
    const tree = new FileTree();
    const pack = join(folder, 'pack');
    await writeFile(pack, Buffer.alloc(40 * MIB));
    tree.set('a', { kind: 'file', mode: 0, uid: 0, gid: 0, time: 0, data: { pack, offset: 0, bytes: 40 * MIB } });
    const writing = writeExt4(tree, image, { label: '', freeBytes: 0, signal: stop.signal });
    stop.abort(new Error('enough'));
    await expect(writing).rejects.toThrow('enough');
    tree[Symbol.dispose]();
    const wrong = new FileTree();
    wrong.addFile('n'.repeat(256), Buffer.alloc(0));
    await expect(make(wrong)).rejects.toThrow("cannot be on the guest's disk");
  });
});
