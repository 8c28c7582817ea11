import { describe, expect, it } from 'vitest';
import { command, createObject, f32, FORMAT, softwareDevice, TestGuest } from '../virgl/test-guest.ts';
import { PictureReader } from './picture-reader.ts';

const SIDE = 16;
const RECT = { x: 0, y: 0, width: SIDE, height: SIDE };

describe.skipIf(softwareDevice() === null)('reading pictures', () => {
  for (const method of ['buffers', 'deferred'] as const) {
    it(`gives what was drawn before and nothing that was drawn after, by way of ${method}`, () => {
      using guest = new TestGuest();
      const { renderer } = guest;
      using reader = new PictureReader(renderer, method);
      guest.create(1, { width: SIDE, height: SIDE });
      const clear = (red: number): number[] => command('clear', 4, ...f32(red, 0, 0, 1), 0, 0, 0);
      guest.run(createObject('surface', 2, 1, FORMAT.rgba8, 0, 0), command('setFramebufferState', 1, 0, 2), clear(1));
      const told: string[] = [];
      const pictures = [0, 1].map(() => new Uint8Array(SIDE * SIDE * 4));
      const read = (n: number): void => {
        renderer.fences.add(() => {});
        if (reader.waits) renderer.fences.wait(10_000);
        reader.read(renderer.resource(1), RECT, { pixels: pictures[n]!, strideBytes: 4 * SIDE }, (error) =>
          told.push(`${n} ${error === null ? 'read' : error.message}`),
        );
      };
      read(0);
      guest.run(clear(0));
      read(1);
      renderer.destroyResource(1);
      guest.run(command('destroyObject', 2), command('setFramebufferState', 0, 0));
      reader.settle();
      expect(told).toEqual(['0 read', '1 read']);
      expect(reader.pending).toBe(0);
      expect([...new Set(new Uint32Array(pictures[0]!.buffer))]).toEqual([0xffff0000]);
      expect([...new Set(new Uint32Array(pictures[1]!.buffer))]).toEqual([0xff000000]);
    });
  }
});
