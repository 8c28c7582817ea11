/**
 * Reads TGSI text from left to right. Words are taken in capitals, as the assembly does not tell letters apart; white space
 * may stand between any two marks. Every character is looked at a bounded number of times.
 */
import { ShaderError } from '../shader-error.ts';
import { memberOf } from './vocabulary.ts';

const WORD = /[A-Za-z0-9_]+/y;
const NUMBER = /[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/y;
const HEX = /0[xX][0-9a-fA-F]+/y;
const NOT_FINITE = /[+-]?(?:nan|inf(?:inity)?)/iy;
const DIGITS = /\d+/y;

/** Longest word of the assembly, with room; a longer run of letters is an error. */
const MAX_WORD = 64;

/** A place in a text. */
export class Scanner {
  readonly #text: string;
  #at = 0;
  #line = 1;

  constructor(text: string) {
    this.#text = text;
    this.#skip();
  }

  /** Line of the next mark, from 1. */
  get line(): number {
    return this.#line;
  }

  get atEnd(): boolean {
    return this.#at >= this.#text.length;
  }

  #skip(): void {
    const text = this.#text;
    let at = this.#at;
    for (; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code === 10) this.#line++;
      else if (code !== 32 && code !== 9 && code !== 13) break;
    }
    this.#at = at;
  }

  #match(pattern: RegExp): string | null {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text);
    if (found === null) return null;
    return found[0];
  }

  #take(length: number): void {
    this.#at += length;
    this.#skip();
  }

  /** The error for what stands here. */
  fail(expected: string): ShaderError {
    const found = this.#text.slice(this.#at, this.#at + 16).replace(/[^\x20-\x7e]/g, '?');
    return new ShaderError(
      'syntax',
      this.#line,
      `expected ${expected}${this.atEnd ? ' but the text ends' : ` at "${found}"`}`,
    );
  }

  /** Whether the next character is `mark`. */
  sees(mark: string): boolean {
    return this.#text.startsWith(mark, this.#at);
  }

  /** Takes `mark` if it is next. */
  accept(mark: string): boolean {
    if (!this.#text.startsWith(mark, this.#at)) return false;
    this.#take(mark.length);
    return true;
  }

  /** Takes `mark` or fails. */
  expect(mark: string): void {
    if (!this.accept(mark)) throw this.fail(`"${mark}"`);
  }

  /** The next word in capitals without taking it; null if none is next. */
  peekWord(): string | null {
    const word = this.#match(WORD);
    if (word === null) return null;
    if (word.length > MAX_WORD) throw this.fail('a shorter word');
    return word.toUpperCase();
  }

  /** Takes a word in capitals. */
  word(expected: string): string {
    const word = this.peekWord();
    if (word === null) throw this.fail(expected);
    this.#take(word.length);
    return word;
  }

  /** Takes a word of a closed list. */
  oneOf<T extends string>(list: ReadonlySet<T>, expected: string): T {
    const word = this.peekWord();
    const known = word === null ? null : memberOf(list, word);
    if (known === null) throw this.fail(expected);
    this.#take(known.length);
    return known;
  }

  /** Takes decimal digits up to 2^32 - 1. */
  uint(expected: string): number {
    const digits = this.#match(DIGITS);
    if (digits === null) throw this.fail(expected);
    const value = digits.length > 16 ? Infinity : Number(digits);
    if (value > 0xffffffff) throw new ShaderError('range', this.#line, `${expected} is too large`);
    this.#take(digits.length);
    return value;
  }

  /** Takes a decimal integer with a sign, as 32 bits. */
  int(expected: string): number {
    const negative = this.sees('-');
    if (negative || this.sees('+')) this.#at++;
    const value = this.uint(expected);
    if (value > (negative ? 0x80000000 : 0xffffffff)) {
      throw new ShaderError('range', this.#line, `${expected} is too large`);
    }
    return negative ? -value | 0 : value | 0;
  }

  /** Takes `0x` and its digits as a big integer; null if none is next. */
  hex(): { readonly value: bigint; readonly digits: number } | null {
    const text = this.#match(HEX);
    if (text === null) return null;
    if (text.length > 18) throw new ShaderError('range', this.#line, 'hexadecimal number is too large');
    this.#take(text.length);
    return { value: BigInt(text), digits: text.length - 2 };
  }

  /** Takes a decimal number with fraction and exponent, or nan or inf. */
  float(expected: string): number {
    const odd = this.#match(NOT_FINITE);
    if (odd !== null) {
      this.#take(odd.length);
      if (/nan/i.test(odd)) return NaN;
      return odd.startsWith('-') ? -Infinity : Infinity;
    }
    const text = this.#match(NUMBER);
    if (text === null) throw this.fail(expected);
    this.#take(text.length);
    return Number(text);
  }

  /** Takes a decimal integer of 64 bits with a sign. */
  bigint(expected: string): bigint {
    const negative = this.sees('-');
    if (negative || this.sees('+')) this.#at++;
    const digits = this.#match(DIGITS);
    if (digits === null) throw this.fail(expected);
    if (digits.length > 20) throw new ShaderError('range', this.#line, `${expected} is too large`);
    this.#take(digits.length);
    const value = BigInt(digits);
    return negative ? -value : value;
  }
}
