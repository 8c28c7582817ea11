import * as fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { hasEgl } from '../../../gl/egl/test-device.ts';
import { joinBytes } from '../../../wire/writer.ts';
import { commandBytes } from './test-guest.ts';
import { TestRenderGpu } from './test-render-gpu.ts';
import { clearTo, noName, rectOf, RenderGuest, surfaceOf, textureArgs, type Posted } from './test-render-guest.ts';
import { GpuFormat, GpuResponse, gpuCommands } from './wire/gpu.gen.ts';

const RAM_BASE = 0x4000_0000;
const SIDE = 16;

const u32 = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 0, max: 20 }) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 0xffff_ffff }) },
  { weight: 1, arbitrary: fc.constantFrom(0xffff_ffff, 0x8000_0000, 0x7fff_ffff, 16384, 65536) },
);
const resource = fc.integer({ min: 0, max: 4 });
const context = fc.integer({ min: 0, max: 2 });
const scanoutId = fc.integer({ min: 0, max: 1 });
const rect = fc.oneof(
  { weight: 3, arbitrary: fc.constant(rectOf(SIDE, SIDE)) },
  { weight: 1, arbitrary: fc.record({ x: u32, y: u32, width: u32, height: u32 }) },
);
const header = fc.record({
  flags: fc.constantFrom(0, 0, 1, 3),
  fenceLow: fc.integer({ min: 1, max: 1000 }),
  contextId: context,
  ringIndex: fc.nat(2),
});
const box = fc.record({
  x: u32,
  y: u32,
  z: u32,
  width: u32,
  height: u32,
  depth: fc.constantFrom(1, 0, 2),
  offset: fc.oneof(u32, fc.nat({ max: 2 ** 53 - 1 })),
  level: fc.constantFrom(0, 0, 1),
  stride: u32,
  layerStride: u32,
  resource,
});
const entries = fc.array(
  fc.record({ address: fc.integer({ min: RAM_BASE + 0x8_0000, max: RAM_BASE + 0x20_0000 }), length: fc.nat(4096) }),
  { maxLength: 3 },
);
const virgl = fc.oneof(
  resource.map((id) => [...surfaceOf(id), ...clearTo(id, 0x12_3456)]),
  fc.array(u32, { maxLength: 12 }),
);
const good = fc.tuple(resource, fc.constantFrom(SIDE, SIDE, 40)).map(([id, side]) => textureArgs(id, side, SIDE));
const anything = fc
  .tuple(resource, u32, u32, u32, u32, u32, u32)
  .map(([id, target, format, bind, width, height, depth]) => ({
    ...textureArgs(id, width, height, format),
    target,
    bind,
    depth,
  }));

const anyCommand = fc.oneof(
  fc.tuple(header, fc.nat(99)).map(([h, nameLength]) => commandBytes('contextCreate', { ...noName, nameLength }, h)),
  header.map((h) => commandBytes('contextDestroy', {}, h)),
  fc.tuple(header, resource).map(([h, resourceId]) => commandBytes('contextAttachResource', { resourceId }, h)),
  fc.tuple(header, resource).map(([h, resourceId]) => commandBytes('contextDetachResource', { resourceId }, h)),
  fc.tuple(header, fc.oneof(good, anything)).map(([h, m]) => commandBytes('resourceCreate3d', m, h)),
  fc.tuple(header, box).map(([h, m]) => commandBytes('transferToHost3d', m, h)),
  fc.tuple(header, box).map(([h, m]) => commandBytes('transferFromHost3d', m, h)),
  fc.tuple(header, virgl, fc.constantFrom(0, 0, 0, 4, 3, -4, 0x7fff_ffff)).map(([h, words, wrong]) => {
    const tail = new Uint8Array(Uint32Array.from(words).buffer);
    return joinBytes([commandBytes('submit3d', { size: (tail.length + wrong) >>> 0 }, h), tail]);
  }),
  fc
    .tuple(header, resource)
    .map(([h, id]) =>
      commandBytes(
        'resourceCreate2d',
        { resourceId: id, format: GpuFormat.b8g8r8x8Unorm, width: SIDE, height: SIDE },
        h,
      ),
    ),
  fc.tuple(header, resource).map(([h, resourceId]) => commandBytes('resourceUnref', { resourceId }, h)),
  fc
    .tuple(header, resource, entries)
    .map(([h, resourceId, list]) => commandBytes('resourceAttachBacking', { resourceId, entries: list }, h)),
  fc.tuple(header, resource).map(([h, resourceId]) => commandBytes('resourceDetachBacking', { resourceId }, h)),
  fc
    .tuple(header, resource, rect)
    .map(([h, resourceId, r]) => commandBytes('transferToHost2d', { resourceId, rect: r, offset: 0 }, h)),
  fc
    .tuple(header, resource, rect, scanoutId)
    .map(([h, resourceId, r, id]) => commandBytes('setScanout', { resourceId, rect: r, scanoutId: id }, h)),
  fc
    .tuple(header, resource, rect)
    .map(([h, resourceId, r]) => commandBytes('resourceFlush', { resourceId, rect: r }, h)),
  header.map((h) => commandBytes('getDisplayInfo', {}, h)),
  fc.tuple(header, fc.nat(3)).map(([h, capsetIndex]) => commandBytes('getCapsetInfo', { capsetIndex }, h)),
);
const damaged = fc.tuple(anyCommand, fc.integer({ min: 24, max: 90 })).map(([bytes, length]) => {
  const cut = new Uint8Array(length);
  cut.set(bytes.subarray(0, length));
  return cut;
});

type Step =
  | { readonly kind: 'send'; readonly bytes: Uint8Array }
  | { readonly kind: 'deliver'; readonly what: 'plain' | 'fence' | 'picture' | undefined; readonly count: number }
  | { readonly kind: 'pause' | 'look' | 'reset' };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc
      .oneof({ weight: 8, arbitrary: anyCommand }, { weight: 1, arbitrary: damaged })
      .map((bytes) => ({ kind: 'send' as const, bytes })),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('deliver' as const),
      what: fc.constantFrom('plain' as const, 'fence' as const, 'picture' as const, undefined),
      count: fc.integer({ min: 1, max: 4 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('pause' as const, 'look' as const) }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'reset' as const }) },
);

/** What a guest that means well does at its start: otherwise most of the commands would meet nothing. */
function begin(it: RenderGuest): void {
  it.createTarget(1, SIDE, SIDE);
  it.createTarget(2, SIDE, SIDE);
  it.do('setScanout', { scanoutId: 0, resourceId: 1, rect: rectOf(SIDE, SIDE) });
}

describe.skipIf(!hasEgl)('whatever commands come, whenever the GPU answers', () => {
  const gpu = hasEgl ? new TestRenderGpu() : null!;
  afterAll(() => gpu?.close());

  test('each is answered once, fences in order, and drawing works afterwards', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        using it = new RenderGuest(gpu, { headCount: 2 });
        begin(it);
        let posted: Posted[] = [];
        let fenced: Posted[] = [];
        it.answered.length = 0;
        const settle = (): void => {
          it.deliver();
          it.run();
          it.deliver();
          expect(posted.filter(({ answer }) => answer === null)).toEqual([]);
          expect(it.answered.filter((p) => fenced.includes(p))).toEqual(fenced);
          it.answered.length = 0;
          posted = [];
          fenced = [];
        };
        for (const one of steps) {
          switch (one.kind) {
            case 'send': {
              if (posted.filter(({ answer }) => answer === null).length > 12) settle();
              const isFenced = (one.bytes[4]! & 1) !== 0;
              const sent = it.postBytes(one.bytes);
              posted.push(sent);
              if (isFenced) fenced.push(sent);
              break;
            }
            case 'deliver':
              if (one.what === undefined) it.deliver();
              else it.deliver(one.what, one.count);
              break;
            case 'pause':
              it.guest.device.stop();
              it.deliver();
              it.guest.start();
              it.run();
              break;
            case 'look':
              it.sink.isWanted = !it.sink.isWanted;
              if (it.sink.isWanted) it.sink.onWanted?.();
              break;
            case 'reset':
              it.guest.device.stop();
              it.guest.device.reset();
              it.restart();
              posted = [];
              fenced = [];
              it.answered.length = 0;
          }
        }
        settle();
        it.guest.device.stop();
        it.guest.device.reset();
        it.restart();
        it.sink.isWanted = true;
        const { okNodata } = GpuResponse;
        expect(it.do('contextCreate', noName, { contextId: 1 })).toBe(okNodata);
        expect(it.do('resourceCreate3d', textureArgs(1, SIDE, SIDE))).toBe(okNodata);
        expect(it.do('contextAttachResource', { resourceId: 1 }, { contextId: 1 })).toBe(okNodata);
        expect(it.submit([...surfaceOf(1), ...clearTo(1, 0xab_cdef)])).toBe(okNodata);
        it.do('setScanout', { scanoutId: 0, resourceId: 1, rect: rectOf(SIDE, SIDE) });
        it.do('resourceFlush', { resourceId: 1, rect: rectOf(SIDE, SIDE) });
        it.deliver();
        expect(it.sink.at(SIDE - 1, SIDE - 1)).toBe(0xffab_cdef);
        expect(it.guest.isGuarded).toBe(true);
      }),
      { numRuns: 100 },
    );
  });
});

test('the fuzzer knows every 3D command', () => {
  const covered = new Set(fc.sample(anyCommand, 500).map((bytes) => bytes[0]! | (bytes[1]! << 8)));
  const ids = Object.values(gpuCommands)
    .map(({ id }) => id)
    .filter((id) => id >= 0x200 && id < 0x300);
  expect(ids.filter((id) => !covered.has(id))).toEqual([]);
});
