/** Declarations to tables: which registers a shader has, what each means, and that every declaration is within its limits. */
import { ShaderError } from '../shader-error.ts';
import type { ShaderLimits } from '../shader-limits.ts';
import type { Declaration, Tgsi } from '../tgsi/tgsi.ts';
import type { Interpolation, InterpolationLocation, ReturnType, Semantic, Stage, Target } from '../tgsi/vocabulary.ts';
import { PRIMITIVES } from '../tgsi/vocabulary.ts';

/** An input or output register. */
export interface IoRegister {
  readonly index: number;
  /** Null only for vertex attributes. */
  readonly semantic: Semantic | null;
  readonly semanticIndex: number;
  /** Components in use. */
  readonly mask: number;
  /** One for each vertex of the primitive or patch. */
  readonly perVertex: boolean;
  readonly interpolation: Interpolation | null;
  readonly location: InterpolationLocation;
  readonly invariant: boolean;
}

/** Consecutive registers that are reached together by an index. */
export interface RegisterRange {
  readonly first: number;
  readonly last: number;
}

/** A sampler view. */
interface ViewRegister {
  readonly target: Target;
  readonly returnType: ReturnType;
}

/** An image. */
export interface ImageRegister {
  readonly target: Target;
  readonly format: string;
  readonly writable: boolean;
}

/** Atomic counters declared together. */
interface AtomicRange extends RegisterRange {
  readonly binding: number;
}

/** All registers of a shader. */
export interface Registers {
  readonly inputs: ReadonlyMap<number, IoRegister>;
  readonly outputs: ReadonlyMap<number, IoRegister>;
  readonly inputArrays: ReadonlyMap<number, RegisterRange>;
  readonly outputArrays: ReadonlyMap<number, RegisterRange>;
  readonly systemValues: ReadonlyMap<number, Semantic>;
  /** Ranges of temporaries, none overlapping another, ascending. */
  readonly temps: readonly RegisterRange[];
  readonly tempArrays: ReadonlyMap<number, RegisterRange>;
  /** vec4 registers of each constant buffer. */
  readonly constants: ReadonlyMap<number, number>;
  readonly samplers: ReadonlySet<number>;
  readonly views: ReadonlyMap<number, ViewRegister>;
  readonly images: ReadonlyMap<number, ImageRegister>;
  readonly buffers: ReadonlySet<number>;
  readonly atomics: readonly AtomicRange[];
  readonly hasSharedMemory: boolean;
  readonly addresses: number;
  readonly immediates: number;
  /** Vertices of a primitive that a geometry shader reads. */
  readonly primitiveVertices: number;
}

const VERTICES_OF: Readonly<Record<string, number>> = {
  POINTS: 1,
  LINES: 2,
  TRIANGLES: 3,
  LINES_ADJACENCY: 4,
  TRIANGLES_ADJACENCY: 6,
};

const MAX_TEXTURED_SEMANTIC = 64;

/** Semantics an input or output of each stage may have, beyond the varyings every stage passes on. */
const OWN_SEMANTICS: Readonly<Record<Stage, { readonly IN: readonly Semantic[]; readonly OUT: readonly Semantic[] }>> =
  {
    VERT: { IN: [], OUT: ['EDGEFLAG', 'LAYER', 'VIEWPORT_INDEX', 'CLIPVERTEX'] },
    TESS_CTRL: { IN: ['PRIM_ID', 'CLIPVERTEX'], OUT: ['TESSOUTER', 'TESSINNER', 'PATCH', 'CLIPVERTEX'] },
    TESS_EVAL: {
      IN: ['PATCH', 'TESSOUTER', 'TESSINNER', 'PRIM_ID', 'CLIPVERTEX'],
      OUT: ['LAYER', 'VIEWPORT_INDEX', 'CLIPVERTEX'],
    },
    GEOM: { IN: ['PRIM_ID', 'CLIPVERTEX'], OUT: ['PRIM_ID', 'LAYER', 'VIEWPORT_INDEX', 'CLIPVERTEX'] },
    FRAG: { IN: ['FACE', 'PCOORD', 'PRIM_ID', 'LAYER', 'VIEWPORT_INDEX'], OUT: ['STENCIL', 'SAMPLEMASK'] },
    COMP: { IN: [], OUT: [] },
  };

const SHARED_SEMANTICS: readonly Semantic[] = [
  'POSITION',
  'COLOR',
  'BCOLOR',
  'FOG',
  'PSIZE',
  'GENERIC',
  'TEXCOORD',
  'CLIPDIST',
];

function allowed(stage: Stage, file: 'IN' | 'OUT', semantic: Semantic): boolean {
  if (stage === 'FRAG' && file === 'OUT') {
    return semantic === 'POSITION' || semantic === 'COLOR' || OWN_SEMANTICS.FRAG.OUT.includes(semantic);
  }
  return SHARED_SEMANTICS.includes(semantic) || OWN_SEMANTICS[stage][file].includes(semantic);
}

class Collector {
  readonly inputs = new Map<number, IoRegister>();
  readonly outputs = new Map<number, IoRegister>();
  readonly inputArrays = new Map<number, RegisterRange>();
  readonly outputArrays = new Map<number, RegisterRange>();
  readonly systemValues = new Map<number, Semantic>();
  readonly temps: RegisterRange[] = [];
  readonly tempArrays = new Map<number, RegisterRange>();
  readonly constants = new Map<number, number>();
  readonly samplers = new Set<number>();
  readonly views = new Map<number, ViewRegister>();
  readonly images = new Map<number, ImageRegister>();
  readonly buffers = new Set<number>();
  readonly atomics: AtomicRange[] = [];
  hasSharedMemory = false;
  addresses = 0;
  readonly #stage: Stage;
  readonly #limits: ShaderLimits;

  constructor(stage: Stage, limits: ShaderLimits) {
    this.#stage = stage;
    this.#limits = limits;
  }

  #within(declaration: Declaration, limit: number, what: string): void {
    if (declaration.last >= limit) {
      throw new ShaderError('limit', declaration.line, `${what} ${declaration.last} is not below ${limit}`);
    }
  }

  #addIo(declaration: Declaration, file: 'IN' | 'OUT'): void {
    const { line, semantic, first, last, arrayId } = declaration;
    const registers = file === 'IN' ? this.inputs : this.outputs;
    const arrays = file === 'IN' ? this.inputArrays : this.outputArrays;
    this.#within(declaration, file === 'IN' ? this.#limits.maxInputs : this.#limits.maxOutputs, `register ${file}`);
    if (this.#stage === 'COMP') throw new ShaderError('stage', line, `compute shaders have no ${file}`);
    const isAttribute = this.#stage === 'VERT' && file === 'IN';
    if (semantic === null && !isAttribute) throw new ShaderError('type', line, `${file}[${first}] needs a semantic`);
    if (isAttribute && last >= 32) throw new ShaderError('limit', line, 'attribute is not below 32');
    if (semantic !== null && !isAttribute && !allowed(this.#stage, file, semantic.name)) {
      throw new ShaderError('stage', line, `${semantic.name} is no ${file} of this stage`);
    }
    if (declaration.dimension !== null) throw new ShaderError('type', line, `${file} has one dimension here`);
    if (arrayId !== 0) {
      if (arrays.has(arrayId)) throw new ShaderError('range', line, `array ${arrayId} is declared twice`);
      arrays.set(arrayId, { first, last });
    }
    for (let index = first; index <= last; index++) {
      const semanticIndex = (semantic?.index ?? 0) + index - first;
      if (semanticIndex >= MAX_TEXTURED_SEMANTIC) throw new ShaderError('range', line, 'semantic index is above 63');
      if ((semantic?.name === 'CLIPDIST' || semantic?.name === 'COLOR') && semanticIndex > 7) {
        throw new ShaderError('range', line, `${semantic.name} index is above 7`);
      }
      const before = registers.get(index);
      if (
        before !== undefined &&
        (before.semantic !== (semantic?.name ?? null) || before.semanticIndex !== semanticIndex)
      ) {
        throw new ShaderError('range', line, `${file}[${index}] is declared twice`);
      }
      registers.set(index, {
        index,
        semantic: isAttribute ? null : (semantic?.name ?? null),
        semanticIndex,
        mask: declaration.mask | (before?.mask ?? 0),
        perVertex: declaration.perVertex && !isPerPatch(semantic?.name ?? null),
        interpolation: declaration.interpolation,
        location: declaration.location,
        invariant: declaration.invariant || before?.invariant === true,
      });
    }
  }

  #addTemps({ first, last, arrayId, line }: Declaration): void {
    if (last >= this.#limits.maxTemps) {
      throw new ShaderError('limit', line, `TEMP[${last}] is not below ${this.#limits.maxTemps}`);
    }
    if (arrayId !== 0) {
      if (this.tempArrays.has(arrayId)) throw new ShaderError('range', line, `array ${arrayId} is declared twice`);
      this.tempArrays.set(arrayId, { first, last });
    }
    this.temps.push({ first, last });
  }

  #addConstants(declaration: Declaration): void {
    const { dimension, last, line } = declaration;
    this.#within(declaration, this.#limits.maxConstants, 'register CONST');
    const buffer = dimension ?? 0;
    if (buffer >= this.#limits.maxConstantBuffers) {
      throw new ShaderError('limit', line, `constant buffer ${buffer} is not below ${this.#limits.maxConstantBuffers}`);
    }
    this.constants.set(buffer, Math.max(last + 1, this.constants.get(buffer) ?? 0));
  }

  #addAtomics(declaration: Declaration): void {
    const { dimension, first, last, line } = declaration;
    this.#within(declaration, 4096, 'counter');
    if (dimension === null) throw new ShaderError('type', line, 'HWATOMIC has two dimensions');
    if (dimension >= this.#limits.maxAtomicBuffers) {
      throw new ShaderError('limit', line, `atomic buffer ${dimension} is not below ${this.#limits.maxAtomicBuffers}`);
    }
    if (this.atomics.some((other) => other.binding === dimension && first <= other.last && other.first <= last)) {
      throw new ShaderError('range', line, 'counters are declared twice');
    }
    if (this.atomics.length >= 256) throw new ShaderError('limit', line, 'more than 256 ranges of counters');
    this.atomics.push({ binding: dimension, first, last });
  }

  add(declaration: Declaration): void {
    const { file, first, last, line } = declaration;
    switch (file) {
      case 'IN':
      case 'OUT':
        this.#addIo(declaration, file);
        return;
      case 'TEMP':
        this.#addTemps(declaration);
        return;
      case 'CONST':
        this.#addConstants(declaration);
        return;
      case 'ADDR':
        this.#within(declaration, this.#limits.maxAddresses, 'register ADDR');
        this.addresses = Math.max(this.addresses, last + 1);
        return;
      case 'SV': {
        if (declaration.semantic === null || first !== last)
          throw new ShaderError('type', line, 'SV needs one semantic');
        this.#within(declaration, 64, 'register SV');
        const before = this.systemValues.get(first);
        if (before !== undefined && before !== declaration.semantic.name) {
          throw new ShaderError('range', line, `SV[${first}] is declared twice`);
        }
        this.systemValues.set(first, declaration.semantic.name);
        return;
      }
      case 'SAMP':
        this.#within(declaration, this.#limits.maxSamplers, 'sampler');
        for (let i = first; i <= last; i++) this.samplers.add(i);
        return;
      case 'SVIEW':
        this.#within(declaration, this.#limits.maxSamplers, 'sampler view');
        for (let i = first; i <= last; i++) {
          this.views.set(i, {
            target: declaration.target ?? '2D',
            returnType: declaration.returnTypes?.[0] ?? 'FLOAT',
          });
        }
        return;
      case 'IMAGE':
        this.#within(declaration, this.#limits.maxImages, 'image');
        if (declaration.target === null) throw new ShaderError('type', line, 'IMAGE needs a target');
        for (let i = first; i <= last; i++) {
          this.images.set(i, {
            target: declaration.target,
            format: declaration.format,
            writable: declaration.writable,
          });
        }
        return;
      case 'BUFFER':
        this.#within(declaration, this.#limits.maxBuffers, 'buffer');
        for (let i = first; i <= last; i++) this.buffers.add(i);
        return;
      case 'MEMORY':
        if (this.#stage !== 'COMP') throw new ShaderError('stage', line, 'only compute shaders have MEMORY');
        if (declaration.memoryType !== 'SHARED')
          throw new ShaderError('unsupported', line, 'only SHARED memory is served');
        this.hasSharedMemory = true;
        return;
      case 'HWATOMIC':
        this.#addAtomics(declaration);
        return;
      case 'IMM':
        throw new ShaderError('syntax', line, 'immediates are not declared');
    }
  }
}

function isPerPatch(semantic: Semantic | null): boolean {
  return semantic === 'PATCH' || semantic === 'TESSOUTER' || semantic === 'TESSINNER' || semantic === 'PRIM_ID';
}

/** Joins ranges that overlap, so that each temporary lies in one. */
export function mergeRanges(ranges: readonly RegisterRange[]): RegisterRange[] {
  const merged: RegisterRange[] = [];
  for (const range of [...ranges].sort((a, b) => a.first - b.first)) {
    const previous = merged.at(-1);
    if (previous !== undefined && range.first <= previous.last) {
      merged[merged.length - 1] = { first: previous.first, last: Math.max(previous.last, range.last) };
    } else {
      merged.push(range);
    }
  }
  return merged;
}

/**
 * Tables of a shader's registers.
 *
 * @throws ShaderError for declarations out of limits, declared twice with another meaning, or of another stage.
 */
export function collectRegisters(tgsi: Tgsi, limits: ShaderLimits): Registers {
  const collector = new Collector(tgsi.stage, limits);
  for (const declaration of tgsi.declarations) collector.add(declaration);
  const primitive = PRIMITIVES[tgsi.properties.get('GS_INPUT_PRIMITIVE') ?? 4] ?? 'TRIANGLES';
  const primitiveVertices = VERTICES_OF[primitive] ?? 0;
  if (tgsi.stage === 'GEOM' && primitiveVertices === 0) {
    throw new ShaderError('range', 0, `${primitive} is no input of a geometry shader`);
  }
  const { inputs, outputs, inputArrays, outputArrays, systemValues, tempArrays, constants, samplers } = collector;
  const { views, images, buffers, atomics, hasSharedMemory, addresses } = collector;
  const temps = mergeRanges(collector.temps);
  return {
    inputs,
    outputs,
    inputArrays,
    outputArrays,
    systemValues,
    temps,
    tempArrays,
    constants,
    samplers,
    views,
    images,
    buffers,
    atomics,
    hasSharedMemory,
    addresses,
    immediates: tgsi.immediates.length,
    primitiveVertices,
  };
}

/** The range that holds register `index`, of ascending ranges. */
export function rangeOf(ranges: readonly RegisterRange[], index: number): RegisterRange | null {
  let low = 0;
  let high = ranges.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const range = ranges[middle];
    if (range === undefined) return null;
    if (index < range.first) high = middle - 1;
    else if (index > range.last) low = middle + 1;
    else return range;
  }
  return null;
}
