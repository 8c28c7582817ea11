/**
 * The memory-mapped transport (Virtio 1.3 §4.2, version 2): a block of registers by which a driver finds a device, agrees on
 * features with it and sets its queues up. It runs in the thread of the devices; `MmioLines` is the part that harts use
 * themselves.
 *
 * The driver is the guest's: any value may come, in any order. What the specification forbids is dropped where it cannot
 * harm, or puts the device in need of a reset (DEVICE_NEEDS_RESET), with a reason; then nothing moves until the driver
 * resets it.
 */
import { assert } from '../../base/assert.ts';
import { StateError } from '../../base/errors.ts';
import { Signal } from '../../base/signal.ts';
import { VIRTIO_FEATURES, type VirtioDevice } from './device.ts';
import type { GuestMemory } from './guest-memory.ts';
import { MMIO_MAX_QUEUES, type MmioLines } from './mmio-lines.ts';
import { DEVICE_STATUS, MMIO_INTERRUPT, MMIO_REGISTERS as R } from './mmio.table.ts';
import { Virtqueue } from './queue.ts';
import { VirtqueueError } from './virtqueue-error.ts';

const MAGIC = 0x7472_6976;
const VERSION = 2;
/** No shared memory region of that number: all ones (§4.2.2). */
const ABSENT = 0xffff_ffff;
/** What a driver may set by itself; the rest of the status is the device's. */
const DRIVER_STATUS =
  DEVICE_STATUS.acknowledge |
  DEVICE_STATUS.driver |
  DEVICE_STATUS.driverOk |
  DEVICE_STATUS.featuresOk |
  DEVICE_STATUS.failed;
const TRANSPORT_FEATURES = VIRTIO_FEATURES.version1 | VIRTIO_FEATURES.indirectDescriptors | VIRTIO_FEATURES.eventIndex;

/** A queue as the driver has set it up, and how far it has come. Addresses are guest physical, in two halves. */
export interface MmioQueueState {
  readonly size: number;
  readonly isReady: boolean;
  readonly descriptors: readonly [low: number, high: number];
  readonly available: readonly [low: number, high: number];
  readonly used: readonly [low: number, high: number];
  /** The available index to go on from. */
  readonly nextAvailable: number;
}

/** Everything the transport knows of its driver, as plain data. */
export interface MmioState {
  readonly status: number;
  readonly driverFeatures: readonly [low: number, high: number];
  readonly deviceFeaturesSel: number;
  readonly driverFeaturesSel: number;
  readonly queueSel: number;
  readonly configGeneration: number;
  readonly interruptStatus: number;
  readonly queues: readonly MmioQueueState[];
}

interface Ring {
  size: number;
  isReady: boolean;
  descriptors: [low: number, high: number];
  available: [low: number, high: number];
  used: [low: number, high: number];
  nextAvailable: number;
  queue: Virtqueue | null;
  nextTurn: NodeJS.Immediate | null;
}

/** What a slot is made of. */
export interface MmioTransportOptions {
  readonly device: VirtioDevice;
  readonly memory: GuestMemory;
  readonly lines: MmioLines;
  /** VendorID; any number. */
  readonly vendorId: number;
}

/** A slot with a device in it. */
export class MmioTransport {
  readonly device: VirtioDevice;
  /** The driver broke the rules: the device needs a reset. It may happen at any rate. */
  readonly onTrouble: Signal<Error> = new Signal();
  readonly #memory: GuestMemory;
  readonly #lines: MmioLines;
  readonly #vendorId: number;
  readonly #features: bigint;
  readonly #rings: readonly Ring[];
  #status = 0;
  #driverFeatures: [low: number, high: number] = [0, 0];
  #deviceFeaturesSel = 0;
  #driverFeaturesSel = 0;
  #queueSel = 0;
  #configGeneration = 0;
  #isPaused = false;

  constructor({ device, memory, lines, vendorId }: MmioTransportOptions) {
    assert(device.queueSizes.length <= MMIO_MAX_QUEUES, 'a device has too many queues');
    this.device = device;
    this.#memory = memory;
    this.#lines = lines;
    this.#vendorId = vendorId;
    this.#features = device.features | TRANSPORT_FEATURES;
    this.#rings = device.queueSizes.map(newRing);
    device.onConfigChange = () => {
      this.#configGeneration = (this.#configGeneration + 1) >>> 0;
      if (this.#isRunning) lines.raise(MMIO_INTERRUPT.configChange);
    };
  }

  /** Whether the device waits for its driver to reset it. */
  get needsReset(): boolean {
    return (this.#status & DEVICE_STATUS.needsReset) !== 0;
  }

  /** The driver reads `size` (1, 2 or 4) bytes at `offset` of the slot. What cannot be read is 0. */
  load(offset: number, size: number): number {
    if (offset >= R.config) return this.#loadConfig(offset - R.config, size);
    if (size !== 4 || offset % 4 !== 0) return 0;
    switch (offset) {
      case R.magicValue:
        return MAGIC;
      case R.version:
        return VERSION;
      case R.deviceId:
        return this.device.deviceId;
      case R.vendorId:
        return this.#vendorId >>> 0;
      case R.deviceFeatures:
        if (this.#deviceFeaturesSel > 1) return 0;
        return Number((this.#features >> BigInt(32 * this.#deviceFeaturesSel)) & 0xffff_ffffn);
      case R.queueSizeMax:
        return this.device.queueSizes[this.#queueSel] ?? 0;
      case R.queueReady:
        return this.#rings[this.#queueSel]?.isReady === true ? 1 : 0;
      case R.interruptStatus:
        return this.#lines.status >>> 0;
      case R.status:
        return this.#status;
      case R.shmLenLow:
      case R.shmLenHigh:
      case R.shmBaseLow:
      case R.shmBaseHigh:
        return ABSENT;
      case R.configGeneration:
        return this.#configGeneration;
      default:
        return 0;
    }
  }

  /** The driver writes `size` (1, 2 or 4) bytes at `offset` of the slot. What cannot be written is dropped. */
  store(offset: number, size: number, value: number): void {
    if (offset >= R.config) {
      this.#storeConfig(offset - R.config, size, value);
      return;
    }
    if (size !== 4 || offset % 4 !== 0) return;
    switch (offset) {
      case R.deviceFeaturesSel:
        this.#deviceFeaturesSel = value >>> 0;
        return;
      case R.driverFeaturesSel:
        this.#driverFeaturesSel = value >>> 0;
        return;
      case R.driverFeatures:
        if (this.#driverFeaturesSel <= 1 && (this.#status & DEVICE_STATUS.featuresOk) === 0) {
          this.#driverFeatures[this.#driverFeaturesSel] = value >>> 0;
        }
        return;
      case R.queueSel:
        this.#queueSel = value >>> 0;
        return;
      case R.queueNotify:
        this.#lines.ring(value >>> 0);
        return;
      case R.interruptAck:
        this.#lines.acknowledge(value);
        return;
      case R.status:
        this.#setStatus(value);
        return;
      default:
        this.#storeQueue(offset, value >>> 0);
    }
  }

  /** Serves the queues that have rung. Called after `MmioLines.ring` in any thread, in the thread of the devices. */
  serveDoorbells(): void {
    if (this.#isPaused) return;
    const rung = this.#lines.takeDoorbells();
    if (rung === 0) return;
    for (let queue = 0; queue < this.#rings.length; queue++) {
      if ((rung & (1 << queue)) !== 0) this.#run(queue);
    }
  }

  /** Whether a queue waits for a further turn of the event loop. */
  get hasTurn(): boolean {
    return this.#rings.some(({ nextTurn }) => nextTurn !== null);
  }

  /** The device takes no more buffers until `resume`. */
  pause(): void {
    this.#isPaused = true;
    for (const ring of this.#rings) cancelTurn(ring);
  }

  /** Goes on, with everything that has rung meanwhile. */
  resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    // A turn may have been cancelled between two buffers: each queue is looked at.
    for (let queue = 0; queue < this.#rings.length; queue++) this.#run(queue);
  }

  /** As at power-on: the driver's doing is forgotten. */
  reset(): void {
    for (const ring of this.#rings) cancelTurn(ring);
    this.device.stop();
    this.device.reset();
    for (const ring of this.#rings) Object.assign(ring, newRing());
    this.#status = 0;
    this.#driverFeatures = [0, 0];
    this.#deviceFeaturesSel = 0;
    this.#driverFeaturesSel = 0;
    this.#queueSel = 0;
    this.#lines.clear();
  }

  /** What the driver has set up, while nothing runs. */
  save(): MmioState {
    return {
      status: this.#status,
      driverFeatures: [...this.#driverFeatures],
      deviceFeaturesSel: this.#deviceFeaturesSel,
      driverFeaturesSel: this.#driverFeaturesSel,
      queueSel: this.#queueSel,
      configGeneration: this.#configGeneration,
      interruptStatus: this.#lines.status,
      queues: this.#rings.map((ring) => ({
        size: ring.size,
        isReady: ring.isReady,
        descriptors: [...ring.descriptors],
        available: [...ring.available],
        used: [...ring.used],
        nextAvailable: ring.queue?.nextAvailable ?? ring.nextAvailable,
      })),
    };
  }

  /** Goes on from what `save` gave, on a slot as at power-on with the same device, whose own state is restored before. */
  restore(state: MmioState): void {
    this.#status = state.status;
    this.#driverFeatures = [...state.driverFeatures];
    this.#deviceFeaturesSel = state.deviceFeaturesSel;
    this.#driverFeaturesSel = state.driverFeaturesSel;
    this.#queueSel = state.queueSel;
    this.#configGeneration = state.configGeneration;
    for (const [i, ring] of this.#rings.entries()) {
      const saved = state.queues[i];
      if (saved === undefined) continue;
      ring.size = saved.size;
      ring.isReady = saved.isReady;
      ring.descriptors = [...saved.descriptors];
      ring.available = [...saved.available];
      ring.used = [...saved.used];
      ring.nextAvailable = saved.nextAvailable;
    }
    if (state.interruptStatus !== 0) this.#lines.raise(state.interruptStatus);
    if (this.#isRunning) this.#start();
  }

  get #isRunning(): boolean {
    return (this.#status & (DEVICE_STATUS.driverOk | DEVICE_STATUS.needsReset)) === DEVICE_STATUS.driverOk;
  }

  get #accepted(): bigint {
    const [low, high] = this.#driverFeatures;
    return (BigInt(high) << 32n) | BigInt(low);
  }

  #setStatus(value: number): void {
    const wanted = value & DRIVER_STATUS;
    if (value === 0) {
      this.reset();
      return;
    }
    const added = wanted & ~this.#status;
    this.#status |= added & ~(DEVICE_STATUS.featuresOk | DEVICE_STATUS.driverOk);
    if ((added & DEVICE_STATUS.featuresOk) !== 0 && this.#areFeaturesRight()) this.#status |= DEVICE_STATUS.featuresOk;
    if ((added & DEVICE_STATUS.driverOk) === 0) return;
    if ((this.#status & DEVICE_STATUS.featuresOk) === 0) {
      this.#giveUp(new StateError('driver-ok', 'The driver started the device before features were agreed on.'));
      return;
    }
    this.#status |= DEVICE_STATUS.driverOk;
    if (this.#isRunning) this.#start();
  }

  /** A driver that asks for what was not offered, or is older than version 1, sees FEATURES_OK stay off (§3.1.1). */
  #areFeaturesRight(): boolean {
    const accepted = this.#accepted;
    return (accepted & ~this.#features) === 0n && (accepted & VIRTIO_FEATURES.version1) !== 0n;
  }

  #storeQueue(offset: number, value: number): void {
    const ring = this.#rings[this.#queueSel];
    if (ring === undefined) return;
    if (offset === R.queueReady) {
      this.#setReady(ring, (value & 1) !== 0);
      return;
    }
    // A queue in use is not to be changed (§4.2.2.2).
    if (ring.isReady) return;
    switch (offset) {
      case R.queueSize:
        ring.size = value;
        return;
      case R.queueDescLow:
        ring.descriptors[0] = value;
        return;
      case R.queueDescHigh:
        ring.descriptors[1] = value;
        return;
      case R.queueDriverLow:
        ring.available[0] = value;
        return;
      case R.queueDriverHigh:
        ring.available[1] = value;
        return;
      case R.queueDeviceLow:
        ring.used[0] = value;
        return;
      case R.queueDeviceHigh:
        ring.used[1] = value;
    }
  }

  #setReady(ring: Ring, isReady: boolean): void {
    if (ring.isReady === isReady) return;
    ring.isReady = isReady;
    if (!isReady) {
      cancelTurn(ring);
      ring.queue = null;
      ring.nextAvailable = 0;
    }
    if (this.#isRunning) this.#start();
  }

  /** Makes queues of what was set up, and tells the device. */
  #start(): void {
    try {
      for (const [index, ring] of this.#rings.entries()) {
        if (ring.isReady && ring.queue === null) ring.queue = this.#makeQueue(index, ring);
      }
    } catch (error) {
      if (!(error instanceof VirtqueueError)) throw error;
      this.#giveUp(error);
      return;
    }
    this.device.start({
      features: this.#accepted,
      memory: this.#memory,
      queues: this.#rings.map(({ queue }) => queue),
      interrupt: () => this.#lines.raise(MMIO_INTERRUPT.usedBuffer),
      wake: (queue) => this.#run(queue),
    });
    // Buffers may have been made available, and even notified of, before.
    for (let queue = 0; queue < this.#rings.length; queue++) this.#run(queue);
  }

  #makeQueue(index: number, ring: Ring): Virtqueue {
    if (ring.size > (this.device.queueSizes[index] ?? 0)) throw new VirtqueueError('size');
    return new Virtqueue({
      memory: this.#memory,
      size: ring.size,
      descriptors: addressOf(ring.descriptors),
      available: addressOf(ring.available),
      used: addressOf(ring.used),
      hasEventIndex: (this.#accepted & VIRTIO_FEATURES.eventIndex) !== 0n,
      nextAvailable: ring.nextAvailable,
    });
  }

  #run(index: number): void {
    const ring = this.#rings[index]!;
    if (ring.queue === null || ring.nextTurn !== null || this.#isPaused || !this.#isRunning) return;
    try {
      if (!this.device.handleQueue(index)) return;
    } catch (error) {
      if (!(error instanceof VirtqueueError)) throw error;
      this.#giveUp(error);
      return;
    }
    ring.nextTurn = setImmediate(() => {
      ring.nextTurn = null;
      this.#run(index);
    });
  }

  /** The structures of the driver cannot be trusted: nothing moves until it resets the device. */
  #giveUp(error: Error): void {
    for (const ring of this.#rings) {
      cancelTurn(ring);
      ring.queue = null;
    }
    this.device.stop();
    const wasRunning = (this.#status & DEVICE_STATUS.driverOk) !== 0;
    this.#status |= DEVICE_STATUS.needsReset;
    // §2.1.2: a driver that runs is told by a change of configuration.
    if (wasRunning) this.#lines.raise(MMIO_INTERRUPT.configChange);
    this.onTrouble.emit(error);
  }

  #loadConfig(offset: number, size: number): number {
    if (!this.#isConfig(offset, size)) return 0;
    this.device.readConfig(offset, scratch.subarray(0, size));
    return size === 4 ? scratchView.getUint32(0, true) : size === 2 ? scratchView.getUint16(0, true) : scratch[0]!;
  }

  #storeConfig(offset: number, size: number, value: number): void {
    if (!this.#isConfig(offset, size)) return;
    scratchView.setUint32(0, value, true);
    this.device.writeConfig(offset, scratch.subarray(0, size));
  }

  #isConfig(offset: number, size: number): boolean {
    return (size === 1 || size === 2 || size === 4) && offset + size <= this.device.configSize;
  }
}

const scratch = new Uint8Array(4);
const scratchView = new DataView(scratch.buffer);

function newRing(): Ring {
  return {
    size: 0,
    isReady: false,
    descriptors: [0, 0],
    available: [0, 0],
    used: [0, 0],
    nextAvailable: 0,
    queue: null,
    nextTurn: null,
  };
}

function cancelTurn(ring: Ring): void {
  if (ring.nextTurn !== null) clearImmediate(ring.nextTurn);
  ring.nextTurn = null;
}

function addressOf([low, high]: readonly [low: number, high: number]): number {
  return high * 0x1_0000_0000 + low;
}
