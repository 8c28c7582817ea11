/** Buffers that pixels are read into, kept for the next readback of about the same size. */
import type { GlContext } from './context.ts';
import * as GL from './gl-constants.ts';

/** A buffer. */
export interface PackBuffer {
  readonly name: number;
  readonly sizeBytes: number;
}

/** What buffers need of their context. */
export type BufferContext = Pick<GlContext, 'gl' | 'bindings' | 'forgetBuffer'>;

const MIN_BYTES = 64 * 1024;
const MAX_KEPT = 4;

/** The pack buffers of one context, which must be current whenever something of this is called. */
export class PackBuffers implements Disposable {
  readonly #context: BufferContext;
  readonly #free: PackBuffer[] = [];
  readonly #name = new Uint32Array(1);

  constructor(context: BufferContext) {
    this.#context = context;
  }

  /** A buffer of at least so many bytes. */
  take(sizeBytes: number): PackBuffer {
    const index = this.#free.findIndex((buffer) => buffer.sizeBytes >= sizeBytes);
    const [found] = index < 0 ? [] : this.#free.splice(index, 1);
    if (found !== undefined) return found;
    const { gl, bindings } = this.#context;
    gl.genBuffers(1, this.#name);
    const name = this.#name[0] ?? 0;
    // Powers of two, so that rectangles of many sizes share few buffers.
    const size = Math.max(MIN_BYTES, 2 ** Math.ceil(Math.log2(sizeBytes)));
    bindings.bindBuffer(GL.PIXEL_PACK_BUFFER, name);
    gl.bufferData(GL.PIXEL_PACK_BUFFER, size, null, GL.STREAM_READ);
    return { name, sizeBytes: size };
  }

  /** Takes a buffer back. The smallest go when there are too many. */
  giveBack(buffer: PackBuffer): void {
    this.#free.push(buffer);
    this.#free.sort((a, b) => a.sizeBytes - b.sizeBytes);
    if (this.#free.length > MAX_KEPT) this.#delete(this.#free.shift());
  }

  /** Deletes all that were given back. */
  close(): void {
    for (const buffer of this.#free.splice(0)) this.#delete(buffer);
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #delete(buffer: PackBuffer | undefined): void {
    if (buffer === undefined) return;
    this.#name[0] = buffer.name;
    this.#context.gl.deleteBuffers(1, this.#name);
    this.#context.forgetBuffer(buffer.name);
  }
}
