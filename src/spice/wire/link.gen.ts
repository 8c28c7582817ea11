// Generated from link.table.ts by `npm run gen`. Do not edit.
import type { Reader } from '../../wire/reader.ts';
import type { Writer } from '../../wire/writer.ts';

export const spiceLink = {
  magic: 1363428690,
  majorVersion: 2,
  minorVersion: 2,
  headerBytes: 16,
  maxMessageBytes: 4096,
  publicKeyBytes: 162,
  ticketBytes: 128,
  maxPasswordBytes: 60,
  miniHeaderBytes: 6,
  dataHeaderBytes: 18,
} as const;

export const LinkError = {
  /** SPICE_LINK_ERR_OK */
  ok: 0,
  /** SPICE_LINK_ERR_ERROR */
  error: 1,
  /** SPICE_LINK_ERR_INVALID_MAGIC */
  invalidMagic: 2,
  /** SPICE_LINK_ERR_INVALID_DATA */
  invalidData: 3,
  /** SPICE_LINK_ERR_VERSION_MISMATCH */
  versionMismatch: 4,
  /** SPICE_LINK_ERR_NEED_SECURED */
  needSecured: 5,
  /** SPICE_LINK_ERR_NEED_UNSECURED */
  needUnsecured: 6,
  /** SPICE_LINK_ERR_PERMISSION_DENIED */
  permissionDenied: 7,
  /** SPICE_LINK_ERR_BAD_CONNECTION_ID */
  badConnectionId: 8,
  /** SPICE_LINK_ERR_CHANNEL_NOT_AVAILABLE */
  channelNotAvailable: 9,
} as const;

export const ChannelType = {
  /** SPICE_CHANNEL_MAIN */
  main: 1,
  /** SPICE_CHANNEL_DISPLAY */
  display: 2,
  /** SPICE_CHANNEL_INPUTS */
  inputs: 3,
  /** SPICE_CHANNEL_CURSOR */
  cursor: 4,
  /** SPICE_CHANNEL_PLAYBACK */
  playback: 5,
  /** SPICE_CHANNEL_RECORD */
  record: 6,
  /** SPICE_CHANNEL_TUNNEL */
  tunnel: 7,
  /** SPICE_CHANNEL_SMARTCARD */
  smartcard: 8,
  /** SPICE_CHANNEL_USBREDIR */
  usbredir: 9,
  /** SPICE_CHANNEL_PORT */
  port: 10,
  /** SPICE_CHANNEL_WEBDAV */
  webdav: 11,
} as const;

export const CommonCap = {
  /** SPICE_COMMON_CAP_PROTOCOL_AUTH_SELECTION */
  protocolAuthSelection: 0,
  /** SPICE_COMMON_CAP_AUTH_SPICE */
  authSpice: 1,
  /** SPICE_COMMON_CAP_AUTH_SASL */
  authSasl: 2,
  /** SPICE_COMMON_CAP_MINI_HEADER */
  miniHeader: 3,
} as const;
export type CommonCap = (typeof CommonCap)[keyof typeof CommonCap];
/** Refuses a number that is no `CommonCap`. */
export function checkCommonCap(r: Reader, x: number, path: string): CommonCap {
  switch (x) {
    case 0:
    case 1:
    case 2:
    case 3:
      return x as CommonCap;
    default:
      throw r.refuse('value', path);
  }
}

/** Before each link message: what protocol this is and how long the message is. Check `magic` and versions. */
export interface LinkHeader {
  readonly magic: number;
  readonly majorVersion: number;
  readonly minorVersion: number;
  readonly size: number;
}
/** Reads a `LinkHeader`. Throws WireError. Byte fields are borrowed. */
export function readLinkHeader(r: Reader): LinkHeader {
  const v = r.view;
  const o1 = r.take(16, 'LinkHeader');
  const magic = v.getUint32(o1, true);
  const majorVersion = v.getUint32(o1 + 4, true);
  const minorVersion = v.getUint32(o1 + 8, true);
  const size = v.getUint32(o1 + 12, true);
  return { magic, majorVersion, minorVersion, size };
}
/** Writes a `LinkHeader`. */
export function writeLinkHeader(w: Writer, m: LinkHeader): void {
  const o1 = w.take(16);
  const v2 = w.view;
  v2.setUint32(o1, m.magic, true);
  v2.setUint32(o1 + 4, m.majorVersion, true);
  v2.setUint32(o1 + 8, m.minorVersion, true);
  v2.setUint32(o1 + 12, m.size, true);
}

/** The client asks for a channel. `connectionId` is 0 for a new session; capabilities are words of 32 bits. */
export interface LinkMess {
  readonly connectionId: number;
  readonly channelType: number;
  readonly channelId: number;
  readonly caps: { readonly common: readonly number[]; readonly channel: readonly number[]; };
}
/** Reads a `LinkMess`. Throws WireError. Byte fields are borrowed. */
export function readLinkMess(r: Reader): LinkMess {
  const v = r.view;
  const o2 = r.take(18, 'LinkMess');
  const connectionId = v.getUint32(o2, true);
  const channelType = v.getUint8(o2 + 4);
  const channelId = v.getUint8(o2 + 5);
  const commonCapWords = v.getUint32(o2 + 6, true);
  const channelCapWords = v.getUint32(o2 + 10, true);
  const at1 = v.getUint32(o2 + 14, true);
  const back3 = r.enter(at1 === 0 ? r.length : at1, 'LinkMess.caps');
  const n4 = r.list(commonCapWords, 64, 4, 'LinkMess.caps.common');
  const caps_common: number[] = [];
  let p6 = r.take(n4 * 4, 'LinkMess.caps.common');
  for (let i5 = 0; i5 < n4; i5++, p6 += 4) {
    caps_common.push(v.getUint32(p6, true));
  }
  const n7 = r.list(channelCapWords, 64, 4, 'LinkMess.caps.channel');
  const caps_channel: number[] = [];
  let p9 = r.take(n7 * 4, 'LinkMess.caps.channel');
  for (let i8 = 0; i8 < n7; i8++, p9 += 4) {
    caps_channel.push(v.getUint32(p9, true));
  }
  const caps = { common: caps_common, channel: caps_channel };
  r.leave(back3);
  return { connectionId, channelType, channelId, caps };
}
function writeLinkMessCaps(w: Writer, m: { readonly common: readonly number[]; readonly channel: readonly number[]; }): void {
  let o2 = w.take(m.common.length * 4);
  const v3 = w.view;
  for (const x1 of m.common) {
    v3.setUint32(o2, x1, true);
    o2 += 4;
  }
  let o5 = w.take(m.channel.length * 4);
  const v6 = w.view;
  for (const x4 of m.channel) {
    v6.setUint32(o5, x4, true);
    o5 += 4;
  }
}
/** Writes a `LinkMess`. */
export function writeLinkMess(w: Writer, m: LinkMess): void {
  const o1 = w.take(18);
  const v2 = w.view;
  v2.setUint32(o1, m.connectionId, true);
  v2.setUint8(o1 + 4, m.channelType);
  v2.setUint8(o1 + 5, m.channelId);
  v2.setUint32(o1 + 6, w.count(m.caps.common.length, 64, 'LinkMess.caps.common'), true);
  v2.setUint32(o1 + 10, w.count(m.caps.channel.length, 64, 'LinkMess.caps.channel'), true);
  w.point(v2, o1 + 14, writeLinkMessCaps, m.caps);
}

/** The server answers: an error ends the link. `publicKey` is a DER SubjectPublicKeyInfo of RSA with 1024 bits. */
export interface LinkReply {
  readonly error: number;
  readonly publicKey: Uint8Array;
  readonly caps: { readonly common: readonly number[]; readonly channel: readonly number[]; };
}
/** Reads a `LinkReply`. Throws WireError. Byte fields are borrowed. */
export function readLinkReply(r: Reader): LinkReply {
  const v = r.view;
  const o2 = r.take(178, 'LinkReply');
  const error = v.getUint32(o2, true);
  const publicKey = new Uint8Array(v.buffer, o2 + 4, 162);
  const commonCapWords = v.getUint32(o2 + 166, true);
  const channelCapWords = v.getUint32(o2 + 170, true);
  const at1 = v.getUint32(o2 + 174, true);
  const back3 = r.enter(at1 === 0 ? r.length : at1, 'LinkReply.caps');
  const n4 = r.list(commonCapWords, 64, 4, 'LinkReply.caps.common');
  const caps_common: number[] = [];
  let p6 = r.take(n4 * 4, 'LinkReply.caps.common');
  for (let i5 = 0; i5 < n4; i5++, p6 += 4) {
    caps_common.push(v.getUint32(p6, true));
  }
  const n7 = r.list(channelCapWords, 64, 4, 'LinkReply.caps.channel');
  const caps_channel: number[] = [];
  let p9 = r.take(n7 * 4, 'LinkReply.caps.channel');
  for (let i8 = 0; i8 < n7; i8++, p9 += 4) {
    caps_channel.push(v.getUint32(p9, true));
  }
  const caps = { common: caps_common, channel: caps_channel };
  r.leave(back3);
  return { error, publicKey, caps };
}
function writeLinkReplyCaps(w: Writer, m: { readonly common: readonly number[]; readonly channel: readonly number[]; }): void {
  let o2 = w.take(m.common.length * 4);
  const v3 = w.view;
  for (const x1 of m.common) {
    v3.setUint32(o2, x1, true);
    o2 += 4;
  }
  let o5 = w.take(m.channel.length * 4);
  const v6 = w.view;
  for (const x4 of m.channel) {
    v6.setUint32(o5, x4, true);
    o5 += 4;
  }
}
/** Writes a `LinkReply`. */
export function writeLinkReply(w: Writer, m: LinkReply): void {
  const o1 = w.take(178);
  const v2 = w.view;
  v2.setUint32(o1, m.error, true);
  w.exact(m.publicKey.byteLength, 162, 'LinkReply.publicKey');
  new Uint8Array(v2.buffer).set(m.publicKey, o1 + 4);
  v2.setUint32(o1 + 166, w.count(m.caps.common.length, 64, 'LinkReply.caps.common'), true);
  v2.setUint32(o1 + 170, w.count(m.caps.channel.length, 64, 'LinkReply.caps.channel'), true);
  w.point(v2, o1 + 174, writeLinkReplyCaps, m.caps);
}

/** The client chooses a CommonCap of authentication; sent only where AUTH_SELECTION was agreed. */
export interface LinkAuthMechanism {
  readonly mechanism: number;
}
/** Reads a `LinkAuthMechanism`. Throws WireError. Byte fields are borrowed. */
export function readLinkAuthMechanism(r: Reader): LinkAuthMechanism {
  const v = r.view;
  const o1 = r.take(4, 'LinkAuthMechanism');
  const mechanism = v.getUint32(o1, true);
  return { mechanism };
}
/** Writes a `LinkAuthMechanism`. */
export function writeLinkAuthMechanism(w: Writer, m: LinkAuthMechanism): void {
  const o1 = w.take(4);
  const v2 = w.view;
  v2.setUint32(o1, m.mechanism, true);
}

/** The password and a zero byte, encrypted with the public key (RSA, OAEP with SHA-1). */
export interface LinkTicket {
  readonly encrypted: Uint8Array;
}
/** Reads a `LinkTicket`. Throws WireError. Byte fields are borrowed. */
export function readLinkTicket(r: Reader): LinkTicket {
  const v = r.view;
  const o1 = r.take(128, 'LinkTicket');
  const encrypted = new Uint8Array(v.buffer, o1, 128);
  return { encrypted };
}
/** Writes a `LinkTicket`. */
export function writeLinkTicket(w: Writer, m: LinkTicket): void {
  const o1 = w.take(128);
  const v2 = w.view;
  w.exact(m.encrypted.byteLength, 128, 'LinkTicket.encrypted');
  new Uint8Array(v2.buffer).set(m.encrypted, o1);
}

/** The outcome of the authentication. */
export interface LinkResult {
  readonly error: number;
}
/** Reads a `LinkResult`. Throws WireError. Byte fields are borrowed. */
export function readLinkResult(r: Reader): LinkResult {
  const v = r.view;
  const o1 = r.take(4, 'LinkResult');
  const error = v.getUint32(o1, true);
  return { error };
}
/** Writes a `LinkResult`. */
export function writeLinkResult(w: Writer, m: LinkResult): void {
  const o1 = w.take(4);
  const v2 = w.view;
  v2.setUint32(o1, m.error, true);
}

/** Before each message where both sides have MINI_HEADER. */
export interface MiniHeader {
  readonly type: number;
  readonly size: number;
}
/** Reads a `MiniHeader`. Throws WireError. Byte fields are borrowed. */
export function readMiniHeader(r: Reader): MiniHeader {
  const v = r.view;
  const o1 = r.take(6, 'MiniHeader');
  const type = v.getUint16(o1, true);
  const size = v.getUint32(o1 + 2, true);
  return { type, size };
}
/** Reads a `MiniHeader` into `t` and returns it: nothing is allocated but views of bytes. */
export function readMiniHeaderInto(r: Reader, t: { -readonly [K in keyof MiniHeader]: MiniHeader[K] }): MiniHeader {
  const v = r.view;
  const o1 = r.take(6, 'MiniHeader');
  const type = v.getUint16(o1, true);
  const size = v.getUint32(o1 + 2, true);
  t.type = type;
  t.size = size;
  return t;
}
/** Writes a `MiniHeader`. */
export function writeMiniHeader(w: Writer, m: MiniHeader): void {
  const o1 = w.take(6);
  const v2 = w.view;
  v2.setUint16(o1, m.type, true);
  v2.setUint32(o1 + 2, m.size, true);
}

/** Before each message elsewhere. `subList` is an offset in the body to a SubMessageList, or 0. */
export interface DataHeader {
  readonly serial: bigint;
  readonly type: number;
  readonly size: number;
  readonly subList: number;
}
/** Reads a `DataHeader`. Throws WireError. Byte fields are borrowed. */
export function readDataHeader(r: Reader): DataHeader {
  const v = r.view;
  const o1 = r.take(18, 'DataHeader');
  const serial = v.getBigUint64(o1, true);
  const type = v.getUint16(o1 + 8, true);
  const size = v.getUint32(o1 + 10, true);
  const subList = v.getUint32(o1 + 14, true);
  return { serial, type, size, subList };
}
/** Reads a `DataHeader` into `t` and returns it: nothing is allocated but views of bytes. */
export function readDataHeaderInto(r: Reader, t: { -readonly [K in keyof DataHeader]: DataHeader[K] }): DataHeader {
  const v = r.view;
  const o1 = r.take(18, 'DataHeader');
  const serial = v.getBigUint64(o1, true);
  const type = v.getUint16(o1 + 8, true);
  const size = v.getUint32(o1 + 10, true);
  const subList = v.getUint32(o1 + 14, true);
  t.serial = serial;
  t.type = type;
  t.size = size;
  t.subList = subList;
  return t;
}
/** Writes a `DataHeader`. */
export function writeDataHeader(w: Writer, m: DataHeader): void {
  const o1 = w.take(18);
  const v2 = w.view;
  v2.setBigUint64(o1, m.serial, true);
  v2.setUint16(o1 + 8, m.type, true);
  v2.setUint32(o1 + 10, m.size, true);
  v2.setUint32(o1 + 14, m.subList, true);
}

/** A message inside another; offsets in it count from its own body. */
export interface SubMessage {
  readonly type: number;
  readonly body: Uint8Array;
}
/** Reads a `SubMessage`. Throws WireError. Byte fields are borrowed. */
export function readSubMessage(r: Reader): SubMessage {
  const v = r.view;
  const o2 = r.take(6, 'SubMessage');
  const type = v.getUint16(o2, true);
  const n1 = v.getUint32(o2 + 2, true);
  const body = r.bytes(n1, 67108864, 'SubMessage.body');
  return { type, body };
}
/** Writes a `SubMessage`. */
export function writeSubMessage(w: Writer, m: SubMessage): void {
  const o1 = w.take(6);
  const v2 = w.view;
  v2.setUint16(o1, m.type, true);
  v2.setUint32(o1 + 2, w.count(m.body.byteLength, 67108864, 'SubMessage.body'), true);
  w.bytes(m.body);
}

/** Messages to act on, in order, before the one that carries them. */
export interface SubMessageList {
  readonly messages: readonly SubMessage[];
}
/** Reads a `SubMessageList`. Throws WireError. Byte fields are borrowed. */
export function readSubMessageList(r: Reader): SubMessageList {
  const v = r.view;
  const o2 = r.take(2, 'SubMessageList');
  const n1 = v.getUint16(o2, true);
  const n3 = r.list(n1, 1024, 4, 'SubMessageList.messages');
  const messages: SubMessage[] = [];
  let p5 = r.take(n3 * 4, 'SubMessageList.messages');
  for (let i4 = 0; i4 < n3; i4++, p5 += 4) {
    messages.push(r.follow(v.getUint32(p5, true), readSubMessage, 'SubMessageList.messages'));
  }
  return { messages };
}
/** Writes a `SubMessageList`. */
export function writeSubMessageList(w: Writer, m: SubMessageList): void {
  const o1 = w.take(2);
  const v2 = w.view;
  v2.setUint16(o1, w.count(m.messages.length, 1024, 'SubMessageList.messages'), true);
  let o4 = w.take(m.messages.length * 4);
  const v5 = w.view;
  for (const x3 of m.messages) {
    w.point(v5, o4, writeSubMessage, x3);
    o4 += 4;
  }
}
