/** Saffron's picture in the programs that people use, and in its own page. */
import { mkdir } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { KEYS_BLOCKS, LAYOUT } from '../guest/layout.ts';
import { firstDifference, testPattern } from '../guest/pattern.ts';
import { SaffronPage } from './saffron-page.ts';
import { SaffronServer } from './saffron-server.ts';
import { SpiceClient } from './spice-client.ts';
import { describeViewers } from './viewers.contract.ts';

const SEEN_MS = 120_000;

describeViewers({
  name: 'Saffron',
  start: (program, transports, origin) =>
    SaffronServer.start({ program, transports, args: origin === undefined ? [] : ['--origin', origin] }),
});

describe("Saffron's page", { timeout: 300_000 }, () => {
  test('shows the pattern pixel for pixel in two browsers and a native client at once', async () => {
    const pattern = testPattern(1280, 800);
    const password = 'correct horse';
    await using server = await SaffronServer.start({
      program: 'pattern',
      transports: ['tls'],
      hasPage: true,
      password,
    });
    const url = server.ready.web ?? '';
    expect(url).toMatch(/^https:/);
    await using client = new SpiceClient();
    await client.connect(server.target('tls'), pattern);
    await using first = await SaffronPage.open(url, password);
    await using second = await SaffronPage.open(url, password);
    for (const page of [first, second])
      await page.awaitPicture('the pattern', SEEN_MS, (seen) =>
        firstDifference(seen, pattern) === null ? true : null,
      );
    await client.picture();
    const folder = process.env['SAFFRON_SCREENSHOTS'];
    if (folder === undefined) return;
    await mkdir(folder, { recursive: true });
    await first.page.screenshot({ path: `${folder}/Saffron-page.png` });
  });

  test('types into the guest, and others see it', async () => {
    await using server = await SaffronServer.start({ program: 'keys', transports: ['tcp'], hasPage: true });
    await using client = new SpiceClient();
    await client.connect(server.target('tcp'));
    await using page = await SaffronPage.open(server.ready.web ?? '');
    await page.awaitNumber(KEYS_BLOCKS.ready, LAYOUT.keysReadyValue, SEEN_MS);
    await page.key('KeyS');
    await page.awaitNumber(KEYS_BLOCKS.last, 31, SEEN_MS);
    await client.awaitNumber(KEYS_BLOCKS.last, 31);
    await client.awaitNumber(KEYS_BLOCKS.logged, 2);
  });
});
