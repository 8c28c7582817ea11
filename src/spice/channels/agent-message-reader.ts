/**
 * Puts agent messages together from pieces. A message that is longer than allowed is skipped, the next one is good again; a
 * stream whose headers make no sense cannot be followed and is refused. Bodies are the caller's: each is a fresh array.
 */
import { Reader } from '../../wire/reader.ts';
import { WireError } from '../../wire/wire-error.ts';
import { agentProtocol, readAgentHeader } from '../wire/agent.gen.ts';

const HEADER_BYTES = agentProtocol.headerBytes;

/** Takes pieces of one sender, gives messages. */
export class AgentMessageReader {
  readonly #maxBytes: number;
  readonly #onMessage: (type: number, body: Uint8Array) => void;
  readonly #onSkip: (type: number, size: number) => void;
  readonly #header = new Uint8Array(HEADER_BYTES);
  readonly #reader = new Reader();
  #filled = 0;
  #type = 0;
  /** -1 while the header is incomplete. */
  #size = -1;
  #body = new Uint8Array(0);
  #isSkipping = false;

  constructor(
    maxBytes: number,
    onMessage: (type: number, body: Uint8Array) => void,
    onSkip: (type: number, size: number) => void,
  ) {
    this.#maxBytes = maxBytes;
    this.#onMessage = onMessage;
    this.#onSkip = onSkip;
  }

  /** Takes the next piece. Throws WireError when a header is none; `reset` makes the reader good again. */
  push(piece: Uint8Array): void {
    let at = 0;
    while (at < piece.byteLength) {
      if (this.#size < 0) {
        const n = Math.min(HEADER_BYTES - this.#filled, piece.byteLength - at);
        this.#header.set(piece.subarray(at, at + n), this.#filled);
        this.#filled += n;
        at += n;
        if (this.#filled < HEADER_BYTES) return;
        this.#readHeader();
      } else {
        const n = Math.min(this.#size - this.#filled, piece.byteLength - at);
        if (!this.#isSkipping) this.#keep(piece.subarray(at, at + n));
        this.#filled += n;
        at += n;
      }
      if (this.#filled === this.#size) this.#emit();
    }
  }

  /** Forgets a message that was begun. */
  reset(): void {
    this.#size = -1;
    this.#filled = 0;
    this.#isSkipping = false;
    this.#body = new Uint8Array(0);
  }

  #readHeader(): void {
    const { protocol, type, size } = readAgentHeader(this.#reader.reset(this.#header));
    if (protocol !== agentProtocol.version) throw new WireError('value', 'AgentHeader.protocol', 0);
    this.#type = type;
    this.#size = size;
    this.#filled = 0;
    this.#isSkipping = size > this.#maxBytes;
    if (this.#isSkipping) this.#onSkip(type, size);
  }

  /** Room grows with what has come, not with what was announced. */
  #keep(bytes: Uint8Array): void {
    const wanted = this.#filled + bytes.byteLength;
    if (wanted > this.#body.byteLength) {
      const larger = new Uint8Array(Math.min(this.#size, Math.max(4096, 2 * wanted)));
      larger.set(this.#body.subarray(0, this.#filled));
      this.#body = larger;
    }
    this.#body.set(bytes, this.#filled);
  }

  #emit(): void {
    const [type, body, isSkipped] = [this.#type, this.#body.subarray(0, this.#size), this.#isSkipping];
    this.reset();
    if (!isSkipped) this.#onMessage(type, body);
  }
}
