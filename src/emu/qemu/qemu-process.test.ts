import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { silentLogger } from '../../base/log.ts';
import { QemuProcess } from './qemu-process.ts';

const shell = (script: string): Promise<QemuProcess> =>
  QemuProcess.start({ path: '/bin/sh', args: ['-c', script], fds: [], sharesTerminal: false, log: silentLogger });

test('how it ended and what it said last is known', async () => {
  const process = await shell('echo could not >&2; exit 3');
  expect(await process.exit).toEqual({ code: 3, signal: null });
  expect(String(process.lastWords)).toBe('could not');
});

test('one that heeds a request ends by it', async () => {
  const process = await shell('exec sleep 60');
  await process.stop(async () => void globalThis.process.kill(process.pid, 'SIGINT'));
  expect(await process.exit).toEqual({ code: null, signal: 'SIGINT' });
});

test('one that heeds nothing is killed', async () => {
  const process = await shell("trap '' TERM; echo ready >&2; while :; do sleep 0.1; done");
  await expect.poll(() => String(process.lastWords)).toBe('ready');
  await process.stop(null);
  expect(await process.exit).toEqual({ code: null, signal: 'SIGKILL' });
});

test('a program that is not there is told', async () => {
  const options = { path: '/nowhere/qemu', args: [], fds: [], sharesTerminal: false, log: silentLogger };
  const answer = await QemuProcess.start(options).then(
    async (process) => `${(await process.exit).code} ${String(process.lastWords)}`,
    (error: unknown) => String(error),
  );
  expect(answer).toMatch(/nowhere/);
});

test.each([
  ['by the kernel', process.env['PATH'] ?? ''],
  ['by a shell that waits, where there is no setpriv', '/nowhere'],
])('it ends when we are killed: %s', async (_, path) => {
  const script = `
    import { QemuProcess } from ${JSON.stringify(new URL('qemu-process.ts', import.meta.url).pathname)};
    import { silentLogger } from ${JSON.stringify(new URL('../../base/log.ts', import.meta.url).pathname)};
    const options = { path: '/bin/sleep', args: ['600'], fds: [], sharesTerminal: false, log: silentLogger };
    const child = await QemuProcess.start(options);
    console.log(child.pid);
  `;
  const parent = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { PATH: path },
  });
  const [bytes] = (await once(parent.stdout, 'data')) as [Buffer];
  const pid = Number(String(bytes).trim());
  expect(existsSync(`/proc/${pid}`)).toBe(true);
  parent.kill('SIGKILL');
  await expect.poll(() => isRunning(pid)).toBe(false);
});

/** A killed process that nobody waits for may stay as a zombie. */
function isRunning(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) Z/s.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return false;
  }
}
