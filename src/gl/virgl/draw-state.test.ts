import { expect, it } from 'vitest';
import {
  bindObject,
  command,
  createObject,
  createShader,
  drawVbo,
  f32,
  plainDrawing,
  TestGuest,
  TRIANGLES,
} from './test-guest.ts';
import { BIND, STAGE } from './virgl-limits.ts';

const [PICTURE, VERTICES] = [1, 2];
const [PLACELESS, PLAIN, STIPPLED] = [5, 6, 7];

function rasterizer(handle: number, isStippled: boolean): number[] {
  // Depth is clipped, pixel centres lie at halves.
  const bits = (Number(isStippled) << 22) | (1 << 1) | (1 << 29);
  return createObject('rasterizer', handle, bits, ...f32(1), 0, 0, ...f32(1, 0, 0, 0));
}

const ALL_OVER = Float32Array.of(-1, -1, 0, 1, -1, 3, 0, 1, 3, -1, 0, 1);

function paint(red: number): readonly (readonly number[])[] {
  return [command('setConstantBuffer', STAGE.fragment, 0, ...f32(red, 0, 0, 1)), drawVbo(TRIANGLES, 3)];
}

/** Writes no position, as those do whose outputs are captured and no more: the system block is nothing to it. */
const PLACELESS_VERTEX = 'VERT\nDCL IN[0]\nDCL OUT[0], GENERIC[0]\nMOV OUT[0], IN[0]\nEND\n';

it('stipples by a pattern that came before a draw to which it is nothing', () => {
  using guest = new TestGuest();
  guest.create(PICTURE, { bind: BIND.renderTarget });
  guest.createBuffer(VERTICES, 48);
  guest.write(VERTICES, new Uint8Array(ALL_OVER.buffer));
  const pattern = (word: number): number[] => command('setPolygonStipple', ...Array.from({ length: 32 }, () => word));
  const refusal = guest.run(
    ...plainDrawing({ picture: PICTURE, vertices: VERTICES }),
    createShader(PLACELESS, 'vertex', PLACELESS_VERTEX),
    rasterizer(PLAIN, false),
    rasterizer(STIPPLED, true),
    bindObject('rasterizer', STIPPLED),
    pattern(0xffff_ffff),
    ...paint(0.2),
    pattern(0),
    bindObject('rasterizer', PLAIN),
    command('bindShader', PLACELESS, STAGE.vertex),
    ...paint(0.4),
    bindObject('rasterizer', STIPPLED),
    command('bindShader', 1, STAGE.vertex),
    ...paint(0.6),
  );
  expect(refusal).toBe(null);
  expect(guest.read(PICTURE, { width: 1 }, 4)[0]).toBe(0.2 * 255);
});
