/**
 * Debian's kernel on the built-in machine with two processors, as users start it: both work, and what the guest has flushed
 * to its disk outlives the sudden death of everything.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { silentLogger } from '../../src/base/log.ts';
import { buildGuest, type GuestImage } from '../../src/emu/guest/guest.ts';
import { RunningProgram } from '../clients/running-program.ts';
import { SocketShell } from './socket-shell.ts';

const PROGRAM = fileURLToPath(new URL('../../bin/saffron.js', import.meta.url));
/** The first time packages are fetched. */
const BUILD_MS = 600_000;
const TEST_MS = 900_000;
const FILES = 12;

let image: GuestImage;
let folder: string;
beforeAll(async () => {
  image = await buildGuest({ name: 'debian-riscv64', onProgress: () => {}, log: silentLogger });
  folder = await mkdtemp(join(tmpdir(), 'saffron-riscv-'));
  for (const name of ['run', 'data']) await mkdir(join(folder, name), { mode: 0o700 });
}, BUILD_MS);
afterAll(() => rm(folder, { recursive: true }));

async function start(disk: string): Promise<{ readonly program: RunningProgram; readonly shell: SocketShell }> {
  const ready = Promise.withResolvers<void>();
  const serial = join(folder, 'serial.sock');
  const program = new RunningProgram(
    process.execPath,
    [
      PROGRAM,
      ...'run --engine built-in --cpus 2 --memory 256M --gpu 2d --json --no-password --web off'.split(' '),
      `--kernel=${image.kernel}`,
      `--initrd=${image.initrd}`,
      '--append=console=ttyS0 quiet cryptomgr.notests saffron.run=initrd',
      `--drive=file=${disk},format=raw`,
      `--serial=unix:${serial}`,
      `--spice=unix:${join(folder, 'spice')}`,
    ],
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
  await shell.until(/initrd:.*# /);
  return { program, shell };
}

test(
  'two processors compute what they should, and a sudden death loses nothing that was flushed',
  async () => {
    const disk = join(folder, 'disk.img');
    execFileSync('mke2fs', ['-q', '-t', 'ext4', disk, '16M'], { stdio: 'pipe' });
    const { program, shell } = await start(disk);
    await using _ = program;
    await shell.run("stty -echo; PS1=''");

    expect(await shell.run('nproc')).toMatch(/^2\r\n/m);
    const bytes = 300_000;
    const sum = createHash('sha256').update(new Uint8Array(bytes)).digest('hex');
    await shell.run(`job() { for i in 1 2 3 4; do head -c ${bytes} /dev/zero | sha256sum; done; }`);
    await shell.run('job >/one & taskset -p 1 $! >/dev/null; job >/two & taskset -p 2 $! >/dev/null');
    expect(await shell.run('wait; sort -u /one /two | grep -c .; cat /one')).toContain(`1\r\n${sum}`);
    // Each has taken interrupts from the other.
    const [, first, second] = /IPI1:\s+(\d+)\s+(\d+)/.exec(await shell.run('cat /proc/interrupts')) ?? [];
    expect(Math.min(Number(first), Number(second))).toBeGreaterThan(0);

    await shell.run('mkdir -p /disk; mount -t ext4 /dev/vda /disk');
    shell.write(
      'n=0; while n=$((n+1)); do echo "file $n" | dd of=/disk/$n conv=fsync 2>/dev/null; echo "flushed $n."; done',
    );
    await shell.until(new RegExp(`flushed ${FILES}\\.`));
    program.kill('SIGKILL');
    await program.ended;

    // 0: clean; 1: mended, which replaying the journal counts as.
    execFileSync('sh', ['-c', `e2fsck -fy ${disk} || [ $? -eq 1 ]`], { stdio: 'pipe' });
    execFileSync('e2fsck', ['-fn', disk], { stdio: 'pipe' });
    const contents = Array.from({ length: FILES }, (_, i) =>
      execFileSync('debugfs', ['-R', `cat /${i + 1}`, disk], {
        encoding: 'latin1',
        stdio: ['ignore', 'pipe', 'ignore'],
      }),
    );
    expect(contents).toEqual(Array.from({ length: FILES }, (_, i) => `file ${i + 1}\n`));
  },
  TEST_MS,
);
