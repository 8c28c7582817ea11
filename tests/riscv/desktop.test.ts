/**
 * Debian's desktop on the built-in machine, as `saffron run` starts it, with a standard client: Weston drawn by virgl, the
 * clipboard both ways, and the size that the viewer wants.
 */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { silentLogger } from '../../src/base/log.ts';
import { buildGuest } from '../../src/emu/guest/guest.ts';
import { pollUntil } from '../clients/poll-until.ts';
import { RunningProgram } from '../clients/running-program.ts';
import { SpiceClient } from '../clients/spice-client.ts';
import { SocketShell } from './socket-shell.ts';

const PROGRAM = fileURLToPath(new URL('../../bin/saffron.js', import.meta.url));
/** The first time packages are fetched. */
const BUILD_MS = 600_000;
const TEST_MS = 900_000;
const WAIT_MS = 240_000;
/** For what is tried again when it has not come. */
const SOON_MS = 10_000;
/** Of weston.ini. */
const BACKGROUND = 0x1f3a44;
/** Left of and below all windows that Weston places by itself, and not on the panel. */
const BARE = { x: 2, y: 50, width: 1, height: 1 };
/** Scancodes of set 1. */
const KEYS = { enter: 0x1c, control: 0x1d, shift: 0x2a, c: 0x2e, v: 0x2f, y: 0x15 } as const;
type Key = keyof typeof KEYS;

let folder: string;
beforeAll(async () => {
  await buildGuest({ name: 'debian-riscv64', onProgress: () => {}, log: silentLogger });
  folder = await mkdtemp(join(tmpdir(), 'saffron-riscv-'));
  for (const name of ['run', 'data']) await mkdir(join(folder, name), { mode: 0o700 });
}, BUILD_MS);
afterAll(() => rm(folder, { recursive: true }));

/** Presses keys together. */
async function press(client: SpiceClient, ...keys: readonly Key[]): Promise<void> {
  for (const key of keys) await client.key(KEYS[key], true);
  for (const key of keys.toReversed()) await client.key(KEYS[key], false);
}

/** A command that waits until another succeeds. */
function comes(command: string): string {
  return `until ${command}; do usleep 100000; done`;
}

/** Waits until the desktop is drawn, in this size. */
async function seesDesktop(client: SpiceClient, width: number, height: number): Promise<void> {
  await client.surface({ width, height }, WAIT_MS);
  await pollUntil('the desktop', { timeoutMs: WAIT_MS, everyMs: 100 }, async () => {
    // A guest that changes its mode has no picture meanwhile.
    const seen = await client.pixels(BARE).catch(() => null);
    return seen?.pixels[0] === BACKGROUND ? true : null;
  });
}

/** Waits for the terminal, which is black, and gives the middle of what is to be seen of it. */
async function seesTerminal(client: SpiceClient, width: number, height: number): Promise<{ x: number; y: number }> {
  return pollUntil('the terminal', { timeoutMs: WAIT_MS, everyMs: 200 }, async () => {
    const seen = await client.pixels({ x: 0, y: 0, width, height }).catch(() => null);
    if (seen === null) return null;
    let [left, right, top, bottom] = [width, 0, height, 0];
    for (const [at, pixel] of seen.pixels.entries()) {
      if (pixel !== 0) continue;
      const [x, y] = [at % width, Math.floor(at / width)];
      [left, right, top, bottom] = [Math.min(left, x), Math.max(right, x), Math.min(top, y), Math.max(bottom, y)];
    }
    return right - left > 200 && bottom - top > 100
      ? { x: Math.round((left + right) / 2), y: Math.round((top + bottom) / 2) }
      : null;
  });
}

test(
  'the desktop is drawn by virgl, shares the clipboard, and has the size that the viewer wants',
  async () => {
    const ready = Promise.withResolvers<void>();
    const [serial, spice] = [join(folder, 'serial.sock'), join(folder, 'spice.sock')];
    const words =
      'run --engine built-in --gpu 3d --render-node software --size 1024x768 --json --no-password --web off';
    await using program = new RunningProgram(
      process.execPath,
      [PROGRAM, ...words.split(' '), `--serial=unix:${serial}`, `--spice=unix:${spice}`],
      {
        env: { XDG_RUNTIME_DIR: join(folder, 'run'), XDG_DATA_HOME: join(folder, 'data') },
        onLine: (line) => {
          if (line.includes('"ready"')) ready.resolve();
        },
      },
    );
    void program.ended.then(() => ready.reject(program.failure('ended before the guest ran')));
    await ready.promise;
    const shell = await SocketShell.connect(serial);
    await using client = new SpiceClient();
    await client.connect({ unix: spice });
    await seesDesktop(client, 1024, 768);
    shell.write('');
    await shell.run("stty -echo; PS1=''");
    expect(await shell.run('dmesg | grep virgl')).toContain('+virgl');

    const { x, y } = await seesTerminal(client, 1024, 768);
    await client.pointer(x, y);
    for (const down of [true, false]) await client.button(1, down);
    // What is pasted is typed into a program that one key starts.
    await shell.run(`printf '#!/bin/sh\\nexec cat >/tmp/pasted\\n' >/usr/bin/y; chmod +x /usr/bin/y`);
    await press(client, 'y');
    await press(client, 'enter');
    await shell.run(comes('[ -e /tmp/pasted ]'));
    const text = 'from the viewer: äöü €';
    await client.copy(text);
    await shell.run(comes("grep -q 'selection notify event: owner [1-9]' /run/weston.log"));
    // Nobody is told when Weston has taken it over for its windows.
    await pollUntil('the text in the guest', { timeoutMs: WAIT_MS, everyMs: 1000 }, async () => {
      await press(client, 'control', 'shift', 'v');
      await press(client, 'enter');
      return (await shell.run('cat /tmp/pasted')).includes(text) ? true : null;
    });

    // A word that fills every line is there wherever the pointer is. It is marked by dragging: libinput takes two clicks that
    // come within 25 ms for one that bounces.
    await shell.run(`yes ${'crimson'.repeat(12)} | head -n 100 >/dev/pts/0`);
    // Nobody is told when the terminal has drawn it.
    await pollUntil('the text of the guest', { timeoutMs: WAIT_MS, everyMs: 1000 }, async () => {
      await client.pointer(x - 100, y);
      await client.button(1, true);
      await client.pointer(x + 100, y);
      await client.button(1, false);
      await press(client, 'control', 'shift', 'c');
      const copied = await client.copied(SOON_MS).catch(() => '');
      return copied.includes('crimson') ? true : null;
    });

    await client.resize(1280, 720);
    await seesDesktop(client, 1280, 720);
  },
  TEST_MS,
);
