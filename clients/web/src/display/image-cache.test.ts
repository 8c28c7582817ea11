import { expect, test } from 'vitest';
import { ImageCache } from './image-cache.ts';

const picture = (width: number, height: number) => ({ width, height, words: new Uint32Array(width * height) });

test('keeps, replaces and forgets images within the agreed size', () => {
  const cache = new ImageCache(100);
  const kept = picture(5, 10);
  cache.set(1n, picture(10, 10));
  cache.set(1n, kept);
  cache.set(2n ** 63n, picture(5, 10));
  expect(cache.get(1n)).toBe(kept);
  cache.delete(2n ** 63n);
  cache.delete(77n);
  cache.set(3n, picture(5, 10));
  expect(cache.size).toBe(2);
});

test('names a server that stores too much or draws what it never stored', () => {
  const cache = new ImageCache(100);
  expect(() => cache.get(9n)).toThrow('did not ask to keep');
  expect(() => cache.set(1n, picture(11, 10))).toThrow('more images');
  cache.clear();
  cache.set(1n, picture(10, 10));
  expect(cache.size).toBe(1);
});
