// Generated from port.table.ts by `npm run gen`. Do not edit.
import { byId, type Handlers } from '../../wire/codec.ts';
import type { Reader } from '../../wire/reader.ts';
import type { Writer } from '../../wire/writer.ts';
import { readAckSync, readData, readDisconnecting, readMigrate, readNothing, readNotify, readPing, readPong, readSetAck, readWaitForChannels, writeAckSync, writeData, writeDisconnecting, writeMigrate, writeNothing, writeNotify, writePing, writePong, writeSetAck, writeWaitForChannels } from './common.gen.ts';
import { readCompressedData, writeCompressedData } from './spicevmc.gen.ts';

/** The first message: what the pipe is. The name ends with a zero byte. */
export interface PortInit {
  readonly name: Uint8Array;
  readonly opened: boolean;
}
/** Reads a `PortInit`. Throws WireError. Byte fields are borrowed. */
export function readPortInit(r: Reader): PortInit {
  const v = r.view;
  const o2 = r.take(8, 'PortInit');
  const nameBytes = v.getUint32(o2, true);
  const at1 = v.getUint32(o2 + 4, true);
  const back3 = r.enter(at1, 'PortInit.name');
  const name = r.bytes(nameBytes, 65536, 'PortInit.name');
  r.leave(back3);
  const o4 = r.take(1, 'PortInit');
  const opened = v.getUint8(o4) !== 0;
  return { name, opened };
}
function writePortInitName(w: Writer, m: Uint8Array): void {
  w.bytes(m);
}
/** Writes a `PortInit`. */
export function writePortInit(w: Writer, m: PortInit): void {
  const o1 = w.take(9);
  const v2 = w.view;
  v2.setUint32(o1, w.count(m.name.byteLength, 65536, 'PortInit.name'), true);
  w.point(v2, o1 + 4, writePortInitName, m.name);
  v2.setUint8(o1 + 8, m.opened ? 1 : 0);
}

export const PortEventType = {
  /** SPICE_PORT_EVENT_OPENED */
  opened: 0,
  /** SPICE_PORT_EVENT_CLOSED */
  closed: 1,
  /** SPICE_PORT_EVENT_BREAK */
  break: 2,
} as const;

/** The guest opened or closed its end, or sent a break. */
export interface PortEvent {
  readonly event: number;
}
/** Reads a `PortEvent`. Throws WireError. Byte fields are borrowed. */
export function readPortEvent(r: Reader): PortEvent {
  const v = r.view;
  const o1 = r.take(1, 'PortEvent');
  const event = v.getUint8(o1);
  return { event };
}
/** Writes a `PortEvent`. */
export function writePortEvent(w: Writer, m: PortEvent): void {
  const o1 = w.take(1);
  const v2 = w.view;
  v2.setUint8(o1, m.event);
}

/** Messages of `portServer` by name. */
export const portServer = {
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

/** Messages of `portServer` by number. */
export const portServerById = /* @__PURE__ */ byId(portServer);

/** Reads message `id` of `portServer` and gives it to its handler. Throws WireError, also for unknown numbers. */
export function dispatchPortServer<R>(id: number, r: Reader, handlers: Handlers<typeof portServer, R>): R {
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
      throw r.refuse('message', 'portServer');
  }
}

/** Messages of `portClient` by name. */
export const portClient = {
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

/** Messages of `portClient` by number. */
export const portClientById = /* @__PURE__ */ byId(portClient);

/** Reads message `id` of `portClient` and gives it to its handler. Throws WireError, also for unknown numbers. */
export function dispatchPortClient<R>(id: number, r: Reader, handlers: Handlers<typeof portClient, R>): R {
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
      throw r.refuse('message', 'portClient');
  }
}
