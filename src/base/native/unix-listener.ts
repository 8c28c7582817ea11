/**
 * A Unix stream socket that listens, whose connections are plain descriptors: they can be handed to another process, and
 * carry descriptors (socket.ts), which those of `node:net` cannot.
 *
 * sockaddr_un:  +0 family  +2 path, zero-terminated
 */
import { chmodSync, lstatSync, unlinkSync } from 'node:fs';
import { HostError } from '../errors.ts';
import { closeFd } from './fd.ts';
import { EAGAIN, EINTR, errno, hostError, libc } from './libc.ts';
import { watchFd } from './poll.ts';
import type { FdWatch } from './poll.ts';

const AF_UNIX = 1;
const SOCK_STREAM = 1;
const SOCK_NONBLOCK = 0o4000;
const SOCK_CLOEXEC = 0o2000000;
const PATH_BYTES = 108;
const BACKLOG = 128;
const ECONNABORTED = 103;

/** A socket that listens. */
export class UnixListener implements Disposable {
  readonly path: string;
  readonly #fd: number;
  readonly #watch: FdWatch;
  readonly #inode: number;
  #isOpen = true;

  /**
   * Listens on a path, which must not exist; only this user may connect. `onConnection` is given each connection's
   * descriptor, which is its own from then on, closed on exec. Throws HostError (`EADDRINUSE`, `ENAMETOOLONG`, `EACCES`).
   */
  constructor(path: string, onConnection: (fd: number) => void) {
    const name = new TextEncoder().encode(path);
    if (name.length >= PATH_BYTES) throw new HostError('ENAMETOOLONG', `${path} is longer than a socket's path may be`);
    const address = new Uint8Array(new ArrayBuffer(2 + PATH_BYTES));
    address[0] = AF_UNIX;
    address.set(name, 2);
    this.path = path;
    this.#fd = libc.socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (this.#fd < 0) throw hostError('socket');
    try {
      if (libc.bind(this.#fd, address, address.length) < 0) throw hostError(`bind to ${path}`);
      this.#inode = lstatSync(path).ino;
      chmodSync(path, 0o600);
      if (libc.listen(this.#fd, BACKLOG) < 0) throw hostError(`listen on ${path}`);
      this.#watch = watchFd(this.#fd, { readable: true }, () => this.#accept(onConnection));
    } catch (error) {
      closeFd(this.#fd);
      throw error;
    }
  }

  /** Stops to listen, and removes the path if it is still this socket's. Twice is once. */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#watch.close();
    closeFd(this.#fd);
    if (lstatSync(this.path, { throwIfNoEntry: false })?.ino === this.#inode) unlinkSync(this.path);
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #accept(onConnection: (fd: number) => void): void {
    while (this.#isOpen) {
      const fd = libc.accept4(this.#fd, null, null, SOCK_CLOEXEC);
      if (fd >= 0) {
        onConnection(fd);
        continue;
      }
      const reason = errno();
      if (reason === EAGAIN) return;
      if (reason !== EINTR && reason !== ECONNABORTED) throw hostError('accept', reason);
    }
  }
}
