/** What changed since the last draw, as bits: only that is told to OpenGL again. */
export const DIRTY = {
  framebuffer: 1 << 0,
  blend: 1 << 1,
  blendColor: 1 << 2,
  rasterizer: 1 << 3,
  depthStencilAlpha: 1 << 4,
  stencilRef: 1 << 5,
  viewport: 1 << 6,
  scissor: 1 << 7,
  vertexElements: 1 << 8,
  vertexBuffers: 1 << 9,
  indexBuffer: 1 << 10,
  program: 1 << 11,
  sampleMask: 1 << 12,
  minSamples: 1 << 13,
  tessellation: 1 << 14,
  streamout: 1 << 15,
  atomics: 1 << 16,
  all: (1 << 17) - 1,
} as const;

/** What changed of the resources of one stage. */
export const STAGE_DIRTY = {
  uniformBuffers: 1 << 0,
  samplers: 1 << 1,
  shaderBuffers: 1 << 2,
  images: 1 << 3,
  all: (1 << 4) - 1,
} as const;
