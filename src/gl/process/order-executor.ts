/**
 * Carries orders out, in the process that renders. Everything runs on one thread: orders one after another, and between them
 * whatever the GPU has come to. While nothing is asked for, it sleeps; while only the GPU is waited for, it waits in the
 * driver, a moment at a time, so that a fence is told as soon as it is reached. A guest that uses more of each second than it
 * may (work-pace.ts) has its next orders wait.
 */
import { assert } from '../../base/assert.ts';
import { HostError } from '../../base/errors.ts';
import type { Logger } from '../../base/log.ts';
import { closeFd } from '../../base/native/fd.ts';
import { SharedMemory } from '../../base/native/shared-memory.ts';
import { receiveMessage } from '../../base/native/socket.ts';
import { SegmentBacking } from '../core/backing.ts';
import { GpuError } from '../core/gpu-error.ts';
import type { WorkPace } from '../core/work-pace.ts';
import type { BackingPiece, GuestRamRegion } from '../core/guest-gpu.ts';
import type { Box } from '../virgl/resource.ts';
import type { VirglContext } from '../virgl/context.ts';
import type { TransferDirection, VirglRenderer } from '../virgl/renderer.ts';
import { GuestRam, piecesOf } from './guest-ram.ts';
import { CHANNEL_FDS, WORK_STATE } from './order-channel.ts';
import type { OrderSink } from './order-channel.ts';
import { ANSWER, numberOfAnswer, ORDER_HEADER_WORDS, orderNames, orderTable } from './order.table.ts';
import type { OrderName } from './order.table.ts';
import { PictureReader } from './picture-reader.ts';

/** Orders done before timers and messages get their turn. */
const ORDERS_PER_TURN = 64;
/** How long a wait for the GPU may keep the next order waiting. */
const GPU_WAIT_MS = 0.5;
const BYTES_PER_PIXEL = 4;

interface Picture {
  readonly memory: SharedMemory;
  readonly width: number;
}

/** The payload of an order, BORROWED from the ring. */
interface Payload {
  readonly words: Uint32Array;
  readonly serial: number;
}

/** Does orders for one guest. */
export class OrderExecutor {
  readonly #sink: OrderSink;
  readonly #createRenderer: () => VirglRenderer;
  readonly #pace: WorkPace;
  readonly #log: Logger;
  readonly #pictures = new Map<number, Picture>();
  readonly #pieces = new Map<number, readonly BackingPiece[]>();
  #renderer: VirglRenderer;
  #reader: PictureReader;
  #ram = new GuestRam([]);
  #parts: Uint32Array[] = [];
  /** Set while orders have to wait because the guest was too fast. */
  #rest: NodeJS.Timeout | null = null;
  /** Whether something was drawn or copied that no fence follows yet, and for which context. */
  #hasWork = false;
  #owner = 0;
  /** Whose work each fence follows that is not yet reached. */
  readonly #owners: number[] = [];

  /** The renderer that is created shall call back before every command. */
  constructor(sink: OrderSink, createRenderer: (onProgress: () => void) => VirglRenderer, pace: WorkPace, log: Logger) {
    this.#sink = sink;
    this.#createRenderer = () => createRenderer(this.#step);
    this.#pace = pace;
    this.#log = log;
    this.#renderer = this.#createRenderer();
    this.#reader = new PictureReader(this.#renderer);
  }

  /** Does what has been ordered, and comes back for more until it can sleep. To be called when the bell has rung. */
  readonly run = (): void => {
    if (this.#rest !== null) return;
    this.#pace.begin();
    for (let n = 0; n < ORDERS_PER_TURN && this.#doNext(); n++);
    const isWaiting = this.#settle();
    this.#sink.tellAnswers();
    if (this.#isTooFast()) return;
    if (this.#sink.orders.hasNext) {
      setImmediate(this.run);
      return;
    }
    if (isWaiting) {
      this.#waitForGpu();
      setImmediate(this.run);
      return;
    }
    this.#sink.setWork(WORK_STATE.idle, 0);
    if (!this.#sink.sleep()) setImmediate(this.run);
  };

  /** Something more was done, and work goes on. */
  readonly #step = (): void => {
    this.#sink.step();
    this.#pace.step();
  };

  /** Whether the guest has used more than it may; then nothing is done for a while. */
  #isTooFast(): boolean {
    if (this.#pace.isTimed) {
      this.#flush();
      this.#finish();
    }
    const restMs = this.#pace.end();
    if (restMs < 1) return false;
    // Nobody would hear meanwhile of what the GPU comes to.
    this.#finish();
    this.#settle();
    this.#sink.tellAnswers();
    this.#sink.setWork(WORK_STATE.rest, 0);
    this.#rest = setTimeout(() => {
      this.#rest = null;
      this.run();
    }, restMs);
    return true;
  }

  #doNext(): boolean {
    const { orders } = this.#sink;
    const at = orders.next();
    if (at < 0) return false;
    const count = orders.data[at + 1]!;
    const name = orderNames.get(orders.data[at]!);
    assert(name !== undefined, 'a known order');
    const begin = at + ORDER_HEADER_WORDS;
    let words = orders.data.subarray(begin, begin + count);
    this.#step();
    if (name === 'part') {
      this.#parts.push(words.slice());
      orders.done();
      this.#sink.tellAnswers();
      return true;
    }
    if (this.#parts.length > 0) words = join(this.#parts.splice(0), words);
    assert(words.length >= orderTable[name].words.length, 'a whole order');
    const serial = orders.data[at + 2]!;
    this.#sink.setWork(WORK_STATE.order, CONTEXT_ORDERS.has(name) ? words[0]! : 0);
    let code = 0;
    try {
      const handler = this.#handlers[name];
      code = handler({ words, serial }) ?? 0;
    } catch (error) {
      if (!(error instanceof GpuError)) throw error;
      this.#renderer.reportQuota(error);
      this.#log.debug('an order of a guest was refused', { order: name, code: error.code, reason: error.message });
      code = numberOfAnswer(error.code);
    }
    orders.done();
    if (code !== ANSWERED && serial !== 0) this.#answer(KINDS[name] ?? ANSWER.order, code, serial);
    this.#sink.tellAnswers();
    return true;
  }

  #answer(kind: number, code: number, serial: number): void {
    // A refusal waits for those of its kind that came before.
    if (kind === ANSWER.fence) this.#finish();
    else if (kind === ANSWER.picture) this.#reader.settle();
    this.#sink.answer(kind, code, serial);
  }

  /** Tells what the GPU has come to; whether something is still awaited. */
  #settle(): boolean {
    const renderer = this.#renderer;
    if (!renderer.isAwaited && this.#reader.pending === 0) return false;
    const { current } = renderer;
    renderer.poll();
    this.#reader.poll();
    renderer.use(current);
    return renderer.isAwaited || this.#reader.pending > 0;
  }

  /** Waits a moment for the GPU, asleep. Says whether it is done with all that fences follow. */
  #waitForGpu(): boolean {
    const { fences } = this.#renderer;
    this.#sink.setWork(WORK_STATE.gpu, this.#owners[0] ?? 0);
    if (fences.size === 0) Atomics.wait(nothing, 0, 0, GPU_WAIT_MS);
    const isDone = fences.wait(GPU_WAIT_MS);
    this.#sink.tellAnswers();
    return isDone;
  }

  readonly #handlers: { readonly [K in OrderName]: (payload: Payload) => number | void } = {
    part: () => {},
    refuse: ({ words }) => this.#refuse(words[0]!),
    setMemory: ({ words }) => this.#setMemory(words),
    createContext: ({ words }) => {
      const bytes = new Uint8Array(words.buffer, words.byteOffset + 8, words[1]);
      this.#renderer.createContext(words[0]!, new TextDecoder().decode(bytes.slice()));
    },
    destroyContext: ({ words }) => {
      this.#flush();
      this.#renderer.destroyContext(words[0]!);
    },
    createResource: ({ words }) => {
      this.#renderer.createResource(words[0]!, {
        target: words[1]!,
        format: words[2]!,
        bind: words[3]!,
        width: words[4]!,
        height: words[5]!,
        depth: words[6]!,
        arraySize: words[7]!,
        lastLevel: words[8]!,
        samples: words[9]!,
        flags: words[10]!,
      });
    },
    destroyResource: ({ words }) => {
      this.#renderer.destroyResource(words[0]!);
      this.#pieces.delete(words[0]!);
    },
    attachBacking: ({ words }) => this.#attachBacking(words),
    detachBacking: ({ words }) => {
      this.#renderer.attachBacking(words[0]!, null);
      this.#pieces.delete(words[0]!);
    },
    attachResource: ({ words }) => {
      this.#renderer.findContext(words[0]!).attach(this.#renderer.resource(words[1]!));
    },
    detachResource: ({ words }) => this.#renderer.findContext(words[0]!).detach(words[1]!),
    submit: ({ words }) => this.#submit(words),
    transferToHost: ({ words }) => this.#transfer('toHost', words),
    transferFromHost: ({ words }) => this.#transfer('fromHost', words),
    fence: ({ serial }) => {
      this.#addFence(() => this.#sink.answer(ANSWER.fence, 0, serial));
      return ANSWERED;
    },
    openPicture: ({ words }) => this.#openPicture(words),
    closePicture: ({ words }) => {
      this.#pictures.get(words[0]!)?.memory.close();
      this.#pictures.delete(words[0]!);
    },
    readPicture: ({ words, serial }) => this.#readPicture(words, serial),
    reset: () => this.#reset(),
    restore: ({ words }) => this.#enter(words[0]!).restore(words.subarray(1)),
    restoreTexels: ({ words }) => this.#restoreTexels(words),
  };

  /** Answers what was refused before it came here. */
  #refuse(code: number): number {
    if (code === QUOTA) this.#renderer.reportQuota(new GpuError('quota', 'commands too long, or too much to remember'));
    return code;
  }

  #submit(words: Uint32Array): void {
    const context = this.#enter(words[0]!);
    context.submit(words.subarray(1));
    // The next may be of another sub-context, and a fence there would not follow this work.
    if (context.subContextCount > 1) this.#addFence(() => {});
  }

  /** The context of a submission. What another has begun is followed by a fence of its own, which later ones wait for. */
  #enter(id: number): VirglContext {
    const context = this.#renderer.findContext(id);
    if (this.#owner !== id) this.#flush();
    this.#owner = id;
    this.#hasWork = true;
    return context;
  }

  #flush(): void {
    if (this.#hasWork) this.#addFence(() => {});
    this.#owner = 0;
  }

  #addFence(onReached: () => void): void {
    this.#renderer.makeCurrent();
    this.#renderer.fences.add(() => {
      this.#owners.shift();
      onReached();
    });
    this.#owners.push(this.#owner);
    this.#hasWork = false;
  }

  #setMemory(words: Uint32Array): void {
    const regions: GuestRamRegion[] = [];
    for (let at = 0; at < words.length; at += 4) {
      regions.push({
        fd: this.#receiveFd(),
        offset: words[at]! + words[at + 1]! * 2 ** 32,
        sizeBytes: words[at + 2]! + words[at + 3]! * 2 ** 32,
      });
    }
    const old = this.#ram;
    try {
      this.#ram = new GuestRam(regions);
    } finally {
      for (const { fd } of regions) closeFd(fd);
    }
    for (const [id, pieces] of this.#pieces) this.#renderer.attachBacking(id, this.#ram.backing(pieces));
    old.close();
  }

  #attachBacking(words: Uint32Array): void {
    const [id = 0] = words;
    const pieces = piecesOf(words);
    const backing = this.#ram.backing(pieces);
    if (backing === null) throw new GpuError('range', `a backing of resource ${id} outside of the guest's memory`);
    this.#renderer.attachBacking(id, backing);
    this.#pieces.set(id, pieces);
  }

  #transfer(direction: TransferDirection, words: Uint32Array): void {
    this.#hasWork = true;
    // Resources are the device's: a transfer names its context by habit only.
    this.#renderer.transfer(direction, {
      resource: words[1]!,
      level: words[2]!,
      stride: words[3]!,
      layerStride: words[4]!,
      box: boxAt(words, 5),
      offset: words[11]!,
    });
  }

  #restoreTexels(words: Uint32Array): void {
    const bytes = new Uint8Array(words.buffer, words.byteOffset + 36, words[8]);
    const transfer = {
      resource: words[0]!,
      level: words[1]!,
      stride: 0,
      layerStride: 0,
      box: boxAt(words, 2),
      offset: 0,
    };
    this.#renderer.transferWith('toHost', new SegmentBacking([bytes]), transfer);
  }

  #openPicture(words: Uint32Array): void {
    const [id = 0, width = 0, height = 0] = words;
    const fd = this.#receiveFd();
    try {
      this.#pictures.get(id)?.memory.close();
      this.#pictures.set(id, { memory: SharedMemory.map(fd, 0, width * height * BYTES_PER_PIXEL), width });
    } finally {
      closeFd(fd);
    }
  }

  #readPicture(words: Uint32Array, serial: number): number {
    const picture = this.#pictures.get(words[1]!);
    if (picture === undefined) throw new GpuError('resource', 'the picture was closed');
    const rect = { x: words[2]!, y: words[3]!, width: words[4]!, height: words[5]! };
    const resource = this.#renderer.resource(words[0]!);
    const target = { pixels: picture.memory.bytes, strideBytes: picture.width * BYTES_PER_PIXEL };
    this.#flush();
    if (this.#reader.waits) this.#finish();
    this.#reader.read(resource, rect, target, (error) => {
      if (error !== null) this.#log.warn('a picture could not be read', { reason: error.message });
      this.#sink.answer(ANSWER.picture, error === null ? 0 : numberOfAnswer('format'), serial);
    });
    return ANSWERED;
  }

  /** Waits until the GPU is done, in steps short enough to tell fences on the way. */
  #finish(): void {
    while (this.#renderer.fences.size > 0 && !this.#waitForGpu());
  }

  #reset(): void {
    this.#owner = 0;
    this.#hasWork = false;
    this.#owners.splice(0);
    this.#reader.close();
    this.#renderer.close();
    this.#pieces.clear();
    this.#renderer = this.#createRenderer();
    this.#reader = new PictureReader(this.#renderer);
  }

  #receiveFd(): number {
    const fds: number[] = [];
    const count = receiveMessage(CHANNEL_FDS.control, oneByte, fds);
    const [fd] = fds;
    if (count !== 1 || fd === undefined) throw new HostError('EBADF', 'a descriptor did not come with its order');
    return fd;
  }
}

/** What a handler returns that gives its answer later. */
const ANSWERED = -1;
const QUOTA = numberOfAnswer('quota');
const nothing = new Int32Array(new SharedArrayBuffer(4));
const oneByte = new Uint8Array(new ArrayBuffer(1));

const KINDS: Readonly<Partial<Record<OrderName, number>>> = { fence: ANSWER.fence, readPicture: ANSWER.picture };

/** Orders whose first word is the context that a hang is blamed on. */
const CONTEXT_ORDERS: ReadonlySet<OrderName> = new Set<OrderName>([
  'createContext',
  'destroyContext',
  'submit',
  'restore',
]);

function boxAt(words: Uint32Array, at: number): Box {
  return {
    x: words[at]!,
    y: words[at + 1]!,
    z: words[at + 2]!,
    width: words[at + 3]!,
    height: words[at + 4]!,
    depth: words[at + 5]!,
  };
}

function join(parts: readonly Uint32Array[], last: Uint32Array): Uint32Array<ArrayBuffer> {
  const all = [...parts, last];
  const words = new Uint32Array(all.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of all) {
    words.set(part, at);
    at += part.length;
  }
  return words;
}
