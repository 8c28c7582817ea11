/**
 * Holds `saffron gpu` to what virgl_test_server does with the same programs: see README.md beside this file. Progress goes to
 * stderr; the differences and a line for each renderer to stdout. Ends with status 1 when a test passes on the server and not
 * here.
 */
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { setPriority } from 'node:os';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { readTests, sampleTests } from './piglit-profile.ts';
import { batchesOf, runBatch, type Status } from './piglit-run.ts';
import { startRenderer, type Renderer, type RendererName } from './renderers.ts';
import { differencesOf, lostTests, summaryOf } from './report.ts';

const NAMES: readonly RendererName[] = ['virgl-server', 'saffron', 'llvmpipe'];
const POLITE = 10;

const { values } = parseArgs({
  options: {
    renderer: { type: 'string', multiple: true, default: ['virgl-server', 'saffron'] },
    test: { type: 'string', default: '' },
    tests: { type: 'string' },
    'per-group': { type: 'string', default: '4' },
    timeout: { type: 'string', default: '60' },
    mesa: { type: 'string' },
    log: { type: 'string' },
  },
});

setPriority(POLITE);
await using running = new AsyncDisposableStack();
const renderers: Renderer[] = [];
for (const word of values.renderer) {
  const name = NAMES.find((known) => known === word);
  if (name === undefined) throw new Error(`--renderer takes ${NAMES.join(', ')}`);
  renderers.push(running.use(await startRenderer(name, values.mesa ?? null)));
}
const wanted = new RegExp(values.test);
const listed = values.tests === undefined ? null : new Set(readFileSync(values.tests, 'utf8').split('\n'));
const chosen = readTests().filter(({ name }) => wanted.test(name) && (listed === null || listed.has(name)));
const tests = listed === null ? sampleTests(chosen, Number(values['per-group'])) : chosen;
const results = new Map<RendererName, Map<string, Status>>(renderers.map(({ name }) => [name, new Map()]));
if (values.log !== undefined) writeFileSync(values.log, '');

let done = 0;
for (const batch of batchesOf(tests)) {
  await Promise.all(renderers.map(async (renderer) => runOn(renderer, batch)));
  done += batch.length;
  process.stderr.write(`\r${done} of ${tests.length}`);
}
process.stderr.write('\n');

for (const { test, statuses } of differencesOf(results)) console.log(`${statuses.join('\t')}\t${test}`);
for (const [name, of] of results) console.log(summaryOf(name, of));
const [theirs, ours] = [results.get('virgl-server'), results.get('saffron')];
if (theirs !== undefined && ours !== undefined && lostTests(theirs, ours).length > 0) process.exitCode = 1;

async function runOn(renderer: Renderer, batch: Parameters<typeof runBatch>[0]): Promise<void> {
  for (const [test, status] of await runBatch(batch, renderer, 1000 * Number(values.timeout))) {
    results.get(renderer.name)?.set(test, status);
    if (values.log !== undefined) appendFileSync(values.log, `${renderer.name}\t${status}\t${test}\n`);
  }
}
