/** Declarations of what a stage reads from the one before: attributes, varyings, and pipeline values that are registers. */
import { assert } from '../../../base/assert.ts';
import type { IrIo, RegisterRef } from '../ir/ir.ts';
import type { Stage } from '../tgsi/vocabulary.ts';
import type { Emission, Place, PrintsExpressions } from './emission.ts';
import { STAGE_PREFIX, varyingName } from './glsl-names.ts';
import { interpolationOf } from './interpolation.ts';
import type { Varying } from './shader-interface.ts';

type InputRef = Extract<RegisterRef, { readonly file: 'input' | 'output' }>;

/** The stage before, where nobody says. */
const USUAL_PREVIOUS: Readonly<Record<Stage, Stage>> = {
  VERT: 'VERT',
  TESS_CTRL: 'VERT',
  TESS_EVAL: 'TESS_CTRL',
  GEOM: 'VERT',
  FRAG: 'VERT',
  COMP: 'COMP',
};

const UNWRITTEN = 'vec4(0.0, 0.0, 0.0, 1.0)';

const scalars = (texts: readonly string[], isInt = false): Place => ({
  kind: 'scalars',
  texts: [texts[0] ?? '', texts[1] ?? '', texts[2] ?? '', texts[3] ?? ''],
  isInt,
});

const repeated = (text: string, isInt = false): Place => scalars([text, text, text, text], isInt);

/** Declares inputs and says where each register is. */
export class InputDeclarations {
  readonly varyings: Varying[] = [];
  /** Vertex attributes declared, one bit each. */
  attributes = 0;
  readonly #emission: Emission;
  readonly #previous: string;
  readonly #registers = new Map<number, IrIo>();
  /** Places of registers that are not one for each vertex. */
  readonly #places = new Map<number, Place>();
  /** Varyings as variables, for interpolation functions. */
  readonly #variables = new Map<number, string>();

  constructor(emission: Emission) {
    this.#emission = emission;
    const { ir, settings } = emission;
    this.#previous = STAGE_PREFIX[settings.link.previous ?? USUAL_PREVIOUS[ir.stage]];
    for (const io of ir.inputs) {
      this.#registers.set(io.register, io);
      if (io.perVertex) this.#declarePerVertex(io);
      else this.#places.set(io.register, this.#declare(io));
    }
    if (ir.stage === 'FRAG') this.#declareFragCoord();
  }

  #provides(name: string): boolean {
    const { provided } = this.#emission.settings.link;
    return provided === null || provided.has(name);
  }

  #local(io: IrIo, value: string): Place {
    const name = `i${io.register}`;
    this.#emission.globals.push(`vec4 ${name};`);
    this.#emission.entry.push(`${name} = ${value};`);
    return { kind: 'vector', text: name };
  }

  #declare(io: IrIo): Place {
    const { stage } = this.#emission.ir;
    if (stage === 'VERT') return this.#attribute(io);
    const semantic: string = io.semantic ?? '';
    switch (semantic) {
      case 'PRIM_ID':
        return repeated(stage === 'GEOM' ? 'gl_PrimitiveIDIn' : 'gl_PrimitiveID', true);
      case 'TESSOUTER':
        return scalars([0, 1, 2, 3].map((i) => `gl_TessLevelOuter[${i}]`));
      case 'TESSINNER':
        return scalars([0, 1].map((i) => `gl_TessLevelInner[${i}]`));
      default:
    }
    if (stage === 'FRAG') return this.#fragmentInput(io);
    return this.#plainVarying(io);
  }

  #attribute(io: IrIo): Place {
    const { register } = io;
    const { key } = this.#emission.settings;
    const bit = (mask: number): boolean => ((mask >>> register) & 1) === 1;
    const isSigned = bit(key.signedAttributes);
    const isUnsigned = !isSigned && bit(key.unsignedAttributes);
    const name = `vs_in${register}`;
    this.attributes |= 1 << register;
    const type = isSigned ? 'ivec4' : isUnsigned ? 'uvec4' : 'vec4';
    this.#emission.globals.push(`layout(location = ${register}) in ${type} ${name};`);
    const order = bit(key.bgraAttributes) ? '.zyxw' : '';
    if (isSigned) return this.#local(io, `intBitsToFloat(${name}${order})`);
    if (isUnsigned) return this.#local(io, `uintBitsToFloat(${name}${order})`);
    return order === '' ? { kind: 'vector', text: name } : this.#local(io, `${name}${order}`);
  }

  #fragmentInput(io: IrIo): Place {
    const { key } = this.#emission.settings;
    const replaced = (key.pointCoordReplace >>> io.semanticIndex) & 1;
    const semantic: string = io.semantic ?? '';
    switch (semantic) {
      case 'POSITION':
        return this.#fragCoord(io);
      case 'FACE':
        return repeated('(gl_FrontFacing ? 1.0 : -1.0)');
      case 'PCOORD':
        return this.#local(io, 'vec4(gl_PointCoord, 0.0, 1.0)');
      case 'LAYER':
      case 'VIEWPORT_INDEX':
        this.#emission.need(semantic === 'LAYER' ? 'layerInput' : 'viewportIndexInput');
        return repeated(io.semantic === 'LAYER' ? 'gl_Layer' : 'gl_ViewportIndex', true);
      case 'CLIPDIST':
        return this.#distances(io, '');
      case 'TEXCOORD':
        return replaced === 1 ? this.#local(io, 'vec4(gl_PointCoord, 0.0, 1.0)') : this.#plainVarying(io);
      case 'COLOR':
        return this.#color(io);
      default:
        return this.#plainVarying(io);
    }
  }

  #color(io: IrIo): Place {
    const front = this.#plainVarying(io);
    const back = `b${io.semanticIndex}`;
    if (!this.#emission.settings.key.twoSide || !this.#provides(back)) return front;
    assert(front.kind === 'vector', 'a colour is a vector');
    const name = this.#declareVarying(io, back, '');
    // What is chosen between two varyings cannot be interpolated anew.
    this.#variables.delete(io.register);
    return this.#local(io, `gl_FrontFacing ? ${front.text} : ${name}`);
  }

  /** Four of the clip and cull distances, which follow one another in the guest's registers. */
  #distances(io: IrIo, block: string): Place {
    this.#emission.need('clipDistance');
    const { clipDistances, cullDistances } = this.#emission.settings.link;
    const known = clipDistances + cullDistances > 0;
    const texts = [0, 1, 2, 3].map((lane) => {
      const at = io.semanticIndex * 4 + lane;
      if (((io.mask >> lane) & 1) === 0) return '';
      if (!known || at < clipDistances) return `${block}gl_ClipDistance[${at}]`;
      if (at - clipDistances >= cullDistances) return '';
      this.#emission.need('cullDistance');
      return `${block}gl_CullDistance[${at - clipDistances}]`;
    });
    return scalars(texts);
  }

  #qualifiers(io: IrIo): string {
    const qualifiers = interpolationOf(io, this.#emission.settings.key);
    if (qualifiers.includes('noperspective')) this.#emission.need('noperspective');
    if (qualifiers.includes('sample')) {
      this.#emission.need('gpuShader5');
      this.#emission.usesSampleShading = true;
    }
    return qualifiers === '' ? '' : `${qualifiers} `;
  }

  #declareVarying(io: IrIo, shortName: string, suffix: string): string {
    const name = `${this.#previous}_${shortName}`;
    if (this.varyings.some((varying) => varying.shortName === shortName)) return name;
    const { stage } = this.#emission.ir;
    const qualifiers = stage === 'FRAG' ? this.#qualifiers(io) : '';
    const patch = stage === 'TESS_EVAL' && io.semantic === 'PATCH' ? 'patch ' : '';
    this.#emission.globals.push(`${qualifiers}${patch}in vec4 ${name}${suffix};`);
    const semantic = shortName.startsWith('b') ? 'BCOLOR' : io.semantic;
    assert(semantic !== null, 'a varying has a semantic');
    this.varyings.push({ semantic, index: io.semanticIndex, shortName, name, qualifiers: qualifiers.trim() });
    return name;
  }

  #plainVarying(io: IrIo): Place {
    const shortName = varyingName(io.semantic, io.semanticIndex);
    const { link } = this.#emission.settings;
    const lacksPatch = io.semantic === 'PATCH' && link.previous === 'VERT';
    if (shortName === null || lacksPatch || !this.#provides(shortName)) return { kind: 'vector', text: UNWRITTEN };
    const name = this.#declareVarying(io, shortName, '');
    this.#variables.set(io.register, name);
    const { ir, settings } = this.#emission;
    const isFixed = ir.stage !== 'FRAG' || this.#qualifiers(io).startsWith('flat');
    if (isFixed || !settings.key.perSample) return { kind: 'vector', text: name };
    // Not by a qualifier, which the stage before would have to repeat.
    this.#emission.need('gpuShader5');
    this.#emission.need('perSample');
    this.#emission.usesSampleShading = true;
    return this.#local(io, `interpolateAtSample(${name}, gl_SampleID)`);
  }

  #declarePerVertex(io: IrIo): void {
    const shortName = varyingName(io.semantic, io.semanticIndex);
    if (shortName !== null && this.#provides(shortName)) this.#declareVarying(io, shortName, '[]');
  }

  #perVertexPlace(io: IrIo, vertex: string): Place {
    const semantic: string = io.semantic ?? '';
    switch (semantic) {
      case 'POSITION':
        return { kind: 'vector', text: `gl_in[${vertex}].gl_Position` };
      case 'PSIZE':
        this.#emission.needPointSize();
        return repeated(`gl_in[${vertex}].gl_PointSize`);
      case 'CLIPDIST':
        return this.#distances(io, `gl_in[${vertex}].`);
      default: {
        const shortName = varyingName(io.semantic, io.semanticIndex);
        if (shortName === null || !this.#provides(shortName)) return { kind: 'vector', text: UNWRITTEN };
        return { kind: 'vector', text: `${this.#previous}_${shortName}[${vertex}]` };
      }
    }
  }

  #placeOf(register: number, vertex: string | null): Place {
    const io = this.#registers.get(register);
    assert(io !== undefined, `input ${register} is declared`);
    if (vertex !== null) return this.#perVertexPlace(io, vertex);
    const place = this.#places.get(register);
    assert(place !== undefined, `input ${register} has a place`);
    return place;
  }

  /** Where a register is. Registers reached by an index go through a function that chooses. */
  place(
    { first, count, index, vertex }: InputRef,
    printer: PrintsExpressions & { readPlace(place: Place, lanes: readonly number[]): string },
  ): Place {
    const vertexText = vertex === null ? null : printer.index(vertex);
    if (index.constant !== null) return this.#placeOf(first + index.constant, vertexText);
    const name = `input_${first}_${count}`;
    this.#emission.helpers.need(name, () => {
      const cases = Array.from({ length: count }, (_, i) => {
        const place = this.#placeOf(first + i, vertex === null ? null : 'v');
        return `case ${i}: return ${printer.readPlace(place, [0, 1, 2, 3])};`;
      });
      const parameters = vertex === null ? 'int i' : 'int v, int i';
      return `vec4 ${name}(${parameters}) { switch (i) { ${cases.join(' ')} } return vec4(0.0); }`;
    });
    const args = [...(vertexText === null ? [] : [vertexText]), printer.index(index)];
    return { kind: 'vector', text: `${name}(${args.join(', ')})` };
  }

  /** The varying of a register as a variable, or null if it is none. */
  varying(register: number): string | null {
    return this.#variables.get(register) ?? null;
  }

  /** The guest counts rows from the top unless it says otherwise; so does an unturned host framebuffer's memory. */
  #countsFromTop(): boolean {
    const { ir, settings } = this.#emission;
    return (ir.properties.get('FS_COORD_ORIGIN') === 1) !== settings.key.invertedY;
  }

  #hasWholeCenters(): boolean {
    return this.#emission.ir.properties.get('FS_COORD_PIXEL_CENTER') === 1;
  }

  /** OpenGL ES cannot be told where to count from: there the shader counts itself. */
  #fragCoord(io: IrIo): Place {
    if (!this.#emission.settings.target.es || !(this.#countsFromTop() || this.#hasWholeCenters()))
      return { kind: 'vector', text: 'gl_FragCoord' };
    const y = this.#countsFromTop() ? `${this.#emission.system('height')} - gl_FragCoord.y` : 'gl_FragCoord.y';
    const shift = this.#hasWholeCenters() ? ' - 0.5' : '';
    return this.#local(io, `vec4(gl_FragCoord.x${shift}, ${y}${shift}, gl_FragCoord.zw)`);
  }

  #declareFragCoord(): void {
    const { ir, settings } = this.#emission;
    if (settings.target.es || !ir.inputs.some(({ semantic }) => semantic === 'POSITION')) return;
    const layout: string[] = [];
    if (this.#countsFromTop()) layout.push('origin_upper_left');
    if (this.#hasWholeCenters()) layout.push('pixel_center_integer');
    if (layout.length > 0) this.#emission.globals.push(`layout(${layout.join(', ')}) in vec4 gl_FragCoord;`);
  }
}
