import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { silentLogger } from '../base/log.ts';
import { FakeGuest } from './fake-guest.ts';
import { ManualClock } from './manual-clock.ts';
import { SpiceServer, type ViewerEvent } from './server.ts';
import { TestChannel, TestViewer } from './test-viewer.ts';
import { Tickets } from './ticket.ts';
import { commonClient, commonServer, type Ping } from './wire/common.gen.ts';
import { cursorServer } from './wire/cursor.gen.ts';
import { displayClient } from './wire/display.gen.ts';
import { inputsServer } from './wire/inputs.gen.ts';
import { ChannelType } from './wire/link.gen.ts';
import { mainClient, mainServer, MouseMode, MouseModes } from './wire/main.gen.ts';

let guest: FakeGuest;
let server: SpiceServer;
let clock: ManualClock;
let tickets: Tickets;
let events: ViewerEvent[];

beforeEach(() => {
  guest = new FakeGuest();
  clock = new ManualClock();
  tickets = new Tickets({ password: null, viewOnlyPassword: 'look', clock });
  server = new SpiceServer({ guest, tickets, log: silentLogger, clock });
  events = [];
  server.onViewer.subscribe((event) => events.push(event));
});

afterEach(() => server.close());

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

const remote = { transport: 'tcp', address: '192.0.2.1' } as const;

describe('viewers', () => {
  test('come, are listed, and go', async () => {
    const one = await TestViewer.connect(server);
    const two = await TestViewer.connect(server, {
      password: 'look',
      info: { transport: 'tls', address: '192.0.2.1' },
    });
    expect(server.viewers()).toMatchObject([
      { id: 1, address: '', transport: 'unix', isSecure: true, isViewOnly: false, bytesPerSecond: Infinity },
      { id: 2, address: '192.0.2.1', transport: 'tls', isSecure: true, isViewOnly: true },
    ]);
    one.main.close();
    await until(() => server.viewers().length === 1);
    two.main.send(commonClient.disconnecting, { timeStamp: 0n, reason: 0 });
    await until(() => server.viewers().length === 0);
    expect(events.map(({ kind, id, isViewOnly }) => [kind, id, isViewOnly])).toEqual([
      ['connected', 1, false],
      ['connected', 2, true],
      ['disconnected', 1, false],
      ['disconnected', 2, true],
    ]);
    expect(events[3]?.reason).toBe('the viewer left');
  });

  test('of a listener for looking only may only look', async () => {
    await TestViewer.connect(server, { info: { isViewOnly: true } });
    expect(server.viewers()[0]?.isViewOnly).toBe(true);
  });

  test('with a one-time ticket get one session of many channels', async () => {
    await server.close();
    tickets = new Tickets({ password: 'right', clock });
    server = new SpiceServer({ guest, tickets, log: silentLogger, clock });
    const password = tickets.issue({ ttlMs: 60_000, viewOnly: true });
    const viewer = await TestViewer.connect(server, { password });
    await viewer.open(ChannelType.inputs);
    await viewer.openDisplay();
    expect(server.viewers()[0]?.isViewOnly).toBe(true);
    expect(await TestChannel.tryLink(server, { password })).not.toBeInstanceOf(TestChannel);
  });

  test('can be shown out, and are told', async () => {
    const viewer = await TestViewer.connect(server);
    const inputs = await viewer.open(ChannelType.inputs);
    expect(server.disconnect(1, 'enough')).toBe(true);
    await viewer.main.until(mainServer.disconnecting);
    await Promise.all([viewer.main.drained(), inputs.drained()]);
    expect(events.at(-1)).toMatchObject({ kind: 'disconnected', reason: 'enough' });
    expect(server.disconnect(1, 'again')).toBe(false);
  });

  test('are all gone when the server closes, and nothing of it stays', async () => {
    const viewers = [await TestViewer.connect(server), await TestViewer.connect(server, { info: remote })];
    const display = await viewers[0]?.openDisplay();
    display?.send(displayClient.init, {
      pixmapCacheId: 0,
      pixmapCacheSize: 0n,
      glzDictionaryId: 0,
      glzDictionaryWindowSize: 0,
    });
    await until(() => guest.screen.viewers.length === 1);
    await server.close();
    await Promise.all(viewers.map((viewer) => viewer.main.drained()));
    clock.advance(10_000);
    expect(clock.pending).toBe(0);
    expect(guest.screen.viewers[0]?.isAttached).toBe(false);
    expect(guest.pointer.onShape.size + guest.pointer.onMove.size).toBe(0);
    expect(guest.input.onLockLights.size + guest.input.onPointerMode.size).toBe(0);
    expect(await TestChannel.tryLink(server)).toBe(-1);
  });

  test('that open a channel again get the new one', async () => {
    const viewer = await TestViewer.connect(server);
    const first = await viewer.open(ChannelType.inputs);
    const second = await viewer.open(ChannelType.inputs);
    await first.drained();
    await second.until(inputsServer.init);
    expect(server.viewers()).toHaveLength(1);
  });

  test('that lose one channel keep the others', async () => {
    const viewer = await TestViewer.connect(server);
    const inputs = await viewer.open(ChannelType.inputs);
    inputs.close();
    const cursor = await viewer.open(ChannelType.cursor);
    await cursor.until(cursorServer.init);
    expect(server.viewers()).toHaveLength(1);
  });
});

describe('the main channel', () => {
  test('starts with the session and the line test, for viewers elsewhere', async () => {
    const main = await TestChannel.link(server, { caps: [1, 2], info: remote });
    main.isPolite = false;
    const kinds: number[] = [];
    for (let i = 0; i < 7; i++) kinds.push((await main.next())?.type ?? 0);
    const { setAck, ping } = commonServer;
    expect(kinds).toEqual([
      setAck.id,
      mainServer.init.id,
      mainServer.name.id,
      mainServer.uuid.id,
      ping.id,
      ping.id,
      ping.id,
    ]);
  });

  test('measures the line by the ping of 256,000 bytes', async () => {
    const main = await TestChannel.link(server, { info: remote });
    main.isPolite = false;
    const pings: Ping[] = [];
    while (pings.length < 3) pings.push(await main.until(commonServer.ping));
    expect(pings.map(({ data }) => data.byteLength)).toEqual([0, 0, 256_000]);
    const pong = (i: number): void => {
      const { id = 0, timestamp = 0n } = pings[i] ?? {};
      main.send(commonClient.pong, { id, timestamp });
    };
    pong(0);
    pong(1);
    main.send(mainClient.mouseModeRequest, { mode: MouseMode.server });
    await main.until(mainServer.mouseMode);
    clock.advance(100);
    pong(2);
    main.send(mainClient.mouseModeRequest, { mode: MouseMode.client });
    await main.until(mainServer.mouseMode);
    // 256,000 bytes in 100 ms, told as a power of two.
    expect(server.viewers()[0]?.bytesPerSecond).toBe(2 ** 21);
  });

  test('pings a quiet viewer, once until it answers', async () => {
    const viewer = await TestViewer.connect(server);
    viewer.main.isPolite = false;
    clock.advance(30_000);
    const { id, timestamp } = await viewer.main.until(commonServer.ping);
    clock.advance(300_000);
    viewer.main.send(commonClient.pong, { id, timestamp });
    viewer.main.send(mainClient.mouseModeRequest, { mode: MouseMode.server });
    await viewer.main.until(mainServer.mouseMode);
    expect(viewer.main.passed.filter(({ type }) => type === commonServer.ping.id)).toHaveLength(0);
    clock.advance(30_000);
    await viewer.main.until(commonServer.ping);
  });

  test('gives the mouse mode wished for where the guest can, and follows the guest', async () => {
    const { main, init } = await TestViewer.connect(server);
    expect(init).toMatchObject({
      currentMouseMode: MouseMode.client,
      supportedMouseModes: MouseModes.client | MouseModes.server,
    });
    main.send(mainClient.mouseModeRequest, { mode: MouseMode.server });
    expect((await main.until(mainServer.mouseMode)).currentMode).toBe(MouseMode.server);
    main.send(mainClient.mouseModeRequest, { mode: MouseMode.client });
    expect((await main.until(mainServer.mouseMode)).currentMode).toBe(MouseMode.client);
    guest.input.setAbsolute(false);
    const mode = { currentMode: MouseMode.server, supportedModes: MouseModes.server };
    expect(await main.until(mainServer.mouseMode)).toEqual(mode);
    guest.input.setAbsolute(true);
    expect((await main.until(mainServer.mouseMode)).currentMode).toBe(MouseMode.client);
  });

  test('has a clock that starts with the server', async () => {
    clock.advance(5_000);
    const { init } = await TestViewer.connect(server);
    expect(init.multiMediaTime).toBe(5_000);
  });

  test.each([
    ['migrateFlushMark', {}],
    ['migrateConnected', {}],
    ['migrateEnd', {}],
  ] as const)('refuses %s, and serves the next viewer', async (name, message) => {
    const viewer = await TestViewer.connect(server);
    viewer.main.send(mainClient[name], message);
    await viewer.main.drained();
    await TestViewer.connect(server);
  });
});

describe('the cursor channel', () => {
  const shape = { width: 1, height: 2, hotX: 0, hotY: 1, pixels: Uint8Array.of(10, 20, 40, 128, 1, 2, 3, 255) };

  test('shows the shape with straight alpha, hides and moves it', async () => {
    guest.setShape(shape);
    const viewer = await TestViewer.connect(server, { chunkBytes: 1 });
    const channel = await viewer.open(ChannelType.cursor);
    const { cursor, visible } = await channel.until(cursorServer.init);
    expect(visible).toBe(true);
    expect(cursor.header).toMatchObject({ type: 0, width: 1, height: 2, hotSpotX: 0, hotSpotY: 1 });
    expect([...cursor.data]).toEqual([20, 40, 80, 128, 1, 2, 3, 255]);
    guest.setShape(null);
    await channel.until(cursorServer.hide);
    guest.setShape({ ...shape, width: 2, height: 1, hotY: 0 });
    expect((await channel.until(cursorServer.set)).cursor.header).toMatchObject({ width: 2, height: 1 });
    guest.pointer.onMove.emit({ head: 0, x: 5, y: 6 });
    viewer.main.send(mainClient.mouseModeRequest, { mode: MouseMode.server });
    expect((await channel.until(cursorServer.move)).position).toEqual({ x: 5, y: 6 });
    guest.pointer.onMove.emit({ head: 1, x: 9, y: 9 });
    guest.pointer.onMove.emit({ head: 0, x: 70_000, y: -1 });
    expect((await channel.until(cursorServer.move)).position).toEqual({ x: 32_767, y: 0 });
  });

  test('shows no shape that cannot be one', async () => {
    const viewer = await TestViewer.connect(server);
    const channel = await viewer.open(ChannelType.cursor);
    expect((await channel.until(cursorServer.init)).cursor.header).toBeNull();
    for (const wrong of [{ width: 0 }, { width: 3 }, { hotX: 7 }, { pixels: new Uint8Array(3) }]) {
      guest.setShape({ ...shape, ...wrong });
      expect((await channel.until(cursorServer.set)).cursor.header).toBeNull();
    }
    guest.setShape(shape);
    expect((await channel.until(cursorServer.set)).cursor.header).not.toBeNull();
  });

  test('keeps only the newest shape for a viewer that does not read', async () => {
    const viewer = await TestViewer.connect(server);
    const channel = await viewer.open(ChannelType.cursor, { bufferBytes: 1000 });
    await channel.until(cursorServer.init);
    channel.isPolite = false;
    for (let i = 0; i < 1000; i++)
      guest.setShape({ ...shape, pixels: Uint8Array.of(i & 255, 0, 0, 255, 0, 0, 0, 255) });
    let shapes = 0;
    const reading = (async () => {
      while ((await channel.next()) !== null) shapes += 1;
    })();
    for (let i = 0; i < 200; i++) await new Promise((resolve) => setImmediate(resolve));
    expect(shapes).toBeLessThanOrEqual(200);
    channel.close();
    await reading;
  });
});

describe('hostile messages', () => {
  test.each([ChannelType.main, ChannelType.display, ChannelType.inputs, ChannelType.cursor])(
    'of any bytes on channel %i end that channel at most, and the next viewer is served',
    async (type) => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(
            fc.record({
              id: fc.oneof(fc.integer({ min: 0, max: 120 }), fc.integer({ min: 0, max: 65_535 })),
              body: fc.uint8Array({ maxLength: 60 }),
              lie: fc.oneof(fc.constant(0), fc.constant(0), fc.constant(0), fc.integer({ min: 0, max: 0xffff_ffff })),
            }),
            { maxLength: 12 },
          ),
          async (messages) => {
            const viewer = await TestViewer.connect(server);
            const channel = type === ChannelType.main ? viewer.main : await viewer.open(type);
            for (const { id, body, lie } of messages) {
              const header = Buffer.alloc(6);
              header.writeUInt16LE(id);
              header.writeUInt32LE((body.byteLength + lie) % 2 ** 32, 2);
              channel.inbox.stream.write(Buffer.concat([header, body]));
            }
            channel.inbox.stream.end();
            await channel.drained();
            if (type !== ChannelType.main) {
              await viewer.open(ChannelType.cursor);
              viewer.main.close();
            }
          },
        ),
        { numRuns: 30 },
      );
      await until(() => server.viewers().length === 0);
      await TestViewer.connect(server);
    },
  );

  test.each([
    ['a message of 4 GiB', '6900ffffffff'],
    ['a message number nobody knows', '0f2700000000'],
    ['a message cut off by the end of its body', '6e0001000000aa'],
  ])('such as %s end the channel with one reason', async (_name, hex) => {
    const viewer = await TestViewer.connect(server);
    viewer.main.inbox.stream.write(Buffer.from(hex, 'hex'));
    await viewer.main.drained();
    expect(events.at(-1)?.reason).toMatch(/\S/);
    await TestViewer.connect(server);
  });
});
