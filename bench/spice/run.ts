/**
 * Measures Saffron against QEMU's own SPICE server: see README.md beside this file. Prints JSON lines on stdout, the
 * table and progress on stderr.
 */
import { cpus, loadavg } from 'node:os';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { messageOf } from '../../src/base/errors.ts';
import { jsonLines, table, type Measures, type Result } from '../report.ts';
import { SCENARIOS, type Effort, type ScenarioName } from './scenarios.ts';
import { startSubject, type Subject, type SubjectName } from './subjects.ts';

const { values } = parseArgs({
  options: {
    subject: { type: 'string', default: 'saffron' },
    peer: { type: 'string', multiple: true, default: ['std', 'virtio'] },
    scenario: { type: 'string', multiple: true, default: Object.keys(SCENARIOS) },
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '8' },
    presses: { type: 'string', default: '300' },
  },
});

const subjects = subjectNames(values.subject, values.peer);
const rounds = whole('rounds', values.rounds);
const effort: Effort = { seconds: whole('seconds', values.seconds), presses: whole('presses', values.presses) };
const results: Result[] = [];
let hasFailed = false;

note(
  `${cpus().length} processors (${cpus()[0]?.model ?? 'unknown'}), load ${loadavg()[0]?.toFixed(2)} before the start`,
);
for (const name of values.scenario.map(scenarioName)) results.push(...(await measure(name)));
note(
  `\n${table(results, (name) => SCENARIOS[scenarioName(name)].measures)}\n\nload ${loadavg()[0]?.toFixed(2)} at the end`,
);
if (hasFailed) process.exitCode = 1;

/** Every subject runs from the first round to the last; while one is measured the others are stopped. */
async function measure(name: ScenarioName): Promise<Result[]> {
  const scenario = SCENARIOS[name];
  await using running = new AsyncDisposableStack();
  const started: { subject: Subject; rounds: Measures[] }[] = [];
  for (const subjectName of subjects) {
    if (scenario.needsPage === true && subjectName !== 'saffron') continue;
    const subject = running.use(await startSubject(subjectName, scenario.program));
    await subject.pause();
    started.push({ subject, rounds: [] });
  }
  for (let round = 1; round <= rounds; round++) {
    for (const { subject, rounds: measured } of started) {
      await subject.resume();
      try {
        const measures = await scenario.run(subject, effort);
        measured.push(measures);
        note(`${name} ${round}/${rounds} ${subject.name} ${JSON.stringify(measures)}`);
      } catch (error) {
        hasFailed = true;
        note(`${name} ${round}/${rounds} ${subject.name} FAILED: ${messageOf(error)}`);
      }
      await subject.pause();
    }
  }
  const found = started.map(({ subject, rounds }) => ({ scenario: name, subject: subject.name, rounds }));
  for (const result of found) process.stdout.write(`${jsonLines('spice', result, scenario.measures).join('\n')}\n`);
  return found;
}

function note(text: string): void {
  process.stderr.write(`${text}\n`);
}

function subjectNames(subject: string, peers: readonly string[]): SubjectName[] {
  const names: SubjectName[] = [];
  if (subject === 'saffron') names.push('saffron');
  else if (subject !== 'none') usage(`--subject wants saffron or none, not ${subject}`);
  for (const peer of peers) {
    if (peer === 'std' || peer === 'virtio') names.push(`qemu-${peer}`);
    else if (peer !== 'none') usage(`--peer wants std, virtio or none, not ${peer}`);
  }
  return names;
}

function scenarioName(name: string): ScenarioName {
  if (Object.hasOwn(SCENARIOS, name)) return name as ScenarioName;
  return usage(`--scenario wants one of ${Object.keys(SCENARIOS).join(', ')}, not ${name}`);
}

function whole(option: string, text: string): number {
  const value = Number(text);
  return Number.isInteger(value) && value > 0 ? value : usage(`--${option} wants a number above 0, not ${text}`);
}

function usage(message: string): never {
  note(message);
  process.exit(2);
}
