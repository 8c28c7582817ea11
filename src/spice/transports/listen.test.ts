import { lstat, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { connect as connectTls } from 'node:tls';
import { generate } from 'selfsigned';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { silentLogger } from '../../base/log.ts';
import { FakeGuest } from '../fake-guest.ts';
import { SpiceServer, type ViewerEvent } from '../server.ts';
import { ByteInbox, encryptTicket, printLink, takeReply, TestChannel } from '../test-viewer.ts';
import { Tickets } from '../ticket.ts';
import { mainServer } from '../wire/main.gen.ts';
import { parseListenUri } from './listen-uri.ts';
import { listen, type Listener, type ListenOptions } from './listen.ts';
import { WebSocketStream } from './websocket-stream.ts';

let server: SpiceServer;
let folder: string;
let listeners: Listener[];
let viewers: ViewerEvent[];
let tls: { cert: string; key: string };

beforeAll(async () => {
  const made = await generate([{ name: 'commonName', value: 'localhost' }], { keySize: 2048 });
  tls = { cert: made.cert, key: made.private };
});

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'listen-'));
  listeners = [];
  viewers = [];
  server = new SpiceServer({ guest: new FakeGuest(), tickets: new Tickets({ password: 'pw' }), log: silentLogger });
  server.onViewer.subscribe((event) => viewers.push(event));
});

afterEach(async () => {
  await Promise.all(listeners.map((listener) => listener.close()));
  await server.close();
  await rm(folder, { recursive: true });
});

async function open(uri: string, options: Partial<ListenOptions> = {}): Promise<Listener> {
  const listener = await listen(parseListenUri(uri), { server, tls, log: silentLogger, ...options });
  listeners.push(listener);
  return listener;
}

function portOf(listener: Listener): number {
  return listener.address.kind === 'unix' ? 0 : listener.address.port;
}

/** Goes through the link over any stream and reads INIT. */
async function enter(stream: Duplex): Promise<TestChannel> {
  const inbox = new ByteInbox(stream);
  stream.write(printLink({}));
  const reply = await takeReply(inbox);
  expect(reply?.error).toBe(0);
  stream.write(Buffer.concat([Buffer.from([1, 0, 0, 0]), encryptTicket(reply?.publicKey ?? new Uint8Array(0), 'pw')]));
  expect(await inbox.take(4)).toEqual(new Uint8Array(4));
  const main = new TestChannel(inbox, true);
  await main.until(mainServer.init);
  return main;
}

function openWebSocket(url: string, options: { origin?: string; host?: string; protocols?: string[] } = {}): WebSocket {
  return new WebSocket(url, options.protocols ?? ['binary'], {
    rejectUnauthorized: false,
    ...(options.host === undefined ? {} : { headers: { host: options.host } }),
    ...(options.origin === undefined ? {} : { origin: options.origin }),
  });
}

async function opened(socket: WebSocket): Promise<WebSocketStream> {
  await new Promise((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
  return new WebSocketStream(socket, null);
}

/** What a refused WebSocket was told. */
function refusal(socket: WebSocket): Promise<string> {
  return new Promise((resolve, reject) => {
    socket.once('open', () => reject(new Error('opened')));
    socket.once('error', () => {});
    socket.once('unexpected-response', (_request, response) => {
      let text = `${response.statusCode} `;
      response.on('data', (chunk: Buffer) => {
        text += chunk.toString();
      });
      response.on('end', () => resolve(text));
    });
  });
}

/** Sends text and returns all that comes back. */
async function talk(port: number, text: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  let answer = '';
  socket.on('data', (chunk: Buffer) => {
    answer += chunk.toString('latin1');
  });
  const closed = new Promise<void>((resolve) => {
    socket.on('close', () => resolve());
  });
  socket.write(text);
  await closed;
  return answer;
}

describe('a Unix socket', () => {
  test('is its owner’s alone, lets viewers in, and is removed', async () => {
    const path = join(folder, 'vm.sock');
    const listener = await open(`unix:${path}`);
    expect(listener.uri).toBe(`unix:${path}`);
    expect((await lstat(path)).mode & 0o777).toBe(0o600);
    const main = await enter(connect(path));
    expect(viewers).toMatchObject([{ kind: 'connected', transport: 'unix', address: '' }]);
    await listener.close();
    await expect(lstat(path)).rejects.toThrow(/ENOENT/);
    main.close();
  });

  test('that nobody listens on any more is replaced', async () => {
    const path = join(folder, 'vm.sock');
    const old = createServer();
    await new Promise<void>((resolve) => {
      old.listen(path, resolve);
    });
    // A server that is killed leaves its file: a second name of it outlives the orderly removal.
    const { link } = await import('node:fs/promises');
    await link(path, join(folder, 'kept'));
    await new Promise((resolve) => {
      old.close(resolve);
    });
    await link(join(folder, 'kept'), path);
    await open(`unix:${path}`);
    (await enter(connect(path))).close();
  });

  test('that is in use is left alone', async () => {
    const path = join(folder, 'vm.sock');
    await open(`unix:${path}`);
    await expect(listen(parseListenUri(`unix:${path}`), { server, log: silentLogger })).rejects.toThrow(/is in use/);
    (await enter(connect(path))).close();
  });

  test('never takes the place of another file, and needs its folder', async () => {
    const path = join(folder, 'file');
    await writeFile(path, 'precious');
    await expect(open(`unix:${path}`)).rejects.toThrow(/is no socket/);
    expect((await lstat(path)).size).toBe(8);
    await expect(open(`unix:${folder}/none/vm.sock`)).rejects.toThrow(/folder/);
  });
});

describe('a TCP port', () => {
  test('is told with its number, lets viewers in, and keeps them when it closes', async () => {
    const listener = await open('tcp:127.0.0.1:0');
    expect(listener.uri).toMatch(/^tcp:127\.0\.0\.1:[1-9]\d*$/);
    const main = await enter(connect(portOf(listener), '127.0.0.1'));
    await listener.close();
    expect(server.viewers()).toMatchObject([{ transport: 'tcp', address: '127.0.0.1', isViewOnly: false }]);
    main.close();
  });

  test('in use is a host error in one sentence', async () => {
    const listener = await open('tcp:127.0.0.1:0');
    const again = open(`tcp:127.0.0.1:${portOf(listener)}`);
    await expect(again).rejects.toMatchObject({ name: 'HostError', code: 'address-in-use' });
    await expect(open('tcp:192.0.2.1:0')).rejects.toMatchObject({ code: 'address-unknown' });
  });

  test('for looking only makes viewers that look only', async () => {
    const listener = await open('tcp:127.0.0.1:0?view-only');
    const main = await enter(connect(portOf(listener), '127.0.0.1'));
    expect(server.viewers()[0]?.isViewOnly).toBe(true);
    main.close();
  });

  test('says over HTTP what it is', async () => {
    const listener = await open('tcp:127.0.0.1:0');
    const answer = await talk(portOf(listener), 'GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    expect(answer).toMatch(/^HTTP\/1\.1 426 /);
    expect(answer).toContain('speaks SPICE: it shows the screen of "fake guest"');
    expect(await talk(portOf(listener), 'GET nonsense\r\n\r\n')).not.toContain('200');
    expect(await talk(portOf(listener), 'POST / HTTP/1.1\r\n\r\n')).toContain('REDQ');
    (await enter(connect(portOf(listener), '127.0.0.1'))).close();
  });

  test('is not upset by peers that say nothing and leave', async () => {
    const listener = await open('tcp:127.0.0.1:0');
    const sockets = await Promise.all(
      Array.from({ length: 50 }, async () => {
        const socket = connect(portOf(listener), '127.0.0.1');
        await new Promise((resolve) => {
          socket.once('connect', resolve);
        });
        return socket;
      }),
    );
    for (const [i, socket] of sockets.entries()) {
      if (i % 3 === 0) socket.write('G');
      if (i % 2 === 0) socket.destroy();
      else socket.resetAndDestroy();
    }
    (await enter(connect(portOf(listener), '127.0.0.1'))).close();
  });
});

describe('a TLS port', () => {
  test('lets viewers in', async () => {
    const listener = await open('tls:127.0.0.1:0');
    const socket = connectTls({ port: portOf(listener), host: '127.0.0.1', rejectUnauthorized: false });
    const main = await enter(socket);
    expect(server.viewers()).toMatchObject([{ transport: 'tls', isSecure: true }]);
    main.close();
  });

  test('is not upset by a viewer that speaks plainly', async () => {
    const listener = await open('tls:127.0.0.1:0');
    await talk(portOf(listener), 'REDQ and more');
    const socket = connectTls({ port: portOf(listener), host: '127.0.0.1', rejectUnauthorized: false });
    (await enter(socket)).close();
  });

  test('puts each message into records of its own', async () => {
    const listener = await open('tls:127.0.0.1:0');
    const socket = connectTls({ port: portOf(listener), host: '127.0.0.1', rejectUnauthorized: false });
    const chunks: number[] = [];
    socket.on('data', (chunk: Buffer) => chunks.push(chunk.byteLength));
    const main = await enter(socket);
    // The word that accepts the link, SET_ACK, INIT: each read of a TLS stream is one record.
    expect(chunks.slice(1)).toEqual([4, 14, 38]);
    main.close();
  });

  test('needs a certificate, and a good one', async () => {
    await expect(listen(parseListenUri('tls:127.0.0.1:0'), { server, log: silentLogger })).rejects.toThrow(
      /needs a cert/,
    );
    const broken = { cert: 'nonsense', key: tls.key };
    await expect(open('tls:127.0.0.1:0', { tls: broken })).rejects.toMatchObject({ code: 'bad-certificate' });
  });
});

describe('a WebSocket', () => {
  test.each(['tcp', 'tls'])('comes in on a %s port, with the subprotocol or without', async (kind) => {
    const listener = await open(`${kind}:127.0.0.1:0`);
    const url = `${kind === 'tls' ? 'wss' : 'ws'}://127.0.0.1:${portOf(listener)}/any/path`;
    for (const protocols of [['binary'], []]) {
      const socket = openWebSocket(url, { protocols });
      const main = await enter(await opened(socket));
      expect(socket.protocol).toBe(protocols[0] ?? '');
      expect(server.viewers().at(-1)?.transport).toBe(kind === 'tls' ? 'wss' : 'ws');
      main.close();
    }
  });

  test('of the same host or an allowed origin may come in, of another page not', async () => {
    const listener = await open('tcp:127.0.0.1:0', { origins: ['https://Allowed.example:443'] });
    const host = `127.0.0.1:${portOf(listener)}`;
    for (const origin of [`http://${host}`, 'https://allowed.example']) {
      (await enter(await opened(openWebSocket(`ws://${host}/`, { origin })))).close();
    }
    for (const origin of ['http://127.0.0.1', 'https://evil.example', 'null', 'nonsense']) {
      expect(await refusal(openWebSocket(`ws://${host}/`, { origin }))).toMatch(/^403 .*page/);
    }
    (await enter(await opened(openWebSocket(`ws://${host}/`)))).close();
  });

  test.each([
    ['tcp', 'ws', 'rebound.example', false],
    ['tcp', 'ws', 'localhost', true],
    ['tls', 'wss', 'named.example', true],
  ] as const)('by %s of a page that %s reached as %s', async (kind, scheme, name, isWelcome) => {
    const listener = await open(`${kind}:127.0.0.1:0`);
    const host = `${name}:${portOf(listener)}`;
    const page = kind === 'tls' ? 'https' : 'http';
    const socket = openWebSocket(`${scheme}://127.0.0.1:${portOf(listener)}/`, { host, origin: `${page}://${host}` });
    if (isWelcome) (await enter(await opened(socket))).close();
    else expect(await refusal(socket)).toMatch(/^403 Without TLS/);
  });

  test('with another subprotocol is refused', async () => {
    const listener = await open('tcp:127.0.0.1:0');
    const socket = openWebSocket(`ws://127.0.0.1:${portOf(listener)}/`, { protocols: ['chat'] });
    expect(await refusal(socket)).toContain("has the subprotocol 'binary' or none");
  });

  test('that sends text is closed, and the next one is served', async () => {
    const listener = await open('tcp:127.0.0.1:0');
    const url = `ws://127.0.0.1:${portOf(listener)}/`;
    const socket = openWebSocket(url);
    socket.on('open', () => socket.send('REDQ'));
    await new Promise((resolve) => {
      socket.once('close', resolve);
    });
    (await enter(await opened(openWebSocket(url)))).close();
  });

  test('that sends too large a message is closed, and the next one is served', async () => {
    const listener = await open('tcp:127.0.0.1:0');
    const url = `ws://127.0.0.1:${portOf(listener)}/`;
    const socket = openWebSocket(url);
    socket.on('error', () => {});
    socket.on('open', () => socket.send(new Uint8Array(3 << 20)));
    await new Promise((resolve) => {
      socket.once('close', resolve);
    });
    (await enter(await opened(openWebSocket(url)))).close();
  });

  test('with a broken handshake is refused in HTTP', async () => {
    const listener = await open('tcp:127.0.0.1:0');
    const answer = await talk(
      portOf(listener),
      'GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\r\n',
    );
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
  });

  test('carries what is written at once as one message, by fragments', async () => {
    const listener = await open('tcp:127.0.0.1:0');
    const socket = openWebSocket(`ws://127.0.0.1:${portOf(listener)}/`);
    const stream = await opened(socket);
    stream.cork();
    for (const piece of [printLink({}).slice(0, 5), printLink({}).slice(5)]) stream.write(piece);
    stream.uncork();
    const reply = await takeReply(new ByteInbox(stream));
    expect(reply?.error).toBe(0);
    stream.destroy();
  });
});
