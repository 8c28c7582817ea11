/**
 * Indexed draws that follow one another with nothing changed but where their indices begin, given to OpenGL in one call:
 * programs that draw many small things pay most for the driver's work around each draw. OpenGL's state is up to date for
 * the first; whatever could change it comes after `flush`, which the decoder calls (decode.ts).
 */
import { addressOf } from '../egl/memory-address.ts';
import type { DrawCall } from './draw.ts';
import type { Resource } from './resource.ts';
import type { SubContext } from './sub-context.ts';

/** Bounds of what is drawn in one call, during which nobody outside sees that work goes on. */
const MAX_DRAWS = 256;
const MAX_INDICES = 1 << 16;

const counts = new Int32Array(new ArrayBuffer(4 * MAX_DRAWS));
/** Offsets into the index buffer, as OpenGL takes them: addresses of 64 bits. */
const offsets = new Uint32Array(new ArrayBuffer(8 * MAX_DRAWS));
const biases = new Int32Array(new ArrayBuffer(4 * MAX_DRAWS));
const COUNTS = addressOf(counts);
const OFFSETS = addressOf(offsets);
const BIASES = addressOf(biases);

/** Draws that wait. Those of one submission of one context at a time. */
export class DrawBatch {
  #sub: SubContext | null = null;
  #buffer: Resource | null = null;
  #indexSize = 0;
  #type = 0;
  #mode = 0;
  #restartIndex: number | null = null;
  #count = 0;
  #indices = 0;
  #hasBias = false;

  /** Whether draws wait. */
  get isPending(): boolean {
    return this.#count > 0;
  }

  /** Takes a draw, for which OpenGL is set up, as the first. Nothing waits. */
  begin(sub: SubContext, call: DrawCall, type: number): void {
    this.#sub = sub;
    this.#buffer = sub.indexBuffer;
    this.#indexSize = sub.indexSize;
    this.#type = type;
    this.#mode = call.mode;
    this.#restartIndex = call.restartIndex;
    this.#indices = 0;
    this.#hasBias = false;
    this.#add(sub, call);
  }

  /** Takes a draw that differs from those that wait by its indices alone; false for any other, which is not taken. */
  join(sub: SubContext, call: DrawCall): boolean {
    const fits =
      sub === this.#sub &&
      sub.dirty === 0 &&
      isPlainDraw(call) &&
      call.mode === this.#mode &&
      call.restartIndex === this.#restartIndex &&
      sub.indexBuffer === this.#buffer &&
      sub.indexSize === this.#indexSize &&
      this.#count < MAX_DRAWS &&
      this.#indices + call.count <= MAX_INDICES;
    if (fits) this.#add(sub, call);
    return fits;
  }

  /** Draws what waits. */
  flush(): void {
    const count = this.#count;
    const sub = this.#sub;
    this.clear();
    if (sub === null || count === 0) return;
    const { gl } = sub.device;
    const hasMany = gl.available.has('multiDrawElements') && gl.available.has('multiDrawElementsBaseVertex');
    if (count > 1 && hasMany) {
      if (this.#hasBias) gl.multiDrawElementsBaseVertex(this.#mode, COUNTS, this.#type, OFFSETS, count, BIASES);
      else gl.multiDrawElements(this.#mode, COUNTS, this.#type, OFFSETS, count);
      return;
    }
    for (let i = 0; i < count; i++) {
      const bias = biases[i]!;
      if (bias === 0) gl.drawElements(this.#mode, counts[i]!, this.#type, offsets[2 * i]!);
      else gl.drawElementsBaseVertex(this.#mode, counts[i]!, this.#type, offsets[2 * i]!, bias);
    }
  }

  /** Forgets what waits. */
  clear(): void {
    this.#count = 0;
    this.#sub = null;
    this.#buffer = null;
  }

  #add(sub: SubContext, { count, indexBias }: DrawCall): void {
    const at = this.#count++;
    counts[at] = count;
    offsets[2 * at] = sub.indexOffset;
    biases[at] = indexBias;
    this.#indices += count;
    if (indexBias !== 0) this.#hasBias = true;
  }
}

/** Whether a draw is of indices, once, all of them, with nothing that OpenGL would have to be told besides. */
export function isPlainDraw(call: DrawCall): boolean {
  return (
    call.isIndexed &&
    call.instances === 1 &&
    call.startInstance === 0 &&
    call.indirect === null &&
    call.capturedBytes === 0
  );
}

/** Those of this process: a submission is done before another begins, and leaves none. */
export const drawBatch = new DrawBatch();
