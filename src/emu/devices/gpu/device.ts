/**
 * The virtio GPU, 2D: Virtio 1.3 §5.7. Queue 0 takes commands, queue 1 moves the pointer.
 *
 * A command is copied out of guest memory once, then read, checked and done; its answer says what became of it, and what
 * is refused changes nothing. All commands are done when they are answered, in order, and so are their fences.
 */
import { assert } from '../../../base/assert.ts';
import { Signal } from '../../../base/signal.ts';
import type { FrameSink, PointerShape } from '../../../display/contract.ts';
import { Reader } from '../../../wire/reader.ts';
import { WireError } from '../../../wire/wire-error.ts';
import { Writer } from '../../../wire/writer.ts';
import { DescriptorChain } from '../../virtio/descriptor-chain.ts';
import type { VirtioDevice, VirtioDriverSide } from '../../virtio/device.ts';
import { GuestMemory } from '../../virtio/guest-memory.ts';
import type { GpuCommand, GpuState } from './command.ts';
import { capsetCommands } from './commands/capsets.ts';
import { cursorCommands } from './commands/cursor.ts';
import { displayCommands } from './commands/display.ts';
import { resourceCommands } from './commands/resources.ts';
import { GPU_LIMITS, type GpuLimits } from './limits.ts';
import { Monitors } from './monitors.ts';
import { Pointer, type PointerPlace } from './pointer.ts';
import { ResourceTable } from './resource-table.ts';
import { Scanout, type FirmwarePicture } from './scanout.ts';
import { GpuResponse, gpuWireLimits } from './wire/gpu.gen.ts';

const HEADER_BYTES = 24;
/** Bit 0: tell when done (VIRTIO_GPU_FLAG_FENCE); bit 1: a ring is named (VIRTIO_GPU_FLAG_INFO_RING_IDX). */
const FENCE = 1;
const RING_INDEX = 2;
/** VIRTIO_GPU_F_EDID */
const FEATURE_EDID = 1n << 1n;
/** VIRTIO_GPU_EVENT_DISPLAY: a monitor has changed. */
const EVENT_DISPLAY = 1;
const CONFIG_BYTES = 16;
const FIRST_SCRATCH_BYTES = 65536;
/** How long a queue keeps the thread before other work gets its turn. */
const TURN_MS = 8;

const NO_MEMORY = new GuestMemory([]);

/** A command was refused. Guests make such errors at any rate they like: whoever listens must not mind. */
export interface GpuRefusal {
  /** Name of the command, or its number. */
  readonly command: string;
  readonly response: GpuResponse;
  /** What was wrong with its bytes, if that was it. */
  readonly cause: WireError | null;
}

/** What a device is made of. */
export interface GpuDeviceOptions {
  /** Where frames go, one for each head; 1 to 16. */
  readonly heads: readonly FrameSink[];
  /** Size of the first monitor; the others are off until `setSize`. */
  readonly width: number;
  readonly height: number;
  readonly limits?: Partial<GpuLimits>;
}

const controlTable = tableOf([displayCommands, resourceCommands, capsetCommands]);
const cursorTable = tableOf([cursorCommands]);

/** The device. Its owner feeds queues through a transport and hears what the guest shows. */
export class GpuDevice implements VirtioDevice {
  readonly deviceId = 16;
  readonly features: bigint = FEATURE_EDID;
  readonly queueSizes: readonly number[] = [256, 16];
  readonly configSize = CONFIG_BYTES;
  onConfigChange: (() => void) | null = null;

  readonly onPointerShape: Signal<PointerShape | null>;
  readonly onPointerMove: Signal<PointerPlace>;
  /** The guest's driver shows a picture of this size on a head; 0 × 0: it let go. */
  readonly onScanout: Signal<{ readonly head: number; readonly width: number; readonly height: number }> = new Signal();
  readonly onRefusal: Signal<GpuRefusal> = new Signal();

  readonly #limits: GpuLimits;
  readonly #state: GpuState & { memory: GuestMemory };
  readonly #tables: readonly ReadonlyMap<number, GpuCommand>[] = [controlTable, cursorTable];
  #driver: VirtioDriverSide | null = null;
  #eventsRead = 0;

  readonly #chain = new DescriptorChain();
  readonly #reader = new Reader();
  readonly #answer = new Writer();
  #scratch = new Uint8Array(FIRST_SCRATCH_BYTES);
  #scratchView = new DataView(this.#scratch.buffer);

  constructor(options: GpuDeviceOptions) {
    const { heads, width, height } = options;
    assert(heads.length >= 1 && heads.length <= gpuWireLimits.scanouts, 'a GPU has 1 to 16 heads');
    this.#limits = { ...GPU_LIMITS, ...options.limits };
    const pointer = new Pointer();
    this.onPointerShape = pointer.onShape;
    this.onPointerMove = pointer.onMove;
    this.#state = {
      resources: new ResourceTable(this.#limits),
      scanouts: heads.map(
        (sink, head) => new Scanout(sink, (width, height) => this.onScanout.emit({ head, width, height })),
      ),
      monitors: new Monitors(heads.length, width, height),
      pointer,
      memory: NO_MEMORY,
    };
  }

  /** The monitor of a head has another size from now on, 0 × 0: none. The driver is told where the transport can. */
  setSize(head: number, width: number, height: number): void {
    if (!this.#state.monitors.set(head, width, height)) return;
    this.#eventsRead |= EVENT_DISPLAY;
    this.onConfigChange?.();
  }

  /** Shows the firmware's picture on the first head while no driver shows anything, now and after resets. */
  showPicture(picture: FirmwarePicture): void {
    this.#state.scanouts[0]?.showPicture(picture);
  }

  readConfig(offset: number, into: Uint8Array): void {
    const config = new Uint8Array(new Uint32Array([this.#eventsRead, 0, this.#state.scanouts.length, 0]).buffer);
    into.set(config.subarray(offset, offset + into.length));
  }

  writeConfig(offset: number, bytes: Uint8Array): void {
    // Only events_clear can be written, as a whole.
    if (offset !== 4 || bytes.length !== 4) return;
    this.#eventsRead &= ~new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true);
  }

  start(driver: VirtioDriverSide): void {
    this.#driver = driver;
    if (this.#state.memory === driver.memory) return;
    this.#state.memory = driver.memory;
    this.#state.resources.relocate(driver.memory);
  }

  handleQueue(index: number): boolean {
    const driver = this.#driver;
    const queue = driver?.queues[index];
    const table = this.#tables[index];
    if (driver === null || queue === null || queue === undefined || table === undefined) return false;
    const deadline = performance.now() + TURN_MS;
    let isMore = true;
    try {
      while (performance.now() < deadline) {
        isMore = queue.take(this.#chain);
        if (!isMore) break;
        queue.complete(this.#chain.head, this.#perform(table));
      }
    } finally {
      if (queue.takeInterruptWish()) driver.interrupt(index);
    }
    if (!isMore) this.#settle();
    return isMore;
  }

  stop(): void {
    this.#driver = null;
    this.#state.memory = NO_MEMORY;
    this.#state.resources.forgetMemory();
    this.#chain.readable.release();
    this.#chain.writable.release();
  }

  reset(): void {
    for (const scanout of this.#state.scanouts) scanout.reset();
    this.#state.resources.clear();
    this.#state.pointer.reset();
    this.#eventsRead = 0;
  }

  /** Ends the device: frame lines are closed, memory is given back. */
  close(): void {
    this.stop();
    for (const scanout of this.#state.scanouts) scanout.close();
    this.#state.resources.clear();
  }

  #settle(): void {
    for (const scanout of this.#state.scanouts) scanout.settle();
    this.#state.pointer.settle();
  }

  /** Does the command in the chain and writes its answer there. Returns the bytes written. */
  #perform(table: ReadonlyMap<number, GpuCommand>): number {
    const { readable } = this.#chain;
    const size = readable.totalBytes;
    if (size < HEADER_BYTES) {
      this.onRefusal.emit({ command: `${size} bytes`, response: GpuResponse.errUnspec, cause: null });
      return 0;
    }
    const isTooLong = size > this.#limits.maxCommandBytes;
    const bytes = isTooLong ? HEADER_BYTES : size;
    this.#reserve(bytes);
    readable.copyOut(0, this.#scratch, 0, bytes);
    const type = this.#scratchView.getUint32(0, true);
    const command = table.get(type);
    let response: GpuResponse = GpuResponse.errUnspec;
    let cause: WireError | null = null;
    if (isTooLong) {
      response = GpuResponse.errOutOfMemory;
    } else if (command !== undefined) {
      this.#reader.reset(this.#scratch.subarray(HEADER_BYTES, bytes));
      try {
        response = command.run(this.#state, this.#reader, this.#answer);
      } catch (error) {
        if (!(error instanceof WireError)) throw error;
        cause = error;
        response = GpuResponse.errInvalidParameter;
      }
    }
    if (response >= GpuResponse.errUnspec) {
      this.onRefusal.emit({ command: command?.name ?? `0x${type.toString(16)}`, response, cause });
    }
    return this.#respond(response);
  }

  /** The answer's header is the command's own, with another type; `#answer` holds the body. */
  #respond(response: GpuResponse): number {
    const { writable } = this.#chain;
    const bodyBytes = this.#answer.length;
    const body = bodyBytes === 0 ? null : this.#answer.finish();
    if (writable.totalBytes < HEADER_BYTES) return 0;
    const isWhole = writable.totalBytes >= HEADER_BYTES + bodyBytes;
    const view = this.#scratchView;
    const flags = view.getUint32(4, true) & (FENCE | RING_INDEX);
    view.setUint32(0, isWhole ? response : GpuResponse.errUnspec, true);
    view.setUint32(4, flags, true);
    if ((flags & FENCE) === 0) this.#scratch.fill(0, 8, HEADER_BYTES);
    writable.copyIn(0, this.#scratch, 0, HEADER_BYTES);
    if (body === null || !isWhole) return HEADER_BYTES;
    let at = HEADER_BYTES;
    for (const part of body) {
      writable.copyIn(at, part, 0, part.length);
      at += part.length;
    }
    return at;
  }

  #reserve(bytes: number): void {
    if (bytes <= this.#scratch.length) return;
    this.#scratch = new Uint8Array(Math.min(this.#limits.maxCommandBytes, 2 ** Math.ceil(Math.log2(bytes))));
    this.#scratchView = new DataView(this.#scratch.buffer);
  }
}

function tableOf(groups: readonly (readonly GpuCommand[])[]): ReadonlyMap<number, GpuCommand> {
  return new Map(groups.flat().map((row) => [row.id, row]));
}
