/** Capability sets of 3D contexts: Virtio 1.3 §5.7.6.8. A device without 3D has none, and says so to those who ask. */
import { command, type GpuCommand } from '../command.ts';
import { gpuCommands, GpuResponse } from '../wire/gpu.gen.ts';

/** The group's rows. */
export const capsetCommands: readonly GpuCommand[] = [
  command(gpuCommands.getCapsetInfo, () => GpuResponse.errInvalidParameter),
  command(gpuCommands.getCapset, () => GpuResponse.errInvalidParameter),
];
