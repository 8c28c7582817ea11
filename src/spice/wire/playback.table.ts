/** The playback channel: the guest's sound. */
import {
  bool,
  bytes,
  enumOf,
  list,
  message,
  openEnum,
  struct,
  u16,
  u32,
  u8,
  type MessageTable,
  type WireModule,
} from '../../wire/schema.ts';
import { commonClient, commonServer, Nothing } from './common.table.ts';

const PlaybackCap = enumOf(
  'PlaybackCap',
  u32,
  { prefix: 'SPICE_PLAYBACK_CAP_', words: { celt051: 'CELT_0_5_1' } },
  { celt051: 0, volume: 1, latency: 2, opus: 3 },
);
const cap = PlaybackCap.values;

const AudioDataMode = openEnum(
  'AudioDataMode',
  u16,
  { prefix: 'SPICE_AUDIO_DATA_MODE_', words: { celt051: 'CELT_0_5_1' } },
  { invalid: 0, raw: 1, celt051: 2, opus: 3 },
);
export const AudioFormat = openEnum('AudioFormat', u16, 'SPICE_AUDIO_FMT_', { invalid: 0, s16: 1 });

/** Largest sound packet: far above any codec's frame. */
const packet = bytes({ toEnd: true, max: 1 << 20 });

export const AudioData = struct(
  'AudioData',
  { time: u32, data: packet },
  { doc: 'Time in ms of the multimedia clock.', hot: true },
);
export const AudioMode = struct('AudioMode', { time: u32, mode: AudioDataMode, data: packet });
export const AudioVolume = struct(
  'AudioVolume',
  { channels: list(u16, { count: u8, max: 255 }) },
  { doc: 'One volume a sound channel, 65535 the loudest.' },
);
export const AudioMute = struct('AudioMute', { mute: bool(u8) });

/** Server to client. */
export const playbackServer = {
  ...commonServer,
  data: message(101, 'SPICE_MSG_PLAYBACK_DATA', 'One packet of sound.', AudioData),
  mode: message(102, 'SPICE_MSG_PLAYBACK_MODE', 'How packets are encoded from now on.', AudioMode),
  start: message(
    103,
    'SPICE_MSG_PLAYBACK_START',
    'Sound begins.',
    struct('PlaybackStart', { channels: u32, format: AudioFormat, frequency: u32, time: u32 }),
  ),
  stop: message(104, 'SPICE_MSG_PLAYBACK_STOP', 'Sound ends.', Nothing),
  volume: message(105, 'SPICE_MSG_PLAYBACK_VOLUME', "The guest's volume.", AudioVolume, { since: cap.volume }),
  mute: message(106, 'SPICE_MSG_PLAYBACK_MUTE', 'Whether the guest is mute.', AudioMute, { since: cap.volume }),
  latency: message(
    107,
    'SPICE_MSG_PLAYBACK_LATENCY',
    'How long to hold sound back before it is played.',
    struct('PlaybackLatency', { latencyMs: u32 }),
    { since: cap.latency },
  ),
} as const satisfies MessageTable;

/** Client to server: nothing but what every channel has. */
export const playbackClient = { ...commonClient } as const satisfies MessageTable;

/** The playback channel. */
export const playbackModule: WireModule = {
  name: 'playback',
  title: 'Playback channel',
  doc: "The guest's sound.",
  types: [PlaybackCap],
  tables: { playbackServer, playbackClient },
};
