/** The cursor channel: the pointer's shape and, in server mouse mode, its place. */
import {
  bool,
  bytes,
  enumOf,
  flags,
  message,
  struct,
  u16,
  u64,
  u8,
  whenClear,
  type MessageTable,
  type WireModule,
} from '../../wire/schema.ts';
import { commonClient, commonServer, Nothing, Point16 } from './common.table.ts';

const CursorType = enumOf('CursorType', u8, 'SPICE_CURSOR_TYPE_', {
  alpha: 0,
  mono: 1,
  color4: 2,
  color8: 3,
  color16: 4,
  color24: 5,
  color32: 6,
});
const CursorFlags = flags('CursorFlags', u16, 'SPICE_CURSOR_FLAGS_', { none: 0, cacheMe: 1, fromCache: 2 });

const CursorHeader = struct('CursorHeader', {
  unique: u64,
  type: CursorType,
  width: u16,
  height: u16,
  hotSpotX: u16,
  hotSpotY: u16,
});

/** Largest shape: 512 × 512 pixels of 4 bytes with a mask. */
const maxShapeBytes = 512 * 512 * 5;

export const Cursor = struct(
  'Cursor',
  {
    flags: CursorFlags,
    header: whenClear('flags', CursorFlags, 'none', CursorHeader),
    data: bytes({ toEnd: true, max: maxShapeBytes }),
  },
  {
    doc: 'A shape. Flag `none`: no cursor and no header. Data by type: alpha 4 bytes a pixel, BGRA, colour not premultiplied; mono an AND and a XOR mask; others pixels (and a palette of 16 words for color4, 256 for color8), then a 1-bit mask. Rows are padded to bytes.',
  },
);

/** Server to client. */
export const cursorServer = {
  ...commonServer,
  init: message(
    101,
    'SPICE_MSG_CURSOR_INIT',
    'The first message: place, trail and shape.',
    struct('CursorInit', {
      position: Point16,
      trailLength: u16,
      trailFrequency: u16,
      visible: bool(u8),
      cursor: Cursor,
    }),
  ),
  reset: message(102, 'SPICE_MSG_CURSOR_RESET', 'No cursor, and an empty cache.', Nothing),
  set: message(
    103,
    'SPICE_MSG_CURSOR_SET',
    'A new shape and place.',
    struct('CursorSet', { position: Point16, visible: bool(u8), cursor: Cursor }),
  ),
  move: message(
    104,
    'SPICE_MSG_CURSOR_MOVE',
    'A new place; shows the cursor.',
    struct('CursorMove', { position: Point16 }, {}),
  ),
  hide: message(105, 'SPICE_MSG_CURSOR_HIDE', 'The cursor is hidden.', Nothing),
  trail: message(
    106,
    'SPICE_MSG_CURSOR_TRAIL',
    'How the cursor trails.',
    struct('CursorTrail', { length: u16, frequency: u16 }),
  ),
  invalOne: message(107, 'SPICE_MSG_CURSOR_INVAL_ONE', 'Forget a cached shape.', struct('CursorInvalOne', { id: u64 })),
  invalAll: message(108, 'SPICE_MSG_CURSOR_INVAL_ALL', 'Forget all cached shapes.', Nothing),
} as const satisfies MessageTable;

/** Client to server: nothing but what every channel has. */
export const cursorClient = { ...commonClient } as const satisfies MessageTable;

/** The cursor channel. */
export const cursorModule: WireModule = {
  name: 'cursor',
  title: 'Cursor channel',
  doc: "The pointer's shape and place.",
  constants: { cursorLimits: { maxShapeBytes } },
  tables: { cursorServer, cursorClient },
};
