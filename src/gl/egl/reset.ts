/** Resets of the GPU, as robust contexts tell them (KHR_robustness). */
import * as GL from './gl-constants.ts';
import type { GlApi } from './gl-loader.ts';

/** Whose commands caused it. */
export type GlReset = 'guilty' | 'innocent' | 'unknown';

/** Whether the GPU was reset under the current context; null when not, or when the driver cannot tell. */
export function readReset(gl: Pick<GlApi, 'available' | 'getGraphicsResetStatus'>): GlReset | null {
  if (!gl.available.has('getGraphicsResetStatus')) return null;
  switch (gl.getGraphicsResetStatus()) {
    case GL.NO_ERROR:
      return null;
    case GL.GUILTY_CONTEXT_RESET:
      return 'guilty';
    case GL.INNOCENT_CONTEXT_RESET:
      return 'innocent';
    default:
      return 'unknown';
  }
}
