/**
 * The way of frames from the thread that owns the guest's pixels to the display worker. Pixels go through a mailbox in
 * shared memory (frame-mailbox.ts); the ports carry only rare words: who consumes, a new memory, a new size, a wake.
 *
 * The control line (the two handles) lives as long as the head. Each consumer gets a line of its own, made by
 * `connectConsumer` and handed to the producer over the control line, so that a consumer that dies can be replaced.
 */
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { assert } from '../base/assert.ts';
import { intersectRect, isEmptyRect, type Rect } from '../base/rect.ts';
import { LIMITS } from '../base/limits.ts';
import type { FrameSink, FrameSinkHandle, FrameSourceHandle } from './contract.ts';
import { createMailboxMemory, MailboxReader, MailboxWriter, type TakenFrame } from './frame-mailbox.ts';
import type { WasmMemory } from '../wasm/api.ts';
import { isFrameSize, MAX_TILE_WORDS, TileGrid } from './tile-grid.ts';

/** Frames smaller than this share one memory, so that a resize among them moves nothing. */
const MIN_CAPACITY_PIXELS = 1920 * 1080;

type ControlMessage =
  | { readonly kind: 'consumer'; readonly port: MessagePort }
  | { readonly kind: 'wanted'; readonly isWanted: boolean }
  | { readonly kind: 'close' };

type ConsumerMessage =
  | { readonly kind: 'memory'; readonly memory: WasmMemory; readonly capacityPixels: number }
  | { readonly kind: 'resized' }
  | { readonly kind: 'wake' };

/** Makes the two ends of a head's frame line. Either may be sent to another thread before it is used. */
export function createFrameChannel(): { readonly sink: FrameSinkHandle; readonly source: FrameSourceHandle } {
  const { port1, port2 } = new MessageChannel();
  return { sink: { port: port1 }, source: { port: port2 } };
}

/** Opens the producer's end in the thread that owns the pixels. It does not keep that thread alive. */
export function openFrameSink(handle: FrameSinkHandle): FrameSink {
  return new ChannelSink(handle.port);
}

/** Milliseconds since 1970 with fractions, on the one clock of all threads. */
export function nowMs(): number {
  return performance.timeOrigin + performance.now();
}

class ChannelSink implements FrameSink {
  onWanted: (() => void) | null = null;
  readonly #control: MessagePort;
  readonly #damage = new Uint32Array(MAX_TILE_WORDS);
  #consumer: MessagePort | null = null;
  #writer: MailboxWriter | null = null;
  /** Whether a consumer was ever told of the present memory. */
  #isAnnounced = false;
  #isWanted = false;
  #isClosed = false;
  #grid = new TileGrid(0, 0);
  #frame = 0;

  constructor(control: MessagePort) {
    this.#control = control;
    control.on('message', (message: ControlMessage) => this.#handle(message));
    control.on('close', () => this.close());
    control.unref();
  }

  get isWanted(): boolean {
    return this.#isWanted;
  }

  configure(width: number, height: number): void {
    if (this.#isClosed) return;
    assert(isFrameSize(width, height), `a frame cannot be ${width} × ${height}`);
    this.#grid = new TileGrid(width, height);
    this.#frame++;
    const pixels = width * height;
    let writer = this.#writer;
    const isNew = writer === null || pixels > writer.capacityPixels || isWasteful(pixels, writer.capacityPixels);
    if (writer === null || isNew) {
      const capacity = capacityFor(pixels);
      writer = new MailboxWriter(createMailboxMemory(capacity), capacity);
      this.#writer = writer;
      this.#isAnnounced = false;
    }
    writer.publishBlack(width, height, this.#frame, nowMs());
    if (isNew) this.#announce();
    else this.#consumer?.postMessage({ kind: 'resized' } satisfies ConsumerMessage);
  }

  publish(pixels: Uint8Array, strideBytes: number, rects: readonly Rect[]): void {
    const { width, height } = this.#grid;
    const writer = this.#writer;
    if (this.#isClosed || writer === null || width === 0) return;
    assert(
      strideBytes >= width * 4 && pixels.length >= (height - 1) * strideBytes + width * 4,
      `${pixels.length} bytes in rows of ${strideBytes} do not show ${width} × ${height} pixels`,
    );
    const clipped: Rect[] = [];
    this.#damage.fill(0, 0, this.#grid.words);
    for (const rect of rects) {
      const inside = clipRect(rect, this.#grid);
      if (inside === null) continue;
      clipped.push(inside);
      this.#grid.addTouched(this.#damage, inside);
    }
    if (clipped.length === 0) return;
    this.#frame++;
    writer.publish(pixels, strideBytes, clipped, this.#damage, this.#frame, nowMs());
    if (this.#consumer !== null && writer.takeWakeWish()) {
      this.#consumer.postMessage({ kind: 'wake' } satisfies ConsumerMessage);
    }
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#isWanted = false;
    this.#consumer?.close();
    this.#control.close();
    this.#consumer = null;
    this.#writer = null;
  }

  #handle(message: ControlMessage): void {
    switch (message.kind) {
      case 'consumer':
        this.#connect(message.port);
        return;
      case 'wanted': {
        const wasWanted = this.#isWanted;
        this.#isWanted = message.isWanted;
        if (!wasWanted && message.isWanted) this.onWanted?.();
        return;
      }
      case 'close':
        this.close();
    }
  }

  #connect(port: MessagePort): void {
    this.#consumer?.close();
    this.#consumer = port;
    port.unref();
    const old = this.#writer;
    if (old === null) return;
    if (this.#isAnnounced) {
      // The consumer before may have died with a slot in its hands: its memory is not used again.
      this.#writer = new MailboxWriter(createMailboxMemory(old.capacityPixels), old.capacityPixels);
      this.#writer.publishCopy(old, this.#frame, nowMs());
    }
    this.#announce();
  }

  #announce(): void {
    const writer = this.#writer;
    if (writer === null || this.#consumer === null) return;
    this.#isAnnounced = true;
    this.#consumer.postMessage({
      kind: 'memory',
      memory: writer.memory,
      capacityPixels: writer.capacityPixels,
    } satisfies ConsumerMessage);
  }
}

function capacityFor(pixels: number): number {
  if (pixels <= MIN_CAPACITY_PIXELS) return MIN_CAPACITY_PIXELS;
  return Math.min(LIMITS.maxScreenPixels, Math.ceil(pixels * 1.5));
}

/** A memory that once held a very large frame is given up when the frames have become small. */
function isWasteful(pixels: number, capacityPixels: number): boolean {
  return capacityPixels > MIN_CAPACITY_PIXELS && pixels * 8 < capacityPixels;
}

/** The part of a rectangle of whatever numbers that lies inside the frame, on whole pixels; null when there is none. */
function clipRect(rect: Rect, frame: { readonly width: number; readonly height: number }): Rect | null {
  const left = Math.floor(rect.x);
  const top = Math.floor(rect.y);
  const outer = {
    x: left,
    y: top,
    width: Math.ceil(rect.x + rect.width) - left,
    height: Math.ceil(rect.y + rect.height) - top,
  };
  const inside = intersectRect(outer, { x: 0, y: 0, width: frame.width, height: frame.height });
  return isEmptyRect(inside) || !Number.isInteger(inside.width * inside.height * (inside.x + inside.y + 1))
    ? null
    : inside;
}

/** The consumer's control of a head: made of the source handle, on the thread that outlives consumers. */
export class FrameControl {
  readonly #port: MessagePort;

  constructor(handle: FrameSourceHandle) {
    this.#port = handle.port;
    this.#port.unref();
  }

  /** A line for one consumer, to be transferred to its thread; the consumer before is cut off. */
  connectConsumer(): MessagePort {
    const { port1, port2 } = new MessageChannel();
    this.#port.postMessage({ kind: 'consumer', port: port1 } satisfies ControlMessage, [port1]);
    return port2;
  }

  /** Tells the producer whether anyone looks. */
  setWanted(isWanted: boolean): void {
    this.#port.postMessage({ kind: 'wanted', isWanted } satisfies ControlMessage);
  }

  /** Ends the producer's end too. */
  close(): void {
    this.#port.postMessage({ kind: 'close' } satisfies ControlMessage);
    this.#port.close();
  }
}

/** The consumer's end of a frame line, in the display worker. */
export class FrameConsumer {
  /** Called after a wish was fulfilled: a frame waits. */
  onWake: () => void = () => {};
  /** Called when a new size waits (in a new memory, perhaps); no wish is needed. */
  onResize: () => void = () => {};
  readonly #port: MessagePort;
  #reader: MailboxReader | null = null;

  constructor(port: MessagePort) {
    this.#port = port;
    port.on('message', (message: ConsumerMessage) => this.#handle(message));
  }

  /** The mailbox, once the producer has announced one. A new size may bring a new one. */
  get mailbox(): MailboxReader | null {
    return this.#reader;
  }

  /** Takes the newest frame, valid until the next take; null when there is none newer. */
  take(): TakenFrame | null {
    return this.#reader?.take() ?? null;
  }

  /** Asks for one `onWake`; false when a frame waits already. */
  wishWake(): boolean {
    return this.#reader?.wishWake() ?? true;
  }

  close(): void {
    this.#port.close();
  }

  #handle(message: ConsumerMessage): void {
    switch (message.kind) {
      case 'memory':
        this.#reader = new MailboxReader(message.memory, message.capacityPixels);
        this.onResize();
        return;
      case 'resized':
        this.onResize();
        return;
      case 'wake':
        this.onWake();
    }
  }
}
