/** A shader back to text, for people and for tests: what `parse-tgsi.ts` reads gives the same shader again. */
import { opcodeOf } from './opcodes.table.ts';
import type {
  Bracket,
  Declaration,
  DstOperand,
  Immediate,
  Indirect,
  Instruction,
  OffsetOperand,
  RegisterOperand,
  SrcOperand,
  Tgsi,
} from './tgsi.ts';
import type { PropertyName } from './vocabulary.ts';
import { PROPERTIES } from './vocabulary.ts';

const LETTERS = ['x', 'y', 'z', 'w'] as const;

function letters(components: readonly number[]): string {
  return components.map((component) => LETTERS[component] ?? 'x').join('');
}

function printMask(mask: number): string {
  return mask === 15 ? '' : `.${letters([0, 1, 2, 3].filter((i) => ((mask >> i) & 1) === 1))}`;
}

function printIndirect(indirect: Indirect): string {
  return `${indirect.file}[${indirect.index}].${letters([indirect.component])}`;
}

function printBracket({ index, indirect, arrayId }: Bracket): string {
  const array = arrayId === 0 ? '' : `(${arrayId})`;
  if (indirect === null) return `[${index}]${array}`;
  const offset = index === 0 ? '' : index > 0 ? `+${index}` : `${index}`;
  return `[${printIndirect(indirect)}${offset}]${array}`;
}

function printRegister({ file, dimension, bracket }: RegisterOperand): string {
  return `${file}${dimension === null ? '' : printBracket(dimension)}${printBracket(bracket)}`;
}

function printDst(dst: DstOperand): string {
  return printRegister(dst) + printMask(dst.mask);
}

function printSrc(src: SrcOperand): string {
  const swizzle = letters(src.swizzle);
  const bar = src.absolute ? '|' : '';
  return `${src.negate ? '-' : ''}${bar}${printRegister(src)}${swizzle === 'xyzw' ? '' : `.${swizzle}`}${bar}`;
}

function printOffset({ file, index, swizzle }: OffsetOperand): string {
  return `${file}[${index}].${letters(swizzle)}`;
}

function printDeclaration(declaration: Declaration): string {
  const { file, first, last, dimension, perVertex, arrayId, semantic, streams } = declaration;
  const words: string[] = [];
  if (arrayId !== 0) words.push(`ARRAY(${arrayId})`);
  if (declaration.local) words.push('LOCAL');
  if (semantic !== null) {
    const indexed = semantic.index !== 0 || semantic.name === 'GENERIC' || semantic.name === 'TEXCOORD';
    words.push(indexed ? `${semantic.name}[${semantic.index}]` : semantic.name);
  }
  if (declaration.target !== null) words.push(declaration.target);
  if (file === 'IMAGE') words.push(`PIPE_FORMAT_${declaration.format}`);
  if (declaration.writable) words.push('WR');
  if (declaration.raw) words.push('RAW');
  if (declaration.returnTypes !== null) {
    const [x, y, z, w] = declaration.returnTypes;
    words.push(x === y && x === z && x === w ? x : declaration.returnTypes.join(', '));
  }
  if (declaration.atomic) words.push('ATOMIC');
  if (declaration.memoryType !== null) words.push(declaration.memoryType);
  if (streams !== null) words.push(`STREAM(${streams.join(', ')})`);
  if (declaration.interpolation !== null) words.push(declaration.interpolation);
  if (declaration.location !== 'CENTER') words.push(declaration.location);
  if (declaration.invariant) words.push('INVARIANT');
  const range = first === last ? `[${first}]` : `[${first}..${last}]`;
  const head = `${perVertex ? '[]' : ''}${dimension === null ? '' : `[${dimension}]`}${range}${printMask(declaration.mask)}`;
  return `DCL ${file}${head}${words.map((word) => `, ${word}`).join('')}`;
}

const hex32 = (word: number): string => `0x${word.toString(16).padStart(8, '0')}`;

function printImmediate({ type, words }: Immediate, index: number): string {
  const [x, y, z, w] = words;
  let values: string[];
  if (type === 'FLT32') values = words.map(hex32);
  else if (type === 'UINT32') values = words.map(String);
  else if (type === 'INT32') values = words.map((word) => String(word | 0));
  else values = [`${hex32(x)} ${hex32(y)}`, `${hex32(z)} ${hex32(w)}`];
  return `IMM[${index}] ${type} {${values.join(', ')}}`;
}

function printProperty(name: PropertyName, value: number): string {
  const words: readonly string[] | null = PROPERTIES[name];
  return `PROPERTY ${name} ${words?.[value] ?? value}`;
}

/** One instruction without its number. */
function printInstruction(instruction: Instruction): string {
  const { opcode, saturate, precise, target, offsets, qualifiers, format, label } = instruction;
  const operands = [...instruction.dsts.map(printDst), ...instruction.srcs.map(printSrc)];
  if (opcodeOf(opcode).memory) operands.push(...qualifiers);
  if (target !== null) operands.push(target);
  operands.push(...offsets.map(printOffset));
  if (format !== '') operands.push(`PIPE_FORMAT_${format}`);
  const name = `${opcode}${saturate ? '_SAT' : ''}${precise ? '_PRECISE' : ''}`;
  const text = operands.length === 0 ? name : `${name} ${operands.join(', ')}`;
  return label === null ? text : `${text} :${label}`;
}

/** The whole shader, every line ended. */
export function printTgsi(tgsi: Tgsi): string {
  const lines: string[] = [tgsi.stage];
  for (const [name, value] of tgsi.properties) lines.push(printProperty(name, value));
  lines.push(...tgsi.declarations.map(printDeclaration));
  lines.push(...tgsi.immediates.map(printImmediate));
  lines.push(
    ...tgsi.instructions.map((instruction, i) => `${String(i).padStart(3)}: ${printInstruction(instruction)}`),
  );
  return `${lines.join('\n')}\n`;
}
