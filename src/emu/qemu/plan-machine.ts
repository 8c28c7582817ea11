import { randomUUID } from 'node:crypto';
import { HostError, UsageError } from '../../base/errors.ts';
import { LIMITS } from '../../base/limits.ts';
import { parseMemory } from '../memory-size.ts';
import { bringsScreen, checkRawArguments, diskId } from './arguments.ts';
import type { QemuPlan } from './arguments.ts';
import { boardOf, usualArch, usualMachine } from './board.ts';
import type { Board } from './board.ts';
import { driveSettings, requireFile } from './drive.ts';
import { findQemu } from './find-qemu.ts';
import type { QemuProgram } from './find-qemu.ts';
import { howToInstallQemu } from './how-to-install-qemu.ts';
import { isKvmUsable } from './probe-kvm.ts';
import type { QemuOptions } from './qemu-options.ts';

/**
 * Finds out all that must be known before QEMU can be started, and checks what can be checked without it. Throws
 * UsageError for settings that make no sense and HostError for what this machine lacks.
 */
export async function planMachine(options: QemuOptions): Promise<{ plan: QemuPlan; path: string }> {
  checkRawArguments(options.rawArguments);
  parseMemory(options.memory);
  const heads = options.heads ?? 1;
  if (!Number.isInteger(heads) || heads < 1 || heads > LIMITS.maxHeads) {
    throw new UsageError(`A guest has 1 to ${LIMITS.maxHeads} screens, not ${heads}.`);
  }
  const named = /qemu-system-([a-z0-9_]+)$/.exec(options.binary ?? '')?.[1];
  const arch = options.arch ?? named ?? usualArch(options.machine);
  const machine = options.machine ?? usualMachine(arch);
  const board = boardOf(machine, arch);
  const program = await findQemu(arch, options.binary);
  const [accel, drives] = await Promise.all([
    chooseAccel(options.accel, program, arch, board),
    Promise.all(options.drives.map((drive, index) => driveSettings(drive, diskInterface(board, index)))),
    options.kernel === undefined ? null : requireFile(options.kernel, 'kernel'),
    options.initrd === undefined ? null : requireFile(options.initrd, 'initial RAM disk'),
    options.cdrom === undefined ? null : requireFile(options.cdrom, 'CD image'),
  ]);
  const screen = chooseScreen(options, board, program, arch);
  const uuid = options.uuid ?? randomUUID();
  if (screen === 'own' && options.gpu === '3d') {
    throw new UsageError('3D is for the GPU that Saffron gives to a guest: leave out the other screen, or --gpu 3d.');
  }
  const { devices, path } = program;
  const no3d = whyNo3d(program);
  return { plan: { options, uuid, arch, machine, board, accel, screen, devices, no3d, drives }, path };
}

/**
 * Why a QEMU cannot carry a device with 3D, in one sentence; null: it can. Such a device wants a display with OpenGL, of
 * which QEMU's own devices with OpenGL tell.
 */
export function whyNo3d({ path, devices }: QemuProgram): string | null {
  if ([...devices].some((name) => /^virtio-gpu-gl(-|$)/.test(name))) return null;
  return `${path} has no OpenGL, which a screen with 3D needs (Debian has it in qemu-system-modules-opengl).`;
}

function diskInterface(board: Board, index: number): string | null {
  if (board.diskInterface === 'none') return `if=none,id=${diskId(index)}`;
  return board.diskInterface === null ? null : `if=${board.diskInterface}`;
}

async function chooseAccel(
  wish: QemuOptions['accel'],
  program: QemuProgram,
  arch: string,
  board: Board,
): Promise<'kvm' | 'tcg'> {
  if (wish === 'tcg') return 'tcg';
  const isUsable = board.bus !== 'none' && (await isKvmUsable(program, arch));
  if (isUsable) return 'kvm';
  if (wish === 'auto') return 'tcg';
  throw new HostError(
    'kvm',
    'KVM does not run this guest here (it needs a guest of the host’s own kind, and /dev/kvm open to this user): use --accel tcg.',
  );
}

function chooseScreen(options: QemuOptions, board: Board, program: QemuProgram, arch: string): QemuPlan['screen'] {
  const wish = options.screen ?? 'auto';
  if (wish === 'own' || (wish === 'auto' && (board.screen === 'own' || bringsScreen(options.rawArguments))))
    return 'own';
  if (board.screen === 'own') throw new UsageError(`The machine ${options.machine} cannot take a GPU of ours.`);
  const device = board.screen === 'vga' ? 'vhost-user-vga' : `vhost-user-gpu${board.bus === 'pci' ? '-pci' : ''}`;
  if (program.devices.has(device)) return board.screen;
  throw new HostError('qemu-display', `${program.path} has no device ${device}: ${howToInstallQemu(arch)}.`);
}
