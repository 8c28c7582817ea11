/**
 * `node tests/riscv/stress.ts [MINUTES] [PROCESSORS] [JOB…]`: the Debian guest with a compiler under load, on the built-in
 * machine and, once, in QEMU's translator. Every job of stress/jobs.sh must say the same on both, each time. Prints a line
 * for each job done, and ends with status 1 at the first one that differs. Wants qemu-system-riscv64 and tar.
 */
import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { createLogger } from '../../src/server/log.ts';
import { buildGuest } from '../../src/emu/guest/guest.ts';
import { SerialShell } from './serial-shell.ts';

const SAFFRON = fileURLToPath(new URL('../../bin/saffron.js', import.meta.url));
const SOURCES = fileURLToPath(new URL('stress', import.meta.url));
const EXTRA_PACKAGES =
  'gcc libc6-dev make bc stress-ng xz-utils zstd openssl python3-minimal coreutils gawk bzip2 sqlite3'.split(' ');
/** A job's digest and status, and not what was typed. */
const RESULT = /^=\w+= (\w+)[- ]+(\d+)$/;

const [minutes = '10', cpus = '1', ...chosen] = process.argv.slice(2);
const names = [...(await readFile(join(SOURCES, 'jobs.sh'), 'utf8')).matchAll(/^job_(\w+)\(\)/gm)].map(
  (it) => it[1] ?? '',
);
const jobs = chosen.length > 0 ? chosen : names;
const image = await buildGuest({
  name: 'debian-riscv64',
  extraPackages: EXTRA_PACKAGES,
  onProgress: () => {},
  log: createLogger('warn'),
});
const folder = await mkdtemp(join(tmpdir(), 'saffron-stress-'));
try {
  const archive = join(folder, 'stress.tar');
  execFileSync('tar', ['-cf', archive, '-C', join(SOURCES, '..'), 'stress']);
  // A larger screen's console only costs time.
  const append = `${image.append} saffron.run=shell`;
  const boot = ['kernel', image.kernel, 'initrd', image.initrd, 'append', append];
  const drives = [`file=${image.disk},format=raw,snapshot=on`, `file=${archive},format=raw,snapshot=on`];

  const machine = '-M virt -m 1G -accel tcg -display none -monitor none -serial stdio'.split(' ');
  const wanted = new Map<string, string>();
  {
    const disks = drives.flatMap((drive, i) => [
      '-drive',
      `${drive},if=none,id=d${i}`,
      '-device',
      `virtio-blk-device,drive=d${i}`,
    ]);
    await using guest = new SerialShell('qemu-system-riscv64', [
      ...machine,
      ...boot.map((word, i) => (i % 2 === 0 ? `-${word}` : word)),
      ...disks,
      '-device',
      'virtio-gpu-device',
    ]);
    await start(guest);
    for (const job of jobs) {
      const begin = performance.now();
      wanted.set(job, await runJob(guest, job));
      if (wanted.get(job)?.endsWith(' 0') !== true) throw new Error(`${job} fails in QEMU:\n${await said(guest)}`);
      tell('qemu', job, begin, wanted.get(job));
    }
  }

  await using guest = new SerialShell(process.execPath, [
    SAFFRON,
    ...`run --engine built-in --cpus ${cpus} --memory 1G --gpu 2d --no-password --web off --serial stdio`.split(' '),
    `--spice=unix:${join(folder, 'spice')}`,
    ...boot.map((word, i) => (i % 2 === 0 ? `--${word}` : word)),
    ...drives.map((drive) => `--drive=${drive}`),
  ]);
  await start(guest);
  const end = performance.now() + Number(minutes) * 60_000;
  for (let round = 1; round === 1 || performance.now() < end; round++) {
    for (const job of jobs) {
      const begin = performance.now();
      const got = await runJob(guest, job);
      tell(`round ${round}`, job, begin, got);
      if (got !== wanted.get(job)) {
        console.log(`DIFFERS: ${wanted.get(job)} in QEMU\n${await said(guest)}`);
        process.exitCode = 1;
      }
    }
  }
} finally {
  await rm(folder, { recursive: true });
}

/** Waits for the shell, and gives it the jobs. Which of the disks holds them is for the guest to find out. */
async function start(guest: SerialShell): Promise<void> {
  await guest.start();
  await guest.run(
    'mkdir -p /root; cd /root; for d in /dev/vda /dev/vdb; do tar -xf $d 2>/dev/null; done; . stress/jobs.sh',
  );
}

/** Has a job done: its digest and status. */
async function runJob(guest: SerialShell, name: string): Promise<string> {
  const lines = await guest.run(`job ${name}`);
  const [, digest = '', status = ''] = RESULT.exec(lines.find((line) => RESULT.test(line)) ?? '') ?? [];
  return `${digest} ${status}`;
}

/** The last of what a job said. */
async function said(guest: SerialShell): Promise<string> {
  return (await guest.run('tail -c 2000 /tmp/said; echo')).join('\n');
}

function tell(where: string, job: string, begin: number, result = ''): void {
  console.log(`${where}\t${job}\t${Math.round(performance.now() - begin)} ms\t${result.slice(0, 16)}`);
}
