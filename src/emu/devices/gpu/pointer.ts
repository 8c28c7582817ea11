import { LIMITS } from '../../../base/limits.ts';
import { Signal } from '../../../base/signal.ts';
import type { PointerShape } from '../../../display/contract.ts';
import type { Resource2d } from './resource.ts';

/** Where a pointer is: its hot spot, in pixels of a head; it may lie outside. */
export interface PointerPlace {
  readonly head: number;
  readonly x: number;
  readonly y: number;
}

/**
 * The guest's pointer: Virtio 1.3 §5.7.6.10. Guests give its image premultiplied by alpha, and the place of the image’s
 * top left corner. The image has alpha whatever the resource's format says: Linux makes those of its pointers B8G8R8X8.
 */
export class Pointer {
  readonly onShape: Signal<PointerShape | null> = new Signal();
  /** Told by `settle`: a guest that moves a hundred times at once is at one place in the end. */
  readonly onMove: Signal<PointerPlace> = new Signal();
  #hotX = 0;
  #hotY = 0;
  #isShown = false;
  #next: PointerPlace | null = null;

  /** Takes the image of a resource, or none. False when the resource is too large to be a pointer. */
  setShape(resource: Resource2d | null, hotX: number, hotY: number): boolean {
    if (resource === null) {
      this.#hide();
      return true;
    }
    const { width, height } = resource;
    if (width > LIMITS.maxCursorSide || height > LIMITS.maxCursorSide) return false;
    const pixels = resource.pixels.slice();
    this.#hotX = Math.min(hotX, width - 1);
    this.#hotY = Math.min(hotY, height - 1);
    this.#isShown = true;
    this.onShape.emit({ width, height, hotX: this.#hotX, hotY: this.#hotY, pixels });
    return true;
  }

  /** The image is at `x`, `y` of a head: two's complement, as the corner may lie outside. */
  move(head: number, x: number, y: number): void {
    this.#next = { head, x: (x | 0) + this.#hotX, y: (y | 0) + this.#hotY };
  }

  /** Tells where the pointer has come to. */
  settle(): void {
    if (this.#next === null) return;
    const place = this.#next;
    this.#next = null;
    this.onMove.emit(place);
  }

  reset(): void {
    this.#next = null;
    this.#hotX = 0;
    this.#hotY = 0;
    this.#hide();
  }

  #hide(): void {
    if (!this.#isShown) return;
    this.#isShown = false;
    this.onShape.emit(null);
  }
}
