/**
 * Numbers of Linux's evdev interface (include/uapi/linux/input-event-codes.h), which virtio input devices speak, and the
 * way there from the scancodes that viewers send.
 */

/** Event types. */
export const EV = { syn: 0x00, key: 0x01, rel: 0x02, abs: 0x03, led: 0x11, rep: 0x14 } as const;

/** Buttons. */
export const BTN = {
  left: 0x110,
  right: 0x111,
  middle: 0x112,
  side: 0x113,
  extra: 0x114,
  touch: 0x14a,
} as const;

/** Relative axes. */
export const REL = { x: 0x00, y: 0x01, hwheel: 0x06, wheel: 0x08 } as const;

/** Absolute axes. */
export const ABS = {
  x: 0x00,
  y: 0x01,
  mtSlot: 0x2f,
  mtPositionX: 0x35,
  mtPositionY: 0x36,
  mtTrackingId: 0x39,
} as const;

/** Lights of a keyboard. */
export const LED = { num: 0x00, caps: 0x01, scroll: 0x02 } as const;

/** A surface that is also a screen (INPUT_PROP_DIRECT). */
export const PROPERTY_DIRECT = 1;
/** KEY_POWER: the power button. */
export const KEY_POWER = 116;

/** Keys without a prefix whose number is not their scancode: Japanese and further function keys. */
const PLAIN_KEYS: ReadonlyMap<number, number> = new Map([
  [0x54, 99],
  [0x55, 0],
  [0x59, 117],
  [0x5a, 0],
  [0x5b, 183],
  [0x5c, 184],
  [0x5d, 185],
  [0x5e, 0],
  [0x5f, 0],
  [0x60, 0],
  [0x61, 0],
  [0x62, 0],
  [0x63, 0],
  [0x64, 183],
  [0x65, 184],
  [0x66, 185],
  [0x67, 186],
  [0x68, 187],
  [0x69, 188],
  [0x6a, 189],
  [0x6b, 190],
  [0x6c, 191],
  [0x6d, 192],
  [0x6e, 193],
  [0x6f, 0],
  [0x70, 93],
  [0x71, 0],
  [0x72, 0],
  [0x73, 89],
  [0x74, 0],
  [0x75, 0],
  [0x76, 194],
  [0x77, 91],
  [0x78, 90],
  [0x79, 92],
  [0x7a, 0],
  [0x7b, 94],
  [0x7c, 0],
  [0x7d, 124],
  [0x7e, 121],
  [0x7f, 0],
]);

/** Keys with the prefix e0. */
const EXTENDED_KEYS: ReadonlyMap<number, number> = new Map([
  [0x10, 165],
  [0x19, 163],
  [0x1c, 96],
  [0x1d, 97],
  [0x20, 113],
  [0x21, 140],
  [0x22, 164],
  [0x24, 166],
  [0x2e, 114],
  [0x30, 115],
  [0x32, 172],
  [0x35, 98],
  [0x37, 99],
  [0x38, 100],
  [0x46, 119],
  [0x47, 102],
  [0x48, 103],
  [0x49, 104],
  [0x4b, 105],
  [0x4d, 106],
  [0x4f, 107],
  [0x50, 108],
  [0x51, 109],
  [0x52, 110],
  [0x53, 111],
  [0x5b, 125],
  [0x5c, 126],
  [0x5d, 127],
  [0x5e, KEY_POWER],
  [0x5f, 142],
  [0x63, 143],
  [0x65, 217],
  [0x66, 156],
  [0x67, 173],
  [0x68, 128],
  [0x69, 159],
  [0x6a, 158],
  [0x6b, 157],
  [0x6c, 155],
  [0x6d, 226],
]);

/**
 * The key of a scancode: PC/XT set 1, with 0xe000 added for the prefix e0. Null for what no keyboard sends.
 */
export function keyOfScancode(scancode: number): number | null {
  const code = scancode & 0xff;
  if (!Number.isInteger(scancode) || code < 1 || code > 0x7f) return null;
  if (scancode === 0xe000 + code) return EXTENDED_KEYS.get(code) ?? null;
  if (scancode !== code) return null;
  // From Escape to F12 evdev has kept the scancodes.
  const key = PLAIN_KEYS.get(code) ?? code;
  return key === 0 ? null : key;
}

/** Every key that a scancode leads to, in order. */
export function allKeys(): readonly number[] {
  const keys = new Set<number>();
  for (let code = 1; code <= 0x7f; code++) {
    for (const scancode of [code, 0xe000 + code]) {
      const key = keyOfScancode(scancode);
      if (key !== null) keys.add(key);
    }
  }
  return [...keys].sort((a, b) => a - b);
}
