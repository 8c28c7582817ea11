/** The inputs channel: keys as PC scan codes (set 1), buttons, motions and positions. */
import {
  enumOf,
  flags,
  i32,
  message,
  openEnum,
  struct,
  u16,
  u32,
  u8,
  type MessageTable,
  type WireModule,
} from '../../wire/schema.ts';
import { commonClient, commonServer, Data, Nothing } from './common.table.ts';

const InputsCap = enumOf('InputsCap', u32, 'SPICE_INPUTS_CAP_', { keyScancode: 0 });

const KeyModifiers = flags('KeyModifiers', u16, 'SPICE_KEYBOARD_MODIFIER_FLAGS_', {
  scrollLock: 0,
  numLock: 1,
  capsLock: 2,
});
// Clients number further buttons on: neither the button nor its mask is a closed set.
const MouseButton = openEnum('MouseButton', u8, 'SPICE_MOUSE_BUTTON_', {
  invalid: 0,
  left: 1,
  middle: 2,
  right: 3,
  up: 4,
  down: 5,
  side: 6,
  extra: 7,
});
const MouseButtonMask = flags(
  'MouseButtonMask',
  u16,
  'SPICE_MOUSE_BUTTON_MASK_',
  { left: 0, middle: 1, right: 2, up: 3, down: 4, side: 5, extra: 6 },
  { tolerant: true },
);

const KeyCode = struct(
  'KeyCode',
  { code: u32 },
  { doc: 'Bytes of the scan code, the first in the lowest byte.', hot: true },
);
const Modifiers = struct('Modifiers', { modifiers: KeyModifiers });
const MouseButtonChange = struct(
  'MouseButtonChange',
  { button: MouseButton, buttonsState: MouseButtonMask },
  { hot: true },
);

/** Client to server. */
export const inputsClient = {
  ...commonClient,
  keyDown: message(101, 'SPICE_MSGC_INPUTS_KEY_DOWN', 'A key went down.', KeyCode),
  keyUp: message(102, 'SPICE_MSGC_INPUTS_KEY_UP', 'A key went up.', KeyCode),
  keyModifiers: message(103, 'SPICE_MSGC_INPUTS_KEY_MODIFIERS', 'The lock keys as the client has them.', Modifiers),
  keyScancode: message(104, 'SPICE_MSGC_INPUTS_KEY_SCANCODE', 'Scan codes as they are.', Data, {
    since: InputsCap.values.keyScancode,
  }),
  mouseMotion: message(
    111,
    'SPICE_MSGC_INPUTS_MOUSE_MOTION',
    'The mouse moved by so much.',
    struct('MouseMotion', { dx: i32, dy: i32, buttonsState: MouseButtonMask }, { hot: true }),
  ),
  mousePosition: message(
    112,
    'SPICE_MSGC_INPUTS_MOUSE_POSITION',
    'The pointer is there.',
    struct('MousePosition', { x: u32, y: u32, buttonsState: MouseButtonMask, displayId: u8 }, { hot: true }),
  ),
  mousePress: message(113, 'SPICE_MSGC_INPUTS_MOUSE_PRESS', 'A button went down.', MouseButtonChange),
  mouseRelease: message(114, 'SPICE_MSGC_INPUTS_MOUSE_RELEASE', 'A button went up.', MouseButtonChange),
} as const satisfies MessageTable;

/** Server to client. */
export const inputsServer = {
  ...commonServer,
  init: message(101, 'SPICE_MSG_INPUTS_INIT', 'The lock keys as the guest has them.', Modifiers),
  keyModifiers: message(102, 'SPICE_MSG_INPUTS_KEY_MODIFIERS', 'The lock keys changed.', Modifiers),
  mouseMotionAck: message(111, 'SPICE_MSG_INPUTS_MOUSE_MOTION_ACK', 'Four motions or positions were taken.', Nothing),
} as const satisfies MessageTable;

/** The inputs channel. */
export const inputsModule: WireModule = {
  name: 'inputs',
  title: 'Inputs channel',
  doc: 'Keys, buttons and pointer, from the client; lock keys, from the guest.',
  constants: { inputsLimits: { motionAckBunch: 4 } },
  types: [InputsCap],
  tables: { inputsServer, inputsClient },
};
