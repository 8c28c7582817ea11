/** The record channel: the client's microphone. */
import { enumOf, message, struct, u32, type MessageTable, type WireModule } from '../../wire/schema.ts';
import { commonClient, commonServer, Nothing } from './common.table.ts';
import { AudioData, AudioFormat, AudioMode, AudioMute, AudioVolume } from './playback.table.ts';

const RecordCap = enumOf(
  'RecordCap',
  u32,
  { prefix: 'SPICE_RECORD_CAP_', words: { celt051: 'CELT_0_5_1' } },
  { celt051: 0, volume: 1, opus: 2 },
);
const cap = RecordCap.values;

/** Server to client. */
export const recordServer = {
  ...commonServer,
  start: message(
    101,
    'SPICE_MSG_RECORD_START',
    'The guest listens.',
    struct('RecordStart', { channels: u32, format: AudioFormat, frequency: u32 }),
  ),
  stop: message(102, 'SPICE_MSG_RECORD_STOP', 'The guest no longer listens.', Nothing),
  volume: message(103, 'SPICE_MSG_RECORD_VOLUME', "The guest's volume.", AudioVolume, { since: cap.volume }),
  mute: message(104, 'SPICE_MSG_RECORD_MUTE', 'Whether the guest is mute.', AudioMute, { since: cap.volume }),
} as const satisfies MessageTable;

/** Client to server. */
export const recordClient = {
  ...commonClient,
  data: message(101, 'SPICE_MSGC_RECORD_DATA', 'One packet of sound.', AudioData),
  mode: message(102, 'SPICE_MSGC_RECORD_MODE', 'How packets are encoded from now on.', AudioMode),
  startMark: message(
    103,
    'SPICE_MSGC_RECORD_START_MARK',
    'The time sound begins at.',
    struct('RecordStartMark', { time: u32 }),
  ),
} as const satisfies MessageTable;

/** The record channel. */
export const recordModule: WireModule = {
  name: 'record',
  title: 'Record channel',
  doc: "The client's microphone.",
  types: [RecordCap],
  tables: { recordServer, recordClient },
};
