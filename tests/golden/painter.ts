/** What scenes draw with: OpenGL with its objects in one call each, and the picture that a scene ends in. */
import { assert } from '../../src/base/assert.ts';
import * as GL from '../../src/gl/egl/gl-constants.ts';
import type { GlApi } from '../../src/gl/egl/gl-loader.ts';
import { readBuffer } from '../../src/gl/egl/read-buffer.ts';
import { addressOf } from '../../src/gl/egl/memory-address.ts';
import type { Matrix } from './matrix.ts';

/** Width and height of every picture. */
export const SIDE = 256;

/** The texts of a program's stages, without their first lines. */
export interface Stages {
  readonly vertex?: string;
  readonly control?: string;
  readonly evaluation?: string;
  readonly geometry?: string;
  readonly fragment?: string;
  readonly compute?: string;
  /** Outputs of the last stage before the fragments that transform feedback captures, one after another. */
  readonly captured?: readonly string[];
}

const STAGES = {
  vertex: GL.VERTEX_SHADER,
  control: GL.TESS_CONTROL_SHADER,
  evaluation: GL.TESS_EVALUATION_SHADER,
  geometry: GL.GEOMETRY_SHADER,
  fragment: GL.FRAGMENT_SHADER,
  compute: GL.COMPUTE_SHADER,
} as const;

const HEADERS = {
  es: '#version 320 es\nprecision highp float; precision highp int; precision highp sampler3D;\nprecision highp sampler2DArray; precision highp sampler2DShadow; precision highp samplerCube;\nprecision highp image2D; precision highp usampler2D;\n',
  gl: '#version 430 core\n',
} as const;

/** How a texture is looked at. */
export interface Filter {
  readonly min?: number;
  readonly mag?: number;
  readonly wrap?: number;
}

/** OpenGL of one context. What it makes goes with the context. */
export class Painter {
  readonly gl: GlApi;
  readonly #screen: number;
  readonly #size: { readonly width: number; readonly height: number };

  /** The context must be current. Binds the picture, black and with nothing in its depth and stencil. */
  constructor(gl: GlApi, size = { width: SIDE, height: SIDE }) {
    this.gl = gl;
    this.#size = size;
    this.#screen = this.framebuffer(
      [this.renderbuffer(GL.RGBA8, size.width, size.height)],
      this.renderbuffer(GL.DEPTH24_STENCIL8, size.width, size.height),
    );
    this.bindScreen();
    this.vertexArray();
    this.clear(0, 0, 0);
  }

  /** Draws into the picture from now on. */
  bindScreen(): void {
    this.gl.bindFramebuffer(GL.FRAMEBUFFER, this.#screen);
    this.gl.viewport(0, 0, this.#size.width, this.#size.height);
  }

  /** Fills the colour, the depth with 1 and the stencil with 0. */
  clear(red: number, green: number, blue: number): void {
    const { gl } = this;
    gl.clearColor(red, green, blue, 1);
    gl.clearDepthf(1);
    gl.clearStencil(0);
    gl.clear(GL.COLOR_BUFFER_BIT | GL.DEPTH_BUFFER_BIT | GL.STENCIL_BUFFER_BIT);
  }

  /** The picture: rows of R, G, B, A, the uppermost first. Throws where OpenGL has an error to tell. */
  picture(): Uint8Array {
    const { gl } = this;
    const { width, height } = this.#size;
    gl.bindFramebuffer(GL.READ_FRAMEBUFFER, this.#screen);
    const pixels = new Uint8Array(width * height * 4);
    gl.readPixels(0, 0, width, height, GL.RGBA, GL.UNSIGNED_BYTE, pixels);
    const error = gl.getError();
    assert(error === GL.NO_ERROR, `a scene without errors, not 0x${error.toString(16)}`);
    const rows = Array.from({ length: height }, (_, y) => pixels.subarray(y * width * 4, (y + 1) * width * 4));
    return Uint8Array.from(Buffer.concat(rows.toReversed()));
  }

  /** Makes a program and uses it. */
  program(stages: Stages): number {
    const { gl } = this;
    const program = gl.createProgram();
    for (const [name, type] of Object.entries(STAGES)) {
      const text = stages[name as keyof typeof STAGES];
      if (text === undefined) continue;
      const bytes = bytesOf(HEADERS[gl.offered.flavour] + text);
      const shader = gl.createShader(type);
      gl.shaderSource(shader, 1, pointersTo([bytes]), Int32Array.of(bytes.length));
      gl.compileShader(shader);
      gl.attachShader(program, shader);
      const log = new Uint8Array(1000);
      gl.getShaderInfoLog(shader, log.length, null, log);
      const status = new Int32Array(1);
      gl.getShaderiv(shader, GL.COMPILE_STATUS, status);
      assert(status[0] === 1, `a ${name} shader that compiles: ${textOf(log)}\n${text}`);
    }
    const captured = stages.captured?.map((name) => bytesOf(`${name}\0`)) ?? [];
    if (captured.length > 0)
      gl.transformFeedbackVaryings(program, captured.length, pointersTo(captured), GL.INTERLEAVED_ATTRIBS);
    gl.linkProgram(program);
    const [status, log] = [new Int32Array(1), new Uint8Array(1000)];
    gl.getProgramiv(program, GL.LINK_STATUS, status);
    gl.getProgramInfoLog(program, log.length, null, log);
    assert(status[0] === 1, `a program that links: ${textOf(log)}`);
    gl.useProgram(program);
    return program;
  }

  /** Sets `uniform vec4 name[4]` to a matrix; shaders call mat4 on its columns. */
  matrix(program: number, name: string, matrix: Matrix): void {
    this.gl.uniform4fv(this.gl.getUniformLocation(program, name), 4, Float32Array.from(matrix));
  }

  /** Sets `uniform vec4 name`. */
  vector(program: number, name: string, x: number, y = 0, z = 0, w = 0): void {
    this.gl.uniform4f(this.gl.getUniformLocation(program, name), x, y, z, w);
  }

  /** Makes a vertex array and binds it. */
  vertexArray(): number {
    const name = this.#name('genVertexArrays');
    this.gl.bindVertexArray(name);
    return name;
  }

  /** Makes a buffer and binds it. */
  buffer(target: number, data: ArrayBufferView): number {
    const name = this.#name('genBuffers');
    this.gl.bindBuffer(target, name);
    this.gl.bufferData(target, data.byteLength, data, GL.STATIC_DRAW);
    return name;
  }

  /** What is in a buffer, brought to the program. */
  read(buffer: number, into: Uint8Array): void {
    this.gl.bindBuffer(GL.COPY_READ_BUFFER, buffer);
    readBuffer(this.gl, 0, into);
  }

  /** Takes attribute `index` from the buffer that is bound: floats, from a place on and from step to step, in bytes. */
  attribute(index: number, size: number, stride: number, offset: number, divisor = 0): void {
    this.gl.enableVertexAttribArray(index);
    this.gl.vertexAttribPointer(index, size, GL.FLOAT, false, stride, offset);
    this.gl.vertexAttribDivisor(index, divisor);
  }

  /** Makes a texture and binds it. */
  texture(target: number, { min = GL.NEAREST, mag = GL.NEAREST, wrap = GL.CLAMP_TO_EDGE }: Filter = {}): number {
    const name = this.#name('genTextures');
    this.gl.bindTexture(target, name);
    this.gl.texParameteri(target, GL.TEXTURE_MIN_FILTER, min);
    this.gl.texParameteri(target, GL.TEXTURE_MAG_FILTER, mag);
    for (const axis of [GL.TEXTURE_WRAP_S, GL.TEXTURE_WRAP_T, GL.TEXTURE_WRAP_R])
      this.gl.texParameteri(target, axis, wrap);
    return name;
  }

  /** A texture of four bytes a texel, with storage for its levels and the first of them filled. */
  texture2d(width: number, height: number, texels: Uint8Array, filter: Filter & { levels?: number } = {}): number {
    const name = this.texture(GL.TEXTURE_2D, filter);
    this.gl.texStorage2D(GL.TEXTURE_2D, filter.levels ?? 1, GL.RGBA8, width, height);
    this.gl.texSubImage2D(GL.TEXTURE_2D, 0, 0, 0, width, height, GL.RGBA, GL.UNSIGNED_BYTE, texels);
    return name;
  }

  /** Makes a renderbuffer. */
  renderbuffer(format: number, width: number, height: number, samples = 0): number {
    const name = this.#name('genRenderbuffers');
    this.gl.bindRenderbuffer(GL.RENDERBUFFER, name);
    if (samples === 0) this.gl.renderbufferStorage(GL.RENDERBUFFER, format, width, height);
    else this.gl.renderbufferStorageMultisample(GL.RENDERBUFFER, samples, format, width, height);
    return name;
  }

  /** Makes a framebuffer of renderbuffers and binds it. */
  framebuffer(colors: readonly number[], depthStencil: number | null = null): number {
    const name = this.#name('genFramebuffers');
    const { gl } = this;
    gl.bindFramebuffer(GL.FRAMEBUFFER, name);
    for (const [i, color] of colors.entries())
      gl.framebufferRenderbuffer(GL.FRAMEBUFFER, GL.COLOR_ATTACHMENT0 + i, GL.RENDERBUFFER, color);
    if (depthStencil !== null)
      gl.framebufferRenderbuffer(GL.FRAMEBUFFER, GL.DEPTH_STENCIL_ATTACHMENT, GL.RENDERBUFFER, depthStencil);
    if (colors.length > 0) this.checkFramebuffer();
    return name;
  }

  /** A framebuffer of textures, bound. */
  textureFramebuffer(attachments: ReadonlyMap<number, number>): number {
    const name = this.framebuffer([]);
    for (const [attachment, texture] of attachments)
      this.gl.framebufferTexture2D(GL.FRAMEBUFFER, attachment, GL.TEXTURE_2D, texture, 0);
    this.checkFramebuffer();
    return name;
  }

  checkFramebuffer(): void {
    const status = this.gl.checkFramebufferStatus(GL.FRAMEBUFFER);
    assert(status === GL.FRAMEBUFFER_COMPLETE, `a complete framebuffer, not 0x${status.toString(16)}`);
  }

  /** Says which colour buffers are drawn to: the first so many. */
  drawBuffers(count: number): void {
    this.gl.drawBuffers(
      count,
      Uint32Array.from({ length: count }, (_, i) => GL.COLOR_ATTACHMENT0 + i),
    );
  }

  /** The corners of the whole picture as attribute 0, for `drawArrays(GL.TRIANGLE_STRIP, 0, 4)`. */
  bindCorners(): void {
    this.vertexArray();
    this.buffer(GL.ARRAY_BUFFER, Float32Array.of(-1, -1, 1, -1, -1, 1, 1, 1));
    this.attribute(0, 2, 8, 0);
  }

  #name(make: 'genTextures' | 'genBuffers' | 'genFramebuffers' | 'genRenderbuffers' | 'genVertexArrays'): number {
    const names = new Uint32Array(1);
    this.gl[make](1, names);
    return names[0] ?? 0;
  }
}

function bytesOf(text: string): Uint8Array {
  const encoded = new TextEncoder().encode(text);
  const bytes = new Uint8Array(new ArrayBuffer(encoded.length));
  bytes.set(encoded);
  return bytes;
}

/** Where C finds them; they must outlive it. */
function pointersTo(texts: readonly Uint8Array[]): BigUint64Array {
  return BigUint64Array.from(texts, (text) => BigInt(addressOf(text)));
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString().split('\0')[0] ?? '';
}
