import type { GuestMemory } from '../../virtio/guest-memory.ts';
import { Backing } from './backing.ts';
import type { GpuLimits } from './limits.ts';
import { Resource2d } from './resource.ts';
import type { BackingEntry, GpuFormat } from './wire/gpu.gen.ts';

/** Why a resource cannot be had. */
export type ResourceRefusal = 'too-many' | 'no-memory' | 'not-ram';

/** The resources of a guest, by the numbers that the guest gave them, within what it may take of the host. */
export class ResourceTable {
  readonly #limits: GpuLimits;
  readonly #byId = new Map<number, Resource2d>();
  #hostBytes = 0;
  #backingEntries = 0;

  constructor(limits: GpuLimits) {
    this.#limits = limits;
  }

  get(id: number): Resource2d | undefined {
    return this.#byId.get(id);
  }

  get count(): number {
    return this.#byId.size;
  }

  /** Makes a resource under a number that is free; says why not, with nothing changed. */
  create(id: number, format: GpuFormat, width: number, height: number): Resource2d | ResourceRefusal {
    const bytes = width * height * 4;
    if (this.#byId.size >= this.#limits.maxResources) return 'too-many';
    if (this.#hostBytes + bytes > this.#limits.maxHostBytes) return 'no-memory';
    let resource: Resource2d;
    try {
      resource = new Resource2d(id, format, width, height);
    } catch (error) {
      if (error instanceof RangeError) return 'no-memory';
      throw error;
    }
    this.#byId.set(id, resource);
    this.#hostBytes += bytes;
    return resource;
  }

  /** Gives a resource without backing one; says why not, with nothing changed. */
  attach(resource: Resource2d, entries: readonly BackingEntry[], memory: GuestMemory): Backing | ResourceRefusal {
    if (this.#backingEntries + entries.length > this.#limits.maxBackingEntries) return 'too-many';
    const backing = Backing.create(entries, memory);
    if (backing === null) return 'not-ram';
    resource.backing = backing;
    this.#backingEntries += backing.entryCount;
    return backing;
  }

  detach(resource: Resource2d): void {
    this.#backingEntries -= resource.backing?.entryCount ?? 0;
    resource.backing?.release();
    resource.backing = null;
  }

  /** Ends a resource: its pixels are gone. */
  remove(resource: Resource2d): void {
    this.detach(resource);
    this.#byId.delete(resource.id);
    this.#hostBytes -= resource.width * resource.height * 4;
    resource.release();
  }

  clear(): void {
    for (const resource of this.#byId.values()) this.remove(resource);
  }

  /** The machine has exchanged its memory. */
  relocate(memory: GuestMemory): void {
    for (const resource of this.#byId.values()) resource.backing?.relocate(memory);
  }

  /** Lets go of guest memory, before it is unmapped; `relocate` brings it back. */
  forgetMemory(): void {
    for (const resource of this.#byId.values()) resource.backing?.release();
  }
}
