import { afterAll, describe, expect, test } from 'vitest';
import { TestDevice } from '../test-device.ts';

const device = TestDevice.open();
afterAll(() => device?.[Symbol.dispose]());

const HEAD = `COMP
PROPERTY CS_FIXED_BLOCK_WIDTH 8
PROPERTY CS_FIXED_BLOCK_HEIGHT 1
PROPERTY CS_FIXED_BLOCK_DEPTH 1
DCL SV[0], THREAD_ID
DCL BUFFER[0]
DCL ADDR[0]
DCL TEMP[0..3]
DCL TEMP[4..7], ARRAY(1), LOCAL
DCL CONST[0..3]
DCL CONST[1][0..3]
DCL CONST[2][0..1]
IMM[0] UINT32 {0, 1, 2, 3}
IMM[1] UINT32 {4, 10, 100, 0}
UMUL TEMP[3].x, SV[0].xxxx, IMM[1].xxxx
MOV TEMP[0].x, IMM[0].xxxx
`;

/** Runs lines in eight invocations; each leaves TEMP[0].x. TEMP[3].x is four times its number. */
function run(lines: string, tail = '', constants: ReadonlyMap<number, Uint32Array> = new Map()): number[] {
  const words = new Uint32Array(8);
  const text = `${HEAD}${lines}\nSTORE BUFFER[0].x, TEMP[3].xxxx, TEMP[0].xxxx\nEND\n${tail}`;
  device?.compute(text, 1, { buffers: [words], constants });
  return [...words];
}

describe.skipIf(device === null)('control flow on the host', () => {
  test('UIF takes bits, ELSE the rest', () => {
    const lines =
      'USLT TEMP[1].x, SV[0].xxxx, IMM[1].xxxx\nUIF TEMP[1].xxxx\nMOV TEMP[0].x, IMM[0].wwww\nELSE\nMOV TEMP[0].x, IMM[0].zzzz\nENDIF';
    expect(run(lines)).toEqual([3, 3, 3, 3, 2, 2, 2, 2]);
  });

  test('IF takes a float: minus zero is false, as bits it would be true', () => {
    const lines =
      'SHL TEMP[1].x, IMM[0].yyyy, IMM[2].xxxx\nIF TEMP[1].xxxx\nMOV TEMP[0].x, IMM[0].yyyy\nENDIF\nUIF TEMP[1].xxxx\nUADD TEMP[0].x, TEMP[0].xxxx, IMM[0].zzzz\nENDIF';
    expect(run(lines.replace('SHL', 'IMM[2] UINT32 {31, 0, 0, 0}\nSHL'))).toEqual([2, 2, 2, 2, 2, 2, 2, 2]);
  });

  test('BGNLOOP, BRK and CONT: the odd numbers below the invocation summed', () => {
    const lines = `MOV TEMP[1].x, IMM[0].xxxx
BGNLOOP
USGE TEMP[1].y, TEMP[1].xxxx, SV[0].xxxx
UIF TEMP[1].yyyy
BRK
ENDIF
UADD TEMP[1].x, TEMP[1].xxxx, IMM[0].yyyy
AND TEMP[1].z, TEMP[1].xxxx, IMM[0].yyyy
USEQ TEMP[1].z, TEMP[1].zzzz, IMM[0].xxxx
UIF TEMP[1].zzzz
CONT
ENDIF
UADD TEMP[0].x, TEMP[0].xxxx, TEMP[1].xxxx
ENDLOOP`;
    expect(run(lines)).toEqual([0, 1, 1, 4, 4, 9, 9, 16]);
  });

  test('SWITCH: a case falls through to the next, DEFAULT takes the rest, wherever it stands', () => {
    const lines = `SWITCH SV[0].xxxx
CASE IMM[0].yyyy
UADD TEMP[0].x, TEMP[0].xxxx, IMM[0].yyyy
CASE IMM[0].zzzz
UADD TEMP[0].x, TEMP[0].xxxx, IMM[1].yyyy
BRK
DEFAULT
UADD TEMP[0].x, TEMP[0].xxxx, IMM[1].zzzz
BRK
CASE IMM[0].wwww
MOV TEMP[0].x, IMM[0].wwww
ENDSWITCH`;
    expect(run(lines)).toEqual([100, 11, 10, 3, 100, 100, 100, 100]);
  });

  test('arrays of which some components are used', () => {
    const lines = (at: string): string => `AND TEMP[2].x, SV[0].xxxx, IMM[0].wwww
UARL ADDR[0].x, TEMP[2].xxxx
UADD TEMP[ADDR[0].x+4](1).${at}, SV[0].xxxx, IMM[1].yyyy
UADD TEMP[0].x, TEMP[ADDR[0].x+4](1).${at.repeat(4)}, IMM[0].yyyy`;
    const sums = [11, 12, 13, 14, 15, 16, 17, 18];
    for (const at of 'xyzw') expect(run(lines(at))).toEqual(sums);
    const pair = `${lines('w')}\nMOV TEMP[ADDR[0].x+4](1).y, TEMP[0].xxxx\nMOV TEMP[1].xyz, TEMP[ADDR[0].x+4](1).wyww
UADD TEMP[0].x, TEMP[1].yyyy, TEMP[1].zzzz`;
    expect(run(pair)).toEqual(sums.map((sum) => sum + sum - 1));
    const same = `${lines('z')}\nMOV TEMP[1].xy, TEMP[ADDR[0].x+4](1).zzzz\nUADD TEMP[0].x, TEMP[1].xxxx, TEMP[1].yyyy`;
    expect(run(same)).toEqual(sums.map((sum) => 2 * (sum - 1)));
  });

  test('CAL runs a subroutine, RET leaves it; subroutines call others', () => {
    const lines = 'CAL :8\nCAL :8\nNOP\nNOP';
    // Two instructions of the head, four lines, STORE and END come before: the first subroutine is number 8.
    const subs = `BGNSUB
UADD TEMP[0].x, TEMP[0].xxxx, IMM[1].yyyy
USEQ TEMP[1].x, SV[0].xxxx, IMM[0].xxxx
UIF TEMP[1].xxxx
RET
ENDIF
CAL :17
RET
ENDSUB
BGNSUB
UADD TEMP[0].x, TEMP[0].xxxx, IMM[0].yyyy
ENDSUB
`;
    expect(run(lines, subs)).toEqual([20, 22, 22, 22, 22, 22, 22, 22]);
  });

  test('RET in the main program ends it', () => {
    const lines = 'USEQ TEMP[1].x, SV[0].xxxx, IMM[0].yyyy\nUIF TEMP[1].xxxx\nRET\nENDIF\nMOV TEMP[0].x, IMM[0].wwww';
    expect(run(lines)).toEqual([3, 0, 3, 3, 3, 3, 3, 3]);
  });
});

describe.skipIf(device === null)('registers reached by an index, on the host', () => {
  const fill =
    'MOV TEMP[4].x, IMM[0].yyyy\nMOV TEMP[5].x, IMM[0].zzzz\nMOV TEMP[6].x, IMM[0].wwww\nMOV TEMP[7].x, IMM[1].yyyy\n';
  const constants = new Map([
    [0, Uint32Array.from({ length: 16 }, (_, i) => i + 1)],
    [1, Uint32Array.from({ length: 16 }, (_, i) => i + 101)],
    [2, Uint32Array.from({ length: 8 }, (_, i) => i + 201)],
  ]);

  test('temporaries; beyond the array its ends', () => {
    expect(run(`${fill}UARL ADDR[0].x, SV[0].xxxx\nMOV TEMP[0].x, TEMP[ADDR[0].x+4](1).xxxx`)).toEqual([
      1, 2, 3, 10, 10, 10, 10, 10,
    ]);
    expect(run(`${fill}UARL ADDR[0].x, SV[0].xxxx\nMOV TEMP[0].x, TEMP[ADDR[0].x+1](1).xxxx`)).toEqual([
      1, 1, 1, 1, 2, 3, 10, 10,
    ]);
  });

  test('writes beyond the array go to its ends', () => {
    const lines = `${fill}UADD TEMP[1].x, SV[0].xxxx, IMM[1].zzzz\nUARL ADDR[0].x, TEMP[1].xxxx\nMOV TEMP[ADDR[0].x+4](1).x, IMM[0].xxxx\nUADD TEMP[0].x, TEMP[7].xxxx, TEMP[6].xxxx`;
    expect(run(lines)).toEqual([3, 3, 3, 3, 3, 3, 3, 3]);
  });

  test('constants of the first buffer and of others; beyond them their ends', () => {
    expect(run('UARL ADDR[0].x, SV[0].xxxx\nMOV TEMP[0].x, CONST[ADDR[0].x].xxxx', '', constants)).toEqual([
      1, 5, 9, 13, 13, 13, 13, 13,
    ]);
    expect(run('UARL ADDR[0].x, SV[0].xxxx\nMOV TEMP[0].x, CONST[1][ADDR[0].x-1].yyyy', '', constants)).toEqual([
      102, 102, 106, 110, 114, 114, 114, 114,
    ]);
  });

  test('constant buffers', () => {
    expect(run('UARL ADDR[0].x, SV[0].xxxx\nMOV TEMP[0].x, CONST[ADDR[0].x][1].xxxx', '', constants)).toEqual([
      105, 105, 205, 205, 205, 205, 205, 205,
    ]);
  });

  test('a huge index does not leave the constants', () => {
    const lines =
      'UMUL TEMP[1].x, SV[0].xxxx, IMM[2].xxxx\nUARL ADDR[0].x, TEMP[1].xxxx\nMOV TEMP[0].x, CONST[ADDR[0].x+3].xxxx';
    expect(
      run(`IMM[2] UINT32 {2147483647, 0, 0, 0}\n${lines}`, '', constants).every((word) => [1, 5, 9, 13].includes(word)),
    ).toBe(true);
  });

  test('temporaries that nobody wrote are zero', () => {
    expect(run('MOV TEMP[0].x, TEMP[2].yyyy')).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
    expect(run('UARL ADDR[0].x, SV[0].xxxx\nMOV TEMP[0].x, TEMP[ADDR[0].x+4](1).wwww')).toEqual([
      0, 0, 0, 0, 0, 0, 0, 0,
    ]);
    const half = 'UIF SV[0].xxxx\nMOV TEMP[2].x, IMM[0].yyyy\nENDIF\nMOV TEMP[0].x, TEMP[2].xxxx';
    expect(run(half)).toEqual([0, 1, 1, 1, 1, 1, 1, 1]);
  });

  test('one 64-bit value comes from x and y, wherever it goes', () => {
    const three = 'I2D TEMP[1].xy, IMM[0].wwww\nMOV TEMP[2], TEMP[7]\nMOV TEMP[2].xy, TEMP[1].xyxy\n';
    const sum = 'DADD TEMP[1].zw, TEMP[2], TEMP[2]\nMOV TEMP[2].xy, TEMP[1].zwzw\nD2I TEMP[0].x, TEMP[2]';
    expect(run(three + sum)).toEqual(Array.from({ length: 8 }, () => 6));
    expect(run(`${three}DSEQ TEMP[1].z, TEMP[2], TEMP[2]\nAND TEMP[0].x, TEMP[1].zzzz, IMM[0].yyyy`)).toEqual(
      Array.from({ length: 8 }, () => 1),
    );
    expect(run(`${three}DSLT TEMP[1].z, TEMP[7], TEMP[2]\nAND TEMP[0].x, TEMP[1].zzzz, IMM[0].yyyy`)).toEqual(
      Array.from({ length: 8 }, () => 1),
    );
  });
});
