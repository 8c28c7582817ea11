import { LIMITS } from '../../../base/limits.ts';
import { Signal } from '../../../base/signal.ts';
import type { PointerShape } from '../../../display/contract.ts';
import type { SharedPicture } from '../../../gl/core/guest-gpu.ts';
import { PictureReader } from './picture-reader.ts';
import type { RenderOrders } from './render-orders.ts';
import { Resource2d } from './resource.ts';
import type { Resource } from './resource-table.ts';

/** Where a pointer is: its hot spot, in pixels of a head; it may lie outside. */
export interface PointerPlace {
  readonly head: number;
  readonly x: number;
  readonly y: number;
}

/** What the pointer is, as plain data. */
export interface PointerState {
  readonly hotX: number;
  readonly hotY: number;
  readonly shape: PointerShape | null;
  readonly next: PointerPlace | null;
}

interface Image {
  readonly id: number;
  readonly width: number;
  readonly height: number;
  readonly hotX: number;
  readonly hotY: number;
}

/**
 * The guest's pointer: Virtio 1.3 §5.7.6.10. Guests give its image premultiplied by alpha, and the place of the image’s
 * top left corner. The image has alpha whatever the resource's format says: Linux makes those of its pointers B8G8R8X8.
 *
 * An image that the 3D GPU keeps is read from there first. One is read at a time, and then the newest, if there is another.
 */
export class Pointer {
  readonly onShape: Signal<PointerShape | null> = new Signal();
  /** Told by `settle`: a guest that moves a hundred times at once is at one place in the end. */
  readonly onMove: Signal<PointerPlace> = new Signal();
  #hotX = 0;
  #hotY = 0;
  /** What is told, a copy: those told may be given away. */
  #shape: PointerShape | null = null;
  #next: PointerPlace | null = null;
  readonly #reader: PictureReader | null;
  /** The image that is wanted, and the one that is being read. */
  #wanted: Image | null = null;
  #reading: Image | null = null;

  /** `orders` reach the 3D GPU, if there is one; `onTrouble` hears why an image cannot be read from it. */
  constructor(orders: RenderOrders | null, onTrouble: (why: string) => void) {
    this.#reader =
      orders === null ? null : new PictureReader(orders, (picture) => this.#handlePicture(picture), onTrouble);
  }

  /** The image and its hot spot, while none is read from the 3D GPU. */
  save(): PointerState {
    return { hotX: this.#hotX, hotY: this.#hotY, shape: this.#shape, next: this.#next };
  }

  /** Goes on from what `save` gave. */
  restore({ hotX, hotY, shape, next }: PointerState): void {
    [this.#hotX, this.#hotY, this.#next] = [hotX, hotY, next];
    if (shape !== null) this.#tell(shape);
  }

  /** Takes the image of a resource, or none. False when the resource is too large to be a pointer, or empty. */
  setShape(resource: Resource | null, hotX: number, hotY: number): boolean {
    if (resource === null) {
      this.#wanted = null;
      this.#hide();
      return true;
    }
    const { id, width, height } = resource;
    if (width > LIMITS.maxCursorSide || height > LIMITS.maxCursorSide || width === 0 || height === 0) return false;
    this.#hotX = Math.min(hotX, width - 1);
    this.#hotY = Math.min(hotY, height - 1);
    const image = { id, width, height, hotX: this.#hotX, hotY: this.#hotY };
    this.#wanted = null;
    if (resource instanceof Resource2d) {
      this.#show(image, resource.pixels.slice());
    } else {
      this.#wanted = image;
      this.#readWanted();
    }
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

  /** The driver is gone; images that are being read do not come. */
  reset(): void {
    this.#reader?.reset();
    this.#wanted = null;
    this.#reading = null;
    this.#next = null;
    this.#hotX = 0;
    this.#hotY = 0;
    this.#hide();
  }

  /** What was being read did not come: the old image stays. */
  handleRestart(): void {
    if (this.#reading === this.#wanted) this.#wanted = null;
  }

  /** Gives memory back; nothing is told any more. */
  close(): void {
    this.#reader?.reset();
  }

  #readWanted(): void {
    const image = this.#wanted;
    if (image === null || this.#reading !== null || this.#reader === null) return;
    const { id, width, height } = image;
    if (this.#reader.read(id, { x: 0, y: 0, width, height }, width, height)) this.#reading = image;
  }

  #handlePicture(picture: SharedPicture | null): void {
    const image = this.#reading;
    this.#reading = null;
    if (image === null || image !== this.#wanted) {
      this.#readWanted();
      return;
    }
    this.#wanted = null;
    if (picture === null || picture.pixels.length === 0) return;
    const pixels = new Uint8Array(image.width * image.height * 4);
    const rowBytes = image.width * 4;
    for (let row = 0; row < image.height; row++) {
      const from = row * picture.strideBytes;
      pixels.set(picture.pixels.subarray(from, from + rowBytes), row * rowBytes);
    }
    this.#show(image, pixels);
  }

  #show({ width, height, hotX, hotY }: Image, pixels: Uint8Array<ArrayBuffer>): void {
    this.#tell({ width, height, hotX, hotY, pixels });
  }

  #tell(shape: PointerShape): void {
    this.#shape = { ...shape, pixels: shape.pixels.slice() };
    this.onShape.emit(shape);
  }

  #hide(): void {
    if (this.#shape === null) return;
    this.#shape = null;
    this.onShape.emit(null);
  }
}
