// Generated from inputs.table.ts by `npm run gen`. Do not edit.
import { byId, type Handlers } from '../../wire/codec.ts';
import type { Reader } from '../../wire/reader.ts';
import type { Writer } from '../../wire/writer.ts';
import { readAckSync, readData, readDisconnecting, readMigrate, readNothing, readNotify, readPing, readPong, readSetAck, readWaitForChannels, writeAckSync, writeData, writeDisconnecting, writeMigrate, writeNothing, writeNotify, writePing, writePong, writeSetAck, writeWaitForChannels } from './common.gen.ts';

export const inputsLimits = {
  motionAckBunch: 4,
} as const;

export const InputsCap = {
  /** SPICE_INPUTS_CAP_KEY_SCANCODE */
  keyScancode: 0,
} as const;
export type InputsCap = (typeof InputsCap)[keyof typeof InputsCap];
/** Refuses a number that is no `InputsCap`. */
export function checkInputsCap(r: Reader, x: number, path: string): InputsCap {
  switch (x) {
    case 0:
      return x as InputsCap;
    default:
      throw r.refuse('value', path);
  }
}

export const KeyModifiers = {
  /** SPICE_KEYBOARD_MODIFIER_FLAGS_SCROLL_LOCK */
  scrollLock: 1,
  /** SPICE_KEYBOARD_MODIFIER_FLAGS_NUM_LOCK */
  numLock: 2,
  /** SPICE_KEYBOARD_MODIFIER_FLAGS_CAPS_LOCK */
  capsLock: 4,
} as const;

/** The lock keys as the guest has them. */
export interface Modifiers {
  readonly modifiers: number;
}
/** Reads a `Modifiers`. Throws WireError. Byte fields are borrowed. */
export function readModifiers(r: Reader): Modifiers {
  const v = r.view;
  const o1 = r.take(2, 'Modifiers');
  const modifiers = r.flags(v.getUint16(o1, true), 7, 'Modifiers.modifiers');
  return { modifiers };
}
/** Writes a `Modifiers`. */
export function writeModifiers(w: Writer, m: Modifiers): void {
  const o1 = w.take(2);
  const v2 = w.view;
  v2.setUint16(o1, m.modifiers, true);
}

/** A key went down. Bytes of the scan code, the first in the lowest byte. */
export interface KeyCode {
  readonly code: number;
}
/** Reads a `KeyCode`. Throws WireError. Byte fields are borrowed. */
export function readKeyCode(r: Reader): KeyCode {
  const v = r.view;
  const o1 = r.take(4, 'KeyCode');
  const code = v.getUint32(o1, true);
  return { code };
}
/** Reads a `KeyCode` into `t` and returns it: nothing is allocated but views of bytes. */
export function readKeyCodeInto(r: Reader, t: { -readonly [K in keyof KeyCode]: KeyCode[K] }): KeyCode {
  const v = r.view;
  const o1 = r.take(4, 'KeyCode');
  const code = v.getUint32(o1, true);
  t.code = code;
  return t;
}
/** Writes a `KeyCode`. */
export function writeKeyCode(w: Writer, m: KeyCode): void {
  const o1 = w.take(4);
  const v2 = w.view;
  v2.setUint32(o1, m.code, true);
}

export const MouseButtonMask = {
  /** SPICE_MOUSE_BUTTON_MASK_LEFT */
  left: 1,
  /** SPICE_MOUSE_BUTTON_MASK_MIDDLE */
  middle: 2,
  /** SPICE_MOUSE_BUTTON_MASK_RIGHT */
  right: 4,
  /** SPICE_MOUSE_BUTTON_MASK_UP */
  up: 8,
  /** SPICE_MOUSE_BUTTON_MASK_DOWN */
  down: 16,
  /** SPICE_MOUSE_BUTTON_MASK_SIDE */
  side: 32,
  /** SPICE_MOUSE_BUTTON_MASK_EXTRA */
  extra: 64,
} as const;

/** The mouse moved by so much. */
export interface MouseMotion {
  readonly dx: number;
  readonly dy: number;
  readonly buttonsState: number;
}
/** Reads a `MouseMotion`. Throws WireError. Byte fields are borrowed. */
export function readMouseMotion(r: Reader): MouseMotion {
  const v = r.view;
  const o1 = r.take(10, 'MouseMotion');
  const dx = v.getInt32(o1, true);
  const dy = v.getInt32(o1 + 4, true);
  const buttonsState = v.getUint16(o1 + 8, true);
  return { dx, dy, buttonsState };
}
/** Reads a `MouseMotion` into `t` and returns it: nothing is allocated but views of bytes. */
export function readMouseMotionInto(r: Reader, t: { -readonly [K in keyof MouseMotion]: MouseMotion[K] }): MouseMotion {
  const v = r.view;
  const o1 = r.take(10, 'MouseMotion');
  const dx = v.getInt32(o1, true);
  const dy = v.getInt32(o1 + 4, true);
  const buttonsState = v.getUint16(o1 + 8, true);
  t.dx = dx;
  t.dy = dy;
  t.buttonsState = buttonsState;
  return t;
}
/** Writes a `MouseMotion`. */
export function writeMouseMotion(w: Writer, m: MouseMotion): void {
  const o1 = w.take(10);
  const v2 = w.view;
  v2.setInt32(o1, m.dx, true);
  v2.setInt32(o1 + 4, m.dy, true);
  v2.setUint16(o1 + 8, m.buttonsState, true);
}

/** The pointer is there. */
export interface MousePosition {
  readonly x: number;
  readonly y: number;
  readonly buttonsState: number;
  readonly displayId: number;
}
/** Reads a `MousePosition`. Throws WireError. Byte fields are borrowed. */
export function readMousePosition(r: Reader): MousePosition {
  const v = r.view;
  const o1 = r.take(11, 'MousePosition');
  const x = v.getUint32(o1, true);
  const y = v.getUint32(o1 + 4, true);
  const buttonsState = v.getUint16(o1 + 8, true);
  const displayId = v.getUint8(o1 + 10);
  return { x, y, buttonsState, displayId };
}
/** Reads a `MousePosition` into `t` and returns it: nothing is allocated but views of bytes. */
export function readMousePositionInto(r: Reader, t: { -readonly [K in keyof MousePosition]: MousePosition[K] }): MousePosition {
  const v = r.view;
  const o1 = r.take(11, 'MousePosition');
  const x = v.getUint32(o1, true);
  const y = v.getUint32(o1 + 4, true);
  const buttonsState = v.getUint16(o1 + 8, true);
  const displayId = v.getUint8(o1 + 10);
  t.x = x;
  t.y = y;
  t.buttonsState = buttonsState;
  t.displayId = displayId;
  return t;
}
/** Writes a `MousePosition`. */
export function writeMousePosition(w: Writer, m: MousePosition): void {
  const o1 = w.take(11);
  const v2 = w.view;
  v2.setUint32(o1, m.x, true);
  v2.setUint32(o1 + 4, m.y, true);
  v2.setUint16(o1 + 8, m.buttonsState, true);
  v2.setUint8(o1 + 10, m.displayId);
}

export const MouseButton = {
  /** SPICE_MOUSE_BUTTON_INVALID */
  invalid: 0,
  /** SPICE_MOUSE_BUTTON_LEFT */
  left: 1,
  /** SPICE_MOUSE_BUTTON_MIDDLE */
  middle: 2,
  /** SPICE_MOUSE_BUTTON_RIGHT */
  right: 3,
  /** SPICE_MOUSE_BUTTON_UP */
  up: 4,
  /** SPICE_MOUSE_BUTTON_DOWN */
  down: 5,
  /** SPICE_MOUSE_BUTTON_SIDE */
  side: 6,
  /** SPICE_MOUSE_BUTTON_EXTRA */
  extra: 7,
} as const;

/** A button went down. */
export interface MouseButtonChange {
  readonly button: number;
  readonly buttonsState: number;
}
/** Reads a `MouseButtonChange`. Throws WireError. Byte fields are borrowed. */
export function readMouseButtonChange(r: Reader): MouseButtonChange {
  const v = r.view;
  const o1 = r.take(3, 'MouseButtonChange');
  const button = v.getUint8(o1);
  const buttonsState = v.getUint16(o1 + 1, true);
  return { button, buttonsState };
}
/** Reads a `MouseButtonChange` into `t` and returns it: nothing is allocated but views of bytes. */
export function readMouseButtonChangeInto(r: Reader, t: { -readonly [K in keyof MouseButtonChange]: MouseButtonChange[K] }): MouseButtonChange {
  const v = r.view;
  const o1 = r.take(3, 'MouseButtonChange');
  const button = v.getUint8(o1);
  const buttonsState = v.getUint16(o1 + 1, true);
  t.button = button;
  t.buttonsState = buttonsState;
  return t;
}
/** Writes a `MouseButtonChange`. */
export function writeMouseButtonChange(w: Writer, m: MouseButtonChange): void {
  const o1 = w.take(3);
  const v2 = w.view;
  v2.setUint8(o1, m.button);
  v2.setUint16(o1 + 1, m.buttonsState, true);
}

/** Messages of `inputsServer` by name. */
export const inputsServer = {
  /** SPICE_MSG_MIGRATE (1): The channel moves to another server. */
  migrate: { id: 1, name: 'migrate', cap: null, read: readMigrate, write: writeMigrate },
  /** SPICE_MSG_MIGRATE_DATA (2): State to hand to the next server. */
  migrateData: { id: 2, name: 'migrateData', cap: null, read: readData, write: writeData },
  /** SPICE_MSG_SET_ACK (3): How many messages the client takes before it acknowledges. */
  setAck: { id: 3, name: 'setAck', cap: null, read: readSetAck, write: writeSetAck },
  /** SPICE_MSG_PING (4): To be answered with the same id and time; data only fills the line. */
  ping: { id: 4, name: 'ping', cap: null, read: readPing, write: writePing },
  /** SPICE_MSG_WAIT_FOR_CHANNELS (5): Wait until other channels got so far. */
  waitForChannels: { id: 5, name: 'waitForChannels', cap: null, read: readWaitForChannels, write: writeWaitForChannels },
  /** SPICE_MSG_DISCONNECTING (6): The server is about to close. */
  disconnecting: { id: 6, name: 'disconnecting', cap: null, read: readDisconnecting, write: writeDisconnecting },
  /** SPICE_MSG_NOTIFY (7): A text for the person at the client. */
  notify: { id: 7, name: 'notify', cap: null, read: readNotify, write: writeNotify },
  /** SPICE_MSG_LIST (8): A SubMessageList and what it points to. */
  list: { id: 8, name: 'list', cap: null, read: readData, write: writeData },
  /** SPICE_MSG_INPUTS_INIT (101): The lock keys as the guest has them. */
  init: { id: 101, name: 'init', cap: null, read: readModifiers, write: writeModifiers },
  /** SPICE_MSG_INPUTS_KEY_MODIFIERS (102): The lock keys changed. */
  keyModifiers: { id: 102, name: 'keyModifiers', cap: null, read: readModifiers, write: writeModifiers },
  /** SPICE_MSG_INPUTS_MOUSE_MOTION_ACK (111): Four motions or positions were taken. */
  mouseMotionAck: { id: 111, name: 'mouseMotionAck', cap: null, read: readNothing, write: writeNothing },
} as const;

/** Messages of `inputsServer` by number. */
export const inputsServerById = /* @__PURE__ */ byId(inputsServer);

/** Reads message `id` of `inputsServer` and gives it to its handler. Throws WireError, also for unknown numbers. */
export function dispatchInputsServer<R>(id: number, r: Reader, handlers: Handlers<typeof inputsServer, R>): R {
  switch (id) {
    case 1:
      return handlers.migrate(readMigrate(r));
    case 2:
      return handlers.migrateData(readData(r));
    case 3:
      return handlers.setAck(readSetAck(r));
    case 4:
      return handlers.ping(readPing(r));
    case 5:
      return handlers.waitForChannels(readWaitForChannels(r));
    case 6:
      return handlers.disconnecting(readDisconnecting(r));
    case 7:
      return handlers.notify(readNotify(r));
    case 8:
      return handlers.list(readData(r));
    case 101:
      return handlers.init(readModifiers(r));
    case 102:
      return handlers.keyModifiers(readModifiers(r));
    case 111:
      return handlers.mouseMotionAck(readNothing(r));
    default:
      throw r.refuse('message', 'inputsServer');
  }
}

/** Messages of `inputsClient` by name. */
export const inputsClient = {
  /** SPICE_MSGC_ACK_SYNC (1): The answer to SET_ACK. */
  ackSync: { id: 1, name: 'ackSync', cap: null, read: readAckSync, write: writeAckSync },
  /** SPICE_MSGC_ACK (2): One window of messages was taken. */
  ack: { id: 2, name: 'ack', cap: null, read: readNothing, write: writeNothing },
  /** SPICE_MSGC_PONG (3): The answer to PING. */
  pong: { id: 3, name: 'pong', cap: null, read: readPong, write: writePong },
  /** SPICE_MSGC_MIGRATE_FLUSH_MARK (4): All before migration was sent. */
  migrateFlushMark: { id: 4, name: 'migrateFlushMark', cap: null, read: readNothing, write: writeNothing },
  /** SPICE_MSGC_MIGRATE_DATA (5): State brought from the last server. */
  migrateData: { id: 5, name: 'migrateData', cap: null, read: readData, write: writeData },
  /** SPICE_MSGC_DISCONNECTING (6): The client is about to close. */
  disconnecting: { id: 6, name: 'disconnecting', cap: null, read: readDisconnecting, write: writeDisconnecting },
  /** SPICE_MSGC_INPUTS_KEY_DOWN (101): A key went down. */
  keyDown: { id: 101, name: 'keyDown', cap: null, read: readKeyCode, write: writeKeyCode },
  /** SPICE_MSGC_INPUTS_KEY_UP (102): A key went up. */
  keyUp: { id: 102, name: 'keyUp', cap: null, read: readKeyCode, write: writeKeyCode },
  /** SPICE_MSGC_INPUTS_KEY_MODIFIERS (103): The lock keys as the client has them. */
  keyModifiers: { id: 103, name: 'keyModifiers', cap: null, read: readModifiers, write: writeModifiers },
  /** SPICE_MSGC_INPUTS_KEY_SCANCODE (104): Scan codes as they are. */
  keyScancode: { id: 104, name: 'keyScancode', cap: 0, read: readData, write: writeData },
  /** SPICE_MSGC_INPUTS_MOUSE_MOTION (111): The mouse moved by so much. */
  mouseMotion: { id: 111, name: 'mouseMotion', cap: null, read: readMouseMotion, write: writeMouseMotion },
  /** SPICE_MSGC_INPUTS_MOUSE_POSITION (112): The pointer is there. */
  mousePosition: { id: 112, name: 'mousePosition', cap: null, read: readMousePosition, write: writeMousePosition },
  /** SPICE_MSGC_INPUTS_MOUSE_PRESS (113): A button went down. */
  mousePress: { id: 113, name: 'mousePress', cap: null, read: readMouseButtonChange, write: writeMouseButtonChange },
  /** SPICE_MSGC_INPUTS_MOUSE_RELEASE (114): A button went up. */
  mouseRelease: { id: 114, name: 'mouseRelease', cap: null, read: readMouseButtonChange, write: writeMouseButtonChange },
} as const;

/** Messages of `inputsClient` by number. */
export const inputsClientById = /* @__PURE__ */ byId(inputsClient);

/** Reads message `id` of `inputsClient` and gives it to its handler. Throws WireError, also for unknown numbers. */
export function dispatchInputsClient<R>(id: number, r: Reader, handlers: Handlers<typeof inputsClient, R>): R {
  switch (id) {
    case 1:
      return handlers.ackSync(readAckSync(r));
    case 2:
      return handlers.ack(readNothing(r));
    case 3:
      return handlers.pong(readPong(r));
    case 4:
      return handlers.migrateFlushMark(readNothing(r));
    case 5:
      return handlers.migrateData(readData(r));
    case 6:
      return handlers.disconnecting(readDisconnecting(r));
    case 101:
      return handlers.keyDown(readKeyCode(r));
    case 102:
      return handlers.keyUp(readKeyCode(r));
    case 103:
      return handlers.keyModifiers(readModifiers(r));
    case 104:
      return handlers.keyScancode(readData(r));
    case 111:
      return handlers.mouseMotion(readMouseMotion(r));
    case 112:
      return handlers.mousePosition(readMousePosition(r));
    case 113:
      return handlers.mousePress(readMouseButtonChange(r));
    case 114:
      return handlers.mouseRelease(readMouseButtonChange(r));
    default:
      throw r.refuse('message', 'inputsClient');
  }
}
