/**
 * Where the meaning of an instruction is written: into the interpreter, where operands are decoded while it runs, or into
 * translated code, where they are known. semantics.ts says what an instruction does in terms of this.
 */
import type { Code } from '../../wasm/code.ts';

/** Pushes operands on WebAssembly's stack and takes results from it. */
export interface Site {
  readonly code: Code;
  /** Locals for use within one instruction: two i64, one i32. */
  readonly a: number;
  readonly b: number;
  readonly place: number;
  /** Source registers, i64. */
  x1(): void;
  x2(): void;
  /** Their low words, i32. */
  w1(): void;
  w2(): void;
  /** Floating-point source registers as held, i64. */
  f1(): void;
  f2(): void;
  f3(): void;
  /** The second of them as f64. */
  d2(): void;
  /** The immediate, i64 and i32. */
  imm(): void;
  immW(): void;
  /** The rounding mode field, i32. */
  rm(): void;
  /** The instruction itself, i32: of interest to the interpreter only. */
  word(): void;
  /** Address of the instruction, and of the next one, i64. */
  pc(): void;
  nextPc(): void;
  /** Puts the i64 on the stack into the destination register. */
  setX(): void;
  setF(): void;
  /** The same from an f64. */
  setD(): void;
  /** Calls a function of the kernel. */
  call(name: string): void;
  /**
   * Pushes the place of the entry for the address in local `a` in the translation cache for reads or writes, i32; returns how
   * many bytes behind it the entry is.
   */
  cacheEntry(isWrite: boolean): number;
  /** Leaves the instruction with the fault that is noted; on the stack is 0 when it is to be left. */
  faultIfZero(): void;
}
