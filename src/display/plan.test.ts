import { describe, expect, it } from 'vitest';
import { createMailboxMemory } from './frame-mailbox.ts';
import { Kernels } from './kernels/kernels.ts';
import { Picture } from './picture.ts';
import { type Plan, planSteps, WANTED_EXACT } from './plan.ts';
import { profileOf } from './profile.ts';
import { MAX_TILE_WORDS, TileGrid } from './tile-grid.ts';

const SLOT = 65536;
const [width, height] = [640, 384];
const LOSSY = profileOf(
  { encodings: new Set(['raw', 'lz', 'jpeg']), bytesPerSecond: 1e6, allowsLossy: true, cachePixels: 0 },
  true,
);

function pictureOf(draw: (x: number, y: number) => number): Picture {
  const kernels = new Kernels(createMailboxMemory(width * height), width * height);
  const pixels = new Uint32Array(kernels.bytes.buffer, SLOT, width * height);
  for (let i = 0; i < pixels.length; i++) pixels[i] = draw(i % width, Math.floor(i / width));
  const damage = new Uint32Array(MAX_TILE_WORDS);
  new TileGrid(width, height).addAll(damage);
  const picture = new Picture(kernels);
  picture.take({ width, height, frame: 1, publishedMs: 0, offset: SLOT, damage }, 0);
  return picture;
}

function everything(picture: Picture, flag = 0): Uint32Array {
  return new Uint32Array(picture.grid.count).map((_, tile) => (picture.fullBox(tile) | flag) >>> 0);
}

function plan(picture: Picture, boxes = everything(picture)): Plan {
  return planSteps(picture, boxes, LOSSY);
}

const noise = (x: number, y: number): number => (Math.imul(x * 7919 + y * 104729 + 1, 2654435761) >>> 8) & 0xffffff;

describe('plan', () => {
  it('fills what has one colour with as few fills as rectangles', () => {
    const { fills, images } = plan(pictureOf((x) => (x < 320 ? 0x102030 : 0xffffff)));
    expect(images).toEqual([]);
    expect(fills).toEqual([
      { rect: { x: 0, y: 0, width: 320, height }, color: 0x102030 },
      { rect: { x: 320, y: 0, width: 320, height }, color: 0xffffff },
    ]);
  });

  it('sends text as one image, gaps included', () => {
    const { images, fills } = plan(pictureOf((x, y) => (((x >> 3) * (y >> 4)) % 3 === 0 ? 0xffffff : 0)));
    expect(images.map(({ rect, encoder }) => [encoder.encoding, rect.width, rect.height])).toEqual([
      ['lz', width, height],
    ]);
    expect(fills).toEqual([]);
  });

  it('keeps photographs apart from text', () => {
    const picture = pictureOf((x, y) => (x >= 256 && y >= 128 ? noise(x, y) : x % 9 === 0 ? 0xffffff : 0));
    const byEncoding = new Map(plan(picture).images.map(({ rect, encoder }) => [encoder.encoding, rect]));
    expect(byEncoding.get('jpeg')).toEqual({ x: 256, y: 128, width: 384, height: 256 });
    expect([...byEncoding.keys()].toSorted()).toEqual(['jpeg', 'lz']);
  });

  it('does not start the lossy encoder for a lone tile, nor where exactness is wanted', () => {
    const picture = pictureOf(noise);
    const lone = new Uint32Array(picture.grid.count);
    lone[3] = picture.fullBox(3);
    expect(plan(picture, lone).images.map(({ encoder }) => encoder.encoding)).toEqual(['lz']);
    const exact = plan(picture, everything(picture, WANTED_EXACT)).images;
    expect(exact.every(({ encoder }) => !encoder.isLossy)).toBe(true);
  });

  it('leaves far apart changes apart', () => {
    const picture = pictureOf(noise);
    const boxes = new Uint32Array(picture.grid.count);
    boxes[0] = (8 << 16) | (16 << 24);
    boxes[picture.grid.count - 1] = (8 << 16) | (16 << 24);
    expect(plan(picture, boxes).images.map(({ rect }) => rect)).toEqual([
      { x: 0, y: 0, width: 8, height: 16 },
      { x: 576, y: 320, width: 8, height: 16 },
    ]);
  });
});
