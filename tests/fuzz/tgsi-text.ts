/**
 * TGSI text at random: shaders that work with lines left out, doubled, exchanged and changed, and bodies put together from the
 * tables of opcodes and words.
 */
import { OPCODES, opcodeOf } from '../../src/gl/shader/tgsi/opcodes.table.ts';
import type { OpcodeName } from '../../src/gl/shader/tgsi/opcodes.table.ts';
import { PROPERTIES, WORDS } from '../../src/gl/shader/tgsi/vocabulary.ts';
import type { Random } from './random.ts';
import { SHADERS } from './shaders.ts';
import type { StageName } from './shaders.ts';

const OPCODE_NAMES = Object.keys(OPCODES) as OpcodeName[];
const FILES = [...WORDS.files];
const TARGETS = [...WORDS.targets];
const SEMANTICS = [...WORDS.semantics];
const ODD_NUMBERS = [0, 1, 2, 3, 4, 7, 8, 31, 32, 33, 79, 80, 127, 128, 4095, 4096, 65535, 0x7fffffff, 0xffffffff, -1];

/** Text of a shader of a stage, more or less right. */
export function shaderText(random: Random, stage: StageName): string {
  const base = random.pick(SHADERS[stage]);
  const lines = base.split('\n').filter((line) => line !== '');
  if (random.percent(50)) grow(random, lines);
  for (let i = random.below(5); i > 0; i--) change(random, lines);
  return `${lines.join('\n')}\n`;
}

/** Puts instructions before the end. */
function grow(random: Random, lines: string[]): void {
  const end = lines.findIndex((line) => /\bEND$/.test(line));
  const at = end < 0 ? lines.length : end;
  const declared = lines.flatMap((line) => /^DCL (\w+)\[(?:\]\[)?(\d+)(?:\.\.(\d+))?\]/.exec(line) ?? []);
  const body: string[] = [];
  let depth = 0;
  for (let i = random.between(1, 12); i > 0; i--) {
    const name = random.pick(OPCODE_NAMES);
    // One loop in another runs long enough to be taken for a hang.
    if (/LOOP|CAL|SUB/.test(name) && random.percent(90)) continue;
    if (['IF', 'UIF', 'SWITCH'].includes(name)) depth++;
    body.push(instruction(random, name));
  }
  for (; depth > 0; depth--) body.push(random.percent(90) ? 'ENDIF' : 'ELSE');
  if (declared.length === 0 || random.percent(80))
    lines.splice(1, 0, 'DCL TEMP[0..7]', 'DCL ADDR[0]', 'DCL CONST[0..7]');
  const shift = lines.length - (end < 0 ? lines.length : end) > 0 ? lines.findIndex((line) => /\bEND$/.test(line)) : at;
  lines.splice(shift < 0 ? lines.length : shift, 0, ...body);
}

function instruction(random: Random, name: OpcodeName): string {
  const { dsts, srcs, texture, memory } = opcodeOf(name);
  const operands = [
    ...Array.from({ length: dsts }, () => `${register(random, ['TEMP', 'TEMP', 'OUT'])}${mask(random)}`),
    ...Array.from(
      { length: srcs },
      () => `${register(random, ['TEMP', 'IN', 'CONST', 'IMM', 'SV', 'BUFFER'])}${swizzle(random)}`,
    ),
  ];
  if (texture) operands.push(`SAMP[${random.below(2)}]`, random.pick(TARGETS));
  if (memory && random.percent(50)) operands.push(random.pick(TARGETS), 'PIPE_FORMAT_R32_UINT');
  return `${name}${random.percent(5) ? '_SAT' : ''} ${operands.join(', ')}`;
}

function register(random: Random, files: readonly string[]): string {
  const file = random.percent(95) ? random.pick(files) : random.pick(FILES);
  const number = random.percent(85) ? random.below(4) : random.pick(ODD_NUMBERS);
  const index = random.percent(15) ? `ADDR[0].x+${number}` : String(number);
  return file === 'CONST' && random.percent(20) ? `CONST[${random.below(3)}][${index}]` : `${file}[${index}]`;
}

function mask(random: Random): string {
  return random.pick(['', '.x', '.xy', '.zw', '.xyzw', '.w']);
}

function swizzle(random: Random): string {
  return random.pick(['', '.xxxx', '.yyyy', '.xyzw', '.wzyx', '.xxyy']);
}

/** One change to the lines. */
function change(random: Random, lines: string[]): void {
  const at = random.below(Math.max(1, lines.length));
  const line = lines[at] ?? '';
  switch (random.below(9)) {
    case 0:
      lines.splice(at, 1);
      break;
    case 1:
      lines.splice(at, 0, line);
      break;
    case 2: {
      const other = random.below(lines.length);
      lines[at] = lines[other] ?? '';
      lines[other] = line;
      break;
    }
    case 3:
    case 4:
      lines[at] = line.replaceAll(/\d+/g, (number) => (random.percent(30) ? String(random.pick(ODD_NUMBERS)) : number));
      break;
    case 5:
      lines[at] = line.slice(0, random.below(line.length + 1));
      break;
    case 6:
      lines[at] = line.replaceAll(/\b[A-Z_]{3,}\b/g, (word) =>
        random.percent(30) ? random.pick(random.percent(50) ? SEMANTICS : [...TARGETS, ...FILES]) : word,
      );
      break;
    case 7:
      lines.splice(1, 0, `PROPERTY ${random.pick(Object.keys(PROPERTIES))} ${random.pick(ODD_NUMBERS)}`);
      break;
    default:
      lines.splice(
        1,
        0,
        `DCL ${random.pick(FILES)}[${random.pick(ODD_NUMBERS)}], ${random.pick(SEMANTICS)}[${random.below(40)}]`,
      );
  }
}
