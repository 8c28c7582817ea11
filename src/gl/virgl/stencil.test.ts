import { expect, it } from 'vitest';
import {
  bindObject,
  command,
  createObject,
  drawVbo,
  FORMAT,
  plainDrawing,
  TestGuest,
  TRIANGLES,
} from './test-guest.ts';
import { BIND } from './virgl-limits.ts';

const [PICTURE, DEPTH_STENCIL, VERTICES] = [1, 2, 3];
/** Enabled, always, replaces in all cases, all bits. */
const REPLACE = 1 | (7 << 1) | (2 << 4) | (2 << 7) | (2 << 10) | (0xff << 13) | ((0xff << 21) >>> 0);
/** One triangle over all, once each way round. */
const FRONT = [-1, -1, 0, 1, -1, 3, 0, 1, 3, -1, 0, 1];
const BACK = [-1, -1, 0, 1, 3, -1, 0, 1, -1, 3, 0, 1];

/** The stencil that a triangle leaves, front face 5 and back face 9. */
function stencilAfter(triangle: readonly number[], back: number): number | undefined {
  using guest = new TestGuest();
  guest.create(PICTURE, {});
  guest.create(DEPTH_STENCIL, { format: FORMAT.z24s8, bind: BIND.depthStencil });
  guest.createBuffer(VERTICES, 48);
  guest.write(VERTICES, new Uint8Array(Float32Array.from(triangle).buffer));
  const refusal = guest.run(
    ...plainDrawing({ picture: PICTURE, vertices: VERTICES }),
    createObject('surface', 5, DEPTH_STENCIL, FORMAT.z24s8, 0, 0),
    createObject('depthStencilAlpha', 6, 0, REPLACE, back, 0),
    bindObject('depthStencilAlpha', 6),
    createObject('rasterizer', 7, 1 << 15, 0, 0, 0, 0, 0, 0, 0),
    bindObject('rasterizer', 7),
    command('setStencilRef', 5 | (9 << 8)),
    command('setFramebufferState', 1, 5, 3),
    drawVbo(TRIANGLES, 3),
  );
  expect(refusal).toBe(null);
  return guest.read(DEPTH_STENCIL, { width: 1 }, 4)[3];
}

it('takes the reference of front faces for back faces too, unless these have a test of their own', () => {
  expect([stencilAfter(FRONT, 0), stencilAfter(BACK, 0)]).toEqual([5, 5]);
  expect([stencilAfter(FRONT, REPLACE), stencilAfter(BACK, REPLACE)]).toEqual([5, 9]);
});
