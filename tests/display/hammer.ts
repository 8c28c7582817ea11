/** What the hammering producer and the test that watches it agree on. */
export const HAMMER = { width: 333, height: 240, stripes: 8, frames: 30_000 } as const;
