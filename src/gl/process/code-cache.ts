/**
 * Compiled code that the processes that render leave for those after them: without, each spends most of its start, half a
 * second of processor time, on reading the same sources. It lies in a folder of this process's own, which goes with it, so
 * nobody else's code is ever run; a process writes there before it hears of a guest, and cannot afterwards (confine.ts).
 *
 * A process that is killed leaves its folder behind, but not the lock on it: the next to make one removes those.
 */
import { closeSync, constants, lstatSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { isByteLocked, lockByte } from '../../base/native/file-lock.ts';

const PREFIX = 'saffron-code-';
/** A folder that was just made may not be locked yet. */
const LEAST_AGE_MS = 60_000;
const OPEN_FOLDER = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;

let folder: string | null = null;

/** The environment for a process that renders: our own, with the folder of the cache in it. */
export function environmentWithCodeCache(): NodeJS.ProcessEnv {
  folder ??= makeFolder();
  return folder === '' ? process.env : { ...process.env, NODE_COMPILE_CACHE: folder };
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
