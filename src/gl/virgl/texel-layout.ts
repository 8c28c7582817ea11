/** How the texels of a box lie in memory, and whether a box lies in its resource. */
import { GpuError } from '../core/gpu-error.ts';
import type { FormatLayout } from './format-layout.ts';
import { levelSize } from './resource.ts';
import type { Box, Resource } from './resource.ts';

/** Memory of a box: rows of blocks, in layers. */
export interface TexelLayout {
  /** Bytes of the blocks of a row. */
  readonly rowBytes: number;
  /** Rows of blocks of a layer. */
  readonly rows: number;
  readonly layers: number;
  /** Bytes from row to row. */
  readonly stride: number;
  /** Bytes from layer to layer. */
  readonly layerStride: number;
  /** Bytes from the first to the last that is used. */
  readonly sizeBytes: number;
}

const BUFFER_LAYOUT: FormatLayout = {
  kind: 'plain',
  blockWidth: 1,
  blockHeight: 1,
  blockDepth: 1,
  blockBytes: 1,
  channels: [],
  isSrgb: false,
};

/** The layout of a resource's format; buffers and memory count in bytes. */
export function layoutOfResource(resource: Resource): FormatLayout {
  return resource.format?.layout ?? BUFFER_LAYOUT;
}

/**
 * Throws GpuError `range` unless the box has texels, lies inside the level, and begins and ends with whole blocks.
 */
export function checkBox(resource: Resource, level: number, box: Box): void {
  if (level > resource.args.lastLevel) throw new GpuError('range', `level ${level} of ${resource.args.lastLevel + 1}`);
  const size = levelSize(resource, level);
  const { x, y, z, width, height, depth } = box;
  const isInside =
    width > 0 &&
    height > 0 &&
    depth > 0 &&
    x >= 0 &&
    y >= 0 &&
    z >= 0 &&
    x + width <= size.width &&
    y + height <= size.height &&
    z + depth <= size.layers;
  if (!isInside) {
    throw new GpuError(
      'range',
      `box ${x},${y},${z} ${width}×${height}×${depth} in level ${level} of ${size.width}×${size.height}×${size.layers}`,
    );
  }
  const { blockWidth, blockHeight } = layoutOfResource(resource);
  const isWhole =
    x % blockWidth === 0 &&
    y % blockHeight === 0 &&
    (width % blockWidth === 0 || x + width === size.width) &&
    (height % blockHeight === 0 || y + height === size.height);
  if (!isWhole) throw new GpuError('range', `a box that cuts blocks of ${blockWidth}×${blockHeight}`);
}

/**
 * The memory of a box that has been checked. A stride of 0 is that of the whole level, tightly. Throws GpuError `range` for
 * strides that let rows or layers overlap.
 */
export function texelLayout(
  resource: Resource,
  level: number,
  box: Box,
  stride: number,
  layerStride: number,
): TexelLayout {
  const { blockWidth, blockHeight, blockBytes } = layoutOfResource(resource);
  const size = levelSize(resource, level);
  const rowBytes = Math.ceil(box.width / blockWidth) * blockBytes;
  const rows = Math.ceil(box.height / blockHeight);
  const levelStride = Math.ceil(size.width / blockWidth) * blockBytes;
  const rowStride = stride === 0 ? levelStride : stride;
  const sliceStride = layerStride === 0 ? rowStride * Math.ceil(size.height / blockHeight) : layerStride;
  if (rows > 1 && rowStride < rowBytes)
    throw new GpuError('range', `stride ${rowStride} for rows of ${rowBytes} bytes`);
  if (box.depth > 1 && sliceStride < (rows - 1) * rowStride + rowBytes) {
    throw new GpuError('range', `layer stride ${sliceStride} for ${rows} rows of ${rowStride} bytes`);
  }
  const sizeBytes = (box.depth - 1) * sliceStride + (rows - 1) * rowStride + rowBytes;
  if (!Number.isSafeInteger(sizeBytes)) throw new GpuError('range', `${sizeBytes} bytes of texels`);
  return { rowBytes, rows, layers: box.depth, stride: rowStride, layerStride: sliceStride, sizeBytes };
}

/** Copies rows from one layout to another of the same box. */
export function copyRows(from: Uint8Array, fromLayout: TexelLayout, into: Uint8Array, intoLayout: TexelLayout): void {
  const { rows, layers, rowBytes } = fromLayout;
  for (let layer = 0; layer < layers; layer++) {
    for (let row = 0; row < rows; row++) {
      const at = layer * fromLayout.layerStride + row * fromLayout.stride;
      into.set(from.subarray(at, at + rowBytes), layer * intoLayout.layerStride + row * intoLayout.stride);
    }
  }
}

/** The same box without gaps. */
export function tightLayout({ rowBytes, rows, layers }: TexelLayout): TexelLayout {
  return {
    rowBytes,
    rows,
    layers,
    stride: rowBytes,
    layerStride: rows * rowBytes,
    sizeBytes: layers * rows * rowBytes,
  };
}
