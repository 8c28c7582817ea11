/** Key press to changed pixel on the canvas of Saffron's page, in a headless Chromium. */
import { chromium, type Page } from 'playwright-core';
import { KEYS_STRIPS, LAYOUT, type CellStrip } from '../../tests/guest/layout.ts';

/** What the page's own element offers; see clients/web. */
interface SaffronScreen extends HTMLElement {
  readonly guestSize: { readonly width: number; readonly height: number };
  readPixels(rect: { x: number; y: number; width: number; height: number }): Promise<{ bytes: Uint8ClampedArray }>;
}

/** Times in milliseconds from dispatching `keydown` to the `paint` after which the count of presses had gone up. */
export async function measureBrowserLatency(url: string, presses: number): Promise<number[]> {
  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-dev-shm-usage'],
  });
  try {
    const context = await browser.newContext({ ignoreHTTPSErrors: true, viewport: { width: 1400, height: 1000 } });
    const page = await context.newPage();
    await page.goto(url);
    await page.locator('saffron-screen').waitFor();
    await readCount(page, KEYS_STRIPS.ready, LAYOUT.keysReadyValue);
    return await page.evaluate(pressAndWatch, { strip: KEYS_STRIPS.count, presses });
  } finally {
    await browser.close();
  }
}

async function readCount(page: Page, strip: CellStrip, wanted: number): Promise<void> {
  await page.waitForFunction(
    async ({ strip, wanted }) => {
      const screen = document.querySelector<SaffronScreen>('saffron-screen');
      if (screen === null || screen.guestSize.width === 0) return false;
      const width = strip.cellWidth * 16;
      const { bytes } = await screen.readPixels({ x: strip.x, y: strip.y + 8, width, height: 1 });
      let value = 0;
      for (let i = 0; i < 16; i++) value = value * 2 + ((bytes[(i * strip.cellWidth + 8) * 4] ?? 0) > 127 ? 1 : 0);
      return value === wanted;
    },
    { strip, wanted },
    { timeout: 60_000, polling: 100 },
  );
}

/** Runs in the page. */
async function pressAndWatch({ strip, presses }: { strip: CellStrip; presses: number }): Promise<number[]> {
  const screen = document.querySelector<SaffronScreen>('saffron-screen');
  if (screen === null) throw new Error('the page has no saffron-screen');
  const read = async (): Promise<number> => {
    const width = strip.cellWidth * 16;
    const { bytes } = await screen.readPixels({ x: strip.x, y: strip.y + 8, width, height: 1 });
    let value = 0;
    for (let i = 0; i < 16; i++) value = value * 2 + ((bytes[(i * strip.cellWidth + 8) * 4] ?? 0) > 127 ? 1 : 0);
    return value;
  };
  const painted = (): Promise<number> =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error('no paint in 10 s')), 10_000);
      screen.addEventListener(
        'paint',
        () => {
          clearTimeout(timer);
          resolve(performance.now());
        },
        { once: true },
      );
    });
  const send = (type: string): void => {
    const key = { key: 'a', code: 'KeyA', bubbles: true, cancelable: true, composed: true };
    (screen.shadowRoot?.activeElement ?? screen).dispatchEvent(new KeyboardEvent(type, key));
  };
  screen.focus();
  const times: number[] = [];
  for (let i = 0; i < presses; i++) {
    const wanted = ((await read()) + 1) & 0xffff;
    const began = performance.now();
    let seen = painted();
    send('keydown');
    for (;;) {
      const at = await seen;
      seen = painted();
      // The reading comes after the paint's own time was taken, so it costs the measure nothing.
      if ((await read()) !== wanted) continue;
      times.push(at - began);
      break;
    }
    seen.catch(() => undefined);
    send('keyup');
    await new Promise((resolve) => setTimeout(resolve, 25 + ((i * 7) % 25)));
  }
  return times;
}
