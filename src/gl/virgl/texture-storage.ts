/** Makes the textures and buffers behind resources. All are zero at first: memory of the host may hold another's pixels. */
import { assert } from '../../base/assert.ts';
import type { DeviceContext } from '../core/gl-device.ts';
import { GpuError } from '../core/gpu-error.ts';
import type { GlCapabilities } from '../egl/capabilities.ts';
import * as GL from '../egl/gl-constants.ts';
import { drainErrors } from '../egl/gl-errors.ts';
import type { TextureFormat } from './texture-format.ts';
import type { ResourceArgs } from '../core/guest-gpu.ts';
import type { ResourceStorage } from './resource.ts';
import { TARGET } from './virgl-limits.ts';

const ZERO_BYTES = 1 << 20;
const zeros = new Uint8Array(ZERO_BYTES);
const name = new Uint32Array(1);
const count = new Int32Array(1);

/** The target of OpenGL for a kind of texture. */
export function glTargetOf(args: { readonly target: number; readonly samples: number }): number {
  if (args.samples > 1) {
    return args.target === TARGET.texture2dArray ? GL.TEXTURE_2D_MULTISAMPLE_ARRAY : GL.TEXTURE_2D_MULTISAMPLE;
  }
  const target = GL_TARGETS[args.target];
  assert(target !== undefined, 'a texture has a target');
  return target;
}

const GL_TARGETS: readonly (number | undefined)[] = [
  undefined,
  GL.TEXTURE_1D,
  GL.TEXTURE_2D,
  GL.TEXTURE_3D,
  GL.TEXTURE_CUBE_MAP,
  GL.TEXTURE_RECTANGLE,
  GL.TEXTURE_1D_ARRAY,
  GL.TEXTURE_2D_ARRAY,
  GL.TEXTURE_CUBE_MAP_ARRAY,
];

/** A unit of textures that programs leave alone. */
export function scratchUnit({ limits }: GlCapabilities): number {
  return Math.min(limits.maxCombinedTextureImageUnits, 192) - 1;
}

/** A new buffer, all zero. Throws GpuError `quota` when the device has no memory for it. */
export function createBuffer({ gl, bindings }: DeviceContext, sizeBytes: number): ResourceStorage {
  gl.genBuffers(1, name);
  const buffer = name[0]!;
  bindings.bindBuffer(GL.COPY_WRITE_BUFFER, buffer);
  drainErrors(gl);
  gl.bufferData(GL.COPY_WRITE_BUFFER, sizeBytes, sizeBytes <= ZERO_BYTES ? zeros : 0, GL.DYNAMIC_DRAW);
  if (drainErrors(gl) !== GL.NO_ERROR) {
    gl.deleteBuffers(1, name);
    bindings.forgetBuffer(buffer);
    throw new GpuError('quota', `no memory for a buffer of ${sizeBytes} bytes`);
  }
  for (let at = 0; sizeBytes > ZERO_BYTES && at < sizeBytes; at += ZERO_BYTES) {
    gl.bufferSubData(GL.COPY_WRITE_BUFFER, at, Math.min(ZERO_BYTES, sizeBytes - at), zeros);
  }
  return { kind: 'buffer', name: buffer };
}

/** A new texture, all zero. The arguments are checked. Throws GpuError `quota` when the device refuses it. */
export function createTexture(
  context: DeviceContext,
  capabilities: GlCapabilities,
  args: ResourceArgs,
  format: TextureFormat,
): ResourceStorage {
  const { gl, bindings } = context;
  const glTarget = glTargetOf(args);
  gl.genTextures(1, name);
  const texture = name[0]!;
  drainErrors(gl);
  bindings.activateTexture(scratchUnit(capabilities), glTarget, texture);
  const isImmutable = allocate(context, capabilities, args, format, glTarget);
  if (drainErrors(gl) === GL.NO_ERROR) {
    const samples = samplesOf(context, args, glTarget);
    clearLevels(context, args, format, glTarget, texture);
    if (drainErrors(gl) === GL.NO_ERROR) return { kind: 'texture', name: texture, glTarget, isImmutable, samples };
  }
  name[0] = texture;
  gl.deleteTextures(1, name);
  context.forgetTexture(texture);
  throw new GpuError(
    'quota',
    `the device makes no ${args.width}×${args.height}×${args.depth} texture of ${format.name}`,
  );
}

/** How many samples the bound texture has: devices give more where they have no such number. */
function samplesOf({ gl }: DeviceContext, { samples }: ResourceArgs, glTarget: number): number {
  if (samples <= 1) return 1;
  if (!gl.available.has('getTexLevelParameteriv')) return samples;
  count[0] = samples;
  gl.getTexLevelParameteriv(glTarget, 0, GL.TEXTURE_SAMPLES, count);
  return count[0];
}

/** Gives the bound texture its memory; whether it can have views then. */
function allocate(
  { gl }: DeviceContext,
  { features }: GlCapabilities,
  args: ResourceArgs,
  { gl: { internalFormat, format, type } }: TextureFormat,
  glTarget: number,
): boolean {
  const levels = args.lastLevel + 1;
  const { width, height, depth, arraySize, samples } = args;
  switch (glTarget) {
    case GL.TEXTURE_2D_MULTISAMPLE:
      if (features.textureStorageMultisample)
        gl.texStorage2DMultisample(glTarget, samples, internalFormat, width, height, true);
      else gl.texImage2DMultisample(glTarget, samples, internalFormat, width, height, true);
      return features.textureStorageMultisample;
    case GL.TEXTURE_2D_MULTISAMPLE_ARRAY:
      if (features.textureStorageMultisample) {
        gl.texStorage3DMultisample(glTarget, samples, internalFormat, width, height, arraySize, true);
      } else gl.texImage3DMultisample(glTarget, samples, internalFormat, width, height, arraySize, true);
      return features.textureStorageMultisample;
    default:
  }
  if (features.textureStorage) {
    if (glTarget === GL.TEXTURE_1D) gl.texStorage1D(glTarget, levels, internalFormat, width);
    else if (glTarget === GL.TEXTURE_1D_ARRAY) gl.texStorage2D(glTarget, levels, internalFormat, width, arraySize);
    else if (glTarget === GL.TEXTURE_3D) gl.texStorage3D(glTarget, levels, internalFormat, width, height, depth);
    else if (isLayered3d(glTarget)) gl.texStorage3D(glTarget, levels, internalFormat, width, height, arraySize);
    else gl.texStorage2D(glTarget, levels, internalFormat, width, height);
    return true;
  }
  for (let level = 0; level < levels; level++) {
    const w = Math.max(1, width >> level);
    const h = Math.max(1, height >> level);
    if (glTarget === GL.TEXTURE_1D) gl.texImage1D(glTarget, level, internalFormat, w, 0, format, type, 0);
    else if (glTarget === GL.TEXTURE_1D_ARRAY)
      gl.texImage2D(glTarget, level, internalFormat, w, arraySize, 0, format, type, 0);
    else if (glTarget === GL.TEXTURE_3D || isLayered3d(glTarget)) {
      const d = glTarget === GL.TEXTURE_3D ? Math.max(1, depth >> level) : arraySize;
      gl.texImage3D(glTarget, level, internalFormat, w, h, d, 0, format, type, 0);
    } else if (glTarget === GL.TEXTURE_CUBE_MAP) {
      for (let face = 0; face < 6; face++) {
        gl.texImage2D(GL.TEXTURE_CUBE_MAP_POSITIVE_X + face, level, internalFormat, w, h, 0, format, type, 0);
      }
    } else gl.texImage2D(glTarget, level, internalFormat, w, h, 0, format, type, 0);
  }
  gl.texParameteri(glTarget, GL.TEXTURE_MAX_LEVEL, args.lastLevel);
  return false;
}

/** Whether layers count in the third coordinate. */
export function isLayered3d(glTarget: number): boolean {
  return glTarget === GL.TEXTURE_2D_ARRAY || glTarget === GL.TEXTURE_CUBE_MAP_ARRAY;
}

function clearLevels(
  context: DeviceContext,
  args: ResourceArgs,
  format: TextureFormat,
  glTarget: number,
  texture: number,
): void {
  const { gl } = context;
  if (gl.available.has('clearTexImage') && format.layout.kind !== 'compressed') {
    for (let level = 0; level <= args.lastLevel; level++)
      gl.clearTexImage(texture, level, format.gl.format, format.gl.type, null);
    return;
  }
  if (args.samples > 1) {
    clearByDrawing(context, args, format, texture);
    return;
  }
  for (let level = 0; level <= args.lastLevel; level++) clearByUpload(context, args, format, glTarget, level);
}

/** Uploads zeros, a few rows at a time. The texture is bound to the active unit. */
function clearByUpload(
  context: DeviceContext,
  args: ResourceArgs,
  format: TextureFormat,
  glTarget: number,
  level: number,
): void {
  const { gl, bindings, state } = context;
  const { blockWidth, blockHeight, blockBytes, kind } = format.layout;
  const width = Math.max(1, args.width >> level);
  const height = glTarget === GL.TEXTURE_1D_ARRAY ? args.arraySize : Math.max(1, args.height >> level);
  const layers = glTarget === GL.TEXTURE_3D ? Math.max(1, args.depth >> level) : args.arraySize;
  const rowBytes = Math.ceil(width / blockWidth) * blockBytes;
  const rows = Math.max(1, Math.floor(ZERO_BYTES / rowBytes)) * blockHeight;
  bindings.bindBuffer(GL.PIXEL_UNPACK_BUFFER, 0);
  state.pixelStore(GL.UNPACK_ROW_LENGTH, 0);
  state.pixelStore(GL.UNPACK_IMAGE_HEIGHT, 0);
  state.pixelStore(GL.UNPACK_ALIGNMENT, 1);
  const { format: glFormat, type } = format.gl;
  const is3d = glTarget === GL.TEXTURE_3D || isLayered3d(glTarget);
  for (let layer = 0; layer < (is3d || glTarget === GL.TEXTURE_CUBE_MAP ? layers : 1); layer++) {
    const target = glTarget === GL.TEXTURE_CUBE_MAP ? GL.TEXTURE_CUBE_MAP_POSITIVE_X + layer : glTarget;
    for (let y = 0; y < height; y += rows) {
      const h = Math.min(rows, height - y);
      const size = Math.ceil(h / blockHeight) * rowBytes;
      if (glTarget === GL.TEXTURE_1D) gl.texSubImage1D(target, level, 0, width, glFormat, type, zeros);
      else if (kind === 'compressed' && is3d) {
        gl.compressedTexSubImage3D(target, level, 0, y, layer, width, h, 1, glFormat, size, zeros);
      } else if (kind === 'compressed')
        gl.compressedTexSubImage2D(target, level, 0, y, width, h, glFormat, size, zeros);
      else if (is3d) gl.texSubImage3D(target, level, 0, y, layer, width, h, 1, glFormat, type, zeros);
      else gl.texSubImage2D(target, level, 0, y, width, h, glFormat, type, zeros);
    }
  }
}

/** Samples can't be uploaded: a framebuffer of our own is cleared. */
function clearByDrawing(
  { gl, bindings, state }: DeviceContext,
  args: ResourceArgs,
  format: TextureFormat,
  texture: number,
): void {
  gl.genFramebuffers(1, name);
  const framebuffer = name[0]!;
  bindings.bindFramebuffer(GL.FRAMEBUFFER, framebuffer);
  state.set(GL.SCISSOR_TEST, false);
  state.set(GL.RASTERIZER_DISCARD, false);
  for (let layer = 0; layer < args.arraySize; layer++) {
    const attach = (point: number): void => {
      if (args.arraySize > 1) gl.framebufferTextureLayer(GL.FRAMEBUFFER, point, texture, 0, layer);
      else gl.framebufferTexture2D(GL.FRAMEBUFFER, point, GL.TEXTURE_2D_MULTISAMPLE, texture, 0);
    };
    switch (format.aspect) {
      case 'color':
        attach(GL.COLOR_ATTACHMENT0);
        gl.drawBuffers(1, Uint32Array.of(GL.COLOR_ATTACHMENT0));
        state.colorMask(15);
        if (format.numeric === 'sint') gl.clearBufferiv(GL.COLOR, 0, new Int32Array(4));
        else if (format.numeric === 'uint') gl.clearBufferuiv(GL.COLOR, 0, new Uint32Array(4));
        else gl.clearBufferfv(GL.COLOR, 0, new Float32Array(4));
        break;
      case 'depth':
        attach(GL.DEPTH_ATTACHMENT);
        state.depthMask(true);
        gl.clearBufferfv(GL.DEPTH, 0, new Float32Array(1));
        break;
      case 'stencil':
        attach(GL.STENCIL_ATTACHMENT);
        state.stencilMask(GL.FRONT, 255);
        gl.clearBufferiv(GL.STENCIL, 0, new Int32Array(1));
        break;
      case 'depthStencil':
        attach(GL.DEPTH_STENCIL_ATTACHMENT);
        state.depthMask(true);
        state.stencilMask(GL.FRONT, 255);
        gl.clearBufferfi(GL.DEPTH_STENCIL, 0, 0, 0);
        break;
    }
  }
  bindings.bindFramebuffer(GL.FRAMEBUFFER, 0);
  name[0] = framebuffer;
  gl.deleteFramebuffers(1, name);
  bindings.forgetFramebuffer(framebuffer);
}
