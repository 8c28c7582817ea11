/** Loads, stores and atomics on images, storage buffers, shared memory and counters to IR. */
import { assert } from '../../../base/assert.ts';
import { binary, construct, integer, swizzle, typeOf } from '../ir/build.ts';
import type { AtomicOp, AtomicPlace, Expression, IndexedResource, Lanes, Statement } from '../ir/ir.ts';
import { ShaderError } from '../shader-error.ts';
import type { OpcodeName } from '../tgsi/opcodes.table.ts';
import type { DstOperand, Instruction, RegisterOperand, SrcOperand } from '../tgsi/tgsi.ts';
import type { TargetRow } from '../tgsi/targets.table.ts';
import { TARGET_ROWS } from '../tgsi/targets.table.ts';
import type { ImageRegister } from './collect-registers.ts';
import type { Operands } from './lower-operand.ts';
import { lanesOf } from './lower-operand.ts';

const ATOMICS: Partial<Readonly<Record<OpcodeName, { readonly op: AtomicOp; readonly base: 'i32' | 'u32' }>>> = {
  ATOMUADD: { op: 'add', base: 'u32' },
  ATOMXCHG: { op: 'exchange', base: 'u32' },
  ATOMCAS: { op: 'compareExchange', base: 'u32' },
  ATOMAND: { op: 'and', base: 'u32' },
  ATOMOR: { op: 'or', base: 'u32' },
  ATOMXOR: { op: 'xor', base: 'u32' },
  ATOMUMIN: { op: 'min', base: 'u32' },
  ATOMUMAX: { op: 'max', base: 'u32' },
  ATOMIMIN: { op: 'min', base: 'i32' },
  ATOMIMAX: { op: 'max', base: 'i32' },
};

/** How a shader uses one image or buffer, over all its instructions. */
export interface ResourceUse {
  loads: boolean;
  stores: boolean;
  atomics: boolean;
  coherent: boolean;
  isVolatile: boolean;
}

/** Lowers memory instructions and notes how each resource is used. */
export class MemoryLowering {
  readonly imageUses = new Map<number, ResourceUse>();
  readonly bufferUses = new Map<number, ResourceUse>();
  readonly #operands: Operands;
  readonly #images: ReadonlyMap<number, ImageRegister>;

  constructor(operands: Operands, images: ReadonlyMap<number, ImageRegister>) {
    this.#operands = operands;
    this.#images = images;
  }

  #note(
    uses: Map<number, ResourceUse>,
    { first, count }: IndexedResource,
    instruction: Instruction,
    how: 'loads' | 'stores' | 'atomics' | null,
  ): void {
    for (let i = first; i < first + count; i++) {
      const use = uses.get(i) ?? { loads: false, stores: false, atomics: false, coherent: false, isVolatile: false };
      if (how !== null) use[how] = true;
      use.coherent ||= instruction.qualifiers.includes('COHERENT');
      use.isVolatile ||= instruction.qualifiers.includes('VOLATILE');
      uses.set(i, use);
    }
  }

  #row({ bracket }: RegisterOperand, { line }: Instruction): TargetRow {
    const target = this.#images.get(bracket.index)?.target;
    if (target === undefined || target === 'UNKNOWN' || TARGET_ROWS[target].shadow) {
      throw new ShaderError('type', line, `image ${bracket.index} cannot be ${target}`);
    }
    return TARGET_ROWS[target];
  }

  /** Image coordinates: the layer of a cube array is not apart from its face. */
  #coordinate(
    image: RegisterOperand,
    src: SrcOperand,
    instruction: Instruction,
  ): { coordinate: Expression; sample: Expression | null } {
    const { coordinates, multisample } = this.#row(image, instruction);
    const lanes = [0, 1, 2].slice(0, Math.min(coordinates, 3));
    return {
      coordinate: this.#operands.read(src, 'i', lanes),
      sample: multisample ? this.#operands.read(src, 'i', [3]) : null,
    };
  }

  #word(src: SrcOperand): Expression {
    return binary('shr', this.#operands.read(src, 'u', [0]), integer('u32', 2));
  }

  /** A buffer with its use noted, or null for shared memory. */
  #buffer(
    operand: RegisterOperand,
    instruction: Instruction,
    how: 'loads' | 'stores' | 'atomics',
  ): IndexedResource | null {
    if (operand.file === 'MEMORY') return null;
    const buffer = this.#operands.resource(operand);
    this.#note(this.bufferUses, buffer, instruction, how);
    return buffer;
  }

  #image(
    operand: RegisterOperand,
    instruction: Instruction,
    how: 'loads' | 'stores' | 'atomics' | null,
  ): IndexedResource {
    const image = this.#operands.resource(operand);
    this.#note(this.imageUses, image, instruction, how);
    return image;
  }

  #load(instruction: Instruction, resource: SrcOperand, address: SrcOperand, lanes: Lanes): Expression {
    if (resource.file === 'IMAGE') {
      const image = this.#image(resource, instruction, 'loads');
      const texel: Expression = {
        kind: 'imageLoad',
        type: typeOf('f32', 4),
        image,
        ...this.#coordinate(resource, address, instruction),
      };
      return swizzle(texel, lanes);
    }
    if (resource.file === 'HWATOMIC') {
      const place: AtomicPlace = { kind: 'counter', ...this.#operands.counter(resource) };
      return { kind: 'atomic', type: typeOf('u32', 1), op: null, place, args: [] };
    }
    return {
      kind: 'memoryLoad',
      type: typeOf('u32', lanes.length),
      buffer: this.#buffer(resource, instruction, 'loads'),
      word: this.#word(address),
      lanes,
    };
  }

  #store(instruction: Instruction, dst: DstOperand): Statement {
    const [address, value] = instruction.srcs;
    assert(address !== undefined && value !== undefined, 'STORE has an address and a value');
    if (dst.file === 'IMAGE') {
      return {
        kind: 'imageStore',
        image: this.#image(dst, instruction, 'stores'),
        ...this.#coordinate(dst, address, instruction),
        value: this.#operands.read(value, 'x', [0, 1, 2, 3]),
      };
    }
    const lanes = lanesOf(dst.mask);
    return {
      kind: 'memoryStore',
      buffer: this.#buffer(dst, instruction, 'stores'),
      word: this.#word(address),
      lanes,
      value: this.#operands.read(value, 'u', lanes),
    };
  }

  #place(instruction: Instruction, resource: SrcOperand, address: SrcOperand): AtomicPlace {
    if (resource.file === 'HWATOMIC') return { kind: 'counter', ...this.#operands.counter(resource) };
    if (resource.file === 'IMAGE') {
      const image = this.#image(resource, instruction, 'atomics');
      return { kind: 'image', image, ...this.#coordinate(resource, address, instruction) };
    }
    return { kind: 'memory', buffer: this.#buffer(resource, instruction, 'atomics'), word: this.#word(address) };
  }

  #size(instruction: Instruction, resource: SrcOperand, mask: number): Expression {
    if (resource.file === 'BUFFER') {
      const buffer = this.#operands.resource(resource);
      this.#note(this.bufferUses, buffer, instruction, null);
      return { kind: 'bufferSize', type: typeOf('i32', 1), resource: buffer };
    }
    const { sizes, multisample } = this.#row(resource, instruction);
    const image = this.#image(resource, instruction, null);
    const samples: Expression =
      (mask & 8) !== 0 && multisample
        ? { kind: 'imageSamples', type: typeOf('i32', 1), resource: image }
        : integer('i32', 0);
    if ((mask & 7) === 0) return samples;
    const size: Expression = { kind: 'imageSize', type: typeOf('i32', sizes), resource: image };
    const lanes = lanesOf(mask);
    if (lanes.every((lane) => lane < sizes)) return swizzle(size, lanes);
    const padding = Array.from({ length: 3 - sizes }, () => integer('i32', 0));
    return swizzle(construct([size, ...padding, samples]), lanes);
  }

  /** The statement of a memory instruction. */
  lower(instruction: Instruction): Statement {
    const { opcode, dsts, srcs } = instruction;
    const [dst] = dsts;
    assert(dst !== undefined, 'a memory instruction has a destination');
    if (opcode === 'STORE') return this.#store(instruction, dst);
    const [resource, address] = srcs;
    assert(resource !== undefined, 'a memory instruction names a resource');
    if (opcode === 'RESQ') return this.#operands.write(dst, instruction, this.#size(instruction, resource, dst.mask));
    assert(address !== undefined, 'a memory instruction has an address');
    if (opcode === 'LOAD') {
      return this.#operands.write(dst, instruction, this.#load(instruction, resource, address, lanesOf(dst.mask)));
    }
    const row = ATOMICS[opcode];
    assert(row !== undefined, `${opcode} is not lowered`);
    const place = this.#place(instruction, resource, address);
    // Counters are unsigned; Mesa asks for their least and greatest by the names of the signed ones all the same.
    const base = place.kind === 'counter' ? 'u32' : row.base;
    const args = srcs.slice(2).map((src) => this.#operands.read(src, base === 'i32' ? 'i' : 'u', [0]));
    return this.#operands.write(dst, instruction, {
      kind: 'atomic',
      type: typeOf(base, 1),
      op: row.op,
      place,
      args,
    });
  }
}
