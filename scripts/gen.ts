/**
 * Prints everything that is generated from wire tables, code and documents, and writes what changed: `node scripts/gen.ts`.
 * With `--check` nothing is written, and a difference ends it with status 1.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { blockModule } from '../src/emu/devices/block/wire/block.table.ts';
import { consoleModule } from '../src/emu/devices/console/wire/console.table.ts';
import { gpuModule } from '../src/emu/devices/gpu/wire/gpu.table.ts';
import { inputModule } from '../src/emu/devices/input/wire/input.table.ts';
import { vhostUserModule } from '../src/emu/qemu/vhost-user-wire.table.ts';
import { spiceModules } from '../src/spice/wire/modules.ts';
import { printDocument, printErrorDocument } from '../src/wire/document.ts';
import { generateModule, TypeRegistry } from '../src/wire/generate.ts';
import type { WireModule } from '../src/wire/schema.ts';

const root = join(import.meta.dirname, '..');

/** Tables that share one registry of type names, and where their code goes. */
const areas: readonly {
  readonly folder: string;
  readonly wirePath: string;
  readonly document: string;
  readonly modules: readonly WireModule[];
}[] = [
  { folder: 'src/spice/wire', wirePath: '../../wire/', document: 'docs/wire/spice-', modules: spiceModules },
  ...[gpuModule, inputModule, blockModule, consoleModule].map((module) => ({
    folder: `src/emu/devices/${module.name}/wire`,
    wirePath: '../../../../wire/',
    document: 'docs/wire/virtio-',
    modules: [module],
  })),
  { folder: 'src/emu/qemu', wirePath: '../../wire/', document: 'docs/wire/', modules: [vhostUserModule] },
];

/** Every generated file: its path from the root, and its text. */
export function generatedFiles(): Map<string, string> {
  const files = new Map<string, string>([['docs/wire/errors.md', printErrorDocument()]]);
  for (const { folder, wirePath, document, modules } of areas) {
    const registry = new TypeRegistry();
    const seen: Parameters<typeof printDocument>[1] = new Set();
    for (const module of modules) {
      files.set(`${folder}/${module.name}.gen.ts`, generateModule(module, registry, wirePath));
      files.set(`${document}${module.name}.md`, printDocument(module, seen));
    }
  }
  return files;
}

async function main(check: boolean): Promise<void> {
  let stale = 0;
  for (const [path, text] of generatedFiles()) {
    const file = join(root, path);
    const old = await readFile(file, 'utf8').catch(() => undefined);
    if (old === text) continue;
    stale++;
    if (check) {
      console.error(`${path} is not what the tables say: run npm run gen`);
      continue;
    }
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
    console.log(`wrote ${path}`);
  }
  if (check && stale > 0) process.exitCode = 1;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main(process.argv.includes('--check'));
