/**
 * Instruction words to text that the GNU assembler takes back, from the rows of isa.table.ts: registers by number, targets of
 * jumps as distances (`.+16`), CSRs by number, no pseudo-instructions. Compressed ones are shown as what they stand for.
 */
import { expandCompressed, immediateOf } from './encoding.ts';
import { INSTRUCTIONS, type Format } from './isa.table.ts';

const OPERANDS: Readonly<Record<Format, string>> = {
  R: 'xd, x1, x2',
  R1: 'xd, x1',
  I: 'xd, x1, imm',
  SH6: 'xd, x1, imm',
  SH5: 'xd, x1, imm',
  L: 'xd, imm(x1)',
  S: 'x2, imm(x1)',
  B: 'x1, x2, off',
  U: 'xd, upper',
  J: 'xd, off',
  JR: 'xd, imm(x1)',
  A: 'xd, x2, (x1)',
  LR: 'xd, (x1)',
  C: 'xd, csr, x1',
  CI: 'xd, csr, uimm',
  N: '',
  SF: 'x1, x2',
  FE: 'before, after',
  F2: 'fd, f1, f2',
  G1: 'fd, f1, rm',
  G2: 'fd, f1, f2, rm',
  G3: 'fd, f1, f2, f3, rm',
  FX: 'xd, f1',
  FC: 'xd, f1, f2',
  XF: 'fd, x1',
  GX: 'xd, f1, rm',
  XG: 'fd, x1, rm',
  FL: 'fd, imm(x1)',
  FS: 'f2, imm(x1)',
};

/** By the field rm; the last, the mode of frm, goes without saying. */
const ROUNDING_MODES = ['rne', 'rtz', 'rdn', 'rup', 'rmm', null, null, ''];
/** Of these the result is exact, and the assembler wants no rounding mode. */
const EXACT = new Set(['fcvt.d.s', 'fcvt.d.w', 'fcvt.d.wu']);
const ORDERINGS = ['', '.rl', '.aq', '.aqrl'];

/** The text of an instruction of 32 or, where its low two bits are not both set, 16 bits; `.4byte …` or `.2byte …` for none. */
export function disassemble(word: number): string {
  const isShort = (word & 3) !== 3;
  const whole = isShort ? expandCompressed(word & 0xffff) : word;
  const row = INSTRUCTIONS.find(({ mask, match }) => (whole & mask) >>> 0 === match >>> 0);
  const rm = ROUNDING_MODES[(whole >>> 12) & 7] ?? null;
  if (row === undefined || (row.format.includes('G') && rm === null)) {
    return isShort ? `.2byte 0x${(word & 0xffff).toString(16)}` : `.4byte 0x${(word >>> 0).toString(16)}`;
  }
  const { name, format } = row;
  const isAtomic = format === 'A' || format === 'LR';
  const field = (shift: number): number => (whole >>> shift) & 31;
  const imm = immediateOf(format, whole);
  const shown: Readonly<Record<string, string>> = {
    xd: `x${field(7)}`,
    x1: `x${field(15)}`,
    x2: `x${field(20)}`,
    fd: `f${field(7)}`,
    f1: `f${field(15)}`,
    f2: `f${field(20)}`,
    f3: `f${field(27)}`,
    imm: String(imm),
    off: `.${imm < 0 ? '' : '+'}${imm}`,
    upper: `0x${(imm >>> 12).toString(16)}`,
    csr: `0x${(whole >>> 20).toString(16)}`,
    uimm: String(field(15)),
    rm: EXACT.has(name) ? '' : (rm ?? ''),
    before: name === 'fence' ? fenceSet(imm >> 4) : '',
    after: name === 'fence' ? fenceSet(imm) : '',
  };
  const operands = OPERANDS[format].replaceAll(/[a-z]+[0-9]?/g, (operand) => shown[operand] ?? operand);
  const text = operands
    .split(', ')
    .filter((operand) => operand !== '')
    .join(', ');
  return `${name}${isAtomic ? ORDERINGS[(whole >>> 25) & 3] : ''} ${text}`.trimEnd();
}

/** Bits of FENCE: input 8, output 4, reads 2, writes 1. */
function fenceSet(bits: number): string {
  const set = ['i', 'o', 'r', 'w'].filter((_, i) => ((bits >> (3 - i)) & 1) !== 0).join('');
  return set === '' ? '0' : set;
}
