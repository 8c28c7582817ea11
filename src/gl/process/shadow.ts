/**
 * What a guest's GPU process knows, as far as it can be told again to another: kept by the thread above, from the orders it
 * gives. A process that crashed or hung is replaced by one that is told all of it, so that the guest notices a pause only.
 *
 * Orders are noted when they go into the ring. Whether the process refuses one is known later; `refused` takes back what must
 * not be told again.
 */
import { SegmentBacking } from '../core/backing.ts';
import { GpuError } from '../core/gpu-error.ts';
import type { GpuErrorCode } from '../core/gpu-error.ts';
import type { RenderLimits } from '../core/limits.ts';
import { Quota } from '../core/quota.ts';
import type { GuestRam } from './guest-ram.ts';
import type { OrderScratch } from './order-record.ts';
import { orderTable } from './order.table.ts';
import { ShadowContext } from './shadow-context.ts';
import type { NoteTexels } from './shadow-context.ts';
import { ShadowResource } from './shadow-resource.ts';
import type { ShownPicture } from './shadow-resource.ts';
import { ShadowTexels } from './shadow-texels.ts';
import type { TexelBox } from './shadow-texels.ts';

/** The shadow of one guest's GPU. */
export class Shadow {
  readonly #resources = new Map<number, ShadowResource>();
  readonly #contexts = new Map<number, ShadowContext>();
  /** How to take back orders that are not yet answered. */
  readonly #undo = new Map<number, () => void>();
  readonly #limits: RenderLimits;
  readonly #quota: Quota;
  #ram: GuestRam | null = null;

  /** Keeps at most so many bytes: a context that asks for more is lost. */
  constructor(limits: RenderLimits, maxBytes: number) {
    this.#limits = limits;
    this.#quota = new Quota('bytes of what a new process must be told', maxBytes);
  }

  /** Guest RAM as the process has it. */
  get ram(): GuestRam | null {
    return this.#ram;
  }

  /** Goes over to other guest RAM; what there was is closed. */
  setRam(ram: GuestRam | null): void {
    if (this.#ram !== ram) this.#ram?.close();
    this.#ram = ram;
  }

  /**
   * Notes an order that is about to be given: its payload is `count` words from `at` on. Returns why it must not be given, or
   * null.
   */
  note(id: number, words: Uint32Array, at: number, count: number, serial: number): GpuErrorCode | null {
    const first = words[at]!;
    switch (id) {
      case orderTable.createContext.id:
        return this.#createContext(first, words.slice(at, at + count), serial);
      case orderTable.destroyContext.id:
        this.#contexts.get(first)?.close();
        this.#contexts.delete(first);
        return null;
      case orderTable.createResource.id:
        return this.#createResource(first, words.slice(at, at + count), serial);
      case orderTable.destroyResource.id:
        this.#destroyResource(first);
        for (const context of this.#contexts.values()) context.resources.delete(first);
        return null;
      case orderTable.attachBacking.id:
        return this.#attachBacking(first, words.slice(at, at + count), serial);
      case orderTable.detachBacking.id: {
        const resource = this.#resources.get(first);
        if (resource !== undefined) this.#setBacking(resource, null);
        return null;
      }
      case orderTable.attachResource.id:
        if (this.#resources.has(words[at + 1]!)) this.#contexts.get(first)?.resources.add(words[at + 1]!);
        return null;
      case orderTable.detachResource.id:
        this.#contexts.get(first)?.resources.delete(words[at + 1]!);
        return null;
      case orderTable.readPicture.id: {
        const [x = 0, y = 0, width = 0, height = 0] = words.subarray(at + 2, at + 6);
        this.#resources.get(first)?.noteShown(words[at + 1]!, { x, y, width, height });
        return null;
      }
      case orderTable.transferToHost.id: {
        const resource = this.#resources.get(words[at + 1]!);
        const memory = resource?.memory(this.#ram) ?? null;
        if (resource?.texels == null || memory === null) return null;
        resource.texels.write(boxAt(words, at + 2, at + 3, at + 5), memory, words[at + 11]!);
        return null;
      }
      case orderTable.submit.id:
        return this.#noteSubmission(first, words, at + 1, count - 1);
      case orderTable.reset.id:
        for (const context of this.#contexts.values()) context.close();
        this.#contexts.clear();
        for (const id of this.#resources.keys()) this.#destroyResource(id);
        this.#undo.clear();
        return null;
      default:
        return null;
    }
  }

  /** An order that was noted was carried out. */
  carriedOut(serial: number): void {
    if (this.#undo.size > 0) this.#undo.delete(serial);
  }

  /** An order that was noted was refused. */
  refused(serial: number): void {
    const undo = this.#undo.get(serial);
    this.#undo.delete(serial);
    undo?.();
  }

  /** Refuses whatever a context submits from now on. */
  lose(context: number): void {
    this.#contexts.get(context)?.lose();
  }

  /** Loses all contexts and forgets all resources: another process could not be told of them. */
  abandon(): void {
    for (const context of this.#contexts.values()) context.lose();
    for (const id of this.#resources.keys()) this.#destroyResource(id);
  }

  /** The orders that tell another process all of this; each is BORROWED until the next. Nothing may be noted meanwhile. */
  *replay(scratch: OrderScratch, pictureOf: (id: number) => ShownPicture | null): Generator<OrderScratch> {
    // What is under way will not be answered by that process: it is told, and that is all.
    this.#undo.clear();
    for (const resource of this.#resources.values()) yield* resource.replay(scratch, this.#ram, pictureOf);
    for (const context of this.#contexts.values()) {
      yield scratch.begin(orderTable.createContext.id).addWords(context.args);
      yield* context.replay(scratch);
    }
  }

  #noteSubmission(id: number, words: Uint32Array, at: number, count: number): GpuErrorCode | null {
    const context = this.#contexts.get(id);
    if (context === undefined) return null;
    if (context.isLost) return 'context';
    try {
      context.note(words, at, count, this.#noteTexels);
      return null;
    } catch (error) {
      if (!(error instanceof GpuError)) throw error;
      context.lose();
      return error.code;
    }
  }

  /** Keeps texels that come in commands, or from a staging buffer, to where no memory of the guest will have them. */
  readonly #noteTexels: NoteTexels = (context, from, words, at, length) => {
    const id = words[at + 1]!;
    const resource = context.resources.has(id) ? this.#resources.get(id) : undefined;
    if (resource === undefined) return;
    const box = boxAt(words, at + 2, at + 4, at + 6);
    switch (from) {
      case 'command': {
        const bytes = new Uint8Array(words.buffer, words.byteOffset + 4 * (at + 12), 4 * (length - 11));
        this.#texelsOf(resource)?.write(box, new SegmentBacking([bytes]), 0);
        return;
      }
      case 'backing': {
        // What the backing has is read from there, unless there is a copy already.
        const memory = resource.memory(this.#ram);
        if (words[at + 13] === TO_HOST && memory !== null) resource.texels?.write(box, memory, words[at + 12]!);
        return;
      }
      case 'staging': {
        const staging = words[at + 12]!;
        const memory = context.resources.has(staging)
          ? (this.#resources.get(staging)?.memory(this.#ram) ?? null)
          : null;
        if (memory !== null && (words[at + 14]! & FROM_HOST) === 0) {
          this.#texelsOf(resource)?.write(box, memory, words[at + 13]!);
        }
      }
    }
  };

  /** The copy of a resource's contents; null when there is no room for one, and its contents will be lost. */
  #texelsOf(resource: ShadowResource): ShadowTexels | null {
    const { layout } = resource;
    if (resource.texels !== null || layout === null) return resource.texels;
    if (!this.#take(layout.sizeBytes)) return null;
    const texels = new ShadowTexels(layout);
    if (resource.isBacked(this.#ram)) {
      resource.memory(this.#ram)?.read(0, texels.bytes);
      texels.isKnown.fill(true);
    }
    resource.texels = texels;
    return texels;
  }

  #createContext(id: number, args: Uint32Array, serial: number): GpuErrorCode | null {
    if (this.#contexts.has(id)) return null;
    try {
      const context = new ShadowContext(id, args, this.#limits, this.#quota);
      this.#contexts.set(id, context);
      this.#undo.set(serial, () => {
        if (this.#contexts.get(id) !== context) return;
        context.close();
        this.#contexts.delete(id);
      });
      return null;
    } catch (error) {
      if (error instanceof GpuError) return error.code;
      throw error;
    }
  }

  #createResource(id: number, args: Uint32Array, serial: number): GpuErrorCode | null {
    if (this.#resources.has(id)) return null;
    if (!this.#take(RESOURCE_BYTES)) return 'quota';
    const resource = new ShadowResource(args);
    this.#resources.set(id, resource);
    this.#undo.set(serial, () => {
      if (this.#resources.get(id) === resource) this.#destroyResource(id);
    });
    return null;
  }

  #destroyResource(id: number): void {
    const resource = this.#resources.get(id);
    if (resource === undefined) return;
    this.#setBacking(resource, null);
    this.#resources.delete(id);
    this.#quota.release(RESOURCE_BYTES + (resource.texels?.bytes.length ?? 0));
  }

  #attachBacking(id: number, backing: Uint32Array, serial: number): GpuErrorCode | null {
    const resource = this.#resources.get(id);
    if (resource === undefined) return null;
    if (!this.#take(backing.byteLength)) return 'quota';
    this.#quota.release(backing.byteLength);
    const old = resource.backing;
    this.#setBacking(resource, backing);
    this.#undo.set(serial, () => {
      if (resource.backing === backing && this.#resources.get(id) === resource) this.#setBacking(resource, old);
    });
    return null;
  }

  #setBacking(resource: ShadowResource, backing: Uint32Array | null): void {
    this.#quota.release(resource.backing?.byteLength ?? 0);
    const isKept = backing !== null && this.#take(backing.byteLength);
    resource.setBacking(isKept ? backing : null);
  }

  #take(bytes: number): boolean {
    try {
      this.#quota.take(bytes);
      return true;
    } catch (error) {
      if (error instanceof GpuError) return false;
      throw error;
    }
  }
}

/** What a resource counts for besides its backing and its contents. */
const RESOURCE_BYTES = 256;
const TO_HOST = 1;
const FROM_HOST = 2;

function boxAt(words: Uint32Array, level: number, strides: number, box: number): TexelBox {
  return {
    level: words[level]!,
    strideBytes: words[strides]!,
    layerBytes: words[strides + 1]!,
    x: words[box]!,
    y: words[box + 1]!,
    z: words[box + 2]!,
    width: words[box + 3]!,
    height: words[box + 4]!,
    depth: words[box + 5]!,
  };
}
