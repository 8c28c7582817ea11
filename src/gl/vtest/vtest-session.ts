/**
 * One client of the vtest protocol: bytes in, bytes and descriptors out. It owns the client's context, resources and shared
 * memory. A message that breaks the protocol ends it; a command that virgl refuses does not.
 */
import { WireError } from '../../wire/wire-error.ts';
import type { WireErrorCode } from '../../wire/wire-error.ts';
import type { Logger } from '../../base/log.ts';
import { SegmentBacking } from '../core/backing.ts';
import type { Backing } from '../core/backing.ts';
import { GpuError } from '../core/gpu-error.ts';
import type { VirglContext } from '../virgl/context.ts';
import type { VirglRenderer } from '../virgl/renderer.ts';
import { ByteQueue } from './byte-queue.ts';
import { vtestMessages, vtestTable, VTEST_VERSION } from './vtest.table.ts';
import type { VtestMessage } from './vtest.table.ts';

const HEADER_BYTES = 8;
const CONTEXT = 1;
const MAX_NAME_BYTES = 4096;
const WAIT = 1;
/** What a piece of shared memory takes at least, with its descriptor. */
const LEAST_SHARED_BYTES = 4096;
/** Messages up to here go with the memory that any client has. */
const UNCOUNTED_BYTES = 1 << 20;

/** Messages that come before the version is agreed on. */
const GREETINGS: ReadonlySet<VtestMessage> = new Set([
  'createRenderer',
  'pingProtocolVersion',
  'protocolVersion',
  'resourceBusyWait',
]);

/** Memory that client and server both see. It may be mapped when `bytes` are first asked for. */
export interface SharedBytes {
  readonly fd: number;
  readonly bytes: Uint8Array;
  close(): void;
}

/** Where answers go, and where shared memory comes from. */
export interface VtestPeer {
  /** Sends bytes, copied before it returns. */
  send(bytes: Uint8Array): void;
  /** Sends one byte with a descriptor, which stays the caller's. */
  sendFd(fd: number): void;
  createShared(sizeBytes: number): SharedBytes;
  /** Whether answers wait for the client: while they do, what it asked for meanwhile waits as well. */
  readonly isBlocked: boolean;
}

/** How large messages may be. */
export interface VtestLimits {
  readonly maxTransferBytes: number;
}

/** The defaults. */
const VTEST_LIMITS: VtestLimits = { maxTransferBytes: 512 << 20 };

/** What else a session may be given. */
export interface VtestOptions {
  readonly limits?: VtestLimits;
  /** Called once, with the name that the client gives and after the version is agreed on, or with its first other message. */
  readonly onClient?: (name: string) => void;
}

/** A client. */
export class VtestSession implements Disposable {
  readonly #renderer: VirglRenderer;
  readonly #peer: VtestPeer;
  readonly #limits: VtestLimits;
  readonly #log: Logger;
  readonly #queue = new ByteQueue();
  readonly #shared = new Map<number, { readonly memory: SharedBytes; readonly sizeBytes: number }>();
  /** Bytes that are counted for the message that is arriving. */
  #staged = 0;
  /** Zeros that the client is still to get. */
  #zeros = 0;
  /** Bytes of a refused message that are still to come. */
  #skipped = 0;
  #context: VirglContext | null = null;
  #version = 0;
  #hasWork = false;
  #isTold = false;
  readonly #onClient: (name: string) => void;
  readonly #handlers: { readonly [K in VtestMessage]: (payload: Payload) => void };

  constructor(renderer: VirglRenderer, peer: VtestPeer, log: Logger, options: VtestOptions = {}) {
    this.#renderer = renderer;
    this.#peer = peer;
    this.#log = log;
    this.#limits = options.limits ?? VTEST_LIMITS;
    this.#onClient = options.onClient ?? (() => {});
    this.#handlers = {
      getCaps: () => this.#sendCaps(1),
      getCaps2: () => this.#sendCaps(2),
      resourceCreate: (payload) => void this.#create(payload),
      resourceUnref: (payload) => this.#unref(payload.word(0)),
      transferGet: (payload) => this.#transferGet(payload),
      transferPut: (payload) => this.#transferPut(payload),
      submitCmd: (payload) => this.#submit(payload),
      resourceBusyWait: (payload) => this.#busyWait(payload.word(1)),
      createRenderer: (payload) => this.#createRenderer(payload),
      pingProtocolVersion: () => this.#sendHead(0, vtestTable.pingProtocolVersion.id),
      protocolVersion: (payload) => this.#agree(payload.word(0)),
      resourceCreate2: (payload) => this.#createShared(payload),
      transferGet2: (payload) => this.#transferShared(payload, 'fromHost'),
      transferPut2: (payload) => this.#transferShared(payload, 'toHost'),
    };
  }

  /** The version that was agreed on. */
  get version(): number {
    return this.#version;
  }

  /** The name the client gave. */
  get clientName(): string {
    return this.#context?.name ?? '';
  }

  /** Room to receive into; `received` says how much was. */
  room(): Uint8Array {
    return this.#queue.room(Math.max(65536, Math.min(this.#missing(), 1 << 20)));
  }

  /** Handles what is complete, also what came before and had to wait. Throws WireError when the client breaks the protocol: then it must be closed. */
  received(count: number): void {
    this.#queue.added(count);
    while (!this.#peer.isBlocked && (this.#sendZeros() || this.#handleOne()));
  }

  /** Ends the client with all it made. */
  close(): void {
    if (this.#context !== null) this.#renderer.destroyContext(CONTEXT);
    this.#context = null;
    for (const id of this.#shared.keys()) this.#closeShared(id);
    this.#renderer.quotas.bytes.release(this.#staged);
    this.#staged = 0;
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** Bytes until the message that has begun is complete, as far as is known. */
  #missing(): number {
    if (this.#skipped > 0) return this.#skipped;
    if (this.#queue.length < HEADER_BYTES) return HEADER_BYTES;
    const size = this.#messageBytes();
    return size === null ? HEADER_BYTES : size - this.#queue.length;
  }

  /** Bytes of the message that has begun, header included; null while too little is here to say. */
  #messageBytes(): number | null {
    const queue = this.#queue;
    const length = queue.word(0);
    const name = vtestMessages.get(queue.word(4));
    if (name === undefined) throw refusal('message', `command ${queue.word(4)}`);
    const { words, since } = vtestTable[name];
    if (since > this.#version) throw refusal('message', `${name} in version ${this.#version}`);
    switch (name) {
      case 'createRenderer':
        if (length > MAX_NAME_BYTES) throw refusal('limit', `${name} of ${length} bytes`);
        return HEADER_BYTES + length;
      case 'submitCmd':
        if (4 * length > this.#renderer.limits.maxSubmitBytes) throw refusal('limit', `${name} of ${length} words`);
        return HEADER_BYTES + 4 * length;
      case 'transferPut': {
        if (length < words.min) throw refusal('truncated', `${name} of ${length} words`);
        if (queue.length < HEADER_BYTES + 4 * words.min) return null;
        const bytes = queue.word(HEADER_BYTES + 40);
        if (bytes > this.#limits.maxTransferBytes || Math.ceil(bytes / 4) > length - words.min)
          throw refusal('limit', `${name} of ${bytes} bytes`);
        return HEADER_BYTES + 4 * words.min + bytes;
      }
      case 'transferPut2':
        if (length < words.min) throw refusal('truncated', `${name} of ${length} words`);
        return HEADER_BYTES + 4 * words.min;
      default:
        if (length !== words.min) throw refusal('truncated', `${name} of ${length} words`);
        return HEADER_BYTES + 4 * length;
    }
  }

  /** Counts the bytes of a large message from when it begins to arrive. False, and it is left out, when they pass the quota. */
  #stage(size: number): boolean {
    if (this.#staged > 0 || size <= UNCOUNTED_BYTES) return true;
    try {
      this.#renderer.quotas.bytes.take(size);
      this.#staged = size;
      return true;
    } catch (error) {
      if (!(error instanceof GpuError)) throw error;
      this.#renderer.reportQuota(error);
      this.#skipped = size;
      return false;
    }
  }

  /** Drops what is here of a message that was refused; whether all of it is gone. */
  #skip(): boolean {
    const count = Math.min(this.#skipped, this.#queue.length);
    this.#queue.drop(count);
    this.#skipped -= count;
    return this.#skipped === 0;
  }

  #handleOne(): boolean {
    const queue = this.#queue;
    if (this.#skipped > 0 && !this.#skip()) return false;
    if (queue.length < HEADER_BYTES) return false;
    const size = this.#messageBytes();
    if (size === null) return false;
    if (!this.#stage(size)) return true;
    if (queue.length < size) return false;
    const name = vtestMessages.get(queue.word(4))!;
    if (this.#context === null && name !== 'createRenderer') throw refusal('message', `${name} before a renderer`);
    const payload = new Payload(queue, size - HEADER_BYTES);
    if (!this.#isTold && !GREETINGS.has(name)) {
      this.#isTold = true;
      this.#onClient(this.clientName);
    }
    this.#renderer.onProgress();
    try {
      this.#handlers[name](payload);
    } catch (error) {
      if (!(error instanceof GpuError)) throw error;
      if (error.code === 'context') throw refusal('message', error.message);
      this.#renderer.reportQuota(error);
      this.#log.debug('a message of a client was refused', { message: name, code: error.code, reason: error.message });
    }
    queue.drop(size);
    this.#renderer.quotas.bytes.release(this.#staged);
    this.#staged = 0;
    return true;
  }

  #createRenderer(payload: Payload): void {
    if (this.#context !== null) throw refusal('message', 'a second renderer');
    const name = new TextDecoder().decode(payload.bytes(0, payload.length)).split('\0')[0] ?? '';
    try {
      this.#context = this.#renderer.createContext(CONTEXT, name.slice(0, 64));
    } catch (error) {
      if (!(error instanceof GpuError)) throw error;
      this.#renderer.reportQuota(error);
      throw refusal('limit', error.message);
    }
  }

  #agree(wanted: number): void {
    const version = Math.min(wanted, VTEST_VERSION);
    // Version 1 was never used: whoever means it speaks 0.
    this.#version = version === 1 ? 0 : version;
    this.#sendWord(vtestTable.protocolVersion.id, this.#version);
  }

  #sendCaps(id: 1 | 2): void {
    const capset = this.#renderer.capset(id);
    this.#sendHead(capset.length + 1, id);
    this.#peer.send(capset);
  }

  #create(payload: Payload): number {
    const id = payload.word(0);
    const resource = this.#renderer.createResource(id, {
      target: payload.word(1),
      format: payload.word(2),
      bind: payload.word(3),
      width: payload.word(4),
      height: payload.word(5),
      depth: payload.word(6),
      arraySize: payload.word(7),
      lastLevel: payload.word(8),
      samples: payload.word(9),
      flags: 0,
    });
    this.#context?.attach(resource);
    return id;
  }

  #createShared(payload: Payload): void {
    const bytes = payload.word(10);
    const id = payload.word(0);
    if (bytes > this.#limits.maxTransferBytes) throw refusal('limit', `${bytes} bytes of shared memory`);
    if (bytes === 0) {
      this.#create(payload);
      return;
    }
    const { quotas } = this.#renderer;
    const sizeBytes = Math.max(LEAST_SHARED_BYTES, bytes);
    let refused: GpuError | null = null;
    try {
      quotas.bytes.take(sizeBytes);
      try {
        this.#create(payload);
      } catch (error) {
        quotas.bytes.release(sizeBytes);
        throw error;
      }
    } catch (error) {
      if (!(error instanceof GpuError)) throw error;
      refused = error;
    }
    // The client waits for a descriptor whatever becomes of the resource; memory that nobody touches is none.
    const memory = this.#peer.createShared(bytes);
    this.#peer.sendFd(memory.fd);
    if (refused !== null) {
      memory.close();
      throw refused;
    }
    this.#shared.set(id, { memory, sizeBytes });
    this.#renderer.attachBacking(id, new SharedBacking(memory, bytes));
  }

  #closeShared(id: number): void {
    const shared = this.#shared.get(id);
    if (shared === undefined) return;
    this.#shared.delete(id);
    shared.memory.close();
    this.#renderer.quotas.bytes.release(shared.sizeBytes);
  }

  #unref(id: number): void {
    this.#renderer.destroyResource(id);
    this.#closeShared(id);
  }

  #transferGet(payload: Payload): void {
    const size = payload.word(10);
    if (size > this.#limits.maxTransferBytes) throw refusal('limit', `${size} bytes of texels`);
    // The client reads so many bytes whether or not they mean something.
    this.#zeros = size;
    const { quotas } = this.#renderer;
    quotas.bytes.take(size);
    try {
      const bytes = new Uint8Array(size);
      this.#renderer.transferWith('fromHost', new SegmentBacking([bytes]), transferOf(payload));
      this.#zeros = 0;
      this.#peer.send(bytes);
    } finally {
      quotas.bytes.release(size);
    }
  }

  /** Sends some of the zeros that stand for texels which were refused; false when there are none to send. */
  #sendZeros(): boolean {
    if (this.#zeros === 0) return false;
    const count = Math.min(this.#zeros, ZEROS.length);
    this.#zeros -= count;
    this.#peer.send(ZEROS.subarray(0, count));
    return true;
  }

  #transferPut(payload: Payload): void {
    const bytes = payload.bytes(44, payload.word(10));
    this.#renderer.transferWith('toHost', new SegmentBacking([bytes]), transferOf(payload));
    this.#hasWork = true;
  }

  #transferShared(payload: Payload, direction: 'toHost' | 'fromHost'): void {
    this.#renderer.transfer(direction, {
      resource: payload.word(0),
      level: payload.word(1),
      stride: 0,
      layerStride: 0,
      box: boxAt(payload, 2),
      offset: payload.word(9),
    });
    this.#hasWork = true;
  }

  #submit(payload: Payload): void {
    this.#context?.submit(payload.words(0, payload.length / 4));
    this.#hasWork = true;
  }

  #busyWait(flags: number): void {
    if ((flags & WAIT) !== 0) {
      if (this.#hasWork || this.#renderer.fences.size > 0) this.#renderer.finish();
      this.#hasWork = false;
      this.#sendWord(vtestTable.resourceBusyWait.id, 0);
      return;
    }
    if (this.#hasWork) {
      this.#renderer.makeCurrent();
      this.#renderer.fences.add(() => {});
      this.#hasWork = false;
    }
    this.#renderer.poll();
    this.#sendWord(vtestTable.resourceBusyWait.id, Number(this.#renderer.fences.size > 0));
  }

  #sendHead(length: number, id: number): void {
    answer[0] = length;
    answer[1] = id;
    this.#peer.send(answerHead);
  }

  #sendWord(id: number, word: number): void {
    answer[0] = 1;
    answer[1] = id;
    answer[2] = word;
    this.#peer.send(answerBytes);
  }
}

const ZEROS = new Uint8Array(new ArrayBuffer(64 << 10));
const answer = new Uint32Array(new ArrayBuffer(12));
const answerBytes = new Uint8Array(answer.buffer);
const answerHead = answerBytes.subarray(0, HEADER_BYTES);

/** Shared memory behind a resource. Fences are resources of a few bytes that nobody ever looks into: they stay unmapped. */
class SharedBacking implements Backing {
  readonly sizeBytes: number;
  readonly #shared: SharedBytes;

  constructor(shared: SharedBytes, sizeBytes: number) {
    this.#shared = shared;
    this.sizeBytes = sizeBytes;
  }

  view(offset: number, length: number): Uint8Array {
    return this.#shared.bytes.subarray(offset, offset + length);
  }

  read(offset: number, into: Uint8Array): void {
    into.set(this.view(offset, into.length));
  }

  write(offset: number, from: Uint8Array): void {
    this.#shared.bytes.set(from, offset);
  }
}

/** The payload of one message, BORROWED from the queue. */
class Payload {
  readonly length: number;
  readonly #queue: ByteQueue;

  constructor(queue: ByteQueue, length: number) {
    this.#queue = queue;
    this.length = length;
  }

  word(n: number): number {
    return this.#queue.word(HEADER_BYTES + 4 * n);
  }

  bytes(at: number, count: number): Uint8Array {
    return this.#queue.peek(HEADER_BYTES + at, count);
  }

  words(at: number, count: number): Uint32Array {
    return this.#queue.words(HEADER_BYTES + at, count);
  }
}

function boxAt(
  payload: Payload,
  at: number,
): { x: number; y: number; z: number; width: number; height: number; depth: number } {
  return {
    x: payload.word(at),
    y: payload.word(at + 1),
    z: payload.word(at + 2),
    width: payload.word(at + 3),
    height: payload.word(at + 4),
    depth: payload.word(at + 5),
  };
}

function transferOf(payload: Payload): Parameters<VirglRenderer['transferWith']>[2] {
  return {
    resource: payload.word(0),
    level: payload.word(1),
    stride: payload.word(2),
    layerStride: payload.word(3),
    box: boxAt(payload, 4),
    offset: 0,
  };
}

function refusal(code: WireErrorCode, what: string): WireError {
  return new WireError(code, `vtest: ${what}`, 0);
}
