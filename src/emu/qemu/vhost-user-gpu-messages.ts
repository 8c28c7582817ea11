/** What the GPU's thread and its owner on the main thread say to each other. */
import type { FrameSinkHandle, PointerShape } from '../../display/contract.ts';
import type { GpuLimits } from '../devices/gpu/limits.ts';
import type { RenderWish } from '../devices/gpu/start-renderer.ts';

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
  /** QEMU may connect. `renderer` is the name of what renders 3D; null: nothing does, for the `reason` given if it should. */
  | { readonly kind: 'ready'; readonly renderer: string | null; readonly reason: string | null }
  | { readonly kind: 'restart'; readonly reason: string; readonly milliseconds: number }
  /** The guest asked for more than it may have and was refused, so often so far. */
  | { readonly kind: 'quota'; readonly reason: string; readonly refusals: number }
  | {
      readonly kind: 'log';
      readonly level: 'debug' | 'info' | 'warn' | 'error';
      readonly message: string;
      readonly fields: Readonly<Record<string, unknown>>;
    }
  | { readonly kind: 'shape'; readonly shape: PointerShape | null }
  | { readonly kind: 'move'; readonly head: number; readonly x: number; readonly y: number }
  | { readonly kind: 'scanout'; readonly head: number; readonly width: number; readonly height: number }
  /** The guest did something wrong; `unsaid` like it were kept back since the last report. */
  | { readonly kind: 'trouble'; readonly message: string; readonly unsaid: number }
  /** The device cannot go on: the thread ends. */
  | { readonly kind: 'end'; readonly message: string };
