/** The viewers that people use, each shown the test guest: its picture must stand in their windows, pixel for pixel. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { decodeNumber } from '../guest/picture-numbers.ts';
import { KEYS_BLOCKS, LAYOUT } from '../guest/layout.ts';
import { testPattern } from '../guest/pattern.ts';
import type { TestProgram } from '../guest/build-test-guest.ts';
import { Html5Viewer } from './html5-viewer.ts';
import { cropPicture, locatePicture } from './picture.ts';
import { startRemoteViewer } from './remote-viewer.ts';
import type { SpiceTarget, SpiceTransport } from './spice-client.ts';
import { startSpicy } from './spicy.ts';
import { XScreen } from './x-screen.ts';

/** A server with a running test guest of 1280x800. */
export interface ViewedServer extends AsyncDisposable {
  target(transport: SpiceTransport): SpiceTarget;
}

/** How the suite gets its servers. */
export interface ViewedSubject {
  readonly name: string;
  /** Starts a server with these listeners that lets pages of `origin` in by WebSocket. */
  start(program: TestProgram, transports: readonly SpiceTransport[], origin?: string): Promise<ViewedServer>;
}

const SEEN_MS = 120_000;
const PATTERN = testPattern(1280, 800);
/** Ramps, thin lines and noise of the pattern, without its outermost edge. */
const PARTS = [
  { x: 700, y: 150, width: 200, height: 60 },
  { x: 100, y: 480, width: 200, height: 140 },
  { x: 900, y: 690, width: 300, height: 100 },
].map((rect) => ({ rect, picture: cropPicture(PATTERN, rect) }));
const [FIRST] = PARTS;

/** Where the guest's picture begins in a screenshot; null until all parts stand where they belong to each other. */
function patternOrigin(screen: Parameters<typeof locatePicture>[0]): { x: number; y: number } | null {
  if (FIRST === undefined) return null;
  const at = locatePicture(screen, FIRST.picture);
  if (at === null) return null;
  const origin = { x: at.x - FIRST.rect.x, y: at.y - FIRST.rect.y };
  const isWhole = PARTS.every(({ rect, picture }) => {
    const place = { x: origin.x + rect.x, y: origin.y + rect.y, width: rect.width, height: rect.height };
    return locatePicture(cropPicture(screen, place), picture) !== null;
  });
  return isWhole ? origin : null;
}

/** Screenshots are kept where SAFFRON_SCREENSHOTS says, for people to look at. */
async function screenshotFile(name: string): Promise<string | undefined> {
  const folder = process.env['SAFFRON_SCREENSHOTS'];
  if (folder === undefined) return undefined;
  await mkdir(folder, { recursive: true });
  return join(folder, `${name.replaceAll(/[^A-Za-z0-9]+/g, '-')}.png`);
}

/** Defines the suite. */
export function describeViewers(subject: ViewedSubject): void {
  describe(`${subject.name} in viewers`, { timeout: 300_000 }, () => {
    test.for(['unix', 'tcp', 'tls'] as const)('remote-viewer by %s shows the pattern', async (transport) => {
      await using server = await subject.start('pattern', [transport]);
      await using screen = await XScreen.start();
      await using viewer = await startRemoteViewer(screen, server.target(transport));
      await screen.awaitPicture('the pattern', SEEN_MS, patternOrigin).catch((error: unknown) => {
        throw viewer.failure(String(error));
      });
      await screen.screenshot(await screenshotFile(`${subject.name} remote-viewer ${transport}`));
    });

    test('spicy shows the pattern', async () => {
      await using server = await subject.start('pattern', ['tcp']);
      await using screen = await XScreen.start();
      await using viewer = await startSpicy(screen, server.target('tcp'));
      await screen.awaitPicture('the pattern', SEEN_MS, patternOrigin).catch((error: unknown) => {
        throw viewer.failure(String(error));
      });
      await screen.screenshot(await screenshotFile(`${subject.name} spicy`));
    });

    test('remote-viewer types into the guest', async () => {
      await using server = await subject.start('keys', ['tcp']);
      await using screen = await XScreen.start();
      await using viewer = await startRemoteViewer(screen, server.target('tcp'));
      const origin = await screen
        .awaitPicture('the guest to be ready', SEEN_MS, findReadyBlock)
        .catch((error: unknown) => {
          throw viewer.failure(String(error));
        });
      await screen.click(origin.x + 600, origin.y + 700);
      await screen.keys('s');
      const last = { ...KEYS_BLOCKS.last, x: origin.x + KEYS_BLOCKS.last.x, y: origin.y + KEYS_BLOCKS.last.y };
      const KEY_S = 31;
      await screen.awaitPicture('the typed key', SEEN_MS, (now) => (decodeNumber(now, last) === KEY_S ? true : null));
    });

    test('spice-html5 shows the pattern', async () => {
      await using viewer = await Html5Viewer.start();
      await using server = await subject.start('pattern', ['tcp'], viewer.origin);
      const target = server.target('tcp');
      if (!('port' in target)) throw new Error('no port');
      await viewer.connect(target);
      const origin = await viewer.awaitPicture('the pattern', SEEN_MS, patternOrigin);
      expect(origin).toEqual({ x: 0, y: 0 });
      const file = await screenshotFile(`${subject.name} spice-html5`);
      if (file !== undefined) await viewer.screenshot(file);
    });
  });
}

/** The guest's corner by the block that says it reads input: sought on every pixel of the window's upper left. */
function findReadyBlock(screen: Parameters<typeof decodeNumber>[0]): { x: number; y: number } | null {
  const { ready } = KEYS_BLOCKS;
  for (let y = 0; y < 250; y++)
    for (let x = 0; x < 300; x++) {
      const block = { ...ready, x: x + ready.x, y: y + ready.y };
      if (decodeNumber(screen, block) === LAYOUT.keysReadyValue && isCellCorner(screen, block.x, block.y))
        return { x, y };
    }
  return null;
}

/** The ready value begins with a white cell: its corner pixel is white, those above and left of it are not. */
function isCellCorner(screen: Parameters<typeof decodeNumber>[0], x: number, y: number): boolean {
  const at = (px: number, py: number): number => screen.pixels[py * screen.width + px] ?? 0;
  return at(x, y) === 0xffffff && at(x, y - 1) === 0 && at(x + 7, y) === 0xffffff && at(x + 8, y) === 0;
}
