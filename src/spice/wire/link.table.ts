/**
 * The handshake before a channel carries messages, and the headers in front of every message after it.
 * Both sides: LinkHeader, then LinkMess (client) or LinkReply (server) of `size` bytes; then the client's choice of
 * authentication where AUTH_SELECTION was agreed, its ticket, and the server's LinkResult. Offsets in the two link messages
 * count from the message after the header.
 */
import {
  blob,
  bytes,
  count,
  enumOf,
  group,
  list,
  openEnum,
  reference,
  struct,
  u16,
  u32,
  u64,
  u8,
  type WireModule,
} from '../../wire/schema.ts';

/** Numbers of the link protocol; `magic` is the bytes REDQ. Sizes in bytes. */
const spiceLink = {
  magic: 0x51444552,
  majorVersion: 2,
  minorVersion: 2,
  headerBytes: 16,
  /** Largest link message accepted. */
  maxMessageBytes: 4096,
  publicKeyBytes: 162,
  ticketBytes: 128,
  maxPasswordBytes: 60,
  miniHeaderBytes: 6,
  dataHeaderBytes: 18,
} as const;

export const LinkError = openEnum('LinkError', u32, 'SPICE_LINK_ERR_', {
  ok: 0,
  error: 1,
  invalidMagic: 2,
  invalidData: 3,
  versionMismatch: 4,
  needSecured: 5,
  needUnsecured: 6,
  permissionDenied: 7,
  badConnectionId: 8,
  channelNotAvailable: 9,
});

/** A channel type on the wire; unknown ones are let through so that lists of channels can be read. */
export const ChannelType = openEnum('ChannelType', u8, 'SPICE_CHANNEL_', {
  main: 1,
  display: 2,
  inputs: 3,
  cursor: 4,
  playback: 5,
  record: 6,
  tunnel: 7,
  smartcard: 8,
  usbredir: 9,
  port: 10,
  webdav: 11,
});

export const CommonCap = enumOf('CommonCap', u32, 'SPICE_COMMON_CAP_', {
  protocolAuthSelection: 0,
  authSpice: 1,
  authSasl: 2,
  miniHeader: 3,
});

const LinkHeader = struct(
  'LinkHeader',
  { magic: u32, majorVersion: u32, minorVersion: u32, size: u32 },
  { doc: 'Before each link message: what protocol this is and how long the message is. Check `magic` and versions.' },
);

const caps = reference(
  group({
    common: list(u32, { countedBy: 'commonCapWords', max: 64 }),
    channel: list(u32, { countedBy: 'channelCapWords', max: 64 }),
  }),
  // Peers without capabilities may leave the offset zero.
  { emptyAtZero: true },
);

const LinkMess = struct(
  'LinkMess',
  {
    connectionId: u32,
    channelType: ChannelType,
    channelId: u8,
    commonCapWords: count(u32),
    channelCapWords: count(u32),
    caps,
  },
  { doc: 'The client asks for a channel. `connectionId` is 0 for a new session; capabilities are words of 32 bits.' },
);

const LinkReply = struct(
  'LinkReply',
  {
    error: LinkError,
    publicKey: blob(spiceLink.publicKeyBytes),
    commonCapWords: count(u32),
    channelCapWords: count(u32),
    caps,
  },
  {
    doc: 'The server answers: an error ends the link. `publicKey` is a DER SubjectPublicKeyInfo of RSA with 1024 bits.',
  },
);

const LinkAuthMechanism = struct(
  'LinkAuthMechanism',
  { mechanism: u32 },
  { doc: 'The client chooses a CommonCap of authentication; sent only where AUTH_SELECTION was agreed.' },
);

const LinkTicket = struct(
  'LinkTicket',
  { encrypted: blob(spiceLink.ticketBytes) },
  { doc: 'The password and a zero byte, encrypted with the public key (RSA, OAEP with SHA-1).' },
);

const LinkResult = struct('LinkResult', { error: LinkError }, { doc: 'The outcome of the authentication.' });

const MiniHeader = struct(
  'MiniHeader',
  { type: u16, size: u32 },
  {
    doc: 'Before each message where both sides have MINI_HEADER.',
    hot: true,
  },
);

const DataHeader = struct(
  'DataHeader',
  { serial: u64, type: u16, size: u32, subList: u32 },
  {
    doc: 'Before each message elsewhere. `subList` is an offset in the body to a SubMessageList, or 0.',
    hot: true,
  },
);

const SubMessage = struct(
  'SubMessage',
  { type: u16, body: bytes({ count: u32, max: 1 << 26 }) },
  {
    doc: 'A message inside another; offsets in it count from its own body.',
  },
);

const SubMessageList = struct(
  'SubMessageList',
  { messages: list(reference(SubMessage), { count: u16, max: 1024 }) },
  {
    doc: 'Messages to act on, in order, before the one that carries them.',
  },
);

/** Link messages, headers, and the capabilities of every channel. */
export const linkModule: WireModule = {
  name: 'link',
  title: 'Link and headers',
  doc: 'The handshake of each channel and the headers in front of its messages.',
  constants: { spiceLink },
  types: [
    LinkError,
    ChannelType,
    CommonCap,
    LinkHeader,
    LinkMess,
    LinkReply,
    LinkAuthMechanism,
    LinkTicket,
    LinkResult,
    MiniHeader,
    DataHeader,
    SubMessage,
    SubMessageList,
  ],
};
