import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { GpuAnswer } from '../core/guest-gpu.ts';
import { hasEgl } from '../egl/test-device.ts';
import { command, createObject, f32, FORMAT } from '../virgl/test-guest.ts';
import { BIND, STAGE } from '../virgl/virgl-limits.ts';
import { anyOrder } from './any-order.ts';
import {
  buffer,
  createTriangle,
  DRAW_TRIANGLE,
  picture,
  prepareTriangle,
  ProcessGuest,
  showsTriangle,
  sourceOf,
  TRIANGLE,
  WHOLE,
} from './process-guest.ts';

const MIB = 1 << 20;
const CONTEXT = 1;
const { side: SIDE, target: TARGET } = TRIANGLE;

/** A guest that is ready to draw its triangle. */
async function startGuest(): Promise<ProcessGuest> {
  const guest = await ProcessGuest.start({
    limits: { maxResourceBytes: 64 * MIB, maxSubmitBytes: 12 * MIB, maxErrors: 50 },
  });
  createTriangle(guest);
  prepareTriangle(guest, CONTEXT);
  return guest;
}

describe.skipIf(!hasEgl)('the GPU process of a guest', () => {
  let guest: ProcessGuest;
  beforeAll(async () => {
    guest = await startGuest();
  });
  afterAll(() => guest[Symbol.asyncDispose]());

  it('offers both capability sets', () => {
    expect([...guest.gpu.capsets.keys()]).toEqual([1, 2]);
    expect(guest.gpu.capsets.get(2)?.length).toBeGreaterThan(guest.gpu.capsets.get(1)?.length ?? 0);
  });

  it('draws what lies in pieces of guest memory, and copies pixels there', async () => {
    const { gpu, ram } = guest;
    expect(await guest.answer(guest.submit(CONTEXT, DRAW_TRIANGLE))).toBeNull();
    const pixels = await guest.read(TARGET, SIDE, SIDE);
    expect(showsTriangle(pixels, 0x00ff00)).toBe(true);
    gpu.attachBacking(TARGET, [{ region: 0, offset: MIB, length: SIDE * SIDE * 4 }]);
    const box = { ...WHOLE, resource: TARGET, width: SIDE, height: SIDE };
    expect(await guest.answer(gpu.transferFromHost(0, box))).toBeNull();
    expect(new Uint32Array(ram.bytes.slice(MIB, MIB + SIDE * SIDE * 4).buffer)).toEqual(pixels);
    gpu.detachBacking(TARGET);
    expect(await guest.answer(gpu.transferFromHost(0, box))).toBe('resource');
  });

  it('refuses by code what cannot be done, and goes on', async () => {
    const { gpu } = guest;
    const shared = gpu.createPicture(8, 8);
    const box = { ...WHOLE, resource: 90, width: 1 };
    const orders: readonly (readonly [number, GpuAnswer])[] = [
      [gpu.destroyContext(3), 'context'],
      [gpu.createContext(CONTEXT, 'again'), 'context'],
      [gpu.destroyResource(90), 'resource'],
      [gpu.createResource(90, picture(8192, 8192)), 'quota'],
      [gpu.createResource(90, picture(16, 16, { format: 999 })), 'format'],
      [gpu.createResource(90, picture(16, 0)), 'range'],
      [gpu.attachBacking(90, []), 'resource'],
      [gpu.transferToHost(0, box), 'resource'],
      [guest.submit(3, command('nop')), 'context'],
      [gpu.submit(CONTEXT, sourceOf(new Uint32Array(4 * MIB)), 0, 13 * MIB), 'quota'],
      [gpu.submit(CONTEXT, sourceOf([0]), 0, 3), 'length'],
      [gpu.readPicture(90, { x: 0, y: 0, width: 8, height: 8 }, shared), 'resource'],
      [gpu.createResource(90, picture(4, 4)), null],
      [gpu.createResource(90, picture(4, 4)), 'resource'],
      [gpu.readPicture(90, { x: 0, y: 0, width: 8, height: 8 }, shared), 'range'],
      [gpu.readPicture(TRIANGLE.vertices, { x: 0, y: 0, width: 8, height: 1 }, shared), 'resource'],
      [gpu.attachBacking(90, [{ region: 0, offset: guest.ram.bytes.length - 1, length: 2 }]), 'range'],
      [gpu.attachBacking(90, [{ region: 1, offset: 0, length: 2 }]), 'range'],
      [gpu.destroyResource(90), null],
    ];
    await guest.finish();
    expect(orders.map(([serial]) => guest.answers.get(serial))).toEqual(orders.map(([, code]) => code));
    shared.close();
    guest.submit(CONTEXT, DRAW_TRIANGLE);
    expect(showsTriangle(await guest.read(TARGET, SIDE, SIDE), 0x00ff00)).toBe(true);
  });

  it('reads every format that a screen may have, as it is, row 0 at the top', async () => {
    const { gpu, ram } = guest;
    // Bytes in memory, and the numbers 0xAARRGGBB that they stand for; opaque where the format has no alpha.
    const formats: readonly (readonly [format: number, words: readonly number[], colors: readonly number[]])[] = [
      [1, [0xff102030, 0x00fedcba], [0xff102030, 0x00fedcba]], // B8G8R8A8
      [2, [0xff102030, 0x00fedcba], [0xff102030, 0xfffedcba]], // B8G8R8X8
      [3, [0x302010ff, 0xbadcfe00], [0xff102030, 0x00fedcba]], // A8R8G8B8
      [4, [0x302010ff, 0xbadcfe00], [0xff102030, 0xfffedcba]], // X8R8G8B8
      [67, [0xff302010, 0x00badcfe], [0xff102030, 0x00fedcba]], // R8G8B8A8
      [134, [0xff302010, 0x00badcfe], [0xff102030, 0xfffedcba]], // R8G8B8X8
      [121, [0x102030ff, 0xfedcba00], [0xff102030, 0x00fedcba]], // A8B8G8R8
      [68, [0x102030ff, 0xfedcba00], [0xff102030, 0xfffedcba]], // X8B8G8R8
      [100, [0xff102030, 0x00fedcba], [0xff102030, 0x00fedcba]], // B8G8R8A8_SRGB
      [104, [0xff302010, 0x00badcfe], [0xff102030, 0x00fedcba]], // R8G8B8A8_SRGB
      [8, [0xc00003ff, 0x3ff00000], [0xffff0000, 0x000000ff]], // R10G10B10A2
      [131, [0xc00003ff, 0x3ff00000], [0xff0000ff, 0x00ff0000]], // B10G10R10A2
      [7, [0x001ff800], [0xffff0000, 0xff0000ff]], // B5G6R5, two pixels in a word
    ];
    for (const flags of [0, 1]) {
      for (const [format, words, colors] of formats) {
        gpu.createResource(91, picture(1, 2, { format, flags }));
        gpu.attachBacking(91, [{ region: 0, offset: MIB, length: 8 }]);
        ram.bytes.set(new Uint8Array(Uint32Array.from(words).buffer), MIB);
        gpu.transferToHost(0, { ...WHOLE, resource: 91, width: 1, height: 2 });
        const pixels = await guest.read(91, 1, 2);
        expect([format, ...pixels].map((n) => n.toString(16))).toEqual([format, ...colors].map((n) => n.toString(16)));
        await guest.answer(gpu.destroyResource(91));
      }
    }
  });

  it('reads a part of a picture into its place, and leaves the rest', async () => {
    const { gpu } = guest;
    guest.submit(CONTEXT, DRAW_TRIANGLE);
    const shared = gpu.createPicture(SIDE, SIDE);
    shared.pixels.fill(0x77);
    await guest.answer(gpu.readPicture(TARGET, { x: 2, y: 3, width: 4, height: 5 }, shared));
    const pixels = new Uint32Array(shared.pixels.slice().buffer);
    const inside = pixels.map((_, i) => Number(i % SIDE >= 2 && i % SIDE < 6 && i >= 3 * SIDE && i < 8 * SIDE));
    expect(pixels).toEqual(inside.map((isInside) => (isInside === 1 ? 0xff00ff00 : 0x77777777)));
    shared.close();
    shared.close();
  });

  it('answers each kind in its order, and fences when all before is done', async () => {
    const { gpu } = guest;
    const shared = gpu.createPicture(SIDE, SIDE);
    const kinds = { order: [] as number[], fence: [] as number[], picture: [] as number[] };
    const from = guest.answered.length;
    for (let i = 0; i < 50; i++) {
      kinds.order.push(guest.submit(CONTEXT, DRAW_TRIANGLE));
      kinds.fence.push(gpu.fence());
      kinds.picture.push(gpu.readPicture(TARGET, { x: 0, y: 0, width: SIDE, height: SIDE }, shared));
      expect(guest.answered.length).toBe(from);
    }
    await guest.finish();
    const answered = guest.answered.slice(from);
    for (const serials of Object.values(kinds)) {
      expect(answered.filter((serial) => serials.includes(serial))).toEqual(serials);
    }
    for (let i = 0; i < 50; i++)
      expect(answered.indexOf(kinds.fence[i]!)).toBeGreaterThan(answered.indexOf(kinds.order[i]!));
    shared.close();
  });

  it('does submissions larger than the ring, and as many as there are', async () => {
    const { gpu } = guest;
    const color = (value: number): number[] => command('setConstantBuffer', STAGE.fragment, 0, ...f32(value, 0, 0, 1));
    const ringWords = 2 * MIB;
    const sizes = fc.array(
      fc.oneof(fc.nat(4000), fc.integer({ min: ringWords / 8, max: ringWords / 4 }), fc.constant(1.4 * ringWords)),
      { minLength: 1, maxLength: 5 },
    );
    await fc.assert(
      fc.asyncProperty(sizes, async (list) => {
        const serials = list.map((size, i) => {
          // A word that is lost or mixed up on the way would break the framing of what comes after it.
          const words = new Uint32Array(Math.floor(size) + 64).fill(0x00ff_0000);
          const last = [...color((16 * (i + 1)) / 255), ...DRAW_TRIANGLE];
          words.set(last, words.length - last.length);
          const left = (words.length - last.length) % 256;
          // No-operations of 255 words, and what is left over in ones of none.
          words.fill(0, words.length - last.length - left, words.length - last.length);
          return gpu.submit(CONTEXT, sourceOf(words), 0, words.byteLength);
        });
        expect(await Promise.all(serials.map((serial) => guest.answer(serial)))).toEqual(list.map(() => null));
        const red = 16 * list.length;
        expect(showsTriangle(await guest.read(TARGET, SIDE, SIDE), red << 16)).toBe(true);
      }),
      { numRuns: 6 },
    );
    await guest.answer(guest.submit(CONTEXT, command('setConstantBuffer', STAGE.fragment, 0, ...f32(0, 1, 0, 1))));
  });

  it('answers every order of a guest that orders anything once, and stays alive', async () => {
    // It uses up its quota.
    await using wild = await startGuest();
    await fc.assert(
      fc.asyncProperty(fc.array(anyOrder, { maxLength: 40 }), async (orders) => {
        const serials = orders.map((give) => give(wild));
        await wild.finish();
        expect(serials.filter((serial) => !wild.answers.has(serial))).toEqual([]);
      }),
      { numRuns: 120 },
    );
    expect(wild.restarts).toEqual([]);
    wild.submit(CONTEXT, DRAW_TRIANGLE);
    expect(showsTriangle(await wild.read(TARGET, SIDE, SIDE), 0x00ff00)).toBe(true);
  });

  it('loses a context that makes too many mistakes, and no other', async () => {
    const { gpu } = guest;
    gpu.createContext(7, 'clumsy');
    // No draw has one word. To name nothing would be no mistake: something was refused for want of quota before.
    const wrong = Array.from({ length: 60 }, () => command('drawVbo', 0)).flat();
    expect(await guest.answer(guest.submit(7, wrong))).toBeNull();
    expect(await guest.answer(guest.submit(7, command('nop')))).toBe('context');
    expect(await guest.answer(guest.submit(CONTEXT, command('nop')))).toBeNull();
    expect(await guest.answer(gpu.destroyContext(7))).toBeNull();
    gpu.createContext(7, 'new');
    expect(await guest.answer(guest.submit(7, command('nop')))).toBeNull();
  });

  it('goes over to other guest memory, with the backings there were', async () => {
    const { gpu, ram } = guest;
    gpu.createResource(92, buffer(8, BIND.vertexBuffer));
    gpu.attachBacking(92, [{ region: 0, offset: 0, length: 8 }]);
    ram.bytes.set([1, 2, 3, 4, 5, 6, 7, 8], 2 * MIB + 4096);
    gpu.setMemory([{ fd: ram.fd, offset: 2 * MIB + 4096, sizeBytes: 8192 }]);
    gpu.transferToHost(0, { ...WHOLE, resource: 92, width: 8 });
    await guest.finish();
    ram.bytes.fill(0, 2 * MIB + 4096, 2 * MIB + 4104);
    await guest.answer(gpu.transferFromHost(0, { ...WHOLE, resource: 92, width: 8 }));
    expect([...ram.bytes.subarray(2 * MIB + 4096, 2 * MIB + 4104)]).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    gpu.setMemory([{ fd: ram.fd, offset: 0, sizeBytes: ram.bytes.length }]);
  });

  it('forgets all of a guest that starts over, and answers nothing of before', async () => {
    const { gpu } = guest;
    const before = [guest.submit(CONTEXT, DRAW_TRIANGLE), gpu.fence()];
    gpu.reset();
    expect(await guest.answer(gpu.createContext(CONTEXT, 'anew'))).toBeNull();
    expect(await guest.answer(gpu.createResource(TARGET, picture(4, 4, { format: FORMAT.rgba8 })))).toBeNull();
    gpu.attachResource(CONTEXT, TARGET);
    guest.submit(CONTEXT, createObject('surface', 1, TARGET, FORMAT.rgba8, 0, 0));
    guest.submit(
      CONTEXT,
      command('setFramebufferState', 1, 0, 1),
      command('clear', 4, ...f32(1, 0.5, 0.25, 1), 0, 0, 0),
    );
    expect([...new Set(await guest.read(TARGET, 4, 4))]).toEqual([0xffff8040]);
    expect(before.filter((serial) => guest.answers.has(serial))).toEqual([]);
  });
});
