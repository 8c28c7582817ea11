/**
 * The picture of a screen that nobody streams: firmware and boot loaders draw on the VGA part of our GPU, which only
 * QEMU sees. QEMU is asked for pictures, often while they change, seldom when they rest.
 */
import { messageOf } from '../../base/errors.ts';
import type { Logger } from '../../base/log.ts';
import { parsePpmHeader, rgbToBgrx } from './parse-ppm.ts';

export interface FirmwarePictureOptions {
  /** Lets QEMU write a PPM of the screen; resolves with its bytes, BORROWED until the next call. */
  readonly take: () => Promise<Uint8Array>;
  /** Gets each picture that differs from the one before: rows of B, G, R, X, BORROWED until it returns. */
  readonly show: (width: number, height: number, pixels: Uint8Array) => void;
  readonly log: Logger;
}

const SHORTEST_MS = 40;
const LONGEST_MS = 500;

export class FirmwarePicture {
  readonly #options: FirmwarePictureOptions;
  #isOn = false;
  #isTaking = false;
  #waitMs = SHORTEST_MS;
  #timer: NodeJS.Timeout | undefined;
  #previous = new Uint8Array(0);
  #previousLength = 0;
  #pixels = new Uint8Array(0);

  constructor(options: FirmwarePictureOptions) {
    this.#options = options;
  }

  /** Watches the screen from now on, and shows it at once. */
  start(): void {
    this.#isOn = true;
    this.#previousLength = 0;
    this.nudge();
  }

  /** Something may have changed, such as after a key: look soon. */
  nudge(): void {
    this.#waitMs = SHORTEST_MS;
    if (!this.#isOn || this.#isTaking) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#look(), SHORTEST_MS);
  }

  stop(): void {
    this.#isOn = false;
    clearTimeout(this.#timer);
  }

  async #look(): Promise<void> {
    this.#isTaking = true;
    try {
      const picture = await this.#options.take();
      if (this.#isOn) this.#waitMs = this.#compare(picture) ? SHORTEST_MS : Math.min(this.#waitMs * 2, LONGEST_MS);
    } catch (error) {
      this.#waitMs = LONGEST_MS;
      this.#options.log.debug('no picture of the firmware', { error: messageOf(error) });
    } finally {
      this.#isTaking = false;
    }
    if (this.#isOn) this.#timer = setTimeout(() => void this.#look(), this.#waitMs);
  }

  /** Shows the picture and returns true when it differs from the one before. */
  #compare(picture: Uint8Array): boolean {
    const isSame =
      picture.length === this.#previousLength &&
      Buffer.compare(picture, this.#previous.subarray(0, this.#previousLength)) === 0;
    if (isSame) return false;
    const { width, height, offset } = parsePpmHeader(picture);
    if (this.#previous.length < picture.length) this.#previous = new Uint8Array(picture.length);
    this.#previous.set(picture);
    this.#previousLength = picture.length;
    const bytes = width * height * 4;
    if (this.#pixels.length < bytes) this.#pixels = new Uint8Array(bytes);
    rgbToBgrx(picture, offset, this.#pixels, width * height);
    this.#options.show(width, height, this.#pixels.subarray(0, bytes));
    return true;
  }
}
