/** Shaders that draw a texture into another: one program for each kind of texture, of numbers, and of samples. */
import type { DeviceContext } from '../core/gl-device.ts';
import { GpuError } from '../core/gpu-error.ts';
import * as GL from '../egl/gl-constants.ts';
import type { GlslTarget } from '../shader/emit-glsl/glsl-target.ts';
import { cStrings } from './c-strings.ts';
import type { NumericKind } from './texture-format.ts';

/** What a program writes. Stencil is written a bit at a time: few devices let shaders write it. */
export type BlitPart = 'color' | 'depth' | 'stencil';

/** What decides the text of a program. */
export interface BlitProgramKey {
  readonly part: BlitPart;
  /** `TEXTURE_1D`, `2D`, `3D`, `RECTANGLE` or `2D_MULTISAMPLE`. */
  readonly glTarget: number;
  readonly from: NumericKind;
  readonly into: NumericKind;
  readonly samples: number;
  /** The destination has the same samples, each drawn on its own. */
  readonly isPerSample: boolean;
  /** Which component each stored one is; 4 zero, 5 one. */
  readonly output: readonly number[];
}

/** A program and where its uniforms are. */
export interface BlitProgram {
  readonly name: number;
  /** First and last corner of the source, and its slice. */
  readonly box: number;
  readonly slice: number;
  /** The bit of stencil that is written where the source has it; 0: all bits, everywhere. */
  readonly bit: number;
}

const SAMPLERS: Readonly<Record<number, string>> = {
  [GL.TEXTURE_1D]: 'sampler1D',
  [GL.TEXTURE_2D]: 'sampler2D',
  [GL.TEXTURE_3D]: 'sampler3D',
  [GL.TEXTURE_RECTANGLE]: 'sampler2DRect',
  [GL.TEXTURE_2D_MULTISAMPLE]: 'sampler2DMS',
};
const PREFIXES: Readonly<Record<NumericKind, string>> = { float: '', sint: 'i', uint: 'u' };
const status = new Int32Array(1);

/** The programs of one context. */
export class BlitPrograms {
  readonly #context: DeviceContext;
  readonly #target: GlslTarget;
  readonly #programs = new Map<string, BlitProgram>();

  constructor(context: DeviceContext, target: GlslTarget) {
    this.#context = context;
    this.#target = target;
  }

  /** The program for a key. Throws GpuError `unsupported` where the device does not compile it. */
  get(key: BlitProgramKey): BlitProgram {
    const text = `${key.part} ${key.glTarget} ${key.from} ${key.into} ${key.samples} ${key.isPerSample} ${key.output.join('')}`;
    let program = this.#programs.get(text);
    if (program === undefined) {
      program = this.#link(key);
      this.#programs.set(text, program);
    }
    return program;
  }

  /** Deletes all. */
  close(): void {
    for (const { name } of this.#programs.values()) this.#context.gl.deleteProgram(name);
    this.#programs.clear();
  }

  #link(key: BlitProgramKey): BlitProgram {
    const { gl } = this.#context;
    const name = gl.createProgram();
    for (const [type, text] of [
      [GL.VERTEX_SHADER, this.#head() + VERTEX],
      [GL.FRAGMENT_SHADER, this.#head() + fragmentText(key)],
    ] as const) {
      const shader = gl.createShader(type);
      const { pointers, lengths } = cStrings([text]);
      gl.shaderSource(shader, 1, pointers, lengths);
      gl.compileShader(shader);
      gl.attachShader(name, shader);
      gl.deleteShader(shader);
    }
    gl.linkProgram(name);
    gl.getProgramiv(name, GL.LINK_STATUS, status);
    if (status[0] === 0) {
      gl.deleteProgram(name);
      throw new GpuError('unsupported', 'the device does not compile the shader of a blit');
    }
    const [box = -1, slice = -1, bit = -1] = ['box', 'slice', 'bit'].map((it) => gl.getUniformLocation(name, it));
    return { name, box, slice, bit };
  }

  #head(): string {
    const { version, es } = this.#target;
    const precision = es ? 'precision highp float;\nprecision highp int;\nprecision highp sampler3D;\n' : '';
    return `#version ${version}${es ? ' es' : ''}\n${precision}`;
  }
}

const VERTEX = `
uniform vec4 box;
out vec2 at;
void main() {
  vec2 corner = vec2(float(gl_VertexID & 1), float(gl_VertexID >> 1));
  gl_Position = vec4(2.0 * corner - 1.0, 0.0, 1.0);
  at = mix(box.xy, box.zw, corner);
}
`;

function fragmentText(key: BlitProgramKey): string {
  const from = PREFIXES[key.from];
  return `
uniform ${from}${SAMPLERS[key.glTarget] ?? 'sampler2D'} source;
uniform float slice;
in vec2 at;
${OUTPUTS[key.part](key)}
void main() {
  ${fetchText(key, from)}
  ${WRITES[key.part](key)}
}
`;
}

const OUTPUTS: Readonly<Record<BlitPart, (key: BlitProgramKey) => string>> = {
  color: ({ into }) => `out ${PREFIXES[into]}vec4 color;`,
  depth: () => '',
  stencil: () => 'uniform uint bit;',
};

const WRITES: Readonly<Record<BlitPart, (key: BlitProgramKey) => string>> = {
  color: colorText,
  depth: () => 'gl_FragDepth = value.x;',
  stencil: () => 'if (bit != 0u && (value.x & bit) == 0u) discard;',
};

function colorText(key: BlitProgramKey): string {
  const parts = key.output.map((component) => {
    if (component < 4) return `converted.${'xyzw'.charAt(component)}`;
    const value = component === 5 ? 1 : 0;
    return key.into === 'float' ? `${value}.0` : `${value}${key.into === 'uint' ? 'u' : ''}`;
  });
  return `${convertText(key)}
  color = ${PREFIXES[key.into]}vec4(${parts.join(', ')});`;
}

function fetchText({ part, glTarget, samples, isPerSample, from }: BlitProgramKey, prefix: string): string {
  const type = `${prefix}vec4`;
  switch (glTarget) {
    case GL.TEXTURE_1D:
      return `${type} value = texture(source, at.x);`;
    case GL.TEXTURE_3D:
      return `${type} value = texture(source, vec3(at, slice));`;
    case GL.TEXTURE_2D_MULTISAMPLE: {
      const texel = 'ivec2(floor(at))';
      if (isPerSample) return `${type} value = texelFetch(source, ${texel}, gl_SampleID);`;
      // Integers have no mean, nor has depth: the first sample stands for all.
      if (from !== 'float' || part !== 'color') return `${type} value = texelFetch(source, ${texel}, 0);`;
      const sum = Array.from({ length: samples }, (_, i) => `texelFetch(source, ${texel}, ${i})`).join(' + ');
      return `${type} value = (${sum}) / ${samples}.0;`;
    }
    default:
      return `${type} value = texture(source, at);`;
  }
}

function convertText({ from, into }: BlitProgramKey): string {
  if (from === 'uint' && into === 'sint') return 'ivec4 converted = ivec4(min(value, uvec4(0x7fffffffu)));';
  if (from === 'sint' && into === 'uint') return 'uvec4 converted = uvec4(max(value, ivec4(0)));';
  return `${PREFIXES[from]}vec4 converted = value;`;
}
