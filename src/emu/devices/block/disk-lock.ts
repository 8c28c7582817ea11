/**
 * Keeps two from writing one disk. The locks are those of QEMU (its block/file-posix.c), so that each refuses what the other
 * holds: whoever uses a disk holds one byte for each thing that it does, and one for each that nobody else may do meanwhile.
 *
 *     100 + n   does it        n: 0 reads, 1 writes, 2 rewrites the same, 3 changes the size
 *     200 + n   nobody else may
 */
import { HostError } from '../../../base/errors.ts';
import { isByteLocked, lockByte } from '../../../base/native/file-lock.ts';

const DOES = 100;
const FORBIDS = 200;
const READ = 0;
const WRITE = 1;
const RESIZE = 3;

/**
 * Claims the disk behind a descriptor for as long as that is open: everybody may read with a reader, nobody may write beside
 * anyone. Throws HostError `disk-in-use`. A file system without locks is taken as it is.
 */
export function claimDisk(fd: number, path: string, isReadOnly: boolean): void {
  const own = isReadOnly ? [READ] : [READ, WRITE];
  const forbidden = [WRITE, RESIZE];
  // Held before it is looked whether others do: of two at once at least one sees the other.
  for (const n of own) if (!lockByte(fd, DOES + n)) return;
  for (const n of forbidden) lockByte(fd, FORBIDS + n);
  const isInUse = own.some((n) => isByteLocked(fd, FORBIDS + n)) || forbidden.some((n) => isByteLocked(fd, DOES + n));
  if (!isInUse) return;
  throw new HostError(
    'disk-in-use',
    `The disk ${path} is in use by another guest: end that first or use a copy of the disk.`,
  );
}
