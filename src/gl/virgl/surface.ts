/** A surface of a guest: one level and some layers of a texture, to draw to. */
import { assert } from '../../base/assert.ts';
import { Counted } from '../core/counted.ts';
import type { DeviceContext } from '../core/gl-device.ts';
import { GpuError } from '../core/gpu-error.ts';
import * as GL from '../egl/gl-constants.ts';
import { levelSize } from './resource.ts';
import type { Resource } from './resource.ts';
import type { TextureFormat } from './texture-format.ts';
import { createTextureView, deleteTexture } from './texture-view.ts';

/** What the words of a surface say. */
export interface SurfaceFields {
  readonly format: TextureFormat;
  readonly level: number;
  readonly firstLayer: number;
  readonly lastLayer: number;
  /** More than the resource has: the driver resolves on its own. */
  readonly samples: number;
}

/** A surface that exists. */
export class Surface extends Counted {
  readonly kind = 'surface';
  readonly resource: Resource;
  readonly format: TextureFormat;
  readonly level: number;
  readonly firstLayer: number;
  readonly layers: number;
  readonly width: number;
  readonly height: number;
  readonly samples: number;
  readonly implicitSamples: number;
  readonly #context: DeviceContext;
  readonly #texture: number;
  readonly #ownsTexture: boolean;

  /** Throws GpuError. The resource is a texture. */
  constructor(context: DeviceContext, resource: Resource, fields: SurfaceFields) {
    super();
    const { storage, args, format: own } = resource;
    const { format, level, firstLayer, lastLayer } = fields;
    if (storage.kind !== 'texture') throw new GpuError('resource', `resource ${resource.id} is no texture`);
    assert(own !== null, 'a texture has a format');
    if (level > args.lastLevel) throw new GpuError('range', `level ${level} of ${args.lastLevel + 1}`);
    const size = levelSize(resource, level);
    if (firstLayer > lastLayer || lastLayer >= size.layers) {
      throw new GpuError('range', `layers ${firstLayer} to ${lastLayer} of ${size.layers}`);
    }
    this.#context = context;
    this.resource = resource;
    this.format = format;
    this.level = level;
    this.firstLayer = firstLayer;
    this.layers = lastLayer - firstLayer + 1;
    this.width = size.width;
    this.height = size.height;
    this.samples = Math.max(1, args.samples);
    this.implicitSamples = fields.samples;
    const isPart = this.layers > 1 && this.layers < size.layers && storage.glTarget !== GL.TEXTURE_3D;
    this.#ownsTexture = isPart || own.gl.internalFormat !== format.gl.internalFormat;
    this.#texture = this.#ownsTexture
      ? createTextureView(context, resource, {
          glTarget: storage.glTarget,
          format,
          firstLevel: 0,
          levels: args.lastLevel + 1,
          firstLayer: isPart ? firstLayer : 0,
          layers: storage.glTarget === GL.TEXTURE_3D ? 1 : isPart ? this.layers : Math.max(1, args.arraySize),
        })
      : storage.name;
    resource.retain();
  }

  get isLayered(): boolean {
    return this.layers > 1;
  }

  /** Attaches it to the framebuffer that is bound to the target; `layer` counts from its first, for one at a time. */
  attach(target: number, point: number, layer: number | null = null): void {
    const { gl } = this.#context;
    const { storage } = this.resource;
    assert(storage.kind === 'texture', 'a surface is of a texture');
    if (layer === null && this.isLayered) {
      gl.framebufferTexture(target, point, this.#texture, this.level);
      return;
    }
    attachLayer(gl, target, point, storage.glTarget, this.#texture, this.level, this.firstLayer + (layer ?? 0));
  }

  protected override destroy(): void {
    if (this.#ownsTexture) deleteTexture(this.#context, this.#texture);
    this.resource.release();
  }
}

/** Attaches one layer of a level. */
export function attachLayer(
  gl: DeviceContext['gl'],
  target: number,
  point: number,
  glTarget: number,
  texture: number,
  level: number,
  layer: number,
): void {
  switch (glTarget) {
    case GL.TEXTURE_1D:
      gl.framebufferTexture1D(target, point, glTarget, texture, level);
      break;
    case GL.TEXTURE_2D:
    case GL.TEXTURE_RECTANGLE:
    case GL.TEXTURE_2D_MULTISAMPLE:
      gl.framebufferTexture2D(target, point, glTarget, texture, level);
      break;
    case GL.TEXTURE_CUBE_MAP:
      gl.framebufferTexture2D(target, point, GL.TEXTURE_CUBE_MAP_POSITIVE_X + layer, texture, level);
      break;
    default:
      gl.framebufferTextureLayer(target, point, texture, level, layer);
  }
}
