/**
 * A head: shows a part of a resource, or the firmware's picture while no driver has shown anything, or nothing.
 *
 * What is shown is published when the guest flushes it. While nobody looks, only the place of the damage is noted.
 *
 * The pixels of a 2D resource are here and are published at once. Those of a resource in the 3D GPU are read back first,
 * one reading at a time. What is flushed meanwhile is read when that has come: the newest resource that the guest has
 * flipped to, which it leaves alone while it is shown; and where it draws into the very picture that is shown, `isBehind`
 * says that it must not go on drawing before.
 */
import { intersectRect, isEmptyRect, uniteRect, type Rect } from '../../../base/rect.ts';
import type { FrameSink } from '../../../display/contract.ts';
import type { SharedPicture } from '../../../gl/core/guest-gpu.ts';
import type { CommandJob } from './command-job.ts';
import { PictureReader } from './picture-reader.ts';
import type { RenderOrders } from './render-orders.ts';
import type { Resource } from './resource-table.ts';

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

/** What a head tells its device. */
export interface ScanoutEvents {
  /** The driver shows another size; 0 × 0 when it lets go. */
  onDriver(width: number, height: number): void;
  /** A picture was read: the head may have been behind, and is not any more. */
  onCaughtUp(): void;
  /** A picture could not be read from the 3D GPU. */
  onTrouble(why: string): void;
}

/** One head of the device and the line that its frames go out by. */
export class Scanout {
  readonly #sink: FrameSink;
  readonly #events: ScanoutEvents;
  readonly #reader: PictureReader | null;
  #resource: Resource | null = null;
  #rect = NOTHING;
  /** What changed since it was last published or begun to be read, in pixels of the head. */
  #damage = NOTHING;
  /** What was not read because who renders was replaced: read with what is flushed next, when the guest has drawn it anew. */
  #missed = NOTHING;
  /** What is being read, in pixels of the head; and whether the head still shows that resource's like in that place. */
  #reading = NOTHING;
  #isReadingValid = false;
  /** Fenced flushes of what is being read, and of what is to be read next. */
  #flushes: CommandJob[] = [];
  #nextFlushes: CommandJob[] = [];
  #size = { width: 0, height: 0 };
  #told = { width: 0, height: 0 };
  #picture: FirmwarePicture | null = null;
  /** The driver has turned the head on since the last reset: the firmware's picture is history. */
  #isDriven = false;
  #offTimer: NodeJS.Timeout | null = null;

  /** `orders` reach the 3D GPU, if there is one. */
  constructor(sink: FrameSink, orders: RenderOrders | null, events: ScanoutEvents) {
    this.#sink = sink;
    this.#events = events;
    this.#reader =
      orders === null
        ? null
        : new PictureReader(
            orders,
            (picture) => this.#handlePicture(picture),
            (why) => events.onTrouble(why),
          );
    sink.onWanted = () => this.#publishDamage();
  }

  /** The resource that is shown. */
  get resource(): Resource | null {
    return this.#resource;
  }

  /** A part of the picture that is shown was flushed and could not be read yet: it must not be drawn to now. */
  get isBehind(): boolean {
    return (
      this.#reader !== null &&
      this.#reader.resource !== 0 &&
      this.#reader.resource === this.#resource?.id &&
      !isEmptyRect(this.#damage) &&
      this.#sink.isWanted
    );
  }

  /** Shows a part of a resource, which lies in it and has a size that a frame can have. */
  show(resource: Resource, rect: Rect): void {
    this.#cancelOff();
    this.#isDriven = true;
    const { x, y, width, height } = this.#rect;
    const isSamePlace = x === rect.x && y === rect.y && width === rect.width && height === rect.height;
    const isSame = this.#resource === resource && isSamePlace;
    if (!isSamePlace || !resource.isRendered) this.#isReadingValid = false;
    this.#resource = resource;
    this.#rect = rect;
    this.#configure(rect.width, rect.height);
    this.#tell(rect.width, rect.height);
    // Another picture is another picture everywhere, however little of it is flushed next.
    if (!isSamePlace) this.#missed = NOTHING;
    if (!isSame) this.#damage = { x: 0, y: 0, width: rect.width, height: rect.height };
  }

  /** What is shown of the resource, for a head that shows one. */
  get rect(): Rect {
    return this.#rect;
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

  /**
   * The guest flushes a part of a resource: publishes what of it is shown here. A `job` waits until that has been read, if
   * it is read at all.
   */
  flush(resource: Resource, rect: Rect, job: CommandJob | null): void {
    if (this.#resource !== resource) return;
    const shown = intersectRect(rect, this.#rect);
    if (isEmptyRect(shown)) return;
    const damage = { x: shown.x - this.#rect.x, y: shown.y - this.#rect.y, width: shown.width, height: shown.height };
    this.#damage = uniteRect(uniteRect(this.#damage, this.#missed), damage);
    this.#missed = NOTHING;
    if (job !== null && resource.isRendered && this.#sink.isWanted) {
      job.wait();
      this.#nextFlushes.push(job);
    }
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

  /** What is being read does not come, though it is answered: the last picture stays until the guest draws the next. */
  handleRestart(): void {
    if (!this.#isReadingValid) return;
    this.#isReadingValid = false;
    this.#missed = uniteRect(this.#missed, this.#reading);
  }

  /** The driver is gone, and with it all commands; readings under way do not come. */
  reset(): void {
    this.#cancelOff();
    this.#flushes.length = 0;
    this.#nextFlushes.length = 0;
    this.#dropResource();
    this.#reader?.reset();
    this.#isDriven = false;
    this.#tell(0, 0);
    if (this.#picture === null) this.#configure(0, 0);
    else this.#publishPicture();
  }

  /** Nothing is published any more. */
  close(): void {
    this.#cancelOff();
    this.#dropResource();
    this.#reader?.reset();
    this.#picture = null;
    this.#sink.onWanted = null;
    this.#sink.close();
  }

  #dropResource(): void {
    this.#resource = null;
    this.#rect = NOTHING;
    this.#damage = NOTHING;
    this.#missed = NOTHING;
    this.#isReadingValid = false;
    this.#release(this.#nextFlushes);
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
    this.#events.onDriver(width, height);
  }

  #publishDamage(): void {
    const resource = this.#resource;
    if (resource === null) {
      if (!this.#isDriven) this.#publishPicture();
      return;
    }
    if (resource.isRendered) {
      this.#readDamage(resource);
      return;
    }
    this.#release(this.#nextFlushes);
    if (!this.#sink.isWanted || isEmptyRect(this.#damage)) return;
    const { x, y } = this.#rect;
    const pixels = resource.pixels.subarray(y * resource.strideBytes + x * 4);
    this.#sink.publish(pixels, resource.strideBytes, [this.#damage]);
    this.#damage = NOTHING;
  }

  /** Begins to read what has changed, unless something is being read. */
  #readDamage(resource: Resource): void {
    const reader = this.#reader;
    const { x, y, width, height } = this.#rect;
    if (reader === null || !this.#sink.isWanted || isEmptyRect(this.#damage)) {
      this.#release(this.#nextFlushes);
      return;
    }
    if (reader.resource !== 0) return;
    const damage = this.#damage;
    const place = { x: x + damage.x, y: y + damage.y, width: damage.width, height: damage.height };
    if (!reader.read(resource.id, place, x + width, y + height)) {
      this.#release(this.#nextFlushes);
      return;
    }
    this.#damage = NOTHING;
    this.#reading = damage;
    this.#isReadingValid = true;
    [this.#flushes, this.#nextFlushes] = [this.#nextFlushes, this.#flushes];
  }

  #handlePicture(picture: SharedPicture | null): void {
    const isShown = this.#isReadingValid && this.#resource !== null;
    if (picture !== null && isShown && picture.pixels.length > 0) {
      const { x, y } = this.#rect;
      const pixels = picture.pixels.subarray(y * picture.strideBytes + x * 4);
      this.#sink.publish(pixels, picture.strideBytes, [this.#reading]);
    }
    this.#isReadingValid = false;
    this.#release(this.#flushes);
    if (this.#resource !== null) this.#publishDamage();
    this.#events.onCaughtUp();
  }

  #release(jobs: CommandJob[]): void {
    for (const job of jobs) job.handleAnswer(null);
    jobs.length = 0;
  }

  #publishPicture(): void {
    if (this.#picture === null) return;
    const { width, height, pixels } = this.#picture;
    this.#configure(width, height);
    if (this.#sink.isWanted) this.#sink.publish(pixels, width * 4, [{ x: 0, y: 0, width, height }]);
  }
}
