/** Commands that move texels between resources and memory. */
import { SegmentBacking } from '../core/backing.ts';
import type { Backing } from '../core/backing.ts';
import { GpuError } from '../core/gpu-error.ts';
import type { VirglContext } from './context.ts';
import type { Handler } from './decode.ts';
import type { Box, Resource } from './resource.ts';
import { transferIn, transferOut } from './transfer.ts';
import type { Words } from './words.ts';

const TO_HOST = 1;
const FROM_HOST = 2;

/** Words 1 to 11 of every transfer. */
interface TransferWords {
  readonly resource: Resource;
  readonly level: number;
  readonly stride: number;
  readonly layerStride: number;
  readonly box: Box;
}

function readTransfer(context: VirglContext, words: Words): TransferWords {
  return {
    resource: context.resource(words.u32(1)),
    level: words.u32(2),
    stride: words.u32(4),
    layerStride: words.u32(5),
    box: {
      x: words.u32(6),
      y: words.u32(7),
      z: words.u32(8),
      width: words.u32(9),
      height: words.u32(10),
      depth: words.u32(11),
    },
  };
}

function move(
  isIn: boolean,
  { renderer }: VirglContext,
  { resource, level, stride, layerStride, box }: TransferWords,
  memory: Backing,
  offset: number,
): void {
  (isIn ? transferIn : transferOut)(renderer.transferDevice, resource, level, box, memory, offset, stride, layerStride);
}

function resourceInlineWrite(context: VirglContext, words: Words): void {
  const data = new SegmentBacking([words.bytes(12)]);
  move(true, context, readTransfer(context, words), data, 0);
}

function transfer3d(context: VirglContext, words: Words): void {
  const transfer = readTransfer(context, words);
  const { backing, id } = transfer.resource;
  const direction = words.u32(13);
  if (backing === null) throw new GpuError('resource', `resource ${id} has no backing`);
  if (direction !== TO_HOST && direction !== FROM_HOST) throw new GpuError('value', `direction ${direction}`);
  move(direction === TO_HOST, context, transfer, backing, words.u32(12));
}

function copyTransfer3d(context: VirglContext, words: Words): void {
  const transfer = readTransfer(context, words);
  const staging = context.resource(words.u32(12));
  const { backing, storage, id } = staging;
  const memory = backing ?? (storage.kind === 'memory' ? new SegmentBacking([storage.bytes]) : null);
  if (memory === null) throw new GpuError('resource', `resource ${id} has no memory to copy from`);
  move((words.u32(14) & 2) === 0, context, transfer, memory, words.u32(13));
}

function endTransfers(): void {
  // Transfers come first by the order of the commands alone.
}

export const transferHandlers = { resourceInlineWrite, transfer3d, copyTransfer3d, endTransfers } satisfies Record<
  string,
  Handler
>;
