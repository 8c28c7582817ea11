/**
 * Where machines and viewers meet. A machine (emu) produces frames, pointer images and agent bytes and takes input; a
 * viewer (spice) takes drawn batches and gives input. Neither knows the other; `server` joins them.
 *
 * Pixels are always 32 bits, bytes in memory B, G, R, X (the X byte is undefined), rows top to bottom. This is
 * SPICE_SURFACE_FMT_32_xRGB, VIRTIO_GPU_FORMAT_B8G8R8X8_UNORM and pixman x8r8g8b8 alike.
 */
import type { MessagePort } from 'node:worker_threads';
import type { Rect } from '../base/rect.ts';
import type { Signal } from '../base/signal.ts';

// ---- machine → display: frames

/**
 * The producer's end of a head's frames, used in the thread that owns the guest's pixels. A published frame is whole:
 * the consumer never sees half of it, and the producer never waits for the consumer.
 */
export interface FrameSink {
  /** Announces the size of the frames to come; 0 × 0 turns the head off. The content is black until published. */
  configure(width: number, height: number): void;
  /**
   * Publishes a frame: `rects` (in frame coordinates, clipped here) are copied out of `pixels`, whose rows are
   * `strideBytes` apart and which shows the whole frame. Returns after the copy: the caller may reuse its memory.
   */
  publish(pixels: Uint8Array, strideBytes: number, rects: readonly Rect[]): void;
  /** Whether anyone looks. A producer for whom a frame is dear may only note damage until `onWanted` fires. */
  readonly isWanted: boolean;
  /** Called when `isWanted` becomes true; the producer then publishes what it held back. */
  onWanted: (() => void) | null;
  close(): void;
}

/** The producer's end before it is opened: structured-clonable, its `port` is to be transferred. */
export interface FrameSinkHandle {
  readonly port: MessagePort;
}

/** The consumer's end before a screen is made of it: structured-clonable, its `port` is to be transferred. */
export interface FrameSourceHandle {
  readonly port: MessagePort;
}

// ---- machine → display: pointer

/** A pointer image: 32-bit pixels, bytes B, G, R, A, colour premultiplied by alpha. Sides at most LIMITS.maxCursorSide. */
export interface PointerShape {
  readonly width: number;
  readonly height: number;
  readonly hotX: number;
  readonly hotY: number;
  readonly pixels: Uint8Array;
}

/** The guest's pointer. A viewer that draws the pointer itself needs the shape; a relative pointer needs the place. */
export interface PointerSource {
  /** `null`: the guest shows no pointer. `undefined`: the guest has told nothing yet. */
  readonly shape: PointerShape | null | undefined;
  readonly onShape: Signal<PointerShape | null>;
  readonly onMove: Signal<{ readonly head: number; readonly x: number; readonly y: number }>;
}

// ---- viewer → machine: input

/** The buttons of a mouse. The wheel is not among them. */
export type PointerButton = 'left' | 'middle' | 'right' | 'side' | 'extra';

/** Lights of the keyboard, as the guest sets them. */
export interface LockLights {
  readonly scroll: boolean;
  readonly num: boolean;
  readonly caps: boolean;
}

/** A phase of one finger. */
export type TouchPhase = 'down' | 'move' | 'up' | 'cancel';

/** Takes what people do. Calls never block and never throw on hostile values: what makes no sense is dropped. */
export interface InputSink {
  /** `scancode`: PC/XT set 1, 0x01–0x7f, with 0xe000 added for keys with the e0 prefix; Pause is 0xe046. */
  key(scancode: number, isDown: boolean): void;
  /** Relative motion in pixels. */
  motion(dx: number, dy: number): void;
  /** Absolute place in pixels of `head`. Ignored while `hasAbsolutePointer` is false. */
  position(head: number, x: number, y: number): void;
  button(button: PointerButton, isDown: boolean): void;
  /** Notches; positive `dy` scrolls the content up (away from the user), positive `dx` to the right. */
  wheel(dx: number, dy: number): void;
  /** `slot` 0–9 names the finger while it is down. Ignored while `hasTouch` is false. */
  touch(phase: TouchPhase, slot: number, head: number, x: number, y: number): void;
  readonly hasAbsolutePointer: boolean;
  readonly hasTouch: boolean;
  readonly onPointerMode: Signal<{ readonly isAbsolute: boolean }>;
  readonly lockLights: LockLights;
  readonly onLockLights: Signal<LockLights>;
}

// ---- agent

/** The byte stream to a program in the guest (virtio-serial port com.redhat.spice.0). */
export interface AgentPort {
  /** Whether the guest has the port open: an agent runs. */
  readonly isOpen: boolean;
  readonly onOpen: Signal<boolean>;
  /** Bytes from the guest, BORROWED until the subscriber returns. */
  readonly onData: Signal<Uint8Array>;
  /** Sends bytes (copied); false asks the caller to wait for `onDrain` before it sends more. */
  write(bytes: Uint8Array): boolean;
  readonly onDrain: Signal<void>;
}

// ---- display → viewer: drawn batches

/** How an image's bytes are coded; `src/display/encoders` lists them. */
export type ImageEncoding = 'raw' | 'lz' | 'lz4' | 'jpeg';

/** What a viewer can take and how fast its line is. Viewers with equal needs share encoded bytes. */
export interface ViewerNeeds {
  /** In no order; `raw` is always there. */
  readonly encodings: ReadonlySet<ImageEncoding>;
  /** Measured or guessed; decides whether bytes or processor time is dearer. Infinity on a local socket. */
  readonly bytesPerSecond: number;
  /** Whether lossy images may be sent and repaired afterwards. */
  readonly allowsLossy: boolean;
  /** Pixels the viewer's image cache holds; 0 for none. */
  readonly cachePixels: number;
}

/** One drawing step. Coordinates are pixels of the head; steps of a batch apply in order. */
export type DrawStep =
  | { readonly kind: 'fill'; readonly rect: Rect; /** 0x00RRGGBB */ readonly color: number }
  | { readonly kind: 'copy'; readonly rect: Rect; readonly fromX: number; readonly fromY: number }
  | {
      readonly kind: 'image';
      readonly rect: Rect;
      readonly encoding: ImageEncoding;
      /** Encoded bytes, shared with other viewers: never written to, valid until the batch is released. */
      readonly data: Uint8Array;
      readonly isLossy: boolean;
      /** When not null the viewer shall keep the image under this id (u64); it counts against `cachePixels`. */
      readonly cacheAs: bigint | null;
    }
  | {
      readonly kind: 'cached';
      readonly rect: Rect;
      /** An id that this viewer was told to keep. */ readonly id: bigint;
    };

/** The steps from one whole frame to the next, for one viewer. */
export interface DrawBatch {
  /** Counts the frames of the head; equal for the same picture at different viewers. */
  readonly frame: number;
  /** When the guest published the picture: milliseconds of `performance.timeOrigin + performance.now()`. */
  readonly publishedMs: number;
  readonly steps: readonly DrawStep[];
  /** Ids that fell out of this viewer's cache: told to the viewer before the steps. */
  readonly evicted: readonly bigint[];
  /** Gives the shared bytes back; called once, when they were handed to the operating system or are not needed. */
  release(): void;
}

/** Takes what one viewer shall see of one head. */
export interface ViewerSink {
  /** The head has a new size; what was drawn is gone. A batch that paints everything follows. 0 × 0: the head is off. */
  resize(width: number, height: number): void;
  /** At most as many as were granted. */
  draw(batch: DrawBatch): void;
}

/** A viewer attached to a screen. */
export interface ScreenViewer {
  /** Lets the screen send that many batches more: the bound on what waits for a slow viewer. Changes merge meanwhile. */
  grant(batches: number): void;
  setNeeds(needs: ViewerNeeds): void;
  detach(): void;
}

/** What changed hands, for the overlay, the log and the benches. Counters only ever grow. */
export interface ScreenStats {
  readonly framesTaken: number;
  readonly batches: number;
  readonly encodedBytes: number;
  readonly encodedImages: number;
  /** Milliseconds of processor time that the display worker has spent. */
  readonly busyMs: number;
}

/** One head of a guest as viewers see it, on the host's main thread; the work is done in a display worker. */
export interface Screen {
  readonly width: number;
  readonly height: number;
  readonly onResize: Signal<{ readonly width: number; readonly height: number }>;
  attach(needs: ViewerNeeds, sink: ViewerSink): ScreenViewer;
  stats(): Promise<ScreenStats>;
  /** The picture as it is now, 32-bit pixels as above, for thumbnails and tests. */
  capture(): Promise<{ readonly width: number; readonly height: number; readonly pixels: Uint8Array }>;
  close(): Promise<void>;
}
