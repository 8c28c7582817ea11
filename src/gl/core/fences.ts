/**
 * Points in the work of the GPU that guests wait for. Those of one timeline are reached in the order they were made; each is
 * a sync object of OpenGL, made in the context whose work it follows.
 */
import * as GL from '../egl/gl-constants.ts';
import type { GlApi } from '../egl/gl-loader.ts';
import { Quota } from './quota.ts';

interface Pending {
  readonly sync: number;
  readonly onReached: () => void;
}

/** GL_TIMEOUT_IGNORED, the only time there is. */
const FOR_EVER = 2n ** 64n - 1n;

/** One timeline of fences. */
export class Fences {
  readonly #gl: GlApi;
  readonly #quota: Quota;
  #pending: Pending[] = [];

  constructor(gl: GlApi, maxFences: number) {
    this.#gl = gl;
    this.#quota = new Quota('fences', maxFences);
  }

  /** Fences not yet reached. */
  get size(): number {
    return this.#pending.length;
  }

  /** Calls back from `poll` or `wait` once all work given to the current context so far is done. Throws GpuError `quota`. */
  add(onReached: () => void): void {
    this.#quota.take();
    this.#pending.push({ sync: this.#gl.fenceSync(GL.SYNC_GPU_COMMANDS_COMPLETE, 0), onReached });
    this.#gl.flush();
  }

  /** Tells those that are reached, and says whether none is left. Never waits. */
  poll(): boolean {
    return this.#advance(0);
  }

  /** Waits at most so long for all. Says whether none is left. */
  wait(timeoutMs: number): boolean {
    return this.#advance(timeoutMs * 1e6);
  }

  /** Has the GPU do what is given to the current context from now on after all that these fences follow. Never waits. */
  order(): void {
    for (const { sync } of this.#pending) this.#gl.waitSync(sync, 0, FOR_EVER);
  }

  /** Forgets all without telling. */
  clear(): void {
    for (const { sync } of this.#pending) this.#gl.deleteSync(sync);
    this.#quota.release(this.#pending.length);
    this.#pending = [];
  }

  #advance(timeoutNs: number): boolean {
    let reached = 0;
    for (const { sync } of this.#pending) {
      // A wait that failed means that the context is gone: nothing would ever signal.
      if (this.#gl.clientWaitSync(sync, GL.SYNC_FLUSH_COMMANDS_BIT, timeoutNs) === GL.TIMEOUT_EXPIRED) break;
      this.#gl.deleteSync(sync);
      reached++;
    }
    if (reached > 0) {
      this.#quota.release(reached);
      for (const { onReached } of this.#pending.splice(0, reached)) onReached();
    }
    return this.#pending.length === 0;
  }
}
