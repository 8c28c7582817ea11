/**
 * Which temporaries a shader may read before it writes them. They are set to zero at the start, so that no shader sees what
 * another left in the host's registers. One walk over the program in time linear in it.
 */
import type { Block, Expression, RegisterRef, ShaderIr, Statement } from '../ir/ir.ts';
import { visitOperands } from '../ir/visit.ts';

/** Temporaries and temporary arrays (by first register) that need a first value. */
export interface Uninitialized {
  readonly temps: ReadonlySet<number>;
  /** With the components, one bit each, that the shader reads of any element. */
  readonly arrays: ReadonlyMap<number, number>;
}

/** Components written so far, with the way back out of a branch. */
class WrittenComponents {
  readonly #masks = new Map<number, number>();
  /** What each open branch has added, as register and the mask before. */
  readonly #logs: Map<number, number>[] = [];

  has(register: number, mask: number): boolean {
    return ((this.#masks.get(register) ?? 0) & mask) === mask;
  }

  add(register: number, mask: number): void {
    const before = this.#masks.get(register) ?? 0;
    if ((before | mask) === before) return;
    const log = this.#logs.at(-1);
    if (log !== undefined && !log.has(register)) log.set(register, before);
    this.#masks.set(register, before | mask);
  }

  open(): void {
    this.#logs.push(new Map());
  }

  /** Forgets what the branch wrote and gives what it had written, by register. */
  close(): ReadonlyMap<number, number> {
    const added = new Map<number, number>();
    for (const [register, before] of this.#logs.pop() ?? []) {
      added.set(register, this.#masks.get(register) ?? 0);
      this.#masks.set(register, before);
    }
    return added;
  }
}

/** Stands for an array of which every element is written, in the same table as registers. */
const wholeArray = (first: number): number => -1 - first;

class Walk {
  readonly temps = new Set<number>();
  readonly arrays = new Set<number>();
  /** Components read of each array. */
  readonly arrayMasks = new Map<number, number>();
  readonly #counts: ReadonlyMap<number, number>;
  readonly #written = new WrittenComponents();

  constructor(counts: ReadonlyMap<number, number>) {
    this.#counts = counts;
  }

  #reads(register: RegisterRef, mask: number): void {
    if (register.file === 'temp' && !this.#written.has(register.index, mask)) this.temps.add(register.index);
    if (register.file !== 'tempArray') return;
    const { first, index } = register;
    this.arrayMasks.set(first, (this.arrayMasks.get(first) ?? 0) | mask);
    if (this.arrays.has(first)) return;
    const isWritten =
      index.constant === null ? this.#wholeIsWritten(first, mask) : this.#written.has(first + index.constant, mask);
    if (!isWritten) this.arrays.add(first);
  }

  #wholeIsWritten(first: number, mask: number): boolean {
    // Remembered, so that an array is looked through once and not at every read.
    if (this.#written.has(wholeArray(first), mask)) return true;
    const count = this.#counts.get(first) ?? 0;
    for (let i = 0; i < count; i++) if (!this.#written.has(first + i, mask)) return false;
    this.#written.add(wholeArray(first), mask);
    return true;
  }

  #expression(expression: Expression): void {
    if (expression.kind === 'load') {
      this.#reads(expression.register, maskOf(expression.lanes));
    }
    visitOperands(expression, (operand) => this.#expression(operand));
  }

  block(block: Block): void {
    for (const statement of block) this.#statement(statement);
  }

  /** A block that may not run, or not to its end. */
  #branch(block: Block): ReadonlyMap<number, number> {
    this.#written.open();
    this.block(block);
    return this.#written.close();
  }

  #statement(statement: Statement): void {
    visitOperands(statement, (operand) => this.#expression(operand));
    if (statement.kind === 'set') {
      const { register, lanes } = statement;
      if (register.file === 'temp') this.#written.add(register.index, maskOf(lanes));
      else if (register.file === 'tempArray' && register.index.constant !== null) {
        this.#written.add(register.first + register.index.constant, maskOf(lanes));
      }
    } else if (statement.kind === 'if') {
      const whenTrue = this.#branch(statement.whenTrue);
      const whenFalse = this.#branch(statement.whenFalse);
      const [small, large] = whenTrue.size < whenFalse.size ? [whenTrue, whenFalse] : [whenFalse, whenTrue];
      for (const [register, mask] of small) this.#written.add(register, mask & (large.get(register) ?? 0));
    } else if (statement.kind === 'loop') {
      this.#branch(statement.body);
    } else if (statement.kind === 'switch') {
      for (const { body } of statement.cases) this.#branch(body);
    }
  }
}

const maskOf = (lanes: readonly number[]): number => lanes.reduce((mask, lane) => mask | (1 << lane), 0);

/** Finds them. A subroutine is taken to find nothing written. */
export function findUninitialized(ir: ShaderIr): Uninitialized {
  const counts = new Map(ir.tempArrays.map(({ first, count }) => [first, count]));
  const main = new Walk(counts);
  main.block(ir.body);
  const routines = ir.routines.map(({ body }) => {
    const walk = new Walk(counts);
    walk.block(body);
    return walk;
  });
  const walks = [main, ...routines];
  const arrays = new Set(walks.flatMap((walk) => [...walk.arrays]));
  return {
    temps: new Set(walks.flatMap((walk) => [...walk.temps])),
    arrays: new Map(
      [...arrays].map((first) => [first, walks.reduce((mask, walk) => mask | (walk.arrayMasks.get(first) ?? 0), 0)]),
    ),
  };
}
