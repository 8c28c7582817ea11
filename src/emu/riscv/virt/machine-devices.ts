/** The thread of a machine's devices, as the main thread sees it: orders that are answered, and what it tells by itself. */
import { Worker } from 'node:worker_threads';
import { HostError } from '../../../base/errors.ts';
import type { Logger } from '../../../base/log.ts';
import { Signal } from '../../../base/signal.ts';
import type { BootPoint, DevicesNews, DevicesOrder, DevicesState, DevicesWorkerData } from './machine-messages.ts';

/** How long the thread may take to end before it is ended. */
const CLOSE_TIMEOUT_MS = 5000;

/** News that are for the machine; the rest is dealt with here. */
export type MachineNews = Exclude<
  DevicesNews,
  { readonly kind: 'ready' | 'done' | 'failed' | 'log' | 'trouble' | 'end' }
>;

type Answer = BootPoint | DevicesState | null;
type Asked = DevicesOrder & { readonly id: number };

/** The thread. */
export class MachineDevices {
  /** Emitted once, when the thread has failed. */
  readonly onError: Signal<HostError> = new Signal();
  readonly #worker: Worker;
  readonly #exit: Promise<void>;
  readonly #started = Promise.withResolvers<void>();
  readonly #asked = new Map<number, PromiseWithResolvers<Answer>>();
  readonly #log: Logger;
  readonly #onNews: (news: MachineNews) => void;
  #lastId = 0;
  #renderer: string | null = null;
  #reason: string | null = null;
  #error: HostError | null = null;
  #isClosing = false;

  /** Starts the thread. `onNews` hears from the beginning. */
  constructor(data: DevicesWorkerData, log: Logger, onNews: (news: MachineNews) => void) {
    this.#log = log;
    this.#onNews = onNews;
    this.#worker = new Worker(new URL('./devices.worker.ts', import.meta.url), {
      name: 'devices',
      workerData: data,
      transferList: data.heads.map(({ port }) => port),
    });
    this.#exit = new Promise((resolve) => {
      this.#worker.once('exit', () => resolve());
    });
    this.#worker.on('message', (news: DevicesNews) => this.#hear(news));
    this.#worker.on('error', (error) => this.#fail(new HostError('devices', error.message, { cause: error })));
    this.#worker.on('exit', () => this.#fail(new HostError('devices', 'The thread of the devices has ended.')));
    // Whoever waits for it hears of it; nobody may.
    this.#started.promise.catch(() => {});
  }

  /** The disks are open, and who renders 3D is there or known to be missing. Rejects with HostError. */
  get ready(): Promise<void> {
    return this.#started.promise;
  }

  /** The name of what renders 3D; null: nothing does. */
  get renderer(): string | null {
    return this.#renderer;
  }

  /** Why nothing renders 3D, in one sentence, if it was wished for. */
  get reason(): string | null {
    return this.#reason;
  }

  /** Tells the thread something. */
  order(order: Exclude<DevicesOrder, { readonly id: number } | { readonly kind: 'close' }>): void {
    this.#worker.postMessage(order);
  }

  /** Puts what is to be booted into memory; may be asked for before `ready`. Rejects with HostError. */
  async boot(): Promise<BootPoint> {
    const point = await this.#ask({ kind: 'boot', id: ++this.#lastId });
    if (point === null || !('entry' in point))
      throw new HostError('devices', 'The thread of the devices did not say where to begin.');
    return point;
  }

  /** Has something done, after all that was ordered before. Rejects with HostError. */
  async perform(kind: 'pause' | 'resume' | 'reset'): Promise<void> {
    await this.#ask({ kind, id: ++this.#lastId });
  }

  /** What board and devices know, while all is paused. Rejects with HostError. */
  async save(): Promise<DevicesState> {
    const state = await this.#ask({ kind: 'save', id: ++this.#lastId });
    if (state === null || !('board' in state)) throw new HostError('devices', 'The devices did not tell their state.');
    return state;
  }

  /** Goes on from what `save` gave, in the place of `boot`, once `ready`. Rejects with HostError. */
  async restore(state: DevicesState): Promise<void> {
    await this.#ask({ kind: 'restore', id: ++this.#lastId, state });
  }

  /** Ends the thread; files are closed. May be called more than once. */
  async close(): Promise<void> {
    this.#isClosing = true;
    this.#worker.postMessage({ kind: 'close' } satisfies DevicesOrder);
    const timer = setTimeout(() => void this.#worker.terminate(), CLOSE_TIMEOUT_MS);
    await this.#exit;
    clearTimeout(timer);
  }

  #ask(order: Asked): Promise<Answer> {
    if (this.#error !== null) return Promise.reject(this.#error);
    const asked = Promise.withResolvers<Answer>();
    this.#asked.set(order.id, asked);
    this.#worker.postMessage(order);
    return asked.promise;
  }

  #hear(news: DevicesNews): void {
    switch (news.kind) {
      case 'ready':
        this.#renderer = news.renderer;
        this.#reason = news.reason;
        this.#started.resolve();
        return;
      case 'done':
        this.#asked.get(news.id)?.resolve(news.answer);
        this.#asked.delete(news.id);
        return;
      case 'failed':
        this.#asked.get(news.id)?.reject(new HostError(news.code, news.message));
        this.#asked.delete(news.id);
        return;
      case 'log':
        this.#log[news.level](news.message, news.fields);
        return;
      case 'trouble':
        this.#log.warn(news.message, news.unsaid > 0 ? { unsaid: news.unsaid } : {});
        return;
      case 'end':
        this.#fail(new HostError(news.code, news.message));
        return;
      default:
        this.#onNews(news);
    }
  }

  #fail(error: HostError): void {
    if (this.#error !== null) return;
    this.#error = error;
    this.#started.reject(error);
    for (const asked of this.#asked.values()) asked.reject(error);
    this.#asked.clear();
    if (!this.#isClosing) this.onError.emit(error);
  }
}
