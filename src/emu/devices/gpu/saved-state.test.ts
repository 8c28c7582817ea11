import { expect, test } from 'vitest';
import type { PointerShape } from '../../../display/contract.ts';
import { StateError } from '../../../base/errors.ts';
import { TestGuest } from './test-guest.ts';
import { TestRenderGpu } from './test-render-gpu.ts';
import { GpuFormat, GpuResponse } from './wire/gpu.gen.ts';

const { okNodata, errInvalidResourceId, errUnspec } = GpuResponse;
const SIDE = 64;
const whole = { x: 0, y: 0, width: SIDE, height: SIDE };

function fill(guest: TestGuest, byte: number): void {
  guest.bytesAt(guest.data, SIDE * SIDE * 4).fill(byte);
}

test('pictures, heads, pointer and monitors go on on another device', () => {
  using first = new TestGuest({ headCount: 2 });
  first.device.setSize(1, 800, 600);
  for (const resourceId of [1, 2]) {
    const format = GpuFormat.b8g8r8x8Unorm;
    expect(first.send('resourceCreate2d', { resourceId, format, width: SIDE, height: SIDE })).toBe(okNodata);
  }
  const entries = [{ address: first.data, length: SIDE * SIDE * 4 }];
  first.send('resourceAttachBacking', { resourceId: 1, entries });
  fill(first, 0x11);
  first.send('transferToHost2d', { resourceId: 1, rect: whole, offset: 0 });
  first.send('setScanout', { scanoutId: 1, resourceId: 1, rect: whole });
  first.send('updateCursor', { scanoutId: 1, x: 3, y: 4, resourceId: 1, hotX: 5, hotY: 6 });
  const state = structuredClone(first.device.save());

  using second = new TestGuest({ headCount: 2 });
  second.device.stop();
  second.device.reset();
  const shapes: (PointerShape | null)[] = [];
  second.device.onPointerShape.subscribe((shape) => shapes.push(shape));
  second.device.restore(state);
  const sink = second.sinks[1]!;
  // What is on screen is there before the driver does anything.
  expect([sink.width, sink.at(0, 0), sink.at(SIDE - 1, SIDE - 1)]).toEqual([SIDE, 0x1111_1111, 0x1111_1111]);
  expect(shapes).toEqual([
    { width: SIDE, height: SIDE, hotX: 5, hotY: 6, pixels: new Uint8Array(SIDE ** 2 * 4).fill(0x11) },
  ]);
  second.start();
  fill(second, 0x22);
  const part = { x: 10, y: 10, width: 20, height: 20 };
  const offset = (10 * SIDE + 10) * 4;
  expect(second.send('transferToHost2d', { resourceId: 1, rect: part, offset })).toBe(okNodata);
  second.send('resourceFlush', { resourceId: 1, rect: part });
  expect([sink.at(9, 9), sink.at(10, 10), sink.at(29, 29)]).toEqual([0x1111_1111, 0x2222_2222, 0x2222_2222]);
  expect(second.send('resourceAttachBacking', { resourceId: 1, entries })).toBe(errUnspec);
  expect(second.send('resourceAttachBacking', { resourceId: 2, entries })).toBe(okNodata);
  expect(second.send('resourceUnref', { resourceId: 1 })).toBe(okNodata);
  expect(second.send('resourceUnref', { resourceId: 1 })).toBe(errInvalidResourceId);
  expect(second.device.save()).toMatchObject({
    eventsRead: 1,
    monitors: [
      { width: 1280, height: 800 },
      { width: 800, height: 600 },
    ],
    resources: [{ id: 2 }],
  });
});

test('a device with 3D says that it cannot be saved', () => {
  using guest = new TestGuest({ gpu: new TestRenderGpu() });
  expect(() => guest.device.save()).toThrow(StateError);
});
