/**
 * What was hot in a guest's earlier runs, so that it is there as soon as it is run in this one: pages of guest code as they
 * were, where regions began in them, and V8's machine code of those. V8 trusts that code, so the file is read only when no
 * other user can have written it, and used only when it is whole and of the same versions, ours and V8's. What cannot be
 * used is made anew: a file that is damaged, or of another guest, costs time and nothing else.
 *
 * The file: MAGIC, SHA-256 of all that follows, SHA-256 of the versions, u32 number of pages, and for each page u32
 * fingerprint, u16 mode, u16 zero, u32 bytes; then these bytes of each page (hot-page.ts). Little-endian.
 */
import { createHash } from 'node:crypto';
import {
  closeSync,
  constants,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writevSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { isOursAlone } from '../../../base/native/ownership.ts';
import { fingerprintOf } from './fingerprint.ts';
import { HotPage, type HotRegion } from './hot-page.ts';

const MAGIC = Buffer.from('hot-rv\x00\x02', 'latin1');
/** No system takes fewer in one call (IOV_MAX). */
const PARTS_AT_ONCE = 1000;
const HASH_BYTES = 32;
const HEAD_BYTES = MAGIC.length + 2 * HASH_BYTES + 4;
const ROW_BYTES = 12;
/** Debian's boot to its desktop has 1,300. */
const MAX_PAGES = 4096;
const MAX_FILE_BYTES = 32 << 20;
/** Code that is not packed with its page yet. */
const MAX_NEWS_BYTES = 16 << 20;

/** See the file's head. */
export class HotCode {
  readonly #path: string | null;
  readonly #maxFileBytes: number;
  readonly #pages = new Set<HotPage>();
  readonly #byFingerprint = new Map<number, HotPage[]>();
  /** Those of this run, from the one that was not used longest on. */
  readonly #used = new Set<HotPage>();
  /** Those with code that is not packed, and how much of it there is. */
  readonly #news = new Map<HotPage, number>();
  #newsBytes = 0;
  /** What all pages take in memory. */
  #packedBytes = 0;
  /** Whether `pack` did something since the file was written. */
  #isPacked = false;

  private constructor(path: string | null, maxFileBytes: number) {
    this.#path = path;
    this.#maxFileBytes = maxFileBytes;
  }

  /** Reads a file; nothing is known when there is none that can be trusted. null: nothing is kept. */
  static open(path: string | null, maxFileBytes: number = MAX_FILE_BYTES): HotCode {
    const code = new HotCode(path, maxFileBytes);
    // In the file those that were used last come first.
    if (path !== null) for (const page of readPages(path, maxFileBytes).toReversed()) code.#insert(page);
    return code;
  }

  /** Of all pages. */
  get fingerprints(): readonly number[] {
    return [...this.#byFingerprint.keys()];
  }

  /** Whether there is something to `save`. */
  get isChanged(): boolean {
    return this.#isPacked || [...this.#used].some((page) => page.isChanged);
  }

  /** Pages with a fingerprint that were hot in a mode. */
  find(fingerprint: number, mode: number): readonly HotPage[] {
    return this.#byFingerprint.get(fingerprint)?.filter((page) => page.mode === mode) ?? [];
  }

  /** Notes that a page is used in this run. */
  use(page: HotPage): void {
    this.#used.delete(page);
    this.#used.add(page);
  }

  /** Notes a region, and its page as it is; null when it is known, or there are too many. */
  add(bytes: Uint8Array, mode: number, region: HotRegion): HotPage | null {
    if (this.#path === null) return null;
    let page = this.find(fingerprintOf(bytes), mode).find((other) => Buffer.compare(other.bytes, bytes) === 0);
    if (page === undefined) {
      if (this.#pages.size >= 2 * MAX_PAGES) return null;
      page = HotPage.of(bytes, mode);
      this.#insert(page);
    }
    this.use(page);
    return page.add(region) ? page : null;
  }

  /** Packs some pages for `save`, which else does all of it at once; whether there are more. */
  pack(count: number): boolean {
    let left = count;
    for (const page of this.#used) {
      if (!page.isChanged) continue;
      if (left-- === 0) return true;
      this.#pack(page);
    }
    return false;
  }

  /** Packs a page; when all take more than the file may, those that were not used longest are forgotten. */
  #pack(page: HotPage): void {
    this.#packedBytes -= page.packedBytes;
    page.pack();
    this.#packedBytes += page.packedBytes;
    this.#newsBytes -= this.#news.get(page) ?? 0;
    this.#news.delete(page);
    this.#isPacked = true;
    for (const pages of [this.#pages, this.#used]) {
      for (const other of pages) {
        if (this.#packedBytes <= this.#maxFileBytes) return;
        if (pages === this.#pages && this.#used.has(other)) continue;
        this.#forget(other);
      }
    }
  }

  #noteNews(page: HotPage, bytes: number): void {
    if (!this.#pages.has(page)) return;
    this.#news.set(page, (this.#news.get(page) ?? 0) + bytes);
    this.#newsBytes += bytes;
    for (const oldest of this.#news.keys()) {
      if (this.#newsBytes <= MAX_NEWS_BYTES) return;
      this.#pack(oldest);
    }
  }

  /** Writes the file, when there is something new; what finds no room in it is forgotten. Throws what the file system throws. */
  save(): void {
    if (this.#path === null || !this.isChanged) return;
    const rows: Buffer[] = [];
    const bodies: Uint8Array[] = [];
    let size = HEAD_BYTES;
    while (this.pack(Infinity));
    this.#isPacked = false;
    const unused = [...this.#pages].filter((page) => !this.#used.has(page));
    for (const page of [...[...this.#used].toReversed(), ...unused.toReversed()]) {
      const body = page.pack();
      if (rows.length >= MAX_PAGES || size + ROW_BYTES + body.length > this.#maxFileBytes) {
        this.#forget(page);
        continue;
      }
      size += ROW_BYTES + body.length;
      const row = Buffer.alloc(ROW_BYTES);
      row.writeUInt32LE(page.fingerprint, 0);
      row.writeUInt16LE(page.mode, 4);
      row.writeUInt32LE(body.length, 8);
      rows.push(row);
      bodies.push(body);
    }
    const count = Buffer.alloc(4);
    count.writeUInt32LE(rows.length);
    const rest = [versions(), count, ...rows, ...bodies];
    writeWhole(this.#path, [MAGIC, sha256(rest), ...rest]);
  }

  #insert(page: HotPage): void {
    this.#pages.add(page);
    this.#packedBytes += page.packedBytes;
    page.onNews = (of, bytes) => this.#noteNews(of, bytes);
    const same = this.#byFingerprint.get(page.fingerprint);
    if (same === undefined) this.#byFingerprint.set(page.fingerprint, [page]);
    else same.push(page);
  }

  #forget(page: HotPage): void {
    if (!this.#pages.delete(page)) return;
    this.#used.delete(page);
    this.#packedBytes -= page.packedBytes;
    this.#newsBytes -= this.#news.get(page) ?? 0;
    this.#news.delete(page);
    const same = this.#byFingerprint.get(page.fingerprint)?.filter((other) => other !== page) ?? [];
    if (same.length === 0) this.#byFingerprint.delete(page.fingerprint);
    else this.#byFingerprint.set(page.fingerprint, same);
  }
}

function readPages(path: string, maxFileBytes: number): HotPage[] {
  try {
    const file = readTrusted(path, maxFileBytes);
    const rest = file.subarray(MAGIC.length + HASH_BYTES);
    const isWhole = sha256([rest]).equals(file.subarray(MAGIC.length, MAGIC.length + HASH_BYTES));
    const isOurs = file.subarray(0, MAGIC.length).equals(MAGIC) && versions().equals(rest.subarray(0, HASH_BYTES));
    if (!isWhole || !isOurs) return [];
    const count = Math.min(rest.readUInt32LE(HASH_BYTES), MAX_PAGES);
    let at = HASH_BYTES + 4 + count * ROW_BYTES;
    return Array.from({ length: count }, (_, i) => {
      const row = HASH_BYTES + 4 + i * ROW_BYTES;
      const [fingerprint, mode, length] = [
        rest.readUInt32LE(row),
        rest.readUInt16LE(row + 4),
        rest.readUInt32LE(row + 8),
      ];
      // A copy: else the whole file stays in memory as long as one page of it.
      return HotPage.ofPacked(fingerprint, mode, new Uint8Array(rest.subarray(at, (at += length))));
    });
  } catch {
    // What cannot be read is made anew.
    return [];
  }
}

/** A file that nobody else can have written. Throws what the file system throws, and when it is not such a file. */
function readTrusted(path: string, maxBytes: number): Buffer {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    const stat = fstatSync(fd);
    if (!isOursAlone(stat) || stat.size > maxBytes) throw new Error('the file is not for here');
    return readFileSync(fd);
  } finally {
    closeSync(fd);
  }
}

function writeWhole(path: string, parts: readonly Uint8Array[]): void {
  const unfinished = `${path}.${process.pid}`;
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  try {
    writeParts(unfinished, parts);
    renameSync(unfinished, path);
  } catch (error) {
    rmSync(unfinished, { force: true });
    throw error;
  }
}

function writeParts(path: string, parts: readonly Uint8Array[]): void {
  const fd = openSync(path, 'w', 0o600);
  try {
    for (let at = 0; at < parts.length; at += PARTS_AT_ONCE) {
      const some = parts.slice(at, at + PARTS_AT_ONCE);
      const length = some.reduce((sum, part) => sum + part.length, 0);
      if (writevSync(fd, some) !== length) throw new Error('the disk is full');
    }
  } finally {
    closeSync(fd);
  }
}

let knownVersions: Buffer | null = null;

/** A digest of V8's version and of all that has a say in what is made of a guest's code. */
function versions(): Buffer {
  if (knownVersions !== null) return knownVersions;
  const hash = createHash('sha256').update(`${process.arch} ${process.versions.v8}\n`);
  for (const folder of ['.', '..', '../../../wasm']) {
    const path = join(import.meta.dirname, folder);
    const names = readdirSync(path).filter((name) => /\.[jt]s$/.test(name) && !/\.test\./.test(name));
    for (const name of names.sort()) hash.update(name).update(readFileSync(join(path, name)));
  }
  knownVersions = hash.digest();
  return knownVersions;
}

function sha256(parts: readonly Uint8Array[]): Buffer {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
}
