/** What draws of one sub-context keep in its OpenGL context: framebuffer, programs, capturing, and buffers of our own. */
import type { DeviceContext } from '../core/gl-device.ts';
import * as GL from '../egl/gl-constants.ts';
import type { Allowance } from '../core/quota.ts';
import type { GlslTarget } from '../shader/emit-glsl/glsl-target.ts';
import { SYSTEM_BLOCK } from '../shader/emit-glsl/system-block.ts';
import { BlitFramebuffers } from './blit-framebuffers.ts';
import { FramebufferEmitter } from './emit-framebuffer.ts';
import { ProgramCache } from './program-cache.ts';
import type { Program } from './program.ts';
import type { Shader } from './shader.ts';
import { Streamout } from './streamout.ts';
import type { SubContext } from './sub-context.ts';

const name = new Uint32Array(1);

/** Draw state of one sub-context. */
export class DrawState {
  readonly framebuffer: FramebufferEmitter;
  readonly programs: ProgramCache;
  readonly streamout: Streamout;
  readonly blits: BlitFramebuffers;
  /** The program of the last draw. */
  program: Program | null = null;
  /** What the last draw made; part of the choice of a program. */
  primitive = '';
  spriteOrigin = 0;
  readonly #context: DeviceContext;
  readonly #vertexArray: number;
  #systemBuffer = 0;
  /** What lies in it, or will. */
  readonly #floats = new Float32Array(new ArrayBuffer(SYSTEM_BLOCK.sizeBytes));
  readonly #words = new Uint32Array(this.#floats.buffer);
  /** What the system block was written for. */
  #systemVersion = -1;
  #alphaReference = 0;
  #adjustY = 0;
  #height = 0;
  #zeros = { name: 0, size: 0 };
  /** Copies of uniform blocks that were too short; as many as one draw used at most. */
  readonly #padded: { name: number; size: number }[] = [];
  #paddedUsed = 0;

  constructor(context: DeviceContext, target: GlslTarget, programs: Allowance) {
    this.#context = context;
    this.framebuffer = new FramebufferEmitter(context);
    this.programs = new ProgramCache(context, target, programs);
    this.streamout = new Streamout(context);
    this.blits = new BlitFramebuffers(context);
    context.gl.genVertexArrays(1, name);
    this.#vertexArray = name[0]!;
  }

  /** Binds a vertex array without attributes, for draws that need none. */
  bindNoAttributes(): void {
    this.#context.bindings.bindVertexArray(this.#vertexArray);
  }

  /** Fills and binds the system block. */
  emitSystem(sub: SubContext): void {
    const { gl, bindings } = this.#context;
    const adjustY = sub.viewports[1]! < 0 ? -1 : 1;
    const height = heightOf(sub);
    const { alphaReference } = sub.depthStencilAlpha;
    if (this.#systemBuffer === 0) {
      this.#systemBuffer = this.#makeBuffer(SYSTEM_BLOCK.sizeBytes);
    } else if (
      this.#systemVersion === sub.systemVersion &&
      this.#alphaReference === alphaReference &&
      this.#adjustY === adjustY &&
      this.#height === height
    ) {
      bindings.bindBufferRange(GL.UNIFORM_BUFFER, SYSTEM_BLOCK.binding, this.#systemBuffer, 0, SYSTEM_BLOCK.sizeBytes);
      return;
    }
    if (this.#systemVersion !== sub.systemVersion) {
      this.#systemVersion = sub.systemVersion;
      this.#floats.set(sub.clipPlanes, SYSTEM_BLOCK.clipPlanes / 4);
      this.#words.set(sub.stipple, SYSTEM_BLOCK.stipple / 4);
      this.#words[SYSTEM_BLOCK.drawIdBase / 4] = sub.drawId;
    }
    this.#alphaReference = alphaReference;
    this.#adjustY = adjustY;
    this.#height = height;
    this.#floats[SYSTEM_BLOCK.adjustY / 4] = adjustY;
    this.#floats[SYSTEM_BLOCK.alphaReference / 4] = alphaReference;
    this.#floats[SYSTEM_BLOCK.height / 4] = height;
    bindings.bindBufferRange(GL.UNIFORM_BUFFER, SYSTEM_BLOCK.binding, this.#systemBuffer, 0, SYSTEM_BLOCK.sizeBytes);
    bindings.bindBuffer(GL.COPY_WRITE_BUFFER, this.#systemBuffer);
    gl.bufferSubData(GL.COPY_WRITE_BUFFER, 0, SYSTEM_BLOCK.sizeBytes, this.#floats);
  }

  /** A buffer of zeros of at least so many bytes. */
  zeroBuffer(sizeBytes: number): number {
    if (this.#zeros.size < sizeBytes) {
      this.#deleteBuffer(this.#zeros.name);
      const size = Math.max(4096, sizeBytes);
      this.#zeros = { name: this.#makeBuffer(size), size };
    }
    return this.#zeros.name;
  }

  /** A copy of a range of a buffer with zeros behind it. */
  paddedBuffer(buffer: number, offset: number, length: number, sizeBytes: number): number {
    const { gl, bindings } = this.#context;
    let slot = this.#padded[this.#paddedUsed];
    if (slot === undefined || slot.size < sizeBytes) {
      if (slot !== undefined) this.#deleteBuffer(slot.name);
      slot = { name: this.#makeBuffer(sizeBytes), size: sizeBytes };
      this.#padded[this.#paddedUsed] = slot;
    }
    this.#paddedUsed = (this.#paddedUsed + 1) % 16;
    bindings.bindBuffer(GL.COPY_READ_BUFFER, buffer);
    bindings.bindBuffer(GL.COPY_WRITE_BUFFER, slot.name);
    gl.copyBufferSubData(GL.COPY_READ_BUFFER, GL.COPY_WRITE_BUFFER, offset, 0, length);
    return slot.name;
  }

  /** Deletes the programs of a shader. */
  forgetShader(shader: Shader): void {
    this.programs.forget(shader);
    this.program = null;
  }

  /** Deletes all. The context is current. */
  close(): void {
    this.streamout.close();
    this.programs.clear();
    this.framebuffer.close();
    this.blits.close();
    name[0] = this.#vertexArray;
    this.#context.gl.deleteVertexArrays(1, name);
    for (const buffer of [this.#systemBuffer, this.#zeros.name, ...this.#padded.map((slot) => slot.name)])
      this.#deleteBuffer(buffer);
  }

  #makeBuffer(sizeBytes: number): number {
    const { gl, bindings } = this.#context;
    gl.genBuffers(1, name);
    const buffer = name[0]!;
    bindings.bindBuffer(GL.COPY_WRITE_BUFFER, buffer);
    gl.bufferData(GL.COPY_WRITE_BUFFER, sizeBytes, new Uint8Array(sizeBytes), GL.DYNAMIC_DRAW);
    return buffer;
  }

  #deleteBuffer(buffer: number): void {
    if (buffer === 0) return;
    name[0] = buffer;
    this.#context.gl.deleteBuffers(1, name);
    this.#context.forgetBuffer(buffer);
  }
}

/** Rows of what is drawn to: of the lowest surface. */
function heightOf({ framebuffer: { colors, depth, height } }: SubContext): number {
  let least = depth?.height ?? Infinity;
  for (const color of colors) if (color !== null && color.height < least) least = color.height;
  return least === Infinity ? height : least;
}
