/** Operands of TGSI instructions: registers with one or two brackets, write masks, swizzles, modifiers, texel offsets. */
import { ShaderError } from '../shader-error.ts';
import type { Scanner } from './scanner.ts';
import type { Bracket, DstOperand, Indirect, OffsetOperand, RegisterOperand, SrcOperand, Swizzle } from './tgsi.ts';
import type { File } from './vocabulary.ts';
import { memberOf, WORDS } from './vocabulary.ts';

const COMPONENTS = 'XYZW';
const LETTERS: ReadonlySet<string> = new Set(COMPONENTS);
const IDENTITY: Swizzle = [0, 1, 2, 3];

/** Register numbers of the assembly are 16 bits with a sign. */
const MAX_INDEX = 32767;

/** Takes the name of a register file. */
export function parseFile(scanner: Scanner): File {
  return scanner.oneOf(WORDS.files, 'a register file');
}

function parseComponent(scanner: Scanner): number {
  return COMPONENTS.indexOf(scanner.oneOf(LETTERS, 'a component x, y, z or w'));
}

function parseIndex(scanner: Scanner): number {
  const line = scanner.line;
  const index = scanner.int('a register number');
  if (index > MAX_INDEX || index < -MAX_INDEX) throw new ShaderError('range', line, 'register number is too large');
  return index;
}

function parseIndirect(scanner: Scanner): Indirect {
  const file = parseFile(scanner);
  scanner.expect('[');
  const index = parseIndex(scanner);
  scanner.expect(']');
  const component = scanner.accept('.') ? parseComponent(scanner) : 0;
  return { file, index, component };
}

function parseBracket(scanner: Scanner): Bracket {
  scanner.expect('[');
  const word = scanner.peekWord();
  let indirect: Indirect | null = null;
  let index = 0;
  if (word !== null && memberOf(WORDS.files, word) !== null) {
    indirect = parseIndirect(scanner);
    if (scanner.sees('+') || scanner.sees('-')) index = parseIndex(scanner);
  } else {
    index = parseIndex(scanner);
  }
  scanner.expect(']');
  let arrayId = 0;
  if (scanner.accept('(')) {
    arrayId = scanner.uint('an array number');
    scanner.expect(')');
  }
  return { index, indirect, arrayId };
}

function parseRegister(scanner: Scanner): RegisterOperand {
  const file = parseFile(scanner);
  const first = parseBracket(scanner);
  if (!scanner.sees('[')) return { file, dimension: null, bracket: first };
  return { file, dimension: first, bracket: parseBracket(scanner) };
}

/** Takes `.xyz` as a mask of the components named in order; without one all four. */
export function parseMask(scanner: Scanner): number {
  if (!scanner.sees('.')) return 15;
  scanner.expect('.');
  const word = scanner.word('a write mask');
  let mask = 0;
  let previous = -1;
  for (const letter of word) {
    const component = COMPONENTS.indexOf(letter);
    if (component <= previous) throw new ShaderError('syntax', scanner.line, `"${word}" is no write mask`);
    previous = component;
    mask |= 1 << component;
  }
  return mask;
}

function parseLanes(scanner: Scanner, count: number): number[] | null {
  if (!scanner.sees('.')) return null;
  scanner.expect('.');
  const word = scanner.word(`${count} components`);
  const lanes = Array.from(word, (letter) => COMPONENTS.indexOf(letter));
  if (lanes.length !== count || lanes.includes(-1)) {
    throw new ShaderError('syntax', scanner.line, `"${word}" is not ${count} components`);
  }
  return lanes;
}

/** Takes a register that is written. */
export function parseDst(scanner: Scanner): DstOperand {
  const register = parseRegister(scanner);
  return { ...register, mask: parseMask(scanner) };
}

/** Takes a register that is read, with its modifiers: `-|TEMP[0].xxxx|`. */
export function parseSrc(scanner: Scanner): SrcOperand {
  const negate = scanner.accept('-');
  const absolute = scanner.accept('|');
  const register = parseRegister(scanner);
  const [x, y, z, w] = parseLanes(scanner, 4) ?? IDENTITY;
  if (absolute) scanner.expect('|');
  return { ...register, swizzle: [x ?? 0, y ?? 0, z ?? 0, w ?? 0], negate, absolute };
}

/** Takes a texel offset: `IMM[0].xyz`. */
export function parseOffset(scanner: Scanner): OffsetOperand {
  const file = parseFile(scanner);
  scanner.expect('[');
  const index = parseIndex(scanner);
  scanner.expect(']');
  const [x, y, z] = parseLanes(scanner, 3) ?? IDENTITY;
  return { file, index, swizzle: [x ?? 0, y ?? 0, z ?? 0] };
}
