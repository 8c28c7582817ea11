/** What the main thread and a display worker say to each other. Both are ours: no hostile values here. */
import type { MessagePort } from 'node:worker_threads';
import type { DrawStep, ScreenStats, ViewerNeeds } from './contract.ts';

/** An image step before its bytes are found in one of the batch's buffers. */
export interface PackedImageStep {
  readonly kind: 'image';
  readonly rect: Extract<DrawStep, { kind: 'image' }>['rect'];
  readonly encoding: Extract<DrawStep, { kind: 'image' }>['encoding'];
  readonly isLossy: boolean;
  readonly cacheAs: bigint | null;
  /** Index into `buffers`, and place in that one, in bytes. */
  readonly buffer: number;
  readonly offset: number;
  readonly length: number;
}

/** A step as it goes between the threads. */
export type PackedStep = Exclude<DrawStep, { kind: 'image' }> | PackedImageStep;

/** What one viewer gets of a batch. */
export interface PackedBatch {
  readonly viewer: number;
  readonly steps: readonly PackedStep[];
  readonly evicted: readonly bigint[];
}

/** To the display worker. */
export type ToWorker =
  | {
      readonly kind: 'attach';
      readonly viewer: number;
      readonly needs: ViewerNeeds;
      readonly credit: number;
      /** Images that the viewer keeps from a worker before. */
      readonly cached: readonly bigint[];
    }
  | { readonly kind: 'needs'; readonly viewer: number; readonly needs: ViewerNeeds }
  | { readonly kind: 'grant'; readonly viewer: number; readonly batches: number }
  | { readonly kind: 'detach'; readonly viewer: number }
  /** Buffers of a draw message come back. */
  | { readonly kind: 'release'; readonly buffers: readonly ArrayBuffer[] }
  | { readonly kind: 'capture'; readonly request: number }
  | { readonly kind: 'close' };

/** From the display worker. */
export type FromWorker =
  | { readonly kind: 'size'; readonly width: number; readonly height: number }
  | { readonly kind: 'resize'; readonly viewer: number; readonly width: number; readonly height: number }
  | {
      readonly kind: 'draw';
      readonly frame: number;
      readonly publishedMs: number;
      readonly buffers: readonly ArrayBuffer[];
      readonly batches: readonly PackedBatch[];
    }
  | {
      readonly kind: 'capture';
      readonly request: number;
      readonly width: number;
      readonly height: number;
      readonly pixels: ArrayBuffer;
    }
  | { readonly kind: 'warning'; readonly message: string };

/** What a display worker is started with. */
export interface ScreenWorkerData {
  readonly consumer: MessagePort;
  readonly maxFps: number;
  /** Numbers the workers of a screen from 1, so that their image ids differ. */
  readonly generation: number;
  /** Float64: the counters in the order of STAT_NAMES, kept over generations. */
  readonly counters: SharedArrayBuffer;
}

/** The counters of ScreenStats in shared memory. */
export const STAT_NAMES = [
  'framesTaken',
  'batches',
  'encodedBytes',
  'encodedImages',
  'busyMs',
] as const satisfies readonly (keyof ScreenStats)[];
