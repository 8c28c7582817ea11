/**
 * Turns scroll events, which come in pixels, lines or pages and in portions of every size, into whole notches of a
 * mouse wheel, the only scrolling SPICE knows. What is left over is kept for the next event.
 */

/** The part of a WheelEvent that counts. Positive scrolls down or to the right. */
export interface WheelStroke {
  readonly deltaX: number;
  readonly deltaY: number;
  /** 0 pixels, 1 lines, 2 pages. */
  readonly deltaMode: number;
  readonly shiftKey: boolean;
  /** Where the browser has it: 120 a notch, positive upwards. */
  readonly wheelDeltaY?: number | undefined;
}

const PIXELS_PER_NOTCH = 100;
const LINES_PER_NOTCH = 3;
const NOTCHES_PER_PAGE = 3;
const WHEEL_DELTA_PER_NOTCH = 120;
/** A flick of a free-spinning wheel; more in one event would only make the guest lag behind. */
const MAX_NOTCHES_PER_EVENT = 20;

export class WheelNotches {
  #rest = 0;

  /** Notches to tell the guest now: positive scrolls down, negative up. */
  add(stroke: WheelStroke): number {
    const notches = this.#notchesOf(stroke);
    if (!Number.isFinite(notches) || notches === 0) return 0;
    if (Math.sign(notches) !== Math.sign(this.#rest)) this.#rest = 0;
    const sum = this.#rest + notches;
    // Adding 0 makes -0 a plain 0.
    const whole = Math.trunc(sum) + 0;
    this.#rest = sum - whole;
    return Math.max(-MAX_NOTCHES_PER_EVENT, Math.min(MAX_NOTCHES_PER_EVENT, whole));
  }

  /** Forgets the rest: another gesture begins. */
  reset(): void {
    this.#rest = 0;
  }

  #notchesOf(stroke: WheelStroke): number {
    // Browsers turn a wheel with Shift held sideways; the guest sees Shift itself and wants the plain wheel.
    const isTurned = stroke.shiftKey && stroke.deltaY === 0;
    const delta = isTurned ? stroke.deltaX : stroke.deltaY;
    if (stroke.deltaMode === 1) return delta / LINES_PER_NOTCH;
    if (stroke.deltaMode === 2) return delta * NOTCHES_PER_PAGE;
    const exact = isTurned ? undefined : stroke.wheelDeltaY;
    const isMouse = exact !== undefined && exact !== 0 && exact % WHEEL_DELTA_PER_NOTCH === 0;
    return isMouse ? -exact / WHEEL_DELTA_PER_NOTCH : delta / PIXELS_PER_NOTCH;
  }
}
