/**
 * Moves texels and bytes between memory and resources. Boxes and memory are checked by the caller; OpenGL reads and writes
 * the memory directly wherever it knows the strides.
 */
import { assert } from '../../base/assert.ts';
import type { DeviceContext } from '../core/gl-device.ts';
import { GpuError } from '../core/gpu-error.ts';
import type { GlCapabilities } from '../egl/capabilities.ts';
import * as GL from '../egl/gl-constants.ts';
import { readBuffer } from '../egl/read-buffer.ts';
import { fixForGl, fixForGuest, wordsOf } from './format-fix.ts';
import type { TextureFormat } from './texture-format.ts';
import type { Box, Resource } from './resource.ts';
import { copyRows, tightLayout } from './texel-layout.ts';
import type { TexelLayout } from './texel-layout.ts';
import { readThroughFramebuffer } from './texel-read-framebuffer.ts';
import { isLayered3d, scratchUnit } from './texture-storage.ts';

/** What transfers need of the renderer. */
export interface TransferDevice {
  readonly context: DeviceContext;
  readonly capabilities: GlCapabilities;
}

/** Copies `bytes`, laid out so, into a box of a resource. */
export function writeTexels(
  device: TransferDevice,
  resource: Resource,
  level: number,
  box: Box,
  bytes: Uint8Array,
  layout: TexelLayout,
): void {
  const { storage, format } = resource;
  const { context } = device;
  if (storage.kind === 'memory') {
    storage.bytes.set(bytes.subarray(0, layout.rowBytes), box.x);
    return;
  }
  if (storage.kind === 'buffer') {
    context.bindings.bindBuffer(GL.COPY_WRITE_BUFFER, storage.name);
    context.gl.bufferSubData(GL.COPY_WRITE_BUFFER, box.x, layout.rowBytes, bytes);
    return;
  }
  assert(format !== null, 'a texture has a format');
  if (resource.args.samples > 1) throw new GpuError('range', 'a transfer into a texture of several samples');
  context.bindings.activateTexture(scratchUnit(device.capabilities), storage.glTarget, storage.name);
  context.bindings.bindBuffer(GL.PIXEL_UNPACK_BUFFER, 0);
  context.state.pixelStore(GL.UNPACK_ALIGNMENT, 1);
  const is1dArray = storage.glTarget === GL.TEXTURE_1D_ARRAY;
  if (!isDirect(format, layout, is1dArray)) {
    const tight = tightLayout(layout);
    const copy = new Uint8Array(tight.sizeBytes);
    copyRows(bytes, layout, copy, tight);
    fixForGl(format.gl.fix, wordsIn(copy, format));
    upload(context, storage.glTarget, format, level, box, copy, tight);
    return;
  }
  upload(context, storage.glTarget, format, level, box, bytes, layout);
}

/** Copies a box of a resource into memory laid out so; bytes between rows stay as they are. */
export function readTexels(
  device: TransferDevice,
  resource: Resource,
  level: number,
  box: Box,
  into: Uint8Array,
  layout: TexelLayout,
): void {
  const { storage, format } = resource;
  const { gl, bindings, state } = device.context;
  if (storage.kind === 'memory') {
    into.set(storage.bytes.subarray(box.x, box.x + layout.rowBytes));
    return;
  }
  if (storage.kind === 'buffer') {
    bindings.bindBuffer(GL.COPY_READ_BUFFER, storage.name);
    readBuffer(gl, box.x, into.subarray(0, layout.rowBytes));
    return;
  }
  assert(format !== null, 'a texture has a format');
  if (resource.args.samples > 1) throw new GpuError('range', 'a transfer out of a texture of several samples');
  bindings.bindBuffer(GL.PIXEL_PACK_BUFFER, 0);
  state.pixelStore(GL.PACK_ALIGNMENT, 1);
  const is1dArray = storage.glTarget === GL.TEXTURE_1D_ARRAY;
  if (isDirect(format, layout, is1dArray)) {
    download(device, resource, storage.name, format, level, box, into, layout);
    return;
  }
  const tight = tightLayout(layout);
  const copy = new Uint8Array(tight.sizeBytes);
  download(device, resource, storage.name, format, level, box, copy, tight);
  fixForGuest(format.gl.fix, wordsIn(copy, format));
  copyRows(copy, tight, into, layout);
}

/** Whether OpenGL can step through the memory by itself: whole texels from row to row, whole rows from layer to layer. */
function isDirect(
  { layout: { kind, blockBytes }, gl: { fix } }: TextureFormat,
  layout: TexelLayout,
  is1dArray: boolean,
): boolean {
  if (fix !== 'none') return false;
  const tight = layout.rows * layout.rowBytes;
  if (kind === 'compressed')
    return (
      (layout.rows === 1 || layout.stride === layout.rowBytes) && (layout.layers === 1 || layout.layerStride === tight)
    );
  if (is1dArray) return layout.layers === 1 || layout.layerStride % blockBytes === 0;
  const isRowDirect = layout.rows === 1 || layout.stride % blockBytes === 0;
  return (
    isRowDirect &&
    (layout.layers === 1 ||
      (layout.stride >= layout.rowBytes &&
        layout.layerStride % layout.stride === 0 &&
        layout.stride % blockBytes === 0))
  );
}

function upload(
  { gl, state }: DeviceContext,
  glTarget: number,
  format: TextureFormat,
  level: number,
  box: Box,
  bytes: Uint8Array,
  layout: TexelLayout,
): void {
  const { x, y, z, width, height, depth } = box;
  const { format: glFormat, type } = format.gl;
  if (format.layout.kind === 'compressed') {
    state.pixelStore(GL.UNPACK_ROW_LENGTH, 0);
    state.pixelStore(GL.UNPACK_IMAGE_HEIGHT, 0);
    if (glTarget === GL.TEXTURE_3D || isLayered3d(glTarget)) {
      gl.compressedTexSubImage3D(glTarget, level, x, y, z, width, height, depth, glFormat, layout.sizeBytes, bytes);
      return;
    }
    const layerBytes = layout.rows * layout.rowBytes;
    for (let layer = 0; layer < depth; layer++) {
      const target = glTarget === GL.TEXTURE_CUBE_MAP ? GL.TEXTURE_CUBE_MAP_POSITIVE_X + z + layer : glTarget;
      gl.compressedTexSubImage2D(
        target,
        level,
        x,
        y,
        width,
        height,
        glFormat,
        layerBytes,
        bytes.subarray(layer * layout.layerStride),
      );
    }
    return;
  }
  setUnpack(state, format, layout, glTarget === GL.TEXTURE_1D_ARRAY);
  switch (glTarget) {
    case GL.TEXTURE_1D:
      gl.texSubImage1D(glTarget, level, x, width, glFormat, type, bytes);
      break;
    case GL.TEXTURE_1D_ARRAY:
      gl.texSubImage2D(glTarget, level, x, z, width, depth, glFormat, type, bytes);
      break;
    case GL.TEXTURE_3D:
    case GL.TEXTURE_2D_ARRAY:
    case GL.TEXTURE_CUBE_MAP_ARRAY:
      gl.texSubImage3D(glTarget, level, x, y, z, width, height, depth, glFormat, type, bytes);
      break;
    case GL.TEXTURE_CUBE_MAP:
      for (let face = 0; face < depth; face++) {
        const target = GL.TEXTURE_CUBE_MAP_POSITIVE_X + z + face;
        gl.texSubImage2D(target, level, x, y, width, height, glFormat, type, bytes.subarray(face * layout.layerStride));
      }
      break;
    default:
      gl.texSubImage2D(glTarget, level, x, y, width, height, glFormat, type, bytes);
  }
}

function setUnpack(
  state: DeviceContext['state'],
  { layout: { blockBytes } }: TextureFormat,
  layout: TexelLayout,
  is1dArray: boolean,
): void {
  const stride = is1dArray ? layout.layerStride : layout.stride;
  const isOneRow = is1dArray ? layout.layers === 1 : layout.rows === 1 && layout.layers === 1;
  state.pixelStore(GL.UNPACK_ROW_LENGTH, isOneRow ? 0 : stride / blockBytes);
  state.pixelStore(GL.UNPACK_IMAGE_HEIGHT, is1dArray || layout.layers === 1 ? 0 : layout.layerStride / layout.stride);
}

function setPack(
  state: DeviceContext['state'],
  { layout: { blockBytes } }: TextureFormat,
  layout: TexelLayout,
  is1dArray: boolean,
): void {
  const stride = is1dArray ? layout.layerStride : layout.stride;
  const isOneRow = is1dArray ? layout.layers === 1 : layout.rows === 1 && layout.layers === 1;
  state.pixelStore(GL.PACK_ROW_LENGTH, isOneRow ? 0 : stride / blockBytes);
  state.pixelStore(GL.PACK_IMAGE_HEIGHT, is1dArray || layout.layers === 1 ? 0 : layout.layerStride / layout.stride);
}

function download(
  device: TransferDevice,
  resource: Resource,
  texture: number,
  format: TextureFormat,
  level: number,
  box: Box,
  into: Uint8Array,
  layout: TexelLayout,
): void {
  const { gl, state } = device.context;
  const { storage } = resource;
  assert(storage.kind === 'texture', 'a texture is read');
  const is1dArray = storage.glTarget === GL.TEXTURE_1D_ARRAY;
  const { x, width } = box;
  // OpenGL counts layers of a one-dimensional array in y.
  const y = is1dArray ? box.z : box.y;
  const z = is1dArray ? 0 : box.z;
  const height = is1dArray ? box.depth : box.height;
  const depth = is1dArray ? 1 : box.depth;
  if (!gl.available.has('getTextureSubImage')) {
    readThroughFramebuffer(device, resource, format, level, box, into, layout);
    return;
  }
  if (format.layout.kind === 'compressed') {
    state.pixelStore(GL.PACK_ROW_LENGTH, 0);
    state.pixelStore(GL.PACK_IMAGE_HEIGHT, 0);
    gl.getCompressedTextureSubImage(texture, level, x, y, z, width, height, depth, layout.sizeBytes, into);
    return;
  }
  setPack(state, format, layout, is1dArray);
  gl.getTextureSubImage(
    texture,
    level,
    x,
    y,
    z,
    width,
    height,
    depth,
    format.gl.format,
    format.gl.type,
    layout.sizeBytes,
    into,
  );
}

function wordsIn(bytes: Uint8Array, { gl: { fix } }: TextureFormat): Uint32Array {
  return fix === 'none' ? NO_WORDS : wordsOf(bytes);
}

const NO_WORDS = new Uint32Array(0);
