/**
 * D-Bus type signatures (D-Bus specification 0.43, "Type System"): walking them, and the alignment of each type.
 * A signature is at most 255 bytes, arrays and structs nest at most 32 deep each.
 */
import { dbusError } from './dbus-error.ts';

const MAX_SIGNATURE_BYTES = 255;
const MAX_DEPTH = 32;

/** Checks that `signature` is zero or more complete types. Throws WireError. */
export function checkSignature(signature: string): void {
  if (signature.length > MAX_SIGNATURE_BYTES) throw dbusError('limit', 'signature', 0);
  for (let at = 0; at < signature.length;) at = endOfType(signature, at);
}

/** The index just after the complete type that starts at `at`. Throws WireError when none does. */
export function endOfType(signature: string, at: number, depth = 0): number {
  if (depth > MAX_DEPTH) throw dbusError('limit', 'signature', at);
  const type = signature[at];
  switch (type) {
    case 'y':
    case 'b':
    case 'n':
    case 'q':
    case 'i':
    case 'u':
    case 'x':
    case 't':
    case 'd':
    case 's':
    case 'o':
    case 'g':
    case 'h':
    case 'v':
      return at + 1;
    case 'a':
      return signature[at + 1] === '{'
        ? endOfDictEntry(signature, at + 1, depth + 1)
        : endOfType(signature, at + 1, depth + 1);
    case '(': {
      let end = at + 1;
      if (signature[end] === ')') throw dbusError('value', 'signature', at);
      while (signature[end] !== ')') end = endOfType(signature, end, depth + 1);
      return end + 1;
    }
    case undefined:
      throw dbusError('truncated', 'signature', at);
    default:
      throw dbusError('value', 'signature', at);
  }
}

function endOfDictEntry(signature: string, at: number, depth: number): number {
  const key = signature[at + 1];
  if (key === undefined || !'ybnqiuxtdsogh'.includes(key)) throw dbusError('value', 'signature', at);
  const end = endOfType(signature, at + 2, depth + 1);
  if (signature[end] !== '}') throw dbusError('value', 'signature', end);
  return end + 1;
}

/** The alignment in bytes of values of the type that starts with `type`. */
export function alignmentOf(type: string): 1 | 2 | 4 | 8 {
  switch (type.charAt(0)) {
    case 'y':
    case 'g':
    case 'v':
      return 1;
    case 'n':
    case 'q':
      return 2;
    case 'x':
    case 't':
    case 'd':
    case '(':
    case '{':
      return 8;
    default:
      return 4;
  }
}
