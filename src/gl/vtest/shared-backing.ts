/** Memory that a client and this process both see. */
import type { Backing } from '../core/backing.ts';

/** Memory that client and server both see. It may be mapped when `bytes` are first asked for. */
export interface SharedBytes {
  readonly fd: number;
  readonly bytes: Uint8Array;
  close(): void;
}

/** Shared memory behind a resource. Fences are resources of a few bytes that nobody ever looks into: they stay unmapped. */
export class SharedBacking implements Backing {
  readonly sizeBytes: number;
  readonly #shared: SharedBytes;

  constructor(shared: SharedBytes, sizeBytes: number) {
    this.#shared = shared;
    this.sizeBytes = sizeBytes;
  }

  view(offset: number, length: number): Uint8Array {
    return this.#shared.bytes.subarray(offset, offset + length);
  }

  read(offset: number, into: Uint8Array): void {
    into.set(this.view(offset, into.length));
  }

  write(offset: number, from: Uint8Array): void {
    this.#shared.bytes.set(from, offset);
  }
}
