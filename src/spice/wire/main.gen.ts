// Generated from main.table.ts by `npm run gen`. Do not edit.
import { byId, type Handlers } from '../../wire/codec.ts';
import type { Reader } from '../../wire/reader.ts';
import type { Writer } from '../../wire/writer.ts';
import { readAckSync, readData, readDisconnecting, readMigrate, readNothing, readNotify, readPing, readPong, readSetAck, readWaitForChannels, writeAckSync, writeData, writeDisconnecting, writeMigrate, writeNothing, writeNotify, writePing, writePong, writeSetAck, writeWaitForChannels } from './common.gen.ts';

export const mainLimits = {
  maxAgentDataBytes: 2048,
  maxBodyBytes: 268435456,
} as const;

export const MainCap = {
  /** SPICE_MAIN_CAP_SEMI_SEAMLESS_MIGRATE */
  semiSeamlessMigrate: 0,
  /** SPICE_MAIN_CAP_NAME_AND_UUID */
  nameAndUuid: 1,
  /** SPICE_MAIN_CAP_AGENT_CONNECTED_TOKENS */
  agentConnectedTokens: 2,
  /** SPICE_MAIN_CAP_SEAMLESS_MIGRATE */
  seamlessMigrate: 3,
} as const;
export type MainCap = (typeof MainCap)[keyof typeof MainCap];
/** Refuses a number that is no `MainCap`. */
export function checkMainCap(r: Reader, x: number, path: string): MainCap {
  switch (x) {
    case 0:
    case 1:
    case 2:
    case 3:
      return x as MainCap;
    default:
      throw r.refuse('value', path);
  }
}

/** Where the session moves. Host and certificate subject end with a zero byte; port 0 is none. */
export interface DestinationInfo {
  readonly port: number;
  readonly tlsPort: number;
  readonly host: Uint8Array;
  readonly certSubject: Uint8Array | null;
}
/** Reads a `DestinationInfo`. Throws WireError. Byte fields are borrowed. */
export function readDestinationInfo(r: Reader): DestinationInfo {
  const v = r.view;
  const o2 = r.take(12, 'DestinationInfo');
  const port = v.getUint16(o2, true);
  const tlsPort = v.getUint16(o2 + 2, true);
  const hostBytes = v.getUint32(o2 + 4, true);
  const at1 = v.getUint32(o2 + 8, true);
  const back3 = r.enter(at1, 'DestinationInfo.host');
  const host = r.bytes(hostBytes, 65536, 'DestinationInfo.host');
  r.leave(back3);
  const o5 = r.take(8, 'DestinationInfo');
  const certSubjectBytes = v.getUint32(o5, true);
  const at4 = v.getUint32(o5 + 4, true);
  let certSubject: Uint8Array | null = null;
  if (at4 !== 0) {
    const back7 = r.enter(at4, 'DestinationInfo.certSubject');
    const certSubject_6 = r.bytes(certSubjectBytes, 65536, 'DestinationInfo.certSubject');
    r.leave(back7);
    certSubject = certSubject_6;
  }
  return { port, tlsPort, host, certSubject };
}
function writeDestinationInfoHost(w: Writer, m: Uint8Array): void {
  w.bytes(m);
}
function writeDestinationInfoCertSubject(w: Writer, m: Uint8Array): void {
  w.bytes(m);
}
/** Writes a `DestinationInfo`. */
export function writeDestinationInfo(w: Writer, m: DestinationInfo): void {
  const o1 = w.take(20);
  const v2 = w.view;
  v2.setUint16(o1, m.port, true);
  v2.setUint16(o1 + 2, m.tlsPort, true);
  v2.setUint32(o1 + 4, w.count(m.host.byteLength, 65536, 'DestinationInfo.host'), true);
  w.point(v2, o1 + 8, writeDestinationInfoHost, m.host);
  v2.setUint32(o1 + 12, w.count(m.certSubject?.byteLength ?? 0, 65536, 'DestinationInfo.certSubject'), true);
  w.point(v2, o1 + 16, writeDestinationInfoCertSubject, m.certSubject);
}

/** Connect to another server and wait. */
export interface MigrateBegin {
  readonly destination: DestinationInfo;
}
/** Reads a `MigrateBegin`. Throws WireError. Byte fields are borrowed. */
export function readMigrateBegin(r: Reader): MigrateBegin {
  const destination = readDestinationInfo(r);
  return { destination };
}
/** Writes a `MigrateBegin`. */
export function writeMigrateBegin(w: Writer, m: MigrateBegin): void {
  writeDestinationInfo(w, m.destination);
}

export const MouseModes = {
  /** SPICE_MOUSE_MODE_SERVER */
  server: 1,
  /** SPICE_MOUSE_MODE_CLIENT */
  client: 2,
} as const;

export const MouseMode = {
  /** SPICE_MOUSE_MODE_SERVER */
  server: 1,
  /** SPICE_MOUSE_MODE_CLIENT */
  client: 2,
} as const;
export type MouseMode = (typeof MouseMode)[keyof typeof MouseMode];
/** Refuses a number that is no `MouseMode`. */
export function checkMouseMode(r: Reader, x: number, path: string): MouseMode {
  switch (x) {
    case 1:
    case 2:
      return x as MouseMode;
    default:
      throw r.refuse('value', path);
  }
}

/** The first message: what the session is. */
export interface MainInit {
  readonly sessionId: number;
  readonly displayChannelsHint: number;
  readonly supportedMouseModes: number;
  readonly currentMouseMode: MouseMode;
  readonly agentConnected: boolean;
  readonly agentTokens: number;
  readonly multiMediaTime: number;
  readonly ramHint: number;
}
/** Reads a `MainInit`. Throws WireError. Byte fields are borrowed. */
export function readMainInit(r: Reader): MainInit {
  const v = r.view;
  const o1 = r.take(32, 'MainInit');
  const sessionId = v.getUint32(o1, true);
  const displayChannelsHint = v.getUint32(o1 + 4, true);
  const supportedMouseModes = r.flags(v.getUint32(o1 + 8, true), 3, 'MainInit.supportedMouseModes');
  const currentMouseMode = checkMouseMode(r, v.getUint32(o1 + 12, true), 'MainInit.currentMouseMode');
  const agentConnected = v.getUint32(o1 + 16, true) !== 0;
  const agentTokens = v.getUint32(o1 + 20, true);
  const multiMediaTime = v.getUint32(o1 + 24, true);
  const ramHint = v.getUint32(o1 + 28, true);
  return { sessionId, displayChannelsHint, supportedMouseModes, currentMouseMode, agentConnected, agentTokens, multiMediaTime, ramHint };
}
/** Writes a `MainInit`. */
export function writeMainInit(w: Writer, m: MainInit): void {
  const o1 = w.take(32);
  const v2 = w.view;
  v2.setUint32(o1, m.sessionId, true);
  v2.setUint32(o1 + 4, m.displayChannelsHint, true);
  v2.setUint32(o1 + 8, m.supportedMouseModes, true);
  v2.setUint32(o1 + 12, m.currentMouseMode, true);
  v2.setUint32(o1 + 16, m.agentConnected ? 1 : 0, true);
  v2.setUint32(o1 + 20, m.agentTokens, true);
  v2.setUint32(o1 + 24, m.multiMediaTime, true);
  v2.setUint32(o1 + 28, m.ramHint, true);
}

export interface ChannelId {
  readonly type: number;
  readonly id: number;
}
/** Reads a `ChannelId`. Throws WireError. Byte fields are borrowed. */
export function readChannelId(r: Reader): ChannelId {
  const v = r.view;
  const o1 = r.take(2, 'ChannelId');
  const type = v.getUint8(o1);
  const id = v.getUint8(o1 + 1);
  return { type, id };
}
/** Writes a `ChannelId`. */
export function writeChannelId(w: Writer, m: ChannelId): void {
  const o1 = w.take(2);
  const v2 = w.view;
  v2.setUint8(o1, m.type);
  v2.setUint8(o1 + 1, m.id);
}

/** Channels the client may link. */
export interface ChannelsList {
  readonly channels: readonly ChannelId[];
}
/** Reads a `ChannelsList`. Throws WireError. Byte fields are borrowed. */
export function readChannelsList(r: Reader): ChannelsList {
  const v = r.view;
  const o2 = r.take(4, 'ChannelsList');
  const n1 = v.getUint32(o2, true);
  const n3 = r.list(n1, 1024, 2, 'ChannelsList.channels');
  const channels: ChannelId[] = [];
  let p5 = r.take(n3 * 2, 'ChannelsList.channels');
  for (let i4 = 0; i4 < n3; i4++, p5 += 2) {
    channels.push({ type: v.getUint8(p5), id: v.getUint8(p5 + 1) });
  }
  return { channels };
}
/** Writes a `ChannelsList`. */
export function writeChannelsList(w: Writer, m: ChannelsList): void {
  const o1 = w.take(4);
  const v2 = w.view;
  v2.setUint32(o1, w.count(m.channels.length, 1024, 'ChannelsList.channels'), true);
  let o4 = w.take(m.channels.length * 2);
  const v5 = w.view;
  for (const x3 of m.channels) {
    v5.setUint8(o4, x3.type);
    v5.setUint8(o4 + 1, x3.id);
    o4 += 2;
  }
}

/** Whether the client sends motions or positions. */
export interface MouseModeChange {
  readonly supportedModes: number;
  readonly currentMode: MouseMode;
}
/** Reads a `MouseModeChange`. Throws WireError. Byte fields are borrowed. */
export function readMouseModeChange(r: Reader): MouseModeChange {
  const v = r.view;
  const o1 = r.take(4, 'MouseModeChange');
  const supportedModes = r.flags(v.getUint16(o1, true), 3, 'MouseModeChange.supportedModes');
  const currentMode = checkMouseMode(r, v.getUint16(o1 + 2, true), 'MouseModeChange.currentMode');
  return { supportedModes, currentMode };
}
/** Writes a `MouseModeChange`. */
export function writeMouseModeChange(w: Writer, m: MouseModeChange): void {
  const o1 = w.take(4);
  const v2 = w.view;
  v2.setUint16(o1, m.supportedModes, true);
  v2.setUint16(o1 + 2, m.currentMode, true);
}

/** The clock of sound and video, in ms. */
export interface MultiMediaTime {
  readonly time: number;
}
/** Reads a `MultiMediaTime`. Throws WireError. Byte fields are borrowed. */
export function readMultiMediaTime(r: Reader): MultiMediaTime {
  const v = r.view;
  const o1 = r.take(4, 'MultiMediaTime');
  const time = v.getUint32(o1, true);
  return { time };
}
/** Writes a `MultiMediaTime`. */
export function writeMultiMediaTime(w: Writer, m: MultiMediaTime): void {
  const o1 = w.take(4);
  const v2 = w.view;
  v2.setUint32(o1, m.time, true);
}

/** The guest agent is gone. */
export interface AgentDisconnected {
  readonly error: number;
}
/** Reads a `AgentDisconnected`. Throws WireError. Byte fields are borrowed. */
export function readAgentDisconnected(r: Reader): AgentDisconnected {
  const v = r.view;
  const o1 = r.take(4, 'AgentDisconnected');
  const error = v.getUint32(o1, true);
  return { error };
}
/** Writes a `AgentDisconnected`. */
export function writeAgentDisconnected(w: Writer, m: AgentDisconnected): void {
  const o1 = w.take(4);
  const v2 = w.view;
  v2.setUint32(o1, m.error, true);
}

/** The client may send so many more agent messages. */
export interface Tokens {
  readonly tokens: number;
}
/** Reads a `Tokens`. Throws WireError. Byte fields are borrowed. */
export function readTokens(r: Reader): Tokens {
  const v = r.view;
  const o1 = r.take(4, 'Tokens');
  const tokens = v.getUint32(o1, true);
  return { tokens };
}
/** Writes a `Tokens`. */
export function writeTokens(w: Writer, m: Tokens): void {
  const o1 = w.take(4);
  const v2 = w.view;
  v2.setUint32(o1, m.tokens, true);
}

/** Leave, and connect to another server. */
export interface MigrateSwitchHost {
  readonly port: number;
  readonly tlsPort: number;
  readonly host: Uint8Array | null;
  readonly certSubject: Uint8Array | null;
}
/** Reads a `MigrateSwitchHost`. Throws WireError. Byte fields are borrowed. */
export function readMigrateSwitchHost(r: Reader): MigrateSwitchHost {
  const v = r.view;
  const o2 = r.take(12, 'MigrateSwitchHost');
  const port = v.getUint16(o2, true);
  const tlsPort = v.getUint16(o2 + 2, true);
  const hostBytes = v.getUint32(o2 + 4, true);
  const at1 = v.getUint32(o2 + 8, true);
  let host: Uint8Array | null = null;
  if (at1 !== 0) {
    const back4 = r.enter(at1, 'MigrateSwitchHost.host');
    const host_3 = r.bytes(hostBytes, 65536, 'MigrateSwitchHost.host');
    r.leave(back4);
    host = host_3;
  }
  const o6 = r.take(8, 'MigrateSwitchHost');
  const certSubjectBytes = v.getUint32(o6, true);
  const at5 = v.getUint32(o6 + 4, true);
  let certSubject: Uint8Array | null = null;
  if (at5 !== 0) {
    const back8 = r.enter(at5, 'MigrateSwitchHost.certSubject');
    const certSubject_7 = r.bytes(certSubjectBytes, 65536, 'MigrateSwitchHost.certSubject');
    r.leave(back8);
    certSubject = certSubject_7;
  }
  return { port, tlsPort, host, certSubject };
}
function writeMigrateSwitchHostHost(w: Writer, m: Uint8Array): void {
  w.bytes(m);
}
function writeMigrateSwitchHostCertSubject(w: Writer, m: Uint8Array): void {
  w.bytes(m);
}
/** Writes a `MigrateSwitchHost`. */
export function writeMigrateSwitchHost(w: Writer, m: MigrateSwitchHost): void {
  const o1 = w.take(20);
  const v2 = w.view;
  v2.setUint16(o1, m.port, true);
  v2.setUint16(o1 + 2, m.tlsPort, true);
  v2.setUint32(o1 + 4, w.count(m.host?.byteLength ?? 0, 65536, 'MigrateSwitchHost.host'), true);
  w.point(v2, o1 + 8, writeMigrateSwitchHostHost, m.host);
  v2.setUint32(o1 + 12, w.count(m.certSubject?.byteLength ?? 0, 65536, 'MigrateSwitchHost.certSubject'), true);
  w.point(v2, o1 + 16, writeMigrateSwitchHostCertSubject, m.certSubject);
}

/** The guest's name, with a zero byte at its end. */
export interface GuestName {
  readonly name: Uint8Array;
}
/** Reads a `GuestName`. Throws WireError. Byte fields are borrowed. */
export function readGuestName(r: Reader): GuestName {
  const v = r.view;
  const o2 = r.take(4, 'GuestName');
  const n1 = v.getUint32(o2, true);
  const name = r.bytes(n1, 65536, 'GuestName.name');
  return { name };
}
/** Writes a `GuestName`. */
export function writeGuestName(w: Writer, m: GuestName): void {
  const o1 = w.take(4);
  const v2 = w.view;
  v2.setUint32(o1, w.count(m.name.byteLength, 65536, 'GuestName.name'), true);
  w.bytes(m.name);
}

/** The guest's UUID. */
export interface GuestUuid {
  readonly uuid: Uint8Array;
}
/** Reads a `GuestUuid`. Throws WireError. Byte fields are borrowed. */
export function readGuestUuid(r: Reader): GuestUuid {
  const v = r.view;
  const o1 = r.take(16, 'GuestUuid');
  const uuid = new Uint8Array(v.buffer, o1, 16);
  return { uuid };
}
/** Writes a `GuestUuid`. */
export function writeGuestUuid(w: Writer, m: GuestUuid): void {
  const o1 = w.take(16);
  const v2 = w.view;
  w.exact(m.uuid.byteLength, 16, 'GuestUuid.uuid');
  new Uint8Array(v2.buffer).set(m.uuid, o1);
}

/** Connect to another server, keeping all state. */
export interface MigrateBeginSeamless {
  readonly destination: DestinationInfo;
  readonly sourceVersion: number;
}
/** Reads a `MigrateBeginSeamless`. Throws WireError. Byte fields are borrowed. */
export function readMigrateBeginSeamless(r: Reader): MigrateBeginSeamless {
  const v = r.view;
  const destination = readDestinationInfo(r);
  const o1 = r.take(4, 'MigrateBeginSeamless');
  const sourceVersion = v.getUint32(o1, true);
  return { destination, sourceVersion };
}
/** Writes a `MigrateBeginSeamless`. */
export function writeMigrateBeginSeamless(w: Writer, m: MigrateBeginSeamless): void {
  writeDestinationInfo(w, m.destination);
  const o1 = w.take(4);
  const v2 = w.view;
  v2.setUint32(o1, m.sourceVersion, true);
}

/** Not used by anyone. */
export interface ClientInfo {
  readonly cacheSize: bigint;
}
/** Reads a `ClientInfo`. Throws WireError. Byte fields are borrowed. */
export function readClientInfo(r: Reader): ClientInfo {
  const v = r.view;
  const o1 = r.take(8, 'ClientInfo');
  const cacheSize = v.getBigUint64(o1, true);
  return { cacheSize };
}
/** Writes a `ClientInfo`. */
export function writeClientInfo(w: Writer, m: ClientInfo): void {
  const o1 = w.take(8);
  const v2 = w.view;
  v2.setBigUint64(o1, m.cacheSize, true);
}

/** Asks for a mouse mode. */
export interface MouseModeRequest {
  readonly mode: MouseMode;
}
/** Reads a `MouseModeRequest`. Throws WireError. Byte fields are borrowed. */
export function readMouseModeRequest(r: Reader): MouseModeRequest {
  const v = r.view;
  const o1 = r.take(2, 'MouseModeRequest');
  const mode = checkMouseMode(r, v.getUint16(o1, true), 'MouseModeRequest.mode');
  return { mode };
}
/** Writes a `MouseModeRequest`. */
export function writeMouseModeRequest(w: Writer, m: MouseModeRequest): void {
  const o1 = w.take(2);
  const v2 = w.view;
  v2.setUint16(o1, m.mode, true);
}

/** Asks the next server to take all state. */
export interface MigrateDstDoSeamless {
  readonly sourceVersion: number;
}
/** Reads a `MigrateDstDoSeamless`. Throws WireError. Byte fields are borrowed. */
export function readMigrateDstDoSeamless(r: Reader): MigrateDstDoSeamless {
  const v = r.view;
  const o1 = r.take(4, 'MigrateDstDoSeamless');
  const sourceVersion = v.getUint32(o1, true);
  return { sourceVersion };
}
/** Writes a `MigrateDstDoSeamless`. */
export function writeMigrateDstDoSeamless(w: Writer, m: MigrateDstDoSeamless): void {
  const o1 = w.take(4);
  const v2 = w.view;
  v2.setUint32(o1, m.sourceVersion, true);
}

/** Messages of `mainServer` by name. */
export const mainServer = {
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
  /** SPICE_MSG_MAIN_MIGRATE_BEGIN (101): Connect to another server and wait. */
  migrateBegin: { id: 101, name: 'migrateBegin', cap: null, read: readMigrateBegin, write: writeMigrateBegin },
  /** SPICE_MSG_MAIN_MIGRATE_CANCEL (102): The migration is off. */
  migrateCancel: { id: 102, name: 'migrateCancel', cap: null, read: readNothing, write: writeNothing },
  /** SPICE_MSG_MAIN_INIT (103): The first message: what the session is. */
  init: { id: 103, name: 'init', cap: null, read: readMainInit, write: writeMainInit },
  /** SPICE_MSG_MAIN_CHANNELS_LIST (104): Channels the client may link. */
  channelsList: { id: 104, name: 'channelsList', cap: null, read: readChannelsList, write: writeChannelsList },
  /** SPICE_MSG_MAIN_MOUSE_MODE (105): Whether the client sends motions or positions. */
  mouseMode: { id: 105, name: 'mouseMode', cap: null, read: readMouseModeChange, write: writeMouseModeChange },
  /** SPICE_MSG_MAIN_MULTI_MEDIA_TIME (106): The clock of sound and video, in ms. */
  multiMediaTime: { id: 106, name: 'multiMediaTime', cap: null, read: readMultiMediaTime, write: writeMultiMediaTime },
  /** SPICE_MSG_MAIN_AGENT_CONNECTED (107): The guest agent is there. */
  agentConnected: { id: 107, name: 'agentConnected', cap: null, read: readNothing, write: writeNothing },
  /** SPICE_MSG_MAIN_AGENT_DISCONNECTED (108): The guest agent is gone. */
  agentDisconnected: { id: 108, name: 'agentDisconnected', cap: null, read: readAgentDisconnected, write: writeAgentDisconnected },
  /** SPICE_MSG_MAIN_AGENT_DATA (109): Bytes of the guest agent. */
  agentData: { id: 109, name: 'agentData', cap: null, read: readData, write: writeData },
  /** SPICE_MSG_MAIN_AGENT_TOKEN (110): The client may send so many more agent messages. */
  agentToken: { id: 110, name: 'agentToken', cap: null, read: readTokens, write: writeTokens },
  /** SPICE_MSG_MAIN_MIGRATE_SWITCH_HOST (111): Leave, and connect to another server. */
  migrateSwitchHost: { id: 111, name: 'migrateSwitchHost', cap: null, read: readMigrateSwitchHost, write: writeMigrateSwitchHost },
  /** SPICE_MSG_MAIN_MIGRATE_END (112): The migration is done. */
  migrateEnd: { id: 112, name: 'migrateEnd', cap: null, read: readNothing, write: writeNothing },
  /** SPICE_MSG_MAIN_NAME (113): The guest's name, with a zero byte at its end. */
  name: { id: 113, name: 'name', cap: 1, read: readGuestName, write: writeGuestName },
  /** SPICE_MSG_MAIN_UUID (114): The guest's UUID. */
  uuid: { id: 114, name: 'uuid', cap: 1, read: readGuestUuid, write: writeGuestUuid },
  /** SPICE_MSG_MAIN_AGENT_CONNECTED_TOKENS (115): The guest agent is there, with so many tokens. */
  agentConnectedTokens: { id: 115, name: 'agentConnectedTokens', cap: 2, read: readTokens, write: writeTokens },
  /** SPICE_MSG_MAIN_MIGRATE_BEGIN_SEAMLESS (116): Connect to another server, keeping all state. */
  migrateBeginSeamless: { id: 116, name: 'migrateBeginSeamless', cap: 3, read: readMigrateBeginSeamless, write: writeMigrateBeginSeamless },
  /** SPICE_MSG_MAIN_MIGRATE_DST_SEAMLESS_ACK (117): The next server can keep all state. */
  migrateDstSeamlessAck: { id: 117, name: 'migrateDstSeamlessAck', cap: 3, read: readNothing, write: writeNothing },
  /** SPICE_MSG_MAIN_MIGRATE_DST_SEAMLESS_NACK (118): The next server cannot. */
  migrateDstSeamlessNack: { id: 118, name: 'migrateDstSeamlessNack', cap: 3, read: readNothing, write: writeNothing },
} as const;

/** Messages of `mainServer` by number. */
export const mainServerById = /* @__PURE__ */ byId(mainServer);

/** Reads message `id` of `mainServer` and gives it to its handler. Throws WireError, also for unknown numbers. */
export function dispatchMainServer<R>(id: number, r: Reader, handlers: Handlers<typeof mainServer, R>): R {
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
      return handlers.migrateBegin(readMigrateBegin(r));
    case 102:
      return handlers.migrateCancel(readNothing(r));
    case 103:
      return handlers.init(readMainInit(r));
    case 104:
      return handlers.channelsList(readChannelsList(r));
    case 105:
      return handlers.mouseMode(readMouseModeChange(r));
    case 106:
      return handlers.multiMediaTime(readMultiMediaTime(r));
    case 107:
      return handlers.agentConnected(readNothing(r));
    case 108:
      return handlers.agentDisconnected(readAgentDisconnected(r));
    case 109:
      return handlers.agentData(readData(r));
    case 110:
      return handlers.agentToken(readTokens(r));
    case 111:
      return handlers.migrateSwitchHost(readMigrateSwitchHost(r));
    case 112:
      return handlers.migrateEnd(readNothing(r));
    case 113:
      return handlers.name(readGuestName(r));
    case 114:
      return handlers.uuid(readGuestUuid(r));
    case 115:
      return handlers.agentConnectedTokens(readTokens(r));
    case 116:
      return handlers.migrateBeginSeamless(readMigrateBeginSeamless(r));
    case 117:
      return handlers.migrateDstSeamlessAck(readNothing(r));
    case 118:
      return handlers.migrateDstSeamlessNack(readNothing(r));
    default:
      throw r.refuse('message', 'mainServer');
  }
}

/** Messages of `mainClient` by name. */
export const mainClient = {
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
  /** SPICE_MSGC_MAIN_CLIENT_INFO (101): Not used by anyone. */
  clientInfo: { id: 101, name: 'clientInfo', cap: null, read: readClientInfo, write: writeClientInfo },
  /** SPICE_MSGC_MAIN_MIGRATE_CONNECTED (102): The other server is linked. */
  migrateConnected: { id: 102, name: 'migrateConnected', cap: null, read: readNothing, write: writeNothing },
  /** SPICE_MSGC_MAIN_MIGRATE_CONNECT_ERROR (103): The other server cannot be linked. */
  migrateConnectError: { id: 103, name: 'migrateConnectError', cap: null, read: readNothing, write: writeNothing },
  /** SPICE_MSGC_MAIN_ATTACH_CHANNELS (104): Asks for the list of channels. */
  attachChannels: { id: 104, name: 'attachChannels', cap: null, read: readNothing, write: writeNothing },
  /** SPICE_MSGC_MAIN_MOUSE_MODE_REQUEST (105): Asks for a mouse mode. */
  mouseModeRequest: { id: 105, name: 'mouseModeRequest', cap: null, read: readMouseModeRequest, write: writeMouseModeRequest },
  /** SPICE_MSGC_MAIN_AGENT_START (106): The client talks to the agent; the server has so many tokens. */
  agentStart: { id: 106, name: 'agentStart', cap: null, read: readTokens, write: writeTokens },
  /** SPICE_MSGC_MAIN_AGENT_DATA (107): Bytes for the guest agent. */
  agentData: { id: 107, name: 'agentData', cap: null, read: readData, write: writeData },
  /** SPICE_MSGC_MAIN_AGENT_TOKEN (108): The server may send so many more agent messages. */
  agentToken: { id: 108, name: 'agentToken', cap: null, read: readTokens, write: writeTokens },
  /** SPICE_MSGC_MAIN_MIGRATE_END (109): The client has moved. */
  migrateEnd: { id: 109, name: 'migrateEnd', cap: null, read: readNothing, write: writeNothing },
  /** SPICE_MSGC_MAIN_MIGRATE_DST_DO_SEAMLESS (110): Asks the next server to take all state. */
  migrateDstDoSeamless: { id: 110, name: 'migrateDstDoSeamless', cap: 3, read: readMigrateDstDoSeamless, write: writeMigrateDstDoSeamless },
  /** SPICE_MSGC_MAIN_MIGRATE_CONNECTED_SEAMLESS (111): The other server is linked and takes all state. */
  migrateConnectedSeamless: { id: 111, name: 'migrateConnectedSeamless', cap: 3, read: readNothing, write: writeNothing },
  /** SPICE_MSGC_MAIN_QUALITY_INDICATOR (112): Not used by anyone. */
  qualityIndicator: { id: 112, name: 'qualityIndicator', cap: null, read: readData, write: writeData },
} as const;

/** Messages of `mainClient` by number. */
export const mainClientById = /* @__PURE__ */ byId(mainClient);

/** Reads message `id` of `mainClient` and gives it to its handler. Throws WireError, also for unknown numbers. */
export function dispatchMainClient<R>(id: number, r: Reader, handlers: Handlers<typeof mainClient, R>): R {
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
      return handlers.clientInfo(readClientInfo(r));
    case 102:
      return handlers.migrateConnected(readNothing(r));
    case 103:
      return handlers.migrateConnectError(readNothing(r));
    case 104:
      return handlers.attachChannels(readNothing(r));
    case 105:
      return handlers.mouseModeRequest(readMouseModeRequest(r));
    case 106:
      return handlers.agentStart(readTokens(r));
    case 107:
      return handlers.agentData(readData(r));
    case 108:
      return handlers.agentToken(readTokens(r));
    case 109:
      return handlers.migrateEnd(readNothing(r));
    case 110:
      return handlers.migrateDstDoSeamless(readMigrateDstDoSeamless(r));
    case 111:
      return handlers.migrateConnectedSeamless(readNothing(r));
    case 112:
      return handlers.qualityIndicator(readData(r));
    default:
      throw r.refuse('message', 'mainClient');
  }
}
