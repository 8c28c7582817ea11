/** Makes the machine that the user asked for. */
import { join } from 'node:path';
import type { Logger } from '../base/log.ts';
import { requireNativeCalls } from '../base/native/native-calls.ts';
import type { Machine } from '../emu/contract.ts';
import type { GuestImage } from '../emu/guest/guest.ts';
import { createVirtMachine } from '../emu/riscv/virt/create-machine.ts';
import { guestShaderFolder } from './guest-shaders.ts';
import type { RunConfig } from './run-config.ts';

/** Beside the guest's compiled shaders: what of its own code is hot. */
const HOT_CODE = 'hot-code';

/** A machine ready to be started; `image` when a ready-made guest shall boot. Throws HostError. */
export async function createMachine(
  name: string,
  config: RunConfig,
  image: GuestImage | null,
  log: Logger,
): Promise<Machine> {
  const { size, heads } = config;
  const shaderFolder = guestShaderFolder(config, image);
  const qemu = { ...config.qemu, gpuLimits: { ...config.qemu.gpuLimits, shaderFolder } };
  if (config.engine === 'built-in') {
    const hotCodeFile = shaderFolder === null ? null : join(shaderFolder, HOT_CODE);
    return createBuiltInMachine(name, { ...config, qemu, hotCodeFile }, image, log);
  }
  await requireNativeCalls('--engine qemu');
  const { createQemuMachine } = await import('../emu/qemu/machine.ts');
  if (image === null) return createQemuMachine({ ...qemu, name, size, heads, log });
  return createQemuMachine({
    ...qemu,
    name,
    size,
    heads,
    log,
    ...(image.arch === 'riscv64' ? { arch: 'riscv64', machine: 'virt' } : { arch: 'x86_64' }),
    kernel: image.kernel,
    initrd: image.initrd,
    append: appendOf(image, qemu.append),
    drives: [driveOf(image), ...qemu.drives],
  });
}

/** Kernel or firmware is there: the configuration was checked. */
async function createBuiltInMachine(
  name: string,
  { qemu, size, hotCodeFile }: RunConfig & { readonly hotCodeFile: string | null },
  image: GuestImage | null,
  log: Logger,
): Promise<Machine> {
  const { memory, cpus, serial, initrd, append, drives, renderNode, gpuLimits, firmware, icount } = qemu;
  // Who renders 3D takes the time that it takes.
  const gpu = icount ? '2d' : qemu.gpu;
  const common = { name, firmware, memory, cpus, icount, serial, size, gpu, renderNode, gpuLimits, hotCodeFile, log };
  if (image === null) return createVirtMachine({ ...common, kernel: qemu.kernel, initrd, append, drives });
  return createVirtMachine({
    ...common,
    kernel: image.kernel,
    initrd: image.initrd,
    append: appendOf(image, append),
    drives: [driveOf(image), ...drives],
  });
}

function appendOf(image: GuestImage, more: string | undefined): string {
  return [image.append, more].filter((text) => text !== undefined && text !== '').join(' ');
}

/** The image is shared by every run of it: what this guest writes is thrown away. */
function driveOf(image: GuestImage): string {
  return `file=${image.disk.replaceAll(',', ',,')},format=raw,snapshot=on`;
}
