/**
 * Reads resources into pictures: rows top to bottom, bytes B, G, R, X.
 *
 * Row 0 of a resource is the top of the picture, with VIRTIO_GPU_RESOURCE_FLAG_Y_0_TOP and without: the flag tells renderers
 * that store such a resource bottom up to turn it over, in transfers, in drawing and on the screen, so that guests never see
 * it. Here nothing is stored bottom up.
 */
import { GpuError } from '../core/gpu-error.ts';
import type { Rect } from '../../base/rect.ts';
import type { HostError } from '../../base/errors.ts';
import { containsRect } from '../../base/rect.ts';
import * as GL from '../egl/gl-constants.ts';
import { Readback } from '../egl/readback.ts';
import type { ReadbackMethod, ReadbackTarget } from '../egl/readback.ts';
import { isIdentity } from '../virgl/format-swizzle.ts';
import type { Swizzle } from '../virgl/format-swizzle.ts';
import type { VirglRenderer } from '../virgl/renderer.ts';
import type { Resource } from '../virgl/resource.ts';
import type { DeviceContext } from '../core/gl-device.ts';

const name = new Uint32Array(1);

/** The readbacks of one renderer. They use its own context. */
export class PictureReader implements Disposable {
  readonly #renderer: VirglRenderer;
  readonly #context: DeviceContext;
  readonly #readback: Readback;

  /** `method`: how pixels are read, instead of as the device does best. */
  constructor(renderer: VirglRenderer, method?: ReadbackMethod) {
    this.#renderer = renderer;
    this.#context = renderer.context;
    this.#readback = new Readback(renderer.context, renderer.capabilities, method);
  }

  /** Whether reading waits for the GPU. All that was drawn must be done before, then. */
  get waits(): boolean {
    return this.#readback.method === 'deferred';
  }

  /** Readbacks under way. */
  get pending(): number {
    return this.#readback.pending;
  }

  /**
   * Reads a rectangle to the same place of the target, in which it lies, after all that the renderer's fences follow. `onDone`
   * is called by this, or by a later `poll` or `settle`. Throws GpuError `resource`, `range`, `format`.
   */
  read(resource: Resource, rect: Rect, target: ReadbackTarget, onDone: (error: HostError | null) => void): void {
    const { storage, format, args } = resource;
    const isFlat = storage.kind === 'texture' && FLAT.has(storage.glTarget) && args.samples <= 1;
    if (!isFlat || format === null) throw new GpuError('resource', `resource ${resource.id} is no picture`);
    if (format.aspect !== 'color' || format.numeric !== 'float' || format.layout.kind !== 'plain') {
      throw new GpuError('format', `pictures of ${format.name}`);
    }
    if (!containsRect({ x: 0, y: 0, width: args.width, height: args.height }, rect)) {
      throw new GpuError('range', `${rect.width}×${rect.height} at ${rect.x},${rect.y} of a picture`);
    }
    this.#renderer.use(this.#context);
    const { gl, bindings } = this.#context;
    if (!this.waits) this.#renderer.fences.order();
    gl.genFramebuffers(1, name);
    const framebuffer = name[0]!;
    const free = (): void => {
      name[0] = framebuffer;
      gl.deleteFramebuffers(1, name);
      bindings.forgetFramebuffer(framebuffer);
    };
    bindings.bindFramebuffer(GL.READ_FRAMEBUFFER, framebuffer);
    gl.framebufferTexture2D(GL.READ_FRAMEBUFFER, GL.COLOR_ATTACHMENT0, storage.glTarget, storage.name, 0);
    if (gl.checkFramebufferStatus(GL.READ_FRAMEBUFFER) !== GL.FRAMEBUFFER_COMPLETE) {
      free();
      throw new GpuError('format', `this device does not read ${format.name} back`);
    }
    gl.readBuffer(GL.COLOR_ATTACHMENT0);
    const source = { framebuffer, width: args.width, height: args.height, isUpsideDown: false };
    this.#readback.start(source, [rect], target, (error) => {
      free();
      if (!isIdentity(format.gl.sample)) move(format.gl.sample, rect, target);
      onDone(error);
    });
    // Later drawing must not be seen.
    if (this.waits) this.#readback.settle();
  }

  /** Tells of readbacks that are done. Never waits. */
  poll(): void {
    if (this.#readback.pending === 0) return;
    this.#renderer.use(this.#context);
    this.#readback.poll();
  }

  /** Waits for those under way. */
  settle(): void {
    if (this.#readback.pending === 0) return;
    this.#renderer.use(this.#context);
    this.#readback.settle();
  }

  /** Gives up what is under way. */
  close(): void {
    this.#renderer.use(this.#context);
    this.#readback.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

const FLAT: ReadonlySet<number> = new Set([GL.TEXTURE_2D, GL.TEXTURE_RECTANGLE]);

/** Where the components R, G, B, A and the constants 0 and 1 stand: bit positions, or −1 for 0 and −2 for 1. */
const SHIFTS = [16, 8, 0, 24, -1, -2] as const;

/** Brings components to their places where OpenGL has them elsewhere. */
function move(sample: Swizzle, { x, y, width, height }: Rect, { pixels, strideBytes }: ReadbackTarget): void {
  const from = sample.map((source) => SHIFTS[source] ?? -1);
  for (let row = y; row < y + height; row++) {
    const words = new Uint32Array(pixels.buffer, pixels.byteOffset + row * strideBytes + 4 * x, width);
    for (let i = 0; i < width; i++) {
      const word = words[i]!;
      let moved = 0;
      for (let component = 0; component < 4; component++) {
        const shift = from[component]!;
        const value = shift >= 0 ? (word >>> shift) & 0xff : shift === -2 ? 0xff : 0;
        moved |= value << SHIFTS[component]!;
      }
      words[i] = moved;
    }
  }
}
