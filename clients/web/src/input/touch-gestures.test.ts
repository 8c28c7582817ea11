import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { TouchGestures } from './touch-gestures.ts';

function setUp() {
  const told: string[] = [];
  let timer: (() => void) | null = null;
  const gestures = new TouchGestures(
    {
      moveTo: (x, y) => told.push(`move ${x},${y}`),
      button: (button, isDown) => told.push(`${button} ${isDown ? 'down' : 'up'}`),
      scroll: (deltaPx) => told.push(`scroll ${deltaPx}`),
    },
    (callback) => {
      timer = callback;
      return () => (timer = null);
    },
  );
  const fireTimer = (): void => {
    const fire = timer;
    timer = null;
    fire?.();
  };
  return { told, gestures, fireTimer, hasTimer: () => timer !== null };
}

test('a tap clicks where it was', () => {
  const { told, gestures, hasTimer } = setUp();
  gestures.down(1, 30, 40);
  gestures.move(1, 33, 42);
  gestures.up(1);
  expect(told).toEqual(['move 30,40', 'left down', 'left up']);
  expect(hasTimer()).toBe(false);
});

test('a finger that moves drags from where it started', () => {
  const { told, gestures } = setUp();
  gestures.down(1, 0, 0);
  gestures.move(1, 20, 0);
  gestures.move(1, 40, 5);
  gestures.up(1);
  expect(told).toEqual(['move 0,0', 'left down', 'move 20,0', 'move 40,5', 'left up']);
});

test('a long press is the right button', () => {
  const { told, gestures, fireTimer } = setUp();
  gestures.down(1, 5, 6);
  fireTimer();
  gestures.up(1);
  expect(told).toEqual(['move 5,6', 'right down', 'right up']);
});

test('two fingers scroll, the content follows them, and nothing is clicked', () => {
  const { told, gestures, hasTimer } = setUp();
  gestures.down(1, 0, 100);
  gestures.down(2, 50, 100);
  gestures.move(1, 0, 80);
  gestures.move(2, 50, 80);
  gestures.up(1);
  gestures.up(2);
  expect(told).toEqual(['move 0,100', 'scroll 10', 'scroll 10']);
  expect(hasTimer()).toBe(false);
});

test('a cancelled drag lets the button go', () => {
  const { told, gestures } = setUp();
  gestures.down(1, 0, 0);
  gestures.move(1, 50, 0);
  gestures.cancel();
  gestures.up(1);
  expect(told.at(-1)).toBe('left up');
});

test('whatever fingers do, every button that went down comes up', () => {
  const step = fc.record({ what: fc.constantFrom('down', 'move', 'up', 'wait'), id: fc.nat(3), x: fc.nat(100) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const { told, gestures, fireTimer } = setUp();
      for (const { what, id, x } of steps) {
        if (what === 'down') gestures.down(id, x, x);
        else if (what === 'move') gestures.move(id, x, x);
        else if (what === 'up') gestures.up(id);
        else fireTimer();
      }
      gestures.cancel();
      for (const button of ['left', 'right']) {
        expect(told.filter((line) => line === `${button} down`).length).toBe(
          told.filter((line) => line === `${button} up`).length,
        );
      }
    }),
  );
});
