/** Bounds on one shader of a guest. Every one is a default that the device's options can override. */
export interface ShaderLimits {
  /** Characters of text. */
  readonly maxTextLength: number;
  /** Instructions, before subroutines are put in place of their calls. */
  readonly maxInstructions: number;
  /** Instructions after every call has been replaced by the subroutine's body, as drivers do it. */
  readonly maxInlinedInstructions: number;
  /** Declarations, and as many properties and immediates again. */
  readonly maxDeclarations: number;
  readonly maxImmediates: number;
  /** Temporary registers in all; those that are reached by index lie in memory on the host, on the driver's stack. */
  readonly maxTemps: number;
  readonly maxIndexedTemps: number;
  /** Depth of IF, SWITCH and BGNLOOP inside one another. */
  readonly maxNesting: number;
  /** vec4 registers of one constant buffer. */
  readonly maxConstants: number;
  readonly maxConstantBuffers: number;
  readonly maxInputs: number;
  readonly maxOutputs: number;
  readonly maxSamplers: number;
  readonly maxImages: number;
  readonly maxBuffers: number;
  readonly maxAtomicBuffers: number;
  readonly maxAddresses: number;
  /** Bytes of a work group's shared memory. */
  readonly maxSharedBytes: number;
  readonly maxWorkGroupInvocations: number;
}

/** Defaults: what Mesa's virgl driver can send, with room. */
export const SHADER_LIMITS: ShaderLimits = {
  maxTextLength: 2 << 20,
  maxInstructions: 65536,
  maxInlinedInstructions: 131072,
  maxDeclarations: 8192,
  maxImmediates: 8192,
  maxTemps: 32768,
  maxIndexedTemps: 4096,
  maxNesting: 64,
  maxConstants: 8192,
  maxConstantBuffers: 32,
  maxInputs: 80,
  maxOutputs: 80,
  maxSamplers: 128,
  maxImages: 32,
  maxBuffers: 32,
  maxAtomicBuffers: 32,
  maxAddresses: 16,
  maxSharedBytes: 65536,
  maxWorkGroupInvocations: 1024,
};
