/** Event counters of the kernel (eventfd): the doorbells between a virtual machine and its devices. */
import { closeFd } from './fd.ts';
import { EAGAIN, EINTR, errno, hostError, libc } from './libc.ts';

const EFD_NONBLOCK = 0o4000;
const EFD_CLOEXEC = 0o2000000;

const one = new Uint8Array(new BigUint64Array([1n]).buffer);
const taken = new Uint8Array(new ArrayBuffer(8));

/** A counter that one side raises and the other takes to zero. */
export class EventFd implements Disposable {
  readonly fd: number;
  #isOpen = true;

  /** Takes over a descriptor that came from elsewhere; `close` closes it. */
  constructor(fd: number) {
    this.fd = fd;
  }

  /** A new counter at 0, closed on exec. Throws HostError (`EMFILE`). */
  static create(): EventFd {
    const fd = libc.eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (fd < 0) throw hostError('eventfd');
    return new EventFd(fd);
  }

  /** Raises the counter by one; false if that would have to wait, for the counter is full and its reader asleep. */
  signal(): boolean {
    while (libc.write(this.fd, one, 8) < 0) {
      const reason = errno();
      if (reason === EAGAIN) return false;
      if (reason !== EINTR) throw hostError('write to an eventfd', reason);
    }
    return true;
  }

  /** Takes the counter to zero and says whether it was raised. The descriptor must not block: a watched one never does. */
  take(): boolean {
    while (libc.read(this.fd, taken, 8) < 0) {
      const reason = errno();
      if (reason === EAGAIN) return false;
      if (reason !== EINTR) throw hostError('read of an eventfd', reason);
    }
    return true;
  }

  /** Closes the descriptor. Twice is once. */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    closeFd(this.fd);
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
