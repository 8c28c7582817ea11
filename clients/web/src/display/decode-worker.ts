/**
 * The thread that receives, decodes and paints: it owns the display channel's WebSocket, the surface and the canvas. The
 * page's own thread is left to input and tools.
 */
import { openDisplayChannel, type DisplayChannel } from '../session/display-channel.ts';
import { toSessionError, type SessionError } from '../session/session-error.ts';
import { openWebSocket } from '../session/websocket-transport.ts';
import { CanvasPainter } from './canvas-painter.ts';
import { decodeJpeg } from './decode-jpeg.ts';
import { emptyDisplayStats } from './display-stats.ts';
import type { Surface } from './surface.ts';
import type { FromWorker, ToWorker } from './worker-messages.ts';

/** The part of a worker's global scope used here; the library of types for pages lacks it. */
interface WorkerScope {
  onmessage: ((event: MessageEvent<ToWorker>) => void) | null;
  postMessage(message: FromWorker, transfer?: Transferable[]): void;
  requestAnimationFrame?: (callback: () => void) => number;
}

const scope = globalThis as unknown as WorkerScope;
/** About one frame, where workers have no frames of their own. */
const FRAME_MS = 16;

let painter: CanvasPainter | null = null;
let surface: Surface | null = null;
let run = 0;
let channel: DisplayChannel | null = null;

scope.onmessage = ({ data }) => {
  switch (data.kind) {
    case 'canvas':
      painter = new CanvasPainter(data.canvas, requestFrame, (rect) => {
        const stats = channel === null ? emptyDisplayStats() : { ...channel.renderer.stats };
        stats.bytes = channel?.bytesReceived ?? 0;
        scope.postMessage({ kind: 'paint', run, rect, stats });
      });
      break;
    case 'open':
      void open(data);
      break;
    case 'close':
      if (data.run === run) close();
      break;
    case 'read':
      read(data);
      break;
  }
};

async function open(order: Extract<ToWorker, { kind: 'open' }>): Promise<void> {
  close();
  run = order.run;
  const isCurrent = (): boolean => run === order.run;
  const ended = ({ code, message }: SessionError): void => {
    if (isCurrent()) channel = null;
    scope.postMessage({ kind: 'ended', run: order.run, code, message });
  };
  try {
    const opened = await openDisplayChannel(() => openWebSocket(order.url), order.link, {
      decodeJpeg,
      surfaceChanged: (changed) => {
        if (!isCurrent()) return;
        surface = changed;
        painter?.show(changed);
        const { width, height } = changed ?? { width: 0, height: 0 };
        scope.postMessage({ kind: 'size', run: order.run, width, height });
      },
      drawn: () => painter?.request(),
      end: ended,
    });
    if (!isCurrent()) return opened.close();
    channel = opened;
    scope.postMessage({ kind: 'opened', run: order.run });
  } catch (error) {
    ended(toSessionError(error));
  }
}

function close(): void {
  run = 0;
  channel?.close();
  channel = null;
}

function read({ request, rect }: Extract<ToWorker, { kind: 'read' }>): void {
  const empty = { rect: { x: 0, y: 0, width: 0, height: 0 }, bytes: new Uint8ClampedArray(0) };
  const pixels = surface?.read(rect) ?? empty;
  scope.postMessage({ kind: 'pixels', request, ...pixels }, [pixels.bytes.buffer]);
}

function requestFrame(callback: () => void): void {
  if (scope.requestAnimationFrame !== undefined) scope.requestAnimationFrame(callback);
  else setTimeout(callback, FRAME_MS);
}
