/**
 * What people do, on its way to a machine: in order, a bounded number of calls under way, a bounded number waiting. Motion
 * that waits is merged with motion that follows; when the queue is full, new presses and motion are dropped, but a
 * release of what was pressed always finds room, so that nothing stays down.
 *
 * Machines take everything at once, but devices and drivers hold little (QEMU's virtio-input and Linux's evdev 64 values,
 * PS/2 16 bytes) and drop the rest, so what comes faster than people type is spread: a burst goes through, then one event each few milliseconds. Motion
 * goes at a mouse's rate, and at once when something else follows it.
 */

/** Something to be told to a machine. */
export type InputEvent =
  | { readonly kind: 'key'; readonly code: number; readonly isDown: boolean }
  | { readonly kind: 'button'; readonly head: number; readonly button: number; readonly isDown: boolean }
  | { readonly kind: 'position'; readonly head: number; readonly x: number; readonly y: number }
  | { readonly kind: 'motion'; readonly dx: number; readonly dy: number }
  | {
      readonly kind: 'touch';
      readonly head: number;
      readonly phase: number;
      readonly slot: number;
      readonly x: number;
      readonly y: number;
    };

export interface InputQueueOptions {
  /** Tells the machine; settles when it has taken it. A rejection counts as taken. */
  readonly deliver: (event: InputEvent) => Promise<void>;
  readonly onRefused: (event: InputEvent, error: unknown) => void;
  readonly maxUnderWay?: number;
  readonly maxWaiting?: number;
}

const BURST = 12;
const PRESS_MS = 3;
const MOTION_MS = 4;

const TOUCH_MOVE = 1;

export class InputQueue {
  readonly #options: InputQueueOptions;
  readonly #maxUnderWay: number;
  readonly #maxWaiting: number;
  readonly #pressed = new Set<string>();
  #waiting: InputEvent[] = [];
  #underWay = 0;
  #timer: NodeJS.Timeout | null = null;
  /** Presses and releases that may go at once, as of `#refilledMs`. */
  #burst = BURST;
  #refilledMs = -Infinity;
  #movedMs = -Infinity;

  constructor(options: InputQueueOptions) {
    this.#options = options;
    this.#maxUnderWay = options.maxUnderWay ?? 8;
    this.#maxWaiting = options.maxWaiting ?? 512;
  }

  /** Takes an event; whether it was dropped shows nowhere. */
  push(event: InputEvent): void {
    const last = this.#waiting.at(-1);
    const merged = last === undefined ? null : merge(last, event);
    if (!this.#account(event, merged !== null || this.#waiting.length < this.#maxWaiting)) return;
    if (merged === null) this.#waiting.push(event);
    else this.#waiting[this.#waiting.length - 1] = merged;
    this.#advance();
  }

  /** Forgets what waits, and what is down. */
  clear(): void {
    this.#waiting = [];
    this.#pressed.clear();
    this.#sleep(null);
  }

  /** Delivers what may go now, and sees to it that the rest goes when it may. */
  #advance(): void {
    while (this.#underWay < this.#maxUnderWay) {
      const [event] = this.#waiting;
      if (event === undefined) return;
      const waitMs = this.#waitMs(event);
      this.#sleep(waitMs > 0 ? waitMs : null);
      if (waitMs > 0) return;
      this.#waiting.shift();
      this.#deliver(event);
    }
  }

  /** Milliseconds until the event at the head of the queue may go; 0 takes its share of what may go. */
  #waitMs(event: InputEvent): number {
    const now = performance.now();
    if (isMotion(event)) {
      const waitMs = this.#waiting.length > 1 ? 0 : this.#movedMs + MOTION_MS - now;
      if (waitMs <= 0) this.#movedMs = now;
      return waitMs;
    }
    this.#burst = Math.min(BURST, this.#burst + (now - this.#refilledMs) / PRESS_MS);
    this.#refilledMs = now;
    if (this.#burst < 1) return (1 - this.#burst) * PRESS_MS;
    this.#burst--;
    return 0;
  }

  #sleep(ms: number | null): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = ms === null ? null : setTimeout(() => this.#advance(), Math.ceil(ms));
  }

  #deliver(event: InputEvent): void {
    this.#underWay++;
    const done = (): void => {
      this.#underWay--;
      this.#advance();
    };
    this.#options.deliver(event).then(done, (error: unknown) => {
      this.#options.onRefused(event, error);
      done();
    });
  }

  /**
   * Whether the event is taken. A release is exactly when its press was, which bounds the releases that wait; anything
   * else is when there is room.
   */
  #account(event: InputEvent, hasRoom: boolean): boolean {
    const name = pressName(event);
    if (name !== null && isRelease(event)) return this.#pressed.delete(name);
    if (hasRoom && name !== null) this.#pressed.add(name);
    return hasRoom;
  }
}

function pressName(event: InputEvent): string | null {
  if (event.kind === 'key') return `key ${event.code}`;
  if (event.kind === 'button') return `button ${event.button}`;
  return event.kind === 'touch' && event.phase !== TOUCH_MOVE ? `touch ${event.slot}` : null;
}

function isMotion(event: InputEvent): boolean {
  return event.kind === 'position' || event.kind === 'motion' || (event.kind === 'touch' && event.phase === TOUCH_MOVE);
}

function isRelease(event: InputEvent): boolean {
  if (event.kind === 'key' || event.kind === 'button') return !event.isDown;
  return event.kind === 'touch' && event.phase > TOUCH_MOVE;
}

/** One event for two, where the first is of no interest once the second is there. */
function merge(first: InputEvent, second: InputEvent): InputEvent | null {
  if (first.kind === 'position' && second.kind === 'position' && first.head === second.head) return second;
  if (first.kind === 'motion' && second.kind === 'motion') {
    return { kind: 'motion', dx: clampInt(first.dx + second.dx), dy: clampInt(first.dy + second.dy) };
  }
  const areMoves =
    first.kind === 'touch' && second.kind === 'touch' && first.phase === TOUCH_MOVE && second.phase === TOUCH_MOVE;
  return areMoves && first.slot === second.slot && first.head === second.head ? second : null;
}

function clampInt(value: number): number {
  return Math.max(-32768, Math.min(32767, value));
}
