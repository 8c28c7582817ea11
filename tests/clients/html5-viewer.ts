/** spice-html5 in a headless Chromium, its files served from where Debian puts them. */
import { createReadStream } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import type { Picture } from '../guest/picture-numbers.ts';
import { readPicture } from './picture.ts';
import { pollUntil } from './poll-until.ts';

const FILES = '/usr/share/spice-html5';
const TYPES: Readonly<Record<string, string>> = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css' };

/** A browser with spice-html5's page; the SPICE server must allow its `origin`. */
export class Html5Viewer implements AsyncDisposable {
  readonly #server: Server;
  readonly #browser: Browser;
  readonly #page: Page;
  /** What the page has written to the browser's console. */
  readonly log: string[] = [];

  private constructor(server: Server, browser: Browser, page: Page) {
    this.#server = server;
    this.#browser = browser;
    this.#page = page;
    page.on('console', (message) => this.log.push(message.text()));
    page.on('pageerror', (error) => this.log.push(error.message));
  }

  /** Serves the page and starts the browser; nothing is connected yet. */
  static async start(): Promise<Html5Viewer> {
    const server = await serveFiles();
    try {
      const browser = await chromium.launch({
        executablePath: '/usr/bin/chromium',
        args: ['--no-sandbox'],
        timeout: 120_000,
      });
      const page = await browser.newPage({ viewport: { width: 1400, height: 1000 } });
      return new Html5Viewer(server, browser, page);
    } catch (error) {
      server.close();
      throw error;
    }
  }

  /** The page's origin, as the browser tells it to the SPICE server. */
  get origin(): string {
    const address = this.#server.address();
    return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  }

  /** Opens the page with a SPICE port of 127.0.0.1, by ws on that port. */
  async connect(target: { readonly port: number; readonly password?: string }): Promise<void> {
    const query = new URLSearchParams({
      host: '127.0.0.1',
      port: String(target.port),
      password: target.password ?? '',
    });
    await this.#page.goto(`${this.origin}/spice_auto.html?${query.toString()}`);
  }

  /** Waits until the guest's canvas satisfies `look`, and gives what that gave. */
  async awaitPicture<T>(what: string, timeoutMs: number, look: (canvas: Picture) => T | null): Promise<T> {
    try {
      return await pollUntil(what, { timeoutMs, everyMs: 200 }, async () => {
        const picture = await this.picture();
        return picture === null ? null : look(picture);
      });
    } catch (error) {
      throw new Error(this.log.slice(-20).join('\n'), { cause: error });
    }
  }

  /** The guest's canvas as it is now; null while there is none. */
  async picture(): Promise<Picture | null> {
    const url = await this.#page.evaluate(() =>
      document.querySelector<HTMLCanvasElement>('#spice-screen canvas')?.toDataURL(),
    );
    return url === undefined ? null : readPicture(Buffer.from(url.slice(url.indexOf(',') + 1), 'base64'));
  }

  /** Writes a screenshot of the page as PNG. */
  async screenshot(file: string): Promise<void> {
    await this.#page.screenshot({ path: file });
  }

  /** Presses and releases a key by its KeyboardEvent.code. */
  async key(code: string): Promise<void> {
    await this.#page.locator('#spice-screen canvas').first().hover();
    await this.#page.keyboard.press(code);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#browser.close();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

async function serveFiles(): Promise<Server> {
  const server = createServer((request, response) => {
    const path = normalize(new URL(request.url ?? '/', 'http://127.0.0.1').pathname);
    const stream = createReadStream(join(FILES, path));
    stream.once('open', () => response.writeHead(200, { 'content-type': TYPES[extname(path)] ?? 'text/plain' }));
    stream.once('error', () => response.writeHead(404).end());
    stream.pipe(response);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return server;
}
