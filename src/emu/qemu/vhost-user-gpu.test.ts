import { readdirSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { silentLogger, type Logger } from '../../base/log.ts';
import type { Signal } from '../../base/signal.ts';
import type { PointerShape } from '../../display/contract.ts';
import { createFrameChannel, FrameConsumer, FrameControl } from '../../display/frame-channel.ts';
import type { TakenFrame } from '../../display/frame-mailbox.ts';
import { commandBytes } from '../devices/gpu/test-guest.ts';
import { GpuFormat, GpuResponse } from '../devices/gpu/wire/gpu.gen.ts';
import { duplicateFd } from '../../base/native/fd.ts';
import { VhostUserGpu } from './vhost-user-gpu.ts';
import { RAM_BASE, VhostUserTestPeer } from './vhost-user-test-peer.ts';

const DATA = 0x4_0000;

let fdsBefore: number;
let control: FrameControl;
let consumer: FrameConsumer;
let gpu: VhostUserGpu;
let peer: VhostUserTestPeer;
let warnings: string[];

const countFds = (): number => readdirSync('/proc/self/fd').length;

function next<T>(signal: Signal<T>): Promise<T> {
  return new Promise((resolve) => {
    const subscription = signal.subscribe((value) => {
      subscription[Symbol.dispose]();
      resolve(value);
    });
  });
}

/** The next frame that `isWanted`. */
async function frame(isWanted: (frame: TakenFrame, pixel: number) => boolean): Promise<TakenFrame> {
  for (;;) {
    const taken = consumer.take();
    if (taken !== null) {
      const { buffer } = consumer.mailbox!.memory;
      const pixel = taken.width === 0 ? 0 : new Uint32Array(buffer, taken.offset, 1)[0]!;
      if (isWanted(taken, pixel)) return taken;
      continue;
    }
    await new Promise<void>((resolve) => {
      consumer.onWake = consumer.onResize = resolve;
      if (consumer.mailbox !== null && !consumer.wishWake()) resolve();
    });
  }
}

beforeEach(async () => {
  fdsBefore = countFds();
  warnings = [];
  const log: Logger = { ...silentLogger, warn: (message) => warnings.push(message) };
  const channel = createFrameChannel();
  control = new FrameControl(channel.source);
  consumer = new FrameConsumer(control.connectConsumer());
  control.setWanted(true);
  gpu = await VhostUserGpu.start({ log, heads: [channel.sink], width: 1280, height: 800 });
  peer = new VhostUserTestPeer(duplicateFd(gpu.qemuSocket));
  gpu.releaseQemuSocket();
});

afterEach(async () => {
  await gpu.close();
  peer.close();
  consumer.close();
  control.close();
});

const rect = { x: 0, y: 0, width: 32, height: 16 };
const resource = { resourceId: 1, format: GpuFormat.b8g8r8a8Unorm, width: 32, height: 16 };

async function draw(value: number): Promise<void> {
  peer.ram.fill(value, DATA, DATA + 2048);
  const commands = [
    commandBytes('resourceCreate2d', resource),
    commandBytes('resourceAttachBacking', { resourceId: 1, entries: [{ address: RAM_BASE + DATA, length: 2048 }] }),
    commandBytes('setScanout', { scanoutId: 0, resourceId: 1, rect }),
    commandBytes('transferToHost2d', { resourceId: 1, rect, offset: 0 }),
    commandBytes('resourceFlush', { resourceId: 1, rect }),
  ];
  for (const bytes of commands) {
    const answer = await peer.command(bytes);
    expect(new DataView(answer.buffer).getUint32(0, true)).toBe(GpuResponse.okNodata);
  }
}

test('what the guest draws comes out of the frame line, and its pointer too', async () => {
  await peer.startQueues();
  const scanout = next(gpu.onScanout);
  await draw(0x77);
  expect(await scanout).toEqual({ head: 0, width: 32, height: 16 });
  expect(await frame((f, pixel) => f.width === 32 && pixel === 0x7777_7777)).toMatchObject({ height: 16 });
  const shape = next(gpu.onPointerShape);
  const place = next(gpu.onPointerMove);
  const cursor = { scanoutId: 0, x: 10, y: 20, resourceId: 1, hotX: 3, hotY: 4 };
  await peer.command(commandBytes('updateCursor', cursor), 1);
  expect(await shape).toMatchObject({ width: 32, height: 16, hotX: 3, hotY: 4 } satisfies Partial<PointerShape>);
  expect(await place).toEqual({ head: 0, x: 13, y: 24 });
});

test('the firmware’s picture is shown until the driver draws, and again after a reset', async () => {
  const picture = new Uint8Array(64 * 48 * 4).fill(0x11);
  gpu.showPicture(64, 48, picture);
  expect(picture.length).toBe(64 * 48 * 4);
  await frame((f, pixel) => f.width === 64 && pixel === 0x1111_1111);
  await peer.startQueues();
  await draw(0x22);
  await frame((f, pixel) => f.width === 32 && pixel === 0x2222_2222);
  const off = next(gpu.onScanout);
  await peer.order('resetDevice', {});
  expect(await off).toEqual({ head: 0, width: 0, height: 0 });
  await frame((f, pixel) => f.width === 64 && pixel === 0x1111_1111);
});

test('the guest is told of a new size when it asks', async () => {
  await peer.startQueues();
  gpu.setSize(0, 1920, 1080);
  for (;;) {
    const answer = await peer.command(commandBytes('getDisplayInfo', {}));
    const view = new DataView(answer.buffer);
    if (view.getUint32(32, true) === 1920) {
      expect(view.getUint32(36, true)).toBe(1080);
      return;
    }
  }
});

test('what a guest does wrong is logged, but not as often as it likes', async () => {
  await peer.startQueues();
  for (let i = 0; i < 50; i++) await peer.command(commandBytes('resourceUnref', { resourceId: 9 }));
  await gpu.close();
  expect(warnings[0]).toMatch(/resourceUnref was refused with 0x1203/);
  expect(warnings.length).toBeLessThan(25);
});

test('QEMU hangs up: the owner is told once, and nothing is left', async () => {
  const errors: string[] = [];
  gpu.onError.subscribe((error) => errors.push(error.message));
  const error = next(gpu.onError);
  await peer.startQueues();
  peer.hangUp();
  expect((await error).message).toBe('QEMU has closed the connection of its GPU');
  await gpu.close();
  await gpu.close();
  peer.close();
  expect(errors).toHaveLength(1);
  await expect.poll(countFds).toBeLessThanOrEqual(fdsBefore);
});

test('a GPU that is closed leaves no descriptor behind', async () => {
  await peer.startQueues();
  await draw(1);
  const errors: Error[] = [];
  gpu.onError.subscribe((error) => errors.push(error));
  await gpu.close();
  peer.close();
  expect(errors).toEqual([]);
  await expect.poll(countFds).toBeLessThanOrEqual(fdsBefore);
});
