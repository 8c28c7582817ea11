/** Which kernel module files to load, in which order, read from the modules themselves: no depmod needed. */
import { execFile } from 'node:child_process';
import { readFile, readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * Paths below `folder` (lib/modules/RELEASE) of the wanted modules and all they depend on, each after what it needs.
 * A wanted module that is built into the kernel or not made for it is left out.
 */
export async function kernelModuleOrder(folder: string, wanted: readonly string[]): Promise<string[]> {
  const files = await modulesBelow(folder);
  const order: string[] = [];
  const visit = async (name: string): Promise<void> => {
    const path = files.get(name);
    if (path === undefined) return;
    files.delete(name);
    for (const needed of moduleDependencies(await readKernelModule(path))) await visit(needed);
    order.push(path);
  };
  for (const name of wanted) await visit(name);
  return order;
}

/** The names in the `depends=` line of a module's own description, with `_` for `-`. */
export function moduleDependencies(module: Uint8Array): string[] {
  const text = Buffer.from(module.buffer, module.byteOffset, module.byteLength);
  const start = text.indexOf('\0depends=');
  if (start < 0) return [];
  const from = start + '\0depends='.length;
  const end = text.indexOf(0, from);
  const names = text.toString('latin1', from, end < 0 ? text.length : end);
  return names === '' ? [] : names.split(',').map((name) => name.replaceAll('-', '_'));
}

/** A module's bytes; newer Debian kernels come with theirs compressed by xz, whose program is then needed. */
export async function readKernelModule(path: string): Promise<Buffer> {
  if (!path.endsWith('.xz')) return readFile(path);
  const { stdout } = await run('xz', ['-dc', path], { encoding: 'buffer', maxBuffer: 1 << 28 });
  return stdout;
}

async function modulesBelow(folder: string): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const entry of await readdir(join(folder, 'kernel'), { recursive: true, withFileTypes: true })) {
    const match = /^(.+)\.ko(?:\.xz)?$/.exec(basename(entry.name));
    if (match?.[1] !== undefined) found.set(match[1].replaceAll('-', '_'), join(entry.parentPath, entry.name));
  }
  return found;
}
