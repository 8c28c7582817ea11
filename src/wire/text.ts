/** Text fields: UTF-8 that may end with a zero byte. */

// Both are in browsers and in Node; this folder is compiled without either's types.
declare class TextDecoder {
  decode(bytes: Uint8Array): string;
}
declare class TextEncoder {
  encode(text: string): Uint8Array;
}

/** The text up to the first zero byte, or all of it. Bytes that are no UTF-8 become U+FFFD. */
export function decodeText(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  // A copy: browsers refuse to decode from shared memory.
  return new TextDecoder().decode(bytes.slice(0, end < 0 ? undefined : end));
}

/** The text as UTF-8 with a zero byte at its end. */
export function encodeText(text: string): Uint8Array {
  return new TextEncoder().encode(`${text}\0`);
}
