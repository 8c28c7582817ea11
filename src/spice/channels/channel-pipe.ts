/**
 * What every channel does beneath its own messages (spice-protocol: SpiceMiniDataHeader, SpiceDataHeader, messages below
 * 101): headers, acknowledgements, pings, and knowing how much waits. Payloads go to the socket by reference, all that is
 * sent in one turn of the event loop in one write. The pipe owns its stream; received messages are BORROWED.
 */
import type { Duplex } from 'node:stream';
import { messageOf, StateError } from '../../base/errors.ts';
import type { Codec, CodecTable, Handlers } from '../../wire/codec.ts';
import { Reader } from '../../wire/reader.ts';
import { WireError } from '../../wire/wire-error.ts';
import { Writer } from '../../wire/writer.ts';
import type { Clock } from '../clock.ts';
import { hangUp } from '../hang-up.ts';
import type { SpiceLimits } from '../limits.ts';
import { commonServer, type commonClient } from '../wire/common.gen.ts';
import { packFull, packMini } from '../wire/pack.ts';
import { FrameReader } from './frame-reader.ts';

/** A channel's table: the common messages and its own. */
type ClientTable = typeof commonClient & CodecTable;

/** A channel's own handlers: all of its table's but the common ones. */
export type OwnHandlers<T extends ClientTable> = Omit<Handlers<T>, keyof typeof commonClient>;

/** Pings that may be unanswered; the oldest is forgotten beyond. */
const MAX_PINGS = 64;
const EMPTY = new Uint8Array(0);
/** Unsent answers at which a viewer that does not read is not read from either. */
const MAX_ANSWER_BYTES = 256 << 10;

/** What a pipe is made of. */
export interface PipeOptions {
  readonly stream: Duplex;
  readonly hasMiniHeader: boolean;
  readonly limits: SpiceLimits;
  readonly clock: Clock;
}

/** One channel's messages, both ways. */
export class ChannelPipe {
  /** Called when more may be sent after `canSend` was false. */
  onReady: (() => void) | null = null;
  /** Called once, when the channel is closed by either side: the channel's own clearing up. */
  onClose: ((reason: string) => void) | null = null;
  /** Called after `onClose`: for who keeps the channel. */
  onEnd: ((reason: string) => void) | null = null;
  readonly #stream: Duplex;
  readonly #hasMiniHeader: boolean;
  readonly #limits: SpiceLimits;
  readonly #clock: Clock;
  readonly #writer = new Writer();
  readonly #reader = new Reader();
  readonly #frames: FrameReader;
  readonly #pings = new Map<number, { readonly sentAt: number; readonly onPong: (milliseconds: number) => void }>();
  #dispatch: ((id: number, r: Reader) => void) | null = null;
  readonly #maxBufferedBytes: number;
  #isOpen = true;
  #isCorked = false;
  #isBlocked = false;
  #serial = 0n;
  #unacked = 0;
  #nextPing = 1;

  constructor(options: PipeOptions) {
    this.#stream = options.stream;
    this.#limits = options.limits;
    this.#clock = options.clock;
    this.#hasMiniHeader = options.hasMiniHeader;
    this.#frames = new FrameReader(options.hasMiniHeader, options.limits.maxMessageBytes, (type, body) =>
      this.#dispatch?.(type, this.#reader.reset(body)),
    );
    const stream = this.#stream;
    // Below the stream's own mark it would never tell that it has drained.
    this.#maxBufferedBytes = Math.max(options.limits.maxBufferedBytes, stream.writableHighWaterMark);
    stream.on('error', (error) => this.close(messageOf(error)));
    stream.on('close', () => this.close('the connection ended'));
    stream.on('end', () => this.close('the viewer left'));
    stream.on('drain', () => this.#wake());
  }

  /** Whether messages still come and go. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /**
   * Whether bulk may be sent: the viewer acknowledges, and not much waits for the socket. After a false, `onReady` tells when
   * it may.
   */
  canSend(): boolean {
    if (!this.#isOpen) return false;
    const can = this.#unacked < 2 * this.#limits.ackWindow && this.#stream.writableLength < this.#maxBufferedBytes;
    if (!can) this.#isBlocked = true;
    return can;
  }

  /** Whether more of a frame may be sent whose first part has gone: viewers that draw at once show less of it by halves. */
  canContinue(): boolean {
    if (!this.#isOpen) return false;
    const can = this.#unacked < 2 * this.#limits.ackWindow && this.#stream.writableLength < this.#limits.maxFrameBytes;
    if (!can) this.#isBlocked = true;
    return can;
  }

  /** Bytes that wait in this process for the socket. */
  get waitingBytes(): number {
    return this.#stream.writableLength;
  }

  /**
   * Starts reading. `dispatch` is the generated function of the channel's table; what it throws as WireError or StateError
   * closes the channel.
   */
  start<T extends ClientTable>(
    dispatch: (id: number, r: Reader, handlers: Handlers<T>) => void,
    own: OwnHandlers<T>,
  ): void {
    const handlers = { ...this.#commonHandlers(), ...own } as Handlers<T>;
    this.#dispatch = (id, r) => dispatch(id, r, handlers);
    this.send(commonServer.setAck, { generation: 1, window: this.#limits.ackWindow });
    this.#stream.on('data', (chunk: Uint8Array) => this.#receive(chunk));
    this.#stream.resume();
  }

  /** Sends a message. `onSent` is called once: when the operating system has the bytes, or when it never will. */
  send<T>(codec: Codec<T>, message: T, onSent?: () => void): void {
    if (!this.#isOpen) {
      onSent?.();
      return;
    }
    const parts = this.#hasMiniHeader
      ? packMini(this.#writer, codec, message)
      : packFull(this.#writer, (this.#serial += 1n), codec, message);
    this.#unacked += 1;
    this.#cork();
    const last = parts.length - 1;
    for (const [index, part] of parts.entries()) {
      if (index === last && onSent !== undefined) this.#stream.write(part, onSent);
      else this.#stream.write(part);
    }
  }

  /** Sends raw bytes that are no message: the word that accepts the link. */
  sendRaw(bytes: Uint8Array): void {
    if (this.#isOpen) this.#stream.write(bytes);
  }

  /** Asks for a sign of life; `onPong` gets the milliseconds until it came, or is never called. `data` only fills the line. */
  ping(onPong: (milliseconds: number) => void, data: Uint8Array = EMPTY): void {
    const id = this.#nextPing;
    this.#nextPing = (id + 1) >>> 0;
    const sentAt = this.#clock.now();
    this.#pings.set(id, { sentAt, onPong });
    for (const oldest of this.#pings.keys()) {
      if (this.#pings.size <= MAX_PINGS) break;
      this.#pings.delete(oldest);
    }
    this.send(commonServer.ping, { id, timestamp: BigInt(Math.round(sentAt * 1000)), data });
  }

  /** Closes; the viewer has a moment to take what was sent. Later calls do nothing. */
  close(reason: string): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#frames.stop();
    this.#pings.clear();
    this.#uncork();
    hangUp(this.#stream, this.#clock);
    this.onClose?.(reason);
    this.onEnd?.(reason);
  }

  #commonHandlers(): Handlers<typeof commonClient> {
    return {
      ackSync: () => {},
      ack: () => {
        this.#unacked = Math.max(0, this.#unacked - this.#limits.ackWindow);
        this.#wake();
      },
      pong: ({ id }) => {
        const ping = this.#pings.get(id);
        this.#pings.delete(id);
        ping?.onPong(this.#clock.now() - ping.sentAt);
      },
      migrateFlushMark: () => {
        throw new StateError('migration', 'The viewer speaks of a migration that is not under way.');
      },
      migrateData: () => {
        throw new StateError('migration', 'The viewer brings state of a migration that is not under way.');
      },
      disconnecting: () => this.close('the viewer left'),
    };
  }

  #receive(chunk: Uint8Array): void {
    try {
      this.#frames.push(chunk);
    } catch (error) {
      if (!(error instanceof WireError) && !(error instanceof StateError)) throw error;
      this.close(error.message);
      return;
    }
    if (this.#isOpen && this.#stream.writableLength > this.#maxBufferedBytes + MAX_ANSWER_BYTES) this.#stream.pause();
  }

  #wake(): void {
    if (!this.#isOpen) return;
    if (this.#stream.isPaused() && this.#stream.writableLength <= this.#maxBufferedBytes) this.#stream.resume();
    if (!this.#isBlocked || !this.canSend()) return;
    this.#isBlocked = false;
    this.onReady?.();
  }

  #cork(): void {
    if (this.#isCorked) return;
    this.#isCorked = true;
    this.#stream.cork();
    process.nextTick(() => this.#uncork());
  }

  #uncork(): void {
    if (!this.#isCorked) return;
    this.#isCorked = false;
    this.#stream.uncork();
  }
}
