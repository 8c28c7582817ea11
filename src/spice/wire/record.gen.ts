// Generated from record.table.ts by `npm run gen`. Do not edit.
import { byId, type Handlers } from '../../wire/codec.ts';
import type { Reader } from '../../wire/reader.ts';
import type { Writer } from '../../wire/writer.ts';
import { readAckSync, readData, readDisconnecting, readMigrate, readNothing, readNotify, readPing, readPong, readSetAck, readWaitForChannels, writeAckSync, writeData, writeDisconnecting, writeMigrate, writeNothing, writeNotify, writePing, writePong, writeSetAck, writeWaitForChannels } from './common.gen.ts';
import { readAudioData, readAudioMode, readAudioMute, readAudioVolume, writeAudioData, writeAudioMode, writeAudioMute, writeAudioVolume } from './playback.gen.ts';

export const RecordCap = {
  /** SPICE_RECORD_CAP_CELT_0_5_1 */
  celt051: 0,
  /** SPICE_RECORD_CAP_VOLUME */
  volume: 1,
  /** SPICE_RECORD_CAP_OPUS */
  opus: 2,
} as const;
export type RecordCap = (typeof RecordCap)[keyof typeof RecordCap];
/** Refuses a number that is no `RecordCap`. */
export function checkRecordCap(r: Reader, x: number, path: string): RecordCap {
  switch (x) {
    case 0:
    case 1:
    case 2:
      return x as RecordCap;
    default:
      throw r.refuse('value', path);
  }
}

/** The guest listens. */
export interface RecordStart {
  readonly channels: number;
  readonly format: number;
  readonly frequency: number;
}
/** Reads a `RecordStart`. Throws WireError. Byte fields are borrowed. */
export function readRecordStart(r: Reader): RecordStart {
  const v = r.view;
  const o1 = r.take(10, 'RecordStart');
  const channels = v.getUint32(o1, true);
  const format = v.getUint16(o1 + 4, true);
  const frequency = v.getUint32(o1 + 6, true);
  return { channels, format, frequency };
}
/** Writes a `RecordStart`. */
export function writeRecordStart(w: Writer, m: RecordStart): void {
  const o1 = w.take(10);
  const v2 = w.view;
  v2.setUint32(o1, m.channels, true);
  v2.setUint16(o1 + 4, m.format, true);
  v2.setUint32(o1 + 6, m.frequency, true);
}

/** The time sound begins at. */
export interface RecordStartMark {
  readonly time: number;
}
/** Reads a `RecordStartMark`. Throws WireError. Byte fields are borrowed. */
export function readRecordStartMark(r: Reader): RecordStartMark {
  const v = r.view;
  const o1 = r.take(4, 'RecordStartMark');
  const time = v.getUint32(o1, true);
  return { time };
}
/** Writes a `RecordStartMark`. */
export function writeRecordStartMark(w: Writer, m: RecordStartMark): void {
  const o1 = w.take(4);
  const v2 = w.view;
  v2.setUint32(o1, m.time, true);
}

/** Messages of `recordServer` by name. */
export const recordServer = {
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
  /** SPICE_MSG_RECORD_START (101): The guest listens. */
  start: { id: 101, name: 'start', cap: null, read: readRecordStart, write: writeRecordStart },
  /** SPICE_MSG_RECORD_STOP (102): The guest no longer listens. */
  stop: { id: 102, name: 'stop', cap: null, read: readNothing, write: writeNothing },
  /** SPICE_MSG_RECORD_VOLUME (103): The guest's volume. */
  volume: { id: 103, name: 'volume', cap: 1, read: readAudioVolume, write: writeAudioVolume },
  /** SPICE_MSG_RECORD_MUTE (104): Whether the guest is mute. */
  mute: { id: 104, name: 'mute', cap: 1, read: readAudioMute, write: writeAudioMute },
} as const;

/** Messages of `recordServer` by number. */
export const recordServerById = /* @__PURE__ */ byId(recordServer);

/** Reads message `id` of `recordServer` and gives it to its handler. Throws WireError, also for unknown numbers. */
export function dispatchRecordServer<R>(id: number, r: Reader, handlers: Handlers<typeof recordServer, R>): R {
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
      return handlers.start(readRecordStart(r));
    case 102:
      return handlers.stop(readNothing(r));
    case 103:
      return handlers.volume(readAudioVolume(r));
    case 104:
      return handlers.mute(readAudioMute(r));
    default:
      throw r.refuse('message', 'recordServer');
  }
}

/** Messages of `recordClient` by name. */
export const recordClient = {
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
  /** SPICE_MSGC_RECORD_DATA (101): One packet of sound. */
  data: { id: 101, name: 'data', cap: null, read: readAudioData, write: writeAudioData },
  /** SPICE_MSGC_RECORD_MODE (102): How packets are encoded from now on. */
  mode: { id: 102, name: 'mode', cap: null, read: readAudioMode, write: writeAudioMode },
  /** SPICE_MSGC_RECORD_START_MARK (103): The time sound begins at. */
  startMark: { id: 103, name: 'startMark', cap: null, read: readRecordStartMark, write: writeRecordStartMark },
} as const;

/** Messages of `recordClient` by number. */
export const recordClientById = /* @__PURE__ */ byId(recordClient);

/** Reads message `id` of `recordClient` and gives it to its handler. Throws WireError, also for unknown numbers. */
export function dispatchRecordClient<R>(id: number, r: Reader, handlers: Handlers<typeof recordClient, R>): R {
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
      return handlers.data(readAudioData(r));
    case 102:
      return handlers.mode(readAudioMode(r));
    case 103:
      return handlers.startMark(readRecordStartMark(r));
    default:
      throw r.refuse('message', 'recordClient');
  }
}
