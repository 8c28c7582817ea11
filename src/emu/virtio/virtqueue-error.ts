/**
 * What is said when a guest's driver has damaged a queue. The structures of a queue cannot be trusted after that, so the
 * device stops until the driver resets it (VIRTIO_CONFIG_S_NEEDS_RESET, Virtio 1.3 §2.1.2).
 */

/** Why a queue was given up, by code. */
export const VIRTQUEUE_ERRORS = {
  size: 'The queue size is not a power of two from 1 to 32768.',
  address: 'A part of the queue is not aligned or not wholly in guest memory.',
  'available-index': 'More buffers are said to be available than the queue has.',
  head: 'A buffer begins at a descriptor that the table does not have.',
  next: 'A descriptor goes on at one that the table does not have.',
  loop: 'A chain is longer than its queue: it loops.',
  'chain-length': 'A chain has more descriptors than are allowed.',
  buffer: 'A buffer does not lie wholly in guest memory.',
  'empty-buffer': 'A buffer has no bytes.',
  order: 'A buffer for the device to read follows one for it to write.',
  'indirect-table': 'An indirect table is empty, no multiple of 16 bytes, or not wholly in guest memory.',
  'indirect-flags': 'An indirect descriptor has a successor, or lies in an indirect table.',
} as const satisfies Readonly<Record<string, string>>;

/** One of the codes above. */
export type VirtqueueErrorCode = keyof typeof VIRTQUEUE_ERRORS;

/** A driver broke the rules of its queue. `descriptor` is where it was seen, −1 if nowhere in particular. */
export class VirtqueueError extends Error {
  override readonly name = 'VirtqueueError';
  readonly code: VirtqueueErrorCode;
  readonly descriptor: number;
  constructor(code: VirtqueueErrorCode, descriptor = -1) {
    super(descriptor < 0 ? VIRTQUEUE_ERRORS[code] : `Descriptor ${descriptor}: ${VIRTQUEUE_ERRORS[code]}`);
    this.code = code;
    this.descriptor = descriptor;
  }
}
