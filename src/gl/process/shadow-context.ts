/** A context of a guest as another process can be told of it. */

/** One context. */
export class ShadowContext {
  readonly id: number;
  /** Payload of `createContext`. */
  readonly args: Uint32Array;
  /** Numbers of the resources it may name. */
  readonly resources = new Set<number>();
  #isLost = false;

  constructor(id: number, args: Uint32Array) {
    this.id = id;
    this.args = args;
  }

  /** Whether nothing it submits is done any more. */
  get isLost(): boolean {
    return this.#isLost;
  }

  /** Forgets what it has, and does nothing more. */
  lose(): void {
    this.#isLost = true;
    this.resources.clear();
  }
}
