/**
 * A head: shows a part of a resource, or the firmware's picture while no driver has shown anything, or nothing.
 *
 * What is shown is published when the guest flushes it. While nobody looks, only the place of the damage is noted.
 */
import { intersectRect, isEmptyRect, uniteRect, type Rect } from '../../../base/rect.ts';
import type { FrameSink } from '../../../display/contract.ts';
import type { Resource2d } from './resource.ts';

/**
 * How long a head that the driver turned off keeps its picture. Drivers turn heads off and on again within every change of
 * mode; viewers need not see that.
 */
const OFF_DELAY_MS = 100;

const NOTHING: Rect = { x: 0, y: 0, width: 0, height: 0 };

/** The firmware's picture: rows of B, G, R, X without gaps. */
export interface FirmwarePicture {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8Array;
}

/** One head of the device and the line that its frames go out by. */
export class Scanout {
  readonly #sink: FrameSink;
  readonly #onDriver: (width: number, height: number) => void;
  #resource: Resource2d | null = null;
  #rect = NOTHING;
  /** Pixels of the resource from the first shown one on. */
  #pixels: Uint8Array | null = null;
  /** What changed since it was last published, in pixels of the head. */
  #damage = NOTHING;
  #size = { width: 0, height: 0 };
  #told = { width: 0, height: 0 };
  #picture: FirmwarePicture | null = null;
  /** The driver has turned the head on since the last reset: the firmware's picture is history. */
  #isDriven = false;
  #offTimer: NodeJS.Timeout | null = null;

  /** `onDriver` hears of every size that the driver shows, 0 × 0 when it lets go. */
  constructor(sink: FrameSink, onDriver: (width: number, height: number) => void) {
    this.#sink = sink;
    this.#onDriver = onDriver;
    sink.onWanted = () => this.#publishDamage();
  }

  /** The resource that is shown. */
  get resource(): Resource2d | null {
    return this.#resource;
  }

  /** Shows a part of a resource, which lies in it and has a size that a frame can have. */
  show(resource: Resource2d, rect: Rect): void {
    this.#cancelOff();
    this.#isDriven = true;
    const { x, y, width, height } = this.#rect;
    const isSame =
      this.#resource === resource && x === rect.x && y === rect.y && width === rect.width && height === rect.height;
    this.#resource = resource;
    this.#rect = rect;
    this.#pixels = resource.pixels.subarray(rect.y * resource.strideBytes + rect.x * 4);
    this.#configure(rect.width, rect.height);
    this.#tell(rect.width, rect.height);
    // Another picture is another picture everywhere, however little of it is flushed next.
    if (!isSame) this.#damage = { x: 0, y: 0, width: rect.width, height: rect.height };
  }

  /** The driver turns the head off. */
  turnOff(): void {
    this.#dropResource();
    if (!this.#isDriven || this.#offTimer !== null) return;
    this.#offTimer = setTimeout(() => {
      this.#offTimer = null;
      this.#configure(0, 0);
      this.#tell(0, 0);
    }, OFF_DELAY_MS);
    this.#offTimer.unref();
  }

  /** The guest flushes a part of a resource: publishes what of it is shown here. */
  flush(resource: Resource2d, rect: Rect): void {
    if (this.#resource !== resource) return;
    const shown = intersectRect(rect, this.#rect);
    if (isEmptyRect(shown)) return;
    const damage = { x: shown.x - this.#rect.x, y: shown.y - this.#rect.y, width: shown.width, height: shown.height };
    this.#damage = uniteRect(this.#damage, damage);
    this.#publishDamage();
  }

  /** Publishes a picture that was set but not flushed: for drivers that do not flush what they have just set. */
  settle(): void {
    if (!isEmptyRect(this.#damage)) this.#publishDamage();
  }

  /** The firmware draws: shown until a driver shows something. */
  showPicture(picture: FirmwarePicture): void {
    this.#picture = picture;
    if (!this.#isDriven) this.#publishPicture();
  }

  /** The driver is gone. */
  reset(): void {
    this.#cancelOff();
    this.#dropResource();
    this.#isDriven = false;
    this.#tell(0, 0);
    if (this.#picture === null) this.#configure(0, 0);
    else this.#publishPicture();
  }

  /** Nothing is published any more. */
  close(): void {
    this.#cancelOff();
    this.#dropResource();
    this.#picture = null;
    this.#sink.onWanted = null;
    this.#sink.close();
  }

  #dropResource(): void {
    this.#resource = null;
    this.#pixels = null;
    this.#rect = NOTHING;
    this.#damage = NOTHING;
  }

  #cancelOff(): void {
    if (this.#offTimer !== null) clearTimeout(this.#offTimer);
    this.#offTimer = null;
  }

  #configure(width: number, height: number): void {
    if (this.#size.width === width && this.#size.height === height) return;
    this.#size = { width, height };
    this.#sink.configure(width, height);
  }

  #tell(width: number, height: number): void {
    if (this.#told.width === width && this.#told.height === height) return;
    this.#told = { width, height };
    this.#onDriver(width, height);
  }

  #publishDamage(): void {
    if (this.#resource === null || this.#pixels === null) {
      if (!this.#isDriven) this.#publishPicture();
      return;
    }
    if (!this.#sink.isWanted || isEmptyRect(this.#damage)) return;
    this.#sink.publish(this.#pixels, this.#resource.strideBytes, [this.#damage]);
    this.#damage = NOTHING;
  }

  #publishPicture(): void {
    if (this.#picture === null) return;
    const { width, height, pixels } = this.#picture;
    this.#configure(width, height);
    if (this.#sink.isWanted) this.#sink.publish(pixels, width * 4, [{ x: 0, y: 0, width, height }]);
  }
}
