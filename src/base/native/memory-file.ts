/**
 * Files that live in memory only (memfd_create(2)), have no name for others to open, and go with their last descriptor; and
 * what it takes to have code that opened a file of its own go on in such a one.
 */
import { closeSync, constants, openSync } from 'node:fs';
import { HostError } from '../errors.ts';
import { EAGAIN, EINTR, errno, hostError, libc } from './libc.ts';

const MFD_CLOEXEC = 1;
const MFD_ALLOW_SEALING = 2;
const F_ADD_SEALS = 1033;
const F_SEAL_GROW = 4;
const LOCK_EX = 2;
const LOCK_NB = 4;
const LOCK_UN = 8;
const SEEK_SET = 0;
const SEEK_CUR = 1;
const O_CLOEXEC = 0o2000000;

/** A new one, empty; `name` shows up in /proc. Throws HostError (`EMFILE`, `ENOMEM`). */
export function createMemoryFile(name: string): number {
  const fd = libc.memfdCreate(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
  if (fd < 0) throw hostError('memfd_create');
  return fd;
}

/** From now on nobody makes it longer. Throws HostError. */
export function stopGrowth(fd: number): void {
  if (libc.fcntl(fd, F_ADD_SEALS, 'int', F_SEAL_GROW) < 0) throw hostError('fcntl(F_ADD_SEALS)');
}

/** Takes the lock on an open file (flock(2)), and waits for it if need be. Throws HostError. */
export function lockFile(fd: number): void {
  if (!flock(fd, LOCK_EX)) throw new HostError('EAGAIN', 'flock did not wait (EAGAIN)');
}

/** Takes the lock if nobody else has it. Throws HostError. */
export function tryLockFile(fd: number): boolean {
  return flock(fd, LOCK_EX | LOCK_NB);
}

/** Gives the lock back. Throws HostError. */
export function unlockFile(fd: number): void {
  flock(fd, LOCK_UN);
}

/**
 * Lets the file of `fd` take the place of the one behind `old`, for whoever reads and appends there: `old` stays the same
 * number, at the same position. Throws HostError, or an error of the file system.
 */
export function replaceFile(old: number, fd: number): void {
  const { O_RDWR, O_APPEND } = constants;
  // An opening of its own, with a position of its own.
  const fresh = openSync(`/proc/self/fd/${fd}`, O_RDWR | O_APPEND);
  try {
    const position = libc.lseek(old, 0, SEEK_CUR);
    if (position < 0 || libc.lseek(fresh, position, SEEK_SET) < 0) throw hostError('lseek');
    if (libc.dup3(fresh, old, O_CLOEXEC) < 0) throw hostError('dup3');
  } finally {
    closeSync(fresh);
  }
}

function flock(fd: number, operation: number): boolean {
  while (libc.flock(fd, operation) < 0) {
    const reason = errno();
    if (reason === EAGAIN) return false;
    if (reason !== EINTR) throw hostError('flock', reason);
  }
  return true;
}
