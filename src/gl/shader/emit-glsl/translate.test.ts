import { describe, expect, test } from 'vitest';
import { ShaderError } from '../shader-error.ts';
import { lowerText } from '../test-device.ts';
import { SAMPLE_SHADERS } from '../tgsi/sample-shaders.ts';
import type { GlslTarget } from './glsl-target.ts';
import { LLVMPIPE_TARGET } from './glsl-target.ts';
import { linkStages } from './link-stages.ts';
import type { TranslatedShader, TranslateOptions } from './translate.ts';
import { translate } from './translate.ts';
import type { VariantKey } from './variant-key.ts';
import { PLAIN_VARIANT } from './variant-key.ts';

interface Options extends Partial<Omit<TranslateOptions, 'key' | 'target'>> {
  readonly key?: Partial<VariantKey>;
  readonly target?: Partial<GlslTarget>;
}

function glsl(text: string, { key, target, ...rest }: Options = {}): TranslatedShader {
  return translate(lowerText(text), {
    target: { ...LLVMPIPE_TARGET, ...target },
    key: { ...PLAIN_VARIANT, ...key },
    sharedBytes: 64,
    ...rest,
  });
}

/** Lines of main without its braces and indentation. */
function mainOf({ source }: TranslatedShader): string[] {
  const lines = source.trimEnd().split('\n');
  return lines.slice(lines.indexOf('void main() {') + 1, -1).map((line) => line.trim());
}

const vertex = (lines: string, declarations = ''): string =>
  `VERT\nDCL IN[0]\nDCL OUT[0], POSITION\nDCL CONST[0..3]\nDCL TEMP[0..1]\nDCL ADDR[0]\n${declarations}\nIMM[0] FLT32 {1.0, -0.0, 0x7fc00001, 1e-40}\nIMM[1] INT32 {-1, 5, 1, 40}\n${lines}\nEND\n`;

function refusal(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof ShaderError) return `${error.code}: ${error.message}`;
    throw error;
  }
  return 'accepted';
}

describe('GLSL of small shaders', () => {
  test('an array of integers is one of scalars, as LLVM takes long for large arrays', () => {
    const lines =
      'ARL ADDR[0].x, IN[0].xxxx\nMOV TEMP[ADDR[0].x+2](1).z, IN[0].yyyy\nMOV OUT[0], TEMP[ADDR[0].x+2](1).zzzz';
    const { source } = glsl(vertex(lines, 'DCL TEMP[2..2049], ARRAY(1)'));
    expect(source).toContain('\nfloat ta2[2048];\n');
  });

  test('a whole vertex shader', () => {
    expect(
      glsl(
        'VERT\nDCL IN[0]\nDCL OUT[0], POSITION\nDCL OUT[1].xy, GENERIC[3]\nDCL CONST[0..1]\nDCL TEMP[0]\n0: MAD TEMP[0], IN[0], CONST[0], CONST[1].wwww\n1: MOV OUT[0], TEMP[0]\n2: MOV OUT[1].xy, IN[0].yxxx\n3: END\n',
      ).source,
    ).toBe(
      `#version 450
layout(std140, binding = 0) uniform SystemBlock { vec4 sys_clipPlanes[8]; uvec4 sys_stipple[8]; float sys_adjustY; float sys_alphaReference; int sys_drawIdBase; float sys_height; };
uniform vec4 vs_const0[2];
layout(location = 0) in vec4 vs_in0;
vec4 o0;
vec4 o1;
vec4 t0;
out vec4 vs_g3;
void main() {
  o0 = vec4(0.0, 0.0, 0.0, 1.0);
  o1 = vec4(0.0, 0.0, 0.0, 1.0);
  t0 = ((vs_in0 * vs_const0[0]) + vs_const0[1].wwww);
  o0 = t0;
  o1.xy = vs_in0.yx;
  vs_g3 = o1;
  gl_Position = o0;
  gl_Position.y *= sys_adjustY;
}
`,
    );
  });

  test.each([
    ['ADD TEMP[0].xz, IN[0].xyyx, -|CONST[1]|', 't0.xz = (vs_in0.xy + (-(abs(vs_const0[1].xz))));'],
    ['MOV_SAT TEMP[0], IN[0]', 't0 = clamp(vs_in0, 0.0, 1.0);'],
    ['MOV TEMP[0], IMM[0].xxxx', 't0 = vec4(1.0);'],
    ['MOV TEMP[0].xy, IMM[0].zwww', 't0.xy = uintBitsToFloat(uvec2(0x7fc00001u, 0x116c2u));'],
    ['MOV TEMP[0].x, IMM[0].yyyy', 't0.x = uintBitsToFloat(0x80000000u);'],
    ['UADD TEMP[0].x, TEMP[1].xxxx, IMM[1].xxxx', 't0.x = uintBitsToFloat((floatBitsToUint(t1.x) + 4294967295u));'],
    [
      'ISLT TEMP[0].xy, TEMP[1], IMM[1]',
      't0.xy = intBitsToFloat((-(ivec2(lessThan(floatBitsToInt(t1.xy), ivec2(-1, 5))))));',
    ],
    ['ISLT TEMP[0].x, TEMP[1].yyyy, IMM[1].yyyy', 't0.x = intBitsToFloat((-(int((floatBitsToInt(t1.y) < 5)))));'],
    ['SHL TEMP[0].x, TEMP[1].xxxx, IMM[1].wwww', 't0.x = uintBitsToFloat((floatBitsToUint(t1.x) << 8u));'],
    [
      'ISHR TEMP[0].x, TEMP[1].xxxx, TEMP[1].yyyy',
      't0.x = intBitsToFloat((floatBitsToInt(t1.x) >> (floatBitsToUint(t1.y) & 31u)));',
    ],
    [
      'UCMP TEMP[0], TEMP[1].xxxx, IN[0], CONST[0]',
      't0 = mix(vs_const0[0], vs_in0, notEqual(floatBitsToUint(t1.xxxx), uvec4(0u)));',
    ],
    ['RCP TEMP[0].xyz, IN[0].wwww', 't0.xyz = vec3((1.0 / vs_in0.w));'],
    ['DP3 TEMP[0], IN[0], CONST[0]', 't0 = vec4(dot(vs_in0.xyz, vs_const0[0].xyz));'],
    ['UARL ADDR[0].x, TEMP[0].xxxx', 'a0.x = floatBitsToInt(t0.x);'],
    ['MOV TEMP[0], CONST[ADDR[0].x+1]', 't0 = vs_const0[min(max((a0.x + 1), 0), 3)];'],
    [
      'DADD TEMP[0].xy, TEMP[0], TEMP[1].zwzw',
      't0.xy = uintBitsToFloat(unpackDouble2x32((packDouble2x32(floatBitsToUint(t0.xy)) + packDouble2x32(floatBitsToUint(t1.zw)))));',
    ],
    [
      'IDIV TEMP[0].x, TEMP[0].xxxx, TEMP[1].xxxx',
      't0.x = intBitsToFloat(div_int(floatBitsToInt(t0.x), floatBitsToInt(t1.x)));',
    ],
  ])('%s', (instruction, expected) => {
    const main = mainOf(glsl(vertex(instruction)));
    expect(main).toContain(expected);
  });

  test('MUL_ZERO_WINS multiplies by a function that gives 0 for 0', () => {
    const text = vertex('MUL TEMP[0], IN[0], CONST[0]\nDP2 TEMP[1].x, IN[0], CONST[0]').replace(
      'VERT\n',
      'VERT\nPROPERTY MUL_ZERO_WINS 1\n',
    );
    expect(mainOf(glsl(text))).toContain('t0 = mulZero_vec4(vs_in0, vs_const0[0]);');
    expect(mainOf(glsl(text))).toContain('t1.x = dot(mulZero_vec2(vs_in0.xy, vs_const0[0].xy), vec2(1.0));');
  });

  test('precise and invariant', () => {
    const text = vertex('MAD_PRECISE TEMP[0], IN[0], CONST[0], CONST[1]\nMOV OUT[0], TEMP[0]').replace(
      'OUT[0], POSITION',
      'OUT[0], POSITION, INVARIANT',
    );
    const { source } = glsl(text);
    expect(source).toContain('precise vec4 t0;');
    expect(source).toContain('invariant gl_Position;');
  });

  test('opcodes of extensions', () => {
    const fragment =
      'FRAG\nDCL OUT[0], COLOR\nDCL TEMP[0]\nVOTE_ANY TEMP[0].x, TEMP[0].yyyy\nVOTE_ALL TEMP[0].y, TEMP[0].yyyy\nVOTE_EQ TEMP[0].z, TEMP[0].yyyy\nCLOCK TEMP[0].xy\nFBFETCH TEMP[0], OUT[0]\nMOV OUT[0], TEMP[0]\nEND\n';
    const target = { extensions: new Set([...LLVMPIPE_TARGET.extensions, 'GL_EXT_shader_framebuffer_fetch']) };
    const translated = glsl(fragment, { target });
    expect(mainOf(translated).slice(-8)).toEqual(
      [
        't0.x = intBitsToFloat((-(int(anyInvocationARB((floatBitsToUint(t0.y) != 0u))))));',
        't0.y = intBitsToFloat((-(int(allInvocationsARB((floatBitsToUint(t0.y) != 0u))))));',
        't0.z = intBitsToFloat((-(int(allInvocationsEqualARB((floatBitsToUint(t0.y) != 0u))))));',
        't0.xy = uintBitsToFloat(clock2x32ARB());',
        't0 = fs_color0;',
        'o0 = t0;',
        'fs_color0 = o0;',
      ].toSpliced(0, 0, 't0 = vec4(0.0);'),
    );
    for (const name of ['GL_ARB_shader_clock', 'GL_ARB_shader_group_vote', 'GL_EXT_shader_framebuffer_fetch']) {
      expect(translated.source).toContain(`#extension ${name} : require`);
    }
    expect(translated.source).toContain('layout(location = 0) inout vec4 fs_color0;');
  });

  test.each(Object.entries(SAMPLE_SHADERS))('%s is the same text each time', (_name, text) => {
    const target = { version: 460 };
    expect(glsl(text, { target })).toEqual(glsl(text, { target }));
  });
});

describe('what a shader expects around it', () => {
  test('bindings follow one another from their bases', () => {
    const { interface: face } = glsl(SAMPLE_SHADERS.compute, {
      bindings: { uniformBuffers: 1, samplers: 5, images: 2, storageBuffers: 3 },
    });
    expect(face.images).toEqual([
      { name: 'cs_img0', first: 0, count: 1, unit: 2, target: '2D', format: 'R32_UINT', access: 'readwrite' },
    ]);
    expect(face.storageBuffers).toEqual([
      { blockName: 'cs_B0', index: 0, binding: 3 },
      { blockName: 'cs_B1', index: 1, binding: 4 },
    ]);
    expect(face.atomics).toEqual([{ binding: 0, sizeBytes: 8 }]);
    expect(face.workGroup).toEqual([8, 1, 1]);
  });

  test('constants, samplers and varyings', () => {
    const { interface: face } = glsl(SAMPLE_SHADERS.vertex);
    expect(face.constants).toEqual({ name: 'vs_const0', count: 5 });
    expect(face.uniformBuffers).toEqual([{ blockName: 'vs_U1', index: 1, binding: 1, sizeBytes: 64 }]);
    expect(face.outputs.map(({ shortName }) => shortName)).toEqual(['g0', 'c0']);
    expect([face.attributes, face.writesPointSize, face.systemBlock]).toEqual([3, true, true]);
    const fragment = glsl(SAMPLE_SHADERS.fragment).interface;
    expect(fragment.samplers).toEqual([
      { name: 'fs_samp0', first: 0, count: 1, unit: 0, target: '2D', shadow: false, returnType: 'FLOAT' },
    ]);
    expect(fragment.inputs.map(({ name, qualifiers }) => [name, qualifiers])).toEqual([
      ['vs_g0', 'centroid'],
      ['vs_c0', ''],
    ]);
    expect([fragment.writesDepth, fragment.colorOutputs]).toEqual([true, 1]);
  });

  test('links name what the stage before writes', () => {
    const [first, second] = linkStages([lowerText(SAMPLE_SHADERS.vertex), lowerText(SAMPLE_SHADERS.fragment)]);
    expect(first?.previous).toBeNull();
    expect([second?.previous, [...(second?.provided ?? [])]]).toEqual(['VERT', ['g0', 'c0']]);
  });

  test('feedback lists captured varyings with gaps between', () => {
    const output = { register: 1, startComponent: 0, componentCount: 2, buffer: 1, offset: 3, stream: 0 };
    const options = { streamOutputs: { strides: [0, 7, 0, 0] as const, outputs: [output] } };
    expect(glsl(SAMPLE_SHADERS.vertex, options).interface.feedback).toEqual({
      varyings: ['gl_NextBuffer', 'gl_SkipComponents3', 'vs_tf0', 'gl_SkipComponents2'],
      buffers: 2,
      streams: [0, 0, 0, 0],
    });
    const bad = (change: Partial<typeof output>): string =>
      refusal(() =>
        glsl(SAMPLE_SHADERS.vertex, {
          streamOutputs: { strides: [0, 7, 0, 0], outputs: [output, { ...output, ...change }] },
        }),
      );
    expect(bad({ register: 9 })).toMatch(/^undeclared/);
    expect(bad({ offset: 4 })).toMatch(/^range.*overlap/);
    expect(bad({ offset: 6 })).toMatch(/^range/);
    expect(bad({ buffer: 4 })).toMatch(/^range/);
    expect(bad({ startComponent: 3 })).toMatch(/^range/);
    expect(bad({ stream: 1 })).toMatch(/^stage/);
    expect(bad({ offset: -1 })).toMatch(/^range/);
  });
});

describe('what a host lacks', () => {
  const old = { version: 330, extensions: new Set<string>() };

  test('plain shaders need nothing', () => {
    const fragment =
      'FRAG\nDCL IN[0], GENERIC[0], PERSPECTIVE\nDCL OUT[0], COLOR\nDCL SAMP[0]\nTEX OUT[0], IN[0], SAMP[0], 2D\nEND\n';
    expect(glsl(fragment, { target: old }).source).toMatch(/^#version 330\nuniform sampler2D fs_samp0;/);
    expect(glsl(vertex('MOV OUT[0], IN[0]'), { target: old }).source).toContain('layout(std140) uniform SystemBlock');
  });

  test('others are refused by name, or ask for the extension', () => {
    expect(refusal(() => glsl(SAMPLE_SHADERS.compute, { target: old }))).toBe(
      "unsupported: the host's GLSL 330 has no compute",
    );
    expect(refusal(() => glsl(vertex('DADD TEMP[0].xy, TEMP[0], TEMP[1]'), { target: old }))).toMatch(/no float64/);
    const extensions = new Set(['GL_ARB_gpu_shader_fp64']);
    expect(
      glsl(vertex('DADD TEMP[0].xy, TEMP[0], TEMP[1]'), { target: { version: 330, extensions } }).source,
    ).toContain('#extension GL_ARB_gpu_shader_fp64 : require');
    expect(refusal(() => glsl(vertex('MOV TEMP[0], SV[0]', 'DCL SV[0], SUBGROUP_EQ_MASK')))).toMatch(/^unsupported/);
  });

  test('OpenGL ES gets its version and precision, and is refused what it lacks', () => {
    const es = { version: 320, es: true, extensions: new Set<string>() };
    const text =
      'FRAG\nDCL IN[0], GENERIC[0], PERSPECTIVE\nDCL OUT[0], COLOR\nDCL SAMP[0]\nTEX OUT[0], IN[0], SAMP[0], 2D\nEND\n';
    expect(glsl(text, { target: es }).source).toMatch(
      /^#version 320 es\nprecision highp float;\nprecision highp int;\nlayout\(binding = 0\) uniform highp sampler2D fs_samp0;/,
    );
    expect(refusal(() => glsl(text.replace('SAMP[0], 2D', 'SAMP[0], 1D'), { target: es }))).toMatch(/no texture1d/);
    expect(refusal(() => glsl(vertex('DADD TEMP[0].xy, TEMP[0], TEMP[1]'), { target: es }))).toMatch(/no float64/);
  });

  test('places of fragments are counted from the other end: OpenGL is told so, and for OpenGL ES the shader does it', () => {
    const es = { version: 320, es: true, extensions: new Set<string>() };
    const text = (property: string): string =>
      `FRAG\n${property}DCL IN[0], POSITION, LINEAR\nDCL OUT[0], COLOR\nMOV OUT[0], IN[0]\nEND\n`;
    const fromBelow = text('PROPERTY FS_COORD_ORIGIN LOWER_LEFT\n');
    const turned = 'i0 = vec4(gl_FragCoord.x, sys_height - gl_FragCoord.y, gl_FragCoord.zw);';
    for (const [shader, invertedY, isTurned] of [
      [text(''), false, false],
      [text(''), true, true],
      [fromBelow, false, true],
      [fromBelow, true, false],
    ] as const) {
      const key = { invertedY };
      expect(glsl(shader, { key }).source.includes('layout(origin_upper_left)')).toBe(isTurned);
      expect(glsl(shader, { key }).source).not.toContain('sys_height');
      expect(glsl(shader, { key, target: es }).source).not.toContain('origin_upper_left');
      expect(mainOf(glsl(shader, { key, target: es })).includes(turned)).toBe(isTurned);
    }
    const whole = text('PROPERTY FS_COORD_PIXEL_CENTER INTEGER\n');
    expect(mainOf(glsl(whole, { target: es }))).toContain(
      'i0 = vec4(gl_FragCoord.x - 0.5, gl_FragCoord.y - 0.5, gl_FragCoord.zw);',
    );
  });

  test('buffers are looked for in slots that count from the lowest number declared', () => {
    const slots = (...numbers: number[]): number[] => {
      const declared = numbers.map((n) => `DCL BUFFER[${n}]\n`).join('');
      const read = numbers.map((n) => `LOAD TEMP[0].x, BUFFER[${n}], IMM[0].xxxx\n`).join('');
      const text = `FRAG\nDCL OUT[0], COLOR\nDCL TEMP[0]\n${declared}IMM[0] UINT32 {0, 0, 0, 0}\n${read}MOV OUT[0], TEMP[0].xxxx\nEND\n`;
      return glsl(text).interface.storageBuffers.map(({ index }) => index);
    };
    expect(slots(0, 1)).toEqual([0, 1]);
    expect(slots(1, 2, 4)).toEqual([0, 1, 3]);
  });
});
