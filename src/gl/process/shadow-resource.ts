/** A resource of a guest as another process can be told of it: how it was made, its backing, and what is known of its contents. */
import type { SegmentBacking } from '../core/backing.ts';
import type { Rect } from '../../base/rect.ts';
import { containsRect, uniteRect } from '../../base/rect.ts';
import { piecesOf } from './guest-ram.ts';
import type { GuestRam } from './guest-ram.ts';
import type { OrderScratch } from './order-record.ts';
import { orderTable } from './order.table.ts';
import { layoutOf, partsOf } from './shadow-texels.ts';
import type { ResourceLayout, ShadowTexels } from './shadow-texels.ts';

/** Texels of one order of a replay. */
const PART_BYTES = 512 << 10;
const BYTES_PER_PIXEL = 4;

/** Pixels of a picture that a resource was read into. */
export interface ShownPicture {
  readonly pixels: Uint8Array;
  readonly width: number;
  readonly height: number;
}

/** Formats whose pixels are those of pictures, and whether red and blue change places. */
const PICTURE_FORMATS: ReadonlyMap<number, boolean> = new Map([
  [1, false],
  [2, false],
  [100, false],
  [101, false],
  [67, true],
  [134, true],
  [104, true],
  [230, true],
]);

/** A resource. */
export class ShadowResource {
  /** Payload of `createResource`. */
  readonly args: Uint32Array;
  /** Null for what has no contents that can be told. */
  readonly layout: ResourceLayout | null;
  /** Payload of `attachBacking`, or null. */
  backing: Uint32Array | null = null;
  /** Contents that came another way than through the backing. */
  texels: ShadowTexels | null = null;
  /** The picture it was read into last, and what of it. */
  #shown: { readonly picture: number; readonly rect: Rect } | null = null;
  #memory: SegmentBacking | null = null;
  #ram: GuestRam | null = null;

  constructor(args: Uint32Array) {
    this.args = args;
    this.layout = layoutOf(args);
  }

  /** The memory behind it now, or null. */
  memory(ram: GuestRam | null): SegmentBacking | null {
    if (this.backing === null || ram === null) return null;
    if (this.#ram !== ram || this.#memory === null) {
      this.#ram = ram;
      this.#memory = ram.backing(piecesOf(this.backing));
    }
    return this.#memory;
  }

  /** Puts other guest RAM behind it. */
  setBacking(backing: Uint32Array | null): void {
    this.backing = backing;
    this.#memory = null;
  }

  /** A part of it was read into a picture. */
  noteShown(picture: number, rect: Rect): void {
    const before = this.#shown?.picture === picture ? this.#shown.rect : rect;
    this.#shown = { picture, rect: uniteRect(before, rect) };
  }

  /** Whether its backing holds all of it. */
  isBacked(ram: GuestRam | null): boolean {
    const memory = this.memory(ram);
    return memory !== null && this.layout !== null && memory.sizeBytes >= this.layout.sizeBytes;
  }

  /** Orders that make it, with what is known of its contents. Each is BORROWED until the next. */
  *replay(
    scratch: OrderScratch,
    ram: GuestRam | null,
    pictureOf: (id: number) => ShownPicture | null,
  ): Generator<OrderScratch> {
    yield scratch.begin(orderTable.createResource.id).addWords(this.args);
    if (this.backing !== null) {
      yield scratch.begin(orderTable.attachBacking.id).addWords(this.backing);
      if (this.texels === null) yield* this.#replayBacking(scratch, ram);
    }
    if (this.texels !== null) yield* this.#replayTexels(scratch, this.texels);
    if (this.#shown !== null) {
      const picture = pictureOf(this.#shown.picture);
      if (picture !== null) yield* this.#replayPicture(scratch, picture, this.#shown.rect);
    }
  }

  *#replayBacking(scratch: OrderScratch, ram: GuestRam | null): Generator<OrderScratch> {
    const size = this.memory(ram)?.sizeBytes ?? 0;
    for (const [number, level] of (this.layout?.levels ?? []).entries()) {
      if (level.offset + level.sizeBytes > size) return;
      scratch.begin(orderTable.transferToHost.id).add(0).add(this.args[0]!).add(number).add(0).add(0);
      scratch.add(0).add(0).add(0).add(level.width).add(level.height).add(level.layers);
      yield scratch.add(level.offset);
    }
  }

  *#replayTexels(scratch: OrderScratch, { layout, bytes, isKnown }: ShadowTexels): Generator<OrderScratch> {
    for (const [number, level] of layout.levels.entries()) {
      if (isKnown[number] !== true) continue;
      for (const { y, z, height, depth, offset, sizeBytes } of partsOf(layout, number, PART_BYTES)) {
        scratch.begin(orderTable.restoreTexels.id).add(this.args[0]!).add(number);
        scratch.add(0).add(y).add(z).add(level.width).add(height).add(depth).add(sizeBytes);
        yield scratch.addBytes(bytes.subarray(offset, offset + sizeBytes));
      }
    }
  }

  /** Compositors draw only what has changed: the rest must be what is on the screen. */
  *#replayPicture(
    scratch: OrderScratch,
    picture: ShownPicture,
    { x, y, width, height }: Rect,
  ): Generator<OrderScratch> {
    const isExchanged = PICTURE_FORMATS.get(this.args[2]!);
    const level = this.layout?.levels[0];
    const rect = { x, y, width, height };
    if (isExchanged === undefined || level === undefined || width === 0) return;
    if (!containsRect({ x: 0, y: 0, width: level.width, height: level.height }, rect)) return;
    if (!containsRect({ x: 0, y: 0, width: picture.width, height: picture.height }, rect)) return;
    const rowBytes = width * BYTES_PER_PIXEL;
    const step = Math.max(1, Math.floor(PART_BYTES / rowBytes));
    for (let top = 0; top < height; top += step) {
      const rows = Math.min(step, height - top);
      const part = new Uint8Array(rows * rowBytes);
      for (let row = 0; row < rows; row++) {
        const from = ((y + top + row) * picture.width + x) * BYTES_PER_PIXEL;
        part.set(picture.pixels.subarray(from, from + rowBytes), row * rowBytes);
      }
      if (isExchanged) exchangeRedAndBlue(part);
      scratch.begin(orderTable.restoreTexels.id).add(this.args[0]!).add(0);
      scratch
        .add(x)
        .add(y + top)
        .add(0)
        .add(width)
        .add(rows)
        .add(1)
        .add(part.length);
      yield scratch.addBytes(part);
    }
  }
}

function exchangeRedAndBlue(bytes: Uint8Array): void {
  for (let i = 0; i < bytes.length; i += BYTES_PER_PIXEL) {
    const blue = bytes[i]!;
    bytes[i] = bytes[i + 2]!;
    bytes[i + 2] = blue;
  }
}
