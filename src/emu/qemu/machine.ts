import { HostError } from '../../base/errors.ts';
import { createFrameChannel } from '../../display/frame-channel.ts';
import type { Machine } from '../contract.ts';
import type { QemuPlan } from './arguments.ts';
import { planMachine } from './plan-machine.ts';
import { QemuMachine } from './qemu-machine.ts';
import type { QemuMachineOptions } from './qemu-machine.ts';
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
  return new QemuMachine({ plan, path, heads, startGpu: (options) => startGpu(plan, options) });
}

/** Starts the guest's GPU: with 3D if that is wished for and can be had. Throws HostError. */
async function startGpu(
  { options, no3d }: QemuPlan,
  { onNews, ...given }: Parameters<QemuMachineOptions['startGpu']>[0],
): Promise<VhostUserGpu> {
  const { gpu: wish = '2d', renderNode = 'auto', gpuLimits = { limits: {} } } = options;
  if (wish === '2d') return VhostUserGpu.start(given);
  const render = no3d === null ? { renderNode, ...gpuLimits } : null;
  const gpu = await VhostUserGpu.start({ ...given, render });
  if (gpu.renderer !== null) {
    onNews({ kind: 'rendering', renderer: gpu.renderer });
    return gpu;
  }
  const reason = no3d ?? gpu.reason ?? '';
  if (wish === '3d') {
    await gpu.close();
    throw new HostError('gpu-3d', `The guest cannot have 3D: ${reason}`);
  }
  onNews({ kind: '2d', reason });
  return gpu;
}
