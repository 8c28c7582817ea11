/**
 * Connections that have not shown a ticket yet. They are cheap to open, so they are bounded in number and in time: when a
 * bound is reached the oldest one is dropped, first of the same address, so that nobody who connects properly is kept out.
 */
import type { Clock } from './clock.ts';
import type { SpiceLimits } from './limits.ts';

/** One waiting connection. */
export interface HalfOpenEntry {
  /** Waiting is over: the ticket was accepted, or the connection is gone. May be called more than once. */
  leave(): void;
  /** It is our turn to work: no time limit from here on, the place is still counted. */
  stopTimer(): void;
}

interface Entry {
  readonly address: string;
  readonly drop: (reason: string) => void;
  timer: Disposable | null;
}

/** The waiting connections of one server. */
export class HalfOpen {
  readonly #limits: Pick<SpiceLimits, 'handshakeMs' | 'maxHalfOpen' | 'maxHalfOpenPerAddress'>;
  readonly #clock: Clock;
  /** Sets keep the order of arrival: the first one is the oldest. */
  readonly #all = new Set<Entry>();
  readonly #byAddress = new Map<string, Set<Entry>>();

  constructor(limits: Pick<SpiceLimits, 'handshakeMs' | 'maxHalfOpen' | 'maxHalfOpenPerAddress'>, clock: Clock) {
    this.#limits = limits;
    this.#clock = clock;
  }

  /** How many wait now. */
  get size(): number {
    return this.#all.size;
  }

  /** Counts a new connection in; `drop` is called at most once, when it must go. It may drop others before it returns. */
  enter(address: string, drop: (reason: string) => void): HalfOpenEntry {
    const mine = this.#byAddress.get(address);
    if (mine !== undefined && mine.size >= this.#limits.maxHalfOpenPerAddress) {
      this.#dropOldest(mine, 'too many connections without a ticket from this address');
    }
    if (this.#all.size >= this.#limits.maxHalfOpen) {
      this.#dropOldest(this.#all, 'too many connections without a ticket');
    }
    const entry: Entry = { address, drop, timer: null };
    entry.timer = this.#clock.after(this.#limits.handshakeMs, () => this.#drop(entry, 'no ticket in time'));
    this.#all.add(entry);
    const place = this.#byAddress.get(address);
    if (place === undefined) this.#byAddress.set(address, new Set([entry]));
    else place.add(entry);
    return {
      leave: () => this.#remove(entry),
      stopTimer: () => {
        entry.timer?.[Symbol.dispose]();
        entry.timer = null;
      },
    };
  }

  /** Drops them all. */
  close(): void {
    for (const entry of this.#all) this.#drop(entry, 'the server closes');
  }

  #dropOldest(entries: ReadonlySet<Entry>, reason: string): void {
    for (const oldest of entries) {
      this.#drop(oldest, reason);
      return;
    }
  }

  #drop(entry: Entry, reason: string): void {
    if (this.#remove(entry)) entry.drop(reason);
  }

  #remove(entry: Entry): boolean {
    if (!this.#all.delete(entry)) return false;
    entry.timer?.[Symbol.dispose]();
    entry.timer = null;
    const place = this.#byAddress.get(entry.address);
    place?.delete(entry);
    if (place?.size === 0) this.#byAddress.delete(entry.address);
    return true;
  }
}
