/** Blits by drawing: what OpenGL's own blit cannot do. */
import { GpuError } from '../core/gpu-error.ts';
import type { Blit } from './blit.ts';
import type { VirglContext } from './context.ts';

/** Blits by drawing. Throws GpuError. */
export function blitWithShader(_context: VirglContext, { src, dst }: Blit): void {
  throw new GpuError('unsupported', `a blit from ${src.format.name} to ${dst.format.name}`);
}
