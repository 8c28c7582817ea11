/**
 * Compares the SPICE tables with a developer's own copy of the public description of the protocol: numbers and names of all
 * messages, enums, flags and capabilities, and the layout of every message and structure.
 *
 *   node scripts/check-spice-proto.ts HEADERS PROTO
 *
 * HEADERS is the folder of the public headers (spice/enums.h, protocol.h, vd_agent.h), PROTO the file spice.proto. Prints what
 * differs and ends with status 1 if anything does. Neither is part of this repository.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { namedShapes } from '../src/wire/generate.ts';
import { spell, type Fields, type Shape } from '../src/wire/schema.ts';
import { spiceModules } from '../src/spice/wire/modules.ts';
import { cStructLayouts, headerNumbers } from './spice-headers.ts';
import { ProtoFile } from './spice-proto.ts';

/** A layout as text: scalars, `[element]count` for arrays, `*(…)` for offsets, `?bit{…}` for optional parts. */
function layoutOf(s: Shape): string {
  switch (s.kind) {
    case 'prim':
    case 'bool':
    case 'count':
    case 'enum':
    case 'flags':
      return s.prim === 'u64n' ? 'u64' : s.prim;
    case 'padding':
    case 'blob':
      return `[u8]${s.size}`;
    case 'struct':
    case 'group':
      return fieldsLayout(s.fields);
    case 'variant': {
      const cases = Object.entries(s.cases)
        .map(([key, fields]) => [s.enum.values[key] ?? -1, fieldsLayout(fields)] as const)
        .sort(([a], [b]) => a - b)
        .map(([value, text]) => `<${value}:${text}>`);
      return `{${[fieldsLayout(s.fields), ...cases].join(' ')}}`;
    }
    case 'list':
      return `${s.extent.kind === 'prefix' ? `${s.extent.prim} ` : ''}[${layoutOf(s.of.shape)}]*`;
    case 'bytes':
      return `${s.extent.kind === 'prefix' ? `${s.extent.prim} ` : ''}[u8]*`;
    case 'array':
      return `[${layoutOf(s.of.shape)}]${s.length}`;
    case 'pointer':
      return `*(${layoutOf(s.to.shape)})`;
    case 'when':
    default:
      return s.condition.kind === 'feature'
        ? layoutOf(s.of.shape)
        : `?${s.condition.set ? '' : '!'}${s.condition.bit}{${layoutOf(s.of.shape)}}`;
  }
}

function fieldsLayout(fields: Fields): string {
  return Object.values(fields)
    .map((f) => layoutOf(f.shape))
    .filter((text) => text !== '')
    .join(' ');
}

const problems: string[] = [];
const counts = { messages: 0, values: 0, layouts: 0 };

function checkNumbers(numbers: ReadonlyMap<string, number>): void {
  const known = new Set<string>();
  const prefixes = new Set<string>();
  const expect = (name: string, value: number): void => {
    known.add(name);
    if (numbers.get(name) !== value) problems.push(`${name} is ${value} here, ${numbers.get(name)} in the headers`);
  };
  const seen = new Set<Shape>();
  for (const module of spiceModules) {
    const messages = Object.values(module.tables ?? {}).flatMap((table) => Object.values(table));
    for (const m of messages) {
      if (!known.has(m.spec)) counts.messages++;
      expect(m.spec, m.id);
    }
    const roots = [...(module.types ?? []), ...messages.map((m) => m.body)];
    for (const shape of roots.flatMap((t) => namedShapes(t.shape, seen))) {
      if (shape.kind !== 'enum' && shape.kind !== 'flags') continue;
      prefixes.add(typeof shape.spec === 'string' ? shape.spec : shape.spec.prefix);
      const values = shape.kind === 'enum' ? shape.values : shape.bits;
      for (const [key, n] of Object.entries(values)) {
        counts.values++;
        expect(spell(shape.spec, key), shape.kind === 'enum' ? n : 2 ** n);
      }
    }
  }
  // Values that only mark ends or masks, that nobody may send, or that are other names of one message.
  const ignored = /_ENUM_END$|_MASK$|END|BASE_LAST|_RESERVED$|MSGC_SMARTCARD_(HEADER|ERROR|ATR|READER_ADD)$/;
  for (const name of numbers.keys()) {
    const ours = /^SPICE_MSGC?_/.test(name) || [...prefixes].some((prefix) => name.startsWith(prefix));
    if (ours && !known.has(name) && !ignored.test(name)) problems.push(`${name} is in the headers and in no table`);
  }
}

const CHANNELS: Readonly<Record<string, string>> = {
  BaseChannel: 'common',
  MainChannel: 'main',
  DisplayChannel: 'display',
  InputsChannel: 'inputs',
  CursorChannel: 'cursor',
  PlaybackChannel: 'playback',
  RecordChannel: 'record',
  SmartcardChannel: 'smartcard',
  SpicevmcChannel: 'spicevmc',
  UsbredirChannel: 'usbredir',
  PortChannel: 'port',
  WebDAVChannel: 'webdav',
};

function checkMessages(proto: ProtoFile): void {
  const tables = new Map(spiceModules.flatMap((m) => Object.entries(m.tables ?? {})));
  for (const [channel, name] of Object.entries(CHANNELS)) {
    for (const side of ['Server', 'Client'] as const) {
      const theirs = proto.messages(channel, side === 'Server' ? 'server' : 'client');
      const ours = new Map(Object.values(tables.get(`${name}${side}`) ?? {}).map((m) => [m.id, m]));
      for (const [id, message] of theirs) {
        const mine = ours.get(id);
        if (mine === undefined) {
          problems.push(`${channel} ${side} ${message.name} (${id}) is in no table`);
          continue;
        }
        counts.layouts++;
        const layout = layoutOf(mine.body.shape);
        if (layout !== message.layout) {
          problems.push(`${mine.spec}\n    here ${layout}\n    there ${message.layout}`);
        }
      }
      for (const [id, m] of ours) if (!theirs.has(id)) problems.push(`${m.spec} (${id}) is only here`);
    }
  }
}

/** Structures that stand in the headers only. */
const C_STRUCTS: Readonly<Record<string, string>> = {
  SpiceLinkHeader: 'LinkHeader',
  SpiceLinkMess: 'LinkMess',
  SpiceLinkReply: 'LinkReply',
  SpiceLinkEncryptedTicket: 'LinkTicket',
  SpiceLinkAuthMechanism: 'LinkAuthMechanism',
  SpiceDataHeader: 'DataHeader',
  SpiceMiniDataHeader: 'MiniHeader',
  VDIChunkHeader: 'AgentChunk',
  VDAgentMessage: 'AgentHeader',
  VDAgentFileXferStatusMessage: 'FileXferStatus',
  VDAgentFileXferStatusNotEnoughSpace: 'FileXferNotEnoughSpace',
  VDAgentFileXferStatusError: 'FileXferError',
  VDAgentFileXferStartMessage: 'FileXferStart',
  VDAgentFileXferDataMessage: 'FileXferData',
  VDAgentMonitorsConfig: 'AgentMonitorsConfig',
  VDAgentMonitorMM: 'AgentMonitorSize',
  VDAgentDisplayConfig: 'AgentDisplayConfig',
  VDAgentMouseState: 'AgentMouseState',
  VDAgentReply: 'AgentReply',
  VDAgentClipboard: 'AgentClipboard',
  VDAgentClipboardGrab: 'AgentClipboardGrab',
  VDAgentClipboardRequest: 'AgentClipboardRequest',
  VDAgentClipboardRelease: 'AgentClipboardRelease',
  VDAgentMaxClipboard: 'AgentMaxClipboard',
  VDAgentAudioVolumeSync: 'AgentAudioVolumeSync',
  VDAgentGraphicsDeviceInfo: 'AgentGraphicsDeviceInfo',
  VDAgentAnnounceCapabilities: 'AgentCapabilities',
};

function checkStructs(layouts: ReadonlyMap<string, string>): void {
  const shapes = new Map<string, Shape>();
  const seen = new Set<Shape>();
  for (const module of spiceModules) {
    const messages = Object.values(module.tables ?? {}).flatMap((table) => Object.values(table));
    for (const type of [...(module.types ?? []), ...messages.map((m) => m.body)]) {
      for (const shape of namedShapes(type.shape, seen)) shapes.set(shape.name, shape);
    }
  }
  for (const [theirs, ours] of Object.entries(C_STRUCTS)) {
    const shape = shapes.get(ours);
    const there = layouts.get(theirs);
    if (shape === undefined || there === undefined) {
      problems.push(`${theirs} or ${ours} is missing`);
      continue;
    }
    counts.layouts++;
    // The headers do not say where offsets lead, what is optional, or that data follows.
    const plain = (text: string): string =>
      text
        .replaceAll(/\*\((?:[^()]|\([^()]*\))*\)/g, 'u32')
        .replaceAll(/ ?\?!?\d+\{[^{}]*\}/g, '')
        .trim();
    const here = plain(layoutOf(shape));
    const without = there.replace(/ \[u8\]\*$/, '');
    if (here !== there && here !== without) problems.push(`${theirs}\n    here ${here}\n    there ${there}`);
  }
}

const [headers, protoPath] = process.argv.slice(2);
if (headers === undefined || protoPath === undefined) {
  console.error('usage: node scripts/check-spice-proto.ts HEADERS PROTO');
  process.exitCode = 2;
} else {
  const texts = await Promise.all(
    ['enums.h', 'protocol.h', 'vd_agent.h'].map((name) => readFile(join(headers, name), 'utf8')),
  );
  checkNumbers(headerNumbers(texts.join('\n')));
  checkStructs(cStructLayouts(texts.join('\n')));
  checkMessages(new ProtoFile(await readFile(protoPath, 'utf8')));
  for (const problem of problems) console.error(problem);
  console.log(
    `${counts.messages} message numbers, ${counts.values} values, ${counts.layouts} layouts compared: ` +
      `${problems.length} differ`,
  );
  if (problems.length > 0) process.exitCode = 1;
}
