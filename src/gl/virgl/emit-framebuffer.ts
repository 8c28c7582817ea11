/** Tells OpenGL what to draw to: the framebuffer object of a sub-context, attached anew when surfaces change. */
import type { DeviceContext } from '../core/gl-device.ts';
import * as GL from '../egl/gl-constants.ts';
import type { SubContext } from './sub-context.ts';
import type { Surface } from './surface.ts';
import { isDrawable } from './texture-format.ts';
import { VIRGL } from './virgl-limits.ts';

const name = new Uint32Array(1);
const buffers = new Uint32Array(VIRGL.colorBuffers);

/** The framebuffer of a sub-context. */
export class FramebufferEmitter {
  readonly name: number;
  readonly #context: DeviceContext;
  #isComplete = false;
  #colors = 0;
  #depthPoint: number | null = null;

  constructor(context: DeviceContext) {
    this.#context = context;
    context.gl.genFramebuffers(1, name);
    this.name = name[0]!;
  }

  /** Binds it; with `isDirty` its surfaces are attached again. False when the driver does not draw to these surfaces. */
  emit({ framebuffer }: SubContext, isDirty: boolean): boolean {
    const { gl, bindings } = this.#context;
    bindings.bindFramebuffer(GL.DRAW_FRAMEBUFFER, this.name);
    if (!isDirty) return this.#isComplete;
    const { colors, depth } = framebuffer;
    if (!colors.every(canDrawTo) || !canDrawTo(depth)) {
      this.#isComplete = false;
      return false;
    }
    for (let i = 0; i < Math.max(colors.length, this.#colors); i++) {
      const color = colors[i] ?? null;
      if (color === null) detach(gl, GL.COLOR_ATTACHMENT0 + i);
      else color.attach(GL.DRAW_FRAMEBUFFER, GL.COLOR_ATTACHMENT0 + i);
      buffers[i] = color === null ? GL.NONE : GL.COLOR_ATTACHMENT0 + i;
    }
    this.#colors = colors.length;
    const point = depth === null ? null : depthPoint(depth);
    if (this.#depthPoint !== null && this.#depthPoint !== point) detach(gl, this.#depthPoint);
    if (depth !== null && point !== null) depth.attach(GL.DRAW_FRAMEBUFFER, point);
    this.#depthPoint = point;
    gl.drawBuffers(colors.length, buffers);
    if (colors.every((color) => color === null) && depth === null) this.#emitSize(framebuffer);
    this.#isComplete = gl.checkFramebufferStatus(GL.DRAW_FRAMEBUFFER) === GL.FRAMEBUFFER_COMPLETE;
    return this.#isComplete;
  }

  close(): void {
    name[0] = this.name;
    this.#context.gl.deleteFramebuffers(1, name);
    this.#context.bindings.forgetFramebuffer(this.name);
  }

  #emitSize({ width, height, layers, samples }: SubContext['framebuffer']): void {
    const { gl } = this.#context;
    if (!gl.available.has('framebufferParameteri')) return;
    gl.framebufferParameteri(GL.DRAW_FRAMEBUFFER, GL.FRAMEBUFFER_DEFAULT_WIDTH, Math.max(1, width));
    gl.framebufferParameteri(GL.DRAW_FRAMEBUFFER, GL.FRAMEBUFFER_DEFAULT_HEIGHT, Math.max(1, height));
    gl.framebufferParameteri(GL.DRAW_FRAMEBUFFER, GL.FRAMEBUFFER_DEFAULT_SAMPLES, samples);
    if (gl.offered.flavour === 'gl')
      gl.framebufferParameteri(GL.DRAW_FRAMEBUFFER, GL.FRAMEBUFFER_DEFAULT_LAYERS, layers);
  }
}

function canDrawTo(surface: Surface | null): boolean {
  return surface === null || isDrawable(surface.format);
}

function detach(gl: DeviceContext['gl'], point: number): void {
  gl.framebufferTexture2D(GL.DRAW_FRAMEBUFFER, point, GL.TEXTURE_2D, 0, 0);
}

/** Where a surface of depth, stencil or both is attached. */
export function depthPoint({ format }: Surface): number {
  if (format.aspect === 'depth') return GL.DEPTH_ATTACHMENT;
  return format.aspect === 'stencil' ? GL.STENCIL_ATTACHMENT : GL.DEPTH_STENCIL_ATTACHMENT;
}
