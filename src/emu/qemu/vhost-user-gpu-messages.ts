/** What the GPU's thread and its owner on the main thread say to each other. */
import type { FrameSinkHandle, PointerShape } from '../../display/contract.ts';
import type { GpuLimits } from '../devices/gpu/limits.ts';

/** What the thread is started with. Ports of the heads are transferred; the socket is owned by the thread from then on. */
export interface VhostUserGpuWorkerData {
  readonly socket: number;
  readonly heads: readonly FrameSinkHandle[];
  readonly width: number;
  readonly height: number;
  readonly limits: Partial<GpuLimits>;
}

/** Orders to the thread. */
export type VhostUserGpuOrder =
  | { readonly kind: 'size'; readonly head: number; readonly width: number; readonly height: number }
  | { readonly kind: 'picture'; readonly width: number; readonly height: number; readonly pixels: Uint8Array }
  | { readonly kind: 'close' };

/** News from the thread. */
export type VhostUserGpuNews =
  | { readonly kind: 'ready' }
  | { readonly kind: 'shape'; readonly shape: PointerShape | null }
  | { readonly kind: 'move'; readonly head: number; readonly x: number; readonly y: number }
  | { readonly kind: 'scanout'; readonly head: number; readonly width: number; readonly height: number }
  /** The guest did something wrong; `unsaid` like it were kept back since the last report. */
  | { readonly kind: 'trouble'; readonly message: string; readonly unsaid: number }
  /** The device cannot go on: the thread ends. */
  | { readonly kind: 'end'; readonly message: string };
