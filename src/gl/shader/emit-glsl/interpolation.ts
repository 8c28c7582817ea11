/** How a fragment shader's input is interpolated, as GLSL qualifiers. */
import type { IrIo } from '../ir/ir.ts';
import type { VariantKey } from './variant-key.ts';

/** Qualifiers in the order GLSL takes them, without a space after; empty for plain smooth varyings. */
export function interpolationOf(io: IrIo, key: Pick<VariantKey, 'flatShade'>): string {
  const { interpolation, semantic, location } = io;
  const followsShade = interpolation === 'COLOR' || (interpolation === null && semantic === 'COLOR');
  if (interpolation === 'CONSTANT' || (followsShade && key.flatShade)) return 'flat';
  const words = interpolation === 'LINEAR' ? ['noperspective'] : [];
  if (location === 'SAMPLE') words.push('sample');
  else if (location === 'CENTROID') words.push('centroid');
  return words.join(' ');
}
