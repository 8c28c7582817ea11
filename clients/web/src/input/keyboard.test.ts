import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Keyboard, type KeyboardHost } from './keyboard.ts';
import { SCANCODES } from './scancodes.ts';

function setUp(host: KeyboardHost) {
  const told: string[] = [];
  let timer: (() => void) | null = null;
  const keyboard = new Keyboard(
    (scancode, isDown) => told.push(`${isDown ? '+' : '-'}${scancode.toString(16)}`),
    host,
    (callback) => {
      timer = callback;
      return () => (timer = null);
    },
  );
  const stroke = (code: string, options: { repeat?: boolean; timeStamp?: number } = {}) => ({
    code,
    repeat: options.repeat ?? false,
    timeStamp: options.timeStamp ?? 0,
  });
  return {
    told,
    keyboard,
    down: (code: string, options?: { repeat?: boolean; timeStamp?: number }) => keyboard.press(stroke(code, options)),
    up: (code: string) => keyboard.release(stroke(code)),
    fireTimer: () => {
      const fire = timer;
      timer = null;
      fire?.();
    },
    hasTimer: () => timer !== null,
  };
}

describe('Keyboard', () => {
  test('tells presses, repeats and releases in order', () => {
    const { told, down, up } = setUp('other');
    down('KeyA');
    down('KeyA', { repeat: true });
    up('KeyA');
    expect(told).toEqual(['+1e', '+1e', '-1e']);
  });

  test('leaves keys that no PC has to the browser', () => {
    const { told, down, up } = setUp('other');
    expect(down('BrightnessUp')).toBe(false);
    expect(up('BrightnessUp')).toBe(false);
    expect(told).toEqual([]);
  });

  test('lets every key go when focus is lost, and forgets the keyup that comes later', () => {
    const { told, keyboard, down, up } = setUp('other');
    down('ControlLeft');
    down('AltLeft');
    down('F2');
    keyboard.releaseAll();
    up('F2');
    expect(told).toEqual(['+1d', '+38', '+3c', '-3c', '-38', '-1d']);
    expect(keyboard.isAnyDown).toBe(false);
  });

  test('AltGr of Windows is AltRight alone', () => {
    const { told, down, up, hasTimer } = setUp('windows');
    down('ControlLeft', { timeStamp: 1000 });
    down('AltRight', { timeStamp: 1000 });
    down('ControlLeft', { timeStamp: 1050, repeat: true });
    down('AltRight', { timeStamp: 1050, repeat: true });
    down('KeyQ', { timeStamp: 1100 });
    up('KeyQ');
    up('ControlLeft');
    up('AltRight');
    expect(told).toEqual(['+e038', '+e038', '+10', '-10', '-e038']);
    expect(hasTimer()).toBe(false);
  });

  test('a true ControlLeft of Windows goes out with the next key, after the wait, or when it is let go', () => {
    const first = setUp('windows');
    first.down('ControlLeft', { timeStamp: 1000 });
    first.down('KeyC', { timeStamp: 1020 });
    expect(first.told).toEqual(['+1d', '+2e']);

    const second = setUp('windows');
    second.down('ControlLeft', { timeStamp: 1000 });
    second.fireTimer();
    second.down('AltRight', { timeStamp: 2000 });
    expect(second.told).toEqual(['+1d', '+e038']);

    const third = setUp('windows');
    third.down('ControlLeft');
    third.up('ControlLeft');
    expect(third.told).toEqual(['+1d', '-1d']);
  });

  test('a held ControlLeft that was not told yet is not told on blur', () => {
    const { told, keyboard, down, hasTimer } = setUp('windows');
    down('ControlLeft');
    keyboard.releaseAll();
    expect(told).toEqual([]);
    expect(hasTimer()).toBe(false);
  });

  test('keys pressed while Command is held do not stick, though macOS gives them no keyup', () => {
    const { told, keyboard, down, up } = setUp('mac');
    down('MetaLeft');
    down('KeyC');
    up('MetaLeft');
    expect(told).toEqual(['+e05b', '+2e', '-2e', '-e05b']);
    expect(keyboard.isAnyDown).toBe(false);
  });

  test('a key held before Command goes up with it', () => {
    const { told, down, up } = setUp('mac');
    down('KeyA');
    down('MetaRight');
    up('MetaRight');
    expect(told).toEqual(['+1e', '+e05c', '-e05c', '-1e']);
  });

  test('Caps Lock of macOS is pressed and let go at each change', () => {
    const { told, down, up } = setUp('mac');
    down('CapsLock');
    up('CapsLock');
    expect(told).toEqual(['+3a', '-3a', '+3a', '-3a']);
  });

  test('a chord comes out in order and leaves held keys held', () => {
    const { told, keyboard, down } = setUp('other');
    down('ControlLeft');
    keyboard.sendChord(['ControlLeft', 'AltLeft', 'Delete']);
    expect(told).toEqual(['+1d', '+1d', '+38', '+e053', '-e053', '-38']);
    expect(keyboard.isAnyDown).toBe(true);
  });

  test('whatever happens, after releaseAll the guest holds nothing', () => {
    const codes = [...SCANCODES.keys(), 'Fn', ''];
    const step = fc.record({ code: fc.constantFrom(...codes), isDown: fc.boolean(), repeat: fc.boolean() });
    const host = fc.constantFrom<KeyboardHost>('mac', 'windows', 'other');
    fc.assert(
      fc.property(host, fc.array(step, { maxLength: 60 }), (name, steps) => {
        const held = new Set<number>();
        const keyboard = new Keyboard(
          (scancode, isDown) => (isDown ? held.add(scancode) : held.delete(scancode)),
          name,
          () => () => {},
        );
        let timeStamp = 0;
        for (const { code, isDown, repeat } of steps) {
          timeStamp += 10;
          if (isDown) keyboard.press({ code, repeat, timeStamp });
          else keyboard.release({ code, repeat: false, timeStamp });
        }
        keyboard.releaseAll();
        expect([...held]).toEqual([]);
      }),
    );
  });
});
