import * as fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { parseTgsi } from '../tgsi/parse-tgsi.ts';
import { printTgsi } from '../tgsi/print-tgsi.ts';
import { lowerText, TestDevice } from '../test-device.ts';
import { OPCODES, opcodeOf } from '../tgsi/opcodes.table.ts';
import type { OpcodeName } from '../tgsi/opcodes.table.ts';
import type { Stage } from '../tgsi/vocabulary.ts';
import { translate } from './translate.ts';
import { PLAIN_VARIANT } from './variant-key.ts';

const device = TestDevice.open();
afterAll(() => device?.[Symbol.dispose]());

/** Opcodes that read registers and write one, in every stage. */
const PLAIN_OPCODES = (Object.keys(OPCODES) as OpcodeName[]).filter((name) => {
  const { dsts, srcs, texture, memory, stages, refused } = opcodeOf(name);
  const host = ['VOTE_ANY', 'VOTE_ALL', 'VOTE_EQ', 'CLOCK', 'FBFETCH', 'ARL', 'ARR', 'UARL'];
  return dsts > 0 && srcs > 0 && !texture && !memory && stages === null && refused === null && !host.includes(name);
});

const lane = fc.constantFrom('x', 'y', 'z', 'w');
const mask = fc.subarray(['x', 'y', 'z', 'w'], { minLength: 1 }).map((lanes) => `.${lanes.join('')}`);
const widePairs = fc.constantFrom('.xy', '.zw', '');
const index = fc
  .tuple(lane, fc.integer({ min: -3, max: 6 }))
  .map(([component, offset]) => `ADDR[0].${component}${offset < 0 ? offset : `+${offset}`}`);

const register = fc.oneof(
  fc.nat({ max: 5 }).map((i) => `TEMP[${i}]`),
  index.map((text) => `TEMP[${text}](1)`),
  fc.nat({ max: 3 }).map((i) => `CONST[${i}]`),
  index.map((text) => `CONST[${text}]`),
  fc.nat({ max: 3 }).map((i) => `CONST[1][${i}]`),
  fc.nat({ max: 1 }).map((i) => `IMM[${i}]`),
  fc.constant('IN[0]'),
  fc.constant('SV[0]'),
);

const source = fc
  .tuple(register, fc.tuple(lane, lane, lane, lane), fc.boolean(), fc.boolean())
  .map(
    ([text, lanes, negate, absolute]) =>
      `${negate ? '-' : ''}${absolute ? '|' : ''}${text}.${lanes.join('')}${absolute ? '|' : ''}`,
  );

const target = (isWide: boolean): fc.Arbitrary<string> =>
  fc
    .tuple(
      fc.oneof(
        fc.nat({ max: 5 }).map((i) => `TEMP[${i}]`),
        index.map((text) => `TEMP[${text}](1)`),
        fc.constant('OUT[0]'),
      ),
      isWide ? widePairs : mask,
    )
    .map(([text, lanes]) => text + lanes);

const arithmetic = fc.constantFrom(...PLAIN_OPCODES).chain((name) => {
  const { dsts, srcs, dstType } = opcodeOf(name);
  const isWide = 'dlq'.includes(dstType);
  const canSaturate = dstType === 'f' || dstType === 'x';
  const targets = Array.from({ length: dsts }, (_, i) => target(isWide && i === 0));
  return fc
    .tuple(fc.tuple(...targets), fc.array(source, { minLength: srcs, maxLength: srcs }), fc.boolean(), fc.boolean())
    .map(
      ([to, from, saturate, precise]) =>
        `${name}${saturate && canSaturate ? '_SAT' : ''}${precise ? '_PRECISE' : ''} ${[...to, ...from].join(', ')}`,
    );
});

const address = fc
  .tuple(fc.constantFrom('ARL', 'ARR', 'UARL'), mask, source)
  .map(([name, lanes, from]) => `${name} ADDR[0]${lanes}, ${from}`);

const sampling = fc
  .tuple(fc.constantFrom('TEX', 'TXP', 'TXL'), target(false), source)
  .map(([name, to, from]) => `${name} ${to}, ${from}, SAMP[0], 2D`);

/** Statements with blocks inside one another. */
const { statements } = fc.letrec<{ statements: string[]; statement: string[] }>((tie) => ({
  statement: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    { weight: 8, arbitrary: arithmetic.map((line) => [line]) },
    { weight: 1, arbitrary: address.map((line) => [line]) },
    { weight: 1, arbitrary: sampling.map((line) => [line]) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(source, tie('statements'), tie('statements'))
        .map(([from, a, b]) => [`UIF ${from}`, ...a, 'ELSE', ...b, 'ENDIF']),
    },
    {
      weight: 1,
      arbitrary: fc
        .tuple(source, tie('statements'))
        .map(([from, body]) => ['BGNLOOP', `IF ${from}`, 'BRK', 'ENDIF', ...body, 'ENDLOOP']),
    },
    {
      weight: 1,
      arbitrary: fc
        .tuple(source, tie('statements'), tie('statements'))
        .map(([from, a, b]) => [`SWITCH ${from}`, 'CASE IMM[1].xxxx', ...a, 'BRK', 'DEFAULT', ...b, 'ENDSWITCH']),
    },
  ),
  statements: fc.array(tie('statement'), { maxLength: 6, depthIdentifier: 'block' }).map((lists) => lists.flat()),
}));

const HEADS: Partial<Record<Stage, string>> = {
  VERT: 'DCL IN[0]\nDCL OUT[0], POSITION\nDCL SV[0], VERTEXID',
  FRAG: 'DCL IN[0], GENERIC[0], PERSPECTIVE\nDCL OUT[0], COLOR\nDCL SV[0], PRIM_ID',
  GEOM: 'PROPERTY GS_INPUT_PRIMITIVE POINTS\nPROPERTY GS_OUTPUT_PRIMITIVE POINTS\nPROPERTY GS_MAX_OUTPUT_VERTICES 1\nDCL IN[][0], GENERIC[0]\nDCL OUT[0], POSITION\nDCL SV[0], INVOCATIONID',
};

const shader = fc.tuple(fc.constantFrom<Stage>('VERT', 'FRAG', 'GEOM'), statements).map(([stage, lines]) => {
  const body = stage === 'GEOM' ? lines.map((line) => line.replaceAll(/\bIN\[0\]/g, 'IN[0][0]')) : lines;
  return [
    stage,
    HEADS[stage],
    'DCL SAMP[0]',
    'DCL SVIEW[0], 2D, FLOAT',
    'DCL CONST[0..3]',
    'DCL CONST[1][0..3]',
    'DCL TEMP[0..5]',
    'DCL TEMP[6..9], ARRAY(1), LOCAL',
    'DCL ADDR[0]',
    'IMM[0] FLT32 {1.5, -2.0, 0x7f800000, 0x00000001}',
    'IMM[1] INT32 {-2147483648, -1, 0, 7}',
    ...body,
    'END',
    '',
  ].join('\n');
});

describe('shaders at random', () => {
  test('read back as they are printed, and lower', () => {
    fc.assert(
      fc.property(shader, (text) => {
        const printed = printTgsi(parseTgsi(text));
        expect(printTgsi(parseTgsi(printed))).toBe(printed);
        expect(lowerText(text).stage).toBe(parseTgsi(text).stage);
      }),
      { numRuns: 200 },
    );
  });

  test.skipIf(device === null)('compile on the host', () => {
    fc.assert(
      fc.property(shader, (text) => {
        if (device === null) return;
        const { source: glsl, interface: face } = translate(lowerText(text), {
          target: device.target,
          key: PLAIN_VARIANT,
        });
        device.gl.deleteShader(device.compile(face.stage, glsl));
      }),
      { numRuns: 60 },
    );
  });
});
