/**
 * What the stages of one program must know of each other before they are translated: which varyings arrive, how many clip
 * distances, and how the fragment shader interpolates.
 */
import type { IrIo, ShaderIr } from '../ir/ir.ts';
import { varyingName } from './glsl-names.ts';
import { interpolationOf } from './interpolation.ts';
import type { StageLink, VariantKey } from './variant-key.ts';
import { NO_LINK, PLAIN_VARIANT } from './variant-key.ts';

/** Clip and cull distances that a stage writes. */
export function distancesOf(ir: ShaderIr): { readonly clips: number; readonly culls: number } {
  const registers = ir.outputs.filter(({ semantic }) => semantic === 'CLIPDIST');
  if (registers.length === 0) return { clips: 0, culls: 0 };
  const clips = ir.properties.get('NUM_CLIPDIST_ENABLED');
  const culls = ir.properties.get('NUM_CULLDIST_ENABLED');
  if (clips !== undefined || culls !== undefined) return { clips: clips ?? 0, culls: culls ?? 0 };
  const ends = registers.map(({ semanticIndex, mask }) => semanticIndex * 4 + 32 - Math.clz32(mask));
  return { clips: Math.min(8, Math.max(...ends)), culls: 0 };
}

const namesOf = (ios: readonly IrIo[]): string[] =>
  ios.map(({ semantic, semanticIndex }) => varyingName(semantic, semanticIndex)).filter((name) => name !== null);

function linkTo(previous: ShaderIr, ir: ShaderIr, qualifiers: ReadonlyMap<string, string>): StageLink {
  const { clips, culls } = distancesOf(previous);
  const read = new Set(namesOf(ir.inputs));
  // Back colours are read in place of colours.
  for (const name of namesOf(ir.inputs)) if (name.startsWith('c')) read.add(`b${name.slice(1)}`);
  return {
    previous: previous.stage,
    provided: new Set(namesOf(previous.outputs).filter((name) => read.has(name))),
    clipDistances: clips,
    cullDistances: culls,
    qualifiers,
  };
}

/**
 * Qualifiers the stage before repeats. GLSL wants them there before 4.40 only, but Mesa gives varyings that say one thing on
 * one side and another on the other more room than there is when all 32 are used.
 */
function fragmentQualifiers(
  fragment: ShaderIr | undefined,
  key: Pick<VariantKey, 'flatShade'>,
): ReadonlyMap<string, string> {
  const qualifiers = new Map<string, string>();
  for (const io of fragment?.inputs ?? []) {
    const name = varyingName(io.semantic, io.semanticIndex);
    const words = interpolationOf(io, key);
    if (name === null) continue;
    qualifiers.set(name, words);
    if (name.startsWith('c')) qualifiers.set(`b${name.slice(1)}`, words);
  }
  return qualifiers;
}

/**
 * Links the shaders of a program: of one compute shader, or of the drawing stages that are present in the order vertices pass
 * them.
 *
 * @param key the fragment shader's variant.
 * @returns a link for each shader, in the same order.
 */
export function linkStages(
  shaders: readonly ShaderIr[],
  key: Pick<VariantKey, 'flatShade'> = PLAIN_VARIANT,
): StageLink[] {
  const qualifiers = fragmentQualifiers(
    shaders.find(({ stage }) => stage === 'FRAG'),
    key,
  );
  return shaders.map((ir, i) => {
    const previous = shaders[i - 1];
    const repeats = shaders[i + 1]?.stage === 'FRAG' ? qualifiers : NO_LINK.qualifiers;
    return previous === undefined ? { ...NO_LINK, qualifiers: repeats } : linkTo(previous, ir, repeats);
  });
}
