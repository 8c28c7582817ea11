/**
 * What one viewer keeps of images it was sent, as the sender must know it: ids by content, the least recently used given up
 * first. What is given up is told to the viewer before the steps of the same batch; so nothing that these steps use may go.
 */

interface Entry {
  readonly id: bigint;
  readonly pixels: number;
  /** The batch that used it last. */
  batch: number;
}

/** See the file's head. */
export class ImageCache {
  readonly #nextId: () => bigint;
  /** In order of use, the latest last. */
  readonly #entries = new Map<string, Entry>();
  #capacity = 0;
  #pixels = 0;
  #batch = 0;
  #evicted: bigint[] = [];

  /** `nextId` never gives the same id twice; `evicted` are ids that the viewer holds from before. */
  constructor(nextId: () => bigint, evicted: readonly bigint[]) {
    this.#nextId = nextId;
    this.#evicted.push(...evicted);
  }

  /** Pixels that the viewer can keep. */
  get capacity(): number {
    return this.#capacity;
  }

  /** Whether nothing is kept. */
  get isEmpty(): boolean {
    return this.#entries.size === 0;
  }

  /** Sets what the viewer can keep; too much is given up with the next batch. */
  setCapacity(pixels: number): void {
    this.#capacity = pixels;
    this.#batch++;
    this.#makeRoom(0);
  }

  /** From now on until the next call, what is found or kept cannot be given up. */
  beginBatch(): void {
    this.#batch++;
  }

  /** The id of an image that the viewer has, else null. */
  find(key: string): bigint | null {
    const entry = this.#entries.get(key);
    if (entry === undefined) return null;
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    entry.batch = this.#batch;
    return entry.id;
  }

  /** An id for an image that the viewer shall keep; null when there is no room. The image must not be there yet. */
  keep(key: string, pixels: number): bigint | null {
    if (pixels > this.#capacity || !this.#makeRoom(pixels)) return null;
    const id = this.#nextId();
    this.#entries.set(key, { id, pixels, batch: this.#batch });
    this.#pixels += pixels;
    return id;
  }

  /** The ids to be told to the viewer with the batch. */
  takeEvicted(): bigint[] {
    const evicted = this.#evicted;
    this.#evicted = [];
    return evicted;
  }

  #makeRoom(pixels: number): boolean {
    for (const [key, entry] of this.#entries) {
      if (this.#pixels + pixels <= this.#capacity) break;
      if (entry.batch === this.#batch) return false;
      this.#entries.delete(key);
      this.#pixels -= entry.pixels;
      this.#evicted.push(entry.id);
    }
    return this.#pixels + pixels <= this.#capacity;
  }
}
