/**
 * The shader language between guest assembly and host code: statements over untyped 128-bit registers, typed expressions,
 * structured control flow. GLSL is emitted from it; WebAssembly can be.
 *
 * **Registers** are four 32-bit components without a type, as in TGSI: temporaries (alone or in arrays), addresses, inputs,
 * outputs, constants. A `load` reads components as f32, i32 or u32: the bits are reinterpreted, never converted. A `set`
 * writes the bits of its value. So an emitter may keep registers as floats, integers or plain memory, as suits it.
 *
 * **Expressions** have a base type and a width. Operations work on each component alike; operands have the operation's width
 * unless stated. Booleans exist only inside expressions. 64-bit values are made from and split to pairs of u32 with `bits`.
 * Expressions have no side effects except `atomic`, which stands only as the whole value of a `set`.
 *
 * **Indices** that are computed at run time are `IndexExpression`s. `bound-index.ts` has bounded every one of them, so that an
 * emitter can index without a check of its own; storage buffers alone, whose size is known at run time, are left to it.
 */
import type { Interpolation, InterpolationLocation, ReturnType, Semantic, Stage, Target } from '../tgsi/vocabulary.ts';
import type { PropertyName } from '../tgsi/vocabulary.ts';

/** Kind of a component. */
export type Base = 'f32' | 'i32' | 'u32' | 'bool' | 'f64' | 'i64' | 'u64';

/** Components of an expression. */
export type Width = 1 | 2 | 3 | 4;

/** Components of a register, each once and ascending in a `set`, in any order in a `load`. */
export type Lanes = readonly number[];

/** Type of an expression. */
export interface Type {
  readonly base: Base;
  readonly width: Width;
}

/** Operations of one operand; the result has its type, unless the name says otherwise. */
export type UnaryOp =
  | 'neg'
  | 'abs'
  | 'not' // bitwise; logical of bool
  | 'sign'
  | 'floor'
  | 'ceil'
  | 'trunc'
  | 'roundEven'
  | 'fract'
  | 'saturate' // clamp to 0..1
  | 'rcp'
  | 'rsqrt'
  | 'sqrt'
  | 'exp2'
  | 'log2'
  | 'sin'
  | 'cos'
  | 'bitReverse'
  | 'bitCount' // to i32
  | 'findLsb' // to i32, -1 for none
  | 'findMsb' // to i32, -1 for none
  | 'packHalf' // f32 x2 to u32 x1
  | 'unpackHalf' // u32 x1 to f32 x2
  | 'ddx'
  | 'ddy'
  | 'ddxFine'
  | 'ddyFine'
  | 'frexpMantissa' // f64
  | 'frexpExponent' // f64 to i32
  | 'any' // bool of any width to bool x1
  | 'voteAny' // bool x1 over the invocations that run together
  | 'voteAll'
  | 'voteEqual';

/** Operations of two operands of one type. */
export type BinaryOp =
  | 'add'
  | 'sub'
  | 'mul'
  | 'mulZero' // f32: 0 if either is 0, whatever the other
  | 'div' // integers: by 0 gives all ones (unsigned) or 0; the lowest by -1 gives itself
  | 'mod' // truncated; by 0 gives all ones
  | 'min'
  | 'max'
  | 'pow'
  | 'and'
  | 'or'
  | 'xor'
  | 'shl' // the second is u32; its low 5 bits count (6 for 64-bit values)
  | 'shr' // arithmetic for signed types
  | 'mulHigh'
  | 'ldexp' // f64, i32
  | 'dot'; // f32 to width 1

/** Comparisons of two operands of one type, to bool. */
export type CompareOp = 'lt' | 'le' | 'gt' | 'ge' | 'eq' | 'ne';

/** Operations of three or four operands. */
export type ManyOp =
  | 'fma'
  | 'select' // bool, then, else
  | 'mix' // a, b, share of b
  | 'bitExtract' // value, offset i32, count i32; sign extended for i32
  | 'bitInsert'; // base, insert, offset i32, count i32

/** Something to read. */
export type Expression =
  | ConstantExpression
  | LoadExpression
  | SystemValueExpression
  | OperationExpression
  | ConvertExpression
  | SwizzleExpression
  | ConstructExpression
  | TextureExpression
  | ImageLoadExpression
  | ResourceSizeExpression
  | MemoryLoadExpression
  | AtomicExpression
  | InterpolateExpression
  | FetchExpression
  | ClockExpression;

interface Typed {
  readonly type: Type;
}

/** Literal bits: one word a component, for 64-bit types two, low first. */
export interface ConstantExpression extends Typed {
  readonly kind: 'constant';
  readonly words: readonly number[];
}

/** Components of a register. The base is f32, i32 or u32. */
export interface LoadExpression extends Typed {
  readonly kind: 'load';
  readonly register: RegisterRef;
  readonly lanes: Lanes;
}

/** A value of the pipeline, as wide as it is. */
interface SystemValueExpression extends Typed {
  readonly kind: 'system';
  readonly value: SystemValue;
}

/** One of the operations above. */
export interface OperationExpression extends Typed {
  readonly kind: 'operation';
  readonly op: UnaryOp | BinaryOp | CompareOp | ManyOp;
  readonly args: readonly Expression[];
}

/**
 * `value` converts numbers (float to integer truncates; bool gives 0 and 1), `bits` reinterprets: f32, i32 and u32 with each
 * other, and pairs of u32 with one 64-bit value.
 */
export interface ConvertExpression extends Typed {
  readonly kind: 'convert';
  readonly how: 'value' | 'bits';
  readonly arg: Expression;
}

interface SwizzleExpression extends Typed {
  readonly kind: 'swizzle';
  readonly arg: Expression;
  readonly lanes: Lanes;
}

/** Parts of one base type put side by side; a single part of width 1 is repeated. */
interface ConstructExpression extends Typed {
  readonly kind: 'construct';
  readonly parts: readonly Expression[];
}

/** What a texture instruction does. */
export type TextureOp =
  | 'sample'
  | 'bias'
  | 'lod'
  | 'grad'
  | 'fetch'
  | 'gather'
  | 'queryLod'
  | 'size'
  | 'levels'
  | 'samples';

/** A texture read or query. Samples give four components; a shadow comparison gives its result three times, then 1. */
export interface TextureExpression extends Typed {
  readonly kind: 'texture';
  readonly op: TextureOp;
  readonly target: Target;
  readonly sampler: IndexedResource;
  /** As many components as the target needs, layer last; f32, or i32 for `fetch`. Null for queries of size. */
  readonly coordinate: Expression | null;
  /** Divisor of the coordinate and the comparison value. */
  readonly projector: Expression | null;
  readonly compare: Expression | null;
  /** Bias, level of detail or level. */
  readonly level: Expression | null;
  readonly gradients: readonly [Expression, Expression] | null;
  /** Sample number of a multisample fetch. */
  readonly sample: Expression | null;
  /** Texel offsets, i32: none, one, or four of a gather. */
  readonly offsets: readonly Expression[];
  /** Component that is gathered. */
  readonly component: number;
}

/** A resource register, perhaps reached by an index in the range it lies in. */
export interface IndexedResource {
  readonly first: number;
  readonly count: number;
  /** Place in the range. */
  readonly index: IndexExpression;
}

interface ImageLoadExpression extends Typed {
  readonly kind: 'imageLoad';
  readonly image: IndexedResource;
  readonly coordinate: Expression;
  readonly sample: Expression | null;
}

/** Size of an image (components as its coordinate), its samples, or bytes of a storage buffer; i32. */
interface ResourceSizeExpression extends Typed {
  readonly kind: 'imageSize' | 'imageSamples' | 'bufferSize';
  readonly resource: IndexedResource;
}

/** 32-bit words of a storage buffer or of shared memory, one after the other. */
export interface MemoryLoadExpression extends Typed {
  readonly kind: 'memoryLoad';
  /** Null is shared memory. */
  readonly buffer: IndexedResource | null;
  /** First word, u32. */
  readonly word: Expression;
  readonly lanes: Lanes;
}

export type AtomicOp = 'add' | 'and' | 'or' | 'xor' | 'min' | 'max' | 'exchange' | 'compareExchange';

/** Where an atomic happens. */
export type AtomicPlace =
  | { readonly kind: 'memory'; readonly buffer: IndexedResource | null; readonly word: Expression }
  | {
      readonly kind: 'image';
      readonly image: IndexedResource;
      readonly coordinate: Expression;
      readonly sample: Expression | null;
    }
  | { readonly kind: 'counter'; readonly binding: number; readonly first: number; readonly index: IndexExpression };

/** Changes memory and gives what was there; with a null `op`, reads a counter. Only as the whole value of a `set`. */
export interface AtomicExpression extends Typed {
  readonly kind: 'atomic';
  readonly op: AtomicOp | null;
  readonly place: AtomicPlace;
  /** The operand; for `compareExchange` the comparand and the new value. */
  readonly args: readonly Expression[];
}

/** A fragment input evaluated elsewhere. */
interface InterpolateExpression extends Typed {
  readonly kind: 'interpolate';
  readonly register: number;
  readonly lanes: Lanes;
  readonly where: 'centroid' | 'sample' | 'offset';
  readonly arg: Expression | null;
}

/** The colour buffer under the fragment. */
interface FetchExpression extends Typed {
  readonly kind: 'framebuffer';
  readonly color: number;
  readonly lanes: Lanes;
}

/** A clock, two words. */
interface ClockExpression extends Typed {
  readonly kind: 'clock';
}

/** A constant place or, where that is null, one computed at run time: i32, within its array whatever the shader computes. */
export interface IndexExpression {
  readonly constant: number | null;
  readonly dynamic: Expression | null;
}

/** A register, or one of an array of them. */
export type RegisterRef =
  | { readonly file: 'temp'; readonly index: number }
  | { readonly file: 'tempArray'; readonly first: number; readonly index: IndexExpression }
  | { readonly file: 'address'; readonly index: number }
  | { readonly file: 'constant'; readonly buffer: IndexExpression; readonly index: IndexExpression }
  | {
      readonly file: 'input' | 'output';
      /** Range of registers that `index` counts in. */
      readonly first: number;
      readonly count: number;
      readonly index: IndexExpression;
      /** Vertex of the primitive or patch; null for registers that are not one for each vertex. */
      readonly vertex: IndexExpression | null;
    };

/** Values of the pipeline, by their TGSI semantic where they have one. */
export type SystemValue = Semantic;

/** Something to do. */
export type Statement =
  | SetStatement
  | { readonly kind: 'if'; readonly condition: Expression; readonly whenTrue: Block; readonly whenFalse: Block }
  | { readonly kind: 'loop'; readonly body: Block }
  | { readonly kind: 'switch'; readonly selector: Expression; readonly cases: readonly SwitchCase[] }
  | { readonly kind: 'break' | 'continue' | 'return' | 'barrier' }
  | { readonly kind: 'call'; readonly routine: number }
  | { readonly kind: 'discard'; readonly condition: Expression | null }
  | { readonly kind: 'emitVertex' | 'endPrimitive'; readonly stream: number }
  | { readonly kind: 'memoryBarrier'; readonly mask: MemoryBarrierMask }
  | {
      readonly kind: 'imageStore';
      readonly image: IndexedResource;
      readonly coordinate: Expression;
      readonly sample: Expression | null;
      readonly value: Expression;
    }
  | {
      readonly kind: 'memoryStore';
      readonly buffer: IndexedResource | null;
      readonly word: Expression;
      readonly lanes: Lanes;
      readonly value: Expression;
    };

/** Writes components of a register. The value has as many components as lanes, or one for all; f32, i32 or u32. */
export interface SetStatement {
  readonly kind: 'set';
  readonly register: RegisterRef;
  readonly lanes: Lanes;
  readonly value: Expression;
  /** The value must not depend on how the compiler reorders arithmetic. */
  readonly precise: boolean;
}

/** One or more labels; null is the default. Control falls through to the next case. */
export interface SwitchCase {
  readonly label: number | null;
  readonly body: Block;
}

export type Block = readonly Statement[];

/** What a memory barrier orders. */
export interface MemoryBarrierMask {
  readonly buffers: boolean;
  readonly counters: boolean;
  readonly images: boolean;
  readonly shared: boolean;
  /** Only between the invocations of one work group. */
  readonly group: boolean;
}

/** An input or output register in the program's interface. */
export interface IrIo {
  readonly register: number;
  readonly semantic: Semantic | null;
  readonly semanticIndex: number;
  readonly mask: number;
  readonly perVertex: boolean;
  readonly interpolation: Interpolation | null;
  readonly location: InterpolationLocation;
  readonly invariant: boolean;
}

export interface IrSampler {
  readonly index: number;
  readonly target: Target;
  readonly returnType: ReturnType;
}

export interface IrImage {
  readonly index: number;
  readonly target: Target;
  readonly format: string;
  /** Declared writable. */
  readonly writable: boolean;
  readonly loads: boolean;
  readonly stores: boolean;
  readonly atomics: boolean;
  readonly coherent: boolean;
  readonly isVolatile: boolean;
}

interface IrBuffer {
  readonly index: number;
  readonly coherent: boolean;
  readonly isVolatile: boolean;
}

/** A range of registers that are reached together. */
export interface IrRange {
  readonly first: number;
  readonly count: number;
}

/** A whole program of one stage. */
export interface ShaderIr {
  readonly stage: Stage;
  readonly properties: ReadonlyMap<PropertyName, number>;
  readonly inputs: readonly IrIo[];
  readonly outputs: readonly IrIo[];
  /** Temporaries used one by one, and arrays of them. */
  readonly temps: readonly number[];
  readonly tempArrays: readonly IrRange[];
  /** Ranges of outputs that are reached by an index; none overlaps another. */
  readonly outputRanges: readonly IrRange[];
  readonly addresses: number;
  /** vec4 registers of each constant buffer that is declared. */
  readonly constants: ReadonlyMap<number, number>;
  /** Samplers that instructions use. Those reached by an index stand together in a range. */
  readonly samplers: readonly IrSampler[];
  readonly samplerRanges: readonly IrRange[];
  readonly images: readonly IrImage[];
  readonly imageRanges: readonly IrRange[];
  readonly buffers: readonly IrBuffer[];
  readonly bufferRanges: readonly IrRange[];
  /**
   * The lowest storage buffer that is declared, used or not: guests count slots from there, as newer Mesas number buffers by
   * what programs said. 0 where there is none.
   */
  readonly firstBuffer: number;
  /** Counters by binding, first and count. */
  readonly counters: readonly { readonly binding: number; readonly first: number; readonly count: number }[];
  readonly usesSharedMemory: boolean;
  /** Subroutines by number, callees first. */
  readonly routines: readonly { readonly number: number; readonly body: Block }[];
  readonly body: Block;
}
