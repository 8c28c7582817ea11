/** Texts as functions of C take them. */
import koffi from 'koffi';

/** Texts in memory that does not move, for as long as the object lives. */
export interface CStrings {
  /** Addresses of the texts. */
  readonly pointers: BigUint64Array;
  /** Bytes of each, without the zero behind it. */
  readonly lengths: Int32Array;
  /** Keeps the memory. */
  readonly bytes: readonly Uint8Array[];
}

/** Copies texts out for a call. */
export function cStrings(texts: readonly string[]): CStrings {
  const bytes = texts.map((text) => {
    const encoded = new TextEncoder().encode(text);
    // Memory of an ArrayBuffer made so never moves; that of a small typed array may.
    const fixed = new Uint8Array(new ArrayBuffer(encoded.length + 1));
    fixed.set(encoded);
    return fixed;
  });
  return {
    pointers: BigUint64Array.from(bytes, (text) => koffi.address(text)),
    lengths: Int32Array.from(bytes, (text) => text.length - 1),
    bytes,
  };
}
