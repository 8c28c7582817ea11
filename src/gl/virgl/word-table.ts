/**
 * The vocabulary of tables of messages made of 32-bit words: how many words there may be, and what each is. Decoding checks
 * lengths by it; random messages for tests and documents follow from it.
 */

/** What a word is. `f64` is two words, low first. */
export type WordKind = 'u32' | 'i32' | 'f32' | 'f64' | 'resource' | 'object' | 'format' | 'bits';

/** One word, or a choice of what random tests put there. */
export interface WordField {
  readonly name: string;
  readonly kind: WordKind;
  /** Values from 0 on that mean something; random tests stay near them. */
  readonly below: number;
}

/** How many words a message has. */
export interface WordCount {
  readonly min: number;
  readonly max: number;
  /** Beyond `min`, words come in groups of so many. */
  readonly step: number;
}

/** A row of a table. */
export interface WordRow {
  /** The public headers' name of it. */
  readonly spec: string;
  readonly doc: string;
  readonly words: WordCount;
  readonly fields: readonly WordField[];
  /** What follows the fields, over and over, or nothing. */
  readonly repeated: readonly WordField[];
}

/** The most words a command has: its length is 16 bits. */
export const MAX_WORDS = 65535;

/** A word that is a number below `below`. */
export function word(name: string, below = 2 ** 32): WordField {
  return { name, kind: 'u32', below };
}

/** A word of another kind. */
export function kinded(kind: Exclude<WordKind, 'u32'>, ...names: readonly string[]): WordField[] {
  return names.map((name) => ({ name, kind, below: 2 ** 32 }));
}

/** Words that are small numbers: sizes, coordinates, levels. */
export function small(...names: readonly string[]): WordField[] {
  return names.map((name) => ({ name, kind: 'u32', below: 64 }));
}

/** A message of exactly these fields. */
export function fixed(spec: string, doc: string, ...fields: readonly WordField[]): WordRow {
  const size = sizeOf(fields);
  return { spec, doc, words: { min: size, max: size, step: 1 }, fields, repeated: [] };
}

/** A message of fields and then up to `most` times others. */
export function repeating(
  spec: string,
  doc: string,
  fields: readonly WordField[],
  repeated: readonly WordField[],
  most: number,
): WordRow {
  const min = sizeOf(fields);
  const step = sizeOf(repeated);
  return { spec, doc, words: { min, max: Math.min(MAX_WORDS, min + most * step), step }, fields, repeated };
}

/** Whether a message may have so many words. */
export function fits({ min, max, step }: WordCount, count: number): boolean {
  return count >= min && count <= max && (count - min) % step === 0;
}

function sizeOf(fields: readonly WordField[]): number {
  return fields.reduce((sum, { kind }) => sum + (kind === 'f64' ? 2 : 1), 0);
}
