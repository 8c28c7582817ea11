/**
 * The vocabulary wire tables are written in: little-endian structures as plain values, TypeScript types inferred from them.
 * It holds no encoding logic. The generator prints codecs from it; trace lines, documents and test data walk the same tables.
 * All offsets on the wire are 32 bits from the start of the message body. Nothing here is imported at run time by a codec.
 */

/** A scalar. `u64` and `i64` are bigint; `u64n` is a u64 that must be a safe integer and is a number. */
export type Prim = 'u8' | 'u16' | 'u32' | 'u64' | 'u64n' | 'i8' | 'i16' | 'i32' | 'i64';

/** Bytes of each scalar. */
export const WIDTH: Readonly<Record<Prim, number>> = {
  u8: 1,
  u16: 2,
  u32: 4,
  u64: 8,
  u64n: 8,
  i8: 1,
  i16: 2,
  i32: 4,
  i64: 8,
};

/** How many elements or bytes follow. */
export type Extent =
  /** A scalar directly before. */
  | { readonly kind: 'prefix'; readonly prim: Prim }
  /** A `count` field earlier in the same structure, or in the one that holds the pointer to here. */
  | { readonly kind: 'field'; readonly field: string }
  /** Everything up to the end of the body. */
  | { readonly kind: 'rest' }
  /** ceil(bits × width / 8) × height, of two fields earlier in the same structure. */
  | { readonly kind: 'rows'; readonly bits: number; readonly width: string; readonly height: string };

/** When an optional part is there: by a flag of an earlier field, or by a feature both sides agreed on. */
export type Condition =
  | { readonly kind: 'flag'; readonly field: string; readonly bit: number; readonly set: boolean }
  | { readonly kind: 'feature'; readonly bit: number };

/** What a type looks like on the wire. */
export type Shape =
  | { readonly kind: 'prim'; readonly prim: Prim }
  | { readonly kind: 'bool'; readonly prim: Prim }
  | { readonly kind: 'count'; readonly prim: Prim }
  | { readonly kind: 'padding'; readonly size: number }
  | EnumShape
  | FlagsShape
  | { readonly kind: 'blob'; readonly size: number }
  | { readonly kind: 'array'; readonly of: Type<unknown>; readonly length: number }
  | StructShape
  | { readonly kind: 'group'; readonly fields: Fields }
  | VariantShape
  | { readonly kind: 'list'; readonly of: Type<unknown>; readonly extent: Extent; readonly max: number }
  | { readonly kind: 'bytes'; readonly extent: Extent; readonly max: number }
  | { readonly kind: 'pointer'; readonly to: Type<unknown>; readonly nullable: boolean; readonly emptyAtZero: boolean }
  | { readonly kind: 'when'; readonly condition: Condition; readonly of: Type<unknown> };

/** One of a set of numbers. Values outside it are refused, unless it is open: then it reads as a plain number. */
export interface EnumShape {
  readonly kind: 'enum';
  readonly name: string;
  readonly prim: Prim;
  readonly values: Readonly<Record<string, number>>;
  readonly open: boolean;
  readonly spec: Spelling;
}

/** A set of bits. Bits outside it are refused, unless they are tolerated: then they are kept in the number. */
export interface FlagsShape {
  readonly kind: 'flags';
  readonly name: string;
  readonly prim: Prim;
  readonly bits: Readonly<Record<string, number>>;
  readonly tolerant: boolean;
  readonly spec: Spelling;
}

/** A named sequence of fields. `hot` also prints a reader into an object the caller owns. */
export interface StructShape {
  readonly kind: 'struct';
  readonly name: string;
  readonly doc: string;
  readonly fields: Fields;
  readonly hot: boolean;
}

/** A named structure whose tail depends on one of its own fields, a closed enum. */
export interface VariantShape {
  readonly kind: 'variant';
  readonly name: string;
  readonly doc: string;
  readonly fields: Fields;
  readonly on: string;
  readonly enum: EnumShape;
  readonly cases: Readonly<Record<string, Fields>>;
}

/** How the public headers spell the names: a prefix before the UPPER_SNAKE key, or a word for each key that differs. */
export type Spelling = string | { readonly prefix: string; readonly words: Readonly<Record<string, string>> };

declare const decoded: unique symbol;
declare const hidden: unique symbol;

/** A shape that decodes to `T`. */
export interface Type<T> {
  readonly shape: Shape;
  readonly [decoded]?: T;
}

/** Fields that stand on the wire but not in the decoded object. */
export interface Hidden {
  readonly [hidden]: true;
}

/** Named types in wire order. */
export type Fields = Readonly<Record<string, Type<unknown>>>;

/** The TypeScript type a wire type decodes to. */
export type Infer<S> = S extends Type<infer T> ? T : never;

type Decoded<F extends Fields> = {
  readonly [K in keyof F as Infer<F[K]> extends Hidden ? never : K]: Infer<F[K]>;
};

type DecodedVariant<
  F extends Fields,
  On extends keyof F,
  V extends Readonly<Record<string, number>>,
  C extends { readonly [K in keyof V]: Fields },
> = { [K in keyof V]: Decoded<Omit<F, On>> & { readonly [P in On]: V[K] } & Decoded<C[K]> }[keyof V];

function prim<T>(name: Prim): Type<T> {
  return { shape: { kind: 'prim', prim: name } };
}

function primOf(type: Type<unknown>): Prim {
  if (type.shape.kind !== 'prim') throw new TypeError('a scalar type is wanted here');
  return type.shape.prim;
}

export const u8: Type<number> = prim('u8');
export const u16: Type<number> = prim('u16');
export const u32: Type<number> = prim('u32');
export const u64: Type<bigint> = prim('u64');
export const i8: Type<number> = prim('i8');
export const i16: Type<number> = prim('i16');
export const i32: Type<number> = prim('i32');
export const i64: Type<bigint> = prim('i64');
/** A u64 read as a number; values above 2^53 - 1 are refused. */
export const u64n: Type<number> = prim('u64n');

/** A scalar that is false when 0 and true otherwise; written as 0 or 1. */
export function bool(of: Type<number>): Type<boolean> {
  return { shape: { kind: 'bool', prim: primOf(of) } };
}

/** An enum that refuses values outside its set. */
export interface EnumType<V extends Readonly<Record<string, number>>> extends Type<V[keyof V]> {
  readonly shape: EnumShape;
  readonly values: V;
}

/** A closed set of values of a given width. */
export function enumOf<const V extends Readonly<Record<string, number>>>(
  name: string,
  of: Type<number>,
  spec: Spelling,
  values: V,
): EnumType<V> {
  return { shape: { kind: 'enum', name, prim: primOf(of), values, open: false, spec }, values };
}

/** Known values of a given width; others are let through as they are, for lists that peers extend. */
export function openEnum(
  name: string,
  of: Type<number>,
  spec: Spelling,
  values: Readonly<Record<string, number>>,
): Type<number> {
  return { shape: { kind: 'enum', name, prim: primOf(of), values, open: true, spec } };
}

/** The same enum on another width, under the same name in TypeScript. */
export function widened<V extends Readonly<Record<string, number>>>(type: EnumType<V>, of: Type<number>): EnumType<V> {
  return { ...type, shape: { ...type.shape, prim: primOf(of) } };
}

/** A set of bits (given as masks) of a given width. */
export interface FlagsType<B extends Readonly<Record<string, number>>> extends Type<number> {
  readonly shape: FlagsShape;
  readonly bits: B;
}

/** Flags: `bits` maps names to bit numbers. Unknown bits are refused unless `tolerant`. */
export function flags<const B extends Readonly<Record<string, number>>>(
  name: string,
  of: Type<number>,
  spec: Spelling,
  bits: B,
  options: { readonly tolerant?: boolean } = {},
): FlagsType<B> {
  return {
    shape: { kind: 'flags', name, prim: primOf(of), bits, tolerant: options.tolerant ?? false, spec },
    bits,
  };
}

/** The same flags on another width, under the same name in TypeScript. */
export function widenedFlags<B extends Readonly<Record<string, number>>>(
  type: FlagsType<B>,
  of: Type<number>,
): FlagsType<B> {
  return { ...type, shape: { ...type.shape, prim: primOf(of) } };
}

/** Bytes that mean nothing: skipped when read, zero when written. */
export function padding(size: number): Type<Hidden> {
  return { shape: { kind: 'padding', size } };
}

/** A count that stands apart from what it counts; named by `countedBy`, derived when written. */
export function count(of: Type<number>): Type<Hidden> {
  return { shape: { kind: 'count', prim: primOf(of) } };
}

/** A fixed number of bytes. */
export function blob(size: number): Type<Uint8Array> {
  return { shape: { kind: 'blob', size } };
}

/** A fixed number of elements. */
export function array<T>(of: Type<T>, length: number): Type<readonly T[]> {
  return { shape: { kind: 'array', of, length } };
}

type Counted =
  | { readonly count: Type<number>; readonly max: number }
  | { readonly countedBy: string; readonly max: number }
  | { readonly toEnd: true; readonly max: number };
type Rows = { readonly rows: { readonly bits: number; readonly width: string; readonly height: string } };

function extentOf(size: Counted | (Rows & { readonly max: number })): Extent {
  if ('count' in size) return { kind: 'prefix', prim: primOf(size.count) };
  if ('countedBy' in size) return { kind: 'field', field: size.countedBy };
  if ('rows' in size) return { kind: 'rows', ...size.rows };
  return { kind: 'rest' };
}

/** Elements: counted directly before, counted by an earlier field, or to the end of the body; at most `max`. */
export function list<T>(of: Type<T>, size: Counted): Type<readonly T[]> {
  return { shape: { kind: 'list', of, extent: extentOf(size), max: size.max } };
}

/** Bytes, sized like a list or by rows of an image; read as a view of the receive buffer, written by reference. */
export function bytes(size: Counted | (Rows & { readonly max: number })): Type<Uint8Array> {
  return { shape: { kind: 'bytes', extent: extentOf(size), max: size.max } };
}

/** A 32-bit offset from the start of the body; 0 is null. */
export function pointer<T>(to: Type<T>): Type<T | null> {
  return { shape: { kind: 'pointer', to, nullable: true, emptyAtZero: false } };
}

/** A 32-bit offset that must not be 0, unless `emptyAtZero`: then 0 leads to the end of the body, where nothing can be read. */
export function reference<T>(to: Type<T>, options: { readonly emptyAtZero?: boolean } = {}): Type<T> {
  return { shape: { kind: 'pointer', to, nullable: false, emptyAtZero: options.emptyAtZero ?? false } };
}

/** Fields without a name of their own: an inline object. */
export function group<const F extends Fields>(fields: F): Type<Decoded<F>> {
  return { shape: { kind: 'group', fields } };
}

/** Options of a structure. */
export interface StructOptions {
  readonly doc?: string;
  /** Also print a reader into an object the caller owns, for messages that come with every frame. */
  readonly hot?: boolean;
}

/** A named structure. */
export function struct<const F extends Fields>(
  name: string,
  fields: F,
  options: StructOptions = {},
): Type<Decoded<F>> & { readonly shape: StructShape } {
  return { shape: { kind: 'struct', name, doc: options.doc ?? '', fields, hot: options.hot ?? false } };
}

/**
 * A named structure whose last fields depend on `on`, a closed enum among `fields`; `cases` has one entry for each of its
 * values. Decodes to a union that narrows on that field.
 */
export function variant<
  const F extends Fields,
  const On extends keyof F & string,
  V extends (F[On] extends EnumType<infer E> ? E : never),
  const C extends { readonly [K in keyof V]: Fields },
>(name: string, fields: F, on: On, cases: C, options: StructOptions = {}): Type<DecodedVariant<F, On, V, C>> {
  const tag = fields[on]?.shape;
  if (tag?.kind !== 'enum' || tag.open) throw new TypeError(`${name}.${on} is no closed enum`);
  return { shape: { kind: 'variant', name, doc: options.doc ?? '', fields, on, enum: tag, cases } };
}

/** A part that is there only when a flag of an earlier field is set; null otherwise. */
export function whenSet<T, B extends Readonly<Record<string, number>>>(
  field: string,
  type: FlagsType<B>,
  bit: keyof B & string,
  of: Type<T>,
): Type<T | null> {
  return { shape: { kind: 'when', condition: { kind: 'flag', field, bit: bitOf(type, bit), set: true }, of } };
}

/** A part that is there only when a flag of an earlier field is clear; null otherwise. */
export function whenClear<T, B extends Readonly<Record<string, number>>>(
  field: string,
  type: FlagsType<B>,
  bit: keyof B & string,
  of: Type<T>,
): Type<T | null> {
  return { shape: { kind: 'when', condition: { kind: 'flag', field, bit: bitOf(type, bit), set: false }, of } };
}

/** A part that is there only when feature `bit` is on in the Reader's or Writer's `features`; null otherwise. */
export function whenFeature<T>(bit: number, of: Type<T>): Type<T | null> {
  return { shape: { kind: 'when', condition: { kind: 'feature', bit }, of } };
}

function bitOf<B extends Readonly<Record<string, number>>>(type: FlagsType<B>, bit: keyof B & string): number {
  const n = type.bits[bit];
  if (n === undefined) throw new TypeError(`${type.shape.name} has no bit ${bit}`);
  return n;
}

/** A row of a table: one message in one direction. */
export interface Message<T = unknown> {
  readonly id: number;
  /** The public headers' name of it. */
  readonly spec: string;
  readonly doc: string;
  readonly body: Type<T>;
  /** The capability of the channel it needs, or null. */
  readonly since: number | null;
}

/** One message: number, name in the public headers, what it says, and its body. */
export function message<T>(
  id: number,
  spec: string,
  doc: string,
  body: Type<T>,
  options: { readonly since?: number } = {},
): Message<T> {
  return { id, spec, doc, body, since: options.since ?? null };
}

/** Messages of one direction of one channel, by name. */
export type MessageTable = Readonly<Record<string, Message>>;

/** What one generated file holds. */
export interface WireModule {
  /** File name before `.table.ts` and `.gen.ts`. */
  readonly name: string;
  /** A heading and an introduction for the document. */
  readonly title: string;
  readonly doc: string;
  /** Types to print that no message of this module mentions. */
  readonly types?: readonly Type<unknown>[];
  /** Tables by their exported name. */
  readonly tables?: Readonly<Record<string, MessageTable>>;
  /** Groups of fixed numbers by their exported name. */
  readonly constants?: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

/** A word of the public headers: `imageType` and a key become the prefix and UPPER_SNAKE, or the word given for it. */
export function spell(spec: Spelling, key: string): string {
  const prefix = typeof spec === 'string' ? spec : spec.prefix;
  const word = typeof spec === 'string' ? undefined : spec.words[key];
  return prefix + (word ?? key.replaceAll(/[A-Z]/g, (c) => `_${c}`).toUpperCase());
}
