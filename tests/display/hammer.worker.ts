/**
 * A producer that publishes as fast as it can, never looking up: frame n (from 2 on) gives stripe n mod STRIPES the value n.
 * So every whole frame can be told from its number.
 */
import { parentPort, workerData } from 'node:worker_threads';
import type { FrameSinkHandle } from '../../src/display/contract.ts';
import { openFrameSink } from '../../src/display/frame-channel.ts';
import { HAMMER } from './hammer.ts';

const { width, height, stripes, frames } = HAMMER;
const pixels = new Uint32Array(width * height);
const bytes = new Uint8Array(pixels.buffer);
const rows = height / stripes;
const sink = openFrameSink(workerData as FrameSinkHandle);
sink.configure(width, height);
// A sink keeps no thread alive; this one has nothing else to do.
const alive = setInterval(() => {}, 1000);
sink.onWanted = () => {
  clearInterval(alive);
  for (let frame = 2; frame <= frames; frame++) {
    const top = (frame % stripes) * rows;
    pixels.fill(frame, top * width, (top + rows) * width);
    sink.publish(bytes, width * 4, [{ x: 0, y: top, width, height: rows }]);
  }
  parentPort?.postMessage('done');
  sink.close();
};
