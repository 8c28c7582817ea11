/** A connection inside the process: two ends that behave like a socket's, back-pressure included. For tests and tools. */
import { Duplex } from 'node:stream';

/** Both ends of a connection; what one writes the other reads. */
export interface MemoryPair {
  readonly server: Duplex;
  readonly client: Duplex;
}

class End extends Duplex {
  readonly #chunkBytes: number;
  peer: End | null = null;
  /** Set while the peer does not take more: the rest of a write. */
  #waiting: { readonly chunk: Uint8Array; readonly done: (error?: Error | null) => void } | null = null;

  constructor(chunkBytes: number, bufferBytes: number) {
    super({ highWaterMark: bufferBytes, allowHalfOpen: true });
    this.#chunkBytes = chunkBytes;
  }

  override _read(): void {
    this.peer?.deliver();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#waiting = { chunk, done };
    this.deliver();
  }

  deliver(): void {
    const waiting = this.#waiting;
    if (waiting === null || this.peer === null) return;
    let { chunk } = waiting;
    let isTaken = true;
    while (chunk.byteLength > 0 && isTaken) {
      const piece = chunk.subarray(0, this.#chunkBytes);
      chunk = chunk.subarray(piece.byteLength);
      this.#waiting = chunk.byteLength === 0 ? null : { chunk, done: waiting.done };
      isTaken = this.peer.push(Buffer.from(piece));
    }
    if (chunk.byteLength === 0) {
      this.#waiting = null;
      // Later, as a socket does it: a write never completes inside its own call.
      setImmediate(waiting.done);
    }
  }

  override _final(done: (error?: Error | null) => void): void {
    this.peer?.push(null);
    done();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    const peer = this.peer;
    this.peer = null;
    this.#waiting?.done(error ?? new Error('the connection is closed'));
    this.#waiting = null;
    if (peer !== null) {
      peer.peer = null;
      // What the peer has not read yet is lost, as with a reset connection.
      setImmediate(() => peer.destroy());
    }
    done(error);
  }
}

/**
 * Makes a connection. Every read yields at most `chunkBytes` (1 delivers byte by byte); `bufferBytes` may wait unread on
 * each end before writes stop completing.
 */
export function createMemoryPair(
  options: { readonly chunkBytes?: number; readonly bufferBytes?: number } = {},
): MemoryPair {
  const chunkBytes = options.chunkBytes ?? 65536;
  const bufferBytes = options.bufferBytes ?? 65536;
  const server = new End(chunkBytes, bufferBytes);
  const client = new End(chunkBytes, bufferBytes);
  server.peer = client;
  client.peer = server;
  return { server, client };
}
