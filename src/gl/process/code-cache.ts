/**
 * Compiled code that the processes that render leave for those after them: without, each spends most of its start, half a
 * second of processor time, on reading the same sources. It lies in a folder of this process's own, which goes with it, so
 * nobody else's code is ever run; a process writes there before it hears of a guest, and cannot afterwards (confine.ts).
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';

let folder: string | null = null;

/** The environment for a process that renders: our own, with the folder of the cache in it. */
export function environmentWithCodeCache(): NodeJS.ProcessEnv {
  folder ??= makeFolder();
  return folder === '' ? process.env : { ...process.env, NODE_COMPILE_CACHE: folder };
}

/** Empty where there can be none: then each process compiles for itself. */
function makeFolder(): string {
  try {
    const made = mkdtempSync(join(tmpdir(), 'saffron-code-'));
    process.on('exit', () => rmSync(made, { recursive: true, force: true }));
    return made;
  } catch {
    return '';
  }
}
