/**
 * A file without a name that QEMU writes pictures into: gone when the last descriptor is closed, whatever happens to
 * us. It lies in memory where the system has such a folder.
 */
import { randomUUID } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync, unlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HostError, messageOf } from '../../base/errors.ts';

/** More than the largest screen's picture takes. */
const MAX_BYTES = 1 << 28;

export class PictureFile {
  /** To be inherited by QEMU, which opens it anew for each picture. */
  readonly fd: number;
  #buffer = new Uint8Array(0);
  #isOpen = true;

  /** Throws HostError. */
  constructor(folders: readonly string[] = ['/dev/shm', tmpdir()]) {
    let reason: unknown;
    for (const folder of folders) {
      const path = join(folder, `saffron-picture-${randomUUID()}`);
      try {
        this.fd = openSync(path, 'wx+', 0o600);
        unlinkSync(path);
        return;
      } catch (error) {
        reason = error;
      }
    }
    throw new HostError('temporary-file', `No temporary file could be made: ${messageOf(reason)}.`, { cause: reason });
  }

  /** What QEMU wrote last: BORROWED until the next call. Throws HostError when it is too large. */
  read(): Uint8Array {
    const { size } = fstatSync(this.fd);
    if (size > MAX_BYTES) throw new HostError('picture-size', `QEMU made a picture of ${size} bytes.`);
    if (size > this.#buffer.length) this.#buffer = new Uint8Array(size);
    let length = 0;
    while (length < size) {
      const count = readSync(this.fd, this.#buffer, length, size - length, length);
      if (count === 0) break;
      length += count;
    }
    return this.#buffer.subarray(0, length);
  }

  /** Twice is once. */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    closeSync(this.fd);
  }
}
