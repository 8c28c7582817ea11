import { afterAll, describe, expect, test } from 'vitest';
import * as GL from '../../egl/gl-constants.ts';
import type { GlApi } from '../../egl/gl-loader.ts';
import type { VariantKey } from '../emit-glsl/variant-key.ts';
import { TestDevice } from '../test-device.ts';
import type { Target } from '../tgsi/vocabulary.ts';

const device = TestDevice.open();
afterAll(() => device?.[Symbol.dispose]());

const VERTEX = 'VERT\nDCL IN[0]\nDCL OUT[0], POSITION\n0: MOV OUT[0], IN[0]\n1: END\n';
const SIZE = 4;

/** What OpenGL calls a target, and how its storage is made; the texture is bound. */
interface Storage {
  readonly target: number;
  /** Width, height, depth or layers of level 0. */
  readonly extent: readonly [number, number, number];
  readonly axes: 1 | 2 | 3;
  readonly levels: number;
}

const STORAGE: Partial<Record<Target, Storage>> = {
  '1D': { target: GL.TEXTURE_1D, extent: [4, 1, 1], axes: 1, levels: 2 },
  '2D': { target: GL.TEXTURE_2D, extent: [4, 4, 1], axes: 2, levels: 2 },
  '3D': { target: GL.TEXTURE_3D, extent: [4, 4, 4], axes: 3, levels: 2 },
  CUBE: { target: GL.TEXTURE_CUBE_MAP, extent: [4, 4, 6], axes: 3, levels: 2 },
  RECT: { target: GL.TEXTURE_RECTANGLE, extent: [4, 4, 1], axes: 2, levels: 1 },
  '1D_ARRAY': { target: GL.TEXTURE_1D_ARRAY, extent: [4, 3, 1], axes: 2, levels: 2 },
  '2D_ARRAY': { target: GL.TEXTURE_2D_ARRAY, extent: [4, 4, 3], axes: 3, levels: 2 },
  CUBEARRAY: { target: GL.TEXTURE_CUBE_MAP_ARRAY, extent: [4, 4, 12], axes: 3, levels: 2 },
};

const isLayered = (target: number): boolean =>
  target === GL.TEXTURE_2D_ARRAY || target === GL.TEXTURE_CUBE_MAP || target === GL.TEXTURE_CUBE_MAP_ARRAY;

/** Value of a texel: its place in base ten, level first. */
const valueOf = (level: number, x: number, y: number, z: number): number => level * 10000 + z * 100 + y * 10 + x;

function upload(
  gl: GlApi,
  kind: Target,
  format: number,
  type: number,
  words: (values: Float32Array) => ArrayBufferView,
): number {
  const storage = STORAGE[kind.replace('SHADOW', '') as Target];
  if (storage === undefined) throw new Error(`no storage for ${kind}`);
  const { target, extent, axes, levels } = storage;
  const name = new Uint32Array(new ArrayBuffer(4));
  gl.genTextures(1, name);
  gl.activeTexture(GL.TEXTURE0);
  gl.bindTexture(target, name[0] ?? 0);
  const [width, height, depth] = extent;
  if (axes === 1) gl.texStorage1D(target, levels, format, width);
  else if (axes === 2 || target === GL.TEXTURE_CUBE_MAP) gl.texStorage2D(target, levels, format, width, height);
  else gl.texStorage3D(target, levels, format, width, height, depth);
  const channel = format === GL.R32UI ? GL.RED_INTEGER : format === GL.DEPTH_COMPONENT32F ? GL.DEPTH_COMPONENT : GL.RED;
  for (let level = 0; level < levels; level++) {
    const w = width >> level;
    const h = target === GL.TEXTURE_1D_ARRAY ? height : Math.max(1, height >> level);
    const d = target === GL.TEXTURE_3D ? depth >> level : depth;
    for (let z = 0; z < d; z++) {
      const values = Float32Array.from({ length: w * h }, (_, i) => valueOf(level, i % w, Math.floor(i / w), z));
      const data = words(values);
      if (axes === 1) gl.texSubImage1D(target, level, 0, w, channel, type, data);
      else if (axes === 2) gl.texSubImage2D(target, level, 0, 0, w, h, channel, type, data);
      else if (target === GL.TEXTURE_CUBE_MAP)
        gl.texSubImage2D(GL.TEXTURE_CUBE_MAP_POSITIVE_X + z, level, 0, 0, w, h, channel, type, data);
      else gl.texSubImage3D(target, level, 0, 0, z, w, h, 1, channel, type, data);
    }
  }
  gl.texParameteri(target, GL.TEXTURE_MIN_FILTER, levels === 1 ? GL.NEAREST : GL.NEAREST_MIPMAP_NEAREST);
  gl.texParameteri(target, GL.TEXTURE_MAG_FILTER, GL.NEAREST);
  gl.texParameteri(target, GL.TEXTURE_WRAP_S, GL.CLAMP_TO_EDGE);
  gl.texParameteri(target, GL.TEXTURE_WRAP_T, GL.CLAMP_TO_EDGE);
  if (isLayered(target)) gl.texParameteri(target, GL.TEXTURE_WRAP_R, GL.CLAMP_TO_EDGE);
  return name[0] ?? 0;
}

interface SampleOptions {
  readonly returnType?: 'FLOAT' | 'UINT';
  readonly declare?: string;
  readonly key?: Partial<VariantKey>;
  readonly depth?: boolean;
  readonly create?: (gl: GlApi) => number;
}

/** Draws one fragment shader whose OUT[0] is what `lines` make; constants 0 to 3 are the vectors. Words of one pixel. */
function sample(
  kind: Target,
  lines: string,
  vectors: readonly (readonly number[])[],
  options: SampleOptions = {},
): Uint32Array {
  const { returnType = 'FLOAT', declare = '', key = {} } = options;
  const constants = new Float32Array(16);
  for (const [i, vector] of vectors.entries()) constants.set(vector, i * 4);
  const names: number[] = [];
  const prepare = (gl: GlApi): void => {
    if (options.create !== undefined) names.push(options.create(gl));
    else if (options.depth === true) {
      names.push(
        upload(gl, kind, GL.DEPTH_COMPONENT32F, GL.FLOAT, (values) => values.map((value) => (value % 10000) / 1000)),
      );
      const { target = GL.TEXTURE_2D } = STORAGE[kind.replace('SHADOW', '') as Target] ?? {};
      gl.texParameteri(target, GL.TEXTURE_COMPARE_MODE, GL.COMPARE_REF_TO_TEXTURE);
      gl.texParameteri(target, GL.TEXTURE_COMPARE_FUNC, GL.LEQUAL);
    } else if (returnType === 'UINT')
      names.push(upload(gl, kind, GL.R32UI, GL.UNSIGNED_INT, (values) => Uint32Array.from(values)));
    else names.push(upload(gl, kind, GL.R32F, GL.FLOAT, (values) => values));
  };
  const text = `FRAG
DCL OUT[0], COLOR
DCL SAMP[0]
DCL SVIEW[0], ${kind}, ${returnType}
DCL CONST[0..3]
DCL TEMP[0..3]
DCL ADDR[0]
${declare}
IMM[0] INT32 {1, -1, 0, 2}
IMM[1] UINT32 {0, 1, 2, 3}
${lines}
END
`;
  const { pixels } = device?.draw([VERTEX, text], {
    size: SIZE,
    constants: new Map([[0, new Uint32Array(constants.buffer)]]),
    prepare,
    key,
  }) ?? { pixels: new Uint32Array(4) };
  device?.gl.deleteTextures(1, Uint32Array.from(names));
  return pixels.slice(0, 4);
}

const floats = (words: Uint32Array): number[] => [...new Float32Array(words.buffer, words.byteOffset, words.length)];
const red = (...args: Parameters<typeof sample>): number => floats(sample(...args))[0] ?? NaN;

describe.skipIf(device === null)('texture opcodes on the host', () => {
  test.each<[Target, number[], number]>([
    ['1D', [0.6, 0, 0, 0], valueOf(0, 2, 0, 0)],
    ['2D', [0.6, 0.9, 0, 0], valueOf(0, 2, 3, 0)],
    ['3D', [0.6, 0.9, 0.3, 0], valueOf(0, 2, 3, 1)],
    ['RECT', [2.5, 3.5, 0, 0], valueOf(0, 2, 3, 0)],
    ['1D_ARRAY', [0.6, 2, 0, 0], valueOf(0, 2, 2, 0)],
    ['2D_ARRAY', [0.6, 0.9, 2, 0], valueOf(0, 2, 3, 2)],
    // The middle of the negative z face.
    ['CUBE', [-0.2, -0.2, -1, 0], valueOf(0, 2, 2, 5)],
    ['CUBEARRAY', [-0.2, -0.2, -1, 1], valueOf(0, 2, 2, 11)],
  ])('TEX of %s', (kind, coordinate, expected) => {
    expect(red(kind, `TEX OUT[0], CONST[0], SAMP[0], ${kind}`, [coordinate])).toBe(expected);
    expect(
      red(kind, `TXL OUT[0], CONST[0], SAMP[0], ${kind}`.replace('TXL', kind === 'CUBEARRAY' ? 'TEX' : 'TXL'), [
        coordinate,
      ]),
    ).toBe(expected);
  });

  test('TEX gives components under a mask, in the order of the mask', () => {
    expect(
      floats(
        sample('2D', 'MOV OUT[0], CONST[1]\nTEX OUT[0].yw, CONST[0], SAMP[0], 2D', [
          [0.6, 0.9],
          [7, 7, 7, 7],
        ]),
      ),
    ).toEqual([7, 0, 7, 1]);
  });

  test('TEX of an integer view gives bits', () => {
    expect(
      sample('2D', 'TEX TEMP[0], CONST[0], SAMP[0], 2D\nU2F OUT[0], TEMP[0]', [[0.6, 0.9]], { returnType: 'UINT' })[0],
    ).toBe(new Uint32Array(Float32Array.of(32).buffer)[0]);
  });

  test('TEX with an offset', () => {
    expect(red('2D', 'TEX OUT[0], CONST[0], SAMP[0], 2D, IMM[0].xyz', [[0.6, 0.9]])).toBe(valueOf(0, 3, 2, 0));
  });

  test('TXL and TXB choose the level', () => {
    expect(red('2D', 'TXL OUT[0], CONST[0], SAMP[0], 2D', [[0.6, 0.9, 0, 1]])).toBe(valueOf(1, 1, 1, 0));
    expect(red('2D', 'TXB OUT[0], CONST[0], SAMP[0], 2D', [[0.6, 0.9, 0, 4]])).toBe(valueOf(0, 2, 3, 0));
    expect(red('CUBEARRAY', 'TXL2 OUT[0], CONST[0], CONST[1], SAMP[0], CUBEARRAY', [[-0.2, -0.2, -1, 1], [1]])).toBe(
      valueOf(1, 1, 1, 11),
    );
    expect(red('CUBEARRAY', 'TXB2 OUT[0], CONST[0], CONST[1], SAMP[0], CUBEARRAY', [[-0.2, -0.2, -1, 1], [0]])).toBe(
      valueOf(0, 2, 2, 11),
    );
  });

  test('TXP divides by the fourth component', () => {
    expect(red('2D', 'TXP OUT[0], CONST[0], SAMP[0], 2D', [[1.2, 1.8, 0, 2]])).toBe(valueOf(0, 2, 3, 0));
    expect(red('1D', 'TXP OUT[0], CONST[0], SAMP[0], 1D', [[1.2, 0, 0, 2]])).toBe(valueOf(0, 2, 0, 0));
    expect(red('3D', 'TXP OUT[0], CONST[0], SAMP[0], 3D', [[1.2, 1.8, 0.6, 2]])).toBe(valueOf(0, 2, 3, 1));
    expect(red('RECT', 'TXP OUT[0], CONST[0], SAMP[0], RECT', [[5, 7, 0, 2]])).toBe(valueOf(0, 2, 3, 0));
  });

  test('TXD takes derivatives', () => {
    const text = (kind: Target): string => `TXD OUT[0], CONST[0], CONST[1], CONST[2], SAMP[0], ${kind}`;
    expect(
      red('2D', text('2D'), [
        [0.6, 0.9],
        [0.5, 0],
        [0, 0.5],
      ]),
    ).toBe(valueOf(1, 1, 1, 0));
    expect(
      red('2D', text('2D'), [
        [0.6, 0.9],
        [0.1, 0],
        [0, 0.1],
      ]),
    ).toBe(valueOf(0, 2, 3, 0));
    expect(red('1D', text('1D'), [[0.6], [0.5], [0.5]])).toBe(valueOf(1, 1, 0, 0));
    expect(
      red('3D', text('3D'), [
        [0.6, 0.9, 0.3],
        [0.5, 0, 0],
        [0, 0.5, 0],
      ]),
    ).toBe(valueOf(1, 1, 1, 0));
    expect(
      red('2D_ARRAY', text('2D_ARRAY'), [
        [0.6, 0.9, 2],
        [0.5, 0],
        [0, 0.5],
      ]),
    ).toBe(valueOf(1, 1, 1, 2));
    expect(
      red('RECT', text('RECT'), [
        [2.5, 3.5],
        [1, 0],
        [0, 1],
      ]),
    ).toBe(valueOf(0, 2, 3, 0));
  });

  test('TXF fetches texels of a level, with offsets that need not be literal', () => {
    const fetch = (kind: Target, coordinate: number[], extra = ''): number =>
      red(kind, `F2I TEMP[0], CONST[0]\nF2I TEMP[1], CONST[1]\nTXF OUT[0], TEMP[0], SAMP[0], ${kind}${extra}`, [
        coordinate,
        [-1, 1, 0, 0],
      ]);
    expect(fetch('2D', [1, 3, 0, 0])).toBe(valueOf(0, 1, 3, 0));
    expect(fetch('2D', [1, 0, 0, 1])).toBe(valueOf(1, 1, 0, 0));
    expect(fetch('2D', [1, 2, 0, 0], ', IMM[0].xyz')).toBe(valueOf(0, 2, 1, 0));
    expect(fetch('2D', [1, 2, 0, 0], ', TEMP[1].xyz')).toBe(valueOf(0, 0, 3, 0));
    expect(fetch('1D', [3, 0, 0, 0])).toBe(valueOf(0, 3, 0, 0));
    expect(fetch('3D', [1, 2, 3, 0])).toBe(valueOf(0, 1, 2, 3));
    expect(fetch('RECT', [1, 2, 0, 0])).toBe(valueOf(0, 1, 2, 0));
    expect(fetch('1D_ARRAY', [1, 2, 0, 0])).toBe(valueOf(0, 1, 2, 0));
    expect(fetch('2D_ARRAY', [1, 2, 1, 0], ', TEMP[1].xyz')).toBe(valueOf(0, 0, 3, 1));
  });

  test('TXF of a buffer', () => {
    const create = (gl: GlApi): number => {
      const buffer = device?.buffer(GL.TEXTURE_BUFFER, new Uint32Array(Float32Array.of(5, 6, 7, 8).buffer)) ?? 0;
      const name = new Uint32Array(new ArrayBuffer(4));
      gl.genTextures(1, name);
      gl.activeTexture(GL.TEXTURE0);
      gl.bindTexture(GL.TEXTURE_BUFFER, name[0] ?? 0);
      gl.texBuffer(GL.TEXTURE_BUFFER, GL.R32F, buffer);
      gl.deleteBuffers(1, Uint32Array.of(buffer));
      return name[0] ?? 0;
    };
    expect(red('BUFFER', 'TXF OUT[0], IMM[1].zzzz, SAMP[0], BUFFER', [], { create })).toBe(7);
    expect(red('BUFFER', 'TXQ TEMP[0].x, IMM[1].xxxx, SAMP[0], BUFFER\nU2F OUT[0], TEMP[0].xxxx', [], { create })).toBe(
      4,
    );
    const key = { texelSwizzles: [[0, [5, 0, 4, 0]]] } as const;
    expect(floats(sample('BUFFER', 'TXF OUT[0], IMM[1].zzzz, SAMP[0], BUFFER', [], { create, key }))).toEqual([
      1, 7, 0, 7,
    ]);
  });

  test('TXF and TXQS of a multisample texture', () => {
    const create = (gl: GlApi): number => {
      const name = new Uint32Array(new ArrayBuffer(4));
      gl.genTextures(1, name);
      gl.activeTexture(GL.TEXTURE0);
      gl.bindTexture(GL.TEXTURE_2D_MULTISAMPLE, name[0] ?? 0);
      gl.texStorage2DMultisample(GL.TEXTURE_2D_MULTISAMPLE, 4, GL.R32F, 4, 4, true);
      return name[0] ?? 0;
    };
    expect(red('2D_MSAA', 'TXQS TEMP[0].x, SAMP[0], 2D_MSAA\nU2F OUT[0], TEMP[0].xxxx', [], { create })).toBe(4);
    expect(
      floats(sample('2D_MSAA', 'TXQ TEMP[0], IMM[1].xxxx, SAMP[0], 2D_MSAA\nU2F OUT[0], TEMP[0]', [], { create })),
    ).toEqual([4, 4, 0, 0]);
    expect(() => sample('2D_MSAA', 'TXF OUT[0], IMM[1].xyzw, SAMP[0], 2D_MSAA', [], { create })).not.toThrow();
  });

  test.each<[Target, number[]]>([
    ['1D', [4, 0, 0, 2]],
    ['2D', [4, 4, 0, 2]],
    ['3D', [4, 4, 4, 2]],
    ['RECT', [4, 4, 0, 0]],
    ['CUBE', [4, 4, 0, 2]],
    ['1D_ARRAY', [4, 3, 0, 2]],
    ['2D_ARRAY', [4, 4, 3, 2]],
    ['CUBEARRAY', [4, 4, 2, 2]],
  ])('TXQ of %s', (kind, expected) => {
    expect(floats(sample(kind, `TXQ TEMP[0], IMM[1].xxxx, SAMP[0], ${kind}\nU2F OUT[0], TEMP[0]`, []))).toEqual(
      expected,
    );
  });

  test('TXQ of a level, and of the number of levels alone', () => {
    expect(
      floats(
        sample(
          '2D',
          'TXQ TEMP[0].xy, IMM[1].yyyy, SAMP[0], 2D\nTXQ TEMP[0].w, IMM[1].xxxx, SAMP[0], 2D\nU2F OUT[0], TEMP[0].xyww',
          [],
        ),
      ),
    ).toEqual([2, 2, 2, 2]);
  });

  test('LODQ gives the level used and the level computed', () => {
    const [used, computed] = floats(sample('2D', 'LODQ OUT[0].xy, CONST[0], SAMP[0], 2D', [[0.5, 0.5]]));
    expect(used).toBe(0);
    expect(computed).toBeLessThanOrEqual(0);
  });

  test('TG4 gathers four texels of one component', () => {
    const around = [valueOf(0, 1, 2, 0), valueOf(0, 2, 2, 0), valueOf(0, 2, 1, 0), valueOf(0, 1, 1, 0)];
    expect(floats(sample('2D', 'TG4 OUT[0], CONST[0], IMM[1].xxxx, SAMP[0], 2D', [[0.5, 0.5]]))).toEqual(around);
    expect(floats(sample('2D', 'TG4 OUT[0], CONST[0], IMM[1].wwww, SAMP[0], 2D', [[0.5, 0.5]]))).toEqual([1, 1, 1, 1]);
    expect(floats(sample('2D', 'TG4 OUT[0], CONST[0], IMM[1].xxxx, SAMP[0], 2D, IMM[0].xyz', [[0.5, 0.5]]))).toEqual(
      around.map((value) => value + 1 - 10),
    );
    expect(
      floats(
        sample('2D', 'F2I TEMP[0], CONST[1]\nTG4 OUT[0], CONST[0], IMM[1].xxxx, SAMP[0], 2D, TEMP[0].xyz', [
          [0.5, 0.5],
          [-1, 1],
        ]),
      ),
    ).toEqual(around.map((value) => value - 1 + 10));
    const four = 'TG4 OUT[0], CONST[0], IMM[1].xxxx, SAMP[0], 2D, IMM[0].xxz, IMM[0].yyz, IMM[0].zzz, IMM[0].xzz';
    expect(floats(sample('2D', four, [[0.5, 0.5]]))).toEqual([22, 0, 11, 12]);
  });

  test('samplers reached by an index are those declared next to one another', () => {
    const declare = 'DCL SAMP[1..2]\nDCL SVIEW[1..2], 2D, FLOAT';
    const lines = 'UARL ADDR[0].x, IMM[1].xxxx\nTEX OUT[0], CONST[0], SAMP[ADDR[0].x], 2D';
    expect(red('2D', lines, [[0.6, 0.9]], { declare })).toBe(valueOf(0, 2, 3, 0));
    expect(red('2D', lines.replace('IMM[1].xxxx', 'IMM[0].yyyy'), [[0.6, 0.9]], { declare })).toBe(valueOf(0, 2, 3, 0));
  });

  test('channels of a view whose swizzle the host lacks', () => {
    const key = { texelSwizzles: [[0, [4, 5, 0, 0]]] } as const;
    expect(floats(sample('2D', 'TEX OUT[0], CONST[0], SAMP[0], 2D', [[0.6, 0.9]], { key }))).toEqual([0, 1, 32, 32]);
  });
});

describe.skipIf(device === null)('shadow comparisons on the host', () => {
  // Depth is the texel's place by a thousand.
  test.each<[Target, string, number[], number[]]>([
    ['SHADOW1D', 'TEX OUT[0], CONST[0], SAMP[0], SHADOW1D', [0.6, 0, 0.002, 0], [0.6, 0, 0.003, 0]],
    ['SHADOW2D', 'TEX OUT[0], CONST[0], SAMP[0], SHADOW2D', [0.6, 0.9, 0.031, 0], [0.6, 0.9, 0.033, 0]],
    ['SHADOW2D', 'TXP OUT[0], CONST[0], SAMP[0], SHADOW2D', [1.2, 1.8, 0.062, 2], [1.2, 1.8, 0.066, 2]],
    ['SHADOW1D', 'TXP OUT[0], CONST[0], SAMP[0], SHADOW1D', [1.2, 0, 0.003, 2], [1.2, 0, 0.006, 2]],
    ['SHADOWRECT', 'TEX OUT[0], CONST[0], SAMP[0], SHADOWRECT', [2.5, 3.5, 0.031, 0], [2.5, 3.5, 0.033, 0]],
    ['SHADOWCUBE', 'TEX OUT[0], CONST[0], SAMP[0], SHADOWCUBE', [-0.2, -0.2, -1, 0.52], [-0.2, -0.2, -1, 0.53]],
    ['SHADOW1D_ARRAY', 'TEX OUT[0], CONST[0], SAMP[0], SHADOW1D_ARRAY', [0.6, 2, 0.021, 0], [0.6, 2, 0.023, 0]],
    ['SHADOW2D_ARRAY', 'TEX OUT[0], CONST[0], SAMP[0], SHADOW2D_ARRAY', [0.6, 0.9, 2, 0.231], [0.6, 0.9, 2, 0.233]],
    ['SHADOW2D', 'TXL OUT[0], CONST[0], SAMP[0], SHADOW2D', [0.6, 0.9, 0.031, 0], [0.6, 0.9, 0.033, 0]],
    ['SHADOW2D', 'TXB OUT[0], CONST[0], SAMP[0], SHADOW2D', [0.6, 0.9, 0.031, 0], [0.6, 0.9, 0.033, 0]],
    ['SHADOW2D', 'TEX OUT[0], CONST[0], SAMP[0], SHADOW2D, IMM[0].zyz', [0.6, 0.9, 0.021, 0], [0.6, 0.9, 0.023, 0]],
    [
      'SHADOWCUBEARRAY',
      'TEX2 OUT[0], CONST[0], CONST[1].yyyy, SAMP[0], SHADOWCUBEARRAY',
      [-0.2, -0.2, -1, 1],
      [-0.2, -0.2, -1, 1],
    ],
  ])('%s by %s', (kind, line, passes, fails) => {
    // The comparison value of a cube array is in the second operand.
    expect(floats(sample(kind, line, [passes, [0, 0.5]], { depth: true }))).toEqual([1, 1, 1, 1]);
    expect(floats(sample(kind, line, [fails, [0, 2]], { depth: true }))).toEqual([0, 0, 0, 1]);
  });

  test('TXD and TG4 of shadows', () => {
    const grad = 'TXD OUT[0], CONST[0], CONST[1], CONST[1], SAMP[0], SHADOW2D';
    expect(red('SHADOW2D', grad, [[0.6, 0.9, 0.031]], { depth: true })).toBe(1);
    expect(red('SHADOW2D', grad, [[0.6, 0.9, 0.033]], { depth: true })).toBe(0);
    expect(
      floats(
        sample('SHADOW2D', 'TG4 OUT[0], CONST[0], IMM[1].xxxx, SAMP[0], SHADOW2D', [[0.5, 0.5, 0.0125]], {
          depth: true,
        }),
      ),
    ).toEqual([1, 1, 0, 0]);
    expect(
      floats(
        sample(
          'SHADOW2D_ARRAY',
          'TG4 OUT[0], CONST[0], IMM[1].xxxx, SAMP[0], SHADOW2D_ARRAY',
          [[0.5, 0.5, 1, 0.1125]],
          { depth: true },
        ),
      ),
    ).toEqual([1, 1, 0, 0]);
  });

  test('levels of shadow arrays and cubes', () => {
    expect(
      red('SHADOW2D_ARRAY', 'TXL2 OUT[0], CONST[0], CONST[1], SAMP[0], SHADOW2D_ARRAY', [[0.6, 0.9, 2, 0.211], [1]], {
        depth: true,
      }),
    ).toBe(1);
    expect(
      red('SHADOWCUBE', 'TXL2 OUT[0], CONST[0], CONST[1], SAMP[0], SHADOWCUBE', [[-0.2, -0.2, -1, 0.52], [0]], {
        depth: true,
      }),
    ).toBe(1);
    expect(
      red('SHADOWCUBE', 'TXB2 OUT[0], CONST[0], CONST[1], SAMP[0], SHADOWCUBE', [[-0.2, -0.2, -1, 0.53], [0]], {
        depth: true,
      }),
    ).toBe(0);
  });

  test('the result takes the channels the view says', () => {
    const key = { texelSwizzles: [[0, [4, 4, 4, 0]]] } as const;
    expect(
      floats(sample('SHADOW2D', 'TEX OUT[0], CONST[0], SAMP[0], SHADOW2D', [[0.6, 0.9, 0.031]], { depth: true, key })),
    ).toEqual([0, 0, 0, 1]);
  });
});
