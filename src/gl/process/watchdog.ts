/**
 * Decides whether a GPU process is alive, from outside, without asking it.
 *
 * A process that was stopped by a signal is given up at once: nothing of a guest's does that. One that is at a command and
 * gets nowhere is given up after `hangTimeoutMs`: commands take microseconds, and only compilers and what waits behind long
 * draws take longer; no time tells an endless shader from a slow one, so this one is longer than any that is worth waiting
 * for. One that waits for the GPU gets `GPU_PATIENCE` times as long, for there many draws are waited for at once. Time in which
 * a thread of the process waited for a processor does not count: on a busy machine that is most of it. One that makes its
 * guest wait may do so for as long as it likes.
 */
import type { OrderSource } from './order-channel.ts';
import { WORK_STATE } from './order-channel.ts';
import type { RenderProcess } from './render-process.ts';
import { longestWait } from './starvation.ts';

/** How much longer the GPU may take for all that was drawn than one command. */
const GPU_PATIENCE = 2.5;

/** What is watched. */
export interface WatchedProcess {
  readonly process: Pick<RenderProcess, 'isStopped' | 'starvation'>;
  readonly source: Pick<OrderSource, 'progress' | 'workState' | 'workContext'>;
}

/** The verdict on a process that must be replaced. */
export interface Hang {
  readonly reason: string;
  /** The number of the context that it was at; 0 when it was at none. */
  readonly context: number;
}

/** Watches one process at a time. */
export class Watchdog {
  readonly #hangTimeoutMs: number;
  #watched: WatchedProcess | null = null;
  #progress = 0;
  #state = 0;
  #since = 0;
  /** What its threads had waited when it was first seen to get nowhere. */
  #starvation: ReadonlyMap<number, number> | null = null;

  constructor(hangTimeoutMs: number) {
    this.#hangTimeoutMs = hangTimeoutMs;
  }

  /**
   * Looks at a process of which something is awaited. To be called again and again; `now` in milliseconds. Null while it
   * lives.
   */
  look(watched: WatchedProcess, now: number): Hang | null {
    const { process, source } = watched;
    const { progress, workState, workContext } = source;
    if (process.isStopped) return { reason: 'stopped by a signal', context: 0 };
    if (workState === WORK_STATE.rest) {
      this.rest();
      return null;
    }
    if (watched !== this.#watched || progress !== this.#progress || workState !== this.#state) {
      this.#watched = watched;
      this.#progress = progress;
      this.#state = workState;
      this.#since = now;
      this.#starvation = null;
      return null;
    }
    this.#starvation ??= process.starvation;
    const limit = workState === WORK_STATE.gpu ? this.#hangTimeoutMs * GPU_PATIENCE : this.#hangTimeoutMs;
    const stuck = now - this.#since;
    if (stuck < limit || stuck - longestWait(this.#starvation, process.starvation) < limit) return null;
    return { reason: `hung for ${Math.round(stuck)} ms`, context: workContext };
  }

  /** Nothing is awaited: time begins anew. */
  rest(): void {
    this.#watched = null;
    this.#starvation = null;
  }
}
