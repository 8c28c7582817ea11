/** Serial numbers in the order they were given. Grows by doubling, then allocates nothing. */
export class SerialQueue {
  #serials = new Float64Array(256);
  #head = 0;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** The first, or 0. */
  get first(): number {
    return this.#size === 0 ? 0 : this.#serials[this.#head]!;
  }

  push(serial: number): void {
    const { length } = this.#serials;
    if (this.#size === length) {
      const larger = new Float64Array(2 * length);
      for (let i = 0; i < length; i++) larger[i] = this.#serials[(this.#head + i) % length]!;
      this.#serials = larger;
      this.#head = 0;
    }
    this.#serials[(this.#head + this.#size) % this.#serials.length] = serial;
    this.#size++;
  }

  /** Takes the first away, or 0. */
  shift(): number {
    const { first } = this;
    if (this.#size === 0) return 0;
    this.#head = (this.#head + 1) % this.#serials.length;
    this.#size--;
    return first;
  }
}
