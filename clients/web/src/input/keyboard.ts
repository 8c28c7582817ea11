/**
 * What is pressed at the guest's keyboard. Takes the events of a browser's keyboard, gives scancodes, and holds one
 * promise: a key that the guest was told is down is told up again, whatever the browser forgets to say.
 *
 * Known omissions of browsers that are mended here:
 * - a page that loses focus gets no keyup: `releaseAll` on blur and when the page is hidden;
 * - macOS gives no keyup for keys let go while Meta (Command) is held: they go up with Meta, and at once for the guest;
 * - macOS tells Caps Lock as down when it lights and up when it goes dark: both are a press and a release;
 * - Windows puts a false ControlLeft before AltGr: held back until the next event tells which it was.
 */
import { scancodeOf } from './scancodes.ts';

/** The part of a KeyboardEvent that counts. */
export interface KeyStroke {
  readonly code: string;
  readonly repeat: boolean;
  /** Milliseconds; equal, or nearly so, for the two events of one AltGr. */
  readonly timeStamp: number;
}

/** The machine the browser runs on, as far as its keyboard differs. */
export type KeyboardHost = 'mac' | 'windows' | 'other';

/** Told each change of a key of the guest; a repeated press is told again. */
export type KeyListener = (scancode: number, isDown: boolean) => void;

/** Starts a timer; calling what is returned stops it. */
export type StartTimer = (callback: () => void, delayMs: number) => () => void;

const ALTGR_WAIT_MS = 50;
const CONTROL_LEFT = 0x1d;
const META = new Set(['MetaLeft', 'MetaRight', 'OSLeft', 'OSRight']);
const MODIFIERS = new Set([0x1d, 0xe01d, 0x2a, 0x36, 0x38, 0xe038, 0xe05b, 0xe05c]);

export class Keyboard {
  readonly #listener: KeyListener;
  readonly #host: KeyboardHost;
  readonly #startTimer: StartTimer;
  readonly #down = new Set<number>();
  #metaHeld = 0;
  #heldControl: { readonly timeStamp: number; readonly stop: () => void } | null = null;

  constructor(listener: KeyListener, host: KeyboardHost, startTimer: StartTimer) {
    this.#listener = listener;
    this.#host = host;
    this.#startTimer = startTimer;
  }

  /** Whether the guest holds any key down. */
  get isAnyDown(): boolean {
    return this.#down.size > 0 || this.#heldControl !== null;
  }

  /** A keydown event. False when it is no key of a PC: the browser may keep it. */
  press(stroke: KeyStroke): boolean {
    const scancode = scancodeOf(stroke.code);
    if (scancode === undefined) return false;
    const held = this.#heldControl;
    if (held !== null) {
      this.#heldControl = null;
      held.stop();
      const isAltGr = stroke.code === 'AltRight' && stroke.timeStamp - held.timeStamp < ALTGR_WAIT_MS;
      if (!isAltGr) this.#set(CONTROL_LEFT, true);
    }
    if (this.#host === 'windows' && stroke.code === 'ControlLeft' && !this.#down.has(CONTROL_LEFT)) {
      // A held AltGr repeats its false ControlLeft as well.
      if (stroke.repeat) return true;
      const stop = this.#startTimer(() => this.#flushControl(), ALTGR_WAIT_MS);
      this.#heldControl = { timeStamp: stroke.timeStamp, stop };
      return true;
    }
    if (this.#host === 'mac' && stroke.code === 'CapsLock') {
      this.#tap(scancode);
      return true;
    }
    if (META.has(stroke.code) && !stroke.repeat) this.#metaHeld++;
    this.#set(scancode, true);
    if (this.#host === 'mac' && this.#metaHeld > 0 && !MODIFIERS.has(scancode)) this.#set(scancode, false);
    return true;
  }

  /** A keyup event. False when it is no key of a PC. */
  release(stroke: KeyStroke): boolean {
    const scancode = scancodeOf(stroke.code);
    if (scancode === undefined) return false;
    this.#flushControl();
    if (this.#host === 'mac' && stroke.code === 'CapsLock') {
      this.#tap(scancode);
      return true;
    }
    // The false ControlLeft of AltGr never went down, and its keyup must not be told either.
    if (this.#down.has(scancode)) this.#set(scancode, false);
    if (META.has(stroke.code)) {
      this.#metaHeld = 0;
      if (this.#host === 'mac') this.#releaseOrdinary();
    }
    return true;
  }

  /** Presses the keys in order, then lets them go in the opposite order; keys held meanwhile stay as they are. */
  sendChord(codes: readonly string[]): void {
    const scancodes = codes.map(scancodeOf).filter((scancode) => scancode !== undefined);
    this.#flushControl();
    const pressed = scancodes.filter((scancode) => !this.#down.has(scancode));
    for (const scancode of scancodes) this.#set(scancode, true);
    for (const scancode of pressed.toReversed()) this.#set(scancode, false);
  }

  /** Everything up: focus went elsewhere, the page was hidden, the connection is about to close. */
  releaseAll(): void {
    if (this.#heldControl !== null) {
      this.#heldControl.stop();
      this.#heldControl = null;
    }
    this.#metaHeld = 0;
    for (const scancode of [...this.#down].toReversed()) this.#set(scancode, false);
  }

  #flushControl(): void {
    const held = this.#heldControl;
    if (held === null) return;
    this.#heldControl = null;
    held.stop();
    this.#set(CONTROL_LEFT, true);
  }

  #releaseOrdinary(): void {
    for (const scancode of [...this.#down].toReversed()) if (!MODIFIERS.has(scancode)) this.#set(scancode, false);
  }

  #tap(scancode: number): void {
    this.#set(scancode, true);
    this.#set(scancode, false);
  }

  #set(scancode: number, isDown: boolean): void {
    if (isDown) this.#down.add(scancode);
    else this.#down.delete(scancode);
    this.#listener(scancode, isDown);
  }
}
