/**
 * A virtio input device: Virtio 1.3 §5.8. Queue 0 has buffers for events, one event each; queue 1 tells of lights.
 *
 * Events come in reports, which the guest sees as one. A report that finds no buffers waits here, in order. The owner paces
 * what people do, so that what waits is little; when it is too much all the same, only reports that can be done without are
 * dropped.
 */
import { Signal } from '../../../base/signal.ts';
import { Reader } from '../../../wire/reader.ts';
import { joinBytes, Writer } from '../../../wire/writer.ts';
import { DescriptorChain } from '../../virtio/descriptor-chain.ts';
import type { VirtioDevice, VirtioDriverSide } from '../../virtio/device.ts';
import type { InputProfile } from './profiles.ts';
import { InputSelect, readInputEvent, writeInputAxis, writeInputIds, type InputEvent } from './wire/input.gen.ts';

export type { InputEvent } from './wire/input.gen.ts';

const EVENT_QUEUE = 0;
const STATUS_QUEUE = 1;
const EVENT_BYTES = 8;
/** select, subsel, size, 5 unused, then up to 128 bytes. */
const CONFIG_BYTES = 136;
const CONFIG_DATA = 8;
const CONFIG_DATA_BYTES = 128;
const BUS_VIRTUAL = 6;
const VENDOR = 0x1af4;
const DEFAULT_MAX_WAITING = 4096;
/** Status buffers taken in one turn. */
const TURN_BUFFERS = 256;

/** What the device remembers, as plain data. */
export interface InputDeviceState {
  readonly select: number;
  readonly subselect: number;
  readonly waiting: readonly InputEvent[];
}

/** The device. */
export class InputDevice implements VirtioDevice {
  readonly deviceId = 18;
  readonly features = 0n;
  readonly queueSizes: readonly number[] = [64, 64];
  readonly configSize = CONFIG_BYTES;
  onConfigChange: (() => void) | null = null;
  /** The guest tells something: lights. */
  readonly onStatus: Signal<InputEvent> = new Signal();
  readonly #profile: InputProfile;
  readonly #serial: string;
  readonly #maxWaiting: number;
  readonly #chain = new DescriptorChain();
  readonly #bytes = new Uint8Array(EVENT_BYTES);
  readonly #view = new DataView(this.#bytes.buffer);
  readonly #reader = new Reader();
  #driver: VirtioDriverSide | null = null;
  #select = 0;
  #subselect = 0;
  #waiting: InputEvent[] = [];

  constructor(profile: InputProfile, options: { readonly serial?: string; readonly maxWaiting?: number } = {}) {
    this.#profile = profile;
    this.#serial = options.serial ?? '';
    this.#maxWaiting = options.maxWaiting ?? DEFAULT_MAX_WAITING;
  }

  /** Whether a driver listens. */
  get isDriven(): boolean {
    return this.#driver !== null;
  }

  /**
   * Tells the guest a report; its end is added. Nothing is told to a guest without a driver. False: too much waits, and
   * the report was dropped; one that is `isNeeded` never is.
   */
  report(events: readonly InputEvent[], isNeeded: boolean): boolean {
    const driver = this.#driver;
    if (driver === null) return true;
    if (!isNeeded && this.#waiting.length + events.length >= this.#maxWaiting) return false;
    this.#waiting.push(...events, { type: 0, code: 0, value: 0 });
    driver.wake(EVENT_QUEUE);
    return true;
  }

  readConfig(offset: number, into: Uint8Array): void {
    const config = new Uint8Array(CONFIG_BYTES);
    const data = this.#describe();
    config[0] = this.#select;
    config[1] = this.#subselect;
    config[2] = data.length;
    config.set(data, CONFIG_DATA);
    into.set(config.subarray(offset, offset + into.length));
  }

  writeConfig(offset: number, bytes: Uint8Array): void {
    for (const [i, byte] of bytes.entries()) {
      if (offset + i === 0) this.#select = byte;
      if (offset + i === 1) this.#subselect = byte;
    }
  }

  start(driver: VirtioDriverSide): void {
    this.#driver = driver;
  }

  handleQueue(index: number): boolean {
    if (index === EVENT_QUEUE) {
      this.#deliver();
      return false;
    }
    return this.#takeStatus();
  }

  stop(): void {
    this.#driver = null;
    this.#chain.readable.release();
    this.#chain.writable.release();
  }

  reset(): void {
    this.#select = 0;
    this.#subselect = 0;
    this.#waiting = [];
  }

  save(): InputDeviceState {
    return { select: this.#select, subselect: this.#subselect, waiting: this.#waiting };
  }

  restore(state: InputDeviceState): void {
    this.#select = state.select;
    this.#subselect = state.subselect;
    this.#waiting = [...state.waiting];
  }

  #deliver(): void {
    const driver = this.#driver;
    const queue = driver?.queues[EVENT_QUEUE];
    if (driver === null || queue === null || queue === undefined) return;
    let done = 0;
    try {
      while (done < this.#waiting.length && queue.take(this.#chain)) {
        const { writable, head } = this.#chain;
        // A buffer that is too small for an event carries none.
        if (writable.totalBytes < EVENT_BYTES) {
          queue.complete(head, 0);
          continue;
        }
        const { type, code, value } = this.#waiting[done++]!;
        this.#view.setUint16(0, type, true);
        this.#view.setUint16(2, code, true);
        this.#view.setInt32(4, value, true);
        writable.copyIn(0, this.#bytes, 0, EVENT_BYTES);
        queue.complete(head, EVENT_BYTES);
      }
    } finally {
      this.#waiting.splice(0, done);
      if (queue.takeInterruptWish()) driver.interrupt(EVENT_QUEUE);
    }
  }

  #takeStatus(): boolean {
    const driver = this.#driver;
    const queue = driver?.queues[STATUS_QUEUE];
    if (driver === null || queue === null || queue === undefined) return false;
    let isMore = true;
    try {
      for (let n = 0; n < TURN_BUFFERS; n++) {
        isMore = queue.take(this.#chain);
        if (!isMore) break;
        const { readable, head } = this.#chain;
        if (readable.totalBytes >= EVENT_BYTES) {
          readable.copyOut(0, this.#bytes, 0, EVENT_BYTES);
          this.onStatus.emit(readInputEvent(this.#reader.reset(this.#bytes)));
        }
        queue.complete(head, 0);
      }
    } finally {
      if (queue.takeInterruptWish()) driver.interrupt(STATUS_QUEUE);
    }
    return isMore;
  }

  /** What is selected, at most 128 bytes; nothing when there is nothing to tell. */
  #describe(): Uint8Array {
    const { name, product, properties, codes, axes } = this.#profile;
    switch (this.#select) {
      case InputSelect.idName:
        return this.#subselect === 0 ? text(name) : NOTHING;
      case InputSelect.idSerial:
        return this.#subselect === 0 ? text(this.#serial) : NOTHING;
      case InputSelect.idDevids:
        if (this.#subselect !== 0) return NOTHING;
        return bytesOf((writer) =>
          writeInputIds(writer, { busType: BUS_VIRTUAL, vendor: VENDOR, product, version: 1 }),
        );
      case InputSelect.propBits:
        return this.#subselect === 0 ? bits(properties) : NOTHING;
      case InputSelect.evBits:
        return bits(codes.get(this.#subselect) ?? []);
      case InputSelect.absInfo: {
        const max = axes.get(this.#subselect);
        if (max === undefined) return NOTHING;
        return bytesOf((writer) => writeInputAxis(writer, { min: 0, max, fuzz: 0, flat: 0, resolution: 0 }));
      }
      default:
        return NOTHING;
    }
  }
}

const NOTHING = new Uint8Array(0);

function text(value: string): Uint8Array {
  return Buffer.from(value).subarray(0, CONFIG_DATA_BYTES);
}

function bits(numbers: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(numbers.length === 0 ? 0 : (Math.max(...numbers) >>> 3) + 1);
  for (const number of numbers) bytes[number >>> 3]! |= 1 << (number & 7);
  return bytes;
}

function bytesOf(write: (writer: Writer) => void): Uint8Array {
  const writer = new Writer();
  write(writer);
  return joinBytes(writer.finish());
}
