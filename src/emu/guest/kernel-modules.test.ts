import { describe, expect, test } from 'vitest';
import * as fc from 'fast-check';
import {
  orderModules,
  printModuleIndex,
  readKernelModule,
  stripModuleSignature,
  type KernelModule,
} from './kernel-modules.ts';
import { makeKernelModule } from './module-fixture.ts';

function fake(name: string, depends: readonly string[], aliases: readonly string[] = []): KernelModule {
  return { name, file: `${name.replaceAll('_', '-')}.ko`, data: new Uint8Array(), depends, aliases };
}

function loader(
  modules: readonly KernelModule[],
): (names: readonly string[]) => Promise<ReadonlyMap<string, KernelModule>> {
  return async (names) =>
    new Map(modules.filter(({ name }) => names.includes(name)).map((module) => [module.name, module]));
}

describe('readKernelModule', () => {
  test('takes dependencies and soft dependencies that come before, with underscores', () => {
    const bytes = makeKernelModule(
      'depends=virtio-ring,drm\0softdep=pre: crc32c aes-arm post: later\0alias=pci:v1\0alias=fs-x\0',
    );
    expect(readKernelModule('virtio-gpu.ko', bytes)).toMatchObject({
      name: 'virtio_gpu',
      file: 'virtio-gpu.ko',
      depends: ['virtio_ring', 'drm', 'crc32c', 'aes_arm'],
      aliases: ['pci:v1', 'fs-x'],
    });
  });
});

describe('stripModuleSignature', () => {
  const magic = '~Module signature appended~\n';
  const signed = (body: string, signatureBytes: number, stated: number): Buffer => {
    const info = Buffer.alloc(12);
    info.writeUInt32BE(stated, 8);
    return Buffer.concat([Buffer.from(body), Buffer.alloc(signatureBytes, 7), info, Buffer.from(magic)]);
  };

  test('cuts signature, its description and the mark', () => {
    expect(Buffer.from(stripModuleSignature(signed('module', 40, 40))).toString()).toBe('module');
  });

  test('leaves a module without a signature, and one whose signature would be longer than the file', () => {
    expect(stripModuleSignature(Buffer.from('module'))).toEqual(Buffer.from('module'));
    const wrong = signed('module', 40, 4_000_000);
    expect(stripModuleSignature(wrong)).toBe(wrong);
    expect(stripModuleSignature(Buffer.from(magic))).toEqual(Buffer.from(magic));
  });
});

describe('orderModules', () => {
  test('a module comes after everything it needs, each once', async () => {
    const load = loader([
      fake('a', ['b', 'c']),
      fake('b', ['d']),
      fake('c', ['d']),
      fake('d', []),
      fake('unasked', []),
    ]);
    const ordered = await orderModules(['a', 'd'], load);
    expect(ordered.map(({ name }) => name)).toEqual(['d', 'b', 'c', 'a']);
  });

  test('names that the kernel has no module for are passed over', async () => {
    expect((await orderModules(['built-in', 'a'], loader([fake('a', ['gone'])]))).map(({ name }) => name)).toEqual([
      'a',
    ]);
  });

  test('any graph, circles included, is put in order without losing a module', async () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f'];
    const graph = fc.array(fc.subarray(names), { minLength: names.length, maxLength: names.length });
    await fc.assert(
      fc.asyncProperty(graph, async (edges) => {
        const modules = names.map((name, index) => fake(name, edges[index] ?? []));
        const ordered = await orderModules(names, loader(modules));
        expect(ordered.map(({ name }) => name).sort()).toEqual(names);
        const isAcyclic = names.every((_, index) => (edges[index] ?? []).every((edge) => names.indexOf(edge) > index));
        if (!isAcyclic) return;
        const place = new Map(ordered.map(({ name }, index) => [name, index]));
        for (const { name, depends } of ordered)
          for (const dependency of depends) expect(place.get(dependency)).toBeLessThan(place.get(name) ?? 0);
      }),
    );
  });
});

test('the index lists what must be loaded before a module, nearest first, as depmod does', () => {
  const modules = [fake('d', []), fake('b_x', ['d']), fake('a', ['b_x'], ['pci:v00001AF4*', 'fs-a'])];
  expect(printModuleIndex(modules)).toEqual({
    dep: 'd.ko:\nb-x.ko: d.ko\na.ko: b-x.ko d.ko\n',
    alias: 'alias pci:v00001AF4* a\nalias fs-a a\n',
    order: 'd.ko\nb-x.ko\na.ko\n',
  });
});
