/**
 * How the levels of a resource lie in memory, and copies of contents that no memory of the guest has: textures of guests have
 * no backing of their own size when they come through staging buffers, which are used again at once.
 *
 * Mesa's driver lays levels one after another, each with its layers (faces, slices), each of those with its rows, without
 * gaps. Copies here lie in the same way.
 */
import type { Backing } from '../core/backing.ts';
import { minify } from '../virgl/format-size.ts';
import { formatOf } from '../virgl/formats.ts';
import { TARGET } from '../virgl/virgl-limits.ts';

/** A level. Sizes in pixels, but for `rows`, which are rows of blocks. */
export interface Level {
  readonly offset: number;
  readonly width: number;
  readonly height: number;
  readonly layers: number;
  readonly rows: number;
  readonly strideBytes: number;
  readonly layerBytes: number;
  readonly sizeBytes: number;
}

/** The levels of a resource. */
export interface ResourceLayout {
  readonly levels: readonly Level[];
  readonly sizeBytes: number;
  readonly blockWidth: number;
  readonly blockHeight: number;
  readonly blockBytes: number;
}

/** A part of a level as a transfer names it; numbers of the guest, unchecked. */
export interface TexelBox {
  readonly level: number;
  readonly strideBytes: number;
  readonly layerBytes: number;
  readonly x: number;
  readonly y: number;
  readonly z: number;
  readonly width: number;
  readonly height: number;
  readonly depth: number;
}

const BYTES = { blockWidth: 1, blockHeight: 1, blockBytes: 1 };
/** Larger than any that can be made. */
const MAX_SIZE = 2 ** 32;

/** The layout that the payload of `createResource` asks for; null for what has none, or is of several samples. */
export function layoutOf(args: Uint32Array): ResourceLayout | null {
  const [, target = 0, format = 0, , width = 0, height = 0, depth = 0, arraySize = 0, lastLevel = 0, samples = 0] =
    args;
  const block = target === TARGET.buffer ? BYTES : formatOf(format);
  if (block === undefined || block.blockBytes === 0 || samples > 1 || lastLevel > 31) return null;
  const { blockWidth, blockHeight, blockBytes } = block;
  const levels: Level[] = [];
  let offset = 0;
  for (let level = 0; level <= lastLevel; level++) {
    const size = { width: minify(width, level), height: minify(height, level) };
    const layers = target === TARGET.texture3d ? minify(depth, level) : Math.max(1, arraySize);
    const strideBytes = Math.ceil(size.width / blockWidth) * blockBytes;
    const rows = Math.ceil(size.height / blockHeight);
    const layerBytes = strideBytes * rows;
    const sizeBytes = layerBytes * layers;
    levels.push({ offset, ...size, layers, rows, strideBytes, layerBytes, sizeBytes });
    offset += sizeBytes;
    if (offset > MAX_SIZE) return null;
  }
  return { levels, sizeBytes: offset, blockWidth, blockHeight, blockBytes };
}

/** Contents of a resource. */
export class ShadowTexels {
  readonly layout: ResourceLayout;
  readonly bytes: Uint8Array;
  /** Levels of which something is known. */
  readonly isKnown: boolean[];

  /** All zero, and nothing known. */
  constructor(layout: ResourceLayout) {
    this.layout = layout;
    this.bytes = new Uint8Array(layout.sizeBytes);
    this.isKnown = layout.levels.map(() => false);
  }

  /** Copies a box from memory, where it begins at `offset`. What does not fit is left out: the process refuses it. */
  write(box: TexelBox, memory: Backing, offset: number): void {
    const level = this.layout.levels[box.level];
    if (level === undefined || !isInside(box, level)) return;
    const { blockWidth, blockHeight, blockBytes } = this.layout;
    const rowBytes = Math.ceil(box.width / blockWidth) * blockBytes;
    const rows = Math.ceil(box.height / blockHeight);
    const stride = box.strideBytes === 0 ? level.strideBytes : box.strideBytes;
    const layerStride = box.layerBytes === 0 ? stride * Math.ceil(level.height / blockHeight) : box.layerBytes;
    const end = offset + (box.depth - 1) * layerStride + (rows - 1) * stride + rowBytes;
    if (end > memory.sizeBytes) return;
    const first = level.offset + Math.floor(box.y / blockHeight) * level.strideBytes;
    const left = Math.floor(box.x / blockWidth) * blockBytes;
    this.isKnown[box.level] = true;
    const isOneRun = stride === rowBytes && level.strideBytes === rowBytes;
    for (let layer = 0; layer < box.depth; layer++) {
      const into = first + (box.z + layer) * level.layerBytes + left;
      const from = offset + layer * layerStride;
      if (isOneRun) {
        memory.read(from, this.bytes.subarray(into, into + rows * rowBytes));
        continue;
      }
      for (let row = 0; row < rows; row++) {
        const at = into + row * level.strideBytes;
        memory.read(from + row * stride, this.bytes.subarray(at, at + rowBytes));
      }
    }
  }
}

function isInside(box: TexelBox, level: Level): boolean {
  return (
    box.width > 0 &&
    box.height > 0 &&
    box.depth > 0 &&
    box.x + box.width <= level.width &&
    box.y + box.height <= level.height &&
    box.z + box.depth <= level.layers
  );
}

/** A box of whole rows, or whole layers, of a level. */
export interface LevelPart {
  readonly level: number;
  readonly y: number;
  readonly z: number;
  readonly height: number;
  readonly depth: number;
  readonly offset: number;
  readonly sizeBytes: number;
}

/** Cuts a level into parts of at most so many bytes, but of a row at least. */
export function* partsOf({ levels, blockHeight }: ResourceLayout, number: number, most: number): Generator<LevelPart> {
  const level = levels[number];
  if (level === undefined || level.sizeBytes === 0) return;
  const { layers, layerBytes, rows, strideBytes, height, offset } = level;
  if (layerBytes <= most) {
    const step = Math.max(1, Math.floor(most / layerBytes));
    for (let z = 0; z < layers; z += step) {
      const depth = Math.min(step, layers - z);
      const sizeBytes = depth * layerBytes;
      yield { level: number, y: 0, z, height, depth, offset: offset + z * layerBytes, sizeBytes };
    }
    return;
  }
  const step = Math.max(1, Math.floor(most / strideBytes));
  for (let z = 0; z < layers; z++) {
    for (let row = 0; row < rows; row += step) {
      const count = Math.min(step, rows - row);
      const y = row * blockHeight;
      yield {
        level: number,
        y,
        z,
        height: Math.min(count * blockHeight, height - y),
        depth: 1,
        offset: offset + z * layerBytes + row * strideBytes,
        sizeBytes: count * strideBytes,
      };
    }
  }
}
