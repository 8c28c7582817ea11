/**
 * What the processes of one guest compiled from shaders, for those after them. It is native code of whoever drew, so it is
 * never given to a process of anybody else, and here only carried: in memory, and from run to run in a file of a folder, if
 * one is given. What came first goes first when there is too much.
 */
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { messageOf } from '../../base/errors.ts';
import type { Logger } from '../../base/log.ts';
import { FOZ_MAGIC, readRecordHead } from './fossilize.ts';

/** Some 15,000 shaders of llvmpipe. */
const MAX_STORE_BYTES = 32 << 20;
const FILE = 'shaders.foz';
/** A long run shall not lose all when it is killed. */
const SAVE_EVERY_MS = 60_000;

/** A compiled shader as it lies in a database. */
export interface ShaderRecord {
  readonly key: string;
  readonly bytes: Uint8Array;
  /** Counts those that were ever added. */
  readonly serial: number;
}

/** Compiled shaders of one guest. */
export class ShaderStore {
  readonly maxBytes: number;
  readonly #folder: string | null;
  readonly #log: Logger;
  readonly #records = new Map<string, ShaderRecord>();
  #totalBytes = 0;
  #serial = 0;
  #savedSerial = 0;
  #savedAt = performance.now();
  #hasFailed = false;

  private constructor(folder: string | null, log: Logger, maxBytes: number) {
    this.maxBytes = maxBytes;
    this.#folder = folder;
    this.#log = log;
  }

  /** Reads what is in a folder; null: nothing is kept between runs. What cannot be read is left out. */
  static open(folder: string | null, log: Logger, maxBytes: number = MAX_STORE_BYTES): ShaderStore {
    const store = new ShaderStore(folder, log, maxBytes);
    store.#load();
    return store;
  }

  /** How many were added so far. */
  get serial(): number {
    return this.#serial;
  }

  get totalBytes(): number {
    return this.#totalBytes;
  }

  has(key: string): boolean {
    return this.#records.has(key);
  }

  /** Adds a record, which is kept as it is; the first of a key counts. */
  add(key: string, bytes: Uint8Array): void {
    if (this.#records.has(key) || bytes.length > this.maxBytes) return;
    for (const [oldest, { bytes: old }] of this.#records) {
      if (this.#totalBytes + bytes.length <= this.maxBytes) break;
      this.#records.delete(oldest);
      this.#totalBytes -= old.length;
    }
    this.#serial++;
    this.#records.set(key, { key, bytes, serial: this.#serial });
    this.#totalBytes += bytes.length;
  }

  /** Those that were added after the one of a serial. */
  after(serial: number): ShaderRecord[] {
    return serial >= this.#serial ? [] : [...this.#records.values()].filter((record) => record.serial > serial);
  }

  /** Writes the file when there is something new, and it has been a while. */
  saveNowAndThen(): void {
    if (performance.now() - this.#savedAt >= SAVE_EVERY_MS) this.save();
  }

  /** Writes the file when there is something new. When that fails, the log is told once. */
  save(): void {
    const folder = this.#folder;
    if (folder === null || this.#savedSerial === this.#serial) return;
    this.#savedSerial = this.#serial;
    this.#savedAt = performance.now();
    const path = join(folder, FILE);
    const unfinished = `${path}.${process.pid}`;
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      const parts = [FOZ_MAGIC, ...Array.from(this.#records.values(), ({ bytes }) => bytes)];
      writeFileSync(unfinished, Buffer.concat(parts), { mode: 0o600 });
      renameSync(unfinished, path);
    } catch (error) {
      removeIfThere(unfinished);
      if (this.#hasFailed) return;
      this.#hasFailed = true;
      this.#log.warn('compiled shaders are not kept for the next run', { folder, reason: messageOf(error) });
    }
  }

  #load(): void {
    if (this.#folder === null) return;
    let bytes: Buffer;
    try {
      const path = join(this.#folder, FILE);
      if (statSync(path).size > 2 * this.maxBytes) return;
      bytes = readFileSync(path);
    } catch {
      return;
    }
    if (!bytes.subarray(0, FOZ_MAGIC.length).equals(FOZ_MAGIC)) return;
    for (let at = FOZ_MAGIC.length; ;) {
      const head = readRecordHead(bytes, at);
      if (head === null || at + head.sizeBytes > bytes.length) break;
      this.add(head.key, bytes.subarray(at, at + head.sizeBytes));
      at += head.sizeBytes;
    }
    this.#savedSerial = this.#serial;
  }
}

function removeIfThere(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // Nor is the folder.
  }
}
