/**
 * A guest's 3D GPU in a process of its own, for the thread that serves the guest's virtio device. Orders go into a ring of
 * shared memory; those that find no room wait here, bounded. A process that ends, is stopped or hangs is replaced by one that
 * stands ready and is told all that the shadow kept; what was under way is dropped, and answered as if it had been done.
 */
import { assert } from '../../base/assert.ts';
import { HostError, messageOf } from '../../base/errors.ts';
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
  GuestResourceArgs,
  GuestTransfer,
  SharedPicture,
} from '../core/guest-gpu.ts';
import { RENDER_LIMITS } from '../core/limits.ts';
import type { RenderLimits } from '../core/limits.ts';
import { GuestGpuMember } from './guest-gpu-member.ts';
import { GuestRam } from './guest-ram.ts';
import { MAX_UNANSWERED, WORK_STATE } from './order-channel.ts';
import { OrderScratch } from './order-record.ts';
import type { WaitingOrder } from './order-record.ts';
import { ANSWER, ANSWER_KINDS, answerOfNumber, numberOfAnswer, ORDER_HEADER_WORDS, orderTable } from './order.table.ts';
import type { RenderExit } from './render-process.ts';
import { SerialQueue } from './serial-queue.ts';
import { Shadow } from './shadow.ts';
import { Watchdog } from './watchdog.ts';

const BYTES_PER_PIXEL = 4;
const MAX_PICTURE_SIDE = 16384;
const CHECK_MS = 50;
const ANSWERS_PER_TURN = 4096;
/** Serials in rings are words; this one stands for the end of a replay, and 0 for no answer. */
const REPLAYED = 0xffffffff;
/** Hangs within this time are in a row. */
const HANG_WINDOW_MS = 60_000;
const MAX_FAILED_STARTS = 3;
const RETRY_MS = 2000;

/** What a guest's GPU is made of. */
export interface GuestGpuOptions {
  /** `auto`, `software` or the path of a render node. */
  readonly renderNode: string;
  readonly limits?: Partial<RenderLimits>;
  readonly log: Logger;
  readonly logLevel?: string;
  /** How long one command may keep the process from getting anywhere. Default: 2000. */
  readonly hangTimeoutMs?: number;
  /** Hangs and crashes in a row after which the context that caused them is lost. Default: 3. */
  readonly maxHangs?: number;
  /** Bytes of orders that wait because the ring is full. Default: 64 MiB. */
  readonly maxWaitingBytes?: number;
  readonly onRestart?: (restart: GuestGpuRestart) => void;
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
  readonly #options: GuestGpuOptions;
  readonly #limits: RenderLimits;
  readonly #shadow = new Shadow();
  readonly #watchdog: Watchdog;
  readonly #scratch = new OrderScratch();
  readonly #waiting: WaitingOrder[] = [];
  readonly #unanswered = Array.from({ length: ANSWER_KINDS }, () => new SerialQueue());
  readonly #pictures = new Map<number, Picture>();
  readonly #pictureIds = new WeakMap<SharedPicture, number>();
  readonly #members = new Set<GuestGpuMember>();
  readonly #hangs = new Map<number, { count: number; at: number }>();
  /** Serials of a fallen process, to be answered when its successor is as far. */
  #dropped: number[] = [];
  #waitingBytes = 0;
  #serial = 0;
  #lastPicture = 0;
  /** Answers up to this one are nobody's any more. */
  #forgotten = 0;
  #ram: GuestRam | null = null;
  /** The process that orders go to; null while there is none. */
  #member: GuestGpuMember | null = null;
  #spare: GuestGpuMember | null = null;
  #replay: Iterator<WaitingOrder> | null = null;
  #replayed: WaitingOrder | null = null;
  #fall: Fall | null = null;
  #failedStarts = 0;
  #timer: NodeJS.Timeout | null = null;
  #isOpen = true;

  private constructor(options: GuestGpuOptions, capsets: ReadonlyMap<number, Uint8Array>, renderer: string) {
    this.#options = options;
    this.#limits = { ...RENDER_LIMITS, ...options.limits };
    this.#watchdog = new Watchdog(options.hangTimeoutMs ?? 2000);
    this.capsets = capsets;
    this.renderer = renderer;
  }

  /** Opens the device in a first process. Throws HostError when it cannot be opened. */
  static async start(options: GuestGpuOptions): Promise<GuestGpuProcess> {
    const member = new GuestGpuMember(settingsOf(options), options.log);
    try {
      const { capsets, renderer } = await member.process.ready;
      const sets = new Map(Object.entries(capsets).map(([id, text]) => [Number(id), Buffer.from(text, 'base64')]));
      const gpu = new GuestGpuProcess(options, sets, renderer);
      gpu.#members.add(member);
      gpu.#adopt(member);
      gpu.#take(member);
      gpu.#startSpare();
      return gpu;
    } catch (error) {
      member.process.kill();
      await member.process.exited;
      member.close();
      throw error;
    }
  }

  /** The number of the process that renders now; 0 while there is none. */
  get pid(): number {
    return this.#member?.process.pid ?? 0;
  }

  /** Settles when another process stands ready to take over. Rejects with HostError when none can be started. */
  async spareReady(): Promise<void> {
    this.#startSpare();
    await this.#spare?.process.ready;
  }

  setMemory(regions: readonly GuestRamRegion[]): void {
    const ram = new GuestRam(regions);
    this.#ram = ram;
    const order = this.#scratch.begin(orderTable.setMemory.id);
    for (const { offset, sizeBytes } of ram.regions) order.addLong(offset).addLong(sizeBytes);
    this.#give(ANSWER.order, 0, ram);
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

  createResource(id: number, args: GuestResourceArgs): number {
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
    const count = 1 + length / 4;
    const words = ORDER_HEADER_WORDS + count;
    const orders = this.#openRing(count);
    const begin = orders === null ? -1 : orders.reserve(words);
    if (orders !== null && begin >= 0) {
      const { data, bytes } = orders;
      source.copyOut(at, bytes, (begin + ORDER_HEADER_WORDS + 1) * 4, length);
      data[begin + ORDER_HEADER_WORDS] = context;
      const serial = this.#nextSerial();
      const code = this.#shadow.note(orderTable.submit.id, data, begin + ORDER_HEADER_WORDS, count, serial);
      if (code === null) this.#commit(data, begin, orderTable.submit.id, count, ANSWER.order, serial);
      else this.#commitRefusal(data, begin, code, serial);
      return serial;
    }
    if (this.#waitingBytes + length > (this.#options.maxWaitingBytes ?? MAX_WAITING_BYTES))
      return this.#refuse('quota');
    const record = new Uint32Array(words);
    record[0] = orderTable.submit.id;
    record[ORDER_HEADER_WORDS] = context;
    source.copyOut(at, new Uint8Array(record.buffer), (ORDER_HEADER_WORDS + 1) * 4, length);
    const serial = this.#nextSerial();
    this.#wait({ words: record, kind: ANSWER.order, serial, ram: null, fd: null, sent: 0, isNoted: false });
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
    this.#give(ANSWER.order, 0, null, memory.fd);
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
    this.#keepWaiting(({ serial, isNoted }) => serial === 0 || isNoted);
    this.#scratch.begin(orderTable.reset.id);
    this.#give(ANSWER.order, 0);
  }

  async close(): Promise<void> {
    this.#isOpen = false;
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    this.#waiting.splice(0);
    const members = [...this.#members];
    for (const member of members) {
      member.mute();
      member.process.kill();
    }
    await Promise.all(members.map((member) => member.process.exited));
    for (const { memory } of this.#pictures.values()) memory.close();
    this.#pictures.clear();
    if (this.#shadow.ram !== this.#ram) this.#shadow.ram?.close();
    this.#ram?.close();
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
    this.#keepWaiting(({ fd }) => fd !== picture.memory.fd);
    picture.memory.close();
    this.#scratch.begin(orderTable.closePicture.id).add(id);
    this.#give(ANSWER.order, 0);
  }

  #nextSerial(): number {
    return ++this.#serial;
  }

  #refuse(code: GpuErrorCode): number {
    this.#scratch.begin(orderTable.refuse.id).add(numberOfAnswer(code));
    return this.#order();
  }

  /** Gives the order in the scratch a serial number. */
  #order(kind: number = ANSWER.order): number {
    const serial = this.#nextSerial();
    this.#give(kind, serial);
    return serial;
  }

  /** Writes the order in the scratch into the ring, or lets it wait. */
  #give(kind: number, serial: number, ram: GuestRam | null = null, fd: number | null = null): void {
    if (!this.#isOpen) return;
    const { words, length } = this.#scratch;
    const order = { words: words.subarray(0, length), kind, serial, ram, fd, sent: 0, isNoted: false };
    if (this.#openRing(length - ORDER_HEADER_WORDS) !== null && this.#write(order)) return;
    this.#wait({ ...order, words: order.words.slice() });
  }

  #wait(order: WaitingOrder): void {
    this.#waiting.push(order);
    this.#waitingBytes += order.words.byteLength;
    this.#pump();
  }

  #keepWaiting(isKept: (order: WaitingOrder) => boolean): void {
    const kept = this.#waiting.filter(isKept);
    this.#waiting.splice(0, Infinity, ...kept);
    this.#waitingBytes = kept.reduce((sum, { words }) => sum + words.byteLength, 0);
  }

  /** The ring, if orders of so many words of payload may go straight into it. */
  #openRing(count: number): GuestGpuMember['source']['orders'] | null {
    if (this.#member === null || this.#replay !== null || this.#waiting.length > 0) return null;
    const { orders } = this.#member.source;
    return count <= orders.maxPayload && this.#unansweredCount() < MAX_UNANSWERED ? orders : null;
  }

  #unansweredCount(): number {
    let count = 0;
    for (const queue of this.#unanswered) count += queue.size;
    return count;
  }

  /** Writes an order as far as there is room; whether all of it went. */
  #write(order: WaitingOrder): boolean {
    const member = this.#member;
    if (member === null || this.#unansweredCount() >= MAX_UNANSWERED) return false;
    const { orders } = member.source;
    const { words, kind, serial } = order;
    const id = words[0]!;
    const count = words.length - ORDER_HEADER_WORDS;
    while (count - order.sent > orders.maxPayload) {
      const begin = orders.reserve(ORDER_HEADER_WORDS + orders.maxPayload);
      if (begin < 0) return false;
      if (!order.isNoted) {
        const code = this.#note(order, count);
        if (code !== null) {
          this.#commitRefusal(orders.data, begin, code, serial);
          return true;
        }
      }
      const from = ORDER_HEADER_WORDS + order.sent;
      orders.data.set(words.subarray(from, from + orders.maxPayload), begin + ORDER_HEADER_WORDS);
      this.#commit(orders.data, begin, orderTable.part.id, orders.maxPayload, ANSWER.order, 0);
      order.sent += orders.maxPayload;
    }
    const rest = count - order.sent;
    const begin = orders.reserve(ORDER_HEADER_WORDS + Math.max(1, rest));
    if (begin < 0) return false;
    const code = order.isNoted ? null : this.#note(order, count);
    if (code !== null) {
      this.#commitRefusal(orders.data, begin, code, serial);
      return true;
    }
    if (!this.#sendFds(member, order)) {
      member.process.kill('took no descriptors');
      return false;
    }
    orders.data.set(words.subarray(ORDER_HEADER_WORDS + order.sent), begin + ORDER_HEADER_WORDS);
    this.#commit(orders.data, begin, id, rest, kind, serial);
    return true;
  }

  #note(order: WaitingOrder, count: number): GpuErrorCode | null {
    order.isNoted = true;
    if (order.ram !== null) {
      const old = this.#shadow.ram;
      this.#shadow.ram = order.ram;
      if (old !== order.ram) old?.close();
    }
    return this.#shadow.note(order.words[0]!, order.words, ORDER_HEADER_WORDS, count, order.serial);
  }

  #sendFds(member: GuestGpuMember, { ram, fd }: WaitingOrder): boolean {
    try {
      if (fd !== null) return member.sendFd(fd);
      return ram === null || ram.regions.every((region) => member.sendFd(region.fd));
    } catch (error) {
      if (!(error instanceof HostError)) throw error;
      return false;
    }
  }

  #commitRefusal(data: Uint32Array, begin: number, code: GpuErrorCode, serial: number): void {
    data[begin + ORDER_HEADER_WORDS] = numberOfAnswer(code);
    this.#commit(data, begin, orderTable.refuse.id, 1, ANSWER.order, serial);
  }

  #commit(data: Uint32Array, begin: number, id: number, count: number, kind: number, serial: number): void {
    const member = this.#member;
    assert(member !== null, 'a process to give orders to');
    data[begin] = id;
    data[begin + 1] = count;
    data[begin + 2] = wordOf(serial);
    member.source.orders.commit(ORDER_HEADER_WORDS + count);
    if (serial !== 0) {
      this.#unanswered[kind]!.push(serial);
      this.#timer ??= setInterval(() => this.#check(), CHECK_MS);
    }
    member.source.wake();
  }

  /** Lets waiting orders into the ring. */
  #pump(): void {
    if (this.#member === null) return;
    while (this.#replay !== null) {
      this.#replayed ??= (this.#replay.next().value as WaitingOrder | undefined) ?? null;
      if (this.#replayed === null) this.#replay = null;
      else if (this.#write(this.#replayed)) this.#replayed = null;
      else return;
    }
    while (this.#waiting.length > 0) {
      const order = this.#waiting[0]!;
      if (!this.#write(order)) return;
      this.#waiting.shift();
      this.#waitingBytes -= order.words.byteLength;
    }
  }

  readonly #onAnswerWord = (first: number, word: number): void => {
    const queue = this.#unanswered[first & 0xff];
    const answer = answerOfNumber(first >>> 8);
    if (queue === undefined || answer === undefined || queue.size === 0 || wordOf(queue.first) !== word) {
      this.#member?.process.kill('gave an answer that nobody asked for');
      return;
    }
    const serial = queue.shift();
    if (serial === REPLAYED) {
      this.#rise();
      return;
    }
    if (answer === null) this.#shadow.carriedOut(serial);
    else this.#shadow.refused(serial);
    if (serial > this.#forgotten) this.onAnswer(serial, answer);
  };

  #check(): void {
    const member = this.#member;
    if (member === null) return;
    if (this.#unansweredCount() === 0) {
      this.#watchdog.rest();
      if (this.#timer !== null) clearInterval(this.#timer);
      this.#timer = null;
      return;
    }
    const hang = this.#watchdog.look(member, performance.now());
    if (hang !== null) this.#giveUp(member, hang.reason, hang.context);
  }

  /** Hears of the end of a process. */
  #adopt(member: GuestGpuMember): void {
    this.#members.add(member);
    void member.process.exited.then((exit) => this.#onExit(member, exit));
  }

  #onExit(member: GuestGpuMember, { reason, signal }: RenderExit): void {
    if (this.#isOpen && member === this.#member) {
      const { source } = member;
      // Whoever kills from outside means no context.
      const isOwn = signal !== 'SIGKILL' && source.workState !== WORK_STATE.idle;
      this.#giveUp(member, reason, isOwn ? source.workContext : 0);
    }
    if (this.#isOpen && member === this.#spare) {
      this.#spare = null;
      this.#failedStarts++;
      this.#options.log.warn('a GPU process ended before it was needed', { reason });
      // A device that is gone must not make us start processes without end.
      if (this.#failedStarts < MAX_FAILED_STARTS) this.#startSpare();
      else if (this.#fall !== null) setTimeout(() => this.#startSpare(), RETRY_MS).unref();
    }
    this.#members.delete(member);
    member.close();
  }

  /** Lets a process fall and puts the spare in its place. */
  #giveUp(member: GuestGpuMember, reason: string, context: number): void {
    member.mute();
    this.#member = null;
    this.#watchdog.rest();
    const lostContext = context !== 0 && this.#isTooMany(context) ? context : null;
    if (lostContext !== null) this.#shadow.lose(lostContext);
    this.#fall = {
      reason,
      at: this.#fall?.at ?? performance.now(),
      lostContext: lostContext ?? this.#fall?.lostContext ?? null,
    };
    member.process.kill(reason);
    this.#replay = null;
    this.#replayed = null;
    // A half-written order is under way too.
    if (this.#waiting[0]?.isNoted === true) {
      const order = this.#waiting.shift()!;
      this.#waitingBytes -= order.words.byteLength;
      if (order.serial !== 0) this.#dropped.push(order.serial);
    }
    for (const queue of this.#unanswered) {
      while (queue.size > 0) {
        const serial = queue.shift();
        if (serial !== REPLAYED) this.#dropped.push(serial);
      }
    }
    this.#dropped.sort((a, b) => a - b);
    void this.#replace();
  }

  #isTooMany(context: number): boolean {
    const now = performance.now();
    const before = this.#hangs.get(context);
    const count = before !== undefined && now - before.at < HANG_WINDOW_MS ? before.count + 1 : 1;
    this.#hangs.set(context, { count, at: now });
    return count >= (this.#options.maxHangs ?? 3);
  }

  async #replace(): Promise<void> {
    if (this.#spare === null) this.#startSpare();
    const spare = this.#spare;
    if (spare === null) return;
    try {
      await spare.process.ready;
    } catch {
      // Its end is heard of elsewhere; the next spare takes its place.
      return;
    }
    if (!this.#isOpen || this.#member !== null || this.#spare !== spare) return;
    this.#spare = null;
    this.#take(spare);
    this.#replay = this.#replayOrders();
    this.#pump();
  }

  /** Directs orders to a process that is ready. */
  #take(member: GuestGpuMember): void {
    this.#member = member;
    this.#failedStarts = 0;
    member.listen(() => {
      member.source.takeAnswers(ANSWERS_PER_TURN, this.#onAnswerWord);
      this.#pump();
    });
  }

  #startSpare(): void {
    if (!this.#isOpen || this.#spare !== null) return;
    try {
      this.#spare = new GuestGpuMember(settingsOf(this.#options), this.#options.log);
      this.#adopt(this.#spare);
    } catch (error) {
      this.#options.log.error('no GPU process can be started', { reason: messageOf(error) });
    }
    if (this.#fall !== null && this.#member === null) void this.#replace();
  }

  *#replayOrders(): Generator<WaitingOrder> {
    const scratch = new OrderScratch();
    const order = (ram: GuestRam | null, fd: number | null, serial = 0): WaitingOrder => {
      const words = scratch.words.subarray(0, scratch.length);
      return { words, kind: ANSWER.order, serial, ram, fd, sent: 0, isNoted: true };
    };
    const { ram } = this.#shadow;
    if (ram !== null) {
      scratch.begin(orderTable.setMemory.id);
      for (const { offset, sizeBytes } of ram.regions) scratch.addLong(offset).addLong(sizeBytes);
      yield order(ram, null);
    }
    for (const [id, { memory, width, height }] of this.#pictures) {
      scratch.begin(orderTable.openPicture.id).add(id).add(width).add(height);
      yield order(null, memory.fd);
    }
    for (const _ of this.#shadow.replay(scratch)) yield order(null, null);
    scratch.begin(orderTable.refuse.id).add(0);
    yield order(null, null, REPLAYED);
  }

  /** The new process is as far as the old one was. */
  #rise(): void {
    const fall = this.#fall;
    assert(fall !== null, 'a process that fell');
    this.#fall = null;
    const milliseconds = performance.now() - fall.at;
    const { reason, lostContext } = fall;
    this.#options.log.warn('the GPU process of the guest was replaced', { reason, milliseconds, lostContext });
    this.#options.onRestart?.({ reason, milliseconds, lostContext });
    const dropped = this.#dropped;
    this.#dropped = [];
    for (const serial of dropped) if (serial > this.#forgotten && this.#isOpen) this.onAnswer(serial, null);
    this.#startSpare();
  }
}

const MAX_WAITING_BYTES = 64 << 20;

/** The word of a serial in the rings: never 0, and never that of a replay's end but for that. */
function wordOf(serial: number): number {
  if (serial === 0 || serial === REPLAYED) return serial;
  return ((serial - 1) % (REPLAYED - 1)) + 1;
}

function settingsOf({ renderNode, limits, logLevel }: GuestGpuOptions): {
  renderNode: string;
  limits: Partial<RenderLimits>;
  logLevel: string;
} {
  return { renderNode, limits: limits ?? {}, logLevel: logLevel ?? 'warn' };
}
