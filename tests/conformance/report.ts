/** What the results of several renderers say of each other. */
import type { Status } from './piglit-run.ts';
import type { RendererName } from './renderers.ts';

/** Results of one renderer, by test. */
export type Results = ReadonlyMap<string, Status>;

/** A test whose results differ, in the order of the renderers. */
export interface Difference {
  readonly test: string;
  readonly statuses: readonly (Status | 'none')[];
}

const isGood = (status: Status | undefined): boolean => status === 'pass' || status === 'warn';

/** Tests that do not end alike everywhere. */
export function differencesOf(results: ReadonlyMap<RendererName, Results>): readonly Difference[] {
  const tests = new Set([...results.values()].flatMap((of) => [...of.keys()]));
  return [...tests].sort().flatMap((test) => {
    const statuses = [...results.values()].map((of) => of.get(test) ?? 'none');
    return new Set(statuses).size > 1 ? [{ test, statuses }] : [];
  });
}

/** Tests that one renderer passes and another does not. */
export function lostTests(theirs: Results, ours: Results): readonly string[] {
  return [...theirs].flatMap(([test, status]) => (isGood(status) && !isGood(ours.get(test)) ? [test] : []));
}

/** `saffron: 700 passed, 20 skipped, 3 fail, 1 crash`. Subtests, whose names have a `#`, are left out. */
export function summaryOf(name: string, results: Results): string {
  const counts = new Map<string, number>();
  for (const [test, status] of results) {
    if (!test.includes('#')) counts.set(status, (counts.get(status) ?? 0) + 1);
  }
  return `${name}: ${[...counts].map(([status, count]) => `${count} ${status}`).join(', ')}`;
}
