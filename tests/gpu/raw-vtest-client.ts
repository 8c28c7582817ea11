/** A client of the vtest protocol that takes descriptors as well: words out, words and descriptors back, one after another. */
import { fstatSync } from 'node:fs';
import koffi from 'koffi';
import { assert } from '../../src/base/assert.ts';
import { closeFd } from '../../src/base/native/fd.ts';
import { waitReadable } from '../../src/base/native/poll.ts';
import { receiveMessage, sendMessage } from '../../src/base/native/socket.ts';
import { vtestTable, type VtestMessage } from '../../src/gl/vtest/vtest.table.ts';

const PATIENCE_MS = 60_000;
const [AF_UNIX, SOCK_STREAM] = [1, 1];

const libc = koffi.load('libc.so.6');
const socket = libc.func('int socket(int, int, int)') as (...numbers: number[]) => number;
const connect = libc.func('int connect(int, void *, uint32_t)') as (
  fd: number,
  address: Uint8Array,
  size: number,
) => number;

/** What a client writes to and receives from. Nothing of it waits for the event loop. */
export interface VtestTransport {
  write(bytes: Uint8Array): void;
  /** At least one byte, and the descriptors that came with it; 0 when the server has hung up. */
  receive(into: Uint8Array, fds: number[]): number;
  close(): void;
}

/** A connection to a server that listens, in another process: this one stops until it answers. */
export function connectTo(path: string): VtestTransport {
  const address = new Uint8Array(new ArrayBuffer(110));
  new DataView(address.buffer).setUint16(0, AF_UNIX, true);
  address.set(new TextEncoder().encode(path), 2);
  const fd = socket(AF_UNIX, SOCK_STREAM, 0);
  assert(connect(fd, address, address.length) === 0, `a server at ${path}`);
  return {
    write: (bytes) => {
      for (let at = 0; at < bytes.length;) {
        const sent = sendMessage(fd, bytes.subarray(at));
        assert(sent > 0, 'a server that reads');
        at += sent;
      }
    },
    receive: (into, fds) => {
      assert(waitReadable(fd, PATIENCE_MS), 'an answer in time');
      return receiveMessage(fd, into, fds);
    },
    close: () => closeFd(fd),
  };
}

/** A client. */
export class RawVtestClient implements Disposable {
  readonly #transport: VtestTransport;
  readonly #fds: number[] = [];
  readonly #taken: number[] = [];

  /** Says its name. It owns the transport. */
  constructor(transport: VtestTransport) {
    this.#transport = transport;
    const name = Buffer.from('raw\0');
    transport.write(Uint8Array.from([...words(name.length, vtestTable.createRenderer.id), ...name]));
  }

  /** One that speaks a version. */
  static open(transport: VtestTransport, version = 3): RawVtestClient {
    const client = new RawVtestClient(transport);
    const agreed = client.ask('protocolVersion', version)[0];
    assert(agreed === version, `version ${version}, not ${agreed}`);
    return client;
  }

  send(message: VtestMessage, ...payload: readonly number[]): void {
    this.#transport.write(words(payload.length, vtestTable[message].id, ...payload));
  }

  /** Sends a message and gives the words of its answer. Throws an Error when the server hangs up or answers another one. */
  ask(message: VtestMessage, ...payload: readonly number[]): Uint32Array {
    this.send(message, ...payload);
    const [length = 0, id] = this.readWords(2);
    assert(id === vtestTable[message].id, `an answer to ${message}, not to ${id}`);
    return this.readWords(length);
  }

  readWords(count: number): Uint32Array {
    return new Uint32Array(this.read(4 * count).buffer);
  }

  /** Throws an Error when the server hangs up. */
  read(count: number): Uint8Array {
    const bytes = new Uint8Array(new ArrayBuffer(count));
    for (let at = 0; at < count;) {
      const got = this.#transport.receive(bytes.subarray(at), this.#fds);
      if (got === 0) throw new Error('the server hung up');
      at += got;
    }
    return bytes;
  }

  /** The descriptor that comes with one byte. It is closed with the client. */
  readFd(): number {
    this.read(1);
    const fd = this.#fds.shift();
    assert(fd !== undefined, 'a descriptor with its byte');
    this.#taken.push(fd);
    return fd;
  }

  /** Whether the server is still there, and has read all. */
  isServed(): boolean {
    try {
      return this.ask('pingProtocolVersion').length === 0;
    } catch {
      return false;
    }
  }

  /** Sends a message and says whether the server hangs up for it. */
  isHungUpFor(message: VtestMessage, ...payload: readonly number[]): boolean {
    this.send(message, ...payload);
    return !this.isServed();
  }

  [Symbol.dispose](): void {
    for (const fd of [...this.#fds, ...this.#taken]) closeFd(fd);
    this.#transport.close();
  }
}

/** Bytes behind a descriptor of memory. */
export function sizeOfFd(fd: number): number {
  return fstatSync(fd).size;
}

/** Whether a descriptor becomes readable within some milliseconds. */
export function isReadable(fd: number, withinMs: number): boolean {
  return waitReadable(fd, withinMs);
}

function words(...values: readonly number[]): Uint8Array {
  return new Uint8Array(Uint32Array.from(values).buffer);
}
