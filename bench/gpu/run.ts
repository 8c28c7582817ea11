/**
 * Measures `saffron gpu` against virgl_test_server: see README.md beside this file. Prints JSON lines on stdout, the table and
 * progress on stderr.
 */
import { cpus, loadavg } from 'node:os';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { messageOf } from '../../src/base/errors.ts';
import { XScreen } from '../../tests/clients/x-screen.ts';
import { jsonLines, medianOf, table, type Measures, type Result } from '../report.ts';
import { geometricMean } from '../statistics.ts';
import { runScene, SCENES } from './glmark2.ts';
import { FRAME_MEASURES } from './measures.ts';
import { recordScene, REPLAYED, runReplay } from './replay.ts';
import { startSubject, type Subject, type SubjectName } from './subjects.ts';

const { values } = parseArgs({
  options: {
    subject: { type: 'string', multiple: true, default: ['saffron', 'virgl-server'] },
    scene: { type: 'string', multiple: true, default: [...SCENES] },
    replay: { type: 'string', multiple: true, default: [...REPLAYED] },
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '10' },
    cold: { type: 'boolean', default: false },
  },
});

const rounds = whole('rounds', values.rounds);
const seconds = whole('seconds', values.seconds);
const subjects = values.subject.map(subjectName);
const scenes = chosen(values.scene);
const replays = chosen(values.replay);
const results: Result[] = [];
let hasFailed = false;

note(
  `${cpus().length} processors (${cpus()[0]?.model ?? 'unknown'}), load ${loadavg()[0]?.toFixed(2)} before the start`,
);
{
  await using running = new AsyncDisposableStack();
  const screen = running.use(await XScreen.start());
  const started: Subject[] = [];
  for (const name of subjects) started.push(running.use(await startSubject(name, {}, values.cold ? 'none' : 'shared')));
  for (const scene of scenes) await measure(scene, started, (subject) => runScene(subject, scene, seconds, screen.env));
  for (const scene of replays) {
    const stream = await recordScene(scene, seconds, screen.env);
    await measure(`replay of ${scene}`, started, (subject) => runReplay(subject, stream));
  }
}
note(`\n${table(results, () => FRAME_MEASURES)}\n`);
if (subjects.length === 2) {
  for (const part of [scenes, replays.map((scene) => `replay of ${scene}`)]) {
    for (const measured of ['fps', 'cpuMsPerFrame']) if (part.length > 0) note(summary(part, measured));
  }
}
note(`load ${loadavg()[0]?.toFixed(2)} at the end`);
if (hasFailed) process.exitCode = 1;

/** The rounds of the subjects take turns. */
async function measure(
  scenario: string,
  started: readonly Subject[],
  run: (subject: Subject) => Promise<Measures>,
): Promise<void> {
  if (!values.cold) await warmUp(scenario, started, run);
  const measured = started.map((): Measures[] => []);
  for (let round = 0; round < rounds; round++) {
    for (const [i, subject] of started.entries()) {
      try {
        const found = await run(subject);
        measured[i]?.push(found);
        note(`${scenario} ${round + 1}/${rounds} ${subject.name} ${JSON.stringify(found)}`);
      } catch (error) {
        hasFailed = true;
        note(`${scenario} ${round + 1}/${rounds} ${subject.name} FAILED: ${messageOf(error)}`);
      }
    }
  }
  for (const [i, { name }] of started.entries()) {
    const result = { scenario, subject: name, rounds: measured[i] ?? [] };
    results.push(result);
    process.stdout.write(`${jsonLines('gpu', result, FRAME_MEASURES).join('\n')}\n`);
  }
}

/** Runs it once, so that what it draws with has been compiled. */
async function warmUp(
  scenario: string,
  started: readonly Subject[],
  run: (subject: Subject) => Promise<Measures>,
): Promise<void> {
  for (const subject of started) {
    try {
      note(`${scenario} cold ${subject.name} ${JSON.stringify(await run(subject))}`);
    } catch (error) {
      hasFailed = true;
      note(`${scenario} cold ${subject.name} FAILED: ${messageOf(error)}`);
    }
  }
}

/** The ratio over all scenarios of a kind, and the ends of its range. */
function summary(scenarios: readonly string[], name: string): string {
  const ratios = scenarios.map((scenario) => {
    const of = (subject: SubjectName): number => medianOf(results, scenario, subject, name);
    return { scenario, ratio: of('saffron') / of('virgl-server') };
  });
  const sorted = ratios.toSorted((a, b) => a.ratio - b.ratio);
  const shown = (at: number): string => `${sorted.at(at)?.ratio.toFixed(3)} (${sorted.at(at)?.scenario})`;
  const mean = geometricMean(ratios.map(({ ratio }) => ratio)).toFixed(3);
  return `${name}, saffron ÷ virgl-server: geometric mean ${mean}, least ${shown(0)}, most ${shown(-1)}`;
}

function note(text: string): void {
  process.stderr.write(`${text}\n`);
}

function subjectName(name: string): SubjectName {
  if (name === 'saffron' || name === 'virgl-server') return name;
  return usage(`--subject wants saffron or virgl-server, not ${name}`);
}

function chosen(names: readonly string[]): string[] {
  const found = names.filter((name) => name !== 'none');
  for (const name of found)
    if (!SCENES.includes(name)) usage(`there are the scenes ${SCENES.join(', ')} and none, but not ${name}`);
  return found;
}

function whole(option: string, text: string): number {
  const value = Number(text);
  return Number.isInteger(value) && value > 0 ? value : usage(`--${option} wants a number above 0, not ${text}`);
}

function usage(message: string): never {
  note(message);
  process.exit(2);
}
