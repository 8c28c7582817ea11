import { describe, expect, test } from 'vitest';
import { SHADER_ERRORS, ShaderError } from '../shader-error.ts';
import { SHADER_LIMITS } from '../shader-limits.ts';
import { parseTgsi } from '../tgsi/parse-tgsi.ts';
import { SAMPLE_SHADERS } from '../tgsi/sample-shaders.ts';
import { checkShader } from './check-shader.ts';
import { lowerTgsi } from './lower-tgsi.ts';

function refusal(text: string, limits = SHADER_LIMITS): ShaderError {
  try {
    lowerTgsi(checkShader(parseTgsi(text), limits));
  } catch (error) {
    if (error instanceof ShaderError) return error;
    throw error;
  }
  throw new Error('the shader was accepted');
}

const fragment = (lines: string): string =>
  `FRAG\nDCL IN[0], GENERIC[0], PERSPECTIVE\nDCL OUT[0], COLOR\nDCL CONST[0..3]\nDCL TEMP[0..3]\nDCL TEMP[4..7], ARRAY(1)\nDCL ADDR[0]\nDCL SAMP[0]\nIMM[0] UINT32 {0, 1, 2, 3}\n${lines}\nEND\n`;

/** Lines of `fragment` before the lines given. */
const HEAD = 9;

describe('a checked shader', () => {
  test.each(Object.keys(SAMPLE_SHADERS) as (keyof typeof SAMPLE_SHADERS)[])('%s holds together', (name) => {
    expect(() => lowerTgsi(checkShader(parseTgsi(SAMPLE_SHADERS[name])))).not.toThrow();
  });

  test.each([
    ['MOV TEMP[8], IN[0]', 'undeclared'],
    ['MOV TEMP[-1], IN[0]', 'undeclared'],
    ['MOV TEMP[0], IN[1]', 'undeclared'],
    ['MOV TEMP[0], CONST[4]', 'undeclared'],
    ['MOV TEMP[0], CONST[1][0]', 'undeclared'],
    ['MOV TEMP[0], IMM[1]', 'undeclared'],
    ['MOV TEMP[0], SV[0]', 'undeclared'],
    ['MOV TEMP[0], TEMP[ADDR[1].x]', 'undeclared'],
    ['MOV TEMP[0], TEMP[ADDR[0].x](2)', 'undeclared'],
    ['MOV TEMP[0], TEMP[IN[0].x]', 'type'],
    ['MOV TEMP[0], ADDR[ADDR[0].x]', 'type'],
    ['TEX TEMP[0], IN[0], SAMP[1], 2D', 'undeclared'],
    ['TEX TEMP[0], IN[0], TEMP[1], 2D', 'type'],
    ['MOV TEMP[0], SAMP[0]', 'type'],
    ['MOV IN[0], TEMP[0]', 'type'],
    ['MOV CONST[0], TEMP[0]', 'type'],
    ['MOV ADDR[0], TEMP[0]', 'type'],
    ['LOAD TEMP[0], TEMP[1], TEMP[2]', 'type'],
    ['LOAD TEMP[0], BUFFER[0], TEMP[2]', 'undeclared'],
    ['STORE TEMP[0], TEMP[1], TEMP[2]', 'type'],
    ['LOAD TEMP[0], MEMORY[0], TEMP[1]', 'undeclared'],
    ['DADD TEMP[0].x, TEMP[1], TEMP[2]', 'range'],
    ['DADD TEMP[0].yz, TEMP[1], TEMP[2]', 'range'],
    ['UADD_SAT TEMP[0], TEMP[1], TEMP[2]', 'type'],
    ['EMIT IMM[0].xxxx', 'stage'],
    ['BARRIER', 'stage'],
    ['MEMBAR TEMP[0].xxxx', 'unsupported'],
    ['INTERP_CENTROID TEMP[0], TEMP[1]', 'type'],
    ['FBFETCH TEMP[0], TEMP[1]', 'type'],
    ['ELSE', 'nesting'],
    ['ENDIF', 'nesting'],
    ['ENDLOOP', 'nesting'],
    ['BRK', 'nesting'],
    ['CONT', 'nesting'],
    ['CASE IMM[0].xxxx', 'nesting'],
    ['ENDSUB', 'nesting'],
    ['BGNSUB', 'nesting'],
    ['CAL :0', 'nesting'],
    ['CAL :99', 'nesting'],
    ['CAL', 'nesting'],
    ['TXQS TEMP[0], SAMP[0], 2D', 'type'],
    ['TXF TEMP[0], IN[0], SAMP[0], CUBE', 'type'],
    ['TG4 TEMP[0], IN[0], IMM[0].xxxx, SAMP[0], 3D', 'type'],
    ['TG4 TEMP[0], IN[0], TEMP[0].xxxx, SAMP[0], 2D', 'unsupported'],
    ['TEX TEMP[0], IN[0], SAMP[0], BUFFER', 'type'],
    ['TEX TEMP[0], IN[0], SAMP[0], UNKNOWN', 'type'],
  ])('%s is refused: %s', (line, code) => {
    expect(refusal(fragment(line))).toMatchObject({ code, line: HEAD + 1 });
  });

  test('a sampler is of one kind', () => {
    const lines = 'TEX TEMP[0], IN[0], SAMP[0], 2D\nTEX TEMP[0], IN[0], SAMP[0], 3D';
    expect(refusal(fragment(lines))).toMatchObject({ code: 'type', line: HEAD + 2 });
  });

  test.each([
    ['IF TEMP[0].xxxx', 'nesting'],
    ['IF TEMP[0].xxxx\nENDLOOP\nENDIF', 'nesting'],
    ['BGNLOOP\nENDIF\nENDLOOP', 'nesting'],
    ['IF TEMP[0].xxxx\nELSE\nELSE\nENDIF', 'nesting'],
    ['SWITCH TEMP[0].xxxx\nMOV TEMP[0], TEMP[1]\nENDSWITCH', 'nesting'],
    ['SWITCH TEMP[0].xxxx\nCASE IMM[0].xxxx\nCASE IMM[0].xxxx\nENDSWITCH', 'nesting'],
    ['SWITCH TEMP[0].xxxx\nDEFAULT\nDEFAULT\nENDSWITCH', 'nesting'],
    ['SWITCH TEMP[0].xxxx\nCASE TEMP[0].xxxx\nENDSWITCH', 'unsupported'],
    ['END', 'nesting'],
  ])('blocks %j are refused: %s', (lines, code) => {
    expect(refusal(fragment(lines)).code).toBe(code);
  });

  test('a subroutine must not call itself, by way of another either', () => {
    const subs = (first: string, second: string): string =>
      `VERT\nDCL OUT[0], POSITION\n0: CAL :2\n1: END\n2: BGNSUB\n3: ${first}\n4: ENDSUB\n5: BGNSUB\n6: ${second}\n7: ENDSUB\n`;
    expect(refusal(subs('CAL :2', 'NOP')).code).toBe('nesting');
    expect(refusal(subs('CAL :5', 'CAL :2')).code).toBe('nesting');
    expect(() => lowerTgsi(checkShader(parseTgsi(subs('CAL :5', 'NOP'))))).not.toThrow();
  });

  test('calls that double with every level are counted before anybody puts them in place', () => {
    const levels = 40;
    const lines = ['VERT', 'DCL OUT[0], POSITION', '0: CAL :2', '1: END'];
    for (let i = 0; i < levels; i++) {
      const next = 2 + (i + 1) * 4;
      lines.push('BGNSUB', i + 1 < levels ? `CAL :${next}` : 'NOP', i + 1 < levels ? `CAL :${next}` : 'NOP', 'ENDSUB');
    }
    expect(refusal(lines.join('\n')).code).toBe('limit');
  });

  test('limits', () => {
    const deep = `${'IF TEMP[0].xxxx\n'.repeat(65)}${'ENDIF\n'.repeat(65)}`;
    expect(refusal(fragment(deep))).toMatchObject({ code: 'limit', line: HEAD + 65 });
    expect(refusal('FRAG\nDCL TEMP[0..32767]\nDCL TEMP[32767]\nEND', { ...SHADER_LIMITS, maxTemps: 100 }).code).toBe(
      'limit',
    );
    expect(refusal('FRAG\nDCL CONST[0..8192]\nEND').code).toBe('limit');
    expect(refusal('FRAG\nDCL CONST[32][0]\nEND').code).toBe('limit');
    expect(refusal('FRAG\nDCL IMAGE[32], 2D\nEND').code).toBe('limit');
    expect(refusal('FRAG\nDCL BUFFER[32]\nEND').code).toBe('limit');
    expect(refusal('VERT\nDCL IN[32]\nEND').code).toBe('limit');
    const big =
      'VERT\nDCL OUT[0], POSITION\nDCL ADDR[0]\nDCL TEMP[0..5000], ARRAY(1)\n0: MOV OUT[0], TEMP[ADDR[0].x](1)\n1: END';
    expect(refusal(big).code).toBe('limit');
  });

  test('declarations', () => {
    expect(refusal('FRAG\nDCL IN[0]\nEND')).toMatchObject({ code: 'type', line: 2 });
    expect(refusal('FRAG\nDCL OUT[0], GENERIC[0]\nEND')).toMatchObject({ code: 'stage', line: 2 });
    expect(refusal('VERT\nDCL OUT[0], STENCIL\nEND')).toMatchObject({ code: 'stage', line: 2 });
    expect(refusal('COMP\nDCL OUT[0], POSITION\nEND')).toMatchObject({ code: 'stage', line: 2 });
    expect(refusal('FRAG\nDCL MEMORY[0], SHARED\nEND')).toMatchObject({ code: 'stage', line: 2 });
    expect(refusal('COMP\nDCL MEMORY[0], GLOBAL\nEND')).toMatchObject({ code: 'unsupported', line: 2 });
    expect(refusal('VERT\nDCL OUT[0], GENERIC[0]\nDCL OUT[0], GENERIC[1]\nEND')).toMatchObject({
      code: 'range',
      line: 3,
    });
    expect(refusal('VERT\nDCL TEMP[0..1], ARRAY(1)\nDCL TEMP[2..3], ARRAY(1)\nEND')).toMatchObject({
      code: 'range',
      line: 3,
    });
    expect(refusal('VERT\nDCL OUT[0], GENERIC[200]\nEND')).toMatchObject({ code: 'range', line: 2 });
    expect(refusal('VERT\nDCL HWATOMIC[0][0..3]\nDCL HWATOMIC[0][3]\nEND')).toMatchObject({ code: 'range', line: 3 });
    expect(refusal('GEOM\nPROPERTY GS_INPUT_PRIMITIVE QUADS\nEND').code).toBe('range');
    expect(refusal('GEOM\nPROPERTY GS_MAX_OUTPUT_VERTICES 100000\nEND').code).toBe('range');
    expect(
      refusal(
        'COMP\nPROPERTY CS_FIXED_BLOCK_WIDTH 1024\nPROPERTY CS_FIXED_BLOCK_HEIGHT 2\nPROPERTY CS_FIXED_BLOCK_DEPTH 1\nEND',
      ).code,
    ).toBe('range');
    expect(refusal('VERT\nPROPERTY NUM_CLIPDIST_ENABLED 5\nPROPERTY NUM_CULLDIST_ENABLED 4\nEND').code).toBe('range');
  });

  test('a vertex of a primitive is one it has', () => {
    const geometry = (vertex: string): string =>
      `GEOM\nPROPERTY GS_INPUT_PRIMITIVE LINES\nDCL IN[][0], POSITION\nDCL OUT[0], POSITION\n0: MOV OUT[0], IN${vertex}[0]\n1: END\n`;
    expect(refusal(geometry('[2]'))).toMatchObject({ code: 'range', line: 5 });
    expect(refusal(geometry(''))).toMatchObject({ code: 'type', line: 5 });
    expect(() => lowerTgsi(checkShader(parseTgsi(geometry('[1]'))))).not.toThrow();
  });

  test('every reason has a sentence, and a line where there is one', () => {
    const error = refusal(fragment('MOV TEMP[8], IN[0]'));
    expect(error.message).toBe('line 10: TEMP[8] is not declared');
    expect(SHADER_ERRORS[error.code].sentence).toMatch(/^A register .*\.$/);
    expect(new ShaderError('limit', 0, 'too much').message).toBe('too much');
  });
});
