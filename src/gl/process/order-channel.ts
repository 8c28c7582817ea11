/**
 * What a guest's GPU process and the thread above it share: a ring of orders, a ring of answers, and words by which each side
 * tells the other whether it sleeps and gets anywhere. Doorbells (eventfd) are rung only for a side that sleeps.
 *
 *     page 0   counters, a cache line for each side's
 *     then     answers, two words each
 *     then     orders
 */
import { EventFd } from '../../base/native/eventfd.ts';
import { SharedMemory } from '../../base/native/shared-memory.ts';
import { OrderReader, OrderWriter } from './order-ring.ts';

const PAGE_BYTES = 4096;
const ORDER_BYTES = 8 << 20;

/** Orders that wait for their answers at most: an answer always finds room. */
export const MAX_UNANSWERED = 1 << 16;

const ANSWER_BYTES = MAX_UNANSWERED * 8;

const ORDER_TAIL = 0;
const ANSWER_HEAD = 1;
const PARENT_SLEEPS = 2;
const ROOM_WANTED = 3;
const ORDER_HEAD = 16;
const ANSWER_TAIL = 17;
const CHILD_SLEEPS = 18;
const PROGRESS = 19;
const WORK = 20;
const CONTEXT = 21;

/** What the process is at: nothing, an order, waiting for the GPU, or making a guest wait that was too fast. */
export const WORK_STATE = { idle: 0, order: 1, gpu: 2, rest: 3 } as const;

/** The descriptors a GPU process starts with, in this order from 3 on. */
export const CHANNEL_FDS = { control: 3, memory: 4, orders: 5, answers: 6 } as const;

class ChannelMemory {
  readonly memory: SharedMemory;
  readonly words: Int32Array;
  readonly answers: Uint32Array;
  readonly orders: Uint32Array;

  constructor(memory: SharedMemory) {
    const { buffer } = memory.bytes;
    this.memory = memory;
    this.words = new Int32Array(buffer, 0, PAGE_BYTES / 4);
    this.answers = new Uint32Array(buffer, PAGE_BYTES, ANSWER_BYTES / 4);
    this.orders = new Uint32Array(buffer, PAGE_BYTES + ANSWER_BYTES, ORDER_BYTES / 4);
  }
}

const SIZE_BYTES = PAGE_BYTES + ANSWER_BYTES + ORDER_BYTES;
const counters = (words: Int32Array): { words: Int32Array; tail: number; head: number } => ({
  words,
  tail: ORDER_TAIL,
  head: ORDER_HEAD,
});

/** The end of the thread that gives orders. */
export class OrderSource implements Disposable {
  readonly orders: OrderWriter;
  readonly orderBell: EventFd;
  readonly answerBell: EventFd;
  readonly #memory: ChannelMemory;
  #answerHead = 0;
  #isOpen = true;

  /** New memory and bells. Throws HostError. */
  constructor() {
    this.#memory = new ChannelMemory(SharedMemory.create('saffron-gpu-orders', SIZE_BYTES));
    this.orderBell = EventFd.create();
    this.answerBell = EventFd.create();
    this.orders = new OrderWriter(counters(this.#memory.words), this.#memory.orders);
    // Both sleep until something is there.
    this.#memory.words[PARENT_SLEEPS] = 1;
  }

  /** The memory's descriptor. */
  get memoryFd(): number {
    return this.#memory.memory.fd;
  }

  /** Changes whenever the process gets somewhere. */
  get progress(): number {
    return Atomics.load(this.#memory.words, PROGRESS);
  }

  /** One of `WORK_STATE`, if the process tells the truth. */
  get workState(): number {
    return Atomics.load(this.#memory.words, WORK);
  }

  /** The number of the context whose order the process is at. */
  get workContext(): number {
    return Atomics.load(this.#memory.words, CONTEXT) >>> 0;
  }

  /** Wakes the process if it sleeps; to be called after orders were committed. */
  wake(): void {
    if (Atomics.exchange(this.#memory.words, CHILD_SLEEPS, 0) === 1) this.orderBell.signal();
  }

  /** Has the bell of answers rung when an order is done: there was no room for another. Look once more after this. */
  wantRoom(): void {
    Atomics.store(this.#memory.words, ROOM_WANTED, 1);
  }

  /** Calls back for every answer that has come, at most `most`: first word and serial. */
  takeAnswers(most: number, each: (first: number, serial: number) => void): void {
    const { words, answers } = this.#memory;
    const mask = answers.length - 1;
    for (let n = 0; n < most && this.#isOpen; n++) {
      if (this.#answerHead === Atomics.load(words, ANSWER_TAIL) >>> 0) {
        Atomics.store(words, PARENT_SLEEPS, 1);
        // One that came since would ring no bell.
        if (this.#answerHead === Atomics.load(words, ANSWER_TAIL) >>> 0) return;
        Atomics.store(words, PARENT_SLEEPS, 0);
      }
      const at = (this.#answerHead & mask) >>> 0;
      const first = answers[at]!;
      const serial = answers[at + 1]!;
      this.#answerHead = (this.#answerHead + 2) >>> 0;
      Atomics.store(words, ANSWER_HEAD, this.#answerHead | 0);
      each(first, serial);
    }
    // More may be there: come back for it.
    if (this.#isOpen) this.answerBell.signal();
  }

  /** Unmaps the memory and closes the bells. Twice is once. */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#memory.memory.close();
    this.orderBell.close();
    this.answerBell.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

/** The end of the process that carries orders out. */
export class OrderSink {
  readonly orders: OrderReader;
  readonly bell: EventFd;
  readonly #answerBell: EventFd;
  readonly #memory: ChannelMemory;
  #answerTail = 0;
  #isTold = true;

  /** Takes up what the process was started with. */
  constructor() {
    this.#memory = new ChannelMemory(SharedMemory.map(CHANNEL_FDS.memory, 0, SIZE_BYTES));
    this.bell = new EventFd(CHANNEL_FDS.orders);
    this.#answerBell = new EventFd(CHANNEL_FDS.answers);
    this.orders = new OrderReader(counters(this.#memory.words), this.#memory.orders);
  }

  /** Work goes on. */
  readonly step = (): void => {
    const { words } = this.#memory;
    words[PROGRESS] = (words[PROGRESS]! + 1) | 0;
  };

  /** Says what the process is at from now on, and for which context. */
  setWork(state: number, context: number): void {
    const { words } = this.#memory;
    words[CONTEXT] = context | 0;
    Atomics.store(words, WORK, state);
  }

  /** Gives an answer; `tellAnswers` sends it off. */
  answer(kind: number, code: number, serial: number): void {
    const { words, answers } = this.#memory;
    const at = (this.#answerTail & (answers.length - 1)) >>> 0;
    answers[at] = kind | (code << 8);
    answers[at + 1] = serial;
    this.#answerTail = (this.#answerTail + 2) >>> 0;
    Atomics.store(words, ANSWER_TAIL, this.#answerTail | 0);
    this.#isTold = false;
  }

  /** Wakes the thread above if it sleeps and there is something new, or waits for room. */
  tellAnswers(): void {
    const { words } = this.#memory;
    const isRoomWanted = Atomics.load(words, ROOM_WANTED) === 1;
    if (this.#isTold && !isRoomWanted) return;
    this.#isTold = true;
    if (isRoomWanted) Atomics.store(words, ROOM_WANTED, 0);
    if (Atomics.exchange(words, PARENT_SLEEPS, 0) === 1 || isRoomWanted) this.#answerBell.signal();
  }

  /** Goes to sleep unless an order has come; whether it did. The bell rings for the next. */
  sleep(): boolean {
    const { words } = this.#memory;
    Atomics.store(words, CHILD_SLEEPS, 1);
    if (!this.orders.hasNext) return true;
    Atomics.store(words, CHILD_SLEEPS, 0);
    return false;
  }
}
