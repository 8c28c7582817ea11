/**
 * Locks on single bytes of open files (fcntl, "open file description locks"). They belong to the open file: they end when
 * its last descriptor is closed, however the process ends, and two openings by one process are strangers to each other.
 */
import { EINTR, errno, hostError, libc } from './libc.ts';

const F_OFD_GETLK = 36;
const F_OFD_SETLK = 37;
const F_RDLCK = 0;
const F_WRLCK = 1;
const F_UNLCK = 2;
const EINVAL = 22;
const ENOLCK = 37;
const EOPNOTSUPP = 95;

/** struct flock: i16 type, i16 whence, i64 start at 8, i64 length at 16, i32 process at 24. */
const flock = new DataView(new ArrayBuffer(32));

function call(fd: number, command: number, type: number, offset: number): boolean {
  flock.setInt16(0, type, true);
  flock.setInt16(2, 0, true);
  flock.setBigInt64(8, BigInt(offset), true);
  flock.setBigInt64(16, 1n, true);
  flock.setInt32(24, 0, true);
  while (libc.lock(fd, command, flock) < 0) {
    const reason = errno();
    if (reason === EINVAL || reason === ENOLCK || reason === EOPNOTSUPP) return false;
    if (reason !== EINTR) throw hostError('fcntl', reason);
  }
  return true;
}

/**
 * Takes a shared lock on a byte, which need not exist. False: this file system has no locks. Throws HostError, `EAGAIN` when
 * someone holds the byte for himself alone.
 */
export function lockByte(fd: number, offset: number): boolean {
  return call(fd, F_OFD_SETLK, F_RDLCK, offset);
}

/** Whether someone else holds a lock of any kind on a byte. Throws HostError. */
export function isByteLocked(fd: number, offset: number): boolean {
  return call(fd, F_OFD_GETLK, F_WRLCK, offset) && flock.getInt16(0, true) !== F_UNLCK;
}
