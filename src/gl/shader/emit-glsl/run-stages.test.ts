import { afterAll, describe, expect, test } from 'vitest';
import * as GL from '../../egl/gl-constants.ts';
import type { DrawOptions } from '../test-device.ts';
import { defaultSystem, TestDevice } from '../test-device.ts';
import { SYSTEM_BLOCK } from './system-block.ts';

const device = TestDevice.open();
afterAll(() => device?.[Symbol.dispose]());

const floats = (words: Uint32Array | undefined): number[] =>
  words === undefined ? [] : [...new Float32Array(words.buffer, words.byteOffset, words.length)];

function draw(texts: readonly string[], options: DrawOptions = {}): { pixels: number[]; captured: number[][] } {
  if (device === null) throw new Error('no device');
  const { pixels, captured } = device.draw(texts, options);
  return { pixels: floats(pixels), captured: captured.map(floats) };
}

/** One pixel of a 4 by 4 picture, from the bottom left. */
const pixel = ({ pixels }: { pixels: number[] }, x: number, y: number): number[] =>
  pixels.slice((y * 4 + x) * 4, (y * 4 + x) * 4 + 4);

const numbered = (lines: string): string =>
  lines
    .trim()
    .split('\n')
    .map((line) => line.trim())
    .join('\n');

const VERTEX = numbered(`VERT
DCL IN[0]
DCL OUT[0], POSITION
DCL OUT[1], GENERIC[0]
DCL OUT[2], COLOR
DCL OUT[3], BCOLOR
DCL OUT[4], FOG
IMM[0] FLT32 {0.25, 0.5, 0.75, 1.0}
IMM[1] FLT32 {2.0, -1.0, 0.5, 1.0}
MOV OUT[0], IN[0]
MAD OUT[1], IN[0], IMM[0].yyyw, IMM[0].yyyw
MOV OUT[2], IMM[1]
MOV OUT[3], IMM[0]
MOV OUT[4].x, IMM[0].zzzz
END`);

const fragment = (lines: string, head = ''): string =>
  numbered(`FRAG
${head}
DCL OUT[0], COLOR
DCL TEMP[0..3]
IMM[0] FLT32 {0.0, 0.5, 1.0, 0.25}
IMM[1] UINT32 {0, 1, 2, 3}
${lines}
END`);

describe.skipIf(device === null)('varyings on the host', () => {
  test('a generic is interpolated from vertex to fragment', () => {
    const result = draw([VERTEX, fragment('MOV OUT[0], IN[0]', 'DCL IN[0], GENERIC[0], PERSPECTIVE')]);
    expect(pixel(result, 0, 0).slice(0, 2)).toEqual([0.125, 0.125]);
    expect(pixel(result, 3, 1).slice(0, 2)).toEqual([0.875, 0.375]);
  });

  test('a varying nobody writes reads as 0, 0, 0, 1', () => {
    const result = draw([VERTEX, fragment('MOV OUT[0], IN[0]', 'DCL IN[0], GENERIC[9], PERSPECTIVE')]);
    expect(pixel(result, 0, 0)).toEqual([0, 0, 0, 1]);
  });

  test('colours, fog and interpolation qualifiers', () => {
    expect(pixel(draw([VERTEX, fragment('MOV OUT[0], IN[0]', 'DCL IN[0], COLOR, COLOR')]), 0, 0)).toEqual([
      2, -1, 0.5, 1,
    ]);
    expect(
      pixel(
        draw([VERTEX, fragment('MOV OUT[0], IN[0]', 'DCL IN[0], COLOR, COLOR')], { key: { flatShade: true } }),
        0,
        0,
      ),
    ).toEqual([2, -1, 0.5, 1]);
    expect(pixel(draw([VERTEX, fragment('MOV OUT[0], IN[0].xxxx', 'DCL IN[0].x, FOG, PERSPECTIVE')]), 0, 0)).toEqual([
      0.75, 0.75, 0.75, 0.75,
    ]);
    const flat = draw([VERTEX, fragment('MOV OUT[0], IN[0]', 'DCL IN[0], GENERIC[0], CONSTANT')]);
    expect(pixel(flat, 0, 0)).toEqual(pixel(flat, 3, 3));
    for (const words of ['LINEAR', 'PERSPECTIVE, CENTROID', 'LINEAR, SAMPLE']) {
      const result = draw([VERTEX, fragment('MOV OUT[0], IN[0]', `DCL IN[0], GENERIC[0], ${words}`)]);
      expect(pixel(result, 2, 2).slice(0, 2)).toEqual([0.625, 0.625]);
    }
  });

  test('every sample is interpolated on its own where the state says so', () => {
    const text = fragment('MOV OUT[0], IN[0]', 'DCL IN[0], GENERIC[0], PERSPECTIVE');
    expect(pixel(draw([VERTEX, text], { key: { perSample: true } }), 2, 2).slice(0, 2)).toEqual([0.625, 0.625]);
  });

  test('below GLSL 4.40 both sides say the same', () => {
    const text = fragment('MOV OUT[0], IN[0]', 'DCL IN[0], GENERIC[0], LINEAR\nDCL IN[1], COLOR, CONSTANT');
    expect(pixel(draw([VERTEX, text], { target: { version: 430 } }), 2, 2).slice(0, 2)).toEqual([0.625, 0.625]);
  });

  test('two-sided colours follow the facing', () => {
    const text = fragment('MOV OUT[0], IN[0]', 'DCL IN[0], COLOR, COLOR');
    const back = Float32Array.of(-1, -1, 0, 1, -1, 3, 0, 1, 3, -1, 0, 1);
    expect(pixel(draw([VERTEX, text], { key: { twoSide: true } }), 0, 0)).toEqual([2, -1, 0.5, 1]);
    expect(pixel(draw([VERTEX, text], { key: { twoSide: true }, vertices: back }), 0, 0)).toEqual([0.25, 0.5, 0.75, 1]);
    expect(pixel(draw([VERTEX, text], { vertices: back }), 0, 0)).toEqual([2, -1, 0.5, 1]);
  });

  test('FACE is plus or minus one', () => {
    const text = fragment('MOV OUT[0], IN[0].xxxx', 'DCL IN[0].x, FACE, CONSTANT');
    const back = Float32Array.of(-1, -1, 0, 1, -1, 3, 0, 1, 3, -1, 0, 1);
    expect(pixel(draw([VERTEX, text]), 0, 0)[0]).toBe(1);
    expect(pixel(draw([VERTEX, text], { vertices: back }), 0, 0)[0]).toBe(-1);
  });

  test('POSITION counts from the top unless it says otherwise, pixel centres too', () => {
    const at = (head: string, key = {}): number[] =>
      pixel(draw([VERTEX, fragment('MOV OUT[0], IN[0]', `${head}\nDCL IN[0], POSITION, LINEAR`)], { key }), 1, 3).slice(
        0,
        2,
      );
    expect(at('')).toEqual([1.5, 3.5]);
    expect(at('PROPERTY FS_COORD_ORIGIN LOWER_LEFT')).toEqual([1.5, 0.5]);
    expect(at('PROPERTY FS_COORD_ORIGIN LOWER_LEFT', { invertedY: true })).toEqual([1.5, 3.5]);
    expect(at('PROPERTY FS_COORD_PIXEL_CENTER INTEGER')).toEqual([1, 3]);
  });

  test('inputs reached by an index', () => {
    const vertex = numbered(`VERT
      DCL IN[0]
      DCL OUT[0], POSITION
      DCL OUT[1..3], ARRAY(1), GENERIC[4]
      DCL ADDR[0]
      IMM[0] FLT32 {1.0, 2.0, 3.0, 4.0}
      IMM[1] UINT32 {0, 1, 2, 9}
      MOV OUT[0], IN[0]
      UARL ADDR[0].x, IMM[1].xxxx
      MOV OUT[ADDR[0].x+1](1), IMM[0].xxxx
      UARL ADDR[0].x, IMM[1].wwww
      MOV OUT[ADDR[0].x+1](1), IMM[0].zzzz
      MOV OUT[2], IMM[0].yyyy
      END`);
    const text = (index: string): string =>
      fragment(
        `UARL ADDR[0].x, IMM[1].${index}\nMOV OUT[0], IN[ADDR[0].x](1)`,
        'DCL IN[0..2], ARRAY(1), GENERIC[4], CONSTANT\nDCL ADDR[0]',
      );
    expect(['xxxx', 'yyyy', 'zzzz', 'wwww'].map((index) => pixel(draw([vertex, text(index)]), 0, 0)[0])).toEqual([
      1, 2, 3, 3,
    ]);
  });

  test('INTERP_CENTROID, INTERP_SAMPLE and INTERP_OFFSET', () => {
    const head = 'DCL IN[0], GENERIC[0], PERSPECTIVE';
    expect(pixel(draw([VERTEX, fragment('INTERP_CENTROID OUT[0], IN[0]', head)]), 1, 2).slice(0, 2)).toEqual([
      0.375, 0.625,
    ]);
    expect(pixel(draw([VERTEX, fragment('INTERP_SAMPLE OUT[0], IN[0], IMM[1].xxxx', head)]), 1, 2)).toHaveLength(4);
    expect(
      pixel(draw([VERTEX, fragment('INTERP_OFFSET OUT[0], IN[0].yxzw, IMM[0].wxxx', head)]), 1, 2).slice(0, 2),
    ).toEqual([0.625, 0.4375]);
  });

  test('DDX, DDY and their fine kinds', () => {
    const head = 'DCL IN[0], GENERIC[0], PERSPECTIVE';
    for (const [opcode, expected] of [
      ['DDX', [0.25, 0]],
      ['DDY', [0, 0.25]],
      ['DDX_FINE', [0.25, 0]],
      ['DDY_FINE', [0, 0.25]],
    ] as const) {
      expect(pixel(draw([VERTEX, fragment(`${opcode} OUT[0], IN[0]`, head)]), 1, 1).slice(0, 2)).toEqual(expected);
    }
  });
});

describe.skipIf(device === null)('results of fragments on the host', () => {
  const plain = fragment('MOV OUT[0], IMM[0]');

  test('KILL and KILL_IF leave the pixel as it was', () => {
    const head = 'DCL IN[0], GENERIC[0], PERSPECTIVE';
    const some = draw([
      VERTEX,
      fragment('MOV OUT[0], IMM[0].zzzz\nFSLT TEMP[0].x, IN[0].xxxx, IMM[0].yyyy\nUIF TEMP[0].xxxx\nKILL\nENDIF', head),
    ]);
    expect([pixel(some, 0, 0)[0], pixel(some, 3, 0)[0]]).toEqual([0, 1]);
    const signed = draw([
      VERTEX,
      fragment(
        'MOV OUT[0], IMM[0].zzzz\nADD TEMP[0], IN[0].yyxx, -IMM[0].yyyy\nMOV TEMP[0].zw, IMM[0].xxxx\nKILL_IF TEMP[0]',
        head,
      ),
    ]);
    expect([pixel(signed, 0, 0)[0], pixel(signed, 0, 3)[0]]).toEqual([0, 1]);
  });

  test('alpha test against the reference of the system block', () => {
    const system = defaultSystem();
    new DataView(system.buffer).setFloat32(SYSTEM_BLOCK.alphaReference, 0.25, true);
    // Alpha is 0.25 as well.
    const passes = [0, 1, 2, 3, 4, 5, 6, 7].map(
      (alphaFunc) => pixel(draw([VERTEX, plain], { key: { alphaFunc }, system }), 0, 0)[2] === 1,
    );
    expect(passes).toEqual([false, false, true, true, false, false, true, true]);
  });

  test('polygon stipple takes a row of bits for each row of pixels, the highest bit for the left one', () => {
    const system = defaultSystem();
    system.set([0x80000000, 0x40000000, 0xffffffff, 0], SYSTEM_BLOCK.stipple / 4);
    const result = draw([VERTEX, plain], { key: { polygonStipple: true }, system });
    const rows = [0, 1, 2, 3].map((y) => [0, 1, 2, 3].map((x) => pixel(result, x, y)[2]));
    expect(rows).toEqual([
      [1, 0, 0, 0],
      [0, 1, 0, 0],
      [1, 1, 1, 1],
      [0, 0, 0, 0],
    ]);
  });

  test('formats that the host stores otherwise', () => {
    expect(pixel(draw([VERTEX, plain], { key: { bgraColors: 1 } }), 0, 0)).toEqual([1, 0.5, 0, 0.25]);
    expect(pixel(draw([VERTEX, plain], { key: { alphaInRed: 1 } }), 0, 0)[0]).toBe(0.25);
    expect(pixel(draw([VERTEX, plain], { key: { srgbColors: 1 } }), 0, 0)[1]).toBeCloseTo(0.7354, 3);
    const wild = fragment('MOV OUT[0], IN[0]', 'DCL IN[0], COLOR, COLOR');
    expect(pixel(draw([VERTEX, wild], { key: { clampFragmentColors: true } }), 0, 0)).toEqual([1, 0, 0.5, 1]);
    expect(pixel(draw([VERTEX, wild], { key: { clampVertexColors: true } }), 0, 0)).toEqual([1, 0, 0.5, 1]);
  });

  test('depth, coverage and stencil are written', () => {
    const outputs = fragment(
      'MOV OUT[0], IMM[0]\nMOV OUT[1].z, IMM[0].yyyy\nMOV OUT[2].x, IMM[1].yyyy\nMOV OUT[3].y, IMM[1].zzzz',
      'DCL OUT[1], POSITION\nDCL OUT[2], SAMPLEMASK\nDCL OUT[3], STENCIL',
    );
    expect(pixel(draw([VERTEX, outputs]), 0, 0)).toEqual([0, 0.5, 1, 0.25]);
  });

  test('COLOR[0] to every buffer, integers as bits, a second blend source', () => {
    const all = fragment('MOV OUT[0], IMM[0]', 'PROPERTY FS_COLOR0_WRITES_ALL_CBUFS 1');
    const { interfaces } = device?.link([VERTEX, all], { key: { colorBuffers: 4 } }) ?? { interfaces: [] };
    expect(interfaces[1]?.colorOutputs).toBe(4);
    expect(() => device?.link([VERTEX, fragment('MOV OUT[0], IMM[1]')], { key: { unsignedColors: 1 } })).not.toThrow();
    expect(() => device?.link([VERTEX, fragment('MOV OUT[0], IMM[1]')], { key: { signedColors: 1 } })).not.toThrow();
    const two = fragment('MOV OUT[0], IMM[0]\nMOV OUT[1], IMM[0]', 'DCL OUT[1], COLOR[1]');
    expect(() => device?.link([VERTEX, two], { key: { dualSource: true } })).not.toThrow();
    expect(pixel(draw([VERTEX, two]), 0, 0)).toEqual([0, 0.5, 1, 0.25]);
  });

  test('RET runs the end of the shader all the same', () => {
    const head = 'DCL IN[0], GENERIC[0], PERSPECTIVE';
    const result = draw([
      VERTEX,
      fragment(
        'MOV OUT[0], IMM[0]\nFSLT TEMP[0].x, IN[0].xxxx, IMM[0].yyyy\nUIF TEMP[0].xxxx\nRET\nENDIF\nMOV OUT[0], IMM[0].zzzz',
        head,
      ),
    ]);
    expect([pixel(result, 0, 0), pixel(result, 3, 0)]).toEqual([
      [0, 0.5, 1, 0.25],
      [1, 1, 1, 1],
    ]);
  });

  test('system values of fragments', () => {
    const read = (name: string, lines: string): number[] =>
      pixel(draw([VERTEX, fragment(lines, `DCL SV[0], ${name}`)]), 0, 0);
    expect(read('SAMPLEID', 'U2F OUT[0], SV[0]')).toEqual([0, 0, 0, 0]);
    expect(read('SAMPLEPOS', 'MOV OUT[0], SV[0]')).toEqual([0.5, 0.5, 0, 0]);
    expect(read('SAMPLEMASK', 'U2F OUT[0], SV[0].xxxx')).toEqual([1, 1, 1, 1]);
    expect(read('HELPER_INVOCATION', 'U2F OUT[0], SV[0].xxxx')).toEqual([0, 0, 0, 0]);
    expect(read('PRIM_ID', 'U2F OUT[0], SV[0].xxxx')).toEqual([0, 0, 0, 0]);
    expect(read('FACE', 'AND TEMP[0].x, SV[0].xxxx, IMM[1].yyyy\nU2F OUT[0], TEMP[0].xxxx')).toEqual([1, 1, 1, 1]);
  });

  test('points: PCOORD and coordinates it replaces', () => {
    const vertex = numbered(`VERT
      DCL IN[0]
      DCL OUT[0], POSITION
      DCL OUT[1].x, PSIZE
      DCL OUT[2], TEXCOORD[1]
      IMM[0] FLT32 {4.0, 9.0, 0.0, 0.0}
      MOV OUT[0], IN[0]
      MOV OUT[1].x, IMM[0].xxxx
      MOV OUT[2], IMM[0].yyyy
      END`);
    const options = { mode: GL.POINTS, vertices: Float32Array.of(0, 0, 0, 1) };
    const head = 'DCL IN[0], TEXCOORD[1], PERSPECTIVE';
    expect(pixel(draw([vertex, fragment('MOV OUT[0], IN[0]', head)], options), 0, 0)[0]).toBe(9);
    const replaced = draw([vertex, fragment('MOV OUT[0], IN[0]', head)], { ...options, key: { pointCoordReplace: 2 } });
    expect(pixel(replaced, 0, 0)).toEqual([0.125, 0.875, 0, 1]);
    const pcoord = draw([vertex, fragment('MOV OUT[0], IN[0]', 'DCL IN[0].xy, PCOORD, PERSPECTIVE')], options);
    expect(pixel(pcoord, 3, 3)).toEqual([0.875, 0.125, 0, 1]);
  });
});

describe.skipIf(device === null)('vertices on the host', () => {
  const white = fragment('MOV OUT[0], IMM[0].zzzz');

  test('the picture is turned by the system block', () => {
    const system = defaultSystem();
    new DataView(system.buffer).setFloat32(SYSTEM_BLOCK.adjustY, -1, true);
    const half = Float32Array.of(-1, -1, 0, 1, 3, -1, 0, 1, -1, 0, 0, 1);
    const text = fragment('MOV OUT[0], IMM[0].zzzz');
    expect(pixel(draw([VERTEX, text], { vertices: half }), 0, 0)[0]).toBe(1);
    expect(pixel(draw([VERTEX, text], { vertices: half, system }), 0, 0)[0]).toBe(0);
    expect(pixel(draw([VERTEX, text], { vertices: half, system }), 0, 3)[0]).toBe(1);
  });

  test('user clip planes cut by the position, or by CLIPVERTEX', () => {
    const system = defaultSystem();
    new Float32Array(system.buffer).set([-1, 0, 0, 0], SYSTEM_BLOCK.clipPlanes / 4 + 4);
    const byPosition = draw([VERTEX, white], { key: { clipPlanes: 2 }, system });
    expect([pixel(byPosition, 0, 0)[0], pixel(byPosition, 3, 0)[0]]).toEqual([1, 0]);
    const vertex =
      'VERT\nDCL IN[0]\nDCL OUT[0], POSITION\nDCL OUT[1], CLIPVERTEX\nMOV OUT[0], IN[0]\nMOV OUT[1], -IN[0]\nEND';
    const byClipVertex = draw([vertex, white], { key: { clipPlanes: 2 }, system });
    expect([pixel(byClipVertex, 0, 0)[0], pixel(byClipVertex, 3, 0)[0]]).toEqual([0, 1]);
  });

  test('clip distances, first those that clip, then those that cull', () => {
    const vertex = numbered(`VERT
      PROPERTY NUM_CLIPDIST_ENABLED 5
      PROPERTY NUM_CULLDIST_ENABLED 1
      DCL IN[0]
      DCL OUT[0], POSITION
      DCL OUT[1], CLIPDIST
      DCL OUT[2].xy, CLIPDIST[1]
      IMM[0] FLT32 {1.0, -1.0, 0.0, 0.0}
      MOV OUT[0], IN[0]
      MOV OUT[1], IMM[0].xxxx
      MOV OUT[2].x, IN[0].xxxx
      MOV OUT[2].y, IMM[0].xxxx
      END`);
    const clipped = draw([vertex, white]);
    expect([pixel(clipped, 0, 0)[0], pixel(clipped, 3, 0)[0]]).toEqual([0, 1]);
    expect(
      pixel(draw([vertex.replace('MOV OUT[2].y, IMM[0].xxxx', 'MOV OUT[2].y, IMM[0].yyyy'), white]), 3, 0)[0],
    ).toBe(0);
    const seen = draw([vertex, fragment('MOV OUT[0], IN[0].xxxx', 'DCL IN[0].x, CLIPDIST[1], PERSPECTIVE')]);
    expect(pixel(seen, 3, 0)[0]).toBeCloseTo(0.75);
  });

  test('attributes of integers and of turned colours', () => {
    const vertex =
      'VERT\nDCL IN[0]\nDCL IN[1]\nDCL OUT[0], POSITION\nDCL OUT[1], GENERIC[0]\nMOV OUT[0], IN[0]\nMOV OUT[1], IN[1]\nEND';
    const text = fragment('MOV OUT[0], IN[0]', 'DCL IN[0], GENERIC[0], CONSTANT');
    const run = (key: DrawOptions['key'], set: () => void): number[] =>
      pixel(draw([vertex, text], { ...(key === undefined ? {} : { key }), prepare: set }), 0, 0);
    const gl = device?.gl;
    expect(run({ bgraAttributes: 2 }, () => gl?.vertexAttrib4f(1, 0.25, 0.5, 0.75, 1))).toEqual([0.75, 0.5, 0.25, 1]);
    const bits = run({ unsignedAttributes: 2 }, () =>
      gl?.vertexAttribI4ui(
        1,
        ...([...new Uint32Array(Float32Array.of(5, 6, 7, 8).buffer)] as [number, number, number, number]),
      ),
    );
    expect(bits).toEqual([5, 6, 7, 8]);
  });

  test('VERTEXID, INSTANCEID, BASEVERTEX, BASEINSTANCE, DRAWID and VERTEXID_NOBASE', () => {
    const names = ['VERTEXID', 'INSTANCEID', 'BASEVERTEX', 'BASEINSTANCE', 'DRAWID', 'VERTEXID_NOBASE'];
    for (const name of names) {
      const vertex = `VERT\nDCL IN[0]\nDCL SV[0], ${name}\nDCL OUT[0], POSITION\nDCL OUT[1], GENERIC[0]\nMOV OUT[0], IN[0]\nU2F OUT[1], SV[0].xxxx\nEND`;
      const outputs = [{ register: 1, startComponent: 0, componentCount: 1, buffer: 0, offset: 0, stream: 0 }];
      const { captured } = draw([vertex, white], {
        streamOutputs: { strides: [1, 0, 0, 0], outputs },
        captureWords: [3],
      });
      expect(captured[0]).toEqual(name.startsWith('VERTEXID') ? [0, 1, 2] : [0, 0, 0]);
    }
  });

  test('stream output: parts of registers, gaps, several buffers; the position as the guest wrote it', () => {
    const system = defaultSystem();
    new DataView(system.buffer).setFloat32(SYSTEM_BLOCK.adjustY, -1, true);
    const output = (
      register: number,
      startComponent: number,
      componentCount: number,
      buffer: number,
      offset: number,
    ): {
      register: number;
      startComponent: number;
      componentCount: number;
      buffer: number;
      offset: number;
      stream: number;
    } => ({
      register,
      startComponent,
      componentCount,
      buffer,
      offset,
      stream: 0,
    });
    const streamOutputs = {
      strides: [6, 0, 9, 0] as const,
      outputs: [output(0, 0, 2, 0, 1), output(2, 2, 1, 0, 4), output(1, 0, 4, 2, 0), output(1, 0, 4, 2, 5)],
    };
    const { captured } = draw([VERTEX, white], { streamOutputs, captureWords: [18, 0, 27], system });
    expect(captured[0]).toEqual([0, -1, -1, 0, 0.5, 0, 0, 3, -1, 0, 0.5, 0, 0, -1, 3, 0, 0.5, 0]);
    expect(captured[2]?.slice(0, 9)).toEqual([0, 0, 0.5, 2, 0, 0, 0, 0.5, 2]);
  });
});

describe.skipIf(device === null)('geometry and tessellation on the host', () => {
  const white = fragment('MOV OUT[0], IN[0]', 'DCL IN[0], GENERIC[1], PERSPECTIVE');

  test('a geometry shader reads all vertices, by index too, and writes primitives', () => {
    const geometry = numbered(`GEOM
      PROPERTY GS_INPUT_PRIMITIVE TRIANGLES
      PROPERTY GS_OUTPUT_PRIMITIVE TRIANGLE_STRIP
      PROPERTY GS_MAX_OUTPUT_VERTICES 3
      PROPERTY GS_INVOCATIONS 1
      DCL IN[][0], POSITION
      DCL IN[][1], GENERIC[0]
      DCL IN[][2], PRIM_ID
      DCL SV[0], INVOCATIONID
      DCL OUT[0], POSITION
      DCL OUT[1], GENERIC[1]
      DCL TEMP[0]
      DCL ADDR[0]
      IMM[0] UINT32 {0, 1, 2, 3}
      MOV TEMP[0].x, IMM[0].xxxx
      BGNLOOP
      USGE TEMP[0].y, TEMP[0].xxxx, IMM[0].wwww
      UIF TEMP[0].yyyy
      BRK
      ENDIF
      UARL ADDR[0].x, TEMP[0].xxxx
      MOV OUT[0], IN[ADDR[0].x][0]
      MOV OUT[1], IN[ADDR[0].x][1]
      U2F OUT[1].z, IN[2].xxxx
      U2F OUT[1].w, SV[0].xxxx
      EMIT IMM[0].xxxx
      UADD TEMP[0].x, TEMP[0].xxxx, IMM[0].yyyy
      ENDLOOP
      ENDPRIM IMM[0].xxxx
      END`);
    expect(pixel(draw([VERTEX, geometry, white]), 1, 2)).toEqual([0.375, 0.625, 0, 0]);
    const outputs = [{ register: 1, startComponent: 0, componentCount: 2, buffer: 0, offset: 0, stream: 0 }];
    const { captured } = draw([VERTEX, geometry, white], {
      streamOutputs: { strides: [2, 0, 0, 0], outputs },
      captureWords: [6],
    });
    expect(captured[0]).toEqual([0, 0, 2, 0, 0, 2]);
  });

  test('streams of points', () => {
    const geometry = numbered(`GEOM
      PROPERTY GS_INPUT_PRIMITIVE TRIANGLES
      PROPERTY GS_OUTPUT_PRIMITIVE POINTS
      PROPERTY GS_MAX_OUTPUT_VERTICES 4
      PROPERTY GS_INVOCATIONS 2
      DCL IN[][0], POSITION
      DCL SV[0], INVOCATIONID
      DCL OUT[0], POSITION
      DCL OUT[1].x, GENERIC[1], STREAM(0, 0, 0, 0)
      DCL OUT[2].x, GENERIC[2], STREAM(1, 1, 1, 1)
      IMM[0] UINT32 {0, 1, 10, 20}
      IMM[1] FLT32 {1.0, 2.0, 0.0, 0.0}
      MOV OUT[0], IN[0][0]
      U2F OUT[1].x, SV[0].xxxx
      EMIT IMM[0].xxxx
      ENDPRIM IMM[0].xxxx
      MOV OUT[2].x, IMM[1].yyyy
      EMIT IMM[0].yyyy
      ENDPRIM IMM[0].yyyy
      END`);
    const outputs = [
      { register: 1, startComponent: 0, componentCount: 1, buffer: 0, offset: 0, stream: 0 },
      { register: 2, startComponent: 0, componentCount: 1, buffer: 1, offset: 0, stream: 1 },
    ];
    const { captured } = draw([VERTEX, geometry, white], {
      streamOutputs: { strides: [1, 1, 0, 0], outputs },
      captureWords: [2, 2],
    });
    expect(captured).toEqual([
      [0, 1],
      [2, 2],
    ]);
  });

  const control = numbered(`TESS_CTRL
    PROPERTY TCS_VERTICES_OUT 3
    DCL IN[][0], POSITION
    DCL IN[][1], GENERIC[0]
    DCL SV[0], INVOCATIONID
    DCL SV[1], VERTICESIN
    DCL OUT[][0], POSITION
    DCL OUT[][1], GENERIC[5]
    DCL OUT[2], TESSOUTER
    DCL OUT[3].xy, TESSINNER
    DCL OUT[4], PATCH
    DCL OUT[5], PATCH[1]
    DCL TEMP[0]
    DCL ADDR[0]
    IMM[0] FLT32 {1.0, 0.5, 0.25, 0.125}
    IMM[1] UINT32 {0, 1, 2, 99}
    UARL ADDR[0].x, SV[0].xxxx
    MOV OUT[ADDR[0].x][0], IN[ADDR[0].x][0]
    MOV OUT[ADDR[0].x][1], IN[ADDR[0].x][1]
    MOV OUT[2], IMM[0].xxxx
    MOV OUT[3].xy, IMM[0].xxxx
    MOV OUT[4], IMM[0].yzwx
    BARRIER
    MOV TEMP[0], OUT[1][1]
    UARL ADDR[0].x, IMM[1].yyyy
    MOV OUT[ADDR[0].x+4].x, TEMP[0].xxxx
    U2F OUT[5].y, SV[1].xxxx
    UARL ADDR[0].x, IMM[1].wwww
    MOV TEMP[0], IN[ADDR[0].x][1]
    MOV OUT[5].z, TEMP[0].yyyy
    END`);
  const evaluation = (value: string, extra = ''): string =>
    numbered(`TESS_EVAL
    PROPERTY TES_PRIM_MODE 4
    PROPERTY TES_SPACING 2
    PROPERTY TES_VERTEX_ORDER_CW 0
    PROPERTY TES_POINT_MODE 0
    DCL IN[][0], POSITION
    DCL IN[][1], GENERIC[5]
    DCL IN[2], PATCH
    DCL IN[3], PATCH[1]
    DCL SV[0], TESSCOORD
    DCL SV[1], TESSOUTER
    DCL SV[2], TESSINNER
    DCL SV[3], PRIM_ID
    DCL OUT[0], POSITION
    DCL OUT[1], GENERIC[1]
    DCL TEMP[0..1]
    DCL ADDR[0]
    IMM[0] UINT32 {0, 1, 2, 99}
    ${extra}
    MUL TEMP[0], IN[0][0], SV[0].xxxx
    MAD TEMP[0], IN[1][0], SV[0].yyyy, TEMP[0]
    MAD OUT[0], IN[2][0], SV[0].zzzz, TEMP[0]
    ${value}
    END`);
  const options = { mode: GL.PATCHES, patchVertices: 3 };
  const run = (value: string): number[] => pixel(draw([VERTEX, control, evaluation(value), white], options), 1, 2);

  test('control and evaluation shaders pass on vertices and patches', () => {
    expect(
      run(
        'MUL TEMP[1], IN[0][1], SV[0].xxxx\nMAD TEMP[1], IN[1][1], SV[0].yyyy, TEMP[1]\nMAD OUT[1], IN[2][1], SV[0].zzzz, TEMP[1]',
      ).slice(0, 2),
    ).toEqual([0.375, 0.625]);
    expect(run('MOV OUT[1], IN[2]')).toEqual([0.5, 0.25, 0.125, 1]);
    // Vertex 1 has x 2; three vertices came in; beyond them stands the last, whose y is 2.
    expect(run('MOV OUT[1], IN[3]').slice(0, 3)).toEqual([2, 3, 2]);
    expect(run('MOV OUT[1].xy, SV[1].xyzw\nMOV OUT[1].zw, SV[2].xxyy')).toEqual([1, 1, 1, 1]);
    expect(run('U2F OUT[1], SV[3].xxxx')).toEqual([0, 0, 0, 0]);
  });

  test('evaluation inputs reached by an index stay in the patch', () => {
    expect(run('UARL ADDR[0].x, IMM[0].wwww\nMOV OUT[1], IN[ADDR[0].x][1]').slice(0, 2)).toEqual([0, 2]);
    expect(run('UARL ADDR[0].x, IMM[0].yyyy\nMOV OUT[1], IN[ADDR[0].x+2]').slice(0, 2)).toEqual([2, 3]);
  });

  test('without a control shader the vertices arrive as they are', () => {
    const text = evaluation('MOV OUT[1], IN[1][1]').replace('GENERIC[5]', 'GENERIC[0]');
    expect(pixel(draw([VERTEX, text, white], options), 1, 2).slice(0, 2)).toEqual([2, 0]);
  });
});
