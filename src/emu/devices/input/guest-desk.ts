/**
 * Keyboard, tablet, mouse and touch screen of a guest together: what people do becomes reports of the right device. Which keys,
 * buttons and fingers are down is known, so that a press that was dropped has no release, and a device whose driver starts
 * anew begins with nothing pressed.
 */
import { Signal } from '../../../base/signal.ts';
import type { LockLights, PointerButton, TouchPhase } from '../../../display/contract.ts';
import { InputDevice, type InputDeviceState, type InputEvent } from './device.ts';
import { ABS, BTN, EV, KEY_POWER, keyOfScancode, LED, REL } from './event-codes.ts';
import { AXIS_MAX, KEYBOARD, MOUSE, TABLET, TOUCH_SCREEN, TOUCH_SLOTS } from './profiles.ts';

const BUTTONS: ReadonlyMap<PointerButton, number> = new Map([
  ['left', BTN.left],
  ['middle', BTN.middle],
  ['right', BTN.right],
  ['side', BTN.side],
  ['extra', BTN.extra],
]);
/** What is sent in answer to a finger is numbered on and on. */
const TRACKING_IDS = 0x1_0000;

/** What the devices remember, and what is down, as plain data. */
export interface GuestDeskState {
  /** Keyboard, tablet, touch screen, mouse. */
  readonly devices: readonly InputDeviceState[];
  /** Keys and buttons by their codes, fingers by their slots. */
  readonly pressed: readonly number[];
  readonly fingers: readonly number[];
  readonly nextTrackingId: number;
  readonly lights: LockLights;
}

/** The devices, in the thread that serves their queues. */
export class GuestDesk {
  readonly keyboard: InputDevice = new InputDevice(KEYBOARD);
  readonly tablet: InputDevice = new InputDevice(TABLET);
  readonly touchScreen: InputDevice = new InputDevice(TOUCH_SCREEN);
  readonly mouse: InputDevice = new InputDevice(MOUSE);
  readonly onLockLights: Signal<LockLights> = new Signal();
  readonly #pressed = new Set<number>();
  readonly #fingers = new Set<number>();
  #nextTrackingId = 0;
  #lights: LockLights = { scroll: false, num: false, caps: false };

  constructor() {
    this.keyboard.onStatus.subscribe((event) => this.#light(event));
  }

  /** A key by its scancode (display/contract.ts). What is no key is dropped. */
  key(scancode: number, isDown: boolean): void {
    const key = keyOfScancode(scancode);
    if (key !== null) this.#press(this.keyboard, key, isDown);
  }

  /** Presses the power button once. */
  powerButton(): void {
    this.#press(this.keyboard, KEY_POWER, true);
    this.#press(this.keyboard, KEY_POWER, false);
  }

  button(button: PointerButton, isDown: boolean): void {
    const code = BUTTONS.get(button);
    if (code !== undefined) this.#press(this.tablet, code, isDown);
  }

  /** A place, as fractions of the screen: 0 to 1. */
  position(x: number, y: number): void {
    this.tablet.report([event(EV.abs, ABS.x, axis(x)), event(EV.abs, ABS.y, axis(y))], false);
  }

  /** How far the pointer moves, in whole pixels: right and down are positive. */
  motion(dx: number, dy: number): void {
    const events: InputEvent[] = [];
    if (dx !== 0) events.push(event(EV.rel, REL.x, dx));
    if (dy !== 0) events.push(event(EV.rel, REL.y, dy));
    if (events.length > 0) this.mouse.report(events, false);
  }

  /** Whole notches: up and right are positive. */
  wheel(dx: number, dy: number): void {
    const events: InputEvent[] = [];
    if (dx !== 0) events.push(event(EV.rel, REL.hwheel, dx));
    if (dy !== 0) events.push(event(EV.rel, REL.wheel, dy));
    if (events.length > 0) this.tablet.report(events, false);
  }

  /** A finger, its place as fractions of the screen. */
  touch(phase: TouchPhase, slot: number, x: number, y: number): void {
    if (slot < 0 || slot >= TOUCH_SLOTS) return;
    const isDown = this.#fingers.has(slot);
    const place = [
      event(EV.abs, ABS.mtPositionX, axis(x)),
      event(EV.abs, ABS.mtPositionY, axis(y)),
      // A guest that knows one finger alone follows the only one.
      ...(this.#fingers.size > 1 || (this.#fingers.size === 1 && !isDown)
        ? []
        : [event(EV.abs, ABS.x, axis(x)), event(EV.abs, ABS.y, axis(y))]),
    ];
    const select = event(EV.abs, ABS.mtSlot, slot);
    switch (phase) {
      case 'down': {
        if (isDown || !this.touchScreen.isDriven) return;
        const id = event(EV.abs, ABS.mtTrackingId, this.#nextTrackingId);
        const first = this.#fingers.size === 0 ? [event(EV.key, BTN.touch, 1)] : [];
        if (!this.touchScreen.report([select, id, ...place, ...first], false)) return;
        this.#nextTrackingId = (this.#nextTrackingId + 1) % TRACKING_IDS;
        this.#fingers.add(slot);
        return;
      }
      case 'move':
        if (isDown) this.touchScreen.report([select, ...place], false);
        return;
      default: {
        if (!this.#fingers.delete(slot)) return;
        const last = this.#fingers.size === 0 ? [event(EV.key, BTN.touch, 0)] : [];
        this.touchScreen.report([select, event(EV.abs, ABS.mtTrackingId, -1), ...last], true);
      }
    }
  }

  /** The guest begins anew: nothing is down, no light is on. */
  reset(): void {
    this.#pressed.clear();
    this.#fingers.clear();
    this.#setLights({ scroll: false, num: false, caps: false });
  }

  save(): GuestDeskState {
    return {
      devices: this.#devices.map((device) => device.save()),
      pressed: [...this.#pressed],
      fingers: [...this.#fingers],
      nextTrackingId: this.#nextTrackingId,
      lights: this.#lights,
    };
  }

  /**
   * Goes on from what `save` gave, on new devices. Keys that were down are released: those who held them are not here, and
   * the drivers hear of it when they have their queues.
   */
  restore({ devices, pressed, fingers, nextTrackingId, lights }: GuestDeskState): void {
    for (const [i, device] of this.#devices.entries()) {
      const state = devices[i];
      if (state === undefined) continue;
      const released = device === this.keyboard ? pressed.filter((code) => code < BTN.left) : [];
      const buttons = device === this.tablet ? pressed.filter((code) => code >= BTN.left) : [];
      const lifted = device === this.touchScreen ? fingers : [];
      const events = [
        ...[...released, ...buttons].map((code) => event(EV.key, code, 0)),
        ...lifted.flatMap((slot) => [event(EV.abs, ABS.mtSlot, slot), event(EV.abs, ABS.mtTrackingId, -1)]),
        ...(lifted.length > 0 ? [event(EV.key, BTN.touch, 0)] : []),
      ];
      const end = events.length > 0 ? [event(0, 0, 0)] : [];
      device.restore({ ...state, waiting: [...state.waiting, ...events, ...end] });
    }
    this.#nextTrackingId = nextTrackingId;
    this.#setLights(lights);
  }

  get #devices(): readonly InputDevice[] {
    return [this.keyboard, this.tablet, this.touchScreen, this.mouse];
  }

  #press(device: InputDevice, code: number, isDown: boolean): void {
    if (!device.isDriven) return;
    const report = [event(EV.key, code, isDown ? 1 : 0)];
    if (!isDown) {
      if (this.#pressed.delete(code)) device.report(report, true);
      return;
    }
    // A key that is held repeats; the guest does that itself.
    if (this.#pressed.has(code)) return;
    if (device.report(report, false)) this.#pressed.add(code);
  }

  #light({ type, code, value }: InputEvent): void {
    if (type !== EV.led) return;
    const isOn = value !== 0;
    const { scroll, num, caps } = this.#lights;
    if (code === LED.scroll) this.#setLights({ scroll: isOn, num, caps });
    else if (code === LED.num) this.#setLights({ scroll, num: isOn, caps });
    else if (code === LED.caps) this.#setLights({ scroll, num, caps: isOn });
  }

  #setLights(lights: LockLights): void {
    const { scroll, num, caps } = this.#lights;
    if (lights.scroll === scroll && lights.num === num && lights.caps === caps) return;
    this.#lights = lights;
    this.onLockLights.emit(lights);
  }
}

function event(type: number, code: number, value: number): InputEvent {
  return { type, code, value };
}

function axis(fraction: number): number {
  return Math.round(Math.min(Math.max(fraction, 0), 1) * AXIS_MAX);
}
