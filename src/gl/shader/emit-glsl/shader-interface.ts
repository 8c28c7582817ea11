/** What a translated shader expects around it: names and units the GL device binds. */
import type { ReturnType, Semantic, Stage, Target } from '../tgsi/vocabulary.ts';

/** A varying, by the short name both stages know it by ("g3" is GENERIC[3]). */
export interface Varying {
  readonly semantic: Semantic;
  readonly index: number;
  readonly shortName: string;
  /** Name of the variable in the text. */
  readonly name: string;
  /** Interpolation and auxiliary qualifiers of a fragment input; empty for smooth ones and other stages. */
  readonly qualifiers: string;
}

/** A sampler, or an array of them with consecutive units. */
export interface SamplerBinding {
  readonly name: string;
  /** First sampler register of the guest, and how many. */
  readonly first: number;
  readonly count: number;
  /** First texture unit. */
  readonly unit: number;
  readonly target: Target;
  readonly shadow: boolean;
  readonly returnType: ReturnType;
}

export interface ImageBinding {
  readonly name: string;
  readonly first: number;
  readonly count: number;
  readonly unit: number;
  readonly target: Target;
  /** Guest's format name without PIPE_FORMAT_; NONE if the declaration has none and the key names none. */
  readonly format: string;
  readonly access: 'readonly' | 'writeonly' | 'readwrite';
}

/** Guest constant buffer 0. */
export interface ConstantsBinding {
  /** A `uniform vec4 name[count]`: upload the guest's words with glUniform4fv. */
  readonly name: string;
  readonly count: number;
}

export interface UniformBufferBinding {
  /** Name of the block, for hosts without binding layouts. */
  readonly blockName: string;
  /** Guest constant buffer, 1 to 31. */
  readonly index: number;
  readonly binding: number;
  /** The block's size; a smaller range must not be bound to it. */
  readonly sizeBytes: number;
}

export interface StorageBufferBinding {
  readonly blockName: string;
  /** Slot of the guest, counted from the lowest storage buffer that the shader declares. */
  readonly index: number;
  readonly binding: number;
}

/** An atomic counter buffer: the binding point is the guest's. */
export interface AtomicBinding {
  readonly binding: number;
  /** Bytes the counters reach to. */
  readonly sizeBytes: number;
}

/** Transform feedback of a program: what to give glTransformFeedbackVaryings, interleaved, before linking. */
export interface Feedback {
  readonly varyings: readonly string[];
  /** Bit i: buffer i captures. */
  readonly buffers: number;
  /** Stream that each buffer captures. */
  readonly streams: readonly [number, number, number, number];
}

/** Everything around one translated shader. */
export interface ShaderInterface {
  readonly stage: Stage;
  /** Vertex: attribute registers read, one bit each; attribute i has location i. */
  readonly attributes: number;
  /** Varyings read from the stage before, and written for the next. */
  readonly inputs: readonly Varying[];
  readonly outputs: readonly Varying[];
  readonly constants: ConstantsBinding | null;
  readonly uniformBuffers: readonly UniformBufferBinding[];
  readonly samplers: readonly SamplerBinding[];
  readonly images: readonly ImageBinding[];
  readonly storageBuffers: readonly StorageBufferBinding[];
  readonly atomics: readonly AtomicBinding[];
  readonly feedback: Feedback | null;
  /** The system block is read: bind its buffer. */
  readonly systemBlock: boolean;
  /** The number of the draw is read. */
  readonly usesDrawId: boolean;
  /** Clip distances written: enable as many GL_CLIP_DISTANCEi as the rasteriser state asks for. */
  readonly clipDistances: number;
  readonly cullDistances: number;
  /** Last vertex stage: the shader writes the point size. */
  readonly writesPointSize: boolean;
  /** Fragment: highest colour buffer written, plus one. */
  readonly colorOutputs: number;
  readonly writesDepth: boolean;
  readonly usesSampleShading: boolean;
  /** Compute: size of a work group; null if each dispatch says it (glDispatchComputeGroupSizeARB). */
  readonly workGroup: readonly [number, number, number] | null;
  /** Tessellation control: vertices of a patch that leaves; geometry: kind of primitive that leaves. */
  readonly patchVerticesOut: number;
  readonly outputPrimitive: 'POINTS' | 'LINE_STRIP' | 'TRIANGLE_STRIP' | null;
}
