/**
 * A command on its way: taken from a queue, not yet given back. Most are done at once; those that wait for the 3D GPU stay
 * like this meanwhile, also over a pause of the machine. Jobs are used again and again.
 */
import type { GpuErrorCode } from '../../../gl/core/gpu-error.ts';
import type { GpuAnswer } from '../../../gl/core/guest-gpu.ts';
import { DescriptorChain } from '../../virtio/descriptor-chain.ts';
import type { AnswerListener } from './answer-queue.ts';
import { GpuResponse } from './wire/gpu.gen.ts';

/** Bytes of a `ControlHeader`. */
export const HEADER_BYTES = 24;
/** Bit 0: tell when done (VIRTIO_GPU_FLAG_FENCE); bit 1: a ring is named (VIRTIO_GPU_FLAG_INFO_RING_IDX). */
const FENCE = 1;
const RING_INDEX = 2;

/** What a guest is answered whose order the GPU refused; where nothing is said: VIRTIO_GPU_RESP_ERR_INVALID_PARAMETER. */
const responses: { readonly [K in GpuErrorCode]?: GpuResponse } = {
  context: GpuResponse.errInvalidContextId,
  resource: GpuResponse.errInvalidResourceId,
  quota: GpuResponse.errOutOfMemory,
  unsupported: GpuResponse.errUnspec,
};

/** See above. */
export class CommandJob implements AnswerListener {
  readonly chain = new DescriptorChain();
  /** The command's header, which becomes the answer's. */
  readonly header: Uint8Array = new Uint8Array(HEADER_BYTES);
  readonly #view = new DataView(this.header.buffer);
  readonly #onSettled: (job: CommandJob) => void;
  /** Which queue it came from. */
  queue = 0;
  name = '';
  response: GpuResponse = GpuResponse.okNodata;
  /** Why the GPU refused it. */
  refusal: GpuErrorCode | null = null;
  /** Bytes of the answer's body, which are written already. */
  bodyBytes = 0;
  /** Takes back what the device noted of the command, should the GPU refuse it. */
  undo: (() => void) | null = null;
  /** Place among those under way. */
  place = -1;
  /** Nothing is waited for any more: it may be given back once those before it are. */
  isSettled = false;
  #waits = 0;

  /** `onSettled` is called when the last answer that the job waits for has come. */
  constructor(onSettled: (job: CommandJob) => void) {
    this.#onSettled = onSettled;
  }

  /** Begins anew, with the command in `chain`. It waits for its owner's own word first: a `handleAnswer(null)`. */
  begin(queue: number): void {
    this.queue = queue;
    this.name = '';
    this.response = GpuResponse.okNodata;
    this.refusal = null;
    this.bodyBytes = 0;
    this.undo = null;
    this.isSettled = false;
    this.#waits = 1;
  }

  get type(): number {
    return this.#view.getUint32(0, true);
  }

  /** The guest wants to know when it is done, and may tell by that when those before it are. */
  get isFenced(): boolean {
    return (this.#view.getUint32(4, true) & FENCE) !== 0;
  }

  get contextId(): number {
    return this.#view.getUint32(16, true);
  }

  /** One answer more is waited for. */
  wait(): void {
    this.#waits++;
  }

  handleAnswer(answer: GpuAnswer): void {
    if (answer !== null && this.refusal === null) {
      this.refusal = answer;
      this.response = responses[answer] ?? GpuResponse.errInvalidParameter;
      this.undo?.();
    }
    if (--this.#waits === 0) this.#onSettled(this);
  }

  /** Writes the body of the answer, if there is room for all of it. */
  writeBody(parts: readonly Uint8Array[], length: number): void {
    const { writable } = this.chain;
    if (writable.totalBytes < HEADER_BYTES + length) {
      this.response = GpuResponse.errUnspec;
      return;
    }
    let at = HEADER_BYTES;
    for (const part of parts) {
      writable.copyIn(at, part, 0, part.length);
      at += part.length;
    }
    this.bodyBytes = length;
  }

  /** Writes the header of the answer: the command's own, with another type. Returns the bytes of the whole answer. */
  writeHeader(): number {
    const { writable } = this.chain;
    if (writable.totalBytes < HEADER_BYTES) return 0;
    const flags = this.#view.getUint32(4, true) & (FENCE | RING_INDEX);
    this.#view.setUint32(0, this.response, true);
    this.#view.setUint32(4, flags, true);
    if ((flags & FENCE) === 0) this.header.fill(0, 8);
    writable.copyIn(0, this.header, 0, HEADER_BYTES);
    return HEADER_BYTES + this.bodyBytes;
  }
}
