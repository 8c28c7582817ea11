/**
 * The work of a display worker, without the thread: takes frames when someone can be sent something, and makes batches.
 *
 * One mechanism serves all viewers. Each has a set of boxes that it lacks; those that may be sent a batch now are grouped by
 * what they lack and can take, and each group's batch is planned and encoded once. A first picture is a viewer that lacks
 * everything; a slow viewer is one whose boxes grow; a repair is a box that is wanted exactly.
 */
import type { Rect } from '../base/rect.ts';
import { messageOf } from '../base/errors.ts';
import { BufferPool, GatheredBytes } from './buffer-pool.ts';
import type { ImageEncoding, ViewerNeeds } from './contract.ts';
import type { LossyEncoder } from './encoders/encoder.ts';
import { rawEncoder } from './encoders/raw.encode.ts';
import type { FrameConsumer } from './frame-channel.ts';
import type { MailboxReader } from './frame-mailbox.ts';
import { ImageCache } from './image-cache.ts';
import { Kernels } from './kernels/kernels.ts';
import { Picture } from './picture.ts';
import { type Plan, type PlannedImage, planSteps } from './plan.ts';
import type { FromWorker, PackedBatch, PackedStep } from './screen-protocol.ts';
import { TILE_SIDE } from './tile-grid.ts';
import { ViewerState } from './viewer-state.ts';

/** A lossy area that did not change for so long is shown exactly. */
const REST_MS = 150;
/** Repairs take the line for about so long at a time, so that what happens meanwhile need not wait. */
const REPAIR_MS = 50;
const REPAIR_BYTES_PER_PIXEL = 3;
const MIN_REPAIR_PIXELS = 16384;
const MAX_REPAIR_PIXELS = 1 << 20;
/** Smaller images are sent again rather than kept by viewers. */
const MIN_CACHED_PIXELS = 4096;
/** A single image may take that part of a viewer's cache. */
const MAX_CACHE_SHARE = 1 / 4;

/** The counters of ScreenStats, which the engine only ever raises. */
export interface EngineCounters {
  framesTaken: number;
  batches: number;
  encodedBytes: number;
  encodedImages: number;
}

/** What the engine is given. */
export interface EngineOptions {
  readonly consumer: FrameConsumer;
  readonly maxFps: number;
  /** Image ids are unique as long as generations are. */
  readonly generation: number;
  readonly counters: EngineCounters;
  post(message: FromWorker, transfer: readonly ArrayBuffer[]): void;
}

/** An encoded image in one of a batch's buffers. */
interface Encoded {
  readonly rect: Rect;
  readonly encoding: ImageEncoding;
  readonly isLossy: boolean;
  readonly buffer: number;
  readonly offset: number;
  readonly length: number;
}

/** See the file's head. */
export class ScreenEngine {
  readonly #options: EngineOptions;
  readonly #viewers = new Map<number, ViewerState>();
  readonly #pool = new BufferPool();
  readonly #intervalMs: number;
  #mailbox: MailboxReader | null = null;
  #picture: Picture | null = null;
  #nextImage = 0n;
  /** No frame is taken before, unless it must. */
  #dueMs = 0;
  #mustTake = false;
  #timer: NodeJS.Timeout | null = null;
  #timerMs = Infinity;
  #hasLossy = true;
  #isClosed = false;
  readonly #making = new Set<Promise<void>>();

  constructor(options: EngineOptions) {
    this.#options = options;
    this.#intervalMs = 1000 / options.maxFps;
    options.consumer.onWake = () => this.#turn();
    options.consumer.onResize = () => {
      this.#mustTake = true;
      this.#turn();
    };
  }

  /** Adds a viewer; `cached` are images that it keeps from before and shall give up. */
  attach(id: number, needs: ViewerNeeds, credit: number, cached: readonly bigint[]): void {
    const nextId = (): bigint => (BigInt(this.#options.generation) << 40n) | ++this.#nextImage;
    const viewer = new ViewerState(id, needs, new ImageCache(nextId, cached), this.#hasLossy);
    viewer.grant(credit);
    this.#viewers.set(id, viewer);
    viewer.profile.lossy?.prepare();
    this.#turn();
  }

  setNeeds(id: number, needs: ViewerNeeds): void {
    const viewer = this.#viewers.get(id);
    viewer?.setNeeds(needs, this.#hasLossy);
    viewer?.profile.lossy?.prepare();
  }

  grant(id: number, batches: number): void {
    this.#viewers.get(id)?.grant(batches);
    this.#turn();
  }

  detach(id: number): void {
    const viewer = this.#viewers.get(id);
    if (viewer === undefined) return;
    viewer.isGone = true;
    this.#viewers.delete(id);
  }

  /** Takes buffers of earlier batches back. */
  release(buffers: readonly ArrayBuffer[]): void {
    for (const buffer of buffers) this.#pool.give(buffer);
  }

  /** Posts the newest picture. */
  capture(request: number): void {
    this.#mustTake = true;
    this.#turn();
    const picture = this.#picture;
    const { width, height } = picture ?? { width: 0, height: 0 };
    const pixels = new ArrayBuffer(width * height * 4);
    if (picture !== null && width > 0) {
      new Uint8Array(pixels).set(picture.kernels.packed(width, { x: 0, y: 0, width, height }));
    }
    this.#options.post({ kind: 'capture', request, width, height, pixels }, [pixels]);
  }

  /** Ends the work; resolves when nothing of it runs any more. */
  async close(): Promise<void> {
    this.#isClosed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#options.consumer.close();
    await Promise.all(this.#making);
  }

  /** Does what can be done now, and sees to it that it is called again when there is more. */
  #turn(): void {
    if (this.#isClosed) return;
    const nowMs = performance.now();
    this.#takeFrame(nowMs);
    const picture = this.#picture;
    if (picture === null) return;
    let earliestMs = Infinity;
    const ready: ViewerState[] = [];
    for (const viewer of this.#viewers.values()) {
      if (!viewer.isReady) continue;
      this.#tellSize(viewer, picture);
      earliestMs = Math.min(earliestMs, viewer.addRepairs(picture, nowMs, REST_MS, repairPixels(viewer)));
      if (viewer.pendingTiles > 0 || viewer.scroll !== null) ready.push(viewer);
    }
    this.#drawAll(ready, picture, nowMs);
    if (earliestMs !== Infinity) this.#callAt(earliestMs, nowMs);
  }

  #takeFrame(nowMs: number): void {
    const { consumer } = this.#options;
    const { mailbox } = consumer;
    if (mailbox === null) return;
    if (mailbox !== this.#mailbox) {
      this.#mailbox = mailbox;
      this.#picture = new Picture(new Kernels(mailbox.memory, mailbox.capacityPixels));
      for (const viewer of this.#viewers.values()) viewer.grid = null;
      this.#mustTake = true;
    }
    const ready = [...this.#viewers.values()].filter((viewer) => viewer.isReady);
    if (!this.#mustTake) {
      // Without anyone to send to, frames merge in the mailbox.
      if (ready.length === 0) return;
      if (!mailbox.hasFresh && consumer.wishWake()) return;
      if (nowMs < this.#dueMs) {
        this.#callAt(this.#dueMs, nowMs);
        return;
      }
    }
    this.#mustTake = false;
    const frame = consumer.take();
    if (frame !== null) {
      // A producer of just this rate whose frames come now early, now late must lose none: only the average counts.
      this.#dueMs = Math.max(this.#dueMs, nowMs - this.#intervalMs / 2) + this.#intervalMs;
      this.#options.counters.framesTaken++;
      this.#applyFrame(frame, nowMs);
    }
    if (ready.length > 0 && !consumer.wishWake()) this.#callAt(this.#dueMs, nowMs);
  }

  #applyFrame(frame: NonNullable<ReturnType<FrameConsumer['take']>>, nowMs: number): void {
    const picture = this.#picture!;
    const change = picture.take(frame, nowMs);
    if (change.isResized) {
      this.#options.post({ kind: 'size', width: picture.width, height: picture.height }, []);
      return;
    }
    if (change.boxes === null) return;
    for (const viewer of this.#viewers.values()) {
      if (viewer.grid !== picture.grid) continue;
      // Only who shows the picture before, and gets this one at once, can move what it shows.
      if (change.scroll !== null && change.residual !== null && viewer.isReady && viewer.pendingTiles === 0) {
        viewer.scroll = change.scroll;
        viewer.moveLossy(change.scroll);
        viewer.addPending(change.residual);
      } else {
        viewer.addPending(change.boxes);
      }
    }
  }

  #tellSize(viewer: ViewerState, picture: Picture): void {
    if (viewer.grid === picture.grid || picture.frame === 0) return;
    viewer.reset(picture.grid, picture);
    this.#options.post({ kind: 'resize', viewer: viewer.id, width: picture.width, height: picture.height }, []);
  }

  #drawAll(ready: readonly ViewerState[], picture: Picture, nowMs: number): void {
    let rest = ready;
    while (rest.length > 0) {
      const first = rest[0]!;
      const group = rest.filter((viewer) => viewer === first || viewer.isLike(first));
      rest = rest.filter((viewer) => !group.includes(viewer));
      this.#draw(group, picture, nowMs);
    }
  }

  /** Makes a batch for viewers that lack the same and take the same. */
  #draw(group: readonly ViewerState[], picture: Picture, nowMs: number): void {
    const { profile, pending, scroll } = group[0]!;
    const plan = planSteps(picture, pending, profile);
    const bytes = new GatheredBytes(this.#pool);
    const exact: PackedStep[][] = group.map((viewer) => {
      viewer.cache.beginBatch();
      return [];
    });
    for (const steps of exact) {
      if (scroll !== null) steps.push({ kind: 'copy', ...scroll });
      for (const { rect, color } of plan.fills) steps.push({ kind: 'fill', rect, color });
    }
    for (const image of plan.images) {
      if (!image.encoder.isLossy) this.#addExact(image, group, exact, picture, bytes, nowMs);
    }
    const lossy = plan.images.filter((image) => image.encoder.isLossy);
    const batches = group.map((viewer, i) => ({
      viewer,
      packed: { viewer: viewer.id, steps: exact[i]!, evicted: viewer.cache.takeEvicted() },
    }));
    settle(group, plan);
    const { frame, publishedMs } = picture;
    const buffers = bytes.buffer === null ? [] : [bytes.buffer];
    if (lossy.length === 0) {
      this.#send(batches, buffers, frame, publishedMs);
      return;
    }
    for (const viewer of group) viewer.isBusy = true;
    const images = lossy.map(({ encoder, rect }) => ({
      rect,
      encoding: encoder.encoding,
      done: (encoder as LossyEncoder).encode(picture, rect, profile.quality),
    }));
    const making = this.#finishLossy(images, group, picture, buffers).then((steps) => {
      for (const { packed } of batches) packed.steps.push(...steps);
      for (const viewer of group) viewer.isBusy = false;
      if (!this.#isClosed) {
        this.#send(batches, buffers, frame, publishedMs);
        this.#turn();
      }
    });
    this.#making.add(making);
    void making.finally(() => this.#making.delete(making));
  }

  /** Adds an exact image to the steps of each viewer: from its cache, or encoded once for all that lack it. */
  #addExact(
    image: PlannedImage,
    group: readonly ViewerState[],
    steps: readonly PackedStep[][],
    picture: Picture,
    bytes: GatheredBytes,
    nowMs: number,
  ): void {
    const { rect } = image;
    const pixels = rect.width * rect.height;
    const isLarge = pixels >= MIN_CACHED_PIXELS && group.some((viewer) => viewer.cache.capacity > 0);
    // What keeps changing is not kept, but may change to what was kept before.
    const isWorthKeeping = isLarge && !isMoving(picture, rect, nowMs);
    const isWanted = isWorthKeeping || (isLarge && group.some((viewer) => !viewer.cache.isEmpty));
    const key = isWanted ? picture.kernels.hash(picture.width, rect) : null;
    let encoded: Encoded | null = null;
    for (const [i, viewer] of group.entries()) {
      const known = key === null ? null : viewer.cache.find(key);
      if (known !== null) {
        steps[i]!.push({ kind: 'cached', rect, id: known });
        continue;
      }
      encoded ??= this.#encodeExact(image, picture, bytes);
      const isKept = isWorthKeeping && pixels <= viewer.cache.capacity * MAX_CACHE_SHARE;
      const cacheAs = isKept && key !== null ? viewer.cache.keep(key, pixels) : null;
      steps[i]!.push({ kind: 'image', ...encoded, cacheAs });
    }
  }

  #encodeExact({ rect, encoder }: PlannedImage, picture: Picture, bytes: GatheredBytes): Encoded {
    let chosen = encoder.isLossy ? rawEncoder : encoder;
    let data = chosen.encode(picture, rect);
    if (data.length >= rect.width * rect.height * 4) {
      chosen = rawEncoder;
      data = rawEncoder.encode(picture, rect);
    }
    const offset = bytes.add(data);
    this.#count(data.length);
    return { rect, encoding: chosen.encoding, isLossy: false, buffer: 0, offset, length: data.length };
  }

  /** Waits for lossy images and gathers them in a buffer of their own; those that failed become pending again. */
  async #finishLossy(
    images: readonly { readonly rect: Rect; readonly encoding: ImageEncoding; readonly done: Promise<Uint8Array> }[],
    group: readonly ViewerState[],
    picture: Picture,
    buffers: ArrayBuffer[],
  ): Promise<PackedStep[]> {
    const results = await Promise.allSettled(images.map(({ done }) => done));
    const bytes = new GatheredBytes(this.#pool);
    const buffer = buffers.length;
    const steps: PackedStep[] = [];
    for (const [i, result] of results.entries()) {
      const { rect, encoding } = images[i]!;
      if (result.status === 'rejected') {
        this.#refuseLossy(result.reason, rect, group, picture);
        continue;
      }
      const { length } = result.value;
      const offset = bytes.add(result.value);
      this.#count(length);
      steps.push({ kind: 'image', rect, encoding, isLossy: true, buffer, offset, length, cacheAs: null });
    }
    if (bytes.buffer !== null) buffers.push(bytes.buffer);
    return steps;
  }

  /** Goes on without lossy images: a library that failed once is not trusted again. */
  #refuseLossy(reason: unknown, rect: Rect, group: readonly ViewerState[], picture: Picture): void {
    if (this.#hasLossy) {
      this.#hasLossy = false;
      for (const viewer of this.#viewers.values()) viewer.refreshProfile(false);
      this.#options.post({ kind: 'warning', message: messageOf(reason) }, []);
    }
    const boxes = new Uint32Array(picture.grid.count);
    for (const tile of tilesOf(picture, rect)) boxes[tile] = picture.fullBox(tile);
    for (const viewer of group) if (viewer.grid === picture.grid) viewer.addPending(boxes);
  }

  #send(
    batches: readonly { readonly viewer: ViewerState; readonly packed: PackedBatch }[],
    buffers: ArrayBuffer[],
    frame: number,
    publishedMs: number,
  ): void {
    const here = batches.filter(({ viewer }) => !viewer.isGone);
    if (here.length === 0) {
      this.release(buffers);
      return;
    }
    this.#options.counters.batches += here.length;
    const packed = here.map((batch) => batch.packed);
    this.#options.post({ kind: 'draw', frame, publishedMs, buffers, batches: packed }, buffers);
  }

  #count(bytes: number): void {
    this.#options.counters.encodedImages++;
    this.#options.counters.encodedBytes += bytes;
  }

  /** Turns at that time, or earlier. */
  #callAt(timeMs: number, nowMs: number): void {
    if (this.#timer !== null) {
      if (this.#timerMs <= timeMs) return;
      clearTimeout(this.#timer);
    }
    this.#timerMs = timeMs;
    this.#timer = setTimeout(
      () => {
        this.#timer = null;
        this.#turn();
      },
      Math.max(1, Math.ceil(timeMs - nowMs)),
    );
  }
}

function settle(group: readonly ViewerState[], plan: Plan): void {
  const lossy = plan.images.filter(({ encoder }) => encoder.isLossy).map(({ rect }) => rect);
  const exact = plan.images.filter(({ encoder }) => !encoder.isLossy).map(({ rect }) => rect);
  for (const { rect } of plan.fills) exact.push(rect);
  for (const viewer of group) {
    viewer.credit--;
    viewer.settle(lossy, exact);
  }
}

function repairPixels({ profile }: ViewerState): number {
  const pixels = ((profile.bytesPerSecond / 1000) * REPAIR_MS) / REPAIR_BYTES_PER_PIXEL;
  return Math.min(MAX_REPAIR_PIXELS, Math.max(MIN_REPAIR_PIXELS, pixels));
}

function* tilesOf(picture: Picture, rect: Rect): Generator<number> {
  const { columns } = picture.grid;
  const lastColumn = Math.floor((rect.x + rect.width - 1) / TILE_SIDE);
  const lastRow = Math.floor((rect.y + rect.height - 1) / TILE_SIDE);
  for (let row = Math.floor(rect.y / TILE_SIDE); row <= lastRow; row++) {
    for (let column = Math.floor(rect.x / TILE_SIDE); column <= lastColumn; column++) yield row * columns + column;
  }
}

/** Whether most of a rectangle keeps changing: no use to keep it. */
function isMoving(picture: Picture, rect: Rect, nowMs: number): boolean {
  let moving = 0;
  let all = 0;
  for (const tile of tilesOf(picture, rect)) {
    all++;
    if (picture.isMoving(tile, nowMs)) moving++;
  }
  return moving * 2 > all;
}
