/**
 * Finds out whether KVM runs guests here. That /dev/kvm can be opened says little (nested and software KVMs refuse
 * processor features or stall), so on a PC a guest without any disk is started and must get as far as the first line
 * that its firmware writes to its debug port; elsewhere QEMU must get as far as answering with its processors created.
 */
import { spawn } from 'node:child_process';
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { arch as hostArch } from 'node:os';
import type { QemuProgram } from './find-qemu.ts';

const PROBE_MS = 4000;
const HOST_ARCHES: Readonly<Record<string, readonly string[]>> = {
  x64: ['x86_64', 'i386'],
  arm64: ['aarch64'],
  riscv64: ['riscv64'],
  s390x: ['s390x'],
  loong64: ['loongarch64'],
};
const answers = new Map<string, Promise<boolean>>();

/** Whether guests of `arch` run under KVM here. Answered once a program; takes a fraction of a second, 4 s at most. */
export async function isKvmUsable(program: QemuProgram, arch: string): Promise<boolean> {
  if (HOST_ARCHES[hostArch()]?.includes(arch) !== true) return false;
  try {
    await access('/dev/kvm', constants.R_OK | constants.W_OK);
  } catch {
    return false;
  }
  let answer = answers.get(program.path);
  if (answer === undefined) {
    answer = probe(program.path, arch);
    answers.set(program.path, answer);
  }
  return answer;
}

function probe(path: string, arch: string): Promise<boolean> {
  const isPc = arch === 'x86_64' || arch === 'i386';
  const common = ['-accel', 'kvm', '-cpu', 'host', '-m', '64M', '-nodefaults', '-no-user-config', '-display', 'none'];
  const args = isPc
    ? ['-machine', 'q35', ...common, '-chardev', 'stdio,id=log', '-device', 'isa-debugcon,iobase=0x402,chardev=log']
    : ['-machine', 'virt', ...common, '-S', '-qmp', 'stdio'];
  const sign = isPc ? 'SeaBIOS' : '"return"';
  return new Promise((resolve) => {
    const child = spawn(path, args, { stdio: ['pipe', 'pipe', 'ignore'] });
    let seen = '';
    let isUsable = false;
    const timer = setTimeout(() => child.kill('SIGKILL'), PROBE_MS);
    child.stdout.setEncoding('latin1').on('data', (text: string) => {
      seen = (seen + text).slice(-4096);
      if (!seen.includes(sign)) return;
      isUsable = true;
      child.kill('SIGKILL');
    });
    child.stdin.on('error', () => {});
    if (!isPc) child.stdin.write('{"execute":"qmp_capabilities"}\n');
    child.on('error', () => {});
    child.on('close', () => {
      clearTimeout(timer);
      resolve(isUsable);
    });
  });
}
