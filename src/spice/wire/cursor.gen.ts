// Generated from cursor.table.ts by `npm run gen`. Do not edit.
import { byId, type Handlers } from '../../wire/codec.ts';
import type { Reader } from '../../wire/reader.ts';
import type { Writer } from '../../wire/writer.ts';
import { type Point16, readAckSync, readData, readDisconnecting, readMigrate, readNothing, readNotify, readPing, readPong, readSetAck, readWaitForChannels, writeAckSync, writeData, writeDisconnecting, writeMigrate, writeNothing, writeNotify, writePing, writePong, writeSetAck, writeWaitForChannels } from './common.gen.ts';

export const cursorLimits = {
  maxShapeBytes: 1310720,
} as const;

export const CursorFlags = {
  /** SPICE_CURSOR_FLAGS_NONE */
  none: 1,
  /** SPICE_CURSOR_FLAGS_CACHE_ME */
  cacheMe: 2,
  /** SPICE_CURSOR_FLAGS_FROM_CACHE */
  fromCache: 4,
} as const;

export const CursorType = {
  /** SPICE_CURSOR_TYPE_ALPHA */
  alpha: 0,
  /** SPICE_CURSOR_TYPE_MONO */
  mono: 1,
  /** SPICE_CURSOR_TYPE_COLOR4 */
  color4: 2,
  /** SPICE_CURSOR_TYPE_COLOR8 */
  color8: 3,
  /** SPICE_CURSOR_TYPE_COLOR16 */
  color16: 4,
  /** SPICE_CURSOR_TYPE_COLOR24 */
  color24: 5,
  /** SPICE_CURSOR_TYPE_COLOR32 */
  color32: 6,
} as const;
export type CursorType = (typeof CursorType)[keyof typeof CursorType];
/** Refuses a number that is no `CursorType`. */
export function checkCursorType(r: Reader, x: number, path: string): CursorType {
  switch (x) {
    case 0:
    case 1:
    case 2:
    case 3:
    case 4:
    case 5:
    case 6:
      return x as CursorType;
    default:
      throw r.refuse('value', path);
  }
}

export interface CursorHeader {
  readonly unique: bigint;
  readonly type: CursorType;
  readonly width: number;
  readonly height: number;
  readonly hotSpotX: number;
  readonly hotSpotY: number;
}
/** Reads a `CursorHeader`. Throws WireError. Byte fields are borrowed. */
export function readCursorHeader(r: Reader): CursorHeader {
  const v = r.view;
  const o1 = r.take(17, 'CursorHeader');
  const unique = v.getBigUint64(o1, true);
  const type = checkCursorType(r, v.getUint8(o1 + 8), 'CursorHeader.type');
  const width = v.getUint16(o1 + 9, true);
  const height = v.getUint16(o1 + 11, true);
  const hotSpotX = v.getUint16(o1 + 13, true);
  const hotSpotY = v.getUint16(o1 + 15, true);
  return { unique, type, width, height, hotSpotX, hotSpotY };
}
/** Writes a `CursorHeader`. */
export function writeCursorHeader(w: Writer, m: CursorHeader): void {
  const o1 = w.take(17);
  const v2 = w.view;
  v2.setBigUint64(o1, m.unique, true);
  v2.setUint8(o1 + 8, m.type);
  v2.setUint16(o1 + 9, m.width, true);
  v2.setUint16(o1 + 11, m.height, true);
  v2.setUint16(o1 + 13, m.hotSpotX, true);
  v2.setUint16(o1 + 15, m.hotSpotY, true);
}

/** A shape. Flag `none`: no cursor and no header. Data by type: alpha 4 bytes a pixel, BGRA, colour not premultiplied; mono an AND and a XOR mask; others pixels (and a palette of 16 words for color4, 256 for color8), then a 1-bit mask. Rows are padded to bytes. */
export interface Cursor {
  readonly flags: number;
  readonly header: CursorHeader | null;
  readonly data: Uint8Array;
}
/** Reads a `Cursor`. Throws WireError. Byte fields are borrowed. */
export function readCursor(r: Reader): Cursor {
  const v = r.view;
  const o1 = r.take(2, 'Cursor');
  const flags = r.flags(v.getUint16(o1, true), 7, 'Cursor.flags');
  let header: CursorHeader | null = null;
  if ((flags & 1) === 0) {
    const o3 = r.take(17, 'Cursor.header');
    const header_2 = { unique: v.getBigUint64(o3, true), type: checkCursorType(r, v.getUint8(o3 + 8), 'Cursor.header.type'), width: v.getUint16(o3 + 9, true), height: v.getUint16(o3 + 11, true), hotSpotX: v.getUint16(o3 + 13, true), hotSpotY: v.getUint16(o3 + 15, true) };
    header = header_2;
  }
  const data = r.rest(1310720, 'Cursor.data');
  return { flags, header, data };
}
/** Writes a `Cursor`. */
export function writeCursor(w: Writer, m: Cursor): void {
  const o1 = w.take(2);
  const v2 = w.view;
  v2.setUint16(o1, m.flags, true);
  if ((m.flags & 1) === 0) {
    const x3 = w.present(m.header, 'Cursor.header');
    const o4 = w.take(17);
    const v5 = w.view;
    v5.setBigUint64(o4, x3.unique, true);
    v5.setUint8(o4 + 8, x3.type);
    v5.setUint16(o4 + 9, x3.width, true);
    v5.setUint16(o4 + 11, x3.height, true);
    v5.setUint16(o4 + 13, x3.hotSpotX, true);
    v5.setUint16(o4 + 15, x3.hotSpotY, true);
  }
  else w.absent(m.header, 'Cursor.header');
  w.count(m.data.byteLength, 1310720, 'Cursor.data');
  w.bytes(m.data);
}

/** The first message: place, trail and shape. */
export interface CursorInit {
  readonly position: Point16;
  readonly trailLength: number;
  readonly trailFrequency: number;
  readonly visible: boolean;
  readonly cursor: Cursor;
}
/** Reads a `CursorInit`. Throws WireError. Byte fields are borrowed. */
export function readCursorInit(r: Reader): CursorInit {
  const v = r.view;
  const o1 = r.take(9, 'CursorInit');
  const position = { x: v.getInt16(o1, true), y: v.getInt16(o1 + 2, true) };
  const trailLength = v.getUint16(o1 + 4, true);
  const trailFrequency = v.getUint16(o1 + 6, true);
  const visible = v.getUint8(o1 + 8) !== 0;
  const cursor = readCursor(r);
  return { position, trailLength, trailFrequency, visible, cursor };
}
/** Writes a `CursorInit`. */
export function writeCursorInit(w: Writer, m: CursorInit): void {
  const o1 = w.take(9);
  const v2 = w.view;
  v2.setInt16(o1, m.position.x, true);
  v2.setInt16(o1 + 2, m.position.y, true);
  v2.setUint16(o1 + 4, m.trailLength, true);
  v2.setUint16(o1 + 6, m.trailFrequency, true);
  v2.setUint8(o1 + 8, m.visible ? 1 : 0);
  writeCursor(w, m.cursor);
}

/** A new shape and place. */
export interface CursorSet {
  readonly position: Point16;
  readonly visible: boolean;
  readonly cursor: Cursor;
}
/** Reads a `CursorSet`. Throws WireError. Byte fields are borrowed. */
export function readCursorSet(r: Reader): CursorSet {
  const v = r.view;
  const o1 = r.take(5, 'CursorSet');
  const position = { x: v.getInt16(o1, true), y: v.getInt16(o1 + 2, true) };
  const visible = v.getUint8(o1 + 4) !== 0;
  const cursor = readCursor(r);
  return { position, visible, cursor };
}
/** Writes a `CursorSet`. */
export function writeCursorSet(w: Writer, m: CursorSet): void {
  const o1 = w.take(5);
  const v2 = w.view;
  v2.setInt16(o1, m.position.x, true);
  v2.setInt16(o1 + 2, m.position.y, true);
  v2.setUint8(o1 + 4, m.visible ? 1 : 0);
  writeCursor(w, m.cursor);
}

/** A new place; shows the cursor. */
export interface CursorMove {
  readonly position: Point16;
}
/** Reads a `CursorMove`. Throws WireError. Byte fields are borrowed. */
export function readCursorMove(r: Reader): CursorMove {
  const v = r.view;
  const o1 = r.take(4, 'CursorMove');
  const position = { x: v.getInt16(o1, true), y: v.getInt16(o1 + 2, true) };
  return { position };
}
/** Writes a `CursorMove`. */
export function writeCursorMove(w: Writer, m: CursorMove): void {
  const o1 = w.take(4);
  const v2 = w.view;
  v2.setInt16(o1, m.position.x, true);
  v2.setInt16(o1 + 2, m.position.y, true);
}

/** How the cursor trails. */
export interface CursorTrail {
  readonly length: number;
  readonly frequency: number;
}
/** Reads a `CursorTrail`. Throws WireError. Byte fields are borrowed. */
export function readCursorTrail(r: Reader): CursorTrail {
  const v = r.view;
  const o1 = r.take(4, 'CursorTrail');
  const length = v.getUint16(o1, true);
  const frequency = v.getUint16(o1 + 2, true);
  return { length, frequency };
}
/** Writes a `CursorTrail`. */
export function writeCursorTrail(w: Writer, m: CursorTrail): void {
  const o1 = w.take(4);
  const v2 = w.view;
  v2.setUint16(o1, m.length, true);
  v2.setUint16(o1 + 2, m.frequency, true);
}

/** Forget a cached shape. */
export interface CursorInvalOne {
  readonly id: bigint;
}
/** Reads a `CursorInvalOne`. Throws WireError. Byte fields are borrowed. */
export function readCursorInvalOne(r: Reader): CursorInvalOne {
  const v = r.view;
  const o1 = r.take(8, 'CursorInvalOne');
  const id = v.getBigUint64(o1, true);
  return { id };
}
/** Writes a `CursorInvalOne`. */
export function writeCursorInvalOne(w: Writer, m: CursorInvalOne): void {
  const o1 = w.take(8);
  const v2 = w.view;
  v2.setBigUint64(o1, m.id, true);
}

/** Messages of `cursorServer` by name. */
export const cursorServer = {
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
  /** SPICE_MSG_CURSOR_INIT (101): The first message: place, trail and shape. */
  init: { id: 101, name: 'init', cap: null, read: readCursorInit, write: writeCursorInit },
  /** SPICE_MSG_CURSOR_RESET (102): No cursor, and an empty cache. */
  reset: { id: 102, name: 'reset', cap: null, read: readNothing, write: writeNothing },
  /** SPICE_MSG_CURSOR_SET (103): A new shape and place. */
  set: { id: 103, name: 'set', cap: null, read: readCursorSet, write: writeCursorSet },
  /** SPICE_MSG_CURSOR_MOVE (104): A new place; shows the cursor. */
  move: { id: 104, name: 'move', cap: null, read: readCursorMove, write: writeCursorMove },
  /** SPICE_MSG_CURSOR_HIDE (105): The cursor is hidden. */
  hide: { id: 105, name: 'hide', cap: null, read: readNothing, write: writeNothing },
  /** SPICE_MSG_CURSOR_TRAIL (106): How the cursor trails. */
  trail: { id: 106, name: 'trail', cap: null, read: readCursorTrail, write: writeCursorTrail },
  /** SPICE_MSG_CURSOR_INVAL_ONE (107): Forget a cached shape. */
  invalOne: { id: 107, name: 'invalOne', cap: null, read: readCursorInvalOne, write: writeCursorInvalOne },
  /** SPICE_MSG_CURSOR_INVAL_ALL (108): Forget all cached shapes. */
  invalAll: { id: 108, name: 'invalAll', cap: null, read: readNothing, write: writeNothing },
} as const;

/** Messages of `cursorServer` by number. */
export const cursorServerById = /* @__PURE__ */ byId(cursorServer);

/** Reads message `id` of `cursorServer` and gives it to its handler. Throws WireError, also for unknown numbers. */
export function dispatchCursorServer<R>(id: number, r: Reader, handlers: Handlers<typeof cursorServer, R>): R {
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
      return handlers.init(readCursorInit(r));
    case 102:
      return handlers.reset(readNothing(r));
    case 103:
      return handlers.set(readCursorSet(r));
    case 104:
      return handlers.move(readCursorMove(r));
    case 105:
      return handlers.hide(readNothing(r));
    case 106:
      return handlers.trail(readCursorTrail(r));
    case 107:
      return handlers.invalOne(readCursorInvalOne(r));
    case 108:
      return handlers.invalAll(readNothing(r));
    default:
      throw r.refuse('message', 'cursorServer');
  }
}

/** Messages of `cursorClient` by name. */
export const cursorClient = {
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
} as const;

/** Messages of `cursorClient` by number. */
export const cursorClientById = /* @__PURE__ */ byId(cursorClient);

/** Reads message `id` of `cursorClient` and gives it to its handler. Throws WireError, also for unknown numbers. */
export function dispatchCursorClient<R>(id: number, r: Reader, handlers: Handlers<typeof cursorClient, R>): R {
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
    default:
      throw r.refuse('message', 'cursorClient');
  }
}
