import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
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

it.each([false, true])('leaves no network, no programs and no files to change (devices: %s)', (mayOpenDevices) => {
  const printed = run(`
    import { closeSync, mkdtempSync, openSync, readFileSync, rmdirSync, unlinkSync, writeFileSync } from 'node:fs';
    import { tmpdir } from 'node:os';
    import { join } from 'node:path';
    const attempt = (act) => { try { act(); return 'done'; } catch (error) { return error.code; } };
    const folder = mkdtempSync(join(tmpdir(), 'saffron-confine-'));
    const file = join(folder, 'file');
    writeFileSync(file, 'as it was');
    const { callFilter } = c.confine({ maxFiles: 256, mayOpenDevices: ${mayOpenDevices} });
    console.log(JSON.stringify({
      folder,
      callFilter,
      read: readFileSync(file, 'utf8'),
      open: attempt(() => closeSync(openSync(file, 'r+'))),
      truncate: attempt(() => closeSync(openSync(file, 'w'))),
      create: attempt(() => closeSync(openSync(file + '2', 'wx'))),
      remove: attempt(() => unlinkSync(file)),
      removeFolder: attempt(() => rmdirSync(folder)),
    }));
  `);
  const { folder, callFilter, ...rest } = JSON.parse(printed) as Record<string, unknown>;
  rmSync(String(folder), { recursive: true, force: true });
  const refusal = callFilter === true ? 'EPERM' : 'done';
  expect(rest).toEqual({
    read: 'as it was',
    open: mayOpenDevices ? 'done' : refusal,
    truncate: refusal,
    create: refusal,
    remove: refusal,
    removeFolder: callFilter === true ? 'EPERM' : 'ENOTEMPTY',
  });
});

it('leaves no network and no programs where the system grants it, and threads always', () => {
  const printed = run(`
    import { connect } from 'node:net';
    import { readFileSync } from 'node:fs';
    import { spawnSync } from 'node:child_process';
    import { Worker } from 'node:worker_threads';
    const { callFilter } = c.confine({ maxFiles: 256, mayOpenDevices: false });
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
