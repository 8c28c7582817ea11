/**
 * Where a guest's compiled shaders are kept between runs. They are code that runs in what renders for the guest, so no guest
 * may come to have those of another: the folder is named after all by which guests differ, above all after the very files
 * that it runs from. A file made anew under the same name is another file.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, realpathSync, rmSync, statSync, utimesSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { GuestImage } from '../emu/guest/guest.ts';
import { cacheFolder } from './paths.ts';
import { driveFile, type RunConfig } from './run-config.ts';

/** Guests that were run last keep theirs. */
const MAX_GUESTS = 16;
const NAME = /^[0-9a-f]{32}$/;

/** The folder for a guest; null when nothing shall be kept, or nothing says which guest it is. */
export function guestShaderFolder(config: RunConfig, image: GuestImage | null): string | null {
  const { shaderCache, name, engine, qemu } = config;
  // The built-in machine keeps there, too, what was hot of the guest's own code.
  if (shaderCache === 'off' || (qemu.gpu === '2d' && engine !== 'built-in')) return null;
  if (shaderCache !== undefined) return resolve(shaderCache);
  const files = [image?.disk, image?.kernel, qemu.kernel, qemu.initrd, qemu.firmware, qemu.cdrom]
    .concat(qemu.drives.map(driveFile))
    .filter((file) => file !== undefined);
  if (files.length === 0) return null;
  try {
    const { machine, arch, append, drives, rawArguments } = qemu;
    const told = [name, engine, machine, arch, append, drives, rawArguments, files.map(identityOf)];
    const id = createHash('sha256').update(JSON.stringify(told)).digest('hex').slice(0, 32);
    return folderIn(join(config.cacheFolder ?? cacheFolder(), 'shaders'), id);
  } catch {
    return null;
  }
}

function identityOf(file: string): readonly string[] {
  const path = realpathSync(file);
  const { dev, ino, birthtimeNs } = statSync(path, { bigint: true });
  return [path, ...[dev, ino, birthtimeNs].map(String)];
}

/** Makes it, or marks it as used, and removes those that were not used for longest. */
function folderIn(parent: string, id: string): string {
  const folder = join(parent, id);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  utimesSync(folder, new Date(), new Date());
  const used = readdirSync(parent)
    .filter((name) => NAME.test(name))
    .map((name) => ({ path: join(parent, name), at: statSync(join(parent, name)).mtimeMs }))
    .toSorted((a, b) => b.at - a.at);
  for (const { path } of used.slice(MAX_GUESTS)) rmSync(path, { recursive: true, force: true });
  return folder;
}
