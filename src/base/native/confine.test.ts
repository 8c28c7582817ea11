import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const MODULE = fileURLToPath(new URL('confine.ts', import.meta.url));

/** Runs a program that has imported the module as `c`, and returns what it printed. */
function run(text: string): string {
  const program = `import * as c from ${JSON.stringify(MODULE)};\n${text}`;
  const result = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
  });
  return result.stdout.trim();
}

it('leaves no network and no programs where the system grants it, and files and threads always', () => {
  const printed = run(`
    import { connect } from 'node:net';
    import { readFileSync } from 'node:fs';
    import { spawnSync } from 'node:child_process';
    import { Worker } from 'node:worker_threads';
    const { callFilter } = c.confine(256);
    const refusal = await new Promise((resolve) => connect(9, '127.0.0.1').on('error', (error) => resolve(error.code)));
    const program = spawnSync('true').error?.code ?? 'ran';
    let other = 'sent';
    try { process.kill(process.ppid, 0); } catch (error) { other = error.code; }
    process.kill(process.pid, 0);
    const said = await new Promise((resolve) =>
      new Worker("import('node:worker_threads').then((m) => m.parentPort.postMessage('hello'))", { eval: true }).on('message', resolve));
    const limit = readFileSync('/proc/self/limits', 'utf8').match(/Max open files +(\\d+)/)[1];
    console.log(JSON.stringify({ callFilter, refusal, program, other, said, limit }));
  `);
  const { callFilter, ...rest } = JSON.parse(printed) as Record<string, unknown>;
  expect(rest).toEqual(
    callFilter === true
      ? { refusal: 'EPERM', program: 'EPERM', other: 'EPERM', said: 'hello', limit: '256' }
      : { refusal: 'ECONNREFUSED', program: 'ran', other: 'sent', said: 'hello', limit: '256' },
  );
});

it('ends with the process that started it', async () => {
  const inner = `import * as c from ${JSON.stringify(MODULE)}; c.dieWithParent(); console.log('ready'); setInterval(() => {}, 1e6);`;
  const outer = spawn(
    process.execPath,
    [
      '--input-type=module',
      '-e',
      `import { spawn } from 'node:child_process';
       spawn(process.execPath, ['--input-type=module', '-e', ${JSON.stringify(inner)}], { stdio: ['ignore', 'inherit', 'inherit'] });`,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  await once(outer.stdout, 'data');
  outer.kill('SIGKILL');
  // The pipe is closed when the last that can write to it is gone.
  await once(outer.stdout, 'end');
});
