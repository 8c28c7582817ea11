/**
 * Memory shared with other processes and threads through a file descriptor (memfd, or any file that can be mapped).
 * Closing detaches the ArrayBuffer before it unmaps: views that someone kept become empty, they never dangle.
 */
import koffi from 'koffi';
import { fstatSync } from 'node:fs';
import { assert } from '../assert.ts';
import { HostError } from '../errors.ts';
import { closeFd, duplicateFd } from './fd.ts';
import { addressOf, hostError, libc } from './libc.ts';

const MFD_CLOEXEC = 1;
const MFD_ALLOW_SEALING = 2;
const F_ADD_SEALS = 1033;
const F_SEAL_SEAL = 1;
const F_SEAL_SHRINK = 2;
const F_SEAL_GROW = 4;
const PROT_READ = 1;
const PROT_WRITE = 2;
const MAP_SHARED = 1;
const MAP_FIXED = 0x10;
const MAP_NORESERVE = 0x4000;
const MAP_FAILED = 0xffffffffffffffffn;
const WASM_PAGE_BYTES = 64 << 10;

/** A mapping, and a descriptor of its own to pass on. */
export class SharedMemory implements Disposable {
  /** Stays this object's; pass it to sendMessage or duplicate it. */
  readonly fd: number;
  readonly sizeBytes: number;
  #address = 0n;
  #bytes: Uint8Array<ArrayBuffer> | null = null;
  #isOpen = true;

  private constructor(fd: number, sizeBytes: number) {
    this.fd = fd;
    this.sizeBytes = sizeBytes;
  }

  /**
   * The mapping, empty after `close`. Its bytes may change at any time under another's hand. Throws HostError (`ENOMEM`) where
   * memory that was made unmapped cannot be mapped now.
   */
  get bytes(): Uint8Array<ArrayBuffer> {
    return this.#bytes ?? this.#map(0);
  }

  /**
   * New memory, all zero, that nobody can resize (sealed), so that no peer can make a read of it fault. `name` shows up
   * in /proc. Throws HostError (`ENOMEM`, `EMFILE`).
   */
  static create(name: string, sizeBytes: number): SharedMemory {
    const memory = SharedMemory.createUnmapped(name, sizeBytes);
    try {
      memory.#map(0);
    } catch (error) {
      closeFd(memory.fd);
      throw error;
    }
    return memory;
  }

  /** As `create`, but mapped when `bytes` are first asked for: most memory of some kinds never is. */
  static createUnmapped(name: string, sizeBytes: number): SharedMemory {
    assert(Number.isSafeInteger(sizeBytes) && sizeBytes > 0, 'size of shared memory');
    const fd = libc.memfdCreate(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (fd < 0) throw hostError('memfd_create');
    try {
      if (libc.ftruncate(fd, sizeBytes) < 0) throw hostError('ftruncate');
      if (libc.fcntl(fd, F_ADD_SEALS, 'int', F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW) < 0) {
        throw hostError('fcntl(F_ADD_SEALS)');
      }
      return new SharedMemory(fd, sizeBytes);
    } catch (error) {
      closeFd(fd);
      throw error;
    }
  }

  /**
   * Puts new memory in the place of `sizeBytes` at `offset` of a shared WebAssembly memory; both are multiples of 64 KiB.
   * What was there becomes zeros. From then on those bytes are the file's, for every thread and every process that maps
   * `fd`: nothing is copied. WebAssembly code notices nothing, as a shared memory never moves; the mapping goes with the
   * WebAssembly memory, `close` takes only the descriptor. Throws HostError (`ENOMEM`, `EMFILE`).
   */
  static createUnder(
    name: string,
    memory: { readonly buffer: SharedArrayBuffer; grow(pages: number): number },
    offset: number,
    sizeBytes: number,
  ): SharedMemory {
    const place = new Uint8Array(memory.buffer, offset, sizeBytes);
    assert(offset % WASM_PAGE_BYTES === 0 && sizeBytes % WASM_PAGE_BYTES === 0, 'whole pages of WebAssembly');
    const shared = SharedMemory.createUnmapped(name, sizeBytes);
    const address = addressOf(place);
    const flags = MAP_SHARED | MAP_FIXED | MAP_NORESERVE;
    if (libc.mmap(address, sizeBytes, PROT_READ | PROT_WRITE, flags, shared.fd, 0) === MAP_FAILED) {
      const error = hostError('mmap');
      shared.close();
      throw error;
    }
    return shared;
  }

  /**
   * Maps `sizeBytes` of a descriptor, from `offset`, a multiple of the page size, for reading and writing. The
   * descriptor stays the caller's (a copy is kept). Throws HostError; `EINVAL` if the file is shorter than that.
   */
  static map(fd: number, offset: number, sizeBytes: number): SharedMemory {
    assert(Number.isSafeInteger(sizeBytes) && sizeBytes > 0, 'size of shared memory');
    assert(Number.isSafeInteger(offset) && offset >= 0, 'offset of shared memory');
    const copy = duplicateFd(fd);
    try {
      const available = fileSize(copy);
      if (offset + sizeBytes > available) {
        throw new HostError('EINVAL', `cannot map ${sizeBytes} bytes at ${offset} of a file of ${available} bytes`);
      }
      const memory = new SharedMemory(copy, sizeBytes);
      memory.#map(offset);
      return memory;
    } catch (error) {
      closeFd(copy);
      throw error;
    }
  }

  /** Takes the memory away from everyone in this process who has a view of `bytes`, and closes `fd`. Twice is once. */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    if (this.#bytes === null) this.#bytes = new Uint8Array(0);
    else {
      this.#bytes.buffer.transfer(0);
      if (libc.munmap(this.#address, this.sizeBytes) < 0) throw hostError('munmap');
    }
    closeFd(this.fd);
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #map(offset: number): Uint8Array<ArrayBuffer> {
    const { fd, sizeBytes } = this;
    const address = libc.mmap(null, sizeBytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE, fd, offset);
    if (address === MAP_FAILED) throw hostError('mmap');
    this.#address = address;
    this.#bytes = new Uint8Array(koffi.view(address, sizeBytes));
    return this.#bytes;
  }
}

function fileSize(fd: number): number {
  try {
    return fstatSync(fd).size;
  } catch (error) {
    throw new HostError('EBADF', 'cannot map a descriptor whose size is unknown (EBADF)', { cause: error });
  }
}
