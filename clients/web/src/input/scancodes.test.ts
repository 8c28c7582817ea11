import { expect, test } from 'vitest';
import { SCANCODES, scancodeOf } from './scancodes.ts';

test('every key has a scancode of its own', () => {
  const seen = new Map<number, string>();
  for (const [code, scancode] of SCANCODES) {
    expect(seen.get(scancode), `${code} and ${seen.get(scancode)} share 0x${scancode.toString(16)}`).toBeUndefined();
    seen.set(scancode, code);
  }
  expect(seen.size).toBe(SCANCODES.size);
});

test('every scancode is one byte below 0x80, with or without the e0 prefix', () => {
  for (const [code, scancode] of SCANCODES) {
    expect(scancode & 0x7f, code).toBeGreaterThan(0);
    expect([0, 0xe000], code).toContain(scancode & 0xff80);
  }
});

test('the 104 keys of a PC keyboard are all there', () => {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'.split('').map((letter) => `Key${letter}`);
  const digits = '0123456789'.split('').flatMap((digit) => [`Digit${digit}`, `Numpad${digit}`]);
  const functions = Array.from({ length: 24 }, (_, i) => `F${i + 1}`);
  const others = `Escape Backquote Minus Equal Backspace Tab BracketLeft BracketRight Backslash CapsLock Semicolon Quote
    Enter ShiftLeft IntlBackslash Comma Period Slash ShiftRight ControlLeft MetaLeft AltLeft Space AltRight MetaRight
    ContextMenu ControlRight PrintScreen ScrollLock Pause Insert Home PageUp Delete End PageDown ArrowUp ArrowLeft
    ArrowDown ArrowRight NumLock NumpadDivide NumpadMultiply NumpadSubtract NumpadAdd NumpadEnter NumpadDecimal
    NumpadEqual NumpadComma IntlRo IntlYen KanaMode Convert NonConvert Lang1 Lang2 Lang3 Lang4 Lang5`.split(/\s+/);
  for (const code of [...letters, ...digits, ...functions, ...others]) expect(scancodeOf(code), code).toBeDefined();
});

test('old names of browsers mean the same keys, unknown names none', () => {
  expect(scancodeOf('OSLeft')).toBe(0xe05b);
  expect(scancodeOf('Pause')).toBe(0xe046);
  expect(scancodeOf('Fn')).toBeUndefined();
  expect(scancodeOf('')).toBeUndefined();
  expect(scancodeOf('constructor')).toBeUndefined();
});
