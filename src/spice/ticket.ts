/**
 * Who may come in. A ticket is the password a viewer shows on every channel (spice-protocol: SpiceLinkEncryptedTicket, at
 * most 60 bytes of text). Passwords are compared by a keyed digest in constant time; wrong tries of one address make its
 * next ones wait, longer each time, in a table of bounded size. A one-time ticket opens one session, whose further channels
 * show the same ticket again.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { UsageError } from '../base/errors.ts';
import type { Clock } from './clock.ts';
import { systemClock } from './clock.ts';
import { spiceLink } from './wire/link.gen.ts';

/** What an accepted ticket allows. */
export interface TicketGrant {
  readonly isViewOnly: boolean;
  /** Digest of the ticket shown; the session's other channels must show the same one. `null`: anything goes. */
  readonly digest: Buffer | null;
}

/** How wrong tries are slowed down. Times in milliseconds. */
export interface TicketLimits {
  /** Wait after the first wrong try; doubles with each further one. */
  readonly firstDelayMs: number;
  readonly maxDelayMs: number;
  /** Tries of one address that may wait; more are refused unread. */
  readonly maxWaiting: number;
  /** Addresses remembered. */
  readonly maxAddresses: number;
  /** One-time tickets outstanding; the one that expires first gives way. */
  readonly maxOneTime: number;
}

const TICKET_LIMITS: TicketLimits = {
  firstDelayMs: 500,
  maxDelayMs: 8_000,
  maxWaiting: 8,
  maxAddresses: 4096,
  maxOneTime: 1024,
};

interface Suspect {
  failures: number;
  /** When the next try may be looked at. */
  nextAt: number;
  waiting: number;
}

/** The passwords and one-time tickets of one guest. */
export class Tickets {
  readonly #key = randomBytes(32);
  readonly #password: Buffer | null;
  readonly #viewOnlyPassword: Buffer | null;
  readonly #clock: Clock;
  readonly #limits: TicketLimits;
  readonly #oneTime = new Map<string, { readonly expiresAt: number; readonly isViewOnly: boolean }>();
  readonly #suspects = new Map<string, Suspect>();

  /**
   * `password: null` lets everybody in; `viewOnlyPassword` lets its owner look on. Throws UsageError when a password is
   * empty, holds a NUL or is longer than 60 bytes, or when both are equal.
   */
  constructor(options: {
    readonly password: string | null;
    readonly viewOnlyPassword?: string | null;
    readonly clock?: Clock;
    readonly limits?: Partial<TicketLimits>;
  }) {
    const viewOnly = options.viewOnlyPassword ?? null;
    if (options.password !== null) checkPassword(options.password, 'password');
    if (viewOnly !== null) {
      checkPassword(viewOnly, 'view-only password');
      if (viewOnly === options.password) throw new UsageError('The view-only password must differ from the password.');
    }
    this.#password = options.password === null ? null : this.#digest(options.password);
    this.#viewOnlyPassword = viewOnly === null ? null : this.#digest(viewOnly);
    this.#clock = options.clock ?? systemClock;
    this.#limits = { ...TICKET_LIMITS, ...options.limits };
  }

  /** Whether a ticket must be right. */
  get isNeeded(): boolean {
    return this.#password !== null;
  }

  /** Makes a ticket for one session, to be used within `ttlMs`: 24 characters of the URL-safe base64 alphabet. */
  issue(options: { readonly ttlMs: number; readonly viewOnly: boolean }): string {
    this.#purge();
    if (this.#oneTime.size >= this.#limits.maxOneTime) {
      let first: string | undefined;
      let firstAt = Infinity;
      for (const [digest, { expiresAt }] of this.#oneTime) {
        if (expiresAt < firstAt) [first, firstAt] = [digest, expiresAt];
      }
      if (first !== undefined) this.#oneTime.delete(first);
    }
    const ticket = randomBytes(18).toString('base64url');
    this.#oneTime.set(this.#digest(ticket).toString('base64'), {
      expiresAt: this.#clock.now() + options.ttlMs,
      isViewOnly: options.viewOnly,
    });
    return ticket;
  }

  /**
   * Looks at the ticket of a new session, when it is the address's turn. `null` refuses. `signal` gives the waiting up
   * (the connection is gone).
   */
  async redeem(password: string, address: string, signal?: AbortSignal): Promise<TicketGrant | null> {
    if (!(await this.#turn(address, signal))) return null;
    const digest = this.#digest(password);
    const grant = this.#look(digest);
    this.#note(address, grant !== null);
    return grant;
  }

  /** Looks at the ticket of a further channel, which must be the one that opened the session. */
  async confirm(grant: TicketGrant, password: string, address: string, signal?: AbortSignal): Promise<boolean> {
    if (grant.digest === null) return true;
    const isRight = timingSafeEqual(this.#digest(password), grant.digest);
    // A right ticket of a running session never waits: the session's owner shall not suffer from a neighbour's guesses.
    if (isRight) return true;
    await this.#turn(address, signal);
    this.#note(address, false);
    return false;
  }

  #look(digest: Buffer): TicketGrant | null {
    this.#purge();
    const name = digest.toString('base64');
    const oneTime = this.#oneTime.get(name);
    if (oneTime !== undefined) {
      this.#oneTime.delete(name);
      return { isViewOnly: oneTime.isViewOnly, digest };
    }
    // Both comparisons always run, so that time tells nothing about which password was nearly right.
    const isViewOnly = this.#viewOnlyPassword !== null && timingSafeEqual(digest, this.#viewOnlyPassword);
    const isFull = this.#password !== null && timingSafeEqual(digest, this.#password);
    if (isViewOnly) return { isViewOnly: true, digest };
    if (isFull) return { isViewOnly: false, digest };
    return this.#password === null ? { isViewOnly: false, digest: null } : null;
  }

  #purge(): void {
    const now = this.#clock.now();
    for (const [digest, { expiresAt }] of this.#oneTime) {
      if (expiresAt <= now) this.#oneTime.delete(digest);
    }
  }

  async #turn(address: string, signal: AbortSignal | undefined): Promise<boolean> {
    const suspect = this.#suspects.get(addressGroup(address));
    if (suspect === undefined) return true;
    const now = this.#clock.now();
    const wait = suspect.nextAt - now;
    if (wait <= 0) return true;
    if (suspect.waiting >= this.#limits.maxWaiting) return false;
    // The place in the queue is taken now, so that parallel tries come one after the other.
    suspect.nextAt += this.#delay(suspect.failures);
    suspect.waiting += 1;
    try {
      return await new Promise<boolean>((resolve) => {
        const onAbort = (): void => {
          timer[Symbol.dispose]();
          resolve(false);
        };
        const timer = this.#clock.after(wait, () => {
          signal?.removeEventListener('abort', onAbort);
          resolve(true);
        });
        signal?.addEventListener('abort', onAbort, { once: true });
        if (signal?.aborted === true) onAbort();
      });
    } finally {
      suspect.waiting -= 1;
    }
  }

  #note(address: string, isRight: boolean): void {
    const group = addressGroup(address);
    const now = this.#clock.now();
    const known = this.#suspects.get(group);
    if (isRight) {
      // Others of the address that still wait keep their record: one right ticket does not clear the guesses around it.
      if (known !== undefined && known.waiting === 0) this.#suspects.delete(group);
      return;
    }
    const suspect = known ?? { failures: 0, nextAt: now, waiting: 0 };
    suspect.failures += 1;
    suspect.nextAt = Math.max(suspect.nextAt, now + this.#delay(suspect.failures));
    // Deleting first moves it to the end: the front of the map is whoever has been quiet for longest.
    this.#suspects.delete(group);
    this.#suspects.set(group, suspect);
    for (const quiet of this.#suspects.keys()) {
      if (this.#suspects.size <= this.#limits.maxAddresses) break;
      this.#suspects.delete(quiet);
    }
  }

  #delay(failures: number): number {
    return Math.min(this.#limits.maxDelayMs, this.#limits.firstDelayMs * 2 ** Math.max(0, failures - 1));
  }

  #digest(password: string): Buffer {
    return createHmac('sha256', this.#key).update(password, 'utf8').digest();
  }
}

/** Addresses that one person easily has many of count as one: an IPv6 network of 64 bits. */
function addressGroup(address: string): string {
  if (!address.includes(':')) return address;
  if (address.toLowerCase().startsWith('::ffff:')) return address.slice(7);
  const [head = '', tail] = address.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - left.length - right.length);
  return [...left, ...Array.from({ length: zeros }, () => '0'), ...right].slice(0, 4).join(':');
}

function checkPassword(password: string, name: string): void {
  if (password === '') throw new UsageError(`The ${name} is empty.`);
  if (password.includes('\0')) throw new UsageError(`The ${name} holds a NUL character.`);
  const bytes = Buffer.byteLength(password, 'utf8');
  if (bytes > spiceLink.maxPasswordBytes) {
    throw new UsageError(`The ${name} has ${bytes} bytes; SPICE takes at most ${spiceLink.maxPasswordBytes}.`);
  }
}
