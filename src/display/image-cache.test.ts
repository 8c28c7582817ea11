import { describe, expect, it } from 'vitest';
import { ImageCache } from './image-cache.ts';

function create(capacity: number, cached: readonly bigint[] = []): ImageCache {
  let last = 0n;
  const cache = new ImageCache(() => ++last, cached);
  cache.setCapacity(capacity);
  cache.beginBatch();
  return cache;
}

describe('image cache', () => {
  it('finds what it keeps', () => {
    const cache = create(100);
    expect(cache.find('a')).toBeNull();
    expect(cache.keep('a', 40)).toBe(1n);
    expect(cache.find('a')).toBe(1n);
    expect(cache.takeEvicted()).toEqual([]);
  });

  it('gives up what was used least recently', () => {
    const cache = create(100);
    cache.keep('a', 40);
    cache.keep('b', 40);
    cache.beginBatch();
    cache.find('a');
    expect(cache.keep('c', 40)).toBe(3n);
    expect(cache.takeEvicted()).toEqual([2n]);
    expect(cache.find('b')).toBeNull();
    expect(cache.find('a')).toBe(1n);
  });

  it('never gives up what the same batch uses', () => {
    const cache = create(100);
    cache.keep('a', 60);
    expect(cache.keep('b', 60)).toBeNull();
    expect(cache.find('a')).toBe(1n);
    cache.beginBatch();
    cache.find('a');
    expect(cache.keep('b', 60)).toBeNull();
    expect(cache.takeEvicted()).toEqual([]);
    cache.beginBatch();
    expect(cache.keep('b', 60)).toBe(2n);
    expect(cache.takeEvicted()).toEqual([1n]);
  });

  it('keeps nothing larger than itself', () => {
    const cache = create(100);
    cache.keep('a', 50);
    cache.beginBatch();
    expect(cache.keep('b', 101)).toBeNull();
    expect(cache.find('a')).toBe(1n);
    expect(create(0).keep('a', 1)).toBeNull();
  });

  it('gives up the rest when it shrinks, and what a viewer brings along', () => {
    const cache = create(100, [77n]);
    cache.keep('a', 50);
    cache.keep('b', 50);
    cache.setCapacity(60);
    expect(cache.takeEvicted()).toEqual([77n, 1n]);
    expect(cache.find('b')).toBe(2n);
  });
});
