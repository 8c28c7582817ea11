/**
 * A head of a guest as its viewers see it, on the main thread. It hands words and buffers between viewers and a display
 * worker, and replaces a worker that died: viewers stay, and see the whole picture anew.
 */
import { Worker } from 'node:worker_threads';
import { StateError } from '../base/errors.ts';
import { type Logger, silentLogger } from '../base/log.ts';
import { Signal } from '../base/signal.ts';
import type {
  DrawBatch,
  DrawStep,
  FrameSourceHandle,
  Screen,
  ScreenStats,
  ScreenViewer,
  ViewerNeeds,
  ViewerSink,
} from './contract.ts';
import { FrameControl } from './frame-channel.ts';
import {
  type FromWorker,
  type PackedStep,
  type ScreenWorkerData,
  STAT_NAMES,
  type ToWorker,
} from './screen-protocol.ts';

/** What a screen may be told. */
export interface ScreenOptions {
  readonly log?: Logger;
  /** Frames a second that viewers are sent at most; 60 if not told. */
  readonly maxFps?: number;
}

/** A worker that dies within this time of its start is replaced only after a while, which doubles up to a bound. */
const EARLY_DEATH_MS = 5000;
const FIRST_DELAY_MS = 100;
const MAX_DELAY_MS = 5000;
/** A worker that does not end by itself when told to is ended. */
const CLOSE_TIMEOUT_MS = 2000;

/** Makes a screen of a head's frames; the handle is used up. Close the screen to end its thread and the producer's end. */
export function createScreen(source: FrameSourceHandle, options: ScreenOptions = {}): Screen {
  return new WorkerScreen(source, options);
}

type DrawMessage = Extract<FromWorker, { kind: 'draw' }>;
type Capture = Awaited<ReturnType<Screen['capture']>>;

class Attached {
  readonly id: number;
  readonly sink: ViewerSink;
  needs: ViewerNeeds;
  /** Granted and not yet used. */
  credit = 0;
  /** Images the viewer keeps, for a worker that comes after a crash. */
  readonly cached = new Set<bigint>();

  constructor(id: number, needs: ViewerNeeds, sink: ViewerSink) {
    this.id = id;
    this.needs = needs;
    this.sink = sink;
  }
}

class WorkerScreen implements Screen {
  width = 0;
  height = 0;
  readonly onResize = new Signal<{ readonly width: number; readonly height: number }>();
  readonly #control: FrameControl;
  readonly #log: Logger;
  readonly #maxFps: number;
  readonly #counters = new SharedArrayBuffer(STAT_NAMES.length * 8);
  readonly #viewers = new Map<number, Attached>();
  readonly #captures = new Map<number, PromiseWithResolvers<Capture>>();
  #worker: Worker | null = null;
  #generation = 0;
  #startedMs = 0;
  #delayMs = 0;
  #restart: NodeJS.Timeout | null = null;
  #nextId = 1;
  #closing: Promise<void> | null = null;

  constructor(source: FrameSourceHandle, options: ScreenOptions) {
    this.#control = new FrameControl(source);
    this.#log = options.log ?? silentLogger;
    this.#maxFps = options.maxFps ?? 60;
    this.#start();
  }

  attach(needs: ViewerNeeds, sink: ViewerSink): ScreenViewer {
    if (this.#closing !== null) throw new StateError('closed', 'The screen is closed.');
    const viewer = new Attached(this.#nextId++, needs, sink);
    this.#viewers.set(viewer.id, viewer);
    if (this.#viewers.size === 1) this.#control.setWanted(true);
    this.#tell({ kind: 'attach', viewer: viewer.id, needs, credit: 0, cached: [] });
    const isAttached = (): boolean => this.#viewers.get(viewer.id) === viewer;
    return {
      grant: (batches) => {
        if (!isAttached() || !(batches > 0)) return;
        viewer.credit += Math.floor(batches);
        this.#tell({ kind: 'grant', viewer: viewer.id, batches });
      },
      setNeeds: (changed) => {
        if (!isAttached()) return;
        viewer.needs = changed;
        this.#tell({ kind: 'needs', viewer: viewer.id, needs: changed });
      },
      detach: () => {
        if (!isAttached()) return;
        this.#viewers.delete(viewer.id);
        this.#tell({ kind: 'detach', viewer: viewer.id });
        if (this.#viewers.size === 0) this.#control.setWanted(false);
      },
    };
  }

  // oxlint-disable-next-line typescript/require-await -- the contract leaves room for workers that must be asked
  async stats(): Promise<ScreenStats> {
    const numbers = new Float64Array(this.#counters);
    const value = (name: keyof ScreenStats): number => numbers[STAT_NAMES.indexOf(name)]!;
    return {
      framesTaken: value('framesTaken'),
      batches: value('batches'),
      encodedBytes: value('encodedBytes'),
      encodedImages: value('encodedImages'),
      busyMs: value('busyMs'),
    };
  }

  capture(): Promise<Capture> {
    const capture = Promise.withResolvers<Capture>();
    if (this.#closing !== null) {
      capture.reject(new StateError('closed', 'The screen is closed.'));
      return capture.promise;
    }
    const request = this.#nextId++;
    this.#captures.set(request, capture);
    this.#tell({ kind: 'capture', request });
    return capture.promise;
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#viewers.clear();
    this.#control.close();
    if (this.#restart !== null) clearTimeout(this.#restart);
    const worker = this.#worker;
    if (worker !== null) {
      const { promise, resolve } = Promise.withResolvers<void>();
      worker.once('exit', () => resolve());
      worker.postMessage({ kind: 'close' } satisfies ToWorker);
      const timer = setTimeout(() => void worker.terminate(), CLOSE_TIMEOUT_MS);
      await promise;
      clearTimeout(timer);
    }
    for (const capture of this.#captures.values()) {
      capture.reject(new StateError('closed', 'The screen was closed before it was captured.'));
    }
    this.#captures.clear();
  }

  #start(): void {
    const consumer = this.#control.connectConsumer();
    this.#generation++;
    this.#startedMs = performance.now();
    const workerData: ScreenWorkerData = {
      consumer,
      maxFps: this.#maxFps,
      generation: this.#generation,
      counters: this.#counters,
    };
    const worker = new Worker(new URL('./screen.worker.ts', import.meta.url), {
      name: 'display',
      workerData,
      transferList: [consumer],
    });
    this.#worker = worker;
    worker.on('message', (message: FromWorker) => this.#handle(message, worker));
    worker.on('error', (error) => this.#log.error('The display worker failed.', { error }));
    worker.once('exit', () => this.#handleExit(worker));
    for (const viewer of this.#viewers.values()) {
      const { id, needs, credit, cached } = viewer;
      this.#tell({ kind: 'attach', viewer: id, needs, credit, cached: [...cached] });
    }
    for (const request of this.#captures.keys()) this.#tell({ kind: 'capture', request });
  }

  #handleExit(worker: Worker): void {
    if (worker !== this.#worker) return;
    this.#worker = null;
    if (this.#closing !== null) return;
    const isEarly = performance.now() - this.#startedMs < EARLY_DEATH_MS;
    this.#delayMs = isEarly ? Math.min(MAX_DELAY_MS, Math.max(FIRST_DELAY_MS, this.#delayMs * 2)) : FIRST_DELAY_MS;
    this.#log.warn('The display worker is started again.', { delayMs: this.#delayMs });
    this.#restart = setTimeout(() => {
      this.#restart = null;
      this.#start();
    }, this.#delayMs);
  }

  /** Tells the worker, if there is one: a worker to come is told everything at its start. */
  #tell(message: ToWorker): void {
    this.#worker?.postMessage(message);
  }

  #handle(message: FromWorker, worker: Worker): void {
    switch (message.kind) {
      case 'size':
        if (message.width === this.width && message.height === this.height) return;
        this.width = message.width;
        this.height = message.height;
        this.onResize.emit({ width: message.width, height: message.height });
        return;
      case 'resize':
        this.#viewers.get(message.viewer)?.sink.resize(message.width, message.height);
        return;
      case 'draw':
        this.#draw(message, worker);
        return;
      case 'capture': {
        const { width, height, pixels } = message;
        this.#captures.get(message.request)?.resolve({ width, height, pixels: new Uint8Array(pixels) });
        this.#captures.delete(message.request);
        return;
      }
      case 'warning':
        this.#log.warn(message.message);
    }
  }

  #draw(message: DrawMessage, worker: Worker): void {
    const { buffers, frame, publishedMs } = message;
    let holders = message.batches.length;
    const release = (): void => {
      if (--holders > 0 || buffers.length === 0 || worker !== this.#worker || this.#closing !== null) return;
      worker.postMessage({ kind: 'release', buffers } satisfies ToWorker, [...buffers]);
    };
    for (const { viewer, steps, evicted } of message.batches) {
      const attached = this.#viewers.get(viewer);
      if (attached === undefined) {
        release();
        continue;
      }
      attached.credit--;
      for (const id of evicted) attached.cached.delete(id);
      const unpacked = steps.map((step) => unpackStep(step, buffers));
      for (const step of unpacked) {
        if (step.kind === 'image' && step.cacheAs !== null) attached.cached.add(step.cacheAs);
      }
      attached.sink.draw(new SharedBatch(frame, publishedMs, unpacked, evicted, release));
    }
  }
}

function unpackStep(step: PackedStep, buffers: readonly ArrayBuffer[]): DrawStep {
  if (step.kind !== 'image') return step;
  const { kind, rect, encoding, isLossy, cacheAs } = step;
  return {
    kind,
    rect,
    encoding,
    data: new Uint8Array(buffers[step.buffer]!, step.offset, step.length),
    isLossy,
    cacheAs,
  };
}

class SharedBatch implements DrawBatch {
  readonly frame: number;
  readonly publishedMs: number;
  readonly steps: readonly DrawStep[];
  readonly evicted: readonly bigint[];
  #release: (() => void) | null;

  constructor(
    frame: number,
    publishedMs: number,
    steps: readonly DrawStep[],
    evicted: readonly bigint[],
    release: () => void,
  ) {
    this.frame = frame;
    this.publishedMs = publishedMs;
    this.steps = steps;
    this.evicted = evicted;
    this.#release = release;
  }

  release(): void {
    this.#release?.();
    this.#release = null;
  }
}
