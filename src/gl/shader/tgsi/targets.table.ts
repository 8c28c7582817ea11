/** Texture targets: components of a coordinate, where TGSI keeps the comparison value, and the name in GLSL. */
import type { Target } from './vocabulary.ts';

/** One texture target. */
export interface TargetRow {
  /** Components of a coordinate with its layer. */
  readonly coordinates: number;
  /** Components that gradients, offsets and level queries have: the coordinate without layer. */
  readonly axes: number;
  /** Components of a size. */
  readonly sizes: number;
  readonly shadow: boolean;
  /** Component of the coordinate operand with the comparison value; -1 if another operand has it. */
  readonly compareLane: number;
  /** Has levels, so that level of detail and bias mean something. */
  readonly mipmapped: boolean;
  readonly multisample: boolean;
  /** What stands after "sampler" or "image" in GLSL. */
  readonly glsl: string;
}

const row = (
  glsl: string,
  coordinates: number,
  axes: number,
  options: {
    readonly sizes?: number;
    readonly compareLane?: number;
    readonly mipmapped?: boolean;
    readonly multisample?: boolean;
  } = {},
): TargetRow => ({
  glsl,
  coordinates,
  axes,
  sizes: options.sizes ?? coordinates,
  shadow: glsl.endsWith('Shadow'),
  compareLane: options.compareLane ?? -1,
  mipmapped: options.mipmapped ?? true,
  multisample: options.multisample ?? false,
});

export const TARGET_ROWS: Readonly<Record<Exclude<Target, 'UNKNOWN'>, TargetRow>> = {
  BUFFER: row('Buffer', 1, 1, { mipmapped: false }),
  '1D': row('1D', 1, 1),
  '2D': row('2D', 2, 2),
  '3D': row('3D', 3, 3),
  CUBE: row('Cube', 3, 3, { sizes: 2 }),
  RECT: row('2DRect', 2, 2, { mipmapped: false }),
  SHADOW1D: row('1DShadow', 1, 1, { compareLane: 2 }),
  SHADOW2D: row('2DShadow', 2, 2, { compareLane: 2 }),
  SHADOWRECT: row('2DRectShadow', 2, 2, { compareLane: 2, mipmapped: false }),
  '1D_ARRAY': row('1DArray', 2, 1),
  '2D_ARRAY': row('2DArray', 3, 2),
  SHADOW1D_ARRAY: row('1DArrayShadow', 2, 1, { compareLane: 2 }),
  SHADOW2D_ARRAY: row('2DArrayShadow', 3, 2, { compareLane: 3 }),
  SHADOWCUBE: row('CubeShadow', 3, 3, { sizes: 2, compareLane: 3 }),
  '2D_MSAA': row('2DMS', 2, 2, { mipmapped: false, multisample: true }),
  '2D_ARRAY_MSAA': row('2DMSArray', 3, 2, { mipmapped: false, multisample: true }),
  CUBEARRAY: row('CubeArray', 4, 3, { sizes: 3 }),
  // The coordinate fills its operand: the value to compare with comes in the next.
  SHADOWCUBEARRAY: row('CubeArrayShadow', 4, 3, { sizes: 3 }),
};
