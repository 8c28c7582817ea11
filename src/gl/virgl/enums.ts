/** Numbers of the virgl protocol (those of gallium) as OpenGL has them. A hole in a table is a number that means nothing. */
import * as GL from '../egl/gl-constants.ts';
import { GpuError } from '../core/gpu-error.ts';

const factors: readonly (number | undefined)[] = (() => {
  const table: (number | undefined)[] = Array.from({ length: 32 }, () => undefined);
  const set = (at: number, ...names: readonly number[]): void => names.forEach((name, i) => (table[at + i] = name));
  set(1, GL.ONE, GL.SRC_COLOR, GL.SRC_ALPHA, GL.DST_ALPHA, GL.DST_COLOR, GL.SRC_ALPHA_SATURATE, GL.CONSTANT_COLOR);
  set(8, GL.CONSTANT_ALPHA, GL.SRC1_COLOR, GL.SRC1_ALPHA);
  set(17, GL.ZERO, GL.ONE_MINUS_SRC_COLOR, GL.ONE_MINUS_SRC_ALPHA, GL.ONE_MINUS_DST_ALPHA, GL.ONE_MINUS_DST_COLOR);
  set(23, GL.ONE_MINUS_CONSTANT_COLOR, GL.ONE_MINUS_CONSTANT_ALPHA, GL.ONE_MINUS_SRC1_COLOR, GL.ONE_MINUS_SRC1_ALPHA);
  return table;
})();
const equations = [GL.FUNC_ADD, GL.FUNC_SUBTRACT, GL.FUNC_REVERSE_SUBTRACT, GL.MIN, GL.MAX];
const logicOps = [
  GL.CLEAR,
  GL.NOR,
  GL.AND_INVERTED,
  GL.COPY_INVERTED,
  GL.AND_REVERSE,
  GL.INVERT,
  GL.XOR,
  GL.NAND,
  GL.AND,
  GL.EQUIV,
  GL.NOOP,
  GL.OR_INVERTED,
  GL.COPY,
  GL.OR_REVERSE,
  GL.OR,
  GL.SET,
];
const stencilOps = [GL.KEEP, GL.ZERO, GL.REPLACE, GL.INCR, GL.DECR, GL.INCR_WRAP, GL.DECR_WRAP, GL.INVERT];
const wraps = [
  GL.REPEAT,
  // The core profile has no CLAMP; with nearest filters it is no other than this.
  GL.CLAMP_TO_EDGE,
  GL.CLAMP_TO_EDGE,
  GL.CLAMP_TO_BORDER,
  GL.MIRRORED_REPEAT,
  GL.MIRROR_CLAMP_EXT,
  GL.MIRROR_CLAMP_TO_EDGE,
  GL.MIRROR_CLAMP_TO_BORDER_EXT,
];
const polygonModes = [GL.FILL, GL.LINE, GL.POINT];
const cullFaces = [GL.NONE, GL.FRONT, GL.BACK, GL.FRONT_AND_BACK];

function look(table: readonly (number | undefined)[], n: number, what: string): number {
  const found = table[n];
  if (found === undefined) throw new GpuError('value', `${what} ${n}`);
  return found;
}

/** A factor of blending. Throws GpuError `value`, as all of these. */
export function blendFactor(n: number): number {
  return look(factors, n, 'blend factor');
}

/** An equation of blending. */
export function blendEquation(n: number): number {
  return look(equations, n, 'blend equation');
}

/** A logic operation. */
export function logicOp(n: number): number {
  return look(logicOps, n, 'logic operation');
}

/** A comparison; all eight numbers of its three bits mean one. */
export function compareFunc(n: number): number {
  return GL.NEVER + (n & 7);
}

/** What happens to a stencil value. */
export function stencilOp(n: number): number {
  return look(stencilOps, n, 'stencil operation');
}

/** What lies beyond the edge of a texture. */
export function wrapMode(n: number): number {
  return look(wraps, n, 'wrap mode');
}

/** How polygons are filled. */
export function polygonMode(n: number): number {
  return look(polygonModes, n, 'polygon mode');
}

/** Which faces are left out. */
export function cullFace(n: number): number {
  return look(cullFaces, n, 'face');
}
