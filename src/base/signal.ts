/** Something that happens again and again. Subscribers run in order of subscription, synchronously. */
export class Signal<T> {
  readonly #subscribers = new Set<(value: T) => void>();

  /** Calls `subscriber` from now on, until the returned handle is disposed. */
  subscribe(subscriber: (value: T) => void): Disposable {
    const entry = (value: T): void => subscriber(value);
    this.#subscribers.add(entry);
    return { [Symbol.dispose]: () => void this.#subscribers.delete(entry) };
  }

  /** Tells every subscriber; one that disposes itself meanwhile does not disturb the others. */
  emit(value: T): void {
    for (const subscriber of this.#subscribers) subscriber(value);
  }

  /** How many listen now. */
  get size(): number {
    return this.#subscribers.size;
  }
}
