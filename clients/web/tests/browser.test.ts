/**
 * The built page in a real browser, against a small SPICE server behind a real WebSocket, under a policy stricter than the
 * one it is served with.
 */
import { createReadStream, existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import sharp from 'sharp';
import { build } from 'vite';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { WebSocketServer, type WebSocket } from 'ws';
import {
  AgentCap,
  agentFromGuest,
  agentToGuest,
  ClipboardType,
  readAgentHeader,
  writeAgentHeader,
} from '../../../src/spice/wire/agent.gen.ts';
import { cursorServer, CursorType } from '../../../src/spice/wire/cursor.gen.ts';
import { displayServer, SurfaceFormat } from '../../../src/spice/wire/display.gen.ts';
import { inputsServer } from '../../../src/spice/wire/inputs.gen.ts';
import { ChannelType } from '../../../src/spice/wire/link.gen.ts';
import { mainServer } from '../../../src/spice/wire/main.gen.ts';
import { Reader } from '../../../src/wire/reader.ts';
import { joinBytes, Writer } from '../../../src/wire/writer.ts';
import type { SaffronScreen } from '../src/screen/saffron-screen.ts';
import type { ByteTransport } from '../src/session/byte-transport.ts';
import type { Sendable } from '../src/session/channel.ts';
import { FakeSpiceServer, type FakeChannel, type FakeServerOptions } from './fake-spice-server.ts';
import { drawOf, jpegImage, lz4Image, lzImage, patternOf, rawImage, rgbaOf, type TestPicture } from './pictures.ts';

const CHROMIUM = '/usr/bin/chromium';
/** Playwright's own is 30 s, which a browser may take to start on a busy machine. */
const PATIENCE_MS = 120_000;
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; worker-src 'self'; " +
  "base-uri 'none'; form-action 'none'";
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};
/** Where to leave screenshots for people to look at. */
const SHOTS = process.env['SAFFRON_SCREENSHOTS'];
const GUEST = { width: 320, height: 200 };

let browser: Browser;
let folder: string;
let web: Server;
let sockets: WebSocketServer;
let address: string;
let spice: FakeSpiceServer;
let page: Page;
/** Whether connections are cut as soon as they come. */
let isAway = false;
const complaints: string[] = [];

function transportOf(socket: WebSocket): ByteTransport {
  const transport: ByteTransport = {
    onData: null,
    onClose: null,
    bufferedBytes: 0,
    send: (chunks) => socket.send(joinBytes(chunks)),
    close: () => socket.close(),
  };
  socket.on('message', (data: Buffer) => transport.onData?.(new Uint8Array(data)));
  socket.on('error', () => {});
  return transport;
}

/** Draws a pattern as soon as a display channel is there. */
function drawPattern(channel: FakeChannel, picture: TestPicture = patternOf(GUEST.width, GUEST.height)): void {
  if (channel.type !== ChannelType.display) return;
  const { width, height } = picture;
  const surface = { surfaceId: 0, width, height, format: SurfaceFormat.xrgb32, flags: 1 };
  // As one: a frame that comes whole is painted whole.
  channel.sendBytes(
    joinBytes([
      channel.encode(displayServer.surfaceCreate, surface),
      channel.encode(displayServer.drawCopy, drawOf(lzImage(picture), 0, 0)),
      channel.encode(displayServer.mark, {}),
    ]),
  );
}

async function serve(options: FakeServerOptions = {}): Promise<void> {
  spice = await FakeSpiceServer.create({ onChannel: (channel) => drawPattern(channel), ...options });
}

async function openPage(options: BrowserContextOptions = {}, path = '/'): Promise<void> {
  const context = await browser.newContext({ viewport: { width: 800, height: 600 }, ...options });
  context.setDefaultTimeout(PATIENCE_MS);
  page = await context.newPage();
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(String(error)));
  await page.goto(`${address}${path}`);
}

/** Waits until the guest's picture is on the canvas. */
async function painted(frames = 1): Promise<void> {
  await page.waitForFunction((wanted) => {
    const screen = document.querySelector('saffron-screen') as SaffronScreen;
    return screen.connectionState === 'connected' && screen.stats.frames >= wanted;
  }, frames);
}

async function screenshot(name: string): Promise<void> {
  if (SHOTS !== undefined) await page.screenshot({ path: join(SHOTS, `${name}.png`) });
}

/** Bytes R, G, B, A of a part of what the browser shows, in device pixels. */
async function shown(clip: { x: number; y: number; width: number; height: number }): Promise<number[]> {
  const png = await page.screenshot();
  const region = { left: clip.x, top: clip.y, width: clip.width, height: clip.height };
  return [...(await sharp(png).ensureAlpha().extract(region).raw().toBuffer())];
}

/** Where two runs of bytes part: a sentence, for a list of a million numbers is none. Empty when they are the same. */
function difference(got: readonly number[], wanted: readonly number[]): string {
  if (got.length !== wanted.length) return `${got.length} bytes instead of ${wanted.length}`;
  const at = got.findIndex((byte, i) => byte !== wanted[i]);
  const around = (bytes: readonly number[]): string => bytes.slice(at & ~3, (at & ~3) + 8).join(' ');
  return at < 0 ? '' : `pixel ${at >> 2} is ${around(got)} instead of ${around(wanted)}`;
}

/** Rules that the page breaks, as axe sees it. */
async function violations(): Promise<string[]> {
  const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  await page.evaluate(axe);
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
    };
    const result = await axe.run();
    return result.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`);
  });
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'saffron-page-'));
  const configFile = join(import.meta.dirname, '../vite.config.ts');
  await build({ configFile, logLevel: 'silent', build: { outDir: folder } });
  web = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://host');
    if (pathname === '/connect.vv') {
      const isRight = request.headers.authorization === `Bearer ${Buffer.from('gehéim').toString('base64')}`;
      response.writeHead(isRight ? 200 : 403).end(isRight ? '[virt-viewer]' : 'The password is wrong.');
      return;
    }
    const path = join(folder, pathname === '/' ? 'index.html' : pathname);
    if (!existsSync(path)) {
      response.writeHead(404).end();
      return;
    }
    const type = TYPES[extname(path)] ?? 'text/plain';
    response.writeHead(200, { 'content-type': type, 'content-security-policy': POLICY });
    createReadStream(path).pipe(response);
  });
  sockets = new WebSocketServer({
    server: web,
    path: '/spice',
    handleProtocols: (protocols) => [...protocols][0] ?? false,
  });
  sockets.on('connection', (socket) => {
    if (isAway) socket.terminate();
    else spice.accept(transportOf(socket));
  });
  await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve));
  address = `http://127.0.0.1:${(web.address() as AddressInfo).port}`;
  browser = await chromium.launch({
    executablePath: CHROMIUM,
    timeout: PATIENCE_MS,
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--force-color-profile=srgb'],
  });
});

afterAll(async () => {
  await browser?.close();
  for (const socket of sockets?.clients ?? []) socket.terminate();
  await new Promise((resolve) => web?.close(resolve));
  await rm(folder, { recursive: true, force: true });
});

beforeEach(() => void complaints.splice(0));

afterEach(async () => {
  await page?.context().close();
  spice.close();
});

describe('the picture', () => {
  test.each([1, 2])('is exact in actual size, one guest pixel on one device pixel, at density %d', async (density) => {
    await serve();
    await openPage({ deviceScaleFactor: density });
    await page.locator('saffron-screen').evaluate((screen) => screen.setAttribute('scale-mode', 'actual'));
    await painted();
    const left = (800 * density - GUEST.width) / 2;
    const top = (600 * density - GUEST.height) / 2;
    const picture = rgbaOf(patternOf(GUEST.width, GUEST.height));
    expect(difference(await shown({ x: left, y: top, ...GUEST }), picture)).toBe('');
    expect(complaints).toEqual([]);
  });

  test.each([1, 2])('fits the window without losing its shape, at density %d', async (density) => {
    await serve();
    await openPage({ deviceScaleFactor: density, viewport: { width: 640, height: 500 } });
    await painted();
    const box = await page.locator('saffron-screen canvas.screen').boundingBox();
    expect(box).toEqual({ x: 0, y: 50, width: 640, height: 400 });
    // Twice as large, or four times: each guest pixel is a square of one colour. The bar is at the other edge.
    const factor = 2 * density;
    const corner = await shown({ x: 0, y: 450 * density - factor, width: factor, height: factor });
    const pixel = rgbaOf(patternOf(GUEST.width, GUEST.height))
      .slice(-GUEST.width * 4)
      .slice(0, 4);
    expect(corner).toEqual(Array.from({ length: factor * factor }, () => pixel).flat());
  });

  test.each([1, 2])('has the window in device pixels asked of the guest, at density %d', async (density) => {
    await serve({ hasAgent: true });
    await openPage({ deviceScaleFactor: density, viewport: { width: 501, height: 400 } });
    await painted();
    await page.locator('saffron-screen').evaluate((screen) => screen.setAttribute('scale-mode', 'resize-guest'));
    const main = await spice.channel(ChannelType.main);
    const wish = (await main.wait('agentData', ({ data }: { data: Uint8Array }) => {
      return readAgentHeader(new Reader(data)).type === agentToGuest.monitorsConfig.id;
    })) as { data: Uint8Array };
    const { monitors } = agentToGuest.monitorsConfig.read(new Reader(wish.data.subarray(20)));
    expect(monitors).toMatchObject([{ width: 501 * density, height: 400 * density }]);
    const picture = patternOf(501 * density, 400 * density);
    drawPattern(await spice.channel(ChannelType.display), picture);
    await painted(2);
    // Below the bar, which is still there.
    const part = { x: 0, y: 200 * density, width: 501 * density, height: 20 };
    const from = part.y * part.width * 4;
    const wanted = rgbaOf(picture).slice(from, from + part.width * part.height * 4);
    expect(difference(await shown(part), wanted)).toBe('');
  });

  test('comes out the same from every encoding', async () => {
    await serve();
    await openPage();
    await painted();
    const display = await spice.channel(ChannelType.display);
    const small = patternOf(40, 30);
    const orange = { create: { width: 32, height: 32, channels: 3, background: '#ff8000' } } as const;
    const jpeg = await sharp(orange).jpeg({ quality: 95 }).toBuffer();
    display.send(displayServer.drawCopy, drawOf(rawImage(small), 0, 0));
    display.send(displayServer.drawCopy, drawOf(lzImage(small), 50, 0));
    display.send(displayServer.drawCopy, drawOf(jpegImage(jpeg, 32, 32), 150, 0));
    display.send(displayServer.drawCopy, drawOf(lz4Image(small), 100, 0));
    const read = (x: number, width: number, height: number): Promise<number[]> =>
      page.evaluate(
        async (rect) => {
          const screen = document.querySelector('saffron-screen') as SaffronScreen;
          return [...(await screen.readPixels(rect)).bytes];
        },
        { x, y: 0, width, height },
      );
    await page.waitForFunction(() => {
      const { codecs } = (document.querySelector('saffron-screen') as SaffronScreen).stats;
      return codecs.jpeg === 1 && codecs.lz4 === 1;
    });
    for (const x of [0, 50, 100]) expect(difference(await read(x, 40, 30), rgbaOf(small))).toBe('');
    const [red = 0, green = 0, blue = 0] = await read(160, 1, 1);
    expect(Math.hypot(red - 255, green - 128, blue)).toBeLessThan(6);
    expect(complaints).toEqual([]);
  });

  test('is left alone while nothing changes', async () => {
    await serve();
    await openPage();
    await painted();
    const before = await page.evaluate(() => (document.querySelector('saffron-screen') as SaffronScreen).stats.frames);
    const main = await spice.channel(ChannelType.main);
    const inputs = await spice.channel(ChannelType.inputs);
    for (let i = 0; i < 3; i++) {
      inputs.send(inputsServer.keyModifiers, { modifiers: i });
      await page.waitForFunction(
        (lights) => (document.querySelector('saffron-screen') as SaffronScreen).lights.scroll === (lights === 1),
        i,
      );
    }
    expect(main.received.some(({ name }) => name === 'disconnecting')).toBe(false);
    const after = await page.evaluate(() => (document.querySelector('saffron-screen') as SaffronScreen).stats.frames);
    expect(after).toBe(before);
  });
});

describe('input', () => {
  test('keys arrive as scancodes, and none stays down when the page loses focus', async () => {
    await serve();
    await openPage();
    await painted();
    await page.keyboard.press('a');
    await page.keyboard.down('Shift');
    await page.keyboard.down('ArrowLeft');
    await page.evaluate(() => dispatchEvent(new Event('blur')));
    const inputs = await spice.channel(ChannelType.inputs);
    await inputs.wait('keyUp', ({ code }: { code: number }) => code === 0xaa);
    expect(
      inputs.received.map(({ name, message }) => `${name} ${(message as { code: number }).code.toString(16)}`),
    ).toEqual(['keyDown 1e', 'keyUp 9e', 'keyDown 2a', 'keyDown 4be0', 'keyUp cbe0', 'keyUp aa']);
  });

  test('pointer, buttons and wheel arrive in guest pixels', async () => {
    await serve();
    await openPage({ viewport: { width: 640, height: 400 } });
    await painted();
    await page.mouse.move(101, 301);
    await page.mouse.down({ button: 'left' });
    await page.mouse.down({ button: 'right' });
    await page.mouse.up({ button: 'left' });
    await page.mouse.up({ button: 'right' });
    await page.mouse.wheel(0, 240);
    const inputs = await spice.channel(ChannelType.inputs);
    await inputs.wait('mouseRelease', ({ button }: { button: number }) => button === 5);
    await inputs.wait('mousePosition', ({ x, y }: { x: number; y: number }) => x === 50 && y === 150);
    const buttons = inputs.received.filter(({ name }) => name === 'mousePress' || name === 'mouseRelease');
    expect(buttons.slice(0, 5).map(({ name, message }) => [name, (message as { button: number }).button])).toEqual([
      ['mousePress', 1],
      ['mousePress', 3],
      ['mouseRelease', 1],
      ['mouseRelease', 3],
      ['mousePress', 5],
    ]);
  });

  test('a tap of a finger is a click', async () => {
    await serve();
    await openPage({ viewport: { width: 640, height: 400 }, hasTouch: true });
    await painted();
    await page.touchscreen.tap(201, 301);
    const inputs = await spice.channel(ChannelType.inputs);
    await inputs.wait('mouseRelease');
    expect(inputs.received).toEqual([
      { name: 'mousePosition', message: { x: 100, y: 150, buttonsState: 0, displayId: 0 } },
      { name: 'mousePress', message: { button: 1, buttonsState: 1 } },
      { name: 'mouseRelease', message: { button: 1, buttonsState: 0 } },
    ]);
  });

  test('a guest that takes motions only gets them from a locked pointer, and Escape of the keyboard lets go', async () => {
    await serve({ isAbsolute: false });
    await openPage({ viewport: { width: 640, height: 400 } });
    await painted();
    await page.mouse.click(300, 200);
    await page.waitForFunction(() => document.pointerLockElement !== null);
    await page.mouse.move(320, 190);
    const inputs = await spice.channel(ChannelType.inputs);
    await inputs.wait('mouseMotion');
    expect(inputs.received.some(({ name }) => name === 'mousePosition')).toBe(false);
    for (const key of ['Control', 'Alt', 'Shift']) await page.keyboard.down(key);
    for (const key of ['Control', 'Alt', 'Shift']) await page.keyboard.up(key);
    await page.waitForFunction(() => document.pointerLockElement === null);
  });

  test('a menu sends what the browser keeps', async () => {
    await serve();
    await openPage();
    await painted();
    await page.getByRole('button', { name: 'Screen tools' }).hover();
    await page.getByRole('button', { name: 'Keys' }).click();
    await screenshot('keys-menu');
    await page.getByRole('button', { name: 'Ctrl + Alt + Delete' }).click();
    const inputs = await spice.channel(ChannelType.inputs);
    await inputs.wait('keyUp', ({ code }: { code: number }) => code === 0x9d);
    const downs = inputs.received.filter(({ name }) => name === 'keyDown').map(({ message }) => message);
    expect(downs).toEqual([{ code: 0x1d }, { code: 0x38 }, { code: 0x53e0 }]);
  });

  test("another of the guest's screens can be chosen, and stays chosen", async () => {
    await serve({ heads: 2, isAbsolute: true });
    await openPage();
    await painted();
    await page.getByRole('button', { name: 'Screen tools' }).hover();
    await page.getByRole('button', { name: 'View' }).click();
    await screenshot('view-menu');
    await page.getByRole('radio', { name: 'Screen 2' }).check();
    const [display, cursor, inputs] = await Promise.all([
      spice.channel(ChannelType.display, 2),
      spice.channel(ChannelType.cursor, 2),
      spice.channel(ChannelType.inputs, 2),
    ]);
    expect([display, cursor, inputs].map(({ link }) => link.channelId)).toEqual([1, 1, 0]);
    await painted();
    await page.mouse.click(400, 300);
    expect(await inputs.wait('mousePosition')).toMatchObject({ displayId: 1 });
    await page.reload();
    expect((await spice.channel(ChannelType.display, 3)).link.channelId).toBe(1);
  });

  test('Ctrl, Alt and Shift let go together give the keyboard back to the page', async () => {
    await serve();
    await openPage();
    await painted();
    await page.keyboard.press('Tab');
    for (const key of ['Control', 'Alt', 'Shift']) await page.keyboard.down(key);
    for (const key of ['Control', 'Alt', 'Shift']) await page.keyboard.up(key);
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('keys-button');
    const inputs = await spice.channel(ChannelType.inputs);
    const ups = inputs.received.filter(({ name }) => name === 'keyUp');
    const downs = inputs.received.filter(({ name }) => name === 'keyDown');
    expect(ups).toHaveLength(downs.length);
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('view-button');
  });

  test("the guest's pointer is the browser's, and hides when the guest hides it", async () => {
    await serve();
    await openPage();
    await painted();
    const cursor = await spice.channel(ChannelType.cursor);
    const header = { unique: 1n, type: CursorType.alpha, width: 16, height: 16, hotSpotX: 3, hotSpotY: 4 };
    const data = new Uint8Array(16 * 16 * 4).fill(255);
    const position = { x: 0, y: 0 };
    const style = (): Promise<string> =>
      page.evaluate(
        () => document.querySelector('saffron-screen')?.shadowRoot?.querySelector('canvas')?.style.cursor ?? '',
      );
    cursor.send(cursorServer.set, { position, visible: true, cursor: { flags: 0, header, data } });
    await expect.poll(style).toMatch(/image-set\(url\("data:image\/png;base64,.+\) 1x\) \d+ \d+, default/);
    cursor.send(cursorServer.hide, {});
    await expect.poll(style).toBe('none');
  });

  test('a viewer that only looks sends nothing', async () => {
    await serve();
    await openPage({}, '/?view-only');
    await painted();
    await page.mouse.click(400, 300);
    await page.keyboard.press('a');
    expect(spice.channels.some(({ type }) => type === ChannelType.inputs)).toBe(false);
    expect(await violations()).toEqual([]);
  });
});

describe('the page', () => {
  test('asks for the password, says when it is wrong, and shows the screen when it is right', async () => {
    await serve({ password: 'geheim' });
    await openPage();
    const dialog = page.getByRole('dialog', { name: 'Password' });
    await dialog.waitFor();
    await screenshot('password');
    expect(await violations()).toEqual([]);
    await page.keyboard.type('falsch');
    await page.keyboard.press('Enter');
    await page.getByText('That password is wrong').waitFor();
    await screenshot('password-wrong');
    await page.keyboard.type('geheim');
    await page.keyboard.press('Enter');
    await painted();
    expect(await dialog.isVisible()).toBe(false);
  });

  test('takes a token from the address and leaves none there', async () => {
    await serve({ password: 'once' });
    await openPage({}, '/#token=once');
    await painted();
    expect(page.url()).toBe(`${address}/`);
    expect(spice.tried).not.toContain('');
  });

  test('bears the name of the guest', async () => {
    await serve({ guestName: 'Büro' });
    await openPage();
    await painted();
    expect(await page.title()).toBe('Büro');
    expect(await page.getByRole('application').getAttribute('aria-label')).toBe('Guest screen: Büro');
  });

  test('comes back by itself when the connection is lost, at once when the network returns', async () => {
    await serve();
    await openPage();
    await painted();
    // Until it was seen that it waits, which at first is for less than half a second.
    const lose = async (): Promise<void> => {
      isAway = true;
      spice.close();
      await page.getByText('Trying again in').first().waitFor();
      isAway = false;
    };
    await lose();
    await screenshot('reconnect');
    await spice.channel(ChannelType.display, 2);
    await painted();
    await lose();
    await page.evaluate(() => dispatchEvent(new Event('online')));
    await spice.channel(ChannelType.display, 3);
    await painted();
    expect(await page.locator('#notice').isVisible()).toBe(false);
  });

  test("what is copied in the guest is in the user's clipboard, at the next key when the browser refused it", async () => {
    await serve({ hasAgent: true });
    // All that is not named is refused.
    await openPage({ permissions: ['clipboard-read'] });
    await painted();
    const main = await spice.channel(ChannelType.main);
    const writer = new Writer();
    const say = <T>(codec: Sendable<T>, message: T): void => {
      codec.write(writer, message);
      const body = joinBytes(writer.finish());
      writeAgentHeader(writer, { protocol: 1, type: codec.id, opaque: 0n, size: body.byteLength });
      main.send(mainServer.agentData, { data: joinBytes([...writer.finish(), body]) });
    };
    const copy = (text: string): void => {
      const data = new TextEncoder().encode(text);
      say(agentFromGuest.clipboard, { selection: null, type: ClipboardType.utf8Text, data });
    };
    const isThere = (text: string): Promise<unknown> =>
      page.waitForFunction(async (wanted) => (await navigator.clipboard.readText()) === wanted, text);
    say(agentFromGuest.announceCapabilities, { request: false, caps: [1 << AgentCap.clipboardByDemand] });

    const told = Promise.withResolvers<string>();
    await page.exposeFunction('tell', told.resolve);
    await page.locator('saffron-screen').evaluate((screen) => {
      const { tell } = globalThis as unknown as { tell: (text: string) => void };
      screen.addEventListener('guestcopy', (event) => tell((event as CustomEvent<{ text: string }>).detail.text));
    });
    copy('erst: äöü €');
    expect(await told.promise).toBe('erst: äöü €');
    expect(await page.evaluate(() => navigator.clipboard.readText())).not.toBe('erst: äöü €');
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await page.keyboard.press('a');
    await isThere('erst: äöü €');
    copy('dann');
    await isThere('dann');
  });

  test('hands out the file that opens remote-viewer, or says why not', async () => {
    await serve();
    await openPage({}, '/#token=geh%C3%A9im');
    await painted();
    const openViewer = async (): Promise<void> => {
      await page.getByRole('button', { name: 'Screen tools' }).hover();
      await page.getByRole('button', { name: 'View' }).click();
      await page.getByRole('button', { name: 'Open in remote-viewer' }).click();
    };
    const download = page.waitForEvent('download');
    await openViewer();
    expect(await readFile(await (await download).path(), 'utf8')).toBe('[virt-viewer]');
    await page.evaluate(() => void ((document.querySelector('saffron-screen') as SaffronScreen).password = 'falsch'));
    await openViewer();
    await page.locator('#notice').getByText('The password is wrong.').waitFor();
  });

  test('shows the lights of the keyboard', async () => {
    await serve();
    await openPage();
    await painted();
    (await spice.channel(ChannelType.inputs)).send(inputsServer.keyModifiers, { modifiers: 4 });
    await page.locator('[data-light="caps"].is-on').waitFor();
    expect(await page.locator('[data-light="num"].is-on').count()).toBe(0);
  });

  test.each(['light', 'dark'] as const)('has nothing that axe would object to, in %s colours', async (colorScheme) => {
    await serve();
    await openPage({ colorScheme });
    await painted();
    await page.getByRole('button', { name: 'Screen tools' }).hover();
    await page.getByRole('button', { name: 'View' }).click();
    await page.getByRole('checkbox', { name: 'Statistics' }).check();
    await screenshot(`view-menu-${colorScheme}`);
    expect(await violations()).toEqual([]);
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Keys' }).click();
    expect(await violations()).toEqual([]);
    await page.getByRole('button', { name: 'Disconnect' }).click();
    expect(await violations()).toEqual([]);
    await screenshot(`disconnected-${colorScheme}`);
    expect(complaints).toEqual([]);
  });

  test('has room on a telephone', async () => {
    await serve();
    await openPage({
      viewport: { width: 360, height: 640 },
      deviceScaleFactor: 2,
      hasTouch: true,
      colorScheme: 'dark',
    });
    await painted();
    await screenshot('telephone');
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(overflow).toBe(0);
    for (const name of ['Keys', 'View', 'Full screen', 'Disconnect']) {
      const box = await page.getByRole('button', { name }).boundingBox();
      expect((box?.x ?? -1) >= 0 && (box?.x ?? 0) + (box?.width ?? 0) <= 360, name).toBe(true);
    }
  });
});
