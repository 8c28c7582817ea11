/** Texture opcodes to IR. Which component of which operand holds what follows Gallium's instruction reference. */
import { assert } from '../../../base/assert.ts';
import { binary, constant, construct, integer, load, swizzle, typeOf } from '../ir/build.ts';
import type { Expression, Lanes, Statement, TextureExpression, TextureOp } from '../ir/ir.ts';
import { ShaderError } from '../shader-error.ts';
import type { Instruction, OffsetOperand, SrcOperand } from '../tgsi/tgsi.ts';
import type { TargetRow } from '../tgsi/targets.table.ts';
import { TARGET_ROWS } from '../tgsi/targets.table.ts';
import type { ReturnType, Target } from '../tgsi/vocabulary.ts';
import type { Operands } from './lower-operand.ts';
import { lanesOf } from './lower-operand.ts';

type KnownTarget = Exclude<Target, 'UNKNOWN'>;

const upTo = (count: number): Lanes => [0, 1, 2, 3].slice(0, count);

/** What the shader's samplers are; the first instruction that samples an undeclared one decides. */
export class SamplerTypes {
  readonly types = new Map<number, { target: KnownTarget; returnType: ReturnType }>();
  readonly #declared: ReadonlyMap<number, { readonly target: Target; readonly returnType: ReturnType }>;

  constructor(declared: ReadonlyMap<number, { readonly target: Target; readonly returnType: ReturnType }>) {
    this.#declared = declared;
  }

  /** Notes that an instruction samples `sampler` as `target`, and says what it gives. */
  use(sampler: number, target: KnownTarget, line: number): ReturnType {
    const returnType = this.#declared.get(sampler)?.returnType ?? 'FLOAT';
    const known = this.types.get(sampler);
    if (known === undefined) this.types.set(sampler, { target, returnType });
    else if (known.target !== target) {
      throw new ShaderError('type', line, `sampler ${sampler} is ${known.target} and cannot be ${target}`);
    }
    return returnType;
  }
}

function baseOf(returnType: ReturnType): 'f32' | 'i32' | 'u32' {
  if (returnType === 'SINT') return 'i32';
  return returnType === 'UINT' ? 'u32' : 'f32';
}

/** Puts one texture instruction together. */
class TextureLowering {
  readonly #instruction: Instruction;
  readonly #operands: Operands;
  readonly #samplers: SamplerTypes;
  readonly #target: KnownTarget;
  readonly #row: TargetRow;

  constructor(instruction: Instruction, operands: Operands, samplers: SamplerTypes) {
    const { target, line } = instruction;
    if (target === null || target === 'UNKNOWN') throw new ShaderError('type', line, 'a texture needs a target');
    this.#instruction = instruction;
    this.#operands = operands;
    this.#samplers = samplers;
    this.#target = target;
    this.#row = TARGET_ROWS[target];
  }

  #src(index: number): SrcOperand {
    const src = this.#instruction.srcs.at(index);
    assert(src !== undefined, `${this.#instruction.opcode} has a source ${index}`);
    return src;
  }

  #read(index: number, lanes: Lanes, type: 'f' | 'i' = 'f'): Expression {
    return this.#operands.read(this.#src(index), type, lanes);
  }

  #offset({ file, index, swizzle: lanes }: OffsetOperand, axes: number): Expression {
    const operand = { file, dimension: null, bracket: { index, indirect: null, arrayId: 0 } };
    const wanted = lanes.slice(0, axes);
    if (file === 'IMM') {
      const src: SrcOperand = { ...operand, swizzle: [...lanes, 0], negate: false, absolute: false };
      return constant(
        'i32',
        wanted.map((_, i) => this.#operands.literal(src, i)),
      );
    }
    return load('i32', this.#operands.register(operand), wanted);
  }

  #make(
    op: TextureOp,
    base: 'f32' | 'i32' | 'u32',
    width: number,
    fields: Partial<TextureExpression>,
  ): TextureExpression {
    const resource = this.#operands.resource(this.#src(-1));
    return {
      kind: 'texture',
      op,
      type: typeOf(base, width),
      target: this.#target,
      sampler: resource,
      coordinate: null,
      projector: null,
      compare: null,
      level: null,
      gradients: null,
      sample: null,
      offsets: [],
      component: 0,
      ...fields,
    };
  }

  /** Notes what the samplers are and gives the kind of what they return. */
  #use(): 'f32' | 'i32' | 'u32' {
    const { first, count } = this.#operands.resource(this.#src(-1));
    let base: 'f32' | 'i32' | 'u32' = 'f32';
    for (let i = first; i < first + count; i++)
      base = baseOf(this.#samplers.use(i, this.#target, this.#instruction.line));
    return base;
  }

  #compare(): Expression | null {
    if (!this.#row.shadow) return null;
    const { compareLane } = this.#row;
    if (compareLane >= 0) return this.#read(0, [compareLane]);
    // The comparison value of a cube array stands alone in the second operand, after the level where there is one.
    return this.#read(1, [this.#instruction.opcode === 'TXB2' || this.#instruction.opcode === 'TXL2' ? 1 : 0]);
  }

  #sample(op: TextureOp, fields: Partial<TextureExpression>): Expression {
    const { coordinates, axes } = this.#row;
    return this.#make(op, this.#use(), 4, {
      coordinate: this.#read(0, upTo(coordinates)),
      compare: this.#compare(),
      offsets: this.#instruction.offsets.slice(0, 1).map((offset) => this.#offset(offset, axes)),
      ...fields,
    });
  }

  #fetch(): Expression {
    const { coordinates, axes, mipmapped, multisample, shadow } = this.#row;
    if (shadow || this.#target.startsWith('CUBE')) throw this.#misfit();
    let coordinate = this.#read(0, upTo(coordinates), 'i');
    // Added here, as it need not be a literal.
    for (const operand of this.#instruction.offsets.slice(0, 1)) {
      const offset = this.#offset(operand, axes);
      const parts = axes === coordinates ? [offset] : [offset, integer('i32', 0, coordinates - axes)];
      coordinate = binary('add', coordinate, construct(parts));
    }
    return this.#make('fetch', this.#use(), 4, {
      coordinate,
      level: mipmapped ? this.#read(0, [3], 'i') : null,
      sample: multisample ? this.#read(0, [3], 'i') : null,
    });
  }

  #misfit(): ShaderError {
    return new ShaderError('type', this.#instruction.line, `${this.#instruction.opcode} cannot read ${this.#target}`);
  }

  #gather(): Expression {
    const { axes } = this.#row;
    if (!['2D', 'RECT', 'CUBE', '2D_ARRAY', 'CUBEARRAY'].includes(this.#target.replace('SHADOW', '')))
      throw this.#misfit();
    let component = 0;
    if (!this.#row.shadow) {
      if (this.#src(1).file !== 'IMM') {
        throw new ShaderError('unsupported', this.#instruction.line, 'TG4 needs an immediate component');
      }
      component = this.#operands.literal(this.#src(1), 0) & 3;
    }
    const count = this.#instruction.offsets.length === 4 ? 4 : 1;
    const offsets = this.#instruction.offsets.slice(0, count).map((offset) => this.#offset(offset, axes));
    return this.#sample('gather', { offsets, component });
  }

  #size(mask: number): Expression {
    const { sizes, mipmapped } = this.#row;
    this.#use();
    const level = mipmapped ? this.#read(0, [0], 'i') : null;
    const size = (mask & 7) === 0 ? null : this.#make('size', 'i32', sizes, { level });
    const zero = integer('i32', 0);
    const levels = (mask & 8) === 0 || !mipmapped ? zero : this.#make('levels', 'i32', 1, {});
    if (size === null) return levels;
    if ((mask & 8) === 0 && lanesOf(mask).every((lane) => lane < sizes)) return swizzle(size, lanesOf(mask));
    const padding = Array.from({ length: 3 - sizes }, () => zero);
    return swizzle(construct([size, ...padding, levels]), lanesOf(mask));
  }

  lower(): Expression {
    const { opcode, dsts } = this.#instruction;
    const mask = dsts[0]?.mask ?? 15;
    const lanes = lanesOf(mask);
    const level = (index: number, lane: number): Expression | null =>
      this.#row.mipmapped ? this.#read(index, [lane]) : null;
    const name: string = opcode;
    switch (name) {
      case 'TXQ':
        return this.#size(mask);
      case 'TXQS':
        if (!this.#row.multisample) throw this.#misfit();
        this.#use();
        return this.#make('samples', 'i32', 1, {});
      case 'LODQ':
        if (!this.#row.mipmapped) throw this.#misfit();
        this.#use();
        return swizzle(
          this.#make('queryLod', 'f32', 2, { coordinate: this.#read(0, upTo(this.#row.axes)) }),
          lanes.map((lane) => lane & 1),
        );
      case 'TXF':
        return swizzle(this.#fetch(), lanes);
      default:
    }
    if (this.#target === 'BUFFER' || this.#row.multisample) throw this.#misfit();
    switch (name) {
      case 'TG4':
        return swizzle(this.#gather(), lanes);
      case 'TXP':
        return swizzle(this.#sample('sample', { projector: this.#projector() }), lanes);
      case 'TXB':
        return swizzle(this.#sample('bias', { level: level(0, 3) }), lanes);
      case 'TXL':
        return swizzle(this.#sample('lod', { level: level(0, 3) }), lanes);
      case 'TXB2':
        return swizzle(this.#sample('bias', { level: level(1, 0) }), lanes);
      case 'TXL2':
        return swizzle(this.#sample('lod', { level: level(1, 0) }), lanes);
      case 'TXD': {
        const { axes } = this.#row;
        return swizzle(
          this.#sample('grad', { gradients: [this.#read(1, upTo(axes)), this.#read(2, upTo(axes))] }),
          lanes,
        );
      }
      default:
        return swizzle(this.#sample('sample', {}), lanes);
    }
  }

  /** Cubes and arrays are not divided. */
  #projector(): Expression | null {
    const { axes, coordinates } = this.#row;
    return axes !== coordinates || this.#target.includes('CUBE') ? null : this.#read(0, [3]);
  }
}

/** The statement of a texture instruction. */
export function lowerTexture(instruction: Instruction, operands: Operands, samplers: SamplerTypes): Statement {
  const [dst] = instruction.dsts;
  assert(dst !== undefined, 'a texture instruction has a destination');
  return operands.write(dst, instruction, new TextureLowering(instruction, operands, samplers).lower());
}
