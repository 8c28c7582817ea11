/**
 * What the device knows of the guest's 3D GPU: contexts, which resources they may use, and where the guest's memory is.
 * Everything else is the GPU's.
 *
 * A 2D resource that a context may use is given a twin in the GPU when the context first draws: Linux attaches every
 * buffer of a program that also draws, most of which no drawing ever names. From then on the twin is what is shown.
 */
import { assert } from '../../../base/assert.ts';
import type { GuestGpu } from '../../../gl/core/guest-gpu.ts';
import type { GuestMemory } from '../../virtio/guest-memory.ts';
import { DEFERRED, type Outcome } from './command.ts';
import type { CommandJob } from './command-job.ts';
import type { RenderOrders } from './render-orders.ts';
import { Resource2d } from './resource.ts';
import type { Resource, ResourceTable } from './resource-table.ts';

/** What a twin is: numbers of virgl. Its first row is the top one. */
const TWIN = { target: 2, bind: 2 | 8, depth: 1, arraySize: 1, lastLevel: 0, samples: 0, flags: 1 } as const;

/** See above. */
export class RenderSide {
  readonly orders: RenderOrders;
  readonly #resources: ResourceTable;
  /** Contexts by number, each with the 2D resources that it may use and that have no twin. */
  readonly #contexts = new Map<number, Set<Resource2d>>();
  #layout = '';

  constructor(orders: RenderOrders, resources: ResourceTable) {
    this.orders = orders;
    this.#resources = resources;
  }

  get gpu(): GuestGpu {
    return this.orders.gpu;
  }

  /** Capability sets, by the index under which the guest asks for them. */
  get capsets(): readonly (readonly [number, Uint8Array])[] {
    return [...this.gpu.capsets].sort(([a], [b]) => a - b);
  }

  hasContext(id: number): boolean {
    return this.#contexts.has(id);
  }

  /** Notes a context; returns what takes it back, should the GPU refuse it. */
  addContext(id: number): () => void {
    const lent = new Set<Resource2d>();
    this.#contexts.set(id, lent);
    return () => {
      if (this.#contexts.get(id) === lent) this.#contexts.delete(id);
    };
  }

  removeContext(id: number): void {
    this.#contexts.delete(id);
  }

  /** The command of `job` has become the order of this number; it is answered when the order is. */
  follow(job: CommandJob, serial: number): Outcome {
    job.wait();
    this.orders.given(serial, job);
    return DEFERRED;
  }

  /** Lets a context, which is there, use a 2D resource without a twin. */
  lend(context: number, resource: Resource2d): void {
    this.#contexts.get(context)?.add(resource);
  }

  /** A context no longer uses a 2D resource without a twin; false if it did not. */
  takeBack(context: number, resource: Resource): boolean {
    return resource instanceof Resource2d && this.#contexts.get(context)?.delete(resource) === true;
  }

  /** A 2D resource is at its end. */
  forget(resource: Resource2d): void {
    for (const lent of this.#contexts.values()) lent.delete(resource);
  }

  /** A context is about to draw: what it may use becomes real. */
  prepare(context: number, memory: GuestMemory): void {
    const lent = this.#contexts.get(context);
    if (lent === undefined || lent.size === 0) return;
    for (const resource of lent) {
      if (!resource.isRendered) this.#makeTwin(resource, memory);
      this.orders.given(this.gpu.attachResource(context, resource.id), null);
    }
    lent.clear();
  }

  /** The guest's memory from now on. Where it has other regions than before, backings are attached anew. */
  setMemory(memory: GuestMemory): void {
    const regions = memory.parts.map(({ bytes, file }) => {
      assert(file !== undefined, 'memory that other processes can map');
      return { fd: file.fd, offset: file.offset, sizeBytes: bytes.length };
    });
    const layout = memory.parts.map(({ guestAddress, end }) => `${guestAddress}-${end}`).join();
    const backed =
      layout === this.#layout
        ? []
        : [...this.#resources.all()].filter(({ isRendered, backing }) => isRendered && backing !== null);
    this.#layout = layout;
    for (const { id } of backed) this.orders.given(this.gpu.detachBacking(id), null);
    this.gpu.setMemory(regions);
    for (const { id, backing } of backed) {
      const pieces = backing?.locate(memory) ?? null;
      if (pieces !== null) this.orders.given(this.gpu.attachBacking(id, pieces), null);
    }
  }

  /** The guest starts over. */
  reset(): void {
    this.#contexts.clear();
    this.orders.reset();
  }

  #makeTwin(resource: Resource2d, memory: GuestMemory): void {
    const { id, format, width, height, backing } = resource;
    const { gpu, orders } = this;
    resource.isRendered = true;
    orders.given(gpu.createResource(id, { ...TWIN, format, width, height }), {
      handleAnswer: (answer) => {
        if (answer !== null) resource.isRendered = false;
      },
    });
    const pieces = backing?.locate(memory) ?? null;
    if (pieces === null) return;
    orders.given(gpu.attachBacking(id, pieces), null);
    const box = { level: 0, stride: 0, layerStride: 0, x: 0, y: 0, z: 0, width, height, depth: 1, offset: 0 };
    orders.given(gpu.transferToHost(0, { ...box, resource: id }), null);
  }
}
