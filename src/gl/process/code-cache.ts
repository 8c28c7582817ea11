/**
 * What the first process that renders compiled before it heard of a guest, for those after it: our own sources, and the
 * shaders of the rehearsal. Without, each spends most of its start, half a second of processor time and more, on the same. It
 * lies in a folder of this process's own, which goes with it, so nobody else's code is ever run. Each process writes into a
 * folder that is its alone, and only while it starts (launch.ts, render-program.ts); what the first left there when it is
 * ready is copied for all others, and kept for the first of the next run, beside where Node keeps what it compiled of this
 * program: both are the user's own, and no guest's.
 *
 * A process that is killed leaves its folder behind, but not the lock on it: the next to make one removes those.
 */
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
import { readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import process from 'node:process';
import { isByteLocked, lockByte } from '../../base/native/file-lock.ts';

const PREFIX = 'saffron-code-';
const CODE = 'code';
/** Beside the folder of Node's compile cache. */
const KEPT = 'render';
/** It has 3 MB; what other versions left may lie there too. */
const MAX_KEPT_BYTES = 64 << 20;
/** Those who may write besides the owner. */
const OTHERS_WRITE = 0o022;
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
let isShared = false;

/** The cache for the next process. */
export function nextCodeCache(): CodeCache {
  folder ??= makeFolder();
  const shared = join(folder, 'shared');
  if (folder === '') return cacheOf('', undefined);
  const isFirst = !isShared;
  try {
    const own = mkdtempSync(join(folder, 'own-'));
    const cache = cacheOf(own, join(isFirst ? own : shared, CODE));
    if (isFirst) {
      takeKept(own);
      return { ...cache, share: () => share(own, shared) };
    }
    cpSync(join(shared, SHADERS), join(own, SHADERS), { recursive: true, filter: isKept });
    return cache;
  } catch {
    return cacheOf('', isFirst ? undefined : join(shared, CODE));
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

function share(own: string, shared: string): void {
  if (isShared) return;
  isShared = true;
  try {
    mkdirSync(shared, 0o700);
    cpSync(own, shared, { recursive: true, filter: isKept });
    keep(shared);
  } catch {
    // A part of it, or none, will do.
  }
}

/** Where it is kept from run to run; null: nowhere, as Node keeps nothing either. */
function keptFolder(): string | null {
  const compiled = process.env['NODE_COMPILE_CACHE'];
  return compiled === undefined || compiled === '' ? null : join(dirname(compiled), KEPT);
}

function takeKept(own: string): void {
  const kept = keptFolder();
  try {
    if (kept === null) return;
    const { uid, mode } = lstatSync(kept);
    if (uid !== process.getuid?.() || (mode & OTHERS_WRITE) !== 0) return;
    cpSync(kept, own, { recursive: true, filter: isKept });
  } catch {
    // It is compiled anew.
  }
}

/** Keeps what one run had, unless it is kept already. */
function keep(shared: string): void {
  const kept = keptFolder();
  if (kept === null) return;
  const now = filesOf(shared);
  if (now.list === filesOf(kept).list || now.bytes > MAX_KEPT_BYTES) return;
  const unfinished = `${kept}.${process.pid}`;
  try {
    mkdirSync(unfinished, { mode: 0o700 });
    cpSync(shared, unfinished, { recursive: true });
    rmSync(kept, { recursive: true, force: true });
    renameSync(unfinished, kept);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}

/** Names and sizes of the files below a folder, and how many bytes they have together. */
function filesOf(folder: string): { readonly list: string; readonly bytes: number } {
  if (!existsSync(folder)) return { list: '', bytes: 0 };
  let bytes = 0;
  const list = readdirSync(folder, { recursive: true, encoding: 'utf8' }).toSorted();
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
