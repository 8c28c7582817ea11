/** QEMU’s side of vhost-user, for tests: sends requests over a real socket and shares a real memfd as guest memory. */
import { closeFd } from '../../base/native/fd.ts';
import { EventFd } from '../../base/native/eventfd.ts';
import { watchFd } from '../../base/native/poll.ts';
import { SharedMemory } from '../../base/native/shared-memory.ts';
import { receiveMessage, sendMessage, WOULD_BLOCK } from '../../base/native/socket.ts';
import { Reader } from '../../wire/reader.ts';
import { joinBytes, Writer } from '../../wire/writer.ts';
import { TestQueue } from '../virtio/test-driver.ts';
import { readVhostUserHeader, vhostUserRequests, writeVhostUserHeader } from './vhost-user-wire.gen.ts';

type Requests = typeof vhostUserRequests;
type Body<K extends keyof Requests> = Parameters<Requests[K]['write']>[1];

/** An answer as it came. */
export interface PeerAnswer {
  readonly request: number;
  readonly flags: number;
  readonly payload: Uint8Array;
}

export const RAM_BYTES = 1 << 20;
export const RAM_BASE = 0x4000_0000;
/** Where QEMU would have guest memory: far away from where anyone else has it. */
export const USER_BASE = 0x7fff_1234_0000n;
/** The memory begins this far into its file. */
export const MMAP_OFFSET = 8192;

/** A machine with one region of memory and two queues. */
export class VhostUserTestPeer {
  readonly memory = SharedMemory.create('vhost-user-test', MMAP_OFFSET + RAM_BYTES);
  readonly ram: Uint8Array = this.memory.bytes.subarray(MMAP_OFFSET);
  queues: readonly TestQueue[] = [];
  readonly kicks = [EventFd.create(), EventFd.create()];
  readonly calls = [EventFd.create(), EventFd.create()];
  readonly errors = [EventFd.create(), EventFd.create()];
  readonly #socket: number;
  #isOpen = true;
  #hasMemory = true;

  constructor(socket: number) {
    this.#socket = socket;
    this.makeQueues();
  }

  /** Empty queues in empty memory. */
  makeQueues(): void {
    this.ram.fill(0);
    this.queues = [0, 1].map((i) => new TestQueue(this.ram, RAM_BASE, RAM_BASE + 0x2000 * i, 16));
  }

  /** Sends bytes as they are. */
  sendBytes(bytes: Uint8Array, fds: readonly number[] = []): void {
    sendMessage(this.#socket, bytes, fds);
  }

  /** Sends a request without waiting for anything. */
  send<K extends keyof Requests>(name: K, body: Body<K>, fds: readonly number[] = [], flags = 1): void {
    const { id, write } = vhostUserRequests[name];
    const payload = new Writer();
    (write as (writer: Writer, body: Body<K>) => void)(payload, body);
    const bytes = joinBytes(payload.finish());
    const header = new Writer();
    writeVhostUserHeader(header, { request: id, flags, size: bytes.length });
    this.sendBytes(joinBytes([...header.finish(), bytes]), fds);
  }

  /** Sends a request and waits for its answer, or for the acknowledgement that it asks for. */
  async ask<K extends keyof Requests>(name: K, body: Body<K>, fds: readonly number[] = [], flags = 1): Promise<Reader> {
    this.send(name, body, fds, flags);
    const { payload } = await this.receive();
    return new Reader(payload);
  }

  /** Sends a request that wants to be acknowledged; resolves with the status, 0 for success. */
  async order<K extends keyof Requests>(name: K, body: Body<K>, fds: readonly number[] = []): Promise<number> {
    const answer = await this.ask(name, body, fds, 9);
    return Number(answer.view.getBigUint64(answer.take(8, 'status'), true));
  }

  /** The next answer. */
  async receive(): Promise<PeerAnswer> {
    const header = readVhostUserHeader(new Reader(await this.#bytes(12)));
    const payload = header.size === 0 ? new Uint8Array(0) : await this.#bytes(header.size);
    return { request: header.request, flags: header.flags, payload };
  }

  /** Shares the memory and starts both queues, as a machine does when its driver is ready. */
  async startQueues(base = 0, features = (1n << 32n) | (1n << 30n)): Promise<void> {
    this.send('setFeatures', { value: features });
    const region = {
      guestAddress: RAM_BASE,
      size: RAM_BYTES,
      userAddress: USER_BASE,
      mmapOffset: MMAP_OFFSET,
    };
    this.send('setMemoryTable', { regions: [region] }, [this.memory.fd]);
    for (const [index, queue] of this.queues.entries()) {
      const user = (address: number): bigint => USER_BASE + BigInt(address - RAM_BASE);
      this.send('setVringSize', { index, value: queue.size });
      this.send('setVringBase', { index, value: base });
      this.send('setVringAddresses', {
        index,
        flags: 0,
        descriptors: user(queue.descriptors),
        used: user(queue.used),
        available: user(queue.available),
        log: 0n,
      });
      this.send('setVringKick', { value: BigInt(index) }, [this.kicks[index]!.fd]);
      this.send('setVringCall', { value: BigInt(index) }, [this.calls[index]!.fd]);
      this.send('setVringError', { value: BigInt(index) }, [this.errors[index]!.fd]);
    }
    for (const index of this.queues.keys()) await this.order('setVringEnable', { index, value: 1 });
  }

  /** Resolves when the device rings. */
  async rung(event: EventFd): Promise<void> {
    await new Promise<void>((resolve) => {
      const watch = watchFd(event.fd, { readable: true }, () => {
        event.take();
        watch.close();
        resolve();
      });
    });
  }

  /** Puts a command into guest memory, rings, and resolves with the answer's bytes. */
  async command(bytes: Uint8Array, queue = 0, answerBytes = 2048): Promise<Uint8Array> {
    const [commandAt, answerAt] = [0x1_0000, 0x2_0000];
    this.ram.set(bytes, commandAt);
    this.queues[queue]!.add([
      { address: RAM_BASE + commandAt, length: bytes.length, isWritable: false },
      { address: RAM_BASE + answerAt, length: answerBytes, isWritable: true },
    ]);
    const rung = this.rung(this.calls[queue]!);
    this.kicks[queue]!.signal();
    await rung;
    const used = this.queues[queue]!.takeUsed();
    return this.ram.slice(answerAt, answerAt + (used?.written ?? 0));
  }

  /** Hangs up. Twice is once. */
  hangUp(): void {
    if (this.#isOpen) closeFd(this.#socket);
    this.#isOpen = false;
  }

  /** Gives everything back. Twice is once. */
  close(): void {
    this.hangUp();
    if (!this.#hasMemory) return;
    this.#hasMemory = false;
    for (const event of [...this.kicks, ...this.calls, ...this.errors]) event.close();
    this.memory.close();
  }

  async #bytes(count: number): Promise<Uint8Array> {
    const bytes = new Uint8Array(count);
    let have = 0;
    await new Promise<void>((resolve, reject) => {
      const watch = watchFd(this.#socket, { readable: true }, () => {
        const n = receiveMessage(this.#socket, bytes.subarray(have), []);
        if (n > 0) have += n;
        if (n === WOULD_BLOCK || (n > 0 && have < count)) return;
        watch.close();
        if (n === 0) reject(new Error('the device hung up'));
        else resolve();
      });
    });
    return bytes;
  }
}
