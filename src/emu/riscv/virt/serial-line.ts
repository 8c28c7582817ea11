/** Where a guest's serial port leads: the terminal, a Unix socket, a file, or nowhere. */
import { createWriteStream, type WriteStream } from 'node:fs';
import { lstat, unlink } from 'node:fs/promises';
import { createConnection, createServer, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import process from 'node:process';
import { HostError, messageOf, UsageError } from '../../../base/errors.ts';

/** Bytes that wait for a reader who does not read, before more are dropped. */
const MAX_WAITING_BYTES = 1 << 20;

/** The other end of a serial port. */
export interface SerialLine {
  /** Bytes from the guest: taken at once, copied. */
  write(bytes: Uint8Array): void;
  close(): Promise<void>;
}

/**
 * Opens what `setting` says: `off`, `stdio`, `unix:PATH` or `file:PATH`. Bytes for the guest go to `onData`. Throws
 * UsageError for other settings, HostError `serial` when it cannot be opened.
 */
export async function openSerialLine(setting: string, onData: (bytes: Uint8Array) => void): Promise<SerialLine> {
  if (setting === 'off') return { write: () => {}, close: async () => {} };
  if (setting === 'stdio') return new TerminalLine(onData);
  const [, kind, path = ''] = /^(unix|file):(.+)$/s.exec(setting) ?? [];
  if (kind === 'file') return FileLine.open(path);
  if (kind === 'unix') return SocketLine.open(path, onData);
  throw new UsageError(`The serial port cannot go to "${setting}": it wants stdio, off, unix:PATH or file:PATH.`);
}

/** The terminal of this process. While it is open every key goes to the guest, Ctrl-C too. */
class TerminalLine implements SerialLine {
  readonly #onData: (bytes: Uint8Array) => void;

  constructor(onData: (bytes: Uint8Array) => void) {
    this.#onData = onData;
    if (process.stdin.isTTY) process.stdin.setRawMode(true);
    process.stdin.on('data', this.#onData);
  }

  write(bytes: Uint8Array): void {
    if (process.stdout.writableLength < MAX_WAITING_BYTES) process.stdout.write(bytes.slice());
  }

  async close(): Promise<void> {
    process.stdin.off('data', this.#onData);
    process.stdin.pause();
    if (process.stdin.isTTY) process.stdin.setRawMode(false);
  }
}

class FileLine implements SerialLine {
  readonly #stream: WriteStream;
  #hasFailed = false;

  private constructor(stream: WriteStream) {
    this.#stream = stream;
    // A full disk ends the log, not the guest.
    stream.on('error', () => (this.#hasFailed = true));
  }

  static async open(path: string): Promise<FileLine> {
    const stream = createWriteStream(path, { flags: 'a' });
    try {
      await once(stream, 'open');
    } catch (error) {
      throw new HostError('serial', `The serial port cannot write to ${path}: ${messageOf(error)}.`, { cause: error });
    }
    return new FileLine(stream);
  }

  write(bytes: Uint8Array): void {
    if (!this.#hasFailed && this.#stream.writableLength < MAX_WAITING_BYTES) this.#stream.write(bytes.slice());
  }

  async close(): Promise<void> {
    if (this.#hasFailed) return;
    await new Promise<void>((resolve) => {
      this.#stream.once('close', resolve);
      this.#stream.end();
    });
  }
}

/** A socket that one program at a time may be connected to. What nobody hears is lost. */
class SocketLine implements SerialLine {
  readonly #server: Server;
  readonly #path: string;
  #client: Socket | null = null;

  private constructor(server: Server, path: string, onData: (bytes: Uint8Array) => void) {
    this.#server = server;
    this.#path = path;
    server.on('connection', (socket) => {
      if (this.#client !== null) {
        socket.destroy();
        return;
      }
      this.#client = socket;
      socket.on('data', onData);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => (this.#client = null));
    });
  }

  static async open(path: string, onData: (bytes: Uint8Array) => void): Promise<SocketLine> {
    await removeStale(path);
    const server = createServer();
    try {
      server.listen(path);
      await once(server, 'listening');
    } catch (error) {
      throw new HostError('serial', `The serial port cannot listen on ${path}: ${messageOf(error)}.`, { cause: error });
    }
    return new SocketLine(server, path, onData);
  }

  write(bytes: Uint8Array): void {
    if (this.#client !== null && this.#client.writableLength < MAX_WAITING_BYTES) this.#client.write(bytes.slice());
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#client?.destroy();
    await closed;
    await unlink(this.#path).catch(() => {});
  }
}

/** A socket that nobody listens on any more is in the way; anything else stays. */
async function removeStale(path: string): Promise<void> {
  const facts = await lstat(path).catch(() => null);
  if (facts?.isSocket() !== true) return;
  const isAlive = await new Promise<boolean>((resolve) => {
    const probe = createConnection(path);
    probe.once('connect', () => {
      probe.destroy();
      resolve(true);
    });
    probe.once('error', () => resolve(false));
  });
  if (!isAlive) await unlink(path).catch(() => {});
}
