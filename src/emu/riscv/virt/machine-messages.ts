/** What the thread of the devices and the machine on the main thread say to each other. */
import type { FrameSinkHandle, LockLights } from '../../../display/contract.ts';
import type { PacedRun } from '../../contract.ts';
import type { GuestWish } from '../../devices/finisher/finisher.ts';
import type { BalloonState } from '../../devices/balloon/device.ts';
import type { ConsoleState } from '../../devices/console/device.ts';
import type { GpuLimits } from '../../devices/gpu/limits.ts';
import type { GpuSavedState } from '../../devices/gpu/saved-state.ts';
import type { RenderWish } from '../../devices/gpu/start-renderer.ts';
import type { GuestDeskState } from '../../devices/input/guest-desk.ts';
import type { ThreadNews } from '../../devices/thread-news.ts';
import type { InputEvent } from '../../input-queue.ts';
import type { BoardState } from './board.ts';
import type { BoardHandle } from './board-registers.ts';
import type { Drive } from './drive.ts';

/** What the thread is started with. Ports of the heads are transferred. */
export interface DevicesWorkerData {
  readonly handle: BoardHandle;
  /** RAM, from its first byte. */
  readonly ram: Uint8Array;
  /** The same bytes for other processes, a descriptor that stays the giver's; null: only threads have them. */
  readonly ramFile: number | null;
  readonly harts: number;
  readonly processor: { readonly isa: string; readonly mmu: string; readonly timebaseHz: number };
  readonly boot: BootPaths;
  readonly drives: readonly Drive[];
  readonly heads: readonly FrameSinkHandle[];
  readonly width: number;
  readonly height: number;
  readonly limits: Partial<GpuLimits>;
  /** How to render 3D, which takes a `ramFile`; null: the screen is 2D. */
  readonly render: RenderWish | null;
}

/** What is to be started: paths, of which firmware and kernel are not both missing, and the kernel's command line. */
export interface BootPaths {
  readonly firmware: string | null;
  readonly kernel: string | null;
  readonly initrd: string | null;
  readonly append: string;
}

/** What board and devices know outside RAM, as plain data. */
export interface DevicesState {
  readonly board: BoardState;
  readonly gpu: GpuSavedState;
  readonly desk: GuestDeskState;
  readonly console: ConsoleState;
  readonly balloon: BalloonState;
}

/** Where harts begin: guest addresses. */
export interface BootPoint {
  readonly entry: number;
  readonly deviceTree: number;
  /** With firmware: what it is told, and all harts begin at once, in machine mode. Null: the first hart begins. */
  readonly dynamicInfo: number | null;
}

/** Orders to the thread. Those with an `id` are answered by `done` or `failed`. */
export type DevicesOrder =
  | { readonly kind: 'input'; readonly event: InputEvent }
  | { readonly kind: 'power-button' }
  | { readonly kind: 'agent'; readonly bytes: Uint8Array }
  | { readonly kind: 'serial'; readonly bytes: Uint8Array }
  | { readonly kind: 'size'; readonly head: number; readonly width: number; readonly height: number }
  /** Puts firmware, kernel, RAM disk and device tree into memory; `done` has where to begin. */
  | { readonly kind: 'boot'; readonly id: number }
  | { readonly kind: 'pause' | 'resume' | 'reset'; readonly id: number }
  /** While all is paused; `done` has the state. */
  | { readonly kind: 'save'; readonly id: number }
  /** Before anything has run, in the place of `boot`: RAM is there already. */
  | { readonly kind: 'restore'; readonly id: number; readonly state: DevicesState }
  | { readonly kind: 'close' };

/** News from the thread. */
export type DevicesNews =
  | ThreadNews
  | { readonly kind: 'done'; readonly id: number; readonly answer: BootPoint | DevicesState | null }
  | { readonly kind: 'failed'; readonly id: number; readonly code: string; readonly message: string }
  /** `run`: what the run has come to, when runs shall be equal. */
  | { readonly kind: 'wish'; readonly wish: GuestWish; readonly run: PacedRun | null }
  | { readonly kind: 'serial'; readonly bytes: Uint8Array }
  | { readonly kind: 'agent-open'; readonly isOpen: boolean }
  | { readonly kind: 'agent-data'; readonly bytes: Uint8Array }
  /** So many bytes of `agent` orders need no more room here. */
  | { readonly kind: 'agent-taken'; readonly bytes: number }
  | { readonly kind: 'lights'; readonly lights: LockLights }
  /** The thread cannot go on, or could not begin: it ends. */
  | { readonly kind: 'end'; readonly code: string; readonly message: string };
