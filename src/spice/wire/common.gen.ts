// Generated from common.table.ts by `npm run gen`. Do not edit.
import { byId, EMPTY, type Empty, type Handlers } from '../../wire/codec.ts';
import type { Reader } from '../../wire/reader.ts';
import type { Writer } from '../../wire/writer.ts';

export interface Point {
  readonly x: number;
  readonly y: number;
}
/** Reads a `Point`. Throws WireError. Byte fields are borrowed. */
export function readPoint(r: Reader): Point {
  const v = r.view;
  const o1 = r.take(8, 'Point');
  const x = v.getInt32(o1, true);
  const y = v.getInt32(o1 + 4, true);
  return { x, y };
}
/** Writes a `Point`. */
export function writePoint(w: Writer, m: Point): void {
  const o1 = w.take(8);
  const v2 = w.view;
  v2.setInt32(o1, m.x, true);
  v2.setInt32(o1 + 4, m.y, true);
}

export interface Point16 {
  readonly x: number;
  readonly y: number;
}
/** Reads a `Point16`. Throws WireError. Byte fields are borrowed. */
export function readPoint16(r: Reader): Point16 {
  const v = r.view;
  const o1 = r.take(4, 'Point16');
  const x = v.getInt16(o1, true);
  const y = v.getInt16(o1 + 2, true);
  return { x, y };
}
/** Writes a `Point16`. */
export function writePoint16(w: Writer, m: Point16): void {
  const o1 = w.take(4);
  const v2 = w.view;
  v2.setInt16(o1, m.x, true);
  v2.setInt16(o1 + 2, m.y, true);
}

/** Right and bottom are the first pixels outside. */
export interface SpiceRect {
  readonly top: number;
  readonly left: number;
  readonly bottom: number;
  readonly right: number;
}
/** Reads a `SpiceRect`. Throws WireError. Byte fields are borrowed. */
export function readSpiceRect(r: Reader): SpiceRect {
  const v = r.view;
  const o1 = r.take(16, 'SpiceRect');
  const top = v.getInt32(o1, true);
  const left = v.getInt32(o1 + 4, true);
  const bottom = v.getInt32(o1 + 8, true);
  const right = v.getInt32(o1 + 12, true);
  return { top, left, bottom, right };
}
/** Writes a `SpiceRect`. */
export function writeSpiceRect(w: Writer, m: SpiceRect): void {
  const o1 = w.take(16);
  const v2 = w.view;
  v2.setInt32(o1, m.top, true);
  v2.setInt32(o1 + 4, m.left, true);
  v2.setInt32(o1 + 8, m.bottom, true);
  v2.setInt32(o1 + 12, m.right, true);
}

export const WarnCode = {
  /** SPICE_WARN_GENERAL */
  general: 0,
} as const;
export type WarnCode = (typeof WarnCode)[keyof typeof WarnCode];
/** Refuses a number that is no `WarnCode`. */
export function checkWarnCode(r: Reader, x: number, path: string): WarnCode {
  switch (x) {
    case 0:
      return x as WarnCode;
    default:
      throw r.refuse('value', path);
  }
}

export const InfoCode = {
  /** SPICE_INFO_GENERAL */
  general: 0,
} as const;
export type InfoCode = (typeof InfoCode)[keyof typeof InfoCode];
/** Refuses a number that is no `InfoCode`. */
export function checkInfoCode(r: Reader, x: number, path: string): InfoCode {
  switch (x) {
    case 0:
      return x as InfoCode;
    default:
      throw r.refuse('value', path);
  }
}

export const MigrateFlags = {
  /** SPICE_MIGRATE_NEED_FLUSH */
  needFlush: 1,
  /** SPICE_MIGRATE_NEED_DATA_TRANSFER */
  needDataTransfer: 2,
} as const;

/** The channel moves to another server. */
export interface Migrate {
  readonly flags: number;
}
/** Reads a `Migrate`. Throws WireError. Byte fields are borrowed. */
export function readMigrate(r: Reader): Migrate {
  const v = r.view;
  const o1 = r.take(4, 'Migrate');
  const flags = r.flags(v.getUint32(o1, true), 3, 'Migrate.flags');
  return { flags };
}
/** Writes a `Migrate`. */
export function writeMigrate(w: Writer, m: Migrate): void {
  const o1 = w.take(4);
  const v2 = w.view;
  v2.setUint32(o1, m.flags, true);
}

/** State to hand to the next server. Opaque bytes. */
export interface Data {
  readonly data: Uint8Array;
}
/** Reads a `Data`. Throws WireError. Byte fields are borrowed. */
export function readData(r: Reader): Data {
  const data = r.rest(268435456, 'Data.data');
  return { data };
}
/** Reads a `Data` into `t` and returns it: nothing is allocated but views of bytes. */
export function readDataInto(r: Reader, t: { -readonly [K in keyof Data]: Data[K] }): Data {
  const data = r.rest(268435456, 'Data.data');
  t.data = data;
  return t;
}
/** Writes a `Data`. */
export function writeData(w: Writer, m: Data): void {
  w.count(m.data.byteLength, 268435456, 'Data.data');
  w.bytes(m.data);
}

/** How many messages the client takes before it acknowledges. */
export interface SetAck {
  readonly generation: number;
  readonly window: number;
}
/** Reads a `SetAck`. Throws WireError. Byte fields are borrowed. */
export function readSetAck(r: Reader): SetAck {
  const v = r.view;
  const o1 = r.take(8, 'SetAck');
  const generation = v.getUint32(o1, true);
  const window = v.getUint32(o1 + 4, true);
  return { generation, window };
}
/** Writes a `SetAck`. */
export function writeSetAck(w: Writer, m: SetAck): void {
  const o1 = w.take(8);
  const v2 = w.view;
  v2.setUint32(o1, m.generation, true);
  v2.setUint32(o1 + 4, m.window, true);
}

/** To be answered with the same id and time; data only fills the line. */
export interface Ping {
  readonly id: number;
  readonly timestamp: bigint;
  readonly data: Uint8Array;
}
/** Reads a `Ping`. Throws WireError. Byte fields are borrowed. */
export function readPing(r: Reader): Ping {
  const v = r.view;
  const o1 = r.take(12, 'Ping');
  const id = v.getUint32(o1, true);
  const timestamp = v.getBigUint64(o1 + 4, true);
  const data = r.rest(268435456, 'Ping.data');
  return { id, timestamp, data };
}
/** Writes a `Ping`. */
export function writePing(w: Writer, m: Ping): void {
  const o1 = w.take(12);
  const v2 = w.view;
  v2.setUint32(o1, m.id, true);
  v2.setBigUint64(o1 + 4, m.timestamp, true);
  w.count(m.data.byteLength, 268435456, 'Ping.data');
  w.bytes(m.data);
}

export interface ChannelWait {
  readonly channelType: number;
  readonly channelId: number;
  readonly messageSerial: bigint;
}
/** Reads a `ChannelWait`. Throws WireError. Byte fields are borrowed. */
export function readChannelWait(r: Reader): ChannelWait {
  const v = r.view;
  const o1 = r.take(10, 'ChannelWait');
  const channelType = v.getUint8(o1);
  const channelId = v.getUint8(o1 + 1);
  const messageSerial = v.getBigUint64(o1 + 2, true);
  return { channelType, channelId, messageSerial };
}
/** Writes a `ChannelWait`. */
export function writeChannelWait(w: Writer, m: ChannelWait): void {
  const o1 = w.take(10);
  const v2 = w.view;
  v2.setUint8(o1, m.channelType);
  v2.setUint8(o1 + 1, m.channelId);
  v2.setBigUint64(o1 + 2, m.messageSerial, true);
}

/** Wait until other channels got so far. */
export interface WaitForChannels {
  readonly channels: readonly ChannelWait[];
}
/** Reads a `WaitForChannels`. Throws WireError. Byte fields are borrowed. */
export function readWaitForChannels(r: Reader): WaitForChannels {
  const v = r.view;
  const o2 = r.take(1, 'WaitForChannels');
  const n1 = v.getUint8(o2);
  const n3 = r.list(n1, 255, 10, 'WaitForChannels.channels');
  const channels: ChannelWait[] = [];
  let p5 = r.take(n3 * 10, 'WaitForChannels.channels');
  for (let i4 = 0; i4 < n3; i4++, p5 += 10) {
    channels.push({ channelType: v.getUint8(p5), channelId: v.getUint8(p5 + 1), messageSerial: v.getBigUint64(p5 + 2, true) });
  }
  return { channels };
}
/** Writes a `WaitForChannels`. */
export function writeWaitForChannels(w: Writer, m: WaitForChannels): void {
  const o1 = w.take(1);
  const v2 = w.view;
  v2.setUint8(o1, w.count(m.channels.length, 255, 'WaitForChannels.channels'));
  let o4 = w.take(m.channels.length * 10);
  const v5 = w.view;
  for (const x3 of m.channels) {
    v5.setUint8(o4, x3.channelType);
    v5.setUint8(o4 + 1, x3.channelId);
    v5.setBigUint64(o4 + 2, x3.messageSerial, true);
    o4 += 10;
  }
}

/** The server is about to close. */
export interface Disconnecting {
  readonly timeStamp: bigint;
  readonly reason: number;
}
/** Reads a `Disconnecting`. Throws WireError. Byte fields are borrowed. */
export function readDisconnecting(r: Reader): Disconnecting {
  const v = r.view;
  const o1 = r.take(12, 'Disconnecting');
  const timeStamp = v.getBigUint64(o1, true);
  const reason = v.getUint32(o1 + 8, true);
  return { timeStamp, reason };
}
/** Writes a `Disconnecting`. */
export function writeDisconnecting(w: Writer, m: Disconnecting): void {
  const o1 = w.take(12);
  const v2 = w.view;
  v2.setBigUint64(o1, m.timeStamp, true);
  v2.setUint32(o1 + 8, m.reason, true);
}

export const NotifySeverity = {
  /** SPICE_NOTIFY_SEVERITY_INFO */
  info: 0,
  /** SPICE_NOTIFY_SEVERITY_WARN */
  warn: 1,
  /** SPICE_NOTIFY_SEVERITY_ERROR */
  error: 2,
} as const;

export const NotifyVisibility = {
  /** SPICE_NOTIFY_VISIBILITY_LOW */
  low: 0,
  /** SPICE_NOTIFY_VISIBILITY_MEDIUM */
  medium: 1,
  /** SPICE_NOTIFY_VISIBILITY_HIGH */
  high: 2,
} as const;

/** A text for the person at the client. */
export interface Notify {
  readonly timeStamp: bigint;
  readonly severity: number;
  readonly visibility: number;
  readonly what: number;
  readonly message: Uint8Array;
}
/** Reads a `Notify`. Throws WireError. Byte fields are borrowed. */
export function readNotify(r: Reader): Notify {
  const v = r.view;
  const o2 = r.take(24, 'Notify');
  const timeStamp = v.getBigUint64(o2, true);
  const severity = v.getUint32(o2 + 8, true);
  const visibility = v.getUint32(o2 + 12, true);
  const what = v.getUint32(o2 + 16, true);
  const n1 = v.getUint32(o2 + 20, true);
  const message = r.bytes(n1, 65536, 'Notify.message');
  return { timeStamp, severity, visibility, what, message };
}
/** Writes a `Notify`. */
export function writeNotify(w: Writer, m: Notify): void {
  const o1 = w.take(24);
  const v2 = w.view;
  v2.setBigUint64(o1, m.timeStamp, true);
  v2.setUint32(o1 + 8, m.severity, true);
  v2.setUint32(o1 + 12, m.visibility, true);
  v2.setUint32(o1 + 16, m.what, true);
  v2.setUint32(o1 + 20, w.count(m.message.byteLength, 65536, 'Notify.message'), true);
  w.bytes(m.message);
}

/** The answer to SET_ACK. */
export interface AckSync {
  readonly generation: number;
}
/** Reads a `AckSync`. Throws WireError. Byte fields are borrowed. */
export function readAckSync(r: Reader): AckSync {
  const v = r.view;
  const o1 = r.take(4, 'AckSync');
  const generation = v.getUint32(o1, true);
  return { generation };
}
/** Writes a `AckSync`. */
export function writeAckSync(w: Writer, m: AckSync): void {
  const o1 = w.take(4);
  const v2 = w.view;
  v2.setUint32(o1, m.generation, true);
}

/** One window of messages was taken. */
export type Nothing = Empty;
/** Reads a `Nothing`. Throws WireError. Byte fields are borrowed. */
export function readNothing(_r: Reader): Nothing {
  return EMPTY;
}
/** Writes a `Nothing`. */
export function writeNothing(_w: Writer, _m: Nothing): void {}

/** The answer to PING. */
export interface Pong {
  readonly id: number;
  readonly timestamp: bigint;
}
/** Reads a `Pong`. Throws WireError. Byte fields are borrowed. */
export function readPong(r: Reader): Pong {
  const v = r.view;
  const o1 = r.take(12, 'Pong');
  const id = v.getUint32(o1, true);
  const timestamp = v.getBigUint64(o1 + 4, true);
  return { id, timestamp };
}
/** Writes a `Pong`. */
export function writePong(w: Writer, m: Pong): void {
  const o1 = w.take(12);
  const v2 = w.view;
  v2.setUint32(o1, m.id, true);
  v2.setBigUint64(o1 + 4, m.timestamp, true);
}

/** Messages of `commonServer` by name. */
export const commonServer = {
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
} as const;

/** Messages of `commonServer` by number. */
export const commonServerById = /* @__PURE__ */ byId(commonServer);

/** Reads message `id` of `commonServer` and gives it to its handler. Throws WireError, also for unknown numbers. */
export function dispatchCommonServer<R>(id: number, r: Reader, handlers: Handlers<typeof commonServer, R>): R {
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
    default:
      throw r.refuse('message', 'commonServer');
  }
}

/** Messages of `commonClient` by name. */
export const commonClient = {
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

/** Messages of `commonClient` by number. */
export const commonClientById = /* @__PURE__ */ byId(commonClient);

/** Reads message `id` of `commonClient` and gives it to its handler. Throws WireError, also for unknown numbers. */
export function dispatchCommonClient<R>(id: number, r: Reader, handlers: Handlers<typeof commonClient, R>): R {
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
      throw r.refuse('message', 'commonClient');
  }
}
