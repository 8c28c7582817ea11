/** Saffron's own page in a headless Chromium. */
import { chromium, type Browser, type Page } from 'playwright-core';
import type { SaffronScreen } from '../../clients/web/src/screen/saffron-screen.ts';
import { decodeNumber, type Picture } from '../guest/picture-numbers.ts';
import type { NumberBlock } from '../guest/layout.ts';
import { pollUntil } from './poll-until.ts';

/** Playwright's own is 30 s, which a browser may take to start on a busy machine. */
const PATIENCE_MS = 120_000;

/** One browser with one tab. */
export class SaffronPage implements AsyncDisposable {
  readonly #browser: Browser;
  readonly page: Page;
  /** What the page has written to the browser's console. */
  readonly log: string[] = [];

  private constructor(browser: Browser, page: Page) {
    this.#browser = browser;
    this.page = page;
    page.on('console', (message) => this.log.push(message.text()));
    page.on('pageerror', (error) => this.log.push(error.message));
  }

  /** Opens the page; a password goes in the address, as a link that was handed on. */
  static async open(url: string, password?: string): Promise<SaffronPage> {
    const browser = await chromium.launch({
      executablePath: '/usr/bin/chromium',
      args: ['--no-sandbox'],
      timeout: PATIENCE_MS,
    });
    try {
      const context = await browser.newContext({ ignoreHTTPSErrors: true, viewport: { width: 1400, height: 1000 } });
      context.setDefaultTimeout(PATIENCE_MS);
      const page = new SaffronPage(browser, await context.newPage());
      const secret = password === undefined ? '' : `#${new URLSearchParams({ password }).toString()}`;
      await page.page.goto(`${url}${secret}`);
      await page.page.locator('saffron-screen').waitFor();
      return page;
    } catch (error) {
      await browser.close();
      throw error;
    }
  }

  /** The guest's whole screen as received; null before the first picture. */
  async picture(): Promise<Picture | null> {
    const read = await this.page.evaluate(async () => {
      const screen = document.querySelector<SaffronScreen>('saffron-screen');
      if (screen === null || screen.guestSize.width === 0) return null;
      const { rect, bytes } = await screen.readPixels({ x: 0, y: 0, ...screen.guestSize });
      let text = '';
      for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
      return { width: rect.width, height: rect.height, data: btoa(text) };
    });
    if (read === null) return null;
    const bytes = Buffer.from(read.data, 'base64');
    const pixels = new Uint32Array(read.width * read.height);
    for (let i = 0; i < pixels.length; i++) pixels[i] = bytes.readUInt32BE(i * 4) >>> 8;
    return { width: read.width, height: read.height, pixels };
  }

  /** Waits until the guest's screen satisfies `look`, and gives what that gave. */
  async awaitPicture<T>(what: string, timeoutMs: number, look: (picture: Picture) => T | null): Promise<T> {
    try {
      return await pollUntil(what, { timeoutMs, everyMs: 200 }, async () => {
        const picture = await this.picture();
        return picture === null ? null : look(picture);
      });
    } catch (error) {
      throw new Error(`the page said: ${this.log.slice(-20).join('\n')}`, { cause: error });
    }
  }

  /** Waits until a block of the test guest shows a number. */
  async awaitNumber(block: NumberBlock, value: number, timeoutMs: number): Promise<void> {
    const look = (picture: Picture): true | null => (decodeNumber(picture, block) === value ? true : null);
    await this.awaitPicture(`cells ${value}`, timeoutMs, look);
  }

  /** Presses and releases a key by its KeyboardEvent.code, the guest's screen having the focus. */
  async key(code: string): Promise<void> {
    await this.page.evaluate(() => document.querySelector<SaffronScreen>('saffron-screen')?.focus());
    await this.page.keyboard.press(code);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#browser.close();
  }
}
