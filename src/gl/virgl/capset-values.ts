/**
 * What guests are promised: what the device has and the renderer above it does. A guest draws what it can with that, and
 * does the rest itself.
 */
import type { GlCapabilities } from '../egl/capabilities.ts';
import { CAPABILITY_BITS, CAPABILITY_BITS2, CAPSET_FLAGS } from './capset.table.ts';
import type { CapsetValues } from './capset.table.ts';
import type { DeviceFormats } from './device-formats.ts';

/** What the renderer adds to the device, or keeps back from it. */
export interface RendererPromises {
  /** Commands and repairs up to this number of virglrenderer's list are there. */
  readonly hostFeatureCheckVersion: number;
  /** Uniform blocks of each stage that the renderer takes for itself, those for the guest's constants among them. */
  readonly reservedUniformBlocks: number;
  /** Quads and polygons are drawn, though OpenGL core has none. */
  readonly drawsQuads: boolean;
  /** Polygons are stippled by the shaders it makes. */
  readonly stipples: boolean;
  /** Colours are clamped by the shaders it makes. */
  readonly clampsColors: boolean;
  /** Guests can map buffers and keep them mapped; the transport must share memory. */
  readonly mapsBuffers: boolean;
  /** Resources can be given a type after they were made. */
  readonly typesResources: boolean;
  /** MiB of video memory; 0 when it is not told. */
  readonly videoMemoryMiB: number;
}

/** What a renderer does that keeps to the protocol and adds nothing. */
export const PLAIN_PROMISES: RendererPromises = {
  hostFeatureCheckVersion: 23,
  reservedUniformBlocks: 1,
  drawsQuads: false,
  stipples: false,
  clampsColors: false,
  mapsBuffers: false,
  typesResources: false,
  videoMemoryMiB: 0,
};

// Gallium's bounds, by which guests size their arrays.
const MAX_STAGE_BINDINGS = 32;
const MAX_VIEWPORTS = 16;
const MAX_COLOR_BUFFERS = 8;
const MAX_STREAMOUT_BUFFERS = 4;
const MAX_UNIFORM_BLOCKS = 32;
const MAX_ATTRIBUTES = 32;
const MAX_ANISOTROPY = 16;

/** The capability set of a device with a renderer. */
export function capsetValues(
  capabilities: GlCapabilities,
  formats: DeviceFormats,
  promises: RendererPromises = PLAIN_PROMISES,
): CapsetValues {
  const { features, limits } = capabilities;
  const few = (limit: number): number => Math.min(limit, MAX_STAGE_BINDINGS);
  const multisample = formats.multisample.words.slice();
  // Bit 0: framebuffers without attachments have samples too.
  if (features.framebufferNoAttachments) multisample[0] = (multisample[0] ?? 0) | 1;
  return {
    maxVersion: 2,
    sampler: formats.sampler.words,
    render: formats.render.words,
    depthStencil: formats.depthStencil.words,
    vertexBuffer: formats.vertex.words,
    flags: flagWord(capabilities, promises),
    glslLevel: guestGlslLevel(capabilities),
    maxTextureArrayLayers: limits.maxArrayTextureLayers,
    maxStreamoutBuffers: features.transformFeedback3
      ? Math.min(limits.maxTransformFeedbackBuffers, MAX_STREAMOUT_BUFFERS)
      : Math.min(limits.maxTransformFeedbackSeparate, MAX_STREAMOUT_BUFFERS),
    maxDualSourceRenderTargets: limits.maxDualSourceDrawBuffers,
    maxRenderTargets: Math.min(limits.maxDrawBuffers, limits.maxColorAttachments, MAX_COLOR_BUFFERS),
    maxSamples: formats.maxSamples,
    primitiveMask: primitiveMask(capabilities, promises),
    maxTextureBufferSize: limits.maxTextureBufferSize,
    maxUniformBlocks: Math.min(limits.maxVertexUniformBlocks + 1 - promises.reservedUniformBlocks, MAX_UNIFORM_BLOCKS),
    maxViewports: features.viewportArray ? Math.min(limits.maxViewports, MAX_VIEWPORTS) : 1,
    maxTextureGatherComponents: gatherComponents(capabilities),
    ...rangesOf(capabilities),
    maxTextureLodBias: limits.maxTextureLodBias,
    maxGeometryOutputVertices: limits.maxGeometryOutputVertices,
    maxGeometryTotalOutputComponents: limits.maxGeometryTotalOutputComponents,
    maxVertexOutputs: Math.floor(limits.maxVertexOutputComponents / 4),
    maxVertexAttribs: Math.min(limits.maxVertexAttribs, MAX_ATTRIBUTES),
    maxShaderPatchVaryings: Math.floor(limits.maxTessPatchComponents / 4),
    minTexelOffset: limits.minTexelOffset,
    maxTexelOffset: limits.maxTexelOffset,
    minTextureGatherOffset: limits.minTextureGatherOffset,
    maxTextureGatherOffset: limits.maxTextureGatherOffset,
    textureBufferOffsetAlignment: limits.textureBufferOffsetAlignment,
    uniformBufferOffsetAlignment: limits.uniformBufferOffsetAlignment,
    shaderBufferOffsetAlignment: limits.shaderStorageOffsetAlignment,
    capabilityBits: capabilityBits(capabilities, formats, promises),
    sampleLocations: sampleLocationWords(formats.sampleLocations),
    // 2048 is the least that OpenGL allows, for devices too old to tell.
    maxVertexAttribStride: limits.maxVertexAttribStride === 0 ? 2048 : limits.maxVertexAttribStride,
    maxShaderBufferFragmentCompute: few(limits.maxFragmentStorageBlocks),
    maxShaderBufferOtherStages: few(limits.maxVertexStorageBlocks),
    maxShaderImageFragmentCompute: few(limits.maxFragmentImages),
    maxShaderImageOtherStages: few(limits.maxVertexImages),
    maxImageSamples: limits.maxImageSamples,
    maxComputeWorkGroupInvocations: limits.maxComputeInvocations,
    maxComputeSharedMemorySize: limits.maxComputeSharedMemory,
    maxComputeGridSize: limits.maxComputeGroupCount,
    maxComputeBlockSize: limits.maxComputeGroupSize,
    maxTexture2dSize: limits.maxTextureSize,
    maxTexture3dSize: limits.max3dTextureSize,
    maxTextureCubeSize: limits.maxCubeMapTextureSize,
    maxCombinedShaderBuffers: limits.maxCombinedStorageBlocks,
    ...atomicsOf(capabilities),
    hostFeatureCheckVersion: promises.hostFeatureCheckVersion,
    readback: formats.readback.words,
    scanout: formats.scanout.words,
    capabilityBits2: capabilityBits2(capabilities, promises),
    maxVideoMemory: promises.videoMemoryMiB,
    renderer: guestRendererName(capabilities.renderer),
    maxAnisotropy: features.anisotropicFilter ? Math.min(limits.maxTextureAnisotropy, MAX_ANISOTROPY) : 0,
    maxTextureSamplers: few(Math.min(limits.maxTextureImageUnits, limits.maxVertexTextureImageUnits)),
    multisample,
    maxConstBufferSize: [
      limits.maxVertexUniformComponents,
      limits.maxFragmentUniformComponents,
      limits.maxGeometryUniformComponents,
      limits.maxTessControlUniformComponents,
      limits.maxTessEvaluationUniformComponents,
      limits.maxComputeUniformComponents,
    ].map(constantBytes),
    videoCapCount: 0,
    videoCaps: Array.from({ length: 128 }, () => 0),
    maxUniformBlockSize: limits.maxUniformBlockSize,
    maxTessControlOutputs: Math.floor(limits.maxTessControlOutputComponents / 4),
    maxTessEvaluationOutputs: Math.floor(limits.maxTessEvaluationOutputComponents / 4),
    maxShaderStorageBlocks: [
      few(limits.maxVertexStorageBlocks),
      few(limits.maxFragmentStorageBlocks),
      few(limits.maxGeometryStorageBlocks),
      few(limits.maxTessControlStorageBlocks),
      few(limits.maxTessEvaluationStorageBlocks),
      few(limits.maxComputeStorageBlocks),
    ],
  };
}

function flagWord({ features }: GlCapabilities, promises: RendererPromises): number {
  return bits(CAPSET_FLAGS, {
    independentBlendEnable: features.independentBlend,
    independentBlendFunc: features.independentBlendFunc,
    cubeMapArray: features.cubeMapArray,
    shaderStencilExport: features.shaderStencilExport,
    conditionalRender: features.conditionalRender,
    startInstance: features.baseInstance,
    primitiveRestart: true,
    instanceId: true,
    seamlessCubeMap: true,
    // Guests need it for OpenGL 2.1; OpenGL ES answers whether, not how many.
    occlusionQuery: true,
    timerQuery: features.timerQuery,
    streamoutPauseResume: features.transformFeedback2,
    textureMultisample: features.textureMultisample,
    fragmentCoordConventions: true,
    depthClipDisable: features.depthClamp,
    seamlessCubeMapPerTexture: features.seamlessCubePerTexture,
    colorClamping: promises.clampsColors,
    polygonStipple: promises.stipples,
    mirrorClamp: features.mirrorClamp || features.mirrorClampToEdge,
    textureQueryLod: features.textureQueryLod,
    fp64: features.fp64 && features.gpuShader5,
    tessellation: features.tessellation,
    indirectDraw: features.drawIndirect,
    sampleShading: features.sampleShading,
    cullDistance: features.cullDistance,
    conditionalRenderInverted: features.conditionalRenderInverted,
    derivativeControl: features.derivativeControl,
    polygonOffsetClamp: features.polygonOffsetClamp,
    transformFeedbackOverflowQuery: features.transformFeedbackOverflow,
  });
}

function capabilityBits(capabilities: GlCapabilities, formats: DeviceFormats, promises: RendererPromises): number {
  const { features, flavour } = capabilities;
  return bits(CAPABILITY_BITS, {
    tgsiInvariant: true,
    textureView: features.textureView,
    setMinSamples: features.sampleShading,
    copyImage: features.copyImage,
    tgsiPrecise: features.gpuShader5,
    textureSamples: features.textureSamples,
    memoryBarrier: features.imageLoadStore,
    computeShader: features.compute,
    framebufferNoAttachments: features.framebufferNoAttachments,
    robustBufferAccess: features.robustBufferAccess,
    framebufferFetch: features.framebufferFetch,
    shaderClock: features.shaderClock,
    textureBarrier: features.textureBarrier,
    tgsiComponents: true,
    guestMayInitLog: true,
    srgbWriteControl: features.srgbWriteControl,
    queryBuffer: features.queryBuffer,
    transfer: true,
    mixedColorFormats: formats.canMixColors,
    hostIsGles: flavour === 'es',
    bindCommandArgs: features.drawIndirect,
    multiDrawIndirect: features.multiDrawIndirect,
    indirectParameters: features.indirectParameters,
    transformFeedback3: features.transformFeedback3,
    astc3d: features.astcSliced3d,
    indirectInputAddress: true,
    copyTransfer: true,
    clipHalfZ: features.clipControl,
    appTweaks: true,
    clearTexture: features.clearTexture,
    bufferStorage: features.bufferStorage && promises.mapsBuffers,
  });
}

function capabilityBits2({ features }: GlCapabilities, promises: RendererPromises): number {
  return bits(CAPABILITY_BITS2, {
    blendEquationAdvanced: features.advancedBlend,
    untypedResource: promises.typesResources,
    videoMemory: promises.videoMemoryMiB > 0,
    memoryInfo: features.memoryInfo,
    stringMarker: features.debug,
    implicitMultisample: features.implicitMultisample,
    copyTransferBothDirections: true,
    separateShaderObjects: features.separateShaderObjects,
    textureShadowLod: features.textureShadowLod,
    vertexLayer: features.vertexLayer,
    vertexViewportIndex: features.vertexViewportIndex,
    pipelineStatisticsQuery: features.pipelineStatistics,
    drawParameters: features.shaderDrawParameters,
    groupVote: features.shaderGroupVote,
    mirrorClampToEdge: features.mirrorClampToEdge,
    mirrorClamp: features.mirrorClamp,
  });
}

function bits<T extends Readonly<Record<string, number>>>(
  positions: T,
  values: { readonly [K in keyof T]?: boolean },
): number {
  let word = 0;
  for (const [name, position] of Object.entries(positions)) if (values[name] === true) word |= 1 << position;
  return word >>> 0;
}

/** Primitives by gallium's numbers: 0 points to 6 triangle fans, quads 7 to 9, with adjacency 10 to 13, patches 14. */
function primitiveMask({ features }: GlCapabilities, promises: RendererPromises): number {
  return (
    0x7f |
    (promises.drawsQuads ? 0x380 : 0) |
    (features.geometryShader ? 0x3c00 : 0) |
    (features.tessellation ? 0x4000 : 0)
  );
}

/** Guests choose their version of OpenGL by this; one that an OpenGL ES device could not keep to is not promised. */
function guestGlslLevel({ flavour, version, glslVersion, features }: GlCapabilities): number {
  if (flavour === 'gl') return glslVersion;
  if (version >= 32 || (version >= 31 && features.gpuShader5 && features.tessellation)) return 400;
  return version >= 31 ? 330 : 130;
}

function gatherComponents({ flavour, features, limits }: GlCapabilities): number {
  if (!features.textureGather) return 0;
  return flavour === 'gl' ? limits.maxTextureGatherComponents : 4;
}

function rangesOf({
  limits,
}: GlCapabilities): Pick<
  CapsetValues,
  | 'minAliasedPointSize'
  | 'maxAliasedPointSize'
  | 'minSmoothPointSize'
  | 'maxSmoothPointSize'
  | 'minAliasedLineWidth'
  | 'maxAliasedLineWidth'
  | 'minSmoothLineWidth'
  | 'maxSmoothLineWidth'
> {
  const [pointSizeRange, smoothPointSizeRange, lineWidthRange, smoothLineWidthRange] = [
    limits.pointSizeRange,
    limits.smoothPointSizeRange,
    limits.lineWidthRange,
    limits.smoothLineWidthRange,
  ];
  return {
    minAliasedPointSize: pointSizeRange[0] ?? 0,
    maxAliasedPointSize: pointSizeRange[1] ?? 0,
    minSmoothPointSize: smoothPointSizeRange[0] ?? 0,
    maxSmoothPointSize: smoothPointSizeRange[1] ?? 0,
    minAliasedLineWidth: lineWidthRange[0] ?? 0,
    maxAliasedLineWidth: lineWidthRange[1] ?? 0,
    minSmoothLineWidth: smoothLineWidthRange[0] ?? 0,
    maxSmoothLineWidth: smoothLineWidthRange[1] ?? 0,
  };
}

/** On OpenGL ES guests make atomic counters of storage buffers, which more stages have. */
function atomicsOf({
  limits,
  flavour,
}: GlCapabilities): Pick<
  CapsetValues,
  'maxAtomicCounters' | 'maxAtomicCounterBuffers' | 'maxCombinedAtomicCounters' | 'maxCombinedAtomicCounterBuffers'
> {
  const counters = [
    limits.maxVertexAtomicCounters,
    limits.maxFragmentAtomicCounters,
    limits.maxGeometryAtomicCounters,
    limits.maxTessControlAtomicCounters,
    limits.maxTessEvaluationAtomicCounters,
    limits.maxComputeAtomicCounters,
  ];
  return {
    maxAtomicCounters: flavour === 'gl' ? counters : counters.map(() => 0),
    maxAtomicCounterBuffers: [
      limits.maxVertexAtomicBuffers,
      limits.maxFragmentAtomicBuffers,
      limits.maxGeometryAtomicBuffers,
      limits.maxTessControlAtomicBuffers,
      limits.maxTessEvaluationAtomicBuffers,
      limits.maxComputeAtomicBuffers,
    ],
    maxCombinedAtomicCounters: flavour === 'gl' ? limits.maxCombinedAtomicCounters : 0,
    maxCombinedAtomicCounterBuffers: limits.maxCombinedAtomicBuffers,
  };
}

/** A byte a sample, x in the high half and y in the low, in sixteenths of a pixel: words 0 for 2, 1 for 4, 2 for 8, 4 for 16. */
function sampleLocationWords(locations: ReadonlyMap<number, readonly number[]>): number[] {
  const bytes = new Uint8Array(32);
  for (const [samples, firstByte] of [
    [2, 0],
    [4, 4],
    [8, 8],
    [16, 16],
  ] as const) {
    const positions = locations.get(samples) ?? [];
    for (let i = 0; i < positions.length / 2; i++) {
      bytes[firstByte + i] = (sixteenths(positions[2 * i]) << 4) | sixteenths(positions[2 * i + 1]);
    }
  }
  const view = new DataView(bytes.buffer);
  return Array.from({ length: 8 }, (_, i) => view.getUint32(4 * i, true));
}

function sixteenths(position = 0): number {
  return Math.floor(position * 16) & 0xf;
}

/** X servers refuse to accelerate on a renderer whose name has llvmpipe in it, though a guest's is no llvmpipe of its own. */
function guestRendererName(renderer: string): string {
  return renderer.replaceAll('llvmpipe', 'LLVMPIPE');
}

/** Components that a guest's driver puts beside a program's own, for values that it computes. */
const DRIVER_COMPONENTS = 64;
/** What OpenGL demands. */
const LEAST_COMPONENTS = 1024;

/** Bytes of constants that programs are told of, of so many components that a stage takes. */
function constantBytes(components: number): number {
  return 4 * (components >= LEAST_COMPONENTS + DRIVER_COMPONENTS ? components - DRIVER_COMPONENTS : components);
}
