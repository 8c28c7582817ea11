/**
 * Finds the program for what is bound. State that is compiled into shaders is gathered into one text, under which programs
 * are kept; the one longest unused makes room.
 */
import { GpuError } from '../core/gpu-error.ts';
import { COST } from '../core/guest-quotas.ts';
import type { Allowance } from '../core/quota.ts';
import type { DeviceContext } from '../core/gl-device.ts';
import type { GlslTarget } from '../shader/emit-glsl/glsl-target.ts';
import { linkStages } from '../shader/emit-glsl/link-stages.ts';
import { translate } from '../shader/emit-glsl/translate.ts';
import { FIRST_BINDINGS, PLAIN_VARIANT } from '../shader/emit-glsl/variant-key.ts';
import type { BindingBases, TexelSwizzle, VariantKey } from '../shader/emit-glsl/variant-key.ts';
import { ShaderError } from '../shader/shader-error.ts';
import { formatOf } from './formats.ts';
import { deleteProgram, linkProgram } from './program.ts';
import type { Program, ProgramPart } from './program.ts';
import { RecentPrograms } from './recent-programs.ts';
import type { Shader } from './shader.ts';
import type { SubContext } from './sub-context.ts';
import { STAGE } from './virgl-limits.ts';

/** What a draw makes fragments of. */
export type PrimitiveKind = 'points' | 'lines' | 'triangles';

/** Stages of a drawing program in the order that vertices pass them. */
const PIPELINE = [STAGE.vertex, STAGE.tessControl, STAGE.tessEval, STAGE.geometry, STAGE.fragment];

interface Entry {
  readonly key: string;
  /** Null for a set of shaders that does not go together; it is not tried again. */
  readonly program: Program | null;
  readonly refusal: string;
  readonly shaders: readonly number[];
}

/** Programs of one sub-context. */
export class ProgramCache {
  readonly #context: DeviceContext;
  readonly #target: GlslTarget;
  readonly #allowance: Allowance;
  /** In order of use, the oldest first. */
  readonly #entries = new Map<string, Entry>();
  readonly #recent = new RecentPrograms<Entry>();
  #last: Entry | null = null;

  constructor(context: DeviceContext, target: GlslTarget, allowance: Allowance) {
    this.#context = context;
    this.#target = target;
    this.#allowance = allowance;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** The program to draw with. Throws GpuError `program` when the shaders do not make one, `state` when one is missing. */
  forDraw(sub: SubContext, primitive: PrimitiveKind): Program {
    if (sub.stages[STAGE.vertex]?.shader == null) throw new GpuError('state', 'no vertex shader is bound');
    let entry = this.#recent.find(sub, primitive);
    if (entry === null) {
      const shaders = PIPELINE.map((stage) => sub.stages[stage]?.shader ?? null).filter((shader) => shader !== null);
      entry = this.#find(shaders, drawKey(sub, primitive, this.#target), sub);
      this.#recent.remember(entry);
    } else this.#use(entry);
    return programOf(entry);
  }

  /** The program of the compute shader. Throws GpuError as `forDraw`. */
  forCompute(sub: SubContext): Program {
    const shader = sub.stages[STAGE.compute]?.shader ?? null;
    if (shader === null) throw new GpuError('state', 'no compute shader is bound');
    return programOf(this.#find([shader], PLAIN_VARIANT, sub));
  }

  /** Deletes the programs of a shader that is gone. */
  forget(shader: Shader): void {
    this.#recent.clear();
    for (const entry of this.#entries.values()) {
      if (!entry.shaders.includes(shader.id)) continue;
      this.#drop(entry);
    }
  }

  /** Deletes all. */
  clear(): void {
    this.#recent.clear();
    for (const entry of this.#entries.values()) this.#drop(entry);
  }

  #find(shaders: readonly Shader[], base: VariantKey, sub: SubContext): Entry {
    const keys = shaders.map((shader) => stageKey(sub, shader, base));
    const text = JSON.stringify([shaders.map(({ id }) => id), keys]);
    const found = this.#entries.get(text);
    if (found !== undefined) {
      this.#use(found);
      return found;
    }
    this.#makeRoom();
    const entry = this.#make(text, shaders, keys);
    this.#entries.set(text, entry);
    this.#last = entry;
    return entry;
  }

  /** Notes that an entry is in use: it goes last. */
  #use(entry: Entry): void {
    if (entry === this.#last) return;
    this.#last = entry;
    this.#entries.delete(entry.key);
    this.#entries.set(entry.key, entry);
  }

  /** Takes what one more program takes. Throws GpuError `quota` when that is not to be had though none is kept here. */
  #makeRoom(): void {
    for (;;) {
      try {
        this.#allowance.take(COST.program);
        return;
      } catch (error) {
        const [oldest] = this.#entries.values();
        if (oldest === undefined) throw error;
        this.#recent.clear();
        this.#drop(oldest);
      }
    }
  }

  #drop(entry: Entry): void {
    this.#entries.delete(entry.key);
    this.#allowance.release(COST.program);
    if (this.#last === entry) this.#last = null;
    if (entry.program !== null) deleteProgram(this.#context, entry.program);
  }

  #make(key: string, shaders: readonly Shader[], keys: readonly VariantKey[]): Entry {
    const ids = shaders.map(({ id }) => id);
    try {
      const parts = translateAll(shaders, keys, this.#target);
      return { key, program: linkProgram(this.#context, this.#target, parts), refusal: '', shaders: ids };
    } catch (error) {
      if (!(error instanceof ShaderError) && !(error instanceof GpuError)) throw error;
      return { key, program: null, refusal: error.message, shaders: ids };
    }
  }
}

function programOf({ program, refusal }: Entry): Program {
  if (program === null) throw new GpuError('program', refusal);
  return program;
}

/** Translates the stages of a program, each with bindings of its own. */
function translateAll(shaders: readonly Shader[], keys: readonly VariantKey[], target: GlslTarget): ProgramPart[] {
  const links = linkStages(
    shaders.map(({ ir }) => ir),
    keys[shaders.findIndex(({ ir }) => ir.stage === 'FRAG')],
  );
  let bindings: BindingBases = FIRST_BINDINGS;
  return shaders.map((shader, i) => {
    const key = keys[i] ?? PLAIN_VARIANT;
    const { streamOutputs, sharedBytes, stage } = shader;
    const link = links[i];
    const { source, interface: face } = translate(shader.ir, {
      target,
      key,
      ...(link === undefined ? {} : { link }),
      bindings,
      streamOutputs: key.lastVertexStage ? streamOutputs : null,
      sharedBytes,
    });
    const end = (list: readonly { readonly unit: number; readonly count: number }[], from: number): number =>
      list.reduce((most, { unit, count }) => Math.max(most, unit + count), from);
    const after = (list: readonly { readonly binding: number }[], from: number): number =>
      list.reduce((most, { binding }) => Math.max(most, binding + 1), from);
    bindings = {
      uniformBuffers: after(face.uniformBuffers, bindings.uniformBuffers),
      samplers: end(face.samplers, bindings.samplers),
      images: end(face.images, bindings.images),
      storageBuffers: after(face.storageBuffers, bindings.storageBuffers),
    };
    return { stage, source, interface: face };
  });
}

/** What the state of the pipeline puts into shaders, for all stages together. */
function drawKey(sub: SubContext, primitive: PrimitiveKind, target: GlslTarget): VariantKey {
  const { rasterizer, depthStencilAlpha, vertexElements, framebuffer, blend } = sub;
  const colors = framebuffer.colors;
  const mask = (is: (color: NonNullable<(typeof colors)[number]>) => boolean): number =>
    colors.reduce((bits, color, i) => (color !== null && is(color) ? bits | (1 << i) : bits), 0);
  const isInteger = colors[0]?.format.numeric === 'uint' || colors[0]?.format.numeric === 'sint';
  return {
    ...PLAIN_VARIANT,
    signedAttributes: vertexElements?.signed ?? 0,
    unsignedAttributes: vertexElements?.unsigned ?? 0,
    bgraAttributes: vertexElements?.bgra ?? 0,
    clipPlanes: rasterizer.clipPlanes,
    clampVertexColors: rasterizer.clampsVertexColor,
    flatShade: rasterizer.isFlat,
    twoSide: rasterizer.isTwoSided && primitive === 'triangles',
    pointCoordReplace: rasterizer.isPointQuad && primitive === 'points' ? rasterizer.spriteCoords : 0,
    polygonStipple: rasterizer.isStippled && primitive === 'triangles',
    alphaFunc: isInteger ? 7 : depthStencilAlpha.alphaFunc,
    signedColors: mask(({ format }) => format.numeric === 'sint'),
    unsignedColors: mask(({ format }) => format.numeric === 'uint'),
    alphaInRed: mask(({ format }) => format.gl.output[0] === 3),
    bgraColors: mask(({ format }) => format.gl.output[0] === 2 && format.gl.output[2] === 0),
    clampFragmentColors: rasterizer.clampsFragmentColor,
    dualSource: blend.isDualSource,
    colorBuffers: Math.min(Math.max(1, colors.length), target.maxDrawBuffers),
    perSample: rasterizer.isPerSample && rasterizer.isMultisampled,
  };
}

/** What concerns one stage of it; the rest is set to what it is for everybody, so that texts are shared. */
function stageKey(sub: SubContext, shader: Shader, base: VariantKey): VariantKey {
  const { stage } = shader;
  const bound = sub.stage(stage);
  const texelSwizzles = shader.ir.samplers.flatMap(({ index }): (readonly [number, TexelSwizzle])[] => {
    const swizzle = bound.views[index]?.shaderSwizzle ?? null;
    return swizzle === null ? [] : [[index, swizzle]];
  });
  const clampedCoordinates = shader.ir.samplers.flatMap(({ index }): (readonly [number, number])[] => {
    const directions = bound.samplers[index]?.fields.clamps ?? 0;
    return directions === 0 ? [] : [[index, directions]];
  });
  const imageFormats = shader.ir.images.flatMap(({ index }): (readonly [number, string])[] => {
    const image = bound.images[index];
    const format = image?.resource == null ? undefined : formatOf(image.format);
    return format === undefined ? [] : [[index, format.name]];
  });
  const own = {
    texelSwizzles: texelSwizzles.sort(byIndex),
    clampedCoordinates: clampedCoordinates.sort(byIndex),
    imageFormats: imageFormats.sort(byIndex),
  };
  if (stage === STAGE.compute) return { ...PLAIN_VARIANT, ...own };
  if (stage === STAGE.fragment) {
    return {
      ...base,
      ...own,
      signedAttributes: 0,
      unsignedAttributes: 0,
      bgraAttributes: 0,
      clipPlanes: 0,
      clampVertexColors: false,
    };
  }
  const isLast = lastVertexStage(sub) === stage;
  const vertex = stage === STAGE.vertex ? base : PLAIN_VARIANT;
  return {
    ...PLAIN_VARIANT,
    ...own,
    signedAttributes: vertex.signedAttributes,
    unsignedAttributes: vertex.unsignedAttributes,
    bgraAttributes: vertex.bgraAttributes,
    lastVertexStage: isLast,
    clipPlanes: isLast ? base.clipPlanes : 0,
    clampVertexColors: isLast && base.clampVertexColors,
  };
}

/** The stage that feeds the rasteriser. */
export function lastVertexStage(sub: SubContext): number {
  if (sub.stages[STAGE.geometry]?.shader != null) return STAGE.geometry;
  return sub.stages[STAGE.tessEval]?.shader == null ? STAGE.vertex : STAGE.tessEval;
}

function byIndex(a: readonly [number, unknown], b: readonly [number, unknown]): number {
  return a[0] - b[0];
}
