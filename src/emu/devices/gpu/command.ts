/**
 * What a command of the guest is to the device: a row with a number and what it does. Groups of commands are lists of
 * rows; the device makes its table of the groups it has.
 */
import type { Codec } from '../../../wire/codec.ts';
import type { Reader } from '../../../wire/reader.ts';
import type { Writer } from '../../../wire/writer.ts';
import type { GuestMemory } from '../../virtio/guest-memory.ts';
import type { CommandJob } from './command-job.ts';
import type { Monitors } from './monitors.ts';
import type { Pointer } from './pointer.ts';
import type { RenderSide } from './render-side.ts';
import type { ResourceTable } from './resource-table.ts';
import type { Scanout } from './scanout.ts';
import type { GpuResponse } from './wire/gpu.gen.ts';

/** What commands act on. */
export interface GpuState {
  readonly resources: ResourceTable;
  readonly scanouts: readonly Scanout[];
  readonly monitors: Monitors;
  readonly pointer: Pointer;
  /** Guest memory as it is now. */
  readonly memory: GuestMemory;
  /** The 3D GPU; null when the device has none. */
  readonly render: RenderSide | null;
}

/** The command is answered when the answers have come that its job waits for. */
export const DEFERRED = 0;
/** The command was not done, and no other after it may be, before a head has caught up. */
export const HELD = 1;

/** With which number a command is answered, or one of the above. */
export type Outcome = GpuResponse | typeof DEFERRED | typeof HELD;

/**
 * Does a command and says with which number it is answered. A refusal leaves everything as it was. The body of an answer
 * that has one is written to `answer`.
 */
type Run<T> = (gpu: GpuState, message: T, job: CommandJob, answer: Writer) => Outcome;

/** A row of the table of commands. */
export interface GpuCommand {
  readonly id: number;
  readonly name: string;
  /** Bytes of the body that are read; absent: all. */
  readonly bodyBytes?: number;
  /** Reads the body and does it. Throws WireError when the bytes are not those of such a command. */
  readonly run: (gpu: GpuState, body: Reader, job: CommandJob, answer: Writer) => Outcome;
}

/** A row: what to do for a message of the wire table. */
export function command<T>(codec: Codec<T>, run: Run<T>): GpuCommand {
  const { id, name, read } = codec;
  return { id, name, run: (gpu, body, job, answer) => run(gpu, read(body), job, answer) };
}
