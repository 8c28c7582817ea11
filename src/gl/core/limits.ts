/** What one guest, or one client of `saffron gpu`, may take of the host through its 3D device. Each is an option. */
export interface RenderLimits {
  /** Resources at a time. */
  readonly maxResources: number;
  /** Bytes of all resources together, with mipmaps, layers and samples. */
  readonly maxResourceBytes: number;
  /** Contexts at a time. */
  readonly maxContexts: number;
  /** Sub-contexts of one context; each is a context of OpenGL with a stack of its own in the driver. */
  readonly maxSubContexts: number;
  /** State objects of one sub-context: blend states, views, queries and the like. */
  readonly maxObjects: number;
  /** Shaders of one sub-context. */
  readonly maxShaders: number;
  /** Characters of the text of all its shaders together. */
  readonly maxShaderBytes: number;
  /** Linked programs that one context keeps; the one longest unused goes first. */
  readonly maxPrograms: number;
  /** Bytes of one submission. */
  readonly maxSubmitBytes: number;
  /** Wrong commands after which a context is lost. */
  readonly maxErrors: number;
  /** Fences not yet reached. */
  readonly maxFences: number;
}

/** The defaults: room for large games, and an end to everything. */
export const RENDER_LIMITS: RenderLimits = {
  maxResources: 65536,
  maxResourceBytes: 4 * 2 ** 30,
  maxContexts: 256,
  maxSubContexts: 128,
  maxObjects: 1 << 20,
  maxShaders: 65536,
  maxShaderBytes: 256 << 20,
  maxPrograms: 4096,
  maxSubmitBytes: 16 << 20,
  maxErrors: 1000,
  maxFences: 65536,
};
