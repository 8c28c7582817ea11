/** What the shader translation may use on a device. */
import type { GlCapabilities } from '../egl/capabilities.ts';
import type { GlslTarget } from '../shader/emit-glsl/glsl-target.ts';

const NEWEST = 460;
const NEWEST_ES = 320;

/** The target of translation for a device. */
export function glslTargetOf({ flavour, glslVersion, extensions, limits }: GlCapabilities): GlslTarget {
  const es = flavour === 'es';
  return {
    version: Math.min(glslVersion, es ? NEWEST_ES : NEWEST),
    es,
    extensions: new Set(extensions),
    maxDrawBuffers: limits.maxDrawBuffers,
    minTexelOffset: limits.minTexelOffset,
    maxTexelOffset: limits.maxTexelOffset,
    minGatherOffset: limits.minTextureGatherOffset,
    maxGatherOffset: limits.maxTextureGatherOffset,
    // Only a context that was made robust is; whether a driver keeps the promise cannot be asked.
    robustBuffers: false,
  };
}
