/**
 * Between a hart's thread, which never waits for messages, and the thread that compiles for it. The hart sends requests, and
 * looks at a shared counter for what has come back.
 */
import { receiveMessageOnPort, type MessagePort } from 'node:worker_threads';
import { KnownPages } from './known-pages.ts';
import type { CompiledRegion, RegionRequest } from './region-compiler.ts';

/** More are not asked for at once: what is hot by then is asked for again. */
const MAX_PENDING = 256;

/** A page that a hart runs code of, without having translations of it. */
export interface MetPage {
  /** Where it lies in the machine's memory. */
  readonly place: number;
  readonly mode: number;
  /** See fingerprint.ts. */
  readonly fingerprint: number;
}

/** One end of the channel, in the form that another thread is given it. */
export interface RegionPort {
  readonly port: MessagePort;
  /** See `allocateWaiting`. */
  readonly waiting: SharedArrayBuffer;
  /** See KnownPages. */
  readonly known: SharedArrayBuffer;
}

/** Int32: answers that the hart has not taken. */
export const ANSWERS = 0;
/** Int32: pages that the hart has met, and the thread that compiles has not looked at. */
export const PAGES_MET = 1;

/** Memory for the two. */
export function allocateWaiting(): SharedArrayBuffer {
  return new SharedArrayBuffer(8);
}

/** The answer to a request. */
export interface RegionAnswer {
  readonly request: RegionRequest;
  /** Null when nothing can be translated there. */
  readonly region: CompiledRegion | null;
}

/** Whom a hart asks for regions without waiting for them. */
export interface RegionSource {
  /** Asks for a region; ignored when it is asked for already, or too many are. */
  request(request: RegionRequest): void;
  /** Asks for the regions that a page had in earlier runs; ignored when nothing is known of it, or too many are waiting. */
  recall(page: MetPage): void;
  /** The next answer that is there, null when none is. */
  take(): RegionAnswer | null;
}

/** The hart's end. */
export class RegionChannel implements RegionSource {
  readonly #port: MessagePort;
  readonly #waiting: Int32Array;
  readonly #known: KnownPages;
  readonly #pending = new Set<string>();

  constructor({ port, waiting, known }: RegionPort) {
    this.#port = port;
    this.#known = new KnownPages(known);
    this.#waiting = new Int32Array(waiting);
  }

  request(request: RegionRequest): void {
    const key = keyOf(request);
    if (this.#pending.size >= MAX_PENDING || this.#pending.has(key)) return;
    this.#pending.add(key);
    this.#port.postMessage(request);
  }

  recall(page: MetPage): void {
    if (!this.#known.mayHave(page.fingerprint)) return;
    // A guest can change its pages faster than they are looked at.
    if (Atomics.load(this.#waiting, PAGES_MET) >= MAX_PENDING) return;
    Atomics.add(this.#waiting, PAGES_MET, 1);
    this.#port.postMessage(page);
  }

  take(): RegionAnswer | null {
    if (Atomics.load(this.#waiting, ANSWERS) === 0) return null;
    const answer = (receiveMessageOnPort(this.#port) as { readonly message: RegionAnswer } | undefined)?.message;
    if (answer === undefined) return null;
    Atomics.sub(this.#waiting, ANSWERS, 1);
    this.#pending.delete(keyOf(answer.request));
    return answer;
  }
}

function keyOf({ place, mode }: RegionRequest): string {
  return `${place} ${mode}`;
}
