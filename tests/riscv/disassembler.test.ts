/** What the disassembler prints for any instruction, GNU's assembler makes the same word of. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { disassemble } from '../../src/emu/riscv/disassembler.ts';
import { encode } from '../../src/emu/riscv/encoding.ts';
import { INSTRUCTIONS, type Instruction } from '../../src/emu/riscv/isa.table.ts';
import { Random } from './random-program.ts';

const OF_EACH = 20;

const folder = mkdtempSync(join(tmpdir(), 'saffron-disassembler-'));
afterAll(() => rmSync(folder, { recursive: true }));

function assemble(lines: readonly string[]): Uint32Array {
  const [source, object, binary] = ['source.s', 'object', 'binary'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  writeFileSync(source, `.option norvc\n.option norelax\n${lines.join('\n')}\n`);
  execFileSync('riscv64-linux-gnu-as', ['-march=rv64gc_zba_zbb_zbs', source, '-o', object]);
  execFileSync('riscv64-linux-gnu-objcopy', ['-O', 'binary', '-j', '.text', object, binary]);
  return new Uint32Array(new Uint8Array(readFileSync(binary)).buffer);
}

function randomWord(random: Random, row: Instruction): number {
  const register = (): number => random.below(32);
  const [rd, rs1, rs2, rs3] = [register(), register(), register(), register()];
  const short = (random.next() << 20) >> 20;
  const immediates: Readonly<Partial<Record<Instruction['format'], number>>> = {
    U: random.next() & ~0xfff,
    // Farther branches the assembler makes a branch around a jump of.
    B: short & ~1,
    J: ((random.next() << 12) >> 12) & ~1,
    SH5: random.below(32),
    FE: row.name === 'fence' ? (1 + random.below(15)) * 17 : 0,
  };
  const isExact = /^fcvt\.d\.(?:s|wu?)$/.test(row.name);
  const rm = isExact ? 0 : random.pick([0, 1, 2, 3, 4, 7]);
  const ordering = /^(?:A|LR)$/.test(row.format) ? random.below(4) << 25 : 0;
  const operands = { rd, rs1, rs2, rs3, rm, csr: random.below(4096), imm: immediates[row.format] ?? short };
  return (encode(row, operands) | ordering) >>> 0;
}

it('what is printed is what the GNU assembler reads, of every instruction', () => {
  const random = new Random(3);
  const words = INSTRUCTIONS.flatMap((row) => Array.from({ length: OF_EACH }, () => randomWord(random, row)));
  const lines = words.map(disassemble);
  const got = assemble(lines);
  expect(got.length).toBe(words.length);
  const wrong = words.findIndex((word, i) => word !== got[i]);
  expect(wrong < 0 ? null : [lines[wrong], words[wrong]?.toString(16), got[wrong]?.toString(16)]).toBe(null);
});

it('a compressed instruction is shown as what it stands for, and what is none as its bits', () => {
  // c.addi16sp -64, c.lw a5,0(a0), c.j .-2; a reserved one of each length; FADD.S with a reserved rounding mode
  expect([0x7139, 0x411c, 0xbffd, 0x0000, 0x0000007f, 0x0072d2d3].map(disassemble)).toEqual([
    'addi x2, x2, -64',
    'lw x15, 0(x10)',
    'jal x0, .-2',
    '.2byte 0x0',
    '.4byte 0x7f',
    '.4byte 0x72d2d3',
  ]);
});
