/**
 * Where the test guest's programs draw what. The one source of these numbers: the guest's C is compiled with them
 * (`LAYOUT_*`), clients decode screens by them. All in pixels.
 */
export const LAYOUT = {
  /**
   * A number is a block of 4 by 4 cells of 8 by 8 pixels: as large as a block of JPEG, which so keeps it, and within one
   * of the columns of 32 pixels by which QEMU updates SPICE clients, which so never see half of it.
   */
  cellSide: 8,
  blockSide: 32,
  /** The number of a line of text: 16 cells side by side, as high as the line. */
  lineCellWidth: 2,
  /** One line of text. */
  lineHeight: 16,
  /** The changing part of `video`. */
  videoX: 320,
  videoY: 160,
  videoWidth: 640,
  videoHeight: 480,
  /** The rectangle of `render`, and by how much the colours of its frames differ. */
  renderX: 320,
  renderY: 200,
  renderWidth: 640,
  renderHeight: 400,
  renderColorStep: 0x1d_6b35,
  renderBackgroundStep: 0x0b_2f13,
  /** `keys`: blocks at the left edge, by their top row. */
  keysCountY: 0,
  keysLastY: 32,
  keysXY: 64,
  keysYY: 96,
  keysButtonsY: 128,
  keysWheelY: 160,
  keysLoggedY: 192,
  keysReadyY: 224,
  keysReadyValue: 0xa5c3,
  /** `keys`: the last key events, slot = number of the event modulo `logSlots`, rows of `logColumns` blocks. */
  logX: 320,
  logColumns: 16,
  logSlots: 64,
  /** `keys`: the pointer's cross shows from this row down. */
  crossTop: 320,
} as const;

/** The 16 cells of one number on the screen, highest bit first, `columns` of them in a row. */
export interface NumberBlock {
  readonly x: number;
  readonly y: number;
  readonly cellWidth: number;
  readonly cellHeight: number;
  readonly columns: number;
}

/** A block of ordinary size with its top left corner at (x, y). */
export function blockAt(x: number, y: number): NumberBlock {
  return { x, y, cellWidth: LAYOUT.cellSide, cellHeight: LAYOUT.cellSide, columns: 4 };
}

/** The frame number of `scroll` in the screen's top left and bottom right corner: its picture is torn when they differ. */
export function scrollBlocks(width: number, height: number): readonly [NumberBlock, NumberBlock] {
  return [blockAt(0, 0), blockAt(width - LAYOUT.blockSide, height - LAYOUT.blockSide)];
}

/** Line `index` of `scroll` (from the top, 0 first) shows the number of the frame plus `index`, modulo 65536. */
export function scrollLineBlock(index: number): NumberBlock {
  const y = LAYOUT.blockSide + LAYOUT.lineHeight * index;
  return { x: 0, y, cellWidth: LAYOUT.lineCellWidth, cellHeight: LAYOUT.lineHeight, columns: 16 };
}

/** The frame number of `video` in its picture's top left and bottom right corner. */
export function videoBlocks(): readonly [NumberBlock, NumberBlock] {
  const right = LAYOUT.videoX + LAYOUT.videoWidth - LAYOUT.blockSide;
  const bottom = LAYOUT.videoY + LAYOUT.videoHeight - LAYOUT.blockSide;
  return [blockAt(LAYOUT.videoX, LAYOUT.videoY), blockAt(right, bottom)];
}

/** The numbers that `keys` shows. */
export const KEYS_BLOCKS = {
  /** Key presses so far. */
  count: blockAt(0, LAYOUT.keysCountY),
  /** Linux key code of the last press. */
  last: blockAt(0, LAYOUT.keysLastY),
  /** The pointer's place in pixels. */
  x: blockAt(0, LAYOUT.keysXY),
  y: blockAt(0, LAYOUT.keysYY),
  /** Bits from the lowest: left, right, middle, side, extra. */
  buttons: blockAt(0, LAYOUT.keysButtonsY),
  /** Wheel steps, up counted positive, modulo 65536. */
  wheel: blockAt(0, LAYOUT.keysWheelY),
  /** Key events logged so far, presses and releases. */
  logged: blockAt(0, LAYOUT.keysLoggedY),
  /** `LAYOUT.keysReadyValue` once the program reads input. */
  ready: blockAt(0, LAYOUT.keysReadyY),
} as const;

/** Where key event number `index` (0 first) is logged: bit 15 says pressed, the rest is the Linux key code. */
export function keyLogBlock(index: number): NumberBlock {
  const slot = index % LAYOUT.logSlots;
  const row = Math.floor(slot / LAYOUT.logColumns);
  return blockAt(LAYOUT.logX + (slot % LAYOUT.logColumns) * LAYOUT.blockSide, row * LAYOUT.blockSide);
}

/** The layout as macros for the compiler of the guest's programs, `videoWidth` becoming `LAYOUT_VIDEO_WIDTH`. */
export function layoutMacros(): string[] {
  return Object.entries(LAYOUT).map(
    ([name, value]) => `-DLAYOUT_${name.replaceAll(/(?=[A-Z])/g, '_').toUpperCase()}=${value}`,
  );
}
