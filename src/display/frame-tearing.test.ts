import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { expect, it } from 'vitest';
import { HAMMER } from '../../tests/display/hammer.ts';
import { createFrameChannel, FrameConsumer, FrameControl } from './frame-channel.ts';
import { hasTile, TileGrid } from './tile-grid.ts';

it('never shows parts of two frames, and tells all damage, however fast the producer is', async () => {
  const { width, height, stripes, frames } = HAMMER;
  const channel = createFrameChannel();
  const control = new FrameControl(channel.source);
  const worker = new Worker(new URL('../../tests/display/hammer.worker.ts', import.meta.url), {
    workerData: channel.sink,
    transferList: [channel.sink.port],
  });
  const consumer = new FrameConsumer(control.connectConsumer());
  const { promise, resolve } = Promise.withResolvers<void>();
  consumer.onResize = resolve;
  await promise;
  const done = once(worker, 'message');
  control.setWanted(true);

  const grid = new TileGrid(width, height);
  let isDone = false;
  void done.then(() => (isDone = true));
  let taken = 0;
  let last: { readonly frame: number; readonly pixels: Uint32Array } | null = null;
  while (last === null || last.frame < frames) {
    const frame = consumer.take();
    if (frame === null) {
      expect(isDone).toBe(false);
      await new Promise((next) => setImmediate(next));
      continue;
    }
    taken++;
    const pixels = new Uint32Array(consumer.mailbox!.memory.buffer, frame.offset, width * height).slice();
    for (let i = 0; i < pixels.length; i++) {
      const stripe = Math.floor(i / width / (height / stripes));
      const latest: number = frame.frame - ((frame.frame + stripes - stripe) % stripes);
      const wanted: number = latest >= 2 ? latest : 0;
      if (pixels[i] !== wanted) expect.fail(`frame ${frame.frame}, pixel ${i}: ${pixels[i]} instead of ${wanted}`);
      if (last === null || pixels[i] === last.pixels[i]) continue;
      const tile = Math.floor(Math.floor(i / width) / 64) * grid.columns + Math.floor((i % width) / 64);
      if (!hasTile(frame.damage, tile)) expect.fail(`frame ${frame.frame}, pixel ${i} changed without damage`);
    }
    last = { frame: frame.frame, pixels };
  }
  await done;
  expect(taken).toBeGreaterThan(20);
  control.close();
  consumer.close();
  await worker.terminate();
});
