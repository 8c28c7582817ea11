/**
 * The sync objects of a client: numbers of 64 bits that grow, and waits for some of them to be so far. They are memory of this
 * process alone; what the GPU has done reaches them by whoever writes them.
 */
import { refusal } from './payload.ts';

/** What tells the client that its wait is over: a descriptor that becomes readable. */
export interface SyncEvent {
  readonly fd: number;
  signal(): boolean;
  close(): void;
}

/** A sync object, and how far it must be. */
export interface SyncPoint {
  readonly object: SyncObject;
  readonly value: bigint;
}

interface SyncObject {
  value: bigint;
}

interface Wait {
  readonly event: SyncEvent;
  readonly isForAny: boolean;
  /** When the client does not wait any more, in milliseconds. */
  readonly endsAt: number;
  left: SyncPoint[];
}

const MAX_OBJECTS = 4096;
const MAX_WAITS = 256;

/** All of one client. */
export class SyncObjects implements Disposable {
  readonly #objects = new Map<number, SyncObject>();
  readonly #now: () => number;
  #waits: Wait[] = [];
  #lastId = 0;

  /** `now` is the time in milliseconds. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Throws WireError `limit`. */
  create(value: bigint): number {
    if (this.#objects.size >= MAX_OBJECTS) throw refusal('limit', `${MAX_OBJECTS} sync objects`);
    do this.#lastId = (this.#lastId + 1) >>> 0;
    while (this.#lastId === 0 || this.#objects.has(this.#lastId));
    this.#objects.set(this.#lastId, { value });
    return this.#lastId;
  }

  /** Waits and submissions that name it keep it alive. */
  destroy(id: number): void {
    this.#objects.delete(id);
  }

  /** Throws WireError `value`. */
  find(id: number): SyncObject {
    const object = this.#objects.get(id);
    if (object === undefined) throw refusal('value', `sync object ${id}`);
    return object;
  }

  /** Sets how far an object is; what waited for it hears of that. */
  write({ object, value }: SyncPoint): void {
    const isFurther = value > object.value;
    object.value = value;
    if (!isFurther || this.#waits.length === 0) return;
    this.#waits = this.#waits.filter((wait) => {
      const before = wait.left.length;
      wait.left = wait.left.filter((point) => point.object !== object || point.value > value);
      if (wait.left.length === before || (wait.left.length > 0 && !wait.isForAny)) return true;
      wait.event.signal();
      wait.event.close();
      return false;
    });
  }

  /** Whether somebody waits for one of these. */
  isAwaited(points: readonly SyncPoint[]): boolean {
    return this.#waits.some(({ left }) => left.some(({ object }) => points.some((point) => point.object === object)));
  }

  /** Whether all of these are so far, or any. */
  hasReached(points: readonly SyncPoint[], isForAny: boolean): boolean {
    const isReached = ({ object, value }: SyncPoint): boolean => object.value >= value;
    return points.length === 0 || (isForAny ? points.some(isReached) : points.every(isReached));
  }

  /** Signals the event when these are so far, or never; closes it then, and at the end. Throws WireError `limit`. */
  wait(event: SyncEvent, points: readonly SyncPoint[], isForAny: boolean, timeoutMs: number): void {
    const isOver = this.hasReached(points, isForAny);
    if (isOver) event.signal();
    if (isOver || timeoutMs === 0) {
      event.close();
      return;
    }
    if (this.#waits.length >= MAX_WAITS) this.#forgetOver();
    if (this.#waits.length >= MAX_WAITS) {
      event.close();
      throw refusal('limit', `${MAX_WAITS} waits`);
    }
    const left = points.filter(({ object, value }) => object.value < value);
    // Times of more than 31 bits mean for ever.
    const endsAt = timeoutMs > MAX_TIMEOUT ? Infinity : this.#now() + timeoutMs;
    this.#waits.push({ event, isForAny, endsAt, left });
  }

  /** Ends all waits. Twice is once. */
  close(): void {
    for (const { event } of this.#waits) event.close();
    this.#waits = [];
    this.#objects.clear();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #forgetOver(): void {
    const now = this.#now();
    this.#waits = this.#waits.filter(({ event, endsAt }) => {
      if (endsAt >= now) return true;
      event.close();
      return false;
    });
  }
}

const MAX_TIMEOUT = 2 ** 31 - 1;
