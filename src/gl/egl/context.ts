/**
 * A context of OpenGL. Its calls act on whatever context is current in the thread, so whoever draws calls
 * `makeCurrent` first; that costs nothing while the same context stays current.
 *
 * Contexts that share resources form a group. A name that is deleted in one may come back for another object, so the
 * group forgets it in the cached state of all of them.
 */
import { HostError } from '../../base/errors.ts';
import { Bindings } from './bindings.ts';
import type { GlDisplay } from './display.ts';
import { eglErrorName } from './egl-api.ts';
import * as EGL from './egl-constants.ts';
import type { GlApi } from './gl-loader.ts';
import { readReset } from './reset.ts';
import type { GlReset } from './reset.ts';
import { RasterState } from './raster-state.ts';

// EGL's current context belongs to the thread, and so does a module's memory.
const thread: { current: GlContext | null } = { current: null };

/** To be called by whoever makes another context current than by `GlContext.makeCurrent`. */
export function forgetCurrentContext(): void {
  thread.current = null;
}

/** The contexts that share resources. */
export type ShareGroup = Set<GlContext>;

/** A context that is alive, or lost. */
export class GlContext implements Disposable {
  /** EGLContext. */
  readonly handle: number;
  readonly display: GlDisplay;
  readonly gl: GlApi;
  readonly group: ShareGroup;
  /** What is bound now: goes around calls that change nothing. */
  readonly bindings: Bindings;
  /** The fixed-function state now: goes around calls that change nothing. */
  readonly state: RasterState;
  readonly #onClose: (context: GlContext) => void;
  #lost: GlReset | null = null;
  #isOpen = true;

  /** Use `GlDisplay.createContext`. */
  constructor(
    display: GlDisplay,
    handle: number,
    group: ShareGroup | undefined,
    onClose: (context: GlContext) => void,
  ) {
    this.display = display;
    this.handle = handle;
    this.gl = display.gl;
    this.group = group ?? new Set();
    this.group.add(this);
    this.bindings = new Bindings(display.gl);
    this.state = new RasterState(display.gl);
    this.#onClose = onClose;
  }

  /** Whether this is the context that calls act on. */
  get isCurrent(): boolean {
    return thread.current === this;
  }

  /** Why the context is lost, or null while it works. */
  get lost(): GlReset | null {
    return this.#lost;
  }

  /** Directs calls to this context. Throws HostError `GL_CONTEXT_LOST` when it is lost, `GL_NO_CONTEXT` when EGL refuses. */
  makeCurrent(): void {
    if (thread.current === this && this.#lost === null) return;
    this.#throwIfLost();
    const { egl, handle } = this.display;
    if (egl.makeCurrent(handle, 0, 0, this.handle) === 0) {
      const error = egl.getError();
      if (error === EGL.CONTEXT_LOST) this.#lose('unknown');
      throw new HostError('GL_NO_CONTEXT', `eglMakeCurrent failed: ${eglErrorName(error)}`);
    }
    thread.current = this;
  }

  /**
   * Asks the driver whether the GPU was reset, which it tells robust contexts only. The context must be current. Throws
   * HostError `GL_CONTEXT_LOST` now and on every later use if so: the context and all it made are gone.
   */
  checkReset(): void {
    this.#throwIfLost();
    const reset = readReset(this.gl);
    if (reset !== null) this.#lose(reset);
  }

  /** Forgets deleted textures in every context of the group. Call it with `deleteTextures`. */
  forgetTexture(name: number): void {
    for (const context of this.group) context.bindings.forgetTexture(name);
  }

  /** Forgets a deleted buffer in every context of the group. Call it with `deleteBuffers`. */
  forgetBuffer(name: number): void {
    for (const context of this.group) context.bindings.forgetBuffer(name);
  }

  /** Forgets a deleted sampler in every context of the group. Call it with `deleteSamplers`. */
  forgetSampler(name: number): void {
    for (const context of this.group) context.bindings.forgetSampler(name);
  }

  /** Forgets a deleted program in every context of the group. Call it with `deleteProgram`. */
  forgetProgram(name: number): void {
    for (const context of this.group) context.bindings.forgetProgram(name);
  }

  /** Ends the context; what it shared lives on with the others of its group. Twice is once. */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    const { egl, handle } = this.display;
    if (thread.current === this) {
      egl.makeCurrent(handle, 0, 0, 0);
      thread.current = null;
    }
    egl.destroyContext(handle, this.handle);
    this.group.delete(this);
    this.#onClose(this);
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #lose(reset: GlReset): never {
    this.#lost = reset;
    throw lostError(reset);
  }

  #throwIfLost(): void {
    if (this.#lost !== null) throw lostError(this.#lost);
  }
}

function lostError(reset: GlReset): HostError {
  return new HostError('GL_CONTEXT_LOST', `the OpenGL context is lost: ${SENTENCES[reset]}`);
}

const SENTENCES: Readonly<Record<GlReset, string>> = {
  guilty: 'its own commands made the GPU reset',
  innocent: 'the GPU was reset because of another program',
  unknown: 'the GPU was reset',
};
