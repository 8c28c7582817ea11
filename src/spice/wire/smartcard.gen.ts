// Generated from smartcard.table.ts by `npm run gen`. Do not edit.
import { byId, type Handlers } from '../../wire/codec.ts';
import type { Reader } from '../../wire/reader.ts';
import type { Writer } from '../../wire/writer.ts';
import { readAckSync, readData, readDisconnecting, readMigrate, readNothing, readNotify, readPing, readPong, readSetAck, readWaitForChannels, writeAckSync, writeData, writeDisconnecting, writeMigrate, writeNothing, writeNotify, writePing, writePong, writeSetAck, writeWaitForChannels } from './common.gen.ts';

/** Data of a message of type `error`. */
export interface CardError {
  readonly code: number;
}
/** Reads a `CardError`. Throws WireError. Byte fields are borrowed. */
export function readCardError(r: Reader): CardError {
  const v = r.view;
  const o1 = r.take(4, 'CardError');
  const code = v.getUint32(o1, true);
  return { code };
}
/** Writes a `CardError`. */
export function writeCardError(w: Writer, m: CardError): void {
  const o1 = w.take(4);
  const v2 = w.view;
  v2.setUint32(o1, m.code, true);
}

export const CardMessageType = {
  /** SPICE_VSC_MESSAGE_TYPE_Init */
  init: 1,
  /** SPICE_VSC_MESSAGE_TYPE_Error */
  error: 2,
  /** SPICE_VSC_MESSAGE_TYPE_ReaderAdd */
  readerAdd: 3,
  /** SPICE_VSC_MESSAGE_TYPE_ReaderRemove */
  readerRemove: 4,
  /** SPICE_VSC_MESSAGE_TYPE_ATR */
  atr: 5,
  /** SPICE_VSC_MESSAGE_TYPE_CardRemove */
  cardRemove: 6,
  /** SPICE_VSC_MESSAGE_TYPE_APDU */
  apdu: 7,
  /** SPICE_VSC_MESSAGE_TYPE_Flush */
  flush: 8,
  /** SPICE_VSC_MESSAGE_TYPE_FlushComplete */
  flushComplete: 9,
} as const;

/** A message to the card. */
export interface CardMessage {
  readonly type: number;
  readonly readerId: number;
  readonly data: Uint8Array;
}
/** Reads a `CardMessage`. Throws WireError. Byte fields are borrowed. */
export function readCardMessage(r: Reader): CardMessage {
  const v = r.view;
  const o1 = r.take(12, 'CardMessage');
  const type = v.getUint32(o1, true);
  const readerId = v.getUint32(o1 + 4, true);
  const dataBytes = v.getUint32(o1 + 8, true);
  const data = r.bytes(dataBytes, 1048576, 'CardMessage.data');
  return { type, readerId, data };
}
/** Writes a `CardMessage`. */
export function writeCardMessage(w: Writer, m: CardMessage): void {
  const o1 = w.take(12);
  const v2 = w.view;
  v2.setUint32(o1, m.type, true);
  v2.setUint32(o1 + 4, m.readerId, true);
  v2.setUint32(o1 + 8, w.count(m.data.byteLength, 1048576, 'CardMessage.data'), true);
  w.bytes(m.data);
}

/** Messages of `smartcardServer` by name. */
export const smartcardServer = {
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
  /** SPICE_MSG_SMARTCARD_DATA (101): A message to the card. */
  data: { id: 101, name: 'data', cap: null, read: readCardMessage, write: writeCardMessage },
} as const;

/** Messages of `smartcardServer` by number. */
export const smartcardServerById = /* @__PURE__ */ byId(smartcardServer);

/** Reads message `id` of `smartcardServer` and gives it to its handler. Throws WireError, also for unknown numbers. */
export function dispatchSmartcardServer<R>(id: number, r: Reader, handlers: Handlers<typeof smartcardServer, R>): R {
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
      return handlers.data(readCardMessage(r));
    default:
      throw r.refuse('message', 'smartcardServer');
  }
}

/** Messages of `smartcardClient` by name. */
export const smartcardClient = {
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
  /** SPICE_MSGC_SMARTCARD_DATA (101): A message of the card. */
  data: { id: 101, name: 'data', cap: null, read: readCardMessage, write: writeCardMessage },
} as const;

/** Messages of `smartcardClient` by number. */
export const smartcardClientById = /* @__PURE__ */ byId(smartcardClient);

/** Reads message `id` of `smartcardClient` and gives it to its handler. Throws WireError, also for unknown numbers. */
export function dispatchSmartcardClient<R>(id: number, r: Reader, handlers: Handlers<typeof smartcardClient, R>): R {
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
      return handlers.data(readCardMessage(r));
    default:
      throw r.refuse('message', 'smartcardClient');
  }
}
