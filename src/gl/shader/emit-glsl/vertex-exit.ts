/** What vertex, evaluation and geometry shaders do with a finished vertex: pass on varyings, clip, turn the picture. */
import type { IrIo } from '../ir/ir.ts';
import { ShaderError } from '../shader-error.ts';
import type { OutputDeclarations } from './declare-outputs.ts';
import type { Emission } from './emission.ts';
import { laneSuffix, varyingName } from './glsl-names.ts';
import type { Feedback, Varying } from './shader-interface.ts';
import { distancesOf } from './link-stages.ts';
import { declareStreamOut } from './stream-out.ts';

/** The exit of a stage before the rasteriser. */
export interface VertexExit {
  readonly lines: readonly string[];
  readonly varyings: readonly Varying[];
  readonly feedback: Feedback | null;
  readonly clipDistances: number;
  readonly cullDistances: number;
  readonly writesPointSize: boolean;
}

const lanesOf = (mask: number): number[] => [0, 1, 2, 3].filter((lane) => ((mask >> lane) & 1) === 1);

class VertexExitBuilder {
  readonly varyings: Varying[] = [];
  readonly lines: string[] = [];
  readonly #emission: Emission;
  readonly #outputs: OutputDeclarations;

  constructor(emission: Emission, outputs: OutputDeclarations) {
    this.#emission = emission;
    this.#outputs = outputs;
  }

  #text(io: IrIo): string {
    return this.#outputs.variable(io.register);
  }

  #declareVarying(io: IrIo, shortName: string): string {
    const name = `${this.#emission.prefix}_${shortName}`;
    if (io.semantic === null || this.varyings.some((varying) => varying.shortName === shortName)) return name;
    const matched = this.#emission.settings.link.qualifiers.get(shortName) ?? '';
    const qualifiers = `${io.invariant ? 'invariant ' : ''}${matched === '' ? '' : `${matched} `}`;
    this.#emission.globals.push(`${qualifiers}out vec4 ${name};`);
    this.varyings.push({ semantic: io.semantic, index: io.semanticIndex, shortName, name, qualifiers: matched });
    return name;
  }

  #varying(io: IrIo): void {
    const shortName = varyingName(io.semantic, io.semanticIndex);
    if (shortName === null) return;
    const shares = this.#emission.ir.outputs.filter(
      ({ semantic, semanticIndex }) => semantic === io.semantic && semanticIndex === io.semanticIndex,
    );
    const name = this.#declareVarying(io, shortName);
    const isColor = io.semantic === 'COLOR' || io.semantic === 'BCOLOR';
    const { key } = this.#emission.settings;
    const clamps = isColor && key.lastVertexStage && key.clampVertexColors;
    const lanes = shares.length > 1 ? laneSuffix(lanesOf(io.mask)) : '';
    const value = `${this.#text(io)}${lanes}`;
    this.lines.push(`${name}${lanes} = ${clamps ? `clamp(${value}, 0.0, 1.0)` : value};`);
  }

  #builtin(io: IrIo): void {
    const { stage } = this.#emission.ir;
    const x = `floatBitsToInt(${this.#text(io)}.x)`;
    const semantic: string = io.semantic ?? '';
    switch (semantic) {
      case 'PSIZE':
        this.#emission.needPointSize();
        this.lines.push(`gl_PointSize = ${this.#text(io)}.x;`);
        return;
      case 'LAYER':
        if (stage !== 'GEOM') this.#emission.need('vertexLayer');
        this.lines.push(`gl_Layer = ${x};`);
        return;
      case 'VIEWPORT_INDEX':
        this.#emission.need(stage === 'GEOM' ? 'viewportIndex' : 'vertexLayer');
        this.lines.push(`gl_ViewportIndex = ${x};`);
        return;
      case 'PRIM_ID':
        this.lines.push(`gl_PrimitiveID = ${x};`);
        return;
      case 'CLIPVERTEX':
        if (!this.#emission.settings.key.lastVertexStage) this.#varying(io);
        return;
      case 'POSITION':
      case 'CLIPDIST':
      case 'EDGEFLAG':
        return;
      default:
        this.#varying(io);
    }
  }

  #position(): void {
    const { ir, settings } = this.#emission;
    const position = ir.outputs.find(({ semantic }) => semantic === 'POSITION');
    if (position === undefined) return;
    if (position.invariant) this.#emission.globals.push('invariant gl_Position;');
    this.lines.push(`gl_Position = ${this.#text(position)};`);
    if (settings.key.lastVertexStage) this.lines.push(`gl_Position.y *= ${this.#emission.system('adjustY')};`);
  }

  /** Distances the shader writes: first those that clip, then those that cull. */
  #written(registers: readonly IrIo[]): { clips: number; culls: number } {
    const { clips, culls } = distancesOf(this.#emission.ir);
    const source = (at: number): string => {
      const io = registers.find(({ semanticIndex }) => semanticIndex === at >> 2);
      return io === undefined ? '0.0' : `${this.#text(io)}.${'xyzw'[at & 3]}`;
    };
    for (let i = 0; i < clips; i++) this.lines.push(`gl_ClipDistance[${i}] = ${source(i)};`);
    for (let i = 0; i < culls; i++) this.lines.push(`gl_CullDistance[${i}] = ${source(clips + i)};`);
    return { clips, culls };
  }

  #planes(): { clips: number; culls: number } {
    const { ir, settings } = this.#emission;
    const planes = settings.key.lastVertexStage ? settings.key.clipPlanes & 0xff : 0;
    const point =
      ir.outputs.find(({ semantic }) => semantic === 'CLIPVERTEX') ??
      ir.outputs.find(({ semantic }) => semantic === 'POSITION');
    if (planes === 0 || point === undefined) return { clips: 0, culls: 0 };
    const clips = 32 - Math.clz32(planes);
    for (let i = 0; i < clips; i++) {
      const inUse = ((planes >> i) & 1) === 1;
      const distance = inUse ? `dot(${this.#text(point)}, ${this.#emission.system('clipPlanes')}[${i}])` : '0.0';
      this.lines.push(`gl_ClipDistance[${i}] = ${distance};`);
    }
    return { clips, culls: 0 };
  }

  build(): VertexExit {
    const { ir, settings } = this.#emission;
    for (const io of ir.outputs) this.#builtin(io);
    const registers = ir.outputs.filter(({ semantic }) => semantic === 'CLIPDIST');
    const { clips, culls } = registers.length > 0 ? this.#written(registers) : this.#planes();
    if (clips > 0) {
      this.#emission.need('clipDistance');
      this.#emission.globals.push(`out float gl_ClipDistance[${clips}];`);
    }
    if (culls > 0) {
      this.#emission.need('cullDistance');
      this.#emission.globals.push(`out float gl_CullDistance[${culls}];`);
    }
    const capture =
      settings.streamOutputs === null || !settings.key.lastVertexStage
        ? null
        : declareStreamOut(this.#emission, settings.streamOutputs, this.varyings, (register) =>
            this.#outputs.variable(register),
          );
    this.#position();
    if (clips + culls > 8) throw new ShaderError('range', 0, 'more than 8 clip and cull distances');
    return {
      lines: [...(capture?.lines ?? []), ...this.lines],
      varyings: this.varyings,
      feedback: capture?.feedback ?? null,
      clipDistances: clips,
      cullDistances: culls,
      writesPointSize: ir.outputs.some(({ semantic }) => semantic === 'PSIZE'),
    };
  }
}

/** Declares the outputs of a stage before the rasteriser and gives the statements that write them. */
export function buildVertexExit(emission: Emission, outputs: OutputDeclarations): VertexExit {
  return new VertexExitBuilder(emission, outputs).build();
}
