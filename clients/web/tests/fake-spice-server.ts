/**
 * A small SPICE server for tests: links channels honestly, answers what a viewer must be answered, keeps what it was sent,
 * and sends what the test tells it to. It runs in Node and over any transport.
 */
import { commonServer } from '../../../src/spice/wire/common.gen.ts';
import { cursorClientById } from '../../../src/spice/wire/cursor.gen.ts';
import { displayClientById } from '../../../src/spice/wire/display.gen.ts';
import { inputsClientById, inputsServer } from '../../../src/spice/wire/inputs.gen.ts';
import {
  ChannelType,
  LinkError,
  readLinkHeader,
  readLinkMess,
  spiceLink,
  writeLinkHeader,
  writeLinkReply,
  type LinkMess,
} from '../../../src/spice/wire/link.gen.ts';
import { mainClientById, mainServer } from '../../../src/spice/wire/main.gen.ts';
import { Reader } from '../../../src/wire/reader.ts';
import { joinBytes, Writer } from '../../../src/wire/writer.ts';
import type { ByteTransport } from '../src/session/byte-transport.ts';
import type { Sendable } from '../src/session/channel.ts';
import { MessageFrames } from '../src/session/message-frames.ts';

/** A message of the viewer. */
export interface Received {
  readonly name: string;
  readonly message: unknown;
}

/** How the server is. */
export interface FakeServerOptions {
  /** Empty: every password is good. */
  readonly password?: string;
  readonly guestName?: string;
  readonly isAbsolute?: boolean;
  readonly hasAgent?: boolean;
  /** Channels in the list that main sends. */
  readonly channels?: readonly number[];
  /** Screens: channels of displays and pointers. */
  readonly heads?: number;
  /** Called when a channel has been linked and greeted. */
  readonly onChannel?: (channel: FakeChannel) => void;
}

const CLIENT_TABLES = new Map<
  number,
  ReadonlyMap<number, { readonly name: string; readonly read: (r: Reader) => unknown }>
>([
  [ChannelType.main, mainClientById],
  [ChannelType.display, displayClientById],
  [ChannelType.inputs, inputsClientById],
  [ChannelType.cursor, cursorClientById],
]);
const SESSION_ID = 0x51ff;

/** The server's end of one channel. */
export class FakeChannel {
  readonly type: number;
  readonly link: LinkMess;
  readonly received: Received[] = [];
  readonly transport: ByteTransport;
  readonly #writer = new Writer();
  readonly #waiters = new Set<() => void>();

  constructor(type: number, link: LinkMess, transport: ByteTransport, onMessage: (received: Received) => void) {
    this.type = type;
    this.link = link;
    this.transport = transport;
    const table = CLIENT_TABLES.get(type);
    const frames = new MessageFrames(1 << 20, (id, body) => {
      const codec = table?.get(id);
      if (codec === undefined) throw new Error(`the viewer sent message ${id} on channel ${type}`);
      const received = { name: codec.name, message: codec.read(new Reader(body.slice())) };
      this.received.push(received);
      onMessage(received);
      for (const wake of this.#waiters) wake();
    });
    transport.onData = (bytes) => frames.push(bytes);
  }

  /** The bytes of one message with its header. */
  encode<T>(codec: Sendable<T>, message: T): Uint8Array {
    const at = this.#writer.reserve(spiceLink.miniHeaderBytes);
    const { view } = this.#writer;
    codec.write(this.#writer, message);
    this.#writer.settle();
    view.setUint16(at, codec.id, true);
    view.setUint32(at + 2, this.#writer.length, true);
    return joinBytes(this.#writer.finish());
  }

  send<T>(codec: Sendable<T>, message: T): void {
    this.transport.send([this.encode(codec, message)]);
  }

  /** Sends bytes as they are. */
  sendBytes(bytes: Uint8Array): void {
    this.transport.send([bytes]);
  }

  /** The first message, already there or to come, that fits. */
  async wait(name: string, fits: (message: never) => boolean = () => true): Promise<unknown> {
    for (;;) {
      const found = this.received.find((one) => one.name === name && fits(one.message as never));
      if (found !== undefined) return found.message;
      await new Promise<void>((resolve) => {
        const wake = (): void => {
          this.#waiters.delete(wake);
          resolve();
        };
        this.#waiters.add(wake);
      });
    }
  }
}

export class FakeSpiceServer {
  readonly channels: FakeChannel[] = [];
  /** Passwords that were tried, in order. */
  readonly tried: string[] = [];
  readonly options: FakeServerOptions;
  readonly #keys: CryptoKeyPair;
  readonly #publicKey: Uint8Array;
  readonly #waiters = new Set<() => void>();

  private constructor(options: FakeServerOptions, keys: CryptoKeyPair, publicKey: Uint8Array) {
    this.options = options;
    this.#keys = keys;
    this.#publicKey = publicKey;
  }

  static async create(options: FakeServerOptions = {}): Promise<FakeSpiceServer> {
    const keys = await crypto.subtle.generateKey(
      { name: 'RSA-OAEP', modulusLength: 1024, publicExponent: new Uint8Array([1, 0, 1]), hash: 'SHA-1' },
      true,
      ['encrypt', 'decrypt'],
    );
    const publicKey = new Uint8Array(await crypto.subtle.exportKey('spki', keys.publicKey));
    return new FakeSpiceServer(options, keys, publicKey);
  }

  /** The newest channel of a type, already linked or to come; `count` waits for the nth of it. */
  async channel(type: number, count = 1): Promise<FakeChannel> {
    for (;;) {
      const found = this.channels.filter((channel) => channel.type === type);
      const last = found.at(-1);
      if (last !== undefined && found.length >= count) return last;
      await new Promise<void>((resolve) => {
        const wake = (): void => {
          this.#waiters.delete(wake);
          resolve();
        };
        this.#waiters.add(wake);
      });
    }
  }

  /** Ends all connections. */
  close(): void {
    for (const { transport } of this.channels) transport.close();
  }

  /** Serves a connection that has just been made. */
  accept(transport: ByteTransport): void {
    let bytes = new Uint8Array(0);
    let step: 'request' | 'ticket' | 'deciding' = 'request';
    let link: LinkMess | null = null;
    transport.onData = (piece) => {
      bytes = joinBytes([bytes, piece]) as Uint8Array<ArrayBuffer>;
      if (step === 'request' && bytes.byteLength >= spiceLink.headerBytes) {
        const { size } = readLinkHeader(new Reader(bytes));
        const end = spiceLink.headerBytes + size;
        if (bytes.byteLength < end) return;
        link = readLinkMess(new Reader(bytes.subarray(spiceLink.headerBytes, end)));
        bytes = bytes.slice(end);
        step = 'ticket';
        this.#reply(transport);
      }
      if (step === 'ticket' && link !== null && bytes.byteLength >= 4 + spiceLink.ticketBytes) {
        step = 'deciding';
        void this.#decide(transport, link, bytes.slice(4, 4 + spiceLink.ticketBytes));
      }
    };
  }

  #reply(transport: ByteTransport): void {
    const writer = new Writer();
    const common = [0b1011];
    const publicKey = this.#publicKey;
    writeLinkReply(writer, { error: LinkError.ok, publicKey, caps: { common, channel: [0xffffffff] } });
    const body = joinBytes(writer.finish());
    const { magic, majorVersion, minorVersion } = spiceLink;
    writeLinkHeader(writer, { magic, majorVersion, minorVersion, size: body.byteLength });
    transport.send([...writer.finish(), body]);
  }

  async #decide(transport: ByteTransport, link: LinkMess, ticket: Uint8Array<ArrayBuffer>): Promise<void> {
    const plain = new Uint8Array(await crypto.subtle.decrypt({ name: 'RSA-OAEP' }, this.#keys.privateKey, ticket));
    const password = new TextDecoder().decode(plain.subarray(0, -1));
    this.tried.push(password);
    const wanted = this.options.password ?? '';
    const result = new Uint8Array(4);
    if (wanted !== '' && wanted !== password) {
      result[0] = LinkError.permissionDenied;
      transport.send([result]);
      transport.close();
      return;
    }
    transport.send([result]);
    const channel = new FakeChannel(link.channelType, link, transport, (received) => this.#answer(channel, received));
    this.channels.push(channel);
    this.#greet(channel);
    this.options.onChannel?.(channel);
    for (const wake of this.#waiters) wake();
  }

  #greet(channel: FakeChannel): void {
    const { isAbsolute = true, hasAgent = false, guestName = 'Fake guest' } = this.options;
    if (channel.type === ChannelType.main) {
      channel.send(mainServer.init, {
        sessionId: SESSION_ID,
        displayChannelsHint: 1,
        supportedMouseModes: isAbsolute ? 3 : 1,
        currentMouseMode: 1,
        agentConnected: hasAgent,
        agentTokens: 10,
        multiMediaTime: 0,
        ramHint: 0,
      });
      channel.send(mainServer.name, { name: new TextEncoder().encode(`${guestName}\0`) });
    } else if (channel.type === ChannelType.inputs) {
      channel.send(inputsServer.init, { modifiers: 0 });
    } else if (channel.type === ChannelType.display) {
      channel.send(commonServer.setAck, { generation: 1, window: 20 });
    }
  }

  #answer(channel: FakeChannel, { name, message }: Received): void {
    const { main, display, inputs, cursor } = ChannelType;
    if (channel.type === main && name === 'attachChannels') {
      const types = this.options.channels ?? [main, display, inputs, cursor];
      const channels = types.flatMap((type) =>
        type === display || type === cursor
          ? Array.from({ length: this.options.heads ?? 1 }, (_, id) => ({ type, id }))
          : [{ type, id: 0 }],
      );
      channel.send(mainServer.channelsList, { channels });
    } else if (channel.type === main && name === 'mouseModeRequest') {
      const { mode } = message as { readonly mode: 1 | 2 };
      channel.send(mainServer.mouseMode, { supportedModes: 3, currentMode: mode });
    }
  }
}
