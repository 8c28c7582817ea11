/**
 * What a guest's GPU process knows, as far as it can be told again to another: kept by the thread above, from the orders it
 * gives. A process that crashed or hung is replaced by one that is told all of it, so that the guest notices a pause only.
 *
 * Orders are noted when they go into the ring. Whether the process refuses one is known later; `refused` takes back what must
 * not be told again.
 */
import { assert } from '../../base/assert.ts';
import type { GpuErrorCode } from '../core/gpu-error.ts';
import type { GuestRam } from './guest-ram.ts';
import type { OrderScratch } from './order-record.ts';
import { orderTable } from './order.table.ts';
import { ShadowContext } from './shadow-context.ts';

/** A resource as it was made, and where its backing lies. */
interface ShadowResource {
  /** Payload of `createResource`. */
  readonly args: Uint32Array;
  /** Payload of `attachBacking`, or null. */
  backing: Uint32Array | null;
}

/** The shadow of one guest's GPU. */
export class Shadow {
  /** Guest RAM as the process has it. */
  ram: GuestRam | null = null;
  readonly #resources = new Map<number, ShadowResource>();
  readonly #contexts = new Map<number, ShadowContext>();
  /** How to take back orders that are not yet answered. */
  readonly #undo = new Map<number, () => void>();

  /**
   * Notes an order that is about to be given: its payload is `count` words from `at` on. Returns why it must not be given, or
   * null.
   */
  note(id: number, words: Uint32Array, at: number, count: number, serial: number): GpuErrorCode | null {
    const first = words[at]!;
    switch (id) {
      case orderTable.createContext.id:
        this.#createContext(first, words.slice(at, at + count), serial);
        return null;
      case orderTable.destroyContext.id:
        this.#contexts.delete(first);
        return null;
      case orderTable.createResource.id:
        this.#createResource(first, words.slice(at, at + count), serial);
        return null;
      case orderTable.destroyResource.id:
        this.#resources.delete(first);
        for (const context of this.#contexts.values()) context.resources.delete(first);
        return null;
      case orderTable.attachBacking.id:
        this.#attachBacking(first, words.slice(at, at + count), serial);
        return null;
      case orderTable.detachBacking.id: {
        const resource = this.#resources.get(first);
        if (resource !== undefined) resource.backing = null;
        return null;
      }
      case orderTable.attachResource.id:
        if (this.#resources.has(words[at + 1]!)) this.#contexts.get(first)?.resources.add(words[at + 1]!);
        return null;
      case orderTable.detachResource.id:
        this.#contexts.get(first)?.resources.delete(words[at + 1]!);
        return null;
      case orderTable.submit.id: {
        const context = this.#contexts.get(first);
        return context?.isLost === true ? 'context' : null;
      }
      case orderTable.reset.id:
        this.#resources.clear();
        this.#contexts.clear();
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

  /** The orders that tell another process all of this; each is BORROWED until the next. Nothing may be noted meanwhile. */
  *replay(scratch: OrderScratch): Generator<OrderScratch> {
    // What is under way will not be answered by that process: it is told, and that is all.
    this.#undo.clear();
    for (const [id, { args, backing }] of this.#resources) {
      yield scratch.begin(orderTable.createResource.id).addWords(args);
      if (backing !== null) yield scratch.begin(orderTable.attachBacking.id).addWords(backing);
      assert(args[0] === id, 'a resource under its number');
    }
    for (const context of this.#contexts.values()) {
      yield scratch.begin(orderTable.createContext.id).addWords(context.args);
      for (const resource of context.resources) {
        yield scratch.begin(orderTable.attachResource.id).add(context.id).add(resource);
      }
    }
  }

  #createContext(id: number, args: Uint32Array, serial: number): void {
    if (this.#contexts.has(id)) return;
    const context = new ShadowContext(id, args);
    this.#contexts.set(id, context);
    this.#undo.set(serial, () => {
      if (this.#contexts.get(id) === context) this.#contexts.delete(id);
    });
  }

  #createResource(id: number, args: Uint32Array, serial: number): void {
    if (this.#resources.has(id)) return;
    const resource: ShadowResource = { args, backing: null };
    this.#resources.set(id, resource);
    this.#undo.set(serial, () => {
      if (this.#resources.get(id) === resource) this.#resources.delete(id);
    });
  }

  #attachBacking(id: number, backing: Uint32Array, serial: number): void {
    const resource = this.#resources.get(id);
    if (resource === undefined) return;
    const old = resource.backing;
    resource.backing = backing;
    this.#undo.set(serial, () => {
      if (resource.backing === backing) resource.backing = old;
    });
  }
}
