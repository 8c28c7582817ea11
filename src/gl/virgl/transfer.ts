/** Transfers between resources and the memory of guests: checked here, then done by texel-transfer.ts. */
import type { Backing } from '../core/backing.ts';
import { GpuError } from '../core/gpu-error.ts';
import type { Box, Resource } from './resource.ts';
import { checkBox, texelLayout, tightLayout } from './texel-layout.ts';
import type { TexelLayout } from './texel-layout.ts';
import { readTexels, writeTexels } from './texel-transfer.ts';
import type { TransferDevice } from './texel-transfer.ts';

/** Copies from memory into a box of a resource. Throws GpuError before anything has changed. */
export function transferIn(
  device: TransferDevice,
  resource: Resource,
  level: number,
  box: Box,
  memory: Backing,
  offset: number,
  stride: number,
  layerStride: number,
): void {
  const layout = check(resource, level, box, memory, offset, stride, layerStride);
  const view = memory.view(offset, layout.sizeBytes);
  if (view !== null) {
    writeTexels(device, resource, level, box, view, layout);
    return;
  }
  const copy = new Uint8Array(layout.sizeBytes);
  memory.read(offset, copy);
  writeTexels(device, resource, level, box, copy, layout);
}

/** Copies a box of a resource into memory. Throws GpuError before anything has changed. */
export function transferOut(
  device: TransferDevice,
  resource: Resource,
  level: number,
  box: Box,
  memory: Backing,
  offset: number,
  stride: number,
  layerStride: number,
): void {
  const layout = check(resource, level, box, memory, offset, stride, layerStride);
  const view = memory.view(offset, layout.sizeBytes);
  if (view !== null) {
    readTexels(device, resource, level, box, view, layout);
    return;
  }
  const tight = tightLayout(layout);
  const copy = new Uint8Array(tight.sizeBytes);
  readTexels(device, resource, level, box, copy, tight);
  scatter(copy, tight, memory, offset, layout);
}

function check(
  resource: Resource,
  level: number,
  box: Box,
  memory: Backing,
  offset: number,
  stride: number,
  layerStride: number,
): TexelLayout {
  checkBox(resource, level, box);
  const layout = texelLayout(resource, level, box, stride, layerStride);
  if (offset + layout.sizeBytes > memory.sizeBytes) {
    throw new GpuError('range', `${layout.sizeBytes} bytes at ${offset} of ${memory.sizeBytes}`);
  }
  return layout;
}

/** Writes rows one by one where memory lies in pieces: bytes between rows are not ours to change. */
function scatter(copy: Uint8Array, tight: TexelLayout, memory: Backing, offset: number, layout: TexelLayout): void {
  if (layout.stride === layout.rowBytes && layout.layerStride === layout.rows * layout.rowBytes) {
    memory.write(offset, copy);
    return;
  }
  for (let layer = 0; layer < layout.layers; layer++) {
    for (let row = 0; row < layout.rows; row++) {
      const from = layer * tight.layerStride + row * tight.stride;
      memory.write(
        offset + layer * layout.layerStride + row * layout.stride,
        copy.subarray(from, from + layout.rowBytes),
      );
    }
  }
}
