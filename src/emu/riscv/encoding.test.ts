import { describe, expect, it } from 'vitest';
import {
  decodeOperation,
  encode,
  expandCompressed,
  immediateOf,
  instructionOf,
  makeDecodeTables,
  OPERATION,
} from './encoding.ts';
import { INSTRUCTIONS } from './isa.table.ts';

const tables = makeDecodeTables();
const nameOf = (word: number): string | null => {
  const operation = decodeOperation(tables, word);
  return operation === 0 ? null : instructionOf(operation).name;
};

describe('the instruction table', () => {
  it('every row is decoded as itself, whatever its operands', () => {
    for (const row of INSTRUCTIONS) {
      for (const ones of [0, 0xffffffff, 0x55555555, 0xaaaaaaaa]) {
        const word = (row.match | (ones & ~row.mask)) >>> 0;
        const rm = (word >>> 12) & 7;
        // Rounding modes 5 and 6 are reserved, so 0x55555555 has no rounding mode.
        const isReserved = row.format.includes('G') && (rm === 5 || rm === 6);
        expect([row.name, nameOf(word)]).toEqual([row.name, isReserved ? null : row.name]);
      }
    }
  });

  it('no two rows fit one word', () => {
    const clashes = INSTRUCTIONS.flatMap((a, i) =>
      INSTRUCTIONS.slice(i + 1)
        .filter((b) => ((a.match ^ b.match) & a.mask & b.mask) === 0)
        .map((b) => [a.name, b.name]),
    );
    expect(clashes).toEqual([]);
  });

  it('immediates come back as they were put in', () => {
    const edges = { I: [-2048, 2047, 5], S: [-2048, 2047, 33], B: [-4096, 4094, 2050], J: [-1048576, 1048574, 2050], U: [-4096, 0x7ffff000], SH6: [63, 32], SH5: [31] } as const; // prettier-ignore
    for (const row of INSTRUCTIONS) {
      for (const imm of Object.entries(edges).find(([format]) => format === row.format)?.[1] ?? []) {
        expect([row.name, immediateOf(row.format, encode(row, { imm, rd: 31, rs1: 31, rs2: 31 }))]).toEqual([
          row.name,
          imm,
        ]);
      }
    }
  });

  it('compressed instructions stand for what GNU as takes them for', () => {
    // Half-word, and the word of the full instruction, as the assembler of binutils prints them.
    const known: readonly (readonly [number, string, number])[] = [
      [0x1141, 'addi', 0xff010113],
      [0xe406, 'sd', 0x00113423],
      [0x60a2, 'ld', 0x00813083],
      [0x8082, 'jalr', 0x00008067],
      [0x852e, 'add', 0x00b00533],
      [0x9526, 'add', 0x00950533],
      [0x4501, 'addi', 0x00000513],
      [0x6785, 'lui', 0x000017b7],
      [0x7179, 'addi', 0xfd010113],
      [0x9002, 'ebreak', 0x00100073],
    ];
    for (const [half, name, word] of known)
      expect([half, nameOf(expandCompressed(half)), expandCompressed(half)]).toEqual([half, name, word]);
    expect(expandCompressed(0)).toBe(0xffffffff);
    expect(nameOf(0xffffffff)).toBeNull();
    expect(OPERATION.get('add')).toBeGreaterThan(0);
  });
});
