/**
 * What a command of the guest is to the device: a row with a number and what it does. Groups of commands are lists of
 * rows; the device makes its table of the groups it has.
 */
import type { Codec } from '../../../wire/codec.ts';
import type { Reader } from '../../../wire/reader.ts';
import type { Writer } from '../../../wire/writer.ts';
import type { GuestMemory } from '../../virtio/guest-memory.ts';
import type { Monitors } from './monitors.ts';
import type { Pointer } from './pointer.ts';
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
}

/**
 * Does a command and says with which number it is answered. A refusal leaves everything as it was. The body of an answer
 * that has one is written to `answer`.
 */
type Run<T> = (gpu: GpuState, message: T, answer: Writer) => GpuResponse;

/** A row of the table of commands. */
export interface GpuCommand {
  readonly id: number;
  readonly name: string;
  /** Reads the body and does it. Throws WireError when the bytes are not those of such a command. */
  readonly run: (gpu: GpuState, body: Reader, answer: Writer) => GpuResponse;
}

/** A row: what to do for a message of the wire table. */
export function command<T>(codec: Codec<T>, run: Run<T>): GpuCommand {
  const { id, name, read } = codec;
  return { id, name, run: (gpu, body, answer) => run(gpu, read(body), answer) };
}
