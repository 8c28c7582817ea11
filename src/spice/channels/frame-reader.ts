/**
 * Cuts a viewer's byte stream into messages. Two headers exist, chosen at link time: the mini header (u16 type, u32 size) and
 * the old one (u64 serial, u16 type, u32 size, u32 offset of a list of sub-messages, which viewers never send). Messages are
 * BORROWED: they lie in the received chunk, or in a buffer that the next message reuses.
 */
import { WireError } from '../../wire/wire-error.ts';
import { spiceLink } from '../wire/link.gen.ts';

const MINI_BYTES = spiceLink.miniHeaderBytes;
const FULL_BYTES = spiceLink.dataHeaderBytes;
const EMPTY = new Uint8Array(0);

/** Takes chunks, gives messages. */
export class FrameReader {
  readonly #headerBytes: number;
  readonly #maxBytes: number;
  readonly #onMessage: (type: number, body: Uint8Array) => void;
  readonly #header = new Uint8Array(FULL_BYTES);
  readonly #headerView = new DataView(this.#header.buffer);
  #headerFilled = 0;
  #body: Uint8Array = EMPTY;
  #bodyFilled = 0;
  #type = 0;
  /** -1 while the header is incomplete. */
  #size = -1;
  #isStopped = false;

  constructor(hasMiniHeader: boolean, maxBytes: number, onMessage: (type: number, body: Uint8Array) => void) {
    this.#headerBytes = hasMiniHeader ? MINI_BYTES : FULL_BYTES;
    this.#maxBytes = maxBytes;
    this.#onMessage = onMessage;
  }

  /** Hands out every message that is complete now. Throws WireError for a message that is too long or of the wrong kind. */
  push(chunk: Uint8Array): void {
    let at = 0;
    while (at < chunk.byteLength && !this.#isStopped) {
      if (this.#size < 0) {
        const n = Math.min(this.#headerBytes - this.#headerFilled, chunk.byteLength - at);
        for (let i = 0; i < n; i++) this.#header[this.#headerFilled + i] = chunk[at + i] ?? 0;
        this.#headerFilled += n;
        at += n;
        if (this.#headerFilled < this.#headerBytes) return;
        this.#readHeader();
        if (this.#size === 0) this.#emit(EMPTY);
        continue;
      }
      if (this.#bodyFilled === 0 && chunk.byteLength - at >= this.#size) {
        const body = chunk.subarray(at, at + this.#size);
        at += this.#size;
        this.#emit(body);
        continue;
      }
      const n = Math.min(this.#size - this.#bodyFilled, chunk.byteLength - at);
      this.#grow(this.#bodyFilled + n);
      this.#body.set(chunk.subarray(at, at + n), this.#bodyFilled);
      this.#bodyFilled += n;
      at += n;
      if (this.#bodyFilled === this.#size) this.#emit(this.#body.subarray(0, this.#size));
    }
  }

  /** Hands out nothing more, not even what lies in the chunk at hand. */
  stop(): void {
    this.#isStopped = true;
  }

  #readHeader(): void {
    const isMini = this.#headerBytes === MINI_BYTES;
    this.#type = this.#headerView.getUint16(isMini ? 0 : 8, true);
    const size = this.#headerView.getUint32(isMini ? 2 : 10, true);
    if (size > this.#maxBytes) throw new WireError('limit', `message ${this.#type} of ${size} bytes`, 0);
    if (!isMini && this.#headerView.getUint32(14, true) !== 0) {
      throw new WireError('value', `message ${this.#type} with sub-messages`, 14);
    }
    this.#size = size;
    this.#bodyFilled = 0;
  }

  /** Room grows with what has come, not with what was announced. */
  #grow(bytes: number): void {
    if (bytes <= this.#body.byteLength) return;
    const larger = new Uint8Array(Math.min(this.#size, Math.max(4096, 2 * bytes)));
    larger.set(this.#body.subarray(0, this.#bodyFilled));
    this.#body = larger;
  }

  #emit(body: Uint8Array): void {
    const type = this.#type;
    this.#size = -1;
    this.#headerFilled = 0;
    this.#bodyFilled = 0;
    this.#onMessage(type, body);
  }
}
