/** A disk in a file, or in a block device of this host, byte for byte. */
import { constants } from 'node:fs';
import { open, readFile, type FileHandle } from 'node:fs/promises';
import { HostError, messageOf } from '../../../base/errors.ts';
import type { SegmentList } from '../../virtio/segment-list.ts';
import { SECTOR_BYTES, type Disk } from './disk.ts';
import { claimDisk } from './disk-lock.ts';
import { PromptReads } from './prompt-reads.ts';

const ZERO_BYTES = 1 << 20;

/** A raw disk. A file whose size is no multiple of a sector ends in zeros. */
export class RawDisk implements Disk {
  readonly bytes: number;
  readonly isReadOnly: boolean;
  readonly #file: FileHandle;
  readonly #path: string;
  readonly #prompt: PromptReads;
  #zeros: Uint8Array | null = null;

  private constructor(file: FileHandle, path: string, bytes: number, isReadOnly: boolean, prompt: PromptReads) {
    this.#file = file;
    this.#prompt = prompt;
    this.#path = path;
    this.bytes = bytes;
    this.isReadOnly = isReadOnly;
  }

  /** Opens it. Rejects with HostError `disk`: one sentence for the user. */
  static async open(path: string, options: { readonly isReadOnly: boolean }): Promise<RawDisk> {
    const { isReadOnly } = options;
    let file: FileHandle;
    try {
      file = await open(path, isReadOnly ? constants.O_RDONLY : constants.O_RDWR);
    } catch (error) {
      throw new HostError('disk', `The disk ${path} cannot be opened: ${reasonOf(error, isReadOnly)}.`, {
        cause: error,
      });
    }
    try {
      const bytes = await sizeOf(file, path);
      await claimDisk(file.fd, path, isReadOnly);
      return new RawDisk(
        file,
        path,
        Math.ceil(bytes / SECTOR_BYTES) * SECTOR_BYTES,
        isReadOnly,
        await PromptReads.open(),
      );
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  async read(at: number, into: Uint8Array): Promise<void> {
    for (let done = 0; done < into.length;) {
      const { bytesRead } = await this.#try('read', this.#file.read(into, done, into.length - done, at + done));
      if (bytesRead === 0) {
        // Past the end of a file that is no whole number of sectors, or that someone has cut.
        into.fill(0, done);
        return;
      }
      done += bytesRead;
    }
  }

  readNow(at: number, into: SegmentList, bytes: number): number {
    return this.#prompt.read(this.#file.fd, at, into, bytes);
  }

  async write(at: number, from: Uint8Array): Promise<void> {
    for (let done = 0; done < from.length;) {
      const { bytesWritten } = await this.#try('written', this.#file.write(from, done, from.length - done, at + done));
      done += bytesWritten;
    }
  }

  async flush(): Promise<void> {
    await this.#try('written', this.#file.datasync());
  }

  async writeZeroes(at: number, bytes: number): Promise<void> {
    this.#zeros ??= new Uint8Array(ZERO_BYTES);
    for (let done = 0; done < bytes; done += ZERO_BYTES) {
      await this.write(at + done, this.#zeros.subarray(0, Math.min(ZERO_BYTES, bytes - done)));
    }
  }

  async close(): Promise<void> {
    await this.#file.close();
  }

  async #try<T>(what: string, action: Promise<T>): Promise<T> {
    try {
      return await action;
    } catch (error) {
      throw new HostError('disk', `The disk ${this.#path} cannot be ${what}: ${messageOf(error)}.`, { cause: error });
    }
  }
}

async function sizeOf(file: FileHandle, path: string): Promise<number> {
  const facts = await file.stat();
  if (facts.isFile()) {
    if (facts.size === 0) throw new HostError('disk', `The disk ${path} is empty: give it a size first.`);
    return facts.size;
  }
  if (!facts.isBlockDevice()) throw new HostError('disk', `The disk ${path} is neither a file nor a block device.`);
  const major = ((facts.rdev >> 8) & 0xfff) | 0;
  const minor = (facts.rdev & 0xff) | ((facts.rdev >> 12) & 0xfff00);
  const sectors = Number(await readFile(`/sys/dev/block/${major}:${minor}/size`, 'latin1').catch(() => '0'));
  if (!Number.isSafeInteger(sectors) || sectors <= 0) {
    throw new HostError('disk', `The size of the block device ${path} cannot be found out.`);
  }
  return sectors * SECTOR_BYTES;
}

function reasonOf(error: unknown, isReadOnly: boolean): string {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOENT') return 'there is no such file';
  if (code === 'EISDIR') return 'it is a folder';
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') {
    return isReadOnly ? 'you may not read it' : 'you may not write to it; make it read-only or throw changes away';
  }
  return messageOf(error);
}
