/** How OpenGL stores a format of a guest's. */
import type { GlFeature } from '../egl/gl-features.table.ts';
import { IDENTITY, isIdentity } from './format-swizzle.ts';
import type { Swizzle } from './format-swizzle.ts';

/** What bytes in transfers need, for their bits are not where OpenGL wants them. `none` is nearly always. */
export type TransferFix = 'none' | 'depthInHigh24' | 'depthInLow24' | 'depthInLow24Stencil';

/** How a format is stored. */
export interface GlFormat {
  readonly internalFormat: number;
  /** Of pixels in transfers; for compressed formats the same as `internalFormat`, and no type. */
  readonly format: number;
  readonly type: number;
  /** Size of the numbers in transfers that OpenGL can swap the bytes of: 1, 2 or 4. */
  readonly elementBytes: number;
  readonly sample: Swizzle;
  readonly output: Swizzle;
  readonly fix: TransferFix;
  /** Samplers see the stencil (`DEPTH_STENCIL_TEXTURE_MODE`). */
  readonly readsStencil: boolean;
  /** Beyond what every device has. */
  readonly needs: readonly GlFeature[];
}

/** What holds unless something else is said. */
export const PLAIN_STORAGE = {
  elementBytes: 1,
  sample: IDENTITY,
  output: IDENTITY,
  fix: 'none',
  readsStencil: false,
  needs: [],
} as const;

/** How shaders must move what they write: not at all, alpha into red, red and blue exchanged, or in a way they can't. */
export type OutputKind = 'same' | 'alphaInRed' | 'bgra' | 'other';

/** What drawing into a format asks of shaders. */
export function outputKindOf({ output }: Pick<GlFormat, 'output'>): OutputKind {
  if (isIdentity(output)) return 'same';
  const text = output.join('');
  if (text === '3123') return 'alphaInRed';
  return text === '2103' ? 'bgra' : 'other';
}
