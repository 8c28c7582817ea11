/** A DisplayID 1.2 section as an EDID extension block, with one type I detailed timing. */
import type { Timing } from './timing.ts';

const BLOCK_BYTES = 128;
/** The bytes of data blocks that fill an extension: the block without its tag, the section's header and two checksums. */
const DATA_BYTES = 121;

/** The extension block for a timing that an EDID descriptor cannot hold. It is marked as the preferred one. */
export function displayIdExtension(timing: Timing): Uint8Array {
  const block = new Uint8Array(BLOCK_BYTES);
  const view = new DataView(block.buffer);
  block[0] = 0x70;
  // Section: version 1.2, bytes of data, product type 0 (an extension), no further extension.
  block.set([0x12, DATA_BYTES, 0, 0], 1);
  // Data block: type I detailed timing, revision 0, 20 bytes. All numbers are one less than meant.
  block.set([0x03, 0, 20], 5);
  const clock = timing.clock10kHz - 1;
  block.set([clock & 0xff, (clock >> 8) & 0xff, clock >> 16], 8);
  // Preferred, progressive, aspect ratio not told.
  block[11] = 0x88;
  // The highest bit of a front porch: the sync is positive.
  const words = [
    timing.width - 1,
    timing.horizontalBlank - 1,
    (timing.horizontalFrontPorch - 1) | 0x8000,
    timing.horizontalSync - 1,
    timing.height - 1,
    timing.verticalBlank - 1,
    timing.verticalFrontPorch - 1,
    timing.verticalSync - 1,
  ];
  for (const [i, word] of words.entries()) view.setUint16(12 + 2 * i, word, true);
  const sectionEnd = 5 + DATA_BYTES;
  block[sectionEnd] = -block.subarray(1, sectionEnd).reduce((sum, byte) => sum + byte, 0) & 0xff;
  block[BLOCK_BYTES - 1] = -block.reduce((sum, byte) => sum + byte, 0) & 0xff;
  return block;
}
