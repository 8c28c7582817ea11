/**
 * Whether memory stays what it was over 10,000 rounds of making and destroying each kind of thing that a guest can make.
 * Prints a JSON line for each; ends with status 1 when one grew. `--rounds N` and `--only NAME` do less or more.
 */
import { parseArgs } from 'node:util';
import process from 'node:process';
import { growthOf, MEMORY_ROUNDS } from '../../src/gl/virgl/memory-rounds.ts';
import { TestGuest } from '../../src/gl/virgl/test-guest.ts';

/** MiB. What drivers keep of what is gone grows ever more slowly; over 10,000 rounds a leak of 5 KB each shows. */
const PROCESS_SLACK = 40;
const HEAP_SLACK = 2;

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '10000' }, only: { type: 'string', multiple: true } },
});

for (const name of Object.keys(MEMORY_ROUNDS) as (keyof typeof MEMORY_ROUNDS)[]) {
  if (values.only !== undefined && !values.only.includes(name)) continue;
  using guest = new TestGuest();
  const start = performance.now();
  const rounds = Number(values.rounds);
  const grown = growthOf(guest, name, rounds);
  const isFlat = grown.heap < HEAP_SLACK && grown.process < PROCESS_SLACK;
  if (!isFlat) process.exitCode = 1;
  const [processMiB, heapMiB] = [grown.process.toFixed(2), grown.heap.toFixed(2)].map(Number);
  const seconds = Math.round((performance.now() - start) / 1000);
  console.log(JSON.stringify({ bench: 'gpu-memory', name, rounds, isFlat, processMiB, heapMiB, seconds }));
}
