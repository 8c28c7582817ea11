/** Takes what people do (display/contract.ts), in the order and at the rate that a guest's drivers can keep up with. */
import { Signal } from '../../../base/signal.ts';
import type { InputSink, LockLights, PointerButton, TouchPhase } from '../../../display/contract.ts';
import { InputQueue, type InputEvent } from '../../input-queue.ts';

/** Buttons by the numbers of `InputEvent`; a notch of a wheel is a button pressed. */
export const BUTTON_NUMBERS: Readonly<Record<PointerButton, number>> = {
  left: 0,
  middle: 1,
  right: 2,
  side: 5,
  extra: 6,
};
export const WHEEL_NUMBERS = { up: 3, down: 4, left: 7, right: 8 } as const;
/** Phases of a touch by the numbers of `InputEvent`. */
export const TOUCH_PHASES: readonly TouchPhase[] = ['down', 'move', 'up', 'cancel'];
const MAX_NOTCHES = 20;
const MAX_MOTION = 32_767;
const MAX_SLOTS = 10;

/**
 * Input of a machine with keyboard, tablet, mouse and touch screen. Places become fractions of the screen, 0 to 1; motion is
 * told in whole pixels, and what is left of them is told later.
 */
export class MachineInput implements InputSink {
  readonly hasAbsolutePointer = true;
  readonly hasTouch = true;
  readonly onPointerMode: Signal<{ readonly isAbsolute: boolean }> = new Signal();
  readonly onLockLights: Signal<LockLights> = new Signal();
  readonly #queue: InputQueue;
  readonly #frames = new Map<number, { readonly width: number; readonly height: number }>();
  #deliver: ((event: InputEvent) => void) | null = null;
  #lights: LockLights = { scroll: false, num: false, caps: false };
  #wheelX = 0;
  #wheelY = 0;
  #motionX = 0;
  #motionY = 0;

  constructor() {
    this.#queue = new InputQueue({
      deliver: async (event) => this.#deliver?.(event),
      onRefused: () => {},
    });
  }

  /** Input goes there from now on; null: nowhere. */
  setTarget(deliver: ((event: InputEvent) => void) | null): void {
    this.#deliver = deliver;
    this.#queue.clear();
  }

  /** The guest's frames of a head have this size: the one that places are told in. */
  setFrameSize(head: number, width: number, height: number): void {
    this.#frames.set(head, { width, height });
  }

  setLights(lights: LockLights): void {
    this.#lights = lights;
    this.onLockLights.emit(lights);
  }

  get lockLights(): LockLights {
    return this.#lights;
  }

  key(scancode: number, isDown: boolean): void {
    if (Number.isInteger(scancode)) this.#push({ kind: 'key', code: scancode, isDown });
  }

  motion(dx: number, dy: number): void {
    if (!Number.isFinite(dx) || !Number.isFinite(dy)) return;
    const [x, y] = [this.#motionX + clampMotion(dx), this.#motionY + clampMotion(dy)];
    const [wholeX, wholeY] = [Math.trunc(x), Math.trunc(y)];
    this.#motionX = x - wholeX;
    this.#motionY = y - wholeY;
    if (wholeX !== 0 || wholeY !== 0) this.#push({ kind: 'motion', dx: wholeX, dy: wholeY });
  }

  position(head: number, x: number, y: number): void {
    const place = this.#placeOf(head, x, y);
    if (place !== null) this.#push({ kind: 'position', head, ...place });
  }

  button(button: PointerButton, isDown: boolean): void {
    if (!Object.hasOwn(BUTTON_NUMBERS, button)) return;
    this.#push({ kind: 'button', head: 0, button: BUTTON_NUMBERS[button], isDown });
  }

  wheel(dx: number, dy: number): void {
    if (!Number.isFinite(dx) || !Number.isFinite(dy)) return;
    this.#wheelX = this.#turn(this.#wheelX + clamp(dx), WHEEL_NUMBERS.left, WHEEL_NUMBERS.right);
    this.#wheelY = this.#turn(this.#wheelY + clamp(dy), WHEEL_NUMBERS.down, WHEEL_NUMBERS.up);
  }

  touch(phase: TouchPhase, slot: number, head: number, x: number, y: number): void {
    const number = TOUCH_PHASES.indexOf(phase);
    if (number < 0 || !Number.isInteger(slot) || slot < 0 || slot >= MAX_SLOTS) return;
    const place = this.#placeOf(head, x, y);
    if (place !== null) this.#push({ kind: 'touch', head, phase: number, slot, ...place });
  }

  /** Whole notches become presses of a wheel's button; returns the fraction that is left. */
  #turn(notches: number, negative: number, positive: number): number {
    const whole = Math.trunc(notches);
    const button = whole < 0 ? negative : positive;
    for (let i = Math.abs(whole); i > 0; i--) {
      this.#push({ kind: 'button', head: 0, button, isDown: true });
      this.#push({ kind: 'button', head: 0, button, isDown: false });
    }
    return notches - whole;
  }

  /** A place in the frame as fractions of what the guest's pointer can reach: its last pixel is the end. */
  #placeOf(head: number, x: number, y: number): { readonly x: number; readonly y: number } | null {
    const frame = this.#frames.get(head);
    if (frame === undefined || frame.width < 1 || frame.height < 1) return null;
    if (!Number.isFinite(x) || !Number.isFinite(y)) return null;
    const part = (at: number, size: number): number => Math.min(Math.max(at, 0), size - 1) / Math.max(size - 1, 1);
    return { x: part(x, frame.width), y: part(y, frame.height) };
  }

  #push(event: InputEvent): void {
    if (this.#deliver !== null) this.#queue.push(event);
  }
}

function clampMotion(pixels: number): number {
  return Math.min(Math.max(pixels, -MAX_MOTION), MAX_MOTION);
}

function clamp(notches: number): number {
  return Math.min(Math.max(notches, -MAX_NOTCHES), MAX_NOTCHES);
}
