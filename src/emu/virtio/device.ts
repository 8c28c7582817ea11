/**
 * A virtio device without its transport: what it is, what it offers, and how it is started and stopped. Whether queues
 * and configuration reach it by memory-mapped registers or by messages of another process is not its business.
 *
 * A transport calls, in one thread: `start`, then `handleQueue` as the driver notifies, then `stop`; `reset` when the
 * driver (or the machine) starts over. `stop` without `reset` is a pause: the device keeps its state for the next `start`.
 */
import type { GuestMemory } from './guest-memory.ts';
import type { Virtqueue } from './queue.ts';

/** Feature bits that belong to the transport and the ring format (Virtio 1.3 §6). */
export const VIRTIO_FEATURES = {
  /** VIRTIO_F_INDIRECT_DESC */
  indirectDescriptors: 1n << 28n,
  /** VIRTIO_F_EVENT_IDX */
  eventIndex: 1n << 29n,
  /** VIRTIO_F_VERSION_1 */
  version1: 1n << 32n,
} as const;

/** What a running device has of its transport. */
export interface VirtioDriverSide {
  /** Features that the driver accepted. */
  readonly features: bigint;
  readonly memory: GuestMemory;
  /** One for each of the device's queues; null for a queue that is not in use. */
  readonly queues: readonly (Virtqueue | null)[];
  /** Interrupts the driver for a queue. Call it when `takeInterruptWish` says so. */
  readonly interrupt: (queue: number) => void;
  /**
   * Has `handleQueue` called for a queue, at once: for a device that has something for the driver by itself. So that damage
   * to a queue has one way, whoever found it.
   */
  readonly wake: (queue: number) => void;
}

/** A device as transports see it. */
export interface VirtioDevice {
  /** Virtio device id (§5). */
  readonly deviceId: number;
  /** Features of the device type; those of the transport are added by it. */
  readonly features: bigint;
  /** Its queues, with the size to offer for each. */
  readonly queueSizes: readonly number[];
  /** Called when a field of the configuration changed by itself; set by a transport that can tell the driver. */
  onConfigChange: (() => void) | null;
  /** Bytes of configuration space. */
  readonly configSize: number;
  /** Fills `into` with configuration space from `offset` on; the range lies inside it. */
  readConfig(offset: number, into: Uint8Array): void;
  /** The driver writes configuration space; the range lies inside it. */
  writeConfig(offset: number, bytes: Uint8Array): void;
  /** Queues are ready. Called again, without a `stop`, when queues or memory were exchanged. */
  start(driver: VirtioDriverSide): void;
  /**
   * Takes buffers from a queue. Returns true when it stopped with buffers left, so that other work gets its turn: call
   * again soon. Throws VirtqueueError: the transport marks the device as in need of a reset.
   */
  handleQueue(queue: number): boolean;
  /** Queues and memory are no longer to be touched. */
  stop(): void;
  /** Forgets everything the driver has set up. */
  reset(): void;
}
