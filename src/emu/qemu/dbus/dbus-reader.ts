/**
 * Reads D-Bus values (D-Bus specification 0.43, "Marshaling") from bytes of a peer. Every length is compared with the
 * bytes that are left before it is used; a bad one throws WireError. Byte arrays are views of the given bytes, so they
 * are BORROWED as long as those.
 */
import { dbusError } from './dbus-error.ts';
import { alignmentOf, checkSignature, endOfType } from './signature.ts';

/** A value whose type is only known from the message. Dictionaries are arrays of [key, value]. */
export type DbusValue = boolean | number | bigint | string | Uint8Array | readonly DbusValue[];

const MAX_ARRAY_BYTES = 1 << 26;
const MAX_DEPTH = 64;
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export class DbusReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #isLittleEndian: boolean;
  #at = 0;

  /** `bytes` starts on a multiple of 8 of the message. */
  constructor(bytes: Uint8Array, isLittleEndian: boolean) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#isLittleEndian = isLittleEndian;
  }

  /** Offset of the next byte. */
  get at(): number {
    return this.#at;
  }

  /** Whether everything was read. */
  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  align(to: 1 | 2 | 4 | 8): void {
    const at = (this.#at + to - 1) & -to;
    if (at > this.#bytes.length) throw dbusError('truncated', 'padding', this.#at);
    this.#at = at;
  }

  u8(): number {
    return this.#view.getUint8(this.#take(1, 1));
  }

  bool(): boolean {
    const value = this.u32();
    if (value > 1) throw dbusError('value', 'boolean', this.#at - 4);
    return value === 1;
  }

  i16(): number {
    return this.#view.getInt16(this.#take(2, 2), this.#isLittleEndian);
  }

  u16(): number {
    return this.#view.getUint16(this.#take(2, 2), this.#isLittleEndian);
  }

  i32(): number {
    return this.#view.getInt32(this.#take(4, 4), this.#isLittleEndian);
  }

  /** Also the index of a file descriptor (`h`). */
  u32(): number {
    return this.#view.getUint32(this.#take(4, 4), this.#isLittleEndian);
  }

  i64(): bigint {
    return this.#view.getBigInt64(this.#take(8, 8), this.#isLittleEndian);
  }

  u64(): bigint {
    return this.#view.getBigUint64(this.#take(8, 8), this.#isLittleEndian);
  }

  f64(): number {
    return this.#view.getFloat64(this.#take(8, 8), this.#isLittleEndian);
  }

  /** A string or an object path. */
  string(): string {
    return this.#text(this.u32());
  }

  /** A signature that was checked. */
  signature(): string {
    const signature = this.#text(this.u8());
    checkSignature(signature);
    return signature;
  }

  /** An array of bytes (`ay`): BORROWED. */
  byteArray(): Uint8Array {
    const length = this.#arrayLength(1);
    const start = this.#take(1, length);
    return this.#bytes.subarray(start, start + length);
  }

  /** Calls `readElement` until an array is used up whose elements have this alignment. */
  array(alignment: 1 | 2 | 4 | 8, readElement: () => void): void {
    const end = this.#arrayEnd(alignment);
    while (this.#at < end) {
      const before = this.#at;
      readElement();
      if (this.#at > end) throw dbusError('truncated', 'array', this.#at);
      if (this.#at === before) throw dbusError('value', 'array', this.#at);
    }
  }

  /** A value with its own signature. */
  variant(): DbusValue {
    return this.#variant(0);
  }

  /** One value of the complete type `type`. */
  value(type: string): DbusValue {
    return this.#value(type, 0);
  }

  /** The signature in front of a variant's value, which is one complete type. */
  variantType(): string {
    const signature = this.signature();
    if (signature === '' || endOfType(signature, 0) !== signature.length) {
      throw dbusError('value', 'variant', this.#at);
    }
    return signature;
  }

  #variant(depth: number): DbusValue {
    return this.#value(this.variantType(), depth + 1);
  }

  #value(type: string, depth: number): DbusValue {
    if (depth > MAX_DEPTH) throw dbusError('limit', 'nested value', this.#at);
    switch (type.charAt(0)) {
      case 'y':
        return this.u8();
      case 'b':
        return this.bool();
      case 'n':
        return this.i16();
      case 'q':
        return this.u16();
      case 'i':
        return this.i32();
      case 'u':
      case 'h':
        return this.u32();
      case 'x':
        return this.i64();
      case 't':
        return this.u64();
      case 'd':
        return this.f64();
      case 's':
      case 'o':
        return this.string();
      case 'g':
        return this.signature();
      case 'v':
        return this.#variant(depth);
      case 'a': {
        const element = type.slice(1);
        if (element === 'y') return this.byteArray().slice();
        const values: DbusValue[] = [];
        this.array(alignmentOf(element), () => values.push(this.#value(element, depth + 1)));
        return values;
      }
      default: {
        this.align(8);
        const values: DbusValue[] = [];
        for (let at = 1; at < type.length - 1;) {
          const end = endOfType(type, at);
          values.push(this.#value(type.slice(at, end), depth + 1));
          at = end;
        }
        return values;
      }
    }
  }

  #arrayEnd(alignment: 1 | 2 | 4 | 8): number {
    const length = this.#arrayLength(alignment);
    if (length > this.#bytes.length - this.#at) throw dbusError('truncated', 'array', this.#at);
    return this.#at + length;
  }

  #arrayLength(alignment: 1 | 2 | 4 | 8): number {
    const length = this.u32();
    if (length > MAX_ARRAY_BYTES) throw dbusError('limit', 'array', this.#at - 4);
    this.align(alignment);
    return length;
  }

  #text(length: number): string {
    const start = this.#take(1, length + 1);
    const end = start + length;
    if (this.#bytes[end] !== 0) throw dbusError('value', 'string', end);
    try {
      return utf8.decode(this.#bytes.subarray(start, end));
    } catch (error) {
      if (error instanceof TypeError) throw dbusError('value', 'string', start);
      throw error;
    }
  }

  #take(alignment: 1 | 2 | 4 | 8, count: number): number {
    const start = (this.#at + alignment - 1) & -alignment;
    if (count > this.#bytes.length - start) throw dbusError('truncated', 'value', this.#at);
    this.#at = start + count;
    return start;
  }
}
