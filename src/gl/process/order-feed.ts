/**
 * Brings orders into the ring of whichever process renders, and answers out of it. Orders that find no room wait, bounded in
 * bytes; while a process is told what a former one knew, all others wait. The shadow notes an order when it goes into the ring.
 */
import { assert } from '../../base/assert.ts';
import { HostError } from '../../base/errors.ts';
import type { GpuErrorCode } from '../core/gpu-error.ts';
import type { ByteSource, GpuAnswer } from '../core/guest-gpu.ts';
import type { GuestGpuMember } from './guest-gpu-member.ts';
import type { GuestRam } from './guest-ram.ts';
import { MAX_UNANSWERED } from './order-channel.ts';
import type { OrderWriter } from './order-ring.ts';
import type { OrderScratch, WaitingOrder } from './order-record.ts';
import { ANSWER, ANSWER_KINDS, answerOfNumber, numberOfAnswer, ORDER_HEADER_WORDS, orderTable } from './order.table.ts';
import { SerialQueue } from './serial-queue.ts';
import type { Shadow } from './shadow.ts';

const ANSWERS_PER_TURN = 4096;

/** Serials in rings are words; this one stands for the end of a replay, and 0 for no answer. */
export const REPLAYED = 0xffffffff;

/** Who hears of answers. */
export interface FeedListener {
  /** In the order of asking within each kind. */
  onAnswer(serial: number, answer: GpuAnswer): void;
  /** All that a replay had is done. */
  onReplayed(): void;
  /** Something is awaited from now on. */
  onBusy(): void;
}

/** The way of orders. */
export class OrderFeed {
  readonly #shadow: Shadow;
  readonly #listener: FeedListener;
  readonly #maxWaitingBytes: number;
  readonly #waiting: WaitingOrder[] = [];
  readonly #unanswered = Array.from({ length: ANSWER_KINDS }, () => new SerialQueue());
  /** The contexts of the orders in the first of them; 0 for those of none. */
  readonly #contexts = new SerialQueue();
  #waitingBytes = 0;
  #member: GuestGpuMember | null = null;
  #isHopeless = false;
  #replay: Iterator<WaitingOrder> | null = null;
  #replayed: WaitingOrder | null = null;

  constructor(shadow: Shadow, listener: FeedListener, maxWaitingBytes: number) {
    this.#shadow = shadow;
    this.#listener = listener;
    this.#maxWaitingBytes = maxWaitingBytes;
  }

  /** Answers that are awaited from the process. */
  get unanswered(): number {
    let count = 0;
    for (const queue of this.#unanswered) count += queue.size;
    return count;
  }

  /** Directs orders to a process that is ready: first a replay, if there is one, then what waits, then what comes. */
  connect(member: GuestGpuMember, replay: Iterator<WaitingOrder> | null): void {
    this.#member = member;
    this.#isHopeless = false;
    this.#replay = replay;
    member.listen(() => {
      member.source.takeAnswers(ANSWERS_PER_TURN, this.#onAnswerWord);
      this.#pump();
    });
    this.#pump();
  }

  /** Lets all orders wait. Returns the serials of those that the process had, or had begun to get, in their order. */
  disconnect(): number[] {
    this.#member?.mute();
    this.#member = null;
    this.#replay = null;
    this.#replayed = null;
    const dropped: number[] = [];
    const [first] = this.#waiting;
    if (first?.isNoted === true) {
      this.#shift();
      if (first.serial !== 0) dropped.push(first.serial);
    }
    for (const queue of [...this.#unanswered, this.#contexts]) {
      while (queue.size > 0) {
        const serial = queue.shift();
        if (serial !== REPLAYED && queue !== this.#contexts) dropped.push(serial);
      }
    }
    return dropped.sort((a, b) => a - b);
  }

  /** No process can be had: refuses what waits and what comes, until one is connected. Fences are reached, for nothing is done. */
  giveUp(): void {
    this.#isHopeless = true;
    this.#answerWaiting();
  }

  /** Gives the order in a scratch; it is copied. */
  give(
    scratch: OrderScratch,
    kind: number,
    serial: number,
    ram: GuestRam | null = null,
    fd: number | null = null,
  ): void {
    const { words, length } = scratch;
    if (ram === null && fd === null && this.#writeAtOnce(scratch, kind, serial)) return;
    // One that wants no answer is the device's, not the guest's; fences and pictures are a few words.
    const isTooMuch = kind === ANSWER.order && serial !== 0 && this.#waitingBytes + 4 * length > this.#maxWaitingBytes;
    const kept = isTooMuch
      ? Uint32Array.of(orderTable.refuse.id, 0, 0, numberOfAnswer('quota'))
      : words.slice(0, length);
    this.#wait({ words: kept, kind, serial, ram, fd, sent: 0, isNoted: false });
  }

  /**
   * Gives commands of a context, copied straight into the ring if there is room. False, with nothing given, when too much
   * waits already. Throws what the source throws.
   */
  submit(context: number, source: ByteSource, at: number, length: number, serial: number): boolean {
    const count = 1 + length / 4;
    const orders = this.#openRing(count);
    const begin = orders === null ? -1 : orders.reserve(ORDER_HEADER_WORDS + count);
    if (orders === null || begin < 0) {
      if (this.#waitingBytes + length > this.#maxWaitingBytes) return false;
      const words = new Uint32Array(ORDER_HEADER_WORDS + count);
      words[0] = orderTable.submit.id;
      words[ORDER_HEADER_WORDS] = context;
      source.copyOut(at, new Uint8Array(words.buffer), (ORDER_HEADER_WORDS + 1) * 4, length);
      this.#wait({ words, kind: ANSWER.order, serial, ram: null, fd: null, sent: 0, isNoted: false });
      return true;
    }
    const { data, bytes } = orders;
    const payload = begin + ORDER_HEADER_WORDS;
    source.copyOut(at, bytes, (payload + 1) * 4, length);
    data[payload] = context;
    const code = this.#shadow.note(orderTable.submit.id, data, payload, count, serial);
    if (code === null) this.#commit(data, begin, orderTable.submit.id, count, ANSWER.order, serial, context);
    else this.#commitRefusal(data, begin, code, serial);
    return true;
  }

  /** Forgets orders that wait. One that has begun goes to its end. */
  forget(isForgotten: (order: WaitingOrder) => boolean): void {
    const kept = this.#waiting.filter((order) => order.isNoted || !isForgotten(order));
    this.#waiting.splice(0, Infinity, ...kept);
    this.#waitingBytes = kept.reduce((sum, { words }) => sum + words.byteLength, 0);
  }

  /** Writes an order straight into the ring if it can go there now; whether it did. Allocates nothing. */
  #writeAtOnce({ words, length }: OrderScratch, kind: number, serial: number): boolean {
    const count = length - ORDER_HEADER_WORDS;
    const orders = this.#openRing(count);
    // A refusal in its place has one word.
    const begin = orders?.reserve(ORDER_HEADER_WORDS + Math.max(1, count)) ?? -1;
    if (orders === null || begin < 0) return false;
    const { data } = orders;
    const id = words[0]!;
    const code = this.#shadow.note(id, words, ORDER_HEADER_WORDS, count, serial);
    if (code !== null) {
      this.#commitRefusal(data, begin, code, serial);
      return true;
    }
    for (let i = ORDER_HEADER_WORDS; i < length; i++) data[begin + i] = words[i]!;
    this.#commit(data, begin, id, count, kind, serial, 0);
    return true;
  }

  #wait(order: WaitingOrder): void {
    this.#waiting.push(order);
    this.#waitingBytes += order.words.byteLength;
    // Not before the call that gave it has returned.
    if (this.#isHopeless) setImmediate(() => this.#answerWaiting());
    else this.#pump();
  }

  #answerWaiting(): void {
    while (this.#isHopeless && this.#waiting.length > 0) {
      const { serial, kind, ram } = this.#waiting[0]!;
      this.#shift();
      if (ram !== null) this.#shadow.setRam(ram);
      if (serial !== 0) this.#listener.onAnswer(serial, kind === ANSWER.fence ? null : 'context');
    }
  }

  #shift(): void {
    const order = this.#waiting.shift();
    this.#waitingBytes -= order?.words.byteLength ?? 0;
  }

  /** The ring, if an order of so many words of payload may go straight into it. */
  #openRing(count: number): OrderWriter | null {
    if (this.#member === null || this.#replay !== null || this.#waiting.length > 0) return null;
    const { orders } = this.#member.source;
    return count <= orders.maxPayload && this.unanswered < MAX_UNANSWERED ? orders : null;
  }

  /** Lets waiting orders into the ring. */
  #pump(): void {
    while (this.#replay !== null) {
      this.#replayed ??= (this.#replay.next().value as WaitingOrder | undefined) ?? null;
      if (this.#replayed === null) this.#replay = null;
      else if (this.#write(this.#replayed)) this.#replayed = null;
      else return;
    }
    while (this.#waiting.length > 0 && this.#write(this.#waiting[0]!)) this.#shift();
  }

  /** Writes an order as far as there is room; whether all of it went. */
  #write(order: WaitingOrder): boolean {
    const member = this.#member;
    if (member === null || this.unanswered >= MAX_UNANSWERED) return false;
    const { orders } = member.source;
    const { words, kind, serial } = order;
    const count = words.length - ORDER_HEADER_WORDS;
    const isWhole = count - order.sent <= orders.maxPayload;
    const part = isWhole ? count - order.sent : orders.maxPayload;
    // A refusal in its place has one word.
    const size = ORDER_HEADER_WORDS + Math.max(1, part);
    let begin = orders.reserve(size);
    if (begin < 0) {
      member.source.wantRoom();
      begin = orders.reserve(size);
      if (begin < 0) return false;
    }
    const code = order.isNoted ? null : this.#note(order, count);
    if (code !== null) {
      this.#commitRefusal(orders.data, begin, code, serial);
      return true;
    }
    if (!this.#sendFds(member, order)) {
      member.process.kill('took no descriptors');
      return false;
    }
    const from = ORDER_HEADER_WORDS + order.sent;
    orders.data.set(words.subarray(from, from + part), begin + ORDER_HEADER_WORDS);
    if (isWhole) {
      const context = words[0] === orderTable.submit.id ? words[ORDER_HEADER_WORDS]! : 0;
      this.#commit(orders.data, begin, words[0]!, part, kind, serial, context);
      return true;
    }
    this.#commit(orders.data, begin, orderTable.part.id, part, ANSWER.order, 0, 0);
    order.sent += part;
    return this.#write(order);
  }

  #note(order: WaitingOrder, count: number): GpuErrorCode | null {
    order.isNoted = true;
    if (order.ram !== null) this.#shadow.setRam(order.ram);
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
    this.#commit(data, begin, orderTable.refuse.id, 1, ANSWER.order, serial, 0);
  }

  #commit(
    data: Uint32Array,
    begin: number,
    id: number,
    count: number,
    kind: number,
    serial: number,
    context: number,
  ): void {
    const member = this.#member;
    assert(member !== null, 'a process to give orders to');
    data[begin] = id;
    data[begin + 1] = count;
    data[begin + 2] = wordOf(serial);
    member.source.orders.commit(ORDER_HEADER_WORDS + count);
    if (serial !== 0) {
      this.#unanswered[kind]!.push(serial);
      if (kind === ANSWER.order) this.#contexts.push(context);
      this.#listener.onBusy();
    }
    member.source.wake();
  }

  readonly #onAnswerWord = (first: number, word: number): void => {
    const kind = first & 0xff;
    const queue = this.#unanswered[kind];
    const answer = answerOfNumber(first >>> 8);
    if (queue === undefined || answer === undefined || queue.size === 0 || wordOf(queue.first) !== word) {
      this.#member?.process.kill('gave an answer that nobody asked for');
      return;
    }
    const serial = queue.shift();
    const context = kind === ANSWER.order ? this.#contexts.shift() : 0;
    if (serial === REPLAYED) {
      this.#listener.onReplayed();
      return;
    }
    if (answer === null) this.#shadow.carriedOut(serial);
    else this.#shadow.refused(serial);
    // The process has given it up, for more errors than it may make.
    if (answer === 'context' && context !== 0) this.#shadow.lose(context);
    this.#listener.onAnswer(serial, answer);
  };
}

/** The word of a serial in the rings: never 0, and never that of a replay's end but for that. */
function wordOf(serial: number): number {
  if (serial === 0 || serial === REPLAYED) return serial;
  return ((serial - 1) % (REPLAYED - 1)) + 1;
}
