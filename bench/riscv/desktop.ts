/**
 * `node bench/riscv/desktop.ts [ROUNDS]`: from the start of `saffron run` to Weston's desktop on the browser's canvas, then
 * the processor time that the guest at rest takes, and the memory of all processes. The browser, which is not counted, looks
 * on all the time. Wants `saffron guest build debian-riscv64`, `npm run build` and Chromium.
 */
import { readFile } from 'node:fs/promises';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { setTimeout as delay } from 'node:timers/promises';
import { chromium } from 'playwright-core';
import sharp from 'sharp';
import { RunningProgram } from '../../tests/clients/running-program.ts';
import { cpuTime, processTree } from '../cpu-time.ts';
import { jsonLines, table, type Measures } from '../report.ts';

const SAFFRON = fileURLToPath(new URL('../../bin/saffron.js', import.meta.url));
const PORT = 9780;
const LIMIT_MS = 180_000;
/** Until services have started, and what the guest ran is optimised for its next run: the longest of both. */
const SETTLE_MS = 45_000;
const REST_MS = 20_000;
const MEASURES = {
  desktop: { unit: 's', better: 'less' },
  rest: { unit: '% of a core', better: 'less' },
  resident: { unit: 'MB', better: 'less' },
  proportional: { unit: 'MB', better: 'less' },
} as const;

/** Megabytes of all processes; pages that several share are counted in each, or in parts. */
async function memory(rootPid: number): Promise<{ readonly resident: number; readonly proportional: number }> {
  const sum = { resident: 0, proportional: 0 };
  for (const pid of await processTree(rootPid)) {
    const text = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8').catch(() => '');
    const kilobytes = (name: string): number => Number(new RegExp(`^${name}: +(\\d+)`, 'm').exec(text)?.[1] ?? 0);
    sum.resident += kilobytes('Rss') / 1024;
    sum.proportional += kilobytes('Pss') / 1024;
  }
  return sum;
}

async function measure(): Promise<Measures> {
  const ready = Promise.withResolvers<void>();
  await using browser = await chromium.launch({
    executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update'],
  });
  const page = await browser.newPage({ viewport: { width: 1280, height: 860 }, ignoreHTTPSErrors: true });
  const begin = performance.now();
  await using program = new RunningProgram(
    process.execPath,
    [SAFFRON, ...`run --json --no-password --web localhost:${PORT}`.split(' ')],
    { onLine: (line) => line.includes('"ready"') && ready.resolve() },
  );
  void program.ended.then(() => ready.reject(program.failure('ended before the guest ran')));
  await ready.promise;
  await page.goto(`https://localhost:${PORT}/`);
  while (!(await isDesktop(await page.screenshot({ clip: { x: 200, y: 100, width: 4, height: 4 } })))) {
    if (performance.now() - begin > LIMIT_MS) throw program.failure('no desktop is shown');
    await delay(200);
  }
  const desktop = (performance.now() - begin) / 1000;
  await delay(SETTLE_MS);
  const before = await cpuTime(program.pid, /^$/);
  await delay(REST_MS);
  const after = await cpuTime(program.pid, /^$/);
  const rest = ((after.serverMs - before.serverMs) / REST_MS) * 100;
  return { desktop, rest, ...(await memory(program.pid)) };
}

/** Whether this is the blue of the guest's Weston. */
async function isDesktop(png: Buffer): Promise<boolean> {
  const [red = 0, green = 0, blue = 0] = await sharp(png).raw().toBuffer();
  return red < 60 && green > 40 && green < 80 && blue > 50 && blue < 100;
}

const list: Measures[] = [];
for (let round = 0; round < Number(process.argv[2] ?? 3); round++) list.push(await measure());
const result = { scenario: 'desktop', subject: 'saffron', rounds: list };
process.stdout.write(
  `${jsonLines('riscv-desktop', result, MEASURES).join('\n')}\n${table([result], () => MEASURES)}\n`,
);
