/** Two transports joined to each other in memory: what one sends the other receives, a little later. */
import { joinBytes } from '../../../src/wire/writer.ts';
import type { ByteTransport } from '../src/session/byte-transport.ts';

class PipeEnd implements ByteTransport {
  onData: ((bytes: Uint8Array<ArrayBuffer>) => void) | null = null;
  onClose: ((reason: string) => void) | null = null;
  readonly bufferedBytes = 0;
  isClosed = false;
  peer: PipeEnd | null = null;
  readonly #pieceBytes: number;
  #waiting: (Uint8Array<ArrayBuffer> | null)[] = [];

  constructor(pieceBytes: number) {
    this.#pieceBytes = pieceBytes;
  }

  send(chunks: readonly Uint8Array[]): void {
    if (this.isClosed) return;
    const bytes = joinBytes(chunks);
    for (let at = 0; at < bytes.byteLength; at += this.#pieceBytes) {
      this.#later(bytes.slice(at, at + this.#pieceBytes));
    }
  }

  close(): void {
    this.onData = this.onClose = null;
    if (this.isClosed) return;
    this.isClosed = true;
    this.#later(null);
  }

  #later(bytes: Uint8Array<ArrayBuffer> | null): void {
    this.#waiting.push(bytes);
    if (this.#waiting.length > 1) return;
    // A task of its own, as a socket's event is: promises settle in between.
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      const waiting = this.#waiting;
      this.#waiting = [];
      for (const piece of waiting) this.#deliver(piece);
    };
    port2.postMessage(null);
  }

  #deliver(bytes: Uint8Array<ArrayBuffer> | null): void {
    const { peer } = this;
    if (peer === null || peer.isClosed) return;
    if (bytes !== null) {
      peer.onData?.(bytes);
      return;
    }
    peer.isClosed = true;
    peer.onClose?.('The other side closed.');
  }
}

/** A connected pair; each piece that is delivered has at most `pieceBytes` bytes. */
export function transportPair(pieceBytes: number = Number.POSITIVE_INFINITY): readonly [ByteTransport, ByteTransport] {
  const left = new PipeEnd(pieceBytes);
  const right = new PipeEnd(pieceBytes);
  left.peer = right;
  right.peer = left;
  return [left, right];
}
