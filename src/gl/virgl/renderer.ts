/**
 * The virgl renderer: resources, contexts and transfers of one guest, or of one client, on one device. The two front doors,
 * virtio-gpu and vtest, call it with numbers that a guest gave; everything is checked here and below.
 *
 * Whoever makes it closes it. All calls come from one thread, in which the device's contexts are current by turns.
 */
import type { Logger } from '../../base/log.ts';
import { silentLogger } from '../../base/log.ts';
import type { Backing } from '../core/backing.ts';
import { Fences } from '../core/fences.ts';
import type { DeviceContext, GlDevice } from '../core/gl-device.ts';
import { GpuError } from '../core/gpu-error.ts';
import { RENDER_LIMITS } from '../core/limits.ts';
import type { RenderLimits } from '../core/limits.ts';
import { GuestQuotas } from '../core/guest-quotas.ts';
import type { Budget } from '../core/quota.ts';
import type { GlCapabilities } from '../egl/capabilities.ts';
import * as GL from '../egl/gl-constants.ts';
import { drainErrors, glErrorName } from '../egl/gl-errors.ts';
import type { GlslTarget } from '../shader/emit-glsl/glsl-target.ts';
import { Blitter } from './blitter.ts';
import { writeCapset } from './capset.ts';
import { capsetValues } from './capset-values.ts';
import { VirglContext } from './context.ts';
import type { DeviceFormats } from './device-formats.ts';
import { glslTargetOf } from './glsl-target-of.ts';
import { PROMISES } from './promises.ts';
import { createResource } from './resource-create.ts';
import type { ResourceArgs } from '../core/guest-gpu.ts';
import type { Box, Resource } from './resource.ts';
import { TextureFormats } from './texture-format.ts';
import { deleteTexture } from './texture-view.ts';
import { transferIn, transferOut } from './transfer.ts';

/** What a renderer is made of. */
export interface RendererOptions {
  readonly device: GlDevice;
  readonly capabilities: GlCapabilities;
  readonly formats: DeviceFormats;
  readonly limits?: Partial<RenderLimits>;
  readonly log?: Logger;
  /** Told before every command, so that whoever watches sees that work goes on, and how much there is. */
  readonly onProgress?: () => void;
  /** What several renderers share: all bytes are taken of it as well. */
  readonly budget?: Budget;
  /** Told when more was asked for than may be had, at most once a second, with how often so far. */
  readonly onQuota?: (reason: string, refusals: number) => void;
}

/** A transfer between a resource and memory. */
export interface Transfer {
  readonly resource: number;
  readonly level: number;
  /** Bytes from row to row and layer to layer in the memory; 0: as in the whole level, tightly. */
  readonly stride: number;
  readonly layerStride: number;
  readonly box: Box;
  /** Where in the memory the box begins. */
  readonly offset: number;
}

/** Which way a transfer goes. */
export type TransferDirection = 'toHost' | 'fromHost';

const name = new Uint32Array(1);

/** A renderer. */
export class VirglRenderer implements Disposable {
  readonly limits: RenderLimits;
  readonly capabilities: GlCapabilities;
  readonly formats: TextureFormats;
  readonly glslTarget: GlslTarget;
  /** A context that is always there, for work of no guest's context. */
  readonly context: DeviceContext;
  readonly fences: Fences;
  readonly quotas: GuestQuotas;
  readonly onProgress: () => void;
  readonly #device: GlDevice;
  readonly #deviceFormats: DeviceFormats;
  readonly #log: Logger;
  readonly #resources = new Map<number, Resource>();
  readonly #contexts = new Map<number, VirglContext>();
  #current: DeviceContext;
  #blitter: Blitter | null = null;
  readonly #onQuota: (reason: string, refusals: number) => void;
  #quotaRefusals = 0;
  #quotaToldAt = 0;
  #refusals = 0;
  #loggedAt = 0;

  constructor(options: RendererOptions) {
    this.limits = { ...RENDER_LIMITS, ...options.limits };
    this.capabilities = options.capabilities;
    this.formats = new TextureFormats(options.formats);
    this.glslTarget = glslTargetOf(options.capabilities);
    this.#device = options.device;
    this.#deviceFormats = options.formats;
    this.#log = options.log ?? silentLogger;
    this.onProgress = options.onProgress ?? (() => {});
    this.quotas = new GuestQuotas(this.limits, options.budget ?? null);
    this.#onQuota = options.onQuota ?? (() => {});
    this.context = options.device.createContext();
    this.#current = this.context;
    this.context.makeCurrent();
    this.fences = new Fences(options.device.gl, this.limits.maxFences);
  }

  /** The context that OpenGL's calls act on now, of this renderer. */
  get current(): DeviceContext {
    return this.#current;
  }

  /** Directs OpenGL's calls to a context of this renderer. */
  use(context: DeviceContext): void {
    this.#current = context;
    context.makeCurrent();
  }

  /** Directs OpenGL's calls to a context that is always there. */
  makeCurrent(): void {
    this.#current.makeCurrent();
  }

  /** Draws with the blitter. Which context is current afterwards is not said. */
  useBlitter(draw: (blitter: Blitter) => void): void {
    if (this.#blitter === null) {
      const context = this.createDeviceContext();
      this.use(context);
      this.#blitter = new Blitter(context, this.capabilities, this.glslTarget);
    }
    this.use(this.#blitter.context);
    draw(this.#blitter);
  }

  /** The capability set of a number (1 or 2), at most of `maxBytes`. Throws GpuError `value`. */
  capset(id: number): Uint8Array {
    if (id !== 1 && id !== 2) throw new GpuError('value', `capability set ${id}`);
    return writeCapset(capsetValues(this.capabilities, this.#deviceFormats, PROMISES), id);
  }

  /** Throws GpuError. */
  createResource(id: number, args: ResourceArgs): Resource {
    if (id === 0 || this.#resources.has(id)) throw new GpuError('resource', `resource ${id} is there already`);
    this.makeCurrent();
    const resource = createResource(this, id, args, (gone) => this.#freeResource(gone));
    this.#resources.set(id, resource);
    return resource;
  }

  /** Throws GpuError `resource`. */
  resource(id: number): Resource {
    const resource = this.#resources.get(id);
    if (resource === undefined) throw new GpuError('resource', `resource ${id} is not there`);
    return resource;
  }

  /** Takes a resource from all contexts; what still uses it keeps its storage alive. Throws GpuError `resource`. */
  destroyResource(id: number): void {
    const resource = this.resource(id);
    this.makeCurrent();
    this.#resources.delete(id);
    for (const context of this.#contexts.values()) context.detach(id);
    resource.backing = null;
    resource.release();
  }

  /** Puts guest memory behind a resource; null takes it away. Throws GpuError `resource`. */
  attachBacking(id: number, backing: Backing | null): void {
    this.resource(id).backing = backing;
  }

  /** Throws GpuError `context`, `quota`. */
  createContext(id: number, contextName: string): VirglContext {
    if (this.#contexts.has(id)) throw new GpuError('context', `context ${id} is there already`);
    if (this.#contexts.size >= this.limits.maxContexts) throw new GpuError('quota', `${this.#contexts.size} contexts`);
    const context = new VirglContext(id, contextName, this);
    this.#contexts.set(id, context);
    return context;
  }

  /** Throws GpuError `context`. */
  findContext(id: number): VirglContext {
    const context = this.#contexts.get(id);
    if (context === undefined) throw new GpuError('context', `context ${id} is not there`);
    return context;
  }

  /** Throws GpuError `context`. */
  destroyContext(id: number): void {
    const context = this.findContext(id);
    this.#contexts.delete(id);
    context.close();
    this.use(this.context);
  }

  /** Copies between a resource and its backing. Throws GpuError. */
  transfer(direction: TransferDirection, { resource: id, level, stride, layerStride, box, offset }: Transfer): void {
    const resource = this.resource(id);
    const { backing } = resource;
    if (backing === null) throw new GpuError('resource', `resource ${id} has no backing`);
    this.makeCurrent();
    const move = direction === 'toHost' ? transferIn : transferOut;
    move(this.transferDevice, resource, level, box, backing, offset, stride, layerStride);
    this.drainErrors();
  }

  /** Copies between a resource and memory that is no backing. Throws GpuError. */
  transferWith(
    direction: TransferDirection,
    memory: Backing,
    { resource: id, level, stride, layerStride, box, offset }: Transfer,
  ): void {
    const resource = this.resource(id);
    this.makeCurrent();
    const move = direction === 'toHost' ? transferIn : transferOut;
    move(this.transferDevice, resource, level, box, memory, offset, stride, layerStride);
    this.drainErrors();
  }

  /** What transfers need. */
  get transferDevice(): { readonly context: DeviceContext; readonly capabilities: GlCapabilities } {
    return { context: this.#current, capabilities: this.capabilities };
  }

  /** Answers queries and tells fences that can be told now. */
  poll(): void {
    for (const context of this.#contexts.values()) context.answerQueries();
    this.fences.poll();
  }

  /** Whether a fence or a query waits for the GPU. */
  get isAwaited(): boolean {
    if (this.fences.size > 0) return true;
    for (const context of this.#contexts.values()) if (context.isAwaited) return true;
    return false;
  }

  /** Waits until all work given so far is done, and answers queries. */
  finish(): void {
    this.makeCurrent();
    this.#current.gl.finish();
    this.poll();
  }

  /** A context that shares all objects. */
  createDeviceContext(): DeviceContext {
    return this.#device.createContext({ share: this.context });
  }

  /** Takes OpenGL's errors, so that none is left for a later command; there should be none. */
  drainErrors(): void {
    const error = drainErrors(this.#device.gl);
    if (error === GL.NO_ERROR) return;
    this.#log.debug('OpenGL refused a call', { error: glErrorName(error) });
    if (error === GL.CONTEXT_LOST) this.#current.checkReset();
  }

  /** Tells of something refused for want of quota, at most once a second. Other errors are none of its business. */
  reportQuota(error: GpuError): void {
    if (error.code !== 'quota') return;
    this.#quotaRefusals++;
    const now = performance.now();
    if (now - this.#quotaToldAt < 1000 && this.#quotaToldAt !== 0) return;
    this.#quotaToldAt = now;
    this.#onQuota(error.message, this.#quotaRefusals);
  }

  /** Whether something was refused for want of quota so far. */
  get wasShort(): boolean {
    return this.#quotaRefusals > 0;
  }

  /** Tells of a refusal, at most once a second: a guest must not fill the log. */
  reportRefusal(context: VirglContext, command: string, error: GpuError): void {
    this.#refusals++;
    const now = performance.now();
    if (now - this.#loggedAt < 1000 && this.#loggedAt !== 0) return;
    this.#loggedAt = now;
    this.#log.warn('a command of a guest was refused', {
      context: context.name,
      command,
      code: error.code,
      reason: error.message,
      refusals: this.#refusals,
    });
  }

  /** Ends all contexts and resources. Twice is once. */
  close(): void {
    for (const context of this.#contexts.values()) context.close();
    this.#contexts.clear();
    this.#blitter?.close();
    this.#blitter = null;
    this.use(this.context);
    this.fences.clear();
    for (const resource of this.#resources.values()) resource.release();
    this.#resources.clear();
    this.context.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #freeResource({ storage, sizeBytes }: Resource): void {
    const { gl } = this.#device;
    if (storage.kind === 'buffer') {
      name[0] = storage.name;
      gl.deleteBuffers(1, name);
      this.context.forgetBuffer(storage.name);
    } else if (storage.kind === 'texture') deleteTexture(this.context, storage.name);
    this.quotas.resources.release(sizeBytes);
  }
}
