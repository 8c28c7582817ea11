/** A DisplayID 1.2 section as an EDID extension block: who the monitor is, and one type I detailed timing. */
import type { Timing } from './timing.ts';

const BLOCK_BYTES = 128;
/** The bytes of data blocks that fill an extension: the block without its tag, the section's header and two checksums. */
const DATA_BYTES = 121;
const SECTION_END = 5 + DATA_BYTES;

/**
 * The extension block for a timing that an EDID descriptor cannot hold; it is marked as the preferred one. The picture is
 * `widthMm` × `heightMm` large.
 */
export function displayIdExtension(timing: Timing, head: number, widthMm: number, heightMm: number): Uint8Array {
  const block = new Uint8Array(BLOCK_BYTES);
  block[0] = 0x70;
  // Version 1.2, bytes of data, a monitor, no further section.
  block.set([0x12, DATA_BYTES, 3, 0], 1);
  const data = [
    ...identity(head),
    ...parameters(timing, widthMm, heightMm),
    ...displayPort(),
    ...typeOneTiming(timing),
  ];
  block.set(data, 5);
  block[SECTION_END] = -block.subarray(1, SECTION_END).reduce((sum, byte) => sum + byte, 0) & 0xff;
  block[BLOCK_BYTES - 1] = -block.reduce((sum, byte) => sum + byte, 0) & 0xff;
  return block;
}

/** Product identification: the maker's letters (SFN), product 1, a serial number, week not told, 2026, no name. */
function identity(head: number): number[] {
  return [0x00, 0, 12, 0x53, 0x46, 0x4e, ...word(1), ...word(head + 1), ...word(0), 0, 26, 0];
}

/** Display parameters: size in 0.1 mm where it can be told, pixels, gamma 2.2, aspect ratio, 8 bits a colour. */
function parameters({ width, height }: Timing, widthMm: number, heightMm: number): number[] {
  const size = Math.max(widthMm, heightMm) <= 6553 ? [widthMm * 10, heightMm * 10] : [0, 0];
  const aspect = Math.min(355, Math.round((Math.max(width, height) / Math.min(width, height)) * 100)) - 100;
  return [0x01, 0, 12, ...size.flatMap(word), ...word(width), ...word(height), 0, 120, aspect, 0x77];
}

/** Display interface: DisplayPort 1.2 with 4 lanes, RGB with 8 bits a colour, no content protection. */
function displayPort(): number[] {
  return [0x0f, 0, 10, 0x94, 0x12, 0x02, 0, 0, 0, 0, 0, 0, 0];
}

/** A type I detailed timing: preferred, progressive, aspect ratio not told. All numbers are one less than meant. */
function typeOneTiming(timing: Timing): number[] {
  const clock = timing.clock10kHz - 1;
  const words = [
    timing.width,
    timing.horizontalBlank,
    // The highest bit of a front porch: the sync is positive.
    timing.horizontalFrontPorch | 0x8000,
    timing.horizontalSync,
    timing.height,
    timing.verticalBlank,
    timing.verticalFrontPorch,
    timing.verticalSync,
  ];
  return [0x03, 0, 20, ...word(clock & 0xffff), clock >> 16, 0x88, ...words.flatMap((value) => word(value - 1))];
}

function word(value: number): number[] {
  return [value & 0xff, value >> 8];
}
