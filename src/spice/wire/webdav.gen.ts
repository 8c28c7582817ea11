// Generated from webdav.table.ts by `npm run gen`. Do not edit.
import { byId, type Handlers } from '../../wire/codec.ts';
import type { Reader } from '../../wire/reader.ts';
import type { Writer } from '../../wire/writer.ts';
import { readAckSync, readData, readDisconnecting, readMigrate, readNothing, readNotify, readPing, readPong, readSetAck, readWaitForChannels, writeAckSync, writeData, writeDisconnecting, writeMigrate, writeNothing, writeNotify, writePing, writePong, writeSetAck, writeWaitForChannels } from './common.gen.ts';
import { readCompressedData, writeCompressedData } from './spicevmc.gen.ts';
import { readPortEvent, readPortInit, writePortEvent, writePortInit } from './port.gen.ts';

/** A piece of one HTTP connection; without data the connection ends. */
export interface WebdavPiece {
  readonly client: bigint;
  readonly data: Uint8Array;
}
/** Reads a `WebdavPiece`. Throws WireError. Byte fields are borrowed. */
export function readWebdavPiece(r: Reader): WebdavPiece {
  const v = r.view;
  const o2 = r.take(10, 'WebdavPiece');
  const client = v.getBigInt64(o2, true);
  const n1 = v.getUint16(o2 + 8, true);
  const data = r.bytes(n1, 65535, 'WebdavPiece.data');
  return { client, data };
}
/** Writes a `WebdavPiece`. */
export function writeWebdavPiece(w: Writer, m: WebdavPiece): void {
  const o1 = w.take(10);
  const v2 = w.view;
  v2.setBigInt64(o1, m.client, true);
  v2.setUint16(o1 + 8, w.count(m.data.byteLength, 65535, 'WebdavPiece.data'), true);
  w.bytes(m.data);
}

/** Messages of `webdavServer` by name. */
export const webdavServer = {
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
  /** SPICE_MSG_SPICEVMC_DATA (101): Bytes of the device. */
  data: { id: 101, name: 'data', cap: null, read: readData, write: writeData },
  /** SPICE_MSG_SPICEVMC_COMPRESSED_DATA (102): Bytes of the device, compressed. */
  compressedData: { id: 102, name: 'compressedData', cap: 0, read: readCompressedData, write: writeCompressedData },
  /** SPICE_MSG_PORT_INIT (201): The first message: what the pipe is. */
  init: { id: 201, name: 'init', cap: null, read: readPortInit, write: writePortInit },
  /** SPICE_MSG_PORT_EVENT (202): The guest opened or closed its end, or sent a break. */
  event: { id: 202, name: 'event', cap: null, read: readPortEvent, write: writePortEvent },
} as const;

/** Messages of `webdavServer` by number. */
export const webdavServerById = /* @__PURE__ */ byId(webdavServer);

/** Reads message `id` of `webdavServer` and gives it to its handler. Throws WireError, also for unknown numbers. */
export function dispatchWebdavServer<R>(id: number, r: Reader, handlers: Handlers<typeof webdavServer, R>): R {
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
      return handlers.data(readData(r));
    case 102:
      return handlers.compressedData(readCompressedData(r));
    case 201:
      return handlers.init(readPortInit(r));
    case 202:
      return handlers.event(readPortEvent(r));
    default:
      throw r.refuse('message', 'webdavServer');
  }
}

/** Messages of `webdavClient` by name. */
export const webdavClient = {
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
  /** SPICE_MSGC_SPICEVMC_DATA (101): Bytes for the device. */
  data: { id: 101, name: 'data', cap: null, read: readData, write: writeData },
  /** SPICE_MSGC_SPICEVMC_COMPRESSED_DATA (102): Bytes for the device, compressed. */
  compressedData: { id: 102, name: 'compressedData', cap: 0, read: readCompressedData, write: writeCompressedData },
  /** SPICE_MSGC_PORT_EVENT (201): The client opened or closed its end, or sends a break. */
  event: { id: 201, name: 'event', cap: null, read: readPortEvent, write: writePortEvent },
} as const;

/** Messages of `webdavClient` by number. */
export const webdavClientById = /* @__PURE__ */ byId(webdavClient);

/** Reads message `id` of `webdavClient` and gives it to its handler. Throws WireError, also for unknown numbers. */
export function dispatchWebdavClient<R>(id: number, r: Reader, handlers: Handlers<typeof webdavClient, R>): R {
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
      return handlers.data(readData(r));
    case 102:
      return handlers.compressedData(readCompressedData(r));
    case 201:
      return handlers.event(readPortEvent(r));
    default:
      throw r.refuse('message', 'webdavClient');
  }
}
