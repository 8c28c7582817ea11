import type { Signal } from '../../base/signal.ts';
import type { PointerShape } from '../../display/contract.ts';

/** The guest's GPU as this process plays it: what the machine needs of it, whoever decodes its queues. */
export interface GpuBackend {
  /** Descriptor for QEMU to inherit. */
  readonly qemuSocket: number;
  /** QEMU has its copy: closes `qemuSocket` here. */
  releaseQemuSocket(): void;
  /** The size that the head's monitor has from now on. */
  setSize(head: number, width: number, height: number): void;
  /** Shows the firmware's picture (rows of B, G, R, X) on head 0 while the guest's driver shows nothing. */
  showPicture(width: number, height: number, pixels: Uint8Array): void;
  /** Whether it offers 3D to the guest. */
  readonly isRendering: boolean;
  readonly onPointerShape: Signal<PointerShape | null>;
  readonly onPointerMove: Signal<{ readonly head: number; readonly x: number; readonly y: number }>;
  /** The guest's driver shows a picture of this size; 0 × 0: none. */
  readonly onScanout: Signal<{ readonly head: number; readonly width: number; readonly height: number }>;
  /** Who renders has failed, and another has taken over. */
  readonly onRestart: Signal<{ readonly reason: string; readonly milliseconds: number }>;
  /** The guest asked for more than it may have and was refused, so often so far; told at most once a second. */
  readonly onQuota: Signal<{ readonly reason: string; readonly refusals: number }>;
  readonly onError: Signal<Error>;
  close(): Promise<void>;
}
