/**
 * What the first process that renders compiled before it heard of a guest, for those after it: our own sources, and the
 * shaders of the rehearsal. Without, each spends most of its start, half a second of processor time and more, on the same. It
 * lies in a folder of this process's own, which goes with it, so nobody else's code is ever run. Each process writes into a
 * folder that is its alone, and only while it starts (launch.ts, render-program.ts); what the first left there when it is
 * ready is moved out of its reach, for all others, and kept for later runs, beside where Node keeps what it compiled of this
 * program: both are the user's own, and no guest's. What is kept is used where it lies, by the first process too, as long as
 * our sources are those that it was made of.
 *
 * A process that is killed leaves its folder behind, but not the lock on it: the next to make one removes those.
 */
import { createHash } from 'node:crypto';
import {
  closeSync,
  constants,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { cp, mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import process from 'node:process';
import { isByteLocked, lockByte } from '../../base/native/file-lock.ts';
import { isOursAlone } from '../../base/native/ownership.ts';

const PREFIX = 'saffron-code-';
const CODE = 'code';
/** Beside the folder of Node's compile cache. */
const KEPT = 'render';
/** It has 3 MB. */
const MAX_KEPT_BYTES = 64 << 20;
/** Of other versions of the sources, and other programs; those made last. */
const MAX_KEPT = 4;
/** Below src: where all comes from that a process that renders runs. */
const SOURCES = ['base', 'gl', 'wasm', 'wire'];
/** Below the folder of a process: where Mesa makes its files. */
export const SHADERS = 'shaders';
/** Mesa keeps no shaders. */
export const NO_SHADER_CACHE = { MESA_SHADER_CACHE_DISABLE: 'true' } as const;
/** A folder that was just made may not be locked yet. */
const LEAST_AGE_MS = 60_000;
const OPEN_FOLDER = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;

/** The compiled code for one process. */
export interface CodeCache {
  /** Our own environment, with the cache in it. */
  readonly environment: NodeJS.ProcessEnv;
  /** The folder that the process may write to; empty: none. */
  readonly own: string;
  /** The process is ready, and has heard of nobody: others may have what it left. */
  share(): void;
  /** The process will write nothing more. Twice is once. */
  drop(): void;
}

let folder: string | null = null;
/** Where the code is for all that come now; null: the first is still to leave it. */
let shared: string | null = null;
let hasLooked = false;

/** The cache for the next process, which runs this program. */
export function nextCodeCache(program = ''): CodeCache {
  folder ??= makeFolder();
  if (folder === '') return cacheOf('', undefined);
  const kept = hasLooked ? null : findKept(program);
  hasLooked = true;
  shared ??= kept;
  const code = shared === null ? undefined : join(shared, CODE);
  try {
    const own = mkdtempSync(join(folder, 'own-'));
    if (shared === null) return { ...cacheOf(own, join(own, CODE)), share: () => share(own, program) };
    const shaders = join(shared, SHADERS);
    if (existsSync(shaders)) cpSync(shaders, join(own, SHADERS), { recursive: true, filter: isKept });
    const cache = cacheOf(own, code);
    return kept === null ? cache : { ...cache, share: () => renewShaders(own, kept) };
  } catch {
    return cacheOf('', code);
  }
}

function cacheOf(own: string, code: string | undefined): CodeCache {
  return {
    environment: environmentWith(code, own === '' ? undefined : join(own, SHADERS)),
    own,
    share: () => {},
    drop: () => {
      if (own !== '') rm(own, { recursive: true, force: true }).catch(() => {});
    },
  };
}

/**
 * Without a cache of its own it shall not have that of this process, which outlives both, nor that of Mesa: what one guest's
 * process leaves there another's would run. Mesa is told to have two files for all shaders, which can be opened at the start.
 */
function environmentWith(code: string | undefined, shaders: string | undefined): NodeJS.ProcessEnv {
  const common = { ...process.env, NODE_COMPILE_CACHE: code };
  if (shaders === undefined) return { ...common, ...NO_SHADER_CACHE };
  return { ...common, MESA_SHADER_CACHE_DIR: shaders, MESA_DISK_CACHE_SINGLE_FILE: 'true' };
}

/** The process may change what lies in its folder, whatever its name: what was in it is moved. */
function share(own: string, program: string): void {
  if (shared !== null || folder === null) return;
  const place = join(folder, 'shared');
  try {
    mkdirSync(place, 0o700);
    for (const name of [CODE, SHADERS]) if (existsSync(join(own, name))) renameSync(join(own, name), join(place, name));
    shared = place;
    // It is without for now, or for ever.
    keep(place, program).catch(() => {});
  } catch {
    // A part of it, or none, will do.
  }
}

/** Where it is kept from run to run; null: nowhere, as Node keeps nothing either. */
function keptFolder(): string | null {
  const compiled = process.env['NODE_COMPILE_CACHE'];
  return compiled === undefined || compiled === '' ? null : join(dirname(compiled), KEPT);
}

/** What was kept of this program, if nobody else can have written it. */
function findKept(program: string): string | null {
  const parent = keptFolder();
  if (parent === null) return null;
  try {
    const kept = join(parent, digestOf(program));
    return [parent, kept].every(isTrusted) ? kept : null;
  } catch {
    return null;
  }
}

/** Throws what the file system throws. */
function isTrusted(path: string): boolean {
  const stat = lstatSync(path);
  return stat.isDirectory() && isOursAlone(stat);
}

/** Keeps what one run had, while the guest goes on. Rejects with what the file system says. */
async function keep(place: string, program: string): Promise<void> {
  const parent = keptFolder();
  if (parent === null || filesOf(place).bytes > MAX_KEPT_BYTES) return;
  await mkdir(parent, { recursive: true, mode: 0o700 });
  if (!isTrusted(parent)) return;
  const kept = join(parent, digestOf(program));
  const unfinished = `${kept}.${process.pid}`;
  try {
    await mkdir(unfinished, { mode: 0o700 });
    await cp(place, unfinished, { recursive: true, filter: isKept });
    await rename(unfinished, kept);
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
  const names = await readdir(parent);
  const all = await Promise.all(names.map(async (name) => ({ name, made: (await stat(join(parent, name))).mtimeMs })));
  for (const { name } of all.toSorted((a, b) => b.made - a.made).slice(MAX_KEPT)) {
    await rm(join(parent, name), { recursive: true, force: true });
  }
}

/** Another driver has compiled others. */
function renewShaders(own: string, kept: string): void {
  try {
    const [fresh, old] = [join(own, SHADERS), join(kept, SHADERS)];
    const { list, bytes } = filesOf(fresh);
    if (list === filesOf(old).list || bytes > MAX_KEPT_BYTES) return;
    const unfinished = `${old}.${process.pid}`;
    cpSync(fresh, unfinished, { recursive: true, filter: isKept });
    rmSync(old, { recursive: true, force: true });
    renameSync(unfinished, old);
  } catch {
    // They are compiled anew.
  }
}

/** Of the program, and all that it may be made of. */
function digestOf(program: string): string {
  const hash = createHash('sha256').update(`${process.version} ${process.arch} ${program}\n`);
  const root = join(import.meta.dirname, '..', '..');
  for (const source of SOURCES) {
    for (const name of readdirSync(join(root, source), { recursive: true, encoding: 'utf8' }).toSorted()) {
      if (!/\.[jt]s$/.test(name) || /\.test\./.test(name)) continue;
      const { size, mtimeMs } = lstatSync(join(root, source, name));
      hash.update(`${source}/${name} ${size} ${mtimeMs}\n`);
    }
  }
  return hash.digest('hex').slice(0, 16);
}

/** Names and sizes of the files below a folder, and how many bytes they have together. */
function filesOf(folder: string): { readonly list: string; readonly bytes: number } {
  if (!existsSync(folder)) return { list: '', bytes: 0 };
  let bytes = 0;
  const list = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(isKept).toSorted();
  const sizes = list.map((name) => {
    const stat = lstatSync(join(folder, name));
    if (!stat.isFile()) return name;
    bytes += stat.size;
    return `${name} ${stat.size}`;
  });
  return { list: sizes.join('\n'), bytes };
}

/** Mesa's count of what its cache has is large, and says nothing in a copy. */
function isKept(path: string): boolean {
  return basename(path) !== 'index';
}

/** Empty where there can be none: then each process compiles for itself. */
function makeFolder(): string {
  try {
    const parent = tmpdir();
    // As the kernel spells it.
    const made = realpathSync(mkdtempSync(join(parent, PREFIX)));
    process.on('exit', () => rmSync(made, { recursive: true, force: true }));
    // The descriptor stays open for as long as this process lives. Where nothing can be locked all folders look abandoned.
    if (lockByte(openSync(made, OPEN_FOLDER), 0)) void removeAbandoned(parent);
    return made;
  } catch {
    return '';
  }
}

/** While other work goes on: a killed process may have left many files. */
async function removeAbandoned(parent: string): Promise<void> {
  for (const name of await readdir(parent).catch((): string[] => [])) {
    if (!name.startsWith(PREFIX)) continue;
    const path = join(parent, name);
    try {
      if (isAbandoned(path)) await rm(path, { recursive: true, force: true });
    } catch {
      // Somebody else's, or already gone.
    }
  }
}

function isAbandoned(path: string): boolean {
  const { uid, mtimeMs } = lstatSync(path);
  if (uid !== process.getuid?.() || Date.now() - mtimeMs < LEAST_AGE_MS) return false;
  const fd = openSync(path, OPEN_FOLDER);
  try {
    return !isByteLocked(fd, 0);
  } finally {
    closeSync(fd);
  }
}
