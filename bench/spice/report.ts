/** Results as lines of JSON, one a measure, and as a table with ratios. */
import { loadavg } from 'node:os';
import type { Measures, Scenario, ScenarioName } from './scenarios.ts';
import { median } from './statistics.ts';
import type { SubjectName } from './subjects.ts';

/** All rounds of one subject in one scenario. */
export interface Result {
  readonly scenario: ScenarioName;
  readonly subject: SubjectName;
  readonly rounds: readonly Measures[];
}

/** One line a measure: the median of the rounds, each round's value, and the machine's load when it was printed. */
export function jsonLines(result: Result, scenario: Scenario): string[] {
  return Object.entries(scenario.measures).map(([measure, { unit, better }]) => {
    const rounds = result.rounds.map((round) => rounded(round[measure] ?? Number.NaN));
    const { scenario: name, subject } = result;
    const load = loadavg().map((value) => Number(value.toFixed(2)));
    return JSON.stringify({
      bench: 'spice',
      scenario: name,
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
export function table(results: readonly Result[], scenarios: Readonly<Record<ScenarioName, Scenario>>): string {
  const subjects = [...new Set(results.map(({ subject }) => subject))];
  const peers = subjects.includes('saffron') ? subjects.filter((subject) => subject !== 'saffron') : [];
  const head = ['scenario', 'measure', ...subjects, ...peers.map((peer) => `saffron ÷ ${peer}`)];
  const rows = [...new Set(results.map(({ scenario }) => scenario))].flatMap((name) =>
    Object.entries(scenarios[name].measures).map(([measure, { unit }]) => {
      const value = (subject: SubjectName): number =>
        median(
          results
            .find((r) => r.scenario === name && r.subject === subject)
            ?.rounds.map((r) => r[measure] ?? Number.NaN) ?? [],
        );
      const ratios = peers.map((peer) => shown(value('saffron') / value(peer)));
      return [name, `${measure} (${unit})`, ...subjects.map((subject) => shown(value(subject))), ...ratios];
    }),
  );
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function rounded(value: number): number {
  return Number.isFinite(value) ? Number(value.toPrecision(4)) : Number.NaN;
}

function shown(value: number): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(3))) : '–';
}
