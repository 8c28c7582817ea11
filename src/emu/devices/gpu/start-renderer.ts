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
  /** How long one command may keep who renders from getting anywhere; the usual when absent. */
  readonly hangTimeoutMs?: number;
  /** Where what is compiled for this guest, and for no other, is kept between runs; nowhere when absent. */
  readonly shaderFolder?: string | null;
}

/** Who renders; null: nobody, for the `reason` given, in one sentence, if it was wished for. */
interface Renderer {
  readonly gpu: GuestGpuProcess | null;
  readonly reason: string | null;
}

/** Who hears of it. */
interface RendererListener {
  /** It has failed, and another has taken over: told before the new process answers anything. */
  readonly onRestart: (restart: { readonly reason: string; readonly milliseconds: number }) => void;
  /** The guest asked for more than it may have and was refused, so often so far; told at most once a second. */
  readonly onQuota: (reason: string, refusals: number) => void;
}

/** Starts it, if it is wished for and can be had. */
export async function startRenderer(
  wish: RenderWish | null,
  log: Logger,
  listener: RendererListener,
): Promise<Renderer> {
  if (wish === null) return { gpu: null, reason: null };
  // A guest with a 2D screen does without native code.
  const { GuestGpuProcess } = await import('../../../gl/process/guest-gpu-process.ts');
  try {
    return { gpu: await GuestGpuProcess.start({ ...wish, log, ...listener }), reason: null };
  } catch (error) {
    if (!(error instanceof HostError)) throw error;
    return { gpu: null, reason: error.message };
  }
}
