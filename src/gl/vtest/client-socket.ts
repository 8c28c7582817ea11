/**
 * The socket of a client: reads into a session, writes what it answers. Answers that wait are bounded. A client that draws
 * says something new within a frame's time, so its next words are waited for in place for a moment: the way through the event
 * loop costs more than all else about a small message.
 */
import { EventFd } from '../../base/native/eventfd.ts';
import { SharedMemory } from '../../base/native/shared-memory.ts';
import { closeFd, duplicateFd } from '../../base/native/fd.ts';
import { waitReadable, watchFd } from '../../base/native/poll.ts';
import type { FdWatch } from '../../base/native/poll.ts';
import { receiveBytes, sendMessage, WOULD_BLOCK } from '../../base/native/socket.ts';
import type { SharedBytes } from './shared-backing.ts';
import type { SyncEvent } from './sync-objects.ts';
import type { VtestPeer } from './vtest-session.ts';

/** How long new words are waited for in place, and how often before others get their turn. */
const PATIENCE_MS = 2;
const READS_PER_TURN = 64;

interface Answer {
  bytes: Uint8Array;
  fd: number | null;
}

/** What the socket feeds. */
export interface SocketReader {
  room(): Uint8Array;
  received(count: number): void;
}

/** Told when work begins, goes on and ends. */
export interface WorkProgress {
  enter(): void;
  leave(): void;
}

/** Says how fast a client may go. */
export interface ClientPace {
  /** Work begins, or goes on. */
  begin(): void;
  /** Work is done for now; for so many milliseconds nothing more may be done. */
  end(): number;
}

/** A client's socket. It owns the descriptor. */
export class ClientSocket implements VtestPeer, Disposable {
  readonly #fd: number;
  readonly #progress: WorkProgress;
  readonly #watch: FdWatch;
  readonly #pace: ClientPace;
  #rest: NodeJS.Timeout | null = null;
  readonly #onEnd: (error: unknown) => void;
  readonly #waiting: Answer[] = [];
  #reader: SocketReader | null = null;
  #isOpen = true;

  /** `onEnd` is called once, with an error unless the client hung up. */
  constructor(fd: number, progress: WorkProgress, pace: ClientPace, onEnd: (error: unknown) => void) {
    this.#fd = fd;
    this.#progress = progress;
    this.#pace = pace;
    this.#onEnd = onEnd;
    this.#watch = watchFd(fd, {}, () => this.#onReady());
  }

  /** Whether answers wait for the client to read: until then it should ask for no more. */
  get isBlocked(): boolean {
    return this.#waiting.length > 0;
  }

  /** Begins to read. */
  start(reader: SocketReader): void {
    this.#reader = reader;
    this.#watch.setInterest({ readable: true });
  }

  send(bytes: Uint8Array): void {
    if (this.#waiting.length > 0) {
      this.#waiting.push({ bytes: bytes.slice(), fd: null });
      return;
    }
    const sent = this.#trySend(bytes, null);
    if (sent < bytes.length) this.#wait({ bytes: bytes.slice(sent), fd: null });
  }

  sendFd(fd: number): void {
    if (this.#waiting.length === 0 && this.#trySend(ONE_BYTE, fd) === 1) return;
    // The descriptor may be closed before its turn comes.
    this.#wait({ bytes: ONE_BYTE, fd: duplicateFd(fd) });
  }

  createShared(sizeBytes: number): SharedBytes {
    return SharedMemory.createUnmapped('saffron-vtest', sizeBytes);
  }

  createEvent(): SyncEvent {
    return EventFd.create();
  }

  /** Closes the descriptor. Twice is once. */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#watch.close();
    if (this.#rest !== null) clearTimeout(this.#rest);
    for (const { fd } of this.#waiting) if (fd !== null) closeFd(fd);
    closeFd(this.#fd);
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #onReady(): void {
    this.#progress.enter();
    try {
      if (!this.#flush()) return;
      this.#pace.begin();
      // Messages that came while answers waited.
      this.#reader?.received(0);
      if (this.#isOver()) return;
      for (let i = 0; i < READS_PER_TURN && this.#isOpen && this.#waiting.length === 0; i++) {
        const reader = this.#reader;
        if (reader === null || (i > 0 && !this.#hasMore())) return;
        const count = receiveBytes(this.#fd, reader.room());
        if (count === WOULD_BLOCK) return;
        if (count === 0) {
          this.#end(null);
          return;
        }
        this.#pace.begin();
        reader.received(count);
        if (this.#isOver()) return;
        this.#progress.enter();
      }
    } catch (error) {
      this.#end(error);
    } finally {
      this.#progress.leave();
    }
  }

  /** Whether the client's time is used up; then nothing is read for a while. */
  #isOver(): boolean {
    const delayMs = this.#isOpen ? this.#pace.end() : 0;
    if (delayMs < 1) return false;
    this.#watch.setInterest({});
    this.#rest = setTimeout(() => {
      this.#rest = null;
      this.#watch.setInterest(this.isBlocked ? { writable: true } : { readable: true });
    }, delayMs);
    return true;
  }

  #hasMore(): boolean {
    this.#progress.leave();
    const hasMore = waitReadable(this.#fd, PATIENCE_MS);
    this.#progress.enter();
    return hasMore;
  }

  /** Sends what waits; whether all went. While something waits nothing is read. */
  #flush(): boolean {
    if (this.#waiting.length === 0) return true;
    while (this.#waiting.length > 0) {
      const answer = this.#waiting[0]!;
      const sent = this.#trySend(answer.bytes, answer.fd);
      if (sent > 0 && answer.fd !== null) {
        closeFd(answer.fd);
        answer.fd = null;
      }
      if (sent < answer.bytes.length) {
        answer.bytes = answer.bytes.subarray(sent);
        return false;
      }
      this.#waiting.shift();
    }
    this.#watch.setInterest({ readable: true });
    return true;
  }

  #wait(answer: Answer): void {
    this.#waiting.push(answer);
    this.#watch.setInterest({ writable: true });
  }

  #trySend(bytes: Uint8Array, fd: number | null): number {
    let sent = 0;
    while (sent < bytes.length) {
      const count = sendMessage(this.#fd, bytes.subarray(sent), fd !== null && sent === 0 ? [fd] : []);
      if (count === WOULD_BLOCK) break;
      sent += count;
    }
    return sent;
  }

  #end(error: unknown): void {
    if (!this.#isOpen) return;
    this.close();
    this.#onEnd(error);
  }
}

const ONE_BYTE = new Uint8Array(new ArrayBuffer(1));
