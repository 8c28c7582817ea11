/** For tests: looks at one head of a machine as the display worker would. */
import type { FrameSourceHandle } from '../../display/contract.ts';
import { FrameConsumer, FrameControl } from '../../display/frame-channel.ts';

/** A picture: rows of B, G, R, X. */
export interface TestPicture {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8Array;
}

export class TestScreen {
  readonly #control: FrameControl;
  readonly #consumer: FrameConsumer;
  #waiters: { readonly wanted: (picture: TestPicture) => boolean; readonly resolve: (picture: TestPicture) => void }[] =
    [];
  /** The newest picture. */
  picture: TestPicture = { width: 0, height: 0, pixels: new Uint8Array(0) };
  frames = 0;

  constructor(source: FrameSourceHandle) {
    this.#control = new FrameControl(source);
    this.#consumer = new FrameConsumer(this.#control.connectConsumer());
    this.#consumer.onWake = () => this.#look();
    this.#consumer.onResize = () => this.#look();
    this.#control.setWanted(true);
  }

  /** Resolves with the first picture, the present one included, that `wanted` says yes to. */
  until(wanted: (picture: TestPicture) => boolean): Promise<TestPicture> {
    if (wanted(this.picture)) return Promise.resolve(this.picture);
    return new Promise((resolve) => {
      this.#waiters.push({ wanted, resolve });
    });
  }

  close(): void {
    this.#consumer.close();
    this.#control.close();
  }

  #look(): void {
    do {
      const taken = this.#consumer.take();
      const memory = this.#consumer.mailbox?.memory;
      if (taken === null || memory === undefined) continue;
      const { width, height, offset } = taken;
      const pixels = new Uint8Array(memory.buffer, offset, width * height * 4).slice();
      this.picture = { width, height, pixels };
      this.frames++;
      this.#waiters = this.#waiters.filter(({ wanted, resolve }) => {
        if (!wanted(this.picture)) return true;
        resolve(this.picture);
        return false;
      });
    } while (!this.#consumer.wishWake());
  }
}

/** How many pixels are lighter than half. */
export function lightPixels({ pixels }: TestPicture): number {
  let count = 0;
  for (let at = 0; at < pixels.length; at += 4) {
    if ((pixels[at] ?? 0) + (pixels[at + 1] ?? 0) + (pixels[at + 2] ?? 0) > 384) count++;
  }
  return count;
}
