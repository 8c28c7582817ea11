/**
 * TGSI text to its declarations and instructions. Time and memory are linear in the text; what is too long, too many or not
 * assembly ends in a ShaderError with the line.
 */
import { ShaderError } from '../shader-error.ts';
import type { ShaderLimits } from '../shader-limits.ts';
import { SHADER_LIMITS } from '../shader-limits.ts';
import type { Opcode, OpcodeName } from './opcodes.table.ts';
import { findOpcode } from './opcodes.table.ts';
import { parseDeclaration } from './parse-declaration.ts';
import { parseDst, parseOffset, parseSrc } from './parse-operand.ts';
import { Scanner } from './scanner.ts';
import type { Declaration, Immediate, Instruction, OffsetOperand, Tgsi } from './tgsi.ts';
import type { PropertyName, Qualifier, Target } from './vocabulary.ts';
import { memberOf, PROPERTIES, WORDS } from './vocabulary.ts';

const floatBits = new DataView(new ArrayBuffer(8));

function parseWord32(scanner: Scanner, type: 'FLT32' | 'UINT32' | 'INT32'): number {
  const hex = scanner.hex();
  if (hex !== null) {
    if (hex.digits > 8) throw new ShaderError('range', scanner.line, 'hexadecimal number has more than 32 bits');
    return Number(hex.value);
  }
  if (type === 'UINT32') return scanner.uint('an unsigned number');
  if (type === 'INT32') return scanner.int('a number') >>> 0;
  floatBits.setFloat32(0, scanner.float('a number'));
  return floatBits.getUint32(0);
}

function parseWord64(scanner: Scanner, type: 'FLT64' | 'UINT64' | 'INT64'): [number, number] {
  const hex = scanner.hex();
  if (hex !== null) {
    if (hex.digits > 8) return [Number(hex.value & 0xffffffffn), Number(hex.value >> 32n)];
    const high = scanner.hex();
    if (high !== null && high.digits > 8)
      throw new ShaderError('range', scanner.line, 'second word has more than 32 bits');
    return [Number(hex.value), high === null ? 0 : Number(high.value)];
  }
  if (type === 'FLT64') {
    floatBits.setFloat64(0, scanner.float('a number'));
    return [floatBits.getUint32(4), floatBits.getUint32(0)];
  }
  const value = BigInt.asUintN(64, scanner.bigint('a number'));
  return [Number(value & 0xffffffffn), Number(value >> 32n)];
}

function parseImmediate(scanner: Scanner, count: number): Immediate {
  const line = scanner.line;
  if (scanner.accept('[')) {
    if (scanner.uint('the number of the immediate') !== count) {
      throw new ShaderError('syntax', line, `immediates must be numbered in order; this is ${count}`);
    }
    scanner.expect(']');
  }
  const type = scanner.oneOf(WORDS.immediateTypes, 'a type of immediate');
  const words: [number, number, number, number] = [0, 0, 0, 0];
  scanner.expect('{');
  const wide = type === 'FLT64' || type === 'UINT64' || type === 'INT64';
  for (let i = 0; i < 4; i += wide ? 2 : 1) {
    if (i > 0) scanner.expect(',');
    if (wide) [words[i], words[i + 1]] = parseWord64(scanner, type);
    else words[i] = parseWord32(scanner, type);
  }
  scanner.expect('}');
  return { type, words, line };
}

/** A property this reader knows, or null for one of another version, whose line says nothing to it. */
function parseProperty(scanner: Scanner): { readonly name: PropertyName; readonly value: number } | null {
  const line = scanner.line;
  const word = scanner.word('the name of a property');
  if (!Object.hasOwn(PROPERTIES, word)) {
    if (scanner.peekWord() !== null) scanner.word('a value');
    while (scanner.accept(',')) scanner.word('a value');
    return null;
  }
  const name = word as PropertyName;
  const words: readonly string[] | null = PROPERTIES[name];
  if (words === null) return { name, value: scanner.uint('the value of the property') };
  const value = words.indexOf(scanner.word('the value of the property'));
  if (value < 0) throw new ShaderError('syntax', line, `${name} does not have this value`);
  return { name, value };
}

interface Mnemonic {
  readonly name: OpcodeName;
  readonly opcode: Opcode;
  readonly saturate: boolean;
  readonly precise: boolean;
}

/** An opcode with its suffixes: MAD_SAT_PRECISE. */
function splitMnemonic(word: string): Mnemonic | null {
  const whole = findOpcode(word);
  if (whole !== undefined) return { name: word as OpcodeName, opcode: whole, saturate: false, precise: false };
  let name = word;
  const precise = name.endsWith('_PRECISE');
  if (precise) name = name.slice(0, -'_PRECISE'.length);
  const saturate = name.endsWith('_SAT');
  if (saturate) name = name.slice(0, -'_SAT'.length);
  const opcode = findOpcode(name);
  return opcode === undefined ? null : { name: name as OpcodeName, opcode, saturate, precise };
}

interface MemoryWords {
  target: Target | null;
  format: string;
  readonly qualifiers: Qualifier[];
}

function parseMemoryWords(scanner: Scanner): MemoryWords {
  const words: MemoryWords = { target: null, format: '', qualifiers: [] };
  while (scanner.accept(',')) {
    const word = scanner.word('a qualifier, a target or a format');
    const qualifier = memberOf(WORDS.qualifiers, word);
    if (qualifier !== null) {
      if (!words.qualifiers.includes(qualifier)) words.qualifiers.push(qualifier);
      continue;
    }
    const target = memberOf(WORDS.targets, word);
    if (target !== null) words.target = target;
    else words.format = word.replace(/^PIPE_FORMAT_/, '');
  }
  return words;
}

function parseInstruction(scanner: Scanner): Instruction {
  const line = scanner.line;
  const mnemonic = splitMnemonic(scanner.peekWord() ?? '');
  if (mnemonic === null) throw scanner.fail('DCL, IMM, PROPERTY or an instruction');
  scanner.word('an instruction');
  const { name, opcode, saturate, precise } = mnemonic;
  if (opcode.refused !== null) throw new ShaderError('unsupported', line, `${name}: ${opcode.refused}`);
  const dsts = Array.from({ length: opcode.dsts }, (_, i) => {
    if (i > 0) scanner.expect(',');
    return parseDst(scanner);
  });
  const srcs = Array.from({ length: opcode.srcs }, (_, i) => {
    if (i + opcode.dsts > 0) scanner.expect(',');
    return parseSrc(scanner);
  });
  let target: Target | null = null;
  const offsets: OffsetOperand[] = [];
  let memory: MemoryWords | null = null;
  if (opcode.texture) {
    scanner.expect(',');
    target = scanner.oneOf(WORDS.targets, 'a texture target');
    while (offsets.length < 4 && scanner.accept(',')) offsets.push(parseOffset(scanner));
  } else if (opcode.memory) {
    memory = parseMemoryWords(scanner);
  }
  const label = opcode.label && scanner.accept(':') ? scanner.uint('an instruction number') : null;
  return {
    opcode: name,
    saturate,
    precise,
    dsts,
    srcs,
    target: target ?? memory?.target ?? null,
    offsets,
    qualifiers: memory?.qualifiers ?? [],
    format: memory?.format ?? '',
    label,
    line,
  };
}

function underLimit(count: number, limit: number, what: string, line: number): void {
  if (count >= limit) throw new ShaderError('limit', line, `more than ${limit} ${what}`);
}

/**
 * Reads a shader's text, without its closing NUL.
 *
 * @throws ShaderError `syntax`, `range`, `limit` or `unsupported`, with the line.
 */
export function parseTgsi(text: string, limits: ShaderLimits = SHADER_LIMITS): Tgsi {
  if (text.length > limits.maxTextLength) {
    throw new ShaderError('limit', 0, `text has ${text.length} characters, more than ${limits.maxTextLength}`);
  }
  const scanner = new Scanner(text);
  const stage = scanner.oneOf(WORDS.stages, 'the name of a stage');
  const properties = new Map<PropertyName, number>();
  const declarations: Declaration[] = [];
  const immediates: Immediate[] = [];
  const instructions: Instruction[] = [];
  while (!scanner.atEnd) {
    const line = scanner.line;
    const word = scanner.peekWord();
    if (word === 'DCL') {
      underLimit(declarations.length, limits.maxDeclarations, 'declarations', line);
      scanner.word('DCL');
      declarations.push(parseDeclaration(scanner, stage));
    } else if (word === 'IMM') {
      underLimit(immediates.length, limits.maxImmediates, 'immediates', line);
      scanner.word('IMM');
      immediates.push(parseImmediate(scanner, immediates.length));
    } else if (word === 'PROPERTY') {
      scanner.word('PROPERTY');
      const property = parseProperty(scanner);
      if (property !== null) properties.set(property.name, property.value);
    } else {
      underLimit(instructions.length, limits.maxInstructions, 'instructions', line);
      if (word !== null && /^\d+$/.test(word)) {
        scanner.uint('an instruction number');
        scanner.expect(':');
      }
      instructions.push(parseInstruction(scanner));
    }
  }
  return { stage, properties, declarations, immediates, instructions, textLength: text.length };
}
