/** What each of our input devices says that it is. */
import { ABS, allKeys, BTN, EV, LED, PROPERTY_DIRECT, REL } from './event-codes.ts';

/** Places on absolute axes are 0 to this. */
export const AXIS_MAX = 0x7fff;
/** Fingers that a touch screen tells apart. */
export const TOUCH_SLOTS = 10;

/** A device's description of itself. */
export interface InputProfile {
  readonly name: string;
  readonly product: number;
  readonly properties: readonly number[];
  /** Codes by event type. */
  readonly codes: ReadonlyMap<number, readonly number[]>;
  /** Greatest value of each absolute axis; the least is 0. */
  readonly axes: ReadonlyMap<number, number>;
}

/** All keys of PC keyboards, three lights, and the power button. */
export const KEYBOARD: InputProfile = {
  name: 'Saffron Keyboard',
  product: 1,
  properties: [],
  codes: new Map<number, readonly number[]>([
    [EV.key, allKeys()],
    [EV.led, [LED.num, LED.caps, LED.scroll]],
    // Linux repeats keys itself when a keyboard says that it can.
    [EV.rep, [0, 1]],
  ]),
  axes: new Map(),
};

/** A pointer that is told places. */
export const TABLET: InputProfile = {
  name: 'Saffron Tablet',
  product: 2,
  properties: [],
  codes: new Map<number, readonly number[]>([
    [EV.key, [BTN.left, BTN.right, BTN.middle, BTN.side, BTN.extra]],
    [EV.rel, [REL.hwheel, REL.wheel]],
    [EV.abs, [ABS.x, ABS.y]],
  ]),
  axes: new Map([
    [ABS.x, AXIS_MAX],
    [ABS.y, AXIS_MAX],
  ]),
};

/** A pointer that is told how far it moves; the tablet has the buttons of both. */
export const MOUSE: InputProfile = {
  name: 'Saffron Mouse',
  product: 4,
  properties: [],
  codes: new Map<number, readonly number[]>([
    // Without buttons systems take it for no mouse.
    [EV.key, [BTN.left, BTN.right, BTN.middle]],
    [EV.rel, [REL.x, REL.y]],
  ]),
  axes: new Map(),
};

/** Ten fingers on the screen, as slots (multi-touch protocol B). */
export const TOUCH_SCREEN: InputProfile = {
  name: 'Saffron Touch Screen',
  product: 3,
  properties: [PROPERTY_DIRECT],
  codes: new Map<number, readonly number[]>([
    [EV.key, [BTN.touch]],
    [EV.abs, [ABS.x, ABS.y, ABS.mtSlot, ABS.mtPositionX, ABS.mtPositionY, ABS.mtTrackingId]],
  ]),
  axes: new Map([
    [ABS.x, AXIS_MAX],
    [ABS.y, AXIS_MAX],
    [ABS.mtSlot, TOUCH_SLOTS - 1],
    [ABS.mtPositionX, AXIS_MAX],
    [ABS.mtPositionY, AXIS_MAX],
    [ABS.mtTrackingId, 0xffff],
  ]),
};
