/**
 * A Unix stream socket that carries file descriptors, in the event loop of this thread. Sending never waits: what the
 * socket does not take is kept, up to a bound, and goes when it can.
 */
import { HostError } from '../../base/errors.ts';
import { closeFd } from '../../base/native/fd.ts';
import { watchFd } from '../../base/native/poll.ts';
import type { FdWatch } from '../../base/native/poll.ts';
import { receiveMessage, sendMessage, WOULD_BLOCK } from '../../base/native/socket.ts';

/** Takes what arrives. Whatever a method throws closes the stream with that error. */
export interface FdStreamReader {
  /** Where the next bytes go; never empty. */
  space(): Uint8Array;
  /** So many bytes were put there. `fds` came along and belong to the reader. */
  received(count: number, fds: readonly number[]): void;
  /** All that has arrived was handed over. */
  drained(): void;
  /** The stream is closed: by the peer (null), by an error, or by `close` (null). Called once. */
  closed(error: Error | null): void;
}

interface Waiting {
  readonly bytes: Uint8Array;
  /** Copies, to be closed when sent. */
  readonly fds: readonly number[];
}

const READS_PER_TURN = 16;
const MAX_WAITING_BYTES = 1 << 20;

export class FdStream {
  readonly #fd: number;
  readonly #reader: FdStreamReader;
  readonly #watch: FdWatch;
  readonly #waiting: Waiting[] = [];
  #waitingBytes = 0;
  #isOpen = true;

  /** Takes over `fd`. Throws HostError when it cannot be watched. */
  constructor(fd: number, reader: FdStreamReader) {
    this.#fd = fd;
    this.#reader = reader;
    this.#watch = watchFd(fd, { readable: true }, (events) => {
      if (events.hasFailed) return this.#takeLast();
      if (events.isWritable) this.#sendWaiting();
      if (events.isReadable && this.#isOpen) this.#receive();
    });
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Sends bytes (copied if they must wait), and with them descriptors, which are closed when they went. */
  send(bytes: Uint8Array, fds: readonly number[] = []): void {
    if (!this.#isOpen) return closeAll(fds);
    if (this.#waiting.length > 0) return this.#keep(bytes, fds);
    try {
      const count = sendMessage(this.#fd, bytes, fds);
      if (count === bytes.length) closeAll(fds);
      else if (count === WOULD_BLOCK) this.#keep(bytes, fds);
      else {
        closeAll(fds);
        this.#keep(bytes.subarray(count), []);
      }
    } catch (error) {
      closeAll(fds);
      if (!isHangup(error)) this.#fail(error);
    }
  }

  close(): void {
    this.#end(null);
  }

  #keep(bytes: Uint8Array, fds: readonly number[]): void {
    this.#waitingBytes += bytes.length;
    this.#waiting.push({ bytes: bytes.slice(), fds });
    if (this.#waitingBytes > MAX_WAITING_BYTES) {
      this.#fail(new HostError('peer-stuck', 'QEMU has stopped reading what it is told.'));
      return;
    }
    this.#watch.setInterest({ readable: true, writable: true });
  }

  #sendWaiting(): void {
    try {
      for (let first = this.#waiting[0]; first !== undefined; first = this.#waiting[0]) {
        const count = sendMessage(this.#fd, first.bytes, first.fds);
        if (count === WOULD_BLOCK) return;
        closeAll(first.fds);
        this.#waitingBytes -= count;
        if (count === first.bytes.length) this.#waiting.shift();
        else this.#waiting[0] = { bytes: first.bytes.subarray(count), fds: [] };
      }
      this.#watch.setInterest({ readable: true });
    } catch (error) {
      if (!isHangup(error)) this.#fail(error);
      else if (this.#isOpen) this.#watch.setInterest({ readable: true });
    }
  }

  #receive(): void {
    try {
      for (let turn = 0; turn < READS_PER_TURN; turn++) {
        const fds: number[] = [];
        const count = receiveMessage(this.#fd, this.#reader.space(), fds);
        if (count === WOULD_BLOCK) break;
        if (count === 0) {
          closeAll(fds);
          this.#end(null);
          return;
        }
        this.#reader.received(count, fds);
        if (!this.#isOpen) return;
      }
      this.#reader.drained();
    } catch (error) {
      this.#fail(error);
    }
  }

  /** A peer that hung up with unread bytes of ours puts the socket in error; what it said before can still be read. */
  #takeLast(): void {
    try {
      while (this.#isOpen) {
        const fds: number[] = [];
        const count = receiveMessage(this.#fd, this.#reader.space(), fds);
        if (count <= 0) {
          closeAll(fds);
          break;
        }
        this.#reader.received(count, fds);
      }
      this.#end(null);
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    if (isHangup(error)) this.#end(null);
    else this.#end(error instanceof Error ? error : new Error(String(error)));
  }

  #end(error: Error | null): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#watch.close();
    closeFd(this.#fd);
    for (const { fds } of this.#waiting.splice(0)) closeAll(fds);
    this.#reader.closed(error);
  }
}

/** The peer is gone: reading tells when its last words have been heard, so a failed write is no reason to stop reading. */
function isHangup(error: unknown): boolean {
  return error instanceof HostError && (error.code === 'EPIPE' || error.code === 'ECONNRESET');
}

/** Closes descriptors that nobody wants. */
export function closeAll(fds: readonly number[]): void {
  for (const fd of fds) closeFd(fd);
}
