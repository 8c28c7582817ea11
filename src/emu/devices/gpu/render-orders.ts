/**
 * The device's orders to the guest's 3D GPU, and who waits for their answers. Answers come in the order of the orders but
 * for fences and pictures, which have an order of their own each.
 */
import { assert } from '../../../base/assert.ts';
import type { Rect } from '../../../base/rect.ts';
import type { GpuAnswer, GuestGpu, SharedPicture } from '../../../gl/core/guest-gpu.ts';
import { AnswerQueue, type AnswerListener } from './answer-queue.ts';

/** See above. */
export class RenderOrders {
  readonly gpu: GuestGpu;
  readonly #plain = new AnswerQueue();
  readonly #fences = new AnswerQueue();
  readonly #pictures = new AnswerQueue();

  constructor(gpu: GuestGpu) {
    this.gpu = gpu;
    gpu.onAnswer = (serial, answer) => this.#handleAnswer(serial, answer);
  }

  /** The order with this number, any but a fence or a picture, has been given; `listener` hears what became of it. */
  given(serial: number, listener: AnswerListener | null): void {
    this.#plain.push(serial, listener);
  }

  /** `listener` hears when the GPU is done with all that was ordered before. */
  fence(listener: AnswerListener): void {
    this.#fences.push(this.gpu.fence(), listener);
  }

  /** `listener` hears when the rectangle has been copied. */
  readPicture(resource: number, rect: Rect, picture: SharedPicture, listener: AnswerListener): void {
    this.#pictures.push(this.gpu.readPicture(resource, rect, picture), listener);
  }

  /** The guest starts over: nothing of before exists, and no answer comes any more. */
  reset(): void {
    this.gpu.reset();
    this.#plain.clear();
    this.#fences.clear();
    this.#pictures.clear();
  }

  #handleAnswer(serial: number, answer: GpuAnswer): void {
    const isKnown =
      this.#plain.answer(serial, answer) ||
      this.#fences.answer(serial, answer) ||
      this.#pictures.answer(serial, answer);
    assert(isKnown, 'the GPU answers an order out of turn');
  }
}
