/**
 * Streams of the vtest protocol: recorded from a real client, and played to a server again.
 *
 * A recorded client speaks version 0, in which all bytes lie in the stream itself. What depends on the server is left out:
 * the greeting and the questions about capabilities.
 */
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { vtestMessages, vtestTable, type VtestMessage } from '../../src/gl/vtest/vtest.table.ts';

const HEADER_BYTES = 8;
/** What a `transferPut` begins with; its bytes follow. */
const TRANSFER_BYTES = 44;
const WAIT_ANSWER_BYTES = 12;
const CHUNK_BYTES = 1 << 16;

/** Messages that a replay says itself, or has no use for. */
const LEFT_OUT: ReadonlySet<VtestMessage> = new Set([
  'createRenderer',
  'pingProtocolVersion',
  'protocolVersion',
  'getCaps',
  'getCaps2',
]);

/** What a client said. */
export interface Stream {
  readonly bytes: Buffer;
  /** Times that the client waited for the server: once a frame, and a few times while it loads. */
  readonly waits: number;
  /** Bytes of all answers. */
  readonly answerBytes: number;
}

/** Lets a client speak to the server at `target` through `path`, and gives what it said. */
export async function recordStream(path: string, target: string, client: () => Promise<unknown>): Promise<Stream> {
  const said: Buffer[][] = [];
  const server = createServer((socket) => {
    const peer = connect(target);
    const messages = new Messages();
    const kept: Buffer[] = [];
    said.push(kept);
    socket.on('data', (part: Buffer) => {
      for (const { name, bytes } of messages.add(part)) {
        if (name === 'protocolVersion') bytes.writeUInt32LE(0, HEADER_BYTES);
        if (!LEFT_OUT.has(name)) kept.push(bytes);
        peer.write(bytes);
      }
    });
    socket.on('end', () => peer.end());
    socket.on('error', () => peer.destroy());
    relay(peer, socket);
  });
  server.listen(path);
  await once(server, 'listening');
  await client();
  server.close();
  return longest(said.map((kept) => describe(kept)));
}

/** A connection that plays a stream. */
export class StreamPlayer implements Disposable {
  readonly #socket: Socket;
  readonly #failed: Promise<never>;
  #answered = 0;
  #expected = 0;
  #wake: () => void = () => {};

  private constructor(path: string) {
    this.#socket = connect(path);
    this.#socket.on('data', (part: Buffer) => {
      this.#answered += part.length;
      this.#wake();
    });
    this.#failed = once(this.#socket, 'close').then(() => {
      throw new Error(`the server left after ${this.#answered} bytes`);
    });
    this.#failed.catch(() => {});
  }

  /** Connects, and waits until the server has begun with it. */
  static async open(path: string): Promise<StreamPlayer> {
    const player = new StreamPlayer(path);
    player.#socket.write(message('createRenderer', Buffer.from('replay\0')));
    await player.#finish();
    return player;
  }

  /** Plays a stream as fast as the server takes it, and waits until all is drawn. */
  async play({ bytes, answerBytes }: Stream): Promise<void> {
    this.#expected += answerBytes;
    for (let at = 0; at < bytes.length; at += CHUNK_BYTES) {
      const hasRoom = this.#socket.write(bytes.subarray(at, at + CHUNK_BYTES));
      if (!hasRoom) await Promise.race([this.#failed, once(this.#socket, 'drain')]);
    }
    await this.#finish();
  }

  [Symbol.dispose](): void {
    this.#socket.destroy();
  }

  async #finish(): Promise<void> {
    this.#socket.write(message('resourceBusyWait', words(0, 1)));
    this.#expected += WAIT_ANSWER_BYTES;
    while (this.#answered < this.#expected) {
      await Promise.race([this.#failed, new Promise<void>((resolve) => (this.#wake = resolve))]);
    }
  }
}

/** Cuts bytes into messages. */
class Messages {
  #rest: Buffer = Buffer.alloc(0);

  add(part: Buffer): { readonly name: VtestMessage; readonly bytes: Buffer }[] {
    this.#rest = this.#rest.length === 0 ? part : Buffer.concat([this.#rest, part]);
    const found: { name: VtestMessage; bytes: Buffer }[] = [];
    for (;;) {
      const name = this.#rest.length < HEADER_BYTES ? undefined : vtestMessages.get(this.#rest.readUInt32LE(4));
      const size = name === undefined ? Infinity : this.#sizeOf(name);
      if (name === undefined || size > this.#rest.length) return found;
      found.push({ name, bytes: this.#rest.subarray(0, size) });
      this.#rest = this.#rest.subarray(size);
    }
  }

  #sizeOf(name: VtestMessage): number {
    const rest = this.#rest;
    const length = rest.readUInt32LE(0);
    if (name === 'createRenderer') return HEADER_BYTES + length;
    if (name !== 'transferPut') return HEADER_BYTES + 4 * length;
    const head = HEADER_BYTES + TRANSFER_BYTES;
    return rest.length < head ? Infinity : head + rest.readUInt32LE(head - 4);
  }
}

function relay(from: Socket, to: Socket): void {
  from.on('data', (part) => to.write(part));
  from.on('end', () => to.end());
  from.on('error', () => to.destroy());
}

function describe(messages: readonly Buffer[]): Stream {
  let waits = 0;
  let answerBytes = 0;
  for (const bytes of messages) {
    const name = vtestMessages.get(bytes.readUInt32LE(4));
    if (name === 'resourceBusyWait') {
      waits++;
      answerBytes += WAIT_ANSWER_BYTES;
    } else if (name === 'transferGet') answerBytes += bytes.readUInt32LE(HEADER_BYTES + TRANSFER_BYTES - 4);
  }
  return { bytes: Buffer.concat(messages), waits, answerBytes };
}

function longest(streams: readonly Stream[]): Stream {
  const [first] = streams.toSorted((a, b) => b.bytes.length - a.bytes.length);
  if (first === undefined) throw new Error('no client came');
  return first;
}

function message(name: VtestMessage, payload: Buffer): Buffer {
  const length = name === 'createRenderer' ? payload.length : payload.length / 4;
  return Buffer.concat([words(length, vtestTable[name].id), payload]);
}

function words(...values: readonly number[]): Buffer {
  return Buffer.from(Uint32Array.from(values).buffer);
}
