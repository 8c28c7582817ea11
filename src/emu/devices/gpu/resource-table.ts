import type { GuestMemory } from '../../virtio/guest-memory.ts';
import type { Backing } from './backing.ts';
import type { GpuLimits } from './limits.ts';
import type { RenderResource } from './render-resource.ts';
import { Resource2d } from './resource.ts';
import type { GpuFormat } from './wire/gpu.gen.ts';

/** A picture that is kept here, or something that the 3D GPU keeps. */
export type Resource = Resource2d | RenderResource;

/** Why a 2D resource cannot be had. */
type ResourceRefusal = 'too-many' | 'no-memory';

/** The resources of a guest, by the numbers that the guest gave them, within what it may take of the host. */
export class ResourceTable {
  readonly #limits: GpuLimits;
  readonly #byId = new Map<number, Resource>();
  /** 2D resources, and the bytes of their pixels: the 3D GPU counts those of others. */
  #count = 0;
  #hostBytes = 0;
  #backingEntries = 0;

  constructor(limits: GpuLimits) {
    this.#limits = limits;
  }

  get(id: number): Resource | undefined {
    return this.#byId.get(id);
  }

  /** All of them, in no order that means anything. */
  all(): Iterable<Resource> {
    return this.#byId.values();
  }

  /** Notes a resource that the 3D GPU makes, under a number that is free. */
  add(resource: RenderResource): void {
    this.#byId.set(resource.id, resource);
  }

  /** Makes a 2D resource under a number that is free; says why not, with nothing changed. */
  create(id: number, format: GpuFormat, width: number, height: number): Resource2d | ResourceRefusal {
    const bytes = width * height * 4;
    if (this.#count >= this.#limits.maxResources) return 'too-many';
    if (this.#hostBytes + bytes > this.#limits.maxHostBytes) return 'no-memory';
    let resource: Resource2d;
    try {
      resource = new Resource2d(id, format, width, height);
    } catch (error) {
      if (error instanceof RangeError) return 'no-memory';
      throw error;
    }
    this.#byId.set(id, resource);
    this.#count++;
    this.#hostBytes += bytes;
    return resource;
  }

  /** Whether a backing of so many entries may be attached. */
  hasRoomFor(entryCount: number): boolean {
    return this.#backingEntries + entryCount <= this.#limits.maxBackingEntries;
  }

  /** Gives a resource without backing one. */
  attach(resource: Resource, backing: Backing): void {
    resource.backing = backing;
    this.#backingEntries += backing.entryCount;
  }

  detach(resource: Resource): void {
    this.#backingEntries -= resource.backing?.entryCount ?? 0;
    resource.backing?.release();
    resource.backing = null;
  }

  /** Ends a resource, if it is there: its pixels are gone. */
  remove(resource: Resource): void {
    if (this.#byId.get(resource.id) !== resource) return;
    this.detach(resource);
    this.#byId.delete(resource.id);
    if (!(resource instanceof Resource2d)) return;
    this.#count--;
    this.#hostBytes -= resource.width * resource.height * 4;
    resource.release();
  }

  clear(): void {
    for (const resource of this.#byId.values()) this.remove(resource);
  }

  /** The machine has exchanged its memory: 2D resources find theirs in the new one. */
  relocate(memory: GuestMemory): void {
    for (const resource of this.#byId.values()) {
      if (resource instanceof Resource2d) resource.backing?.relocate(memory);
    }
  }

  /** Lets go of guest memory, before it is unmapped; `relocate` brings it back. */
  forgetMemory(): void {
    for (const resource of this.#byId.values()) resource.backing?.release();
  }
}
