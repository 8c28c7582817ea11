/**
 * The whole way from published frames to batches, with a real display worker: processor time a frame in the worker, and the
 * time from a small change to its batch on the main thread. One JSON line a scene; run with `node bench/display/pipeline.ts`.
 */
import type { DrawBatch, ImageEncoding, Screen, ViewerNeeds, ViewerSink } from '../../src/display/contract.ts';
import { createFrameChannel, openFrameSink } from '../../src/display/frame-channel.ts';
import { createScreen } from '../../src/display/screen.ts';
import { drawText, drawVideo, report } from './scenes.ts';

const [width, height] = [1280, 800];
const FRAMES = 120;

/** Takes batches and grants as many again at once. */
class CountingSink implements ViewerSink {
  onBatch: (batch: DrawBatch) => void = () => {};
  grant: (batches: number) => void = () => {};

  resize(): void {}

  draw(batch: DrawBatch): void {
    batch.release();
    this.grant(1);
    this.onBatch(batch);
  }

  next(): Promise<DrawBatch> {
    const { promise, resolve } = Promise.withResolvers<DrawBatch>();
    this.onBatch = resolve;
    return promise;
  }
}

function open(needs: ViewerNeeds): { screen: Screen; sink: ReturnType<typeof openFrameSink>; viewer: CountingSink } {
  const channel = createFrameChannel();
  const screen = createScreen(channel.source);
  const sink = openFrameSink(channel.sink);
  const viewer = new CountingSink();
  sink.configure(width, height);
  const attached = screen.attach(needs, viewer);
  viewer.grant = (batches) => attached.grant(batches);
  viewer.grant(4);
  return { screen, sink, viewer };
}

function needsOf(encodings: readonly ImageEncoding[], bytesPerSecond: number): ViewerNeeds {
  const allowsLossy = encodings.includes('jpeg');
  return { encodings: new Set(['raw', ...encodings]), bytesPerSecond, allowsLossy, cachePixels: 0 };
}

async function measureScene(
  name: string,
  needs: ViewerNeeds,
  frame: (i: number) => { pixels: Uint8Array; x: number; y: number; width: number; height: number },
): Promise<void> {
  const { screen, sink, viewer } = open(needs);
  await viewer.next();
  const pictures = Array.from({ length: 16 }, (_, i) => frame(i));
  const show = (i: number): void => {
    const { pixels, ...rect } = pictures[i % pictures.length]!;
    sink.publish(pixels, width * 4, [rect]);
  };
  const latencies: number[] = [];
  let before = await screen.stats();
  for (let i = 0; i < FRAMES; i++) {
    if (i === 20) before = await screen.stats();
    await new Promise((resolve) => setTimeout(resolve, 15));
    const batch = viewer.next();
    show(i);
    const { publishedMs } = await batch;
    if (i >= 20) latencies.push(performance.timeOrigin + performance.now() - publishedMs);
  }
  const after = await screen.stats();
  await screen.close();
  const frames = after.framesTaken - before.framesTaken;
  latencies.sort((a, b) => a - b);
  report(`display-${name}`, {
    frames,
    workerMsPerFrame: (after.busyMs - before.busyMs) / frames,
    bytesPerFrame: (after.encodedBytes - before.encodedBytes) / frames,
    imagesPerFrame: (after.encodedImages - before.encodedImages) / frames,
    latencyP50Ms: latencies[Math.floor(latencies.length / 2)]!,
    latencyP95Ms: latencies[Math.floor(latencies.length * 0.95)]!,
  });
}

const local = needsOf(['lz', 'lz4'], Infinity);
const remote = needsOf(['lz', 'jpeg'], 5e6);
const whole = { x: 0, y: 0, width, height };
const video = { x: 320, y: 160, width: 640, height: 480 };

function videoFrame(i: number): Uint8Array {
  const pixels = new Uint8Array(width * height * 4);
  const picture = drawVideo(video.width, video.height, i);
  for (let y = 0; y < video.height; y++) {
    const row = picture.subarray(y * video.width * 4, (y + 1) * video.width * 4);
    pixels.set(row, ((video.y + y) * width + video.x) * 4);
  }
  return pixels;
}

/** A terminal in which one more character was typed. */
function typed(i: number): Uint8Array {
  const pixels = drawText(width, height, 0);
  for (let n = 0; n <= i; n++) {
    for (let y = 0; y < 14; y++)
      pixels.fill(200, ((16 + y) * width + 900 + n * 8) * 4, ((16 + y) * width + 906 + n * 8) * 4);
  }
  return pixels;
}

const scenes = {
  'scroll-local': () => measureScene('scroll-local', local, (i) => ({ pixels: drawText(width, height, i), ...whole })),
  'scroll-remote': () =>
    measureScene('scroll-remote', remote, (i) => ({ pixels: drawText(width, height, i), ...whole })),
  'repaint-local': () =>
    measureScene('repaint-local', local, (i) => ({ pixels: drawText(width, height, i * 100), ...whole })),
  'video-local': () => measureScene('video-local', local, (i) => ({ pixels: videoFrame(i), ...video })),
  'video-remote': () => measureScene('video-remote', remote, (i) => ({ pixels: videoFrame(i), ...video })),
  'key-local': () =>
    measureScene('key-local', local, (i) => ({ pixels: typed(i), x: 896, y: 0, width: 200, height: 64 })),
};

for (const [name, run] of Object.entries(scenes)) {
  if (process.argv.length <= 2 || process.argv.includes(name)) await run();
}
