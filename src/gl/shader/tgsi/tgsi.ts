/**
 * A shader as its text says it: declarations, immediates, properties and a flat list of instructions with line numbers.
 * `parse-tgsi.ts` makes it, `print-tgsi.ts` writes it back, `check-shader.ts` says whether it holds together.
 */
import type { OpcodeName } from './opcodes.table.ts';
import type {
  File,
  ImmediateType,
  Interpolation,
  InterpolationLocation,
  MemoryType,
  PropertyName,
  Qualifier,
  ReturnType,
  Semantic,
  Stage,
  Target,
} from './vocabulary.ts';

/** A whole shader. */
export interface Tgsi {
  readonly stage: Stage;
  readonly properties: ReadonlyMap<PropertyName, number>;
  readonly declarations: readonly Declaration[];
  readonly immediates: readonly Immediate[];
  readonly instructions: readonly Instruction[];
  /** Characters of the text it came from. */
  readonly textLength: number;
}

/** One DCL line. */
export interface Declaration {
  readonly file: File;
  readonly first: number;
  readonly last: number;
  /** Constant buffer or atomic buffer of a two-dimensional file; null for one dimension. */
  readonly dimension: number | null;
  /** An empty first bracket: one register for each vertex of a primitive or patch. */
  readonly perVertex: boolean;
  /** Components in use, bit 0 is x. */
  readonly mask: number;
  /** Number of the array the registers form; 0 for none. */
  readonly arrayId: number;
  readonly local: boolean;
  readonly semantic: { readonly name: Semantic; readonly index: number } | null;
  readonly interpolation: Interpolation | null;
  readonly location: InterpolationLocation;
  readonly invariant: boolean;
  /** Target of an image or sampler view. */
  readonly target: Target | null;
  /** Format of an image, without its PIPE_FORMAT_ prefix. */
  readonly format: string;
  readonly writable: boolean;
  readonly raw: boolean;
  /** What sampling gives, x to w; only of sampler views. */
  readonly returnTypes: readonly [ReturnType, ReturnType, ReturnType, ReturnType] | null;
  readonly atomic: boolean;
  readonly memoryType: MemoryType | null;
  /** Stream of each component of a geometry output. */
  readonly streams: readonly [number, number, number, number] | null;
  readonly line: number;
}

/** Four words of literal bits. */
export interface Immediate {
  readonly type: ImmediateType;
  readonly words: readonly [number, number, number, number];
  readonly line: number;
}

/** `ADDR[0].x` inside a bracket. */
export interface Indirect {
  readonly file: File;
  readonly index: number;
  /** Component, 0 to 3. */
  readonly component: number;
}

/** `[3]`, `[ADDR[0].x+3]` or `[ADDR[0].x+3](1)`. */
export interface Bracket {
  /** The constant part; may be negative beside an indirect part. */
  readonly index: number;
  readonly indirect: Indirect | null;
  readonly arrayId: number;
}

/** A register as an operand names it. */
export interface RegisterOperand {
  readonly file: File;
  /** First of two brackets: buffer or vertex. */
  readonly dimension: Bracket | null;
  readonly bracket: Bracket;
}

export interface DstOperand extends RegisterOperand {
  /** Components written, bit 0 is x. */
  readonly mask: number;
}

/** Four component numbers. */
export type Swizzle = readonly [number, number, number, number];

export interface SrcOperand extends RegisterOperand {
  readonly swizzle: Swizzle;
  readonly negate: boolean;
  readonly absolute: boolean;
}

/** A texel offset: a register with three components chosen. */
export interface OffsetOperand {
  readonly file: File;
  readonly index: number;
  readonly swizzle: readonly [number, number, number];
}

/** One instruction. */
export interface Instruction {
  readonly opcode: OpcodeName;
  readonly saturate: boolean;
  readonly precise: boolean;
  readonly dsts: readonly DstOperand[];
  readonly srcs: readonly SrcOperand[];
  /** Texture target, of texture and memory instructions. */
  readonly target: Target | null;
  readonly offsets: readonly OffsetOperand[];
  readonly qualifiers: readonly Qualifier[];
  /** Format of a memory instruction, without its PIPE_FORMAT_ prefix; empty for none. */
  readonly format: string;
  readonly label: number | null;
  readonly line: number;
}
