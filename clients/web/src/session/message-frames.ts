/**
 * Cuts a stream of bytes into SPICE messages under the 6-byte mini header (u16 type, u32 size). A message that came whole
 * is a view of what came; only one that came in pieces is put together. Memory grows with the bytes that are there, never
 * with the size that a header claims.
 */
import { readMiniHeaderInto, spiceLink } from '../../../../src/spice/wire/link.gen.ts';
import { Reader } from '../../../../src/wire/reader.ts';
import { WireError } from '../../../../src/wire/wire-error.ts';

/** Takes one message; the body belongs to the callee. */
export type TakeMessage = (type: number, body: Uint8Array<ArrayBuffer>) => void;

const FIRST_ROOM_BYTES = 65536;

export class MessageFrames {
  readonly #maxBodyBytes: number;
  readonly #take: TakeMessage;
  readonly #reader = new Reader();
  readonly #header = { type: 0, size: 0 };
  readonly #headerBytes = new Uint8Array(spiceLink.miniHeaderBytes);
  #headerFilled = 0;
  #body: Uint8Array<ArrayBuffer> | null = null;
  #bodyFilled = 0;

  constructor(maxBodyBytes: number, take: TakeMessage) {
    this.#maxBodyBytes = maxBodyBytes;
    this.#take = take;
  }

  /** Takes what came next. Throws WireError for a message larger than allowed, and what `take` throws. */
  push(bytes: Uint8Array<ArrayBuffer>): void {
    let at = 0;
    while (at < bytes.byteLength) {
      if (this.#body !== null) {
        at += this.#fillBody(this.#body, bytes.subarray(at));
        continue;
      }
      const wanted = spiceLink.miniHeaderBytes - this.#headerFilled;
      const piece = bytes.subarray(at, at + wanted);
      this.#headerBytes.set(piece, this.#headerFilled);
      this.#headerFilled += piece.byteLength;
      at += piece.byteLength;
      if (this.#headerFilled < spiceLink.miniHeaderBytes) return;
      this.#headerFilled = 0;
      const { type, size } = readMiniHeaderInto(this.#reader.reset(this.#headerBytes), this.#header);
      if (size > this.#maxBodyBytes) throw new WireError('limit', 'MiniHeader.size', 2);
      if (size <= bytes.byteLength - at) {
        at += size;
        this.#take(type, bytes.subarray(at - size, at));
      } else {
        this.#body = new Uint8Array(Math.min(size, FIRST_ROOM_BYTES));
        this.#bodyFilled = 0;
      }
    }
  }

  #fillBody(body: Uint8Array<ArrayBuffer>, bytes: Uint8Array): number {
    const { type, size } = this.#header;
    const piece = bytes.subarray(0, size - this.#bodyFilled);
    const filled = this.#bodyFilled + piece.byteLength;
    let room = body;
    if (filled > room.byteLength) {
      room = new Uint8Array(Math.min(size, Math.max(filled, 2 * room.byteLength)));
      room.set(body.subarray(0, this.#bodyFilled));
      this.#body = room;
    }
    room.set(piece, this.#bodyFilled);
    this.#bodyFilled = filled;
    if (filled === size) {
      this.#body = null;
      this.#take(type, room);
    }
    return piece.byteLength;
  }
}
