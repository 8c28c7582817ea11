import { expect, test } from 'vitest';
import { kernelModuleOrder, moduleDependencies } from './kernel-module-order.ts';
import { newcArchive } from './newc-archive.ts';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

test('writes members as the kernel reads them', () => {
  const archive = Buffer.from(
    newcArchive([
      { path: 'dev', kind: 'folder' },
      { path: 'dev/console', kind: 'device', major: 5, minor: 1 },
      { path: 'init', kind: 'file', mode: 0o755, data: Buffer.from('hello') },
    ]),
  );
  expect(archive.length % 4).toBe(0);
  expect(archive.toString('latin1', 0, 14)).toBe('07070100000001');
  const init = archive.indexOf('init\0');
  expect(archive.toString('latin1', init - 110, init - 110 + 22)).toBe('07070100000003000081ed');
  expect(archive.toString('latin1', init - 110 + 54, init - 110 + 62)).toBe('00000005');
  expect((init - 110) % 4).toBe(0);
  const data = archive.indexOf('hello');
  expect(data % 4).toBe(0);
  expect(archive.includes('TRAILER!!!\0')).toBe(true);
});

test('reads what a module needs from the module', () => {
  expect(moduleDependencies(Buffer.from('\0license=GPL\0depends=drm,virtio-ring\0name=x\0'))).toEqual([
    'drm',
    'virtio_ring',
  ]);
  expect(moduleDependencies(Buffer.from('\0depends=\0'))).toEqual([]);
  expect(moduleDependencies(Buffer.from('nothing'))).toEqual([]);
});

test('orders modules after what they need, each once', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'modules-'));
  try {
    await mkdir(join(folder, 'kernel', 'drivers'), { recursive: true });
    const module = (name: string, needs: string): Promise<void> =>
      writeFile(join(folder, 'kernel', 'drivers', `${name}.ko`), `\0depends=${needs}\0`);
    await module('virtio-gpu', 'drm,virtio');
    await module('virtio', '');
    await module('drm', 'virtio');
    const order = await kernelModuleOrder(folder, ['virtio_gpu', 'drm', 'built_in']);
    expect(order.map((path) => path.slice(path.lastIndexOf('/') + 1))).toEqual([
      'virtio.ko',
      'drm.ko',
      'virtio-gpu.ko',
    ]);
  } finally {
    await rm(folder, { recursive: true });
  }
});
