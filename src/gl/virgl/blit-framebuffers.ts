/** Two framebuffers for copies: one is read, one is drawn to. They hold no attachment between copies. */
import type { DeviceContext } from '../core/gl-device.ts';
import * as GL from '../egl/gl-constants.ts';

const names = new Uint32Array(2);
const POINTS = [GL.COLOR_ATTACHMENT0, GL.DEPTH_ATTACHMENT, GL.STENCIL_ATTACHMENT] as const;

/** The framebuffers of one sub-context. */
export class BlitFramebuffers {
  readonly read: number;
  readonly draw: number;
  readonly #context: DeviceContext;

  constructor(context: DeviceContext) {
    this.#context = context;
    context.gl.genFramebuffers(2, names);
    this.read = names[0]!;
    this.draw = names[1]!;
  }

  /** Lets go of what is attached for reading. */
  clearRead(): void {
    this.#clear(GL.READ_FRAMEBUFFER, this.read);
  }

  /** Lets go of what is attached for drawing. */
  clearDraw(): void {
    this.#clear(GL.DRAW_FRAMEBUFFER, this.draw);
  }

  close(): void {
    names[0] = this.read;
    names[1] = this.draw;
    this.#context.gl.deleteFramebuffers(2, names);
    this.#context.bindings.forgetFramebuffer(this.read);
    this.#context.bindings.forgetFramebuffer(this.draw);
  }

  #clear(target: number, name: number): void {
    const { gl, bindings } = this.#context;
    bindings.bindFramebuffer(target, name);
    for (const point of POINTS) gl.framebufferTexture2D(target, point, GL.TEXTURE_2D, 0, 0);
  }
}
