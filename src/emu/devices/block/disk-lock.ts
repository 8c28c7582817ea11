/**
 * Keeps two from writing one disk. The locks are those of QEMU (its block/file-posix.c), so that each refuses what the other
 * holds: whoever uses a disk holds one byte for each thing that it does, and one for each that nobody else may do meanwhile.
 *
 *     100 + n   does it        n: 0 reads, 1 writes, 2 rewrites the same, 3 changes the size
 *     200 + n   nobody else may
 */
import { platform } from 'node:os';
import { HostError } from '../../../base/errors.ts';
import type * as FileLock from '../../../base/native/file-lock.ts';

const DOES = 100;
const FORBIDS = 200;
const READ = 0;
const WRITE = 1;
const RESIZE = 3;

/**
 * Claims the disk behind a descriptor for as long as that is open: everybody may read with a reader, nobody may write beside
 * anyone. Rejects with HostError `disk-in-use`. Where there are no such locks, on this host or in its file system, the disk
 * is taken as it is.
 */
export async function claimDisk(fd: number, path: string, isReadOnly: boolean): Promise<void> {
  const locks = await loadLocks();
  if (locks === null) return;
  const own = isReadOnly ? [READ] : [READ, WRITE];
  const forbidden = [WRITE, RESIZE];
  // Held before it is looked whether others do: of two at once at least one sees the other.
  for (const n of own) if (!locks.lockByte(fd, DOES + n)) return;
  for (const n of forbidden) locks.lockByte(fd, FORBIDS + n);
  const isInUse =
    own.some((n) => locks.isByteLocked(fd, FORBIDS + n)) || forbidden.some((n) => locks.isByteLocked(fd, DOES + n));
  if (!isInUse) return;
  throw new HostError(
    'disk-in-use',
    `The disk ${path} is in use by another guest: end that first or use a copy of the disk.`,
  );
}

/** Null where native calls do not work: a disk can do without. */
async function loadLocks(): Promise<typeof FileLock | null> {
  return platform() === 'linux' ? import('../../../base/native/file-lock.ts').catch(() => null) : null;
}
