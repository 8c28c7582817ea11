/** What a display channel has done since it was opened; counters only grow. */
export interface DisplayStats {
  /** Bytes that came, headers included. */
  bytes: number;
  /** Messages that drew something. */
  draws: number;
  /** Milliseconds spent decoding and drawing, JPEG decoding by the browser included. */
  decodeMs: number;
  /** Images drawn, by how they were coded. */
  readonly codecs: Partial<Record<CodecName, number>>;
  /** Messages and images of a kind that this viewer does not know, which were left out. */
  unsupported: number;
}

/** How an image was coded. */
export type CodecName = 'raw' | 'lz' | 'lz4' | 'jpeg' | 'cached' | 'mjpeg';

/** All counters at 0. */
export function emptyDisplayStats(): DisplayStats {
  return { bytes: 0, draws: 0, decodeMs: 0, codecs: {}, unsupported: 0 };
}
