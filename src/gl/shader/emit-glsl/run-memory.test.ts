import { afterAll, describe, expect, test } from 'vitest';
import * as GL from '../../egl/gl-constants.ts';
import type { GlApi } from '../../egl/gl-loader.ts';
import { TestDevice } from '../test-device.ts';

const device = TestDevice.open();
afterAll(() => device?.[Symbol.dispose]());

const compute = (declarations: string, lines: string, width = 4): string => `COMP
PROPERTY CS_FIXED_BLOCK_WIDTH ${width}
PROPERTY CS_FIXED_BLOCK_HEIGHT 1
PROPERTY CS_FIXED_BLOCK_DEPTH 1
DCL SV[0], THREAD_ID
DCL SV[1], BLOCK_ID
DCL SV[2], GRID_SIZE
DCL SV[3], BLOCK_SIZE
DCL BUFFER[0..1]
DCL ADDR[0]
DCL TEMP[0..7]
${declarations}
IMM[0] UINT32 {0, 1, 2, 4}
IMM[1] UINT32 {16, 5, 3, 4294967295}
UMUL TEMP[7].x, SV[0].xxxx, IMM[0].wwww
${lines}
END
`;

describe.skipIf(device === null)('storage buffers on the host', () => {
  const runBuffers = (
    lines: string,
    first: number[],
    second: number[],
    robustBuffers = false,
  ): [number[], number[]] => {
    const buffers = [Uint32Array.from(first), Uint32Array.from(second)];
    device?.compute(compute('', lines), 1, { buffers, target: { robustBuffers } });
    return [[...(buffers[0] ?? [])], [...(buffers[1] ?? [])]];
  };
  const zeros = (count: number): number[] => Array.from({ length: count }, () => 0);

  test('LOAD and STORE move consecutive words under a mask', () => {
    const lines =
      'UMUL TEMP[1].x, SV[0].xxxx, IMM[1].xxxx\nLOAD TEMP[0], BUFFER[0], TEMP[1].xxxx\nSTORE BUFFER[1].xyz, TEMP[1].xxxx, TEMP[0].wzyx';
    const input = Array.from({ length: 16 }, (_, i) => i + 1);
    const expected = [4, 3, 2, 0, 8, 7, 6, 0, 12, 11, 10, 0, 16, 15, 14, 0];
    expect(runBuffers(lines, input, zeros(16))[1]).toEqual(expected);
    expect(runBuffers(lines, input, zeros(16), true)[1]).toEqual(expected);
  });

  test('words outside of a buffer read as zero and are not written', () => {
    const lines =
      'UMUL TEMP[1].x, SV[0].xxxx, IMM[1].xxxx\nLOAD TEMP[0], BUFFER[0], TEMP[1].xxxx\nSTORE BUFFER[1], TEMP[1].xxxx, TEMP[0]';
    expect(runBuffers(lines, [1, 2, 3, 4, 5, 6], zeros(10))[1]).toEqual([1, 2, 3, 4, 5, 6, 0, 0, 0, 0]);
    const far =
      'LOAD TEMP[0].x, BUFFER[0], IMM[1].wwww\nUADD TEMP[0].x, TEMP[0].xxxx, IMM[0].yyyy\nSTORE BUFFER[1].x, TEMP[7].xxxx, TEMP[0].xxxx\nSTORE BUFFER[1].x, IMM[1].wwww, IMM[1].wwww';
    expect(runBuffers(far, [9, 9], zeros(5))[1]).toEqual([1, 1, 1, 1, 0]);
  });

  test('are counted from the lowest that is declared, used or not', () => {
    const text = compute('', 'STORE BUFFER[3].x, TEMP[7].xxxx, IMM[1].xxxx').replace('BUFFER[0..1]', 'BUFFER[2..3]');
    const buffers = [new Uint32Array(4), new Uint32Array(4)];
    device?.compute(text, 1, { buffers });
    expect(buffers.map((words) => [...words])).toEqual([zeros(4), [16, 16, 16, 16]]);
  });

  test('buffers reached by an index; beyond them the last', () => {
    const lines =
      'UARL ADDR[0].x, SV[0].xxxx\nLOAD TEMP[0].x, BUFFER[ADDR[0].x], IMM[0].xxxx\nATOMUADD TEMP[1].x, BUFFER[ADDR[0].x], IMM[0].wwww, TEMP[0].xxxx\nSTORE BUFFER[1].x, TEMP[7].xxxx, TEMP[0].xxxx';
    const [first, second] = runBuffers(
      lines.replace('STORE BUFFER[1].x, TEMP[7].xxxx, TEMP[0].xxxx', 'NOP'),
      [10, 0],
      [20, 0],
    );
    expect([first, second]).toEqual([
      [10, 10],
      [20, 60],
    ]);
  });

  test('RESQ tells a buffer in bytes', () => {
    expect(
      runBuffers('RESQ TEMP[0].x, BUFFER[0]\nSTORE BUFFER[1].x, TEMP[7].xxxx, TEMP[0].xxxx', zeros(7), zeros(4))[1],
    ).toEqual([28, 28, 28, 28]);
  });

  /** Runs an atomic in four invocations with their number plus 3 as operand, on one word. */
  const atomic = (opcode: string, start: number, extra = ''): number => {
    const lines = `UADD TEMP[0].x, SV[0].xxxx, IMM[1].zzzz\n${opcode} TEMP[1].x, BUFFER[0], IMM[0].xxxx, TEMP[0].xxxx${extra}`;
    return runBuffers(lines, [start], [0])[0][0] ?? 0;
  };

  test('ATOMUADD', () => expect(atomic('ATOMUADD', 100)).toBe(118));
  test('ATOMAND', () => expect(atomic('ATOMAND', 0xff)).toBe(0));
  test('ATOMOR', () => expect(atomic('ATOMOR', 8)).toBe(15));
  test('ATOMXOR', () => expect(atomic('ATOMXOR', 0)).toBe(3 ^ 4 ^ 5 ^ 6));
  test('ATOMUMIN', () => expect(atomic('ATOMUMIN', 0xfffffffe)).toBe(3));
  test('ATOMUMAX', () => expect(atomic('ATOMUMAX', 0)).toBe(6));
  test('ATOMIMIN', () => expect([atomic('ATOMIMIN', 5), atomic('ATOMIMIN', 0xfffffffe)]).toEqual([3, 0xfffffffe]));
  test('ATOMIMAX', () => expect([atomic('ATOMIMAX', 5), atomic('ATOMIMAX', 0xfffffffe)]).toEqual([6, 6]));
  test('ATOMXCHG', () => expect([3, 4, 5, 6]).toContain(atomic('ATOMXCHG', 0)));
  test('ATOMCAS', () => {
    // Only the invocation whose operand is what is there puts 16 in its place.
    expect(atomic('ATOMCAS', 4, ', IMM[1].xxxx')).toBe(16);
    expect(atomic('ATOMCAS', 40, ', IMM[1].xxxx')).toBe(40);
  });

  test('an atomic gives what was there; outside of the buffer zero', () => {
    const lines =
      'ATOMUADD TEMP[0].x, BUFFER[0], TEMP[7].xxxx, IMM[0].yyyy\nSTORE BUFFER[1].x, TEMP[7].xxxx, TEMP[0].xxxx';
    expect(runBuffers(lines, [7, 8], zeros(4))).toEqual([
      [8, 9],
      [7, 8, 0, 0],
    ]);
  });

  test('THREAD_ID, BLOCK_ID, GRID_SIZE and BLOCK_SIZE', () => {
    const words = new Uint32Array(32);
    const lines =
      'UMAD TEMP[0].x, SV[1].xxxx, SV[3].xxxx, SV[0].xxxx\nUMUL TEMP[0].y, TEMP[0].xxxx, IMM[1].xxxx\nMOV TEMP[1].x, SV[0].xyzz\nMOV TEMP[1].y, SV[1].xxxx\nMOV TEMP[1].z, SV[2].xxxx\nMOV TEMP[1].w, SV[3].yyyy\nSTORE BUFFER[0], TEMP[0].yyyy, TEMP[1]';
    device?.compute(compute('', lines), 2, { buffers: [words, new Uint32Array(4)] });
    expect([...words.subarray(20, 24)]).toEqual([1, 1, 2, 1]);
  });
});

describe.skipIf(device === null)('shared memory on the host', () => {
  const shared = (lines: string): number[] => {
    const words = new Uint32Array(4);
    device?.compute(compute('DCL MEMORY[0], SHARED', lines), 1, {
      buffers: [words, new Uint32Array(4)],
      sharedBytes: 16,
    });
    return [...words];
  };

  test('invocations see what others stored after MEMBAR and BARRIER', () => {
    const lines = `UADD TEMP[0].x, SV[0].xxxx, IMM[0].yyyy
STORE MEMORY[0].x, TEMP[7].xxxx, TEMP[0].xxxx
MEMBAR IMM[2].xxxx
BARRIER
USNE TEMP[1].x, TEMP[7].xxxx, IMM[0].xxxx
LOAD TEMP[2].x, MEMORY[0], IMM[2].yyyy
LOAD TEMP[3].xy, MEMORY[0], IMM[0].xxxx
UADD TEMP[2].x, TEMP[2].xxxx, TEMP[3].yyyy
STORE BUFFER[0].x, TEMP[7].xxxx, TEMP[2].xxxx`;
    expect(shared(`IMM[2] UINT32 {8, 12, 0, 0}\n${lines}`)).toEqual([6, 6, 6, 6]);
  });

  test('words outside read as zero and are not written', () => {
    const lines =
      'STORE MEMORY[0].x, TEMP[7].xxxx, IMM[1].yyyy\nSTORE MEMORY[0].x, IMM[1].wwww, IMM[0].zzzz\nSTORE MEMORY[0].x, IMM[1].xxxx, IMM[0].zzzz\nBARRIER\nLOAD TEMP[0].x, MEMORY[0], TEMP[7].xxxx\nLOAD TEMP[1].x, MEMORY[0], IMM[1].xxxx\nUADD TEMP[0].x, TEMP[0].xxxx, TEMP[1].xxxx\nSTORE BUFFER[0].x, TEMP[7].xxxx, TEMP[0].xxxx';
    expect(shared(lines)).toEqual([5, 5, 5, 5]);
  });

  test('signed minimum among invocations', () => {
    const lines = `STORE MEMORY[0].x, IMM[0].xxxx, IMM[0].yyyy
BARRIER
ISHR TEMP[0].x, IMM[1].wwww, IMM[0].yyyy
UADD TEMP[0].x, TEMP[0].xxxx, SV[0].xxxx
ATOMIMIN TEMP[1].x, MEMORY[0], IMM[0].xxxx, TEMP[0].xxxx
BARRIER
LOAD TEMP[2].x, MEMORY[0], IMM[0].xxxx
STORE BUFFER[0].x, TEMP[7].xxxx, TEMP[2].xxxx`;
    expect(shared(lines)).toEqual([0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff]);
  });

  test('a shader with shared memory must be given some', () => {
    const text = compute('DCL MEMORY[0], SHARED', 'STORE MEMORY[0].x, IMM[0].xxxx, IMM[0].xxxx');
    expect(() => device?.compute(text, 1, { buffers: [] })).toThrow(/shared memory/);
  });
});

describe.skipIf(device === null)('images and counters on the host', () => {
  /** A texture of integers as image 0, filled with its texels' numbers; runs lines and gives the texels back. */
  const image = (
    format: string,
    glFormat: number,
    lines: string,
    declaration = 'WR',
    key = {},
  ): { texels: number[]; words: number[] } => {
    const words = new Uint32Array(8);
    const texels = Uint32Array.from({ length: 16 }, (_, i) => i);
    const name = new Uint32Array(new ArrayBuffer(4));
    const prepare = (gl: GlApi): void => {
      gl.genTextures(1, name);
      gl.bindTexture(GL.TEXTURE_2D, name[0] ?? 0);
      gl.texStorage2D(GL.TEXTURE_2D, 1, glFormat, 4, 4);
      const data = glFormat === GL.R32F ? Uint32Array.from(new Uint32Array(Float32Array.from(texels).buffer)) : texels;
      gl.texSubImage2D(
        GL.TEXTURE_2D,
        0,
        0,
        0,
        4,
        4,
        glFormat === GL.R32F ? GL.RED : GL.RED_INTEGER,
        glFormat === GL.R32F ? GL.FLOAT : GL.UNSIGNED_INT,
        data,
      );
      gl.bindImageTexture(0, name[0] ?? 0, 0, false, 0, GL.READ_WRITE, glFormat);
    };
    const text = compute(
      `DCL IMAGE[0], 2D, PIPE_FORMAT_${format}${declaration === '' ? '' : `, ${declaration}`}`,
      lines,
    );
    device?.compute(text, 1, { buffers: [words, new Uint32Array(4)], prepare, key });
    const back = new Uint32Array(new ArrayBuffer(64));
    device?.gl.bindTexture(GL.TEXTURE_2D, name[0] ?? 0);
    device?.gl.getTexImage(
      GL.TEXTURE_2D,
      0,
      glFormat === GL.R32F ? GL.RED : GL.RED_INTEGER,
      glFormat === GL.R32F ? GL.FLOAT : GL.UNSIGNED_INT,
      back,
    );
    device?.gl.deleteTextures(1, name);
    return { texels: glFormat === GL.R32F ? [...new Float32Array(back.buffer)] : [...back], words: [...words] };
  };

  test('LOAD, STORE and RESQ of an image', () => {
    const lines = `MOV TEMP[0].x, SV[0].xxxx
MOV TEMP[0].y, IMM[0].zzzz
LOAD TEMP[1], IMAGE[0], TEMP[0], 2D, PIPE_FORMAT_R32_UINT
STORE BUFFER[0].x, TEMP[7].xxxx, TEMP[1].xxxx
UADD TEMP[1].x, TEMP[1].xxxx, IMM[1].xxxx
MOV TEMP[0].y, IMM[0].xxxx
STORE IMAGE[0], TEMP[0], TEMP[1], 2D, PIPE_FORMAT_R32_UINT
RESQ TEMP[2].xy, IMAGE[0], 2D, PIPE_FORMAT_R32_UINT
STORE BUFFER[0].xy, IMM[1].xxxx, TEMP[2]`;
    const { texels, words } = image('R32_UINT', GL.R32UI, lines);
    expect(words).toEqual([8, 9, 10, 11, 4, 4, 0, 0]);
    expect(texels.slice(0, 5)).toEqual([24, 25, 26, 27, 4]);
  });

  test('an image that is only written takes its kind from what is bound', () => {
    const lines =
      'MOV TEMP[0].x, SV[0].xxxx\nMOV TEMP[0].y, IMM[0].xxxx\nMOV TEMP[1], IMM[1].yyyy\nSTORE IMAGE[0], TEMP[0], TEMP[1], 2D';
    expect(image('NONE', GL.R32UI, lines, 'WR', { imageFormats: [[0, 'R32_UINT']] }).texels.slice(0, 5)).toEqual([
      5, 5, 5, 5, 4,
    ]);
    const floats =
      'MOV TEMP[0].x, SV[0].xxxx\nMOV TEMP[0].y, IMM[0].xxxx\nU2F TEMP[1], IMM[1].yyyy\nSTORE IMAGE[0], TEMP[0], TEMP[1], 2D';
    expect(image('NONE', GL.R32F, floats).texels.slice(0, 5)).toEqual([5, 5, 5, 5, 4]);
  });

  test('atomics on an image', () => {
    const lines =
      'MOV TEMP[0].xy, IMM[0].zzzz\nATOMUADD TEMP[1].x, IMAGE[0], TEMP[0], IMM[1].yyyy, 2D, PIPE_FORMAT_R32_UINT\nATOMUMAX TEMP[1].x, IMAGE[0], IMM[0].xxxx, IMM[1].wwww, 2D, PIPE_FORMAT_R32_UINT';
    const { texels } = image('R32_UINT', GL.R32UI, lines);
    expect([texels[10], texels[0]]).toEqual([30, 0xffffffff]);
  });

  test('a texel outside reads as zero', () => {
    const lines =
      'MOV TEMP[0], IMM[1].wwww\nLOAD TEMP[1], IMAGE[0], TEMP[0], 2D, PIPE_FORMAT_R32_UINT\nSTORE BUFFER[0].x, TEMP[7].xxxx, TEMP[1].xxxx';
    expect(image('R32_UINT', GL.R32UI, lines, '').words.slice(0, 4)).toEqual([0, 0, 0, 0]);
  });

  test('counters count, and are read and reached by an index', () => {
    const words = new Uint32Array(4);
    let name = 0;
    const prepare = (gl: GlApi): void => {
      name = device?.buffer(GL.ATOMIC_COUNTER_BUFFER, Uint32Array.of(10, 20, 30, 40)) ?? 0;
      gl.bindBufferBase(GL.ATOMIC_COUNTER_BUFFER, 2, name);
    };
    const lines = `UARL ADDR[0].x, SV[0].xxxx
ATOMUADD TEMP[0].x, HWATOMIC[2][ADDR[0].x+1], IMM[0].xxxx, IMM[0].yyyy
ATOMUADD TEMP[0].x, HWATOMIC[2][1], IMM[0].xxxx, IMM[1].yyyy
BARRIER
LOAD TEMP[1].x, HWATOMIC[2][2], IMM[0].xxxx
STORE BUFFER[0].x, TEMP[7].xxxx, TEMP[1].xxxx`;
    device?.compute(compute('DCL HWATOMIC[2][1..3]', lines), 1, { buffers: [words, new Uint32Array(4)], prepare });
    const counters = new Uint32Array(new ArrayBuffer(16));
    device?.gl.bindBuffer(GL.ATOMIC_COUNTER_BUFFER, name);
    device?.gl.getBufferSubData(GL.ATOMIC_COUNTER_BUFFER, 0, 16, counters);
    device?.gl.deleteBuffers(1, Uint32Array.of(name));
    expect([...counters]).toEqual([10, 41, 31, 42]);
    expect([...words]).toEqual([31, 31, 31, 31]);
  });

  test('the least and greatest of counters are unsigned, as GLSL has no others', () => {
    let name = 0;
    const prepare = (gl: GlApi): void => {
      name = device?.buffer(GL.ATOMIC_COUNTER_BUFFER, Uint32Array.of(10, 0x80000000)) ?? 0;
      gl.bindBufferBase(GL.ATOMIC_COUNTER_BUFFER, 1, name);
    };
    const lines = `ATOMIMIN TEMP[0].x, HWATOMIC[1][0], IMM[0].xxxx, IMM[0].yyyy
ATOMIMAX TEMP[0].x, HWATOMIC[1][1], IMM[0].xxxx, IMM[0].yyyy`;
    device?.compute(compute('DCL HWATOMIC[1][0..1]', lines), 1, { buffers: [new Uint32Array(4)], prepare });
    const counters = new Uint32Array(new ArrayBuffer(8));
    device?.gl.bindBuffer(GL.ATOMIC_COUNTER_BUFFER, name);
    device?.gl.getBufferSubData(GL.ATOMIC_COUNTER_BUFFER, 0, 8, counters);
    device?.gl.deleteBuffers(1, Uint32Array.of(name));
    expect([...counters]).toEqual([1, 0x80000000]);
  });
});
