/** Reads from files, as far as the host has them in memory, straight into a guest's buffers. */
import { platform } from 'node:os';
import type { PromptReader } from '../../../base/native/prompt-read.ts';
import type { SegmentList } from '../../virtio/segment-list.ts';
import { SECTOR_BYTES } from './disk.ts';

/** See the file's head. */
export class PromptReads {
  /** Null where native calls do not work: a disk can do without. */
  readonly #reader: PromptReader | null;

  private constructor(reader: PromptReader | null) {
    this.#reader = reader;
  }

  static async open(): Promise<PromptReads> {
    if (platform() !== 'linux') return new PromptReads(null);
    const native = await import('../../../base/native/prompt-read.ts').catch(() => null);
    return new PromptReads(native === null ? null : new native.PromptReader());
  }

  /** As `Disk.readNow`, from a file, at an offset of it. */
  read(fd: number, at: number, into: SegmentList, bytes: number): number {
    const reader = this.#reader;
    if (reader === null) return 0;
    into.visit(bytes, (memory, start, length) => reader.add(memory, start, length));
    const read = reader.read(fd, at);
    return read - (read % SECTOR_BYTES);
  }
}
