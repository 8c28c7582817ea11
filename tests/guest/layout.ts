/**
 * Where the test guest's programs draw what. The one source of these numbers: the guest's C is compiled with them
 * (`LAYOUT_*`), clients decode screens by them. All in pixels.
 */
export const LAYOUT = {
  /** One cell of a number; 16 of them make a strip. The video's cells are wider: its width over 16. */
  cellWidth: 16,
  cellHeight: 16,
  /** One line of text. */
  lineHeight: 16,
  /** The changing part of `video`. */
  videoX: 320,
  videoY: 160,
  videoWidth: 640,
  videoHeight: 480,
  /** `keys`: strips at the left edge, by their top row. */
  keysCountY: 0,
  keysLastY: 32,
  keysXY: 64,
  keysYY: 96,
  keysButtonsY: 128,
  keysWheelY: 160,
  keysLoggedY: 192,
  keysReadyY: 224,
  keysReadyValue: 0xa5c3,
  /** `keys`: the last key events, slot = number of the event modulo `logSlots`, columns of `logRows` strips. */
  logX: 320,
  logColumn: 320,
  logRows: 32,
  logSlots: 64,
  /** `keys`: the pointer's cross shows from this row down. */
  crossTop: 544,
} as const;

/** The 16 cells of one number on the screen. */
export interface CellStrip {
  readonly x: number;
  readonly y: number;
  readonly cellWidth: number;
  readonly cellHeight: number;
}

/** A strip of ordinary width with its top left corner at (x, y). */
export function stripAt(x: number, y: number): CellStrip {
  return { x, y, cellWidth: LAYOUT.cellWidth, cellHeight: LAYOUT.cellHeight };
}

/** The frame number of `scroll` at the top and at the bottom of a screen of this height. */
export function scrollStrips(screenHeight: number): readonly [CellStrip, CellStrip] {
  return [stripAt(0, 0), stripAt(0, screenHeight - LAYOUT.cellHeight)];
}

/** Line `index` of `scroll` (from the top, 0 first) shows the number of the frame plus `index`, modulo 65536. */
export function scrollLineStrip(index: number): CellStrip {
  return stripAt(0, LAYOUT.lineHeight * (index + 1));
}

/** The frame number of `video` at the top and at the bottom of its picture. */
export function videoStrips(): readonly [CellStrip, CellStrip] {
  const cellWidth = LAYOUT.videoWidth / 16;
  const top = { x: LAYOUT.videoX, y: LAYOUT.videoY, cellWidth, cellHeight: LAYOUT.cellHeight };
  return [top, { ...top, y: LAYOUT.videoY + LAYOUT.videoHeight - LAYOUT.cellHeight }];
}

/** The numbers that `keys` shows. */
export const KEYS_STRIPS = {
  /** Key presses so far. */
  count: stripAt(0, LAYOUT.keysCountY),
  /** Linux key code of the last press. */
  last: stripAt(0, LAYOUT.keysLastY),
  /** The pointer's place in pixels. */
  x: stripAt(0, LAYOUT.keysXY),
  y: stripAt(0, LAYOUT.keysYY),
  /** Bits from the lowest: left, right, middle, side, extra. */
  buttons: stripAt(0, LAYOUT.keysButtonsY),
  /** Wheel steps, up counted positive, modulo 65536. */
  wheel: stripAt(0, LAYOUT.keysWheelY),
  /** Key events logged so far, presses and releases. */
  logged: stripAt(0, LAYOUT.keysLoggedY),
  /** `LAYOUT.keysReadyValue` once the program reads input. */
  ready: stripAt(0, LAYOUT.keysReadyY),
} as const;

/** Where key event number `index` (0 first) is logged: bit 15 says pressed, the rest is the Linux key code. */
export function keyLogStrip(index: number): CellStrip {
  const slot = index % LAYOUT.logSlots;
  return stripAt(
    LAYOUT.logX + Math.floor(slot / LAYOUT.logRows) * LAYOUT.logColumn,
    (slot % LAYOUT.logRows) * LAYOUT.cellHeight,
  );
}

/** The layout as macros for the compiler of the guest's programs, `videoWidth` becoming `LAYOUT_VIDEO_WIDTH`. */
export function layoutMacros(): string[] {
  return Object.entries(LAYOUT).map(
    ([name, value]) => `-DLAYOUT_${name.replaceAll(/(?=[A-Z])/g, '_').toUpperCase()}=${value}`,
  );
}
