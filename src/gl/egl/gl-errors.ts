/**
 * What OpenGL says went wrong. Asking costs a call and, on some drivers, waits for another thread: so nobody asks after
 * each call. A renderer drains the errors at the borders between its commands; while someone debugs, the driver's own
 * messages (KHR_debug) are collected as well, and name the call.
 */
import koffi from 'koffi';
import * as GL from './gl-constants.ts';
import type { GlApi } from './gl-loader.ts';

// A lost context may report the loss for ever.
const MAX_DRAINED = 32;
const MAX_MESSAGES = 64;
const MAX_MESSAGE_LENGTH = 1024;

/** Takes all errors that wait in the current context; returns the first, or `NO_ERROR`. */
export function drainErrors(gl: Pick<GlApi, 'getError'>): number {
  const first = gl.getError();
  let last = first;
  for (let i = 1; last !== GL.NO_ERROR && last !== GL.CONTEXT_LOST && i < MAX_DRAINED; i++) last = gl.getError();
  return first;
}

/** The name of an OpenGL error, for messages. */
export function glErrorName(code: number): string {
  return ERROR_NAMES.get(code) ?? `OpenGL error 0x${code.toString(16)}`;
}

const ERROR_NAMES: ReadonlyMap<number, string> = new Map([
  [GL.NO_ERROR, 'GL_NO_ERROR'],
  [GL.INVALID_ENUM, 'GL_INVALID_ENUM'],
  [GL.INVALID_VALUE, 'GL_INVALID_VALUE'],
  [GL.INVALID_OPERATION, 'GL_INVALID_OPERATION'],
  [GL.STACK_OVERFLOW, 'GL_STACK_OVERFLOW'],
  [GL.STACK_UNDERFLOW, 'GL_STACK_UNDERFLOW'],
  [GL.OUT_OF_MEMORY, 'GL_OUT_OF_MEMORY'],
  [GL.INVALID_FRAMEBUFFER_OPERATION, 'GL_INVALID_FRAMEBUFFER_OPERATION'],
  [GL.CONTEXT_LOST, 'GL_CONTEXT_LOST'],
]);

/** How bad the driver finds it. */
type GlSeverity = 'high' | 'medium' | 'low' | 'notification';

/** A message of the driver. */
export interface GlMessage {
  readonly severity: GlSeverity;
  readonly isError: boolean;
  readonly text: string;
}

const prototype = koffi.proto('void', [
  'uint32_t',
  'uint32_t',
  'uint32_t',
  'uint32_t',
  'int32_t',
  'uintptr_t',
  'uintptr_t',
]);
const callbackType = koffi.pointer(prototype);

/**
 * Collects the driver's messages about the current context while it is open. The driver calls in the middle of an OpenGL
 * call, where nothing may be thrown or drawn: messages wait, at most 64 of them, until they are taken.
 */
export class GlMessages implements Disposable {
  readonly #gl: GlApi;
  readonly #callback: bigint;
  #waiting: GlMessage[] = [];
  #dropped = 0;
  #isOpen = true;

  /** Whether the device can tell; without, do not make one. */
  static isOffered(gl: GlApi): boolean {
    return gl.available.has('debugMessageCallback');
  }

  /** Listens to the context that is current now. */
  constructor(gl: GlApi) {
    this.#gl = gl;
    this.#callback = koffi.register(this.#onMessage, callbackType);
    // Asynchronous messages could come from a thread of the driver's, in which no JavaScript runs.
    gl.enable(GL.DEBUG_OUTPUT);
    gl.enable(GL.DEBUG_OUTPUT_SYNCHRONOUS);
    gl.debugMessageCallback(this.#callback, null);
  }

  /** How many were lost because nobody took them. */
  get dropped(): number {
    return this.#dropped;
  }

  /** The messages since the last time. */
  take(): readonly GlMessage[] {
    const messages = this.#waiting;
    if (messages.length > 0) this.#waiting = [];
    return messages;
  }

  /** Ends listening; the context it listens to must be current. Twice is once. */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#gl.debugMessageCallback(null, null);
    this.#gl.disable(GL.DEBUG_OUTPUT);
    koffi.unregister(this.#callback);
  }

  [Symbol.dispose](): void {
    this.close();
  }

  readonly #onMessage = (
    _source: number,
    type: number,
    _id: number,
    severity: number,
    length: number,
    text: number,
  ): void => {
    if (this.#waiting.length >= MAX_MESSAGES) {
      this.#dropped++;
      return;
    }
    const size = Math.min(length < 0 ? MAX_MESSAGE_LENGTH : length, MAX_MESSAGE_LENGTH);
    this.#waiting.push({
      severity: SEVERITIES.get(severity) ?? 'notification',
      isError: type === GL.DEBUG_TYPE_ERROR,
      text: koffi.decode.string(BigInt(text), size),
    });
  };
}

const SEVERITIES: ReadonlyMap<number, GlSeverity> = new Map([
  [GL.DEBUG_SEVERITY_HIGH, 'high'],
  [GL.DEBUG_SEVERITY_MEDIUM, 'medium'],
  [GL.DEBUG_SEVERITY_LOW, 'low'],
  [GL.DEBUG_SEVERITY_NOTIFICATION, 'notification'],
]);
