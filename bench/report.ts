/** Results as lines of JSON, one a measure, and as a table with ratios. */
import { loadavg } from 'node:os';
import { median } from './statistics.ts';

/** The measures of one round by name; NaN where a measure came to nothing. */
export type Measures = Readonly<Record<string, number>>;

/** What is measured in a scenario, and whether more is better. */
export type MeasureTable = Readonly<
  Record<string, { readonly unit: string; readonly better: 'more' | 'less' | 'none' }>
>;

/** All rounds of one subject in one scenario. */
export interface Result {
  readonly scenario: string;
  readonly subject: string;
  readonly rounds: readonly Measures[];
}

/** One line a measure: the median of the rounds, each round's value, and the machine's load when it was printed. */
export function jsonLines(bench: string, result: Result, measures: MeasureTable): string[] {
  return Object.entries(measures).map(([measure, { unit, better }]) => {
    const rounds = result.rounds.map((round) => rounded(round[measure] ?? Number.NaN));
    const { scenario, subject } = result;
    const load = loadavg().map((value) => Number(value.toFixed(2)));
    return JSON.stringify({
      bench,
      scenario,
      subject,
      measure,
      unit,
      better,
      median: rounded(median(rounds)),
      rounds,
      load,
    });
  });
}

/** The medians side by side, Markdown; with Saffron among them, each peer's share of its value follows. */
export function table(results: readonly Result[], measuresOf: (scenario: string) => MeasureTable): string {
  const subjects = [...new Set(results.map(({ subject }) => subject))];
  const peers = subjects.includes('saffron') ? subjects.filter((subject) => subject !== 'saffron') : [];
  const head = ['scenario', 'measure', ...subjects, ...peers.map((peer) => `saffron ÷ ${peer}`)];
  const rows = [...new Set(results.map(({ scenario }) => scenario))].flatMap((name) =>
    Object.entries(measuresOf(name)).map(([measure, { unit }]) => {
      const value = (subject: string): number => medianOf(results, name, subject, measure);
      const ratios = peers.map((peer) => shown(value('saffron') / value(peer)));
      return [name, `${measure} (${unit})`, ...subjects.map((subject) => shown(value(subject))), ...ratios];
    }),
  );
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** The median of a measure; NaN when no round has it. */
export function medianOf(results: readonly Result[], scenario: string, subject: string, measure: string): number {
  const found = results.find((result) => result.scenario === scenario && result.subject === subject);
  return median(found?.rounds.map((round) => round[measure] ?? Number.NaN) ?? []);
}

function rounded(value: number): number {
  return Number.isFinite(value) ? Number(value.toPrecision(4)) : Number.NaN;
}

function shown(value: number): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(3))) : '–';
}
