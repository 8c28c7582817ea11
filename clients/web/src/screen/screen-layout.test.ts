import { expect, test } from 'vitest';
import { guestPixelAt, isScaleMode, layOutScreen } from './screen-layout.ts';

const guest = { width: 1280, height: 800 };

test('fit keeps the shape and centres the picture', () => {
  expect(layOutScreen('fit', guest, { width: 640, height: 800 })).toEqual({
    left: 0,
    top: 200,
    width: 640,
    height: 400,
    scrolls: false,
    isSharp: false,
  });
  expect(layOutScreen('fit', guest, { width: 2560, height: 1700 })).toMatchObject({
    width: 2560,
    top: 50,
    isSharp: true,
  });
});

test('actual size is one device pixel a guest pixel, scrolling when there is no room', () => {
  expect(layOutScreen('actual', guest, { width: 1601, height: 900 })).toEqual({
    left: 160,
    top: 50,
    width: 1280,
    height: 800,
    scrolls: false,
    isSharp: true,
  });
  expect(layOutScreen('actual', guest, { width: 600, height: 900 })).toMatchObject({
    left: 0,
    width: 1280,
    scrolls: true,
  });
});

test('resize-guest is exact where the guest follows, and never cuts off one that does not', () => {
  expect(layOutScreen('resize-guest', guest, { width: 1284, height: 803 })).toMatchObject({
    left: 2,
    top: 1,
    width: 1280,
  });
  expect(layOutScreen('resize-guest', guest, { width: 640, height: 400 })).toMatchObject({
    width: 640,
    scrolls: false,
  });
});

test('a point lands on the pixel under it, and stays on the screen', () => {
  const shown = { width: 640, height: 400 };
  expect(guestPixelAt({ x: 0, y: 0 }, shown, guest)).toEqual({ x: 0, y: 0 });
  expect(guestPixelAt({ x: 319.9, y: 200 }, shown, guest)).toEqual({ x: 639, y: 400 });
  expect(guestPixelAt({ x: 640, y: 9999 }, shown, guest)).toEqual({ x: 1279, y: 799 });
  expect(guestPixelAt({ x: -3, y: 5 }, { width: 0, height: 0 }, guest)).toEqual({ x: 0, y: 799 });
});

test('the attribute takes the three words only', () => {
  expect(['fit', 'actual', 'resize-guest', 'stretch', null].map(isScaleMode)).toEqual([true, true, true, false, false]);
});
