// Generated from playback.table.ts by `npm run gen`. Do not edit.
import { byId, type Handlers } from '../../wire/codec.ts';
import type { Reader } from '../../wire/reader.ts';
import type { Writer } from '../../wire/writer.ts';
import { readAckSync, readData, readDisconnecting, readMigrate, readNothing, readNotify, readPing, readPong, readSetAck, readWaitForChannels, writeAckSync, writeData, writeDisconnecting, writeMigrate, writeNothing, writeNotify, writePing, writePong, writeSetAck, writeWaitForChannels } from './common.gen.ts';

export const PlaybackCap = {
  /** SPICE_PLAYBACK_CAP_CELT_0_5_1 */
  celt051: 0,
  /** SPICE_PLAYBACK_CAP_VOLUME */
  volume: 1,
  /** SPICE_PLAYBACK_CAP_LATENCY */
  latency: 2,
  /** SPICE_PLAYBACK_CAP_OPUS */
  opus: 3,
} as const;
export type PlaybackCap = (typeof PlaybackCap)[keyof typeof PlaybackCap];
/** Refuses a number that is no `PlaybackCap`. */
export function checkPlaybackCap(r: Reader, x: number, path: string): PlaybackCap {
  switch (x) {
    case 0:
    case 1:
    case 2:
    case 3:
      return x as PlaybackCap;
    default:
      throw r.refuse('value', path);
  }
}

/** One packet of sound. Time in ms of the multimedia clock. */
export interface AudioData {
  readonly time: number;
  readonly data: Uint8Array;
}
/** Reads a `AudioData`. Throws WireError. Byte fields are borrowed. */
export function readAudioData(r: Reader): AudioData {
  const v = r.view;
  const o1 = r.take(4, 'AudioData');
  const time = v.getUint32(o1, true);
  const data = r.rest(1048576, 'AudioData.data');
  return { time, data };
}
/** Reads a `AudioData` into `t` and returns it: nothing is allocated but views of bytes. */
export function readAudioDataInto(r: Reader, t: { -readonly [K in keyof AudioData]: AudioData[K] }): AudioData {
  const v = r.view;
  const o1 = r.take(4, 'AudioData');
  const time = v.getUint32(o1, true);
  const data = r.rest(1048576, 'AudioData.data');
  t.time = time;
  t.data = data;
  return t;
}
/** Writes a `AudioData`. */
export function writeAudioData(w: Writer, m: AudioData): void {
  const o1 = w.take(4);
  const v2 = w.view;
  v2.setUint32(o1, m.time, true);
  w.count(m.data.byteLength, 1048576, 'AudioData.data');
  w.bytes(m.data);
}

export const AudioDataMode = {
  /** SPICE_AUDIO_DATA_MODE_INVALID */
  invalid: 0,
  /** SPICE_AUDIO_DATA_MODE_RAW */
  raw: 1,
  /** SPICE_AUDIO_DATA_MODE_CELT_0_5_1 */
  celt051: 2,
  /** SPICE_AUDIO_DATA_MODE_OPUS */
  opus: 3,
} as const;

/** How packets are encoded from now on. */
export interface AudioMode {
  readonly time: number;
  readonly mode: number;
  readonly data: Uint8Array;
}
/** Reads a `AudioMode`. Throws WireError. Byte fields are borrowed. */
export function readAudioMode(r: Reader): AudioMode {
  const v = r.view;
  const o1 = r.take(6, 'AudioMode');
  const time = v.getUint32(o1, true);
  const mode = v.getUint16(o1 + 4, true);
  const data = r.rest(1048576, 'AudioMode.data');
  return { time, mode, data };
}
/** Writes a `AudioMode`. */
export function writeAudioMode(w: Writer, m: AudioMode): void {
  const o1 = w.take(6);
  const v2 = w.view;
  v2.setUint32(o1, m.time, true);
  v2.setUint16(o1 + 4, m.mode, true);
  w.count(m.data.byteLength, 1048576, 'AudioMode.data');
  w.bytes(m.data);
}

export const AudioFormat = {
  /** SPICE_AUDIO_FMT_INVALID */
  invalid: 0,
  /** SPICE_AUDIO_FMT_S16 */
  s16: 1,
} as const;

/** Sound begins. */
export interface PlaybackStart {
  readonly channels: number;
  readonly format: number;
  readonly frequency: number;
  readonly time: number;
}
/** Reads a `PlaybackStart`. Throws WireError. Byte fields are borrowed. */
export function readPlaybackStart(r: Reader): PlaybackStart {
  const v = r.view;
  const o1 = r.take(14, 'PlaybackStart');
  const channels = v.getUint32(o1, true);
  const format = v.getUint16(o1 + 4, true);
  const frequency = v.getUint32(o1 + 6, true);
  const time = v.getUint32(o1 + 10, true);
  return { channels, format, frequency, time };
}
/** Writes a `PlaybackStart`. */
export function writePlaybackStart(w: Writer, m: PlaybackStart): void {
  const o1 = w.take(14);
  const v2 = w.view;
  v2.setUint32(o1, m.channels, true);
  v2.setUint16(o1 + 4, m.format, true);
  v2.setUint32(o1 + 6, m.frequency, true);
  v2.setUint32(o1 + 10, m.time, true);
}

/** The guest's volume. One volume a sound channel, 65535 the loudest. */
export interface AudioVolume {
  readonly channels: readonly number[];
}
/** Reads a `AudioVolume`. Throws WireError. Byte fields are borrowed. */
export function readAudioVolume(r: Reader): AudioVolume {
  const v = r.view;
  const o2 = r.take(1, 'AudioVolume');
  const n1 = v.getUint8(o2);
  const n3 = r.list(n1, 255, 2, 'AudioVolume.channels');
  const channels: number[] = [];
  let p5 = r.take(n3 * 2, 'AudioVolume.channels');
  for (let i4 = 0; i4 < n3; i4++, p5 += 2) {
    channels.push(v.getUint16(p5, true));
  }
  return { channels };
}
/** Writes a `AudioVolume`. */
export function writeAudioVolume(w: Writer, m: AudioVolume): void {
  const o1 = w.take(1);
  const v2 = w.view;
  v2.setUint8(o1, w.count(m.channels.length, 255, 'AudioVolume.channels'));
  let o4 = w.take(m.channels.length * 2);
  const v5 = w.view;
  for (const x3 of m.channels) {
    v5.setUint16(o4, x3, true);
    o4 += 2;
  }
}

/** Whether the guest is mute. */
export interface AudioMute {
  readonly mute: boolean;
}
/** Reads a `AudioMute`. Throws WireError. Byte fields are borrowed. */
export function readAudioMute(r: Reader): AudioMute {
  const v = r.view;
  const o1 = r.take(1, 'AudioMute');
  const mute = v.getUint8(o1) !== 0;
  return { mute };
}
/** Writes a `AudioMute`. */
export function writeAudioMute(w: Writer, m: AudioMute): void {
  const o1 = w.take(1);
  const v2 = w.view;
  v2.setUint8(o1, m.mute ? 1 : 0);
}

/** How long to hold sound back before it is played. */
export interface PlaybackLatency {
  readonly latencyMs: number;
}
/** Reads a `PlaybackLatency`. Throws WireError. Byte fields are borrowed. */
export function readPlaybackLatency(r: Reader): PlaybackLatency {
  const v = r.view;
  const o1 = r.take(4, 'PlaybackLatency');
  const latencyMs = v.getUint32(o1, true);
  return { latencyMs };
}
/** Writes a `PlaybackLatency`. */
export function writePlaybackLatency(w: Writer, m: PlaybackLatency): void {
  const o1 = w.take(4);
  const v2 = w.view;
  v2.setUint32(o1, m.latencyMs, true);
}

/** Messages of `playbackServer` by name. */
export const playbackServer = {
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
  /** SPICE_MSG_PLAYBACK_DATA (101): One packet of sound. */
  data: { id: 101, name: 'data', cap: null, read: readAudioData, write: writeAudioData },
  /** SPICE_MSG_PLAYBACK_MODE (102): How packets are encoded from now on. */
  mode: { id: 102, name: 'mode', cap: null, read: readAudioMode, write: writeAudioMode },
  /** SPICE_MSG_PLAYBACK_START (103): Sound begins. */
  start: { id: 103, name: 'start', cap: null, read: readPlaybackStart, write: writePlaybackStart },
  /** SPICE_MSG_PLAYBACK_STOP (104): Sound ends. */
  stop: { id: 104, name: 'stop', cap: null, read: readNothing, write: writeNothing },
  /** SPICE_MSG_PLAYBACK_VOLUME (105): The guest's volume. */
  volume: { id: 105, name: 'volume', cap: 1, read: readAudioVolume, write: writeAudioVolume },
  /** SPICE_MSG_PLAYBACK_MUTE (106): Whether the guest is mute. */
  mute: { id: 106, name: 'mute', cap: 1, read: readAudioMute, write: writeAudioMute },
  /** SPICE_MSG_PLAYBACK_LATENCY (107): How long to hold sound back before it is played. */
  latency: { id: 107, name: 'latency', cap: 2, read: readPlaybackLatency, write: writePlaybackLatency },
} as const;

/** Messages of `playbackServer` by number. */
export const playbackServerById = /* @__PURE__ */ byId(playbackServer);

/** Reads message `id` of `playbackServer` and gives it to its handler. Throws WireError, also for unknown numbers. */
export function dispatchPlaybackServer<R>(id: number, r: Reader, handlers: Handlers<typeof playbackServer, R>): R {
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
      return handlers.data(readAudioData(r));
    case 102:
      return handlers.mode(readAudioMode(r));
    case 103:
      return handlers.start(readPlaybackStart(r));
    case 104:
      return handlers.stop(readNothing(r));
    case 105:
      return handlers.volume(readAudioVolume(r));
    case 106:
      return handlers.mute(readAudioMute(r));
    case 107:
      return handlers.latency(readPlaybackLatency(r));
    default:
      throw r.refuse('message', 'playbackServer');
  }
}

/** Messages of `playbackClient` by name. */
export const playbackClient = {
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
} as const;

/** Messages of `playbackClient` by number. */
export const playbackClientById = /* @__PURE__ */ byId(playbackClient);

/** Reads message `id` of `playbackClient` and gives it to its handler. Throws WireError, also for unknown numbers. */
export function dispatchPlaybackClient<R>(id: number, r: Reader, handlers: Handlers<typeof playbackClient, R>): R {
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
    default:
      throw r.refuse('message', 'playbackClient');
  }
}
