/**
 * Does what drivers of a virtio GPU do, on the device behind its registers, with the renderer of the software device where
 * it has 3D; and looks whether each command is answered, and whether a good driver can draw afterwards.
 */
import { setImmediate } from 'node:timers/promises';
import { assert } from '../../src/base/assert.ts';
import type { Rect } from '../../src/base/rect.ts';
import type { FrameSink } from '../../src/display/contract.ts';
import { GpuDevice } from '../../src/emu/devices/gpu/device.ts';
import { commandBytes } from '../../src/emu/devices/gpu/test-guest.ts';
import { TestRenderGpu } from '../../src/emu/devices/gpu/test-render-gpu.ts';
import { clearTo, noName, rectOf, surfaceOf, textureArgs } from '../../src/emu/devices/gpu/test-render-guest.ts';
import { GpuFormat, GpuResponse } from '../../src/emu/devices/gpu/wire/gpu.gen.ts';
import { MMIO_REGISTERS } from '../../src/emu/virtio/mmio.table.ts';
import { joinBytes } from '../../src/wire/writer.ts';
import { GpuDriver } from './gpu-driver.ts';
import { GUEST_RAM } from './gpu-steps.ts';
import type { GpuStep } from './gpu-steps.ts';

const LIMITS = { maxHostBytes: 1 << 20, maxCommandBytes: 4096, maxResources: 24, maxBackingEntries: 128 };
const RENDER_LIMITS = { maxResourceBytes: 64 << 20, maxResources: 256, maxSubContexts: 4, maxErrors: 500 };
const SIDE = 16;
const COLOR = 0xab_cdef;
/** Turns after which all that can be done without answers of the GPU is done. */
const QUIET_TURNS = 2;
/** Rounds of answers after which none may be missing. */
const MAX_ROUNDS = 200;

/** A viewer that looks whether frames keep their word. */
class CheckingSink implements FrameSink {
  isWanted = true;
  onWanted: (() => void) | null = null;
  /** The pixel in the corner of the last frame: 0xAARRGGBB. */
  corner = 0;
  #width = 0;
  #height = 0;
  #isClosed = false;

  configure(width: number, height: number): void {
    assert(!this.#isClosed, 'nothing comes after the end');
    [this.#width, this.#height] = [width, height];
  }

  publish(pixels: Uint8Array, strideBytes: number, rects: readonly Rect[]): void {
    assert(!this.#isClosed, 'nothing comes after the end');
    for (const { x, y, width, height } of rects) {
      assert(x >= 0 && y >= 0 && width > 0 && height > 0, 'a rectangle is one');
      assert(x + width <= this.#width && y + height <= this.#height, 'a rectangle lies in its frame');
      const last = (y + height - 1) * strideBytes + (x + width) * 4;
      assert(last <= pixels.length, 'the pixels of a rectangle are there');
      this.corner = new DataView(pixels.buffer, pixels.byteOffset + last - 4, 4).getUint32(0, true);
    }
  }

  close(): void {
    this.#isClosed = true;
  }
}

/** Devices that steps are done on, one each; they share the GPU behind them. */
export class GpuWorld {
  #gpu: TestRenderGpu | null = null;

  /** Does the steps. Throws when something is broken. */
  async run(steps: readonly GpuStep[]): Promise<void> {
    const begin = steps.find((step) => step.do === 'begin');
    const { heads = 1, is3d = false, features = 0 } = begin ?? {};
    const gpu = is3d ? (this.#gpu ??= new TestRenderGpu(RENDER_LIMITS)) : null;
    gpu?.reset();
    const sinks = Array.from({ length: heads }, () => new CheckingSink());
    const device = new GpuDevice({ heads: sinks, width: 640, height: 480, limits: LIMITS, gpu });
    using driver = new GpuDriver(device, features);
    const world = new Guest(device, driver, sinks, gpu);
    try {
      for (const step of steps) await world.do(step);
      await world.settle();
      await world.drawsAgain();
    } finally {
      device.close();
    }
    assert(gpu === null || gpu.openPictures === 0, 'pictures are given back');
    assert(driver.guest.isGuarded, 'nothing beside RAM is written');
  }

  /** Ends the GPU. */
  async close(): Promise<void> {
    await this.#gpu?.close();
    this.#gpu = null;
  }
}

/** One device, and those around it. */
class Guest {
  readonly #device: GpuDevice;
  readonly #driver: GpuDriver;
  readonly #sinks: readonly CheckingSink[];
  readonly #gpu: TestRenderGpu | null;

  constructor(device: GpuDevice, driver: GpuDriver, sinks: readonly CheckingSink[], gpu: TestRenderGpu | null) {
    this.#device = device;
    this.#driver = driver;
    this.#sinks = sinks;
    this.#gpu = gpu;
  }

  /** Does a step, and looks at what comes of it. */
  async do(step: GpuStep): Promise<void> {
    const driver = this.#driver;
    const { guest } = driver;
    switch (step.do) {
      case 'begin':
        break;
      case 'command':
        await this.#send(step);
        break;
      case 'describe': {
        driver.spoil();
        const [address, length, flags, next] = step.words;
        guest.queues[step.queue]?.describe(step.index, address, length, flags, next, step.table);
        break;
      }
      case 'publish':
        driver.spoil();
        guest.queues[step.queue]?.publish(step.head);
        break;
      case 'available':
        driver.spoil();
        guest.queues[step.queue]?.setAvailableIndex(step.index);
        break;
      case 'notify':
        guest.write(MMIO_REGISTERS.queueNotify, step.queue);
        break;
      case 'store':
        driver.spoil();
        guest.write(step.offset, step.value, step.size);
        break;
      case 'deliver':
        if (step.kind === null) this.#gpu?.deliver();
        else this.#gpu?.deliver(step.kind, step.count);
        break;
      case 'look': {
        const sink = this.#sinks[step.head];
        if (sink === undefined) break;
        sink.isWanted = !sink.isWanted;
        if (sink.isWanted) sink.onWanted?.();
        break;
      }
      case 'size':
        if (step.head < this.#sinks.length) this.#device.setSize(step.head, step.width, step.height);
        break;
      case 'pause':
        guest.transport.pause();
        break;
      case 'resume':
        guest.transport.resume();
        break;
      case 'reset':
        driver.start();
        break;
      case 'replace':
        this.#device.handleRestart();
        break;
    }
    driver.collect();
  }

  /** Sends a command. Where there is no room for it any more, what is under way is answered first. */
  async #send(step: Extract<GpuStep, { readonly do: 'command' }>): Promise<void> {
    const bytes = Buffer.from(step.bytes, 'hex');
    if (this.#driver.send(step.queue, bytes, step) !== null) return;
    await this.settle();
    if (!this.#driver.isTidy) this.#driver.start();
    this.#driver.send(step.queue, bytes, step);
  }

  /** Has everything answered that is under way. */
  async settle(): Promise<void> {
    this.#driver.guest.transport.resume();
    this.#driver.collect();
    for (let round = 0; round < MAX_ROUNDS; round++) {
      this.#gpu?.deliver();
      this.#driver.collect();
      for (let turn = 0; turn < QUIET_TURNS; turn++) await setImmediate();
      this.#driver.collect();
      if ((this.#gpu?.waiting.length ?? 0) === 0 && (!this.#driver.isTidy || this.#driver.lent === 0)) return;
    }
    assert(!this.#driver.isTidy, `${this.#driver.lent} commands are not answered`);
  }

  /** A good driver begins anew: what it draws is seen. */
  async drawsAgain(): Promise<void> {
    this.#driver.start();
    const [sink] = this.#sinks;
    assert(sink !== undefined, 'there is a head');
    sink.isWanted = true;
    const rect = rectOf(SIDE, SIDE);
    const entries = [{ address: GUEST_RAM.data, length: 4 * SIDE * SIDE }];
    this.#driver.guest.bytesAt(GUEST_RAM.data, 4 * SIDE * SIDE).fill(0x5a);
    const create = { resourceId: 1, format: GpuFormat.b8g8r8x8Unorm, width: SIDE, height: SIDE };
    await this.#expectOk(
      commandBytes('resourceCreate2d', create),
      commandBytes('resourceAttachBacking', { resourceId: 1, entries }),
      commandBytes('setScanout', { scanoutId: 0, resourceId: 1, rect }),
      commandBytes('transferToHost2d', { resourceId: 1, rect, offset: 0 }),
      commandBytes('resourceFlush', { resourceId: 1, rect }, { flags: 1 }),
    );
    assert(sink.corner === 0x5a5a_5a5a, 'a driver of 2D draws');
    if (this.#gpu === null) return;
    const words = Uint32Array.from([...surfaceOf(2), ...clearTo(2, COLOR)]);
    const tail = new Uint8Array(words.buffer);
    await this.#expectOk(
      commandBytes('contextCreate', noName, { contextId: 1 }),
      commandBytes('resourceCreate3d', textureArgs(2, SIDE, SIDE)),
      commandBytes('contextAttachResource', { resourceId: 2 }, { contextId: 1 }),
      joinBytes([commandBytes('submit3d', { size: tail.length }, { contextId: 1 }), tail]),
      commandBytes('setScanout', { scanoutId: 0, resourceId: 2, rect }),
      commandBytes('resourceFlush', { resourceId: 2, rect }, { flags: 1 }),
    );
    assert((sink.corner & 0xffffff) === COLOR, 'a driver of 3D draws');
  }

  async #expectOk(...commands: readonly Uint8Array[]): Promise<void> {
    for (const bytes of commands) {
      const lent = this.#driver.send(0, bytes);
      await this.settle();
      assert(lent?.type === GpuResponse.okNodata, `a good command ${bytes[0]} is answered with ${lent?.type}`);
    }
  }
}
