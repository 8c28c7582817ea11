import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const program = join(import.meta.dirname, '..', '..', 'bin', 'saffron.js');
const folder = mkdtempSync(join(tmpdir(), 'saffron-run-'));
let taken: Server;
let takenPort: number;
beforeAll(async () => {
  taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
  takenPort = (taken.address() as AddressInfo).port;
});
afterAll(async () => {
  await new Promise((resolve) => taken.close(resolve));
  rmSync(folder, { recursive: true });
});

interface Outcome {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs the program with folders of its own, as a user would. */
function saffron(...args: readonly string[]): Promise<Outcome> {
  return saffronIn({}, ...args);
}

/** The same, with more in its environment. */
function saffronIn(more: Readonly<Record<string, string>>, ...args: readonly string[]): Promise<Outcome> {
  const folders = { HOME: folder, XDG_RUNTIME_DIR: folder, XDG_DATA_HOME: folder, XDG_CACHE_HOME: folder };
  const env = { ...process.env, ...folders, ...more };
  const child = spawn(process.execPath, [program, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status) => resolve({ status, out, err }));
  });
}

function script(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\n${text}\n`);
  chmodSync(path, 0o755);
  return path;
}

/** One sentence, no stack. */
function expectSentence(err: string, part: string): void {
  expect(err).toContain(part);
  expect(err.trim().split('\n')).toHaveLength(1);
  expect(err).toMatch(/^saffron: .*\.\n$/);
}

describe('saffron run, when it can not', () => {
  it.each([
    ['QEMU is missing', ['--qemu', '/nowhere/qemu'], 2, '--qemu /nowhere/qemu does not exist'],
    ['a file is missing', ['--drive', '/nowhere/disk'], 2, '--drive /nowhere/disk does not exist'],
    ['an option is misspelt', ['--memry', '1G'], 2, 'Did you mean --memory?'],
    ['an address is none', ['--web', 'off', '--spice', 'udp:1', '--', '-S'], 2, "'udp:1' is no SPICE address"],
  ])('says so when %s', async (_what, args, status, part) => {
    const outcome = await saffron('run', ...args);
    expect(outcome.status).toBe(status);
    expectSentence(outcome.err, part);
  });

  it('says that QEMU is too old before it makes a guest for it', async () => {
    const old = script('old-qemu', 'echo "QEMU emulator version 7.2.22 (Debian)"');
    const outcome = await saffron('run', '--qemu', old);
    expect(outcome.status).toBe(1);
    expectSentence(outcome.err, 'is QEMU 7.2, Saffron needs 8.2 or newer: install ');
  });

  it('says that an address is in use, and leaves nothing behind', async () => {
    const spice = await saffron('run', '--web', 'off', '--spice', `tcp:127.0.0.1:${takenPort}`, '--', '-S');
    expect(spice.status).toBe(1);
    expectSentence(spice.err, `tcp:127.0.0.1:${takenPort} is in use`);
    const page = await saffron('run', '--web', `127.0.0.1:${takenPort}`, '--', '-S');
    expect(page.status).toBe(1);
    expectSentence(page.err, 'choose another with --web HOST:PORT');
    expect(readdirSync(folder, { recursive: true }).filter((name) => /sock|control/.test(String(name)))).toEqual([]);
  });

  it("gives QEMU's own last words, as an event too", async () => {
    const outcome = await saffron(
      'run',
      '--json',
      '--web',
      'off',
      '--spice',
      `unix:${folder}/x.sock`,
      '--',
      '-device',
      'nonsense',
    );
    expect(outcome.status).toBe(1);
    expectSentence(outcome.err, "'nonsense' is not a valid device model name");
    const events = outcome.out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { event: string; reason?: string });
    expect(events.at(-1)).toMatchObject({ event: 'stopped', reason: 'error' });
    expect(readdirSync(folder, { recursive: true }).filter((name) => /sock|control/.test(String(name)))).toEqual([]);
  });
});

describe('saffron on a host without native calls', () => {
  /** As where no koffi was built for the host; in the threads of the program too. */
  const hook = `import { registerHooks } from 'node:module';
    registerHooks({
      resolve(name, context, next) {
        if (name === 'koffi') throw new Error('Cannot find the native Koffi module');
        return next(name, context);
      },
    });`;
  const without = (...args: readonly string[]): Promise<Outcome> =>
    saffronIn({ NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(hook)}` }, ...args);
  const listen = ['--no-password', '--web', 'off', '--spice', `unix:${folder}/without.sock`];

  it('runs a guest in 2D and says what 3D needs', async () => {
    // lui t0, 0x100; lui t1, 0x5; addi t1, t1, 0x555; sw t1, 0(t0); j .: a kernel that switches the machine off.
    const code = [0x0010_02b7, 0x0000_5337, 0x5553_0313, 0x0062_a023, 0x0000_006f];
    const kernel = Buffer.alloc(64 + 4 * code.length);
    kernel.writeUInt32LE(0x0400_006f, 0);
    kernel.writeUInt32LE(0x20_0000, 8);
    kernel.writeUInt32LE(kernel.length, 16);
    kernel.writeUInt32LE(0x0543_5352, 56);
    for (const [i, word] of code.entries()) kernel.writeUInt32LE(word, 64 + 4 * i);
    const path = join(folder, 'off.image');
    writeFileSync(path, kernel);
    const outcome = await without('run', '--json', '--memory', '64M', '--kernel', path, ...listen);
    expect(outcome).toMatchObject({ status: 0, err: '' });
    const events = outcome.out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { event: string });
    expect(events).toContainEqual({
      event: 'gpu',
      change: '2d',
      reason: expect.stringMatching(
        /^it needs native calls, and the package koffi.* \(Cannot find the native .*npm ci/,
      ),
    });
    expect(events.at(-1)).toMatchObject({ event: 'stopped', reason: 'powerdown' });
  });

  it.each([
    [
      '3D',
      2,
      '--gpu 3d needs native calls',
      ['run', '--engine', 'built-in', '--gpu', '3d', '--kernel', program, ...listen],
    ],
    ['QEMU', 1, '--engine qemu needs native calls', ['run', '--engine', 'qemu', ...listen, '--', '-S']],
    ['its GPU', 1, '"saffron gpu" needs native calls', ['gpu', '--socket', join(folder, 'gpu.sock')]],
  ])('says what %s needs', async (_what, status, part, args) => {
    const outcome = await without(...args);
    expect(outcome.status).toBe(status);
    expectSentence(outcome.err, part);
  });
});
