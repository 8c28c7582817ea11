/**
 * Measures how many frames of a guest that draws with virgl reach a viewer: see README.md beside this file. Prints JSON
 * lines on stdout, the table and progress on stderr.
 */
import { loadavg } from 'node:os';
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { cpuSince, cpuTime } from '../cpu-time.ts';
import { jsonLines, table, type Measures, type MeasureTable, type Result } from '../report.ts';
import { startSubject, type Subject, type SubjectName } from './subjects.ts';

const { values } = parseArgs({
  options: {
    subject: { type: 'string', multiple: true, default: ['saffron', 'qemu-virgl'] },
    program: { type: 'string', default: 'kmscube' },
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '8' },
  },
});

const SETTLE_MS = 1500;
/** QEMU names its processors' threads so when started with `-name debug-threads=on`. */
const GUEST_THREAD = /^CPU \d+\//;
const MEASURES: MeasureTable = {
  fps: { unit: '1/s', better: 'more' },
  cpuMsPerFrame: { unit: 'ms', better: 'less' },
  cpuPercent: { unit: '% of a core', better: 'none' },
  guestPercent: { unit: '% of a core', better: 'none' },
  kbPerFrame: { unit: 'KB', better: 'none' },
};

const rounds = whole('rounds', values.rounds);
const seconds = whole('seconds', values.seconds);
const program = values.program;

await using running = new AsyncDisposableStack();
const started: { subject: Subject; rounds: Measures[] }[] = [];
for (const name of values.subject) {
  const subject = running.use(await startSubject(subjectName(name), program));
  await subject.pause();
  started.push({ subject, rounds: [] });
}
for (let round = 1; round <= rounds; round++) {
  for (const { subject, rounds: measured } of started) {
    await subject.resume();
    await delay(SETTLE_MS);
    const measures = await measure(subject);
    await subject.pause();
    measured.push(measures);
    note(`${program} ${round}/${rounds} ${subject.name} ${JSON.stringify(measures)}`);
  }
}
const results: Result[] = started.map(({ subject, rounds: measured }) => ({
  scenario: program,
  subject: subject.name,
  rounds: measured,
}));
for (const result of results) process.stdout.write(`${jsonLines('guest-gl', result, MEASURES).join('\n')}\n`);
note(`\n${table(results, () => MEASURES)}\n\nload ${loadavg()[0]?.toFixed(2)} at the end`);

async function measure(subject: Subject): Promise<Measures> {
  const before = await cpuTime(subject.pid, GUEST_THREAD);
  const start = performance.now();
  const { frames, bytes } = await subject.watch(seconds * 1000);
  const ms = performance.now() - start;
  const cpu = cpuSince(before, await cpuTime(subject.pid, GUEST_THREAD));
  return {
    fps: (1000 * frames) / ms,
    cpuMsPerFrame: cpu.serverMs / frames,
    cpuPercent: (100 * cpu.serverMs) / ms,
    guestPercent: (100 * cpu.apartMs) / ms,
    kbPerFrame: bytes / 1000 / frames,
  };
}

function note(text: string): void {
  process.stderr.write(`${text}\n`);
}

function subjectName(name: string): SubjectName {
  if (name === 'saffron' || name === 'qemu-virgl') return name;
  return usage(`--subject wants saffron or qemu-virgl, not ${name}`);
}

function whole(option: string, text: string): number {
  const value = Number(text);
  return Number.isInteger(value) && value > 0 ? value : usage(`--${option} wants a number above 0, not ${text}`);
}

function usage(message: string): never {
  note(message);
  process.exit(2);
}
