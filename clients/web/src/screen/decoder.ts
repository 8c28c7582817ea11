/** The page's end of the decode worker: opens display channels there, hears of sizes and frames, reads pixels back. */
import type { Rect } from '../../../../src/base/rect.ts';
import type { DisplayStats } from '../display/display-stats.ts';
import type { FromWorker, ToWorker } from '../display/worker-messages.ts';
import type { ChannelLink, DisplayHandle } from '../session/session.ts';
import { SessionError } from '../session/session-error.ts';

/** Told what the worker does. */
export interface DecoderListener {
  /** The guest's screen has another size; 0 × 0: it shows none. */
  sized(width: number, height: number): void;
  /** A frame is on the canvas. */
  painted(rect: Rect, stats: DisplayStats): void;
}

interface Run {
  readonly id: number;
  readonly resolve: (handle: DisplayHandle) => void;
  readonly reject: (error: SessionError) => void;
  readonly onEnd: (error: SessionError) => void;
  isOpen: boolean;
}

/** Pixels that were read back, clipped to the screen: bytes R, G, B, A. */
export interface ScreenPixels {
  readonly rect: Rect;
  readonly bytes: Uint8ClampedArray<ArrayBuffer>;
}

export class Decoder {
  readonly #listener: DecoderListener;
  readonly #worker: Worker;
  readonly #reads = new Map<number, PromiseWithResolvers<ScreenPixels>>();
  #run: Run | null = null;
  #runs = 0;
  #readCount = 0;

  /** Takes the canvas over for good: a canvas has one Decoder in its life. */
  constructor(canvas: HTMLCanvasElement, listener: DecoderListener) {
    this.#listener = listener;
    this.#worker = new Worker(new URL('../display/decode-worker.ts', import.meta.url), {
      type: 'module',
      name: 'saffron-decode',
    });
    this.#worker.onmessage = ({ data }: MessageEvent<FromWorker>) => this.#hear(data);
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.#fail(new SessionError('protocol', `The decoder stopped: ${event.message}`));
    };
    const offscreen = canvas.transferControlToOffscreen();
    this.#tell({ kind: 'canvas', canvas: offscreen }, [offscreen]);
  }

  /** Opens a display channel, instead of the one there was. Rejects with SessionError. */
  open(url: string, link: ChannelLink, onEnd: (error: SessionError) => void): Promise<DisplayHandle> {
    this.#close();
    return new Promise((resolve, reject) => {
      const id = ++this.#runs;
      this.#run = { id, resolve, reject, onEnd, isOpen: false };
      this.#tell({ kind: 'open', run: id, url, link });
    });
  }

  /** The pixels of a part of the screen as they are now. */
  readPixels(rect: Rect): Promise<ScreenPixels> {
    const request = ++this.#readCount;
    const answer = Promise.withResolvers<ScreenPixels>();
    this.#reads.set(request, answer);
    this.#tell({ kind: 'read', request, rect });
    return answer.promise;
  }

  /** Ends the worker and all it holds. */
  dispose(): void {
    this.#close();
    this.#worker.terminate();
    for (const { reject } of this.#reads.values()) reject(new SessionError('closed', 'The screen is gone.'));
    this.#reads.clear();
  }

  #tell(message: ToWorker, transfer: Transferable[] = []): void {
    this.#worker.postMessage(message, transfer);
  }

  #close(): void {
    const run = this.#run;
    if (run === null) return;
    this.#run = null;
    this.#tell({ kind: 'close', run: run.id });
    if (!run.isOpen) run.reject(new SessionError('closed', 'The display was closed.'));
  }

  #fail(error: SessionError): void {
    const run = this.#run;
    if (run === null) return;
    this.#run = null;
    if (run.isOpen) run.onEnd(error);
    else run.reject(error);
  }

  #hear(message: FromWorker): void {
    if (message.kind === 'pixels') {
      this.#reads.get(message.request)?.resolve({ rect: message.rect, bytes: message.bytes });
      this.#reads.delete(message.request);
      return;
    }
    const run = this.#run;
    if (run === null || message.run !== run.id) return;
    switch (message.kind) {
      case 'opened':
        run.isOpen = true;
        run.resolve({ close: () => this.#run === run && this.#close() });
        break;
      case 'ended':
        this.#fail(new SessionError(message.code, message.message));
        break;
      case 'size':
        this.#listener.sized(message.width, message.height);
        break;
      case 'paint':
        this.#listener.painted(message.rect, message.stats);
        break;
    }
  }
}
