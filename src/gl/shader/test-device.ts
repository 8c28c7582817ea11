/**
 * Runs small guest shaders on the host's OpenGL and gives back what they computed. For the tests beside the shader code; the
 * product's own way to the device is `gl/virgl`.
 */
import '../egl/native-stack.ts';
import koffi from 'koffi';
import { assert } from '../../base/assert.ts';
import { HostError } from '../../base/errors.ts';
import { GlDisplay } from '../egl/display.ts';
import * as GL from '../egl/gl-constants.ts';
import type { GlApi } from '../egl/gl-loader.ts';
import type { GlslTarget } from './emit-glsl/glsl-target.ts';
import { LLVMPIPE_TARGET } from './emit-glsl/glsl-target.ts';
import { linkStages } from './emit-glsl/link-stages.ts';
import type { ShaderInterface } from './emit-glsl/shader-interface.ts';
import { SYSTEM_BLOCK } from './emit-glsl/system-block.ts';
import { translate } from './emit-glsl/translate.ts';
import type { BindingBases, StreamOutputs, VariantKey } from './emit-glsl/variant-key.ts';
import { FIRST_BINDINGS, PLAIN_VARIANT } from './emit-glsl/variant-key.ts';
import type { ShaderIr } from './ir/ir.ts';
import { checkShader } from './passes/check-shader.ts';
import { lowerTgsi } from './passes/lower-tgsi.ts';
import { parseTgsi } from './tgsi/parse-tgsi.ts';

const STAGES = {
  VERT: GL.VERTEX_SHADER,
  FRAG: GL.FRAGMENT_SHADER,
  GEOM: GL.GEOMETRY_SHADER,
  TESS_CTRL: GL.TESS_CONTROL_SHADER,
  TESS_EVAL: GL.TESS_EVALUATION_SHADER,
  COMP: GL.COMPUTE_SHADER,
} as const;

/** How shaders are translated and run. */
export interface RunOptions {
  readonly key?: Partial<VariantKey>;
  readonly target?: Partial<GlslTarget>;
  readonly streamOutputs?: StreamOutputs;
  readonly sharedBytes?: number;
  /** Words of constant buffers by number; 0 is the uniform array, for all stages. */
  readonly constants?: ReadonlyMap<number, Uint32Array>;
  /** Contents of shader buffers, replaced by what the shader leaves in them. */
  readonly buffers?: readonly Uint32Array[];
  /** Called once the program is current, before it runs: binds textures and images. */
  readonly prepare?: (gl: GlApi, interfaces: readonly ShaderInterface[]) => void;
  /** 272 bytes of the system block as floats and words. */
  readonly system?: Uint32Array;
}

/** A draw into a picture of four float32 a pixel. */
export interface DrawOptions extends RunOptions {
  readonly size?: number;
  readonly mode?: number;
  /** Four floats a vertex for attribute 0; default a triangle over the whole picture. */
  readonly vertices?: Float32Array;
  readonly patchVertices?: number;
  /** Words captured by transform feedback, for each buffer. */
  readonly captureWords?: readonly number[];
}

/** What a draw left. */
export interface Drawn {
  /** Words of the picture, bottom row first. */
  readonly pixels: Uint32Array;
  readonly captured: readonly Uint32Array[];
}

/** A shader's text lowered. */
export function lowerText(text: string): ShaderIr {
  return lowerTgsi(checkShader(parseTgsi(text)));
}

const fixed = (words: Uint32Array): Uint32Array => new Uint32Array(words);

/** One context of the software device. */
export class TestDevice implements Disposable {
  readonly gl: GlApi;
  readonly target: GlslTarget;
  readonly #display: GlDisplay;
  readonly #names = new Uint32Array(new ArrayBuffer(4));
  readonly #status = new Int32Array(new ArrayBuffer(4));

  private constructor(display: GlDisplay) {
    this.#display = display;
    display.createContext().makeCurrent();
    this.gl = display.gl;
    const { version, extensions } = display.gl.offered;
    this.target = { ...LLVMPIPE_TARGET, version: version * 10, extensions };
  }

  /** Opens the software device, or gives null where this machine has none. */
  static open(): TestDevice | null {
    try {
      return new TestDevice(GlDisplay.open({ renderNode: 'software', flavour: 'gl' }));
    } catch (error) {
      if (error instanceof HostError) return null;
      throw error;
    }
  }

  [Symbol.dispose](): void {
    this.#display.close();
  }

  #log(read: (length: number, log: Uint8Array) => void): string {
    const log = new Uint8Array(new ArrayBuffer(8192));
    read(log.length, log);
    return new TextDecoder().decode(log.subarray(0, log.indexOf(0)));
  }

  /** Compiles GLSL and throws the compiler's words if it does not. */
  compile(stage: ShaderIr['stage'], source: string): number {
    const { gl } = this;
    const shader = gl.createShader(STAGES[stage]);
    const encoded = new TextEncoder().encode(`${source}\0`);
    const bytes = new Uint8Array(new ArrayBuffer(encoded.length));
    bytes.set(encoded);
    gl.shaderSource(shader, 1, BigUint64Array.of(koffi.address(bytes)), null);
    gl.compileShader(shader);
    gl.getShaderiv(shader, GL.COMPILE_STATUS, this.#status);
    if (this.#status[0] === 1) return shader;
    const log = this.#log((length, text) => gl.getShaderInfoLog(shader, length, null, text));
    gl.deleteShader(shader);
    throw new Error(`${log}\n${source}`);
  }

  #attachFeedback(program: number, face: ShaderInterface | undefined): void {
    if (face === undefined || face.feedback === null) return;
    const names = face.feedback.varyings.map((name) => {
      const bytes = new Uint8Array(new ArrayBuffer(name.length + 1));
      bytes.set(new TextEncoder().encode(name));
      return bytes;
    });
    const pointers = BigUint64Array.from(names, (name) => koffi.address(name));
    this.gl.transformFeedbackVaryings(program, names.length, pointers, GL.INTERLEAVED_ATTRIBS);
  }

  /** Translates, compiles and links shaders of the stages in their order. */
  link(texts: readonly string[], options: RunOptions = {}): { name: number; interfaces: readonly ShaderInterface[] } {
    const { gl } = this;
    const target = { ...this.target, ...options.target };
    const irs = texts.map(lowerText);
    const links = linkStages(irs, { ...PLAIN_VARIANT, ...options.key });
    const lastVertex = irs.findLastIndex(({ stage }) => stage !== 'FRAG' && stage !== 'COMP');
    let bindings: BindingBases = FIRST_BINDINGS;
    const parts = irs.map((ir, i) => {
      const link = links[i];
      const key = { ...PLAIN_VARIANT, ...options.key, lastVertexStage: i === lastVertex };
      const { sharedBytes = 0, streamOutputs = null } = options;
      const part = translate(ir, {
        target,
        key,
        ...(link === undefined ? {} : { link }),
        bindings,
        sharedBytes,
        streamOutputs,
      });
      const face = part.interface;
      bindings = {
        uniformBuffers: bindings.uniformBuffers + face.uniformBuffers.length,
        samplers: face.samplers.reduce((unit, each) => Math.max(unit, each.unit + each.count), bindings.samplers),
        images: face.images.reduce((unit, each) => Math.max(unit, each.unit + each.count), bindings.images),
        storageBuffers: bindings.storageBuffers + face.storageBuffers.length,
      };
      return part;
    });
    const program = gl.createProgram();
    const shaders = parts.map(({ source, interface: face }) => this.compile(face.stage, source));
    for (const shader of shaders) gl.attachShader(program, shader);
    this.#attachFeedback(program, parts[lastVertex]?.interface);
    gl.linkProgram(program);
    for (const shader of shaders) gl.deleteShader(shader);
    gl.getProgramiv(program, GL.LINK_STATUS, this.#status);
    if (this.#status[0] !== 1) {
      const log = this.#log((length, text) => gl.getProgramInfoLog(program, length, null, text));
      throw new Error(`${log}\n${parts.map(({ source }) => source).join('\n')}`);
    }
    return { name: program, interfaces: parts.map((part) => part.interface) };
  }

  /** A new buffer with words in it. */
  buffer(target: number, words: Uint32Array): number {
    const { gl } = this;
    gl.genBuffers(1, this.#names);
    const name = this.#names[0] ?? 0;
    gl.bindBuffer(target, name);
    gl.bufferData(target, words.byteLength, fixed(words), GL.DYNAMIC_COPY);
    return name;
  }

  #readBuffer(target: number, name: number, words: Uint32Array): void {
    const { gl } = this;
    const copy = fixed(words);
    gl.bindBuffer(target, name);
    gl.getBufferSubData(target, 0, copy.byteLength, copy);
    words.set(copy);
  }

  #bindAll(program: { name: number; interfaces: readonly ShaderInterface[] }, options: RunOptions): number[] {
    const { gl } = this;
    gl.useProgram(program.name);
    const names: number[] = [];
    const system = options.system ?? defaultSystem();
    const block = this.buffer(GL.UNIFORM_BUFFER, system);
    names.push(block);
    gl.bindBufferBase(GL.UNIFORM_BUFFER, SYSTEM_BLOCK.binding, block);
    for (const face of program.interfaces) {
      if (face.constants !== null) {
        const words = options.constants?.get(0) ?? new Uint32Array(4);
        gl.uniform4fv(
          gl.getUniformLocation(program.name, face.constants.name),
          Math.min(face.constants.count, words.length / 4),
          fixed(words),
        );
      }
      for (const { index, binding, sizeBytes } of face.uniformBuffers) {
        const words = new Uint32Array(sizeBytes / 4);
        words.set(options.constants?.get(index)?.subarray(0, words.length) ?? []);
        const name = this.buffer(GL.UNIFORM_BUFFER, words);
        names.push(name);
        gl.bindBufferBase(GL.UNIFORM_BUFFER, binding, name);
      }
    }
    options.prepare?.(gl, program.interfaces);
    return names;
  }

  #bindStorage(interfaces: readonly ShaderInterface[], buffers: readonly Uint32Array[]): number[] {
    const names = buffers.map((words) => this.buffer(GL.SHADER_STORAGE_BUFFER, words));
    for (const { storageBuffers } of interfaces) {
      for (const { index, binding } of storageBuffers)
        this.gl.bindBufferBase(GL.SHADER_STORAGE_BUFFER, binding, names[index] ?? 0);
    }
    return names;
  }

  #finish(names: number[], storage: number[], buffers: readonly Uint32Array[], program: number): void {
    const { gl } = this;
    gl.memoryBarrier(GL.ALL_BARRIER_BITS);
    for (const [i, name] of storage.entries()) {
      const words = buffers[i];
      if (words !== undefined) this.#readBuffer(GL.SHADER_STORAGE_BUFFER, name, words);
    }
    const all = Uint32Array.from([...names, ...storage]);
    gl.deleteBuffers(all.length, fixed(all));
    gl.useProgram(0);
    gl.deleteProgram(program);
    const error = gl.getError();
    assert(error === 0, `GL error 0x${error.toString(16)}`);
  }

  /** Runs a compute shader over `groups` work groups. */
  compute(text: string, groups: number, options: RunOptions): void {
    const program = this.link([text], options);
    const names = this.#bindAll(program, options);
    const buffers = options.buffers ?? [];
    const storage = this.#bindStorage(program.interfaces, buffers);
    this.gl.dispatchCompute(groups, 1, 1);
    this.#finish(names, storage, buffers, program.name);
  }

  /** Draws with the shaders of the drawing stages. */
  draw(texts: readonly string[], options: DrawOptions = {}): Drawn {
    const { gl } = this;
    const { size = 4, mode = GL.TRIANGLES, captureWords = [] } = options;
    const vertices = options.vertices ?? Float32Array.of(-1, -1, 0, 1, 3, -1, 0, 1, -1, 3, 0, 1);
    const program = this.link(texts, options);
    const names = this.#bindAll(program, options);
    const storage = this.#bindStorage(program.interfaces, options.buffers ?? []);
    gl.genVertexArrays(1, this.#names);
    gl.bindVertexArray(this.#names[0] ?? 0);
    names.push(this.buffer(GL.ARRAY_BUFFER, new Uint32Array(vertices.buffer, vertices.byteOffset, vertices.length)));
    gl.vertexAttribPointer(0, 4, GL.FLOAT, false, 16, null);
    gl.enableVertexAttribArray(0);
    gl.genTextures(1, this.#names);
    const texture = this.#names[0] ?? 0;
    gl.activeTexture(GL.TEXTURE0 + 31);
    gl.bindTexture(GL.TEXTURE_2D, texture);
    gl.texStorage2D(GL.TEXTURE_2D, 1, GL.RGBA32F, size, size);
    gl.genFramebuffers(1, this.#names);
    const framebuffer = this.#names[0] ?? 0;
    gl.bindFramebuffer(GL.FRAMEBUFFER, framebuffer);
    gl.framebufferTexture2D(GL.FRAMEBUFFER, GL.COLOR_ATTACHMENT0, GL.TEXTURE_2D, texture, 0);
    gl.viewport(0, 0, size, size);
    gl.clearBufferfv(GL.COLOR, 0, new Float32Array(new ArrayBuffer(16)));
    if (options.patchVertices !== undefined) gl.patchParameteri(GL.PATCH_VERTICES, options.patchVertices);
    for (const { clipDistances } of program.interfaces)
      for (let i = 0; i < clipDistances; i++) gl.enable(GL.CLIP_DISTANCE0 + i);
    gl.enable(GL.PROGRAM_POINT_SIZE);
    const captured = captureWords.map((count) => new Uint32Array(count));
    const captures = captured.map((words) => this.buffer(GL.TRANSFORM_FEEDBACK_BUFFER, words));
    for (const [i, name] of captures.entries()) gl.bindBufferBase(GL.TRANSFORM_FEEDBACK_BUFFER, i, name);
    const primitive = program.interfaces.find(({ outputPrimitive }) => outputPrimitive !== null)?.outputPrimitive;
    const isPoints = primitive === 'POINTS' || mode === GL.POINTS;
    const isLines = primitive === 'LINE_STRIP' || mode === GL.LINES;
    const captureMode = isPoints ? GL.POINTS : isLines ? GL.LINES : GL.TRIANGLES;
    if (captures.length > 0) gl.beginTransformFeedback(captureMode);
    gl.drawArrays(mode, 0, vertices.length / 4);
    if (captures.length > 0) gl.endTransformFeedback();
    const pixels = new Uint32Array(new ArrayBuffer(size * size * 16));
    gl.readPixels(0, 0, size, size, GL.RGBA, GL.FLOAT, pixels);
    for (const [i, name] of captures.entries()) {
      const words = captured[i];
      if (words !== undefined) this.#readBuffer(GL.TRANSFORM_FEEDBACK_BUFFER, name, words);
    }
    for (let i = 0; i < 8; i++) gl.disable(GL.CLIP_DISTANCE0 + i);
    gl.bindFramebuffer(GL.FRAMEBUFFER, 0);
    gl.deleteFramebuffers(1, fixed(Uint32Array.of(framebuffer)));
    gl.deleteTextures(1, fixed(Uint32Array.of(texture)));
    this.#finish([...names, ...captures], storage, options.buffers ?? [], program.name);
    return { pixels, captured };
  }
}

/** A system block that changes nothing. */
export function defaultSystem(): Uint32Array {
  const block = new ArrayBuffer(SYSTEM_BLOCK.sizeBytes);
  new DataView(block).setFloat32(SYSTEM_BLOCK.adjustY, 1, true);
  return new Uint32Array(block);
}
