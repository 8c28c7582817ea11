/** A SPICE client for tests: speaks the link and the channels through the same tables, over a memory connection. */
import { constants, createPublicKey, publicEncrypt } from 'node:crypto';
import type { Duplex } from 'node:stream';
import type { Codec } from '../wire/codec.ts';
import { Reader } from '../wire/reader.ts';
import { joinBytes, Writer } from '../wire/writer.ts';
import type { ConnectionInfo } from './connection-info.ts';
import type { SpiceServer } from './server.ts';
import { createMemoryPair } from './transports/memory.ts';
import { capWords } from './wire/caps.ts';
import { commonClient, commonServer } from './wire/common.gen.ts';
import { DisplayCap } from './wire/display.gen.ts';
import { ChannelType, CommonCap, readLinkReply, spiceLink, writeLinkMess, type LinkReply } from './wire/link.gen.ts';
import { mainClient, MainCap, mainServer, type MainInit } from './wire/main.gen.ts';
import { packFull, packMini } from './wire/pack.ts';

/** How a test links. */
export interface LinkOptions {
  readonly type?: number;
  readonly id?: number;
  readonly connectionId?: number;
  readonly password?: string;
  readonly caps?: readonly number[];
  readonly commonCaps?: readonly number[];
  /** Bytes delivered at a time, both ways. */
  readonly chunkBytes?: number;
  readonly bufferBytes?: number;
  readonly info?: Partial<ConnectionInfo>;
}

const ALL_COMMON = [CommonCap.protocolAuthSelection, CommonCap.authSpice, CommonCap.miniHeader];

/** A message as it came. */
export interface RawMessage {
  readonly type: number;
  readonly body: Uint8Array;
}

/** Collects what comes over a stream and hands it out in exact pieces. */
export class ByteInbox {
  readonly stream: Duplex;
  #bytes: Uint8Array = new Uint8Array(0);
  #isEnded = false;
  #wake: () => void = () => {};

  constructor(stream: Duplex) {
    this.stream = stream;
    stream.on('error', () => {});
    stream.on('data', (chunk: Uint8Array) => {
      this.#bytes = joinBytes([this.#bytes, chunk]);
      this.#wake();
    });
    const end = (): void => {
      this.#isEnded = true;
      this.#wake();
    };
    stream.on('end', end);
    stream.on('close', end);
  }

  /** The next `n` bytes; null when the connection ends before. */
  async take(n: number): Promise<Uint8Array | null> {
    while (this.#bytes.byteLength < n) {
      if (this.#isEnded) return null;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    const taken = this.#bytes.slice(0, n);
    this.#bytes = this.#bytes.slice(n);
    return taken;
  }

  /** Resolves when the connection has ended. */
  async ended(): Promise<void> {
    while (!this.#isEnded) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}

/** The bytes of a link message with its header. */
export function printLink(options: LinkOptions): Uint8Array {
  const w = new Writer();
  const at = w.reserve(spiceLink.headerBytes);
  const { view } = w;
  writeLinkMess(w, {
    connectionId: options.connectionId ?? 0,
    channelType: options.type ?? ChannelType.main,
    channelId: options.id ?? 0,
    caps: { common: capWords(options.commonCaps ?? ALL_COMMON), channel: capWords(options.caps ?? []) },
  });
  w.settle();
  for (const [i, word] of [spiceLink.magic, 2, 2, w.length].entries()) view.setUint32(at + 4 * i, word, true);
  return joinBytes(w.finish());
}

/** Reads a link reply. */
export async function takeReply(inbox: ByteInbox): Promise<LinkReply | null> {
  const header = await inbox.take(spiceLink.headerBytes);
  if (header === null) return null;
  const size = new DataView(header.buffer, header.byteOffset).getUint32(12, true);
  const body = await inbox.take(size);
  // A refusal has no capabilities, and its offset leads to its end: give the reader something to point at.
  return body === null ? null : readLinkReply(new Reader(joinBytes([body, new Uint8Array(4)])));
}

/** A password, encrypted as a ticket. */
export function encryptTicket(publicKey: Uint8Array, password: string): Uint8Array {
  const key = createPublicKey({ key: Buffer.from(publicKey), format: 'der', type: 'spki' });
  return publicEncrypt(
    { key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha1' },
    Buffer.from(`${password}\0`, 'utf8'),
  );
}

/** Gives one end of a new connection to the server and returns the other. */
export function dial(server: SpiceServer, options: LinkOptions = {}): ByteInbox {
  const { chunkBytes, bufferBytes } = options;
  const pair = createMemoryPair({
    ...(chunkBytes === undefined ? {} : { chunkBytes }),
    ...(bufferBytes === undefined ? {} : { bufferBytes }),
  });
  server.accept(pair.server, { transport: 'unix', address: '', isViewOnly: false, ...options.info });
  return new ByteInbox(pair.client);
}

/** One channel of a test's viewer. */
export class TestChannel {
  readonly inbox: ByteInbox;
  /** Everything that came and was not asked for. */
  readonly passed: RawMessage[] = [];
  /** Whether pings are answered and windows acknowledged, as a good viewer does. */
  isPolite = true;
  readonly #isMini: boolean;
  readonly #writer = new Writer();
  #window = 0;
  #untilAck = 0;
  #serial = 0n;

  constructor(inbox: ByteInbox, isMini: boolean) {
    this.inbox = inbox;
    this.#isMini = isMini;
  }

  /** Links; null when the server refuses, then `lastError` tells why. */
  static async link(server: SpiceServer, options: LinkOptions = {}): Promise<TestChannel> {
    const result = await TestChannel.tryLink(server, options);
    if (typeof result === 'number') throw new Error(`link refused: ${result}`);
    return result;
  }

  /** Links, or returns the error code. -1: the connection ended without one. */
  static async tryLink(server: SpiceServer, options: LinkOptions = {}): Promise<TestChannel | number> {
    const inbox = dial(server, options);
    inbox.stream.write(printLink(options));
    const reply = await takeReply(inbox);
    if (reply === null) return -1;
    if (reply.error !== 0) return reply.error;
    const common = options.commonCaps ?? ALL_COMMON;
    if (common.includes(CommonCap.protocolAuthSelection))
      inbox.stream.write(Buffer.from([CommonCap.authSpice, 0, 0, 0]));
    inbox.stream.write(encryptTicket(reply.publicKey, options.password ?? ''));
    const result = await inbox.take(4);
    if (result === null) return -1;
    const error = result[0] ?? -1;
    return error === 0 ? new TestChannel(inbox, common.includes(CommonCap.miniHeader)) : error;
  }

  /** The next message; null at the end. */
  async next(): Promise<RawMessage | null> {
    const header = await this.inbox.take(this.#isMini ? spiceLink.miniHeaderBytes : spiceLink.dataHeaderBytes);
    if (header === null) return null;
    const view = new DataView(header.buffer, header.byteOffset);
    const type = view.getUint16(this.#isMini ? 0 : 8, true);
    const body = await this.inbox.take(view.getUint32(this.#isMini ? 2 : 10, true));
    if (body === null) return null;
    if (this.isPolite) this.#answer(type, body);
    return { type, body };
  }

  /** The next message of that kind; others before it are passed by. Throws when the channel ends. */
  async until<T>(codec: Codec<T>): Promise<T> {
    for (;;) {
      const message = await this.next();
      if (message === null) throw new Error(`the channel ended before ${codec.name}`);
      if (message.type === codec.id) return codec.read(new Reader(message.body));
      this.passed.push(message);
    }
  }

  /** Reads until the server closes. */
  async drained(): Promise<void> {
    for (;;) {
      const message = await this.next();
      if (message === null) return;
      this.passed.push(message);
    }
  }

  send<T>(codec: Codec<T>, message: T): void {
    const parts = this.#isMini
      ? packMini(this.#writer, codec, message)
      : packFull(this.#writer, (this.#serial += 1n), codec, message);
    this.inbox.stream.write(joinBytes(parts));
  }

  /** Sends and returns when the server has handled everything sent before: it answers in order. */
  close(): void {
    this.inbox.stream.destroy();
  }

  #answer(type: number, body: Uint8Array): void {
    if (type === commonServer.setAck.id) {
      const { generation, window } = commonServer.setAck.read(new Reader(body));
      this.#window = window;
      this.#untilAck = window;
      this.send(commonClient.ackSync, { generation });
      return;
    }
    if (type === commonServer.ping.id) {
      const { id, timestamp } = commonServer.ping.read(new Reader(body));
      this.send(commonClient.pong, { id, timestamp });
    }
    if (this.#window === 0) return;
    this.#untilAck -= 1;
    if (this.#untilAck > 0) return;
    this.#untilAck = this.#window;
    this.send(commonClient.ack, {});
  }
}

/** A viewer with its main channel open. */
export class TestViewer {
  readonly server: SpiceServer;
  readonly main: TestChannel;
  readonly init: MainInit;
  readonly #options: LinkOptions;

  private constructor(server: SpiceServer, main: TestChannel, init: MainInit, options: LinkOptions) {
    this.server = server;
    this.main = main;
    this.init = init;
    this.#options = options;
  }

  static async connect(server: SpiceServer, options: LinkOptions = {}): Promise<TestViewer> {
    const caps = [MainCap.nameAndUuid, MainCap.agentConnectedTokens];
    const main = await TestChannel.link(server, { caps, ...options });
    const init = await main.until(mainServer.init);
    main.send(mainClient.attachChannels, {});
    await main.until(mainServer.channelsList);
    return new TestViewer(server, main, init, options);
  }

  /** Opens a further channel of this session. */
  open(type: number, options: LinkOptions = {}): Promise<TestChannel> {
    return TestChannel.link(this.server, {
      ...this.#options,
      caps: [],
      type,
      connectionId: this.init.sessionId,
      ...options,
    });
  }

  /** Opens the display channel as spice-gtk does. */
  openDisplay(options: LinkOptions = {}): Promise<TestChannel> {
    const caps = [DisplayCap.monitorsConfig, DisplayCap.lz4Compression, DisplayCap.prefCompression];
    return this.open(ChannelType.display, { caps, ...options });
  }
}
