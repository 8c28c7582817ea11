/** Names in emitted GLSL. Uniforms and varyings carry the stage, as all stages of a program share one space of names. */
import type { Lanes, Type } from '../ir/ir.ts';
import type { Semantic, Stage } from '../tgsi/vocabulary.ts';

/** Prefix of everything a stage declares. */
export const STAGE_PREFIX: Readonly<Record<Stage, string>> = {
  VERT: 'vs',
  TESS_CTRL: 'tc',
  TESS_EVAL: 'te',
  GEOM: 'gs',
  FRAG: 'fs',
  COMP: 'cs',
};

const VARYING_LETTERS: Partial<Readonly<Record<Semantic, string>>> = {
  COLOR: 'c',
  BCOLOR: 'b',
  FOG: 'f',
  GENERIC: 'g',
  TEXCOORD: 't',
  PATCH: 'p',
  CLIPVERTEX: 'cv',
};

/** Name of a varying that both stages know, or null for semantics that are not passed on as varyings. */
export function varyingName(semantic: Semantic | null, index: number): string | null {
  const letter = semantic === null ? undefined : VARYING_LETTERS[semantic];
  return letter === undefined ? null : `${letter}${index}`;
}

const LETTERS = 'xyzw';

/** Components of a vector of so many as a suffix: ".xy"; nothing for all of them in order. */
export function laneSuffix(lanes: Lanes, width = 4): string {
  const text = lanes.map((lane) => LETTERS[lane] ?? 'x').join('');
  return text === LETTERS.slice(0, width) ? '' : `.${text}`;
}

const SCALARS = { f32: 'float', i32: 'int', u32: 'uint', bool: 'bool', f64: 'double', i64: 'int64_t', u64: 'uint64_t' };
const VECTORS = { f32: 'vec', i32: 'ivec', u32: 'uvec', bool: 'bvec', f64: 'dvec', i64: 'i64vec', u64: 'u64vec' };

/** GLSL's name of a type. */
export function typeName({ base, width }: Type): string {
  return width === 1 ? SCALARS[base] : `${VECTORS[base]}${width}`;
}
