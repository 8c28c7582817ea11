/**
 * Swizzles: where each of red, green, blue and alpha comes from, with the numbers of gallium: 0 to 3 a component, 4 zero,
 * 5 one.
 */
import { assert } from '../../base/assert.ts';

/** Sources of red, green, blue and alpha. */
export type Swizzle = readonly [number, number, number, number];

const LETTERS = 'xyzw01';

/** Nothing moved. */
export const IDENTITY: Swizzle = [0, 1, 2, 3];

/** Reads four letters of `xyzw01`. */
export function swizzle(text: string): Swizzle {
  const numbers = Array.from(text, (letter) => LETTERS.indexOf(letter));
  assert(numbers.length === 4 && numbers.every((n) => n >= 0), `swizzle ${text}`);
  return numbers as unknown as Swizzle;
}

/** Whether each component stays where it is. */
export function isIdentity(value: Swizzle): boolean {
  return value[0] === 0 && value[1] === 1 && value[2] === 2 && value[3] === 3;
}

/** Whether each component stays where it is, or is missing and reads as OpenGL has missing ones: zero, and one for alpha. */
export function isInPlace(value: Swizzle): boolean {
  return value.every((source, i) => source === i || source === (i === 3 ? 5 : 4));
}

/** `outer` applied to what `inner` gives: a view's swizzle on a format whose texture needs one itself. */
export function compose(outer: Swizzle, inner: Swizzle): Swizzle {
  const pick = (source: number): number => (source < 4 ? (inner[source] ?? 4) : source);
  return [pick(outer[0]), pick(outer[1]), pick(outer[2]), pick(outer[3])];
}
