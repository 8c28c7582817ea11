/** Orders that wait for their answers, oldest first. Its room is kept: in the steady state nothing is allocated. */
import type { GpuAnswer } from '../../../gl/core/guest-gpu.ts';

/** Who wants to hear what became of an order. */
export interface AnswerListener {
  handleAnswer(answer: GpuAnswer): void;
}

const FIRST_ROOM = 64;

/** Orders of one kind: they are answered in the order they were given. */
export class AnswerQueue {
  #serials: number[] = Array.from({ length: FIRST_ROOM }, () => 0);
  #listeners: (AnswerListener | null)[] = Array.from({ length: FIRST_ROOM }, () => null);
  #first = 0;
  #count = 0;

  /** Notes an order; null: nobody wants to hear of it. */
  push(serial: number, listener: AnswerListener | null): void {
    if (this.#count === this.#serials.length) this.#grow();
    const at = (this.#first + this.#count++) & (this.#serials.length - 1);
    this.#serials[at] = serial;
    this.#listeners[at] = listener;
  }

  /** Tells the listener if the oldest order is this one; false if it is not. */
  answer(serial: number, answer: GpuAnswer): boolean {
    const at = this.#first;
    if (this.#count === 0 || this.#serials[at] !== serial) return false;
    const listener = this.#listeners[at] ?? null;
    this.#listeners[at] = null;
    this.#first = (at + 1) & (this.#serials.length - 1);
    this.#count--;
    listener?.handleAnswer(answer);
    return true;
  }

  /** Forgets all of them. */
  clear(): void {
    this.#listeners.fill(null);
    this.#first = 0;
    this.#count = 0;
  }

  #grow(): void {
    const { length } = this.#serials;
    const order = Array.from({ length: 2 * length }, (_, i) => (this.#first + i) & (length - 1));
    this.#serials = order.map((at, i) => (i < length ? (this.#serials[at] ?? 0) : 0));
    this.#listeners = order.map((at, i) => (i < length ? (this.#listeners[at] ?? null) : null));
    this.#first = 0;
  }
}
