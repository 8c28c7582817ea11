/**
 * The files of Mesa's cache of shaders, in the process that renders. Mesa opens them by name, while nothing of a guest is here
 * yet; from then on it shall use those in memory (shader-memory.ts), which are bounded, and nothing on a disk.
 */
import { closeSync, constants, openSync, readdirSync, readFileSync, readlinkSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { closeFd } from '../../base/native/fd.ts';
import { lockFile, replaceFile } from '../../base/native/memory-file.ts';

const OPEN_FILES = '/proc/self/fd';
const DATA = 'foz_cache.foz';
const INDEX = 'foz_cache_idx.foz';

/**
 * Moves what lies below a folder into memory, and closes the descriptors of that memory; the driver notices nothing. False:
 * it has no such files open.
 */
export function moveShadersToMemory(folder: string, [data, index]: readonly [number, number]): boolean {
  const files = openFilesBelow(folder);
  const dataFile = [...files.keys()].find((path) => path.endsWith(`/${DATA}`));
  const indexFile = dataFile === undefined ? '' : join(dirname(dataFile), INDEX);
  const isFound = dataFile !== undefined && files.has(indexFile);
  if (isFound) {
    // What Mesa's threads are writing shall be there or not be there.
    const lock = openSync(dataFile, constants.O_RDONLY);
    lockFile(lock);
    move(dataFile, data);
    move(indexFile, index);
    closeSync(lock);
  }
  // A second device's, of which nothing shall stay open either.
  const nothing = openSync('/dev/null', constants.O_RDWR);
  for (const fds of files.values()) for (const fd of fds) replaceFile(fd, nothing);
  closeSync(nothing);
  for (const fd of [data, index]) closeFd(fd);
  return isFound;

  function move(path: string, memory: number): void {
    const bytes = readFileSync(path);
    for (let done = 0; done < bytes.length;) done += writeSync(memory, bytes, done, bytes.length - done, done);
    for (const fd of files.get(path) ?? []) replaceFile(fd, memory);
    files.delete(path);
  }
}

/** Descriptors of this process by their paths. */
function openFilesBelow(folder: string): Map<string, number[]> {
  const files = new Map<string, number[]>();
  for (const name of readdirSync(OPEN_FILES)) {
    const path = pathOf(name);
    if (path.startsWith(`${folder}/`)) files.set(path, [...(files.get(path) ?? []), Number(name)]);
  }
  return files;
}

function pathOf(name: string): string {
  try {
    return readlinkSync(join(OPEN_FILES, name));
  } catch {
    return '';
  }
}
