import { describe, expect, test } from 'vitest';
import { cpuSince, cpuTime, processTree } from '../../bench/cpu-time.ts';
import { jsonLines, table } from '../../bench/report.ts';
import { SCENARIOS } from '../../bench/spice/scenarios.ts';
import { median, percentile } from '../../bench/statistics.ts';
import { RunningProgram } from '../clients/running-program.ts';

/** Matches no thread's name. */
const NOTHING = /^$/;

describe('statistics', () => {
  test('the percentile is a value that was measured', () => {
    const values = [5, 1, 4, 2, 3];
    expect([0, 0.5, 0.95, 1].map((share) => percentile(values, share))).toEqual([1, 3, 5, 5]);
    expect(percentile([], 0.5)).toBeNaN();
  });

  test('the median of an even number lies between the middle two', () => {
    expect(median([4, 1, 3, 2])).toBe(2.5);
    expect(median([9, 1, 2])).toBe(2);
    expect(median([])).toBeNaN();
  });
});

describe('processor time', () => {
  test('counts a process that works, with what it started', async () => {
    await using program = new RunningProgram('sh', ['-c', 'echo started; while :; do :; done & wait']);
    const before = await cpuTime(program.pid, NOTHING);
    await expect.poll(async () => cpuSince(before, await cpuTime(program.pid, NOTHING)).serverMs).toBeGreaterThan(50);
    const tree = await processTree(program.pid);
    expect(tree).toHaveLength(2);
    for (const pid of tree.slice(1)) process.kill(pid);
  });
});

describe('report', () => {
  const results = [
    { scenario: 'keys', subject: 'saffron', rounds: [{ p50: 8 }, { p50: 10 }, { p50: 9 }] },
    { scenario: 'keys', subject: 'qemu-std', rounds: [{ p50: 18 }, { p50: 18 }, { p50: Number.NaN }] },
  ] as const;

  test('prints one line of JSON a measure', () => {
    const [line] = jsonLines('spice', results[0], SCENARIOS.keys.measures);
    expect(JSON.parse(line ?? '')).toMatchObject({ scenario: 'keys', measure: 'p50', median: 9, rounds: [8, 10, 9] });
  });

  test('puts ratios beside the medians, and a dash where there is nothing', () => {
    const lines = table([results[0], { ...results[1], rounds: [{ p50: 18 }] }], () => SCENARIOS.keys.measures).split(
      '\n',
    );
    expect(lines[0]).toBe('| scenario | measure | saffron | qemu-std | saffron ÷ qemu-std |');
    expect(lines[2]).toBe('| keys | p50 (ms) | 9 | 18 | 0.5 |');
    expect(lines[3]).toBe('| keys | p95 (ms) | – | – | – |');
  });
});
