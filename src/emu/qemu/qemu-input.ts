/** Takes what people do (display/contract.ts) and tells QEMU's display objects, which give it to the guest's devices. */
import { Signal } from '../../base/signal.ts';
import type { InputSink, LockLights, PointerButton, TouchPhase } from '../../display/contract.ts';
import { InputQueue } from '../input-queue.ts';
import type { InputEvent } from '../input-queue.ts';

/** Where input goes while QEMU runs: DbusDisplay, or a stand-in. */
export interface InputTarget {
  key(code: number, isDown: boolean): Promise<void>;
  button(head: number, button: number, isDown: boolean): Promise<void>;
  position(head: number, x: number, y: number): Promise<void>;
  motion(head: number, dx: number, dy: number): Promise<void>;
  touch(head: number, phase: number, slot: number, x: number, y: number): Promise<void>;
}

export interface QemuInputOptions {
  readonly hasTouch: boolean;
  /** Something was told to QEMU that may change the picture. */
  readonly onActivity: () => void;
  readonly onRefused: (event: InputEvent, error: unknown) => void;
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/** QEMU's numbers of buttons. */
const BUTTON: ReadonlyMap<PointerButton, number> = new Map([
  ['left', 0],
  ['middle', 1],
  ['right', 2],
  ['side', 5],
  ['extra', 6],
]);
const WHEEL_UP = 3;
const WHEEL_DOWN = 4;
const WHEEL_LEFT = 7;
const WHEEL_RIGHT = 8;
const TOUCH: ReadonlyMap<TouchPhase, number> = new Map([
  ['down', 0],
  ['move', 1],
  ['up', 2],
  ['cancel', 3],
]);
const MAX_NOTCHES = 20;
const MAX_SLOTS = 10;

export class QemuInput implements InputSink {
  readonly onPointerMode = new Signal<{ readonly isAbsolute: boolean }>();
  readonly onLockLights = new Signal<LockLights>();
  readonly #options: QemuInputOptions;
  readonly #queue: InputQueue;
  readonly #frames = new Map<number, Size>();
  readonly #consoles = new Map<number, Size>();
  #target: InputTarget | null = null;
  #isAbsolute = false;
  #lights: LockLights = { scroll: false, num: false, caps: false };
  /** Head of the pointer's last place: buttons go to its console. */
  #head = 0;
  /** The pointer's last place, in the frame of that head; null before the first. */
  #place: { readonly x: number; readonly y: number } | null = null;
  #wheelX = 0;
  #wheelY = 0;

  constructor(options: QemuInputOptions) {
    this.#options = options;
    this.#queue = new InputQueue({ deliver: (event) => this.#deliver(event), onRefused: options.onRefused });
  }

  /** Input goes there from now on; null: nowhere. */
  setTarget(target: InputTarget | null): void {
    this.#target = target;
    this.#place = null;
    this.#queue.clear();
  }

  /** The guest's frames of a head have this size: the one that places are told in. */
  setFrameSize(head: number, width: number, height: number): void {
    this.#frames.set(head, { width, height });
  }

  /**
   * QEMU takes places of a head in a picture of this size. It hears of a guest's new mode before we do, and may have taken
   * the last place in the wrong size: it is told again.
   */
  setConsoleSize(head: number, width: number, height: number): void {
    const old = this.#consoles.get(head);
    this.#consoles.set(head, { width, height });
    const place = this.#place;
    if (old === undefined || place === null || head !== this.#head) return;
    if (old.width !== width || old.height !== height) this.position(head, place.x, place.y);
  }

  setAbsolute(isAbsolute: boolean): void {
    if (isAbsolute === this.#isAbsolute) return;
    this.#isAbsolute = isAbsolute;
    this.onPointerMode.emit({ isAbsolute });
  }

  /** Bits 0 scroll, 1 num, 2 caps. */
  setModifiers(bits: number): void {
    const lights = { scroll: (bits & 1) !== 0, num: (bits & 2) !== 0, caps: (bits & 4) !== 0 };
    const { scroll, num, caps } = this.#lights;
    if (lights.scroll === scroll && lights.num === num && lights.caps === caps) return;
    this.#lights = lights;
    this.onLockLights.emit(lights);
  }

  get hasAbsolutePointer(): boolean {
    return this.#isAbsolute;
  }

  get hasTouch(): boolean {
    return this.#options.hasTouch;
  }

  get lockLights(): LockLights {
    return this.#lights;
  }

  key(scancode: number, isDown: boolean): void {
    const code = qemuKeyCode(scancode);
    if (code !== null) this.#push({ kind: 'key', code, isDown });
  }

  motion(dx: number, dy: number): void {
    const [x, y] = [Math.trunc(dx), Math.trunc(dy)];
    if (!Number.isFinite(x) || !Number.isFinite(y) || (x === 0 && y === 0)) return;
    this.#push({ kind: 'motion', dx: clamp(x, -32768, 32767), dy: clamp(y, -32768, 32767) });
  }

  position(head: number, x: number, y: number): void {
    if (!this.#isAbsolute || !Number.isFinite(x) || !Number.isFinite(y)) return;
    const place = this.#toConsole(head, x, y);
    if (place === null) return;
    this.#head = head;
    this.#place = { x, y };
    this.#push({ kind: 'position', head, x: Math.floor(place.x), y: Math.floor(place.y) });
  }

  button(button: PointerButton, isDown: boolean): void {
    const number = BUTTON.get(button);
    if (number !== undefined) this.#push({ kind: 'button', head: this.#head, button: number, isDown });
  }

  wheel(dx: number, dy: number): void {
    if (!Number.isFinite(dx) || !Number.isFinite(dy)) return;
    this.#wheelX = this.#turn(this.#wheelX + clamp(dx, -MAX_NOTCHES, MAX_NOTCHES), WHEEL_LEFT, WHEEL_RIGHT);
    this.#wheelY = this.#turn(this.#wheelY + clamp(dy, -MAX_NOTCHES, MAX_NOTCHES), WHEEL_DOWN, WHEEL_UP);
  }

  touch(phase: TouchPhase, slot: number, head: number, x: number, y: number): void {
    const number = TOUCH.get(phase);
    if (!this.hasTouch || number === undefined || !Number.isInteger(slot) || slot < 0 || slot >= MAX_SLOTS) return;
    if (!Number.isFinite(x) || !Number.isFinite(y)) return;
    const place = this.#toConsole(head, x, y);
    if (place !== null) this.#push({ kind: 'touch', head, phase: number, slot, ...place });
  }

  /** Whole notches become clicks of a wheel button; returns the fraction that is left. */
  #turn(notches: number, negative: number, positive: number): number {
    const whole = Math.trunc(notches);
    const button = whole < 0 ? negative : positive;
    for (let i = Math.abs(whole); i > 0; i--) {
      this.#push({ kind: 'button', head: this.#head, button, isDown: true });
      this.#push({ kind: 'button', head: this.#head, button, isDown: false });
    }
    return notches - whole;
  }

  /** From a place in the frame to the same place in the console, inside of it. */
  #toConsole(head: number, x: number, y: number): { readonly x: number; readonly y: number } | null {
    const console = this.#consoles.get(head);
    const frame = this.#frames.get(head) ?? console;
    if (console === undefined || frame === undefined) return null;
    if (console.width < 1 || console.height < 1 || frame.width < 1 || frame.height < 1) return null;
    return {
      x: clamp((x * console.width) / frame.width, 0, console.width - 1),
      y: clamp((y * console.height) / frame.height, 0, console.height - 1),
    };
  }

  #push(event: InputEvent): void {
    if (this.#target !== null) this.#queue.push(event);
  }

  async #deliver(event: InputEvent): Promise<void> {
    const target = this.#target;
    if (target === null) return;
    this.#options.onActivity();
    switch (event.kind) {
      case 'key':
        return target.key(event.code, event.isDown);
      case 'button':
        return target.button(event.head, event.button, event.isDown);
      case 'position':
        return target.position(event.head, event.x, event.y);
      case 'motion':
        return target.motion(this.#head, event.dx, event.dy);
      case 'touch':
        return target.touch(event.head, event.phase, event.slot, event.x, event.y);
    }
  }
}

/** QEMU's number of a key: the scancode, with bit 7 for the e0 prefix; null for what is no scancode. */
export function qemuKeyCode(scancode: number): number | null {
  const code = scancode & 0xff;
  const prefix = scancode & ~0xff;
  if (!Number.isInteger(scancode) || code < 1 || code > 0x7f) return null;
  if (prefix === 0) return code;
  return prefix === 0xe000 ? code | 0x80 : null;
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), most);
}
