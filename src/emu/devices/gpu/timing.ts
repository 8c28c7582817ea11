/** Display timings for any size: VESA Coordinated Video Timings 1.2 with reduced blanking, version 1. */

/** One detailed timing: what lies between the pixels. Horizontal numbers in pixels, vertical ones in lines. */
export interface Timing {
  readonly width: number;
  readonly height: number;
  /** Multiples of 10 kHz. */
  readonly clock10kHz: number;
  readonly horizontalBlank: number;
  readonly horizontalFrontPorch: number;
  readonly horizontalSync: number;
  readonly verticalBlank: number;
  readonly verticalFrontPorch: number;
  readonly verticalSync: number;
}

const HORIZONTAL_BLANK = 160;
const HORIZONTAL_SYNC = 32;
const HORIZONTAL_FRONT_PORCH = 48;
const VERTICAL_FRONT_PORCH = 3;
const MIN_VERTICAL_BACK_PORCH = 6;
const MIN_VERTICAL_BLANK_US = 460;
/** Clocks go in steps of 0.25 MHz. */
const CLOCK_STEP_10KHZ = 25;
/** No monitor's clock is below 10 MHz: a tiny picture is shown more often instead. */
const MIN_CLOCK_10KHZ = 1000;

/** The width of the vertical sync tells the aspect ratio (CVT table 3-2). */
function verticalSyncOf(width: number, height: number): number {
  const is = (x: number, y: number): boolean => Math.round((height * x) / y) === width;
  if (is(4, 3)) return 4;
  if (is(16, 9)) return 5;
  if (is(16, 10)) return 6;
  if (is(5, 4) || is(15, 9)) return 7;
  return 10;
}

/** The timing that shows `width` × `height` pixels `refreshHz` times a second, or a tiny picture more often. */
export function reducedBlankingTiming(width: number, height: number, refreshHz: number): Timing {
  const verticalSync = verticalSyncOf(width, height);
  const lineUs = (1_000_000 / refreshHz - MIN_VERTICAL_BLANK_US) / height;
  const verticalBlank = Math.max(
    Math.floor(MIN_VERTICAL_BLANK_US / lineUs) + 1,
    VERTICAL_FRONT_PORCH + verticalSync + MIN_VERTICAL_BACK_PORCH,
  );
  const pixels = (width + HORIZONTAL_BLANK) * (height + verticalBlank);
  const steps = Math.floor((pixels * refreshHz) / (CLOCK_STEP_10KHZ * 10_000));
  return {
    width,
    height,
    clock10kHz: Math.max(MIN_CLOCK_10KHZ, steps * CLOCK_STEP_10KHZ),
    horizontalBlank: HORIZONTAL_BLANK,
    horizontalFrontPorch: HORIZONTAL_FRONT_PORCH,
    horizontalSync: HORIZONTAL_SYNC,
    verticalBlank,
    verticalFrontPorch: VERTICAL_FRONT_PORCH,
    verticalSync,
  };
}
