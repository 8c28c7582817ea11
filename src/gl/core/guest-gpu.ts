/**
 * A guest's 3D GPU as its virtio device sees it. Whoever draws sits behind it, in a process of its own, which may end and be
 * replaced at any time without the device noticing more than a pause.
 *
 * Every call is an order. Orders are carried out as they were given; each returns a serial number, by which `onAnswer`
 * later tells what became of it. Nothing is waited for, and nothing is answered before the call has returned. What was under
 * way when the process fell is answered as if it had been done, once another is as far; it may not have been.
 */
import type { Rect } from '../../base/rect.ts';
import type { GpuErrorCode } from './gpu-error.ts';

/** Guest RAM that both processes can map. Pieces of backing name it by its place in the list. */
export interface GuestRamRegion {
  /** A descriptor, which stays the caller's; it is duplicated before `setMemory` returns. */
  readonly fd: number;
  /** Where in the descriptor's memory the region begins. */
  readonly offset: number;
  readonly sizeBytes: number;
}

/** A run of guest RAM behind a resource. It lies in its region: the caller has checked. */
export interface BackingPiece {
  /** Index into the regions of the last `setMemory`. */
  readonly region: number;
  readonly offset: number;
  readonly length: number;
}

/**
 * What a guest asks for when it makes a resource (VIRTIO_GPU_CMD_RESOURCE_CREATE_3D: Virtio 1.3 §5.7.6.8): numbers of the
 * protocol, the guest's own, unchecked.
 */
export interface ResourceArgs {
  readonly target: number;
  readonly format: number;
  readonly bind: number;
  readonly width: number;
  readonly height: number;
  readonly depth: number;
  readonly arraySize: number;
  readonly lastLevel: number;
  readonly samples: number;
  readonly flags: number;
}

/** VIRTIO_GPU_CMD_TRANSFER_TO_HOST_3D and _FROM_HOST_3D; the numbers are the guest's, unchecked. */
export interface GuestTransfer {
  readonly resource: number;
  readonly level: number;
  readonly stride: number;
  readonly layerStride: number;
  readonly x: number;
  readonly y: number;
  readonly z: number;
  readonly width: number;
  readonly height: number;
  readonly depth: number;
  readonly offset: number;
}

/** Words that are copied out once, such as a descriptor chain. */
export interface ByteSource {
  readonly totalBytes: number;
  copyOut(at: number, into: Uint8Array, intoAt: number, length: number): void;
}

/** Pixels that both processes can reach: rows top to bottom, `strideBytes` apart, bytes B, G, R, X. */
export interface SharedPicture {
  readonly width: number;
  readonly height: number;
  readonly strideBytes: number;
  readonly pixels: Uint8Array;
  /** Gives the memory back. Reads into it that are under way do no harm. Twice is once. */
  close(): void;
}

/** What became of an order: null when it was carried out, else why it was refused. */
export type GpuAnswer = GpuErrorCode | null;

/** The orders a device gives. */
export interface GuestGpu {
  /** Capability sets by number (1 virgl, 2 virgl2), the same for the life of the object. */
  readonly capsets: ReadonlyMap<number, Uint8Array>;
  /**
   * Hears of every order once, in the order they were given but for `fence` and `readPicture`, which are answered when the
   * GPU has come to them (those of one kind in their own order).
   */
  onAnswer: (serial: number, answer: GpuAnswer) => void;

  /** The guest's RAM from now on. Backings attached before point into it by the same pieces. */
  setMemory(regions: readonly GuestRamRegion[]): void;
  createContext(id: number, name: string): number;
  destroyContext(id: number): number;
  createResource(id: number, args: ResourceArgs): number;
  destroyResource(id: number): number;
  attachBacking(id: number, pieces: readonly BackingPiece[]): number;
  detachBacking(id: number): number;
  attachResource(context: number, resource: number): number;
  detachResource(context: number, resource: number): number;
  /** Commands of the virgl protocol: `length` bytes (a multiple of 4) of `source` from `at` on. */
  submit(context: number, source: ByteSource, at: number, length: number): number;
  transferToHost(context: number, transfer: GuestTransfer): number;
  transferFromHost(context: number, transfer: GuestTransfer): number;
  /** Answered once the GPU is done with all that was ordered before. */
  fence(): number;
  /** Memory for pictures of that size. Throws HostError when there is none. */
  createPicture(width: number, height: number): SharedPicture;
  /**
   * Copies a part of a resource's first level to the same place in `picture`, row 0 of the resource at the top, as it is when
   * all orders before are done. The rectangle lies in the picture; refused when it does not lie in the resource.
   */
  readPicture(resource: number, rect: Rect, picture: SharedPicture): number;
  /** Forgets all contexts, resources and backings: a guest starts over. Orders not yet answered never are. */
  reset(): void;
  /** Ends it; nothing is answered any more. */
  close(): Promise<void>;
}
