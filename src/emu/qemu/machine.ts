import { createFrameChannel } from '../../display/frame-channel.ts';
import type { Machine } from '../contract.ts';
import { planMachine } from './plan-machine.ts';
import { QemuMachine } from './qemu-machine.ts';
import type { QemuOptions } from './qemu-options.ts';
import { VhostUserGpu } from './vhost-user-gpu.ts';

export type { QemuOptions } from './qemu-options.ts';

/**
 * A guest that QEMU runs, ready to be started. Call it on the main thread: QEMU ends with the thread that starts it.
 * Throws UsageError for settings that make no sense, and HostError for what this machine lacks; nothing runs then.
 */
export async function createQemuMachine(options: QemuOptions): Promise<Machine> {
  const { plan, path } = await planMachine(options);
  const heads = Array.from({ length: options.heads ?? 1 }, createFrameChannel);
  return new QemuMachine({ plan, path, heads, startGpu: (gpu) => VhostUserGpu.start(gpu) });
}
