/** The kinds of objects of the virgl protocol (VIRGL_OBJECT_*), and the words that make each, handle first. */
import { fixed, kinded, repeating, small, word } from './word-table.ts';
import type { WordRow } from './word-table.ts';
import { MAX_WORDS } from './word-table.ts';

const handle = kinded('object', 'handle');

/** A kind of object: its number, and the payload of CREATE_OBJECT. */
export interface ObjectRow extends WordRow {
  readonly type: number;
}

const row = (type: number, words: WordRow): ObjectRow => ({ type, ...words });

export const objectTable = {
  blend: row(
    1,
    fixed(
      'VIRGL_OBJECT_BLEND',
      'How fragments meet what is in the colour buffers.',
      ...handle,
      ...kinded('bits', 'flags'),
      word('logicOp', 16),
      ...kinded('bits', 'target0', 'target1', 'target2', 'target3', 'target4', 'target5', 'target6', 'target7'),
    ),
  ),
  rasterizer: row(
    2,
    fixed(
      'VIRGL_OBJECT_RASTERIZER',
      'How primitives become fragments.',
      ...handle,
      ...kinded('bits', 'flags'),
      ...kinded('f32', 'pointSize'),
      ...kinded('bits', 'spriteCoords', 'stippleAndPlanes'),
      ...kinded('f32', 'lineWidth', 'offsetUnits', 'offsetScale', 'offsetClamp'),
    ),
  ),
  depthStencilAlpha: row(
    3,
    fixed(
      'VIRGL_OBJECT_DSA',
      'Tests of depth, stencil and alpha.',
      ...handle,
      ...kinded('bits', 'depthAlpha', 'stencilFront', 'stencilBack'),
      ...kinded('f32', 'alphaReference'),
    ),
  ),
  shader: row(
    4,
    repeating(
      'VIRGL_OBJECT_SHADER',
      'A shader as text, whole or in parts.',
      [...handle, word('stage', 6), word('lengthOrOffset'), word('tokens'), word('outputs', 65)],
      kinded('bits', 'text'),
      MAX_WORDS,
    ),
  ),
  vertexElements: row(
    5,
    repeating(
      'VIRGL_OBJECT_VERTEX_ELEMENTS',
      'How vertices lie in their buffers.',
      handle,
      [...small('offset'), word('divisor', 4), word('buffer', 32), ...kinded('format', 'format')],
      32,
    ),
  ),
  samplerView: row(
    6,
    fixed(
      'VIRGL_OBJECT_SAMPLER_VIEW',
      'A resource as shaders sample it.',
      ...handle,
      ...kinded('resource', 'resource'),
      ...kinded('format', 'formatAndTarget'),
      word('layers'),
      word('levels'),
      ...kinded('bits', 'swizzle'),
    ),
  ),
  samplerState: row(
    7,
    fixed(
      'VIRGL_OBJECT_SAMPLER_STATE',
      'How texels are picked and mixed.',
      ...handle,
      ...kinded('bits', 'flags'),
      ...kinded('f32', 'lodBias', 'minLod', 'maxLod'),
      ...kinded('bits', 'borderR', 'borderG', 'borderB', 'borderA'),
    ),
  ),
  surface: row(
    8,
    fixed(
      'VIRGL_OBJECT_SURFACE',
      'A resource as it is drawn to.',
      ...handle,
      ...kinded('resource', 'resource'),
      ...kinded('format', 'format'),
      word('level', 16),
      word('layers'),
    ),
  ),
  query: row(
    9,
    fixed(
      'VIRGL_OBJECT_QUERY',
      'A question to the GPU, and where the answer goes.',
      ...handle,
      word('typeAndIndex', 13),
      ...small('offset'),
      ...kinded('resource', 'resource'),
    ),
  ),
  streamoutTarget: row(
    10,
    fixed(
      'VIRGL_OBJECT_STREAMOUT_TARGET',
      'A buffer that captures vertices.',
      ...handle,
      ...kinded('resource', 'resource'),
      ...small('offset', 'size'),
    ),
  ),
  msaaSurface: row(
    11,
    fixed(
      'VIRGL_OBJECT_MSAA_SURFACE',
      'A resource of one sample that is drawn to with several.',
      ...handle,
      ...kinded('resource', 'resource'),
      ...kinded('format', 'format'),
      word('level', 16),
      word('layers'),
      word('samples', 17),
    ),
  ),
} as const satisfies Readonly<Record<string, ObjectRow>>;

/** The name of a kind of object. */
export type ObjectKind = keyof typeof objectTable;

/** Kinds by number; null where there is none. */
export const objectKinds: readonly (ObjectKind | null)[] = (() => {
  const kinds: (ObjectKind | null)[] = Array.from({ length: 256 }, () => null);
  for (const [kind, { type }] of Object.entries(objectTable)) kinds[type] = kind as ObjectKind;
  return kinds;
})();
