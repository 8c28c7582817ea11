/**
 * `node bench/riscv/work.ts [ROUNDS]`: what a running Debian guest does on the built-in machine and with QEMU's translator:
 * reading its disk one block after another, past the guest's page cache and through it, and, on the built-in machine, the
 * frames a second of kmscube at 1280×800 with no viewer. Rounds take turns. Wants `saffron guest build debian-riscv64` and
 * qemu-system-riscv64.
 */
import process from 'node:process';
import { findGuest } from '../../src/emu/guest/guest.ts';
import { SerialShell } from '../../tests/riscv/serial-shell.ts';
import { jsonLines, table, type Measures, type Result } from '../report.ts';
import { qemu, saffron } from './subjects.ts';

const READ_MB = 300;
const FRAMES = 1500;
const MEASURES = {
  direct: { unit: 'MB/s', better: 'more' },
  cached: { unit: 'MB/s', better: 'more' },
  kmscube: { unit: 'frames/s', better: 'more' },
} as const;

async function measure(guest: SerialShell, hasGpu: boolean): Promise<Measures> {
  await guest.run('echo 3 >/proc/sys/vm/drop_caches');
  return {
    direct: await read(guest, 'iflag=direct'),
    cached: await read(guest, ''),
    ...(hasGpu ? { kmscube: await kmscube(guest) } : {}),
  };
}

/** Megabytes a second, by this machine's clock. */
async function read(guest: SerialShell, how: string): Promise<number> {
  const begin = performance.now();
  await guest.run(`dd if=/dev/vda of=/dev/null bs=1M count=${READ_MB} ${how} 2>/dev/null`);
  return (READ_MB * 1.048576) / ((performance.now() - begin) / 1000);
}

async function kmscube(guest: SerialShell): Promise<number> {
  const said = (await guest.run(`kmscube -c ${FRAMES} 2>&1`)).join('\n');
  const found = [...said.matchAll(/\(([0-9.]+) fps\)/g)].at(-1)?.[1];
  if (found === undefined) throw new Error(`kmscube said nothing of frames:\n${said}`);
  return Number(found);
}

const rounds = Number(process.argv[2] ?? 3);
const image = await findGuest('debian-riscv64', {});
if (image === null) throw new Error('There is no guest: saffron guest build debian-riscv64');
const append = `${image.append} saffron.run=shell`;
const results: { readonly result: Result; readonly rounds: Measures[] }[] = [];
for (const subject of ['saffron', 'qemu']) {
  const list: Measures[] = [];
  results.push({ result: { scenario: 'work', subject, rounds: list }, rounds: list });
}
{
  const subjects = [saffron(image, append, '3d'), qemu(image, append)];
  await using guests = new AsyncDisposableStack();
  const shells: SerialShell[] = [];
  for (const { program, words } of subjects) {
    const shell = guests.use(new SerialShell(program, words));
    await shell.start();
    shells.push(shell);
  }
  for (let round = 0; round < rounds; round++) {
    for (const [i, shell] of shells.entries()) results[i]?.rounds.push(await measure(shell, i === 0));
  }
}
for (const { result } of results) process.stdout.write(`${jsonLines('riscv-work', result, MEASURES).join('\n')}\n`);
process.stdout.write(
  `${table(
    results.map(({ result }) => result),
    () => MEASURES,
  )}\n`,
);
