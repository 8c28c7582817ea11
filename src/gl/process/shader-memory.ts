/**
 * Where one process that renders keeps compiled shaders: two files in memory, which no other process reads. What its guest's
 * processes compiled before is put in only when the process has given up what it does not need (render-program.ts), for it
 * is code of a guest; what it adds is taken out from here, as a stranger's word.
 */
import { fstatSync, readSync, writeSync } from 'node:fs';
import { closeFd } from '../../base/native/fd.ts';
import { createMemoryFile, stopGrowth, tryLockFile, unlockFile } from '../../base/native/memory-file.ts';
import {
  ENTRY_BYTES,
  FOZ_MAGIC,
  readEntry,
  readRecordHead,
  RECORD_HEAD_BYTES,
  writeEntry,
  type FozEntry,
} from './fossilize.ts';
import type { ShaderStore } from './shader-store.ts';

/** Of each file; Mesa throws nothing away. */
const MAX_FILE_BYTES = 64 << 20;
/** Entries of one process that are looked at. */
const MAX_ENTRIES = 1 << 17;

/** The compiled shaders of one process. */
export class ShaderMemory {
  /** Records, and where they lie. */
  readonly fds: readonly [data: number, index: number];
  readonly #maxBytes: number;
  #givenSerial = 0;
  #wasGiven = false;
  /** Where in the index what the process added begins. */
  #from = FOZ_MAGIC.length;
  #isSealed = false;
  #isOpen = true;

  /** Throws HostError (`EMFILE`, `ENOMEM`). */
  constructor(maxBytes: number = MAX_FILE_BYTES) {
    this.#maxBytes = maxBytes;
    const data = createMemoryFile('shaders');
    try {
      this.fds = [data, createMemoryFile('shader-index')];
    } catch (error) {
      closeFd(data);
      throw error;
    }
  }

  /** Puts in what a store has that was not put in before. False: the process is writing just now. */
  give(store: ShaderStore): boolean {
    if (!this.#isOpen || this.#isSealed || (this.#wasGiven && this.#givenSerial === store.serial)) return true;
    const [data, index] = this.fds;
    if (!tryLockFile(data)) return false;
    try {
      const begin = fstatSync(data).size;
      const indexEnd = fstatSync(index).size;
      // Nothing of Mesa's is here: it keeps no shaders, or not in this way.
      if (begin < FOZ_MAGIC.length || indexEnd < FOZ_MAGIC.length) return true;
      // What is there at first comes from the rehearsal.
      const hasAdded = this.#wasGiven && this.#from !== indexEnd;
      const records = store.after(this.#givenSerial);
      const entries = Buffer.alloc(records.length * ENTRY_BYTES);
      let offset = begin;
      for (const [i, { key, bytes }] of records.entries()) {
        writeEntry(entries, i * ENTRY_BYTES, { key, offset });
        offset += bytes.length;
      }
      if (offset > this.#maxBytes) return true;
      writeAll(data, Buffer.concat(records.map(({ bytes }) => bytes)), begin);
      writeAll(index, entries, indexEnd);
      if (!hasAdded) this.#from = indexEnd + entries.length;
      this.#wasGiven = true;
      this.#givenSerial = store.serial;
      return true;
    } finally {
      unlockFile(data);
    }
  }

  /** Takes what the process added. */
  collect(store: ShaderStore): void {
    if (!this.#isOpen) return;
    const [data, index] = this.fds;
    const end = Math.min(fstatSync(index).size, FOZ_MAGIC.length + MAX_ENTRIES * ENTRY_BYTES);
    const count = Math.floor((end - this.#from) / ENTRY_BYTES);
    if (count <= 0) return;
    const entries = Buffer.alloc(count * ENTRY_BYTES);
    const length = readSync(index, entries, 0, entries.length, this.#from);
    let left = store.maxBytes;
    for (let at = 0; at + ENTRY_BYTES <= length && left > 0; at += ENTRY_BYTES) {
      const entry = readEntry(entries, at);
      if (entry === null) break;
      if (store.has(entry.key)) continue;
      const record = readRecord(data, entry);
      if (record === null) continue;
      left -= record.length;
      store.add(entry.key, record);
    }
    this.#from += count * ENTRY_BYTES;
  }

  /** Sees to it that it does not grow for ever. */
  bound(): void {
    if (!this.#isOpen || this.#isSealed) return;
    if (this.fds.every((fd) => fstatSync(fd).size <= this.#maxBytes)) return;
    this.#isSealed = true;
    for (const fd of this.fds) stopGrowth(fd);
  }

  /** Twice is once. */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    for (const fd of this.fds) closeFd(fd);
  }
}

/** null when the process wrote nonsense. */
function readRecord(fd: number, { key, offset }: FozEntry): Buffer | null {
  const start = Buffer.alloc(RECORD_HEAD_BYTES);
  const isThere = readSync(fd, start, 0, start.length, offset) === start.length;
  const head = isThere ? readRecordHead(start, 0) : null;
  if (head?.key !== key || offset + head.sizeBytes > fstatSync(fd).size) return null;
  const record = Buffer.alloc(head.sizeBytes);
  return readSync(fd, record, 0, record.length, offset) === record.length ? record : null;
}

function writeAll(fd: number, bytes: Uint8Array, at: number): void {
  for (let done = 0; done < bytes.length;) done += writeSync(fd, bytes, done, bytes.length - done, at + done);
}
