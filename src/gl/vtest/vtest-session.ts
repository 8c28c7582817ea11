/**
 * One client of the vtest protocol: bytes in, bytes and descriptors out. It owns the client's context, resources and shared
 * memory. A message that breaks the protocol ends it; a command that virgl refuses does not.
 */
import type { Logger } from '../../base/log.ts';
import { SegmentBacking } from '../core/backing.ts';
import { GpuError } from '../core/gpu-error.ts';
import type { ResourceArgs } from '../core/guest-gpu.ts';
import type { VirglContext } from '../virgl/context.ts';
import type { VirglRenderer } from '../virgl/renderer.ts';
import { fits } from '../virgl/word-table.ts';
import { ByteQueue } from './byte-queue.ts';
import { argsOf, blobArgs, boxAt, HEADER_BYTES, Payload, refusal, transferOf } from './payload.ts';
import { SharedBacking } from './shared-backing.ts';
import type { SharedBytes } from './shared-backing.ts';
import { SyncMessages } from './sync-messages.ts';
import type { SyncEvent } from './sync-objects.ts';
import { vtestMessages, vtestTable, VTEST_VERSION } from './vtest.table.ts';
import type { VtestMessage } from './vtest.table.ts';

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
/** Messages that leave open which capability set the context is of. */
const WITHOUT_CONTEXT: ReadonlySet<VtestMessage> = new Set([
  ...GREETINGS,
  'getCaps',
  'getCaps2',
  'getParam',
  'getCapset',
  'contextInit',
]);
const DEFAULT_CAPSET = 2;
/** The newest version of each capability set there is. */
const CAPSET_VERSIONS: ReadonlyMap<number, number> = new Map([
  [1, 1],
  [2, 2],
]);
const MAX_TIMELINES = 1;
const TIMELINES = 64;
/** Where a blob's bytes are: with the client. Those of the server, and those of both, are other numbers. */
const BLOB_OF_GUEST = 1;
const BLOB_FLAGS = 7;

/** Where answers go, and where shared memory comes from. */
export interface VtestPeer {
  /** Sends bytes, copied before it returns. */
  send(bytes: Uint8Array): void;
  /** Sends one byte with a descriptor, which stays the caller's. */
  sendFd(fd: number): void;
  createShared(sizeBytes: number): SharedBytes;
  createEvent(): SyncEvent;
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
  /** The capability set that the context is of, once that is known. */
  #capset: number | null = null;
  /** The number of the last resource that got one here. */
  #lastId = 0;
  readonly #syncs: SyncMessages;
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
    this.#syncs = new SyncMessages(renderer, peer, (words) => this.#submit(words));
    this.#handlers = {
      getCaps: () => this.#sendCaps(1),
      getCaps2: () => this.#sendCaps(2),
      resourceCreate: (payload) => this.#createPlain(payload),
      resourceUnref: (payload) => this.#unref(payload.word(0)),
      transferGet: (payload) => this.#transferGet(payload),
      transferPut: (payload) => this.#transferPut(payload),
      submitCmd: (payload) => this.#submit(payload.words(0, payload.length / 4)),
      resourceBusyWait: (payload) => this.#busyWait(payload.word(1)),
      createRenderer: (payload) => this.#createRenderer(payload),
      pingProtocolVersion: () => this.#sendHead(0, vtestTable.pingProtocolVersion.id),
      protocolVersion: (payload) => this.#agree(payload.word(0)),
      resourceCreate2: (payload) => this.#createShared(payload),
      transferGet2: (payload) => this.#transferShared(payload, 'fromHost'),
      transferPut2: (payload) => this.#transferShared(payload, 'toHost'),
      getParam: (payload) => this.#sendParam(payload.word(0)),
      getCapset: (payload) => this.#sendCapset(payload.word(0), payload.word(1)),
      contextInit: (payload) => this.#initContext(payload.word(0)),
      resourceCreateBlob: (payload) => this.#createBlob(payload),
      syncCreate: (payload) => this.#syncs.create(payload),
      syncUnref: (payload) => this.#syncs.unref(payload),
      syncRead: (payload) => this.#syncs.read(payload),
      syncWrite: (payload) => this.#syncs.write(payload),
      syncWait: (payload) => this.#syncs.wait(payload),
      submitCmd2: (payload) => this.#syncs.submit(payload),
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
    this.#syncs.close();
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
      case 'submitCmd2':
        if (length < words.min) throw refusal('truncated', `${name} of ${length} words`);
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
        if (!fits(words, length)) throw refusal('truncated', `${name} of ${length} words`);
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
    if (!WITHOUT_CONTEXT.has(name)) this.#capset ??= DEFAULT_CAPSET;
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
    this.#sendWords(vtestTable.protocolVersion.id, this.#version);
  }

  #sendCaps(id: 1 | 2): void {
    const capset = this.#renderer.capset(id);
    this.#sendHead(capset.length + 1, id);
    this.#peer.send(capset);
  }

  #sendParam(param: number): void {
    const isKnown = param === MAX_TIMELINES;
    this.#sendWords(vtestTable.getParam.id, Number(isKnown), isKnown ? TIMELINES : 0);
  }

  #sendCapset(id: number, version: number): void {
    if (version > (CAPSET_VERSIONS.get(id) ?? -1)) {
      this.#sendWords(vtestTable.getCapset.id, 0);
      return;
    }
    const capset = this.#renderer.capset(id);
    this.#sendHead(1 + capset.length / 4, vtestTable.getCapset.id);
    answer[0] = 1;
    this.#peer.send(answerBytes.subarray(0, 4));
    this.#peer.send(capset);
  }

  /** Contexts of virgl are all alike, so nothing is to be made; those of Venus and others cannot be had. */
  #initContext(capset: number): void {
    if (!CAPSET_VERSIONS.has(capset)) throw refusal('value', `a context of capability set ${capset}`);
    if (this.#capset !== null && this.#capset !== capset)
      throw refusal('value', `a context of capability set ${capset}, which is one of ${this.#capset}`);
    this.#capset = capset;
  }

  /** The number of a resource: the client's own before version 3, ours since. */
  #resourceId(payload: Payload): number {
    const id = payload.word(0);
    if (this.#version < 3) return id;
    if (id !== 0) throw refusal('value', `a resource with the number ${id}`);
    return this.#nextId();
  }

  #nextId(): number {
    if (this.#lastId === MAX_ID) throw refusal('limit', `${MAX_ID} resources`);
    return ++this.#lastId;
  }

  #create(id: number, args: ResourceArgs): void {
    this.#context?.attach(this.#renderer.createResource(id, args));
  }

  /** The client hears the number whatever becomes of the resource: nothing has one that was refused. */
  #createPlain(payload: Payload): void {
    const id = this.#resourceId(payload);
    if (this.#version >= 3) this.#sendWords(vtestTable.resourceCreate.id, id);
    this.#create(id, argsOf(payload));
  }

  #createShared(payload: Payload): void {
    const bytes = payload.word(10);
    const id = this.#resourceId(payload);
    if (this.#version >= 3) this.#sendWords(vtestTable.resourceCreate2.id, id);
    if (bytes === 0) this.#create(id, argsOf(payload));
    else this.#createWithMemory(id, bytes, argsOf(payload));
  }

  /** A blob of the client's memory: what transfers through a staging buffer may come from. */
  #createBlob(payload: Payload): void {
    const [type, flags, bytes, high] = [payload.word(0), payload.word(1), payload.word(2), payload.word(3)];
    if (type !== BLOB_OF_GUEST) throw refusal('value', `a blob of kind ${type}`);
    if ((flags & ~BLOB_FLAGS) !== 0) throw refusal('flags', `a blob with flags ${flags}`);
    if (high !== 0) throw refusal('limit', `a blob of ${high * 2 ** 32 + bytes} bytes`);
    if (bytes === 0) throw refusal('value', 'a blob of no bytes');
    const id = this.#nextId();
    this.#sendWords(vtestTable.resourceCreateBlob.id, id);
    this.#createWithMemory(id, bytes, blobArgs(bytes));
  }

  #createWithMemory(id: number, bytes: number, args: ResourceArgs): void {
    const { quotas } = this.#renderer;
    const sizeBytes = Math.max(LEAST_SHARED_BYTES, bytes);
    let refused: GpuError | null = null;
    try {
      quotas.bytes.take(sizeBytes);
      try {
        this.#create(id, args);
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

  #submit(words: Uint32Array): void {
    this.#context?.submit(words);
    this.#hasWork = true;
  }

  #busyWait(flags: number): void {
    if ((flags & WAIT) !== 0) {
      if (this.#hasWork || this.#renderer.fences.size > 0) this.#renderer.finish();
      this.#hasWork = false;
      this.#sendWords(vtestTable.resourceBusyWait.id, 0);
      return;
    }
    if (this.#hasWork) {
      this.#renderer.makeCurrent();
      this.#renderer.fences.add(() => {});
      this.#hasWork = false;
    }
    this.#renderer.poll();
    this.#sendWords(vtestTable.resourceBusyWait.id, Number(this.#renderer.fences.size > 0));
  }

  #sendHead(length: number, id: number): void {
    answer[0] = length;
    answer[1] = id;
    this.#peer.send(answerHead);
  }

  /** In one piece: a client that waits is woken once. */
  #sendWords(id: number, ...words: readonly number[]): void {
    answer[0] = words.length;
    answer[1] = id;
    answer.set(words, HEADER_BYTES / 4);
    this.#peer.send(answerBytes.subarray(0, HEADER_BYTES + 4 * words.length));
  }
}

const ZEROS = new Uint8Array(new ArrayBuffer(64 << 10));
const MAX_ID = 2 ** 31;
const answer = new Uint32Array(new ArrayBuffer(16));
const answerBytes = new Uint8Array(answer.buffer);
const answerHead = answerBytes.subarray(0, HEADER_BYTES);
