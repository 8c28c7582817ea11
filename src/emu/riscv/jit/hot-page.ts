/**
 * A page of guest code as it was, the regions that were hot in it, and the machine code that was made of them. All of it is
 * packed (Zstandard, RFC 8878), and unpacked for as long as it is looked at:
 *
 *     the page
 *     u16 number of regions, and for each of them
 *         u16 entry, from, to, number of entries, number of branches; u16 for each entry, for each branch
 *         u16 number of harts with code, and for each of them
 *             u16 hart; u32 bytes of WebAssembly, u32 bytes of machine code; both
 *
 * Little-endian. Offsets are those in the page.
 */
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { fingerprintOf } from './fingerprint.ts';
import type { NativeModule } from './native-code.ts';
import type { RegionShape } from './region-compiler.ts';

const PAGE = 0x1000;
const MAX_REGIONS = 128;
const MAX_BYTES = 8 << 20;

/** A region of a page. */
export interface HotRegion extends RegionShape {
  /** Offset of its first instruction in the page. */
  readonly entry: number;
}

/** Code of a region, by the number of the hart that it is for. */
type Codes = ReadonlyMap<number, NativeModule>;

interface Content {
  readonly bytes: Uint8Array;
  readonly regions: readonly HotRegion[];
  /** Of each region. */
  readonly codes: readonly Codes[];
}

/** See the file's head. */
export class HotPage {
  readonly fingerprint: number;
  readonly mode: number;
  #packed: Uint8Array;
  #content: Content | null = null;
  #known: { readonly bytes: Uint8Array; readonly regions: HotRegion[] } | null = null;
  /** Code that is not packed with the page yet: to pack it by itself costs little, and the page is packed seldom. */
  readonly #news = new Map<HotRegion, Map<number, PackedModule>>();
  #isChanged = false;
  /** Called with the bytes of code that was added, not packed yet. */
  onNews: ((page: HotPage, bytes: number) => void) | null = null;

  private constructor(fingerprint: number, mode: number, packed: Uint8Array) {
    this.fingerprint = fingerprint;
    this.mode = mode;
    this.#packed = packed;
  }

  /** A page without regions. */
  static of(bytes: Uint8Array, mode: number): HotPage {
    const page = new HotPage(fingerprintOf(bytes), mode, new Uint8Array());
    page.#known = { bytes, regions: [] };
    return page;
  }

  /** What `pack` gave of a page. When it is damaged, there are no regions. */
  static ofPacked(fingerprint: number, mode: number, packed: Uint8Array): HotPage {
    return new HotPage(fingerprint, mode, packed);
  }

  get bytes(): Uint8Array {
    return this.#knowledge.bytes;
  }

  get regions(): readonly HotRegion[] {
    return this.#knowledge.regions;
  }

  /** What the packed page takes in memory. */
  get packedBytes(): number {
    return this.#packed.length;
  }

  /** Whether there is something to `pack`. */
  get isChanged(): boolean {
    return this.#isChanged;
  }

  /** The code of a region that is kept for a hart. */
  codeOf(region: HotRegion, hartId: number): NativeModule | null {
    const kept = this.#unpack().codes[this.regions.indexOf(region)];
    const fresh = this.#news.get(region)?.get(hartId);
    return fresh === undefined ? (kept?.get(hartId) ?? null) : unpackModule(fresh);
  }

  /** Adds a region; false when one is known that begins there, or there are too many. */
  add(region: HotRegion): boolean {
    const { regions } = this.#knowledge;
    if (regions.length >= MAX_REGIONS || regions.some(({ entry }) => entry === region.entry)) return false;
    regions.push(region);
    this.#isChanged = true;
    return true;
  }

  /** Keeps code of a region for a hart, in the place of what was kept; machine code may be empty. */
  keep(region: HotRegion, hartId: number, code: NativeModule): void {
    const codes = this.#news.get(region) ?? new Map<number, PackedModule>();
    const packed = packModule(code);
    const before = codes.get(hartId)?.bytes.length ?? 0;
    this.#news.set(region, codes.set(hartId, packed));
    this.#isChanged = true;
    this.onNews?.(this, packed.bytes.length - before);
  }

  /** What was unpacked will hardly be looked at soon. */
  close(): void {
    this.#content = null;
  }

  /** All of it; packed anew when something has changed. */
  pack(): Uint8Array {
    if (!this.#isChanged) return this.#packed;
    const { bytes, regions } = this.#knowledge;
    const { codes } = this.#unpack();
    const parts = [bytes, words(regions.length)];
    let size = PAGE;
    regions.forEach((region, i) => {
      const { entry, from, to, entries, warm } = region;
      parts.push(words(entry, from, to, entries.length, warm.length, ...entries, ...warm));
      const news = [...(this.#news.get(region) ?? [])].map(([hartId, fresh]) => [hartId, unpackModule(fresh)] as const);
      const all = [...new Map<number, NativeModule>([...(codes[i] ?? []), ...news])];
      const kept = all.flatMap(([hartId, code]) => {
        if ((size += code.wasm.length + code.native.length) > MAX_BYTES) return [];
        return [{ hartId, ...code }];
      });
      parts.push(words(kept.length));
      for (const { hartId, wasm, native } of kept) {
        const lengths = new Uint8Array(Uint32Array.of(wasm.length, native.length).buffer);
        parts.push(words(hartId), lengths, wasm, native);
      }
    });
    this.#packed = compress(Buffer.concat(parts));
    this.#news.clear();
    this.close();
    this.#isChanged = false;
    return this.#packed;
  }

  get #knowledge(): { readonly bytes: Uint8Array; readonly regions: HotRegion[] } {
    if (this.#known === null) {
      const { bytes, regions } = this.#unpack();
      this.#known = { bytes, regions: [...regions] };
    }
    return this.#known;
  }

  #unpack(): Content {
    if (this.#packed.length === 0) return NOTHING;
    try {
      // Twice as much, for what describes the code.
      this.#content ??= readContent(zstdDecompressSync(this.#packed, { maxOutputLength: 2 * MAX_BYTES }));
    } catch {
      this.#content = NOTHING;
    }
    return this.#content;
  }
}

interface PackedModule {
  readonly wasmBytes: number;
  readonly bytes: Uint8Array;
}

function packModule({ wasm, native }: NativeModule): PackedModule {
  return { wasmBytes: wasm.length, bytes: compress(Buffer.concat([wasm, native])) };
}

function unpackModule({ wasmBytes, bytes }: PackedModule): NativeModule {
  const both = zstdDecompressSync(bytes);
  return { wasm: both.subarray(0, wasmBytes), native: both.subarray(wasmBytes) };
}

function compress(bytes: Uint8Array): Uint8Array {
  // A copy: what Node gives is a part of a buffer of 64 KiB or more.
  return new Uint8Array(zstdCompressSync(bytes));
}

const NOTHING: Content = { bytes: new Uint8Array(PAGE), regions: [], codes: [] };

function words(...list: number[]): Uint8Array {
  return new Uint8Array(Uint16Array.from(list).buffer);
}

/** Throws RangeError when it ends too early. */
function readContent(body: Buffer): Content {
  let at = 0;
  const word = (): number => body.readUInt16LE((at += 2) - 2);
  const long = (): number => body.readUInt32LE((at += 4) - 4);
  const take = (length: number): Uint8Array => {
    if (length > body.length - at) throw new RangeError('a page ends too early');
    return body.subarray(at, (at += length));
  };
  const offset = (): number => word() & (PAGE - 2);
  const bytes = new Uint8Array(take(PAGE));
  const regions: HotRegion[] = [];
  const codes: Codes[] = [];
  for (let count = Math.min(word(), MAX_REGIONS); count > 0; count--) {
    const [entry, from, to, entryCount, warmCount] = [offset(), word(), word(), word(), word()];
    if (from > to || to > PAGE) throw new RangeError('a region lies outside its page');
    const entries = Array.from({ length: entryCount }, offset);
    const warm = Array.from({ length: warmCount }, offset);
    regions.push({ entry, from, to, entries, warm });
    const byHart = new Map<number, NativeModule>();
    for (let harts = word(); harts > 0; harts--) {
      const hartId = word();
      const [wasmBytes, nativeBytes] = [long(), long()];
      byHart.set(hartId, { wasm: take(wasmBytes), native: take(nativeBytes) });
    }
    codes.push(byHart);
  }
  return { bytes, regions, codes };
}
