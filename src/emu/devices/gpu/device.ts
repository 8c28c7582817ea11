/**
 * The virtio GPU: Virtio 1.3 §5.7. Queue 0 takes commands, queue 1 moves the pointer. 2D is done here; 3D is there when the
 * device is given a `GuestGpu`, to which it passes on what it has checked.
 *
 * A command is copied out of guest memory once, then read, checked and done; its answer says what became of it, and what
 * is refused changes nothing. Commands that the 3D GPU does are answered when it has, and later ones may be answered
 * before. Fences come in the order of their commands: Linux takes one for those before it, too.
 *
 * A pause does not lose what is under way: it is answered when the machine goes on.
 */
import { assert } from '../../../base/assert.ts';
import { Signal } from '../../../base/signal.ts';
import type { FrameSink, PointerShape } from '../../../display/contract.ts';
import { Reader } from '../../../wire/reader.ts';
import { WireError } from '../../../wire/wire-error.ts';
import { Writer } from '../../../wire/writer.ts';
import { GPU_ERRORS } from '../../../gl/core/gpu-error.ts';
import type { GuestGpu } from '../../../gl/core/guest-gpu.ts';
import type { VirtioDevice, VirtioDriverSide } from '../../virtio/device.ts';
import { GuestMemory } from '../../virtio/guest-memory.ts';
import type { Virtqueue } from '../../virtio/queue.ts';
import { VirtqueueError } from '../../virtio/virtqueue-error.ts';
import { DEFERRED, HELD, type GpuCommand, type GpuState, type Outcome } from './command.ts';
import { CommandJob, HEADER_BYTES } from './command-job.ts';
import { capsetCommands } from './commands/capsets.ts';
import { cursorCommands } from './commands/cursor.ts';
import { displayCommands } from './commands/display.ts';
import { renderCommands } from './commands/render.ts';
import { resourceCommands } from './commands/resources.ts';
import { GPU_LIMITS, type GpuLimits } from './limits.ts';
import { Monitors } from './monitors.ts';
import { Pointer, type PointerPlace } from './pointer.ts';
import { RenderOrders } from './render-orders.ts';
import { RenderSide } from './render-side.ts';
import { ResourceTable } from './resource-table.ts';
import { restoreGpu, saveGpu, type GpuSavedState } from './saved-state.ts';
import { Scanout, type FirmwarePicture } from './scanout.ts';
import { GpuResponse, gpuWireLimits } from './wire/gpu.gen.ts';

const CONTROL = 0;
/** VIRTIO_GPU_F_VIRGL */
const FEATURE_VIRGL = 1n << 0n;
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
  /** What was wrong with its bytes, or why the 3D GPU refused it. */
  readonly reason: string | null;
}

/** What a device is made of. */
export interface GpuDeviceOptions {
  /** Where frames go, one for each head; 1 to 16. */
  readonly heads: readonly FrameSink[];
  /** Size of every monitor until `setSize`. */
  readonly width: number;
  readonly height: number;
  readonly limits?: Partial<GpuLimits>;
  /** Who renders 3D; stays the caller's, to be closed after the device. Absent: the device is 2D. */
  readonly gpu?: GuestGpu | null;
}

const controlTable = tableOf([displayCommands, resourceCommands, capsetCommands]);
const renderTable = tableOf([displayCommands, resourceCommands, capsetCommands, renderCommands]);
const cursorTable = tableOf([cursorCommands]);

/** The device. Its owner feeds queues through a transport and hears what the guest shows. */
export class GpuDevice implements VirtioDevice {
  readonly deviceId = 16;
  readonly features: bigint;
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
  readonly #tables: readonly ReadonlyMap<number, GpuCommand>[];
  #driver: VirtioDriverSide | null = null;
  #eventsRead = 0;

  /** Jobs to use again. */
  readonly #free: CommandJob[] = [];
  /** Jobs that wait for answers, or for those before them; in no order. */
  readonly #underWay: CommandJob[] = [];
  /** Those of them with a fence, in the order of their commands. */
  readonly #fenced: CommandJob[] = [];
  /** A command that may not be done yet, and so holds all after it. */
  #held: CommandJob | null = null;
  readonly #reader = new Reader();
  readonly #answer = new Writer();
  #scratch = new Uint8Array(FIRST_SCRATCH_BYTES);

  constructor(options: GpuDeviceOptions) {
    const { heads, width, height, gpu = null } = options;
    assert(heads.length >= 1 && heads.length <= gpuWireLimits.scanouts, 'a GPU has 1 to 16 heads');
    this.#limits = { ...GPU_LIMITS, ...options.limits };
    const orders = gpu === null ? null : new RenderOrders(gpu);
    const onTrouble = (reason: string): void =>
      this.onRefusal.emit({ command: 'reading of a picture', response: GpuResponse.errUnspec, reason });
    const resources = new ResourceTable(this.#limits);
    const pointer = new Pointer(orders, onTrouble);
    this.features = orders === null ? FEATURE_EDID : FEATURE_EDID | FEATURE_VIRGL;
    this.#tables = [orders === null ? controlTable : renderTable, cursorTable];
    this.onPointerShape = pointer.onShape;
    this.onPointerMove = pointer.onMove;
    this.#state = {
      resources,
      scanouts: heads.map(
        (sink, head) =>
          new Scanout(sink, orders, {
            onDriver: (width, height) => this.onScanout.emit({ head, width, height }),
            onCaughtUp: () => {
              if (this.#held !== null) this.#driver?.wake(CONTROL);
            },
            onTrouble,
          }),
      ),
      monitors: new Monitors(heads.length, width, height),
      pointer,
      memory: NO_MEMORY,
      render: orders === null ? null : new RenderSide(orders, resources),
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

  /** Who renders 3D was replaced: what it was reading for screens did not come. To be called before it answers again. */
  handleRestart(): void {
    for (const scanout of this.#state.scanouts) scanout.handleRestart();
    this.#state.pointer.handleRestart();
  }

  /** While nothing runs. Throws StateError for a device with 3D. */
  save(): GpuSavedState {
    return saveGpu(this.#state, this.#eventsRead);
  }

  /** Goes on from what `save` gave, on a new device with as many heads, before it has a driver. */
  restore(state: GpuSavedState): void {
    restoreGpu(this.#state, state);
    this.#eventsRead = state.eventsRead;
  }

  readConfig(offset: number, into: Uint8Array): void {
    const { scanouts, render } = this.#state;
    const words = [this.#eventsRead, 0, scanouts.length, render?.gpu.capsets.size ?? 0];
    const config = new Uint8Array(new Uint32Array(words).buffer);
    into.set(config.subarray(offset, offset + into.length));
  }

  writeConfig(offset: number, bytes: Uint8Array): void {
    // Only events_clear can be written, as a whole.
    if (offset !== 4 || bytes.length !== 4) return;
    this.#eventsRead &= ~new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true);
  }

  start(driver: VirtioDriverSide): void {
    const queue = driver.queues[CONTROL] ?? null;
    const isNewQueue = queue !== null && queue !== this.#driver?.queues[CONTROL];
    this.#driver = driver;
    if (this.#state.memory !== driver.memory) {
      this.#state.memory = driver.memory;
      this.#state.resources.relocate(driver.memory);
      this.#state.render?.setMemory(driver.memory);
    }
    if (isNewQueue) this.#takeAgain(queue);
  }

  handleQueue(index: number): boolean {
    const driver = this.#driver;
    const queue = driver?.queues[index];
    const table = this.#tables[index];
    if (driver === null || queue === null || queue === undefined || table === undefined) return false;
    const deadline = performance.now() + TURN_MS;
    let isMore = true;
    try {
      if (index === CONTROL && !this.#retryHeld()) return false;
      while (performance.now() < deadline) {
        const job = this.#free.pop() ?? new CommandJob((settled) => this.#handleSettled(settled));
        try {
          isMore = queue.take(job.chain);
        } catch (error) {
          this.#free.push(job);
          throw error;
        }
        if (!isMore) {
          this.#free.push(job);
          break;
        }
        job.begin(index);
        this.#perform(job, table);
        if (index === CONTROL && this.#held !== null) return false;
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
    this.#free.length = 0;
    for (const { chain } of this.#underWay) {
      chain.readable.release();
      chain.writable.release();
    }
  }

  reset(): void {
    this.#underWay.length = 0;
    this.#fenced.length = 0;
    this.#held = null;
    for (const scanout of this.#state.scanouts) scanout.reset();
    this.#state.resources.clear();
    this.#state.pointer.reset();
    this.#state.render?.reset();
    this.#eventsRead = 0;
  }

  /** Ends the device: frame lines are closed, memory is given back. */
  close(): void {
    this.stop();
    for (const scanout of this.#state.scanouts) scanout.close();
    this.#state.pointer.close();
    this.#state.resources.clear();
  }

  #settle(): void {
    for (const scanout of this.#state.scanouts) scanout.settle();
    this.#state.pointer.settle();
  }

  /** Does the command in the job's chain, and answers it if it is done by that. */
  #perform(job: CommandJob, table: ReadonlyMap<number, GpuCommand>): void {
    const { readable } = job.chain;
    const size = readable.totalBytes;
    if (size < HEADER_BYTES) {
      this.onRefusal.emit({ command: `${size} bytes`, response: GpuResponse.errUnspec, reason: null });
      this.#complete(job, 0);
      return;
    }
    readable.copyOut(0, job.header, 0, HEADER_BYTES);
    const { type } = job;
    const command = table.get(type);
    const bodyBytes = Math.min(size - HEADER_BYTES, command?.bodyBytes ?? Infinity);
    let outcome: Outcome = GpuResponse.errUnspec;
    let reason: string | null = null;
    if (HEADER_BYTES + bodyBytes > this.#limits.maxCommandBytes) {
      outcome = GpuResponse.errOutOfMemory;
    } else if (command !== undefined) {
      this.#reserve(bodyBytes);
      readable.copyOut(HEADER_BYTES, this.#scratch, 0, bodyBytes);
      try {
        outcome = command.run(this.#state, this.#reader.reset(this.#scratch, bodyBytes), job, this.#answer);
      } catch (error) {
        if (!(error instanceof WireError)) throw error;
        reason = error.message;
        outcome = GpuResponse.errInvalidParameter;
      }
    }
    job.name = command?.name ?? `0x${type.toString(16)}`;
    this.#proceed(job, outcome, reason);
  }

  #proceed(job: CommandJob, outcome: Outcome, reason: string | null): void {
    if (outcome === HELD) {
      if (this.#held === null) this.#remember(job);
      this.#held = job;
      return;
    }
    if (outcome === DEFERRED) {
      this.#remember(job);
      if (job.isFenced) {
        this.#fenced.push(job);
        job.wait();
        this.#state.render?.orders.fence(job);
      }
      job.handleAnswer(null);
      return;
    }
    job.response = outcome;
    if (this.#answer.length > 0) {
      const { length } = this.#answer;
      job.writeBody(this.#answer.finish(), length);
    }
    if (outcome >= GpuResponse.errUnspec) this.onRefusal.emit({ command: job.name, response: outcome, reason });
    if (job.queue === CONTROL && job.isFenced && this.#fenced.length > 0) {
      job.isSettled = true;
      this.#remember(job);
      this.#fenced.push(job);
    } else {
      this.#giveBack(job);
    }
  }

  /** The last answer that a job waited for has come. */
  #handleSettled(job: CommandJob): void {
    job.isSettled = true;
    const { refusal, response, name } = job;
    if (refusal !== null) this.onRefusal.emit({ command: name, response, reason: GPU_ERRORS[refusal].sentence });
    this.#giveBackSettled(job);
    const queue = this.#driver?.queues[CONTROL] ?? null;
    if (queue?.takeInterruptWish() === true) this.#driver?.interrupt(CONTROL);
  }

  /** Gives a job back that has settled, and what waited for it; not while its queue rests, and not before its turn. */
  #giveBackSettled(job: CommandJob): void {
    if ((this.#driver?.queues[CONTROL] ?? null) === null) return;
    if (!job.isFenced) {
      this.#giveBack(job);
      return;
    }
    while (this.#fenced[0]?.isSettled === true) this.#giveBack(this.#fenced.shift()!);
  }

  #giveBack(job: CommandJob): void {
    this.#complete(job, job.writeHeader());
  }

  #complete(job: CommandJob, writtenBytes: number): void {
    const queue = this.#driver?.queues[job.queue];
    // A driver may have set up a smaller queue meanwhile.
    if (job.chain.head < (queue?.size ?? 0)) queue?.complete(job.chain.head, writtenBytes);
    this.#forget(job);
    this.#free.push(job);
  }

  #remember(job: CommandJob): void {
    if (job.place < 0) job.place = this.#underWay.push(job) - 1;
  }

  #forget(job: CommandJob): void {
    const { place } = job;
    if (place < 0) return;
    const last = this.#underWay.pop()!;
    if (last !== job) {
      this.#underWay[place] = last;
      last.place = place;
    }
    job.place = -1;
  }

  /** Tries the command again that was held. False when it still is. */
  #retryHeld(): boolean {
    const job = this.#held;
    if (job === null) return true;
    this.#held = null;
    this.#perform(job, this.#tables[CONTROL]!);
    return this.#held === null;
  }

  /** Finds what is under way in the queue that follows the one it was taken from, and gives back what has settled. */
  #takeAgain(queue: Virtqueue): void {
    for (const job of this.#underWay) {
      try {
        queue.takeAgain(job.chain.head, job.chain);
      } catch (error) {
        if (!(error instanceof VirtqueueError)) throw error;
        // The driver has damaged what it had lent to us: there is nowhere to write the answer.
        job.chain.readable.clear();
        job.chain.writable.clear();
      }
    }
    for (const job of this.#underWay.filter(({ isSettled }) => isSettled)) this.#giveBackSettled(job);
    if (queue.takeInterruptWish()) this.#driver?.interrupt(CONTROL);
  }

  #reserve(bytes: number): void {
    if (bytes <= this.#scratch.length) return;
    this.#scratch = new Uint8Array(Math.min(this.#limits.maxCommandBytes, 2 ** Math.ceil(Math.log2(bytes))));
  }
}

function tableOf(groups: readonly (readonly GpuCommand[])[]): ReadonlyMap<number, GpuCommand> {
  return new Map(groups.flat().map((row) => [row.id, row]));
}
