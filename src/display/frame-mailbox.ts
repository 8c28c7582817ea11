/**
 * The memory in which whole frames go from one producer to one consumer without either waiting for the other.
 *
 * Three slots hold a frame each: one belongs to the producer, one to the consumer, and one lies in the mailbox. Who is
 * done with a slot swaps it against the mailbox in a single atomic exchange. Only the producer writes pixels; the frame
 * it published last therefore stays readable wherever its slot is, and serves to complete the next one.
 *
 *     byte 0    i32  mailbox: slot number, + 4 while its frame was not taken yet
 *          4    i32  1 while the consumer wants to be woken
 *         64·n       header of slot n - 1, n = 1 … 3:
 *            + 0    u32 width, + 4 u32 height in pixels
 *            + 8    f64 count of frames published up to this one
 *            + 16   f64 time of publication, ms since 1970 with fractions
 *        256         for each slot: tiles that changed since the frame the consumer took before (one bit a tile)
 *      65536         the slots: rows top to bottom without gaps, bytes B, G, R, X
 *   workOffset       from here on the consumer's own
 *
 * The memory is a shared WebAssembly.Memory so that the consumer's kernels read slots in place.
 */
import { assert } from '../base/assert.ts';
import type { Rect } from '../base/rect.ts';
import { createSharedMemory, type WasmMemory } from '../wasm/api.ts';
import { hasTile, isFrameSize, MAX_TILE_WORDS, TILE_SIDE, TileGrid } from './tile-grid.ts';

const FRESH = 4;
const WANT_WAKE_WORD = 1;
const HEADER_BYTES = 64;
const DAMAGE_OFFSET = 256;
const SLOTS_OFFSET = 65536;
const PAGE_BYTES = 65536;
/** What the consumer may add: the picture, a packed and a coded copy of it, and tables. */
const WORK_BYTES_PER_PIXEL = 13;
const WORK_TABLE_BYTES = 8 << 20;

/** Where things lie in a mailbox memory for frames of up to `capacityPixels`. */
export function mailboxLayout(capacityPixels: number): { readonly slotBytes: number; readonly workOffset: number } {
  const slotBytes = Math.ceil((capacityPixels * 4) / 64) * 64;
  return { slotBytes, workOffset: Math.ceil((SLOTS_OFFSET + 3 * slotBytes) / PAGE_BYTES) * PAGE_BYTES };
}

/** Makes the memory for a mailbox. The consumer's part is reserved but not there yet: it grows the memory. */
export function createMailboxMemory(capacityPixels: number): WasmMemory {
  const { workOffset } = mailboxLayout(capacityPixels);
  const initial = workOffset / PAGE_BYTES;
  const work = Math.ceil((capacityPixels * WORK_BYTES_PER_PIXEL + WORK_TABLE_BYTES) / PAGE_BYTES);
  const memory = createSharedMemory(initial, initial + work);
  // Slot 0 is the producer's, 1 lies in the mailbox, 2 is the consumer's.
  new Int32Array(memory.buffer)[0] = 1;
  return memory;
}

/** A frame that the consumer holds until it takes the next. */
export interface TakenFrame {
  readonly width: number;
  readonly height: number;
  /** Counts the frames of the head from 1. */
  readonly frame: number;
  /** Milliseconds since 1970 with fractions. */
  readonly publishedMs: number;
  /** Where the pixels begin in the memory. */
  readonly offset: number;
  /** Tiles that may differ from the frame taken before, if that one had the same size; it is BORROWED likewise. */
  readonly damage: Uint32Array;
}

class SlotView {
  readonly header: Uint32Array;
  readonly numbers: Float64Array;
  readonly damage: Uint32Array;
  readonly offset: number;

  constructor(buffer: ArrayBufferLike, slot: number, slotBytes: number) {
    const at = (slot + 1) * 64;
    this.header = new Uint32Array(buffer, at, 2);
    this.numbers = new Float64Array(buffer, at + 8, 2);
    this.damage = new Uint32Array(buffer, DAMAGE_OFFSET + slot * MAX_TILE_WORDS * 4, MAX_TILE_WORDS);
    this.offset = SLOTS_OFFSET + slot * slotBytes;
  }
}

assert(DAMAGE_OFFSET >= 4 * HEADER_BYTES, 'slot headers run into the damage bits');
assert(DAMAGE_OFFSET + 3 * MAX_TILE_WORDS * 4 <= SLOTS_OFFSET, 'damage bits run into the slots');

/** The producer's side of a mailbox. */
export class MailboxWriter {
  readonly memory: WasmMemory;
  readonly capacityPixels: number;
  readonly #words: Int32Array;
  readonly #bytes: Uint8Array;
  readonly #slots: readonly SlotView[];
  /** Tiles of each slot that are older than the last published frame. */
  readonly #lacks: readonly Uint32Array[] = [0, 1, 2].map(() => new Uint32Array(MAX_TILE_WORDS));
  #grid = new TileGrid(0, 0);
  #own = 0;
  #last = -1;

  constructor(memory: WasmMemory, capacityPixels: number) {
    this.memory = memory;
    this.capacityPixels = capacityPixels;
    const { slotBytes } = mailboxLayout(capacityPixels);
    this.#words = new Int32Array(memory.buffer, 0, 2);
    this.#bytes = new Uint8Array(memory.buffer);
    this.#slots = [0, 1, 2].map((slot) => new SlotView(memory.buffer, slot, slotBytes));
  }

  /** Publishes a black frame of a new size, which `capacityPixels` holds. */
  publishBlack(width: number, height: number, frame: number, publishedMs: number): void {
    assert(isFrameSize(width, height) && width * height <= this.capacityPixels, 'frame exceeds its mailbox');
    this.#grid = new TileGrid(width, height);
    const { offset } = this.#slots[this.#own]!;
    this.#bytes.fill(0, offset, offset + width * height * 4);
    this.#finish(frame, publishedMs, null);
  }

  /**
   * Publishes the last frame with `rects` replaced. They lie inside the frame and are not empty; `pixels` holds the whole
   * frame in rows `strideBytes` apart.
   */
  publish(
    pixels: Uint8Array,
    strideBytes: number,
    rects: readonly Rect[],
    damage: Uint32Array,
    frame: number,
    publishedMs: number,
  ): void {
    const own = this.#slots[this.#own]!;
    const lacks = this.#lacks[this.#own]!;
    for (const rect of rects) this.#grid.removeCovered(lacks, rect);
    this.#copyTiles(lacks, this.#slots[this.#last]!.offset, own.offset);
    for (const rect of rects) this.#copyRect(pixels, strideBytes, rect, own.offset);
    this.#finish(frame, publishedMs, damage);
  }

  /** The last published frame of another mailbox becomes the first of this one. */
  publishCopy(from: MailboxWriter, frame: number, publishedMs: number): void {
    const { width, height } = from.#grid;
    this.#grid = from.#grid;
    if (from.#last >= 0) {
      const start = from.#slots[from.#last]!.offset;
      this.#bytes.set(from.#bytes.subarray(start, start + width * height * 4), this.#slots[this.#own]!.offset);
    }
    this.#finish(frame, publishedMs, null);
  }

  /** Whether the consumer asked to be woken; the question takes the wish away. */
  takeWakeWish(): boolean {
    return Atomics.load(this.#words, WANT_WAKE_WORD) === 1 && Atomics.exchange(this.#words, WANT_WAKE_WORD, 0) === 1;
  }

  /** Puts the own slot into the mailbox; `damage` null stands for all of it. */
  #finish(frame: number, publishedMs: number, damage: Uint32Array | null): void {
    const grid = this.#grid;
    const own = this.#slots[this.#own]!;
    own.header[0] = grid.width;
    own.header[1] = grid.height;
    own.numbers[0] = frame;
    own.numbers[1] = publishedMs;
    if (damage === null) {
      grid.addAll(own.damage);
    } else {
      own.damage.set(damage.subarray(0, grid.words));
      // A frame that waits untaken hands its damage on. Should it be taken between this look and the exchange, the
      // new frame tells too much damage, which the consumer's comparison mends.
      const waiting = Atomics.load(this.#words, 0);
      if ((waiting & FRESH) !== 0) {
        const old = this.#slots[waiting & 3]!;
        for (let i = 0; i < grid.words; i++) own.damage[i]! |= old.damage[i]!;
      }
    }
    for (let slot = 0; slot < 3; slot++) {
      const lacks = this.#lacks[slot]!;
      if (slot === this.#own) lacks.fill(0);
      else if (damage === null) grid.addAll(lacks);
      else for (let i = 0; i < grid.words; i++) lacks[i]! |= damage[i]!;
    }
    this.#last = this.#own;
    this.#own = Atomics.exchange(this.#words, 0, this.#own | FRESH) & 3;
  }

  #copyTiles(set: Uint32Array, from: number, to: number): void {
    const { columns, rows, width, height } = this.#grid;
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        if (!hasTile(set, row * columns + column)) continue;
        const first = column;
        while (column + 1 < columns && hasTile(set, row * columns + column + 1)) column++;
        const left = first * TILE_SIDE;
        const bytes = (Math.min(width, (column + 1) * TILE_SIDE) - left) * 4;
        const bottom = Math.min(height, (row + 1) * TILE_SIDE);
        if (bytes === width * 4) {
          const start = row * TILE_SIDE * bytes;
          this.#bytes.copyWithin(to + start, from + start, from + bottom * bytes);
          continue;
        }
        for (let y = row * TILE_SIDE; y < bottom; y++) {
          const start = (y * width + left) * 4;
          this.#bytes.copyWithin(to + start, from + start, from + start + bytes);
        }
      }
    }
  }

  #copyRect(pixels: Uint8Array, strideBytes: number, rect: Rect, to: number): void {
    const { width } = this.#grid;
    const rowBytes = rect.width * 4;
    if (rect.width === width && strideBytes === rowBytes) {
      const start = rect.y * strideBytes;
      this.#bytes.set(pixels.subarray(start, start + rect.height * rowBytes), to + start);
      return;
    }
    for (let y = rect.y; y < rect.y + rect.height; y++) {
      const start = y * strideBytes + rect.x * 4;
      this.#bytes.set(pixels.subarray(start, start + rowBytes), to + (y * width + rect.x) * 4);
    }
  }
}

/** The consumer's side of a mailbox. */
export class MailboxReader {
  readonly memory: WasmMemory;
  readonly capacityPixels: number;
  readonly #words: Int32Array;
  readonly #slots: readonly SlotView[];
  #own = 2;

  constructor(memory: WasmMemory, capacityPixels: number) {
    this.memory = memory;
    this.capacityPixels = capacityPixels;
    const { slotBytes } = mailboxLayout(capacityPixels);
    this.#words = new Int32Array(memory.buffer, 0, 2);
    this.#slots = [0, 1, 2].map((slot) => new SlotView(memory.buffer, slot, slotBytes));
  }

  /** Whether a frame waits to be taken. */
  get hasFresh(): boolean {
    return (Atomics.load(this.#words, 0) & FRESH) !== 0;
  }

  /** Takes the newest frame and gives the one before back; null when there is none newer. */
  take(): TakenFrame | null {
    if (!this.hasFresh) return null;
    this.#own = Atomics.exchange(this.#words, 0, this.#own) & 3;
    const slot = this.#slots[this.#own]!;
    const width = slot.header[0]!;
    const height = slot.header[1]!;
    assert(isFrameSize(width, height) && width * height <= this.capacityPixels, 'mailbox holds a frame it cannot hold');
    return {
      width,
      height,
      frame: slot.numbers[0]!,
      publishedMs: slot.numbers[1]!,
      offset: slot.offset,
      damage: slot.damage,
    };
  }

  /** Asks to be woken at the next frame; false when one waits already (no wake will come then). */
  wishWake(): boolean {
    Atomics.store(this.#words, WANT_WAKE_WORD, 1);
    if (!this.hasFresh) return true;
    Atomics.store(this.#words, WANT_WAKE_WORD, 0);
    return false;
  }
}
