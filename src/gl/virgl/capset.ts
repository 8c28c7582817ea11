/** The capability set as bytes. */
import { assert } from '../../base/assert.ts';
import { CAPSET1_BYTES, CAPSET2_BYTES, capsetFields } from './capset.table.ts';
import type { CapsetField, CapsetValues } from './capset.table.ts';

/** Writes a capability set: version 1 (308 bytes) or 2. The bytes are the caller's. */
export function writeCapset(values: CapsetValues, version: 1 | 2): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(version === 1 ? CAPSET1_BYTES : CAPSET2_BYTES);
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const field of capsetFields as readonly CapsetField[]) {
    if (at >= bytes.length) break;
    const value = values[field.name as keyof CapsetValues];
    if (typeof value === 'string') writeText(bytes.subarray(at, at + 4 * field.count), value);
    else writeWords(view, at, field, typeof value === 'number' ? [value] : value);
    at += 4 * field.count;
  }
  view.setUint32(0, version, true);
  return bytes;
}

function writeWords(view: DataView, at: number, field: CapsetField, words: ArrayLike<number>): void {
  assert(words.length === field.count, `words of ${field.name}`);
  for (let i = 0; i < field.count; i++) {
    const word = words[i] ?? 0;
    if (field.kind === 'f32') view.setFloat32(at + 4 * i, word, true);
    else view.setInt32(at + 4 * i, word, true);
  }
}

function writeText(into: Uint8Array, text: string): void {
  // The last byte stays zero.
  new TextEncoder().encodeInto(text, into.subarray(0, -1));
}

/** Reads a capability set of another's. Fields behind its end are 0; it must hold version 1 at least. */
export function readCapset(bytes: Uint8Array): CapsetValues {
  assert(bytes.length >= CAPSET1_BYTES, 'bytes of a capability set');
  const padded = new Uint8Array(CAPSET2_BYTES);
  padded.set(bytes.subarray(0, CAPSET2_BYTES));
  const view = new DataView(padded.buffer);
  const values: Record<string, unknown> = {};
  let at = 0;
  for (const field of capsetFields as readonly CapsetField[]) {
    const start = at;
    const words = Array.from({ length: field.count }, (_, i) => readWord(view, start + 4 * i, field));
    if (field.kind === 'text') values[field.name] = readText(padded.subarray(at, at + 4 * field.count));
    else if (field.kind === 'formats') values[field.name] = Uint32Array.from(words);
    else values[field.name] = field.count === 1 ? words[0] : words;
    at += 4 * field.count;
  }
  return values as CapsetValues;
}

function readWord(view: DataView, at: number, field: CapsetField): number {
  if (field.kind === 'f32') return view.getFloat32(at, true);
  return field.kind === 'i32' ? view.getInt32(at, true) : view.getUint32(at, true);
}

function readText(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end));
}
