/**
 * npm run fuzz -- [--target NAME] [--seconds N] [--seed S] [--failures N] [--replay FILE]
 *
 * Tries inputs of one target, or of each by turns. What breaks something is made small and kept in `corpus`, from where the
 * tests try it again every day. Exit status 1: something broke.
 */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { campaign, FuzzProcess } from './campaign.ts';
import type { FuzzFailure } from './campaign.ts';
import { CORPUS } from './corpus.ts';
import type { CorpusFile } from './corpus.ts';
import { fuzzTargets } from './targets.ts';
import type { FuzzTargetName } from './targets.ts';

const { values } = parseArgs({
  options: {
    target: { type: 'string' },
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
    failures: { type: 'string', default: '5' },
    replay: { type: 'string' },
  },
});

function keep(target: FuzzTargetName, { seed, reason, steps }: FuzzFailure): void {
  const file: CorpusFile = { target, reason: reason.split('\n')[0] ?? '', steps };
  const text = `${JSON.stringify(file)}\n`;
  const name = `${target}-${createHash('sha256').update(text).digest('hex').slice(0, 10)}.json`;
  writeFileSync(join(CORPUS, name), text);
  process.stdout.write(`seed ${seed}: ${reason}\n  kept as ${name}, ${steps.length} steps\n`);
}

async function replay(path: string): Promise<boolean> {
  const { target, steps } = JSON.parse(readFileSync(path, 'utf8')) as CorpusFile;
  const tried = new FuzzProcess(target);
  const reason = await tried.attempt({ steps });
  await tried.close();
  process.stdout.write(`${path}: ${reason ?? 'all is well'}\n`);
  return reason === null;
}

async function fuzz(): Promise<boolean> {
  const names = Object.keys(fuzzTargets) as FuzzTargetName[];
  const chosen = names.filter((name) => values.target === undefined || values.target === name);
  if (chosen.length === 0) throw new Error(`no target ${values.target}: there are ${names.join(', ')}`);
  let isGood = true;
  for (const name of chosen) {
    const seconds = Number(values.seconds) / chosen.length;
    process.stdout.write(`${name}: ${seconds} s from seed ${values.seed}\n`);
    const { runs, failures, remarks, residentBytes } = await campaign(name, {
      seconds,
      seed: Number(values.seed),
      maxFailures: Number(values.failures),
      onFailure: (failure) => keep(name, failure),
    });
    process.stdout.write(
      `${name}: ${runs} inputs, ${failures.length} failures, ${residentBytes >> 20} MiB at the end\n`,
    );
    for (const [remark, count] of [...remarks].toSorted((a, b) => b[1] - a[1]))
      process.stdout.write(`  ${count} × ${remark}\n`);
    isGood &&= failures.length === 0;
  }
  return isGood;
}

process.exitCode = (await (values.replay === undefined ? fuzz() : replay(values.replay))) ? 0 : 1;
