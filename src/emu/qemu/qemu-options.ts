import type { Logger } from '../../base/log.ts';
import type { RenderWish } from '../devices/gpu/start-renderer.ts';

/** What a guest under QEMU consists of. Sizes of screens are pixels. */
export interface QemuOptions {
  readonly name: string;
  /** RFC 9562 text form; made up when absent. */
  readonly uuid?: string | undefined;
  /** The QEMU program; the one of `arch` in PATH when absent. */
  readonly binary?: string | undefined;
  /** As in qemu-system-ARCH; follows from `machine` when absent. */
  readonly arch?: string | undefined;
  /** QEMU's machine type; the usual one of `arch` when absent. */
  readonly machine?: string | undefined;
  readonly accel: 'kvm' | 'tcg' | 'auto';
  /** A number with K, M, G or T (mebibytes without). Boards with soldered memory take no notice. */
  readonly memory: string;
  /** Boards with a fixed count take no notice. */
  readonly cpus: number;
  readonly kernel?: string | undefined;
  readonly initrd?: string | undefined;
  readonly append?: string | undefined;
  /** Paths of disk images, or settings as QEMU's -drive takes them (`file=…,format=…`). */
  readonly drives: readonly string[];
  readonly cdrom?: string | undefined;
  /** Size of every head at start. */
  readonly size: { readonly width: number; readonly height: number };
  /** Screens of the guest; 1 when absent. */
  readonly heads?: number | undefined;
  /**
   * Where the picture comes from. `gpu`: our own device (vhost-user); `own`: whatever screen the board or
   * `rawArguments` have; absent or `auto`: `own` if `rawArguments` name a graphics device or the board takes none.
   */
  readonly screen?: 'auto' | 'gpu' | 'own' | undefined;
  /**
   * What our own device renders for the guest: `3d` (virgl, or the machine does not start), `2d`, or `auto`: 3D where it can
   * be had. `2d` when absent.
   */
  readonly gpu?: 'auto' | '3d' | '2d' | undefined;
  /** Who renders 3D: `software`, the path of a render node, or `auto` (when absent): a GPU if there is one. */
  readonly renderNode?: string | undefined;
  /** What the guest may take of who renders, and how long one command may take; the usual when absent. */
  readonly gpuLimits?: Omit<RenderWish, 'renderNode'> | undefined;
  /** First serial port: `off` (when absent), `stdio`, `unix:PATH` or `file:PATH`. */
  readonly serial?: string | undefined;
  /** Added behind our own arguments. */
  readonly rawArguments: readonly string[];
  readonly log: Logger;
}
