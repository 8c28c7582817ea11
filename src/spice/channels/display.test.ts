import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { silentLogger } from '../../base/log.ts';
import type { DrawStep } from '../../display/contract.ts';
import { FakeGuest, type FakeViewer } from '../fake-guest.ts';
import type { SpiceLimits } from '../limits.ts';
import { ManualClock } from '../manual-clock.ts';
import { SpiceServer } from '../server.ts';
import { TestViewer, type LinkOptions, type TestChannel } from '../test-viewer.ts';
import { Tickets } from '../ticket.ts';
import { displayClient, DisplayCap, displayServer, ImageCompression } from '../wire/display.gen.ts';
import { ImageType } from '../wire/image.gen.ts';
import { ChannelType } from '../wire/link.gen.ts';

let guest: FakeGuest;
let server: SpiceServer;

function start(limits: Partial<SpiceLimits> = {}): void {
  guest = new FakeGuest({ width: 64, height: 48 });
  server = new SpiceServer({
    guest,
    tickets: new Tickets({ password: null }),
    log: silentLogger,
    clock: new ManualClock(),
    limits,
  });
}

beforeEach(() => start());
afterEach(() => server.close());

const cacheSizes = { pixmapCacheId: 1, pixmapCacheSize: 1000n, glzDictionaryId: 1, glzDictionaryWindowSize: 5 };
const all = { x: 0, y: 0, width: 64, height: 48 };

function raw(rect: { x: number; y: number; width: number; height: number }, cacheAs: bigint | null = null): DrawStep {
  const data = new Uint8Array(4 * rect.width * rect.height).fill(0x5a);
  return { kind: 'image', rect, encoding: 'raw', data, isLossy: false, cacheAs };
}

async function openDisplay(
  options: LinkOptions = {},
): Promise<{ display: TestChannel; viewer: TestViewer; seen: FakeViewer }> {
  const viewer = await TestViewer.connect(server, options);
  const display = await viewer.openDisplay(options);
  display.send(displayClient.init, cacheSizes);
  await display.until(displayServer.surfaceCreate);
  const seen = guest.screen.viewers.at(-1);
  if (seen === undefined) throw new Error('nobody attached');
  return { display, viewer, seen };
}

/** Waits until a condition holds, looking at it once a turn of the event loop. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

/** Lets everything that can happen by itself happen. */
async function quiet(): Promise<void> {
  for (let i = 0; i < 200; i++) await new Promise((resolve) => setImmediate(resolve));
}

function once(steps: readonly DrawStep[]): void {
  const done = new Set<FakeViewer>();
  guest.screen.paint = (viewer) => {
    if (done.has(viewer)) return null;
    done.add(viewer);
    return steps;
  };
}

describe('a display channel', () => {
  test('draws nothing before the viewer has set it up, then makes the surface, draws and marks it', async () => {
    once([raw(all)]);
    const viewer = await TestViewer.connect(server, { chunkBytes: 1 });
    const display = await viewer.openDisplay();
    expect(guest.screen.viewers).toHaveLength(0);
    display.send(displayClient.init, cacheSizes);
    expect(await display.until(displayServer.surfaceCreate)).toEqual({
      surfaceId: 0,
      width: 64,
      height: 48,
      format: 32,
      flags: 1,
    });
    const { heads, maxAllowed } = await display.until(displayServer.monitorsConfig);
    expect([maxAllowed, heads]).toEqual([
      1,
      [{ monitorId: 0, surfaceId: 0, width: 64, height: 48, x: 0, y: 0, flags: 0 }],
    ]);
    const copy = await display.until(displayServer.drawCopy);
    expect(copy).toMatchObject({
      box: { top: 0, left: 0, bottom: 48, right: 64 },
      clip: { type: 0 },
      rop: 8,
      mask: { flags: 0, bitmap: null },
    });
    expect(copy.src).toMatchObject({
      type: ImageType.bitmap,
      width: 64,
      height: 48,
      bitmap: { format: 8, flags: 4, stride: 256 },
    });
    await display.until(displayServer.mark);
    await until(() => guest.screen.unreleased === 0);
  });

  test('turns every kind of step into its message', async () => {
    const data = Uint8Array.of(1, 2, 3);
    const rect = { x: 8, y: 4, width: 2, height: 1 };
    const image = { kind: 'image', rect, data, isLossy: false, cacheAs: null } as const;
    once([
      { kind: 'fill', rect, color: 0x123456 },
      { kind: 'copy', rect, fromX: 1, fromY: 2 },
      { ...image, encoding: 'lz' },
      { ...image, encoding: 'lz4', cacheAs: 9n },
      { ...image, encoding: 'jpeg', isLossy: true },
      { kind: 'cached', rect, id: 9n },
    ]);
    const { display } = await openDisplay();
    const box = { top: 4, left: 8, bottom: 5, right: 10 };
    expect(await display.until(displayServer.drawFill)).toMatchObject({
      box,
      brush: { type: 1, color: 0x123456 },
      rop: 8,
    });
    expect(await display.until(displayServer.copyBits)).toMatchObject({ box, srcPosition: { x: 1, y: 2 } });
    const sources = [];
    for (let i = 0; i < 4; i++) sources.push((await display.until(displayServer.drawCopy)).src);
    expect(sources).toEqual([
      { id: 0n, type: ImageType.lzRgb, flags: 0, width: 2, height: 1, data },
      { id: 9n, type: ImageType.lz4, flags: 1, width: 2, height: 1, data },
      { id: 0n, type: ImageType.jpeg, flags: 0, width: 2, height: 1, data },
      { id: 9n, type: ImageType.fromCache, flags: 0, width: 2, height: 1 },
    ]);
  });

  test('follows a change of size, and tells what fell out of the cache before the steps', async () => {
    const { display, seen } = await openDisplay();
    await display.until(displayServer.monitorsConfig);
    guest.screen.resize(32, 16);
    await display.until(displayServer.surfaceDestroy);
    expect(await display.until(displayServer.surfaceCreate)).toMatchObject({ width: 32, height: 16 });
    seen.granted -= 1;
    seen.sink.draw(guest.screen.batch([raw({ x: 0, y: 0, width: 1, height: 1 })], [3n, 4n]));
    const { resources } = await display.until(displayServer.invalList);
    expect(resources).toEqual([
      { type: 1, id: 3n },
      { type: 1, id: 4n },
    ]);
    await display.until(displayServer.drawCopy);
    await display.until(displayServer.mark);
    guest.screen.resize(0, 0);
    await display.until(displayServer.surfaceDestroy);
  });

  test('tells the screen what the viewer can take', async () => {
    const { display, seen } = await openDisplay();
    expect([...seen.needs.encodings].sort()).toEqual(['jpeg', 'lz', 'lz4', 'raw']);
    expect(seen.needs).toMatchObject({ bytesPerSecond: Infinity, allowsLossy: false, cachePixels: 1000 });
    display.send(displayClient.preferredCompression, { compression: ImageCompression.off });
    await until(() => seen.needs.encodings.size === 1);
    display.send(displayClient.preferredCompression, { compression: ImageCompression.autoGlz });
    await until(() => seen.needs.encodings.size === 4);
  });

  test('spares a viewer of the html5 kind the cache and JPEG', async () => {
    const viewer = await TestViewer.connect(server);
    const display = await viewer.open(ChannelType.display, { caps: [DisplayCap.sizedStream, DisplayCap.codecMjpeg] });
    display.send(displayClient.init, { ...cacheSizes, pixmapCacheSize: 10n << 20n, glzDictionaryWindowSize: 0 });
    await display.until(displayServer.surfaceCreate);
    const needs = guest.screen.viewers[0]?.needs;
    expect([...(needs?.encodings ?? [])].sort()).toEqual(['lz', 'raw']);
    expect(needs?.cachePixels).toBe(0);
    expect(display.passed.map(({ type }) => type)).not.toContain(displayServer.monitorsConfig.id);
  });

  test('takes wishes and reports it has no use for, straight after the link', async () => {
    const viewer = await TestViewer.connect(server);
    const display = await viewer.openDisplay();
    display.send(displayClient.preferredVideoCodecType, { codecs: [1, 2, 200] });
    display.send(displayClient.preferredCompression, { compression: 77 });
    display.send(displayClient.glDrawDone, {});
    const times = {
      startFrameTime: 0,
      endFrameTime: 0,
      frames: 0,
      drops: 0xffff_ffff,
      lastFrameDelayMs: 0,
      audioDelayMs: 0,
    };
    display.send(displayClient.streamReport, { streamId: 9, uniqueId: 9, ...times });
    display.send(displayClient.init, cacheSizes);
    await display.until(displayServer.surfaceCreate);
  });

  test('is closed when it is set up twice, and the session goes on', async () => {
    const { display, viewer, seen } = await openDisplay();
    display.send(displayClient.init, cacheSizes);
    await display.drained();
    expect(seen.isAttached).toBe(false);
    const again = await viewer.openDisplay();
    again.send(displayClient.init, cacheSizes);
    await again.until(displayServer.surfaceCreate);
  });

  test('survives a negative cache size', async () => {
    const viewer = await TestViewer.connect(server);
    const display = await viewer.openDisplay();
    display.send(displayClient.init, { ...cacheSizes, pixmapCacheSize: -5n, glzDictionaryWindowSize: -1 });
    await display.until(displayServer.surfaceCreate);
    expect(guest.screen.viewers[0]?.needs.cachePixels).toBe(0);
  });
});

describe('the pace', () => {
  const small = (): DrawStep[] => [raw({ x: 0, y: 0, width: 4, height: 4 })];

  test('a viewer that draws gets batch after batch', async () => {
    let batches = 0;
    guest.screen.paint = () => (batches < 50 ? ((batches += 1), small()) : null);
    const { display } = await openDisplay();
    for (let i = 0; i < 50; i++) await display.until(displayServer.drawCopy);
    await until(() => guest.screen.unreleased === 0);
    expect(batches).toBe(50);
  });

  test('a viewer that reads but answers nothing gets two batches', async () => {
    let batches = 0;
    guest.screen.paint = () => ((batches += 1), small());
    const viewer = await TestViewer.connect(server);
    const display = await viewer.openDisplay();
    display.isPolite = false;
    display.send(displayClient.init, cacheSizes);
    await display.until(displayServer.drawCopy);
    await display.until(displayServer.drawCopy);
    await quiet();
    expect(batches).toBe(2);
  });

  test('a viewer that does not acknowledge gets two windows of messages', async () => {
    await server.close();
    start({ ackWindow: 10 });
    once(
      Array.from({ length: 100 }, (_, i) => ({
        kind: 'fill',
        rect: { x: i % 64, y: 0, width: 1, height: 1 },
        color: i,
      })),
    );
    const viewer = await TestViewer.connect(server);
    const display = await viewer.openDisplay();
    display.isPolite = false;
    display.send(displayClient.init, cacheSizes);
    let messages = 0;
    const reading = (async () => {
      for (;;) {
        if ((await display.next()) === null) return;
        messages += 1;
      }
    })();
    await quiet();
    expect(messages).toBe(20);
    display.send(displayClient.ack, {});
    await until(() => messages === 30);
    display.close();
    await reading;
    await until(() => guest.screen.unreleased === 0);
  });

  test('a viewer that stops reading holds a bounded amount and harms nobody', async () => {
    await server.close();
    start({ maxBufferedBytes: 100_000 });
    let batches = 0;
    let wanted = 10;
    guest.screen.paint = () => {
      if (batches >= wanted) return null;
      batches += 1;
      return Array.from({ length: 10 }, () => raw({ x: 0, y: 0, width: 64, height: 48 }));
    };
    const stalled = await openDisplay({ bufferBytes: 1000 });
    stalled.display.inbox.stream.pause();
    wanted = Infinity;
    guest.screen.pump(stalled.seen);
    await quiet();
    const held = guest.screen.unreleased;
    expect(held).toBeLessThanOrEqual(2);
    wanted = batches + 20;
    const good = await openDisplay();
    for (let i = 0; i < 200; i++) await good.display.until(displayServer.drawCopy);
    expect(guest.screen.unreleased).toBeLessThanOrEqual(held + 2);
    stalled.viewer.main.close();
    await until(() => !stalled.seen.isAttached);
    good.display.close();
    await until(() => guest.screen.unreleased === 0);
  });

  test('resizes while a viewer stalls are merged', async () => {
    await server.close();
    start({ maxBufferedBytes: 1000 });
    const { display, seen } = await openDisplay({ bufferBytes: 100 });
    await display.until(displayServer.monitorsConfig);
    display.inbox.stream.pause();
    seen.sink.draw(guest.screen.batch([raw(all), raw(all), raw(all)]));
    for (let side = 1; side <= 500; side++) guest.screen.resize(side, side);
    display.inbox.stream.resume();
    expect(await display.until(displayServer.surfaceCreate)).toMatchObject({ width: 500, height: 500 });
  });

  test('batches are given back when the viewer goes in the middle', async () => {
    const { viewer, seen } = await openDisplay({ bufferBytes: 100 });
    seen.sink.draw(guest.screen.batch([raw(all), raw(all)]));
    seen.sink.draw(guest.screen.batch([raw(all)]));
    seen.sink.draw(guest.screen.batch([]));
    viewer.main.close();
    await until(() => guest.screen.unreleased === 0);
    seen.sink.draw(guest.screen.batch([raw(all)]));
    expect(guest.screen.unreleased).toBe(0);
  });
});
