// Generated from spicevmc.table.ts by `npm run gen`. Do not edit.
import { byId, type Handlers } from '../../wire/codec.ts';
import type { Reader } from '../../wire/reader.ts';
import type { Writer } from '../../wire/writer.ts';
import { readAckSync, readData, readDisconnecting, readMigrate, readNothing, readNotify, readPing, readPong, readSetAck, readWaitForChannels, writeAckSync, writeData, writeDisconnecting, writeMigrate, writeNothing, writeNotify, writePing, writePong, writeSetAck, writeWaitForChannels } from './common.gen.ts';

export const SpicevmcCap = {
  /** SPICE_SPICEVMC_CAP_DATA_COMPRESS_LZ4 */
  dataCompressLz4: 0,
} as const;
export type SpicevmcCap = (typeof SpicevmcCap)[keyof typeof SpicevmcCap];
/** Refuses a number that is no `SpicevmcCap`. */
export function checkSpicevmcCap(r: Reader, x: number, path: string): SpicevmcCap {
  switch (x) {
    case 0:
      return x as SpicevmcCap;
    default:
      throw r.refuse('value', path);
  }
}

export const CompressionType = {
  /** SPICE_DATA_COMPRESSION_TYPE_NONE */
  none: 0,
  /** SPICE_DATA_COMPRESSION_TYPE_LZ4 */
  lz4: 1,
} as const;
export type CompressionType = (typeof CompressionType)[keyof typeof CompressionType];
/** Refuses a number that is no `CompressionType`. */
export function checkCompressionType(r: Reader, x: number, path: string): CompressionType {
  switch (x) {
    case 0:
    case 1:
      return x as CompressionType;
    default:
      throw r.refuse('value', path);
  }
}

/** `CompressedData` of type `none`. */
export interface CompressedDataNone {
  readonly type: typeof CompressionType.none;
  readonly data: Uint8Array;
}
/** `CompressedData` of type `lz4`. */
export interface CompressedDataLz4 {
  readonly type: typeof CompressionType.lz4;
  readonly uncompressedBytes: number;
  readonly data: Uint8Array;
}
/** Bytes of the device, compressed. Bytes of the device, compressed as one LZ4 block where the type says so. */
export type CompressedData = CompressedDataNone | CompressedDataLz4;
/** Reads a `CompressedData`. Throws WireError. Byte fields are borrowed. */
export function readCompressedData(r: Reader): CompressedData {
  const v = r.view;
  const o1 = r.take(1, 'CompressedData');
  const type = checkCompressionType(r, v.getUint8(o1), 'CompressedData.type');
  switch (type) {
    case 0: {
      const data = r.rest(268435456, 'CompressedData.none.data');
      return { type, data };
    }
    case 1: {
      const o2 = r.take(4, 'CompressedData.lz4');
      const uncompressedBytes = v.getUint32(o2, true);
      const data = r.rest(268435456, 'CompressedData.lz4.data');
      return { type, uncompressedBytes, data };
    }
  }
}
/** Writes a `CompressedData`. */
export function writeCompressedData(w: Writer, m: CompressedData): void {
  const o1 = w.take(1);
  const v2 = w.view;
  v2.setUint8(o1, m.type);
  switch (m.type) {
    case 0: {
      w.count(m.data.byteLength, 268435456, 'CompressedData.none.data');
      w.bytes(m.data);
      return;
    }
    case 1: {
      const o3 = w.take(4);
      const v4 = w.view;
      v4.setUint32(o3, m.uncompressedBytes, true);
      w.count(m.data.byteLength, 268435456, 'CompressedData.lz4.data');
      w.bytes(m.data);
      return;
    }
  }
}

/** Messages of `spicevmcServer` by name. */
export const spicevmcServer = {
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
} as const;

/** Messages of `spicevmcServer` by number. */
export const spicevmcServerById = /* @__PURE__ */ byId(spicevmcServer);

/** Reads message `id` of `spicevmcServer` and gives it to its handler. Throws WireError, also for unknown numbers. */
export function dispatchSpicevmcServer<R>(id: number, r: Reader, handlers: Handlers<typeof spicevmcServer, R>): R {
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
    default:
      throw r.refuse('message', 'spicevmcServer');
  }
}

/** Messages of `spicevmcClient` by name. */
export const spicevmcClient = {
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
} as const;

/** Messages of `spicevmcClient` by number. */
export const spicevmcClientById = /* @__PURE__ */ byId(spicevmcClient);

/** Reads message `id` of `spicevmcClient` and gives it to its handler. Throws WireError, also for unknown numbers. */
export function dispatchSpicevmcClient<R>(id: number, r: Reader, handlers: Handlers<typeof spicevmcClient, R>): R {
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
    default:
      throw r.refuse('message', 'spicevmcClient');
  }
}
