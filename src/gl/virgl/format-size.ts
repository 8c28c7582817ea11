/**
 * Sizes of pixels in memory, for numbers that a guest gave: non-negative integers below 2^32. Results are exact up to
 * 2^53; beyond, where products of such numbers can go, they stay greater than any limit, and never wrap.
 */
import type { FormatLayout } from './format-layout.ts';

/** Width, height and depth (or layers) in pixels. */
export interface Extent {
  readonly width: number;
  readonly height: number;
  readonly depth: number;
}

/** How rows and layers follow each other in memory, in bytes; 0 is as tight as they can. */
export interface Strides {
  readonly strideBytes: number;
  readonly layerStrideBytes: number;
}

/** The size of a side at a level of a mipmap: halved and rounded down, but never below 1. */
export function minify(size: number, level: number): number {
  return Math.max(1, Math.floor(size / 2 ** level));
}

/** Blocks that `pixels` pixels reach into, across. */
function blocksAcross(layout: FormatLayout, pixels: number): number {
  return Math.ceil(pixels / layout.blockWidth);
}

/** Rows of blocks that `pixels` rows of pixels reach into. */
export function blockRows(layout: FormatLayout, pixels: number): number {
  return Math.ceil(pixels / layout.blockHeight);
}

/** Bytes of a row of blocks without padding. */
export function rowBytes(layout: FormatLayout, width: number): number {
  return blocksAcross(layout, width) * layout.blockBytes;
}

/** The strides in effect: tight ones where 0 was given. Layers of compressed blocks with a depth count blocks. */
function stridesFor(layout: FormatLayout, extent: Extent, given: Strides): Strides {
  const strideBytes = given.strideBytes === 0 ? rowBytes(layout, extent.width) : given.strideBytes;
  const tight = strideBytes * blockRows(layout, extent.height);
  return { strideBytes, layerStrideBytes: given.layerStrideBytes === 0 ? tight : given.layerStrideBytes };
}

/**
 * Bytes from the first pixel of a box to behind its last; 0 when it is empty. Strides of 0 are tight ones. The caller
 * compares it with what there is before anything is read or written.
 */
export function boxBytes(layout: FormatLayout, extent: Extent, given: Strides): number {
  if (extent.width === 0 || extent.height === 0 || extent.depth === 0) return 0;
  const { strideBytes, layerStrideBytes } = stridesFor(layout, extent, given);
  const layers = Math.ceil(extent.depth / layout.blockDepth);
  const rows = blockRows(layout, extent.height);
  return (layers - 1) * layerStrideBytes + (rows - 1) * strideBytes + rowBytes(layout, extent.width);
}

/** Whether strides hold what they must: rows that do not overlap, layers that do not either. */
export function stridesFit(layout: FormatLayout, extent: Extent, given: Strides): boolean {
  const { strideBytes, layerStrideBytes } = stridesFor(layout, extent, given);
  const rows = blockRows(layout, extent.height);
  if (rows > 1 && strideBytes < rowBytes(layout, extent.width)) return false;
  return (
    extent.depth <= layout.blockDepth || layerStrideBytes >= (rows - 1) * strideBytes + rowBytes(layout, extent.width)
  );
}

/** Whether a box begins and ends at blocks, or ends with the level: what OpenGL asks of compressed transfers. */
export function isAtBlocks(layout: FormatLayout, offset: Extent, box: Extent, level: Extent): boolean {
  return (
    isAligned(offset.width, box.width, level.width, layout.blockWidth) &&
    isAligned(offset.height, box.height, level.height, layout.blockHeight) &&
    isAligned(offset.depth, box.depth, level.depth, layout.blockDepth)
  );
}

function isAligned(offset: number, size: number, whole: number, block: number): boolean {
  return offset % block === 0 && (size % block === 0 || offset + size === whole);
}

/** Bytes of all levels of a texture, each layer and sample of it, without padding. */
export function textureBytes(
  layout: FormatLayout,
  base: Extent,
  levels: number,
  copies: number,
  hasDepthLevels: boolean,
): number {
  let total = 0;
  for (let level = 0; level < levels; level++) {
    const extent = {
      width: minify(base.width, level),
      height: minify(base.height, level),
      depth: hasDepthLevels ? minify(base.depth, level) : base.depth,
    };
    total += boxBytes(layout, extent, { strideBytes: 0, layerStrideBytes: 0 });
  }
  return total * copies;
}
