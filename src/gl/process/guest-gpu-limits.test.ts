import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { hasEgl } from '../egl/test-device.ts';
import { command, createShader, PLAIN_VERTEX } from '../virgl/test-guest.ts';
import {
  createTriangle,
  DRAW_TRIANGLE,
  picture,
  prepareTriangle,
  ProcessGuest,
  showsTriangle,
  TRIANGLE,
} from './process-guest.ts';
import type { GuestGpuOptions } from './guest-gpu-process.ts';

const CONTEXT = 1;
const { side: SIDE, target: TARGET } = TRIANGLE;
const GREEN = 0x00ff00;

/** A guest that is ready to draw its triangle. */
async function startGuest(options: Partial<GuestGpuOptions>): Promise<ProcessGuest> {
  const guest = await ProcessGuest.start(options);
  createTriangle(guest);
  prepareTriangle(guest, CONTEXT);
  await guest.finish();
  return guest;
}

async function draws(guest: ProcessGuest): Promise<boolean> {
  guest.submit(CONTEXT, DRAW_TRIANGLE);
  return showsTriangle(await guest.read(TARGET, SIDE, SIDE), GREEN);
}

/** Milliseconds of processors that a process has had. */
function processorMs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1]!.split(' ');
  return 10 * (Number(fields[11]) + Number(fields[12]));
}

describe.skipIf(!hasEgl)('a guest that takes all it can of its GPU', () => {
  const limits = {
    maxResources: 4,
    maxShaders: 4,
    maxResourceBytes: 32 << 20,
    maxSubmitBytes: 1 << 20,
    maxCommandsPerSecond: 2000,
  };
  const told: string[] = [];
  let guest: ProcessGuest;
  beforeAll(async () => {
    guest = await startGuest({ limits, hangTimeoutMs: 1000, onQuota: (reason) => told.push(reason) });
  });
  afterAll(() => guest[Symbol.asyncDispose]());

  it('is refused what passes a limit, keeps what it had, and that is told', async () => {
    const { gpu } = guest;
    expect(await guest.answer(gpu.createResource(1, picture(4096, 4096)))).toBe('quota');
    expect(await guest.answer(gpu.createResource(1, picture(16, 16)))).toBeNull();
    expect(await guest.answer(gpu.createResource(2, picture(16, 16)))).toBeNull();
    expect(await guest.answer(gpu.createResource(3, picture(16, 16)))).toBe('quota');
    // Refused commands do not make their submission refused.
    for (let id = 50; id < 60; id++) guest.submit(CONTEXT, createShader(id, 'vertex', PLAIN_VERTEX));
    const filling = command('nop', ...Array.from({ length: 60_000 }, () => 0));
    expect(await guest.answer(guest.submit(CONTEXT, ...Array.from({ length: 5 }, () => filling)))).toBe('quota');
    expect(await draws(guest)).toBe(true);
    // What went can be had again.
    expect(await guest.answer(gpu.destroyResource(1))).toBeNull();
    expect(await guest.answer(gpu.createResource(3, picture(16, 16)))).toBeNull();
    // Once a second at most, so the first is what is told for sure.
    expect(told[0]).toContain('bytes');
    expect(guest.restarts).toEqual([]);
  });

  it('waits when it gives more commands than it may, and is not taken for one that hangs', async () => {
    const count = 3000;
    const begun = performance.now();
    guest.submit(CONTEXT, ...Array.from({ length: count }, () => command('nop')));
    // The rest comes after a turn: what is ordered from now on is done behind it.
    await guest.finish();
    expect(await draws(guest)).toBe(true);
    // A quarter of a second's worth may be saved up, and the turn that does these may have begun with what was ordered before.
    const least = 1000 * (count / limits.maxCommandsPerSecond - 0.25);
    expect(performance.now() - begun).toBeGreaterThan(least / 2);
    expect(guest.restarts).toEqual([]);
  });
});

describe.skipIf(!hasEgl)('a guest that works all the time', () => {
  // Time of the processor is compared with that of the wall, of which one thread can have no more.
  beforeAll(() => void vi.stubEnv('LP_NUM_THREADS', '1'));
  afterAll(() => void vi.unstubAllEnvs());

  it('does so for its share of each second', async () => {
    await using guest = await startGuest({ limits: { maxBusyMs: 300 } });
    const { gpu } = guest;
    const work = (): Promise<unknown> =>
      guest.answer(guest.submit(CONTEXT, ...Array.from({ length: 5 }, () => DRAW_TRIANGLE)));
    const underWay = Array.from({ length: 8 }, work);
    await underWay.shift();
    const before = processorMs(gpu.pid);
    const begun = performance.now();
    while (performance.now() - begun < 600) {
      underWay.push(work());
      await underWay.shift();
    }
    const share = (processorMs(gpu.pid) - before) / (performance.now() - begun);
    // The clock of the limit is that of the wall, and a renderer in software has threads.
    expect(share).toBeLessThan(0.75);
    expect(await draws(guest)).toBe(true);
    expect(guest.restarts).toEqual([]);
  });
});
