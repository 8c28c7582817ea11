import { afterAll, beforeAll, expect, it } from 'vitest';
import { DAILY_TESTS } from './daily-tests.ts';
import { readTests } from './piglit-profile.ts';
import { batchesOf, runBatch, type Status } from './piglit-run.ts';
import { startRenderer, type Renderer } from './renderers.ts';

const TEST_MS = 60_000;
const AT_ONCE = 2;
let renderer: Renderer;

beforeAll(async () => {
  renderer = await startRenderer('saffron');
});
afterAll(async () => renderer[Symbol.asyncDispose]());

it('passes what piglit asks of every group of commands', { timeout: 10 * TEST_MS }, async () => {
  const tests = readTests().filter(({ name }) => DAILY_TESTS.includes(name));
  expect(tests.map(({ name }) => name).sort()).toEqual([...DAILY_TESTS].sort());
  const results = new Map<string, Status>();
  const waiting = [...batchesOf(tests)];
  const work = async (): Promise<void> => {
    for (let batch = waiting.shift(); batch !== undefined; batch = waiting.shift())
      for (const [test, status] of await runBatch(batch, renderer, TEST_MS)) results.set(test, status);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  expect(DAILY_TESTS.filter((name) => results.get(name) !== 'pass').map((name) => [name, results.get(name)])).toEqual(
    [],
  );
});
