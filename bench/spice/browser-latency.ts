/** Key press to changed pixel on the canvas of Saffron's page, in a headless Chromium. */
import type { SaffronScreen } from '../../clients/web/src/screen/saffron-screen.ts';
import { SaffronPage } from '../../tests/clients/saffron-page.ts';
import { KEYS_BLOCKS, LAYOUT, type NumberBlock } from '../../tests/guest/layout.ts';

/** Times in milliseconds from dispatching `keydown` to the `paint` after which the count of presses had gone up. */
export async function measureBrowserLatency(url: string, presses: number): Promise<number[]> {
  await using browser = await SaffronPage.open(url);
  await browser.awaitNumber(KEYS_BLOCKS.ready, LAYOUT.keysReadyValue, 60_000);
  return await browser.page.evaluate(pressAndWatch, { block: KEYS_BLOCKS.count, presses });
}

/** Runs in the page. */
async function pressAndWatch({ block, presses }: { block: NumberBlock; presses: number }): Promise<number[]> {
  const screen = document.querySelector<SaffronScreen>('saffron-screen');
  if (screen === null) throw new Error('the page has no saffron-screen');
  const count = async (): Promise<number> => {
    const { x, y, cellWidth, cellHeight, columns } = block;
    const width = cellWidth * columns;
    const { bytes } = await screen.readPixels({ x, y, width, height: (cellHeight * 16) / columns });
    let value = 0;
    for (let i = 0; i < 16; i++) {
      const row = Math.floor(i / columns) * cellHeight + cellHeight / 2;
      const column = (i % columns) * cellWidth + cellWidth / 2;
      value = value * 2 + ((bytes[(row * width + column) * 4] ?? 0) > 127 ? 1 : 0);
    }
    return value;
  };
  const paints: number[] = [];
  let wake = (): void => {};
  screen.addEventListener('paint', () => {
    paints.push(performance.now());
    wake();
  });
  const nextPaint = async (): Promise<number> => {
    const deadline = performance.now() + 10_000;
    for (;;) {
      const at = paints.shift();
      if (at !== undefined) return at;
      const left = deadline - performance.now();
      if (left <= 0) throw new Error('no paint in 10 s');
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  };
  const send = (type: string): void => {
    const target = screen.shadowRoot?.activeElement ?? screen;
    const key = { key: 'a', code: 'KeyA', bubbles: true, cancelable: true, composed: true };
    target.dispatchEvent(new KeyboardEvent(type, key));
  };
  screen.focus();
  const times: number[] = [];
  for (let i = 0; i < presses; i++) {
    const wanted = ((await count()) + 1) & 0xffff;
    paints.length = 0;
    const began = performance.now();
    send('keydown');
    // The reading comes after the paint's own time was taken, so it costs the measure nothing.
    let at = await nextPaint();
    while ((await count()) !== wanted) at = await nextPaint();
    times.push(at - began);
    send('keyup');
    await new Promise((resolve) => setTimeout(resolve, 25 + ((i * 7) % 25)));
  }
  return times;
}
