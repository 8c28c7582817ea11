import { describe, expect, test } from 'vitest';
import { decodeNumber, type Picture } from './picture-numbers.ts';
import { keyLogBlock, layoutMacros, scrollBlocks, blockAt, videoBlocks } from './layout.ts';
import { firstDifference, testPattern } from './pattern.ts';

function blank(width: number, height: number, color = 0): Picture {
  return { width, height, pixels: new Uint32Array(width * height).fill(color) };
}

function withCells(value: number, white = 0xffffff, black = 0): Picture {
  const picture = blank(32, 32);
  for (let i = 0; i < picture.pixels.length; i++) {
    const bit = 15 - Math.floor((i % 32) / 8) - Math.floor(i / 32 / 8) * 4;
    picture.pixels[i] = (value >> bit) & 1 ? white : black;
  }
  return picture;
}

describe('test pattern', () => {
  test('has its bands where they belong', () => {
    const { pixels } = testPattern(1280, 800);
    const at = (x: number, y: number): number | undefined => pixels[y * 1280 + x];
    expect(at(0, 400)).toBe(0xff00ff);
    expect(at(1278, 50)).toBe(Math.trunc((1278 * 255) / 1279) << 16);
    expect(at(640, 150)).toBe(Math.trunc((640 * 255) / 1279) << 8);
    expect(at(10, 310)).toBe(0x404040);
    expect([at(10, 450), at(11, 450)]).toEqual([0, 0xffffff]);
    expect([at(10, 550), at(10, 551)]).toEqual([0xff0000, 0x00ffff]);
    expect(at(1, 700)).toBe(0);
  });

  test('is told apart from a picture with one other pixel', () => {
    const other = testPattern(64, 64);
    expect(firstDifference(other, testPattern(64, 64))).toBeNull();
    other.pixels[64 * 3 + 5] = 0x123456;
    expect(firstDifference(other, testPattern(64, 64))).toContain('first at (5, 3): 123456');
    expect(firstDifference(other, testPattern(64, 63))).toBe('size 64x64, expected 64x63');
  });
});

describe('numbers', () => {
  test.for([0, 1, 0x8000, 0xa5c3, 0xffff])('reads %i', (value) => {
    expect(decodeNumber(withCells(value), blockAt(0, 0))).toBe(value);
  });

  test('reads cells that a lossy encoder has dimmed', () => {
    expect(decodeNumber(withCells(0x1234, 0xe0e8d8, 0x181020), blockAt(0, 0))).toBe(0x1234);
  });

  test('reads nothing from grey or from outside', () => {
    expect(decodeNumber(blank(32, 32, 0x808080), blockAt(0, 0))).toBeNull();
    expect(decodeNumber(blank(32, 32), blockAt(1, 0))).toBeNull();
    expect(decodeNumber(blank(32, 32), blockAt(0, 1))).toBeNull();
    expect(decodeNumber(blank(32, 32), blockAt(-1, 0))).toBeNull();
  });
});

describe('layout', () => {
  test('puts the blocks inside a screen of 1280x800', () => {
    const screen = blank(1280, 800);
    const log = Array.from({ length: 64 }, (_, i) => keyLogBlock(i));
    for (const block of [...scrollBlocks(1280, 800), ...videoBlocks(), ...log])
      expect(decodeNumber(screen, block)).toBe(0);
    expect(new Set(log.map((block) => `${block.x},${block.y}`)).size).toBe(64);
  });

  test('is handed to the compiler', () => {
    expect(layoutMacros()).toContain('-DLAYOUT_CELL_SIDE=8');
    expect(layoutMacros()).toContain('-DLAYOUT_KEYS_COUNT_Y=0');
  });
});
