/**
 * Translated code of one hart: makes it, keeps the records of translated pages (layout.ts), and throws it away. Code is bound
 * to a page of RAM and a mode; which addresses lead there is the jump cache's business.
 */
import { compileWasm, instantiateWasm, type WasmTable } from '../../../wasm/api.ts';
import { Code } from '../../../wasm/code.ts';
import { ModuleBuilder } from '../../../wasm/module-builder.ts';
import { op } from '../../../wasm/opcodes.table.ts';
import type { GuestMemory } from '../contract.ts';
import type { DecodeTables } from '../encoding.ts';
import { memoryPages } from '../guest-memory.ts';
import { TRANSLATION_TYPE } from '../interpreter.ts';
import type { Kernel } from '../kernel.ts';
import * as layout from '../layout.ts';
import type { RegionSource } from './region-channel.ts';
import { RegionCompiler, type CompiledRegion, type RegionRequest } from './region-compiler.ts';

const PAGE = 0x1000;
/** High word of a tag that no address has: bits 61 and 63 of one are alike. */
const NO_JUMP = 0x20000000;
/** So much of the bound is left when it was reached; and a generation is what makes up so much of it. */
const KEPT_SHARE = 3 / 4;
const GENERATION_SHARE = 1 / 16;

/** What translated code is linked with. */
export interface TranslatorOptions {
  readonly guest: GuestMemory;
  /** Where the hart's area begins. */
  readonly hart: number;
  readonly table: WasmTable;
  readonly kernel: Kernel;
  readonly kernelFunctions: Readonly<Record<string, unknown>>;
  readonly tables: DecodeTables;
  /** Whether jumps are counted long enough for those that were not seen to be rare. */
  readonly hasHeat: boolean;
  /** Another thread that compiles; without one, the hart's own does. */
  readonly regions?: RegionSource | undefined;
  /** Memory that translated code may take, in bytes, as footprint.ts estimates it. */
  readonly maxCodeBytes: number;
}

/** What there is of a translated page beside its record. */
interface PageCode {
  readonly slots: number[];
  bytes: number;
}

/** See the file's head. */
export class Translator {
  readonly #options: TranslatorOptions;
  readonly #view: DataView;
  readonly #bytes: Uint8Array;
  readonly #compiler: RegionCompiler;
  /** The jump cache, in words. */
  readonly #jumps: Int32Array;
  /** Records and slots that were given back, and the first ones that were never used since all was forgotten. */
  readonly #freeRecords: number[] = [];
  readonly #freeSlots: number[] = [];
  #unusedRecord = 0;
  #unusedSlot = 1;
  /** Of each record in use, by its number. */
  readonly #pages = new Map<number, PageCode>();
  /** Of all pages, and of those that were added in this generation. */
  #codeBytes = 0;
  #newBytes = 0;
  /** Regions made since the start, for measurements. */
  regionCount = 0;

  constructor(options: TranslatorOptions) {
    this.#options = options;
    this.#view = new DataView(options.guest.memory.buffer);
    this.#bytes = new Uint8Array(options.guest.memory.buffer);
    this.#compiler = new RegionCompiler(options);
    this.#jumps = new Int32Array(options.guest.memory.buffer, options.hart + layout.H_JUMPS, layout.JUMP_ENTRIES * 4);
    options.table.set(0, this.#linkWayBack());
    this.#forgetAll();
  }

  /** Throws all code away. Only while none of it runs. */
  clear(): void {
    this.#forgetAll();
    this.#options.kernel.flushJumps();
  }

  /**
   * Translates the region at `pc` in the present mode; whether that is done. Where another thread compiles, it is only asked
   * to. Called by the interpreter only.
   */
  translate(pc: bigint): boolean {
    const { hart, kernel, regions } = this.#options;
    const status = this.#view.getBigUint64(hart + layout.H_MSTATUS, true);
    const mode = this.#view.getInt32(hart + layout.H_MODE, true);
    if (mode === 3 && (status & 0x20000n) !== 0n) return false;
    const place = kernel.fetchPlace(pc) >>> 0;
    if (place === 0 || this.#view.getInt32(hart + layout.H_FETCH_MIXED, true) !== 0) return false;
    const request = { pc, place, mode };
    if (regions !== undefined) {
      regions.request(request);
      return false;
    }
    const region = this.#compiler.compile(request);
    return region !== null && this.#install(request, region);
  }

  /** Installs what another thread has compiled since. Only while no translated code runs. */
  installCompiled(): void {
    const { regions } = this.#options;
    if (regions === undefined) return;
    for (let answer = regions.take(); answer !== null; answer = regions.take()) {
      const { request, region } = answer;
      if (region !== null && this.#isUpToDate(request, region)) this.#install(request, region);
    }
  }

  /** Whether RAM still holds what a region was made of. */
  #isUpToDate({ place }: RegionRequest, { source, from, to }: CompiledRegion): boolean {
    const page = place - (place % PAGE);
    return Buffer.compare(source.subarray(from, to), this.#bytes.subarray(page + from, page + to)) === 0;
  }

  #install({ place, mode }: RegionRequest, region: CompiledRegion): boolean {
    const { guest, table, kernelFunctions } = this.#options;
    const { module, source, from, to, entries, footprintBytes } = region;
    const known = this.#knownRecord(place - (place % PAGE), mode, source);
    // What was recalled may have been asked for too, or be a part of what is there.
    if (known !== null && this.#view.getUint32(known + layout.P_ENTRIES + (place % PAGE) * 2, true) !== 0) return true;
    this.#makeRoom(footprintBytes);
    const record = this.#recordFor(place - (place % PAGE), mode, source, from, to);
    const slot = this.#freeSlots.pop() ?? (this.#unusedSlot < table.length ? this.#unusedSlot++ : null);
    if (record === null || slot === null) {
      this.clear();
      return false;
    }
    const exports = instantiateWasm(module, guest.memory, { env: { table }, kernel: kernelFunctions }) as {
      region: unknown;
    };
    table.set(slot, exports.region);
    this.regionCount++;
    const page = this.#pages.get(this.#numberOf(record));
    page?.slots.push(slot);
    if (page !== undefined) page.bytes += footprintBytes;
    this.#codeBytes += footprintBytes;
    this.#newBytes += footprintBytes;
    const view = this.#view;
    view.setInt32(record + layout.P_USED, this.#generation, true);
    entries.forEach((at, entry) => {
      const cell = record + layout.P_ENTRIES + at * 2;
      // The entry that was asked for must lead here; others keep the region they have.
      if (at === place % PAGE || view.getUint32(cell, true) === 0) view.setUint32(cell, (slot << 10) | entry, true);
    });
    this.#forgetMisses(entries);
    return true;
  }

  /** Drops what the jump cache knows of places without a translation that may be these of a page: they have one now. */
  #forgetMisses(entries: readonly number[]): void {
    const jumps = this.#jumps;
    for (const at of entries) {
      for (let i = at * 2; i < jumps.length; i += PAGE * 2) if (jumps[i + 2] === 0) jumps[i + 1] = NO_JUMP;
    }
  }

  /** Drops a page's code, whose record is at this address: the page has changed. */
  dropPage(record: number): void {
    const number = this.#numberOf(record);
    const view = this.#view;
    const bucket = this.#bucketOf(record);
    const next = view.getInt32(record + layout.P_NEXT, true);
    if (view.getUint16(bucket, true) === number + 1) view.setUint16(bucket, next, true);
    else {
      let before = this.#recordAt(view.getUint16(bucket, true) - 1);
      while (view.getInt32(before + layout.P_NEXT, true) !== number + 1) {
        before = this.#recordAt(view.getInt32(before + layout.P_NEXT, true) - 1);
      }
      view.setInt32(before + layout.P_NEXT, next, true);
    }
    view.setBigInt64(record + layout.P_KEY, 0n, true);
    const { slots, bytes } = this.#pages.get(number) ?? { slots: [], bytes: 0 };
    for (const slot of slots) {
      this.#options.table.set(slot, null);
      this.#freeSlots.push(slot);
    }
    this.#codeBytes -= bytes;
    this.#pages.delete(number);
    this.#freeRecords.push(number);
  }

  /** What all code takes by now, as footprint.ts estimates it. */
  get codeBytes(): number {
    return this.#codeBytes;
  }

  get #generation(): number {
    return this.#view.getInt32(this.#options.hart + layout.H_CODE_GENERATION, true);
  }

  /** Sees to it that there is room for a region of such a size, in each respect. */
  #makeRoom(footprintBytes: number): void {
    const { kernel, hart, table, maxCodeBytes } = this.#options;
    if (this.#newBytes > maxCodeBytes * GENERATION_SHARE) {
      // What the jump cache forgets is looked for again, and so seen to be in use.
      this.#view.setInt32(hart + layout.H_CODE_GENERATION, this.#generation + 1, true);
      this.#newBytes = 0;
      kernel.flushJumps();
    }
    const isFull =
      this.#codeBytes + footprintBytes > maxCodeBytes ||
      (this.#freeSlots.length === 0 && this.#unusedSlot === table.length) ||
      (this.#freeRecords.length === 0 && this.#unusedRecord === layout.PAGE_RECORDS);
    if (isFull) this.#dropUnused();
  }

  /** Drops the pages that were not looked for longest, until KEPT_SHARE of all code is left. */
  #dropUnused(): void {
    const { kernel } = this.#options;
    const used = new Map(
      [...this.#pages.keys()].map((number) => {
        const record = this.#recordAt(number);
        return [record, this.#view.getInt32(record + layout.P_USED, true)] as const;
      }),
    );
    const kept = this.#codeBytes * KEPT_SHARE;
    for (const [record] of [...used].sort(([, a], [, b]) => a - b)) {
      if (this.#codeBytes <= kept) break;
      this.#forgetMeeting(record);
      this.dropPage(record);
    }
    kernel.flushJumps();
  }

  /** The page of a record will be told of when the hart comes there again. */
  #forgetMeeting(record: number): void {
    const key = this.#view.getUint32(record + layout.P_KEY, true);
    const index = ((key >>> 12) ^ ((key & 3) << 15)) & (layout.MET_ENTRIES - 1);
    this.#view.setBigInt64(this.#options.hart + layout.H_MET + index * 8, 0n, true);
  }

  /** The record of a page, with a copy of these bytes of it; null when there is no room. */
  #recordFor(page: number, mode: number, source: Uint8Array, from: number, to: number): number | null {
    const view = this.#view;
    const { hart } = this.#options;
    const known = this.#knownRecord(page, mode, source);
    if (known !== null) {
      this.#bytes.set(source, known + layout.P_COPY);
      view.setInt32(known + layout.P_FROM, Math.min(from, view.getInt32(known + layout.P_FROM, true)), true);
      view.setInt32(known + layout.P_TO, Math.max(to, view.getInt32(known + layout.P_TO, true)), true);
      return known;
    }
    const { PAGE_RECORDS } = layout;
    const number = this.#freeRecords.pop() ?? (this.#unusedRecord < PAGE_RECORDS ? this.#unusedRecord++ : null);
    if (number === null) return null;
    const record = this.#recordAt(number);
    this.#bytes.fill(0, record, record + layout.PAGE_RECORD_BYTES);
    this.#bytes.set(source, record + layout.P_COPY);
    view.setBigUint64(record + layout.P_KEY, (BigInt(page | 0) & 0xffffffffn) | BigInt(mode) | 4n, true);
    view.setInt32(record + layout.P_EPOCH, view.getInt32(hart + layout.H_CODE_EPOCH, true), true);
    view.setInt32(record + layout.P_FROM, from, true);
    view.setInt32(record + layout.P_TO, to, true);
    const bucket = this.#bucketOf(record);
    view.setInt32(record + layout.P_NEXT, view.getUint16(bucket, true), true);
    view.setUint16(bucket, number + 1, true);
    this.#pages.set(number, { slots: [], bytes: 0 });
    return record;
  }

  /** The record that a page has, null when it has none. One of another content is dropped. */
  #knownRecord(page: number, mode: number, source: Uint8Array): number | null {
    const { kernel } = this.#options;
    const record = kernel.findPage(page, mode) >>> 0;
    if (record === 0) return null;
    const from = this.#view.getInt32(record + layout.P_FROM, true);
    const to = this.#view.getInt32(record + layout.P_TO, true);
    const copy = record + layout.P_COPY;
    if (Buffer.compare(source.subarray(from, to), this.#bytes.subarray(copy + from, copy + to)) === 0) return record;
    this.dropPage(record);
    kernel.flushJumps();
    return null;
  }

  #recordAt(number: number): number {
    return this.#options.hart + layout.H_PAGES + number * layout.PAGE_RECORD_BYTES;
  }

  #numberOf(record: number): number {
    return ((record >>> 0) - this.#options.hart - layout.H_PAGES) / layout.PAGE_RECORD_BYTES;
  }

  /** Where the hash table points to the records with this one's hash. */
  #bucketOf(record: number): number {
    const key = this.#view.getUint32(record + layout.P_KEY, true);
    const hash = ((key >>> 12) ^ ((key & 3) << 11)) & (layout.PAGE_HASH_ENTRIES - 1);
    return this.#options.hart + layout.H_PAGE_HASH + hash * 2;
  }

  #forgetAll(): void {
    const { hart, table } = this.#options;
    this.#bytes.fill(0, hart + layout.H_MET, hart + layout.H_MET + layout.MET_ENTRIES * 8);
    this.#bytes.fill(0, hart + layout.H_PAGE_HASH, hart + layout.H_PAGE_HASH + layout.PAGE_HASH_ENTRIES * 2);
    for (const { slots } of this.#pages.values()) for (const slot of slots) table.set(slot, null);
    this.#pages.clear();
    this.#codeBytes = 0;
    this.#newBytes = 0;
    this.#freeRecords.length = 0;
    this.#freeSlots.length = 0;
    this.#unusedRecord = 0;
    this.#unusedSlot = 1;
  }

  /** Function 0: stores the program counter and goes back to the interpreter. */
  #linkWayBack(): unknown {
    const { guest, hart } = this.#options;
    const builder = new ModuleBuilder();
    const code = new Code(3);
    code
      .i32(0)
      .get(2)
      .memory(op.i64Store, hart + layout.H_PC)
      .get(0);
    builder.importSharedMemory('env', 'memory', memoryPages(guest), memoryPages(guest));
    builder.exportFunction(
      'back',
      builder.function(builder.type(TRANSLATION_TYPE.params, TRANSLATION_TYPE.results), code),
    );
    return (instantiateWasm(compileWasm(builder.toBytes()), guest.memory) as { back: unknown }).back;
  }
}
