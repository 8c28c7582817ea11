/** Operands of checked TGSI instructions to IR: registers, swizzles, signs, and results written under a mask. */
import { assert } from '../../../base/assert.ts';
import {
  binary,
  bits,
  constant,
  construct,
  convert,
  integer,
  join64,
  load,
  split64,
  swizzle,
  typeOf,
  unary,
} from '../ir/build.ts';
import type { Expression, IndexedResource, IndexExpression, Lanes, RegisterRef, SetStatement } from '../ir/ir.ts';
import type { Bracket, DstOperand, Indirect, Instruction, RegisterOperand, SrcOperand } from '../tgsi/tgsi.ts';
import type { OperandType } from '../tgsi/opcodes.table.ts';
import type { Semantic } from '../tgsi/vocabulary.ts';
import { boundBy, boundIndex, fixedIndex } from './bound-index.ts';
import type { CheckedShader } from './check-shader.ts';
import type { RegisterRange } from './collect-registers.ts';
import { rangeOf } from './collect-registers.ts';

const ALL: Lanes = [0, 1, 2, 3];

/** Components of a write mask, ascending. */
export function lanesOf(mask: number): Lanes {
  return ALL.filter((lane) => ((mask >> lane) & 1) === 1);
}

/** Type and components of pipeline values that are not float4. */
const SYSTEM_TYPES: Partial<
  Readonly<Record<Semantic, { readonly base: 'f32' | 'i32' | 'u32'; readonly width: number }>>
> = {
  PRIM_ID: { base: 'i32', width: 1 },
  INSTANCEID: { base: 'i32', width: 1 },
  VERTEXID: { base: 'i32', width: 1 },
  VERTEXID_NOBASE: { base: 'i32', width: 1 },
  BASEVERTEX: { base: 'i32', width: 1 },
  BASEINSTANCE: { base: 'i32', width: 1 },
  DRAWID: { base: 'i32', width: 1 },
  INVOCATIONID: { base: 'i32', width: 1 },
  VERTICESIN: { base: 'i32', width: 1 },
  SAMPLEID: { base: 'i32', width: 1 },
  SAMPLEMASK: { base: 'i32', width: 1 },
  SAMPLEPOS: { base: 'f32', width: 2 },
  HELPER_INVOCATION: { base: 'i32', width: 1 },
  FACE: { base: 'i32', width: 1 },
  TESSCOORD: { base: 'f32', width: 3 },
  TESSOUTER: { base: 'f32', width: 4 },
  TESSINNER: { base: 'f32', width: 2 },
  THREAD_ID: { base: 'u32', width: 3 },
  BLOCK_ID: { base: 'u32', width: 3 },
  BLOCK_SIZE: { base: 'u32', width: 3 },
  GRID_SIZE: { base: 'u32', width: 3 },
  LAYER: { base: 'i32', width: 1 },
  VIEWPORT_INDEX: { base: 'i32', width: 1 },
};

/** A pipeline value as wide as it is. */
function systemValue(value: Semantic): Expression {
  const { base, width } = SYSTEM_TYPES[value] ?? { base: 'f32', width: 4 };
  return { kind: 'system', type: typeOf(base, width), value };
}

const baseOf = (type: OperandType): 'f32' | 'i32' | 'u32' => (type === 'i' ? 'i32' : type === 'u' ? 'u32' : 'f32');

function wideBaseOf(type: OperandType): 'f64' | 'i64' | 'u64' {
  if (type === 'd') return 'f64';
  return type === 'l' ? 'i64' : 'u64';
}

/** Reads and writes registers of one shader. */
export class Operands {
  readonly #shader: CheckedShader;
  /** Ranges of samplers, images and buffers that were reached by an index, by their first register. */
  readonly samplerRanges = new Map<number, RegisterRange>();
  readonly imageRanges = new Map<number, RegisterRange>();
  readonly bufferRanges = new Map<number, RegisterRange>();
  readonly outputRanges: RegisterRange[] = [];
  readonly temps = new Set<number>();

  constructor(shader: CheckedShader) {
    this.#shader = shader;
  }

  #index({ file, index, component }: Indirect): Expression {
    if (file === 'ADDR') return load('i32', { file: 'address', index }, [component]);
    return load('i32', this.#temp({ index, indirect: null, arrayId: 0 }), [component]);
  }

  #temp({ index, indirect, arrayId }: Bracket): RegisterRef {
    const array = indirect !== null && arrayId !== 0 ? this.#shader.registers.tempArrays.get(arrayId) : undefined;
    const range = rangeOf(this.#shader.indexedTemps, array?.first ?? index);
    if (range === null) {
      this.temps.add(index);
      return { file: 'temp', index };
    }
    const { first, last } = range;
    if (indirect === null) return { file: 'tempArray', first, index: fixedIndex(index - first) };
    const low = (array?.first ?? first) - first;
    const high = (array?.last ?? last) - first;
    return { file: 'tempArray', first, index: boundIndex(this.#index(indirect), index - first, low, high) };
  }

  /** The vertex an operand names. */
  #vertex(file: 'IN' | 'OUT', dimension: Bracket | null): IndexExpression {
    const { stage, properties } = this.#shader.tgsi;
    if (dimension === null) return { constant: null, dynamic: systemValue('INVOCATIONID') };
    if (dimension.indirect === null) return fixedIndex(dimension.index);
    const index = this.#index(dimension.indirect);
    if (file === 'OUT') return boundIndex(index, dimension.index, 0, (properties.get('TCS_VERTICES_OUT') ?? 1) - 1);
    if (stage === 'GEOM') return boundIndex(index, dimension.index, 0, this.#shader.registers.primitiveVertices - 1);
    const moved = dimension.index === 0 ? index : binary('add', index, integer('i32', dimension.index));
    return boundBy(moved, 0, binary('sub', systemValue('VERTICESIN'), integer('i32', 1)));
  }

  #ioRange(file: 'IN' | 'OUT', { index, arrayId }: Bracket): RegisterRange {
    const { inputs, outputs, inputArrays, outputArrays } = this.#shader.registers;
    const array = (file === 'IN' ? inputArrays : outputArrays).get(arrayId);
    if (array !== undefined) return array;
    const registers = file === 'IN' ? inputs : outputs;
    // Without a number, an array is the run of registers around the one named that continue its semantic.
    const isNext = (a: number, b: number): boolean => {
      const [lower, upper] = [registers.get(a), registers.get(b)];
      if (lower === undefined || upper === undefined || lower.perVertex !== upper.perVertex) return false;
      return (
        lower.semantic === upper.semantic &&
        (lower.semantic === null || lower.semanticIndex + 1 === upper.semanticIndex)
      );
    };
    let first = Math.max(index, 0);
    let last = first;
    while (isNext(first - 1, first)) first--;
    while (isNext(last, last + 1)) last++;
    return { first, last };
  }

  #io({ file, dimension, bracket }: RegisterOperand): RegisterRef {
    assert(file === 'IN' || file === 'OUT', 'inputs and outputs only');
    const kind = file === 'IN' ? 'input' : 'output';
    const registers = file === 'IN' ? this.#shader.registers.inputs : this.#shader.registers.outputs;
    const { indirect, index } = bracket;
    const range = indirect === null ? { first: index, last: index } : this.#ioRange(file, bracket);
    const vertex = registers.get(range.first)?.perVertex === true ? this.#vertex(file, dimension) : null;
    const place =
      indirect === null
        ? fixedIndex(0)
        : boundIndex(this.#index(indirect), index - range.first, 0, range.last - range.first);
    if (kind === 'output' && indirect !== null) this.outputRanges.push(range);
    return { file: kind, first: range.first, count: range.last - range.first + 1, index: place, vertex };
  }

  #constant({ dimension, bracket }: RegisterOperand): RegisterRef {
    const { constants } = this.#shader.registers;
    const place = (count: number): IndexExpression =>
      bracket.indirect === null
        ? fixedIndex(bracket.index)
        : boundIndex(this.#index(bracket.indirect), bracket.index, 0, count - 1);
    if (dimension === null || dimension.indirect === null) {
      const buffer = dimension?.index ?? 0;
      return { file: 'constant', buffer: fixedIndex(buffer), index: place(constants.get(buffer) ?? 1) };
    }
    const buffers = [...constants.keys()].filter((buffer) => buffer > 0);
    const buffer = boundIndex(
      this.#index(dimension.indirect),
      dimension.index,
      Math.min(...buffers),
      Math.max(...buffers),
    );
    const count = Math.min(...buffers.map((i) => constants.get(i) ?? 1));
    const index =
      bracket.indirect === null ? fixedIndex(Math.min(Math.max(bracket.index, 0), count - 1)) : place(count);
    return { file: 'constant', buffer, index };
  }

  /** The register an operand names. */
  register(operand: RegisterOperand): RegisterRef {
    const { file, bracket } = operand;
    if (file === 'TEMP') return this.#temp(bracket);
    if (file === 'IN' || file === 'OUT') return this.#io(operand);
    if (file === 'CONST') return this.#constant(operand);
    assert(file === 'ADDR', `${file} is no register`);
    return { file: 'address', index: bracket.index };
  }

  /** A sampler, image or buffer, and the range it is reached in. */
  resource(operand: RegisterOperand): IndexedResource {
    const { index, indirect } = operand.bracket;
    if (indirect === null) return { first: index, count: 1, index: fixedIndex(0) };
    const { first, last } = this.#resourceRange(operand);
    return { first, count: last - first + 1, index: boundIndex(this.#index(indirect), index - first, 0, last - first) };
  }

  /** Resources next to one another that are declared alike form an array. */
  #resourceRange({ file, bracket }: RegisterOperand): RegisterRange {
    const { samplers, views, images, buffers } = this.#shader.registers;
    const kindOf = (i: number): string | null => {
      if (file === 'SAMP') {
        const view = views.get(i);
        return samplers.has(i) || view !== undefined ? `${view?.target} ${view?.returnType}` : null;
      }
      const image = images.get(i);
      if (file === 'IMAGE') return image === undefined ? null : `${image.target} ${image.format} ${image.writable}`;
      return buffers.has(i) ? '' : null;
    };
    let first = bracket.index;
    let last = first;
    const kind = kindOf(first);
    while (kindOf(first - 1) === kind) first--;
    while (kindOf(last + 1) === kind) last++;
    const ranges = file === 'SAMP' ? this.samplerRanges : file === 'IMAGE' ? this.imageRanges : this.bufferRanges;
    ranges.set(first, { first, last });
    return { first, last };
  }

  /** An atomic counter's place in the counters declared with it. */
  counter({ dimension, bracket }: RegisterOperand): { binding: number; first: number; index: IndexExpression } {
    const binding = dimension?.index ?? 0;
    const range = this.#shader.registers.atomics.find(
      (each) =>
        each.binding === binding &&
        ((bracket.index >= each.first && bracket.index <= each.last) ||
          (bracket.indirect !== null && bracket.index < each.first)),
    );
    assert(range !== undefined, 'the counter is declared');
    const { first, last } = range;
    if (bracket.indirect === null) return { binding, first, index: fixedIndex(bracket.index - first) };
    return { binding, first, index: boundIndex(this.#index(bracket.indirect), bracket.index - first, 0, last - first) };
  }

  #systemLanes(semantic: Semantic, lanes: Lanes): Expression {
    const value = systemValue(semantic);
    const { base, width } = value.type;
    if (width === 1) return construct([value], lanes.length);
    if (lanes.every((lane) => lane < width)) return swizzle(value, lanes);
    const zero = constant(base, [0]);
    return swizzle(construct([value, ...Array.from({ length: 4 - width }, () => zero)]), lanes);
  }

  #raw(src: SrcOperand, base: 'f32' | 'i32' | 'u32', lanes: Lanes): Expression {
    if (src.file === 'IMM') {
      const words = this.#shader.tgsi.immediates[src.bracket.index]?.words;
      assert(words !== undefined, 'the immediate is declared');
      return constant(
        base,
        lanes.map((lane) => words[lane] ?? 0),
      );
    }
    if (src.file === 'SV') {
      const semantic = this.#shader.registers.systemValues.get(src.bracket.index);
      assert(semantic !== undefined, 'the system value is declared');
      return bits(base, this.#systemLanes(semantic, lanes));
    }
    return load(base, this.register(src), lanes);
  }

  /** Components of a source: of the four its swizzle names, those in `lanes`. */
  read(src: SrcOperand, type: OperandType, lanes: Lanes): Expression {
    const base = baseOf(type);
    let value = this.#raw(
      src,
      base,
      lanes.map((lane) => src.swizzle[lane] ?? 0),
    );
    if (src.absolute) value = base === 'u32' ? bits('u32', unary('abs', bits('i32', value))) : unary('abs', value);
    if (src.negate) value = base === 'u32' ? bits('u32', unary('neg', bits('i32', value))) : unary('neg', value);
    return value;
  }

  /** The first (0) or second (1) 64-bit value of a source. */
  readWide(src: SrcOperand, type: OperandType, pair: number): Expression {
    const lanes = [src.swizzle[pair * 2] ?? 0, src.swizzle[pair * 2 + 1] ?? 0];
    const base = wideBaseOf(type);
    const pairOfWords = this.#raw(src, 'u32', lanes);
    if (!src.absolute && !src.negate) return join64(base, pairOfWords);
    // Unsigned values have their sign taken as if they were signed.
    let value = join64(base === 'u64' ? 'i64' : base, pairOfWords);
    if (src.absolute) value = unary('abs', value);
    if (src.negate) value = unary('neg', value);
    return convert(base, value);
  }

  /** Writes a value of as many components as the mask has, or of one for all. */
  write(dst: DstOperand, instruction: Instruction, value: Expression): SetStatement {
    const lanes = lanesOf(dst.mask);
    const limited = instruction.saturate ? unary('saturate', bits('f32', value)) : value;
    const register =
      dst.file === 'OUT' && this.#shader.tgsi.stage === 'TESS_CTRL' ? this.#ownVertex(dst) : this.register(dst);
    return { kind: 'set', register, lanes, value: limited, precise: instruction.precise };
  }

  /** A control shader writes the vertex of its own invocation, whatever number it computed for that. */
  #ownVertex(dst: DstOperand): RegisterRef {
    return this.register({ ...dst, dimension: null });
  }

  /** Writes 64-bit values, one for each pair of components in the mask. */
  writeWide(dst: DstOperand, instruction: Instruction, value: (pair: number) => Expression): SetStatement {
    const pairs = [0, 1].filter((pair) => ((dst.mask >> (pair * 2)) & 3) === 3);
    // Mesa's guests give the one value of an instruction in x and y, wherever it goes.
    const values = pairs.length === 1 ? [value(0)] : pairs.map(value);
    return this.write(dst, instruction, construct(values.map(split64)));
  }

  /** A literal operand's component. */
  literal(src: SrcOperand, lane: number): number {
    assert(src.file === 'IMM', 'the operand is an immediate');
    return this.#shader.tgsi.immediates[src.bracket.index]?.words[src.swizzle[lane] ?? 0] ?? 0;
  }
}

/** A truth value for IF: float or bits that are not zero. */
export function isNotZero(value: Expression): Expression {
  if (value.type.base === 'f32')
    return { kind: 'operation', op: 'ne', type: typeOf('bool', 1), args: [value, constant('f32', [0])] };
  return {
    kind: 'operation',
    op: 'ne',
    type: typeOf('bool', 1),
    args: [convert(value.type.base, value), constant(value.type.base, [0])],
  };
}
