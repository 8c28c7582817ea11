/**
 * A peer-to-peer D-Bus connection over a socket that carries file descriptors: authentication as a client (D-Bus
 * specification 0.43, "Authentication Protocol": EXTERNAL, sent without waiting), calls both ways, signals in.
 */
import { HostError, StateError } from '../../../base/errors.ts';
import { closeAll, FdStream } from '../fd-stream.ts';
import { dbusError } from './dbus-error.ts';
import { FIXED_HEADER_BYTES, messageLength, readMessage, writeMessage } from './dbus-message.ts';
import type { DbusHeader, DbusMessage } from './dbus-message.ts';
import type { DbusReader } from './dbus-reader.ts';
import { DbusWriter } from './dbus-writer.ts';

/** What is called at the other side. */
export interface DbusTarget {
  readonly path: string;
  readonly interface: string;
  readonly member: string;
}

/** The answer to a call that came in; its body is written when `write` is called. */
export interface DbusAnswer {
  readonly signature: string;
  readonly write: (body: DbusWriter) => void;
}

/** An answer that says nothing but that it is done. */
export const DONE: DbusAnswer = { signature: '', write: () => {} };

export interface DbusConnectionOptions {
  /** Longest message to take. */
  readonly maxMessageBytes: number;
  /** A call came in; null: there is no such method. `fds` are closed after it returns. What it throws is the answer. */
  readonly onCall?: (call: DbusMessage, fds: readonly number[]) => DbusAnswer | null;
  readonly onSignal?: (signal: DbusMessage) => void;
  /** All that has arrived was handed over. */
  readonly onDrained?: () => void;
  /** The connection is closed; null: by the peer or by `close`. Called once. */
  readonly onClose: (error: Error | null) => void;
}

interface PendingCall {
  readonly handle: (message: DbusMessage) => void;
  readonly fail: (error: Error) => void;
}

const FIRST_BUFFER_BYTES = 1 << 16;
const MAX_AUTH_BYTES = 4096;
const MAX_WAITING_FDS = 64;
const ERROR_FAILED = 'org.freedesktop.DBus.Error.Failed';
const ERROR_UNKNOWN_METHOD = 'org.freedesktop.DBus.Error.UnknownMethod';

export class DbusConnection {
  readonly #options: DbusConnectionOptions;
  readonly #stream: FdStream;
  readonly #pending = new Map<number, PendingCall>();
  readonly #body = new DbusWriter();
  readonly #message = new DbusWriter();
  #buffer = new Uint8Array(FIRST_BUFFER_BYTES);
  #start = 0;
  #end = 0;
  #fds: number[] = [];
  #isAuthenticated = false;
  #lastSerial = 0;

  /** Takes over the socket `fd` and introduces itself at once. */
  constructor(fd: number, options: DbusConnectionOptions) {
    this.#options = options;
    this.#stream = new FdStream(fd, {
      space: () => this.#space(),
      received: (count, fds) => this.#received(count, fds),
      drained: () => options.onDrained?.(),
      closed: (error) => this.#closed(error),
    });
    const uid = Buffer.from(String(process.getuid?.() ?? 0)).toString('hex');
    this.#stream.send(Buffer.from(`\0AUTH EXTERNAL ${uid}\r\nNEGOTIATE_UNIX_FD\r\nBEGIN\r\n`, 'latin1'));
  }

  get isOpen(): boolean {
    return this.#stream.isOpen;
  }

  /**
   * Calls a method. `write` writes the arguments, of the types `signature`; `read` reads what is returned, of the types
   * `returns`. `fds` go along and are closed here. Rejects with StateError when the peer answers with an error, with
   * WireError when it answers something else, with HostError when the connection ends before.
   */
  call<T>(
    target: DbusTarget,
    signature: string,
    write: (body: DbusWriter) => void,
    returns: string,
    read: (body: DbusReader) => T,
    fds: readonly number[] = [],
  ): Promise<T> {
    return new Promise((resolve, reject) => {
      if (!this.#stream.isOpen) {
        closeAll(fds);
        reject(gone());
        return;
      }
      const handle = (message: DbusMessage): void => {
        try {
          if (message.kind === 'error') throw new StateError('dbus', errorText(message));
          if (message.signature !== returns) throw dbusError('value', `answer to ${target.member}`, 0);
          resolve(read(message.body));
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)));
        }
      };
      const header = { kind: 'call', wantsReply: true, ...target, signature, fdCount: fds.length } as const;
      this.#pending.set(this.#nextSerial(), { handle, fail: reject });
      this.#send(header, write, fds);
    });
  }

  /** Ends the connection; calls that wait fail. */
  close(): void {
    this.#stream.close();
  }

  #nextSerial(): number {
    this.#lastSerial = (this.#lastSerial % 0xffffffff) + 1;
    return this.#lastSerial;
  }

  #send(header: DbusHeader, write: (body: DbusWriter) => void, fds: readonly number[] = []): void {
    this.#body.clear();
    write(this.#body);
    writeMessage(this.#message, header, this.#lastSerial, this.#body.bytes);
    this.#stream.send(this.#message.bytes, fds);
  }

  #space(): Uint8Array {
    const used = this.#end - this.#start;
    const wanted = this.#isAuthenticated && used >= FIXED_HEADER_BYTES ? this.#wantedBytes() : 0;
    if (wanted > this.#buffer.length) {
      const larger = new Uint8Array(wanted);
      larger.set(this.#buffer.subarray(this.#start, this.#end));
      this.#buffer = larger;
      this.#start = 0;
      this.#end = used;
    } else if (this.#start + wanted > this.#buffer.length || this.#end === this.#buffer.length) {
      this.#buffer.copyWithin(0, this.#start, this.#end);
      this.#start = 0;
      this.#end = used;
    }
    return this.#buffer.subarray(this.#end);
  }

  #wantedBytes(): number {
    return messageLength(this.#buffer.subarray(this.#start, this.#end), this.#options.maxMessageBytes);
  }

  #received(count: number, fds: readonly number[]): void {
    this.#end += count;
    this.#fds.push(...fds);
    if (this.#fds.length > MAX_WAITING_FDS) throw dbusError('limit', 'file descriptors', 0);
    if (!this.#isAuthenticated && !this.#readAuthentication()) return;
    while (this.#end - this.#start >= FIXED_HEADER_BYTES) {
      const length = this.#wantedBytes();
      if (this.#end - this.#start < length) break;
      // A copy of nothing: messages start anywhere in the buffer, their alignment counts from their own start.
      const bytes = this.#buffer.subarray(this.#start, this.#start + length);
      this.#start += length;
      this.#dispatch(readMessage(bytes));
      if (!this.#stream.isOpen) return;
    }
    if (this.#start === this.#end) {
      this.#start = 0;
      this.#end = 0;
    }
  }

  /** Takes the lines of the handshake; true when they are through. */
  #readAuthentication(): boolean {
    for (;;) {
      const line = this.#buffer.subarray(this.#start, this.#end);
      const end = line.indexOf(0x0a);
      if (end < 0) {
        if (line.length > MAX_AUTH_BYTES) throw dbusError('limit', 'authentication', 0);
        return false;
      }
      const text = String.fromCharCode(...line.subarray(0, Math.min(end, 64))).trim();
      this.#start += end + 1;
      if (text === 'AGREE_UNIX_FD') {
        this.#isAuthenticated = true;
        return true;
      }
      if (!text.startsWith('OK')) throw new HostError('dbus-refused', `QEMU refused the D-Bus connection: ${text}.`);
    }
  }

  #dispatch(message: DbusMessage): void {
    if (message.fdCount > this.#fds.length) throw dbusError('value', 'number of file descriptors', 0);
    const fds = this.#fds.splice(0, message.fdCount);
    try {
      switch (message.kind) {
        case 'return':
        case 'error': {
          const pending = this.#pending.get(message.replySerial);
          this.#pending.delete(message.replySerial);
          pending?.handle(message);
          return;
        }
        case 'signal':
          this.#options.onSignal?.(message);
          return;
        case 'call':
          this.#answer(message, fds);
      }
    } finally {
      closeAll(fds);
    }
  }

  #answer(call: DbusMessage, fds: readonly number[]): void {
    let answer: DbusAnswer | null;
    let errorName = ERROR_UNKNOWN_METHOD;
    let text = `There is no method ${call.interface}.${call.member}.`;
    try {
      answer = this.#options.onCall?.(call, fds) ?? null;
    } catch (error) {
      answer = null;
      errorName = ERROR_FAILED;
      text = error instanceof Error ? error.message : String(error);
    }
    if (!call.wantsReply) return;
    this.#nextSerial();
    const replySerial = call.serial;
    if (answer !== null) {
      this.#send({ kind: 'return', replySerial, signature: answer.signature, fdCount: 0 }, answer.write);
    } else {
      this.#send({ kind: 'error', replySerial, errorName, signature: 's', fdCount: 0 }, (body) => body.string(text));
    }
  }

  #closed(error: Error | null): void {
    closeAll(this.#fds.splice(0));
    const pending = [...this.#pending.values()];
    this.#pending.clear();
    for (const { fail } of pending) fail(gone());
    this.#options.onClose(error);
  }
}

function errorText(message: DbusMessage): string {
  const text = message.signature.startsWith('s') ? message.body.string() : '';
  return `${message.errorName}: ${text}`;
}

function gone(): HostError {
  return new HostError('dbus-closed', 'The D-Bus connection to QEMU is closed.');
}
