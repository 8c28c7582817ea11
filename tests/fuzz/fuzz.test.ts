/** What broke something once, and a while of what might. `npm run fuzz` goes on from there. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { campaign, FuzzProcess } from './campaign.ts';
import { CORPUS } from './corpus.ts';
import type { CorpusFile } from './corpus.ts';
import { fuzzTargets } from './targets.ts';
import type { FuzzTargetName } from './targets.ts';

/** The same inputs every day: new ones are looked for where somebody looks at what they find. */
const SEED = 1;
const SECONDS: Readonly<Record<FuzzTargetName, number>> = { virgl: 9, tgsi: 6, gpu: 6, vtest: 4, server: 4 };
const names = Object.keys(fuzzTargets) as FuzzTargetName[];
const files = readdirSync(CORPUS)
  .filter((name) => name.endsWith('.json'))
  .map((name) => [name, JSON.parse(readFileSync(join(CORPUS, name), 'utf8')) as CorpusFile] as const);

describe('what broke something once', () => {
  test.each(names)('does so no more: %s', async (target) => {
    const process = new FuzzProcess(target);
    const broken: string[] = [];
    try {
      for (const [name, { steps }] of files.filter(([, file]) => file.target === target)) {
        const failure = await process.attempt({ steps });
        if (failure !== null) broken.push(`${name}: ${failure}`);
      }
    } finally {
      await process.close();
    }
    expect(broken).toEqual([]);
  });
});

describe('inputs at random', () => {
  test.each(names)('break nothing: %s', { timeout: 240_000 }, async (target) => {
    const { runs, failures } = await campaign(target, { seconds: SECONDS[target], seed: SEED });
    expect(failures.map(({ seed, reason, steps }) => ({ seed, reason, steps: JSON.stringify(steps) }))).toEqual([]);
    expect(runs).toBeGreaterThan(0);
  });
});
