/** Keeps indices that a shader computes inside the array they index: a hostile index reads or writes the nearest element. */
import { binary, integer } from '../ir/build.ts';
import type { Expression, IndexExpression } from '../ir/ir.ts';

/** A place known beforehand. */
export function fixedIndex(constant: number): IndexExpression {
  return { constant, dynamic: null };
}

/** `index + offset` (i32) held between `first` and `last`. */
export function boundIndex(index: Expression, offset: number, first: number, last: number): IndexExpression {
  if (first === last) return fixedIndex(first);
  const moved = offset === 0 ? index : binary('add', index, integer('i32', offset));
  return boundBy(moved, first, integer('i32', last));
}

/** An index held between `first` and a greatest value computed at run time, which is not below `first`. */
export function boundBy(index: Expression, first: number, last: Expression): IndexExpression {
  return { constant: null, dynamic: binary('min', binary('max', index, integer('i32', first)), last) };
}
