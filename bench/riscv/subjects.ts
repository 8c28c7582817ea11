/** The same guest on the built-in machine and in QEMU. */
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import type { GuestImage } from '../../src/emu/guest/guest.ts';

const SAFFRON = fileURLToPath(new URL('../../bin/saffron.js', import.meta.url));

/** A program and its words. */
export interface Started {
  readonly program: string;
  readonly words: readonly string[];
}

/** Debian's guest on the built-in machine, its serial port on the terminal. */
export function saffron({ kernel, initrd, disk }: GuestImage, append: string, gpu = '2d'): Started {
  const drive = `file=${disk.replaceAll(',', ',,')},format=raw,snapshot=on`;
  const guest = ['--kernel', kernel, '--initrd', initrd, '--append', append, '--drive', drive, '--memory', '1G'];
  const words = [
    'run',
    '--engine',
    'built-in',
    ...guest,
    '--gpu',
    gpu,
    '--no-password',
    '--serial',
    'stdio',
    '--web',
    'off',
  ];
  return { program: process.execPath, words: [SAFFRON, ...words] };
}

/** The same with QEMU's translator, and like devices. */
export function qemu({ kernel, initrd, disk }: GuestImage, append: string): Started {
  const machine = [
    '-M',
    'virt',
    '-m',
    '1G',
    '-accel',
    'tcg',
    '-display',
    'none',
    '-monitor',
    'none',
    '-serial',
    'stdio',
  ];
  const guest = ['-kernel', kernel, '-initrd', initrd, '-append', append];
  const drive = ['-drive', `id=d,if=none,file=${disk.replaceAll(',', ',,')},format=raw,snapshot=on`];
  const devices = ['virtio-blk-device,drive=d', 'virtio-gpu-device', 'virtio-keyboard-device', 'virtio-tablet-device'];
  const words = [...machine, ...guest, ...drive, ...devices.flatMap((device) => ['-device', device])];
  return { program: 'qemu-system-riscv64', words };
}
