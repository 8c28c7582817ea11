/** A texture as one side of a blit sees it. */
import type { DeviceContext } from '../core/gl-device.ts';
import { GpuError } from '../core/gpu-error.ts';
import * as GL from '../egl/gl-constants.ts';
import type { BlitSide } from './blit.ts';
import { attachLayer } from './surface.ts';
import { createTextureView, deleteTexture } from './texture-view.ts';

/** One side, with a view of its format where that is not the texture's. */
export class BlitTexture {
  readonly texture: number;
  readonly glTarget: number;
  readonly #context: DeviceContext;
  readonly #side: BlitSide;
  readonly #isView: boolean;

  /** Throws GpuError `format`. */
  constructor(context: DeviceContext, side: BlitSide) {
    const { resource, format } = side;
    const { storage, args } = resource;
    if (storage.kind !== 'texture' || resource.format === null) throw new GpuError('resource', 'a blit of no texture');
    this.#context = context;
    this.#side = side;
    this.glTarget = storage.glTarget;
    this.#isView = resource.format.gl.internalFormat !== format.gl.internalFormat;
    this.texture = this.#isView
      ? createTextureView(context, resource, {
          glTarget: storage.glTarget,
          format,
          firstLevel: 0,
          levels: args.lastLevel + 1,
          firstLayer: 0,
          layers: storage.glTarget === GL.TEXTURE_3D ? 1 : Math.max(1, args.arraySize),
        })
      : storage.name;
  }

  /** Attaches one layer where its format belongs. */
  attach(target: number, layer: number): void {
    const { aspect } = this.#side.format;
    const point = POINTS[aspect];
    attachLayer(this.#context.gl, target, point, this.glTarget, this.texture, this.#side.level, layer);
  }

  /** Lets go of what was attached. */
  detach(target: number): void {
    this.#context.gl.framebufferTexture2D(target, POINTS[this.#side.format.aspect], GL.TEXTURE_2D, 0, 0);
  }

  close(): void {
    if (this.#isView) deleteTexture(this.#context, this.texture);
  }
}

/** Samples that the device gave it. */
export function samplesOf({ resource: { storage } }: BlitSide): number {
  return storage.kind === 'texture' ? storage.samples : 1;
}

const POINTS = {
  color: GL.COLOR_ATTACHMENT0,
  depth: GL.DEPTH_ATTACHMENT,
  stencil: GL.STENCIL_ATTACHMENT,
  depthStencil: GL.DEPTH_STENCIL_ATTACHMENT,
} as const;
