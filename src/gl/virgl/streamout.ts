/**
 * Capturing of vertices. A set of targets is a transform feedback object, which stays paused between draws: so a guest can
 * stop, go on where it stopped, and draw as many vertices as were captured.
 */
import type { DeviceContext } from '../core/gl-device.ts';
import { GpuError } from '../core/gpu-error.ts';
import * as GL from '../egl/gl-constants.ts';
import type { StreamoutTarget } from './streamout-target.ts';

const name = new Uint32Array(1);
const MAX_KEPT = 64;

interface Capture {
  readonly name: number;
  readonly targets: readonly (StreamoutTarget | null)[];
  state: 'ended' | 'active' | 'paused';
  /** The program it was begun with, without which it cannot go on. */
  program: number;
  primitive: number;
}

/** The captures of one sub-context. */
export class Streamout {
  readonly #context: DeviceContext;
  /** In order of use, the newest last. */
  #kept: Capture[] = [];
  #current: Capture | null = null;

  constructor(context: DeviceContext) {
    this.#context = context;
  }

  get isBound(): boolean {
    return this.#current !== null;
  }

  /**
   * Captures into these targets from the next draw on; none ends it. With targets of before it goes on where it stopped:
   * guests never say that they append, and make new targets to begin anew.
   */
  bind(targets: readonly (StreamoutTarget | null)[]): void {
    this.pause();
    if (targets.every((target) => target === null)) {
      this.#current = null;
      return;
    }
    const same = this.#kept.find(
      (capture) =>
        capture.targets.length === targets.length && capture.targets.every((target, i) => target === targets[i]),
    );
    if (same !== undefined && same !== this.#kept.at(-1)) {
      this.#kept.splice(this.#kept.indexOf(same), 1);
      this.#kept.push(same);
    }
    this.#current = same ?? this.#make(targets);
  }

  /**
   * Begins, or goes on, before a draw with this program, which captures into `buffers`, one bit each. Throws GpuError `state`
   * where it went on with other primitives, or where a buffer has no target.
   */
  resume(program: number, primitive: number, buffers: number): void {
    const capture = this.#current;
    if (capture === null || buffers === 0) return;
    for (let i = 0; buffers >> i !== 0; i++) {
      const isMissing = ((buffers >> i) & 1) !== 0 && (capture.targets[i] ?? null) === null;
      if (isMissing) throw new GpuError('state', `no target for buffer ${i} of a capture`);
    }
    const isSame = capture.state === 'paused' && capture.program === program;
    // OpenGL 4.6, 13.3.2: what is captured at a time is of one kind.
    if (isSame && capture.primitive !== primitive) throw new GpuError('state', 'a capture of other primitives');
    const { gl, bindings } = this.#context;
    bindings.bindTransformFeedback(capture.name);
    if (isSame) gl.resumeTransformFeedback();
    else {
      this.#end(capture);
      bindings.bindTransformFeedback(capture.name);
      gl.beginTransformFeedback(primitive);
    }
    capture.state = 'active';
    capture.program = program;
    capture.primitive = primitive;
  }

  /** Stops for now, after a draw. */
  pause(): void {
    if (this.#current?.state !== 'active') return;
    this.#context.bindings.bindTransformFeedback(this.#current.name);
    this.#context.gl.pauseTransformFeedback();
    this.#current.state = 'paused';
    this.#context.bindings.bindTransformFeedback(0);
  }

  /**
   * The object that knows how many vertices were captured last into a target of so many bytes, ended so that it may be drawn
   * from; 0 for none. Guests name the target by its size.
   */
  source(sizeBytes: number): number {
    const capture = this.#kept.findLast(
      (kept) => kept !== this.#current && kept.targets.some((target) => target?.size === sizeBytes),
    );
    if (capture === undefined) return 0;
    this.#end(capture);
    return capture.name;
  }

  /** Lets go of captures with a target that is destroyed, unless it is in use. */
  forget(target: StreamoutTarget): void {
    for (const capture of this.#kept.filter((kept) => kept !== this.#current && kept.targets.includes(target)))
      this.#delete(capture);
    this.#kept = this.#kept.filter((capture) => capture === this.#current || !capture.targets.includes(target));
  }

  /** Deletes all. */
  close(): void {
    this.#current = null;
    for (const capture of this.#kept) this.#delete(capture);
    this.#kept = [];
  }

  #make(targets: readonly (StreamoutTarget | null)[]): Capture {
    const { gl, bindings } = this.#context;
    if (this.#kept.length >= MAX_KEPT) {
      const oldest = this.#kept.shift();
      if (oldest !== undefined) this.#delete(oldest);
    }
    gl.genTransformFeedbacks(1, name);
    const capture: Capture = { name: name[0]!, targets: [...targets], state: 'ended', program: 0, primitive: 0 };
    bindings.bindTransformFeedback(capture.name);
    targets.forEach((target, i) => {
      target?.retain();
      if (target === null) bindings.bindBufferBase(GL.TRANSFORM_FEEDBACK_BUFFER, i, 0);
      else
        bindings.bindBufferRange(GL.TRANSFORM_FEEDBACK_BUFFER, i, target.resource.buffer, target.offset, target.size);
    });
    bindings.bindTransformFeedback(0);
    this.#kept.push(capture);
    return capture;
  }

  #end(capture: Capture): void {
    if (capture.state === 'ended') return;
    const { gl, bindings } = this.#context;
    bindings.bindTransformFeedback(capture.name);
    gl.endTransformFeedback();
    bindings.bindTransformFeedback(0);
    capture.state = 'ended';
  }

  #delete(capture: Capture): void {
    this.#end(capture);
    name[0] = capture.name;
    this.#context.gl.deleteTransformFeedbacks(1, name);
    this.#context.bindings.forgetTransformFeedback(capture.name);
    for (const target of capture.targets) target?.release();
  }
}
