/** Bounds on what a peer or guest may ask of us. Every one is a default that a part's options can override. */
export const LIMITS = {
  /** Largest side of a screen, in pixels. */
  maxScreenSide: 16384,
  /** Largest screen, in pixels: 8K with room. */
  maxScreenPixels: 7680 * 4800,
  /** Screens of one guest. */
  maxHeads: 16,
  /** Largest cursor side, in pixels. */
  maxCursorSide: 256,
} as const;
