/** A checked shader to IR: flat instructions become nested blocks, registers become what they mean. */
import { assert } from '../../../base/assert.ts';
import { compare, constant, unary } from '../ir/build.ts';
import type { Block, Expression, IrIo, IrRange, MemoryBarrierMask, ShaderIr, Statement, SwitchCase } from '../ir/ir.ts';
import { ShaderError } from '../shader-error.ts';
import type { OpcodeName } from '../tgsi/opcodes.table.ts';
import { opcodeOf } from '../tgsi/opcodes.table.ts';
import type { Instruction, SrcOperand } from '../tgsi/tgsi.ts';
import type { CheckedShader } from './check-shader.ts';
import type { IoRegister, RegisterRange } from './collect-registers.ts';
import { mergeRanges } from './collect-registers.ts';
import { lowerArithmetic } from './lower-arithmetic.ts';
import { MemoryLowering } from './lower-memory.ts';
import { isNotZero, lanesOf, Operands } from './lower-operand.ts';
import { lowerTexture, SamplerTypes } from './lower-texture.ts';
import { lowerWide } from './lower-wide.ts';

/** A block that is still open. */
interface Frame {
  readonly kind: 'if' | 'else' | 'loop' | 'switch' | 'routine';
  readonly condition: Expression | null;
  readonly whenTrue: Block;
  readonly cases: SwitchCase[];
  label: number | null;
  readonly number: number;
  readonly outer: Statement[];
}

/** Bits of MEMBAR's operand. */
const MEMBAR = { buffers: 1, counters: 2, images: 4, shared: 8, group: 16 } as const;

class Lowering {
  readonly operands: Operands;
  readonly memory: MemoryLowering;
  readonly samplers: SamplerTypes;
  readonly routines = new Map<number, Block>();
  readonly main: Statement[] = [];
  readonly #mulZero: boolean;
  readonly #frames: Frame[] = [];
  #block: Statement[] = this.main;
  #usesSharedMemory = false;

  constructor(shader: CheckedShader) {
    this.operands = new Operands(shader);
    this.memory = new MemoryLowering(this.operands, shader.registers.images);
    this.samplers = new SamplerTypes(shader.registers.views);
    this.#mulZero = shader.tgsi.properties.get('MUL_ZERO_WINS') === 1;
  }

  get usesSharedMemory(): boolean {
    return this.#usesSharedMemory;
  }

  #open(kind: Frame['kind'], fields: Partial<Frame> = {}): void {
    this.#frames.push({
      kind,
      condition: null,
      whenTrue: [],
      cases: [],
      label: null,
      number: 0,
      outer: this.#block,
      ...fields,
    });
    this.#block = [];
  }

  #close(): { frame: Frame; body: Statement[] } {
    const frame = this.#frames.pop();
    assert(frame !== undefined, 'blocks were checked to close in pairs');
    const body = this.#block;
    this.#block = frame.outer;
    return { frame, body };
  }

  #literal(src: SrcOperand | undefined): number {
    assert(src !== undefined, 'the instruction has an operand');
    return this.operands.literal(src, 0);
  }

  #condition(instruction: Instruction): Expression {
    const [src] = instruction.srcs;
    assert(src !== undefined, 'IF has a condition');
    return isNotZero(this.operands.read(src, opcodeOf(instruction.opcode).srcType, [0]));
  }

  #discard({ srcs }: Instruction): Statement {
    const [src] = srcs;
    if (src === undefined) return { kind: 'discard', condition: null };
    // KILL_IF looks at all four components its swizzle names; each once is enough.
    const lanes = [0, 1, 2, 3].filter((lane) => src.swizzle.indexOf(src.swizzle[lane] ?? 0) === lane);
    const value = this.operands.read(src, 'f', lanes);
    const negative = compare(
      'lt',
      value,
      constant(
        'f32',
        lanes.map(() => 0),
      ),
    );
    return { kind: 'discard', condition: lanes.length === 1 ? negative : unary('any', negative) };
  }

  #endCase(): void {
    const frame = this.#frames.at(-1);
    assert(frame?.kind === 'switch', 'CASE stands in a SWITCH');
    frame.cases.push({ label: frame.label, body: this.#block });
    this.#block = [];
  }

  #case(label: number | null): void {
    const frame = this.#frames.at(-1);
    assert(frame?.kind === 'switch', 'CASE stands in a SWITCH');
    if (frame.number === 0) this.#frames[this.#frames.length - 1] = { ...frame, label, number: 1 };
    else {
      this.#endCase();
      frame.label = label;
    }
  }

  #stream(src: SrcOperand | undefined, line: number): number {
    const stream = this.#literal(src);
    if (stream > 3) throw new ShaderError('range', line, `stream ${stream} is above 3`);
    return stream;
  }

  #barrier(bits: number): MemoryBarrierMask {
    const has = (bit: number): boolean => (bits & bit) !== 0;
    return {
      buffers: has(MEMBAR.buffers),
      counters: has(MEMBAR.counters),
      images: has(MEMBAR.images),
      shared: has(MEMBAR.shared),
      group: has(MEMBAR.group),
    };
  }

  /** Control flow; false if the instruction is something else. */
  #flow(instruction: Instruction, number: number): boolean {
    const { srcs, line } = instruction;
    const opcode: string = instruction.opcode;
    switch (opcode) {
      case 'IF':
      case 'UIF':
        this.#open('if', { condition: this.#condition(instruction) });
        return true;
      case 'ELSE': {
        const { frame, body } = this.#close();
        this.#open('else', { condition: frame.condition, whenTrue: body });
        return true;
      }
      case 'ENDIF': {
        const { frame, body } = this.#close();
        assert(frame.condition !== null, 'IF has a condition');
        const [whenTrue, whenFalse] = frame.kind === 'else' ? [frame.whenTrue, body] : [body, []];
        this.#block.push({ kind: 'if', condition: frame.condition, whenTrue, whenFalse });
        return true;
      }
      case 'BGNLOOP':
        this.#open('loop');
        return true;
      case 'ENDLOOP':
        {
          const { body } = this.#close();
          this.#block.push({ kind: 'loop', body });
        }
        return true;
      case 'SWITCH': {
        const [src] = srcs;
        assert(src !== undefined, 'SWITCH has a selector');
        this.#open('switch', { condition: this.operands.read(src, 'i', [0]) });
        return true;
      }
      case 'CASE':
        this.#case(this.#literal(srcs[0]));
        return true;
      case 'DEFAULT':
        this.#case(null);
        return true;
      case 'ENDSWITCH':
        this.#endSwitch();
        return true;
      case 'BGNSUB':
        this.#open('routine', { number });
        return true;
      case 'ENDSUB': {
        const { frame, body } = this.#close();
        this.routines.set(frame.number, body);
        return true;
      }
      case 'CAL':
        assert(instruction.label !== null, 'CAL names a subroutine');
        this.#block.push({ kind: 'call', routine: instruction.label });
        return true;
      case 'BRK':
        this.#block.push({ kind: 'break' });
        return true;
      case 'CONT':
        this.#block.push({ kind: 'continue' });
        return true;
      case 'RET':
        this.#block.push({ kind: 'return' });
        return true;
      case 'KILL':
      case 'KILL_IF':
        this.#block.push(this.#discard(instruction));
        return true;
      case 'EMIT':
        this.#block.push({ kind: 'emitVertex', stream: this.#stream(srcs[0], line) });
        return true;
      case 'ENDPRIM':
        this.#block.push({ kind: 'endPrimitive', stream: this.#stream(srcs[0], line) });
        return true;
      case 'BARRIER':
        this.#block.push({ kind: 'barrier' });
        return true;
      case 'MEMBAR':
        this.#block.push({ kind: 'memoryBarrier', mask: this.#barrier(this.#literal(srcs[0])) });
        return true;
      case 'END':
      case 'NOP':
        return true;
      default:
        return false;
    }
  }

  #endSwitch(): void {
    const frame = this.#frames.at(-1);
    assert(frame?.kind === 'switch' && frame.condition !== null, 'ENDSWITCH closes a SWITCH');
    if (frame.number !== 0) this.#endCase();
    const { cases, condition } = frame;
    this.#close();
    if (cases.length > 0) this.#block.push({ kind: 'switch', selector: condition, cases });
  }

  #interpolate(instruction: Instruction): Statement | null {
    const where = INTERPOLATIONS[instruction.opcode];
    const [dst] = instruction.dsts;
    const [input, place] = instruction.srcs;
    if (where === undefined || dst === undefined || input === undefined) return null;
    const lanes = lanesOf(dst.mask);
    if (input.bracket.indirect !== null || input.negate || input.absolute) {
      return this.operands.write(dst, instruction, this.operands.read(input, 'f', lanes));
    }
    let arg: Expression | null = null;
    if (place !== undefined)
      arg = this.operands.read(place, where === 'sample' ? 'i' : 'f', where === 'sample' ? [0] : [0, 1]);
    const value: Expression = {
      kind: 'interpolate',
      type: this.operands.read(input, 'f', lanes).type,
      register: input.bracket.index,
      lanes: lanes.map((lane) => input.swizzle[lane] ?? 0),
      where,
      arg,
    };
    return this.operands.write(dst, instruction, value);
  }

  #fetchColor(instruction: Instruction): Statement {
    const [dst] = instruction.dsts;
    const [src] = instruction.srcs;
    assert(dst !== undefined && src !== undefined, 'FBFETCH has two operands');
    const lanes = lanesOf(dst.mask).map((lane) => src.swizzle[lane] ?? 0);
    const { type } = this.operands.read(src, 'f', lanes);
    return this.operands.write(dst, instruction, { kind: 'framebuffer', type, color: src.bracket.index, lanes });
  }

  lower(instruction: Instruction, number: number): void {
    if (this.#flow(instruction, number)) return;
    const { opcode } = instruction;
    if (opcodeOf(opcode).texture) {
      this.#block.push(lowerTexture(instruction, this.operands, this.samplers));
      return;
    }
    if (opcodeOf(opcode).memory) {
      if ([...instruction.srcs, ...instruction.dsts].some(({ file }) => file === 'MEMORY'))
        this.#usesSharedMemory = true;
      this.#block.push(this.memory.lower(instruction));
      return;
    }
    if (opcode === 'FBFETCH') {
      this.#block.push(this.#fetchColor(instruction));
      return;
    }
    const statements = lowerWide(instruction, this.operands);
    const statement =
      statements === null
        ? (this.#interpolate(instruction) ?? lowerArithmetic(instruction, this.operands, this.#mulZero))
        : null;
    assert(statements !== null || statement !== null, `${opcode} is not lowered`);
    if (statements !== null) this.#block.push(...statements);
    if (statement !== null) this.#block.push(statement);
  }
}

const INTERPOLATIONS: Partial<Readonly<Record<OpcodeName, 'centroid' | 'sample' | 'offset'>>> = {
  INTERP_CENTROID: 'centroid',
  INTERP_SAMPLE: 'sample',
  INTERP_OFFSET: 'offset',
};

const ranges = (map: ReadonlyMap<number, RegisterRange>): IrRange[] =>
  [...map.values()].map(({ first, last }) => ({ first, count: last - first + 1 })).sort((a, b) => a.first - b.first);

const byIndex = <T extends { readonly index: number }>(list: T[]): T[] => list.sort((a, b) => a.index - b.index);

const ios = (registers: ReadonlyMap<number, IoRegister>): IrIo[] =>
  byIndex([...registers.values()]).map(({ index, ...io }) => ({ register: index, ...io }));

/**
 * Lowers a shader that `checkShader` has passed.
 *
 * @throws ShaderError for what only shows here: samplers of two kinds, targets an opcode cannot read.
 */
export function lowerTgsi(shader: CheckedShader): ShaderIr {
  const { tgsi, registers, subroutines } = shader;
  const lowering = new Lowering(shader);
  for (const [number, instruction] of tgsi.instructions.entries()) lowering.lower(instruction, number);
  const { operands, memory, samplers } = lowering;
  return {
    stage: tgsi.stage,
    properties: tgsi.properties,
    inputs: ios(registers.inputs),
    outputs: ios(registers.outputs),
    temps: [...operands.temps].sort((a, b) => a - b),
    tempArrays: shader.indexedTemps.map(({ first, last }) => ({ first, count: last - first + 1 })),
    outputRanges: mergeRanges(operands.outputRanges).map(({ first, last }) => ({ first, count: last - first + 1 })),
    addresses: registers.addresses,
    constants: registers.constants,
    samplers: byIndex([...samplers.types].map(([index, type]) => ({ index, ...type }))),
    samplerRanges: ranges(operands.samplerRanges),
    images: byIndex(
      [...memory.imageUses].map(([index, use]) => {
        const image = registers.images.get(index);
        assert(image !== undefined && image.target !== 'UNKNOWN', 'the image is declared');
        return { index, target: image.target, format: image.format, writable: image.writable, ...use };
      }),
    ),
    imageRanges: ranges(operands.imageRanges),
    buffers: byIndex(
      [...memory.bufferUses].map(([index, { coherent, isVolatile }]) => ({ index, coherent, isVolatile })),
    ),
    bufferRanges: ranges(operands.bufferRanges),
    firstBuffer: registers.buffers.size === 0 ? 0 : Math.min(...registers.buffers),
    counters: registers.atomics.map(({ binding, first, last }) => ({ binding, first, count: last - first + 1 })),
    usesSharedMemory: lowering.usesSharedMemory,
    routines: subroutines.map((number) => ({ number, body: lowering.routines.get(number) ?? [] })),
    body: lowering.main,
  };
}
