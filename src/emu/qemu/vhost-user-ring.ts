import type { EventFd } from '../../base/native/eventfd.ts';
import type { FdWatch } from '../../base/native/poll.ts';
import type { Virtqueue } from '../virtio/queue.ts';

/** Where QEMU says a queue lies, in its own addresses. */
export interface RingAddresses {
  readonly descriptors: bigint;
  readonly used: bigint;
  readonly available: bigint;
}

/** One queue as vhost-user sets it up: piece by piece, until there is enough to run it. */
export class VhostUserRing {
  size = 0;
  addresses: RingAddresses | null = null;
  /** The available index to go on from. */
  base = 0;
  isEnabled = false;
  /** The driver has damaged it: it rests until it is set up anew. */
  isBroken = false;
  kick: EventFd | null = null;
  call: EventFd | null = null;
  error: EventFd | null = null;
  /** There while the queue runs. */
  queue: Virtqueue | null = null;
  watch: FdWatch | null = null;
  /** Work that did not fit into a turn goes on with this. */
  nextTurn: NodeJS.Immediate | null = null;

  /** Stops it; what it has taken is remembered in `base`. */
  halt(): void {
    if (this.queue !== null) this.base = this.queue.nextAvailable;
    this.queue = null;
    this.watch?.close();
    this.watch = null;
    if (this.nextTurn !== null) clearImmediate(this.nextTurn);
    this.nextTurn = null;
  }

  /** Exchanges one of the doorbells; the old one is closed. */
  setKick(event: EventFd | null): void {
    this.halt();
    this.kick?.close();
    this.kick = event;
    this.isBroken = false;
  }

  setCall(event: EventFd | null): void {
    this.call?.close();
    this.call = event;
  }

  setError(event: EventFd | null): void {
    this.error?.close();
    this.error = event;
  }

  close(): void {
    this.setKick(null);
    this.setCall(null);
    this.setError(null);
  }
}
