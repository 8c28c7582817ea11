/** Makes the machine that the user asked for. */
import type { Logger } from '../base/log.ts';
import type { Machine } from '../emu/contract.ts';
import type { GuestImage } from '../emu/guest/guest.ts';
import { createQemuMachine } from '../emu/qemu/machine.ts';
import type { RunConfig } from './run-config.ts';

/** A machine ready to be started; `image` when a ready-made guest shall boot. Throws HostError. */
export async function createMachine(
  name: string,
  config: RunConfig,
  image: GuestImage | null,
  log: Logger,
): Promise<Machine> {
  const { qemu, size } = config;
  if (image === null) return createQemuMachine({ ...qemu, name, size, log });
  return createQemuMachine({
    ...qemu,
    name,
    size,
    log,
    ...(image.arch === 'riscv64' ? { arch: 'riscv64', machine: 'virt' } : { arch: 'x86_64' }),
    kernel: image.kernel,
    initrd: image.initrd,
    append: [image.append, qemu.append].filter((text) => text !== undefined && text !== '').join(' '),
    // The image is shared by every run of it: what this guest writes is thrown away.
    drives: [`file=${image.disk.replaceAll(',', ',,')},format=raw,snapshot=on`, ...qemu.drives],
  });
}
