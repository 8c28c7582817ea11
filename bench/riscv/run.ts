/**
 * `node bench/riscv/run.ts [ROUNDS]`: the built-in processor against QEMU's translator, the same programs on the bare machine.
 * Rounds take turns; what counts is the processor time of the whole process, start included. Wants gcc-riscv64-unknown-elf and
 * qemu-system-riscv64.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { jsonLines, table, type Result } from '../report.ts';

const PARTS = ['integer', 'memory', 'branches', 'floating-point'];
const MEASURES = { cpu: { unit: 'ms', better: 'less' } } as const;

/** Prints the processor time in seconds of the program that its arguments name. */
const TIMER = [
  'import os, subprocess, sys',
  'subprocess.run(sys.argv[1:], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=True)',
  'times = os.times()',
  'print(times.children_user + times.children_system)',
].join('\n');

const rounds = Number(process.argv[2] ?? 3);
const folder = mkdtempSync(join(tmpdir(), 'saffron-bench-riscv-'));
const results: Result[] = [];
try {
  for (const part of PARTS) {
    const file = join(folder, part);
    const flags = ['-O2', '-march=rv64gc', '-mabi=lp64d', '-mcmodel=medany', '-nostdlib', '-ffreestanding'];
    const define = `-DPART_${part.toUpperCase().replace('-', '_')}`;
    // Without relaxation: nothing sets the global pointer.
    const layout = ['-N', '--no-relax', '--no-warn-rwx-segments', '-Ttext=0x80000000'].map((flag) => `-Wl,${flag}`);
    execFileSync('riscv64-unknown-elf-gcc', [
      ...flags,
      define,
      ...layout,
      join(import.meta.dirname, 'programs.c'),
      '-o',
      file,
    ]);
    const machine = ['-M', 'virt', '-bios', 'none', '-nographic', '-accel', 'tcg,thread=single', '-kernel', file];
    const saffron: { cpu: number }[] = [];
    const qemu: { cpu: number }[] = [];
    for (let round = 0; round < rounds; round++) {
      saffron.push({ cpu: cpuOf(process.execPath, [join(import.meta.dirname, 'guest.ts'), file]) });
      qemu.push({ cpu: cpuOf('qemu-system-riscv64', machine) });
    }
    results.push({ scenario: part, subject: 'saffron', rounds: saffron });
    results.push({ scenario: part, subject: 'qemu', rounds: qemu });
  }
} finally {
  rmSync(folder, { recursive: true });
}
for (const result of results) process.stdout.write(`${jsonLines('riscv', result, MEASURES).join('\n')}\n`);
process.stdout.write(`${table(results, () => MEASURES)}\n`);

/** Milliseconds of processor time that a program takes from start to end. As for `saffron`, Node keeps what it compiled. */
function cpuOf(program: string, args: readonly string[]): number {
  const env = { ...process.env, NODE_COMPILE_CACHE: join(folder, 'compiled') };
  const { stdout, status, stderr } = spawnSync('python3', ['-c', TIMER, program, ...args], { encoding: 'utf8', env });
  if (status !== 0) throw new Error(`${program} failed: ${stderr}`);
  return Number(stdout) * 1000;
}
