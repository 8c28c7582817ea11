import { SegmentList } from './segment-list.ts';

/**
 * A buffer that the driver made available: bytes for the device to read, then bytes for it to write. The device owns the
 * object and fills it again and again with `Virtqueue.take`; what it holds is valid until the queue stops.
 */
export class DescriptorChain {
  /** What `Virtqueue.complete` gives back. */
  head = 0;
  readonly readable: SegmentList = new SegmentList();
  readonly writable: SegmentList = new SegmentList();
}
