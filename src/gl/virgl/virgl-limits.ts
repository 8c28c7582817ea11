/** Sizes that the virgl protocol fixes: slots of each kind that a guest may name. */
export const VIRGL = {
  stages: 6,
  colorBuffers: 8,
  viewports: 16,
  constantBuffers: 32,
  samplers: 32,
  samplerViews: 128,
  shaderBuffers: 32,
  images: 32,
  atomicBuffers: 32,
  streamoutTargets: 4,
  streamOutputs: 64,
  vertexBuffers: 32,
  vertexElements: 32,
  clipPlanes: 8,
  mipLevels: 16,
} as const;

/** Shader stages by their numbers. */
export const STAGE = { vertex: 0, fragment: 1, geometry: 2, tessControl: 3, tessEval: 4, compute: 5 } as const;

/** Kinds of resources by their numbers. */
export const TARGET = {
  buffer: 0,
  texture1d: 1,
  texture2d: 2,
  texture3d: 3,
  textureCube: 4,
  textureRect: 5,
  texture1dArray: 6,
  texture2dArray: 7,
  textureCubeArray: 8,
} as const;

/** What a resource is for, as bits. */
export const BIND = {
  depthStencil: 1 << 0,
  renderTarget: 1 << 1,
  samplerView: 1 << 3,
  vertexBuffer: 1 << 4,
  indexBuffer: 1 << 5,
  constantBuffer: 1 << 6,
  displayTarget: 1 << 7,
  commandArgs: 1 << 8,
  streamOutput: 1 << 11,
  shaderBuffer: 1 << 14,
  queryBuffer: 1 << 15,
  cursor: 1 << 16,
  custom: 1 << 17,
  scanout: 1 << 18,
  staging: 1 << 19,
  shared: 1 << 20,
  linear: 1 << 22,
} as const;

/** Kinds of queries by their numbers. */
export const QUERY = {
  occlusionCounter: 0,
  occlusionPredicate: 1,
  timestamp: 2,
  timestampDisjoint: 3,
  timeElapsed: 4,
  primitivesGenerated: 5,
  primitivesEmitted: 6,
  streamoutStatistics: 7,
  streamoutOverflow: 8,
  gpuFinished: 9,
  pipelineStatistics: 10,
  occlusionPredicateConservative: 11,
  streamoutOverflowAny: 12,
} as const;
