// Generated from agent.table.ts by `npm run gen`. Do not edit.
import { byId, type Handlers } from '../../wire/codec.ts';
import type { Reader } from '../../wire/reader.ts';
import type { Writer } from '../../wire/writer.ts';
import { readNothing, writeNothing } from './common.gen.ts';

export const agentProtocol = {
  version: 1,
  chunkHeaderBytes: 8,
  headerBytes: 20,
  maxChunkBytes: 2048,
  maxMessageBytes: 134217728,
} as const;

export const AgentCap = {
  /** VD_AGENT_CAP_MOUSE_STATE */
  mouseState: 0,
  /** VD_AGENT_CAP_MONITORS_CONFIG */
  monitorsConfig: 1,
  /** VD_AGENT_CAP_REPLY */
  reply: 2,
  /** VD_AGENT_CAP_CLIPBOARD */
  clipboard: 3,
  /** VD_AGENT_CAP_DISPLAY_CONFIG */
  displayConfig: 4,
  /** VD_AGENT_CAP_CLIPBOARD_BY_DEMAND */
  clipboardByDemand: 5,
  /** VD_AGENT_CAP_CLIPBOARD_SELECTION */
  clipboardSelection: 6,
  /** VD_AGENT_CAP_SPARSE_MONITORS_CONFIG */
  sparseMonitorsConfig: 7,
  /** VD_AGENT_CAP_GUEST_LINEEND_LF */
  guestLineendLf: 8,
  /** VD_AGENT_CAP_GUEST_LINEEND_CRLF */
  guestLineendCrlf: 9,
  /** VD_AGENT_CAP_MAX_CLIPBOARD */
  maxClipboard: 10,
  /** VD_AGENT_CAP_AUDIO_VOLUME_SYNC */
  audioVolumeSync: 11,
  /** VD_AGENT_CAP_MONITORS_CONFIG_POSITION */
  monitorsConfigPosition: 12,
  /** VD_AGENT_CAP_FILE_XFER_DISABLED */
  fileXferDisabled: 13,
  /** VD_AGENT_CAP_FILE_XFER_DETAILED_ERRORS */
  fileXferDetailedErrors: 14,
  /** VD_AGENT_CAP_GRAPHICS_DEVICE_INFO */
  graphicsDeviceInfo: 15,
  /** VD_AGENT_CAP_CLIPBOARD_NO_RELEASE_ON_REGRAB */
  clipboardNoReleaseOnRegrab: 16,
  /** VD_AGENT_CAP_CLIPBOARD_GRAB_SERIAL */
  clipboardGrabSerial: 17,
} as const;
export type AgentCap = (typeof AgentCap)[keyof typeof AgentCap];
/** Refuses a number that is no `AgentCap`. */
export function checkAgentCap(r: Reader, x: number, path: string): AgentCap {
  switch (x) {
    case 0:
    case 1:
    case 2:
    case 3:
    case 4:
    case 5:
    case 6:
    case 7:
    case 8:
    case 9:
    case 10:
    case 11:
    case 12:
    case 13:
    case 14:
    case 15:
    case 16:
    case 17:
      return x as AgentCap;
    default:
      throw r.refuse('value', path);
  }
}

export const AgentPort = {
  /** VDP_CLIENT_PORT */
  client: 1,
  /** VDP_SERVER_PORT */
  server: 2,
} as const;

/** Before each piece on the guest's port. */
export interface AgentChunk {
  readonly port: number;
  readonly size: number;
}
/** Reads a `AgentChunk`. Throws WireError. Byte fields are borrowed. */
export function readAgentChunk(r: Reader): AgentChunk {
  const v = r.view;
  const o1 = r.take(8, 'AgentChunk');
  const port = v.getUint32(o1, true);
  const size = v.getUint32(o1 + 4, true);
  return { port, size };
}
/** Writes a `AgentChunk`. */
export function writeAgentChunk(w: Writer, m: AgentChunk): void {
  const o1 = w.take(8);
  const v2 = w.view;
  v2.setUint32(o1, m.port, true);
  v2.setUint32(o1 + 4, m.size, true);
}

/** Before each message. `protocol` is 1; `size` is that of the body after it. */
export interface AgentHeader {
  readonly protocol: number;
  readonly type: number;
  readonly opaque: bigint;
  readonly size: number;
}
/** Reads a `AgentHeader`. Throws WireError. Byte fields are borrowed. */
export function readAgentHeader(r: Reader): AgentHeader {
  const v = r.view;
  const o1 = r.take(20, 'AgentHeader');
  const protocol = v.getUint32(o1, true);
  const type = v.getUint32(o1 + 4, true);
  const opaque = v.getBigUint64(o1 + 8, true);
  const size = v.getUint32(o1 + 16, true);
  return { protocol, type, opaque, size };
}
/** Writes a `AgentHeader`. */
export function writeAgentHeader(w: Writer, m: AgentHeader): void {
  const o1 = w.take(20);
  const v2 = w.view;
  v2.setUint32(o1, m.protocol, true);
  v2.setUint32(o1 + 4, m.type, true);
  v2.setBigUint64(o1 + 8, m.opaque, true);
  v2.setUint32(o1 + 16, m.size, true);
}

export const FileXferErrorType = {
  /** VD_AGENT_FILE_XFER_STATUS_ERROR_GLIB_IO */
  glibIo: 0,
} as const;

export interface FileXferError {
  readonly errorType: number;
  readonly errorCode: number;
}
/** Reads a `FileXferError`. Throws WireError. Byte fields are borrowed. */
export function readFileXferError(r: Reader): FileXferError {
  const v = r.view;
  const o1 = r.take(5, 'FileXferError');
  const errorType = v.getUint8(o1);
  const errorCode = v.getUint32(o1 + 1, true);
  return { errorType, errorCode };
}
/** Writes a `FileXferError`. */
export function writeFileXferError(w: Writer, m: FileXferError): void {
  const o1 = w.take(5);
  const v2 = w.view;
  v2.setUint8(o1, m.errorType);
  v2.setUint32(o1 + 1, m.errorCode, true);
}

export interface FileXferNotEnoughSpace {
  readonly diskFreeSpace: bigint;
}
/** Reads a `FileXferNotEnoughSpace`. Throws WireError. Byte fields are borrowed. */
export function readFileXferNotEnoughSpace(r: Reader): FileXferNotEnoughSpace {
  const v = r.view;
  const o1 = r.take(8, 'FileXferNotEnoughSpace');
  const diskFreeSpace = v.getBigUint64(o1, true);
  return { diskFreeSpace };
}
/** Writes a `FileXferNotEnoughSpace`. */
export function writeFileXferNotEnoughSpace(w: Writer, m: FileXferNotEnoughSpace): void {
  const o1 = w.take(8);
  const v2 = w.view;
  v2.setBigUint64(o1, m.diskFreeSpace, true);
}

export const AgentButtons = {
  /** VD_AGENT_LBUTTON_MASK */
  left: 2,
  /** VD_AGENT_MBUTTON_MASK */
  middle: 4,
  /** VD_AGENT_RBUTTON_MASK */
  right: 8,
  /** VD_AGENT_UBUTTON_MASK */
  up: 16,
  /** VD_AGENT_DBUTTON_MASK */
  down: 32,
  /** VD_AGENT_SBUTTON_MASK */
  side: 64,
  /** VD_AGENT_EBUTTON_MASK */
  extra: 128,
} as const;

/** The pointer is there, with these buttons down. */
export interface AgentMouseState {
  readonly x: number;
  readonly y: number;
  readonly buttons: number;
  readonly displayId: number;
}
/** Reads a `AgentMouseState`. Throws WireError. Byte fields are borrowed. */
export function readAgentMouseState(r: Reader): AgentMouseState {
  const v = r.view;
  const o1 = r.take(13, 'AgentMouseState');
  const x = v.getUint32(o1, true);
  const y = v.getUint32(o1 + 4, true);
  const buttons = v.getUint32(o1 + 8, true);
  const displayId = v.getUint8(o1 + 12);
  return { x, y, buttons, displayId };
}
/** Reads a `AgentMouseState` into `t` and returns it: nothing is allocated but views of bytes. */
export function readAgentMouseStateInto(r: Reader, t: { -readonly [K in keyof AgentMouseState]: AgentMouseState[K] }): AgentMouseState {
  const v = r.view;
  const o1 = r.take(13, 'AgentMouseState');
  const x = v.getUint32(o1, true);
  const y = v.getUint32(o1 + 4, true);
  const buttons = v.getUint32(o1 + 8, true);
  const displayId = v.getUint8(o1 + 12);
  t.x = x;
  t.y = y;
  t.buttons = buttons;
  t.displayId = displayId;
  return t;
}
/** Writes a `AgentMouseState`. */
export function writeAgentMouseState(w: Writer, m: AgentMouseState): void {
  const o1 = w.take(13);
  const v2 = w.view;
  v2.setUint32(o1, m.x, true);
  v2.setUint32(o1 + 4, m.y, true);
  v2.setUint32(o1 + 8, m.buttons, true);
  v2.setUint8(o1 + 12, m.displayId);
}

export const MonitorFlags = {
  /** VD_AGENT_CONFIG_MONITORS_FLAG_USE_POS */
  usePos: 1,
  /** VD_AGENT_CONFIG_MONITORS_FLAG_PHYSICAL_SIZE */
  physicalSize: 2,
} as const;

/** Width and height 0: the monitor is off. */
export interface AgentMonitor {
  readonly height: number;
  readonly width: number;
  readonly depth: number;
  readonly x: number;
  readonly y: number;
}
/** Reads a `AgentMonitor`. Throws WireError. Byte fields are borrowed. */
export function readAgentMonitor(r: Reader): AgentMonitor {
  const v = r.view;
  const o1 = r.take(20, 'AgentMonitor');
  const height = v.getUint32(o1, true);
  const width = v.getUint32(o1 + 4, true);
  const depth = v.getUint32(o1 + 8, true);
  const x = v.getInt32(o1 + 12, true);
  const y = v.getInt32(o1 + 16, true);
  return { height, width, depth, x, y };
}
/** Writes a `AgentMonitor`. */
export function writeAgentMonitor(w: Writer, m: AgentMonitor): void {
  const o1 = w.take(20);
  const v2 = w.view;
  v2.setUint32(o1, m.height, true);
  v2.setUint32(o1 + 4, m.width, true);
  v2.setUint32(o1 + 8, m.depth, true);
  v2.setInt32(o1 + 12, m.x, true);
  v2.setInt32(o1 + 16, m.y, true);
}

export interface AgentMonitorSize {
  readonly heightMm: number;
  readonly widthMm: number;
}
/** Reads a `AgentMonitorSize`. Throws WireError. Byte fields are borrowed. */
export function readAgentMonitorSize(r: Reader): AgentMonitorSize {
  const v = r.view;
  const o1 = r.take(4, 'AgentMonitorSize');
  const heightMm = v.getUint16(o1, true);
  const widthMm = v.getUint16(o1 + 2, true);
  return { heightMm, widthMm };
}
/** Writes a `AgentMonitorSize`. */
export function writeAgentMonitorSize(w: Writer, m: AgentMonitorSize): void {
  const o1 = w.take(4);
  const v2 = w.view;
  v2.setUint16(o1, m.heightMm, true);
  v2.setUint16(o1 + 2, m.widthMm, true);
}

/** The monitors the client would like. */
export interface AgentMonitorsConfig {
  readonly flags: number;
  readonly monitors: readonly AgentMonitor[];
  readonly physicalSizes: readonly AgentMonitorSize[] | null;
}
/** Reads a `AgentMonitorsConfig`. Throws WireError. Byte fields are borrowed. */
export function readAgentMonitorsConfig(r: Reader): AgentMonitorsConfig {
  const v = r.view;
  const o1 = r.take(8, 'AgentMonitorsConfig');
  const count = v.getUint32(o1, true);
  const flags = v.getUint32(o1 + 4, true);
  const n2 = r.list(count, 256, 20, 'AgentMonitorsConfig.monitors');
  const monitors: AgentMonitor[] = [];
  let p4 = r.take(n2 * 20, 'AgentMonitorsConfig.monitors');
  for (let i3 = 0; i3 < n2; i3++, p4 += 20) {
    monitors.push({ height: v.getUint32(p4, true), width: v.getUint32(p4 + 4, true), depth: v.getUint32(p4 + 8, true), x: v.getInt32(p4 + 12, true), y: v.getInt32(p4 + 16, true) });
  }
  let physicalSizes: readonly AgentMonitorSize[] | null = null;
  if ((flags & 2) !== 0) {
    const n6 = r.list(count, 256, 4, 'AgentMonitorsConfig.physicalSizes');
    const physicalSizes_5: AgentMonitorSize[] = [];
    let p8 = r.take(n6 * 4, 'AgentMonitorsConfig.physicalSizes');
    for (let i7 = 0; i7 < n6; i7++, p8 += 4) {
      physicalSizes_5.push({ heightMm: v.getUint16(p8, true), widthMm: v.getUint16(p8 + 2, true) });
    }
    physicalSizes = physicalSizes_5;
  }
  return { flags, monitors, physicalSizes };
}
/** Writes a `AgentMonitorsConfig`. */
export function writeAgentMonitorsConfig(w: Writer, m: AgentMonitorsConfig): void {
  const n1 = w.count(m.monitors.length, 256, 'AgentMonitorsConfig.monitors');
  w.exact(m.physicalSizes?.length ?? n1, n1, 'AgentMonitorsConfig.physicalSizes');
  const o2 = w.take(8);
  const v3 = w.view;
  v3.setUint32(o2, n1, true);
  v3.setUint32(o2 + 4, m.flags, true);
  let o5 = w.take(m.monitors.length * 20);
  const v6 = w.view;
  for (const x4 of m.monitors) {
    v6.setUint32(o5, x4.height, true);
    v6.setUint32(o5 + 4, x4.width, true);
    v6.setUint32(o5 + 8, x4.depth, true);
    v6.setInt32(o5 + 12, x4.x, true);
    v6.setInt32(o5 + 16, x4.y, true);
    o5 += 20;
  }
  if ((m.flags & 2) !== 0) {
    const x7 = w.present(m.physicalSizes, 'AgentMonitorsConfig.physicalSizes');
    let o9 = w.take(x7.length * 4);
    const v10 = w.view;
    for (const x8 of x7) {
      v10.setUint16(o9, x8.heightMm, true);
      v10.setUint16(o9 + 2, x8.widthMm, true);
      o9 += 4;
    }
  }
  else w.absent(m.physicalSizes, 'AgentMonitorsConfig.physicalSizes');
}

export const ClipboardSelection = {
  /** VD_AGENT_CLIPBOARD_SELECTION_CLIPBOARD */
  clipboard: 0,
  /** VD_AGENT_CLIPBOARD_SELECTION_PRIMARY */
  primary: 1,
  /** VD_AGENT_CLIPBOARD_SELECTION_SECONDARY */
  secondary: 2,
} as const;

export const ClipboardType = {
  /** VD_AGENT_CLIPBOARD_NONE */
  none: 0,
  /** VD_AGENT_CLIPBOARD_UTF8_TEXT */
  utf8Text: 1,
  /** VD_AGENT_CLIPBOARD_IMAGE_PNG */
  imagePng: 2,
  /** VD_AGENT_CLIPBOARD_IMAGE_BMP */
  imageBmp: 3,
  /** VD_AGENT_CLIPBOARD_IMAGE_TIFF */
  imageTiff: 4,
  /** VD_AGENT_CLIPBOARD_IMAGE_JPG */
  imageJpg: 5,
  /** VD_AGENT_CLIPBOARD_FILE_LIST */
  fileList: 6,
} as const;

/** What the clipboard holds. */
export interface AgentClipboard {
  readonly selection: { readonly id: number; } | null;
  readonly type: number;
  readonly data: Uint8Array;
}
/** Reads a `AgentClipboard`. Throws WireError. Byte fields are borrowed. */
export function readAgentClipboard(r: Reader): AgentClipboard {
  const v = r.view;
  let selection: { readonly id: number; } | null = null;
  if ((r.features & 64) !== 0) {
    const o2 = r.take(4, 'AgentClipboard.selection');
    const selection_1_id = v.getUint8(o2);
    const selection_1 = { id: selection_1_id };
    selection = selection_1;
  }
  const o3 = r.take(4, 'AgentClipboard');
  const type = v.getUint32(o3, true);
  const data = r.rest(134217728, 'AgentClipboard.data');
  return { selection, type, data };
}
/** Writes a `AgentClipboard`. */
export function writeAgentClipboard(w: Writer, m: AgentClipboard): void {
  if ((w.features & 64) !== 0) {
    const x1 = w.present(m.selection, 'AgentClipboard.selection');
    const o2 = w.take(4);
    const v3 = w.view;
    v3.setUint8(o2, x1.id);
  }
  else w.absent(m.selection, 'AgentClipboard.selection');
  const o4 = w.take(4);
  const v5 = w.view;
  v5.setUint32(o4, m.type, true);
  w.count(m.data.byteLength, 134217728, 'AgentClipboard.data');
  w.bytes(m.data);
}

export const DisplayConfigFlags = {
  /** VD_AGENT_DISPLAY_CONFIG_FLAG_DISABLE_WALLPAPER */
  disableWallpaper: 1,
  /** VD_AGENT_DISPLAY_CONFIG_FLAG_DISABLE_FONT_SMOOTH */
  disableFontSmooth: 2,
  /** VD_AGENT_DISPLAY_CONFIG_FLAG_DISABLE_ANIMATION */
  disableAnimation: 4,
  /** VD_AGENT_DISPLAY_CONFIG_FLAG_SET_COLOR_DEPTH */
  setColorDepth: 8,
} as const;

/** What to leave out of the picture. */
export interface AgentDisplayConfig {
  readonly flags: number;
  readonly depth: number;
}
/** Reads a `AgentDisplayConfig`. Throws WireError. Byte fields are borrowed. */
export function readAgentDisplayConfig(r: Reader): AgentDisplayConfig {
  const v = r.view;
  const o1 = r.take(8, 'AgentDisplayConfig');
  const flags = v.getUint32(o1, true);
  const depth = v.getUint32(o1 + 4, true);
  return { flags, depth };
}
/** Writes a `AgentDisplayConfig`. */
export function writeAgentDisplayConfig(w: Writer, m: AgentDisplayConfig): void {
  const o1 = w.take(8);
  const v2 = w.view;
  v2.setUint32(o1, m.flags, true);
  v2.setUint32(o1 + 4, m.depth, true);
}

/** What the sender can do. Words of 32 bits, bit n of all is AgentCap n; `request` asks for an answer. */
export interface AgentCapabilities {
  readonly request: boolean;
  readonly caps: readonly number[];
}
/** Reads a `AgentCapabilities`. Throws WireError. Byte fields are borrowed. */
export function readAgentCapabilities(r: Reader): AgentCapabilities {
  const v = r.view;
  const o1 = r.take(4, 'AgentCapabilities');
  const request = v.getUint32(o1, true) !== 0;
  const n2 = r.fill(64, 4, 'AgentCapabilities.caps');
  const caps: number[] = [];
  let p4 = r.take(n2 * 4, 'AgentCapabilities.caps');
  for (let i3 = 0; i3 < n2; i3++, p4 += 4) {
    caps.push(v.getUint32(p4, true));
  }
  return { request, caps };
}
/** Writes a `AgentCapabilities`. */
export function writeAgentCapabilities(w: Writer, m: AgentCapabilities): void {
  const o1 = w.take(4);
  const v2 = w.view;
  v2.setUint32(o1, m.request ? 1 : 0, true);
  w.count(m.caps.length, 64, 'AgentCapabilities.caps');
  let o4 = w.take(m.caps.length * 4);
  const v5 = w.view;
  for (const x3 of m.caps) {
    v5.setUint32(o4, x3, true);
    o4 += 4;
  }
}

/** The sender has something in its clipboard, in these forms. */
export interface AgentClipboardGrab {
  readonly selection: { readonly id: number; } | null;
  readonly serial: number | null;
  readonly types: readonly number[];
}
/** Reads a `AgentClipboardGrab`. Throws WireError. Byte fields are borrowed. */
export function readAgentClipboardGrab(r: Reader): AgentClipboardGrab {
  const v = r.view;
  let selection: { readonly id: number; } | null = null;
  if ((r.features & 64) !== 0) {
    const o2 = r.take(4, 'AgentClipboardGrab.selection');
    const selection_1_id = v.getUint8(o2);
    const selection_1 = { id: selection_1_id };
    selection = selection_1;
  }
  let serial: number | null = null;
  if ((r.features & 131072) !== 0) {
    const o4 = r.take(4, 'AgentClipboardGrab.serial');
    const serial_3 = v.getUint32(o4, true);
    serial = serial_3;
  }
  const n5 = r.fill(1024, 4, 'AgentClipboardGrab.types');
  const types: number[] = [];
  let p7 = r.take(n5 * 4, 'AgentClipboardGrab.types');
  for (let i6 = 0; i6 < n5; i6++, p7 += 4) {
    types.push(v.getUint32(p7, true));
  }
  return { selection, serial, types };
}
/** Writes a `AgentClipboardGrab`. */
export function writeAgentClipboardGrab(w: Writer, m: AgentClipboardGrab): void {
  if ((w.features & 64) !== 0) {
    const x1 = w.present(m.selection, 'AgentClipboardGrab.selection');
    const o2 = w.take(4);
    const v3 = w.view;
    v3.setUint8(o2, x1.id);
  }
  else w.absent(m.selection, 'AgentClipboardGrab.selection');
  if ((w.features & 131072) !== 0) {
    const x4 = w.present(m.serial, 'AgentClipboardGrab.serial');
    const o5 = w.take(4);
    const v6 = w.view;
    v6.setUint32(o5, x4, true);
  }
  else w.absent(m.serial, 'AgentClipboardGrab.serial');
  w.count(m.types.length, 1024, 'AgentClipboardGrab.types');
  let o8 = w.take(m.types.length * 4);
  const v9 = w.view;
  for (const x7 of m.types) {
    v9.setUint32(o8, x7, true);
    o8 += 4;
  }
}

/** Asks for it in one form. */
export interface AgentClipboardRequest {
  readonly selection: { readonly id: number; } | null;
  readonly type: number;
}
/** Reads a `AgentClipboardRequest`. Throws WireError. Byte fields are borrowed. */
export function readAgentClipboardRequest(r: Reader): AgentClipboardRequest {
  const v = r.view;
  let selection: { readonly id: number; } | null = null;
  if ((r.features & 64) !== 0) {
    const o2 = r.take(4, 'AgentClipboardRequest.selection');
    const selection_1_id = v.getUint8(o2);
    const selection_1 = { id: selection_1_id };
    selection = selection_1;
  }
  const o3 = r.take(4, 'AgentClipboardRequest');
  const type = v.getUint32(o3, true);
  return { selection, type };
}
/** Writes a `AgentClipboardRequest`. */
export function writeAgentClipboardRequest(w: Writer, m: AgentClipboardRequest): void {
  if ((w.features & 64) !== 0) {
    const x1 = w.present(m.selection, 'AgentClipboardRequest.selection');
    const o2 = w.take(4);
    const v3 = w.view;
    v3.setUint8(o2, x1.id);
  }
  else w.absent(m.selection, 'AgentClipboardRequest.selection');
  const o4 = w.take(4);
  const v5 = w.view;
  v5.setUint32(o4, m.type, true);
}

/** It is no longer there. */
export interface AgentClipboardRelease {
  readonly selection: { readonly id: number; } | null;
}
/** Reads a `AgentClipboardRelease`. Throws WireError. Byte fields are borrowed. */
export function readAgentClipboardRelease(r: Reader): AgentClipboardRelease {
  const v = r.view;
  let selection: { readonly id: number; } | null = null;
  if ((r.features & 64) !== 0) {
    const o2 = r.take(4, 'AgentClipboardRelease.selection');
    const selection_1_id = v.getUint8(o2);
    const selection_1 = { id: selection_1_id };
    selection = selection_1;
  }
  return { selection };
}
/** Writes a `AgentClipboardRelease`. */
export function writeAgentClipboardRelease(w: Writer, m: AgentClipboardRelease): void {
  if ((w.features & 64) !== 0) {
    const x1 = w.present(m.selection, 'AgentClipboardRelease.selection');
    const o2 = w.take(4);
    const v3 = w.view;
    v3.setUint8(o2, x1.id);
  }
  else w.absent(m.selection, 'AgentClipboardRelease.selection');
}

/** A file is to be sent. A key file with the group vdagent-file-xfer, its keys name and size. */
export interface FileXferStart {
  readonly id: number;
  readonly data: Uint8Array;
}
/** Reads a `FileXferStart`. Throws WireError. Byte fields are borrowed. */
export function readFileXferStart(r: Reader): FileXferStart {
  const v = r.view;
  const o1 = r.take(4, 'FileXferStart');
  const id = v.getUint32(o1, true);
  const data = r.rest(134217728, 'FileXferStart.data');
  return { id, data };
}
/** Writes a `FileXferStart`. */
export function writeFileXferStart(w: Writer, m: FileXferStart): void {
  const o1 = w.take(4);
  const v2 = w.view;
  v2.setUint32(o1, m.id, true);
  w.count(m.data.byteLength, 134217728, 'FileXferStart.data');
  w.bytes(m.data);
}

export const FileXferResult = {
  /** VD_AGENT_FILE_XFER_STATUS_CAN_SEND_DATA */
  canSendData: 0,
  /** VD_AGENT_FILE_XFER_STATUS_CANCELLED */
  cancelled: 1,
  /** VD_AGENT_FILE_XFER_STATUS_ERROR */
  error: 2,
  /** VD_AGENT_FILE_XFER_STATUS_SUCCESS */
  success: 3,
  /** VD_AGENT_FILE_XFER_STATUS_NOT_ENOUGH_SPACE */
  notEnoughSpace: 4,
  /** VD_AGENT_FILE_XFER_STATUS_SESSION_LOCKED */
  sessionLocked: 5,
  /** VD_AGENT_FILE_XFER_STATUS_VDAGENT_NOT_CONNECTED */
  vdagentNotConnected: 6,
  /** VD_AGENT_FILE_XFER_STATUS_DISABLED */
  disabled: 7,
} as const;

/** How a file transfer stands. With detailed errors, data is a FileXferError or a FileXferNotEnoughSpace. */
export interface FileXferStatus {
  readonly id: number;
  readonly result: number;
  readonly data: Uint8Array;
}
/** Reads a `FileXferStatus`. Throws WireError. Byte fields are borrowed. */
export function readFileXferStatus(r: Reader): FileXferStatus {
  const v = r.view;
  const o1 = r.take(8, 'FileXferStatus');
  const id = v.getUint32(o1, true);
  const result = v.getUint32(o1 + 4, true);
  const data = r.rest(134217728, 'FileXferStatus.data');
  return { id, result, data };
}
/** Writes a `FileXferStatus`. */
export function writeFileXferStatus(w: Writer, m: FileXferStatus): void {
  const o1 = w.take(8);
  const v2 = w.view;
  v2.setUint32(o1, m.id, true);
  v2.setUint32(o1 + 4, m.result, true);
  w.count(m.data.byteLength, 134217728, 'FileXferStatus.data');
  w.bytes(m.data);
}

/** A piece of a file. */
export interface FileXferData {
  readonly id: number;
  readonly data: Uint8Array;
}
/** Reads a `FileXferData`. Throws WireError. Byte fields are borrowed. */
export function readFileXferData(r: Reader): FileXferData {
  const v = r.view;
  const o1 = r.take(12, 'FileXferData');
  const id = v.getUint32(o1, true);
  const size = r.safe(v.getBigUint64(o1 + 4, true), 'FileXferData.size');
  const data = r.bytes(size, 134217728, 'FileXferData.data');
  return { id, data };
}
/** Writes a `FileXferData`. */
export function writeFileXferData(w: Writer, m: FileXferData): void {
  const o1 = w.take(12);
  const v2 = w.view;
  v2.setUint32(o1, m.id, true);
  v2.setBigUint64(o1 + 4, BigInt(w.count(m.data.byteLength, 134217728, 'FileXferData.data')), true);
  w.bytes(m.data);
}

/** The largest clipboard the client takes. In bytes; -1 is no limit. */
export interface AgentMaxClipboard {
  readonly max: number;
}
/** Reads a `AgentMaxClipboard`. Throws WireError. Byte fields are borrowed. */
export function readAgentMaxClipboard(r: Reader): AgentMaxClipboard {
  const v = r.view;
  const o1 = r.take(4, 'AgentMaxClipboard');
  const max = v.getInt32(o1, true);
  return { max };
}
/** Writes a `AgentMaxClipboard`. */
export function writeAgentMaxClipboard(w: Writer, m: AgentMaxClipboard): void {
  const o1 = w.take(4);
  const v2 = w.view;
  v2.setInt32(o1, m.max, true);
}

/** The client's volume. */
export interface AgentAudioVolumeSync {
  readonly isPlayback: boolean;
  readonly mute: boolean;
  readonly volumes: readonly number[];
}
/** Reads a `AgentAudioVolumeSync`. Throws WireError. Byte fields are borrowed. */
export function readAgentAudioVolumeSync(r: Reader): AgentAudioVolumeSync {
  const v = r.view;
  const o2 = r.take(3, 'AgentAudioVolumeSync');
  const isPlayback = v.getUint8(o2) !== 0;
  const mute = v.getUint8(o2 + 1) !== 0;
  const n1 = v.getUint8(o2 + 2);
  const n3 = r.list(n1, 255, 2, 'AgentAudioVolumeSync.volumes');
  const volumes: number[] = [];
  let p5 = r.take(n3 * 2, 'AgentAudioVolumeSync.volumes');
  for (let i4 = 0; i4 < n3; i4++, p5 += 2) {
    volumes.push(v.getUint16(p5, true));
  }
  return { isPlayback, mute, volumes };
}
/** Writes a `AgentAudioVolumeSync`. */
export function writeAgentAudioVolumeSync(w: Writer, m: AgentAudioVolumeSync): void {
  const o1 = w.take(3);
  const v2 = w.view;
  v2.setUint8(o1, m.isPlayback ? 1 : 0);
  v2.setUint8(o1 + 1, m.mute ? 1 : 0);
  v2.setUint8(o1 + 2, w.count(m.volumes.length, 255, 'AgentAudioVolumeSync.volumes'));
  let o4 = w.take(m.volumes.length * 2);
  const v5 = w.view;
  for (const x3 of m.volumes) {
    v5.setUint16(o4, x3, true);
    o4 += 2;
  }
}

/** The address ends with a zero byte. */
export interface AgentDisplayInfo {
  readonly channelId: number;
  readonly monitorId: number;
  readonly deviceDisplayId: number;
  readonly deviceAddress: Uint8Array;
}
/** Reads a `AgentDisplayInfo`. Throws WireError. Byte fields are borrowed. */
export function readAgentDisplayInfo(r: Reader): AgentDisplayInfo {
  const v = r.view;
  const o2 = r.take(16, 'AgentDisplayInfo');
  const channelId = v.getUint32(o2, true);
  const monitorId = v.getUint32(o2 + 4, true);
  const deviceDisplayId = v.getUint32(o2 + 8, true);
  const n1 = v.getUint32(o2 + 12, true);
  const deviceAddress = r.bytes(n1, 4096, 'AgentDisplayInfo.deviceAddress');
  return { channelId, monitorId, deviceDisplayId, deviceAddress };
}
/** Writes a `AgentDisplayInfo`. */
export function writeAgentDisplayInfo(w: Writer, m: AgentDisplayInfo): void {
  const o1 = w.take(16);
  const v2 = w.view;
  v2.setUint32(o1, m.channelId, true);
  v2.setUint32(o1 + 4, m.monitorId, true);
  v2.setUint32(o1 + 8, m.deviceDisplayId, true);
  v2.setUint32(o1 + 12, w.count(m.deviceAddress.byteLength, 4096, 'AgentDisplayInfo.deviceAddress'), true);
  w.bytes(m.deviceAddress);
}

/** Which guest device each monitor is. */
export interface AgentGraphicsDeviceInfo {
  readonly displays: readonly AgentDisplayInfo[];
}
/** Reads a `AgentGraphicsDeviceInfo`. Throws WireError. Byte fields are borrowed. */
export function readAgentGraphicsDeviceInfo(r: Reader): AgentGraphicsDeviceInfo {
  const v = r.view;
  const o2 = r.take(4, 'AgentGraphicsDeviceInfo');
  const n1 = v.getUint32(o2, true);
  const n3 = r.list(n1, 256, 16, 'AgentGraphicsDeviceInfo.displays');
  const displays: AgentDisplayInfo[] = [];
  for (let i4 = 0; i4 < n3; i4++) {
    const x5 = readAgentDisplayInfo(r);
    displays.push(x5);
  }
  return { displays };
}
/** Writes a `AgentGraphicsDeviceInfo`. */
export function writeAgentGraphicsDeviceInfo(w: Writer, m: AgentGraphicsDeviceInfo): void {
  const o1 = w.take(4);
  const v2 = w.view;
  v2.setUint32(o1, w.count(m.displays.length, 256, 'AgentGraphicsDeviceInfo.displays'), true);
  for (const x3 of m.displays) {
    writeAgentDisplayInfo(w, x3);
  }
}

export const AgentResult = {
  /** VD_AGENT_SUCCESS */
  success: 1,
  /** VD_AGENT_ERROR */
  error: 2,
} as const;

/** The outcome of a message. The outcome of a message of `type`. */
export interface AgentReply {
  readonly type: number;
  readonly error: number;
}
/** Reads a `AgentReply`. Throws WireError. Byte fields are borrowed. */
export function readAgentReply(r: Reader): AgentReply {
  const v = r.view;
  const o1 = r.take(8, 'AgentReply');
  const type = v.getUint32(o1, true);
  const error = v.getUint32(o1 + 4, true);
  return { type, error };
}
/** Writes a `AgentReply`. */
export function writeAgentReply(w: Writer, m: AgentReply): void {
  const o1 = w.take(8);
  const v2 = w.view;
  v2.setUint32(o1, m.type, true);
  v2.setUint32(o1 + 4, m.error, true);
}

/** Messages of `agentToGuest` by name. */
export const agentToGuest = {
  /** VD_AGENT_MOUSE_STATE (1): The pointer is there, with these buttons down. */
  mouseState: { id: 1, name: 'mouseState', cap: 0, read: readAgentMouseState, write: writeAgentMouseState },
  /** VD_AGENT_MONITORS_CONFIG (2): The monitors the client would like. */
  monitorsConfig: { id: 2, name: 'monitorsConfig', cap: 1, read: readAgentMonitorsConfig, write: writeAgentMonitorsConfig },
  /** VD_AGENT_CLIPBOARD (4): What the clipboard holds. */
  clipboard: { id: 4, name: 'clipboard', cap: 5, read: readAgentClipboard, write: writeAgentClipboard },
  /** VD_AGENT_DISPLAY_CONFIG (5): What to leave out of the picture. */
  displayConfig: { id: 5, name: 'displayConfig', cap: 4, read: readAgentDisplayConfig, write: writeAgentDisplayConfig },
  /** VD_AGENT_ANNOUNCE_CAPABILITIES (6): What the sender can do. */
  announceCapabilities: { id: 6, name: 'announceCapabilities', cap: null, read: readAgentCapabilities, write: writeAgentCapabilities },
  /** VD_AGENT_CLIPBOARD_GRAB (7): The sender has something in its clipboard, in these forms. */
  clipboardGrab: { id: 7, name: 'clipboardGrab', cap: 5, read: readAgentClipboardGrab, write: writeAgentClipboardGrab },
  /** VD_AGENT_CLIPBOARD_REQUEST (8): Asks for it in one form. */
  clipboardRequest: { id: 8, name: 'clipboardRequest', cap: 5, read: readAgentClipboardRequest, write: writeAgentClipboardRequest },
  /** VD_AGENT_CLIPBOARD_RELEASE (9): It is no longer there. */
  clipboardRelease: { id: 9, name: 'clipboardRelease', cap: 5, read: readAgentClipboardRelease, write: writeAgentClipboardRelease },
  /** VD_AGENT_FILE_XFER_START (10): A file is to be sent. */
  fileXferStart: { id: 10, name: 'fileXferStart', cap: null, read: readFileXferStart, write: writeFileXferStart },
  /** VD_AGENT_FILE_XFER_STATUS (11): How a file transfer stands. */
  fileXferStatus: { id: 11, name: 'fileXferStatus', cap: null, read: readFileXferStatus, write: writeFileXferStatus },
  /** VD_AGENT_FILE_XFER_DATA (12): A piece of a file. */
  fileXferData: { id: 12, name: 'fileXferData', cap: null, read: readFileXferData, write: writeFileXferData },
  /** VD_AGENT_CLIENT_DISCONNECTED (13): The client is gone. */
  clientDisconnected: { id: 13, name: 'clientDisconnected', cap: null, read: readNothing, write: writeNothing },
  /** VD_AGENT_MAX_CLIPBOARD (14): The largest clipboard the client takes. */
  maxClipboard: { id: 14, name: 'maxClipboard', cap: 10, read: readAgentMaxClipboard, write: writeAgentMaxClipboard },
  /** VD_AGENT_AUDIO_VOLUME_SYNC (15): The client's volume. */
  audioVolumeSync: { id: 15, name: 'audioVolumeSync', cap: 11, read: readAgentAudioVolumeSync, write: writeAgentAudioVolumeSync },
  /** VD_AGENT_GRAPHICS_DEVICE_INFO (16): Which guest device each monitor is. */
  graphicsDeviceInfo: { id: 16, name: 'graphicsDeviceInfo', cap: 15, read: readAgentGraphicsDeviceInfo, write: writeAgentGraphicsDeviceInfo },
} as const;

/** Messages of `agentToGuest` by number. */
export const agentToGuestById = /* @__PURE__ */ byId(agentToGuest);

/** Reads message `id` of `agentToGuest` and gives it to its handler. Throws WireError, also for unknown numbers. */
export function dispatchAgentToGuest<R>(id: number, r: Reader, handlers: Handlers<typeof agentToGuest, R>): R {
  switch (id) {
    case 1:
      return handlers.mouseState(readAgentMouseState(r));
    case 2:
      return handlers.monitorsConfig(readAgentMonitorsConfig(r));
    case 4:
      return handlers.clipboard(readAgentClipboard(r));
    case 5:
      return handlers.displayConfig(readAgentDisplayConfig(r));
    case 6:
      return handlers.announceCapabilities(readAgentCapabilities(r));
    case 7:
      return handlers.clipboardGrab(readAgentClipboardGrab(r));
    case 8:
      return handlers.clipboardRequest(readAgentClipboardRequest(r));
    case 9:
      return handlers.clipboardRelease(readAgentClipboardRelease(r));
    case 10:
      return handlers.fileXferStart(readFileXferStart(r));
    case 11:
      return handlers.fileXferStatus(readFileXferStatus(r));
    case 12:
      return handlers.fileXferData(readFileXferData(r));
    case 13:
      return handlers.clientDisconnected(readNothing(r));
    case 14:
      return handlers.maxClipboard(readAgentMaxClipboard(r));
    case 15:
      return handlers.audioVolumeSync(readAgentAudioVolumeSync(r));
    case 16:
      return handlers.graphicsDeviceInfo(readAgentGraphicsDeviceInfo(r));
    default:
      throw r.refuse('message', 'agentToGuest');
  }
}

/** Messages of `agentFromGuest` by name. */
export const agentFromGuest = {
  /** VD_AGENT_REPLY (3): The outcome of a message. */
  reply: { id: 3, name: 'reply', cap: 2, read: readAgentReply, write: writeAgentReply },
  /** VD_AGENT_CLIPBOARD (4): What the clipboard holds. */
  clipboard: { id: 4, name: 'clipboard', cap: 5, read: readAgentClipboard, write: writeAgentClipboard },
  /** VD_AGENT_ANNOUNCE_CAPABILITIES (6): What the sender can do. */
  announceCapabilities: { id: 6, name: 'announceCapabilities', cap: null, read: readAgentCapabilities, write: writeAgentCapabilities },
  /** VD_AGENT_CLIPBOARD_GRAB (7): The sender has something in its clipboard, in these forms. */
  clipboardGrab: { id: 7, name: 'clipboardGrab', cap: 5, read: readAgentClipboardGrab, write: writeAgentClipboardGrab },
  /** VD_AGENT_CLIPBOARD_REQUEST (8): Asks for it in one form. */
  clipboardRequest: { id: 8, name: 'clipboardRequest', cap: 5, read: readAgentClipboardRequest, write: writeAgentClipboardRequest },
  /** VD_AGENT_CLIPBOARD_RELEASE (9): It is no longer there. */
  clipboardRelease: { id: 9, name: 'clipboardRelease', cap: 5, read: readAgentClipboardRelease, write: writeAgentClipboardRelease },
  /** VD_AGENT_FILE_XFER_STATUS (11): How a file transfer stands. */
  fileXferStatus: { id: 11, name: 'fileXferStatus', cap: null, read: readFileXferStatus, write: writeFileXferStatus },
} as const;

/** Messages of `agentFromGuest` by number. */
export const agentFromGuestById = /* @__PURE__ */ byId(agentFromGuest);

/** Reads message `id` of `agentFromGuest` and gives it to its handler. Throws WireError, also for unknown numbers. */
export function dispatchAgentFromGuest<R>(id: number, r: Reader, handlers: Handlers<typeof agentFromGuest, R>): R {
  switch (id) {
    case 3:
      return handlers.reply(readAgentReply(r));
    case 4:
      return handlers.clipboard(readAgentClipboard(r));
    case 6:
      return handlers.announceCapabilities(readAgentCapabilities(r));
    case 7:
      return handlers.clipboardGrab(readAgentClipboardGrab(r));
    case 8:
      return handlers.clipboardRequest(readAgentClipboardRequest(r));
    case 9:
      return handlers.clipboardRelease(readAgentClipboardRelease(r));
    case 11:
      return handlers.fileXferStatus(readFileXferStatus(r));
    default:
      throw r.refuse('message', 'agentFromGuest');
  }
}
