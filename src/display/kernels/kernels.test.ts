import * as fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Rect } from '../../base/rect.ts';
import { decodeLz } from '../encoders/lz.decode.ts';
import { decodeLz4 } from '../encoders/lz4.decode.ts';
import { createMailboxMemory, mailboxLayout } from '../frame-mailbox.ts';
import { TileGrid } from '../tile-grid.ts';
import { Kernels } from './kernels.ts';

const CAPACITY = 300 * 300;
let kernels: Kernels;
let words: Uint32Array;
const slot = 65536;

beforeAll(() => {
  const memory = createMailboxMemory(CAPACITY);
  kernels = new Kernels(memory, CAPACITY);
  words = new Uint32Array(kernels.bytes.buffer);
  expect(mailboxLayout(CAPACITY).workOffset).toBeLessThan(kernels.picture);
});

/** Pixels of several kinds: noise, few colours, runs, repeats. */
function pixels(count: number, kind: number, seed: number): Uint32Array {
  let state = seed | 1;
  const random = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 8;
  };
  const result = new Uint32Array(count);
  for (let i = 0; i < count; i++) {
    if (kind === 0) result[i] = random();
    else if (kind === 1) result[i] = random() % 3;
    else if (kind === 2) result[i] = i > 0 && random() % 20 !== 0 ? result[i - 1]! : random();
    else result[i] = i >= 97 && random() % 50 !== 0 ? result[i - 97]! : random();
  }
  return result;
}

const sizes = fc.record({
  width: fc.integer({ min: 1, max: 300 }),
  height: fc.integer({ min: 1, max: 300 }),
  kind: fc.integer({ min: 0, max: 3 }),
  seed: fc.nat(),
});

/** Puts a picture into the kernels' memory. */
function show(content: Uint32Array): void {
  words.set(content, kernels.picture >> 2);
}

function subRect(width: number, height: number, seed: number): Rect {
  const x = seed % width;
  const y = (seed >>> 3) % height;
  return { x, y, width: 1 + ((seed >>> 5) % (width - x)), height: 1 + ((seed >>> 7) % (height - y)) };
}

function cut(content: Uint32Array, width: number, rect: Rect): Uint32Array {
  const result = new Uint32Array(rect.width * rect.height);
  for (let y = 0; y < rect.height; y++) {
    const start = (rect.y + y) * width + rect.x;
    result.set(content.subarray(start, start + rect.width), y * rect.width);
  }
  return result;
}

function rgba(content: Uint32Array): Uint8Array {
  const result = new Uint8Array(content.length * 4);
  content.forEach((pixel, i) => result.set([pixel >> 16, pixel >> 8, pixel, 255], i * 4));
  return result;
}

describe('kernels', () => {
  it('find the exact box of a change in each tile and take it over', () => {
    fc.assert(
      fc.property(sizes, fc.array(fc.nat(), { maxLength: 12 }), ({ width, height, kind, seed }, changes) => {
        const grid = new TileGrid(width, height);
        const before = pixels(width * height, kind, seed);
        show(before);
        // X bytes differ everywhere, and count nowhere.
        const after = before.map((pixel, i) => (pixel | ((i * 37) << 24)) >>> 0);
        const boxes = new Map<number, [number, number, number, number]>();
        for (const change of changes) {
          const i = change % (width * height);
          if (((after[i]! ^ before[i]!) & 0xffffff) !== 0) continue;
          after[i]! ^= 1 << (change % 24);
          const x = i % width;
          const y = Math.floor(i / width);
          const tile = Math.floor(y / 64) * grid.columns + Math.floor(x / 64);
          const old = boxes.get(tile) ?? [64, 64, 0, 0];
          const [l, t, r, b] = [x % 64, y % 64, (x % 64) + 1, (y % 64) + 1];
          boxes.set(tile, [Math.min(l, old[0]), Math.min(t, old[1]), Math.max(r, old[2]), Math.max(b, old[3])]);
        }
        words.set(after, slot >> 2);
        grid.addAll(kernels.tiles);
        expect(kernels.compare(slot, width, height, kernels.tiles.byteOffset, false)).toBe(boxes.size);
        for (let tile = 0; tile < grid.count; tile++) {
          const [l, t, r, b] = boxes.get(tile) ?? [0, 0, 0, 0];
          expect(kernels.boxes[tile]).toBe((l | (t << 8) | (r << 16) | (b << 24)) >>> 0);
        }
        kernels.copyBoxes(slot, width, height, false);
        expect(words.slice(kernels.picture >> 2, (kernels.picture >> 2) + width * height)).toEqual(
          after.map((pixel) => pixel & 0xffffff),
        );
      }),
      { numRuns: 60 },
    );
  });

  it('look only at the tiles they are told to', () => {
    const grid = new TileGrid(130, 65);
    show(new Uint32Array(130 * 65));
    words.fill(1, slot >> 2, (slot >> 2) + 130 * 65);
    kernels.tiles.fill(0);
    grid.addTouched(kernels.tiles, { x: 128, y: 64, width: 1, height: 1 });
    expect(kernels.compare(slot, 130, 65, kernels.tiles.byteOffset, false)).toBe(1);
    expect([...kernels.boxes.subarray(0, 6)]).toEqual([0, 0, 0, 0, 0, (2 << 16) | (1 << 24)]);
  });

  it('know one colour from several', () => {
    fc.assert(
      fc.property(sizes, ({ width, height, seed }) => {
        const content = new Uint32Array(width * height).fill(seed & 0xffffff);
        show(content);
        const rect = subRect(width, height, seed);
        expect(kernels.solidColour(width, rect)).toBe(seed & 0xffffff);
        const inside = (rect.y + rect.height - 1) * width + rect.x + rect.width - 1;
        words[(kernels.picture >> 2) + inside]! ^= 1;
        if (rect.width * rect.height > 1) expect(kernels.solidColour(width, rect)).toBe(-1);
      }),
      { numRuns: 60 },
    );
  });

  it('hash equal rectangles alike wherever they are, and others not', () => {
    const a = pixels(100 * 100, 1, 5);
    show(a);
    const first = kernels.hash(100, { x: 10, y: 10, width: 33, height: 20 });
    show(cut(a, 100, { x: 10, y: 10, width: 33, height: 20 }));
    expect(kernels.hash(33, { x: 0, y: 0, width: 33, height: 20 })).toBe(first);
    expect(kernels.hash(20, { x: 0, y: 0, width: 20, height: 33 })).not.toBe(first);
    const seen = new Set<string>();
    const black = new Uint32Array(64 * 64);
    show(black);
    for (let i = 0; i < 64 * 64; i++) {
      // A lone dot of the highest bit, where weak mixing would show.
      words[(kernels.picture >> 2) + i] = 0x800000;
      seen.add(kernels.hash(64, { x: 0, y: 0, width: 64, height: 64 }));
      words[(kernels.picture >> 2) + i] = 0;
    }
    expect(seen.size).toBe(64 * 64);
  });

  it('tell text from photographs', () => {
    const rect = { x: 0, y: 0, width: 64, height: 64 };
    show(pixels(64 * 64, 0, 3));
    expect(kernels.classify(64, rect) & 0xffff).toBeLessThan(50);
    expect(kernels.classify(64, rect) >>> 16).toBeGreaterThan(200);
    show(pixels(64 * 64, 2, 3));
    expect(kernels.classify(64, rect) & 0xffff).toBeGreaterThan(800);
    const checks = new Uint32Array(64 * 64).map((_, i) => (((i % 64) + Math.floor(i / 64)) % 2) * 0xffffff);
    show(checks);
    expect(kernels.classify(64, rect) >>> 16).toBe(2);
  });

  it('move overlapping rectangles in every direction', () => {
    fc.assert(
      fc.property(sizes, fc.nat(), ({ width, height, kind, seed }, other) => {
        const content = pixels(width * height, kind, seed);
        show(content);
        const rect = subRect(width, height, seed);
        const fromX = other % (width - rect.width + 1);
        const fromY = (other >>> 4) % (height - rect.height + 1);
        kernels.move(width, rect, fromX, fromY);
        const moved = words.slice(kernels.picture >> 2, (kernels.picture >> 2) + width * height);
        expect(cut(moved, width, rect)).toEqual(cut(content, width, { ...rect, x: fromX, y: fromY }));
      }),
      { numRuns: 60 },
    );
  });

  it('find vertical and horizontal shifts', () => {
    const content = pixels(200 * 200, 1, 9);
    show(content);
    const region = { x: 20, y: 10, width: 150, height: 160 };
    const up = content.slice();
    const left = content.slice();
    for (let y = 10; y < 160; y++) for (let x = 20; x < 170; x++) up[y * 200 + x] = content[(y + 7) * 200 + x]!;
    for (let y = 10; y < 170; y++) for (let x = 20; x < 150; x++) left[y * 200 + x] = content[y * 200 + x + 13]!;
    words.set(up, slot >> 2);
    expect(kernels.findShift(slot, 200, region, false)).toMatchObject({ shift: -7, start: 0, end: 150 });
    expect(kernels.findShift(slot, 200, region, true).shift).toBe(0);
    words.set(left, slot >> 2);
    expect(kernels.findShift(slot, 200, region, true)).toMatchObject({ shift: -13, start: 0, end: 130 });
    words.set(pixels(200 * 200, 0, 77), slot >> 2);
    expect(kernels.findShift(slot, 200, region, false).shift).toBe(0);
  });

  it('code LZ4 and LZ that decode to the same pixels', () => {
    fc.assert(
      fc.property(sizes, ({ width, height, kind, seed }) => {
        const content = pixels(width * height, kind, seed).map((pixel) => pixel & 0xffffff);
        show(content);
        const rect = subRect(width, height, seed);
        const expected = rgba(cut(content, width, rect));
        const out = new Uint8Array(rect.width * rect.height * 4);
        const block = kernels.lz4(width, rect, 6).slice();
        expect(block.length - 6).toBeLessThanOrEqual(out.length + Math.ceil(out.length / 255) + 16);
        block.set([1, 8]);
        new DataView(block.buffer).setUint32(2, block.length - 6);
        decodeLz4(block, rect.width, rect.height, out);
        expect(out).toEqual(expected);
        const stream = kernels.lz(width, rect, 28).slice();
        expect(stream.length - 28).toBeLessThanOrEqual(rect.width * rect.height * 3.04 + 1);
        const view = new DataView(stream.buffer);
        [0x20205a4c, 0x10001, 8, rect.width, rect.height, rect.width * 4, 1].forEach((v, i) =>
          view.setUint32(i * 4, v),
        );
        out.fill(0);
        decodeLz(stream, rect.width, rect.height, out);
        expect(out).toEqual(expected);
      }),
      { numRuns: 150 },
    );
  });

  it('pack colours for other coders', () => {
    const content = pixels(21 * 5, 0, 1);
    show(content);
    const rect = { x: 2, y: 1, width: 17, height: 4 };
    const expected = [...cut(content, 21, rect)].flatMap((pixel) => [
      (pixel >> 16) & 255,
      (pixel >> 8) & 255,
      pixel & 255,
    ]);
    expect([...kernels.packedRgb(21, rect)]).toEqual(expected);
  });
});
