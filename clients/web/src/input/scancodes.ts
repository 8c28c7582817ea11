/**
 * Physical keys as PC/XT set 1 scancodes, the numbers SPICE and every PC guest speak. A key is named by
 * `KeyboardEvent.code`, which says where it sits and not what is printed on it, so the guest's own layout decides.
 *
 * A scancode is 0x01–0x7f, or that with 0xe000 added for keys that send the prefix byte e0. Keys that a PC never had
 * (F13 and up, the keys of Sun keyboards) carry the numbers that QEMU's key tables give them.
 */
const ROWS = `
  Escape 01  Digit1 02  Digit2 03  Digit3 04  Digit4 05  Digit5 06  Digit6 07  Digit7 08  Digit8 09  Digit9 0a
  Digit0 0b  Minus 0c  Equal 0d  Backspace 0e  Tab 0f
  KeyQ 10  KeyW 11  KeyE 12  KeyR 13  KeyT 14  KeyY 15  KeyU 16  KeyI 17  KeyO 18  KeyP 19
  BracketLeft 1a  BracketRight 1b  Enter 1c  ControlLeft 1d
  KeyA 1e  KeyS 1f  KeyD 20  KeyF 21  KeyG 22  KeyH 23  KeyJ 24  KeyK 25  KeyL 26
  Semicolon 27  Quote 28  Backquote 29  ShiftLeft 2a  Backslash 2b
  KeyZ 2c  KeyX 2d  KeyC 2e  KeyV 2f  KeyB 30  KeyN 31  KeyM 32  Comma 33  Period 34  Slash 35  ShiftRight 36
  NumpadMultiply 37  AltLeft 38  Space 39  CapsLock 3a
  F1 3b  F2 3c  F3 3d  F4 3e  F5 3f  F6 40  F7 41  F8 42  F9 43  F10 44  NumLock 45  ScrollLock 46
  Numpad7 47  Numpad8 48  Numpad9 49  NumpadSubtract 4a  Numpad4 4b  Numpad5 4c  Numpad6 4d  NumpadAdd 4e
  Numpad1 4f  Numpad2 50  Numpad3 51  Numpad0 52  NumpadDecimal 53  IntlBackslash 56  F11 57  F12 58
  NumpadEqual 59  F20 5a  F13 5d  F14 5e  F15 5f  F16 55  F17 e003  F18 e077  F19 e004  F21 74  F22 e079  F23 6d  F24 6f
  KanaMode 70  Lang2 71  Lang1 72  IntlRo 73  Lang5 76  Lang4 77  Lang3 78  Convert 79  NonConvert 7b  IntlYen 7d
  NumpadComma 7e
  NumpadEnter e01c  ControlRight e01d  NumpadDivide e035  PrintScreen e037  AltRight e038  Pause e046
  Home e047  ArrowUp e048  PageUp e049  ArrowLeft e04b  ArrowRight e04d  End e04f  ArrowDown e050  PageDown e051
  Insert e052  Delete e053  MetaLeft e05b  MetaRight e05c  ContextMenu e05d
  Power e05e  Sleep e05f  WakeUp e063
  Again e005  Props e006  Undo e007  Cut e03c  Find e041  Help e075  Copy e078  Open 64  Paste 65  Eject 6c
  NumpadParenLeft e076  NumpadParenRight e07b
  MediaTrackPrevious e010  MediaTrackNext e019  AudioVolumeMute e020  LaunchApp2 e021  MediaPlayPause e022
  MediaStop e024  AudioVolumeDown e02e  AudioVolumeUp e030  BrowserHome e032  BrowserSearch e065
  BrowserFavorites e066  BrowserRefresh e067  BrowserStop e068  BrowserForward e069  BrowserBack e06a
  LaunchApp1 e06b  LaunchMail e06c  MediaSelect e06d
`;

/** Other names that browsers give, or gave, to keys of the table. */
const ALIASES: readonly (readonly [string, string])[] = [
  ['OSLeft', 'MetaLeft'],
  ['OSRight', 'MetaRight'],
  ['VolumeMute', 'AudioVolumeMute'],
  ['VolumeDown', 'AudioVolumeDown'],
  ['VolumeUp', 'AudioVolumeUp'],
  ['NumpadStar', 'NumpadMultiply'],
  ['NumpadHash', 'NumpadEqual'],
];

function parseRows(text: string): Map<string, number> {
  const words = text.trim().split(/\s+/);
  const table = new Map<string, number>();
  for (let i = 0; i + 1 < words.length; i += 2) table.set(words[i] ?? '', Number.parseInt(words[i + 1] ?? '', 16));
  return table;
}

/** `KeyboardEvent.code` → scancode, one row a physical key, aliases not included. */
export const SCANCODES: ReadonlyMap<string, number> = parseRows(ROWS);

const CANONICAL: ReadonlyMap<string, string> = new Map(ALIASES);

/** The scancode of a `KeyboardEvent.code`, or undefined for a key that no PC keyboard has (Fn, brightness …). */
export function scancodeOf(code: string): number | undefined {
  return SCANCODES.get(CANONICAL.get(code) ?? code);
}
