/**
 * Which components of temporary arrays a shader uses. Mesa's compilers set every vector of an array to zero in one run of
 * stores, and LLVM's time grows with the square of their number: an `int[2048]` as vec4 takes 16 times as long as alone.
 */
import type { Block, Expression, Lanes, RegisterRef, ShaderIr, Statement } from '../ir/ir.ts';
import { visitOperands } from '../ir/visit.ts';

class Walk {
  readonly masks = new Map<number, number>();

  #note(register: RegisterRef, lanes: Lanes): void {
    if (register.file !== 'tempArray') return;
    let mask = this.masks.get(register.first) ?? 0;
    for (const lane of lanes) mask |= 1 << lane;
    this.masks.set(register.first, mask);
  }

  #operands(node: Expression | Statement): void {
    visitOperands(node, (operand) => {
      if (operand.kind === 'load') this.#note(operand.register, operand.lanes);
      this.#operands(operand);
    });
  }

  block(block: Block): void {
    for (const statement of block) {
      this.#operands(statement);
      if (statement.kind === 'set') this.#note(statement.register, statement.lanes);
      else if (statement.kind === 'if') {
        this.block(statement.whenTrue);
        this.block(statement.whenFalse);
      } else if (statement.kind === 'loop') this.block(statement.body);
      else if (statement.kind === 'switch') for (const { body } of statement.cases) this.block(body);
    }
  }
}

/** For each temporary array, by its first register, the components that are read or written anywhere, in order. */
export function arrayComponents(ir: ShaderIr): ReadonlyMap<number, Lanes> {
  if (ir.tempArrays.length === 0) return new Map();
  const walk = new Walk();
  for (const { body } of ir.routines) walk.block(body);
  walk.block(ir.body);
  return new Map(
    [...walk.masks].map(([first, mask]) => [first, [0, 1, 2, 3].filter((lane) => ((mask >> lane) & 1) === 1)]),
  );
}
