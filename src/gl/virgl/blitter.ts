/**
 * Blits by drawing: what OpenGL's own blit cannot do. It has a context of its own, so that a guest's queries do not count
 * what is drawn here, and nothing of a guest's state needs to be put back.
 */
import type { DeviceContext } from '../core/gl-device.ts';
import { GpuError } from '../core/gpu-error.ts';
import type { GlCapabilities } from '../egl/capabilities.ts';
import * as GL from '../egl/gl-constants.ts';
import type { GlslTarget } from '../shader/emit-glsl/glsl-target.ts';
import { BlitTexture } from './blit-texture.ts';
import { BlitPrograms } from './blit-program.ts';
import type { Blit } from './blit.ts';
import { levelSize } from './resource.ts';
import { createTextureView, deleteTexture } from './texture-view.ts';
import { scratchUnit } from './texture-storage.ts';

const name = new Uint32Array(1);
const FIRST_BUFFER = Uint32Array.of(GL.COLOR_ATTACHMENT0);
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

  /** Draws. The context is current. Throws GpuError before anything has changed. */
  blit(request: Blit): void {
    const { src, dst, mask } = request;
    const { gl, bindings, state } = this.context;
    const from = src.format.numeric;
    const into = dst.format.numeric;
    if ((from === 'float') !== (into === 'float')) {
      throw new GpuError('format', `a blit from ${src.format.name} to ${dst.format.name}`);
    }
    const samples = Math.max(1, src.resource.args.samples);
    const isPerSample = samples > 1 && dst.resource.args.samples === samples;
    const program = this.#programs.get({
      glTarget: viewTarget(request),
      from,
      into,
      samples,
      isPerSample,
      output: dst.format.gl.output,
    });
    const target = new BlitTexture(this.context, dst);
    try {
      bindings.bindFramebuffer(GL.DRAW_FRAMEBUFFER, this.#framebuffer);
      bindings.useProgram(program.name);
      bindings.bindVertexArray(this.#vertexArray);
      this.#setState(request, mask);
      const step = src.depth / dst.depth;
      for (let layer = 0; layer < dst.depth; layer++) {
        target.attach(GL.DRAW_FRAMEBUFFER, dst.z + layer);
        if (layer === 0) {
          gl.drawBuffers(1, FIRST_BUFFER);
          if (gl.checkFramebufferStatus(GL.DRAW_FRAMEBUFFER) !== GL.FRAMEBUFFER_COMPLETE) {
            throw new GpuError('format', `the device does not blit to ${dst.format.name}`);
          }
        }
        this.#drawLayer(request, program, src.z + (layer + 0.5) * step);
      }
    } finally {
      gl.framebufferTexture2D(GL.DRAW_FRAMEBUFFER, GL.COLOR_ATTACHMENT0, GL.TEXTURE_2D, 0, 0);
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

  #setState({ dst, scissor, isBlended }: Blit, mask: number): void {
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

  #drawLayer({ src, dst, filter }: Blit, program: { readonly box: number; readonly slice: number }, z: number): void {
    const { gl, bindings } = this.context;
    const { storage, format: own } = src.resource;
    if (storage.kind !== 'texture' || own === null) return;
    const glTarget = VIEW_TARGETS[storage.glTarget] ?? GL.TEXTURE_2D;
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
      src.format.gl.sample.forEach((component, i) => {
        gl.texParameteri(glTarget, GL.TEXTURE_SWIZZLE_R + i, SWIZZLES[component] ?? GL.ZERO);
      });
      bindings.bindSampler(0, filter === GL.LINEAR && src.format.numeric === 'float' ? this.#linear : this.#nearest);
      const size = levelSize(src.resource, src.level);
      const isExact = glTarget === GL.TEXTURE_RECTANGLE || glTarget === GL.TEXTURE_2D_MULTISAMPLE;
      const wide = isExact ? 1 : size.width;
      const high = isExact ? 1 : size.height;
      // A mirrored destination is drawn the right way round, from a source that is mirrored.
      const [x0, x1] = ordered(src.x, src.x + src.width, dst.width < 0);
      const [y0, y1] = ordered(src.y, src.y + src.height, dst.height < 0);
      gl.uniform4f(program.box, x0 / wide, y0 / high, x1 / wide, y1 / high);
      gl.uniform1f(program.slice, z / size.layers);
      gl.drawArrays(GL.TRIANGLE_STRIP, 0, 4);
    } finally {
      bindings.activateTexture(scratchUnit(this.#capabilities), glTarget, 0);
      deleteTexture(this.context, texture);
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

function viewTarget({ src: { resource } }: Blit): number {
  const { storage } = resource;
  return storage.kind === 'texture' ? (VIEW_TARGETS[storage.glTarget] ?? GL.TEXTURE_2D) : GL.TEXTURE_2D;
}

function ordered(first: number, last: number, isMirrored: boolean): readonly [number, number] {
  return isMirrored ? [last, first] : [first, last];
}
