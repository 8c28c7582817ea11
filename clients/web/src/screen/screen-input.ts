/**
 * Keys, mouse and fingers of the page, to the guest. Holds what the guest was told is down, and lets all of it go when the
 * page loses focus.
 *
 * Keyboard focus on the screen takes every key the browser gives. The way out without a mouse: press Ctrl, Alt and Shift
 * together and let them go.
 */
import { Keyboard, type KeyboardHost } from '../input/keyboard.ts';
import { TouchGestures } from '../input/touch-gestures.ts';
import { WheelNotches, type WheelStroke } from '../input/wheel-notches.ts';
import type { InputsChannel, PointerButton } from '../session/inputs-channel.ts';
import type { ScreenView } from './screen-view.ts';

/** What the input needs of the element around it. */
export interface InputOwner {
  /** Where input goes; null while there is nobody. */
  inputs(): InputsChannel | null;
  /** The user asked for the keyboard back. */
  keyboardReleased(): void;
  /** Pointer lock came or went. */
  pointerLocked(isLocked: boolean): void;
}

/** Bits of MouseEvent.buttons. */
const BUTTONS: readonly (readonly [number, PointerButton])[] = [
  [1, 'left'],
  [2, 'right'],
  [4, 'middle'],
  [8, 'side'],
  [16, 'extra'],
];
const MODIFIER = /^(Control|Alt|Shift)(Left|Right)$/;

export class ScreenInput {
  readonly #view: ScreenView;
  readonly #owner: InputOwner;
  readonly #root: ShadowRoot;
  readonly #abort = new AbortController();
  readonly #keyboard: Keyboard;
  readonly #gestures: TouchGestures;
  readonly #wheel = new WheelNotches();
  #isAbsolute = true;
  #buttons = 0;
  #isCapturing = true;
  #isEscapeArmed = false;
  /** Where a finger was last told, for guests that take motions only. */
  #lastTouch: { x: number; y: number } | null = null;
  #motionRestX = 0;
  #motionRestY = 0;

  constructor(view: ScreenView, root: ShadowRoot, owner: InputOwner) {
    this.#view = view;
    this.#root = root;
    this.#owner = owner;
    this.#keyboard = new Keyboard(
      (scancode, isDown) => this.#owner.inputs()?.key(scancode, isDown),
      keyboardHost(),
      startTimer,
    );
    this.#gestures = new TouchGestures(
      {
        moveTo: (x, y) => this.#moveTo(x, y),
        button: (button, isDown) => this.#owner.inputs()?.button(button, isDown),
        scroll: (deltaPx) => this.#scroll({ deltaX: 0, deltaY: deltaPx, deltaMode: 0, shiftKey: false }),
      },
      startTimer,
    );
    this.#listen();
  }

  /** Whether places are sent (true) or motions. */
  set isAbsolute(isAbsolute: boolean) {
    this.#isAbsolute = isAbsolute;
    if (isAbsolute && this.#isLocked) document.exitPointerLock();
  }

  /** Presses keys together, by their KeyboardEvent.code, and lets them go. */
  sendChord(codes: readonly string[]): void {
    this.#keyboard.sendChord(codes);
  }

  /** Everything up. */
  releaseAll(): void {
    this.#keyboard.releaseAll();
    this.#gestures.cancel();
    this.#setButtons(0);
    this.#isEscapeArmed = false;
    this.#wheel.reset();
  }

  dispose(): void {
    this.releaseAll();
    this.#abort.abort();
    if (this.#isLocked) document.exitPointerLock();
  }

  get #isLocked(): boolean {
    return this.#root.pointerLockElement === this.#view.viewport;
  }

  #listen(): void {
    const { viewport } = this.#view;
    const { signal } = this.#abort;
    const release = (): void => this.releaseAll();
    viewport.addEventListener('keydown', (event) => this.#keyDown(event), { signal });
    viewport.addEventListener('keyup', (event) => this.#keyUp(event), { signal });
    viewport.addEventListener('focus', () => (this.#isCapturing = true), { signal });
    viewport.addEventListener('blur', release, { signal });
    window.addEventListener('blur', release, { signal });
    document.addEventListener('visibilitychange', release, { signal });

    viewport.addEventListener('pointerdown', (event) => this.#pointerDown(event), { signal });
    viewport.addEventListener('pointerup', (event) => this.#pointerUp(event), { signal });
    viewport.addEventListener('pointercancel', (event) => this.#pointerCancel(event), { signal });
    // Moves as they come, not once a frame, where the browser has them.
    const moved = 'onpointerrawupdate' in window ? 'pointerrawupdate' : 'pointermove';
    viewport.addEventListener(moved, (event) => this.#pointerMove(event as PointerEvent), { signal });
    viewport.addEventListener('wheel', (event) => this.#wheelTurn(event), { signal, passive: false });
    for (const type of ['contextmenu', 'dragstart', 'selectstart']) {
      viewport.addEventListener(type, (event) => event.preventDefault(), { signal });
    }
    document.addEventListener('pointerlockchange', () => this.#owner.pointerLocked(this.#isLocked), { signal });
  }

  #keyDown(event: KeyboardEvent): void {
    if (this.#owner.inputs() === null) return;
    if (!this.#isCapturing) {
      if (event.code !== 'Enter' || event.repeat) return;
      this.#isCapturing = true;
      event.preventDefault();
      return;
    }
    const isModifier = MODIFIER.test(event.code);
    if (!isModifier) this.#isEscapeArmed = false;
    else if (event.ctrlKey && event.altKey && event.shiftKey && !event.getModifierState('AltGraph')) {
      this.#isEscapeArmed = true;
    }
    if (this.#keyboard.press(event)) event.preventDefault();
    event.stopPropagation();
  }

  #keyUp(event: KeyboardEvent): void {
    if (this.#owner.inputs() === null || !this.#isCapturing) return;
    if (this.#keyboard.release(event)) event.preventDefault();
    event.stopPropagation();
    if (!this.#isEscapeArmed) return;
    this.releaseAll();
    this.#isCapturing = false;
    if (this.#isLocked) document.exitPointerLock();
    this.#owner.keyboardReleased();
  }

  #pointerDown(event: PointerEvent): void {
    if (this.#owner.inputs() === null) return;
    // Focus is set by hand: preventing the default keeps the browser from making mouse events of touches.
    event.preventDefault();
    this.#view.viewport.focus({ preventScroll: true });
    this.#isCapturing = true;
    if (event.pointerType === 'touch') {
      this.#view.viewport.setPointerCapture(event.pointerId);
      // Where fingers can only push the pointer, each touch starts anew.
      this.#lastTouch = null;
      this.#gestures.down(event.pointerId, event.clientX, event.clientY);
      return;
    }
    if (!this.#isAbsolute && !this.#isLocked) {
      this.#lockPointer();
      return;
    }
    if (!this.#isLocked) this.#view.viewport.setPointerCapture(event.pointerId);
    this.#mouse(event);
  }

  #pointerUp(event: PointerEvent): void {
    if (event.pointerType === 'touch') this.#gestures.up(event.pointerId);
    else this.#mouse(event);
  }

  #pointerCancel(event: PointerEvent): void {
    if (event.pointerType === 'touch') this.#gestures.cancel();
    else this.#setButtons(0);
  }

  #pointerMove(event: PointerEvent): void {
    if (event.pointerType === 'touch') this.#gestures.move(event.pointerId, event.clientX, event.clientY);
    else this.#mouse(event);
  }

  #mouse(event: PointerEvent): void {
    if (this.#owner.inputs() === null) return;
    if (this.#isLocked) this.#motion(event.movementX, event.movementY);
    else if (this.#isAbsolute) this.#moveTo(event.clientX, event.clientY);
    else return;
    this.#setButtons(event.buttons);
  }

  /** Fractions of a pixel, which scaled displays give, are kept until they make a whole one. */
  #motion(dx: number, dy: number): void {
    this.#motionRestX += dx;
    this.#motionRestY += dy;
    const wholeX = Math.trunc(this.#motionRestX);
    const wholeY = Math.trunc(this.#motionRestY);
    this.#motionRestX -= wholeX;
    this.#motionRestY -= wholeY;
    if (wholeX !== 0 || wholeY !== 0) this.#owner.inputs()?.motion(wholeX, wholeY);
  }

  #moveTo(clientX: number, clientY: number): void {
    const { x, y } = this.#view.guestPoint(clientX, clientY);
    if (this.#isAbsolute) {
      this.#owner.inputs()?.position(x, y);
      return;
    }
    const last = this.#lastTouch;
    this.#lastTouch = { x, y };
    if (last !== null) this.#motion(x - last.x, y - last.y);
  }

  /** Tells the buttons that changed; the browser's own count is the truth, so none can stay down. */
  #setButtons(buttons: number): void {
    for (const [bit, button] of BUTTONS) {
      if (((buttons ^ this.#buttons) & bit) !== 0) this.#owner.inputs()?.button(button, (buttons & bit) !== 0);
    }
    this.#buttons = buttons;
  }

  #wheelTurn(event: WheelEvent): void {
    if (this.#owner.inputs() === null) return;
    event.preventDefault();
    const { wheelDeltaY } = event as WheelEvent & { readonly wheelDeltaY?: number };
    const { deltaX, deltaY, deltaMode, shiftKey } = event;
    this.#scroll({ deltaX, deltaY, deltaMode, shiftKey, wheelDeltaY });
  }

  #scroll(stroke: WheelStroke): void {
    const notches = this.#wheel.add(stroke);
    if (notches !== 0) this.#owner.inputs()?.wheel(notches);
  }

  #lockPointer(): void {
    const { viewport } = this.#view;
    // Without acceleration the guest's own is the only one; not every system can do it.
    const asked = viewport.requestPointerLock({ unadjustedMovement: true }) as Promise<void> | undefined;
    asked?.catch(async () => {
      try {
        await viewport.requestPointerLock();
      } catch {
        // The browser said no: the next click asks again.
      }
    });
  }
}

function startTimer(callback: () => void, delayMs: number): () => void {
  const timer = setTimeout(callback, delayMs);
  return () => clearTimeout(timer);
}

function keyboardHost(): KeyboardHost {
  const { userAgent } = navigator;
  if (/Mac|iPhone|iPad/.test(userAgent)) return 'mac';
  return userAgent.includes('Windows') ? 'windows' : 'other';
}
