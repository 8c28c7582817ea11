import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { WheelNotches } from './wheel-notches.ts';

const pixels = (deltaY: number, more: object = {}) => ({ deltaX: 0, deltaY, deltaMode: 0, shiftKey: false, ...more });

test('a touchpad adds up to notches, and turning round starts anew', () => {
  const wheel = new WheelNotches();
  expect(wheel.add(pixels(60))).toBe(0);
  expect(wheel.add(pixels(60))).toBe(1);
  expect(wheel.add(pixels(-90))).toBe(0);
  expect(wheel.add(pixels(-10))).toBe(-1);
});

test('a mouse wheel is one notch a click, however many pixels the browser makes of it', () => {
  const wheel = new WheelNotches();
  for (let i = 0; i < 10; i++) expect(wheel.add(pixels(53, { wheelDeltaY: -120 }))).toBe(1);
  expect(wheel.add(pixels(-106, { wheelDeltaY: 240 }))).toBe(-2);
});

test('lines and pages', () => {
  expect(new WheelNotches().add(pixels(3, { deltaMode: 1 }))).toBe(1);
  expect(new WheelNotches().add(pixels(-1, { deltaMode: 2 }))).toBe(-3);
});

test('Shift turns a wheel sideways in the browser only', () => {
  const wheel = new WheelNotches();
  expect(wheel.add({ deltaX: 100, deltaY: 0, deltaMode: 0, shiftKey: true, wheelDeltaY: 0 })).toBe(1);
  expect(wheel.add({ deltaX: 100, deltaY: 0, deltaMode: 0, shiftKey: false })).toBe(0);
});

test('one event never floods the guest', () => {
  expect(new WheelNotches().add(pixels(1e9))).toBe(20);
  expect(new WheelNotches().add(pixels(Number.NaN))).toBe(0);
  expect(new WheelNotches().add(pixels(Number.POSITIVE_INFINITY))).toBe(0);
});

test('no scrolling is lost or made up', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 300 }), { maxLength: 50 }), (deltas) => {
      const wheel = new WheelNotches();
      const told = deltas.reduce((sum, delta) => sum + wheel.add(pixels(delta)), 0);
      const total = deltas.reduce((sum, delta) => sum + delta, 0);
      expect(Math.abs(total / 100 - told)).toBeLessThan(1.000001);
    }),
  );
});
