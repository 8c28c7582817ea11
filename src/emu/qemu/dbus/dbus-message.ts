/**
 * D-Bus messages (D-Bus specification 0.43, "Message Protocol").
 *
 *     0 endianness 'l'|'B' │ 1 type │ 2 flags │ 3 version 1 │ 4 body length │ 8 serial │ 12 header fields a(yv) │ 0 to a
 *     multiple of 8 │ body
 */
import { dbusError } from './dbus-error.ts';
import { DbusReader } from './dbus-reader.ts';
import type { DbusWriter } from './dbus-writer.ts';

export type DbusMessageKind = 'call' | 'return' | 'error' | 'signal';

/** A message that came in. `body` and what it returns are BORROWED until the handler returns. */
export interface DbusMessage {
  readonly kind: DbusMessageKind;
  readonly serial: number;
  readonly wantsReply: boolean;
  readonly path: string;
  readonly interface: string;
  readonly member: string;
  readonly errorName: string;
  /** Serial of the call that this answers; 0 otherwise. */
  readonly replySerial: number;
  readonly signature: string;
  /** File descriptors that belong to this message. */
  readonly fdCount: number;
  readonly body: DbusReader;
}

/** What a message to be sent says, apart from its body. */
export interface DbusHeader {
  readonly kind: DbusMessageKind;
  readonly wantsReply?: boolean;
  readonly path?: string;
  readonly interface?: string;
  readonly member?: string;
  readonly errorName?: string;
  readonly replySerial?: number;
  readonly sender?: string;
  readonly signature: string;
  readonly fdCount: number;
}

/** Bytes of the fixed part that `messageLength` needs. */
export const FIXED_HEADER_BYTES = 16;

const MAX_FIELDS_BYTES = 1 << 16;
const NO_REPLY_EXPECTED = 1;
const KINDS: readonly (DbusMessageKind | undefined)[] = [undefined, 'call', 'return', 'error', 'signal'];
const FIELD = {
  path: 1,
  interface: 2,
  member: 3,
  errorName: 4,
  replySerial: 5,
  sender: 7,
  signature: 8,
  fdCount: 9,
} as const;

/** The whole length of the message whose first 16 bytes are given. Throws WireError when over `maxBytes`. */
export function messageLength(start: Uint8Array, maxBytes: number): number {
  const isLittleEndian = endianness(start[0]);
  const view = new DataView(start.buffer, start.byteOffset, FIXED_HEADER_BYTES);
  const bodyBytes = view.getUint32(4, isLittleEndian);
  const fieldsBytes = view.getUint32(12, isLittleEndian);
  if (fieldsBytes > MAX_FIELDS_BYTES) throw dbusError('limit', 'header fields', 12);
  const total = FIXED_HEADER_BYTES + alignTo8(fieldsBytes) + bodyBytes;
  if (total > maxBytes) throw dbusError('limit', 'message', 4);
  return total;
}

/** Reads the header of the one message that `bytes` holds. Throws WireError. */
export function readMessage(bytes: Uint8Array): DbusMessage {
  const isLittleEndian = endianness(bytes[0]);
  const header = new DbusReader(bytes, isLittleEndian);
  header.u8();
  const kind = KINDS[header.u8()];
  if (kind === undefined) throw dbusError('value', 'message type', 1);
  const flags = header.u8();
  const version = header.u8();
  if (version !== 1) throw dbusError('value', 'protocol version', 3);
  const bodyBytes = header.u32();
  const serial = header.u32();
  if (serial === 0) throw dbusError('value', 'serial', 8);

  let path = '';
  let interfaceName = '';
  let member = '';
  let errorName = '';
  let signature = '';
  let replySerial = 0;
  let fdCount = 0;
  header.array(8, () => {
    header.align(8);
    const code = header.u8();
    const type = header.variantType();
    switch (code) {
      case FIELD.path:
        expectType(type, 'o');
        path = header.string();
        break;
      case FIELD.interface:
        expectType(type, 's');
        interfaceName = header.string();
        break;
      case FIELD.member:
        expectType(type, 's');
        member = header.string();
        break;
      case FIELD.errorName:
        expectType(type, 's');
        errorName = header.string();
        break;
      case FIELD.replySerial:
        expectType(type, 'u');
        replySerial = header.u32();
        break;
      case FIELD.signature:
        expectType(type, 'g');
        signature = header.signature();
        break;
      case FIELD.fdCount:
        expectType(type, 'u');
        fdCount = header.u32();
        break;
      default:
        header.value(type);
    }
  });
  header.align(8);
  if (header.at + bodyBytes !== bytes.length) throw dbusError('value', 'message length', 4);
  const body = new DbusReader(bytes.subarray(header.at), isLittleEndian);
  const wantsReply = (flags & NO_REPLY_EXPECTED) === 0;
  return {
    kind,
    serial,
    wantsReply,
    path,
    interface: interfaceName,
    member,
    errorName,
    replySerial,
    signature,
    fdCount,
    body,
  };
}

/** Writes header and body of a message into `writer`, which is cleared first. `body` starts on a multiple of 8. */
export function writeMessage(writer: DbusWriter, header: DbusHeader, serial: number, body: Uint8Array): void {
  writer.clear();
  writer.u8(0x6c);
  writer.u8(KINDS.indexOf(header.kind));
  writer.u8(header.wantsReply === true ? 0 : NO_REPLY_EXPECTED);
  writer.u8(1);
  writer.u32(body.length);
  writer.u32(serial);
  writer.array(8, () => {
    writeText(writer, FIELD.path, 'o', header.path);
    writeText(writer, FIELD.interface, 's', header.interface);
    writeText(writer, FIELD.member, 's', header.member);
    writeText(writer, FIELD.errorName, 's', header.errorName);
    writeNumber(writer, FIELD.replySerial, header.replySerial ?? 0);
    writeText(writer, FIELD.sender, 's', header.sender);
    if (header.signature !== '') {
      startField(writer, FIELD.signature, 'g');
      writer.signature(header.signature);
    }
    writeNumber(writer, FIELD.fdCount, header.fdCount);
  });
  writer.align(8);
  writer.append(body);
}

function startField(writer: DbusWriter, code: number, type: string): void {
  writer.align(8);
  writer.u8(code);
  writer.signature(type);
}

function writeText(writer: DbusWriter, code: number, type: 'o' | 's', value: string | undefined): void {
  if (value === undefined) return;
  startField(writer, code, type);
  writer.string(value);
}

function writeNumber(writer: DbusWriter, code: number, value: number): void {
  if (value === 0) return;
  startField(writer, code, 'u');
  writer.u32(value);
}

function expectType(type: string, expected: string): void {
  if (type !== expected) throw dbusError('value', 'header field', 0);
}

function endianness(mark: number | undefined): boolean {
  if (mark === 0x6c) return true;
  if (mark === 0x42) return false;
  throw dbusError('value', 'byte order', 0);
}

function alignTo8(length: number): number {
  return (length + 7) & -8;
}
