/**
 * Things that live as long as anybody uses them: a guest destroys a resource while a view of it is still bound. Whoever keeps
 * one holds a reference; the last to let go destroys it.
 */
import { assert } from '../../base/assert.ts';

/** Something with references; it is made with one. */
export abstract class Counted {
  #references = 1;

  /** Takes a reference. */
  retain(): void {
    assert(this.#references > 0, 'a destroyed object is used');
    this.#references++;
  }

  /** Gives a reference back. */
  release(): void {
    assert(this.#references > 0, 'an object is destroyed twice');
    this.#references--;
    if (this.#references === 0) this.destroy();
  }

  /** Frees what OpenGL keeps. */
  protected abstract destroy(): void;
}

/** What a slot that held `old` shall hold: takes a reference to the one and gives back that to the other. */
export function exchange<T extends Counted>(old: T | null, next: T | null): T | null {
  if (old !== next) {
    next?.retain();
    old?.release();
  }
  return next;
}
