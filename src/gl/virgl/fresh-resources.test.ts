/** What is new is empty: memory that another had before shows nothing of it. */
import { describe, expect, it } from 'vitest';
import { hasEgl } from '../egl/test-device.ts';
import { levelSize } from './resource.ts';
import type { ResourceArgs } from '../core/guest-gpu.ts';
import { command, createObject, f32, FORMAT, TestGuest } from './test-guest.ts';
import { BIND, TARGET } from './virgl-limits.ts';

const KINDS: readonly (readonly [string, Partial<ResourceArgs>])[] = [
  ['buffer', { target: TARGET.buffer, format: FORMAT.r8, bind: BIND.shaderBuffer, width: 3 << 20 }],
  ['memory', { target: TARGET.buffer, format: FORMAT.r8, bind: BIND.staging, width: 1 << 16 }],
  ['1D texture', { target: TARGET.texture1d, width: 64, lastLevel: 6 }],
  ['2D texture', { target: TARGET.texture2d, width: 64, height: 32, lastLevel: 5 }],
  ['3D texture', { target: TARGET.texture3d, width: 16, height: 16, depth: 16, lastLevel: 4 }],
  ['cube', { target: TARGET.textureCube, width: 16, height: 16, arraySize: 6, lastLevel: 4 }],
  ['rectangle', { target: TARGET.textureRect, width: 64, height: 32 }],
  ['1D array', { target: TARGET.texture1dArray, width: 64, arraySize: 5, lastLevel: 2 }],
  ['2D array', { target: TARGET.texture2dArray, width: 32, height: 32, arraySize: 5, lastLevel: 5 }],
  ['cube array', { target: TARGET.textureCubeArray, width: 16, height: 16, arraySize: 12, lastLevel: 1 }],
  ['texture of floats', { width: 64, height: 64, format: FORMAT.rgba32Float }],
  ['texture of integers', { width: 64, height: 64, format: FORMAT.r32Uint }],
  ['depth and stencil', { width: 64, height: 64, format: FORMAT.z24s8, bind: BIND.depthStencil }],
];

/** The bytes of a level, all layers of it. */
function levelBytes(guest: TestGuest, id: number, level: number): Uint8Array {
  const resource = guest.renderer.resource(id);
  if (resource.storage.kind !== 'texture') return guest.read(id, { width: resource.args.width }, resource.args.width);
  const { width, height, layers } = levelSize(resource, level);
  const size = width * height * layers * (resource.format?.layout.blockBytes ?? 1);
  return guest.read(id, { width, height, depth: layers }, size, level);
}

describe.skipIf(!hasEgl)('fresh resources', () => {
  it.each(KINDS)('are empty: %s', (_kind, args) => {
    using guest = new TestGuest();
    for (let round = 0; round < 4; round++) {
      guest.create(1, args);
      const resource = guest.renderer.resource(1);
      for (let level = 0; level <= resource.args.lastLevel; level++)
        expect(levelBytes(guest, 1, level).every((byte) => byte === 0)).toBe(true);
      const first = levelBytes(guest, 1, 0);
      const { width, height, layers } = levelSize(resource, 0);
      // Leaves something behind for the next.
      guest.write(1, first.fill(0xab), resource.storage.kind === 'texture' ? { width, height, depth: layers } : {});
      guest.renderer.finish();
      guest.renderer.destroyResource(1);
    }
  });

  it.each([1, 3])('are empty: samples, in %i layers', (arraySize) => {
    using guest = new TestGuest();
    const target = arraySize > 1 ? TARGET.texture2dArray : TARGET.texture2d;
    for (let round = 0; round < 4; round++) {
      guest.create(1, { target, width: 32, height: 32, arraySize, samples: 4 });
      guest.create(2, { target, width: 32, height: 32, arraySize });
      const box = [0, 0, 0, 32, 32, arraySize];
      expect(guest.run(command('blit', 0xf, 0, 0, 2, 0, FORMAT.rgba8, ...box, 1, 0, FORMAT.rgba8, ...box))).toBe(null);
      expect(levelBytes(guest, 2, 0).every((byte) => byte === 0)).toBe(true);
      expect(
        guest.run(
          createObject('surface', 10 + round, 1, FORMAT.rgba8, 0, 0),
          command('setFramebufferState', 1, 0, 10 + round),
          command('clear', 4, ...f32(1, 1, 1, 1), 0, 0, 0),
          command('setFramebufferState', 0, 0),
          command('destroyObject', 10 + round),
        ),
      ).toBe(null);
      guest.renderer.finish();
      guest.renderer.destroyResource(1);
      guest.renderer.destroyResource(2);
    }
  });
});
