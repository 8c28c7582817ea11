/** The main channel: session, list of channels, mouse mode, clock, migration, and the agent's bytes. */
import {
  blob,
  bool,
  bytes,
  count,
  enumOf,
  flags,
  list,
  message,
  pointer,
  reference,
  struct,
  u16,
  u32,
  u64,
  u8,
  widened,
  widenedFlags,
  type MessageTable,
  type WireModule,
} from '../../wire/schema.ts';
import { commonClient, commonServer, Data, MAX_BODY_BYTES, Nothing } from './common.table.ts';
import { ChannelType, LinkError } from './link.table.ts';

const MainCap = enumOf('MainCap', u32, 'SPICE_MAIN_CAP_', {
  semiSeamlessMigrate: 0,
  nameAndUuid: 1,
  agentConnectedTokens: 2,
  seamlessMigrate: 3,
});
const cap = MainCap.values;

const MouseMode = enumOf('MouseMode', u16, 'SPICE_MOUSE_MODE_', { server: 1, client: 2 });
const MouseModes = flags('MouseModes', u16, 'SPICE_MOUSE_MODE_', { server: 0, client: 1 });

const ChannelId = struct('ChannelId', { type: ChannelType, id: u8 });
const Tokens = struct('Tokens', { tokens: u32 });

const text = { max: 65536 };
const DestinationInfo = struct(
  'DestinationInfo',
  {
    port: u16,
    tlsPort: u16,
    hostBytes: count(u32),
    host: reference(bytes({ countedBy: 'hostBytes', ...text })),
    certSubjectBytes: count(u32),
    certSubject: pointer(bytes({ countedBy: 'certSubjectBytes', ...text })),
  },
  { doc: 'Where the session moves. Host and certificate subject end with a zero byte; port 0 is none.' },
);

/** Server to client. */
export const mainServer = {
  ...commonServer,
  migrateBegin: message(
    101,
    'SPICE_MSG_MAIN_MIGRATE_BEGIN',
    'Connect to another server and wait.',
    struct('MigrateBegin', { destination: DestinationInfo }),
  ),
  migrateCancel: message(102, 'SPICE_MSG_MAIN_MIGRATE_CANCEL', 'The migration is off.', Nothing),
  init: message(
    103,
    'SPICE_MSG_MAIN_INIT',
    'The first message: what the session is.',
    struct('MainInit', {
      sessionId: u32,
      displayChannelsHint: u32,
      supportedMouseModes: widenedFlags(MouseModes, u32),
      currentMouseMode: widened(MouseMode, u32),
      agentConnected: bool(u32),
      agentTokens: u32,
      multiMediaTime: u32,
      ramHint: u32,
    }),
  ),
  channelsList: message(
    104,
    'SPICE_MSG_MAIN_CHANNELS_LIST',
    'Channels the client may link.',
    struct('ChannelsList', { channels: list(ChannelId, { count: u32, max: 1024 }) }),
  ),
  mouseMode: message(
    105,
    'SPICE_MSG_MAIN_MOUSE_MODE',
    'Whether the client sends motions or positions.',
    struct('MouseModeChange', { supportedModes: MouseModes, currentMode: MouseMode }),
  ),
  multiMediaTime: message(
    106,
    'SPICE_MSG_MAIN_MULTI_MEDIA_TIME',
    'The clock of sound and video, in ms.',
    struct('MultiMediaTime', { time: u32 }),
  ),
  agentConnected: message(107, 'SPICE_MSG_MAIN_AGENT_CONNECTED', 'The guest agent is there.', Nothing),
  agentDisconnected: message(
    108,
    'SPICE_MSG_MAIN_AGENT_DISCONNECTED',
    'The guest agent is gone.',
    struct('AgentDisconnected', { error: LinkError }),
  ),
  agentData: message(109, 'SPICE_MSG_MAIN_AGENT_DATA', 'Bytes of the guest agent.', Data),
  agentToken: message(110, 'SPICE_MSG_MAIN_AGENT_TOKEN', 'The client may send so many more agent messages.', Tokens),
  migrateSwitchHost: message(
    111,
    'SPICE_MSG_MAIN_MIGRATE_SWITCH_HOST',
    'Leave, and connect to another server.',
    struct('MigrateSwitchHost', {
      port: u16,
      tlsPort: u16,
      hostBytes: count(u32),
      host: pointer(bytes({ countedBy: 'hostBytes', ...text })),
      certSubjectBytes: count(u32),
      certSubject: pointer(bytes({ countedBy: 'certSubjectBytes', ...text })),
    }),
  ),
  migrateEnd: message(112, 'SPICE_MSG_MAIN_MIGRATE_END', 'The migration is done.', Nothing),
  name: message(
    113,
    'SPICE_MSG_MAIN_NAME',
    "The guest's name, with a zero byte at its end.",
    struct('GuestName', { name: bytes({ count: u32, max: 65536 }) }),
    {
      since: cap.nameAndUuid,
    },
  ),
  uuid: message(114, 'SPICE_MSG_MAIN_UUID', "The guest's UUID.", struct('GuestUuid', { uuid: blob(16) }), {
    since: cap.nameAndUuid,
  }),
  agentConnectedTokens: message(
    115,
    'SPICE_MSG_MAIN_AGENT_CONNECTED_TOKENS',
    'The guest agent is there, with so many tokens.',
    Tokens,
    {
      since: cap.agentConnectedTokens,
    },
  ),
  migrateBeginSeamless: message(
    116,
    'SPICE_MSG_MAIN_MIGRATE_BEGIN_SEAMLESS',
    'Connect to another server, keeping all state.',
    struct('MigrateBeginSeamless', { destination: DestinationInfo, sourceVersion: u32 }),
    { since: cap.seamlessMigrate },
  ),
  migrateDstSeamlessAck: message(
    117,
    'SPICE_MSG_MAIN_MIGRATE_DST_SEAMLESS_ACK',
    'The next server can keep all state.',
    Nothing,
    {
      since: cap.seamlessMigrate,
    },
  ),
  migrateDstSeamlessNack: message(118, 'SPICE_MSG_MAIN_MIGRATE_DST_SEAMLESS_NACK', 'The next server cannot.', Nothing, {
    since: cap.seamlessMigrate,
  }),
} as const satisfies MessageTable;

/** Client to server. */
export const mainClient = {
  ...commonClient,
  clientInfo: message(
    101,
    'SPICE_MSGC_MAIN_CLIENT_INFO',
    'Not used by anyone.',
    struct('ClientInfo', { cacheSize: u64 }),
  ),
  migrateConnected: message(102, 'SPICE_MSGC_MAIN_MIGRATE_CONNECTED', 'The other server is linked.', Nothing),
  migrateConnectError: message(
    103,
    'SPICE_MSGC_MAIN_MIGRATE_CONNECT_ERROR',
    'The other server cannot be linked.',
    Nothing,
  ),
  attachChannels: message(104, 'SPICE_MSGC_MAIN_ATTACH_CHANNELS', 'Asks for the list of channels.', Nothing),
  mouseModeRequest: message(
    105,
    'SPICE_MSGC_MAIN_MOUSE_MODE_REQUEST',
    'Asks for a mouse mode.',
    struct('MouseModeRequest', { mode: MouseMode }),
  ),
  agentStart: message(
    106,
    'SPICE_MSGC_MAIN_AGENT_START',
    'The client talks to the agent; the server has so many tokens.',
    Tokens,
  ),
  agentData: message(107, 'SPICE_MSGC_MAIN_AGENT_DATA', 'Bytes for the guest agent.', Data),
  agentToken: message(108, 'SPICE_MSGC_MAIN_AGENT_TOKEN', 'The server may send so many more agent messages.', Tokens),
  migrateEnd: message(109, 'SPICE_MSGC_MAIN_MIGRATE_END', 'The client has moved.', Nothing),
  migrateDstDoSeamless: message(
    110,
    'SPICE_MSGC_MAIN_MIGRATE_DST_DO_SEAMLESS',
    'Asks the next server to take all state.',
    struct('MigrateDstDoSeamless', { sourceVersion: u32 }),
    {
      since: cap.seamlessMigrate,
    },
  ),
  migrateConnectedSeamless: message(
    111,
    'SPICE_MSGC_MAIN_MIGRATE_CONNECTED_SEAMLESS',
    'The other server is linked and takes all state.',
    Nothing,
    {
      since: cap.seamlessMigrate,
    },
  ),
  qualityIndicator: message(112, 'SPICE_MSGC_MAIN_QUALITY_INDICATOR', 'Not used by anyone.', Data),
} as const satisfies MessageTable;

/** The main channel. */
export const mainModule: WireModule = {
  name: 'main',
  title: 'Main channel',
  doc: 'Session, list of channels, mouse mode, clock, migration and agent.',
  constants: { mainLimits: { maxAgentDataBytes: 2048, maxBodyBytes: MAX_BODY_BYTES } },
  types: [MainCap],
  tables: { mainServer, mainClient },
};
