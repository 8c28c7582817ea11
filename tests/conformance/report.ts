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

/** `saffron: 700 pass, 20 skip, 3 fail, 1 crash; of subtests 90 pass`. Subtests are those whose names have a `#`. */
export function summaryOf(name: string, results: Results): string {
  const parts = [false, true].map((isSub) => {
    const statuses = [...results].filter(([test]) => test.includes('#') === isSub).map(([, status]) => status);
    const counts = Map.groupBy(statuses, (status) => status);
    return [...counts].map(([status, of]) => `${of.length} ${status}`).join(', ');
  });
  return `${name}: ${parts.filter((part) => part !== '').join('; of subtests ')}`;
}
