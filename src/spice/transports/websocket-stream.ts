/**
 * A WebSocket as a byte stream (RFC 6455, binary messages; where a message ends means nothing). Writes that wait together
 * become fragments of one message, by reference, so that a browser wakes up once for them; a message is closed early when
 * it grows, so that nobody waits for the end of a large picture. Text messages end the connection.
 */
import { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';

/** Bytes after which a message ends, though more is waiting. */
const MESSAGE_BYTES = 65536;

/** Status codes of RFC 6455, section 7.4.1. */
const NORMAL = 1000;
const UNSUPPORTED_DATA = 1003;

/** Reads and writes bytes over an open WebSocket. Destroying it cuts the connection; ending it closes with a handshake. */
export class WebSocketStream extends Duplex {
  readonly #socket: WebSocket;
  /** The stream below, corked while a group of fragments is written; null in tests. */
  readonly #below: Duplex | null;

  constructor(socket: WebSocket, below: Duplex | null) {
    super({ allowHalfOpen: false });
    this.#socket = socket;
    this.#below = below;
    socket.binaryType = 'nodebuffer';
    socket.on('message', (data, isBinary) => {
      if (!isBinary) {
        socket.close(UNSUPPORTED_DATA, 'binary messages only');
        this.destroy(new Error('a text message came over a WebSocket that carries SPICE'));
      } else if (!this.destroyed && !this.push(data)) {
        socket.pause();
      }
    });
    socket.on('close', () => {
      this.push(null);
      this.destroy();
    });
    socket.on('error', (error) => this.destroy(error));
  }

  override _read(): void {
    if (this.#socket.isPaused) this.#socket.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#send([chunk], done);
  }

  override _writev(
    chunks: readonly { readonly chunk: Buffer; readonly encoding: BufferEncoding }[],
    done: (error?: Error | null) => void,
  ): void {
    this.#send(
      chunks.map(({ chunk }) => chunk),
      done,
    );
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#socket.close(NORMAL);
    done();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#socket.terminate();
    done(error);
  }

  #send(chunks: readonly Buffer[], done: (error?: Error | null) => void): void {
    if (this.#socket.readyState !== this.#socket.OPEN) {
      done(new Error('the WebSocket is closed'));
      return;
    }
    this.#below?.cork();
    let inMessage = 0;
    for (const [index, chunk] of chunks.entries()) {
      inMessage += chunk.byteLength;
      const isLast = index === chunks.length - 1;
      const fin = isLast || inMessage >= MESSAGE_BYTES;
      if (fin) inMessage = 0;
      const options = { binary: true, compress: false, fin };
      if (isLast) this.#socket.send(chunk, options, (error) => done(error ?? null));
      else this.#socket.send(chunk, options);
    }
    this.#below?.uncork();
  }
}
