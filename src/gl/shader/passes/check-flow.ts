/** Whether IF, SWITCH, BGNLOOP and BGNSUB open and close in pairs, and calls end. */
import { ShaderError } from '../shader-error.ts';
import type { ShaderLimits } from '../shader-limits.ts';
import type { Instruction, Tgsi } from '../tgsi/tgsi.ts';
import type { OpcodeName } from '../tgsi/opcodes.table.ts';

interface Routine {
  /** Number of its BGNSUB; -1 for the main program. */
  readonly start: number;
  readonly calls: number[];
  size: number;
}

const CLOSES: Partial<Readonly<Record<OpcodeName, readonly OpcodeName[]>>> = {
  ENDIF: ['IF', 'UIF', 'ELSE'],
  ENDLOOP: ['BGNLOOP'],
  ENDSWITCH: ['SWITCH'],
  ENDSUB: ['BGNSUB'],
};

interface OpenBlock {
  readonly opcode: OpcodeName;
  readonly cases: Set<number>;
  hasDefault: boolean;
}

class FlowChecker {
  readonly routines = new Map<number, Routine>();
  readonly #tgsi: Tgsi;
  readonly #limits: ShaderLimits;
  readonly #open: OpenBlock[] = [];
  #routine: Routine = { start: -1, calls: [], size: 0 };
  #ended = false;

  constructor(tgsi: Tgsi, limits: ShaderLimits) {
    this.#tgsi = tgsi;
    this.#limits = limits;
    this.routines.set(-1, this.#routine);
  }

  get ended(): boolean {
    return this.#ended;
  }

  get openBlocks(): number {
    return this.#open.length;
  }

  #top(): OpcodeName | null {
    return this.#open.at(-1)?.opcode ?? null;
  }

  #push(opcode: OpcodeName, line: number): void {
    if (this.#open.length >= this.#limits.maxNesting) {
      throw new ShaderError('limit', line, `blocks nest deeper than ${this.#limits.maxNesting}`);
    }
    this.#open.push({ opcode, cases: new Set(), hasDefault: false });
  }

  #expectTop(opcode: OpcodeName, openers: readonly OpcodeName[], line: number): void {
    const top = this.#top();
    if (top === null || !openers.includes(top))
      throw new ShaderError('nesting', line, `${opcode} without ${openers[0]}`);
  }

  #case({ srcs, line }: Instruction): void {
    this.#expectTop('CASE', ['SWITCH'], line);
    const [src] = srcs;
    const immediate = src === undefined ? undefined : this.#tgsi.immediates[src.bracket.index];
    const value = immediate?.words[src?.swizzle[0] ?? 0] ?? 0;
    const block = this.#open.at(-1);
    if (src?.negate === true || src?.absolute === true)
      throw new ShaderError('unsupported', line, 'CASE takes no sign');
    if (block?.cases.has(value) === true) throw new ShaderError('nesting', line, `case ${value} stands twice`);
    block?.cases.add(value);
  }

  #default(line: number): void {
    this.#expectTop('DEFAULT', ['SWITCH'], line);
    const block = this.#open.at(-1);
    if (block?.hasDefault === true) throw new ShaderError('nesting', line, 'DEFAULT stands twice');
    if (block !== undefined) block.hasDefault = true;
  }

  #enterRoutine(start: number, line: number): void {
    if (!this.#ended || this.#open.length > 0) throw new ShaderError('nesting', line, 'BGNSUB stands after END only');
    this.#routine = { start, calls: [], size: 0 };
    this.routines.set(start, this.#routine);
    this.#push('BGNSUB', line);
  }

  step(instruction: Instruction, number: number): void {
    const { opcode, line } = instruction;
    if (this.#ended && this.#open.length === 0 && opcode !== 'BGNSUB') {
      throw new ShaderError('nesting', line, `${opcode} stands after END`);
    }
    this.#routine.size++;
    const openers = CLOSES[opcode];
    if (openers !== undefined) {
      this.#expectTop(opcode, openers, line);
      this.#open.pop();
      return;
    }
    const name: string = opcode;
    switch (name) {
      case 'IF':
      case 'UIF':
      case 'BGNLOOP':
      case 'SWITCH':
        this.#push(opcode, line);
        return;
      case 'ELSE':
        this.#expectTop(opcode, ['IF', 'UIF'], line);
        this.#open.pop();
        this.#push(opcode, line);
        return;
      case 'CASE':
        this.#case(instruction);
        return;
      case 'DEFAULT':
        this.#default(line);
        return;
      case 'BRK':
        if (!this.#open.some((block) => block.opcode === 'BGNLOOP' || block.opcode === 'SWITCH')) {
          throw new ShaderError('nesting', line, 'BRK outside of a loop');
        }
        return;
      case 'CONT':
        if (!this.#open.some((block) => block.opcode === 'BGNLOOP')) {
          throw new ShaderError('nesting', line, 'CONT outside of a loop');
        }
        return;
      case 'BGNSUB':
        this.#enterRoutine(number, line);
        return;
      case 'CAL': {
        const { label } = instruction;
        if (label === null || this.#tgsi.instructions[label]?.opcode !== 'BGNSUB') {
          throw new ShaderError('nesting', line, 'CAL names no BGNSUB');
        }
        this.#routine.calls.push(label);
        return;
      }
      case 'END':
        if (this.#open.length > 0 || this.#ended) throw new ShaderError('nesting', line, 'END inside of a block');
        this.#ended = true;
        return;
      default:
        if (
          this.#top() === 'SWITCH' &&
          this.#open.at(-1)?.cases.size === 0 &&
          this.#open.at(-1)?.hasDefault === false
        ) {
          throw new ShaderError('nesting', line, `${opcode} before the first CASE`);
        }
    }
  }
}

/** Depth-first over the calls without a stack of our own language: a routine is done when all it calls is. */
function orderRoutines(routines: ReadonlyMap<number, Routine>, limits: ShaderLimits): number[] {
  const order: number[] = [];
  const inlined = new Map<number, number>();
  const active = new Set<number>([-1]);
  const stack: { readonly routine: Routine; next: number; size: number }[] = [];
  const main = routines.get(-1);
  if (main !== undefined) stack.push({ routine: main, next: 0, size: main.size });
  for (let frame = stack.at(-1); frame !== undefined; frame = stack.at(-1)) {
    const called = frame.routine.calls[frame.next];
    if (called === undefined) {
      stack.pop();
      active.delete(frame.routine.start);
      inlined.set(frame.routine.start, frame.size);
      if (frame.routine.start >= 0) order.push(frame.routine.start);
      continue;
    }
    const size = inlined.get(called);
    if (size !== undefined) {
      frame.next++;
      frame.size += size;
      if (frame.size > limits.maxInlinedInstructions) {
        throw new ShaderError('limit', 0, `calls make more than ${limits.maxInlinedInstructions} instructions`);
      }
      continue;
    }
    const routine = routines.get(called);
    if (routine === undefined || active.has(called))
      throw new ShaderError('nesting', 0, `subroutine ${called} calls itself`);
    active.add(called);
    stack.push({ routine, next: 0, size: routine.size });
  }
  return order;
}

/**
 * Checks control flow.
 *
 * @returns the subroutines that are called, by the number of their BGNSUB, callees before callers.
 * @throws ShaderError `nesting` or `limit`.
 */
export function checkFlow(tgsi: Tgsi, limits: ShaderLimits): number[] {
  const checker = new FlowChecker(tgsi, limits);
  for (const [number, instruction] of tgsi.instructions.entries()) checker.step(instruction, number);
  if (!checker.ended) throw new ShaderError('nesting', 0, 'there is no END');
  if (checker.openBlocks > 0) throw new ShaderError('nesting', 0, 'a block is not closed');
  return orderRoutines(checker.routines, limits);
}
