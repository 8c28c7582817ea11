import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { expect, it } from 'vitest';
import { ReplayViewer, showsExactly } from '../../tests/display/replay-viewer.ts';
import { type Logger, silentLogger } from '../base/log.ts';
import { createFrameChannel, openFrameSink } from './frame-channel.ts';
import { createMailboxMemory } from './frame-mailbox.ts';
import { createScreen } from './screen.ts';

/** A frame line on which a consumer's port can be talked into. */
function createTappedChannel(): {
  readonly channel: ReturnType<typeof createFrameChannel>;
  /** Gives the present consumer a mailbox whose frame is larger than the mailbox. */
  readonly breakConsumer: () => void;
} {
  const inner = createFrameChannel();
  const outer = createFrameChannel();
  let consumer: MessagePort | null = null;
  outer.sink.port.on('message', (message: { kind: string; port?: MessagePort }) => {
    if (message.port === undefined) {
      inner.source.port.postMessage(message);
      return;
    }
    const { port1, port2 } = new MessageChannel();
    const toConsumer = message.port;
    consumer = toConsumer;
    port2.on('message', (word) => toConsumer.postMessage(word));
    inner.source.port.postMessage({ kind: 'consumer', port: port1 }, [port1]);
  });
  outer.sink.port.on('close', () => inner.source.port.close());
  return {
    channel: { sink: inner.sink, source: outer.source },
    breakConsumer: () => {
      const capacityPixels = 4096;
      const memory = createMailboxMemory(capacityPixels);
      new Uint32Array(memory.buffer).set([5000, 5000], 2 * 16);
      new Int32Array(memory.buffer)[0] = 1 | 4;
      consumer?.postMessage({ kind: 'memory', memory, capacityPixels });
    },
  };
}

it('a display worker that fails is told of and replaced, and viewers go on', async () => {
  const { channel, breakConsumer } = createTappedChannel();
  const errors: string[] = [];
  const log: Logger = {
    ...silentLogger,
    error: (message, fields) => errors.push(`${message} ${String(fields?.['error'])}`),
  };
  const screen = createScreen(channel.source, { log });
  const sink = openFrameSink(channel.sink);
  const [width, height] = [200, 150];
  const pixels = new Uint8Array(width * height * 4);
  const paint = (seed: number): void => {
    for (let i = 0; i < pixels.length; i++) pixels[i] = (i * seed) >> 3;
    sink.publish(pixels, width * 4, [{ x: 0, y: 0, width, height }]);
  };
  const replay = new ReplayViewer(1 << 20);
  const until = async (isSo: () => boolean): Promise<void> => {
    for (;;) {
      await replay.settled;
      if (isSo()) return;
      const { promise, resolve } = Promise.withResolvers<void>();
      replay.onDrawn = () => resolve();
      await promise;
    }
  };
  sink.configure(width, height);
  paint(3);
  const viewer = screen.attach(
    { encodings: new Set(['raw', 'lz']), bytesPerSecond: 1e6, allowsLossy: false, cachePixels: 1 << 20 },
    replay,
  );
  replay.expect(50);
  viewer.grant(50);
  await until(() => showsExactly(replay, width, height, pixels));
  const before = await screen.stats();

  for (const seed of [5, 7]) {
    const resizes = replay.resizes;
    breakConsumer();
    await until(() => replay.resizes > resizes && showsExactly(replay, width, height, pixels));
    paint(seed);
    await until(() => showsExactly(replay, width, height, pixels));
  }
  expect(errors).toHaveLength(2);
  expect(errors[0]).toMatch(/display worker failed.*cannot hold/);
  expect((await screen.stats()).batches).toBeGreaterThan(before.batches);
  await screen.close();
  sink.close();
});
