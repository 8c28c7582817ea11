/** Runs piglit's tests on one renderer. */
import { join } from 'node:path';
import { RunningProgram } from '../clients/running-program.ts';
import { PIGLIT, type PiglitTest } from './piglit-profile.ts';
import type { Renderer } from './renderers.ts';

/** How a test ended. `crash`: by a signal, or without a result. */
export type Status = 'pass' | 'warn' | 'fail' | 'skip' | 'crash' | 'timeout';

/** Files that one run of shader_runner takes. */
const BATCH = 25;
const RESULT = /^PIGLIT: \{"result": "(\w+)"/;
const SUBTEST = /^PIGLIT: \{"subtest": \{"(.*)" : "(\w+)"\}/;
const BEGIN = /^PIGLIT TEST: \d+ - /;

/** Tests that run as one program: one, or some files of shader_runner. */
export function batchesOf(tests: readonly PiglitTest[]): readonly (readonly PiglitTest[])[] {
  const shaders = Map.groupBy(
    tests.filter((test) => test.isShader),
    ({ command }) => command[0],
  );
  return [
    ...tests.filter((test) => !test.isShader).map((test) => [test]),
    ...[...shaders.values()].flatMap((of) =>
      Array.from({ length: Math.ceil(of.length / BATCH) }, (_, i) => of.slice(i * BATCH, (i + 1) * BATCH)),
    ),
  ];
}

/** Runs the tests of one batch, each within so much time. The results of subtests stand under `test#subtest`. */
export async function runBatch(
  batch: readonly PiglitTest[],
  renderer: Renderer,
  timeoutMs: number,
): Promise<Map<string, Status>> {
  const results = new Map<string, Status>();
  const [first] = batch;
  if (first?.isShader !== true || batch.length === 1) {
    for (const test of batch) await runProgram(test, renderer, timeoutMs, results);
    return results;
  }
  let rest = batch;
  while (rest.length > 0) {
    const done = await runShaders(rest, renderer, timeoutMs, results);
    rest = rest.slice(done);
  }
  return results;
}

async function runProgram(
  test: PiglitTest,
  renderer: Renderer,
  timeoutMs: number,
  results: Map<string, Status>,
): Promise<void> {
  let result: Status = 'crash';
  const end = await run(test.command, renderer, timeoutMs, (line) => {
    const [, subtest = '', status] = SUBTEST.exec(line) ?? [];
    if (status !== undefined) results.set(`${test.name}#${subtest}`, statusOf(status));
    result = statusOf(RESULT.exec(line)?.[1], result);
  });
  results.set(test.name, end.isLate ? 'timeout' : end.isCrash ? 'crash' : result);
}

/** Gives how many tests have a result now: not all, when one ended the program. */
async function runShaders(
  batch: readonly PiglitTest[],
  renderer: Renderer,
  timeoutMs: number,
  results: Map<string, Status>,
): Promise<number> {
  let begun = 0;
  let whole: Status | undefined;
  const command = [batch[0]!.command[0]!, ...batch.map(({ command }) => command[1]!), '-report-subtests'];
  const end = await run(command, renderer, timeoutMs, (line) => {
    if (BEGIN.test(line)) begun++;
    // A test that cannot run here ends the program with a result for all, unasked.
    if (RESULT.test(line)) whole = statusOf(RESULT.exec(line)?.[1]);
    const status = SUBTEST.exec(line)?.[2];
    if (status !== undefined && begun > 0) results.set(batch[begun - 1]!.name, statusOf(status));
  });
  const current = batch[Math.max(begun - 1, 0)]!;
  const isWhole = results.has(current.name) && !end.isLate && !end.isCrash && begun >= batch.length;
  if (isWhole) return batch.length;
  if (end.isLate) results.set(current.name, 'timeout');
  else if (!results.has(current.name)) results.set(current.name, end.isCrash ? 'crash' : (whole ?? 'crash'));
  return Math.max(begun, 1);
}

async function run(
  command: readonly string[],
  renderer: Renderer,
  timeoutMs: number,
  onLine: (line: string) => void,
): Promise<{ readonly isLate: boolean; readonly isCrash: boolean }> {
  const [program = '', ...args] = command;
  let isLate = false;
  let timer: NodeJS.Timeout | undefined;
  const running = new RunningProgram(join(PIGLIT, 'bin', program), [...args, '-auto', '-fbo'], {
    cwd: PIGLIT,
    env: { ...renderer.env, PIGLIT_SOURCE_DIR: PIGLIT, PIGLIT_PLATFORM: 'surfaceless_egl' },
    onLine: (line) => {
      if (BEGIN.test(line)) timer?.refresh();
      onLine(line);
    },
  });
  timer = setTimeout(() => {
    isLate = true;
    running.kill('SIGKILL');
  }, timeoutMs);
  const { signal } = await running.ended;
  clearTimeout(timer);
  return { isLate, isCrash: signal !== null };
}

function statusOf(word: string | undefined, otherwise: Status = 'crash'): Status {
  switch (word) {
    case 'pass':
    case 'warn':
    case 'fail':
    case 'skip':
    case 'crash':
      return word;
    default:
      return otherwise;
  }
}
