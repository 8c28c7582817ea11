import { expect, test } from 'vitest';
import { TestVirtioGuest } from '../../virtio/test-guest.ts';
import type { InputDevice } from './device.ts';
import { allKeys, keyOfScancode } from './event-codes.ts';
import { GuestDesk } from './guest-desk.ts';

/** A guest that hears a device of a desk. */
function listen(device: InputDevice): () => string[] {
  const guest = new TestVirtioGuest(device, { ramBytes: 0x2_0000, queueSize: 64 });
  guest.start();
  for (let i = 0; i < 64; i++) guest.post(0, [], [8]);
  return () => {
    const events: string[] = [];
    for (let used = guest.take(0); used !== null; used = guest.take(0)) {
      const view = new DataView(used.bytes.buffer);
      const [type, code, value] = [view.getUint16(0, true), view.getUint16(2, true), view.getInt32(4, true)];
      events.push(type === 0 ? '.' : `${type}:${code.toString(16)}=${value}`);
    }
    return events;
  };
}

test('scancodes lead to the keys that Linux has for them', () => {
  const keys = [
    [0x01, 1],
    [0x1e, 30],
    [0x3b, 59],
    [0x54, 99],
    [0x56, 86],
    [0x57, 87],
    [0x58, 88],
    [0x64, 183],
    [0x70, 93],
    [0x73, 89],
    [0x7d, 124],
    [0xe01c, 96],
    [0xe037, 99],
    [0xe046, 119],
    [0xe048, 103],
    [0xe05b, 125],
    [0xe05e, 116],
  ] as const;
  expect(keys.map(([scancode]) => keyOfScancode(scancode))).toEqual(keys.map(([, key]) => key));
  const none = [0, 0x80, 0x55, 0xe000, 0xe001, 0xe11d, 1.5, NaN, -1, 0x1_0001];
  expect(none.map(keyOfScancode)).toEqual(none.map(() => null));
  expect(allKeys()).toEqual(expect.arrayContaining([1, 116, 127]));
});

test('motion moves the mouse, and nothing is told where nothing moves', () => {
  const desk = new GuestDesk();
  const events = listen(desk.mouse);
  desk.motion(3, -2);
  desk.motion(0, 0);
  desk.motion(0, 7);
  expect(events()).toEqual(['2:0=3', '2:1=-2', '.', '2:1=7', '.']);
});

test('a key goes down once and up once', () => {
  const desk = new GuestDesk();
  const events = listen(desk.keyboard);
  desk.key(0x1e, false);
  desk.key(0x1e, true);
  desk.key(0x1e, true);
  desk.key(0x1e, false);
  desk.key(0x1e, false);
  desk.key(0x55, true);
  expect(events()).toEqual(['1:1e=1', '.', '1:1e=0', '.']);
});

test('the power button is a key', () => {
  const desk = new GuestDesk();
  const events = listen(desk.keyboard);
  desk.powerButton();
  expect(events()).toEqual(['1:74=1', '.', '1:74=0', '.']);
});

test('the pointer is told places, buttons and notches', () => {
  const desk = new GuestDesk();
  const events = listen(desk.tablet);
  desk.position(0, 1);
  desk.position(-3, 7);
  desk.button('left', true);
  desk.wheel(0, -2);
  desk.wheel(1, 0);
  desk.wheel(0, 0);
  desk.button('left', false);
  expect(events().join(' ')).toBe('3:0=0 3:1=32767 . 3:0=0 3:1=32767 . 1:110=1 . 2:8=-2 . 2:6=1 . 1:110=0 .');
});

test('two fingers are two slots, and the first and last are the touch', () => {
  const desk = new GuestDesk();
  const events = listen(desk.touchScreen);
  desk.touch('down', 0, 0, 0);
  desk.touch('down', 3, 1, 1);
  desk.touch('down', 3, 1, 1);
  desk.touch('move', 3, 0, 1);
  desk.touch('move', 5, 0, 1);
  desk.touch('up', 0, 0, 0);
  desk.touch('cancel', 3, 0, 0);
  desk.touch('up', 3, 0, 0);
  desk.touch('down', 10, 0, 0);
  expect(events().join(' ').split(' . ')).toEqual([
    '3:2f=0 3:39=0 3:35=0 3:36=0 3:0=0 3:1=0 1:14a=1',
    '3:2f=3 3:39=1 3:35=32767 3:36=32767',
    '3:2f=3 3:35=0 3:36=32767',
    '3:2f=0 3:39=-1',
    '3:2f=3 3:39=-1 1:14a=0 .',
  ]);
});

test('lights come back from the guest, and go off with it', async () => {
  const desk = new GuestDesk();
  const guest = new TestVirtioGuest(desk.keyboard);
  const told: string[] = [];
  desk.onLockLights.subscribe(({ scroll, num, caps }) => told.push(`${scroll} ${num} ${caps}`));
  guest.start();
  const light = (code: number, value: number): Promise<unknown> =>
    guest.send(1, [Uint8Array.of(0x11, 0, code, 0, value, 0, 0, 0)]);
  await light(1, 1);
  await light(0, 1);
  await light(1, 1);
  await light(9, 1);
  await light(1, 0);
  desk.reset();
  expect(told).toEqual(['false false true', 'false true true', 'false true false', 'false false false']);
});

test('elsewhere it goes on with nothing pressed, and drivers hear of that', async () => {
  const desk = new GuestDesk();
  const first = new TestVirtioGuest(desk.keyboard);
  first.start();
  desk.key(30, true);
  await first.send(1, [Uint8Array.of(0x11, 0, 1, 0, 1, 0, 0, 0)]);
  const state = structuredClone(desk.save());
  const other = new GuestDesk();
  other.restore(state);
  // The press had found no buffer, and comes before its release.
  expect(other.save()).toEqual({
    devices: [
      {
        select: 0,
        subselect: 0,
        waiting: [
          { type: 1, code: 30, value: 1 },
          { type: 0, code: 0, value: 0 },
          { type: 1, code: 30, value: 0 },
          { type: 0, code: 0, value: 0 },
        ],
      },
      ...[1, 2, 3].map(() => ({ select: 0, subselect: 0, waiting: [] })),
    ],
    pressed: [],
    fingers: [],
    nextTrackingId: 0,
    lights: { scroll: false, num: false, caps: true },
  });
});
