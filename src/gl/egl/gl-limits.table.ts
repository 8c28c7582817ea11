/** The limits of a device that others act on: what is asked for, and from which version or feature on it may be. */
import * as GL from './gl-constants.ts';
import type { GlFeature } from './gl-features.table.ts';

/** A limit: one number (or `count` of them, by index or in a row). */
export interface GlLimitRow {
  readonly name: number;
  /** A limit that goes with this feature is 0 where the feature is missing. */
  readonly needs?: GlFeature;
  /** Only OpenGL tells it. */
  readonly glOnly?: true;
  /** Default: `integer`. */
  readonly kind?: 'integer' | 'float' | 'floatPair' | 'indexed3' | 'int64';
}

export const glLimits = {
  maxTextureSize: { name: GL.MAX_TEXTURE_SIZE },
  max3dTextureSize: { name: GL.MAX_3D_TEXTURE_SIZE },
  maxCubeMapTextureSize: { name: GL.MAX_CUBE_MAP_TEXTURE_SIZE },
  maxRectangleTextureSize: { name: GL.MAX_RECTANGLE_TEXTURE_SIZE, needs: 'textureRectangle' },
  maxRenderbufferSize: { name: GL.MAX_RENDERBUFFER_SIZE },
  maxArrayTextureLayers: { name: GL.MAX_ARRAY_TEXTURE_LAYERS },
  maxTextureBufferSize: { name: GL.MAX_TEXTURE_BUFFER_SIZE, needs: 'textureBuffer' },
  maxSamples: { name: GL.MAX_SAMPLES },
  maxColorTextureSamples: { name: GL.MAX_COLOR_TEXTURE_SAMPLES, needs: 'textureMultisample' },
  maxDepthTextureSamples: { name: GL.MAX_DEPTH_TEXTURE_SAMPLES, needs: 'textureMultisample' },
  maxIntegerSamples: { name: GL.MAX_INTEGER_SAMPLES, needs: 'textureMultisample' },
  maxImageSamples: { name: GL.MAX_IMAGE_SAMPLES, needs: 'imageLoadStore', glOnly: true },
  maxDrawBuffers: { name: GL.MAX_DRAW_BUFFERS },
  maxColorAttachments: { name: GL.MAX_COLOR_ATTACHMENTS },
  maxDualSourceDrawBuffers: { name: GL.MAX_DUAL_SOURCE_DRAW_BUFFERS, needs: 'dualSourceBlend' },
  maxFramebufferWidth: { name: GL.MAX_FRAMEBUFFER_WIDTH, needs: 'framebufferNoAttachments' },
  maxFramebufferHeight: { name: GL.MAX_FRAMEBUFFER_HEIGHT, needs: 'framebufferNoAttachments' },
  maxFramebufferLayers: { name: GL.MAX_FRAMEBUFFER_LAYERS, needs: 'framebufferNoAttachments', glOnly: true },
  maxViewports: { name: GL.MAX_VIEWPORTS, needs: 'viewportArray' },
  maxClipDistances: { name: GL.MAX_CLIP_DISTANCES, needs: 'clipDistance' },
  maxVertexAttribs: { name: GL.MAX_VERTEX_ATTRIBS },
  maxVertexAttribBindings: { name: GL.MAX_VERTEX_ATTRIB_BINDINGS, needs: 'vertexAttribBinding' },
  maxVertexAttribStride: { name: GL.MAX_VERTEX_ATTRIB_STRIDE, needs: 'vertexAttribBinding' },
  maxVertexOutputComponents: { name: GL.MAX_VERTEX_OUTPUT_COMPONENTS },
  maxFragmentInputComponents: { name: GL.MAX_FRAGMENT_INPUT_COMPONENTS },
  maxVaryingComponents: { name: GL.MAX_VARYING_COMPONENTS },
  maxTextureImageUnits: { name: GL.MAX_TEXTURE_IMAGE_UNITS },
  maxVertexTextureImageUnits: { name: GL.MAX_VERTEX_TEXTURE_IMAGE_UNITS },
  maxCombinedTextureImageUnits: { name: GL.MAX_COMBINED_TEXTURE_IMAGE_UNITS },
  minTexelOffset: { name: GL.MIN_PROGRAM_TEXEL_OFFSET },
  maxTexelOffset: { name: GL.MAX_PROGRAM_TEXEL_OFFSET },
  minTextureGatherOffset: { name: GL.MIN_PROGRAM_TEXTURE_GATHER_OFFSET, needs: 'textureGather' },
  maxTextureGatherOffset: { name: GL.MAX_PROGRAM_TEXTURE_GATHER_OFFSET, needs: 'textureGather' },
  maxTextureLodBias: { name: GL.MAX_TEXTURE_LOD_BIAS, kind: 'float' },
  maxTextureAnisotropy: { name: GL.MAX_TEXTURE_MAX_ANISOTROPY, needs: 'anisotropicFilter', kind: 'float' },
  uniformBufferOffsetAlignment: { name: GL.UNIFORM_BUFFER_OFFSET_ALIGNMENT },
  textureBufferOffsetAlignment: { name: GL.TEXTURE_BUFFER_OFFSET_ALIGNMENT, needs: 'textureBufferRange' },
  shaderStorageOffsetAlignment: { name: GL.SHADER_STORAGE_BUFFER_OFFSET_ALIGNMENT, needs: 'shaderStorage' },
  minMapBufferAlignment: { name: GL.MIN_MAP_BUFFER_ALIGNMENT, needs: 'bufferStorage', glOnly: true },
  maxUniformBlockSize: { name: GL.MAX_UNIFORM_BLOCK_SIZE },
  maxUniformBufferBindings: { name: GL.MAX_UNIFORM_BUFFER_BINDINGS },
  maxCombinedUniformBlocks: { name: GL.MAX_COMBINED_UNIFORM_BLOCKS },
  maxVertexUniformBlocks: { name: GL.MAX_VERTEX_UNIFORM_BLOCKS },
  maxFragmentUniformBlocks: { name: GL.MAX_FRAGMENT_UNIFORM_BLOCKS },
  maxGeometryUniformBlocks: { name: GL.MAX_GEOMETRY_UNIFORM_BLOCKS, needs: 'geometryShader' },
  maxTessControlUniformBlocks: { name: GL.MAX_TESS_CONTROL_UNIFORM_BLOCKS, needs: 'tessellation' },
  maxTessEvaluationUniformBlocks: { name: GL.MAX_TESS_EVALUATION_UNIFORM_BLOCKS, needs: 'tessellation' },
  maxComputeUniformBlocks: { name: GL.MAX_COMPUTE_UNIFORM_BLOCKS, needs: 'compute' },
  maxVertexUniformComponents: { name: GL.MAX_VERTEX_UNIFORM_COMPONENTS },
  maxFragmentUniformComponents: { name: GL.MAX_FRAGMENT_UNIFORM_COMPONENTS },
  maxGeometryUniformComponents: { name: GL.MAX_GEOMETRY_UNIFORM_COMPONENTS, needs: 'geometryShader' },
  maxTessControlUniformComponents: { name: GL.MAX_TESS_CONTROL_UNIFORM_COMPONENTS, needs: 'tessellation' },
  maxTessEvaluationUniformComponents: { name: GL.MAX_TESS_EVALUATION_UNIFORM_COMPONENTS, needs: 'tessellation' },
  maxComputeUniformComponents: { name: GL.MAX_COMPUTE_UNIFORM_COMPONENTS, needs: 'compute' },
  maxVertexStorageBlocks: { name: GL.MAX_VERTEX_SHADER_STORAGE_BLOCKS, needs: 'shaderStorage' },
  maxFragmentStorageBlocks: { name: GL.MAX_FRAGMENT_SHADER_STORAGE_BLOCKS, needs: 'shaderStorage' },
  maxGeometryStorageBlocks: { name: GL.MAX_GEOMETRY_SHADER_STORAGE_BLOCKS, needs: 'geometryShader' },
  maxTessControlStorageBlocks: { name: GL.MAX_TESS_CONTROL_SHADER_STORAGE_BLOCKS, needs: 'tessellation' },
  maxTessEvaluationStorageBlocks: {
    name: GL.MAX_TESS_EVALUATION_SHADER_STORAGE_BLOCKS,
    needs: 'tessellation',
  },
  maxComputeStorageBlocks: { name: GL.MAX_COMPUTE_SHADER_STORAGE_BLOCKS, needs: 'shaderStorage' },
  maxCombinedStorageBlocks: { name: GL.MAX_COMBINED_SHADER_STORAGE_BLOCKS, needs: 'shaderStorage' },
  maxStorageBufferBindings: { name: GL.MAX_SHADER_STORAGE_BUFFER_BINDINGS, needs: 'shaderStorage' },
  maxStorageBlockSize: { name: GL.MAX_SHADER_STORAGE_BLOCK_SIZE, needs: 'shaderStorage', kind: 'int64' },
  maxImageUnits: { name: GL.MAX_IMAGE_UNITS, needs: 'imageLoadStore' },
  maxVertexImages: { name: GL.MAX_VERTEX_IMAGE_UNIFORMS, needs: 'imageLoadStore' },
  maxFragmentImages: { name: GL.MAX_FRAGMENT_IMAGE_UNIFORMS, needs: 'imageLoadStore' },
  maxComputeImages: { name: GL.MAX_COMPUTE_IMAGE_UNIFORMS, needs: 'compute' },
  maxCombinedImages: { name: GL.MAX_COMBINED_IMAGE_UNIFORMS, needs: 'imageLoadStore' },
  maxVertexAtomicCounters: { name: GL.MAX_VERTEX_ATOMIC_COUNTERS, needs: 'atomicCounters' },
  maxFragmentAtomicCounters: { name: GL.MAX_FRAGMENT_ATOMIC_COUNTERS, needs: 'atomicCounters' },
  maxGeometryAtomicCounters: { name: GL.MAX_GEOMETRY_ATOMIC_COUNTERS, needs: 'geometryShader' },
  maxTessControlAtomicCounters: { name: GL.MAX_TESS_CONTROL_ATOMIC_COUNTERS, needs: 'tessellation' },
  maxTessEvaluationAtomicCounters: { name: GL.MAX_TESS_EVALUATION_ATOMIC_COUNTERS, needs: 'tessellation' },
  maxComputeAtomicCounters: { name: GL.MAX_COMPUTE_ATOMIC_COUNTERS, needs: 'compute' },
  maxCombinedAtomicCounters: { name: GL.MAX_COMBINED_ATOMIC_COUNTERS, needs: 'atomicCounters' },
  maxVertexAtomicBuffers: { name: GL.MAX_VERTEX_ATOMIC_COUNTER_BUFFERS, needs: 'atomicCounters' },
  maxFragmentAtomicBuffers: { name: GL.MAX_FRAGMENT_ATOMIC_COUNTER_BUFFERS, needs: 'atomicCounters' },
  maxGeometryAtomicBuffers: { name: GL.MAX_GEOMETRY_ATOMIC_COUNTER_BUFFERS, needs: 'geometryShader' },
  maxTessControlAtomicBuffers: { name: GL.MAX_TESS_CONTROL_ATOMIC_COUNTER_BUFFERS, needs: 'tessellation' },
  maxTessEvaluationAtomicBuffers: {
    name: GL.MAX_TESS_EVALUATION_ATOMIC_COUNTER_BUFFERS,
    needs: 'tessellation',
  },
  maxComputeAtomicBuffers: { name: GL.MAX_COMPUTE_ATOMIC_COUNTER_BUFFERS, needs: 'compute' },
  maxCombinedAtomicBuffers: { name: GL.MAX_COMBINED_ATOMIC_COUNTER_BUFFERS, needs: 'atomicCounters' },
  maxGeometryOutputVertices: { name: GL.MAX_GEOMETRY_OUTPUT_VERTICES, needs: 'geometryShader' },
  maxGeometryTotalOutputComponents: { name: GL.MAX_GEOMETRY_TOTAL_OUTPUT_COMPONENTS, needs: 'geometryShader' },
  maxPatchVertices: { name: GL.MAX_PATCH_VERTICES, needs: 'tessellation' },
  maxTessPatchComponents: { name: GL.MAX_TESS_PATCH_COMPONENTS, needs: 'tessellation' },
  maxTessControlTotalOutputComponents: { name: GL.MAX_TESS_CONTROL_TOTAL_OUTPUT_COMPONENTS, needs: 'tessellation' },
  maxTessControlOutputComponents: { name: GL.MAX_TESS_CONTROL_OUTPUT_COMPONENTS, needs: 'tessellation' },
  maxTessEvaluationOutputComponents: { name: GL.MAX_TESS_EVALUATION_OUTPUT_COMPONENTS, needs: 'tessellation' },
  maxTransformFeedbackBuffers: { name: GL.MAX_TRANSFORM_FEEDBACK_BUFFERS, needs: 'transformFeedback3' },
  maxTransformFeedbackSeparate: { name: GL.MAX_TRANSFORM_FEEDBACK_SEPARATE_ATTRIBS },
  maxVertexStreams: { name: GL.MAX_VERTEX_STREAMS, needs: 'transformFeedback3' },
  maxComputeInvocations: { name: GL.MAX_COMPUTE_WORK_GROUP_INVOCATIONS, needs: 'compute' },
  maxComputeSharedMemory: { name: GL.MAX_COMPUTE_SHARED_MEMORY_SIZE, needs: 'compute' },
  maxComputeGroupCount: { name: GL.MAX_COMPUTE_WORK_GROUP_COUNT, needs: 'compute', kind: 'indexed3' },
  maxComputeGroupSize: { name: GL.MAX_COMPUTE_WORK_GROUP_SIZE, needs: 'compute', kind: 'indexed3' },
  pointSizeRange: { name: GL.ALIASED_POINT_SIZE_RANGE, kind: 'floatPair' },
  smoothPointSizeRange: { name: GL.POINT_SIZE_RANGE, kind: 'floatPair', glOnly: true },
  lineWidthRange: { name: GL.ALIASED_LINE_WIDTH_RANGE, kind: 'floatPair' },
  smoothLineWidthRange: { name: GL.SMOOTH_LINE_WIDTH_RANGE, kind: 'floatPair', glOnly: true },
  maxTextureGatherComponents: { name: GL.MAX_PROGRAM_TEXTURE_GATHER_COMPONENTS, needs: 'textureGather', glOnly: true },
} as const satisfies Readonly<Record<string, GlLimitRow>>;

/** The name of a limit. */
export type GlLimitName = keyof typeof glLimits;

/** Limits as read: a pair for a range, three numbers for what has three dimensions, else one number. */
export type GlLimits = {
  readonly [K in GlLimitName]: (typeof glLimits)[K] extends { readonly kind: 'floatPair' | 'indexed3' }
    ? readonly number[]
    : number;
};
