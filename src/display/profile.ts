/** What of a viewer's needs decides how pixels are coded for it. Viewers with equal keys can share what was coded. */
import type { ViewerNeeds } from './contract.ts';
import type { ImageEncoder, LosslessEncoder, LossyEncoder } from './encoders/encoder.ts';
import { ENCODERS } from './encoders/encoders.ts';
import { rawEncoder } from './encoders/raw.encode.ts';
import type { Content } from './picture.ts';

/** What a byte costs even on the fastest line: it is copied by the system, and read and copied by the viewer. */
const NS_PER_BYTE = 0.5;

/** See the file's head. */
export interface Profile {
  readonly key: string;
  /** Bytes a second, rounded to a power of two, or Infinity. */
  readonly bytesPerSecond: number;
  /** Lossy allowed and worth it for photographs; else null. */
  readonly lossy: LossyEncoder | null;
  readonly quality: number;
  readonly lossless: Readonly<Record<Content, LosslessEncoder>>;
}

/** Picks the encoders that are quickest in sum of processor and line. `hasLossy` false leaves the lossy ones out. */
export function profileOf(needs: ViewerNeeds, hasLossy: boolean): Profile {
  const bytesPerSecond = roundRate(needs.bytesPerSecond);
  const cost = (encoder: ImageEncoder, content: Content): number => {
    const { nsPerPixel, bytesPerPixel } = encoder.costs[content];
    return nsPerPixel + bytesPerPixel * (NS_PER_BYTE + 1e9 / bytesPerSecond);
  };
  const lossless: Record<Content, LosslessEncoder> = { text: rawEncoder, photo: rawEncoder };
  let lossy: LossyEncoder | null = null;
  for (const encoder of Object.values(ENCODERS)) {
    if (!needs.encodings.has(encoder.encoding)) continue;
    if (encoder.isLossy) {
      if (needs.allowsLossy && hasLossy) lossy = encoder;
      continue;
    }
    for (const content of ['text', 'photo'] as const) {
      if (cost(encoder, content) < cost(lossless[content], content)) lossless[content] = encoder;
    }
  }
  if (lossy !== null && cost(lossy, 'photo') >= cost(lossless.photo, 'photo')) lossy = null;
  const quality = qualityFor(bytesPerSecond);
  const names = [lossless.text.encoding, lossless.photo.encoding, lossy === null ? '-' : lossy.encoding + quality];
  return { key: `${names.join()},${bytesPerSecond}`, bytesPerSecond, lossy, quality, lossless };
}

/** Powers of two, so that measured rates that wander do not part viewers of like lines. */
function roundRate(bytesPerSecond: number): number {
  if (bytesPerSecond === Infinity) return Infinity;
  // What is no number or none at all is taken for a very slow line.
  return bytesPerSecond >= 1024 ? 2 ** Math.round(Math.log2(bytesPerSecond)) : 1024;
}

function qualityFor(bytesPerSecond: number): number {
  if (bytesPerSecond < 1e6) return 60;
  return bytesPerSecond < 4e6 ? 75 : 85;
}
