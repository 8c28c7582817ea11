/** Starts who renders a guest's 3D, for the thread that has the guest's GPU device. */
import { HostError } from '../../../base/errors.ts';
import type { Logger } from '../../../base/log.ts';
import type { GuestGpuProcess } from '../../../gl/process/guest-gpu-process.ts';
import type { RenderLimits } from '../../../gl/core/limits.ts';

/** How a guest's 3D is to be rendered. */
export interface RenderWish {
  /** `auto`, `software` or the path of a render node. */
  readonly renderNode: string;
  readonly limits: Partial<RenderLimits>;
}

/** Who renders; null: nobody, for the `reason` given, in one sentence, if it was wished for. */
export interface Renderer {
  readonly gpu: GuestGpuProcess | null;
  readonly reason: string | null;
}

/** `onRestart` is told before the new process answers anything. */
export async function startRenderer(
  wish: RenderWish | null,
  log: Logger,
  onRestart: (restart: { readonly reason: string; readonly milliseconds: number }) => void,
): Promise<Renderer> {
  if (wish === null) return { gpu: null, reason: null };
  // A guest with a 2D screen does without native code.
  const { GuestGpuProcess } = await import('../../../gl/process/guest-gpu-process.ts');
  try {
    return { gpu: await GuestGpuProcess.start({ ...wish, log, onRestart }), reason: null };
  } catch (error) {
    if (!(error instanceof HostError)) throw error;
    return { gpu: null, reason: error.message };
  }
}
