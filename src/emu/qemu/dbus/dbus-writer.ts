/**
 * Writes D-Bus values (D-Bus specification 0.43, "Marshaling"), little endian, into a buffer that grows. The caller
 * knows the signature: each call writes one value with its alignment. Alignment counts from byte 0 of the writer,
 * which must be placed on a multiple of 8 (a message's start or its body's start).
 */
import { assert } from '../../../base/assert.ts';

const utf8 = new TextEncoder();

export class DbusWriter {
  #bytes = new Uint8Array(256);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;

  /** What was written: BORROWED until the next write. */
  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  get length(): number {
    return this.#length;
  }

  /** Forgets what was written and keeps the memory. */
  clear(): void {
    this.#length = 0;
  }

  /** Zeroes up to the next multiple of `to`. */
  align(to: 1 | 2 | 4 | 8): void {
    const end = (this.#length + to - 1) & -to;
    this.#reserve(end - this.#length);
    this.#bytes.fill(0, this.#length, end);
    this.#length = end;
  }

  u8(value: number): void {
    this.#reserve(1);
    this.#bytes[this.#length++] = value;
  }

  u16(value: number): void {
    this.align(2);
    this.#reserve(2);
    this.#view.setUint16(this.#length, value, true);
    this.#length += 2;
  }

  i32(value: number): void {
    this.u32(value);
  }

  /** Also the index of a file descriptor (`h`) and, as 0 or 1, a boolean (`b`). */
  u32(value: number): void {
    this.align(4);
    this.#reserve(4);
    this.#view.setUint32(this.#length, value, true);
    this.#length += 4;
  }

  u64(value: bigint): void {
    this.align(8);
    this.#reserve(8);
    this.#view.setBigUint64(this.#length, value, true);
    this.#length += 8;
  }

  f64(value: number): void {
    this.align(8);
    this.#reserve(8);
    this.#view.setFloat64(this.#length, value, true);
    this.#length += 8;
  }

  /** A string or an object path. */
  string(value: string): void {
    const encoded = utf8.encode(value);
    this.u32(encoded.length);
    this.#reserve(encoded.length + 1);
    this.#bytes.set(encoded, this.#length);
    this.#length += encoded.length;
    this.#bytes[this.#length++] = 0;
  }

  signature(value: string): void {
    assert(value.length <= 255, 'a D-Bus signature is at most 255 bytes');
    this.u8(value.length);
    this.#reserve(value.length + 1);
    for (let i = 0; i < value.length; i++) this.#bytes[this.#length++] = value.charCodeAt(i);
    this.#bytes[this.#length++] = 0;
  }

  /** An array whose elements, aligned to `alignment`, are what `writeElements` writes. */
  array(alignment: 1 | 2 | 4 | 8, writeElements: () => void): void {
    this.u32(0);
    const lengthAt = this.#length - 4;
    this.align(alignment);
    const start = this.#length;
    writeElements();
    this.#view.setUint32(lengthAt, this.#length - start, true);
  }

  /** Bytes as they are. */
  append(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  #reserve(count: number): void {
    if (this.#length + count <= this.#bytes.length) return;
    const bytes = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + count));
    bytes.set(this.#bytes);
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer);
  }
}
