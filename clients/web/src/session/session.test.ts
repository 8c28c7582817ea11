import * as fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import {
  AgentCap,
  agentFromGuest,
  agentToGuest,
  ClipboardType,
  readAgentHeader,
  writeAgentHeader,
} from '../../../../src/spice/wire/agent.gen.ts';
import { commonServer } from '../../../../src/spice/wire/common.gen.ts';
import { CursorFlags, cursorServer, CursorType } from '../../../../src/spice/wire/cursor.gen.ts';
import { displayServer, ImageCompression, SurfaceFormat } from '../../../../src/spice/wire/display.gen.ts';
import { ImageType } from '../../../../src/spice/wire/image.gen.ts';
import { inputsServer } from '../../../../src/spice/wire/inputs.gen.ts';
import { ChannelType } from '../../../../src/spice/wire/link.gen.ts';
import { mainServer } from '../../../../src/spice/wire/main.gen.ts';
import { Reader } from '../../../../src/wire/reader.ts';
import { joinBytes, Writer } from '../../../../src/wire/writer.ts';
import { FakeSpiceServer, type FakeServerOptions } from '../../tests/fake-spice-server.ts';
import { drawOf, lzImage } from '../../tests/pictures.ts';
import { transportPair } from '../../tests/transport-pair.ts';
import type { ByteTransport } from './byte-transport.ts';
import type { CursorShape } from './cursor-shape.ts';
import { openDisplayChannel, type DisplayChannel } from './display-channel.ts';
import { openSession, type Session, type SessionListener, type SessionOptions } from './session.ts';
import { SessionError } from './session-error.ts';

const { main, display, inputs, cursor } = ChannelType;
const open: Session[] = [];

afterEach(() => {
  for (const session of open.splice(0)) session.close();
});

interface Setting extends FakeServerOptions {
  readonly given?: string;
  readonly pieceBytes?: number;
  readonly isViewOnly?: boolean;
}

async function setUp(setting: Setting = {}) {
  const server = await FakeSpiceServer.create(setting);
  const told: string[] = [];
  const shapes: (CursorShape | null)[] = [];
  const closed: Promise<void>[] = [];
  const ended = Promise.withResolvers<SessionError>();
  const waiters = new Map<string, () => void>();
  const say = (line: string): void => {
    told.push(line);
    waiters.get(line)?.();
  };
  const heard = async (line: string): Promise<void> => {
    if (!told.includes(line)) await new Promise<void>((resolve) => waiters.set(line, resolve));
  };
  const listener: SessionListener = {
    guestName: (name) => say(`name ${name}`),
    pointerMode: (isAbsolute) => say(`absolute ${isAbsolute}`),
    agent: (isConnected) => say(`agent ${isConnected}`),
    copied: (text) => say(`copied ${text}`),
    lights: ({ caps, num, scroll }) => say(`lights ${[caps, num, scroll].map(Number).join('')}`),
    latency: (ms) => say(ms >= 0 ? 'latency' : 'negative latency'),
    cursorShape: (shape) => {
      shapes.push(shape);
      say(shape === null ? 'no pointer' : `pointer ${shape.width}x${shape.height}`);
    },
    cursorMove: (x, y) => say(`pointer at ${x},${y}`),
    end: (error) => {
      say(`end ${error.code}`);
      ended.resolve(error);
    },
  };
  const connect = async (): Promise<ByteTransport> => {
    const [mine, theirs] = transportPair(setting.pieceBytes);
    server.accept(theirs);
    const isClosed = Promise.withResolvers<void>();
    closed.push(isClosed.promise);
    const close = mine.close.bind(mine);
    mine.close = () => {
      close();
      isClosed.resolve();
    };
    return mine;
  };
  let displayChannel: DisplayChannel | null = null;
  const options: SessionOptions = {
    connect,
    password: setting.given ?? '',
    isViewOnly: setting.isViewOnly ?? false,
    listener,
    openDisplay: async (link, onEnd) =>
      (displayChannel = await openDisplayChannel(connect, link, {
        decodeJpeg: () => Promise.reject(new Error('no JPEG here')),
        surfaceChanged: (surface) => say(surface === null ? 'no screen' : `screen ${surface.width}x${surface.height}`),
        drawn: () => say('drawn'),
        end: onEnd,
      })),
  };
  const start = async (): Promise<Session> => {
    const session = await openSession(options);
    open.push(session);
    return session;
  };
  return {
    server,
    told,
    shapes,
    closed,
    ended: ended.promise,
    heard,
    options,
    start,
    display: () => displayChannel,
  };
}

describe('opening', () => {
  test.each([1, 7, Number.POSITIVE_INFINITY])(
    'links all channels under one id, bytes coming %d at a time',
    async (n) => {
      const { server, told, start, heard } = await setUp({ pieceBytes: n });
      const session = await start();
      await heard('absolute true');
      await heard('name Fake guest');
      await heard('lights 000');
      expect(server.channels.map(({ type }) => type).toSorted((a, b) => a - b)).toEqual([
        main,
        display,
        inputs,
        cursor,
      ]);
      expect(new Set(server.channels.map(({ link }) => link.connectionId))).toEqual(new Set([0, 0x51ff]));
      expect(told).not.toContain('end closed');
      expect(session.inputs).not.toBeNull();
      expect(session.bytesReceived).toBeGreaterThan(0);
    },
  );

  test('says when a password is missing or wrong, and takes the right one', async () => {
    const { server, options } = await setUp({ password: 'geheim äö' });
    await expect(openSession(options)).rejects.toMatchObject({ name: 'SessionError', code: 'authentication' });
    await expect(openSession({ ...options, password: 'falsch' })).rejects.toMatchObject({ code: 'authentication' });
    open.push(await openSession({ ...options, password: 'geheim äö' }));
    expect(server.tried.slice(0, 3)).toEqual(['', 'falsch', 'geheim äö']);
  });

  test('refuses a password that no ticket can hold', async () => {
    const { options } = await setUp();
    await expect(openSession({ ...options, password: 'x'.repeat(61) })).rejects.toMatchObject({
      code: 'authentication',
    });
  });

  test('a viewer without input opens no inputs channel', async () => {
    const { server, start } = await setUp({ isViewOnly: true });
    expect((await start()).inputs).toBeNull();
    expect(server.channels.some(({ type }) => type === inputs)).toBe(false);
  });

  test('leaves nothing open when one channel does not come about', async () => {
    const { options, closed } = await setUp();
    const openDisplay = (): Promise<never> => Promise.reject(new SessionError('refused', 'no display'));
    await expect(openSession({ ...options, openDisplay })).rejects.toMatchObject({ code: 'refused' });
    expect(await Promise.all(closed)).toHaveLength(3);
  });

  test('an unreachable server is told as such', async () => {
    const { options } = await setUp();
    const connect = (): Promise<never> => Promise.reject(new SessionError('unreachable', 'nobody there'));
    await expect(openSession({ ...options, connect })).rejects.toMatchObject({ code: 'unreachable' });
  });
});

describe('main', () => {
  test('answers pings and acknowledges windows', async () => {
    const { server, start } = await setUp();
    await start();
    const channel = await server.channel(main);
    channel.send(commonServer.ping, { id: 7, timestamp: 123n, data: new Uint8Array(300_000) });
    expect(await channel.wait('pong')).toEqual({ id: 7, timestamp: 123n });
    channel.send(commonServer.setAck, { generation: 9, window: 3 });
    expect(await channel.wait('ackSync')).toEqual({ generation: 9 });
    channel.send(mainServer.multiMediaTime, { time: 1 });
    channel.send(mainServer.multiMediaTime, { time: 2 });
    await channel.wait('ack');
    expect(channel.received.filter(({ name }) => name === 'ack')).toHaveLength(1);
  });

  test('stays with motions when the guest takes no places', async () => {
    const { server, start, heard } = await setUp({ isAbsolute: false });
    await start();
    await heard('absolute false');
    const channel = await server.channel(main);
    expect(channel.received.some(({ name }) => name === 'mouseModeRequest')).toBe(false);
  });

  test('asks the guest for a size through its agent, when the agent comes', async () => {
    const { server, start, heard } = await setUp();
    const session = await start();
    session.wishSize(1000, 600);
    session.wishSize(1001, 601);
    expect(session.canResize).toBe(false);
    const channel = await server.channel(main);
    channel.send(mainServer.agentConnectedTokens, { tokens: 10 });
    await heard('agent true');
    expect(session.canResize).toBe(true);
    await channel.wait('agentStart');
    const wish = (await channel.wait('agentData', ({ data }: { data: Uint8Array }) => {
      return readAgentHeader(new Reader(data)).type === agentToGuest.monitorsConfig.id;
    })) as { data: Uint8Array };
    const { monitors } = agentToGuest.monitorsConfig.read(new Reader(wish.data.subarray(20)));
    expect(monitors).toEqual([{ width: 1001, height: 601, depth: 32, x: 0, y: 0 }]);
  });

  test('sends no more to the agent than it has tokens for', async () => {
    const { server, start, heard } = await setUp();
    const session = await start();
    const channel = await server.channel(main);
    channel.send(mainServer.agentConnectedTokens, { tokens: 1 });
    await heard('agent true');
    session.wishSize(800, 600);
    channel.send(commonServer.ping, { id: 1, timestamp: 1n, data: new Uint8Array(0) });
    await channel.wait('pong');
    expect(channel.received.filter(({ name }) => name === 'agentData')).toHaveLength(1);
    channel.send(mainServer.agentToken, { tokens: 1 });
    await channel.wait('agentData', ({ data }: { data: Uint8Array }) => readAgentHeader(new Reader(data)).type === 2);
  });

  test('answers an agent that asks for capabilities, however its bytes are cut', async () => {
    const { server, start, heard } = await setUp();
    await start();
    const channel = await server.channel(main);
    channel.send(mainServer.agentConnectedTokens, { tokens: 10 });
    await heard('agent true');
    const writer = new Writer();
    const body = new Uint8Array([1, 0, 0, 0, 2, 0, 0, 0]);
    const other = new Uint8Array(5000);
    writeAgentHeader(writer, { protocol: 1, type: 4, opaque: 0n, size: other.byteLength });
    const first = joinBytes([...writer.finish(), other]);
    writeAgentHeader(writer, { protocol: 1, type: agentFromGuest.announceCapabilities.id, opaque: 0n, size: 8 });
    const bytes = joinBytes([first, ...writer.finish(), body]);
    for (let at = 0; at < bytes.byteLength; at += 1999) {
      channel.send(mainServer.agentData, { data: bytes.subarray(at, at + 1999) });
    }
    await channel.wait('agentData', ({ data }: { data: Uint8Array }) => {
      const isHello = readAgentHeader(new Reader(data)).type === agentToGuest.announceCapabilities.id;
      return isHello && !agentToGuest.announceCapabilities.read(new Reader(data.subarray(20))).request;
    });
  });
});

describe('text that was copied in the guest', () => {
  const { announceCapabilities, clipboardGrab, clipboard } = agentFromGuest;
  const request = agentToGuest.clipboardRequest;
  const SELECTIONS = 1 << AgentCap.clipboardSelection;
  const { utf8Text, imagePng } = ClipboardType;

  /** Messages of an agent, as bytes. */
  function saying(features: number) {
    const writer = new Writer(features);
    return <T>(codec: { readonly id: number; write(w: Writer, message: T): void }, message: T): Uint8Array => {
      codec.write(writer, message);
      const body = joinBytes(writer.finish());
      writeAgentHeader(writer, { protocol: 1, type: codec.id, opaque: 0n, size: body.byteLength });
      return joinBytes([...writer.finish(), body]);
    };
  }

  test.each([
    ['several selections', SELECTIONS],
    ['one clipboard', 0],
  ])('is asked for and told, with an agent that knows %s', async (_name, features) => {
    const { server, start, heard, told } = await setUp();
    await start();
    const channel = await server.channel(main);
    channel.send(mainServer.agentConnectedTokens, { tokens: 10 });
    await heard('agent true');
    const agent = saying(features);
    const say = (bytes: Uint8Array): void => {
      for (let at = 0; at < bytes.byteLength; at += 1999) {
        channel.send(mainServer.agentData, { data: bytes.subarray(at, at + 1999) });
      }
    };
    const asks = (): unknown[] =>
      channel.received
        .filter(({ name }) => name === 'agentData')
        .map(({ message }) => (message as { data: Uint8Array }).data)
        .filter((data) => readAgentHeader(new Reader(data)).type === request.id)
        .map((data) => request.read(new Reader(data.subarray(20), features)));
    const [ours, primary] = features === 0 ? [null, null] : [{ id: 0 }, { id: 1 }];
    const text = 'ä€'.repeat(3000);

    say(agent(clipboardGrab, { selection: ours, serial: null, types: [utf8Text] }));
    say(agent(announceCapabilities, { request: false, caps: [(1 << AgentCap.clipboardByDemand) | features] }));
    say(agent(clipboardGrab, { selection: ours, serial: null, types: [imagePng] }));
    if (primary !== null) say(agent(clipboardGrab, { selection: primary, serial: null, types: [utf8Text] }));
    say(agent(clipboardGrab, { selection: ours, serial: null, types: [imagePng, utf8Text] }));
    await channel.wait('agentData', ({ data }: { data: Uint8Array }) => {
      return readAgentHeader(new Reader(data)).type === request.id;
    });
    expect(asks()).toEqual([{ selection: ours, type: utf8Text }]);

    say(agent(clipboard, { selection: ours, type: utf8Text, data: new Uint8Array(0) }));
    say(agent(clipboard, { selection: ours, type: imagePng, data: new TextEncoder().encode('picture') }));
    say(agent(clipboard, { selection: ours, type: utf8Text, data: new Uint8Array((1 << 20) + 1).fill(0x61) }));
    say(agent(clipboard, { selection: ours, type: utf8Text, data: new TextEncoder().encode(text) }));
    await heard(`copied ${text}`);
    expect(told.filter((line) => line.startsWith('copied'))).toEqual([`copied ${text}`]);
  });
});

describe('inputs', () => {
  test('keys go as bytes of set 1, the prefix first', async () => {
    const { server, start } = await setUp();
    const session = await start();
    session.inputs?.key(0x1e, true);
    session.inputs?.key(0x1e, false);
    session.inputs?.key(0xe053, true);
    session.inputs?.key(0xe053, false);
    const channel = await server.channel(inputs);
    await channel.wait('keyUp', ({ code }: { code: number }) => code === 0xd3e0);
    expect(channel.received).toEqual([
      { name: 'keyDown', message: { code: 0x1e } },
      { name: 'keyUp', message: { code: 0x9e } },
      { name: 'keyDown', message: { code: 0x53e0 } },
      { name: 'keyUp', message: { code: 0xd3e0 } },
    ]);
  });

  test('motions wait and merge while eight are on the way; a click takes the last along', async () => {
    const { server, start, heard } = await setUp();
    const session = await start();
    for (let x = 0; x < 30; x++) session.inputs?.position(x, 5);
    const channel = await server.channel(inputs);
    await channel.wait('mousePosition', ({ x }: { x: number }) => x === 7);
    channel.send(inputsServer.mouseMotionAck, {});
    await channel.wait('mousePosition', ({ x }: { x: number }) => x === 29);
    expect(channel.received).toHaveLength(9);
    await heard('latency');
    for (let x = 30; x < 60; x++) session.inputs?.position(x, 5);
    session.inputs?.button('left', true);
    session.inputs?.button('left', false);
    await channel.wait('mouseRelease');
    expect(channel.received.slice(-3)).toEqual([
      { name: 'mousePosition', message: { x: 59, y: 5, buttonsState: 0, displayId: 0 } },
      { name: 'mousePress', message: { button: 1, buttonsState: 1 } },
      { name: 'mouseRelease', message: { button: 1, buttonsState: 0 } },
    ]);
  });

  test('the wheel is buttons four and five', async () => {
    const { server, start } = await setUp();
    const session = await start();
    session.inputs?.wheel(2);
    session.inputs?.wheel(-1);
    const channel = await server.channel(inputs);
    await channel.wait('mouseRelease', ({ button }: { button: number }) => button === 4);
    const pressed = channel.received.filter(({ name }) => name === 'mousePress').map(({ message }) => message);
    expect(pressed).toEqual([
      { button: 5, buttonsState: 16 },
      { button: 5, buttonsState: 16 },
      { button: 4, buttonsState: 8 },
    ]);
  });

  test('relative motions add up while they wait', async () => {
    const { server, start } = await setUp({ isAbsolute: false });
    const session = await start();
    for (let i = 0; i < 20; i++) session.inputs?.motion(1, -2);
    const channel = await server.channel(inputs);
    await channel.wait('mouseMotion');
    channel.send(inputsServer.mouseMotionAck, {});
    await channel.wait('mouseMotion', ({ dx }: { dx: number }) => dx === 12);
  });

  test('tells the lights of the keyboard', async () => {
    const { server, start, heard } = await setUp();
    await start();
    (await server.channel(inputs)).send(inputsServer.keyModifiers, { modifiers: 5 });
    await heard('lights 101');
  });
});

describe('cursor', () => {
  const header = { unique: 5n, type: CursorType.alpha, width: 2, height: 1, hotSpotX: 1, hotSpotY: 9 };
  const position = { x: 3, y: 4 };

  test('shapes come as they are, are kept, hidden and drawn again', async () => {
    const { server, start, heard, shapes } = await setUp();
    await start();
    const channel = await server.channel(cursor);
    const data = new Uint8Array([0, 64, 128, 128, 10, 20, 30, 255]);
    channel.send(cursorServer.init, {
      position,
      trailLength: 0,
      trailFrequency: 0,
      visible: true,
      cursor: { flags: CursorFlags.cacheMe, header, data },
    });
    await heard('pointer at 3,4');
    expect(shapes.at(-1)).toMatchObject({ width: 2, height: 1, hotX: 1, hotY: 0 });
    expect([...(shapes.at(-1)?.pixels ?? [])]).toEqual([128, 64, 0, 128, 30, 20, 10, 255]);
    channel.send(cursorServer.hide, {});
    await heard('no pointer');
    const cached = { flags: CursorFlags.fromCache, header, data: new Uint8Array(0) };
    channel.send(cursorServer.set, { position: { x: 9, y: 9 }, visible: true, cursor: cached });
    await heard('pointer at 9,9');
    expect(shapes.at(-1)?.width).toBe(2);
  });

  test('a shape that was never kept ends the session as a fault of the server', async () => {
    const { server, start, ended } = await setUp();
    await start();
    const cached = { flags: CursorFlags.fromCache, header, data: new Uint8Array(0) };
    (await server.channel(cursor)).send(cursorServer.set, { position, visible: true, cursor: cached });
    expect(await ended).toMatchObject({ code: 'protocol' });
  });

  test('a shape with too few bytes ends the session as a fault of the server', async () => {
    const { server, start, ended } = await setUp();
    await start();
    const short = { flags: 0, header, data: new Uint8Array(7) };
    (await server.channel(cursor)).send(cursorServer.set, { position, visible: true, cursor: short });
    expect((await ended).message).toContain('Cursor.data');
  });
});

describe('the end', () => {
  test('comes once when the server closes a channel, and closes the others', async () => {
    const { server, start, ended, told, closed } = await setUp();
    await start();
    (await server.channel(display)).transport.close();
    expect(await ended).toMatchObject({ code: 'closed' });
    expect(told.filter((line) => line.startsWith('end'))).toHaveLength(1);
    expect(await Promise.all(closed)).toHaveLength(4);
  });

  test('does not come when the viewer closes', async () => {
    const { server, start, told, heard } = await setUp();
    const session = await start();
    await heard('lights 000');
    session.close();
    session.close();
    server.close();
    session.inputs?.key(1, true);
    expect(told.some((line) => line.startsWith('end'))).toBe(false);
  });
});

describe('display', () => {
  test('a server that sends what is not known here is asked for LZ, and paints anew', async () => {
    const { server, start, heard, told } = await setUp();
    await start();
    const first = await server.channel(display);
    const surface = { surfaceId: 0, width: 2, height: 1, format: SurfaceFormat.xrgb32, flags: 1 };
    const picture = { width: 2, height: 1, colors: [1, 2] };
    first.send(displayServer.surfaceCreate, surface);
    const quic = { id: 1n, type: ImageType.quic, flags: 0, width: 2, height: 1, data: new Uint8Array(8) };
    first.send(displayServer.drawCopy, drawOf(quic, 0, 0));
    const second = await server.channel(display, 2);
    expect(await second.wait('preferredCompression')).toEqual({ compression: ImageCompression.lz });
    second.send(displayServer.surfaceCreate, { ...surface, width: 3 });
    second.send(displayServer.drawCopy, drawOf(lzImage(picture), 0, 0));
    second.send(displayServer.drawCopy, drawOf(quic, 0, 0));
    second.send(commonServer.ping, { id: 5, timestamp: 0n, data: new Uint8Array(0) });
    await second.wait('pong');
    await heard('screen 3x1');
    expect(server.channels.filter(({ type }) => type === display)).toHaveLength(2);
    expect(told.some((line) => line.startsWith('end'))).toBe(false);
  });
});

describe('hostile bytes', () => {
  test('a surface that no screen has is refused', async () => {
    const { server, start, ended } = await setUp();
    await start();
    const surface = { surfaceId: 0, width: 60000, height: 60000, format: SurfaceFormat.xrgb32, flags: 1 };
    (await server.channel(display)).send(displayServer.surfaceCreate, surface);
    expect((await ended).message).toContain('60000');
  });

  test('a message that claims to be huge is refused before it is stored', async () => {
    const { server, start, ended } = await setUp();
    await start();
    (await server.channel(main)).sendBytes(new Uint8Array([103, 0, 255, 255, 255, 255]));
    expect((await ended).message).toContain('MiniHeader.size');
  });

  test('an unknown message is refused', async () => {
    const { server, start, ended } = await setUp();
    await start();
    (await server.channel(inputs)).sendBytes(new Uint8Array([99, 1, 0, 0, 0, 0]));
    expect(await ended).toMatchObject({ code: 'protocol' });
  });

  test('random bytes on any channel end the session or do nothing, and throw nowhere', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(main, display, inputs, cursor),
        fc.integer({ min: 1, max: 330 }),
        fc.uint8Array({ maxLength: 200 }),
        async (type, id, body) => {
          const { server, start, ended } = await setUp();
          await start();
          const channel = await server.channel(type);
          const size = body.byteLength;
          channel.sendBytes(joinBytes([new Uint8Array([id & 255, id >> 8, size, 0, 0, 0]), body]));
          channel.transport.close();
          expect(['protocol', 'closed']).toContain((await ended).code);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('random bytes instead of a link end in a SessionError', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), fc.boolean(), async (bytes, hasMagic) => {
        const { options } = await setUp();
        const connect = async (): Promise<ByteTransport> => {
          const [mine, theirs] = transportPair();
          const magic = new Uint8Array([0x52, 0x45, 0x44, 0x51, 2, 0, 0, 0, 2, 0, 0, 0, 200, 0, 0, 0]);
          theirs.send([joinBytes(hasMagic ? [magic, bytes] : [bytes])]);
          theirs.close();
          return mine;
        };
        await expect(openSession({ ...options, connect })).rejects.toBeInstanceOf(SessionError);
      }),
      { numRuns: 60 },
    );
  });
});
