import * as fc from 'fast-check';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { WireError } from '../../wire/wire-error.ts';
import { createMailboxMemory } from '../frame-mailbox.ts';
import { Kernels } from '../kernels/kernels.ts';
import { Picture } from '../picture.ts';
import { MAX_TILE_WORDS, TileGrid } from '../tile-grid.ts';
import { ENCODERS } from './encoders.ts';
import { decodeLz } from './lz.decode.ts';
import { decodeLz4 } from './lz4.decode.ts';
import { decodeRaw } from './raw.decode.ts';

const DECODERS = { raw: decodeRaw, lz: decodeLz, lz4: decodeLz4 } as const;
const NAMES = ['raw', 'lz', 'lz4'] as const;

const CAPACITY = 450 * 300;
const SLOT = 65536;
const kernels = new Kernels(createMailboxMemory(CAPACITY), CAPACITY);
let frames = 0;

/** A picture of pixels 0x??RRGGBB. */
function pictureOf(width: number, height: number, pixels: Uint32Array): Picture {
  new Uint32Array(kernels.bytes.buffer).set(pixels, SLOT >> 2);
  const damage = new Uint32Array(kernels.bytes.buffer, 256, MAX_TILE_WORDS);
  new TileGrid(width, height).addAll(damage);
  const picture = new Picture(kernels);
  picture.take({ width, height, frame: ++frames, publishedMs: 0, offset: SLOT, damage }, 0);
  return picture;
}

function rgba(pixels: Uint32Array): Uint8Array {
  const out = new Uint8Array(pixels.length * 4);
  for (const [i, pixel] of pixels.entries()) {
    out[i * 4] = pixel >> 16;
    out[i * 4 + 1] = pixel >> 8;
    out[i * 4 + 2] = pixel;
    out[i * 4 + 3] = 255;
  }
  return out;
}

function encode(name: (typeof NAMES)[number], picture: Picture): Uint8Array {
  const encoder = ENCODERS[name];
  if (encoder.isLossy) throw new Error('not an exact encoder');
  const { width, height } = picture;
  return encoder.encode(picture, { x: 0, y: 0, width, height }).slice();
}

function roundTrip(width: number, height: number, pixels: Uint32Array): void {
  const picture = pictureOf(width, height, pixels);
  const expected = Buffer.from(rgba(pixels));
  for (const name of NAMES) {
    const out = new Uint8Array(width * height * 4);
    DECODERS[name](encode(name, picture), width, height, out);
    expect(expected.equals(out), `${name} of ${width} × ${height}`).toBe(true);
  }
}

describe('encoders and decoders', () => {
  it('give back every pixel of every kind of content', () => {
    const palette = fc.array(fc.nat(0xffffff), { minLength: 1, maxLength: 6 });
    const content = fc.record({
      width: fc.integer({ min: 1, max: 90 }),
      height: fc.integer({ min: 1, max: 90 }),
      palette,
    });
    fc.assert(
      fc.property(content, fc.infiniteStream(fc.nat()), ({ width, height, palette }, numbers) => {
        const pixels = new Uint32Array(width * height);
        for (let i = 0; i < pixels.length;) {
          const number = numbers.next().value as number;
          const run = 1 + (number % 300);
          pixels.fill(palette[number % palette.length]!, i, i + run);
          i += run;
        }
        roundTrip(width, height, pixels);
      }),
      { numRuns: 60 },
    );
  });

  it('give back noise, one colour, and matches far and long', () => {
    let state = 1;
    const random = (): number => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return state >>> 8;
    };
    const [width, height] = [450, 300];
    roundTrip(
      width,
      height,
      new Uint32Array(width * height).map(() => random()),
    );
    roundTrip(width, height, new Uint32Array(width * height).fill(0x123456));
    // Repeats at distances around 8191 and 73725 pixels, where the LZ offset changes its form and ends.
    for (const distance of [8190, 8191, 8192, 8193, 16383, 73724, 73725, 73726, 73727]) {
      const pixels = new Uint32Array(width * height);
      for (let i = 0; i < pixels.length; i++) {
        pixels[i] = i >= distance && i % 5000 !== 0 ? pixels[i - distance]! : random();
      }
      roundTrip(width, height, pixels);
    }
  });

  it('give back very narrow and very low pictures', () => {
    for (const [width, height] of [
      [1, 1],
      [2, 1],
      [1, 2],
      [7, 1],
      [1, 16384],
      [16384, 1],
      [3, 5],
    ] as const) {
      roundTrip(
        width,
        height,
        new Uint32Array(width * height).map((_, i) => (i * 2654435761) & 0xffffff),
      );
    }
  });

  it('make JPEG that looks like the picture', async () => {
    const pixels = new Uint32Array(64 * 48).map((_, i) => ((i % 64) * 4) | (Math.floor(i / 64) << 18));
    const encoder = ENCODERS.jpeg;
    const bytes = await encoder.encode(pictureOf(64, 48, pixels), { x: 0, y: 0, width: 64, height: 48 }, 90);
    const { data, info } = await sharp(bytes).raw().toBuffer({ resolveWithObject: true });
    expect([info.width, info.height, info.channels]).toEqual([64, 48, 3]);
    let worst = 0;
    pixels.forEach((pixel, i) => {
      worst = Math.max(worst, Math.abs(data[i * 3]! - (pixel >> 16)), Math.abs(data[i * 3 + 2]! - (pixel & 255)));
    });
    expect(worst).toBeLessThan(40);
  });
});

describe('decoders', () => {
  const pixels = new Uint32Array(40 * 30).map((_, i) => (i % 7 === 0 ? i * 9973 : 0x203040) & 0xffffff);
  const good = Object.fromEntries(NAMES.map((name) => [name, encode(name, pictureOf(40, 30, pixels))]));

  it.each(NAMES)('%s refuse every truncation and every wrong size', (name) => {
    const bytes = good[name]!;
    for (let length = 0; length < bytes.length; length++) {
      expect(() => DECODERS[name](bytes.subarray(0, length), 40, 30, new Uint8Array(4800))).toThrow(WireError);
    }
    for (const [width, height] of [
      [41, 30],
      [40, 29],
      [30, 40 + 1],
    ] as const) {
      expect(() => DECODERS[name](bytes, width, height, new Uint8Array(width * height * 4))).toThrow(WireError);
    }
  });

  it.each(NAMES)('%s end damaged bytes in pixels or a WireError and touch nothing behind the image', (name) => {
    const damage = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(damage, (changes) => {
        const bytes = good[name]!.slice();
        for (const [at, value] of changes) bytes[at % bytes.length] = value;
        survive(name, bytes);
      }),
      { numRuns: 2000 },
    );
  });

  it.each(NAMES)('%s end random bytes in pixels or a WireError', (name) => {
    const header = good[name]!.slice(0, name === 'lz' ? 28 : name === 'lz4' ? 2 : 0);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => survive(name, Buffer.concat([header, bytes]))),
      { numRuns: 2000 },
    );
  });

  it('read LZ4 in several blocks that refer to each other, and rows from the bottom', () => {
    // Two literal pixels, then a block that repeats them from the one before: 0x11 … and an end of 5 literals.
    const first = [0x80, 1, 2, 3, 0, 4, 5, 6, 0];
    const second = [0x03, 8, 0, 0x10, 9];
    const tail = [0x00];
    const block = (content: number[]): number[] => [0, 0, 0, content.length, ...content];
    // 8 bytes, then 7 copied and 1 literal.
    const bytes = Uint8Array.from([0, 8, ...block(first), ...block(second), ...block(tail)]);
    const out = new Uint8Array(16);
    decodeLz4(bytes, 2, 2, out);
    expect([...out]).toEqual([3, 2, 1, 255, 6, 5, 4, 255, 3, 2, 1, 255, 6, 5, 4, 255]);
  });

  it('refuse an output that is too small before they write', () => {
    expect(() => decodeRaw(good['raw']!, 40, 30, new Uint8Array(4799))).toThrow(/does not fit/);
  });

  function survive(name: (typeof NAMES)[number], bytes: Uint8Array): void {
    const out = new Uint8Array(40 * 30 * 4 + 64).fill(0xa5);
    try {
      DECODERS[name](bytes, 40, 30, out);
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
    }
    for (let i = 4800; i < out.length; i++) if (out[i] !== 0xa5) throw new Error('wrote behind the image');
  }
});
