/**
 * The display channel of one head: takes drawn batches from a screen and sends them at the viewer's pace. A batch counts as
 * under way until the viewer has answered the ping behind it, which it does after drawing; only so many are granted, and
 * meanwhile changes merge in the screen. A viewer that stops reading holds those few batches and nothing more. Encoded
 * bytes are shared with other viewers and given back when the operating system has them. Video streams would be further
 * steps of a batch.
 */
import { StateError } from '../../base/errors.ts';
import type { DrawBatch, Screen, ScreenViewer } from '../../display/contract.ts';
import type { Clock } from '../clock.ts';
import type { SpiceLimits } from '../limits.ts';
import type { Session, SessionChannel } from '../session.ts';
import { hasCap } from '../wire/caps.ts';
import {
  DisplayCap,
  dispatchDisplayClient,
  displayServer,
  SurfaceFlags,
  SurfaceFormat,
  type displayClient,
  type DisplayInit,
} from '../wire/display.gen.ts';
import type { ChannelPipe } from './channel-pipe.ts';
import { cacheId, PRIMARY_SURFACE, sendStep } from './draw-messages.ts';
import { isPlainViewer, viewerNeeds } from './viewer-needs.ts';

/** Kind of resource in INVAL_LIST: an image. */
const PIXMAP = 1;
const MAX_INVAL = 65535;
/** Batches from this size on say something about the line. */
const TELLING_BYTES = 32 << 10;
/** A far viewer gets a batch more for each of these milliseconds of delay, so that its line is never idle. */
const FRAME_MS = 16;
const MAX_FAR_BATCHES = 8;
/** Time of sending that may be under way on a slow line before no more is granted. */
const MAX_WAY_MS = 250;
const MIN_WAY_BYTES = 256 << 10;
/** Time a plain viewer needs to show a JPEG that it has read: draws after it wait, or the JPEG would cover them. */
const JPEG_SETTLE_MS = 60;

type Queued =
  | { readonly kind: 'resize'; readonly width: number; readonly height: number }
  | { readonly kind: 'batch'; readonly batch: DrawBatch; readonly bytes: number };

/** What a display channel needs beside its session. */
export interface DisplayChannelOptions {
  readonly screen: Screen;
  readonly head: number;
  readonly caps: readonly number[];
  readonly limits: SpiceLimits;
  readonly clock: Clock;
}

/** One viewer's display channel. */
export class DisplayChannel implements SessionChannel {
  readonly #pipe: ChannelPipe;
  readonly #session: Session;
  readonly #options: DisplayChannelOptions;
  readonly #line: Disposable;
  readonly #queue: Queued[] = [];
  #init: DisplayInit | null = null;
  #compression: number | null = null;
  #viewer: ScreenViewer | null = null;
  /** The step of the first queued batch that comes next. */
  #step = 0;
  #hasBegun = false;
  #granted = 0;
  #underWay = 0;
  #underWayBytes = 0;
  #hasSurface = false;
  #isMarked = false;
  #lastPongAt = 0;
  #delayMs = 0;
  #settle: Disposable | null = null;
  #mustSettle = false;

  constructor(pipe: ChannelPipe, session: Session, options: DisplayChannelOptions) {
    this.#pipe = pipe;
    this.#session = session;
    this.#options = options;
    this.#line = session.line.onChange.subscribe(() => this.#tellNeeds());
    pipe.onReady = () => this.#pump();
    pipe.onClose = () => this.#release();
    pipe.start<typeof displayClient>(dispatchDisplayClient, {
      init: (init) => this.#attach(init),
      preferredCompression: ({ compression }) => {
        this.#compression = compression;
        this.#tellNeeds();
      },
      // No streams are sent, so there is nothing to report on or to prefer; viewers say it anyway.
      streamReport: () => {},
      preferredVideoCodecType: () => {},
      glDrawDone: () => {},
    });
  }

  close(reason: string): void {
    this.#pipe.close(reason);
  }

  #attach(init: DisplayInit): void {
    if (this.#init !== null) throw new StateError('display-init', 'The viewer set the display channel up twice.');
    this.#init = init;
    const { screen, caps } = this.#options;
    const needs = viewerNeeds(caps, init, this.#compression, this.#session.line.bytesPerSecond);
    const viewer = screen.attach(needs, {
      resize: (width, height) => this.#resize(width, height),
      draw: (batch) => this.#draw(batch),
    });
    // The viewer may have gone inside the call above.
    if (!this.#pipe.isOpen) {
      viewer.detach();
      return;
    }
    this.#viewer = viewer;
    this.#grant();
  }

  #tellNeeds(): void {
    if (this.#init === null) return;
    const { caps } = this.#options;
    this.#viewer?.setNeeds(viewerNeeds(caps, this.#init, this.#compression, this.#session.line.bytesPerSecond));
  }

  #resize(width: number, height: number): void {
    // Sizes the viewer never saw need not be sent.
    if (this.#queue.at(-1)?.kind === 'resize') this.#queue.pop();
    this.#queue.push({ kind: 'resize', width, height });
    this.#pump();
  }

  #draw(batch: DrawBatch): void {
    this.#granted -= 1;
    if (!this.#pipe.isOpen) {
      batch.release();
      return;
    }
    let bytes = 0;
    for (const step of batch.steps) bytes += step.kind === 'image' ? step.data.byteLength : 32;
    this.#queue.push({ kind: 'batch', batch, bytes });
    this.#pump();
  }

  /** Sends what may be sent now. */
  #pump(): void {
    while (this.#pipe.isOpen && this.#settle === null) {
      const first = this.#queue[0];
      if (first === undefined || !this.#pipe.canSend()) return;
      if (first.kind === 'resize') {
        this.#queue.shift();
        this.#sendSurface(first.width, first.height);
      } else if (!this.#pumpBatch(first.batch, first.bytes)) {
        return;
      }
    }
  }

  /** Sends the rest of the first queued batch; false when it must wait. */
  #pumpBatch(batch: DrawBatch, bytes: number): boolean {
    const { steps, evicted } = batch;
    if (!this.#hasBegun) {
      this.#hasBegun = true;
      this.#sendEvicted(evicted);
    }
    // Without a surface there is nothing to draw on: viewers fail on such draws.
    if (!this.#hasSurface) this.#step = steps.length;
    while (this.#step < steps.length - 1) {
      if (!(this.#step === 0 ? this.#pipe.canSend() : this.#pipe.canContinue())) return false;
      this.#sendNext(batch);
    }
    // The batch leaves the queue first: releasing it is the last step's business from here on.
    this.#queue.shift();
    if (this.#step >= steps.length) batch.release();
    else this.#sendNext(batch, () => batch.release());
    this.#step = 0;
    this.#hasBegun = false;
    if (this.#hasSurface && !this.#isMarked) {
      this.#isMarked = true;
      this.#pipe.send(displayServer.mark, {});
    }
    this.#pingAfter(bytes);
    return true;
  }

  #sendNext(batch: DrawBatch, onSent?: () => void): void {
    const step = batch.steps[this.#step];
    this.#step += 1;
    if (step === undefined) return;
    sendStep(this.#pipe, this.#options.head, step, onSent);
    if (step.kind === 'image' && step.encoding === 'jpeg') this.#mustSettle = this.#isPlain;
  }

  get #isPlain(): boolean {
    return this.#init !== null && isPlainViewer(this.#options.caps, this.#init);
  }

  #sendEvicted(evicted: readonly bigint[]): void {
    for (let from = 0; from < evicted.length; from += MAX_INVAL) {
      const resources = evicted
        .slice(from, from + MAX_INVAL)
        .map((id) => ({ type: PIXMAP, id: cacheId(this.#options.head, id) }));
      this.#pipe.send(displayServer.invalList, { resources });
    }
  }

  #sendSurface(width: number, height: number): void {
    if (this.#hasSurface) this.#pipe.send(displayServer.surfaceDestroy, { surfaceId: PRIMARY_SURFACE });
    this.#hasSurface = width > 0 && height > 0;
    this.#isMarked = false;
    if (!this.#hasSurface) return;
    this.#pipe.send(displayServer.surfaceCreate, {
      surfaceId: PRIMARY_SURFACE,
      width,
      height,
      format: SurfaceFormat.xrgb32,
      flags: SurfaceFlags.primary,
    });
    if (!hasCap(this.#options.caps, DisplayCap.monitorsConfig)) return;
    this.#pipe.send(displayServer.monitorsConfig, {
      maxAllowed: 1,
      heads: [{ monitorId: 0, surfaceId: PRIMARY_SURFACE, width, height, x: 0, y: 0, flags: 0 }],
    });
  }

  /** The answer tells that the viewer has drawn everything before, and how fast it came through. */
  #pingAfter(bytes: number): void {
    const { clock } = this.#options;
    const sentAt = clock.now();
    this.#underWay += 1;
    this.#underWayBytes += bytes;
    this.#pipe.ping((milliseconds) => {
      const now = clock.now();
      // While an earlier batch was still under way the line was not this one's.
      const took = now - Math.max(sentAt, this.#lastPongAt);
      this.#lastPongAt = now;
      this.#underWay -= 1;
      this.#underWayBytes -= bytes;
      if (bytes >= TELLING_BYTES) this.#session.line.note(bytes, took);
      else this.#delayMs = this.#delayMs === 0 ? milliseconds : this.#delayMs * 0.8 + milliseconds * 0.2;
      this.#grant();
    });
    if (!this.#mustSettle) return;
    this.#mustSettle = false;
    this.#settle = clock.after(JPEG_SETTLE_MS + this.#delayMs, () => {
      this.#settle = null;
      this.#pump();
    });
  }

  /** Lets the screen send as many batches as may be under way. */
  #grant(): void {
    const viewer = this.#viewer;
    if (viewer === null || !this.#pipe.isOpen) return;
    const { maxBatchesInFlight } = this.#options.limits;
    const far = Math.min(MAX_FAR_BATCHES, Math.floor(this.#delayMs / FRAME_MS));
    const room = maxBatchesInFlight + far - this.#granted - this.#underWay - this.#queue.length;
    const wayBytes = Math.max(MIN_WAY_BYTES, (this.#session.line.bytesPerSecond * MAX_WAY_MS) / 1000);
    if (room <= 0 || (this.#underWay > 0 && this.#underWayBytes > wayBytes)) return;
    this.#granted += room;
    viewer.grant(room);
  }

  #release(): void {
    this.#line[Symbol.dispose]();
    this.#settle?.[Symbol.dispose]();
    this.#viewer?.detach();
    this.#viewer = null;
    for (const item of this.#queue.splice(0)) if (item.kind === 'batch') item.batch.release();
  }
}
