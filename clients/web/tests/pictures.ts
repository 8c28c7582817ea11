/** Pictures for tests, and images of draw messages made of them by the simplest encoders that are right. */
import type { SpiceRect } from '../../../src/spice/wire/common.gen.ts';
import type { DrawCopy } from '../../../src/spice/wire/display.gen.ts';
import { BitmapFlags, BitmapFormat, ImageType, type Image } from '../../../src/spice/wire/image.gen.ts';

/** Colours as 0x00RRGGBB, rows from the top. */
export interface TestPicture {
  readonly width: number;
  readonly height: number;
  readonly colors: readonly number[];
}

/** A picture in which every pixel differs from its neighbours, and no two rows are alike. */
export function patternOf(width: number, height: number): TestPicture {
  const colors = Array.from({ length: width * height }, (_, i) => {
    const x = i % width;
    const y = (i - x) / width;
    return ((x * 37 + y * 11) & 255) * 65536 + ((y * 53 + x * 5) & 255) * 256 + ((x + y) % 2) * 255;
  });
  return { width, height, colors };
}

/** Bytes R, G, B, A of a picture. */
export function rgbaOf({ colors }: TestPicture): number[] {
  return colors.flatMap((color) => [(color >> 16) & 255, (color >> 8) & 255, color & 255, 255]);
}

/** Uncompressed. */
export function rawImage({ width, height, colors }: TestPicture): Image {
  const data = new Uint8Array(colors.flatMap((color) => [color & 255, (color >> 8) & 255, (color >> 16) & 255, 0]));
  const flags = BitmapFlags.topDown;
  const bitmap = {
    format: BitmapFormat.thirtyTwoBit,
    flags,
    width,
    height,
    stride: width * 4,
    paletteId: null,
    palette: null,
    data,
  };
  return { id: 1n, type: ImageType.bitmap, flags: 0, width, height, bitmap };
}

/** LZ of nothing but literals. */
export function lzImage({ width, height, colors }: TestPicture): Image {
  const header = new Uint8Array(28);
  const view = new DataView(header.buffer);
  for (const [i, word] of [0x20205a4c, 0x00010001, 8, width, height, width * 4, 1].entries())
    view.setUint32(i * 4, word);
  const body: number[] = [];
  for (let at = 0; at < colors.length; at += 32) {
    const run = colors.slice(at, at + 32);
    body.push(run.length - 1, ...run.flatMap((color) => [color & 255, (color >> 8) & 255, (color >> 16) & 255]));
  }
  const data = new Uint8Array([...header, ...body]);
  return { id: 2n, type: ImageType.lzRgb, flags: 0, width, height, data };
}

/** LZ4 of nothing but literals, in one block. */
export function lz4Image({ width, height, colors }: TestPicture): Image {
  const literals = colors.flatMap((color) => [color & 255, (color >> 8) & 255, (color >> 16) & 255, 0]);
  const more = literals.length - 15;
  const block = [0xf0, ...Array.from({ length: Math.floor(more / 255) }, () => 255), more % 255, ...literals];
  const size = [24, 16, 8, 0].map((shift) => (block.length >>> shift) & 255);
  const data = new Uint8Array([1, 8, ...size, ...block]);
  return { id: 3n, type: ImageType.lz4, flags: 0, width, height, data };
}

/** A JPEG file. */
export function jpegImage(data: Uint8Array, width: number, height: number): Image {
  return { id: 4n, type: ImageType.jpeg, flags: 0, width, height, data };
}

/** A rectangle as the wire has it. */
export function boxOf(x: number, y: number, width: number, height: number): SpiceRect {
  return { top: y, left: x, bottom: y + height, right: x + width };
}

/** The message that draws an image whole. */
export function drawOf(src: Image, x: number, y: number): DrawCopy {
  const { width, height } = src;
  return {
    surfaceId: 0,
    box: boxOf(x, y, width, height),
    clip: { type: 0 },
    src,
    srcArea: boxOf(0, 0, width, height),
    rop: 8,
    scaleMode: 0,
    mask: { flags: 0, position: { x: 0, y: 0 }, bitmap: null },
  };
}
