/**
 * Copies parts of a resource from the 3D GPU into memory of our own, one at a time: a head has one of these, and so has the
 * pointer. The pixels are those of the moment of the order, whatever the guest orders afterwards.
 */
import { messageOf, HostError } from '../../../base/errors.ts';
import type { Rect } from '../../../base/rect.ts';
import { GPU_ERRORS } from '../../../gl/core/gpu-error.ts';
import type { GpuAnswer, SharedPicture } from '../../../gl/core/guest-gpu.ts';
import type { AnswerListener } from './answer-queue.ts';
import type { RenderOrders } from './render-orders.ts';

/** See above. */
export class PictureReader implements AnswerListener {
  readonly #orders: RenderOrders;
  readonly #onDone: (picture: SharedPicture | null) => void;
  readonly #onTrouble: (why: string) => void;
  #picture: SharedPicture | null = null;
  #resource = 0;

  /** `onDone` hears of the end of every reading that was begun, with null when it failed; `onTrouble` of why. */
  constructor(orders: RenderOrders, onDone: (picture: SharedPicture | null) => void, onTrouble: (why: string) => void) {
    this.#orders = orders;
    this.#onDone = onDone;
    this.#onTrouble = onTrouble;
  }

  /** Number of the resource that is being read; 0: none. */
  get resource(): number {
    return this.#resource;
  }

  /**
   * Begins to read a part of a resource, to the same place in a picture that is `width` × `height`, at least as large as
   * to hold it. False when there is no memory for it. Not while another reading is under way.
   */
  read(resource: number, rect: Rect, width: number, height: number): boolean {
    const picture = this.#pictureOf(width, height);
    if (picture === null) return false;
    this.#resource = resource;
    this.#orders.readPicture(resource, rect, picture, this);
    return true;
  }

  handleAnswer(answer: GpuAnswer): void {
    this.#resource = 0;
    if (answer !== null) this.#onTrouble(GPU_ERRORS[answer].sentence);
    this.#onDone(answer === null ? this.#picture : null);
  }

  /** No answer comes any more; the memory is given back. */
  reset(): void {
    this.#resource = 0;
    this.#picture?.close();
    this.#picture = null;
  }

  #pictureOf(width: number, height: number): SharedPicture | null {
    if (this.#picture?.width === width && this.#picture.height === height) return this.#picture;
    this.#picture?.close();
    this.#picture = null;
    try {
      this.#picture = this.#orders.gpu.createPicture(width, height);
    } catch (error) {
      if (!(error instanceof HostError)) throw error;
      this.#onTrouble(messageOf(error));
    }
    return this.#picture;
  }
}
