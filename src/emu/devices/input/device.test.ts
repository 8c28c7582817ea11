import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { MMIO_REGISTERS as R } from '../../virtio/mmio.table.ts';
import { TestVirtioGuest } from '../../virtio/test-guest.ts';
import { InputDevice, type InputEvent } from './device.ts';
import { EV, keyOfScancode } from './event-codes.ts';
import { KEYBOARD, TABLET, TOUCH_SCREEN, type InputProfile } from './profiles.ts';

/** A guest with an input driver: as Linux, it keeps every buffer of the event queue posted. */
class InputGuest {
  readonly device: InputDevice;
  readonly guest: TestVirtioGuest;

  constructor(profile: InputProfile, maxWaiting?: number) {
    this.device = new InputDevice(profile, { serial: 'S1', ...(maxWaiting === undefined ? {} : { maxWaiting }) });
    this.guest = new TestVirtioGuest(this.device, { ramBytes: 0x2_0000 });
    this.guest.start();
  }

  post(buffers: number): void {
    for (let i = 0; i < buffers; i++) this.guest.post(0, [], [8]);
  }

  /** The events that have arrived, as `type code value`. */
  events(): string[] {
    const events: string[] = [];
    for (let used = this.guest.take(0); used !== null; used = this.guest.take(0)) {
      if (used.written !== 8) continue;
      const view = new DataView(used.bytes.buffer);
      events.push(`${view.getUint16(0, true)} ${view.getUint16(2, true)} ${view.getInt32(4, true)}`);
    }
    return events;
  }

  /** What the device says of itself under a selection. */
  config(select: number, subselect = 0): Uint8Array {
    this.guest.write(R.config, select, 1);
    this.guest.write(R.config + 1, subselect, 1);
    const size = this.guest.read(R.config + 2, 1);
    return Uint8Array.from({ length: size }, (_, i) => this.guest.read(R.config + 8 + i, 1));
  }

  /** The numbers of a bitmap. */
  bits(select: number, subselect = 0): number[] {
    return [...this.config(select, subselect)].flatMap((byte, at) =>
      [0, 1, 2, 3, 4, 5, 6, 7].filter((bit) => ((byte >> bit) & 1) !== 0).map((bit) => 8 * at + bit),
    );
  }
}

const press: InputEvent = { type: EV.key, code: 30, value: 1 };
const release: InputEvent = { type: EV.key, code: 30, value: 0 };

test('a report arrives as its events and an end', () => {
  const it = new InputGuest(KEYBOARD);
  it.post(4);
  it.device.report([press], true);
  it.device.report([release], true);
  expect(it.events()).toEqual(['1 30 1', '0 0 0', '1 30 0', '0 0 0']);
});

test('what finds no buffer waits, in order', () => {
  const it = new InputGuest(KEYBOARD);
  it.device.report([press], true);
  it.post(1);
  it.device.report([release], true);
  it.post(2);
  expect(it.events()).toEqual(['1 30 1', '0 0 0', '1 30 0']);
  it.post(3);
  expect(it.events()).toEqual(['0 0 0']);
});

test('a guest that reads nothing keeps what is needed, and nothing beyond', () => {
  const it = new InputGuest(KEYBOARD, 6);
  expect([1, 2, 3, 4].map(() => it.device.report([press], false))).toEqual([true, true, true, false]);
  expect(it.device.report([release], true)).toBe(true);
  it.post(14);
  expect(it.events().slice(-2)).toEqual(['1 30 0', '0 0 0']);
});

test('a buffer too small for an event is given back empty', () => {
  const it = new InputGuest(KEYBOARD);
  it.guest.post(0, [], [4]);
  it.post(2);
  it.device.report([press], true);
  expect(it.events()).toEqual(['1 30 1', '0 0 0']);
});

test('without a driver nothing is kept', () => {
  const device = new InputDevice(KEYBOARD);
  expect([device.isDriven, device.report([press], true), device.save().waiting]).toEqual([false, true, []]);
});

test('a keyboard says who it is and which keys and lights it has', () => {
  const it = new InputGuest(KEYBOARD);
  expect(Buffer.from(it.config(1)).toString()).toBe('Saffron Keyboard');
  expect(Buffer.from(it.config(2)).toString()).toBe('S1');
  expect([...it.config(3)]).toEqual([6, 0, 0xf4, 0x1a, 1, 0, 1, 0]);
  const keys = it.bits(0x11, EV.key);
  for (const scancode of [0x01, 0x1e, 0x56, 0x58, 0x7d, 0xe01c, 0xe05b, 0xe05e]) {
    expect(keys).toContain(keyOfScancode(scancode));
  }
  expect([it.bits(0x11, EV.led), it.bits(0x11, EV.rep), it.bits(0x11, EV.abs), it.bits(0x10)]).toEqual([
    [0, 1, 2],
    [0, 1],
    [],
    [],
  ]);
  expect([...it.config(0x12, 0), ...it.config(0x77), ...it.config(1, 3)]).toEqual([]);
});

test('tablet and touch screen say which axes they have, and how long they are', () => {
  const tablet = new InputGuest(TABLET);
  expect([tablet.bits(0x11, EV.abs), tablet.bits(0x11, EV.rel)]).toEqual([
    [0, 1],
    [6, 8],
  ]);
  expect(new Uint32Array(tablet.config(0x12, 1).buffer)).toEqual(Uint32Array.of(0, 0x7fff, 0, 0, 0));
  const screen = new InputGuest(TOUCH_SCREEN);
  expect([screen.bits(0x11, EV.abs), screen.bits(0x10)]).toEqual([[0, 1, 0x2f, 0x35, 0x36, 0x39], [1]]);
  expect(new Uint32Array(screen.config(0x12, 0x2f).buffer)[1]).toBe(9);
});

test('lights that the guest sets are told', async () => {
  const it = new InputGuest(KEYBOARD);
  const told: InputEvent[] = [];
  it.device.onStatus.subscribe((event) => told.push(event));
  await it.guest.send(1, [Uint8Array.of(0x11, 0, 1, 0, 1, 0, 0, 0)]);
  await it.guest.send(1, [Uint8Array.of(1, 2, 3)]);
  expect(told).toEqual([{ type: EV.led, code: 1, value: 1 }]);
});

test('what waits survives being saved, and a reset forgets it', () => {
  const it = new InputGuest(KEYBOARD);
  it.device.report([press], true);
  const other = new InputGuest(KEYBOARD);
  other.device.restore(structuredClone(it.device.save()));
  other.post(2);
  expect(other.events()).toEqual(['1 30 1', '0 0 0']);
  it.guest.start();
  it.post(2);
  expect(it.events()).toEqual([]);
});

test('whatever the driver does to rings and configuration, it can start over', () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant('describe'), a: fc.nat(20), b: fc.nat(0xffff_ffff), c: fc.nat(0xffff) }),
    fc.record({ kind: fc.constant('publish'), a: fc.nat(20), b: fc.nat(1), c: fc.constant(0) }),
    fc.record({ kind: fc.constant('config'), a: fc.nat(140), b: fc.nat(0xffff_ffff), c: fc.constantFrom(1, 2, 4) }),
    fc.record({ kind: fc.constant('report'), a: fc.constant(0), b: fc.constant(0), c: fc.constant(0) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const it = new InputGuest(KEYBOARD, 64);
      for (const { kind, a, b, c } of steps) {
        if (kind === 'describe') it.guest.queues[c & 1]!.describe(a & 15, b, c & 0xff, (c >> 8) & 7, a);
        else if (kind === 'publish') {
          it.guest.queues[b]!.publish(a);
          it.guest.write(R.queueNotify, b);
        } else if (kind === 'config') {
          it.guest.write(R.config + a, b, c);
          it.guest.read(R.config + a, c);
        } else it.device.report([press], false);
      }
      it.guest.start();
      it.post(2);
      it.device.report([press], true);
      expect(it.events()).toEqual(['1 30 1', '0 0 0']);
      expect(it.guest.isGuarded).toBe(true);
    }),
    { numRuns: 150 },
  );
});
