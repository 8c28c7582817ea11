/**
 * Images that the server asked to keep, by its 64-bit ids. The server knows the size we told it and says what falls out;
 * one that stores more than that is not to be believed.
 */
import { StateError } from '../../../../src/base/errors.ts';
import type { Picture } from './surface.ts';

export class ImageCache {
  readonly #maxPixels: number;
  readonly #pictures = new Map<bigint, Picture>();
  #pixels = 0;

  constructor(maxPixels: number) {
    this.#maxPixels = maxPixels;
  }

  get size(): number {
    return this.#pictures.size;
  }

  /** Keeps `picture` under `id`, instead of the one there was. Throws StateError when that is over the agreed size. */
  set(id: bigint, picture: Picture): void {
    this.delete(id);
    this.#pixels += picture.width * picture.height;
    if (this.#pixels > this.#maxPixels) {
      throw new StateError('cache-overflow', 'the server stores more images than this viewer said it can hold');
    }
    this.#pictures.set(id, picture);
  }

  /** Throws StateError when nothing is kept under `id`. */
  get(id: bigint): Picture {
    const picture = this.#pictures.get(id);
    if (picture === undefined) {
      throw new StateError('cache-miss', `the server draws the image ${id}, which it did not ask to keep`);
    }
    return picture;
  }

  /** Forgets an image; an unknown id does nothing, as servers may name ids twice. */
  delete(id: bigint): void {
    const picture = this.#pictures.get(id);
    if (picture === undefined) return;
    this.#pictures.delete(id);
    this.#pixels -= picture.width * picture.height;
  }

  clear(): void {
    this.#pictures.clear();
    this.#pixels = 0;
  }
}
