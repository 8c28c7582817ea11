/** What follows the header of a message, and refusals of it. */
import { WireError } from '../../wire/wire-error.ts';
import type { WireErrorCode } from '../../wire/wire-error.ts';
import type { ResourceArgs } from '../core/guest-gpu.ts';
import type { VirglRenderer } from '../virgl/renderer.ts';
import { BIND, TARGET } from '../virgl/virgl-limits.ts';
import type { ByteQueue } from './byte-queue.ts';

const R8_UNORM = 64;

/** Bytes of a header. */
export const HEADER_BYTES = 8;

/** The payload of one message, BORROWED from the queue. */
export class Payload {
  readonly length: number;
  readonly #queue: ByteQueue;

  constructor(queue: ByteQueue, length: number) {
    this.#queue = queue;
    this.length = length;
  }

  word(n: number): number {
    return this.#queue.word(HEADER_BYTES + 4 * n);
  }

  bytes(at: number, count: number): Uint8Array {
    return this.#queue.peek(HEADER_BYTES + at, count);
  }

  words(at: number, count: number): Uint32Array {
    return this.#queue.words(HEADER_BYTES + at, count);
  }
}

/** The box in six words. */
export function boxAt(
  payload: Payload,
  at: number,
): { x: number; y: number; z: number; width: number; height: number; depth: number } {
  return {
    x: payload.word(at),
    y: payload.word(at + 1),
    z: payload.word(at + 2),
    width: payload.word(at + 3),
    height: payload.word(at + 4),
    depth: payload.word(at + 5),
  };
}

/** A transfer as version 0 words it. */
export function transferOf(payload: Payload): Parameters<VirglRenderer['transferWith']>[2] {
  return {
    resource: payload.word(0),
    level: payload.word(1),
    stride: payload.word(2),
    layerStride: payload.word(3),
    box: boxAt(payload, 4),
    offset: 0,
  };
}

/** Why a session ends. */
export function refusal(code: WireErrorCode, what: string): WireError {
  return new WireError(code, `vtest: ${what}`, 0);
}

/** What a resource is, as versions 0 to 3 word it. */
export function argsOf(payload: Payload): ResourceArgs {
  return {
    target: payload.word(1),
    format: payload.word(2),
    bind: payload.word(3),
    width: payload.word(4),
    height: payload.word(5),
    depth: payload.word(6),
    arraySize: payload.word(7),
    lastLevel: payload.word(8),
    samples: payload.word(9),
    flags: 0,
  };
}

/** A buffer that the GPU has no memory of. */
export function blobArgs(width: number): ResourceArgs {
  const { buffer: target } = TARGET;
  const size = { width, height: 1, depth: 1, arraySize: 1, lastLevel: 0, samples: 0 };
  return { target, format: R8_UNORM, bind: BIND.staging, ...size, flags: 0 };
}
