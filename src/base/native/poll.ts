/**
 * Waits on any descriptor in the event loop of this thread (libuv's uv_poll, reached through koffi). Level-triggered: a
 * callback that leaves data behind is called again.
 *
 * Watching makes the open file non-blocking for everyone who shares it. A watch keeps the event loop alive unless it is
 * unreferenced. Close the watch before the descriptor.
 */
import koffi from 'koffi';
import { assert } from '../assert.ts';
import { closeFd } from './fd.ts';
import { hostError, libc } from './libc.ts';

/** What is the case now. `hasFailed`: the descriptor is in error (POLLERR) or invalid, and the watch has ended. */
export interface FdEvents {
  readonly isReadable: boolean;
  readonly isWritable: boolean;
  readonly hasFailed: boolean;
}

/** What to wait for. A hang-up of the peer counts as readable. */
export interface FdInterest {
  readonly readable?: boolean;
  readonly writable?: boolean;
}

const READABLE: FdEvents = { isReadable: true, isWritable: false, hasFailed: false };
const WRITABLE: FdEvents = { isReadable: false, isWritable: true, hasFailed: false };
const BOTH: FdEvents = { isReadable: true, isWritable: true, hasFailed: false };
const FAILED: FdEvents = { isReadable: false, isWritable: false, hasFailed: true };

const EPOLL_CLOEXEC = 0o2000000;
const EPOLL_CTL_ADD = 1;
const POLLIN = 1;
const noEvents = new Uint8Array(new ArrayBuffer(16));

type NativeHandle = ReturnType<typeof koffi.node.poll>;

// koffi keeps its handles weakly: one that nobody holds would stop without a word.
const open = new Map<number, FdWatch>();

let isFlushing = false;

/** A descriptor under watch. */
export class FdWatch implements Disposable {
  readonly #callback: (events: FdEvents) => void;
  readonly #handle: NativeHandle;
  readonly #fd: number;
  #isOpen = true;

  /**
   * Watches from now on. A descriptor has one watch at a time, and none that Node itself has a stream on. Throws HostError
   * when it cannot be watched (`EPERM`: a regular file, `EBADF`: not open).
   */
  constructor(fd: number, interest: FdInterest, callback: (events: FdEvents) => void) {
    assert(!open.has(fd), 'the descriptor is already watched');
    checkWatchable(fd);
    this.#fd = fd;
    this.#callback = callback;
    this.#handle = koffi.node.poll(fd, options(interest), this.#onEvent);
    open.set(fd, this);
  }

  /** Waits for something else from now on; with nothing asked for, the watch rests. */
  setInterest(interest: FdInterest): void {
    if (!this.#isOpen) return;
    if (interest.readable === true || interest.writable === true) this.#handle.start(options(interest), this.#onEvent);
    else this.#handle.stop();
  }

  /** Whether the watch keeps the event loop of this thread alive; it does at first. */
  setReferenced(isReferenced: boolean): void {
    if (!this.#isOpen) return;
    if (isReferenced) this.#handle.ref();
    else this.#handle.unref();
  }

  /** Ends the watch: the callback is not called again, and the descriptor may be closed. Twice is once. */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    open.delete(this.#fd);
    this.#handle.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  // koffi calls (status, events), though its types tell of the events alone.
  readonly #onEvent = (status: unknown, events?: unknown): void => {
    if (!this.#isOpen) return;
    flushSoon();
    try {
      this.#callback(status === 0 ? eventsOf(events) : FAILED);
    } catch (error) {
      // Thrown into libuv it would surface at some later, unrelated call.
      setImmediate(() => {
        throw error;
      });
    }
  };
}

/** Calls `callback` whenever `fd` is ready. Throws HostError when it cannot be watched. */
export function watchFd(fd: number, interest: FdInterest, callback: (events: FdEvents) => void): FdWatch {
  return new FdWatch(fd, interest, callback);
}

/**
 * Stops this thread until `fd` can be read, has hung up or failed, at most so many milliseconds; whether it can. For threads
 * that serve nothing else meanwhile: what comes through the event loop waits.
 */
export function waitReadable(fd: number, timeoutMs: number): boolean {
  wanted[0] = fd;
  wanted[1] = POLLIN;
  return libc.poll(wanted, 1, timeoutMs) > 0;
}

/** A struct pollfd: the descriptor, then 16 bits wanted and 16 bits that are the case. */
const wanted = new Int32Array(new ArrayBuffer(8));

/** Asks the kernel first: when libuv refuses a descriptor, koffi aborts the process. */
function checkWatchable(fd: number): void {
  const epoll = libc.epollCreate1(EPOLL_CLOEXEC);
  if (epoll < 0) throw hostError('epoll_create1');
  const error = libc.epollCtl(epoll, EPOLL_CTL_ADD, fd, noEvents) < 0 ? hostError(`watching descriptor ${fd}`) : null;
  closeFd(epoll);
  if (error !== null) throw error;
}

function options(interest: FdInterest): { readable: boolean; writable: boolean } {
  return { readable: interest.readable === true, writable: interest.writable === true };
}

function eventsOf(events: unknown): FdEvents {
  const { readable, writable } = events as { readable: boolean; writable: boolean };
  if (readable) return writable ? BOTH : READABLE;
  return writable ? WRITABLE : FAILED;
}

/**
 * The callback runs outside of what Node counts as its own: promises settled there would wait for the next event of
 * Node's. An immediate is such an event, in the same turn of the loop.
 */
function flushSoon(): void {
  if (isFlushing) return;
  isFlushing = true;
  setImmediate(() => {
    isFlushing = false;
  });
}
