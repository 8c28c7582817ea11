/**
 * The agent protocol: messages between the client (or server) and a program in the guest. They travel cut into pieces, through
 * AGENT_DATA messages of the main channel, and through the guest's port behind an AgentChunk header that says whose they are.
 * Fields that depend on agreed capabilities ask the Reader's or Writer's `features`, whose bit n is AgentCap n.
 */
import {
  bool,
  bytes,
  count,
  enumOf,
  flags,
  i32,
  list,
  message,
  openEnum,
  padding,
  group,
  struct,
  u16,
  u32,
  u64,
  u64n,
  u8,
  whenFeature,
  whenSet,
  type MessageTable,
  type WireModule,
} from '../../wire/schema.ts';
import { Nothing } from './common.table.ts';

/** Largest agent message accepted: a clipboard of this many bytes. */
const maxMessageBytes = 1 << 27;
const rest = bytes({ toEnd: true, max: maxMessageBytes });

const AgentCap = enumOf('AgentCap', u32, 'VD_AGENT_CAP_', {
  mouseState: 0,
  monitorsConfig: 1,
  reply: 2,
  clipboard: 3,
  displayConfig: 4,
  clipboardByDemand: 5,
  clipboardSelection: 6,
  sparseMonitorsConfig: 7,
  guestLineendLf: 8,
  guestLineendCrlf: 9,
  maxClipboard: 10,
  audioVolumeSync: 11,
  monitorsConfigPosition: 12,
  fileXferDisabled: 13,
  fileXferDetailedErrors: 14,
  graphicsDeviceInfo: 15,
  clipboardNoReleaseOnRegrab: 16,
  clipboardGrabSerial: 17,
});
const cap = AgentCap.values;

const AgentPort = openEnum(
  'AgentPort',
  u32,
  { prefix: 'VDP_', words: { client: 'CLIENT_PORT', server: 'SERVER_PORT' } },
  { client: 1, server: 2 },
);
const AgentChunk = struct(
  'AgentChunk',
  { port: AgentPort, size: u32 },
  { doc: "Before each piece on the guest's port." },
);
const AgentHeader = struct(
  'AgentHeader',
  { protocol: u32, type: u32, opaque: u64, size: u32 },
  { doc: 'Before each message. `protocol` is 1; `size` is that of the body after it.' },
);

const AgentButtons = flags(
  'AgentButtons',
  u32,
  {
    prefix: 'VD_AGENT_',
    words: {
      left: 'LBUTTON_MASK',
      middle: 'MBUTTON_MASK',
      right: 'RBUTTON_MASK',
      up: 'UBUTTON_MASK',
      down: 'DBUTTON_MASK',
      side: 'SBUTTON_MASK',
      extra: 'EBUTTON_MASK',
    },
  },
  { left: 1, middle: 2, right: 3, up: 4, down: 5, side: 6, extra: 7 },
  { tolerant: true },
);
const AgentMouseState = struct(
  'AgentMouseState',
  { x: u32, y: u32, buttons: AgentButtons, displayId: u8 },
  { hot: true },
);

const MonitorFlags = flags(
  'MonitorFlags',
  u32,
  'VD_AGENT_CONFIG_MONITORS_FLAG_',
  { usePos: 0, physicalSize: 1 },
  { tolerant: true },
);
const AgentMonitor = struct(
  'AgentMonitor',
  { height: u32, width: u32, depth: u32, x: i32, y: i32 },
  { doc: 'Width and height 0: the monitor is off.' },
);
const AgentMonitorSize = struct('AgentMonitorSize', { heightMm: u16, widthMm: u16 });
const AgentMonitorsConfig = struct('AgentMonitorsConfig', {
  count: count(u32),
  flags: MonitorFlags,
  monitors: list(AgentMonitor, { countedBy: 'count', max: 256 }),
  physicalSizes: whenSet(
    'flags',
    MonitorFlags,
    'physicalSize',
    list(AgentMonitorSize, { countedBy: 'count', max: 256 }),
  ),
});

const AgentResult = openEnum('AgentResult', u32, 'VD_AGENT_', { success: 1, error: 2 });
const AgentReply = struct(
  'AgentReply',
  { type: u32, error: AgentResult },
  { doc: 'The outcome of a message of `type`.' },
);

const DisplayConfigFlags = flags(
  'DisplayConfigFlags',
  u32,
  'VD_AGENT_DISPLAY_CONFIG_FLAG_',
  { disableWallpaper: 0, disableFontSmooth: 1, disableAnimation: 2, setColorDepth: 3 },
  { tolerant: true },
);
const AgentDisplayConfig = struct('AgentDisplayConfig', { flags: DisplayConfigFlags, depth: u32 });

const AgentCapabilities = struct(
  'AgentCapabilities',
  { request: bool(u32), caps: list(u32, { toEnd: true, max: 64 }) },
  { doc: 'Words of 32 bits, bit n of all is AgentCap n; `request` asks for an answer.' },
);

const ClipboardType = openEnum('ClipboardType', u32, 'VD_AGENT_CLIPBOARD_', {
  none: 0,
  utf8Text: 1,
  imagePng: 2,
  imageBmp: 3,
  imageTiff: 4,
  imageJpg: 5,
  fileList: 6,
});
const ClipboardSelection = openEnum('ClipboardSelection', u8, 'VD_AGENT_CLIPBOARD_SELECTION_', {
  clipboard: 0,
  primary: 1,
  secondary: 2,
});
/** Which clipboard; null where the capability was not agreed. */
const selection = whenFeature(cap.clipboardSelection, group({ id: ClipboardSelection, reserved: padding(3) }));

const AgentClipboard = struct('AgentClipboard', { selection, type: ClipboardType, data: rest });
const AgentClipboardGrab = struct('AgentClipboardGrab', {
  selection,
  serial: whenFeature(cap.clipboardGrabSerial, u32),
  types: list(ClipboardType, { toEnd: true, max: 1024 }),
});
const AgentClipboardRequest = struct('AgentClipboardRequest', { selection, type: ClipboardType });
const AgentClipboardRelease = struct('AgentClipboardRelease', { selection });
const AgentMaxClipboard = struct('AgentMaxClipboard', { max: i32 }, { doc: 'In bytes; -1 is no limit.' });

const FileXferResult = openEnum('FileXferResult', u32, 'VD_AGENT_FILE_XFER_STATUS_', {
  canSendData: 0,
  cancelled: 1,
  error: 2,
  success: 3,
  notEnoughSpace: 4,
  sessionLocked: 5,
  vdagentNotConnected: 6,
  disabled: 7,
});
const FileXferErrorType = openEnum('FileXferErrorType', u8, 'VD_AGENT_FILE_XFER_STATUS_ERROR_', { glibIo: 0 });
const FileXferStart = struct(
  'FileXferStart',
  { id: u32, data: rest },
  { doc: 'A key file with the group vdagent-file-xfer, its keys name and size.' },
);
const FileXferStatus = struct(
  'FileXferStatus',
  { id: u32, result: FileXferResult, data: rest },
  { doc: 'With detailed errors, data is a FileXferError or a FileXferNotEnoughSpace.' },
);
const FileXferData = struct('FileXferData', {
  id: u32,
  size: count(u64n),
  data: bytes({ countedBy: 'size', max: maxMessageBytes }),
});
const FileXferError = struct('FileXferError', { errorType: FileXferErrorType, errorCode: u32 });
const FileXferNotEnoughSpace = struct('FileXferNotEnoughSpace', { diskFreeSpace: u64 });

const AgentAudioVolumeSync = struct('AgentAudioVolumeSync', {
  isPlayback: bool(u8),
  mute: bool(u8),
  volumes: list(u16, { count: u8, max: 255 }),
});

const AgentDisplayInfo = struct(
  'AgentDisplayInfo',
  { channelId: u32, monitorId: u32, deviceDisplayId: u32, deviceAddress: bytes({ count: u32, max: 4096 }) },
  { doc: 'The address ends with a zero byte.' },
);
const AgentGraphicsDeviceInfo = struct('AgentGraphicsDeviceInfo', {
  displays: list(AgentDisplayInfo, { count: u32, max: 256 }),
});

const announceCapabilities = message(6, 'VD_AGENT_ANNOUNCE_CAPABILITIES', 'What the sender can do.', AgentCapabilities);
const clipboard = message(4, 'VD_AGENT_CLIPBOARD', 'What the clipboard holds.', AgentClipboard, {
  since: cap.clipboardByDemand,
});
const clipboardGrab = message(
  7,
  'VD_AGENT_CLIPBOARD_GRAB',
  'The sender has something in its clipboard, in these forms.',
  AgentClipboardGrab,
  { since: cap.clipboardByDemand },
);
const clipboardRequest = message(8, 'VD_AGENT_CLIPBOARD_REQUEST', 'Asks for it in one form.', AgentClipboardRequest, {
  since: cap.clipboardByDemand,
});
const clipboardRelease = message(9, 'VD_AGENT_CLIPBOARD_RELEASE', 'It is no longer there.', AgentClipboardRelease, {
  since: cap.clipboardByDemand,
});
const fileXferStatus = message(11, 'VD_AGENT_FILE_XFER_STATUS', 'How a file transfer stands.', FileXferStatus);

/** Client or server to guest. */
export const agentToGuest = {
  mouseState: message(1, 'VD_AGENT_MOUSE_STATE', 'The pointer is there, with these buttons down.', AgentMouseState, {
    since: cap.mouseState,
  }),
  monitorsConfig: message(2, 'VD_AGENT_MONITORS_CONFIG', 'The monitors the client would like.', AgentMonitorsConfig, {
    since: cap.monitorsConfig,
  }),
  clipboard,
  displayConfig: message(5, 'VD_AGENT_DISPLAY_CONFIG', 'What to leave out of the picture.', AgentDisplayConfig, {
    since: cap.displayConfig,
  }),
  announceCapabilities,
  clipboardGrab,
  clipboardRequest,
  clipboardRelease,
  fileXferStart: message(10, 'VD_AGENT_FILE_XFER_START', 'A file is to be sent.', FileXferStart),
  fileXferStatus,
  fileXferData: message(12, 'VD_AGENT_FILE_XFER_DATA', 'A piece of a file.', FileXferData),
  clientDisconnected: message(13, 'VD_AGENT_CLIENT_DISCONNECTED', 'The client is gone.', Nothing),
  maxClipboard: message(14, 'VD_AGENT_MAX_CLIPBOARD', 'The largest clipboard the client takes.', AgentMaxClipboard, {
    since: cap.maxClipboard,
  }),
  audioVolumeSync: message(15, 'VD_AGENT_AUDIO_VOLUME_SYNC', "The client's volume.", AgentAudioVolumeSync, {
    since: cap.audioVolumeSync,
  }),
  graphicsDeviceInfo: message(
    16,
    'VD_AGENT_GRAPHICS_DEVICE_INFO',
    'Which guest device each monitor is.',
    AgentGraphicsDeviceInfo,
    { since: cap.graphicsDeviceInfo },
  ),
} as const satisfies MessageTable;

/** Guest to client. */
export const agentFromGuest = {
  reply: message(3, 'VD_AGENT_REPLY', 'The outcome of a message.', AgentReply, { since: cap.reply }),
  clipboard,
  announceCapabilities,
  clipboardGrab,
  clipboardRequest,
  clipboardRelease,
  fileXferStatus,
} as const satisfies MessageTable;

/** The agent protocol. */
export const agentModule: WireModule = {
  name: 'agent',
  title: 'Agent protocol',
  doc: 'Messages between the client and a program in the guest.',
  constants: {
    agentProtocol: { version: 1, chunkHeaderBytes: 8, headerBytes: 20, maxChunkBytes: 2048, maxMessageBytes },
  },
  types: [AgentCap, AgentPort, AgentChunk, AgentHeader, FileXferError, FileXferNotEnoughSpace],
  tables: { agentToGuest, agentFromGuest },
};
