/**
 * What the stages of one program must know of each other before they are translated: which varyings arrive, how many clip
 * distances, and which units belong to whom. Stages that are planned alike can share translated text.
 */
import type { IrIo, IrRange, ShaderIr } from '../ir/ir.ts';
import type { Stage } from '../tgsi/vocabulary.ts';
import { varyingName } from './glsl-names.ts';
import type { BindingBases, StageLink } from './variant-key.ts';
import { FIRST_BINDINGS, NO_LINK } from './variant-key.ts';

/** How one stage stands in its program. */
export interface StagePlan {
  readonly link: StageLink;
  readonly bindings: BindingBases;
  /** This stage feeds the rasteriser: `lastVertexStage` of its variant. */
  readonly isLastVertexStage: boolean;
  /** Equal for plans that lead to the same text. */
  readonly cacheKey: string;
}

const ORDER: readonly Stage[] = ['VERT', 'TESS_CTRL', 'TESS_EVAL', 'GEOM', 'FRAG'];

/** Units that a list of resources takes: one each, and those in a range all of it. */
function unitsOf(indices: readonly number[], ranges: readonly IrRange[]): number {
  const inRange = (index: number): boolean =>
    ranges.some(({ first, count }) => index >= first && index < first + count);
  return indices.filter((index) => !inRange(index)).length + ranges.reduce((sum, { count }) => sum + count, 0);
}

function nextBindings(bases: BindingBases, ir: ShaderIr): BindingBases {
  const indexOf = ({ index }: { readonly index: number }): number => index;
  return {
    uniformBuffers: bases.uniformBuffers + [...ir.constants.keys()].filter((buffer) => buffer > 0).length,
    samplers: bases.samplers + unitsOf(ir.samplers.map(indexOf), ir.samplerRanges),
    images: bases.images + unitsOf(ir.images.map(indexOf), ir.imageRanges),
    storageBuffers: bases.storageBuffers + unitsOf(ir.buffers.map(indexOf), ir.bufferRanges),
  };
}

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
  for (const name of [...read]) if (name.startsWith('c')) read.add(`b${name.slice(1)}`);
  return {
    previous: previous.stage,
    provided: new Set(namesOf(previous.outputs).filter((name) => read.has(name))),
    clipDistances: clips,
    cullDistances: culls,
    qualifiers,
  };
}

/**
 * Plans a program of one compute shader, or of the drawing stages that are present.
 *
 * @param qualifiers interpolation of the fragment shader's inputs, as its translated interface tells them; needed below
 *   GLSL 4.40, where the stage before must repeat them.
 */
export function planProgram(
  shaders: readonly ShaderIr[],
  qualifiers: ReadonlyMap<string, string> = new Map(),
): ReadonlyMap<Stage, StagePlan> {
  const stages = [...shaders].sort((a, b) => ORDER.indexOf(a.stage) - ORDER.indexOf(b.stage));
  const lastVertex = stages.findLast(({ stage }) => stage !== 'FRAG' && stage !== 'COMP')?.stage;
  const plans = new Map<Stage, StagePlan>();
  let bindings = FIRST_BINDINGS;
  let previous: ShaderIr | null = null;
  for (const ir of stages) {
    const repeats = ir.stage === lastVertex ? qualifiers : NO_LINK.qualifiers;
    const link: StageLink = previous === null ? { ...NO_LINK, qualifiers: repeats } : linkTo(previous, ir, repeats);
    const isLastVertexStage = ir.stage === lastVertex;
    const { uniformBuffers, samplers, images, storageBuffers } = bindings;
    const cacheKey = [
      link.previous ?? '-',
      [...(link.provided ?? [])].sort().join(' '),
      `${link.clipDistances}+${link.cullDistances}`,
      [uniformBuffers, samplers, images, storageBuffers].join(','),
      [...link.qualifiers].map((pair) => pair.join(':')).join(' '),
      isLastVertexStage ? 'last' : '',
    ].join('|');
    plans.set(ir.stage, { link, bindings, isLastVertexStage, cacheKey });
    bindings = nextBindings(bindings, ir);
    previous = ir;
  }
  return plans;
}
