/**
 * `node bench/riscv/boot.ts [ROUNDS]`: how long Debian's guest takes from the start of the process, on the built-in machine
 * (`saffron run`) and with QEMU's translator, the same images and like devices. Rounds take turns; measured are the time
 * passed and the processor time of all threads. Wants `saffron guest build debian-riscv64` and qemu-system-riscv64.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import { findGuest } from '../../src/emu/guest/guest.ts';
import { cpuTime } from '../cpu-time.ts';
import { jsonLines, table, type Result } from '../report.ts';
import { qemu, saffron, type Started } from './subjects.ts';

const LIMIT_MS = 300_000;
const MEASURES = { time: { unit: 'ms', better: 'less' }, cpu: { unit: 'ms', better: 'less' } } as const;

/** What is booted to, by name: more of the kernel's command line, and what then shows on the serial port. */
const SCENARIOS = {
  shell: { append: 'saffron.run=initrd', shows: 'initrd:/# ' },
  system: { append: 'saffron.run=shell', shows: 'saffron: the system is up' },
} as const;

/** Boots until the guest shows a text on its serial port. */
async function boot({ program, words }: Started, shows: string): Promise<{ time: number; cpu: number }> {
  const begin = performance.now();
  const child = spawn(program, words, { stdio: ['pipe', 'pipe', 'inherit'] });
  const limit = setTimeout(() => child.kill('SIGKILL'), LIMIT_MS);
  const closed = once(child, 'close');
  try {
    let text = '';
    for await (const chunk of child.stdout) {
      text = `${text.slice(-4096)}${String(chunk)}`;
      if (!text.includes(shows)) continue;
      const time = performance.now() - begin;
      return { time, cpu: (await cpuTime(child.pid ?? 0, /^$/)).serverMs };
    }
    throw new Error(`${program} ended, or took too long:\n${text}`);
  } finally {
    clearTimeout(limit);
    child.kill('SIGKILL');
    await closed;
  }
}

const rounds = Number(process.argv[2] ?? 3);
const image = await findGuest('debian-riscv64', {});
if (image === null) throw new Error('There is no guest: saffron guest build debian-riscv64');
const results: Result[] = [];
for (const [scenario, { append, shows }] of Object.entries(SCENARIOS)) {
  const subjects = {
    saffron: saffron(image, `${image.append} ${append}`),
    qemu: qemu(image, `${image.append} ${append}`),
  };
  const measured = Object.entries(subjects).map(([subject, how]) => ({
    subject,
    how,
    rounds: [] as { time: number; cpu: number }[],
  }));
  for (let round = 0; round < rounds; round++) {
    for (const it of measured) it.rounds.push(await boot(it.how, shows));
  }
  for (const { subject, rounds: list } of measured) results.push({ scenario, subject, rounds: list });
}
for (const result of results) process.stdout.write(`${jsonLines('riscv-boot', result, MEASURES).join('\n')}\n`);
process.stdout.write(`${table(results, () => MEASURES)}\n`);
