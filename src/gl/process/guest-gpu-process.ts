/**
 * A guest's 3D GPU in a process of its own, for the thread that serves the guest's virtio device. Orders go into a ring of
 * shared memory (order-feed.ts). A process that ends, is stopped or hangs is replaced by one that stands ready and is told all
 * that the shadow kept; what was under way is dropped, and answered as if it had been done.
 */
import { assert } from '../../base/assert.ts';
import type { Logger } from '../../base/log.ts';
import { SharedMemory } from '../../base/native/shared-memory.ts';
import type { Rect } from '../../base/rect.ts';
import type { GpuErrorCode } from '../core/gpu-error.ts';
import type {
  BackingPiece,
  ByteSource,
  GpuAnswer,
  GuestGpu,
  GuestRamRegion,
  ResourceArgs,
  GuestTransfer,
  SharedPicture,
} from '../core/guest-gpu.ts';
import { RENDER_LIMITS } from '../core/limits.ts';
import type { RenderLimits } from '../core/limits.ts';
import type { GuestGpuMember } from './guest-gpu-member.ts';
import { GuestRam } from './guest-ram.ts';
import { MemberPool } from './member-pool.ts';
import { WORK_STATE } from './order-channel.ts';
import { OrderFeed, REPLAYED } from './order-feed.ts';
import { OrderScratch } from './order-record.ts';
import type { WaitingOrder } from './order-record.ts';
import { ANSWER, numberOfAnswer, orderTable } from './order.table.ts';
import type { RenderExit } from './render-process.ts';
import { ShaderStore } from './shader-store.ts';
import { Shadow } from './shadow.ts';
import { Watchdog } from './watchdog.ts';

const BYTES_PER_PIXEL = 4;
const MAX_PICTURE_SIDE = 16384;
const CHECK_MS = 50;
/** Hangs within this time are in a row. */
const HANG_WINDOW_MS = 60_000;
/** Processes in a row that may fall while they are told what the first knew, until the guest has to start over. */
const MAX_FALLS = 5;

/** What holds unless something else is said. */
const DEFAULTS = {
  logLevel: 'warn',
  shaderFolder: null as string | null,
  hangTimeoutMs: 2000,
  maxHangs: 3,
  maxWaitingBytes: 64 << 20,
  maxShadowBytes: 512 << 20,
};

/** What a guest's GPU is made of. */
export interface GuestGpuOptions {
  /** `auto`, `software` or the path of a render node. */
  readonly renderNode: string;
  readonly limits?: Partial<RenderLimits>;
  readonly log: Logger;
  readonly logLevel?: string;
  /** Where what was compiled for this guest, and for no other, is kept between runs. Default: nowhere. */
  readonly shaderFolder?: string | null;
  /** How long one command may keep the process from getting anywhere. Default: 2000. */
  readonly hangTimeoutMs?: number;
  /** Hangs and crashes in a row after which the context that caused them is lost. Default: 3. */
  readonly maxHangs?: number;
  /** Bytes of orders that wait because the ring is full. Default: 64 MiB. */
  readonly maxWaitingBytes?: number;
  /** Bytes of what a new process must be told: objects, state, contents that no guest memory has. Default: 512 MiB. */
  readonly maxShadowBytes?: number;
  readonly onRestart?: (restart: GuestGpuRestart) => void;
  /** The guest asked for more than it may have and was refused, so often so far. Told at most once a second. */
  readonly onQuota?: (reason: string, refusals: number) => void;
}

/** The GPU process was replaced. */
export interface GuestGpuRestart {
  readonly reason: string;
  /** From when the end of the old process was noticed until the new one was as far. */
  readonly milliseconds: number;
  /** The context that is lost from now on, or null. */
  readonly lostContext: number | null;
}

interface Picture {
  readonly memory: SharedMemory;
  readonly width: number;
  readonly height: number;
}

/** A fallen process whose successor is not yet as far. */
interface Fall {
  readonly reason: string;
  readonly at: number;
  readonly lostContext: number | null;
}

/** A guest's GPU. */
export class GuestGpuProcess implements GuestGpu {
  readonly capsets: ReadonlyMap<number, Uint8Array>;
  /** The device's name, as OpenGL tells it. */
  readonly renderer: string;
  onAnswer: (serial: number, answer: GpuAnswer) => void = () => {};
  readonly #options: GuestGpuOptions & typeof DEFAULTS;
  readonly #limits: RenderLimits;
  readonly #shadow: Shadow;
  readonly #feed: OrderFeed;
  readonly #pool: MemberPool;
  readonly #watchdog: Watchdog;
  readonly #scratch = new OrderScratch();
  readonly #pictures = new Map<number, Picture>();
  readonly #pictureIds = new WeakMap<SharedPicture, number>();
  /** Hangs and crashes of contexts. */
  readonly #hangs = new Map<number, { count: number; at: number }>();
  /** Serials of a fallen process, to be answered when its successor is as far. */
  #dropped: number[] = [];
  #serial = 0;
  #lastPicture = 0;
  /** Answers up to this one are nobody's any more. */
  #forgotten = 0;
  #ram: GuestRam | null = null;
  /** The process that orders go to; null while there is none. */
  #member: GuestGpuMember | null = null;
  #fall: Fall | null = null;
  /** Processes that fell one after another before they were as far as the first. */
  #falls = 0;
  #timer: NodeJS.Timeout | null = null;
  #isOpen = true;

  private constructor(
    options: GuestGpuOptions & typeof DEFAULTS,
    pool: MemberPool,
    first: GuestGpuMember,
    capsets: ReadonlyMap<number, Uint8Array>,
    renderer: string,
  ) {
    this.#options = options;
    this.#limits = { ...RENDER_LIMITS, ...options.limits };
    this.#shadow = new Shadow(this.#limits, options.maxShadowBytes);
    this.#watchdog = new Watchdog(options.hangTimeoutMs);
    this.#pool = pool;
    this.capsets = capsets;
    this.renderer = renderer;
    const listener = {
      onAnswer: (serial: number, answer: GpuAnswer) => this.#tell(serial, answer),
      onReplayed: () => this.#rise(),
      onBusy: () => {
        this.#timer ??= setInterval(() => this.#check(), CHECK_MS);
      },
    };
    this.#feed = new OrderFeed(this.#shadow, listener, options.maxWaitingBytes);
    this.#member = first;
    this.#feed.connect(first, null);
    // At once: one that is wanted before it stands ready is late by seconds, and a guest's firmware and kernel leave it time.
    pool.prepare();
  }

  /** Opens the device in a first process. Throws HostError when it cannot be opened. */
  static async start(given: GuestGpuOptions): Promise<GuestGpuProcess> {
    const options = { ...DEFAULTS, ...given };
    const { renderNode, limits, logLevel, log } = options;
    let gpu: GuestGpuProcess | null = null;
    const shaders = ShaderStore.open(options.shaderFolder, log);
    const pool = new MemberPool({ renderNode, limits: limits ?? {}, logLevel }, shaders, log, {
      onExit: (member, exit) => gpu?.heed(member, exit),
      onHopeless: () => gpu?.despair(),
      onQuota: (reason, refusals) => given.onQuota?.(reason, refusals),
    });
    try {
      const first = await pool.first();
      const { capsets, renderer } = await first.process.ready;
      const sets = new Map(Object.entries(capsets).map(([id, text]) => [Number(id), Buffer.from(text, 'base64')]));
      gpu = new GuestGpuProcess(options, pool, first, sets, renderer);
      return gpu;
    } catch (error) {
      await pool.close();
      throw error;
    }
  }

  /** The number of the process that renders now; 0 while there is none. */
  get pid(): number {
    return this.#member?.process.pid ?? 0;
  }

  /** Settles when another process stands ready to take over. Rejects with HostError when none can be started. */
  spareReady(): Promise<void> {
    return this.#pool.prepared();
  }

  setMemory(regions: readonly GuestRamRegion[]): void {
    const ram = new GuestRam(regions);
    this.#ram = ram;
    writeRam(this.#scratch, ram);
    this.#feed.give(this.#scratch, ANSWER.order, 0, ram);
  }

  createContext(id: number, name: string): number {
    const bytes = new TextEncoder().encode(name.slice(0, 64));
    this.#scratch.begin(orderTable.createContext.id).add(id).add(bytes.length).addBytes(bytes);
    return this.#order();
  }

  destroyContext(id: number): number {
    this.#scratch.begin(orderTable.destroyContext.id).add(id);
    return this.#order();
  }

  createResource(id: number, args: ResourceArgs): number {
    const { target, format, bind, width, height, depth, arraySize, lastLevel, samples, flags } = args;
    const order = this.#scratch.begin(orderTable.createResource.id).add(id).add(target).add(format).add(bind);
    order.add(width).add(height).add(depth).add(arraySize).add(lastLevel).add(samples).add(flags);
    return this.#order();
  }

  destroyResource(id: number): number {
    this.#scratch.begin(orderTable.destroyResource.id).add(id);
    return this.#order();
  }

  attachBacking(id: number, pieces: readonly BackingPiece[]): number {
    const order = this.#scratch.begin(orderTable.attachBacking.id).add(id);
    for (const { region, offset, length } of pieces) order.add(region).addLong(offset).add(length);
    return this.#order();
  }

  detachBacking(id: number): number {
    this.#scratch.begin(orderTable.detachBacking.id).add(id);
    return this.#order();
  }

  attachResource(context: number, resource: number): number {
    this.#scratch.begin(orderTable.attachResource.id).add(context).add(resource);
    return this.#order();
  }

  detachResource(context: number, resource: number): number {
    this.#scratch.begin(orderTable.detachResource.id).add(context).add(resource);
    return this.#order();
  }

  submit(context: number, source: ByteSource, at: number, length: number): number {
    if (length % 4 !== 0) return this.#refuse('length');
    if (length > this.#limits.maxSubmitBytes) return this.#refuse('quota');
    // A source that throws leaves a number unused, and no answer is owed for it.
    const serial = ++this.#serial;
    if (!this.#feed.submit(context, source, at, length, serial)) {
      this.#scratch.begin(orderTable.refuse.id).add(numberOfAnswer('quota'));
      this.#feed.give(this.#scratch, ANSWER.order, serial);
    }
    return serial;
  }

  transferToHost(context: number, transfer: GuestTransfer): number {
    return this.#transfer(orderTable.transferToHost.id, context, transfer);
  }

  transferFromHost(context: number, transfer: GuestTransfer): number {
    return this.#transfer(orderTable.transferFromHost.id, context, transfer);
  }

  fence(): number {
    this.#scratch.begin(orderTable.fence.id);
    return this.#order(ANSWER.fence);
  }

  createPicture(width: number, height: number): SharedPicture {
    assert(width > 0 && height > 0 && width <= MAX_PICTURE_SIDE && height <= MAX_PICTURE_SIDE, 'the size of a picture');
    const strideBytes = width * BYTES_PER_PIXEL;
    const memory = SharedMemory.create('saffron-picture', strideBytes * height);
    const id = ++this.#lastPicture;
    this.#pictures.set(id, { memory, width, height });
    const picture: SharedPicture = {
      width,
      height,
      strideBytes,
      pixels: memory.bytes,
      close: () => this.#closePicture(id),
    };
    this.#pictureIds.set(picture, id);
    this.#scratch.begin(orderTable.openPicture.id).add(id).add(width).add(height);
    this.#feed.give(this.#scratch, ANSWER.order, 0, null, memory.fd);
    return picture;
  }

  readPicture(resource: number, rect: Rect, picture: SharedPicture): number {
    const id = this.#pictureIds.get(picture);
    assert(id !== undefined && this.#pictures.has(id), 'a picture of this GPU that is open');
    const { x, y, width, height } = rect;
    assert(x >= 0 && y >= 0 && x + width <= picture.width && y + height <= picture.height, 'a part of the picture');
    const order = this.#scratch.begin(orderTable.readPicture.id).add(resource).add(id);
    order.add(x).add(y).add(width).add(height);
    return this.#order(ANSWER.picture);
  }

  reset(): void {
    this.#forgotten = this.#serial;
    this.#dropped = [];
    this.#hangs.clear();
    // Memory and pictures stay: orders about them still count. One that has begun goes to its end.
    this.#feed.forget(({ serial }) => serial !== 0);
    this.#scratch.begin(orderTable.reset.id);
    this.#feed.give(this.#scratch, ANSWER.order, 0);
  }

  async close(): Promise<void> {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#member = null;
    this.#feed.disconnect();
    this.#rest();
    await this.#pool.close();
    for (const { memory } of this.#pictures.values()) memory.close();
    this.#pictures.clear();
    this.#shadow.setRam(null);
    this.#ram?.close();
  }

  /** Hears of the end of a process. */
  protected heed(member: GuestGpuMember, { reason, signal }: RenderExit): void {
    if (member !== this.#member) return;
    const { source } = member;
    // Whoever kills from outside means no context.
    const isOwn = signal !== 'SIGKILL' && source.workState !== WORK_STATE.idle;
    this.#giveUp(member, reason, isOwn ? source.workContext : 0);
  }

  /** Nobody renders, and nobody will soon: what the guest had is lost, and it shall not wait. */
  protected despair(): void {
    if (!this.#isOpen) return;
    this.#shadow.abandon();
    for (const serial of this.#dropped.splice(0)) this.#tell(serial, null);
    this.#feed.giveUp();
  }

  #transfer(id: number, context: number, transfer: GuestTransfer): number {
    const { resource, level, stride, layerStride, x, y, z, width, height, depth, offset } = transfer;
    const order = this.#scratch.begin(id).add(context).add(resource).add(level).add(stride).add(layerStride);
    order.add(x).add(y).add(z).add(width).add(height).add(depth).add(offset);
    return this.#order();
  }

  #closePicture(id: number): void {
    const picture = this.#pictures.get(id);
    if (picture === undefined) return;
    this.#pictures.delete(id);
    // One that still waits to be opened goes with its descriptor, which is about to be closed.
    this.#feed.forget(({ fd }) => fd === picture.memory.fd);
    picture.memory.close();
    this.#scratch.begin(orderTable.closePicture.id).add(id);
    this.#feed.give(this.#scratch, ANSWER.order, 0);
  }

  #refuse(code: GpuErrorCode): number {
    this.#scratch.begin(orderTable.refuse.id).add(numberOfAnswer(code));
    return this.#order();
  }

  /** Gives the order in the scratch a serial number, and gives it. */
  #order(kind: number = ANSWER.order): number {
    const serial = ++this.#serial;
    this.#feed.give(this.#scratch, kind, serial);
    return serial;
  }

  #tell(serial: number, answer: GpuAnswer): void {
    if (this.#isOpen && serial > this.#forgotten) this.onAnswer(serial, answer);
  }

  #check(): void {
    const member = this.#member;
    if (member === null) return;
    member.process.boundShaders();
    if (this.#feed.unanswered === 0) {
      this.#rest();
      return;
    }
    const hang = this.#watchdog.look(member, performance.now());
    if (hang !== null) this.#giveUp(member, hang.reason, hang.context);
  }

  #rest(): void {
    this.#watchdog.rest();
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }

  /** Lets a process fall and has another take its place. */
  #giveUp(member: GuestGpuMember, reason: string, context: number): void {
    this.#member = null;
    this.#watchdog.rest();
    const lostContext = context !== 0 && this.#isTooMany(context) ? context : null;
    if (lostContext !== null) this.#shadow.lose(lostContext);
    this.#falls++;
    if (this.#falls > MAX_FALLS) {
      this.#options.log.error('the GPU of the guest is given up: every process falls by what it is told', { reason });
      this.#shadow.abandon();
    }
    const { at = performance.now(), lostContext: lostBefore = null } = this.#fall ?? {};
    this.#fall = { reason, at, lostContext: lostContext ?? lostBefore };
    this.#dropped.push(...this.#feed.disconnect());
    member.process.kill(reason);
    this.#pool.take((next) => {
      this.#member = next;
      this.#feed.connect(next, this.#replay());
    });
  }

  #isTooMany(context: number): boolean {
    const now = performance.now();
    const before = this.#hangs.get(context);
    const count = before !== undefined && now - before.at < HANG_WINDOW_MS ? before.count + 1 : 1;
    this.#hangs.set(context, { count, at: now });
    return count >= this.#options.maxHangs;
  }

  /** All that a new process must be told. */
  *#replay(): Generator<WaitingOrder> {
    const scratch = new OrderScratch();
    const order = (ram: GuestRam | null, fd: number | null, serial = 0): WaitingOrder => {
      const words = scratch.words.subarray(0, scratch.length);
      return { words, kind: ANSWER.order, serial, ram, fd, sent: 0, isNoted: true };
    };
    const { ram } = this.#shadow;
    if (ram !== null) {
      writeRam(scratch, ram);
      yield order(ram, null);
    }
    for (const [id, { memory, width, height }] of this.#pictures) {
      scratch.begin(orderTable.openPicture.id).add(id).add(width).add(height);
      yield order(null, memory.fd);
    }
    for (const _ of this.#shadow.replay(scratch, (id) => this.#shown(id))) yield order(null, null);
    scratch.begin(orderTable.refuse.id).add(0);
    yield order(null, null, REPLAYED);
  }

  #shown(id: number): { pixels: Uint8Array; width: number; height: number } | null {
    const picture = this.#pictures.get(id);
    return picture === undefined ? null : { ...picture, pixels: picture.memory.bytes };
  }

  /** The new process is as far as the old one was. */
  #rise(): void {
    const fall = this.#fall;
    assert(fall !== null, 'a process that fell');
    this.#fall = null;
    this.#falls = 0;
    const { reason, lostContext, at } = fall;
    const restart = { reason, milliseconds: performance.now() - at, lostContext };
    this.#options.log.warn('the GPU process of the guest was replaced', { ...restart });
    this.#pool.prepare();
    this.#options.onRestart?.(restart);
    for (const serial of this.#dropped.splice(0)) this.#tell(serial, null);
  }
}

function writeRam(order: OrderScratch, ram: GuestRam): void {
  order.begin(orderTable.setMemory.id);
  for (const { offset, sizeBytes } of ram.regions) order.addLong(offset).addLong(sizeBytes);
}
