/**
 * Compiled code that the first process that renders leaves for those after it: without, each spends most of its start, half a
 * second of processor time, on reading the same sources. It lies in a folder of this process's own, which goes with it, so
 * nobody else's code is ever run. The first writes into a folder that is its alone; what is there when it is ready, and has
 * not yet heard of a guest, is copied for all others, who may not write there (launch.ts).
 *
 * A process that is killed leaves its folder behind, but not the lock on it: the next to make one removes those.
 */
import { closeSync, constants, cpSync, lstatSync, mkdirSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { isByteLocked, lockByte } from '../../base/native/file-lock.ts';

const PREFIX = 'saffron-code-';
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
}

let folder: string | null = null;
let isShared = false;

/** The cache for the next process. */
export function nextCodeCache(): CodeCache {
  folder ??= makeFolder();
  const shared = join(folder, 'shared');
  const given = (cache: string | undefined): CodeCache => ({
    environment: environmentWith(cache),
    own: '',
    share: () => {},
  });
  if (folder === '') return given(undefined);
  if (isShared) return given(shared);
  try {
    const own = mkdtempSync(join(folder, 'own-'));
    return { environment: environmentWith(own), own, share: () => share(own, shared) };
  } catch {
    return given(undefined);
  }
}

/**
 * Without a cache of its own it shall not have that of this process, which outlives both. Nor Mesa's cache of shaders: what
 * one guest's process leaves there another's would run, so none may write to it, and Mesa complains when it can not.
 */
function environmentWith(cache: string | undefined): NodeJS.ProcessEnv {
  return { ...process.env, NODE_COMPILE_CACHE: cache, MESA_SHADER_CACHE_DISABLE: 'true' };
}

function share(own: string, shared: string): void {
  if (isShared) return;
  isShared = true;
  try {
    mkdirSync(shared, 0o700);
    cpSync(own, shared, { recursive: true });
  } catch {
    // A part of it, or none, will do.
  }
}

/** Empty where there can be none: then each process compiles for itself. */
function makeFolder(): string {
  try {
    const parent = tmpdir();
    const made = mkdtempSync(join(parent, PREFIX));
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
