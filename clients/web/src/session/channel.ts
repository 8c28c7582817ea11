/**
 * One linked SPICE channel: messages in and out, and what all channels have in common (acknowledgement windows, pings,
 * lists of sub-messages). Whatever the server sends wrongly ends the channel, with one error.
 */
import { commonClient, type commonServer } from '../../../../src/spice/wire/common.gen.ts';
import { readSubMessageList, spiceLink } from '../../../../src/spice/wire/link.gen.ts';
import type { Handlers } from '../../../../src/wire/codec.ts';
import { Reader } from '../../../../src/wire/reader.ts';
import { WireError } from '../../../../src/wire/wire-error.ts';
import { Writer } from '../../../../src/wire/writer.ts';
import type { ByteTransport } from './byte-transport.ts';
import { linkChannel, type LinkRequest } from './link.ts';
import { MessageFrames } from './message-frames.ts';
import { SessionError, toSessionError } from './session-error.ts';

/** Opens a fresh connection to the server. */
export type Connect = () => Promise<ByteTransport>;

/** How a channel treats what comes. */
export interface ChannelHandler {
  /** Acts on one message; what it throws ends the channel. The reader is on the body, which the callee may keep. */
  dispatch(type: number, reader: Reader): void;
  /** After the last message of what came at once. */
  settled?(): void;
  /** The channel ended by itself: not called after `close`. */
  end(error: SessionError): void;
}

/** Bounds and habits of a channel. */
export interface ChannelOptions {
  readonly maxBodyBytes: number;
  /** Whether each message counts as taken when `dispatch` returns; otherwise `take` is called for it later. */
  readonly takesAtOnce: boolean;
}

/** The messages that every channel has, with the handlers of `Channel`. */
export type CommonHandlers = Handlers<typeof commonServer>;

/** Something that can be sent. */
export interface Sendable<T> {
  readonly id: number;
  readonly write: (writer: Writer, message: T) => void;
}

/** Opens a connection and links a channel on it. Rejects with SessionError. */
export async function openChannel(connect: Connect, request: LinkRequest, options: ChannelOptions): Promise<Channel> {
  const transport = await connect();
  try {
    const { channelCaps, rest } = await linkChannel(transport, request);
    return new Channel(transport, channelCaps, rest, options);
  } catch (error) {
    transport.close();
    throw toSessionError(error);
  }
}

export class Channel {
  /** What the server can do on this channel. */
  readonly caps: ReadonlySet<number>;
  /** Bytes that came since the link, headers included. */
  bytesReceived = 0;
  readonly #transport: ByteTransport;
  readonly #options: ChannelOptions;
  readonly #writer = new Writer();
  readonly #reader = new Reader();
  readonly #frames: MessageFrames;
  #handler: ChannelHandler | null = null;
  #early: Uint8Array<ArrayBuffer>[] = [];
  #earlyEnd: SessionError | null = null;
  #ackWindow = 0;
  #ackLeft = 0;
  #isInList = false;
  #isClosed = false;

  constructor(
    transport: ByteTransport,
    caps: ReadonlySet<number>,
    rest: Uint8Array<ArrayBuffer>,
    options: ChannelOptions,
  ) {
    this.caps = caps;
    this.#transport = transport;
    this.#options = options;
    this.#frames = new MessageFrames(options.maxBodyBytes, (type, body) => this.#take(type, body));
    if (rest.byteLength > 0) this.#early.push(rest);
    transport.onData = (bytes) => void this.#early.push(bytes);
    transport.onClose = (reason) => (this.#earlyEnd = new SessionError('closed', reason));
  }

  /** Handlers of the messages that every channel has, to be spread into a channel's own. */
  readonly commonHandlers: CommonHandlers = {
    migrate: () => {},
    migrateData: () => {},
    setAck: ({ generation, window }) => {
      this.#ackWindow = this.#ackLeft = window;
      this.send(commonClient.ackSync, { generation });
    },
    ping: ({ id, timestamp }) => this.send(commonClient.pong, { id, timestamp }),
    // Needed only where channels share a cache, which ours do not.
    waitForChannels: () => {},
    disconnecting: () => {},
    notify: () => {},
    list: ({ data }) => this.#takeList(data),
  };

  /** Bytes given to `send` that have not left yet. */
  get bufferedBytes(): number {
    return this.#transport.bufferedBytes;
  }

  /** Lets messages in: first those that came since the link. */
  start(handler: ChannelHandler): void {
    this.#handler = handler;
    this.#transport.onData = (bytes) => this.#receive(bytes);
    this.#transport.onClose = (reason) => this.fail(new SessionError('closed', reason));
    const early = this.#early;
    this.#early = [];
    for (const bytes of early) this.#receive(bytes);
    if (this.#earlyEnd !== null) this.fail(this.#earlyEnd);
  }

  /** Sends one message. Nothing happens on a channel that ended. */
  send<T>(codec: Sendable<T>, message: T): void {
    if (this.#isClosed) return;
    const at = this.#writer.reserve(spiceLink.miniHeaderBytes);
    const { view } = this.#writer;
    codec.write(this.#writer, message);
    this.#writer.settle();
    view.setUint16(at, codec.id, true);
    view.setUint32(at + 2, this.#writer.length, true);
    this.#transport.send(this.#writer.finish());
  }

  /** Counts one message as taken, for the acknowledgement window. */
  take(): void {
    if (this.#ackWindow === 0) return;
    if (--this.#ackLeft > 0) return;
    this.#ackLeft = this.#ackWindow;
    this.send(commonClient.ack, {});
  }

  /** Ends the channel because of what happened, and tells the handler. */
  fail(error: unknown): void {
    if (this.#isClosed) return;
    this.close();
    this.#handler?.end(toSessionError(error));
  }

  /** Ends the channel; the handler is called no more. */
  close(): void {
    this.#isClosed = true;
    this.#early = [];
    this.#transport.close();
  }

  #receive(bytes: Uint8Array<ArrayBuffer>): void {
    if (this.#isClosed) return;
    this.bytesReceived += bytes.byteLength;
    try {
      this.#frames.push(bytes);
      if (!this.#isClosed) this.#handler?.settled?.();
    } catch (error) {
      this.fail(error);
    }
  }

  #take(type: number, body: Uint8Array<ArrayBuffer>): void {
    if (this.#isClosed) return;
    this.#handler?.dispatch(type, this.#reader.reset(body));
    if (this.#options.takesAtOnce) this.take();
  }

  #takeList(data: Uint8Array): void {
    if (this.#isInList) throw new WireError('message', 'list.list', 0);
    this.#isInList = true;
    try {
      const { messages } = readSubMessageList(new Reader(data));
      for (const { type, body } of messages) this.#handler?.dispatch(type, new Reader(body));
    } finally {
      this.#isInList = false;
    }
  }
}
