/** What the GPU's thread and its owner on the main thread say to each other. */
import type { FrameSinkHandle } from '../../display/contract.ts';
import type { GpuLimits } from '../devices/gpu/limits.ts';
import type { RenderWish } from '../devices/gpu/start-renderer.ts';
import type { ThreadNews } from '../devices/thread-news.ts';

/** What the thread is started with. Ports of the heads are transferred; the socket is owned by the thread from then on. */
export interface VhostUserGpuWorkerData {
  readonly socket: number;
  readonly heads: readonly FrameSinkHandle[];
  readonly width: number;
  readonly height: number;
  readonly limits: Partial<GpuLimits>;
  /** How to render 3D; null: the device is 2D. */
  readonly render: RenderWish | null;
}

/** Orders to the thread. */
export type VhostUserGpuOrder =
  | { readonly kind: 'size'; readonly head: number; readonly width: number; readonly height: number }
  | { readonly kind: 'picture'; readonly width: number; readonly height: number; readonly pixels: Uint8Array }
  | { readonly kind: 'close' };

/** News from the thread. */
export type VhostUserGpuNews =
  /** With `ready` QEMU may connect. */
  | ThreadNews
  /** The device cannot go on: the thread ends. */
  | { readonly kind: 'end'; readonly message: string };
