import { expect, test } from 'vitest';
import { readFinisherWrite } from './finisher.ts';

test.each([
  [0, 4, 0x5555, { kind: 'poweroff', code: 0 }],
  [0, 2, 0x5555, { kind: 'poweroff', code: 0 }],
  [0, 4, 0x7777, { kind: 'reset', code: 0 }],
  [0, 4, 0x2a_3333, { kind: 'failure', code: 42 }],
  [0, 4, 0xffff_3333, { kind: 'failure', code: 0xffff }],
  [0, 4, 0, null],
  [4, 4, 0x5555, null],
  [0, 1, 0x55, null],
])('at %i, %i bytes of 0x%i mean %j', (offset, size, value, wish) => {
  expect(readFinisherWrite(offset, size, value)).toEqual(wish);
});
