/**
 * Kernel modules for a guest: the wanted ones and what they depend on, in an order in which each can be loaded, with the
 * index files of modules.dep(5) that `modprobe` reads. Signatures are cut off: checking them is most of the work of an
 * emulated boot, and a guest kernel that does not enforce them loads such modules all the same. So is what slim-module.ts
 * names.
 */
import { posix } from 'node:path';
import { decompressWhole } from './debian/decompress.ts';
import { readModuleInfo } from './elf.ts';
import type { FileTree } from './file-tree.ts';
import { slimModule } from './slim-module.ts';

const MODULE_FILE = /\.ko(?:\.xz|\.zst|\.gz)?$/;
const MAX_MODULE_BYTES = 256 << 20;

/** One module. */
export interface KernelModule {
  /** With underscores, as the kernel names it. */
  readonly name: string;
  /** As its file is named, ending in `.ko`. */
  readonly file: string;
  readonly data: Uint8Array;
  /** Names of the modules that must be loaded before. */
  readonly depends: readonly string[];
  /** Patterns of device ids. */
  readonly aliases: readonly string[];
}

/** Describes one module: the name, and what its `.modinfo` says. Throws HostError `bad-elf`. */
export function readKernelModule(file: string, bytes: Uint8Array): KernelModule {
  const data = slimModule(stripModuleSignature(bytes), file);
  const info = readModuleInfo(data, file);
  const values = (wanted: string): string[] => info.filter(([key]) => key === wanted).map(([, value]) => value);
  const depends = values('depends').flatMap((list) => list.split(','));
  const before = values('softdep').flatMap(
    (text) => /pre:\s*((?:[^\s:]+(?:\s+|$)(?!:))*)/.exec(text)?.[1]?.split(/\s+/) ?? [],
  );
  return {
    name: moduleName(file),
    file,
    data,
    depends: [...new Set([...depends, ...before].filter((name) => name !== '').map(moduleName))],
    aliases: values('alias'),
  };
}

/** Without the signature that `scripts/sign-file` appends; unchanged when there is none or it does not fit. */
export function stripModuleSignature(bytes: Uint8Array): Uint8Array {
  const magic = '~Module signature appended~\n';
  const infoBytes = 12;
  const end = bytes.length - magic.length;
  if (end < infoBytes || Buffer.from(bytes.subarray(end)).toString('latin1') !== magic) return bytes;
  const signatureBytes = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(end - 4, false);
  const start = end - infoBytes - signatureBytes;
  return start < 0 ? bytes : bytes.subarray(0, start);
}

/**
 * The wanted modules and all they need, each after what it depends on. `load` gives a module by name, or null when the
 * kernel has none of that name (it is built in, or there is none on this architecture). A circle is broken where it closes.
 */
export async function orderModules(
  wanted: readonly string[],
  load: (names: readonly string[]) => Promise<ReadonlyMap<string, KernelModule>>,
): Promise<readonly KernelModule[]> {
  const known = new Map<string, KernelModule>();
  const asked = new Set<string>();
  for (let next = wanted.map(moduleName); next.length > 0;) {
    for (const name of next) asked.add(name);
    const loaded = await load(next);
    for (const [name, module] of loaded) known.set(name, module);
    next = [...new Set([...loaded.values()].flatMap(({ depends }) => depends))].filter((name) => !asked.has(name));
  }
  const ordered = new Set<KernelModule>();
  const visited = new Set<string>();
  const visit = (name: string): void => {
    if (visited.has(name)) return;
    visited.add(name);
    const module = known.get(name);
    if (module === undefined) return;
    for (const dependency of module.depends) visit(dependency);
    ordered.add(module);
  };
  for (const name of wanted) visit(moduleName(name));
  return [...ordered];
}

/** Loads modules from unpacked packages, unpacking `.xz` and `.zst`. `folder` is `…/lib/modules/VERSION`. */
export function moduleLoader(
  tree: FileTree,
  folder: string,
): (names: readonly string[]) => Promise<ReadonlyMap<string, KernelModule>> {
  const paths = new Map(
    tree
      .match(`${folder}/kernel/`)
      .filter((path) => MODULE_FILE.test(path))
      .map((path) => [moduleName(posix.basename(path)), path]),
  );
  return async (names) => {
    const modules = new Map<string, KernelModule>();
    for (const path of names.flatMap((name) => paths.get(name) ?? [])) {
      const bytes = await decompressWhole(path, tree.read(path), MAX_MODULE_BYTES);
      const module = readKernelModule(posix.basename(path).replace(/\.(?:xz|zst|gz)$/, ''), bytes);
      modules.set(module.name, module);
    }
    return modules;
  };
}

/** `modules.dep`, `modules.alias` and `modules.order` for modules that lie beside them, given in load order. */
export function printModuleIndex(
  modules: readonly KernelModule[],
): Readonly<Record<'dep' | 'alias' | 'order', string>> {
  const byName = new Map(modules.map((module) => [module.name, module]));
  const needs = (module: KernelModule, seen = new Set<KernelModule>()): Set<KernelModule> => {
    for (const name of module.depends) {
      const dependency = byName.get(name);
      if (dependency === undefined || dependency === module || seen.has(dependency)) continue;
      needs(dependency, seen);
      seen.add(dependency);
    }
    return seen;
  };
  const dep = modules.map((module) =>
    `${module.file}: ${[...needs(module)]
      .toReversed()
      .map(({ file }) => file)
      .join(' ')}`.trimEnd(),
  );
  const alias = modules.flatMap(({ name, aliases }) => aliases.map((pattern) => `alias ${pattern} ${name}`));
  return {
    dep: lines(dep),
    alias: lines(alias),
    order: lines(modules.map(({ file }) => file)),
  };
}

function moduleName(file: string): string {
  return file.replace(MODULE_FILE, '').replaceAll('-', '_');
}

function lines(list: readonly string[]): string {
  return list.map((line) => `${line}\n`).join('');
}
