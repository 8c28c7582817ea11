/** What is measured of each subject, in one round. Rates are per second, times milliseconds, sizes KB of 1000 bytes. */
import { setTimeout as delay } from 'node:timers/promises';
import { SpiceClient, type FrameCounts } from '../../tests/clients/spice-client.ts';
import type { TestProgram } from '../../tests/guest/build-test-guest.ts';
import { KEYS_BLOCKS, LAYOUT, scrollLineBlock, scrollBlocks, videoBlocks } from '../../tests/guest/layout.ts';
import { testPattern } from '../../tests/guest/pattern.ts';
import { measureBrowserLatency } from './browser-latency.ts';
import { cpuSince, cpuTime, type CpuTime } from '../cpu-time.ts';
import type { Measures, MeasureTable } from '../report.ts';
import { percentile } from '../statistics.ts';
import type { Subject } from './subjects.ts';

/** Names as on the command line. */
export type ScenarioName = 'scroll' | 'video' | 'keys' | 'first-frame' | 'idle' | 'browser';

/** How long and how often. */
export interface Effort {
  readonly seconds: number;
  readonly presses: number;
}

/** One scenario: its guest program, and one round of it. */
export interface Scenario {
  readonly program: TestProgram;
  /** Only Saffron has a page. */
  readonly needsPage?: boolean;
  readonly measures: MeasureTable;
  run(subject: Subject, effort: Effort): Promise<Measures>;
}

const SCREEN = { width: 1280, height: 800 };
const SETTLE_MS = 1500;
const KEY_A = 30;
/** QEMU names its processors' threads `CPU 0/TCG` and `CPU 0/KVM` when started with `-name debug-threads=on`. */
const GUEST_THREAD = /^CPU \d+\//;

async function connect(subject: Subject): Promise<SpiceClient> {
  const client = new SpiceClient();
  try {
    await client.connect(subject.target);
    await client.surface(SCREEN, 60_000);
    await client.opened('inputs');
  } catch (error) {
    await client[Symbol.asyncDispose]();
    throw error;
  }
  return client;
}

async function whileMeasuring<T>(subject: Subject, work: () => Promise<T>): Promise<{ value: T; cpu: CpuTime }> {
  const before = await cpuTime(subject.pid, GUEST_THREAD);
  const value = await work();
  return { value, cpu: cpuSince(before, await cpuTime(subject.pid, GUEST_THREAD)) };
}

const FRAME_MEASURES = {
  guestFps: { unit: '1/s', better: 'none' },
  shownFps: { unit: '1/s', better: 'none' },
  wholeFps: { unit: '1/s', better: 'more' },
  tornFps: { unit: '1/s', better: 'less' },
  cpuMsPerFrame: { unit: 'ms', better: 'less' },
  cpuPercent: { unit: '% of a core', better: 'none' },
  kbPerFrame: { unit: 'KB', better: 'less' },
  mbPerSecond: { unit: 'MB/s', better: 'none' },
  drawsPerSecond: { unit: '1/s', better: 'none' },
} as const;

/** Costs are per frame of which anything was shown: a torn frame was paid for as well. */
function frameMeasures(counts: FrameCounts, cpu: CpuTime): Measures {
  const seconds = counts.ms / 1000;
  const guestFrames = ((counts.last ?? 0) - (counts.first ?? 0) + 0x10000) % 0x10000;
  return {
    guestFps: counts.numbers > 1 ? guestFrames / seconds : Number.NaN,
    shownFps: counts.numbers / seconds,
    wholeFps: counts.whole / seconds,
    tornFps: counts.torn / seconds,
    cpuMsPerFrame: cpu.serverMs / counts.numbers,
    cpuPercent: cpu.serverMs / seconds / 10,
    kbPerFrame: counts.bytes / 1000 / counts.numbers,
    mbPerSecond: counts.bytes / 1e6 / seconds,
    drawsPerSecond: counts.draws / seconds,
  };
}

const scroll: Scenario = {
  program: 'scroll',
  measures: FRAME_MEASURES,
  run: async (subject, effort) => {
    await using client = await connect(subject);
    const blocks = scrollBlocks(SCREEN.width, SCREEN.height);
    const lines = [0, 8, 16, 24, 32, 40, 45].map((offset) => ({ block: scrollLineBlock(offset), offset }));
    await client.count(SETTLE_MS, blocks, lines);
    const { value, cpu } = await whileMeasuring(subject, () => client.count(effort.seconds * 1000, blocks, lines));
    return frameMeasures(value, cpu);
  },
};

const video: Scenario = {
  program: 'video',
  measures: FRAME_MEASURES,
  run: async (subject, effort) => {
    await using client = await connect(subject);
    await client.count(SETTLE_MS, videoBlocks());
    const { value, cpu } = await whileMeasuring(subject, () => client.count(effort.seconds * 1000, videoBlocks()));
    return frameMeasures(value, cpu);
  },
};

const LATENCY_MEASURES = {
  p50: { unit: 'ms', better: 'less' },
  p95: { unit: 'ms', better: 'less' },
  p99: { unit: 'ms', better: 'less' },
} as const;

function latencyMeasures(ms: readonly number[]): Measures {
  return { p50: percentile(ms, 0.5), p95: percentile(ms, 0.95), p99: percentile(ms, 0.99) };
}

const keys: Scenario = {
  program: 'keys',
  measures: LATENCY_MEASURES,
  run: async (subject, effort) => {
    await using client = await connect(subject);
    await client.awaitNumber(KEYS_BLOCKS.ready, LAYOUT.keysReadyValue, { timeoutMs: 60_000 });
    const options = { block: KEYS_BLOCKS.count, scancode: KEY_A, gapMs: 25, timeoutMs: 10_000 };
    await client.latency({ ...options, presses: 5 });
    return latencyMeasures(await client.latency({ ...options, presses: effort.presses }));
  },
};

const CONNECTS = 5;
const PATTERN = testPattern(SCREEN.width, SCREEN.height);

const firstFrame: Scenario = {
  program: 'pattern',
  measures: {
    openedMs: { unit: 'ms', better: 'none' },
    pictureMs: { unit: 'ms', better: 'less' },
  },
  run: async (subject) => {
    const opened: number[] = [];
    const picture: number[] = [];
    for (let i = 0; i < CONNECTS; i++) {
      await using client = new SpiceClient();
      await client.connect(subject.target, PATTERN);
      const times = await client.picture(60_000);
      opened.push(times.main ?? Number.NaN);
      picture.push(times.picture ?? Number.NaN);
    }
    return { openedMs: percentile(opened, 0.5), pictureMs: percentile(picture, 0.5) };
  },
};

const idle: Scenario = {
  program: 'idle',
  measures: {
    cpuPercent: { unit: '% of a core', better: 'less' },
    ownPercent: { unit: '% of a core', better: 'less' },
    guestPercent: { unit: '% of a core', better: 'none' },
    kbPerSecond: { unit: 'KB/s', better: 'less' },
  },
  run: async (subject, effort) => {
    await using client = await connect(subject);
    await delay(SETTLE_MS);
    const ms = effort.seconds * 1000;
    const before = (await client.state()).bytes;
    const { cpu } = await whileMeasuring(subject, () => delay(ms));
    const bytes = (await client.state()).bytes - before;
    const percent = (used: number): number => (used / ms) * 100;
    return {
      cpuPercent: percent(cpu.serverMs),
      ownPercent: percent(cpu.ownMs),
      guestPercent: percent(cpu.apartMs),
      kbPerSecond: bytes / ms,
    };
  },
};

const browser: Scenario = {
  program: 'keys',
  needsPage: true,
  measures: LATENCY_MEASURES,
  run: async (subject, effort) => latencyMeasures(await measureBrowserLatency(subject.page ?? '', effort.presses)),
};

/** All scenarios. */
export const SCENARIOS: Readonly<Record<ScenarioName, Scenario>> = {
  scroll,
  video,
  keys,
  'first-frame': firstFrame,
  idle,
  browser,
};
