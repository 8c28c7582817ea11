/** File descriptors as plain numbers: whoever holds one closes it, exactly once. */
import { EINTR, errno, hostError, libc } from './libc.ts';

const F_SETFD = 2;
const F_DUPFD_CLOEXEC = 1030;

/** Closes a descriptor. Throws HostError (`EBADF` if it was not open, which means that someone closed it twice). */
export function closeFd(fd: number): void {
  // Linux frees the descriptor even when close() is interrupted: to try again could close a stranger's.
  if (libc.close(fd) < 0 && errno() !== EINTR) throw hostError('close');
}

/** Lets a program that takes this one's place have the descriptor. Throws HostError (`EBADF`). */
export function keepOnExec(fd: number): void {
  if (libc.fcntl(fd, F_SETFD, 'int', 0) < 0) throw hostError('fcntl(F_SETFD)');
}

/** A second descriptor of the same open file, closed on exec. Throws HostError (`EMFILE`, `EBADF`). */
export function duplicateFd(fd: number): number {
  const copy = libc.fcntl(fd, F_DUPFD_CLOEXEC, 'int', 0);
  if (copy < 0) throw hostError('fcntl(F_DUPFD_CLOEXEC)');
  return copy;
}
