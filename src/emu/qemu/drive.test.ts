import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { driveSettings, requireFile } from './drive.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'saffron-drive-'));
  await writeFile(join(folder, 'a,b.qcow2'), Buffer.from('514649fb00000003', 'hex'));
  await writeFile(join(folder, 'raw.img'), Buffer.alloc(512));
  await writeFile(join(folder, 'empty.img'), '');
});
afterAll(() => rm(folder, { recursive: true }));

test('a path gets the format of its first bytes, and its commas doubled', async () => {
  expect(await driveSettings(`${folder}/a,b.qcow2`, 'if=virtio')).toBe(
    `file=${folder}/a,,b.qcow2,format=qcow2,if=virtio`,
  );
  expect(await driveSettings(`${folder}/raw.img`, 'if=sd')).toBe(`file=${folder}/raw.img,format=raw,if=sd`);
  expect(await driveSettings(`${folder}/empty.img`, null)).toBe(`file=${folder}/empty.img,format=raw`);
});

test('settings stay as they are, apart from an interface where none is named', async () => {
  expect(await driveSettings('file=/x,format=raw,snapshot=on', 'if=virtio')).toBe(
    'file=/x,format=raw,snapshot=on,if=virtio',
  );
  expect(await driveSettings('file=/x,if=none,id=d', 'if=virtio')).toBe('file=/x,if=none,id=d');
});

test('a file that is not there, or a folder, is told in one sentence', async () => {
  await expect(driveSettings(`${folder}/none.img`, 'if=virtio')).rejects.toMatchObject({
    code: 'guest-file',
    message: `The disk image ${folder}/none.img does not exist.`,
  });
  await expect(requireFile(folder, 'kernel')).rejects.toThrow(`The kernel ${folder} is a folder.`);
});
