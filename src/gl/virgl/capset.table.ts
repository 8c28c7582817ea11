/**
 * The capability set of virgl renderers as guests read it: words of 32 bits, little endian, in this order. Capset 1 is the
 * first 308 bytes of it; capset 2 all, and it only ever grows at the end.
 */

/** A field: its name, what its words are, and how many; `formats` is a set of 16 words, `text` zero-terminated bytes. */
export interface CapsetField {
  readonly name: string;
  readonly kind: 'u32' | 'i32' | 'f32' | 'formats' | 'text';
  /** Words. */
  readonly count: number;
}

const u32 = <const N extends string>(name: N): { name: N; kind: 'u32'; count: 1 } => ({ name, kind: 'u32', count: 1 });
const i32 = <const N extends string>(name: N): { name: N; kind: 'i32'; count: 1 } => ({ name, kind: 'i32', count: 1 });
const f32 = <const N extends string>(name: N): { name: N; kind: 'f32'; count: 1 } => ({ name, kind: 'f32', count: 1 });
const words = <const N extends string, const C extends number>(
  name: N,
  count: C,
): { name: N; kind: 'u32'; count: C } => ({ name, kind: 'u32', count });
const formats = <const N extends string>(name: N): { name: N; kind: 'formats'; count: 16 } => ({
  name,
  kind: 'formats',
  count: 16,
});

export const capsetFields = [
  u32('maxVersion'),
  formats('sampler'),
  formats('render'),
  formats('depthStencil'),
  formats('vertexBuffer'),
  u32('flags'),
  u32('glslLevel'),
  u32('maxTextureArrayLayers'),
  u32('maxStreamoutBuffers'),
  u32('maxDualSourceRenderTargets'),
  u32('maxRenderTargets'),
  u32('maxSamples'),
  u32('primitiveMask'),
  u32('maxTextureBufferSize'),
  u32('maxUniformBlocks'),
  u32('maxViewports'),
  u32('maxTextureGatherComponents'),
  f32('minAliasedPointSize'),
  f32('maxAliasedPointSize'),
  f32('minSmoothPointSize'),
  f32('maxSmoothPointSize'),
  f32('minAliasedLineWidth'),
  f32('maxAliasedLineWidth'),
  f32('minSmoothLineWidth'),
  f32('maxSmoothLineWidth'),
  f32('maxTextureLodBias'),
  u32('maxGeometryOutputVertices'),
  u32('maxGeometryTotalOutputComponents'),
  u32('maxVertexOutputs'),
  u32('maxVertexAttribs'),
  u32('maxShaderPatchVaryings'),
  i32('minTexelOffset'),
  i32('maxTexelOffset'),
  i32('minTextureGatherOffset'),
  i32('maxTextureGatherOffset'),
  u32('textureBufferOffsetAlignment'),
  u32('uniformBufferOffsetAlignment'),
  u32('shaderBufferOffsetAlignment'),
  u32('capabilityBits'),
  words('sampleLocations', 8),
  u32('maxVertexAttribStride'),
  u32('maxShaderBufferFragmentCompute'),
  u32('maxShaderBufferOtherStages'),
  u32('maxShaderImageFragmentCompute'),
  u32('maxShaderImageOtherStages'),
  u32('maxImageSamples'),
  u32('maxComputeWorkGroupInvocations'),
  u32('maxComputeSharedMemorySize'),
  words('maxComputeGridSize', 3),
  words('maxComputeBlockSize', 3),
  u32('maxTexture2dSize'),
  u32('maxTexture3dSize'),
  u32('maxTextureCubeSize'),
  u32('maxCombinedShaderBuffers'),
  words('maxAtomicCounters', 6),
  words('maxAtomicCounterBuffers', 6),
  u32('maxCombinedAtomicCounters'),
  u32('maxCombinedAtomicCounterBuffers'),
  u32('hostFeatureCheckVersion'),
  formats('readback'),
  formats('scanout'),
  u32('capabilityBits2'),
  u32('maxVideoMemory'),
  { name: 'renderer', kind: 'text', count: 16 },
  f32('maxAnisotropy'),
  u32('maxTextureSamplers'),
  formats('multisample'),
  words('maxConstBufferSize', 6),
  u32('videoCapCount'),
  words('videoCaps', 128),
  u32('maxUniformBlockSize'),
  u32('maxTessControlOutputs'),
  u32('maxTessEvaluationOutputs'),
  words('maxShaderStorageBlocks', 6),
] as const satisfies readonly CapsetField[];

type FieldUnion = (typeof capsetFields)[number];

type ValueOf<F extends FieldUnion> = F extends { readonly kind: 'formats' }
  ? Uint32Array
  : F extends { readonly kind: 'text' }
    ? string
    : F extends { readonly count: 1 }
      ? number
      : readonly number[];

/** The values of a capability set. Arrays by shader stage follow gallium: vertex, fragment, geometry, tessellation, compute. */
export type CapsetValues = { readonly [F in FieldUnion as F['name']]: ValueOf<F> };

/** Bytes of capset 1. */
export const CAPSET1_BYTES = 308;

/** Bytes of capset 2. */
export const CAPSET2_BYTES = 1408;

/** Bits of `flags`. */
export const CAPSET_FLAGS = {
  independentBlendEnable: 0,
  independentBlendFunc: 1,
  cubeMapArray: 2,
  shaderStencilExport: 3,
  conditionalRender: 4,
  startInstance: 5,
  primitiveRestart: 6,
  blendEquationSeparate: 7,
  instanceId: 8,
  vertexElementInstanceDivisor: 9,
  seamlessCubeMap: 10,
  occlusionQuery: 11,
  timerQuery: 12,
  streamoutPauseResume: 13,
  textureMultisample: 14,
  fragmentCoordConventions: 15,
  depthClipDisable: 16,
  seamlessCubeMapPerTexture: 17,
  uniformBuffers: 18,
  colorClamping: 19,
  polygonStipple: 20,
  mirrorClamp: 21,
  textureQueryLod: 22,
  fp64: 23,
  tessellation: 24,
  indirectDraw: 25,
  sampleShading: 26,
  cullDistance: 27,
  conditionalRenderInverted: 28,
  derivativeControl: 29,
  polygonOffsetClamp: 30,
  transformFeedbackOverflowQuery: 31,
} as const;

/** Bits of `capabilityBits`. */
export const CAPABILITY_BITS = {
  tgsiInvariant: 0,
  textureView: 1,
  setMinSamples: 2,
  copyImage: 3,
  tgsiPrecise: 4,
  textureSamples: 5,
  memoryBarrier: 6,
  computeShader: 7,
  framebufferNoAttachments: 8,
  robustBufferAccess: 9,
  framebufferFetch: 10,
  shaderClock: 11,
  textureBarrier: 12,
  tgsiComponents: 13,
  guestMayInitLog: 14,
  srgbWriteControl: 15,
  queryBuffer: 16,
  transfer: 17,
  mixedColorFormats: 18,
  hostIsGles: 19,
  bindCommandArgs: 20,
  multiDrawIndirect: 21,
  indirectParameters: 22,
  transformFeedback3: 23,
  astc3d: 24,
  indirectInputAddress: 25,
  copyTransfer: 26,
  clipHalfZ: 27,
  appTweaks: 28,
  bgraSrgbIsEmulated: 29,
  clearTexture: 30,
  bufferStorage: 31,
} as const;

/** Bits of `capabilityBits2`. */
export const CAPABILITY_BITS2 = {
  blendEquationAdvanced: 0,
  untypedResource: 1,
  videoMemory: 2,
  memoryInfo: 3,
  stringMarker: 4,
  differentGpu: 5,
  implicitMultisample: 6,
  copyTransferBothDirections: 7,
  scanoutUsesGbm: 8,
  separateShaderObjects: 9,
  textureShadowLod: 10,
  vertexLayer: 11,
  vertexViewportIndex: 12,
  pipelineStatisticsQuery: 13,
  drawParameters: 14,
  groupVote: 15,
  mirrorClampToEdge: 16,
  mirrorClamp: 17,
  resourceLayout: 18,
} as const;
