/** Copies texels and bytes as they are, without conversion. */
import { GpuError } from '../core/gpu-error.ts';
import * as GL from '../egl/gl-constants.ts';
import { readBuffer } from '../egl/read-buffer.ts';
import type { VirglContext } from './context.ts';
import type { Box, Resource } from './resource.ts';
import { checkBox, layoutOfResource, texelLayout, tightLayout } from './texel-layout.ts';
import { readTexels, writeTexels } from './texel-transfer.ts';
import type { TextureFormat } from './texture-format.ts';

/** A copy that a guest asks for. */
export interface RegionCopy {
  readonly dst: Resource;
  readonly dstLevel: number;
  readonly dstX: number;
  readonly dstY: number;
  readonly dstZ: number;
  readonly src: Resource;
  readonly srcLevel: number;
  readonly box: Box;
}

/** Copies. Throws GpuError before anything has changed. */
export function copyRegion(context: VirglContext, copy: RegionCopy): void {
  const { dst, src, srcLevel, dstLevel, box, dstX, dstY, dstZ } = copy;
  const dstBox = boxIn(copy);
  checkBox(src, srcLevel, box);
  checkBox(dst, dstLevel, dstBox);
  context.sub.suspendCondition();
  if (dst.storage.kind === 'buffer' && src.storage.kind === 'buffer') {
    copyBytes(context, dst, dstX, src, box.x, box.width);
    return;
  }
  if (dst.args.samples !== src.args.samples && Math.max(dst.args.samples, src.args.samples) > 1) {
    throw new GpuError('range', `a copy of ${src.args.samples} samples to ${dst.args.samples}`);
  }
  const { gl } = context.sub.device;
  const isFormatGood = dst.format !== null && src.format !== null && areCopyable(dst.format, src.format);
  // OpenGL copies no block that sticks out of its level in another way than in the other.
  const isSizeGood = dstBox.width === box.width && dstBox.height === box.height;
  if (
    isFormatGood &&
    isSizeGood &&
    dst.storage.kind === 'texture' &&
    src.storage.kind === 'texture' &&
    gl.available.has('copyImageSubData')
  ) {
    gl.copyImageSubData(
      src.storage.name,
      src.storage.glTarget,
      srcLevel,
      box.x,
      box.y,
      box.z,
      dst.storage.name,
      dst.storage.glTarget,
      dstLevel,
      dstX,
      dstY,
      dstZ,
      box.width,
      box.height,
      box.depth,
    );
    return;
  }
  copyThroughMemory(context, copy, dstBox);
}

/** The box in the destination; blocks and texels of the same bytes stand for each other. */
function boxIn({ dst, src, box, dstX, dstY, dstZ, dstLevel }: RegionCopy): Box {
  const from = layoutOfResource(src);
  const into = layoutOfResource(dst);
  if (from.blockBytes !== into.blockBytes) throw new GpuError('format', 'a copy between texels of different sizes');
  const width = Math.ceil(box.width / from.blockWidth) * into.blockWidth;
  const height = Math.ceil(box.height / from.blockHeight) * into.blockHeight;
  // The last block of a level may stick out.
  const within = (size: number, at: number, side: number, block: number): number => {
    const left = Math.max(1, side >>> dstLevel) - at;
    return size > left && size - left < block ? left : size;
  };
  return {
    x: dstX,
    y: dstY,
    z: dstZ,
    width: within(width, dstX, dst.args.width, into.blockWidth),
    height: within(height, dstY, dst.args.height, into.blockHeight),
    depth: box.depth,
  };
}

/** Whether OpenGL copies between two formats bit by bit. */
function areCopyable(a: TextureFormat, b: TextureFormat): boolean {
  if (a.gl.internalFormat === b.gl.internalFormat) return true;
  return a.device.viewClass !== null && a.device.viewClass === b.device.viewClass;
}

function copyBytes(
  { sub }: VirglContext,
  dst: Resource,
  dstAt: number,
  src: Resource,
  srcAt: number,
  size: number,
): void {
  const { gl, bindings } = sub.device;
  bindings.bindBuffer(GL.COPY_READ_BUFFER, src.buffer);
  const overlaps = dst === src && dstAt < srcAt + size && srcAt < dstAt + size;
  if (overlaps) {
    // OpenGL copies no range onto itself.
    const bytes = new Uint8Array(size);
    readBuffer(gl, srcAt, bytes);
    bindings.bindBuffer(GL.COPY_WRITE_BUFFER, dst.buffer);
    gl.bufferSubData(GL.COPY_WRITE_BUFFER, dstAt, size, bytes);
    return;
  }
  bindings.bindBuffer(GL.COPY_WRITE_BUFFER, dst.buffer);
  gl.copyBufferSubData(GL.COPY_READ_BUFFER, GL.COPY_WRITE_BUFFER, srcAt, dstAt, size);
}

function copyThroughMemory(
  { renderer }: VirglContext,
  { src, dst, srcLevel, dstLevel, box }: RegionCopy,
  dstBox: Box,
): void {
  const device = renderer.transferDevice;
  const layout = tightLayout(texelLayout(src, srcLevel, box, 0, 0));
  const bytes = new Uint8Array(layout.sizeBytes);
  readTexels(device, src, srcLevel, box, bytes, layout);
  writeTexels(device, dst, dstLevel, dstBox, bytes, layout);
}
