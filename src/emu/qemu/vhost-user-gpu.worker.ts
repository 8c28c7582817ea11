/**
 * The thread of a guest's GPU: serves QEMU's socket and the queues of the device, and publishes frames. It ends when it is
 * told to, when QEMU hangs up, or on an error of our own, and leaves no descriptor and no mapping behind.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { assert } from '../../base/assert.ts';
import { messageOf } from '../../base/errors.ts';
import { openFrameSink } from '../../display/frame-channel.ts';
import type { GuestGpuProcess } from '../../gl/process/guest-gpu-process.ts';
import { GpuDevice } from '../devices/gpu/device.ts';
import { startRenderer } from '../devices/gpu/start-renderer.ts';
import { threadLog, troubleReport } from '../devices/thread-news.ts';
import { VhostUserBackend } from './vhost-user-backend.ts';
import type { VhostUserGpuNews, VhostUserGpuOrder, VhostUserGpuWorkerData } from './vhost-user-gpu-messages.ts';

const port = parentPort;
assert(port !== null, 'this runs in a thread of its own');
const { socket, heads, width, height, limits, render } = workerData as VhostUserGpuWorkerData;

let device: GpuDevice | null = null;
let backend: VhostUserBackend | null = null;
let gpu: GuestGpuProcess | null = null;
let isOpen = true;

function say(news: VhostUserGpuNews, transfer: readonly ArrayBuffer[] = []): void {
  port?.postMessage(news, transfer);
}

const report = troubleReport(say);
const log = threadLog(say);

async function close(): Promise<void> {
  isOpen = false;
  backend?.close();
  device?.close();
  await gpu?.close();
  port?.close();
}

function openDevice(): GpuDevice {
  const made = new GpuDevice({ heads: heads.map(openFrameSink), width, height, limits, gpu });
  made.onPointerShape.subscribe((shape) => {
    const { buffer } = shape?.pixels ?? {};
    say({ kind: 'shape', shape }, buffer instanceof ArrayBuffer ? [buffer] : []);
  });
  made.onPointerMove.subscribe((place) => say({ kind: 'move', ...place }));
  made.onScanout.subscribe((scanout) => {
    backend?.tellScanout(scanout.head, scanout.width, scanout.height);
    say({ kind: 'scanout', ...scanout });
  });
  made.onRefusal.subscribe(({ command, response, reason }) => {
    const why = reason === null ? '' : `: ${reason}`;
    report(`the guest's command ${command} was refused with 0x${response.toString(16)}${why}`);
  });
  return made;
}

process.on('uncaughtException', (error) => {
  say({ kind: 'end', message: error.stack ?? error.message });
  void close();
});

port.on('message', (order: VhostUserGpuOrder) => {
  switch (order.kind) {
    case 'size':
      device?.setSize(order.head, order.width, order.height);
      return;
    case 'picture':
      device?.showPicture(order);
      return;
    case 'close':
      void close();
  }
});

try {
  const { gpu: opened, reason } = await startRenderer(render, log, {
    onRestart: (restart) => {
      device?.handleRestart();
      say({ kind: 'restart', reason: restart.reason, milliseconds: restart.milliseconds });
    },
    onQuota: (refused, refusals) => say({ kind: 'quota', reason: refused, refusals }),
  });
  if (isOpen) {
    gpu = opened;
    device = openDevice();
    backend = new VhostUserBackend(socket, device, {
      onTrouble: (error) => report(error.message),
      onEnd: (error) => {
        say({ kind: 'end', message: error === null ? 'QEMU has closed the connection of its GPU' : messageOf(error) });
        void close();
      },
    });
    say({ kind: 'ready', renderer: opened?.renderer ?? null, reason });
  } else {
    await opened?.close();
  }
} catch (error) {
  say({ kind: 'end', message: messageOf(error) });
  await close();
}
