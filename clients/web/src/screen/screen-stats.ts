/** What a screen has shown and what it cost, since it was connected. */
import type { CodecName } from '../display/display-stats.ts';

export interface ScreenStats {
  /** Frames brought onto the canvas. */
  readonly frames: number;
  /** When the last one was, in milliseconds of `performance.now()`; 0 before the first. */
  readonly lastPaintMs: number;
  /** Messages that drew something. */
  readonly draws: number;
  /** Bytes that came on all channels. */
  readonly bytes: number;
  /** Milliseconds spent decoding and drawing. */
  readonly decodeMs: number;
  /** Images drawn, by how they were coded. */
  readonly codecs: Readonly<Partial<Record<CodecName, number>>>;
  /** What was left out because this viewer does not know it. */
  readonly unsupported: number;
  /** Milliseconds from sending a pointer motion to hearing that the server took it; null before the first answer. */
  readonly latencyMs: number | null;
}

/** Nothing shown yet. */
export const NO_STATS: ScreenStats = {
  frames: 0,
  lastPaintMs: 0,
  draws: 0,
  bytes: 0,
  decodeMs: 0,
  codecs: {},
  unsupported: 0,
  latencyMs: null,
};
