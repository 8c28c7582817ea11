/** The shape of generated tables, and what follows from them: dispatch by number and handler types. */
import type { Reader } from './reader.ts';
import type { Writer } from './writer.ts';

/** One message of a generated table. */
export interface Codec<T> {
  readonly id: number;
  readonly name: string;
  /** The capability of the channel it needs, or null. */
  readonly cap: number | null;
  readonly read: (r: Reader) => T;
  readonly write: (w: Writer, m: T) => void;
}

/** What all generated tables have in common. */
export type CodecTable = Readonly<
  Record<string, { readonly id: number; readonly name: string; readonly read: (r: Reader) => unknown }>
>;

/** What a codec reads and writes. */
export type MessageOf<C extends { readonly read: (r: Reader) => unknown }> = ReturnType<C['read']>;

/** One function for each message of a table: `Handlers<typeof displayClient>`. Forgetting one does not compile. */
export type Handlers<T extends CodecTable, R = void> = {
  readonly [K in keyof T]: (message: MessageOf<T[K]>) => R;
};

/** The rows of a table by message number. */
export function byId<T extends CodecTable>(table: T): ReadonlyMap<number, T[keyof T]> {
  return new Map(Object.values(table).map((row) => [row.id, row as T[keyof T]]));
}

/** A message without fields. */
export type Empty = Readonly<Record<string, never>>;

/** The one value of a message without fields. */
export const EMPTY: Empty = Object.freeze({});
