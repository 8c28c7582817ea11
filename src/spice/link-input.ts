/** The bytes of a link, in exact pieces, before the stream carries messages. What was read too much goes back. */
import type { Duplex } from 'node:stream';
import { WireError } from '../wire/wire-error.ts';

/** Bytes a peer may send ahead before it is not read any more. */
const MAX_AHEAD_BYTES = 65536;

/** Reads a stream until `release`. */
export class LinkInput {
  readonly #stream: Duplex;
  #chunks: Buffer[] = [];
  #bytes = 0;
  #isEnded = false;
  #wake: () => void = () => {};

  constructor(stream: Duplex) {
    this.#stream = stream;
    stream.on('data', this.#onData);
    stream.on('end', this.#onEnd);
    stream.on('close', this.#onEnd);
    stream.resume();
  }

  /** The next `n` bytes. Throws WireError naming `path` when the stream ends before. */
  async take(n: number, path: string): Promise<Buffer> {
    while (this.#bytes < n) {
      if (this.#isEnded || this.#stream.destroyed) throw new WireError('truncated', path, this.#bytes);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    const all = Buffer.concat(this.#chunks);
    const rest = all.subarray(n);
    this.#chunks = rest.byteLength === 0 ? [] : [rest];
    this.#bytes = rest.byteLength;
    if (this.#bytes <= MAX_AHEAD_BYTES && this.#stream.isPaused()) this.#stream.resume();
    return all.subarray(0, n);
  }

  /** Gives the stream back, paused, with every byte that was not taken. */
  release(): void {
    const stream = this.#stream;
    stream.off('data', this.#onData);
    stream.off('end', this.#onEnd);
    stream.off('close', this.#onEnd);
    stream.pause();
    if (this.#bytes > 0 && !this.#isEnded && !stream.destroyed) stream.unshift(Buffer.concat(this.#chunks));
    this.#chunks = [];
    this.#bytes = 0;
  }

  readonly #onData = (chunk: Buffer): void => {
    this.#chunks.push(chunk);
    this.#bytes += chunk.byteLength;
    if (this.#bytes > MAX_AHEAD_BYTES) this.#stream.pause();
    this.#wake();
  };

  readonly #onEnd = (): void => {
    this.#isEnded = true;
    this.#wake();
  };
}
