/**
 * What the renderer needs of OpenGL: contexts that share their objects. `egl/` has the one that draws.
 */
import type { Bindings } from '../egl/bindings.ts';
import type { GlApi } from '../egl/gl-loader.ts';
import type { RasterState } from '../egl/raster-state.ts';

/** A context of OpenGL. Calls act on the one made current last. */
export interface DeviceContext {
  readonly gl: GlApi;
  readonly bindings: Bindings;
  readonly state: RasterState;
  makeCurrent(): void;
  /** Throws HostError `GL_CONTEXT_LOST` when the GPU was reset. The context must be current. */
  checkReset(): void;
  forgetTexture(name: number): void;
  forgetBuffer(name: number): void;
  forgetSampler(name: number): void;
  forgetProgram(name: number): void;
  close(): void;
}

/** Where contexts come from. */
export interface GlDevice {
  readonly gl: GlApi;
  /** A context that shares its objects with all others of this device that were made with the same `share`. */
  createContext(options?: { readonly share?: DeviceContext }): DeviceContext;
}
