/** Messages every channel inherits (numbers below 101), and the shapes several channels share. */
import {
  bytes,
  enumOf,
  flags,
  i16,
  i32,
  list,
  message,
  openEnum,
  struct,
  u32,
  u64,
  u8,
  type MessageTable,
  type WireModule,
} from '../../wire/schema.ts';
import { ChannelType, LinkError } from './link.table.ts';

/** A body that no message of ours is larger than: pictures of the largest screen, uncompressed. */
export const MAX_BODY_BYTES = 1 << 28;

export const Point = struct('Point', { x: i32, y: i32 });
export const Point16 = struct('Point16', { x: i16, y: i16 });
export const SpiceRect = struct(
  'SpiceRect',
  { top: i32, left: i32, bottom: i32, right: i32 },
  {
    doc: 'Right and bottom are the first pixels outside.',
  },
);

/** A body without fields. */
export const Nothing = struct('Nothing', {});
/** A body of opaque bytes. */
export const Data = struct(
  'Data',
  { data: bytes({ toEnd: true, max: MAX_BODY_BYTES }) },
  { doc: 'Opaque bytes.', hot: true },
);

const MigrateFlags = flags('MigrateFlags', u32, 'SPICE_MIGRATE_', { needFlush: 0, needDataTransfer: 1 });
const NotifySeverity = openEnum('NotifySeverity', u32, 'SPICE_NOTIFY_SEVERITY_', { info: 0, warn: 1, error: 2 });
const NotifyVisibility = openEnum('NotifyVisibility', u32, 'SPICE_NOTIFY_VISIBILITY_', { low: 0, medium: 1, high: 2 });
const WarnCode = enumOf('WarnCode', u32, 'SPICE_WARN_', { general: 0 });
const InfoCode = enumOf('InfoCode', u32, 'SPICE_INFO_', { general: 0 });

export const ChannelWait = struct('ChannelWait', { channelType: ChannelType, channelId: u8, messageSerial: u64 });
export const WaitForChannels = struct('WaitForChannels', { channels: list(ChannelWait, { count: u8, max: 255 }) });

const Disconnecting = struct('Disconnecting', { timeStamp: u64, reason: LinkError });

/** Server to client, every channel. */
export const commonServer = {
  migrate: message(
    1,
    'SPICE_MSG_MIGRATE',
    'The channel moves to another server.',
    struct('Migrate', { flags: MigrateFlags }),
  ),
  migrateData: message(2, 'SPICE_MSG_MIGRATE_DATA', 'State to hand to the next server.', Data),
  setAck: message(
    3,
    'SPICE_MSG_SET_ACK',
    'How many messages the client takes before it acknowledges.',
    struct('SetAck', { generation: u32, window: u32 }),
  ),
  ping: message(
    4,
    'SPICE_MSG_PING',
    'To be answered with the same id and time; data only fills the line.',
    struct('Ping', { id: u32, timestamp: u64, data: bytes({ toEnd: true, max: MAX_BODY_BYTES }) }),
  ),
  waitForChannels: message(5, 'SPICE_MSG_WAIT_FOR_CHANNELS', 'Wait until other channels got so far.', WaitForChannels),
  disconnecting: message(6, 'SPICE_MSG_DISCONNECTING', 'The server is about to close.', Disconnecting),
  notify: message(
    7,
    'SPICE_MSG_NOTIFY',
    'A text for the person at the client.',
    struct('Notify', {
      timeStamp: u64,
      severity: NotifySeverity,
      visibility: NotifyVisibility,
      what: u32,
      message: bytes({ count: u32, max: 65536 }),
    }),
  ),
  list: message(8, 'SPICE_MSG_LIST', 'A SubMessageList and what it points to.', Data),
} as const satisfies MessageTable;

/** Client to server, every channel. */
export const commonClient = {
  ackSync: message(1, 'SPICE_MSGC_ACK_SYNC', 'The answer to SET_ACK.', struct('AckSync', { generation: u32 })),
  ack: message(2, 'SPICE_MSGC_ACK', 'One window of messages was taken.', Nothing),
  pong: message(3, 'SPICE_MSGC_PONG', 'The answer to PING.', struct('Pong', { id: u32, timestamp: u64 })),
  migrateFlushMark: message(4, 'SPICE_MSGC_MIGRATE_FLUSH_MARK', 'All before migration was sent.', Nothing),
  migrateData: message(5, 'SPICE_MSGC_MIGRATE_DATA', 'State brought from the last server.', Data),
  disconnecting: message(6, 'SPICE_MSGC_DISCONNECTING', 'The client is about to close.', Disconnecting),
} as const satisfies MessageTable;

/** Messages of every channel. */
export const commonModule: WireModule = {
  name: 'common',
  title: 'Every channel',
  doc: 'Messages that every channel inherits.',
  types: [Point, Point16, SpiceRect, WarnCode, InfoCode],
  tables: { commonServer, commonClient },
};
