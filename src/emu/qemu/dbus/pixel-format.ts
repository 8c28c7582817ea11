/**
 * Pixel formats as pixman numbers them: bits a pixel in the top byte, then the order of the channels, then the bits of
 * alpha, red, green and blue, four bits each. A pixel is one little-endian number; `argb` has blue lowest.
 *
 *     31      24 23      16 15  12 11   8 7    4 3    0
 *     │ bpp     │ order    │ a    │ r    │ g    │ b    │     order: 2 argb, 3 abgr, 8 bgra, 9 rgba
 */

/** How to turn rows of a format into B, G, R, X. */
export interface PixelFormat {
  readonly bytesPerPixel: 2 | 3 | 4;
  /** Whether the bytes already are what they shall be. */
  readonly isNative: boolean;
  /** Converts `width` pixels of `from` at byte `fromAt` into `to` at byte `toAt`. */
  readonly convertRow: (from: Uint8Array, fromAt: number, to: Uint8Array, toAt: number, width: number) => void;
}

/** Byte offsets of red, green and blue in a pixel whose channels are whole bytes. */
function bytesFormat(bytesPerPixel: 3 | 4, red: number, green: number, blue: number): PixelFormat {
  return {
    bytesPerPixel,
    isNative: bytesPerPixel === 4 && red === 2 && green === 1 && blue === 0,
    convertRow: (from, fromAt, to, toAt, width) => {
      for (let x = 0; x < width; x++) {
        to[toAt] = from[fromAt + blue] ?? 0;
        to[toAt + 1] = from[fromAt + green] ?? 0;
        to[toAt + 2] = from[fromAt + red] ?? 0;
        toAt += 4;
        fromAt += bytesPerPixel;
      }
    },
  };
}

/** 5 bits blue lowest, then green of 5 or 6 bits, then 5 bits red; each widened by repeating its top bits. */
function bits16Format(greenBits: 5 | 6): PixelFormat {
  const redShift = 5 + greenBits;
  const greenMask = (1 << greenBits) - 1;
  return {
    bytesPerPixel: 2,
    isNative: false,
    convertRow: (from, fromAt, to, toAt, width) => {
      for (let x = 0; x < width; x++) {
        const pixel = (from[fromAt] ?? 0) | ((from[fromAt + 1] ?? 0) << 8);
        const blue = pixel & 31;
        const green = (pixel >> 5) & greenMask;
        const red = (pixel >> redShift) & 31;
        to[toAt] = (blue << 3) | (blue >> 2);
        to[toAt + 1] = (green << (8 - greenBits)) | (green >> (2 * greenBits - 8));
        to[toAt + 2] = (red << 3) | (red >> 2);
        toAt += 4;
        fromAt += 2;
      }
    },
  };
}

const FORMATS: ReadonlyMap<number, PixelFormat> = new Map([
  [0x20020888, bytesFormat(4, 2, 1, 0)],
  [0x20028888, bytesFormat(4, 2, 1, 0)],
  [0x20030888, bytesFormat(4, 0, 1, 2)],
  [0x20038888, bytesFormat(4, 0, 1, 2)],
  [0x20080888, bytesFormat(4, 1, 2, 3)],
  [0x20088888, bytesFormat(4, 1, 2, 3)],
  [0x20090888, bytesFormat(4, 3, 2, 1)],
  [0x20098888, bytesFormat(4, 3, 2, 1)],
  [0x18020888, bytesFormat(3, 2, 1, 0)],
  [0x18030888, bytesFormat(3, 0, 1, 2)],
  [0x10020565, bits16Format(6)],
  [0x10020555, bits16Format(5)],
  [0x10021555, bits16Format(5)],
]);

/** The format with a pixman number, if it is one that QEMU's screens use. */
export function pixelFormat(pixman: number): PixelFormat | undefined {
  return FORMATS.get(pixman);
}
