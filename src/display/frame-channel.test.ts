import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import type { FrameSink } from './contract.ts';
import { createFrameChannel, FrameConsumer, FrameControl, openFrameSink } from './frame-channel.ts';
import type { TakenFrame } from './frame-mailbox.ts';
import { hasTile, TileGrid } from './tile-grid.ts';

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

function open(): { sink: FrameSink; control: FrameControl; connect: () => Promise<FrameConsumer> } {
  const channel = createFrameChannel();
  const sink = openFrameSink(channel.sink);
  const control = new FrameControl(channel.source);
  closers.push(() => sink.close());
  const connect = async (): Promise<FrameConsumer> => {
    const consumer = new FrameConsumer(control.connectConsumer());
    closers.push(() => consumer.close());
    const { promise, resolve } = Promise.withResolvers<void>();
    consumer.onResize = resolve;
    await promise;
    return consumer;
  };
  return { sink, control, connect };
}

function solid(width: number, height: number, value: number): Uint8Array {
  return new Uint8Array(width * height * 4).fill(value);
}

function pixelsOf(consumer: FrameConsumer, frame: TakenFrame): Uint8Array {
  return new Uint8Array(consumer.mailbox!.memory.buffer, frame.offset, frame.width * frame.height * 4);
}

function tilesOf(frame: TakenFrame): number[] {
  const grid = new TileGrid(frame.width, frame.height);
  return Array.from({ length: grid.count }, (_, tile) => tile).filter((tile) => hasTile(frame.damage, tile));
}

describe('frame channel', () => {
  it('starts black in the announced size', async () => {
    const { sink, connect } = open();
    sink.configure(100, 70);
    const consumer = await connect();
    const frame = consumer.take()!;
    expect([frame.width, frame.height, frame.frame]).toEqual([100, 70, 1]);
    expect(tilesOf(frame)).toEqual([0, 1, 2, 3]);
    expect(pixelsOf(consumer, frame).every((byte) => byte === 0)).toBe(true);
    expect(consumer.take()).toBeNull();
  });

  it('copies only the rectangles and keeps the rest of the last frame', async () => {
    const { sink, connect } = open();
    sink.configure(130, 66);
    const consumer = await connect();
    consumer.take();
    sink.publish(solid(130, 66, 1), 130 * 4, [{ x: 0, y: 0, width: 130, height: 66 }]);
    sink.publish(solid(130, 66, 2), 130 * 4, [{ x: 129, y: 65, width: 50, height: 50 }]);
    sink.publish(solid(130, 66, 3), 130 * 4, [{ x: -5, y: -5, width: 6, height: 6 }]);
    const frame = consumer.take()!;
    const pixels = pixelsOf(consumer, frame);
    expect(frame.frame).toBe(4);
    expect(pixels[0]).toBe(3);
    expect(pixels[4]).toBe(1);
    expect(pixels.at(-1)).toBe(2);
    expect(pixels.at(-5)).toBe(1);
    expect(tilesOf(frame)).toEqual([0, 1, 2, 3, 4, 5]);
    sink.publish(solid(130, 66, 4), 130 * 4, [{ x: 64, y: 0, width: 1, height: 1 }]);
    const next = consumer.take()!;
    expect(tilesOf(next)).toEqual([1]);
    expect(pixelsOf(consumer, next)[64 * 4]).toBe(4);
    expect(pixelsOf(consumer, next)[0]).toBe(3);
  });

  it('ignores rectangles that are empty, outside or not numbers', async () => {
    const { sink, connect } = open();
    sink.configure(10, 10);
    const consumer = await connect();
    consumer.take();
    sink.publish(solid(10, 10, 1), 40, [
      { x: 10, y: 0, width: 5, height: 5 },
      { x: 0, y: 0, width: 0, height: 5 },
      { x: Number.NaN, y: 0, width: 5, height: 5 },
      { x: 0, y: 0, width: -5, height: 5 },
    ]);
    expect(consumer.take()).toBeNull();
  });

  it('refuses pixels that do not show the whole frame', () => {
    const { sink } = open();
    sink.configure(10, 10);
    expect(() => sink.publish(solid(10, 9, 1), 40, [{ x: 0, y: 0, width: 1, height: 1 }])).toThrow(/do not show/);
    expect(() => sink.configure(1 << 20, 10)).toThrow(/cannot be/);
  });

  it('wakes the consumer once for each wish', async () => {
    const { sink, connect } = open();
    sink.configure(10, 10);
    const consumer = await connect();
    expect(consumer.wishWake()).toBe(false);
    consumer.take();
    expect(consumer.wishWake()).toBe(true);
    const { promise, resolve } = Promise.withResolvers<void>();
    let wakes = 0;
    consumer.onWake = () => {
      wakes++;
      resolve();
    };
    for (let i = 0; i < 5; i++) sink.publish(solid(10, 10, i), 40, [{ x: 0, y: 0, width: 1, height: 1 }]);
    await promise;
    expect(wakes).toBe(1);
    expect(consumer.take()!.frame).toBe(6);
  });

  it('tells the producer when it is wanted', async () => {
    const { sink, control } = open();
    expect(sink.isWanted).toBe(false);
    const { promise, resolve } = Promise.withResolvers<void>();
    sink.onWanted = resolve;
    control.setWanted(true);
    await promise;
    expect(sink.isWanted).toBe(true);
  });

  it('moves to a larger memory and can turn the head off', async () => {
    const { sink, connect } = open();
    sink.configure(64, 64);
    const consumer = await connect();
    consumer.take();
    const resized = Promise.withResolvers<void>();
    consumer.onResize = resized.resolve;
    sink.configure(3000, 2000);
    sink.publish(solid(3000, 2000, 9), 12000, [{ x: 2999, y: 1999, width: 1, height: 1 }]);
    await resized.promise;
    const frame = consumer.take()!;
    expect([frame.width, frame.height]).toEqual([3000, 2000]);
    expect(pixelsOf(consumer, frame).at(-1)).toBe(9);
    sink.configure(0, 0);
    const off = Promise.withResolvers<void>();
    consumer.onResize = off.resolve;
    await off.promise;
    expect(consumer.take()!.width).toBe(0);
  });

  it('gives a second consumer the whole last frame', async () => {
    const { sink, connect } = open();
    sink.configure(64, 64);
    const first = await connect();
    first.take();
    sink.publish(solid(64, 64, 7), 256, [{ x: 0, y: 0, width: 64, height: 64 }]);
    const second = await connect();
    const frame = second.take()!;
    expect(pixelsOf(second, frame).every((byte) => byte === 7)).toBe(true);
    expect(second.mailbox!.memory).not.toBe(first.mailbox!.memory);
  });

  it('closes both ends', async () => {
    const channel = createFrameChannel();
    const sink = openFrameSink(channel.sink);
    const control = new FrameControl(channel.source);
    control.close();
    await once(channel.sink.port, 'close');
    sink.configure(10, 10);
    expect(sink.isWanted).toBe(false);
  });
});
