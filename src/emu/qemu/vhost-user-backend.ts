/**
 * Plays a virtio device for QEMU by vhost-user: QEMU shares the guest's memory and the doorbells of its queues, and this
 * process serves them without QEMU in between. It runs in the thread that made it, between that thread's other events.
 *
 * A queue runs when it has a size, addresses, memory and a doorbell, and is enabled. Pausing the machine stops queues and
 * keeps the device; a driver that starts over begins its queues at 0, and older versions of QEMU tell it by that alone.
 */
import { HostError, messageOf, StateError } from '../../base/errors.ts';
import { EventFd } from '../../base/native/eventfd.ts';
import { watchFd } from '../../base/native/poll.ts';
import { Reader } from '../../wire/reader.ts';
import { WireError } from '../../wire/wire-error.ts';
import { joinBytes, Writer } from '../../wire/writer.ts';
import { VIRTIO_FEATURES, type VirtioDevice } from '../virtio/device.ts';
import { GuestMemory } from '../virtio/guest-memory.ts';
import { Virtqueue } from '../virtio/queue.ts';
import { VirtqueueError } from '../virtio/virtqueue-error.ts';
import { GpuSocket } from './gpu-socket.ts';
import { VhostUserMemory } from './vhost-user-memory.ts';
import { VhostUserRing } from './vhost-user-ring.ts';
import { VhostUserSocket, type VhostUserMessage } from './vhost-user-socket.ts';
import {
  dispatchVhostUserRequests,
  vhostUserRequests,
  vhostUserRequestsById,
  writeVhostUserConfig,
  writeVhostUserU64,
  writeVringState,
  type VhostUserConfig,
  type VringState,
} from './vhost-user-wire.gen.ts';
import type { Handlers } from '../../wire/codec.ts';

/** VHOST_USER_F_PROTOCOL_FEATURES */
const PROTOCOL_FEATURES = 1n << 30n;
/** VHOST_USER_PROTOCOL_F_REPLY_ACK, _CONFIG and _RESET_DEVICE */
const OFFERED_PROTOCOL = (1n << 3n) | (1n << 9n) | (1n << 13n);
/** Bits 0–7 of a doorbell message name the queue, bit 8 says that no descriptor comes along. */
const RING_MASK = 0xffn;
const NO_FD = 0x100n;

const NO_MEMORY = new GuestMemory([]);

/** What the owner of a backend hears. */
export interface VhostUserBackendEvents {
  /** The guest's driver or QEMU did something wrong. It may happen at any rate. */
  onTrouble(error: Error): void;
  /** The connection is over: by QEMU (null) or by an error. The backend is closed. */
  onEnd(error: Error | null): void;
}

/** A connection to QEMU, with the device behind it. */
export class VhostUserBackend {
  readonly #device: VirtioDevice;
  readonly #events: VhostUserBackendEvents;
  readonly #socket: VhostUserSocket;
  readonly #rings: readonly VhostUserRing[];
  readonly #reader = new Reader();
  readonly #handlers: Handlers<typeof vhostUserRequests, Uint8Array | null>;
  #features = 0n;
  #memory: VhostUserMemory | null = null;
  /** Descriptors of the message in work. */
  #fds: number[] = [];
  #gpuSocket: GpuSocket | null = null;
  readonly #scanouts = new Map<number, { readonly width: number; readonly height: number }>();
  #isOpen = true;

  /** Takes over a connected socket. Throws HostError. The device stays the caller's. */
  constructor(fd: number, device: VirtioDevice, events: VhostUserBackendEvents) {
    this.#device = device;
    this.#events = events;
    this.#rings = device.queueSizes.map(() => new VhostUserRing());
    this.#handlers = this.#makeHandlers();
    this.#socket = new VhostUserSocket(fd, {
      onMessage: (message) => this.#handle(message),
      onEnd: (error) => {
        this.close();
        events.onEnd(error);
      },
    });
  }

  /** A head's picture has another size: QEMU is told, which takes places of the pointer in it. */
  tellScanout(head: number, width: number, height: number): void {
    if (width === 0) {
      this.#scanouts.delete(head);
      return;
    }
    this.#scanouts.set(head, { width, height });
    this.#gpuSocket?.tellScanout(head, width, height);
  }

  /** Stops the device, unmaps the guest's memory and closes every descriptor. Twice is once. */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#socket.close();
    for (const ring of this.#rings) ring.close();
    this.#device.stop();
    this.#memory?.close();
    this.#memory = null;
    this.#dropGpuSocket();
  }

  #handle({ request, wantsAnswer, payload, fds }: VhostUserMessage): void {
    this.#fds = fds;
    let answer: Uint8Array | null = null;
    let status = 0n;
    try {
      answer = dispatchVhostUserRequests(request, this.#reader.reset(payload), this.#handlers);
    } catch (error) {
      if (!(error instanceof WireError || error instanceof StateError || error instanceof HostError)) throw error;
      const name = vhostUserRequestsById.get(request)?.name ?? String(request);
      this.#events.onTrouble(new StateError('request', `vhost-user ${name}: ${messageOf(error)}`, { cause: error }));
      status = 1n;
      answer = refusalOf(request);
    }
    if (answer !== null) this.#socket.reply(request, answer);
    else if (wantsAnswer) this.#socket.reply(request, u64(status));
  }

  #makeHandlers(): Handlers<typeof vhostUserRequests, Uint8Array | null> {
    const device = this.#device;
    return {
      getFeatures: () =>
        u64(
          device.features |
            VIRTIO_FEATURES.version1 |
            VIRTIO_FEATURES.indirectDescriptors |
            VIRTIO_FEATURES.eventIndex |
            PROTOCOL_FEATURES,
        ),
      // QEMU passes on what its driver accepted, also what was never offered here.
      setFeatures: ({ value }) => {
        this.#features = value;
        return null;
      },
      setOwner: () => null,
      resetOwner: () => null,
      getProtocolFeatures: () => u64(OFFERED_PROTOCOL),
      setProtocolFeatures: ({ value }) => {
        if ((value & ~OFFERED_PROTOCOL) !== 0n) throw new StateError('feature', 'a feature was never offered');
        return null;
      },
      getQueueCount: () => u64(BigInt(this.#rings.length)),
      setMemoryTable: ({ regions }) => {
        this.#setMemory(new VhostUserMemory(regions, this.#fds));
        return null;
      },
      setVringSize: ({ index, value }) => {
        const ring = this.#ring(index);
        ring.halt();
        ring.size = value;
        return null;
      },
      setVringAddresses: ({ index, descriptors, used, available }) => {
        const ring = this.#ring(index);
        ring.halt();
        ring.addresses = { descriptors, used, available };
        this.#runWhatCan();
        return null;
      },
      setVringBase: ({ index, value }) => {
        const ring = this.#ring(index);
        ring.halt();
        if (value === 0 && ring.base !== 0) this.#reset();
        ring.base = value & 0xffff;
        ring.isBroken = false;
        return null;
      },
      getVringBase: ({ index }) => {
        const ring = this.#ring(index);
        // The doorbell goes too: the queue starts again when it comes anew.
        ring.setKick(null);
        this.#tellDevice();
        return vringState({ index, value: ring.base });
      },
      setVringKick: ({ value }) => {
        this.#ringOf(value).setKick(this.#takeEvent(value));
        this.#runWhatCan();
        return null;
      },
      setVringCall: ({ value }) => {
        this.#ringOf(value).setCall(this.#takeEvent(value));
        return null;
      },
      setVringError: ({ value }) => {
        this.#ringOf(value).setError(this.#takeEvent(value));
        return null;
      },
      setVringEnable: ({ index, value }) => {
        const ring = this.#ring(index);
        ring.isEnabled = value !== 0;
        if (!ring.isEnabled) ring.halt();
        this.#runWhatCan();
        return null;
      },
      getConfig: ({ offset, flags, data }) => config({ offset, flags, data: this.#readConfig(offset, data.length) }),
      setConfig: ({ offset, data }) => {
        if (offset + data.length > device.configSize)
          throw new StateError('config', 'a write beyond the configuration');
        device.writeConfig(offset, data);
        return null;
      },
      // Frames do not go by QEMU: what it would draw with is not wanted.
      setGpuSocket: () => {
        this.#dropGpuSocket();
        const fd = this.#fds.shift();
        this.#gpuSocket = fd === undefined ? null : new GpuSocket(fd);
        for (const [head, { width, height }] of this.#scanouts) this.#gpuSocket?.tellScanout(head, width, height);
        return null;
      },
      resetDevice: () => {
        for (const ring of this.#rings) ring.isEnabled = false;
        this.#reset();
        return null;
      },
    };
  }

  #ring(index: number): VhostUserRing {
    const ring = this.#rings[index];
    if (ring === undefined) throw new StateError('queue', `there is no queue ${index}`);
    return ring;
  }

  #ringOf(value: bigint): VhostUserRing {
    return this.#ring(Number(value & RING_MASK));
  }

  /** The descriptor of a doorbell message, or null when it says that there is none. */
  #takeEvent(value: bigint): EventFd | null {
    if ((value & NO_FD) !== 0n) return null;
    const fd = this.#fds.shift();
    if (fd === undefined) throw new StateError('descriptor', 'a doorbell came without a descriptor');
    return new EventFd(fd);
  }

  #readConfig(offset: number, length: number): Uint8Array {
    const data = new Uint8Array(length);
    const inside = Math.min(length, this.#device.configSize - offset);
    if (inside > 0) this.#device.readConfig(offset, data.subarray(0, inside));
    return data;
  }

  /** The driver starts over: nothing of before may be seen by it. */
  #reset(): void {
    for (const ring of this.#rings) {
      ring.halt();
      ring.base = 0;
      ring.isBroken = false;
    }
    this.#tellDevice();
    this.#device.reset();
  }

  #dropGpuSocket(): void {
    this.#gpuSocket?.close();
    this.#gpuSocket = null;
  }

  /** New memory takes the place of the old one under running queues. */
  #setMemory(memory: VhostUserMemory): void {
    const old = this.#memory;
    for (const ring of this.#rings) ring.halt();
    this.#device.stop();
    this.#memory = memory;
    old?.close();
    this.#runWhatCan();
  }

  /** Starts every queue that has all it needs and does not run. */
  #runWhatCan(): void {
    const started: number[] = [];
    for (const [index, ring] of this.#rings.entries()) {
      if (ring.queue !== null || !this.#isReady(ring)) continue;
      try {
        ring.queue = this.#makeQueue(ring);
      } catch (error) {
        if (!(error instanceof VirtqueueError)) throw error;
        this.#giveUp(index, error);
        continue;
      }
      started.push(index);
    }
    this.#tellDevice();
    for (const index of started) this.#listen(index);
    // Buffers may have been made available while nobody listened.
    for (const index of started) this.#run(index);
  }

  #isReady(ring: VhostUserRing): boolean {
    const isOn = ring.isEnabled || (this.#features & PROTOCOL_FEATURES) === 0n;
    return (
      isOn && !ring.isBroken && ring.size > 0 && ring.addresses !== null && ring.kick !== null && this.#memory !== null
    );
  }

  #makeQueue(ring: VhostUserRing): Virtqueue {
    const memory = this.#memory!;
    const { descriptors, used, available } = ring.addresses!;
    return new Virtqueue({
      memory: memory.guest,
      size: ring.size,
      descriptors: memory.guestAddressOf(descriptors) ?? -1,
      available: memory.guestAddressOf(available) ?? -1,
      used: memory.guestAddressOf(used) ?? -1,
      hasEventIndex: (this.#features & VIRTIO_FEATURES.eventIndex) !== 0n,
      nextAvailable: ring.base,
    });
  }

  #tellDevice(): void {
    const queues = this.#rings.map(({ queue }) => queue);
    if (queues.every((queue) => queue === null)) {
      this.#device.stop();
      return;
    }
    this.#device.start({
      features: this.#features,
      memory: this.#memory?.guest ?? NO_MEMORY,
      queues,
      interrupt: (index) => this.#interrupt(index),
      wake: (index) => this.#run(index),
    });
  }

  #listen(index: number): void {
    const ring = this.#rings[index]!;
    const kick = ring.kick!;
    try {
      ring.watch = watchFd(kick.fd, { readable: true }, ({ hasFailed }) => this.#hearKick(index, kick, hasFailed));
    } catch (error) {
      if (!(error instanceof HostError)) throw error;
      this.#giveUp(index, error);
    }
  }

  #hearKick(index: number, kick: EventFd, hasFailed: boolean): void {
    try {
      if (hasFailed) throw new HostError('doorbell', 'its doorbell has failed');
      kick.take();
    } catch (error) {
      if (!(error instanceof HostError)) throw error;
      this.#giveUp(index, error);
      return;
    }
    this.#run(index);
  }

  #interrupt(index: number): void {
    const ring = this.#rings[index];
    try {
      ring?.call?.signal();
    } catch (error) {
      if (!(error instanceof HostError)) throw error;
      ring?.setCall(null);
      this.#events.onTrouble(new StateError('queue', `the interrupt of queue ${index}: ${error.message}`));
    }
  }

  #run(index: number): void {
    const ring = this.#rings[index]!;
    if (ring.queue === null || ring.nextTurn !== null) return;
    try {
      if (!this.#device.handleQueue(index)) return;
    } catch (error) {
      if (!(error instanceof VirtqueueError)) throw error;
      this.#giveUp(index, error);
      return;
    }
    ring.nextTurn = setImmediate(() => {
      ring.nextTurn = null;
      this.#run(index);
    });
  }

  #tellError(ring: VhostUserRing): void {
    try {
      ring.error?.signal();
    } catch (error) {
      if (!(error instanceof HostError)) throw error;
      ring.setError(null);
    }
  }

  /** A damaged queue is not looked at again until it is set up anew; QEMU is told. */
  #giveUp(index: number, error: Error): void {
    const ring = this.#rings[index]!;
    ring.halt();
    ring.isBroken = true;
    this.#tellDevice();
    this.#tellError(ring);
    this.#events.onTrouble(new StateError('queue', `queue ${index}: ${error.message}`, { cause: error }));
  }
}

/** What a request that could not be done is answered with, if it is one that always has an answer. */
function refusalOf(request: number): Uint8Array | null {
  switch (request) {
    case vhostUserRequests.getVringBase.id:
      return vringState({ index: 0, value: 0 });
    case vhostUserRequests.getConfig.id:
      return new Uint8Array(0);
    default:
      return null;
  }
}

function u64(value: bigint): Uint8Array {
  return bytesOf((writer) => writeVhostUserU64(writer, { value }));
}

function vringState(state: VringState): Uint8Array {
  return bytesOf((writer) => writeVringState(writer, state));
}

function config(message: VhostUserConfig): Uint8Array {
  return bytesOf((writer) => writeVhostUserConfig(writer, message));
}

function bytesOf(write: (writer: Writer) => void): Uint8Array {
  const writer = new Writer();
  write(writer);
  return joinBytes(writer.finish());
}
