/**
 * A disk whose changes are thrown away at the end: what is written goes to a nameless file, what was never written comes
 * from the disk below, which is only read. Which sectors were written is known by a bit each.
 */
import { constants } from 'node:fs';
import { mkdtemp, open, rm, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HostError, messageOf } from '../../../base/errors.ts';
import type { SegmentList } from '../../virtio/segment-list.ts';
import { SECTOR_BYTES, type Disk } from './disk.ts';
import { PromptReads } from './prompt-reads.ts';

/** Sectors of a page of the map: 2 MiB of disk, 512 bytes of bits. */
const PAGE_SECTORS = 4096;

/** An overlay. It owns the disk below and closes it. */
export class OverlayDisk implements Disk {
  readonly bytes: number;
  readonly isReadOnly = false;
  readonly #below: Disk;
  readonly #file: FileHandle;
  readonly #prompt: PromptReads;
  /** Bits of the sectors that were written, by page. */
  readonly #written = new Map<number, Uint8Array>();

  private constructor(below: Disk, file: FileHandle, prompt: PromptReads) {
    this.#below = below;
    this.#file = file;
    this.#prompt = prompt;
    this.bytes = below.bytes;
  }

  /** Lays an overlay on a disk, its file in `folder`. Rejects with HostError; the disk below stays the caller's then. */
  static async create(below: Disk, folder: string = tmpdir()): Promise<OverlayDisk> {
    let made: string | null = null;
    try {
      made = await mkdtemp(join(folder, 'saffron-disk-'));
      const file = await open(join(made, 'changes'), constants.O_RDWR | constants.O_CREAT | constants.O_EXCL, 0o600);
      return new OverlayDisk(below, file, await PromptReads.open());
    } catch (error) {
      throw new HostError('disk', `No file can be made in ${folder} for what the guest writes: ${messageOf(error)}.`, {
        cause: error,
      });
    } finally {
      // Without a name it is gone with this process, however that ends.
      if (made !== null) await rm(made, { recursive: true, force: true });
    }
  }

  async read(at: number, into: Uint8Array): Promise<void> {
    for (let done = 0; done < into.length;) {
      const isWritten = this.#isWritten((at + done) / SECTOR_BYTES);
      const bytes = this.#run(at + done, into.length - done, isWritten);
      const piece = into.subarray(done, done + bytes);
      if (isWritten) await this.#readChanges(at + done, piece);
      else await this.#below.read(at + done, piece);
      done += bytes;
    }
  }

  /** As far as all of it is written, or none. */
  readNow(at: number, into: SegmentList, bytes: number): number {
    const isWritten = this.#isWritten(at / SECTOR_BYTES);
    const run = this.#run(at, bytes, isWritten);
    return isWritten ? this.#prompt.read(this.#file.fd, at, into, run) : this.#below.readNow(at, into, run);
  }

  async write(at: number, from: Uint8Array): Promise<void> {
    try {
      for (let done = 0; done < from.length;) {
        const { bytesWritten } = await this.#file.write(from, done, from.length - done, at + done);
        done += bytesWritten;
      }
    } catch (error) {
      throw new HostError('disk', `What the guest writes cannot be kept: ${messageOf(error)}.`, { cause: error });
    }
    this.#mark(at, from.length);
  }

  /** Nothing of it is to outlive the guest. */
  async flush(): Promise<void> {
    // Nothing to do.
  }

  async writeZeroes(at: number, bytes: number): Promise<void> {
    const zeros = new Uint8Array(Math.min(bytes, 1 << 20));
    for (let done = 0; done < bytes; done += zeros.length) {
      await this.write(at + done, zeros.subarray(0, Math.min(zeros.length, bytes - done)));
    }
  }

  async close(): Promise<void> {
    await this.#file.close();
    await this.#below.close();
  }

  async #readChanges(at: number, into: Uint8Array): Promise<void> {
    try {
      for (let done = 0; done < into.length;) {
        const { bytesRead } = await this.#file.read(into, done, into.length - done, at + done);
        if (bytesRead === 0) throw new Error('the file of its changes was cut');
        done += bytesRead;
      }
    } catch (error) {
      throw new HostError('disk', `What the guest has written cannot be read: ${messageOf(error)}.`, { cause: error });
    }
  }

  #isWritten(sector: number): boolean {
    const page = this.#written.get(Math.floor(sector / PAGE_SECTORS));
    if (page === undefined) return false;
    const bit = sector % PAGE_SECTORS;
    return (page[bit >>> 3]! & (1 << (bit & 7))) !== 0;
  }

  /** How many bytes from `at` on, at most `limit`, are written like the first. */
  #run(at: number, limit: number, isWritten: boolean): number {
    const first = at / SECTOR_BYTES;
    const end = first + limit / SECTOR_BYTES;
    let sector = first;
    while (sector < end && this.#isWritten(sector) === isWritten) {
      const number = Math.floor(sector / PAGE_SECTORS);
      if (this.#written.has(number)) sector++;
      else sector = (number + 1) * PAGE_SECTORS;
    }
    return (Math.min(sector, end) - first) * SECTOR_BYTES;
  }

  #mark(at: number, bytes: number): void {
    const end = (at + bytes) / SECTOR_BYTES;
    for (let sector = at / SECTOR_BYTES; sector < end; sector++) {
      const number = Math.floor(sector / PAGE_SECTORS);
      let page = this.#written.get(number);
      if (page === undefined) this.#written.set(number, (page = new Uint8Array(PAGE_SECTORS / 8)));
      const bit = sector % PAGE_SECTORS;
      page[bit >>> 3]! |= 1 << (bit & 7);
    }
  }
}
