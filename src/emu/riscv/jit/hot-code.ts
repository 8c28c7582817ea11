/**
 * What was hot in a guest's earlier runs, so that it is translated as soon as it is run in this one: pages of guest code as they
 * were, and where regions began in them. No translations are kept, which are made anew of these by whatever version runs: so
 * a file that is damaged, or of another guest, costs time and nothing else.
 *
 * The file: MAGIC, then compressed with Zstandard (RFC 8878) for each page: u16 mode, u16 number of regions, the page, and
 * for each region u16 entry, u16 number of branches, u16 for each branch; little-endian.
 */
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import process from 'node:process';
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { fingerprintOf } from './fingerprint.ts';

const MAGIC = Buffer.from('hot-rv\x00\x01', 'latin1');
const PAGE = 0x1000;
/** Debian's boot to its desktop has 1,300. */
const MAX_PAGES = 4096;
const MAX_REGIONS = 128;
const MAX_FILE_BYTES = 32 << 20;

/** A region as `RegionCompiler` makes it of a page. */
export interface HotRegion {
  /** Offset of its first instruction in the page. */
  readonly entry: number;
  /** Targets in the page of branches that were followed. */
  readonly warm: readonly number[];
}

/** A page with code that was hot in a mode. */
export interface HotPage {
  readonly bytes: Uint8Array;
  readonly mode: number;
  readonly regions: HotRegion[];
}

/** See the file's head. */
export class HotCode {
  readonly #path: string | null;
  /** By fingerprint; in the order of their use, those of earlier runs behind those of this one when it is saved. */
  readonly #byFingerprint = new Map<number, HotPage[]>();
  readonly #used = new Set<HotPage>();
  readonly #pages: HotPage[] = [];
  #isChanged = false;

  private constructor(path: string | null) {
    this.#path = path;
  }

  /** Reads a file; nothing is known when it is missing or damaged. null: nothing is kept. */
  static open(path: string | null): HotCode {
    const code = new HotCode(path);
    if (path !== null) for (const page of readPages(path)) code.#add(page);
    return code;
  }

  /** All pages, those that were used first in front. */
  get pages(): readonly HotPage[] {
    return this.#pages;
  }

  /** Pages with a fingerprint that were hot in a mode. */
  find(fingerprint: number, mode: number): readonly HotPage[] {
    return this.#byFingerprint.get(fingerprint)?.filter((page) => page.mode === mode) ?? [];
  }

  /** Notes that a page is used in this run. */
  use(page: HotPage): void {
    this.#used.add(page);
  }

  /** Notes a region of a page, which is kept as it is. */
  add(bytes: Uint8Array, mode: number, region: HotRegion): void {
    let page = this.find(fingerprintOf(bytes), mode).find((other) => Buffer.compare(other.bytes, bytes) === 0);
    if (page === undefined) {
      if (this.#pages.length >= 2 * MAX_PAGES) return;
      page = { bytes, mode, regions: [] };
      this.#add(page);
    }
    this.use(page);
    if (page.regions.length >= MAX_REGIONS || page.regions.some(({ entry }) => entry === region.entry)) return;
    page.regions.push(region);
    this.#isChanged = true;
  }

  /** Writes the file when there is something new. Throws what the file system throws. */
  save(): void {
    if (this.#path === null || !this.#isChanged) return;
    this.#isChanged = false;
    const others = this.#pages.filter((page) => !this.#used.has(page));
    const body = Buffer.concat([...this.#used, ...others].slice(0, MAX_PAGES).flatMap(partsOf));
    const unfinished = `${this.#path}.${process.pid}`;
    mkdirSync(dirname(this.#path), { recursive: true, mode: 0o700 });
    try {
      const compressed = zstdCompressSync(body, { params: { [constants.ZSTD_c_checksumFlag]: 1 } });
      writeFileSync(unfinished, Buffer.concat([MAGIC, compressed]), { mode: 0o600 });
      renameSync(unfinished, this.#path);
    } catch (error) {
      rmSync(unfinished, { force: true });
      throw error;
    }
  }

  #add(page: HotPage): void {
    this.#pages.push(page);
    const fingerprint = fingerprintOf(page.bytes);
    const same = this.#byFingerprint.get(fingerprint);
    if (same === undefined) this.#byFingerprint.set(fingerprint, [page]);
    else same.push(page);
  }
}

function partsOf({ bytes, mode, regions }: HotPage): Uint8Array[] {
  const words = regions.flatMap(({ entry, warm }) => [entry, warm.length, ...warm]);
  return [wordsToBytes([mode, regions.length]), bytes, wordsToBytes(words)];
}

function wordsToBytes(words: readonly number[]): Uint8Array {
  const bytes = Buffer.alloc(words.length * 2);
  words.forEach((word, i) => bytes.writeUInt16LE(word, i * 2));
  return bytes;
}

function readPages(path: string): HotPage[] {
  const pages: HotPage[] = [];
  try {
    if (statSync(path).size > MAX_FILE_BYTES) return [];
    const file = readFileSync(path);
    if (!file.subarray(0, MAGIC.length).equals(MAGIC)) return [];
    const body = zstdDecompressSync(file.subarray(MAGIC.length), { maxOutputLength: 2 * MAX_FILE_BYTES });
    let at = 0;
    const word = (): number => body.readUInt16LE((at += 2) - 2);
    while (at < body.length && pages.length < MAX_PAGES) {
      const mode = word();
      const regionCount = word();
      const bytes = body.subarray(at, (at += PAGE));
      if (bytes.length < PAGE || regionCount > MAX_REGIONS) return [];
      const regions = Array.from({ length: regionCount }, () => {
        const entry = word() & (PAGE - 2);
        return { entry, warm: Array.from({ length: Math.min(word(), PAGE / 2) }, word) };
      });
      pages.push({ bytes, mode, regions });
    }
  } catch {
    // What cannot be read is made anew.
    return [];
  }
  return pages;
}
