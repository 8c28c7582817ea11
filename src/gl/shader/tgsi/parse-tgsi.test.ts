import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkShader } from '../passes/check-shader.ts';
import { lowerTgsi } from '../passes/lower-tgsi.ts';
import { ShaderError } from '../shader-error.ts';
import { SHADER_LIMITS } from '../shader-limits.ts';
import { parseTgsi } from './parse-tgsi.ts';
import { printTgsi } from './print-tgsi.ts';
import { SAMPLE_SHADERS } from './sample-shaders.ts';

function refusal(text: string, limits = SHADER_LIMITS): ShaderError {
  try {
    parseTgsi(text, limits);
  } catch (error) {
    if (error instanceof ShaderError) return error;
    throw error;
  }
  throw new Error('the text was accepted');
}

describe('reading shader text', () => {
  test.each(Object.entries(SAMPLE_SHADERS))('%s reads back from what is printed', (_name, text) => {
    const printed = printTgsi(parseTgsi(text));
    expect(printTgsi(parseTgsi(printed))).toBe(printed);
    expect(printed).toBe(text);
  });

  test('white space and letters of either case do not matter', () => {
    const text =
      'frag\r\n\tdcl out [ 0 ] . xyzw , color\r\nimm[0]flt32{ 1.0 ,-2.5e1,0x3f800000, inf}mov out[0],imm[0]\n1 :end';
    expect(printTgsi(parseTgsi(text))).toBe(
      'FRAG\nDCL OUT[0], COLOR\nIMM[0] FLT32 {0x3f800000, 0xc1c80000, 0x3f800000, 0x7f800000}\n  0: MOV OUT[0], IMM[0]\n  1: END\n',
    );
  });

  test('64-bit immediates are numbers or pairs of words, low word first', () => {
    const text =
      'COMP\nIMM[0] FLT64 {1.5, 0x00000000 0x40000000}\nIMM[1] INT64 {-1, 2}\nIMM[2] UINT64 {0x100000002, 3}\n0: END\n';
    expect(parseTgsi(text).immediates.map(({ words }) => words)).toEqual([
      [0, 0x3ff80000, 0, 0x40000000],
      [0xffffffff, 0xffffffff, 2, 0],
      [2, 1, 3, 0],
    ]);
  });

  test('a property of another version is passed over', () => {
    const { properties } = parseTgsi('COMP\nPROPERTY FROM_THE_FUTURE 7\nPROPERTY CS_FIXED_BLOCK_WIDTH 4\n0: END\n');
    expect([...properties]).toEqual([['CS_FIXED_BLOCK_WIDTH', 4]]);
  });

  test.each([
    ['', 'syntax', 1],
    ['PIXEL\n0: END', 'syntax', 1],
    ['FRAG\nDCL OUT[0, COLOR', 'syntax', 2],
    ['FRAG\nDCL OUT[5..2], COLOR', 'range', 2],
    ['FRAG\nDCL OUT[0], COLOUR', 'syntax', 2],
    ['FRAG\nDCL TEMP[99999]', 'range', 2],
    ['FRAG\nDCL TEMP[99999999999999999999]', 'range', 2],
    ['FRAG\n\nIMM[1] FLT32 {0,0,0,0}', 'syntax', 3],
    ['FRAG\nIMM[0] FLT32 {0,0,0}', 'syntax', 2],
    ['FRAG\nIMM[0] UINT32 {4294967296,0,0,0}', 'range', 2],
    ['FRAG\nIMM[0] UINT32 {0x123456789,0,0,0}', 'range', 2],
    ['FRAG\n0: FROB TEMP[0], TEMP[1]', 'syntax', 2],
    ['FRAG\n0: MOV TEMP[0].yx, TEMP[1]', 'syntax', 2],
    ['FRAG\n0: MOV TEMP[0], TEMP[1].xy', 'syntax', 2],
    ['FRAG\n0: MOV TEMP[0], |TEMP[1]', 'syntax', 2],
    ['FRAG\n0: MOV TEMP[ADDR[0].q], TEMP[1]', 'syntax', 2],
    ['FRAG\n0: TEX TEMP[0], TEMP[1], SAMP[0], 4D', 'syntax', 2],
    ['FRAG\n0: PK4B TEMP[0], TEMP[1]', 'unsupported', 2],
    ['FRAG\nPROPERTY FS_COORD_ORIGIN SIDEWAYS', 'syntax', 2],
    [`FRAG\n${'A'.repeat(100)}`, 'syntax', 2],
    ['FRAG\n0: END\0', 'syntax', 2],
  ])('%j is refused: %s in line %i', (text, code, line) => {
    expect(refusal(text)).toMatchObject({ code, line });
  });

  test('limits name what there is too much of', () => {
    const lines = (line: string): string => `FRAG\n${`${line}\n`.repeat(5)}`;
    expect(refusal('FRAG\n0: END\n', { ...SHADER_LIMITS, maxTextLength: 4 }).code).toBe('limit');
    expect(refusal(lines('NOP'), { ...SHADER_LIMITS, maxInstructions: 4 })).toMatchObject({ code: 'limit', line: 6 });
    expect(refusal(lines('DCL TEMP[0]'), { ...SHADER_LIMITS, maxDeclarations: 4 })).toMatchObject({
      code: 'limit',
      line: 6,
    });
    expect(refusal(lines('IMM UINT32 {0,0,0,0}'), { ...SHADER_LIMITS, maxImmediates: 4 })).toMatchObject({
      code: 'limit',
      line: 6,
    });
  });
});

describe('hostile text', () => {
  const samples = Object.values(SAMPLE_SHADERS);

  /** All that stands before the host's compiler: it ends in a shader or in a ShaderError. */
  function readAll(text: string): void {
    try {
      lowerTgsi(checkShader(parseTgsi(text)));
    } catch (error) {
      if (!(error instanceof ShaderError)) throw error;
    }
  }

  test('bytes at random', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => readAll(`FRAG\n${text}`)),
      { numRuns: 300 },
    );
  });

  test('words of the assembly at random', () => {
    const words = [...new Set(samples.flatMap((text) => text.split(/(?<=[\s,[\].(){}:+|-])|(?=[\s,[\].(){}:+|-])/)))];
    fc.assert(
      fc.property(
        fc.constantFrom('FRAG', 'VERT', 'GEOM', 'TESS_CTRL', 'COMP'),
        fc.array(fc.constantFrom(...words), { maxLength: 120 }),
        (stage, list) => readAll(`${stage}\n${list.join('')}`),
      ),
      { numRuns: 300 },
    );
  });

  test('damaged shaders', () => {
    const edit = fc.record({
      at: fc.nat(),
      length: fc.nat({ max: 6 }),
      text: fc.constantFrom('', '0', '-1', '99', 'ADDR[0].x', ',', ']', 'x', 'OUT', '\n'),
    });
    fc.assert(
      fc.property(fc.constantFrom(...samples), fc.array(edit, { minLength: 1, maxLength: 4 }), (sample, edits) => {
        let text = sample;
        for (const { at, length, text: put } of edits) {
          const place = at % text.length;
          text = text.slice(0, place) + put + text.slice(place + length);
        }
        readAll(text);
      }),
      { numRuns: 1000 },
    );
  });

  test('time grows with the text, not faster', () => {
    const nest = (depth: number): string => `FRAG\n${'IF TEMP[0].xxxx\n'.repeat(depth)}`;
    const patterns: ((size: number) => string)[] = [
      (size) => `FRAG\n${' '.repeat(size)}`,
      (size) => `FRAG\n${'0'.repeat(size)}`,
      (size) => `FRAG\nIMM[0] FLT32 {${'1e'.repeat(size / 2)}`,
      (size) => `FRAG\n${'-'.repeat(size)}`,
      (size) => nest(size / 16),
      (size) => `FRAG\nDCL TEMP[0]\n${'0: MOV TEMP[0], TEMP[0]\n'.repeat(size / 24)}0: END\n`,
    ];
    for (const pattern of patterns) {
      const text = pattern(400_000);
      const started = performance.now();
      readAll(text);
      // Two orders of magnitude above what it takes: a square of the length would be far beyond.
      expect(performance.now() - started).toBeLessThan(10_000);
    }
  });
});
