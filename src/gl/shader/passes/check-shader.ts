/**
 * Whether a parsed shader holds together: every register declared and in range, operands of the right kind for their opcode,
 * blocks in pairs, subroutines without recursion. What passes can be lowered without further doubt; the lowering asserts.
 * Time is linear in the shader.
 */
import { ShaderError } from '../shader-error.ts';
import type { ShaderLimits } from '../shader-limits.ts';
import { SHADER_LIMITS } from '../shader-limits.ts';
import { opcodeOf } from '../tgsi/opcodes.table.ts';
import type {
  Bracket,
  DstOperand,
  Instruction,
  OffsetOperand,
  RegisterOperand,
  SrcOperand,
  Tgsi,
} from '../tgsi/tgsi.ts';
import type { File } from '../tgsi/vocabulary.ts';
import { checkFlow } from './check-flow.ts';
import type { RegisterRange, Registers } from './collect-registers.ts';
import { collectRegisters, rangeOf } from './collect-registers.ts';

/** A shader that holds together, with what is known of it. */
export interface CheckedShader {
  readonly tgsi: Tgsi;
  readonly registers: Registers;
  /** Ranges of temporaries that are reached by an index, ascending. */
  readonly indexedTemps: readonly RegisterRange[];
  /** Instruction numbers where subroutines begin that are called, in the order that every callee stands before its callers. */
  readonly subroutines: readonly number[];
}

const VALUE_FILES: ReadonlySet<File> = new Set<File>(['CONST', 'IN', 'OUT', 'TEMP', 'ADDR', 'IMM', 'SV']);
const INDEXED_FILES: ReadonlySet<File> = new Set<File>([
  'CONST',
  'IN',
  'OUT',
  'TEMP',
  'SAMP',
  'IMAGE',
  'BUFFER',
  'HWATOMIC',
  'IMM',
]);

class OperandChecker {
  readonly #tgsi: Tgsi;
  readonly #registers: Registers;
  readonly #indexed = new Map<number, RegisterRange>();
  #line = 0;

  constructor(tgsi: Tgsi, registers: Registers) {
    this.#tgsi = tgsi;
    this.#registers = registers;
  }

  get indexedTemps(): RegisterRange[] {
    return [...this.#indexed.values()].sort((a, b) => a.first - b.first);
  }

  #fail(code: 'undeclared' | 'range' | 'type' | 'unsupported', detail: string): ShaderError {
    return new ShaderError(code, this.#line, detail);
  }

  #indirect({ indirect }: Bracket): void {
    if (indirect === null) return;
    const { file, index } = indirect;
    if (file === 'ADDR') {
      if (index < 0 || index >= this.#registers.addresses)
        throw this.#fail('undeclared', `ADDR[${index}] is not declared`);
    } else if (file === 'TEMP') {
      if (rangeOf(this.#registers.temps, index) === null)
        throw this.#fail('undeclared', `TEMP[${index}] is not declared`);
    } else {
      throw this.#fail('type', `${file} cannot be an index`);
    }
  }

  #temp({ index, indirect, arrayId }: Bracket): void {
    const { temps, tempArrays } = this.#registers;
    const array = indirect !== null && arrayId !== 0 ? tempArrays.get(arrayId) : undefined;
    if (indirect !== null && arrayId !== 0 && array === undefined) {
      throw this.#fail('undeclared', `array ${arrayId} of TEMP is not declared`);
    }
    const range = rangeOf(temps, array?.first ?? index);
    if (range === null) throw this.#fail('undeclared', `TEMP[${index}] is not declared`);
    if (indirect !== null) this.#indexed.set(range.first, range);
  }

  #vertex({ file, dimension }: RegisterOperand, perVertex: boolean): void {
    const { stage } = this.#tgsi;
    if (!perVertex) {
      if (dimension !== null) throw this.#fail('type', `${file} has one dimension here`);
      return;
    }
    // Mesa's virgl driver leaves the number out where a control shader writes its own vertex.
    if (dimension === null && file === 'OUT') return;
    if (dimension === null) throw this.#fail('type', `${file} needs a vertex number`);
    this.#indirect(dimension);
    const vertices = stage === 'GEOM' ? this.#registers.primitiveVertices : 32;
    if (dimension.indirect === null && (dimension.index < 0 || dimension.index >= vertices)) {
      throw this.#fail('range', `vertex ${dimension.index} is not below ${vertices}`);
    }
  }

  #io(operand: RegisterOperand, file: 'IN' | 'OUT'): void {
    const { bracket } = operand;
    const registers = file === 'IN' ? this.#registers.inputs : this.#registers.outputs;
    const arrays = file === 'IN' ? this.#registers.inputArrays : this.#registers.outputArrays;
    let { index } = bracket;
    if (bracket.indirect !== null) {
      if (bracket.arrayId !== 0) {
        const array = arrays.get(bracket.arrayId);
        if (array === undefined) throw this.#fail('undeclared', `array ${bracket.arrayId} of ${file} is not declared`);
        index = array.first;
      } else {
        index = Math.max(index, 0);
      }
    }
    const register = registers.get(index);
    if (register === undefined) throw this.#fail('undeclared', `${file}[${index}] is not declared`);
    this.#vertex(operand, register.perVertex);
  }

  #constant({ dimension, bracket }: RegisterOperand): void {
    const { constants } = this.#registers;
    if (dimension !== null && dimension.indirect !== null) {
      this.#indirect(dimension);
      if (![...constants.keys()].some((buffer) => buffer > 0)) throw this.#fail('undeclared', 'no constant buffers');
      return;
    }
    const buffer = dimension?.index ?? 0;
    const count = constants.get(buffer);
    if (count === undefined) throw this.#fail('undeclared', `constant buffer ${buffer} is not declared`);
    if (bracket.indirect === null && (bracket.index < 0 || bracket.index >= count)) {
      throw this.#fail('undeclared', `CONST[${bracket.index}] is not declared`);
    }
  }

  #atomic({ dimension, bracket }: RegisterOperand): void {
    if (dimension === null || dimension.indirect !== null)
      throw this.#fail('type', 'HWATOMIC needs the number of its buffer');
    const known = this.#registers.atomics.some(
      ({ binding, first, last }) =>
        binding === dimension.index &&
        ((bracket.index >= first && bracket.index <= last) || (bracket.indirect !== null && bracket.index < first)),
    );
    if (!known) throw this.#fail('undeclared', `HWATOMIC[${dimension.index}][${bracket.index}] is not declared`);
  }

  #declaredIn(keys: { has(index: number): boolean }, { file, bracket }: RegisterOperand): void {
    if (!keys.has(bracket.index)) throw this.#fail('undeclared', `${file}[${bracket.index}] is not declared`);
  }

  #register(operand: RegisterOperand): void {
    const { file, dimension, bracket } = operand;
    if (bracket.indirect !== null) {
      if (!INDEXED_FILES.has(file)) throw this.#fail('type', `${file} cannot be reached by an index`);
      this.#indirect(bracket);
    }
    // Mesa's virgl driver leaves a vertex number on temporaries it puts in place of outputs; it says nothing.
    if (dimension !== null && !['IN', 'OUT', 'CONST', 'HWATOMIC', 'TEMP'].includes(file)) {
      throw this.#fail('type', `${file} has one dimension`);
    }
    switch (file) {
      case 'TEMP':
        this.#temp(bracket);
        return;
      case 'IN':
      case 'OUT':
        this.#io(operand, file);
        return;
      case 'CONST':
        this.#constant(operand);
        return;
      case 'ADDR':
        if (bracket.index < 0 || bracket.index >= this.#registers.addresses) {
          throw this.#fail('undeclared', `ADDR[${bracket.index}] is not declared`);
        }
        return;
      case 'IMM':
        if (bracket.index < 0 || bracket.index >= this.#registers.immediates) {
          throw this.#fail('undeclared', `IMM[${bracket.index}] is not declared`);
        }
        return;
      case 'SV':
        this.#declaredIn(this.#registers.systemValues, operand);
        return;
      case 'SAMP':
        if (this.#registers.samplers.size > 0) this.#declaredIn(this.#registers.samplers, operand);
        else this.#declaredIn(this.#registers.views, operand);
        return;
      case 'SVIEW':
        this.#declaredIn(this.#registers.views, operand);
        return;
      case 'IMAGE':
        this.#declaredIn(this.#registers.images, operand);
        return;
      case 'BUFFER':
        this.#declaredIn(this.#registers.buffers, operand);
        return;
      case 'MEMORY':
        if (!this.#registers.hasSharedMemory) throw this.#fail('undeclared', 'MEMORY is not declared');
        return;
      case 'HWATOMIC':
        this.#atomic(operand);
    }
  }

  #dst(dst: DstOperand, place: number, { opcode }: Instruction): void {
    const { file, mask } = dst;
    const allowed =
      opcode === 'STORE'
        ? file === 'IMAGE' || file === 'BUFFER' || file === 'MEMORY'
        : file === 'TEMP' || file === 'OUT' || (file === 'ADDR' && ['ARL', 'ARR', 'UARL'].includes(opcode));
    if (!allowed) throw this.#fail('type', `${opcode} cannot write ${file}`);
    this.#register(dst);
    if (mask === 0) throw this.#fail('range', 'nothing is written');
    const { dstType } = opcodeOf(opcode);
    if (place === 0 && ['d', 'l', 'q'].includes(dstType) && mask !== 3 && mask !== 12 && mask !== 15) {
      throw this.#fail('range', `${opcode} writes components in pairs`);
    }
    if (file === 'OUT' && this.#tgsi.stage === 'TESS_CTRL') this.#controlOutput(dst);
  }

  /** A control shader writes its own vertex only; the number it names for that must be its invocation. */
  #controlOutput({ dimension }: DstOperand): void {
    if (dimension !== null && dimension.indirect === null) {
      throw this.#fail('unsupported', 'a control shader writes the vertex of its own invocation');
    }
  }

  #value(src: SrcOperand, opcode: string): void {
    if (!VALUE_FILES.has(src.file)) throw this.#fail('type', `${opcode} cannot read ${src.file} here`);
    this.#register(src);
  }

  #resource(src: SrcOperand, files: readonly File[], opcode: string): void {
    if (!files.includes(src.file)) throw this.#fail('type', `${opcode} needs ${files.join(' or ')} here`);
    if (src.negate || src.absolute) throw this.#fail('type', `${src.file} has no sign`);
    this.#register(src);
  }

  #offset({ file, index }: OffsetOperand): void {
    if (!VALUE_FILES.has(file)) throw this.#fail('type', `${file} cannot be a texel offset`);
    this.#register({ file, dimension: null, bracket: { index, indirect: null, arrayId: 0 } });
  }

  #sources(instruction: Instruction): void {
    const { opcode, srcs } = instruction;
    const row = opcodeOf(opcode);
    for (const [i, src] of srcs.entries()) {
      if (row.texture && i === srcs.length - 1) this.#resource(src, ['SAMP'], opcode);
      else if (row.memory && i === 0 && opcode !== 'STORE') {
        const files: File[] = opcode === 'RESQ' ? ['IMAGE', 'BUFFER'] : ['IMAGE', 'BUFFER', 'MEMORY', 'HWATOMIC'];
        this.#resource(src, files, opcode);
      } else this.#value(src, opcode);
    }
    if (
      (opcode === 'EMIT' || opcode === 'ENDPRIM' || opcode === 'MEMBAR' || opcode === 'CASE') &&
      srcs[0]?.file !== 'IMM'
    ) {
      throw this.#fail('unsupported', `${opcode} needs an immediate`);
    }
    if (opcode === 'FBFETCH' && srcs[0]?.file !== 'OUT') throw this.#fail('type', 'FBFETCH needs an output');
    if (opcode.startsWith('INTERP_') && srcs[0]?.file !== 'IN') throw this.#fail('type', `${opcode} needs an input`);
  }

  check(instruction: Instruction): void {
    this.#line = instruction.line;
    const { opcode } = instruction;
    const { stages } = opcodeOf(opcode);
    if (stages !== null && !stages.includes(this.#tgsi.stage)) {
      throw new ShaderError('stage', this.#line, `${opcode} does not belong to ${this.#tgsi.stage}`);
    }
    for (const [place, dst] of instruction.dsts.entries()) this.#dst(dst, place, instruction);
    this.#sources(instruction);
    for (const offset of instruction.offsets) this.#offset(offset);
    if (instruction.saturate && opcodeOf(opcode).dstType !== 'f' && opcodeOf(opcode).dstType !== 'x') {
      throw this.#fail('type', `${opcode} cannot saturate`);
    }
  }
}

function checkProperties({ stage, properties }: Tgsi, limits: ShaderLimits): void {
  const within = (
    name: 'GS_MAX_OUTPUT_VERTICES' | 'GS_INVOCATIONS' | 'TCS_VERTICES_OUT',
    low: number,
    high: number,
  ): void => {
    const value = properties.get(name) ?? low;
    if (value < low || value > high) throw new ShaderError('range', 0, `${name} ${value} is not ${low} to ${high}`);
  };
  if (stage === 'GEOM') {
    within('GS_MAX_OUTPUT_VERTICES', 0, 1024);
    within('GS_INVOCATIONS', 1, 127);
  }
  if (stage === 'TESS_CTRL') within('TCS_VERTICES_OUT', 1, 32);
  const clips = properties.get('NUM_CLIPDIST_ENABLED') ?? 0;
  const culls = properties.get('NUM_CULLDIST_ENABLED') ?? 0;
  if (clips + culls > 8) throw new ShaderError('range', 0, `${clips} clip and ${culls} cull distances are more than 8`);
  if (stage !== 'COMP') return;
  const sizes = (['CS_FIXED_BLOCK_WIDTH', 'CS_FIXED_BLOCK_HEIGHT', 'CS_FIXED_BLOCK_DEPTH'] as const).map(
    (name) => properties.get(name) ?? 0,
  );
  const [x = 0, y = 0, z = 0] = sizes;
  const none = x === 0 && y === 0 && z === 0;
  if (none) return;
  if (
    sizes.some((size) => size < 1 || size > limits.maxWorkGroupInvocations) ||
    x * y * z > limits.maxWorkGroupInvocations
  ) {
    throw new ShaderError('range', 0, `work group of ${x} by ${y} by ${z} is too large`);
  }
}

/**
 * Checks a parsed shader.
 *
 * @throws ShaderError with the line of the first fault.
 */
export function checkShader(tgsi: Tgsi, limits: ShaderLimits = SHADER_LIMITS): CheckedShader {
  const registers = collectRegisters(tgsi, limits);
  checkProperties(tgsi, limits);
  const operands = new OperandChecker(tgsi, registers);
  for (const instruction of tgsi.instructions) operands.check(instruction);
  const subroutines = checkFlow(tgsi, limits);
  const { indexedTemps } = operands;
  const indexed = indexedTemps.reduce((sum, { first, last }) => sum + last - first + 1, 0);
  if (indexed > limits.maxIndexedTemps) {
    throw new ShaderError(
      'limit',
      0,
      `${indexed} temporaries are reached by an index, more than ${limits.maxIndexedTemps}`,
    );
  }
  return { tgsi, registers, indexedTemps, subroutines };
}
