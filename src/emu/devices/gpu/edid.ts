/**
 * What a head's monitor says of itself: VESA E-EDID 1.4. The one detailed timing is the size that the viewer wants. Sizes
 * that its 18 bytes cannot hold (from 4096 pixels on, or a clock above 655 MHz) stand in a DisplayID 1.2 extension, and
 * the base block offers 1920 × 1080 to systems that know no DisplayID.
 */
import { assert } from '../../../base/assert.ts';
import { displayIdExtension } from './display-id.ts';
import { reducedBlankingTiming, type Timing } from './timing.ts';

const REFRESH_HZ = 60;
const BLOCK_BYTES = 128;
/** Pixels are told to be as large as those of an ordinary monitor, 96 to the inch, so that no guest scales. */
const MM_PER_PIXEL = 25.4 / 96;

/** An EDID of one or two blocks. `width` and `height` are at least 1, at most 16384; `head` tells monitors apart. */
export function makeEdid(width: number, height: number, head: number): Uint8Array {
  assert(width >= 1 && height >= 1 && width <= 16384 && height <= 16384, 'size of a monitor');
  const timing = reducedBlankingTiming(width, height, REFRESH_HZ);
  if (fitsDescriptor(timing)) return baseBlock(timing, timing, head, 0);
  const edid = new Uint8Array(2 * BLOCK_BYTES);
  edid.set(baseBlock(timing, reducedBlankingTiming(1920, 1080, REFRESH_HZ), head, 1));
  edid.set(displayIdExtension(timing, head, millimetres(width), millimetres(height)), BLOCK_BYTES);
  return edid;
}

function millimetres(pixels: number): number {
  return Math.max(1, Math.round(pixels * MM_PER_PIXEL));
}

function fitsDescriptor(timing: Timing): boolean {
  return timing.width <= 4095 && timing.height <= 4095 && timing.verticalBlank <= 4095 && timing.clock10kHz <= 0xffff;
}

function baseBlock(native: Timing, described: Timing, head: number, extensions: number): Uint8Array {
  const block = new Uint8Array(BLOCK_BYTES);
  const view = new DataView(block.buffer);
  block.set([0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0]);
  view.setUint16(8, manufacturer('SFN'));
  view.setUint16(10, 1, true);
  view.setUint32(12, head + 1, true);
  // Week 0: not told. Year 2026. Version 1.4.
  block.set([0, 36, 1, 4], 16);
  // Digital, 8 bits a colour, DisplayPort.
  block[20] = 0xa5;
  const widthMm = millimetres(native.width);
  const heightMm = millimetres(native.height);
  if (widthMm <= 2550 && heightMm <= 2550) {
    block[21] = Math.max(1, Math.round(widthMm / 10));
    block[22] = Math.max(1, Math.round(heightMm / 10));
  }
  // Gamma 2.2; RGB 4:4:4, sRGB is the colour space, and the first timing is the native one.
  block[23] = 120;
  block[24] = native === described ? 0x06 : 0x04;
  setChromaticity(block);
  // 640 × 480, 800 × 600 and 1024 × 768 at 60 Hz.
  block[35] = 0x21;
  block[36] = 0x08;
  block.fill(1, 38, 54);
  setDetailedTiming(view, 54, described, [widthMm, heightMm]);
  setText(block, 72, 0xfc, 'Saffron');
  for (const at of [90, 108]) block[at + 3] = 0x10;
  block[126] = extensions;
  setChecksum(block);
  return block;
}

/** Three letters in 5 bits each. */
function manufacturer(letters: string): number {
  let word = 0;
  for (let i = 0; i < letters.length; i++) word = (word << 5) | (letters.charCodeAt(i) - 64);
  return word;
}

/** The primaries and the white point of sRGB, 10 bits each: two low bits apart from the high eight. */
function setChromaticity(block: Uint8Array): void {
  const [rx, ry, gx, gy, bx, by, wx, wy] = [0.64, 0.33, 0.3, 0.6, 0.15, 0.06, 0.3127, 0.329].map((c) =>
    Math.round(c * 1024),
  ) as [number, number, number, number, number, number, number, number];
  const low = (a: number, b: number, c: number, d: number): number =>
    ((a & 3) << 6) | ((b & 3) << 4) | ((c & 3) << 2) | (d & 3);
  block.set([low(rx, ry, gx, gy), low(bx, by, wx, wy)], 25);
  block.set(
    [rx, ry, gx, gy, bx, by, wx, wy].map((c) => c >> 2),
    27,
  );
}

/** An 18-byte detailed timing descriptor: low bytes, then the high bits packed together. */
function setDetailedTiming(view: DataView, at: number, t: Timing, sizeMm: readonly [number, number]): void {
  const [widthMm, heightMm] = sizeMm.every((mm) => mm <= 4095) ? sizeMm : [0, 0];
  view.setUint16(at, t.clock10kHz, true);
  const bytes = [
    t.width & 0xff,
    t.horizontalBlank & 0xff,
    ((t.width >> 8) << 4) | (t.horizontalBlank >> 8),
    t.height & 0xff,
    t.verticalBlank & 0xff,
    ((t.height >> 8) << 4) | (t.verticalBlank >> 8),
    t.horizontalFrontPorch & 0xff,
    t.horizontalSync & 0xff,
    ((t.verticalFrontPorch & 0xf) << 4) | (t.verticalSync & 0xf),
    ((t.horizontalFrontPorch >> 8) << 6) |
      ((t.horizontalSync >> 8) << 4) |
      ((t.verticalFrontPorch >> 4) << 2) |
      (t.verticalSync >> 4),
    widthMm & 0xff,
    heightMm & 0xff,
    ((widthMm >> 8) << 4) | (heightMm >> 8),
    0,
    0,
    // Digital separate sync, horizontal positive, vertical negative.
    0x1a,
  ];
  for (const [i, byte] of bytes.entries()) view.setUint8(at + 2 + i, byte);
}

/** A display descriptor with up to 13 letters. */
function setText(block: Uint8Array, at: number, tag: number, text: string): void {
  assert(text.length < 13, 'text of a display descriptor');
  block[at + 3] = tag;
  block.fill(0x20, at + 5, at + 18);
  for (let i = 0; i < text.length; i++) block[at + 5 + i] = text.charCodeAt(i);
  block[at + 5 + text.length] = 0x0a;
}

/** The last byte makes the sum of all a multiple of 256. */
function setChecksum(block: Uint8Array): void {
  block[BLOCK_BYTES - 1] = 0;
  block[BLOCK_BYTES - 1] = -block.reduce((sum, byte) => sum + byte, 0) & 0xff;
}
