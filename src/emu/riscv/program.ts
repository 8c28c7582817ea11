/** A small assembler over the instruction table, for tests and generated programs: words in order, labels for jumps. */
import { encode, instructionOf, OPERATION, type Operands } from './encoding.ts';

/** A program under construction. */
export class Program {
  readonly #words: (number | { readonly name: string; readonly operands: Operands; readonly target: string })[] = [];
  readonly #labels = new Map<string, number>();

  /** Adds an instruction; with `target` its immediate is the distance to that label. */
  add(name: string, operands: Operands = {}, target?: string): this {
    if (target === undefined) this.#words.push(encode(rowOf(name), operands));
    else this.#words.push({ name, operands, target });
    return this;
  }

  /** Adds a word as it is. */
  word(value: number): this {
    this.#words.push(value >>> 0);
    return this;
  }

  /** Names the next instruction. */
  label(name: string): this {
    this.#labels.set(name, this.#words.length * 4);
    return this;
  }

  /** Loads a constant of 32 bits, sign-extended. */
  constant(rd: number, value: number): this {
    const low = (value << 20) >> 20;
    this.add('lui', { rd, imm: (value - low) | 0 });
    return this.add('addiw', { rd, rs1: rd, imm: low });
  }

  /** The words; throws Error for a label that is not there. */
  toWords(): Uint32Array {
    return Uint32Array.from(this.#words, (word, i) => {
      if (typeof word === 'number') return word;
      const at = this.#labels.get(word.target);
      if (at === undefined) throw new Error(`no label ${word.target}`);
      return encode(rowOf(word.name), { ...word.operands, imm: at - i * 4 });
    });
  }
}

const IMAGE_HEADER_BYTES = 64;

/** A kernel Image (Linux, Documentation/arch/riscv/boot-image-header.rst) that does what a program says. */
export function kernelImage(program: Program): Uint8Array {
  const words = program.toWords();
  const file = new Uint8Array(IMAGE_HEADER_BYTES + 4 * words.length);
  const view = new DataView(file.buffer);
  // jal x0, 64: over the header.
  view.setUint32(0, 0x0400_006f, true);
  view.setBigUint64(8, 0x20_0000n, true);
  view.setBigUint64(16, BigInt(file.length), true);
  view.setUint32(56, 0x0543_5352, true);
  for (const [i, word] of words.entries()) view.setUint32(IMAGE_HEADER_BYTES + 4 * i, word, true);
  return file;
}

function rowOf(name: string): ReturnType<typeof instructionOf> {
  const operation = OPERATION.get(name);
  if (operation === undefined) throw new Error(`no instruction ${name}`);
  return instructionOf(operation);
}
