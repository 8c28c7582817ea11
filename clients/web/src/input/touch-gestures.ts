/**
 * Fingers as a mouse, for a protocol that knows no fingers: a tap clicks, a moving finger drags with the left button, a
 * long press is the right button, two fingers scroll. All places are CSS pixels of the page; the caller maps them.
 *
 *            ┌── moves ──▶ dragging ── up ──▶ release left
 *   down ─▶ pending ── waits ──▶ holding ── up ──▶ release right
 *            ├── up ──▶ click left
 *            └── second finger ──▶ scrolling ── all up ──▶ idle
 */
import type { StartTimer } from './keyboard.ts';

/** What the gestures make of the fingers. */
export interface GestureListener {
  moveTo(x: number, y: number): void;
  button(button: 'left' | 'right', isDown: boolean): void;
  /** CSS pixels that the content shall scroll by: positive down. */
  scroll(deltaPx: number): void;
}

type State = 'idle' | 'pending' | 'dragging' | 'holding' | 'scrolling';

const LONG_PRESS_MS = 500;
const SLOP_PX = 10;

export class TouchGestures {
  readonly #listener: GestureListener;
  readonly #startTimer: StartTimer;
  readonly #fingers = new Map<number, { x: number; y: number }>();
  #state: State = 'idle';
  #startX = 0;
  #startY = 0;
  #stopTimer: (() => void) | null = null;

  constructor(listener: GestureListener, startTimer: StartTimer) {
    this.#listener = listener;
    this.#startTimer = startTimer;
  }

  down(id: number, x: number, y: number): void {
    this.#fingers.set(id, { x, y });
    if (this.#state === 'idle') {
      this.#state = 'pending';
      this.#startX = x;
      this.#startY = y;
      this.#listener.moveTo(x, y);
      this.#stopTimer = this.#startTimer(() => this.#hold(), LONG_PRESS_MS);
    } else if (this.#state === 'pending') {
      this.#stopWaiting();
      this.#state = 'scrolling';
    }
  }

  move(id: number, x: number, y: number): void {
    const finger = this.#fingers.get(id);
    if (finger === undefined) return;
    const before = finger.y;
    finger.x = x;
    finger.y = y;
    if (this.#state === 'pending' && Math.hypot(x - this.#startX, y - this.#startY) > SLOP_PX) {
      this.#stopWaiting();
      this.#state = 'dragging';
      this.#listener.button('left', true);
    }
    if (this.#state === 'dragging' || this.#state === 'holding') this.#listener.moveTo(x, y);
    // The content follows the fingers: up with them means scrolling down. Each of the fingers has its share.
    else if (this.#state === 'scrolling') this.#listener.scroll((before - y) / this.#fingers.size);
  }

  up(id: number): void {
    if (!this.#fingers.delete(id)) return;
    if (this.#state === 'pending') {
      this.#stopWaiting();
      this.#listener.button('left', true);
      this.#listener.button('left', false);
      this.#state = 'idle';
    } else if (this.#state === 'dragging' || this.#state === 'holding') {
      this.#endButton();
    }
    if (this.#fingers.size === 0) this.#state = 'idle';
  }

  /** Forgets the fingers without a click; a button that is down goes up. */
  cancel(): void {
    this.#stopWaiting();
    this.#fingers.clear();
    this.#endButton();
    this.#state = 'idle';
  }

  #hold(): void {
    this.#stopTimer = null;
    this.#state = 'holding';
    this.#listener.button('right', true);
  }

  #endButton(): void {
    if (this.#state === 'dragging') this.#listener.button('left', false);
    if (this.#state === 'holding') this.#listener.button('right', false);
    // Fingers that are still down do nothing more until all are up.
    this.#state = 'scrolling';
  }

  #stopWaiting(): void {
    this.#stopTimer?.();
    this.#stopTimer = null;
  }
}
