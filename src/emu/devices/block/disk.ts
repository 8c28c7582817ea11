import type { SegmentList } from '../../virtio/segment-list.ts';

/** A disk as a block device uses it. All places and sizes are bytes and multiples of a sector, and lie inside the disk. */
export interface Disk {
  /** A multiple of `SECTOR_BYTES`. */
  readonly bytes: number;
  readonly isReadOnly: boolean;
  /** Fills `into` from `at` on. Rejects with HostError. */
  read(at: number, into: Uint8Array): Promise<void>;
  /**
   * Reads into the first `bytes` of scattered memory what can be read without waiting for the medium, before it returns; how
   * many bytes from `at` on, in whole sectors. What is behind them may hold anything then.
   */
  readNow(at: number, into: SegmentList, bytes: number): number;
  /** Writes all of `from` at `at`; it may still be lost until `flush`. Rejects with HostError. */
  write(at: number, from: Uint8Array): Promise<void>;
  /** What was written before this call is on the medium when it resolves. Rejects with HostError. */
  flush(): Promise<void>;
  /** Makes a piece zero. Rejects with HostError. */
  writeZeroes(at: number, bytes: number): Promise<void>;
  close(): Promise<void>;
}

/** Bytes of a sector. */
export const SECTOR_BYTES = 512;
