/** A viewer that draws what it is told with the browser's decoders, as strictly as a hostile critic would. */
import sharp from 'sharp';
import type { DrawBatch, DrawStep, ViewerSink } from '../../src/display/contract.ts';
import { decodeLz } from '../../src/display/encoders/lz.decode.ts';
import { decodeLz4 } from '../../src/display/encoders/lz4.decode.ts';
import { decodeRaw } from '../../src/display/encoders/raw.decode.ts';
import type { Rect } from '../../src/base/rect.ts';

const DECODERS = { raw: decodeRaw, lz: decodeLz, lz4: decodeLz4 } as const;

/** See the file's head. */
export class ReplayViewer implements ViewerSink {
  width = 0;
  height = 0;
  /** R, G, B, 255. */
  pixels = new Uint8Array(0);
  resizes = 0;
  batches = 0;
  lastFrame = 0;
  /** Kinds of steps seen, images by encoding. */
  readonly seen = new Map<string, number>();
  /** Called after each batch was drawn and released. */
  onDrawn: (batch: DrawBatch) => void = () => {};
  /** Called as each batch comes. */
  onBatch: (batch: DrawBatch) => void = () => {};
  readonly #cache = new Map<bigint, { width: number; height: number; pixels: Uint8Array }>();
  readonly #cachePixels: number;
  #granted = 0;
  /** Batches are drawn one after the other, though JPEG takes its time. */
  #queue: Promise<void> = Promise.resolve();

  constructor(cachePixels = 0) {
    this.#cachePixels = cachePixels;
  }

  /** Notes batches that may come. */
  expect(batches: number): void {
    this.#granted += batches;
  }

  resize(width: number, height: number): void {
    this.#queue = this.#queue.then(() => {
      this.width = width;
      this.height = height;
      this.resizes++;
      this.pixels = new Uint8Array(width * height * 4).fill(77);
    });
  }

  draw(batch: DrawBatch): void {
    if (--this.#granted < 0) throw new Error('more batches than were granted');
    this.onBatch(batch);
    this.#queue = this.#queue.then(async () => {
      if (batch.frame < this.lastFrame) throw new Error('frames go backwards');
      this.lastFrame = batch.frame;
      for (const id of batch.evicted) {
        if (!this.#cache.delete(id)) throw new Error(`evicted ${id}, which is not kept`);
      }
      if (batch.steps.length === 0) throw new Error('a batch without steps');
      for (const step of batch.steps) await this.#apply(step);
      this.batches++;
      batch.release();
      this.onDrawn(batch);
    });
  }

  /** Resolves when all that came was drawn; rejects when something of it was wrong. */
  get settled(): Promise<void> {
    return this.#queue;
  }

  async #apply(step: DrawStep): Promise<void> {
    const { rect } = step;
    const isInside =
      rect.x >= 0 && rect.y >= 0 && rect.x + rect.width <= this.width && rect.y + rect.height <= this.height;
    if (!isInside || rect.width < 1 || rect.height < 1) throw new Error(`step outside: ${JSON.stringify(rect)}`);
    const name = step.kind === 'image' ? step.encoding : step.kind;
    this.seen.set(name, (this.seen.get(name) ?? 0) + 1);
    switch (step.kind) {
      case 'fill': {
        const row = new Uint8Array(rect.width * 4);
        for (let i = 0; i < row.length; i += 4) {
          row.set([(step.color >> 16) & 255, (step.color >> 8) & 255, step.color & 255, 255], i);
        }
        for (let y = 0; y < rect.height; y++) this.#row(rect, y).set(row);
        return;
      }
      case 'copy': {
        const source = this.#cut({ ...rect, x: step.fromX, y: step.fromY });
        this.#put(rect, source);
        return;
      }
      case 'cached': {
        const kept = this.#cache.get(step.id);
        if (kept === undefined || kept.width !== rect.width || kept.height !== rect.height) {
          throw new Error(`image ${step.id} is not kept in this size`);
        }
        this.#put(rect, kept.pixels);
        return;
      }
      case 'image': {
        const pixels = await decode(step);
        this.#put(rect, pixels);
        if (step.cacheAs === null) return;
        if (this.#cache.has(step.cacheAs)) throw new Error('an id is given twice');
        this.#cache.set(step.cacheAs, { width: rect.width, height: rect.height, pixels });
        let kept = 0;
        for (const image of this.#cache.values()) kept += image.width * image.height;
        if (kept > this.#cachePixels) throw new Error('more is to be kept than fits');
      }
    }
  }

  #row(rect: Rect, y: number): Uint8Array {
    const start = ((rect.y + y) * this.width + rect.x) * 4;
    return this.pixels.subarray(start, start + rect.width * 4);
  }

  #cut(rect: Rect): Uint8Array {
    const result = new Uint8Array(rect.width * rect.height * 4);
    for (let y = 0; y < rect.height; y++) result.set(this.#row(rect, y), y * rect.width * 4);
    return result;
  }

  #put(rect: Rect, pixels: Uint8Array): void {
    for (let y = 0; y < rect.height; y++) {
      this.#row(rect, y).set(pixels.subarray(y * rect.width * 4, (y + 1) * rect.width * 4));
    }
  }
}

async function decode(step: Extract<DrawStep, { kind: 'image' }>): Promise<Uint8Array> {
  const { width, height } = step.rect;
  if (step.encoding === 'jpeg') {
    const { data, info } = await sharp(step.data).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
    if (info.width !== width || info.height !== height) throw new Error('a JPEG of another size');
    return new Uint8Array(data);
  }
  const out = new Uint8Array(width * height * 4);
  DECODERS[step.encoding](step.data, width, height, out);
  return out;
}

/** Whether a viewer shows exactly these pixels (bytes B, G, R, X). */
export function showsExactly(viewer: ReplayViewer, width: number, height: number, pixels: Uint8Array): boolean {
  if (viewer.width !== width || viewer.height !== height) return false;
  for (let i = 0; i < width * height * 4; i += 4) {
    if (
      viewer.pixels[i] !== pixels[i + 2] ||
      viewer.pixels[i + 1] !== pixels[i + 1] ||
      viewer.pixels[i + 2] !== pixels[i]
    ) {
      return false;
    }
  }
  return true;
}
