/** Sets of guest registers: x0 to x31 in the first word, f0 to f31 in the second. */
export interface RegisterSet {
  readonly x: number;
  readonly f: number;
}

export const NO_REGISTERS: RegisterSet = { x: 0, f: 0 };

export function union(a: RegisterSet, b: RegisterSet): RegisterSet {
  return { x: a.x | b.x, f: a.f | b.f };
}

export function difference(a: RegisterSet, b: RegisterSet): RegisterSet {
  return { x: a.x & ~b.x, f: a.f & ~b.f };
}

/** Numbers of the registers of one word. */
export function members(word: number): number[] {
  const list: number[] = [];
  for (let rest = word; rest !== 0; rest &= rest - 1) list.push(31 - Math.clz32(rest & -rest));
  return list;
}
