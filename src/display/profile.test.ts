import { describe, expect, it } from 'vitest';
import type { ImageEncoding, ViewerNeeds } from './contract.ts';
import { profileOf } from './profile.ts';

function needs(encodings: readonly ImageEncoding[], bytesPerSecond: number, allowsLossy = true): ViewerNeeds {
  return { encodings: new Set(encodings), bytesPerSecond, allowsLossy, cachePixels: 0 };
}

describe('profile', () => {
  it('spares the processor on a local socket', () => {
    const profile = profileOf(needs(['raw', 'lz', 'lz4', 'jpeg'], Infinity), true);
    expect(profile.lossless.photo.encoding).toBe('raw');
    expect(profile.lossless.text.encoding).toBe('lz4');
    expect(profile.lossy).toBeNull();
  });

  it('spares the line when it is slow', () => {
    const profile = profileOf(needs(['raw', 'lz', 'lz4', 'jpeg'], 2e6), true);
    expect(profile.lossless.text.encoding).toBe('lz');
    expect(profile.lossless.photo.encoding).toBe('lz');
    expect(profile.lossy?.encoding).toBe('jpeg');
    expect(profile.quality).toBeLessThan(85);
  });

  it('uses only what the viewer can take and allows', () => {
    expect(profileOf(needs([], 1e5), true)).toMatchObject({ lossy: null, lossless: { text: { encoding: 'raw' } } });
    expect(profileOf(needs(['jpeg'], 1e5, false), true).lossy).toBeNull();
    expect(profileOf(needs(['jpeg'], 1e5), false).lossy).toBeNull();
  });

  it('is the same for lines of like speed, and takes nonsense for a very slow one', () => {
    expect(profileOf(needs(['lz'], 1_000_000), true).key).toBe(profileOf(needs(['lz'], 1_100_000), true).key);
    expect(profileOf(needs(['lz'], 1_000_000), true).key).not.toBe(profileOf(needs(['lz'], 9_000_000), true).key);
    for (const rate of [0, -5, Number.NaN]) expect(profileOf(needs(['lz'], rate), true).bytesPerSecond).toBe(1024);
  });
});
