/**
 * The WebAssembly kernels (assembly/) over a mailbox memory: they read the producer's slots in place and keep what is theirs
 * behind them:
 *
 *     boxes, residual    one packed box a tile
 *     tiles              one bit a tile
 *     hashes, votes …    tables of the scroll finder and the coders
 *     picture            the present picture, X bytes 0
 *     packed             a rectangle of it without gaps
 *     coded              what a coder made of that
 *
 * A packed box is left | top << 8 | right << 16 | bottom << 24, in pixels of its tile, right and bottom exclusive; 0 is none.
 */
import { assert } from '../../base/assert.ts';
import { LIMITS } from '../../base/limits.ts';
import type { Rect } from '../../base/rect.ts';
import { mailboxLayout } from '../frame-mailbox.ts';
import { MAX_TILE_WORDS } from '../tile-grid.ts';
import { KERNELS_WASM } from './kernels.gen.ts';
import { compileWasm, instantiateWasm, type WasmMemory, type WasmModule } from '../../wasm/api.ts';

const PAGE_BYTES = 65536;
const SHIFT_SLOTS = LIMITS.maxScreenSide * 2;
const CODER_TABLE_BYTES = 4 << 14;

/* Offsets and sizes are bytes; a stride is four times the picture's width. */
interface KernelExports {
  compareTiles(a: number, b: number, width: number, height: number, tiles: number, boxes: number): number;
  copyBoxes(to: number, from: number, width: number, height: number, boxes: number): void;
  copyPicture(to: number, from: number, pixels: number): void;
  moveRect(
    base: number,
    pictureWidth: number,
    x: number,
    y: number,
    width: number,
    height: number,
    fromX: number,
    fromY: number,
  ): void;
  solidColour(at: number, stride: number, width: number, height: number): number;
  classify(at: number, stride: number, width: number, height: number): number;
  packRect(at: number, stride: number, width: number, height: number, out: number): void;
  packRgb(at: number, stride: number, width: number, height: number, out: number): void;
  hashRect(at: number, stride: number, width: number, height: number, out: number): void;
  hashRows(at: number, stride: number, width: number, height: number, out: number): void;
  hashColumns(at: number, stride: number, width: number, height: number, out: number): void;
  findShift(
    before: number,
    after: number,
    count: number,
    table: number,
    slots: number,
    votes: number,
    result: number,
  ): number;
  lz4Encode(src: number, bytes: number, out: number, table: number): number;
  lzEncode(src: number, pixels: number, out: number, table: number): number;
}

/** How the lines of two pictures go together; `shift` 0: not at all. */
export interface LineShift {
  /** Line `i` of the new picture is line `i - shift` of the old, for lines `start` to `end - 1` (with exceptions). */
  readonly shift: number;
  readonly start: number;
  readonly end: number;
  /** Changed lines that the shift foretells, less the lines it gets wrong. */
  readonly gain: number;
}

let compiled: WasmModule | null = null;

/** The kernels with their memory; see the file's head for who owns what. */
export class Kernels {
  readonly capacityPixels: number;
  /** All of the memory. */
  readonly bytes: Uint8Array;
  /** Packed boxes of the last `compare`, and of the last one with `isResidual`. */
  readonly boxes: Uint32Array;
  readonly residual: Uint32Array;
  /** A set of tiles for the caller's use. */
  readonly tiles: Uint32Array;
  /** Where the picture begins. */
  readonly picture: number;
  readonly #call: KernelExports;
  readonly #words: Int32Array;
  readonly #hashes: readonly [number, number];
  readonly #shiftTable: number;
  readonly #votes: number;
  readonly #result: number;
  readonly #coderTable: number;
  readonly #packed: number;
  readonly #coded: number;

  /** Throws RangeError when the memory cannot grow as far as it was reserved. */
  constructor(memory: WasmMemory, capacityPixels: number) {
    this.capacityPixels = capacityPixels;
    let end = mailboxLayout(capacityPixels).workOffset;
    const area = (bytes: number): number => {
      const start = end;
      end += Math.ceil((bytes + 64) / 64) * 64;
      return start;
    };
    const boxes = area(MAX_TILE_WORDS * 128);
    const residual = area(MAX_TILE_WORDS * 128);
    const tiles = area(MAX_TILE_WORDS * 4);
    this.#hashes = [area(LIMITS.maxScreenSide * 4), area(LIMITS.maxScreenSide * 4)];
    this.#shiftTable = area(SHIFT_SLOTS * 8);
    this.#votes = area(LIMITS.maxScreenSide * 8);
    this.#result = area(64);
    this.#coderTable = area(CODER_TABLE_BYTES);
    this.picture = area(capacityPixels * 4);
    this.#packed = area(capacityPixels * 4);
    // Both coders stay below; LZ4 adds 1/255 to what does not shrink.
    this.#coded = area(capacityPixels * 4 + Math.ceil(capacityPixels / 60) + 256);
    const missing = Math.ceil((end - memory.buffer.byteLength) / PAGE_BYTES);
    if (missing > 0) memory.grow(missing);
    compiled ??= compileWasm(Buffer.from(KERNELS_WASM, 'base64'));
    this.#call = instantiateWasm(compiled, memory) as KernelExports;
    const { buffer } = memory;
    this.bytes = new Uint8Array(buffer);
    this.#words = new Int32Array(buffer);
    this.boxes = new Uint32Array(buffer, boxes, MAX_TILE_WORDS * 32);
    this.residual = new Uint32Array(buffer, residual, MAX_TILE_WORDS * 32);
    this.tiles = new Uint32Array(buffer, tiles, MAX_TILE_WORDS);
  }

  /**
   * Compares the tiles of the set at `tilesOffset` between the picture and a slot; fills `boxes` (or `residual`) for all
   * tiles and returns how many differ.
   */
  compare(slot: number, width: number, height: number, tilesOffset: number, isResidual: boolean): number {
    const boxes = isResidual ? this.residual : this.boxes;
    return this.#call.compareTiles(this.picture, slot, width, height, tilesOffset, boxes.byteOffset);
  }

  /** Takes over what the last `compare` found. */
  copyBoxes(slot: number, width: number, height: number, isResidual: boolean): void {
    const boxes = isResidual ? this.residual : this.boxes;
    this.#call.copyBoxes(this.picture, slot, width, height, boxes.byteOffset);
  }

  /** Takes a whole slot over. */
  copyPicture(slot: number, width: number, height: number): void {
    assert(width * height <= this.capacityPixels, 'the picture exceeds its memory');
    this.#call.copyPicture(this.picture, slot, width * height);
  }

  /** Moves what stands at (`fromX`, `fromY`) in the picture to `to`; both lie inside. */
  move(pictureWidth: number, to: Rect, fromX: number, fromY: number): void {
    this.#call.moveRect(this.picture, pictureWidth, to.x, to.y, to.width, to.height, fromX, fromY);
  }

  /** The colour 0x00RRGGBB of a rectangle of one colour, else -1. */
  solidColour(pictureWidth: number, rect: Rect): number {
    return this.#call.solidColour(this.#at(pictureWidth, rect), pictureWidth * 4, rect.width, rect.height);
  }

  /**
   * How the pixels of a rectangle go together: `& 0xffff` the thousandths that equal their left or upper neighbour,
   * `>>> 16` about how many colours there are (up to 256; not counted, 0, where most pixels equal a neighbour).
   */
  classify(pictureWidth: number, rect: Rect): number {
    return this.#call.classify(this.#at(pictureWidth, rect), pictureWidth * 4, rect.width, rect.height);
  }

  /** 128 bits that stand for a rectangle's pixels and size, as text. */
  hash(pictureWidth: number, rect: Rect): string {
    this.#call.hashRect(this.#at(pictureWidth, rect), pictureWidth * 4, rect.width, rect.height, this.#result);
    const at = this.#result >> 2;
    const words = this.#words;
    return `${words[at]!}:${words[at + 1]!}:${words[at + 2]!}:${words[at + 3]!}`;
  }

  /** How the rows (or columns) of `region` moved from the picture to a slot. */
  findShift(slot: number, pictureWidth: number, region: Rect, isHorizontal: boolean): LineShift {
    const stride = pictureWidth * 4;
    const offset = region.y * stride + region.x * 4;
    const [before, after] = this.#hashes;
    const { width, height } = region;
    if (isHorizontal) {
      this.#call.hashColumns(this.picture + offset, stride, width, height, before);
      this.#call.hashColumns(slot + offset, stride, width, height, after);
    } else {
      this.#call.hashRows(this.picture + offset, stride, width, height, before);
      this.#call.hashRows(slot + offset, stride, width, height, after);
    }
    const count = isHorizontal ? width : height;
    const slots = 2 ** Math.ceil(Math.log2(count * 2));
    const shift = this.#call.findShift(before, after, count, this.#shiftTable, slots, this.#votes, this.#result);
    const at = this.#result >> 2;
    return { shift, start: this.#words[at]!, end: this.#words[at + 1]!, gain: this.#words[at + 2]! };
  }

  /** A rectangle of the picture as rows without gaps; BORROWED until the next call that packs or changes the picture. */
  packed(pictureWidth: number, rect: Rect): Uint8Array {
    const start = this.#pack(pictureWidth, rect);
    return this.bytes.subarray(start, start + rect.width * rect.height * 4);
  }

  /** A rectangle as R, G, B; BORROWED until the next call that packs. */
  packedRgb(pictureWidth: number, rect: Rect): Uint8Array {
    this.#call.packRgb(this.#at(pictureWidth, rect), pictureWidth * 4, rect.width, rect.height, this.#packed);
    return this.bytes.subarray(this.#packed, this.#packed + rect.width * rect.height * 3);
  }

  /** A rectangle as one LZ4 block, `headRoom` bytes behind the start of the result; BORROWED until the next coding. */
  lz4(pictureWidth: number, rect: Rect, headRoom: number): Uint8Array {
    const source = this.#pack(pictureWidth, rect);
    const out = this.#coded + headRoom;
    const size = this.#call.lz4Encode(source, rect.width * rect.height * 4, out, this.#coderTable);
    return this.bytes.subarray(this.#coded, out + size);
  }

  /** A rectangle as SPICE's LZ pixel stream, `headRoom` bytes behind the start of the result; BORROWED likewise. */
  lz(pictureWidth: number, rect: Rect, headRoom: number): Uint8Array {
    const source = this.#pack(pictureWidth, rect);
    const out = this.#coded + headRoom;
    const size = this.#call.lzEncode(source, rect.width * rect.height, out, this.#coderTable);
    return this.bytes.subarray(this.#coded, out + size);
  }

  /** Where the rectangle lies without gaps: in the picture itself if it is as wide. */
  #pack(pictureWidth: number, rect: Rect): number {
    const at = this.#at(pictureWidth, rect);
    if (rect.width === pictureWidth) return at;
    this.#call.packRect(at, pictureWidth * 4, rect.width, rect.height, this.#packed);
    return this.#packed;
  }

  #at(pictureWidth: number, rect: Rect): number {
    return this.picture + (rect.y * pictureWidth + rect.x) * 4;
  }
}
