/**
 * Where a stage keeps its outputs. Vertex, geometry, evaluation and fragment shaders write variables of their own, which the
 * exit code passes on (`vertex-exit.ts`, `fragment-exit.ts`); control shaders write the interface itself, as other
 * invocations may read it.
 */
import { assert } from '../../../base/assert.ts';
import type { IrIo, RegisterRef } from '../ir/ir.ts';
import { ShaderError } from '../shader-error.ts';
import type { Emission, Place, PrintsExpressions } from './emission.ts';
import { varyingName } from './glsl-names.ts';
import type { Varying } from './shader-interface.ts';

type OutputRef = Extract<RegisterRef, { readonly file: 'input' | 'output' }>;

const scalars = (texts: readonly string[]): Place => ({
  kind: 'scalars',
  texts: [texts[0] ?? '', texts[1] ?? '', texts[2] ?? '', texts[3] ?? ''],
  isInt: false,
});

/** Declares outputs and says where each register is. */
export class OutputDeclarations {
  readonly varyings: Varying[] = [];
  readonly #emission: Emission;
  readonly #registers = new Map<number, IrIo>();
  readonly #fetched = new Set<number>();

  constructor(emission: Emission, precise: ReadonlySet<number>) {
    this.#emission = emission;
    const { ir } = emission;
    for (const io of ir.outputs) this.#registers.set(io.register, io);
    if (ir.stage === 'TESS_CTRL') {
      for (const io of ir.outputs) this.#declareControlVarying(io);
      return;
    }
    const inRange = (register: number): boolean =>
      ir.outputRanges.some(({ first, count }) => register >= first && register < first + count);
    for (const { first, count } of ir.outputRanges) {
      const qualifier = Array.from({ length: count }, (_, i) => precise.has(first + i)).includes(true)
        ? 'precise '
        : '';
      emission.globals.push(`${qualifier}vec4 oa${first}[${count}];`);
      emission.entry.push(`for (int i = 0; i < ${count}; i++) oa${first}[i] = vec4(0.0, 0.0, 0.0, 1.0);`);
    }
    for (const io of ir.outputs) {
      if (inRange(io.register)) continue;
      emission.globals.push(`${precise.has(io.register) ? 'precise ' : ''}vec4 o${io.register};`);
      emission.entry.push(`o${io.register} = ${this.#initial(io)};`);
    }
  }

  /** What an output is before the shader writes it: the depth and coverage the fragment has anyway. */
  #initial({ semantic }: IrIo): string {
    if (this.#emission.ir.stage === 'FRAG' && semantic === 'POSITION') return 'vec4(0.0, 0.0, gl_FragCoord.z, 0.0)';
    if (this.#emission.ir.stage === 'FRAG' && semantic === 'SAMPLEMASK') return 'intBitsToFloat(ivec4(-1))';
    return 'vec4(0.0, 0.0, 0.0, 1.0)';
  }

  #declareControlVarying(io: IrIo): void {
    const shortName = varyingName(io.semantic, io.semanticIndex);
    if (shortName === null || io.semantic === null || this.varyings.some((other) => other.shortName === shortName))
      return;
    const name = `tc_${shortName}`;
    this.#emission.globals.push(io.semantic === 'PATCH' ? `patch out vec4 ${name};` : `out vec4 ${name}[];`);
    this.varyings.push({ semantic: io.semantic, index: io.semanticIndex, shortName, name, qualifiers: '' });
  }

  /** An output register of this stage, or of the range it lies in. */
  variable(register: number): string {
    const range = this.#emission.ir.outputRanges.find(
      ({ first, count }) => register >= first && register < first + count,
    );
    return range === undefined ? `o${register}` : `oa${range.first}[${register - range.first}]`;
  }

  #controlPlace(io: IrIo, vertex: string): Place {
    const semantic: string = io.semantic ?? '';
    switch (semantic) {
      case 'POSITION':
        return { kind: 'vector', text: `gl_out[${vertex}].gl_Position` };
      case 'PSIZE':
        this.#emission.needPointSize();
        return scalars([`gl_out[${vertex}].gl_PointSize`]);
      case 'TESSOUTER':
        return scalars([0, 1, 2, 3].map((i) => `gl_TessLevelOuter[${i}]`));
      case 'TESSINNER':
        return scalars([0, 1].map((i) => `gl_TessLevelInner[${i}]`));
      case 'CLIPDIST':
        return scalars(this.#distances(io, vertex));
      case 'PATCH':
        return { kind: 'vector', text: `tc_p${io.semanticIndex}` };
      default: {
        const shortName = varyingName(io.semantic, io.semanticIndex);
        if (shortName === null) throw new ShaderError('unsupported', 0, `a control shader cannot write ${io.semantic}`);
        return { kind: 'vector', text: `tc_${shortName}[${vertex}]` };
      }
    }
  }

  #distances(io: IrIo, vertex: string): string[] {
    const { properties } = this.#emission.ir;
    const clips = properties.get('NUM_CLIPDIST_ENABLED') ?? 0;
    const culls = properties.get('NUM_CULLDIST_ENABLED') ?? 0;
    return [0, 1, 2, 3].map((lane) => {
      const at = io.semanticIndex * 4 + lane;
      if (((io.mask >> lane) & 1) === 0) return '';
      if (at < clips || clips + culls === 0) return `gl_out[${vertex}].gl_ClipDistance[${at}]`;
      return at - clips < culls ? `gl_out[${vertex}].gl_CullDistance[${at - clips}]` : '';
    });
  }

  #placeOf(register: number, vertex: string): Place {
    const io = this.#registers.get(register);
    assert(io !== undefined, `output ${register} is declared`);
    if (this.#emission.ir.stage === 'TESS_CTRL') return this.#controlPlace(io, vertex);
    return { kind: 'vector', text: this.variable(register) };
  }

  /** The registers an operand may mean, each with its place; one unless it is reached by an index in a control shader. */
  places(ref: OutputRef, printer: PrintsExpressions): readonly Place[] {
    const { first, count, index, vertex } = ref;
    const vertexText = vertex === null ? '' : printer.index(vertex);
    if (index.constant !== null) return [this.#placeOf(first + index.constant, vertexText)];
    if (this.#emission.ir.stage === 'TESS_CTRL') {
      return Array.from({ length: count }, (_, i) => this.#placeOf(first + i, vertexText));
    }
    const range = this.#emission.ir.outputRanges.find((each) => first >= each.first && first < each.first + each.count);
    assert(range !== undefined, 'indexed outputs lie in a range');
    const offset = first - range.first;
    const place = offset === 0 ? printer.index(index) : `${printer.index(index)} + ${offset}`;
    return [{ kind: 'vector', text: `oa${range.first}[${place}]` }];
  }

  /** Where an output is read. */
  readPlace(
    ref: OutputRef,
    printer: PrintsExpressions & { readPlace(place: Place, lanes: readonly number[]): string },
  ): Place {
    const places = this.places(ref, printer);
    const [only] = places;
    if (places.length === 1 && only !== undefined) return only;
    const { first, count, index, vertex } = ref;
    const name = `output_${first}_${count}`;
    this.#emission.helpers.need(name, () => {
      const cases = Array.from({ length: count }, (_, i) => {
        const place = this.#placeOf(first + i, 'v');
        return `case ${i}: return ${printer.readPlace(place, [0, 1, 2, 3])};`;
      });
      return `vec4 ${name}(int v, int i) { switch (i) { ${cases.join(' ')} } return vec4(0.0); }`;
    });
    return {
      kind: 'vector',
      text: `${name}(${vertex === null ? '0' : printer.index(vertex)}, ${printer.index(index)})`,
    };
  }

  /** Colours that the shader reads back. */
  get fetchedColors(): ReadonlySet<number> {
    return this.#fetched;
  }

  /** What the framebuffer holds under the fragment, of the colour that `register` writes. */
  framebufferColor(register: number): string {
    const io = this.#registers.get(register);
    if (io?.semantic !== 'COLOR') throw new ShaderError('type', 0, 'FBFETCH reads a colour output');
    this.#emission.need('framebufferFetch');
    this.#fetched.add(io.semanticIndex);
    return `fs_color${io.semanticIndex}`;
  }
}
