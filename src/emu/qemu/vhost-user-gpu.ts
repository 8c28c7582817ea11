import { Worker } from 'node:worker_threads';
import { assert } from '../../base/assert.ts';
import { HostError } from '../../base/errors.ts';
import type { Logger } from '../../base/log.ts';
import { closeFd } from '../../base/native/fd.ts';
import { socketPair } from '../../base/native/socket.ts';
import { Signal } from '../../base/signal.ts';
import type { FrameSinkHandle, PointerShape } from '../../display/contract.ts';
import type { GpuLimits } from '../devices/gpu/limits.ts';
import type { RenderWish } from '../devices/gpu/start-renderer.ts';
import type { VhostUserGpuNews, VhostUserGpuOrder, VhostUserGpuWorkerData } from './vhost-user-gpu-messages.ts';

/** How long the thread may take to end before it is ended. */
const CLOSE_TIMEOUT_MS = 3000;

/** What a GPU is made of. */
export interface VhostUserGpuOptions {
  readonly log: Logger;
  /** Where frames go, one for each head; their ports move to the GPU's thread. */
  readonly heads: readonly FrameSinkHandle[];
  /** Size of every monitor until `setSize`. */
  readonly width: number;
  readonly height: number;
  readonly limits?: Partial<GpuLimits>;
  /** How to render 3D; absent or null: the guest gets 2D. */
  readonly render?: RenderWish | null;
}

/**
 * The GPU of a guest in QEMU: QEMU's device vhost-user-gpu or vhost-user-vga is but a shell, this is what lives in it. The
 * work is done in a thread of its own; this object is its handle on the main thread.
 *
 * What the guest does wrong goes to the log, once a second at most.
 */
export class VhostUserGpu {
  readonly onPointerShape: Signal<PointerShape | null> = new Signal();
  /** The place of the hot spot. */
  readonly onPointerMove: Signal<{ readonly head: number; readonly x: number; readonly y: number }> = new Signal();
  /** The guest's driver shows a picture of this size on a head; 0 × 0: it let go. */
  readonly onScanout: Signal<{ readonly head: number; readonly width: number; readonly height: number }> = new Signal();
  /** Emitted once, when the GPU cannot go on: its thread has failed, or QEMU has closed the connection. */
  readonly onError: Signal<Error> = new Signal();
  /** The end to hand to QEMU for `-chardev socket,id=…,fd=N`; call `releaseQemuSocket` once QEMU has it. */
  readonly qemuSocket: number;
  /** Who renders has failed, and another has taken over. */
  readonly onRestart: Signal<{ readonly reason: string; readonly milliseconds: number }> = new Signal();
  /** The guest asked for more than it may have and was refused, so often so far; told at most once a second. */
  readonly onQuota: Signal<{ readonly reason: string; readonly refusals: number }> = new Signal();
  readonly #log: Logger;
  readonly #worker: Worker;
  readonly #exit: Promise<void>;
  readonly #started = Promise.withResolvers<void>();
  readonly #heads: number;
  #renderer: string | null = null;
  #reason: string | null = null;
  #hasQemuSocket = true;
  #isClosing = false;
  #hasEnded = false;

  private constructor(qemuSocket: number, worker: Worker, heads: number, log: Logger) {
    this.#heads = heads;
    this.qemuSocket = qemuSocket;
    this.#worker = worker;
    this.#log = log;
    this.#exit = new Promise((resolve) => {
      worker.once('exit', () => resolve());
    });
    worker.on('message', (news: VhostUserGpuNews) => this.#hear(news));
    worker.on('error', (error) => this.#end(error.message));
    worker.on('exit', () => this.#end('the thread of the GPU has ended'));
  }

  /** Starts the thread; QEMU may connect from then on. Throws HostError. */
  static async start(options: VhostUserGpuOptions): Promise<VhostUserGpu> {
    const { log, heads, width, height, limits = {}, render = null } = options;
    const [qemuSocket, socket] = socketPair();
    let worker: Worker;
    try {
      worker = new Worker(new URL('./vhost-user-gpu.worker.ts', import.meta.url), {
        name: 'gpu',
        workerData: { socket, heads, width, height, limits, render } satisfies VhostUserGpuWorkerData,
        transferList: heads.map(({ port }) => port),
      });
    } catch (error) {
      closeFd(qemuSocket);
      closeFd(socket);
      throw error;
    }
    const gpu = new VhostUserGpu(qemuSocket, worker, heads.length, log);
    try {
      await gpu.#started.promise;
    } catch (error) {
      await gpu.close();
      throw error;
    }
    return gpu;
  }

  /** Whether it offers 3D to the guest. */
  get isRendering(): boolean {
    return this.#renderer !== null;
  }

  /** The name of what renders 3D; null: nothing does. */
  get renderer(): string | null {
    return this.#renderer;
  }

  /** Why nothing renders 3D, in one sentence, if it was wished for. */
  get reason(): string | null {
    return this.#reason;
  }

  /** QEMU has its copy: closes `qemuSocket` here. Twice is once. */
  releaseQemuSocket(): void {
    if (!this.#hasQemuSocket) return;
    this.#hasQemuSocket = false;
    closeFd(this.qemuSocket);
  }

  /** The monitor of a head has this size from now on, 0 × 0: none. The guest hears of it when it asks next. */
  setSize(head: number, width: number, height: number): void {
    assert(head >= 0 && head < this.#heads, `there is no head ${head}`);
    this.#order({ kind: 'size', head, width, height });
  }

  /**
   * Shows the firmware's picture (rows of B, G, R, X without gaps; copied) on head 0 until the guest's driver shows
   * something, and again after a reset.
   */
  showPicture(width: number, height: number, pixels: Uint8Array): void {
    assert(width > 0 && height > 0 && pixels.length === width * height * 4, 'size of a picture');
    const copy = Uint8Array.from(pixels);
    this.#order({ kind: 'picture', width, height, pixels: copy }, [copy.buffer]);
  }

  /** Ends the thread and gives everything back. May be called more than once. */
  async close(): Promise<void> {
    this.#isClosing = true;
    this.releaseQemuSocket();
    this.#order({ kind: 'close' });
    const timer = setTimeout(() => void this.#worker.terminate(), CLOSE_TIMEOUT_MS);
    await this.#exit;
    clearTimeout(timer);
  }

  #order(order: VhostUserGpuOrder, transfer: readonly ArrayBuffer[] = []): void {
    this.#worker.postMessage(order, transfer);
  }

  #hear(news: VhostUserGpuNews): void {
    switch (news.kind) {
      case 'ready':
        this.#renderer = news.renderer;
        this.#reason = news.reason;
        this.#started.resolve();
        return;
      case 'restart':
        this.onRestart.emit({ reason: news.reason, milliseconds: news.milliseconds });
        return;
      case 'quota':
        this.onQuota.emit({ reason: news.reason, refusals: news.refusals });
        return;
      case 'log':
        this.#log[news.level](news.message, news.fields);
        return;
      case 'shape':
        this.onPointerShape.emit(news.shape);
        return;
      case 'move':
        this.onPointerMove.emit({ head: news.head, x: news.x, y: news.y });
        return;
      case 'scanout':
        this.onScanout.emit({ head: news.head, width: news.width, height: news.height });
        return;
      case 'trouble':
        this.#log.warn(news.message, news.unsaid > 0 ? { unsaid: news.unsaid } : {});
        return;
      case 'end':
        this.#end(news.message);
    }
  }

  #end(message: string): void {
    if (this.#isClosing || this.#hasEnded) return;
    this.#hasEnded = true;
    const error = new HostError('gpu', message);
    this.#started.reject(error);
    this.onError.emit(error);
  }
}
