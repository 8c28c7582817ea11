/** What one guest, or one client of `saffron gpu`, may take of the host through its 3D device. Each is an option. */
export interface RenderLimits {
  /** Resources at a time. */
  readonly maxResources: number;
  /**
   * Bytes of all it makes together: resources with mipmaps, layers and samples, memory shared with it, and what stands behind
   * shaders, programs, objects and contexts (guest-quotas.ts).
   */
  readonly maxResourceBytes: number;
  /** Contexts at a time. */
  readonly maxContexts: number;
  /** Sub-contexts of all contexts; each is a context of OpenGL with a stack of its own in the driver. */
  readonly maxSubContexts: number;
  /** State objects: blend states, views, queries and the like. */
  readonly maxObjects: number;
  /** Shaders at a time. */
  readonly maxShaders: number;
  /** Characters of the text of all its shaders together. */
  readonly maxShaderBytes: number;
  /** Linked programs that are kept; the one longest unused goes first. */
  readonly maxPrograms: number;
  /** Bytes of one submission. */
  readonly maxSubmitBytes: number;
  /** Wrong commands after which a context is lost; those that passed a quota do not count, nor what names what they asked for. */
  readonly maxErrors: number;
  /** Fences not yet reached. */
  readonly maxFences: number;
  /** Milliseconds of each second that its work may take; what is beyond waits. From 1000 on there is no limit. */
  readonly maxBusyMs: number;
  /** Commands of each second; those beyond wait. */
  readonly maxCommandsPerSecond: number;
}

/** The defaults: room for large games, and an end to everything. */
export const RENDER_LIMITS: RenderLimits = {
  maxResources: 65536,
  maxResourceBytes: 4 * 2 ** 30,
  maxContexts: 256,
  maxSubContexts: 512,
  maxObjects: 1 << 18,
  maxShaders: 16384,
  maxShaderBytes: 64 << 20,
  maxPrograms: 4096,
  maxSubmitBytes: 16 << 20,
  maxErrors: 1000,
  maxFences: 65536,
  maxBusyMs: 1000,
  maxCommandsPerSecond: 2_000_000,
};
