/**
 * The thread that takes QEMU's pictures: it owns the listener connections, the frame sinks of the heads and the memory
 * that QEMU draws into. What it learns besides pixels it tells the main thread.
 */
import { parentPort, workerData } from 'node:worker_threads';
import type { MessagePort } from 'node:worker_threads';
import { assert } from '../../base/assert.ts';
import { messageOf } from '../../base/errors.ts';
import { SharedMemory } from '../../base/native/shared-memory.ts';
import type { FrameSinkHandle, PointerShape } from '../../display/contract.ts';
import { openFrameSink } from '../../display/frame-channel.ts';
import { DbusConnection } from './dbus/dbus-connection.ts';
import { DisplayListener } from './dbus/display-listener.ts';

/** What the thread is started with: a head each, `fd` its listener's socket, which the thread owns from then on. */
export interface DisplayWorkerData {
  readonly heads: readonly { readonly fd: number; readonly sink: FrameSinkHandle }[];
}

/** What the thread tells. After `closed` the head's socket is closed. */
export type DisplayWorkerEvent =
  | { readonly kind: 'size'; readonly head: number; readonly width: number; readonly height: number }
  | { readonly kind: 'shape'; readonly head: number; readonly shape: PointerShape | null }
  | { readonly kind: 'move'; readonly head: number; readonly x: number; readonly y: number }
  | { readonly kind: 'refused'; readonly head: number; readonly member: string; readonly message: string }
  | { readonly kind: 'closed'; readonly head: number; readonly error: string | null };

/** The largest message D-Bus allows: a whole picture may come in one. */
const MAX_MESSAGE_BYTES = 1 << 27;

assert(parentPort !== null, 'runs as a worker thread');
serve(parentPort, workerData as DisplayWorkerData);

function serve(port: MessagePort, { heads }: DisplayWorkerData): void {
  const tell = (event: DisplayWorkerEvent): void => port.postMessage(event);
  const connections = heads.map(({ fd, sink: handle }, head) => {
    const sink = openFrameSink(handle);
    const listener = new DisplayListener({
      sink,
      map: (pixels, sizeBytes) => SharedMemory.map(pixels, 0, sizeBytes),
      onSize: (width, height) => tell({ kind: 'size', head, width, height }),
      onPointerShape: (shape) => tell({ kind: 'shape', head, shape }),
      onPointerMove: (x, y) => tell({ kind: 'move', head, x, y }),
    });
    return new DbusConnection(fd, {
      maxMessageBytes: MAX_MESSAGE_BYTES,
      onCall: (call, fds) => {
        try {
          return listener.handle(call, fds);
        } catch (error) {
          tell({ kind: 'refused', head, member: call.member, message: messageOf(error) });
          throw error;
        }
      },
      onDrained: () => listener.flush(),
      onClose: (error) => {
        listener.close();
        sink.close();
        tell({ kind: 'closed', head, error: error === null ? null : messageOf(error) });
      },
    });
  });
  port.once('message', () => {
    for (const connection of connections) connection.close();
    port.close();
  });
}
