/** What a viewer of the display channel can take, from its capabilities, its caches, its wishes and its line. */
import type { ImageEncoding, ViewerNeeds } from '../../display/contract.ts';
import { hasCap } from '../wire/caps.ts';
import { DisplayCap, ImageCompression, type DisplayInit } from '../wire/display.gen.ts';

/** Pixels of a viewer's image cache that are used at most. */
const MAX_CACHE_PIXELS = 20_000_000;
/** On slower lines even viewers that decode JPEG out of order get it. */
const SLOW_BYTES_PER_SECOND = 4_000_000;

/** Whether the viewer is of spice-html5's kind: no LZ4, no dictionary. */
export function isPlainViewer(caps: readonly number[], init: Pick<DisplayInit, 'glzDictionaryWindowSize'>): boolean {
  return !hasCap(caps, DisplayCap.lz4Compression) && init.glzDictionaryWindowSize === 0;
}

/**
 * The needs told to the screen. A plain viewer's image cache mixes up ids of more than 31 bits and fails on what it has not
 * decoded yet, so it is not used; it decodes JPEG after later draws, so it gets that only when the line leaves no choice.
 */
export function viewerNeeds(
  caps: readonly number[],
  init: DisplayInit,
  compression: number | null,
  bytesPerSecond: number,
): ViewerNeeds {
  const isPlain = isPlainViewer(caps, init);
  const wanted = wishedEncodings(compression);
  const encodings = new Set<ImageEncoding>(['raw']);
  if (wanted.has('lz')) encodings.add('lz');
  if (wanted.has('lz4') && hasCap(caps, DisplayCap.lz4Compression)) encodings.add('lz4');
  const takesJpeg = wanted.has('jpeg') && (!isPlain || bytesPerSecond < SLOW_BYTES_PER_SECOND);
  if (takesJpeg) encodings.add('jpeg');
  const cache = init.pixmapCacheSize > 0n && !isPlain ? init.pixmapCacheSize : 0n;
  return {
    encodings,
    bytesPerSecond,
    allowsLossy: takesJpeg && bytesPerSecond !== Infinity,
    cachePixels: cache > BigInt(MAX_CACHE_PIXELS) ? MAX_CACHE_PIXELS : Number(cache),
  };
}

/** A viewer that names one of our encodings gets that; the others mean "choose well". */
function wishedEncodings(compression: number | null): ReadonlySet<ImageEncoding> {
  switch (compression) {
    case ImageCompression.off:
      return new Set(['raw']);
    case ImageCompression.lz:
      return new Set(['lz']);
    case ImageCompression.lz4:
      return new Set(['lz4', 'lz']);
    case null:
    default:
      return new Set(['lz', 'lz4', 'jpeg']);
  }
}
