/** Reads texels on devices that can only read framebuffers (before OpenGL 4.5, and OpenGL ES). */
import { assert } from '../../base/assert.ts';
import { GpuError } from '../core/gpu-error.ts';
import * as GL from '../egl/gl-constants.ts';
import type { TextureFormat } from './texture-format.ts';
import type { Box, Resource } from './resource.ts';
import type { TexelLayout } from './texel-layout.ts';
import type { TransferDevice } from './texel-transfer.ts';

const name = new Uint32Array(1);

/** Reads a box layer by layer. Throws GpuError `format` for what cannot be drawn to. */
export function readThroughFramebuffer(
  { context, capabilities }: TransferDevice,
  { storage }: Resource,
  format: TextureFormat,
  level: number,
  box: Box,
  into: Uint8Array,
  layout: TexelLayout,
): void {
  assert(storage.kind === 'texture', 'a texture is read');
  if (format.layout.kind === 'compressed')
    throw new GpuError('format', 'this device does not read compressed textures back');
  if (format.aspect !== 'color' && capabilities.flavour !== 'gl') {
    throw new GpuError('format', 'this device does not read depth back');
  }
  const { gl, bindings, state } = context;
  gl.genFramebuffers(1, name);
  const framebuffer = name[0]!;
  bindings.bindFramebuffer(GL.READ_FRAMEBUFFER, framebuffer);
  const point = ATTACHMENTS[format.aspect];
  const is1dArray = storage.glTarget === GL.TEXTURE_1D_ARRAY;
  state.pixelStore(GL.PACK_IMAGE_HEIGHT, 0);
  state.pixelStore(GL.PACK_ROW_LENGTH, layout.rows === 1 ? 0 : layout.stride / format.layout.blockBytes);
  if (format.aspect === 'color') gl.readBuffer(GL.COLOR_ATTACHMENT0);
  try {
    for (let layer = 0; layer < box.depth; layer++) {
      switch (storage.glTarget) {
        case GL.TEXTURE_1D:
          gl.framebufferTexture1D(GL.READ_FRAMEBUFFER, point, storage.glTarget, storage.name, level);
          break;
        case GL.TEXTURE_CUBE_MAP: {
          const face = GL.TEXTURE_CUBE_MAP_POSITIVE_X + box.z + layer;
          gl.framebufferTexture2D(GL.READ_FRAMEBUFFER, point, face, storage.name, level);
          break;
        }
        case GL.TEXTURE_2D:
        case GL.TEXTURE_RECTANGLE:
          gl.framebufferTexture2D(GL.READ_FRAMEBUFFER, point, storage.glTarget, storage.name, level);
          break;
        default:
          gl.framebufferTextureLayer(GL.READ_FRAMEBUFFER, point, storage.name, level, box.z + layer);
      }
      if (gl.checkFramebufferStatus(GL.READ_FRAMEBUFFER) !== GL.FRAMEBUFFER_COMPLETE) {
        throw new GpuError('format', `this device does not read ${format.name} back`);
      }
      const bytes = into.subarray(layer * layout.layerStride);
      gl.readPixels(box.x, is1dArray ? 0 : box.y, box.width, box.height, format.gl.format, format.gl.type, bytes);
    }
  } finally {
    bindings.bindFramebuffer(GL.READ_FRAMEBUFFER, 0);
    name[0] = framebuffer;
    gl.deleteFramebuffers(1, name);
    bindings.forgetFramebuffer(framebuffer);
  }
}

const ATTACHMENTS = {
  color: GL.COLOR_ATTACHMENT0,
  depth: GL.DEPTH_ATTACHMENT,
  stencil: GL.STENCIL_ATTACHMENT,
  depthStencil: GL.DEPTH_STENCIL_ATTACHMENT,
} as const;
