/** Views of textures: the same texels as another format, or some of the layers and levels of a texture. */
import { assert } from '../../base/assert.ts';
import type { DeviceContext } from '../core/gl-device.ts';
import { GpuError } from '../core/gpu-error.ts';
import * as GL from '../egl/gl-constants.ts';
import { drainErrors } from '../egl/gl-errors.ts';
import type { Resource } from './resource.ts';
import type { TextureFormat } from './texture-format.ts';

const name = new Uint32Array(1);

/** What is seen of a texture. */
export interface ViewRange {
  readonly glTarget: number;
  readonly format: TextureFormat;
  readonly firstLevel: number;
  readonly levels: number;
  readonly firstLayer: number;
  readonly layers: number;
}

/** A new view; the caller deletes it. Throws GpuError `format` when the device sees no such thing in the texture. */
export function createTextureView({ gl }: DeviceContext, { storage }: Resource, range: ViewRange): number {
  assert(storage.kind === 'texture', 'a texture is viewed');
  if (!storage.isImmutable || !gl.available.has('textureView')) {
    throw new GpuError('unsupported', 'this device has no views of textures');
  }
  drainErrors(gl);
  gl.genTextures(1, name);
  const view = name[0]!;
  gl.textureView(
    view,
    range.glTarget,
    storage.name,
    range.format.gl.internalFormat,
    range.firstLevel,
    range.levels,
    range.firstLayer,
    range.layers,
  );
  if (drainErrors(gl) === GL.NO_ERROR) return view;
  name[0] = view;
  gl.deleteTextures(1, name);
  throw new GpuError('format', `the texture cannot be seen as ${range.format.name}`);
}

/** Deletes a view. */
export function deleteTexture(context: DeviceContext, texture: number): void {
  name[0] = texture;
  context.gl.deleteTextures(1, name);
  context.forgetTexture(texture);
}
