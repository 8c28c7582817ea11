/** The thread of a display worker: a ScreenEngine between its ports. */
import { parentPort, workerData } from 'node:worker_threads';
import { assert } from '../base/assert.ts';
import type { ScreenStats } from './contract.ts';
import { FrameConsumer } from './frame-channel.ts';
import { ScreenEngine } from './screen-engine.ts';
import { type FromWorker, type ScreenWorkerData, STAT_NAMES, type ToWorker } from './screen-protocol.ts';

assert(parentPort !== null, 'the display worker is started by createScreen');
const port = parentPort;
const data = workerData as ScreenWorkerData;
const numbers = new Float64Array(data.counters);

/** A counter in shared memory that reads and writes like a property. */
function counter(name: keyof ScreenStats): PropertyDescriptor {
  const index = STAT_NAMES.indexOf(name);
  return {
    get: () => numbers[index],
    set: (value: number) => {
      numbers[index] = value;
    },
  };
}

const counters = Object.defineProperties(
  { framesTaken: 0, batches: 0, encodedBytes: 0, encodedImages: 0, busyMs: 0 },
  Object.fromEntries(STAT_NAMES.map((name) => [name, counter(name)])),
);
const busyBeforeMs = counters.busyMs;

const engine = new ScreenEngine({
  consumer: new FrameConsumer(data.consumer),
  maxFps: data.maxFps,
  generation: data.generation,
  counters,
  post: (message: FromWorker, transfer) => {
    const { user, system } = process.threadCpuUsage();
    counters.busyMs = busyBeforeMs + (user + system) / 1000;
    port.postMessage(message, transfer);
  },
});

port.on('message', (message: ToWorker) => {
  switch (message.kind) {
    case 'attach':
      engine.attach(message.viewer, message.needs, message.credit, message.cached);
      return;
    case 'needs':
      engine.setNeeds(message.viewer, message.needs);
      return;
    case 'grant':
      engine.grant(message.viewer, message.batches);
      return;
    case 'detach':
      engine.detach(message.viewer);
      return;
    case 'release':
      engine.release(message.buffers);
      return;
    case 'capture':
      engine.capture(message.request);
      return;
    case 'close':
      void engine.close().then(() => port.close());
  }
});
