/**
 * Brings damaged rectangles of a framebuffer into memory without waiting for the GPU: `start` asks, `poll` hands over
 * what has arrived. Pixels come as 32 bits, bytes B, G, R, X; X is whatever the source has as alpha.
 *
 * On hardware the pixels go into buffers of the driver's first, so that drawing can go on at once. Software drivers
 * would wait at that point for all that was drawn before: there only a fence is set, and the pixels are read when it has
 * passed. They are then those of that moment; whoever is about to draw to the source again, or to delete it, calls
 * `settle` first.
 *
 * The memory is the caller's, who keeps it until the job is done. Memory that was taken away meanwhile (a mapping that
 * was closed) is noticed, and the job counts as done.
 */
import koffi from 'koffi';
import { assert } from '../../base/assert.ts';
import { HostError } from '../../base/errors.ts';
import type { Rect } from '../../base/rect.ts';
import type { GlCapabilities } from './capabilities.ts';
import type { GlContext } from './context.ts';
import * as GL from './gl-constants.ts';
import { drainErrors, glErrorName } from './gl-errors.ts';
import { PackBuffers } from './pack-buffers.ts';
import type { BufferContext, PackBuffer } from './pack-buffers.ts';

const BYTES_PER_PIXEL = 4;

/** What is read from. */
export interface ReadbackSource {
  /** A complete framebuffer of one sample, whose first colour buffer is read. */
  readonly framebuffer: number;
  readonly width: number;
  readonly height: number;
  /** Row 0 of the framebuffer is the bottom of the picture. */
  readonly isUpsideDown: boolean;
}

/** Where pixels go. */
export interface ReadbackTarget {
  /** Row 0 is the top of the picture; it begins at a multiple of 4. */
  readonly pixels: Uint8Array;
  /** From row to row, a multiple of 4. */
  readonly strideBytes: number;
}

/** How pixels are read: `buffers` of the driver's at once, or `deferred` until drawing is done. */
export type ReadbackMethod = 'buffers' | 'deferred';

/** What a readback needs of its context. */
export type ReadbackContext = BufferContext & Pick<GlContext, 'state' | 'checkReset'>;

interface Job {
  readonly source: ReadbackSource;
  readonly rects: readonly Rect[];
  readonly target: ReadbackTarget;
  readonly sync: number;
  readonly buffer: PackBuffer | null;
  readonly onDone: (error: HostError | null) => void;
}

/** The readbacks of one context, which must be current whenever something of this is called. */
export class Readback implements Disposable {
  readonly method: ReadbackMethod;
  readonly #context: ReadbackContext;
  readonly #buffers: PackBuffers;
  readonly #jobs: Job[] = [];
  readonly #format: number;
  #rows = new Uint8Array(0);

  constructor(
    context: ReadbackContext,
    capabilities: GlCapabilities,
    method: ReadbackMethod = capabilities.isSoftware ? 'deferred' : 'buffers',
  ) {
    this.#context = context;
    this.method = method;
    this.#buffers = new PackBuffers(context);
    // OpenGL ES promises only this order; red and blue are exchanged on the way.
    this.#format = capabilities.flavour === 'gl' ? GL.BGRA : GL.RGBA;
  }

  /** Readbacks under way. */
  get pending(): number {
    return this.#jobs.length;
  }

  /**
   * Asks for rectangles (in coordinates of the picture, within source and target). `onDone` is called by a later `poll`,
   * `settle` or `close`, in the order of asking; with an error when the driver refused.
   */
  start(
    source: ReadbackSource,
    rects: readonly Rect[],
    target: ReadbackTarget,
    onDone: (error: HostError | null) => void,
  ): void {
    for (const rect of rects) checkRect(rect, source, target);
    const { gl } = this.#context;
    const buffer = this.method === 'buffers' ? this.#readIntoBuffer(source, rects) : null;
    const sync = gl.fenceSync(GL.SYNC_GPU_COMMANDS_COMPLETE, 0);
    gl.flush();
    this.#jobs.push({ source, rects: rects.slice(), target, sync, buffer, onDone });
  }

  /** Hands over what has arrived; returns how many are still under way. Never waits. */
  poll(): number {
    while (this.#jobs[0] !== undefined && this.#hasPassed(this.#jobs[0].sync, 0)) this.#finishFirst();
    return this.#jobs.length;
  }

  /**
   * Waits for everything asked for so far (of one framebuffer, if one is given) and hands it over. Throws HostError
   * `GL_CONTEXT_LOST` through the context's own check when the GPU was reset.
   */
  settle(framebuffer?: number): void {
    const last =
      framebuffer === undefined
        ? this.#jobs.length - 1
        : this.#jobs.findLastIndex((job) => job.source.framebuffer === framebuffer);
    for (let i = 0; i <= last; i++) {
      const job = this.#jobs[0];
      if (job === undefined) return;
      while (!this.#hasPassed(job.sync, WAIT_NANOSECONDS)) this.#context.checkReset();
      this.#finishFirst();
    }
  }

  /** Gives up what is under way, with an error to those who asked, and frees the buffers. Twice is once. */
  close(): void {
    const { gl } = this.#context;
    for (const job of this.#jobs.splice(0)) {
      gl.deleteSync(job.sync);
      if (job.buffer !== null) this.#buffers.giveBack(job.buffer);
      job.onDone(new HostError('GL_CLOSED', 'the readback was given up'));
    }
    this.#buffers.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #hasPassed(sync: number, timeout: number): boolean {
    const status = this.#context.gl.clientWaitSync(sync, 0, timeout);
    // A failed wait never passes: the read that follows tells why.
    return status !== GL.TIMEOUT_EXPIRED;
  }

  #finishFirst(): void {
    const job = this.#jobs.shift();
    if (job === undefined) return;
    this.#context.gl.deleteSync(job.sync);
    // A length of 0: the memory is gone, and nobody waits for pixels.
    if (job.target.pixels.length > 0) {
      if (job.buffer === null) this.#readDirectly(job);
      else this.#copyFromBuffer(job, job.buffer);
    }
    if (job.buffer !== null) this.#buffers.giveBack(job.buffer);
    const error = drainErrors(this.#context.gl);
    job.onDone(error === GL.NO_ERROR ? null : new HostError('GL_READ', `reading pixels failed: ${glErrorName(error)}`));
  }

  #readIntoBuffer(source: ReadbackSource, rects: readonly Rect[]): PackBuffer {
    const { gl, bindings } = this.#context;
    const buffer = this.#buffers.take(rects.reduce((sum, rect) => sum + bytesOf(rect), 0));
    bindings.bindFramebuffer(GL.READ_FRAMEBUFFER, source.framebuffer);
    bindings.bindBuffer(GL.PIXEL_PACK_BUFFER, buffer.name);
    this.#setRowLength(0);
    let offset = 0;
    for (const rect of rects) {
      gl.readPixels(rect.x, sourceRow(source, rect), rect.width, rect.height, this.#format, GL.UNSIGNED_BYTE, offset);
      offset += bytesOf(rect);
    }
    bindings.bindBuffer(GL.PIXEL_PACK_BUFFER, 0);
    return buffer;
  }

  #copyFromBuffer(job: Job, buffer: PackBuffer): void {
    const { gl, bindings } = this.#context;
    const size = job.rects.reduce((sum, rect) => sum + bytesOf(rect), 0);
    if (size === 0) return;
    bindings.bindBuffer(GL.PIXEL_PACK_BUFFER, buffer.name);
    const address = gl.mapBufferRange(GL.PIXEL_PACK_BUFFER, 0, size, GL.MAP_READ_BIT);
    if (address !== 0) {
      const pixels = new Uint8Array(koffi.view(BigInt(address), size));
      let at = 0;
      for (const rect of job.rects) {
        this.#copyRows(pixels.subarray(at, at + bytesOf(rect)), rect, job);
        at += bytesOf(rect);
      }
      gl.unmapBuffer(GL.PIXEL_PACK_BUFFER);
    }
    bindings.bindBuffer(GL.PIXEL_PACK_BUFFER, 0);
  }

  #readDirectly(job: Job): void {
    const { gl, bindings } = this.#context;
    const { source, target } = job;
    bindings.bindFramebuffer(GL.READ_FRAMEBUFFER, source.framebuffer);
    bindings.bindBuffer(GL.PIXEL_PACK_BUFFER, 0);
    const isAsIs = !source.isUpsideDown && this.#format === GL.BGRA;
    this.#setRowLength(isAsIs ? target.strideBytes / BYTES_PER_PIXEL : 0);
    // Nothing can take the memory away before the loop ends.
    const address = isAsIs ? Number(koffi.address(target.pixels)) : 0;
    for (const rect of job.rects) {
      const { x, y, width, height } = rect;
      if (isAsIs) {
        const into = address + y * target.strideBytes + x * BYTES_PER_PIXEL;
        gl.readPixels(x, y, width, height, this.#format, GL.UNSIGNED_BYTE, into);
      } else {
        const rows = this.#scratch(bytesOf(rect));
        gl.readPixels(x, sourceRow(source, rect), width, height, this.#format, GL.UNSIGNED_BYTE, rows);
        this.#copyRows(rows, rect, job);
      }
    }
  }

  #copyRows(rows: Uint8Array, rect: Rect, { source, target }: Job): void {
    const rowBytes = rect.width * BYTES_PER_PIXEL;
    if (this.#format === GL.RGBA) exchangeRedAndBlue(rows);
    for (let row = 0; row < rect.height; row++) {
      const from = (source.isUpsideDown ? rect.height - 1 - row : row) * rowBytes;
      const to = (rect.y + row) * target.strideBytes + rect.x * BYTES_PER_PIXEL;
      target.pixels.set(rows.subarray(from, from + rowBytes), to);
    }
  }

  #setRowLength(pixels: number): void {
    const { state } = this.#context;
    state.pixelStore(GL.PACK_ROW_LENGTH, pixels);
    state.pixelStore(GL.PACK_ALIGNMENT, BYTES_PER_PIXEL);
    state.pixelStore(GL.PACK_SKIP_ROWS, 0);
    state.pixelStore(GL.PACK_SKIP_PIXELS, 0);
    if (this.#format === GL.BGRA) state.pixelStore(GL.PACK_SWAP_BYTES, 0);
  }

  #scratch(size: number): Uint8Array {
    if (this.#rows.length < size) this.#rows = new Uint8Array(size);
    return this.#rows.subarray(0, size);
  }
}

// Short enough to look for a reset in between.
const WAIT_NANOSECONDS = 100_000_000;

function bytesOf(rect: Rect): number {
  return rect.width * rect.height * BYTES_PER_PIXEL;
}

/** The first row of the framebuffer that a rectangle of the picture covers. */
function sourceRow(source: ReadbackSource, rect: Rect): number {
  return source.isUpsideDown ? source.height - rect.y - rect.height : rect.y;
}

function exchangeRedAndBlue(rows: Uint8Array): void {
  const pixels = new Uint32Array(rows.buffer, rows.byteOffset, rows.byteLength / BYTES_PER_PIXEL);
  for (let i = 0; i < pixels.length; i++) {
    const pixel = pixels[i] ?? 0;
    pixels[i] = (pixel & 0xff00ff00) | ((pixel & 0xff) << 16) | ((pixel >>> 16) & 0xff);
  }
}

function checkRect(rect: Rect, source: ReadbackSource, target: ReadbackTarget): void {
  const { x, y, width, height } = rect;
  assert(
    [x, y, width, height].every((n) => Number.isInteger(n) && n >= 0),
    'a rectangle of whole pixels',
  );
  assert(x + width <= source.width && y + height <= source.height, 'a rectangle within the source');
  assert(target.strideBytes % BYTES_PER_PIXEL === 0 && (x + width) * BYTES_PER_PIXEL <= target.strideBytes, 'stride');
  const end = (y + height - 1) * target.strideBytes + (x + width) * BYTES_PER_PIXEL;
  assert(width === 0 || height === 0 || end <= target.pixels.length, 'a rectangle within the target');
}
