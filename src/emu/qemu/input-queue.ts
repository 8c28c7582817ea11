/**
 * What people do, on its way to QEMU: in order, a bounded number of calls under way, a bounded number waiting. Motion
 * that waits is merged with motion that follows; when the queue is full, new presses and motion are dropped, but a
 * release of what was pressed always finds room, so that nothing stays down.
 */

/** Something to be told to QEMU. */
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
  /** Tells QEMU; settles when QEMU has taken it. A rejection counts as taken. */
  readonly deliver: (event: InputEvent) => Promise<void>;
  readonly onRefused: (event: InputEvent, error: unknown) => void;
  readonly maxUnderWay?: number;
  readonly maxWaiting?: number;
}

const TOUCH_MOVE = 1;

export class InputQueue {
  readonly #options: InputQueueOptions;
  readonly #maxUnderWay: number;
  readonly #maxWaiting: number;
  readonly #pressed = new Set<string>();
  #waiting: InputEvent[] = [];
  #underWay = 0;

  constructor(options: InputQueueOptions) {
    this.#options = options;
    this.#maxUnderWay = options.maxUnderWay ?? 8;
    this.#maxWaiting = options.maxWaiting ?? 256;
  }

  /** Takes an event; whether it was dropped shows nowhere. */
  push(event: InputEvent): void {
    const isDirect = this.#underWay < this.#maxUnderWay && this.#waiting.length === 0;
    const last = this.#waiting.at(-1);
    const merged = last === undefined ? null : merge(last, event);
    const hasRoom = isDirect || merged !== null || this.#waiting.length < this.#maxWaiting;
    if (!this.#account(event, hasRoom)) return;
    if (isDirect) this.#deliver(event);
    else if (merged !== null) this.#waiting[this.#waiting.length - 1] = merged;
    else this.#waiting.push(event);
  }

  /** Forgets what waits, and what is down. */
  clear(): void {
    this.#waiting = [];
    this.#pressed.clear();
  }

  #deliver(event: InputEvent): void {
    this.#underWay++;
    const done = (): void => {
      this.#underWay--;
      const next = this.#waiting.shift();
      if (next !== undefined) this.#deliver(next);
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
