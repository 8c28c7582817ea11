/**
 * Blits by drawing: what OpenGL's own blit cannot do. It has a context of its own, so that a guest's queries do not count
 * what is drawn here, and nothing of a guest's state needs to be put back.
 */
import type { DeviceContext } from '../core/gl-device.ts';
import { GpuError } from '../core/gpu-error.ts';
import type { GlCapabilities } from '../egl/capabilities.ts';
import * as GL from '../egl/gl-constants.ts';
import type { GlslTarget } from '../shader/emit-glsl/glsl-target.ts';
import { BlitTexture, samplesOf } from './blit-texture.ts';
import { BlitPrograms } from './blit-program.ts';
import type { BlitPart, BlitProgram } from './blit-program.ts';
import type { Blit, BlitSide } from './blit.ts';
import { levelSize } from './resource.ts';
import { createTextureView, deleteTexture } from './texture-view.ts';
import { scratchUnit } from './texture-storage.ts';

const name = new Uint32Array(1);
const FIRST_BUFFER = Uint32Array.of(GL.COLOR_ATTACHMENT0);
const NO_BUFFER = Uint32Array.of(GL.NONE);
/** None, which sets all to zero first, and then each. */
const STENCIL_BITS = [0, 1, 2, 4, 8, 16, 32, 64, 128];
const KEPT_DEPTH = { tests: false, writes: false };
const NEW_DEPTH = { tests: true, writes: true };
const SWIZZLES = [GL.RED, GL.GREEN, GL.BLUE, GL.ALPHA, GL.ZERO, GL.ONE] as const;

/** What the source of a blit is viewed as: single layers, for samplers of arrays and cubes would need shaders of their own. */
const VIEW_TARGETS: Readonly<Record<number, number>> = {
  [GL.TEXTURE_1D]: GL.TEXTURE_1D,
  [GL.TEXTURE_2D]: GL.TEXTURE_2D,
  [GL.TEXTURE_3D]: GL.TEXTURE_3D,
  [GL.TEXTURE_CUBE_MAP]: GL.TEXTURE_2D,
  [GL.TEXTURE_RECTANGLE]: GL.TEXTURE_RECTANGLE,
  [GL.TEXTURE_1D_ARRAY]: GL.TEXTURE_1D,
  [GL.TEXTURE_2D_ARRAY]: GL.TEXTURE_2D,
  [GL.TEXTURE_CUBE_MAP_ARRAY]: GL.TEXTURE_2D,
  [GL.TEXTURE_2D_MULTISAMPLE]: GL.TEXTURE_2D_MULTISAMPLE,
  [GL.TEXTURE_2D_MULTISAMPLE_ARRAY]: GL.TEXTURE_2D_MULTISAMPLE,
};

/** The blitter of a renderer. */
export class Blitter {
  readonly context: DeviceContext;
  readonly #capabilities: GlCapabilities;
  readonly #programs: BlitPrograms;
  readonly #framebuffer: number;
  readonly #vertexArray: number;
  readonly #nearest: number;
  readonly #linear: number;

  /** The context is current. */
  constructor(context: DeviceContext, capabilities: GlCapabilities, target: GlslTarget) {
    this.context = context;
    this.#capabilities = capabilities;
    this.#programs = new BlitPrograms(context, target);
    const { gl, bindings, state } = context;
    gl.genFramebuffers(1, name);
    this.#framebuffer = name[0]!;
    gl.genVertexArrays(1, name);
    this.#vertexArray = name[0]!;
    this.#nearest = this.#makeSampler(GL.NEAREST);
    this.#linear = this.#makeSampler(GL.LINEAR);
    bindings.bindVertexArray(this.#vertexArray);
    if (capabilities.flavour === 'gl') state.set(GL.FRAMEBUFFER_SRGB, true);
    state.blendEquation(GL.FUNC_ADD, GL.FUNC_ADD);
    state.blendFunc(GL.SRC_ALPHA, GL.ONE_MINUS_SRC_ALPHA, GL.SRC_ALPHA, GL.ONE_MINUS_SRC_ALPHA);
  }

  /** Draws what OpenGL's mask `usable` names. The context is current. Throws GpuError before anything has changed. */
  blit(request: Blit, usable: number): void {
    const { src, dst } = request;
    const { gl, bindings, state } = this.context;
    const parts = PARTS.filter(([bit]) => (usable & bit) !== 0).map(([, part]) => part);
    const programs = parts.map((part) => this.#programOf(request, part));
    const target = new BlitTexture(this.context, dst);
    try {
      bindings.bindFramebuffer(GL.DRAW_FRAMEBUFFER, this.#framebuffer);
      bindings.bindVertexArray(this.#vertexArray);
      this.#setState(request);
      const step = src.depth / dst.depth;
      for (let layer = 0; layer < dst.depth; layer++) {
        target.attach(GL.DRAW_FRAMEBUFFER, dst.z + layer);
        if (layer === 0) {
          gl.drawBuffers(1, dst.format.aspect === 'color' ? FIRST_BUFFER : NO_BUFFER);
          if (gl.checkFramebufferStatus(GL.DRAW_FRAMEBUFFER) !== GL.FRAMEBUFFER_COMPLETE) {
            throw new GpuError('format', `the device does not blit to ${dst.format.name}`);
          }
        }
        parts.forEach((part, i) => this.#drawLayer(request, part, programs[i]!, src.z + (layer + 0.5) * step));
      }
    } finally {
      target.detach(GL.DRAW_FRAMEBUFFER);
      target.close();
      state.set(GL.BLEND, false);
    }
  }

  /** Ends it. */
  close(): void {
    this.context.makeCurrent();
    this.#programs.close();
    this.context.close();
  }

  #programOf(request: Blit, part: BlitPart): BlitProgram {
    const { src, dst } = request;
    const from = part === 'color' ? src.format.numeric : part === 'depth' ? 'float' : 'uint';
    const into = part === 'color' ? dst.format.numeric : from;
    if ((from === 'float') !== (into === 'float')) {
      throw new GpuError('format', `a blit from ${src.format.name} to ${dst.format.name}`);
    }
    const samples = samplesOf(src);
    const isPerSample = samples > 1 && samplesOf(dst) === samples;
    const glTarget = viewTarget(request);
    return this.#programs.get({ part, glTarget, from, into, samples, isPerSample, output: dst.format.gl.output });
  }

  #setState({ mask, dst, scissor, isBlended }: Blit): void {
    const { state } = this.context;
    const right = Math.max(dst.x, dst.x + dst.width);
    const bottom = Math.max(dst.y, dst.y + dst.height);
    const left = Math.min(dst.x, dst.x + dst.width);
    const top = Math.min(dst.y, dst.y + dst.height);
    state.viewport(0, left, top, right - left, bottom - top);
    state.set(GL.SCISSOR_TEST, scissor !== null);
    if (scissor !== null) {
      state.scissor(
        0,
        scissor.x,
        scissor.y,
        Math.max(0, scissor.right - scissor.x),
        Math.max(0, scissor.bottom - scissor.y),
      );
    }
    state.set(GL.BLEND, isBlended);
    const { output } = dst.format.gl;
    let stored = 0;
    output.forEach((component, i) => {
      if (component > 3 || ((mask >> component) & 1) !== 0) stored |= 1 << i;
    });
    state.colorMask(stored);
  }

  #drawLayer(request: Blit, part: BlitPart, program: BlitProgram, z: number): void {
    const { src, dst, filter } = request;
    const { gl, bindings, state } = this.context;
    const { storage, format: own } = src.resource;
    if (storage.kind !== 'texture' || own === null) return;
    const glTarget = viewTarget(request);
    const is3d = glTarget === GL.TEXTURE_3D;
    const texture = createTextureView(this.context, src.resource, {
      glTarget,
      format: src.format,
      firstLevel: src.level,
      levels: 1,
      firstLayer: is3d ? 0 : Math.floor(z),
      layers: 1,
    });
    try {
      bindings.activateTexture(0, glTarget, texture);
      this.#setView(glTarget, src, part);
      const isFiltered = filter === GL.LINEAR && part !== 'stencil' && src.format.numeric === 'float';
      bindings.bindSampler(0, isFiltered ? this.#linear : this.#nearest);
      const size = levelSize(src.resource, src.level);
      const isExact = glTarget === GL.TEXTURE_RECTANGLE || glTarget === GL.TEXTURE_2D_MULTISAMPLE;
      const wide = isExact ? 1 : size.width;
      const high = isExact ? 1 : size.height;
      // A mirrored destination is drawn the right way round, from a source that is mirrored.
      const [x0, x1] = ordered(src.x, src.x + src.width, dst.width < 0);
      const [y0, y1] = ordered(src.y, src.y + src.height, dst.height < 0);
      bindings.useProgram(program.name);
      gl.uniform4f(program.box, x0 / wide, y0 / high, x1 / wide, y1 / high);
      gl.uniform1f(program.slice, z / size.layers);
      this.#setDepth(part === 'depth' ? NEW_DEPTH : KEPT_DEPTH);
      state.set(GL.STENCIL_TEST, part === 'stencil');
      if (part === 'stencil') this.#drawStencil(program);
      else gl.drawArrays(GL.TRIANGLE_STRIP, 0, 4);
    } finally {
      bindings.activateTexture(scratchUnit(this.#capabilities), glTarget, 0);
      deleteTexture(this.context, texture);
    }
  }

  #setView(glTarget: number, { format }: BlitSide, part: BlitPart): void {
    const { gl } = this.context;
    if (part === 'color') {
      format.gl.sample.forEach((component, i) => {
        gl.texParameteri(glTarget, GL.TEXTURE_SWIZZLE_R + i, SWIZZLES[component] ?? GL.ZERO);
      });
    } else if (format.aspect === 'depthStencil') {
      const mode = part === 'depth' ? GL.DEPTH_COMPONENT : GL.STENCIL_INDEX;
      gl.texParameteri(glTarget, GL.DEPTH_STENCIL_TEXTURE_MODE, mode);
    }
  }

  #setDepth({ tests, writes }: { readonly tests: boolean; readonly writes: boolean }): void {
    const { state } = this.context;
    state.set(GL.DEPTH_TEST, tests);
    state.depthMask(writes);
    state.depthFunc(GL.ALWAYS);
  }

  #drawStencil({ bit: location }: BlitProgram): void {
    const { gl, state } = this.context;
    for (const bit of STENCIL_BITS) {
      gl.uniform1ui(location, bit);
      for (const face of [GL.FRONT, GL.BACK]) {
        state.stencilFunc(face, GL.ALWAYS, bit === 0 ? 0 : 0xff, 0xff);
        state.stencilOp(face, GL.REPLACE, GL.REPLACE, GL.REPLACE);
        state.stencilMask(face, bit === 0 ? 0xff : bit);
      }
      gl.drawArrays(GL.TRIANGLE_STRIP, 0, 4);
    }
  }

  #makeSampler(filter: number): number {
    const { gl } = this.context;
    gl.genSamplers(1, name);
    const sampler = name[0]!;
    gl.samplerParameteri(sampler, GL.TEXTURE_MIN_FILTER, filter);
    gl.samplerParameteri(sampler, GL.TEXTURE_MAG_FILTER, filter);
    gl.samplerParameteri(sampler, GL.TEXTURE_WRAP_S, GL.CLAMP_TO_EDGE);
    gl.samplerParameteri(sampler, GL.TEXTURE_WRAP_T, GL.CLAMP_TO_EDGE);
    gl.samplerParameteri(sampler, GL.TEXTURE_WRAP_R, GL.CLAMP_TO_EDGE);
    return sampler;
  }
}

const PARTS: readonly (readonly [bit: number, part: BlitPart])[] = [
  [GL.COLOR_BUFFER_BIT, 'color'],
  [GL.DEPTH_BUFFER_BIT, 'depth'],
  [GL.STENCIL_BUFFER_BIT, 'stencil'],
];

function viewTarget({ src: { resource } }: Blit): number {
  const { storage } = resource;
  return storage.kind === 'texture' ? (VIEW_TARGETS[storage.glTarget] ?? GL.TEXTURE_2D) : GL.TEXTURE_2D;
}

function ordered(first: number, last: number, isMirrored: boolean): readonly [number, number] {
  return isMirrored ? [last, first] : [first, last];
}
