/**
 * The socket of vhost-user: messages of a header and a payload, with file descriptors beside the bytes. The other end is
 * QEMU; messages that make no sense end the connection, since there is no telling where the next one begins.
 */
import { StateError } from '../../base/errors.ts';
import { closeFd } from '../../base/native/fd.ts';
import { watchFd, type FdWatch } from '../../base/native/poll.ts';
import { receiveMessage, sendMessage, WOULD_BLOCK } from '../../base/native/socket.ts';
import { Reader } from '../../wire/reader.ts';
import { joinBytes, Writer } from '../../wire/writer.ts';
import { readVhostUserHeader, writeVhostUserHeader } from './vhost-user-wire.gen.ts';

const HEADER_BYTES = 12;
const MAX_PAYLOAD_BYTES = 4096;
/** A memory table has the most: one for each of 8 regions. */
const MAX_FDS = 8;
const VERSION = 1;
const VERSION_MASK = 3;
const REPLY = 4;
const NEED_REPLY = 8;

/** A message as it came. */
export interface VhostUserMessage {
  readonly request: number;
  readonly wantsAnswer: boolean;
  /** BORROWED until the handler returns. */
  readonly payload: Uint8Array;
  /** The handler takes the descriptors that it keeps out of here; what is left is closed when it returns. */
  readonly fds: number[];
}

/** What the owner of the socket hears. */
export interface VhostUserSocketEvents {
  onMessage(message: VhostUserMessage): void;
  /** The connection is over, by the other end (null) or by an error. The socket is closed. */
  onEnd(error: Error | null): void;
}

/** One connection. It owns its descriptor. */
export class VhostUserSocket {
  readonly #fd: number;
  readonly #events: VhostUserSocketEvents;
  readonly #watch: FdWatch;
  readonly #bytes = new Uint8Array(HEADER_BYTES + MAX_PAYLOAD_BYTES);
  readonly #reader = new Reader();
  #have = 0;
  #want = HEADER_BYTES;
  #fds: number[] = [];
  #isOpen = true;

  /** Takes over a connected stream socket. Throws HostError when it cannot be watched; it is closed then. */
  constructor(fd: number, events: VhostUserSocketEvents) {
    this.#fd = fd;
    this.#events = events;
    try {
      this.#watch = watchFd(fd, { readable: true }, (ready) => {
        if (ready.hasFailed) this.#end(new StateError('connection', 'the connection to QEMU has failed'));
        else this.#receive();
      });
    } catch (error) {
      closeFd(fd);
      throw error;
    }
  }

  /** Answers a request. An answer is small, and QEMU waits for it: one that cannot be sent at once ends the connection. */
  reply(request: number, payload: Uint8Array): void {
    if (!this.#isOpen) return;
    const writer = new Writer();
    writeVhostUserHeader(writer, { request, flags: VERSION | REPLY, size: payload.length });
    writer.bytes(payload);
    const bytes = joinBytes(writer.finish());
    try {
      if (sendMessage(this.#fd, bytes) === bytes.length) return;
      this.#end(new StateError('connection', 'QEMU does not take its answers'));
    } catch (error) {
      this.#end(error instanceof Error ? error : new Error(String(error)));
    }
  }

  /** Ends the connection, without an `onEnd`. Twice is once. */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#watch.close();
    for (const fd of this.#fds.splice(0)) closeFd(fd);
    closeFd(this.#fd);
  }

  #end(error: Error | null): void {
    if (!this.#isOpen) return;
    this.close();
    this.#events.onEnd(error);
  }

  #receive(): void {
    while (this.#isOpen) {
      if (this.#have < this.#want) {
        let count: number;
        try {
          count = receiveMessage(this.#fd, this.#bytes.subarray(this.#have, this.#want), this.#fds);
        } catch (error) {
          this.#end(error instanceof Error ? error : new Error(String(error)));
          return;
        }
        if (count === WOULD_BLOCK) return;
        if (count === 0) {
          this.#end(this.#have === 0 ? null : new StateError('connection', 'QEMU hung up in the middle of a message'));
          return;
        }
        this.#have += count;
        if (this.#have < this.#want) continue;
      }
      const { request, flags, size } = readVhostUserHeader(this.#reader.reset(this.#bytes.subarray(0, HEADER_BYTES)));
      const isSound = (flags & VERSION_MASK) === VERSION && (flags & REPLY) === 0 && size <= MAX_PAYLOAD_BYTES;
      if (!isSound || this.#fds.length > MAX_FDS) {
        this.#end(
          new StateError('message', `vhost-user message ${request} (flags ${flags}, ${size} bytes) is not sound`),
        );
        return;
      }
      this.#want = HEADER_BYTES + size;
      if (this.#have < this.#want) continue;
      const fds = this.#fds;
      this.#fds = [];
      this.#have = 0;
      this.#want = HEADER_BYTES;
      const payload = this.#bytes.subarray(HEADER_BYTES, HEADER_BYTES + size);
      try {
        this.#events.onMessage({ request, wantsAnswer: (flags & NEED_REPLY) !== 0, payload, fds });
      } finally {
        for (const fd of fds) closeFd(fd);
      }
    }
  }
}
